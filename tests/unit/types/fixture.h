// A universe for each test, and short ways to make types by hand.
#ifndef TESTS_UNIT_TYPES_FIXTURE_H
#define TESTS_UNIT_TYPES_FIXTURE_H

#include <criterion/criterion.h>

#include "types/constant.h"
#include "types/instantiate.h"
#include "types/lookup.h"
#include "types/predicates.h"
#include "types/scope.h"
#include "types/types.h"
#include "types/typeset.h"

static Arena arena;
static Names names;
static Universe u;
static Package package;
static StrBuf cause;
static Query query;

static inline void set_up(void) {
  arena_init(&arena);
  names_init(&names);
  universe_init(&u, &arena, &names);
  package = (Package){.path = name_of(&names, "main"), .name = name_of(&names, "main")};
  cause = (StrBuf){0};
  query = (Query){&u, &package, &cause};
}

static inline void tear_down(void) {
  strbuf_free(&cause);
  names_deinit(&names);
  arena_deinit(&arena);
}

static inline const Name *id(const char *text) { return name_of(&names, text); }
static inline Type *basic(TypeKind kind) { return u.basic[kind]; }

static inline Type *named(const char *name, Type *underlying) {
  Type *t = type_named(&u, object_new(&u, OBJECT_TYPE, id(name), &package, NO_POS, NULL));
  if (underlying) type_named_set_underlying(t, underlying);
  return t;
}

static inline FieldInfo field(const char *name, Type *t) {
  return (FieldInfo){.name = id(name), .package = &package, .type = t};
}

static inline FieldInfo embed(const char *name, Type *t) {
  return (FieldInfo){.name = id(name), .package = &package, .type = t, .embedded = true};
}

#define STRUCT(...)                                                                                 \
  type_struct(&u, arena_copy(&arena, (FieldInfo[]){__VA_ARGS__}, sizeof((FieldInfo[]){__VA_ARGS__})), \
              sizeof((FieldInfo[]){__VA_ARGS__}) / sizeof(FieldInfo))

static inline Object **vars(Type *const *types, uint32_t n) {
  Object **list = ARENA_ARRAY(&arena, Object *, n ? n : 1);
  for (uint32_t i = 0; i < n; i++) list[i] = object_new(&u, OBJECT_VAR, id(""), &package, NO_POS, types[i]);
  return list;
}

// func(param) result; either may be NULL
static inline Type *func(Type *param, Type *result) {
  return type_signature(&u, vars(&param, param != NULL), param != NULL, vars(&result, result != NULL), result != NULL, false);
}

static inline Object *method(Type *recv, const char *name, Type *signature, bool pointer) {
  Object *m = object_new(&u, OBJECT_FUNC, id(name), &package, NO_POS, signature);
  m->is_method = true;
  m->pointer_recv = pointer;
  type_named_add_method(recv, m);
  return m;
}

static inline Type *interface1(const char *name, Type *signature) {
  Method m = {.name = id(name), .package = &package, .type = signature};
  Type *t = type_interface(&u, arena_copy(&arena, &m, sizeof m), 1, NULL, NULL, 0);
  type_interface_complete(t);
  return t;
}

// An interface of embedded types.
static inline Type *constraint(Type *const *embeds, uint32_t n) {
  Type *t = type_interface(&u, NULL, 0, arena_copy(&arena, embeds, n * sizeof *embeds), NULL, n);
  type_interface_complete(t);
  return t;
}

static inline Type *union_of(UnionTerm const *terms, uint32_t n) {
  return type_union(&u, arena_copy(&arena, terms, n * sizeof *terms), n);
}

static inline Type *param(const char *name, uint32_t index, Type *bound) {
  return type_param(&u, object_new(&u, OBJECT_TYPE, id(name), &package, NO_POS, NULL), index, bound);
}

static inline TypeList list1(Type *a) { return type_list(&u, &a, 1); }
static inline TypeList list2(Type *a, Type *b) { return type_list(&u, (Type *[]){a, b}, 2); }

#define cr_text(have, want) cr_assert_str_eq((have), (want), "have %s, want %s", (have), (want))

#endif
