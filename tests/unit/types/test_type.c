// Types: strings, identity, underlying and core types, assignability, conversions, layout.
#include "fixture.h"

#include "types/layout.h"

TestSuite(type, .init = set_up, .fini = tear_down);

static const char *text(Type *t) { return type_string(&u, t, &package); }
static Type *lookup_type(const char *name) { return scope_lookup(u.scope, id(name))->type; }

Test(type, strings) {
  Type *t = named("T", basic(TYPE_INT));
  cr_text(text(t), "T");
  cr_text(type_string(&u, t, NULL), "main.T");
  cr_text(type_runtime_string(&u, t), "main.T");
  cr_text(text(type_map(&u, basic(TYPE_STRING), type_slice(&u, t))), "map[string][]T");
  cr_text(text(type_chan(&u, CHAN_SEND, basic(TYPE_INT))), "chan<- int");
  cr_text(text(type_chan(&u, CHAN_BOTH, type_chan(&u, CHAN_RECV, basic(TYPE_INT)))), "chan (<-chan int)");
  cr_text(text(type_pointer(&u, type_array(&u, u.byte_, 3))), "*[3]byte");
  cr_text(type_runtime_string(&u, type_array(&u, u.byte_, 3)), "[3]uint8");
  cr_text(text(func(basic(TYPE_INT), basic(TYPE_STRING))), "func(int) string");
  cr_text(text(lookup_type("any")), "any");
  cr_text(type_runtime_string(&u, lookup_type("any")), "interface {}");
  cr_text(type_runtime_string(&u, type_struct(&u, NULL, 0)), "struct {}");
  FieldInfo f = field("X", basic(TYPE_INT));
  f.tag = TEXT("tag");
  cr_text(text(STRUCT(f)), "struct{X int \"tag\"}");
  cr_text(type_runtime_string(&u, STRUCT(f)), "struct { X int \"tag\" }");
  cr_text(text(interface1("M", func(NULL, NULL))), "interface{M()}");
  cr_text(type_runtime_string(&u, interface1("M", func(NULL, NULL))), "interface { M() }");
  Object *x = object_new(&u, OBJECT_VAR, id("xs"), &package, NO_POS, type_slice(&u, basic(TYPE_INT)));
  Type *variadic = type_signature(&u, arena_copy(&arena, &x, sizeof x), 1, NULL, 0, true);
  cr_text(text(variadic), "func(xs ...int)");
  cr_text(type_runtime_string(&u, variadic), "func(...int)");
}

Test(type, identity) {
  cr_assert(type_identical(u.byte_, basic(TYPE_UINT8)));
  cr_assert_eq(type_slice(&u, basic(TYPE_INT)), type_slice(&u, basic(TYPE_INT)));
  cr_assert(type_identical(type_slice(&u, u.byte_), type_slice(&u, basic(TYPE_UINT8))));
  cr_assert_eq(type_hash(type_slice(&u, u.byte_)), type_hash(type_slice(&u, basic(TYPE_UINT8))));
  cr_assert_not(type_identical(type_array(&u, basic(TYPE_INT), 2), type_array(&u, basic(TYPE_INT), 3)));
  Type *a = named("A", basic(TYPE_INT)), *b = named("B", basic(TYPE_INT));
  cr_assert_not(type_identical(a, b));
  cr_assert(type_identical(func(a, b), func(a, b)));
  cr_assert_not(type_identical(func(a, b), func(b, a)));
  cr_assert(type_identical(STRUCT(field("x", a)), STRUCT(field("x", a))));
  cr_assert_not(type_identical(STRUCT(field("x", a)), STRUCT(embed("x", a))));
  FieldInfo tagged = field("x", a);
  tagged.tag = TEXT("t");
  cr_assert_not(type_identical(STRUCT(field("x", a)), STRUCT(tagged)));
  cr_assert(type_identical_ignore_tags(STRUCT(field("x", a)), STRUCT(tagged)));
  Type *m1 = interface1("M", func(a, NULL)), *m2 = interface1("M", func(a, NULL));
  cr_assert(type_identical(m1, m2));
  cr_assert_eq(type_hash(m1), type_hash(m2));
  cr_assert(type_identical(constraint((Type *[]){m1}, 1), m2));
  cr_assert_not(type_identical(m1, interface1("M", func(b, NULL))));
}

Test(type, underlying_chains) {
  Type *a = named("A", NULL), *b = named("B", NULL);
  type_named_set_underlying(b, a);
  cr_assert_eq(type_underlying(b)->kind, TYPE_INVALID); // A is not declared yet
  type_named_set_underlying(a, basic(TYPE_STRING));
  cr_assert_eq(type_underlying(b), basic(TYPE_STRING));
  Type *c = named("C", NULL), *d = named("D", c);
  type_named_set_underlying(c, d);
  cr_assert_eq(type_underlying(c)->kind, TYPE_INVALID); // a cycle, reported elsewhere
}

