// Type unification (specification "Type unification"): finds the types of the bound type parameters that make two types
// equal. Inexact unification looks under defined types, ignores channel directions and accepts an interface for what
// implements it; element types always unify exactly when the whole is assigned.
//
//   params   P   Q   R          joined parameters share one slot
//   slot     0   0   2
//   values  int  -   nil
#include "base/assert.h"
#include "types/infer.h"
#include "types/lookup.h"
#include "types/typeset.h"
#include "types/types_private.h"

enum { MAX_DEPTH = 100 };

struct Unifier {
  Universe *universe;
  TypeList params;
  uint32_t *slots;
  Type **values;
  uint32_t depth;
};

typedef struct Pair {
  Type *x, *y;
  const struct Pair *outer;
} Pair;

Unifier *unifier_new(Universe *u, TypeList tparams, TypeList targs) {
  Unifier *unifier = ARENA_NEW(u->arena, Unifier);
  unifier->universe = u;
  unifier->params = tparams;
  unifier->slots = ARENA_ARRAY(u->arena, uint32_t, tparams.len);
  unifier->values = ARENA_ARRAY(u->arena, Type *, tparams.len);
  for (uint32_t i = 0; i < tparams.len; i++) {
    unifier->slots[i] = i;
    unifier->values[i] = i < targs.len ? targs.items[i] : NULL;
  }
  return unifier;
}

// The index of a type parameter we solve for, or -1.
static int bound_index(const Unifier *u, Type *t) {
  t = type_unalias(t);
  if (t->kind != TYPE_PARAM) return -1;
  for (uint32_t i = 0; i < u->params.len; i++)
    if (u->params.items[i] == t) return (int)i;
  return -1;
}

static Type **value_of(Unifier *u, int index) { return &u->values[u->slots[index]]; }

Type *unifier_at(Unifier *u, Type *param) {
  int i = bound_index(u, param);
  return i < 0 ? NULL : *value_of(u, i);
}

void unifier_set(Unifier *u, Type *param, Type *t) {
  int i = bound_index(u, param);
  ASSERT(i >= 0, "a parameter of this unifier");
  *value_of(u, i) = t;
}

uint32_t unifier_unknowns(const Unifier *u) {
  uint32_t n = 0;
  for (uint32_t i = 0; i < u->params.len; i++) n += u->values[u->slots[i]] == NULL;
  return n;
}

static void move_slot(Unifier *u, uint32_t from, uint32_t to) {
  for (uint32_t i = 0; i < u->params.len; i++)
    if (u->slots[i] == from) u->slots[i] = to;
}

// Two parameters become one; false if both already have a type.
static bool join(Unifier *u, int x, int y) {
  uint32_t sx = u->slots[x], sy = u->slots[y];
  if (sx == sy) return true;
  if (u->values[sx] && u->values[sy]) return false;
  if (u->values[sx]) move_slot(u, sy, sx);
  else move_slot(u, sx, sy);
  return true;
}

static bool nify(Unifier *u, Type *x, Type *y, int mode, const Pair *outer);

static bool nify_vars(Unifier *u, Object **x, uint32_t nx, Object **y, uint32_t ny, int mode, const Pair *outer) {
  if (nx != ny) return false;
  for (uint32_t i = 0; i < nx; i++)
    if (!nify(u, x[i]->type, y[i]->type, mode, outer)) return false;
  return true;
}

static bool nify_lists(Unifier *u, TypeList x, TypeList y, int mode, const Pair *outer) {
  if (x.len != y.len) return false;
  for (uint32_t i = 0; i < x.len; i++)
    if (!nify(u, x.items[i], y.items[i], mode, outer)) return false;
  return true;
}

// An interface type that is no type parameter, else NULL.
static Type *as_interface(Type *t) {
  if (type_is_param(t)) return NULL;
  t = type_underlying(t);
  return t->kind == TYPE_INTERFACE ? t : NULL;
}

