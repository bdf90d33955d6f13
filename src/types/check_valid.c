// Invalid recursive types: a type that would contain itself has no size (specification "Type definitions", "Struct
// types", "Array types"). Generic types are followed through their type arguments.
#include "types/checker.h"

#include "types/types_private.h"

typedef struct {
  VEC(Type *) nest; // types being entered, innermost last; temporarily shorter while a type argument is looked at
  VEC(Type *) path; // the same, never shortened: what the message shows
} Walk;

static bool walk(Checker *c, Walk *w, Type *t);

// An instance is reported where it was written.
static Object *object_of(Checker *c, Type *t) {
  if (t->origin == t || !t->instance_pos) return t->object;
  Object *object = arena_copy(c->arena, t->object, sizeof *t->object);
  object->pos = t->instance_pos;
  return object;
}

static bool report(Checker *c, Walk *w, Type *t) {
  t->origin->underlying_ = t->underlying_ = check_invalid(c);
  t->origin->state = t->state = NAMED_RESOLVED;
  for (uint32_t start = 0; start < w->path.len; start++) {
    if (!type_identical(w->path.data[start], t)) continue;
    uint32_t n = w->path.len - start;
    Object **cycle = ARENA_ARRAY(c->arena, Object *, n);
    for (uint32_t i = 0; i < n; i++) cycle[i] = object_of(c, w->path.data[start + i]);
    check_cycle_error(c, cycle, n, 0);
    break;
  }
  return false;
}

static bool walk_named(Checker *c, Walk *w, Type *t) {
  if (t->object->package != c->package && !t->targs.len) return true; // checked, and cannot lead back here
  for (uint32_t i = 0; i < w->nest.len; i++)
    if (type_identical(w->nest.data[i], t)) return report(c, w, t);
  Type *rhs = t->origin->rhs;
  if (!rhs || !type_is_valid(type_underlying(t))) return false;
  if (ptr_table_has(&c->valid, t)) return true;
  vec_push(&w->nest, t);
  vec_push(&w->path, t);
  bool valid = walk(c, w, rhs);
  w->nest.len--;
  w->path.len--;
  // What a generic type contains depends on the arguments of the types around it.
  if (valid && !type_is_generic(t)) ptr_table_put(&c->valid, t, t);
  return valid;
}

// A type parameter stands for the argument of the innermost instance, which belongs to the types around that.
static bool walk_param(Checker *c, Walk *w, Type *t) {
  if (w->nest.len == 0) return true;
  Type *instance = vec_last(&w->nest);
  TypeList params = instance->origin->named_tparams;
  for (uint32_t i = 0; i < params.len && i < instance->targs.len; i++) {
    if (params.items[i] != t) continue;
    w->nest.len--;
    bool valid = walk(c, w, instance->targs.items[i]);
    vec_push(&w->nest, instance);
    return valid;
  }
  return true;
}

static bool walk(Checker *c, Walk *w, Type *t) {
  t = type_unalias(t);
  switch (t->kind) {
  case TYPE_ARRAY: return walk(c, w, t->elem);
  case TYPE_STRUCT:
    for (uint32_t i = 0; i < t->field_count; i++)
      if (!walk(c, w, t->fields[i].type)) return false;
    return true;
  case TYPE_UNION:
    for (uint32_t i = 0; i < t->term_count; i++)
      if (!walk(c, w, t->terms[i].type)) return false;
    return true;
  case TYPE_INTERFACE:
    for (uint32_t i = 0; i < t->embed_count; i++)
      if (!walk(c, w, t->embeds[i])) return false;
    return true;
  case TYPE_NAMED: return walk_named(c, w, t);
  case TYPE_PARAM: return walk_param(c, w, t);
  default: return true;
  }
}

static Type *next_name(Type *t) {
  if (!t->origin->rhs) return NULL;
  t = type_unalias(t->origin->rhs);
  return t->kind == TYPE_NAMED ? t : NULL;
}

// type a b; type b c; type c b: names that only lead to one another. True if t leads into such a cycle.
static bool check_chain(Checker *c, Type *t) {
  Type *slow = t, *fast = t;
  do {
    slow = next_name(slow);
    for (int i = 0; i < 2 && fast; i++) fast = next_name(fast);
  } while (fast && slow != fast);
  if (!fast) return false;
  VEC(Object *) cycle = {0};
  do {
    vec_push(&cycle, object_of(c, slow));
    slow->underlying_ = check_invalid(c);
    slow->state = NAMED_RESOLVED;
    slow = next_name(slow);
  } while (slow != fast);
  for (uint32_t i = 0; i < cycle.len; i++) cycle.data[i]->type->rhs = check_invalid(c);
  check_cycle_error(c, cycle.data, cycle.len, check_first_in_source(cycle.data, cycle.len));
  vec_free(&cycle);
  return true;
}

void check_valid_type(Checker *c, Type *named) {
  if (check_chain(c, named)) return;
  Walk w = {0};
  walk(c, &w, named);
  vec_free(&w.nest);
  vec_free(&w.path);
}

// --- anonymous interfaces

// type T interface { m() interface{ T } }: an interface literal that contains itself through its methods' types.
static bool reaches(PtrTable *open, Type *t);

static bool any_reaches(PtrTable *open, Object **vars, uint32_t n) {
  for (uint32_t i = 0; i < n; i++)
    if (reaches(open, vars[i]->type)) return true;
  return false;
}

static bool method_reaches(PtrTable *open, Type *interface) {
  const TypeSet *set = type_set(interface);
  for (uint32_t i = 0; i < set->method_count; i++)
    if (set->methods[i]->type && reaches(open, set->methods[i]->type)) return true;
  return false;
}

// Specification "Interface types", as restricted by gc (go.dev/issue/56103). Named types cannot be part of such a
// cycle.
static bool reaches(PtrTable *open, Type *t) {
  t = type_unalias(t);
  switch (t->kind) {
  case TYPE_POINTER:
  case TYPE_ARRAY:
  case TYPE_SLICE:
  case TYPE_CHAN: return reaches(open, t->elem);
  case TYPE_MAP: return reaches(open, t->key) || reaches(open, t->elem);
  case TYPE_STRUCT:
    for (uint32_t i = 0; i < t->field_count; i++)
      if (reaches(open, t->fields[i].type)) return true;
    return false;
  case TYPE_SIGNATURE:
    return any_reaches(open, t->params, t->param_count) || any_reaches(open, t->results, t->result_count);
  case TYPE_INTERFACE:
    if (!t->method_count && !t->embed_count) return false;
    if (ptr_table_has(open, t)) return ptr_table_get(open, t) != NULL;
    ptr_table_put(open, t, t);
    if (method_reaches(open, t)) return true;
    ptr_table_put(open, t, NULL);
    return false;
  default: return false;
  }
}

static int by_position(const void *a, const void *b) {
  const Interface *x = a, *y = b;
  return x->at->start < y->at->start ? -1 : x->at->start > y->at->start;
}

void check_interfaces(Checker *c) {
  if (c->errors || !c->interfaces.len) return;
  PtrTable open = {0};
  qsort(c->interfaces.data, c->interfaces.len, sizeof *c->interfaces.data, by_position);
  VEC_EACH(Interface, i, &c->interfaces) {
    if (!method_reaches(&open, i->type)) continue;
    check_error(c, i->at,
                "invalid recursive type: anonymous interface refers to itself "
                "(see https://go.dev/issue/56103)");
    for (uint32_t k = 0; k < open.len; k++) open.entries[k].value = NULL; // says it once
  }
  ptr_table_deinit(&open);
}
