// Identical types (specification "Type identity"), and a hash that agrees with it.
//
// Shared composites make the common case one comparison of addresses. Anonymous interfaces are the only types through
// which a comparison can come back to itself; the pairs being compared are remembered on the stack.
#include "base/table.h"
#include "types/instantiate.h"
#include "types/lookup.h"
#include "types/predicates.h"
#include "types/typeset.h"
#include "types/types_private.h"

typedef struct Pair {
  Type *x, *y;
  const struct Pair *outer;
} Pair;

typedef struct {
  bool ignore_tags;
} Comparer;

static bool identical(const Comparer *c, Type *x, Type *y, const Pair *outer);

static bool identical_lists(const Comparer *c, TypeList a, TypeList b, const Pair *outer) {
  if (a.len != b.len) return false;
  for (uint32_t i = 0; i < a.len; i++)
    if (!identical(c, a.items[i], b.items[i], outer)) return false;
  return true;
}

static bool identical_vars(const Comparer *c, Object **a, uint32_t na, Object **b, uint32_t nb, const Pair *outer) {
  if (na != nb) return false;
  for (uint32_t i = 0; i < na; i++)
    if (!identical(c, a[i]->type, b[i]->type, outer)) return false;
  return true;
}

static bool identical_structs(const Comparer *c, Type *x, Type *y, const Pair *outer) {
  if (x->field_count != y->field_count) return false;
  for (uint32_t i = 0; i < x->field_count; i++) {
    FieldInfo *f = &x->fields[i], *g = &y->fields[i];
    if (f->embedded != g->embedded || !name_same(f->name, f->package, g->name, g->package)) return false;
    if (!c->ignore_tags && !text_equal(f->tag, g->tag)) return false;
    if (!identical(c, f->type, g->type, outer)) return false;
  }
  return true;
}

// Generic signatures are identical up to the names of their type parameters.
static bool identical_signatures(const Comparer *c, Type *x, Type *y, const Pair *outer) {
  if (x->tparams.len != y->tparams.len || x->variadic != y->variadic) return false;
  if (x->tparams.len) {
    Substitution s = {x->universe, y->tparams, x->tparams};
    for (uint32_t i = 0; i < x->tparams.len; i++)
      if (!identical(c, x->tparams.items[i]->bound, substitute(&s, y->tparams.items[i]->bound), outer)) return false;
    y = substitute(&s, y);
  }
  return identical_vars(c, x->params, x->param_count, y->params, y->param_count, outer) &&
         identical_vars(c, x->results, x->result_count, y->results, y->result_count, outer);
}

static bool identical_interfaces(const Comparer *c, Type *x, Type *y, const Pair *outer) {
  const TypeSet *a = type_set(x), *b = type_set(y);
  if (a->comparable != b->comparable || a->method_count != b->method_count) return false;
  if (!type_set_subset(a, b) || !type_set_subset(b, a)) return false;
  for (const Pair *p = outer; p; p = p->outer)
    if ((p->x == x && p->y == y) || (p->x == y && p->y == x)) return true; // being compared: no difference so far
  Pair here = {x, y, outer};
  for (uint32_t i = 0; i < a->method_count; i++) {
    Method *f = a->methods[i], *g = b->methods[i];
    if (!name_same(f->name, f->package, g->name, g->package)) return false;
    if (!f->type || !g->type || !identical(c, f->type, g->type, &here)) return false;
  }
  return true;
}

static bool identical_unions(Type *x, Type *y) {
  Type *ix = type_interface(x->universe, NULL, 0, &x, NULL, 1), *iy = type_interface(x->universe, NULL, 0, &y, NULL, 1);
  ix->complete = iy->complete = true;
  const TypeSet *a = type_set(ix), *b = type_set(iy);
  bool same = type_set_subset(a, b) && type_set_subset(b, a);
  ix->complete = iy->complete = false; // they pointed at our parameters: never use them again
  return same;
}

