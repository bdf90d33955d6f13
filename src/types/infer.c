// Type inference (specification "Type inference"), in the order of gc: typed arguments, constraints as long as they
// bring something, untyped constants, then the solved types are put into one another until nothing changes.
#include "types/infer.h"

#include "types/typeset.h"
#include "types/types_private.h"

typedef struct {
  const InferRequest *request;
  Universe *universe;
  TypeList tparams;
  Type **params;
  Unifier *unifier;
  InferResult result;
} Inference;

static const char *name_of_type(const Inference *in, Type *t) {
  return type_string(in->universe, t, in->request->query->from);
}

static void __attribute__((format(printf, 3, 4))) fail(Inference *in, Pos pos, const char *fmt, ...) {
  va_list args;
  va_start(args, fmt);
  in->result.pos = pos;
  in->result.message = arena_vprintf(in->universe->arena, fmt, args);
  va_end(args);
}

// --- which type parameters a type mentions

static bool in_list(TypeList list, Type *t) {
  for (uint32_t i = 0; i < list.len; i++)
    if (list.items[i] == t) return true;
  return false;
}

static bool vars_mention(Object **vars, uint32_t n, TypeList tparams) {
  for (uint32_t i = 0; i < n; i++)
    if (vars[i]->type && type_mentions(vars[i]->type, tparams)) return true;
  return false;
}

static bool list_mentions(Type *const *items, uint32_t n, TypeList tparams) {
  for (uint32_t i = 0; i < n; i++)
    if (type_mentions(items[i], tparams)) return true;
  return false;
}

bool type_mentions(Type *t, TypeList tparams) {
  t = type_unalias(t);
  if (!type_is_generic(t)) return false;
  switch (t->kind) {
  case TYPE_PARAM: return in_list(tparams, t);
  case TYPE_ARRAY:
  case TYPE_SLICE:
  case TYPE_POINTER:
  case TYPE_CHAN: return type_mentions(t->elem, tparams);
  case TYPE_MAP: return type_mentions(t->key, tparams) || type_mentions(t->elem, tparams);
  case TYPE_NAMED: return list_mentions(t->targs.items, t->targs.len, tparams);
  case TYPE_TUPLE: return list_mentions(t->tuple, t->tuple_len, tparams);
  case TYPE_SIGNATURE:
    return vars_mention(t->params, t->param_count, tparams) || vars_mention(t->results, t->result_count, tparams);
  case TYPE_STRUCT:
    for (uint32_t i = 0; i < t->field_count; i++)
      if (type_mentions(t->fields[i].type, tparams)) return true;
    return false;
  case TYPE_UNION:
    for (uint32_t i = 0; i < t->term_count; i++)
      if (type_mentions(t->terms[i].type, tparams)) return true;
    return false;
  case TYPE_INTERFACE:
    for (uint32_t i = 0; i < t->method_count; i++)
      if (t->methods[i].type && type_mentions(t->methods[i].type, tparams)) return true;
    return list_mentions(t->embeds, t->embed_count, tparams);
  default: return false;
  }
}

// --- step 1: typed arguments

static const char *argument_text(const InferArg *arg) { return arg->text ? arg->text(arg->expr) : "argument"; }

// "T", "T and U", "T, U, and V"
static const char *list_names(Inference *in) {
  TypeList list = in->request->tparams;
  StrBuf out = {0};
  for (uint32_t i = 0; i < list.len; i++) {
    if (i) strbuf_puts(&out, i + 1 < list.len ? ", " : list.len == 2 ? " and " : ", and ");
    strbuf_puts(&out, list.items[i]->param_object->name->text);
  }
  const char *text = arena_strdup(in->universe->arena, strbuf_string(&out));
  strbuf_free(&out);
  return text;
}

static TypeList inferred_so_far(Inference *in) {
  Type **items = ARENA_ARRAY(in->universe->arena, Type *, in->tparams.len);
  for (uint32_t i = 0; i < in->tparams.len; i++) items[i] = unifier_at(in->unifier, in->tparams.items[i]);
  return (TypeList){items, in->tparams.len};
}

