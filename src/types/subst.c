// Substitution of type arguments for type parameters. A type that does not change is returned as it is, so types that
// mention no type parameter cost one look at their mark.
#include <string.h>

#include "types/instantiate.h"
#include "types/types_private.h"

// --- does a type mention any type parameter?

enum { UNKNOWN, NO, YES };

static int mentions(Type *t);

static int mentions_list(Type *const *items, uint32_t n) {
  int result = NO;
  for (uint32_t i = 0; i < n; i++) {
    int one = items[i] ? mentions(items[i]) : UNKNOWN;
    if (one == YES) return YES;
    if (one == UNKNOWN) result = UNKNOWN;
  }
  return result;
}

static int worse(int a, int b) { return a == YES || b == YES ? YES : a == UNKNOWN || b == UNKNOWN ? UNKNOWN : NO; }

static int mentions_vars(Object **vars, uint32_t n) {
  int result = NO;
  for (uint32_t i = 0; i < n; i++) result = worse(result, vars[i]->type ? mentions(vars[i]->type) : UNKNOWN);
  return result;
}

static int compute_mentions(Type *t) {
  int result = NO;
  if (t->open) return UNKNOWN;
  switch (t->kind) {
  case TYPE_PARAM: return YES;
  case TYPE_ARRAY:
  case TYPE_SLICE:
  case TYPE_POINTER:
  case TYPE_CHAN: return mentions(t->elem);
  case TYPE_MAP: return worse(mentions(t->key), mentions(t->elem));
  case TYPE_ALIAS: return t->actual ? mentions(t->actual) : UNKNOWN;
  case TYPE_TUPLE: return mentions_list(t->tuple, t->tuple_len);
  case TYPE_NAMED:
    return t->origin->implicit_tparams.len && t->origin == t ? YES : mentions_list(t->targs.items, t->targs.len);
  case TYPE_SIGNATURE:
    return worse(mentions_vars(t->params, t->param_count), mentions_vars(t->results, t->result_count));
  case TYPE_STRUCT:
    for (uint32_t i = 0; i < t->field_count; i++) result = worse(result, mentions(t->fields[i].type));
    return result;
  case TYPE_UNION:
    for (uint32_t i = 0; i < t->term_count; i++) result = worse(result, mentions(t->terms[i].type));
    return result;
  case TYPE_INTERFACE:
    if (!t->complete) return UNKNOWN;
    for (uint32_t i = 0; i < t->method_count; i++)
      result = worse(result, t->methods[i].type ? mentions(t->methods[i].type) : UNKNOWN);
    return worse(result, mentions_list(t->embeds, t->embed_count));
  default: return NO;
  }
}

static int mentions(Type *t) {
  if (!t->mentions_param) t->mentions_param = (uint8_t)compute_mentions(t);
  return t->mentions_param;
}

bool type_is_generic(Type *t) { return mentions(t) != NO; }

// --- the parts of a type

static Object **substitute_vars(const Substitution *s, Object **vars, uint32_t n) {
  Object **changed = NULL;
  for (uint32_t i = 0; i < n; i++) {
    Type *t = vars[i]->type ? substitute(s, vars[i]->type) : NULL;
    if (t == vars[i]->type) continue;
    if (!changed) changed = arena_copy(s->universe->arena, vars, n * sizeof *vars);
    changed[i] = arena_copy(s->universe->arena, vars[i], sizeof *vars[i]);
    changed[i]->type = t;
    changed[i]->origin = vars[i]->origin ? vars[i]->origin : vars[i];
  }
  return changed ? changed : vars;
}

TypeList substitute_list(const Substitution *s, TypeList list) {
  Type **changed = NULL;
  for (uint32_t i = 0; i < list.len; i++) {
    Type *t = list.items[i] ? substitute(s, list.items[i]) : NULL;
    if (t == list.items[i]) continue;
    if (!changed) changed = arena_copy(s->universe->arena, list.items, list.len * sizeof *list.items);
    changed[i] = t;
  }
  return changed ? (TypeList){changed, list.len} : list;
}

static Type *substitute_struct(const Substitution *s, Type *t) {
  FieldInfo *changed = NULL;
  for (uint32_t i = 0; i < t->field_count; i++) {
    Type *field = substitute(s, t->fields[i].type);
    if (field == t->fields[i].type) continue;
    if (!changed) changed = arena_copy(s->universe->arena, t->fields, t->field_count * sizeof *changed);
    changed[i].type = field;
  }
  return changed ? type_struct(s->universe, changed, t->field_count) : t;
}

