// Types: construction, unaliasing, underlying and core types.
//
// Composite types made of components only (array, slice, pointer, map, channel) are shared through a table keyed by the
// components' addresses, so most identical types are one Type and comparing them is comparing addresses.
//
//   defined type   underlying_ NULL        not known yet (being declared, or an instance not expanded)
//                  underlying_ a name      declared as another defined type: type_underlying follows and shortens
//                  underlying_ a literal   resolved
#include "types/types.h"

#include <string.h>

#include "base/assert.h"
#include "base/table.h"
#include "types/instantiate.h"
#include "types/typeset.h"
#include "types/types_private.h"

Type *type_new(Universe *u, TypeKind kind) {
  Type *t = ARENA_NEW(u->arena, Type);
  t->kind = kind;
  t->id = ++u->next_id;
  t->universe = u;
  return t;
}

// --- shared composites

struct CompositeTable {
  Type **slots; // open addressing, at most half full
  uint32_t len, mask;
};

static uint32_t hash_composite(TypeKind kind, const Type *elem, const Type *key, int64_t len, ChanDir dir) {
  uint64_t h = (uint64_t)(uintptr_t)elem * 31 + (uint64_t)(uintptr_t)key;
  return hash_u64(h * 31 + (uint64_t)len * 7 + (uint64_t)kind * 3 + (uint64_t)dir);
}

static void grow_composites(Universe *u, struct CompositeTable *table) {
  uint32_t mask = table->mask ? table->mask * 2 + 1 : 255;
  Type **slots = ARENA_ARRAY(u->arena, Type *, mask + 1);
  for (uint32_t i = 0; table->slots && i <= table->mask; i++) {
    Type *t = table->slots[i];
    if (!t) continue;
    uint32_t at = hash_composite(t->kind, t->elem, t->key, t->len, t->dir);
    while (slots[at & mask]) at++;
    slots[at & mask] = t;
  }
  table->slots = slots;
  table->mask = mask;
}

static Type *composite(Universe *u, TypeKind kind, Type *elem, Type *key, int64_t len, ChanDir dir) {
  ASSERT(elem, "composite type without an element type");
  if (!u->composites) u->composites = ARENA_NEW(u->arena, struct CompositeTable);
  struct CompositeTable *table = u->composites;
  if (table->len * 2 >= table->mask) grow_composites(u, table);
  uint32_t at = hash_composite(kind, elem, key, len, dir);
  for (Type *t; (t = table->slots[at & table->mask]); at++)
    if (t->kind == kind && t->elem == elem && t->key == key && t->len == len && t->dir == dir) return t;
  Type *t = type_new(u, kind);
  t->elem = elem;
  t->key = key;
  t->len = len;
  t->dir = dir;
  table->slots[at & table->mask] = t;
  table->len++;
  return t;
}

Type *type_array(Universe *u, Type *elem, int64_t len) { return composite(u, TYPE_ARRAY, elem, NULL, len, 0); }
Type *type_slice(Universe *u, Type *elem) { return composite(u, TYPE_SLICE, elem, NULL, 0, 0); }
Type *type_pointer(Universe *u, Type *elem) { return composite(u, TYPE_POINTER, elem, NULL, 0, 0); }
Type *type_map(Universe *u, Type *key, Type *elem) { return composite(u, TYPE_MAP, elem, key, 0, 0); }
Type *type_chan(Universe *u, ChanDir dir, Type *elem) { return composite(u, TYPE_CHAN, elem, NULL, 0, dir); }

// --- the others

Type *type_struct(Universe *u, FieldInfo *fields, uint32_t n) {
  Type *t = type_new(u, TYPE_STRUCT);
  t->fields = fields;
  t->field_count = n;
  return t;
}

Type *type_tuple(Universe *u, Type **items, uint32_t n) {
  if (n == 0 && u->empty_tuple) return u->empty_tuple;
  Type *t = type_new(u, TYPE_TUPLE);
  t->tuple = items;
  t->tuple_len = n;
  return t;
}

Type *type_signature(Universe *u, Object **params, uint32_t np, Object **results, uint32_t nr, bool variadic) {
  Type *t = type_new(u, TYPE_SIGNATURE);
  t->params = params;
  t->param_count = np;
  t->results = results;
  t->result_count = nr;
  t->variadic = variadic;
  return t;
}

Type *type_interface(Universe *u, Method *methods, uint32_t n, Type **embeds, Pos *embed_pos, uint32_t embed_count) {
  Type *t = type_new(u, TYPE_INTERFACE);
  t->methods = methods;
  t->method_count = n;
  t->embeds = embeds;
  t->embed_pos = embed_pos;
  t->embed_count = embed_count;
  return t;
}

void type_interface_complete(Type *interface) {
  Universe *u = interface->universe;
  for (uint32_t i = 0; i < interface->method_count; i++) {
    Method *m = &interface->methods[i];
    if (m->object) continue;
    m->object = object_new(u, OBJECT_FUNC, m->name, m->package, m->pos, m->type);
    m->object->is_method = true;
  }
  interface->complete = true;
}

Type *type_union(Universe *u, UnionTerm *terms, uint32_t n) {
  Type *t = type_new(u, TYPE_UNION);
  t->terms = terms;
  t->term_count = n;
  return t;
}

Type *type_param(Universe *u, Object *object, uint32_t index, Type *bound) {
  Type *t = type_new(u, TYPE_PARAM);
  t->param_object = object;
  t->index = index;
  t->bound = bound;
  if (object && !object->type) object->type = t;
  return t;
}