static bool none_inferred(TypeList list) {
  for (uint32_t i = 0; i < list.len; i++)
    if (list.items[i]) return false;
  return true;
}

static void fail_mismatch(Inference *in, Type *param, const InferArg *arg) {
  TypeList so_far = inferred_so_far(in);
  const char *have = name_of_type(in, arg->type), *want = name_of_type(in, param), *text = argument_text(arg);
  if (none_inferred(so_far)) {
    fail(in, arg->pos, "type %s of %s does not match %s (cannot infer %s)", have, text, want, list_names(in));
    return;
  }
  Type *inferred = substitute(&(Substitution){in->universe, in->tparams, so_far}, param);
  if (inferred == param) fail(in, arg->pos, "type %s of %s does not match %s", have, text, want);
  else if (in->request->reverse)
    fail(in, arg->pos, "inferred type %s for %s does not match type %s of %s", name_of_type(in, inferred), want, have,
         text);
  else
    fail(in, arg->pos, "type %s of %s does not match inferred type %s for %s", have, text, name_of_type(in, inferred),
         want);
}

static bool unify_arguments(Inference *in) {
  const InferRequest *r = in->request;
  for (uint32_t i = 0; i < r->arg_count; i++) {
    Type *param = in->params[i];
    const InferArg *arg = &r->args[i];
    if (type_is_untyped(arg->type)) continue; // step 3
    if (!type_mentions(param, in->tparams) && !type_mentions(arg->type, in->tparams)) continue;
    if (unifier_unify(in->unifier, param, arg->type, UNIFY_ASSIGN)) continue;
    fail_mismatch(in, param, arg);
    return false;
  }
  return true;
}

// --- step 2: constraints

typedef struct {
  uint32_t count;
  Term single;
  bool tilde;
} CoreTerm;

static bool visit_core_term(void *context, const Term *term) {
  CoreTerm *core = context;
  if (!term) return false;
  core->count++;
  core->single = *term;
  core->tilde |= term->tilde;
  return true;
}

// The core type of a constraint with its tilde; *single if it is the constraint's only type.
static bool core_term(Type *param, Term *out, bool *single) {
  CoreTerm core = {0};
  type_param_each(param, visit_core_term, &core);
  *single = core.count == 1;
  if (core.count == 1) {
    *out = core.single;
    return true;
  }
  Type *t = type_core(param);
  *out = (Term){t, core.tilde};
  return t != NULL;
}

static bool unify_signatures(void *context, Type *have, Type *want) {
  return unifier_unify(context, have, want, UNIFY_EXACT);
}

static bool unify_constraint(Inference *in, Type *param) {
  Type *known = unifier_at(in->unifier, param);
  Term core;
  bool single;
  const char *name = param->param_object->name->text;
  if (core_term(param, &core, &single)) {
    if (known) {
      if (unifier_unify(in->unifier, known, core.type, 0)) return true;
      fail(in, in->request->pos, "%s (type %s) does not satisfy %s", name, name_of_type(in, known),
           name_of_type(in, param->bound));
      return false;
    }
    if (single && !core.tilde) unifier_set(in->unifier, param, core.type);
    return true;
  }
  if (!known) return true;
  // No core type: the methods the constraint asks for must be there and their signatures unify.
  StrBuf cause = {0};
  Query query = {in->universe, in->request->query->from, &cause};
  bool ok = type_missing_method_by(&query, known, type_param_interface(param), true, unify_signatures, in->unifier,
                                   NULL) == MISSING_NOTHING;
  if (!ok)
    fail(in, in->request->pos, "%s (type %s) does not satisfy %s %s", name, name_of_type(in, known),
         name_of_type(in, param->bound), strbuf_string(&cause));
  strbuf_free(&cause);
  return ok;
}