static bool is_defined(Type *t) { return type_unalias(t)->kind == TYPE_NAMED; }

// A parameter that has a type already meets another type: they must unify, and the more telling one is kept.
static bool nify_known(Unifier *u, int param, Type *y, int mode, const Pair *outer) {
  Type *x = *value_of(u, param);
  if (!nify(u, x, y, mode, outer)) return false;
  Type *xi = as_interface(x), *yi = as_interface(y);
  if (xi && yi) {
    if (is_defined(x) && is_defined(y)) return type_identical(x, y);
    if (type_set(xi)->method_count != type_set(yi)->method_count) return false;
  } else if (xi || yi) {
    return false; // which one to take would depend on the order
  }
  if ((mode & UNIFY_EXACT) || is_defined(x)) return true;
  Type *under = type_underlying(y);
  if (is_defined(y) || (under->kind == TYPE_CHAN && under->dir != CHAN_BOTH)) *value_of(u, param) = y;
  return true;
}

static bool same_restrictions(const TypeSet *a, const TypeSet *b) {
  return a->comparable == b->comparable && type_set_subset(a, b) && type_set_subset(b, a);
}

static bool compared_before(const Pair *outer, Type *x, Type *y) {
  for (const Pair *p = outer; p; p = p->outer)
    if ((p->x == x && p->y == y) || (p->x == y && p->y == x)) return true;
  return false;
}

// Inexact: the methods of one interface must be among those of the other.
static bool nify_interfaces(Unifier *u, Type *x, Type *y, const Pair *outer) {
  const TypeSet *a = type_set(x), *b = type_set(y);
  if (!same_restrictions(a, b)) return false;
  if (compared_before(outer, x, y)) return true;
  Pair here = {x, y, outer};
  if (a->method_count > b->method_count) {
    const TypeSet *t = a;
    a = b;
    b = t;
  }
  for (uint32_t i = 0; i < a->method_count; i++) {
    Method *m = a->methods[i], *other = type_set_method(b, m->package, m->name, false, NULL);
    if (!other || !m->type || !other->type || !nify(u, m->type, other->type, UNIFY_EXACT, &here)) return false;
  }
  return true;
}

static bool nify_implementer(Unifier *u, Type *interface, Type *t, const Pair *outer) {
  const TypeSet *set = type_set(interface);
  for (uint32_t i = 0; i < set->method_count; i++) {
    Method *m = set->methods[i];
    Lookup found = lookup_find(u->universe, t, false, m->package, m->name, false);
    if (found.status != LOOKUP_METHOD || !found.type || !m->type) return false;
    if (!nify(u, m->type, found.type, UNIFY_EXACT, outer)) return false;
  }
  return true;
}

// Exact: the same methods, with signatures that unify.
static bool nify_exact_interfaces(Unifier *u, Type *x, Type *y, const Pair *outer) {
  const TypeSet *a = type_set(x), *b = type_set(y);
  if (!same_restrictions(a, b) || a->method_count != b->method_count) return false;
  if (compared_before(outer, x, y)) return true;
  Pair here = {x, y, outer};
  for (uint32_t i = 0; i < a->method_count; i++) {
    Method *f = a->methods[i], *g = b->methods[i];
    if (!name_same(f->name, f->package, g->name, g->package) || !f->type || !g->type) return false;
    if (!nify(u, f->type, g->type, UNIFY_EXACT, &here)) return false;
  }
  return true;
}

static bool nify_structs(Unifier *u, Type *x, Type *y, int mode, const Pair *outer) {
  if (x->field_count != y->field_count) return false;
  for (uint32_t i = 0; i < x->field_count; i++) {
    FieldInfo *f = &x->fields[i], *g = &y->fields[i];
    if (f->embedded != g->embedded || !text_equal(f->tag, g->tag)) return false;
    if (!name_same(f->name, f->package, g->name, g->package) || !nify(u, f->type, g->type, mode, outer)) return false;
  }
  return true;
}

