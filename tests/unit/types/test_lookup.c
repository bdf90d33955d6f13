// Selectors and method sets: depth, ambiguity, pointers, promotion, instances.
#include "fixture.h"

TestSuite(lookup, .init = set_up, .fini = tear_down);

static Lookup find(Type *t, const char *name) { return lookup_find(&u, t, false, &package, id(name), false); }

Test(lookup, shallowest_wins) {
  Type *inner = named("Inner", STRUCT(field("x", basic(TYPE_INT)), field("y", basic(TYPE_INT))));
  Type *outer = named("Outer", STRUCT(field("x", basic(TYPE_STRING)), embed("Inner", inner)));
  Lookup x = find(outer, "x"), y = find(outer, "y");
  cr_assert(x.status == LOOKUP_FIELD && x.type == basic(TYPE_STRING) && x.path_len == 1 && x.path[0] == 0);
  cr_assert(y.status == LOOKUP_FIELD && y.path_len == 2 && y.path[0] == 1 && y.path[1] == 1 && !y.indirect);
  cr_assert(find(type_pointer(&u, outer), "y").indirect);
  cr_assert_eq(find(outer, "z").status, LOOKUP_NONE);
  cr_assert_eq(find(outer, "_").status, LOOKUP_NONE);
  cr_assert_eq(find(type_pointer(&u, type_pointer(&u, outer)), "x").status, LOOKUP_NONE);
}

Test(lookup, ambiguity) {
  Type *a = named("A", STRUCT(field("x", basic(TYPE_INT)))), *b = named("B", STRUCT(field("x", basic(TYPE_INT))));
  Type *both = STRUCT(embed("A", a), embed("B", b));
  cr_assert_eq(find(both, "x").status, LOOKUP_AMBIGUOUS);
  // The same type twice at one depth, through different fields.
  Type *p = named("P", STRUCT(embed("A", a))), *q = named("Q", STRUCT(embed("A", a)));
  cr_assert_eq(find(STRUCT(embed("P", p), embed("Q", q)), "x").status, LOOKUP_AMBIGUOUS);
}

Test(lookup, pointer_receivers) {
  Type *t = named("T", type_struct(&u, NULL, 0));
  method(t, "V", func(NULL, NULL), false);
  method(t, "P", func(NULL, NULL), true);
  cr_assert_eq(find(t, "V").status, LOOKUP_METHOD);
  cr_assert_eq(find(t, "P").status, LOOKUP_POINTER);
  cr_assert_eq(lookup_find(&u, t, true, &package, id("P"), false).status, LOOKUP_METHOD);
  cr_assert_eq(find(type_pointer(&u, t), "P").status, LOOKUP_METHOD);
  // Through an embedded pointer the receiver is there.
  cr_assert_eq(find(STRUCT(embed("T", type_pointer(&u, t))), "P").status, LOOKUP_METHOD);
  // A defined pointer type has no methods.
  cr_assert_eq(find(named("PT", type_pointer(&u, t)), "V").status, LOOKUP_NONE);
  // Nor has a pointer to an interface.
  cr_assert_eq(find(type_pointer(&u, u.error_), "Error").status, LOOKUP_NONE);
}

Test(lookup, unexported_names_belong_to_their_package) {
  Package other = {.path = id("other"), .name = id("other")};
  Type *t = STRUCT(field("x", basic(TYPE_INT)), field("X", basic(TYPE_INT)));
  cr_assert_eq(lookup_find(&u, t, false, &other, id("x"), false).status, LOOKUP_NONE);
  cr_assert_eq(lookup_find(&u, t, false, &other, id("X"), false).status, LOOKUP_FIELD);
}

Test(lookup, recursive_types_end) {
  Type *t = named("T", NULL);
  type_named_set_underlying(t, STRUCT(embed("T", type_pointer(&u, t)), field("x", basic(TYPE_INT))));
  cr_assert_eq(find(t, "x").path_len, 1);
  cr_assert_eq(find(t, "missing").status, LOOKUP_NONE);
}

Test(lookup, type_parameters_have_their_constraints_methods) {
  Type *t = param("T", 0, interface1("M", func(NULL, basic(TYPE_INT))));
  Selection *m = type_lookup(&u, t, false, &package, id("M"));
  cr_assert(m && m->kind == SELECT_INTERFACE_METHOD);
  cr_assert_eq(find(type_pointer(&u, t), "M").status, LOOKUP_NONE);
}

Test(lookup, methods_of_instances) {
  Type *box = named("Box", NULL), *t = param("T", 0, u.any_);
  box->named_tparams = list1(t);
  type_named_set_underlying(box, STRUCT(field("v", t)));
  Type *e = param("E", 0, u.any_); // the method's own name for it
  Type *sig = func(NULL, e);
  sig->recv_tparams = list1(e);
  sig->recv = object_new(&u, OBJECT_VAR, id("b"), &package, NO_POS, type_instantiate(&u, box, list1(e)));
  Object *get = method(box, "Get", sig, false);
  Type *ints = type_instantiate(&u, box, list1(basic(TYPE_INT)));
  Lookup found = find(ints, "Get");
  cr_assert_eq(found.status, LOOKUP_METHOD);
  cr_assert_eq(found.type->results[0]->type, basic(TYPE_INT));
  cr_assert_eq(found.method->origin, get);
  cr_assert_eq(found.type->recv->type, ints);
  cr_assert_eq(find(ints, "Get").method, found.method);
}

Test(lookup, method_sets) {
  Type *t = named("T", type_struct(&u, NULL, 0));
  method(t, "b", func(NULL, NULL), false);
  method(t, "Z", func(NULL, NULL), false);
  method(t, "A", func(NULL, NULL), true);
  uint32_t n;
  MethodEntry *set = type_method_set(&u, t, &n);
  cr_assert_eq(n, 2);
  cr_text(set[0].name->text, "Z");
  cr_text(set[1].name->text, "b");
  set = type_method_set(&u, type_pointer(&u, t), &n);
  cr_assert_eq(n, 3);
  cr_text(set[0].name->text, "A");
  cr_assert(set[0].pointer_recv && set[0].recv == t);
  // Promoted, one hidden by a field.
  Type *s = STRUCT(embed("T", t), field("Z", basic(TYPE_INT)), embed("error", u.error_));
  set = type_method_set(&u, s, &n);
  cr_assert_eq(n, 2);
  cr_text(set[0].name->text, "Error");
  cr_assert(set[0].through_interface && set[0].path_len == 1 && set[0].path[0] == 2);
  cr_text(set[1].name->text, "b");
  type_method_set(&u, STRUCT(embed("T", type_pointer(&u, t))), &n);
  cr_assert_eq(n, 3);
}