static Type *substitute_signature(const Substitution *s, Type *t) {
  Object **params = substitute_vars(s, t->params, t->param_count);
  Object **results = substitute_vars(s, t->results, t->result_count);
  if (params == t->params && results == t->results) return t;
  Type *copy = type_signature(s->universe, params, t->param_count, results, t->result_count, t->variadic);
  copy->recv = t->recv;
  copy->tparams = t->tparams;
  copy->recv_tparams = t->recv_tparams;
  return copy;
}

static Type *substitute_interface(const Substitution *s, Type *t) {
  Method *methods = NULL;
  for (uint32_t i = 0; i < t->method_count; i++) {
    Type *sig = t->methods[i].type ? substitute(s, t->methods[i].type) : NULL;
    if (sig == t->methods[i].type) continue;
    if (!methods) methods = arena_copy(s->universe->arena, t->methods, t->method_count * sizeof *methods);
    methods[i].type = sig;
  }
  TypeList embeds = substitute_list(s, (TypeList){t->embeds, t->embed_count});
  if (!methods && embeds.items == t->embeds) return t;
  Type *copy = type_interface(s->universe, methods ? methods : t->methods, t->method_count, embeds.items, t->embed_pos,
                              t->embed_count);
  copy->implicit = t->implicit;
  copy->complete = t->complete;
  return copy;
}

static Type *substitute_union(const Substitution *s, Type *t) {
  UnionTerm *terms = NULL;
  for (uint32_t i = 0; i < t->term_count; i++) {
    Type *term = substitute(s, t->terms[i].type);
    if (term == t->terms[i].type) continue;
    if (!terms) terms = arena_copy(s->universe->arena, t->terms, t->term_count * sizeof *terms);
    terms[i].type = term;
  }
  return terms ? type_union(s->universe, terms, t->term_count) : t;
}

// A local type of a generic function becomes an instance for that function's arguments.
static Type *substitute_named(const Substitution *s, Type *t) {
  TypeList implicit = t->origin->implicit_tparams;
  TypeList old = t->origin == t ? implicit : t->targs;
  if (old.len == 0) return t;
  if (t->origin != t && old.len != implicit.len + t->origin->named_tparams.len) return s->universe->basic[TYPE_INVALID];
  TypeList targs = substitute_list(s, old);
  return targs.items == old.items ? t : instance_of(s->universe, t->origin, targs);
}

static Type *substitute_alias(const Substitution *s, Type *t) {
  if (!t->actual) return t;
  Type *actual = substitute(s, t->actual);
  if (actual == t->actual) return t;
  if (!t->alias_targs.len) return actual;
  Type *copy = type_alias(s->universe, t->alias_object, actual);
  copy->alias_targs = substitute_list(s, t->alias_targs);
  return copy;
}

static Type *substitute_param(const Substitution *s, Type *t) {
  for (uint32_t i = 0; i < s->tparams.len; i++)
    if (s->tparams.items[i] == t) return s->targs.items[i] ? s->targs.items[i] : t;
  return t;
}

Type *substitute(const Substitution *s, Type *t) {
  if (t->mentions_param == NO || mentions(t) == NO) return t;
  Universe *u = s->universe;
  Type *elem, *key;
  switch (t->kind) {
  case TYPE_PARAM: return substitute_param(s, t);
  case TYPE_ARRAY: return (elem = substitute(s, t->elem)) == t->elem ? t : type_array(u, elem, t->len);
  case TYPE_SLICE: return (elem = substitute(s, t->elem)) == t->elem ? t : type_slice(u, elem);
  case TYPE_POINTER: return (elem = substitute(s, t->elem)) == t->elem ? t : type_pointer(u, elem);
  case TYPE_CHAN: return (elem = substitute(s, t->elem)) == t->elem ? t : type_chan(u, t->dir, elem);
  case TYPE_MAP:
    key = substitute(s, t->key);
    elem = substitute(s, t->elem);
    return key == t->key && elem == t->elem ? t : type_map(u, key, elem);
  case TYPE_STRUCT: return substitute_struct(s, t);
  case TYPE_SIGNATURE: return substitute_signature(s, t);
  case TYPE_INTERFACE: return substitute_interface(s, t);
  case TYPE_UNION: return substitute_union(s, t);
  case TYPE_NAMED: return substitute_named(s, t);
  case TYPE_ALIAS: return substitute_alias(s, t);
  case TYPE_TUPLE: {
    TypeList old = {t->tuple, t->tuple_len}, list = substitute_list(s, old);
    return list.items == old.items ? t : type_tuple(u, list.items, list.len);
  }
  default: return t;
  }
}

Type *type_subst(Universe *u, Type *t, TypeList tparams, TypeList targs) {
  if (!t || tparams.len == 0) return t;
  return substitute(&(Substitution){u, tparams, targs}, t);
}