Test(type, comparable) {
  cr_assert(type_is_comparable(lookup_type("any")));
  cr_assert_not(type_comparable(&query, lookup_type("any"), false));
  cr_assert_not(type_is_comparable(type_slice(&u, basic(TYPE_INT))));
  Type *s = STRUCT(field("f", type_slice(&u, basic(TYPE_INT))));
  cr_assert_not(type_comparable(&query, s, true));
  cr_text(strbuf_string(&cause), "struct containing []int cannot be compared");
}

static bool assignable(Type *from, Type *to) {
  strbuf_clear(&cause);
  return type_assignable(&query, (Value){from, NULL}, to);
}

Test(type, assignable) {
  Type *t = named("T", type_slice(&u, basic(TYPE_INT))), *v = named("V", type_slice(&u, basic(TYPE_INT)));
  cr_assert(assignable(t, type_slice(&u, basic(TYPE_INT))));
  cr_assert_not(assignable(t, v));
  cr_assert(assignable(type_chan(&u, CHAN_BOTH, t), type_chan(&u, CHAN_RECV, t)));
  cr_assert_not(assignable(type_chan(&u, CHAN_SEND, t), type_chan(&u, CHAN_BOTH, t)));
  cr_assert(assignable(basic(TYPE_UNTYPED_NIL), t));
  cr_assert_not(assignable(basic(TYPE_UNTYPED_NIL), basic(TYPE_INT)));
  Value one = {basic(TYPE_UNTYPED_FLOAT), const_float(&arena, 1.5)};
  cr_assert(type_assignable(&query, one, basic(TYPE_FLOAT32)));
  cr_assert_not(type_assignable(&query, one, basic(TYPE_INT)));
  cr_assert(type_assignable(&query, one, lookup_type("any")));
  cr_assert_not(assignable(basic(TYPE_INT), u.error_));
  cr_text(strbuf_string(&cause), "int does not implement error (missing method Error)");
  Type *e = named("E", basic(TYPE_INT));
  method(e, "Error", func(NULL, basic(TYPE_STRING)), true);
  cr_assert(assignable(type_pointer(&u, e), u.error_));
  cr_assert_not(assignable(e, u.error_));
  cr_text(strbuf_string(&cause), "E does not implement error (method Error has pointer receiver)");
  Type *f = named("F", basic(TYPE_INT));
  method(f, "Error", func(basic(TYPE_INT), NULL), false);
  cr_assert_not(assignable(f, u.error_));
  cr_text(strbuf_string(&cause), "F does not implement error (wrong type for method Error)\n\t\thave Error(int)\n\t\twant Error() string");
  Type *g = named("G", basic(TYPE_INT));
  method(g, "error", func(NULL, basic(TYPE_STRING)), false);
  cr_assert_not(assignable(g, u.error_));
  cr_text(strbuf_string(&cause), "G does not implement error (missing method Error)\n\t\thave error() string\n\t\twant Error() string");
  cr_assert_not(assignable(type_pointer(&u, u.error_), u.error_));
  cr_text(strbuf_string(&cause), "*error does not implement error (type *error is pointer to interface, not interface)");
  cr_assert_not(assignable(lookup_type("any"), basic(TYPE_INT)));
  cr_text(strbuf_string(&cause), "need type assertion");
}

static bool convertible(Type *from, Type *to) {
  strbuf_clear(&cause);
  return type_convertible(&query, (Value){from, NULL}, to);
}

Test(type, convertible) {
  Type *bytes = type_slice(&u, u.byte_), *ints = type_slice(&u, basic(TYPE_INT));
  cr_assert(convertible(basic(TYPE_STRING), bytes));
  cr_assert(convertible(bytes, basic(TYPE_STRING)));
  cr_assert(convertible(basic(TYPE_INT), basic(TYPE_STRING)));
  cr_assert(convertible(basic(TYPE_FLOAT64), basic(TYPE_INT8)));
  cr_assert_not(convertible(basic(TYPE_STRING), basic(TYPE_INT)));
  cr_assert_not(convertible(basic(TYPE_FLOAT64), basic(TYPE_STRING)));
  cr_assert(convertible(ints, type_array(&u, basic(TYPE_INT), 4)));
  cr_assert(convertible(ints, type_pointer(&u, type_array(&u, basic(TYPE_INT), 4))));
  cr_assert_not(convertible(ints, type_array(&u, u.byte_, 4)));
  cr_assert_not(convertible(type_array(&u, basic(TYPE_INT), 4), ints));
  const Const *c = const_converted(&query, (Value){basic(TYPE_UNTYPED_RUNE), const_int(&arena, 'x')}, basic(TYPE_STRING));
  cr_text(const_format(&arena, c), "\"x\"");
  Type *p = param("P", 0, constraint((Type *[]){union_of((UnionTerm[]){{basic(TYPE_INT), true}, {basic(TYPE_STRING), true}}, 2)}, 1));
  cr_assert(convertible(basic(TYPE_INT), p));
  cr_assert_not(convertible(p, basic(TYPE_INT)));
  cr_text(strbuf_string(&cause), "cannot convert string (in P) to type int");
}