// Neither is a parameter we solve for, nor (unless exact) an interface.
static bool nify_structure(Unifier *u, Type *x, Type *y, Type *y_written, int mode, const Pair *outer) {
  int emode = mode & UNIFY_ASSIGN ? mode | UNIFY_EXACT : mode;
  if (x->kind == TYPE_PARAM) { // a parameter of an enclosing function: all we know is its core type
    Type *core = type_core(x);
    return core && nify(u, core, y_written, UNIFY_ASSIGN, outer);
  }
  if (x->kind != y->kind) return false;
  switch (x->kind) {
  case TYPE_ARRAY: return (x->len < 0 || y->len < 0 || x->len == y->len) && nify(u, x->elem, y->elem, emode, outer);
  case TYPE_SLICE:
  case TYPE_POINTER: return nify(u, x->elem, y->elem, emode, outer);
  case TYPE_MAP: return nify(u, x->key, y->key, emode, outer) && nify(u, x->elem, y->elem, emode, outer);
  case TYPE_CHAN: return (!(mode & UNIFY_EXACT) || x->dir == y->dir) && nify(u, x->elem, y->elem, emode, outer);
  case TYPE_STRUCT: return nify_structs(u, x, y, emode, outer);
  case TYPE_SIGNATURE:
    return x->variadic == y->variadic &&
           nify_vars(u, x->params, x->param_count, y->params, y->param_count, emode, outer) &&
           nify_vars(u, x->results, x->result_count, y->results, y->result_count, emode, outer);
  case TYPE_INTERFACE: return nify_exact_interfaces(u, x, y, outer);
  case TYPE_NAMED: return nify_lists(u, x->targs, y->targs, mode, outer) && x->origin == y->origin;
  case TYPE_TUPLE:
    return nify_lists(u, (TypeList){x->tuple, x->tuple_len}, (TypeList){y->tuple, y->tuple_len}, mode, outer);
  default: return x->kind < TYPE_BASIC_COUNT;
  }
}

static bool nify_one(Unifier *u, Type *x, Type *y, int mode, const Pair *outer) {
  if (x == y || type_unalias(x) == type_unalias(y)) return true;
  // A defined type goes to y, a bound parameter to x.
  if (is_defined(x) || bound_index(u, y) >= 0) {
    Type *t = x;
    x = y;
    y = t;
  }
  bool x_literal = !is_defined(x) && !type_is_param(x);
  if (!(mode & UNIFY_EXACT) && is_defined(y) && x_literal && !type_is_interface(x)) {
    y = type_underlying(y);
    if (x == y || type_unalias(x) == type_unalias(y)) return true;
  }
  int px = bound_index(u, x), py = bound_index(u, y);
  if (px >= 0 && py >= 0) return join(u, px, py) || nify(u, *value_of(u, px), *value_of(u, py), mode, outer);
  if (px >= 0) {
    if (*value_of(u, px)) return nify_known(u, px, y, mode, outer);
    *value_of(u, px) = y;
    return true;
  }
  if (!(mode & UNIFY_EXACT)) {
    Type *xi = as_interface(x), *yi = as_interface(y);
    if (xi && yi) return nify_interfaces(u, xi, yi, outer);
    if (yi) return nify_implementer(u, yi, x, outer);
    if (xi) return nify_implementer(u, xi, y, outer);
  }
  if (type_is_param(y)) {
    Type *t = x;
    x = y;
    y = t;
  }
  return nify_structure(u, type_unalias(x), type_unalias(y), y, mode, outer);
}

static bool nify(Unifier *u, Type *x, Type *y, int mode, const Pair *outer) {
  if (!x || !y || u->depth >= MAX_DEPTH) return false;
  u->depth++;
  bool ok = nify_one(u, x, y, mode, outer);
  u->depth--;
  return ok;
}

bool unifier_unify(Unifier *u, Type *x, Type *y, int mode) { return nify(u, x, y, mode, NULL); }