static bool identical(const Comparer *c, Type *x, Type *y, const Pair *outer) {
  if (x == y) return true;
  if (!x || !y) return false;
  x = type_unalias(x);
  y = type_unalias(y);
  if (x == y) return true;
  if (x->kind != y->kind) return false;
  switch (x->kind) {
  case TYPE_ARRAY: // an unknown length is an error reported before
    return (x->len < 0 || y->len < 0 || x->len == y->len) && identical(c, x->elem, y->elem, outer);
  case TYPE_SLICE:
  case TYPE_POINTER: return identical(c, x->elem, y->elem, outer);
  case TYPE_MAP: return identical(c, x->key, y->key, outer) && identical(c, x->elem, y->elem, outer);
  case TYPE_CHAN: return x->dir == y->dir && identical(c, x->elem, y->elem, outer);
  case TYPE_STRUCT: return identical_structs(c, x, y, outer);
  case TYPE_SIGNATURE: return identical_signatures(c, x, y, outer);
  case TYPE_INTERFACE: return identical_interfaces(c, x, y, outer);
  case TYPE_NAMED: return x->origin == y->origin && x->targs.len && identical_lists(c, x->targs, y->targs, outer);
  case TYPE_TUPLE:
    return identical_lists(c, (TypeList){x->tuple, x->tuple_len}, (TypeList){y->tuple, y->tuple_len}, outer);
  case TYPE_UNION: return identical_unions(x, y);
  case TYPE_PARAM: return false; // by address alone
  default: return x->kind < TYPE_BASIC_COUNT;
  }
}

bool type_identical(Type *a, Type *b) { return identical(&(Comparer){false}, a, b, NULL); }
bool type_identical_ignore_tags(Type *a, Type *b) { return identical(&(Comparer){true}, a, b, NULL); }

// --- hash

static uint64_t mix(uint64_t h, uint64_t value) { return (h ^ value) * 0x9E3779B97F4A7C15u + (h >> 29); }

static uint64_t hash_list(uint64_t h, TypeList list) {
  for (uint32_t i = 0; i < list.len; i++) h = mix(h, type_hash(list.items[i]));
  return mix(h, list.len);
}

static uint64_t hash_vars(uint64_t h, Object **vars, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) h = mix(h, type_hash(vars[i]->type));
  return mix(h, n);
}

// Interfaces hash only the names of their methods, so the recursion ends at them and at defined types.
uint64_t type_hash(Type *t) {
  t = type_unalias(t);
  uint64_t h = mix(0x243F6A8885A308D3u, (uint64_t)t->kind);
  switch (t->kind) {
  case TYPE_ARRAY: return mix(mix(h, (uint64_t)t->len), type_hash(t->elem));
  case TYPE_SLICE:
  case TYPE_POINTER: return mix(h, type_hash(t->elem));
  case TYPE_MAP: return mix(mix(h, type_hash(t->key)), type_hash(t->elem));
  case TYPE_CHAN: return mix(mix(h, (uint64_t)t->dir), type_hash(t->elem));
  case TYPE_STRUCT:
    for (uint32_t i = 0; i < t->field_count; i++) {
      h = mix(h, t->fields[i].name ? t->fields[i].name->hash : 0);
      h = mix(h, type_hash(t->fields[i].type));
    }
    return h;
  case TYPE_SIGNATURE:
    h = mix(h, t->variadic);
    if (t->tparams.len) return mix(mix(h, t->param_count), t->tparams.len); // parameters compare up to renaming
    return hash_vars(hash_vars(h, t->params, t->param_count), t->results, t->result_count);
  case TYPE_INTERFACE: {
    const TypeSet *set = type_set(t);
    for (uint32_t i = 0; i < set->method_count; i++) h = mix(h, set->methods[i]->name->hash);
    return h;
  }
  case TYPE_NAMED: return hash_list(mix(h, t->origin->id), t->targs);
  case TYPE_PARAM: return mix(h, t->id);
  case TYPE_TUPLE: return hash_list(h, (TypeList){t->tuple, t->tuple_len});
  default: return h;
  }
}
