// Instances: Pair[int, string] is one Type however often it is written. They start out empty; the underlying type is
// substituted when it is first asked for, so that type List[T any] struct { next *List[T] } does not expand for ever.
#include "types/instantiate.h"

#include "base/assert.h"
#include "base/table.h"
#include "types/types_private.h"

struct InstanceTable {
  Type **slots; // open addressing, at most half full
  uint32_t len, mask;
};

static uint32_t hash_instance(const Type *origin, TypeList targs) {
  uint64_t h = (uint64_t)origin->kind << 32 | origin->id;
  for (uint32_t i = 0; i < targs.len; i++) h = h * 0x100000001B3u ^ type_hash(targs.items[i]);
  return hash_u64(h);
}

static bool same_list(TypeList a, TypeList b) {
  if (a.len != b.len) return false;
  for (uint32_t i = 0; i < a.len; i++)
    if (!type_identical(a.items[i], b.items[i])) return false;
  return true;
}

static void grow(Universe *u, struct InstanceTable *table) {
  uint32_t mask = table->mask ? table->mask * 2 + 1 : 63;
  Type **slots = ARENA_ARRAY(u->arena, Type *, mask + 1);
  for (uint32_t i = 0; table->slots && i <= table->mask; i++) {
    Type *t = table->slots[i];
    if (!t) continue;
    uint32_t at = hash_instance(t->origin, t->targs);
    while (slots[at & mask]) at++;
    slots[at & mask] = t;
  }
  table->slots = slots;
  table->mask = mask;
}

Type *instance_of(Universe *u, Type *origin, TypeList targs) {
  if (!u->instances) u->instances = ARENA_NEW(u->arena, struct InstanceTable);
  struct InstanceTable *table = u->instances;
  if (table->len * 2 >= table->mask) grow(u, table);
  uint32_t at = hash_instance(origin, targs);
  for (Type *t; (t = table->slots[at & table->mask]); at++)
    if (t->origin == origin && same_list(t->targs, targs)) return t;
  Type *t = type_new(u, TYPE_NAMED);
  t->object = origin->object;
  t->origin = origin;
  t->targs = type_list(u, targs.items, targs.len);
  t->named_owner = origin->named_owner;
  table->slots[at & table->mask] = t;
  table->len++;
  return t;
}

static TypeList concat(Universe *u, TypeList a, TypeList b) {
  if (a.len == 0) return b;
  Type **items = ARENA_ARRAY(u->arena, Type *, a.len + b.len);
  for (uint32_t i = 0; i < a.len; i++) items[i] = a.items[i];
  for (uint32_t i = 0; i < b.len; i++) items[a.len + i] = b.items[i];
  return (TypeList){items, a.len + b.len};
}

Type *instance_underlying(Type *instance) {
  Universe *u = instance->universe;
  Type *origin = instance->origin, *invalid = u->basic[TYPE_INVALID];
  if (instance->state == NAMED_EXPANDING || !origin->underlying_) return invalid;
  instance->state = NAMED_EXPANDING;
  Type *under = type_underlying(origin);
  TypeList tparams = concat(u, origin->implicit_tparams, origin->named_tparams);
  bool known = under->kind != TYPE_INVALID && (under->kind != TYPE_INTERFACE || under->complete) && !under->open;
  if (!known || tparams.len != instance->targs.len) {
    instance->state = NAMED_UNRESOLVED;
    return invalid;
  }
  instance->underlying_ = substitute(&(Substitution){u, tparams, instance->targs}, under);
  instance->state = NAMED_RESOLVED;
  return instance->underlying_;
}

Type *type_instantiate_signature(Universe *u, Type *signature, TypeList targs) {
  if (signature->tparams.len == 0) return signature;
  Type *sig = substitute(&(Substitution){u, signature->tparams, targs}, signature);
  if (sig == signature) { // does not use its parameters: a copy that can be marked as no longer generic
    sig = type_signature(u, signature->params, signature->param_count, signature->results, signature->result_count,
                         signature->variadic);
    sig->recv = signature->recv;
    sig->recv_tparams = signature->recv_tparams;
  }
  sig->tparams = (TypeList){0};
  return sig;
}

static Type *instantiate_alias(Universe *u, Type *generic, TypeList targs) {
  if (!generic->actual) return u->basic[TYPE_INVALID];
  Type *alias = type_alias(u, generic->alias_object, NULL);
  alias->actual = substitute(&(Substitution){u, generic->alias_tparams, targs}, generic->actual);
  alias->alias_targs = type_list(u, targs.items, targs.len);
  return alias;
}

Type *type_instantiate(Universe *u, Type *generic, TypeList targs) {
  // With the wrong number of arguments (reported by the checker) a defined type still is an instance, for its name in
  // further messages; its underlying type is invalid.
  if (generic->kind == TYPE_NAMED)
    return instance_of(u, generic->origin, concat(u, generic->origin->implicit_tparams, targs));
  if (type_params_of(generic).len != targs.len) return u->basic[TYPE_INVALID];
  switch (generic->kind) {
  case TYPE_ALIAS:
    if (generic->alias_tparams.len) return instantiate_alias(u, generic, targs);
    return type_instantiate(u, type_unalias(generic), targs);
  case TYPE_SIGNATURE: return type_instantiate_signature(u, generic, targs);
  default: return u->basic[TYPE_INVALID];
  }
}

TypeList type_args_of(Type *t) {
  if (t->kind == TYPE_ALIAS && t->alias_targs.len) return t->alias_targs;
  t = type_unalias(t);
  if (t->kind != TYPE_NAMED || t->origin == t) return (TypeList){0};
  uint32_t implicit = t->origin->implicit_tparams.len;
  return (TypeList){t->targs.items + implicit, t->targs.len - implicit};
}

TypeList type_params_of(Type *t) {
  if (t->kind == TYPE_ALIAS && t->alias_tparams.len && !t->alias_targs.len) return t->alias_tparams;
  t = type_unalias(t);
  if (t->kind == TYPE_NAMED) return t->origin->named_tparams;
  if (t->kind == TYPE_SIGNATURE) return t->tparams;
  return (TypeList){0};
}

Type *type_origin(Type *t) {
  t = type_unalias(t);
  return t->kind == TYPE_NAMED ? t->origin : t;
}