Test(type, constraints) {
  Type *my = named("MyInt", basic(TYPE_INT));
  Type *ints = constraint((Type *[]){union_of((UnionTerm[]){{basic(TYPE_INT), false}, {basic(TYPE_INT8), false}}, 2)}, 1);
  Type *number = named("Number", ints);
  cr_assert(type_implements(&query, basic(TYPE_INT), number, true));
  cr_assert_not(type_implements(&query, my, number, true));
  cr_text(strbuf_string(&cause), "MyInt does not satisfy Number (possibly missing ~ for int in Number)");
  cr_assert_not(type_implements(&query, basic(TYPE_STRING), number, true));
  cr_text(strbuf_string(&cause), "string does not satisfy Number (string missing in int | int8)");
  cr_assert(type_implements(&query, lookup_type("any"), u.comparable_, true));
  cr_assert_not(type_implements(&query, type_slice(&u, my), u.comparable_, true));
  cr_text(strbuf_string(&cause), "[]MyInt does not satisfy comparable");
  Type *none = constraint((Type *[]){basic(TYPE_INT), basic(TYPE_STRING)}, 2);
  cr_assert(type_set_is_empty(type_set(none)));
}

Test(type, core_types) {
  Type *ints = type_slice(&u, basic(TYPE_INT)), *my = named("My", ints);
  Type *p = param("P", 0, constraint((Type *[]){union_of((UnionTerm[]){{ints, true}, {my, false}}, 2)}, 1));
  cr_assert_eq(type_core(p), ints);
  Type *q = param("Q", 0, constraint((Type *[]){union_of((UnionTerm[]){{type_slice(&u, u.byte_), false}, {basic(TYPE_STRING), false}}, 2)}, 1));
  cr_assert_null(type_core(q));
  cr_assert_eq(type_core_string(q), basic(TYPE_STRING));
  cr_assert_null(type_core(param("R", 0, lookup_type("any"))));
}

Test(type, instances_are_shared_and_lazy) {
  Type *list = named("List", NULL);
  Type *t = param("T", 0, lookup_type("any"));
  list->named_tparams = list1(t);
  Type *of_t = type_instantiate(&u, list, list1(t));
  type_named_set_underlying(list, STRUCT(field("value", t), field("next", type_pointer(&u, of_t))));
  Type *ints = type_instantiate(&u, list, list1(basic(TYPE_INT)));
  cr_assert_eq(ints, type_instantiate(&u, list, list1(basic(TYPE_INT))));
  cr_assert_neq(ints, type_instantiate(&u, list, list1(basic(TYPE_STRING))));
  Type *under = type_underlying(ints);
  cr_assert_eq(under->fields[0].type, basic(TYPE_INT));
  cr_assert_eq(under->fields[1].type, type_pointer(&u, ints));
  cr_text(text(ints), "List[int]");
  cr_text(type_runtime_string(&u, type_instantiate(&u, list, list1(ints))), "main.List[main.List[int]]");
  cr_assert(type_is_generic(of_t));
  cr_assert_not(type_is_generic(ints));
  cr_assert_eq(type_subst(&u, type_slice(&u, of_t), list1(t), list1(basic(TYPE_INT))), type_slice(&u, ints));
}

Test(type, local_types_of_generic_functions_depend_on_their_arguments) {
  Type *t = param("T", 0, lookup_type("any"));
  Type *node = named("node", STRUCT(field("v", t)));
  node->implicit_tparams = list1(t);
  Type *a = type_subst(&u, node, list1(t), list1(basic(TYPE_INT)));
  cr_assert_neq(a, node);
  cr_assert_eq(a, type_subst(&u, node, list1(t), list1(basic(TYPE_INT))));
  cr_assert_eq(type_underlying(a)->fields[0].type, basic(TYPE_INT));
  cr_text(type_runtime_string(&u, a), "main.node[int]");
}

Test(type, layout) {
  Type *t = STRUCT(field("a", basic(TYPE_INT8)), field("b", basic(TYPE_INT64)), field("c", basic(TYPE_INT16)));
  cr_assert_eq(layout_size(t), 24);
  cr_assert_eq(layout_offset(t, 1), 8);
  cr_assert_eq(layout_align(t), 8);
  cr_assert_eq(layout_size(basic(TYPE_STRING)), 16);
  cr_assert_eq(layout_size(type_slice(&u, t)), 24);
  cr_assert_eq(layout_align(basic(TYPE_COMPLEX64)), 4);
  cr_assert_eq(layout_size(STRUCT(field("a", basic(TYPE_INT8)), field("z", type_struct(&u, NULL, 0)))), 2);
  cr_assert_eq(layout_size(type_array(&u, basic(TYPE_INT), 1LL << 61)), -1);
}