Type *type_named(Universe *u, Object *object) {
  Type *t = type_new(u, TYPE_NAMED);
  t->object = object;
  t->origin = t;
  if (!object->type) object->type = t;
  return t;
}

void type_named_set_underlying(Type *named, Type *rhs) {
  named->rhs = rhs;
  named->underlying_ = rhs;
  named->state = NAMED_UNRESOLVED;
}

void type_named_add_method(Type *named, Object *method) {
  ASSERT(named->origin == named, "methods are declared on the origin type");
  uint32_t n = named->declared_count;
  if ((n & (n - 1)) == 0) { // 0, 1, 2, 4, 8 ...: full
    Method *bigger = ARENA_ARRAY(named->universe->arena, Method, n ? n * 2 : 1);
    if (n) memcpy(bigger, named->declared, n * sizeof *bigger);
    named->declared = bigger;
  }
  named->declared[n] = (Method){
      .name = method->name, .package = method->package, .type = method->type, .object = method, .pos = method->pos};
  named->declared_count = n + 1;
}

Type *type_alias(Universe *u, Object *object, Type *actual) {
  Type *t = type_new(u, TYPE_ALIAS);
  t->alias_object = object;
  t->actual = actual;
  if (object && !object->type) object->type = t;
  return t;
}

Object *object_new(Universe *u, ObjectKind kind, const Name *name, Package *package, Pos pos, Type *type) {
  Object *object = ARENA_NEW(u->arena, Object);
  object->kind = kind;
  object->name = name;
  object->package = package;
  object->pos = pos;
  object->type = type;
  return object;
}

TypeList type_list(Universe *u, Type *const *items, uint32_t n) {
  return (TypeList){n ? arena_copy(u->arena, items, n * sizeof *items) : NULL, n};
}

// --- unalias, underlying

static Type *invalid_like(const Type *t) { return t->universe->basic[TYPE_INVALID]; }

Type *type_of_alias(Type *t) {
  uint32_t steps = 0;
  while (t->kind == TYPE_ALIAS) {
    if (!t->actual || ++steps > 1000) return invalid_like(t); // a cycle, reported where it is declared
    t = t->actual;
  }
  return t;
}

// Specification "Underlying types"
static Type *named_underlying(Type *named) {
  if (named->state == NAMED_RESOLVED) return named->underlying_;
  if (named->origin != named && !named->underlying_) return instance_underlying(named);
  Type *t = named;
  for (uint32_t steps = 0; t->kind == TYPE_NAMED; steps++) {
    if (t->state != NAMED_RESOLVED && !t->underlying_ && t->origin != t) {
      t = instance_underlying(t);
      if (t->kind == TYPE_INVALID) return t;
      break;
    }
    t = t->underlying_;
    if (!t || steps > 1000) return invalid_like(named);
    t = type_unalias(t);
  }
  if (t->kind == TYPE_PARAM) return invalid_like(named); // "cannot use a type parameter as RHS in type declaration"
  if (t->kind == TYPE_INVALID) return t;                 // may be an alias still being declared: ask again later
  named->underlying_ = t;
  named->state = NAMED_RESOLVED;
  return t;
}

Type *type_behind(Type *t) {
  switch (t->kind) {
  case TYPE_ALIAS: t = type_unalias(t); return t->kind == TYPE_NAMED || t->kind == TYPE_PARAM ? type_underlying(t) : t;
  case TYPE_NAMED: return named_underlying(t);
  case TYPE_PARAM: return type_param_interface(t);
  default: return t;
  }
}

Type *type_deref(Type *t, bool *was_pointer) {
  Type *p = type_unalias(t);
  if (was_pointer) *was_pointer = p->kind == TYPE_POINTER;
  return p->kind == TYPE_POINTER ? p->elem : t;
}

// --- core types

// Combines the underlying types x (so far) and y of two terms: channels that differ in direction only give the
// restricted one.
static Type *match(Type *x, Type *y) {
  if (type_identical(x, y)) return x;
  if (x->kind == TYPE_CHAN && y->kind == TYPE_CHAN && type_identical(x->elem, y->elem)) {
    if (x->dir == CHAN_BOTH) return y;
    if (y->dir == CHAN_BOTH) return x;
  }
  return NULL;
}

typedef struct {
  Type *core;
  bool bytes_for_strings, has_string;
} CoreSearch;

static bool visit_core(void *context, const Term *term) {
  CoreSearch *search = context;
  if (!term) return false;
  Type *t = type_underlying(term->type);
  if (search->bytes_for_strings && type_is_string(t)) {
    t = type_slice(t->universe, t->universe->byte_);
    search->has_string = true;
  }
  search->core = search->core ? match(search->core, t) : t;
  return search->core != NULL;
}

// Specification "Core types"
Type *type_core(Type *t) {
  t = type_unalias(t);
  if (t->kind != TYPE_PARAM) return type_underlying(t);
  CoreSearch search = {0};
  return type_param_each(t, visit_core, &search) ? search.core : NULL;
}

Type *type_core_string(Type *t) {
  t = type_unalias(t);
  if (t->kind != TYPE_PARAM) return type_underlying(t);
  CoreSearch search = {.bytes_for_strings = true};
  if (!type_param_each(t, visit_core, &search)) return NULL;
  return search.has_string ? t->universe->basic[TYPE_STRING] : search.core;
}
