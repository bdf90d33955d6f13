// Type inference: arguments, untyped constants, constraints, failures in Go's words; instantiation cycles.
#include "fixture.h"

#include "types/infer.h"

TestSuite(infer, .init = set_up, .fini = tear_down);

static const char *argument(void *expr) { return expr; }

static InferResult run(TypeList tparams, Type **params, Type **args, uint32_t n) {
  InferArg *list = ARENA_ARRAY(&arena, InferArg, n);
  for (uint32_t i = 0; i < n; i++) list[i] = (InferArg){.type = args[i], .text = argument, .expr = (void *)"x"};
  InferRequest request = {.query = &query, .tparams = tparams, .params = params, .args = list, .arg_count = n};
  return infer(&request);
}

Test(infer, from_typed_arguments) {
  Type *k = param("K", 0, u.comparable_), *v = param("V", 1, u.any_);
  Type *args[] = {type_map(&u, basic(TYPE_STRING), basic(TYPE_INT))}, *params[] = {type_map(&u, k, v)};
  InferResult r = run(list2(k, v), params, args, 1);
  cr_assert(r.ok);
  cr_assert_eq(r.targs.items[0], basic(TYPE_STRING));
  cr_assert_eq(r.targs.items[1], basic(TYPE_INT));
}

Test(infer, defined_types_unify_with_literals) {
  Type *t = param("T", 0, u.any_), *ints = named("Ints", type_slice(&u, basic(TYPE_INT)));
  InferResult r = run(list1(t), (Type *[]){type_slice(&u, t)}, &ints, 1);
  cr_assert(r.ok && r.targs.items[0] == basic(TYPE_INT));
}

Test(infer, core_types_of_constraints) {
  // func f[S ~[]E, E any](s S)
  Type *e = param("E", 1, u.any_);
  Type *s = param("S", 0, constraint((Type *[]){union_of((UnionTerm[]){{type_slice(&u, e), true}}, 1)}, 1));
  Type *ints = named("Ints", type_slice(&u, basic(TYPE_INT)));
  InferResult r = run(list2(s, e), &s, &ints, 1);
  cr_assert(r.ok, "%s", r.message);
  cr_assert(r.targs.items[0] == ints && r.targs.items[1] == basic(TYPE_INT));
}

Test(infer, untyped_constants_take_the_largest_kind) {
  Type *t = param("T", 0, u.any_);
  Type *params[] = {t, t}, *args[] = {basic(TYPE_UNTYPED_INT), basic(TYPE_UNTYPED_FLOAT)};
  InferResult r = run(list1(t), params, args, 2);
  cr_assert(r.ok && r.targs.items[0] == basic(TYPE_FLOAT64));
  Type *typed[] = {basic(TYPE_UNTYPED_INT), basic(TYPE_INT8)};
  r = run(list1(t), params, typed, 2);
  cr_assert(r.ok && r.targs.items[0] == basic(TYPE_INT8));
  Type *mixed[] = {basic(TYPE_UNTYPED_INT), basic(TYPE_UNTYPED_STRING)};
  r = run(list1(t), params, mixed, 2);
  cr_assert_not(r.ok);
  cr_text(r.message, "mismatched types untyped int and untyped string (cannot infer T)");
}

Test(infer, failures) {
  Type *t = param("T", 0, u.any_), *v = param("V", 1, u.any_);
  InferResult r = run(list2(t, v), (Type *[]){t}, (Type *[]){basic(TYPE_INT)}, 1);
  cr_assert_not(r.ok);
  cr_text(r.message, "cannot infer V");
  cr_assert_eq(r.tparam, v->param_object);
  r = run(list1(t), (Type *[]){type_slice(&u, t)}, (Type *[]){basic(TYPE_INT)}, 1);
  cr_text(r.message, "type int of x does not match []T (cannot infer T)");
  r = run(list1(t), (Type *[]){t, t}, (Type *[]){basic(TYPE_INT), basic(TYPE_STRING)}, 2);
  cr_text(r.message, "type string of x does not match inferred type int for T");
}

Test(infer, functions_and_channels) {
  Type *t = param("T", 0, u.any_), *v = param("V", 1, u.any_);
  Type *params[] = {type_slice(&u, t), func(t, v)}, *args[] = {type_slice(&u, basic(TYPE_INT)), func(basic(TYPE_INT), basic(TYPE_STRING))};
  InferResult r = run(list2(t, v), params, args, 2);
  cr_assert(r.ok && r.targs.items[1] == basic(TYPE_STRING));
  Type *channel = type_chan(&u, CHAN_BOTH, basic(TYPE_INT));
  r = run(list1(t), (Type *[]){type_chan(&u, CHAN_RECV, t)}, &channel, 1);
  cr_assert(r.ok && r.targs.items[0] == basic(TYPE_INT));
}

Test(infer, cycles_are_not_inferred) {
  Type *a = param("A", 0, NULL);
  a->bound = constraint((Type *[]){type_pointer(&u, a)}, 1);
  InferResult r = run(list1(a), NULL, NULL, 0);
  cr_assert_not(r.ok);
  cr_text(r.message, "cannot infer A");
}

Test(infer, renaming_separates_recursive_calls) {
  Type *t = param("T", 0, u.any_), *sig = func(type_slice(&u, t), t);
  TypeList fresh = type_params_rename(&u, list1(t), &sig);
  cr_assert_neq(fresh.items[0], t);
  cr_assert_eq(sig->results[0]->type, fresh.items[0]);
  InferResult r = run(fresh, (Type *[]){sig->params[0]->type}, (Type *[]){type_slice(&u, type_slice(&u, t))}, 1);
  cr_assert(r.ok && r.targs.items[0] == type_slice(&u, t));
}

static const char *place(void *context, Pos pos) {
  (void)context;
  (void)pos;
  return "p.go:1:1";
}

Test(infer, instantiation_cycles) {
  Type *t = param("T", 0, u.any_);
  InstanceGraph *graph = instance_graph_new(&u);
  Pos pos;
  instance_graph_record(graph, NO_POS, list1(t), list1(t));
  cr_assert_null(instance_graph_cycle(graph, &package, &pos, place, NULL)); // f[T] within f[T] is fine
  instance_graph_record(graph, NO_POS, list1(t), list1(type_pointer(&u, t)));
  cr_text(instance_graph_cycle(graph, &package, &pos, place, NULL), "instantiation cycle:\n\tp.go:1:1: T instantiated as *T");
}