static bool unify_constraints(Inference *in) {
  for (uint32_t before, after = unifier_unknowns(in->unifier);;) {
    before = after;
    for (uint32_t i = 0; i < in->tparams.len; i++)
      if (!unify_constraint(in, in->tparams.items[i])) return false;
    after = unifier_unknowns(in->unifier);
    if (after == before) return true;
  }
}

// --- step 3: untyped constants take the largest default type among those for one parameter

static bool use_untyped(Inference *in) {
  const InferRequest *r = in->request;
  Type **largest = ARENA_ARRAY(in->universe->arena, Type *, in->tparams.len);
  for (uint32_t i = 0; i < r->arg_count; i++) {
    const InferArg *arg = &r->args[i];
    Type *param = in->params[i];
    if (!type_is_untyped(arg->type) || arg->type->kind == TYPE_UNTYPED_NIL || param->kind != TYPE_PARAM) continue;
    if (!in_list(in->tparams, param) || unifier_at(in->unifier, param)) continue;
    uint32_t at = 0;
    while (in->tparams.items[at] != param) at++;
    Type *larger = largest[at] ? type_larger_untyped(largest[at], arg->type) : arg->type;
    if (!larger) {
      fail(in, arg->pos, "mismatched types %s and %s (cannot infer %s)", name_of_type(in, largest[at]),
           name_of_type(in, arg->type), name_of_type(in, param));
      return false;
    }
    largest[at] = larger;
  }
  for (uint32_t i = 0; i < in->tparams.len; i++)
    if (largest[i]) unifier_set(in->unifier, in->tparams.items[i], type_default(in->universe, largest[i]));
  return true;
}

// --- simplification

typedef struct Walked {
  Type *type;
  const struct Walked *outer;
} Walked;

// Types that contain themselves through a type parameter would be substituted for ever: they count as not inferred.
static void kill_cycles(TypeList tparams, Type **inferred, Type *t, const Walked *outer);

static void kill_in_vars(TypeList tparams, Type **inferred, Object **vars, uint32_t n, const Walked *outer) {
  for (uint32_t i = 0; i < n; i++)
    if (vars[i]->type) kill_cycles(tparams, inferred, vars[i]->type, outer);
}

static int index_in(TypeList list, Type *t) {
  for (uint32_t i = 0; i < list.len; i++)
    if (list.items[i] == t) return (int)i;
  return -1;
}

static void kill_cycles(TypeList tparams, Type **inferred, Type *t, const Walked *outer) {
  t = type_unalias(t);
  if (!type_is_generic(t)) return;
  int param = t->kind == TYPE_PARAM ? index_in(tparams, t) : -1;
  for (const Walked *w = outer; w; w = w->outer)
    if (w->type == t) {
      if (param >= 0) inferred[param] = NULL;
      return;
    }
  Walked here = {t, outer};
  switch (t->kind) {
  case TYPE_ARRAY:
  case TYPE_SLICE:
  case TYPE_POINTER:
  case TYPE_CHAN: kill_cycles(tparams, inferred, t->elem, &here); break;
  case TYPE_MAP:
    kill_cycles(tparams, inferred, t->key, &here);
    kill_cycles(tparams, inferred, t->elem, &here);
    break;
  case TYPE_STRUCT:
    for (uint32_t i = 0; i < t->field_count; i++) kill_cycles(tparams, inferred, t->fields[i].type, &here);
    break;
  case TYPE_SIGNATURE:
    kill_in_vars(tparams, inferred, t->params, t->param_count, &here);
    kill_in_vars(tparams, inferred, t->results, t->result_count, &here);
    break;
  case TYPE_UNION:
    for (uint32_t i = 0; i < t->term_count; i++) kill_cycles(tparams, inferred, t->terms[i].type, &here);
    break;
  case TYPE_INTERFACE:
    for (uint32_t i = 0; i < t->method_count; i++)
      if (t->methods[i].type) kill_cycles(tparams, inferred, t->methods[i].type, &here);
    for (uint32_t i = 0; i < t->embed_count; i++) kill_cycles(tparams, inferred, t->embeds[i], &here);
    break;
  case TYPE_NAMED:
    for (uint32_t i = 0; i < t->targs.len; i++) kill_cycles(tparams, inferred, t->targs.items[i], &here);
    break;
  case TYPE_PARAM:
    if (param >= 0 && inferred[param]) kill_cycles(tparams, inferred, inferred[param], &here);
    break;
  default: break;
  }
}

static void simplify(Inference *in, TypeList inferred) {
  TypeList given = in->request->given;
  for (uint32_t i = 0; i < inferred.len; i++) kill_cycles(in->tparams, inferred.items, in->tparams.items[i], NULL);
  for (bool changed = true; changed;) {
    changed = false;
    TypeList now = type_list(in->universe, inferred.items, inferred.len);
    Substitution s = {in->universe, in->tparams, now};
    for (uint32_t i = 0; i < inferred.len; i++) {
      if (!inferred.items[i] || (i < given.len && given.items[i])) continue;
      Type *t = substitute(&s, inferred.items[i]);
      if (t == inferred.items[i]) continue;
      if (t->kind == TYPE_SIGNATURE && t->tparams.len && !type_mentions(t, in->tparams)) t->tparams = (TypeList){0};
      inferred.items[i] = t;
      changed = true;
    }
  }
}

// --- the whole

static bool complete(TypeList targs, uint32_t n) {
  if (targs.len != n) return false;
  for (uint32_t i = 0; i < n; i++)
    if (!targs.items[i]) return false;
  return true;
}

static bool solve(Inference *in) {
  if (!unify_arguments(in) || !unify_constraints(in) || !use_untyped(in)) return false;
  TypeList inferred = inferred_so_far(in);
  simplify(in, inferred);
  for (uint32_t i = 0; i < inferred.len; i++) {
    if (inferred.items[i] && !type_mentions(inferred.items[i], in->tparams)) continue;
    in->result.tparam = in->tparams.items[i]->param_object;
    fail(in, in->request->pos, "cannot infer %s", in->result.tparam->name->text);
    return false;
  }
  in->result.targs = inferred;
  return true;
}

InferResult infer(const InferRequest *r) {
  Universe *u = r->query->universe;
  if (complete(r->given, r->tparams.len)) return (InferResult){.ok = true, .targs = r->given};
  for (uint32_t i = 0; i < r->arg_count; i++)
    if (!r->args[i].type || !type_is_valid(r->args[i].type)) return (InferResult){.reported = true};
  Inference in = {.request = r, .universe = u, .tparams = r->tparams};
  Type **given = ARENA_ARRAY(u->arena, Type *, r->tparams.len);
  for (uint32_t i = 0; i < r->given.len; i++) given[i] = r->given.items[i];
  TypeList targs = {given, r->tparams.len};
  // What was given explicitly goes into the parameters first: then arguments are assigned to them, not unified.
  in.params = ARENA_ARRAY(u->arena, Type *, r->arg_count);
  for (uint32_t i = 0; i < r->arg_count; i++)
    in.params[i] = substitute(&(Substitution){u, r->tparams, targs}, r->params[i]);
  in.unifier = unifier_new(u, r->tparams, targs);
  in.result.ok = solve(&in);
  return in.result;
}

TypeList type_params_rename(Universe *u, TypeList tparams, Type **t) {
  if (tparams.len == 0) return tparams;
  Type **fresh = ARENA_ARRAY(u->arena, Type *, tparams.len);
  for (uint32_t i = 0; i < tparams.len; i++) {
    Type *old = tparams.items[i];
    Object *object = arena_copy(u->arena, old->param_object, sizeof(Object));
    object->type = NULL;
    fresh[i] = type_param(u, object, old->index, NULL);
  }
  TypeList list = {fresh, tparams.len};
  Substitution s = {u, tparams, list};
  for (uint32_t i = 0; i < tparams.len; i++)
    if (tparams.items[i]->bound) fresh[i]->bound = substitute(&s, tparams.items[i]->bound);
  if (*t) *t = substitute(&s, *t);
  return list;
}
