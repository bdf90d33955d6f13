// Function types (specification "Function types") and receivers (specification "Method declarations").
#include "types/checker.h"

// --- parameters

typedef struct {
  Object **vars;
  uint32_t len;
  bool variadic;
} Params;

// Specification "Function types": only the final parameter may be variadic.
static Params collect_params(Checker *c, NodeList fields, bool variadic_ok, bool results) {
  Params p = {ARENA_ARRAY(c->arena, Object *, fields.len), 0, false};
  Node *previous = NULL;
  Type *t = NULL;
  for (uint32_t i = 0; i < fields.len; i++) {
    NodeField *f = (NodeField *)fields.items[i];
    if (i == 0 || f->of != previous) {
      previous = f->of;
      Node *of = f->of;
      if (of && of->kind == NODE_ELLIPSIS) {
        if (variadic_ok && i == fields.len - 1) p.variadic = true;
        else check_error(c, of, "can only use ... with final parameter in list");
        of = ((NodeEllipsis *)of)->elem;
      }
      t = check_var_type(c, of);
    }
    NodeIdent *name = (NodeIdent *)f->name;
    Object *var = object_new(c->u, OBJECT_VAR, name ? name->name : name_of(c->u->names, ""), c->package,
                             name ? name->h.pos : f->h.start, t);
    var->decl = &f->h;
    var->used = true;
    var->is_param = !results;
    var->is_result = results;
    var->reassigned = results && name; // return statements assign to it
    p.vars[p.len++] = var;
    if (name) name->obj = var;
  }
  if (p.variadic) {
    Object *last = p.vars[p.len - 1];
    last->type = type_slice(c->u, last->type);
    check_record_type(c, previous, MODE_TYPE, last->type, NULL);
  }
  return p;
}

// Specification "Blocks": parameters belong to the function's block, where type parameters are already.
static void declare_params(Checker *c, Params p, Pos visible_from) {
  for (uint32_t i = 0; i < p.len; i++)
    if (p.vars[i]->name->len) check_declare(c, c->env.scope, NULL, p.vars[i], visible_from);
}

// --- receivers

static void check_receiver_type(Checker *c, void *data) {
  Type *sig = data;
  Object *recv = sig->recv;
  Type *base = type_deref(recv->type, NULL), *t = type_unalias(base);
  if (!type_is_valid(t)) return;
  if (t->kind < TYPE_BASIC_COUNT) {
    check_error_object(c, recv, "cannot define new methods on non-local type %s", type_text(c, base));
    return;
  }
  if (t->kind != TYPE_NAMED) {
    check_error_object(c, recv, "invalid receiver type %s", type_text(c, recv->type));
    return;
  }
  if (t->targs.len && !sig->recv_tparams.len) {
    check_error_object(c, recv, "cannot define new methods on instantiated type %s", type_text(c, base));
    return;
  }
  if (t->object->package != c->package) {
    check_error_object(c, recv, "cannot define new methods on non-local type %s", type_text(c, base));
    return;
  }
  Type *u = type_underlying(t);
  const char *cause = u->kind == TYPE_UNSAFE_POINTER                         ? "unsafe.Pointer"
                      : u->kind == TYPE_POINTER || u->kind == TYPE_INTERFACE ? "pointer or interface type"
                                                                             : NULL;
  if (cause) check_error_object(c, recv, "invalid receiver type %s (%s)", type_text(c, base), cause);
}

// The receiver's own names for the base type's parameters, with the bounds of those.
static void declare_receiver_params(Checker *c, NodeField *recv, Type *sig, Pos visible_from) {
  Receiver r = check_receiver_unpack(c, recv->of, true);
  if (!r.tparams.len) return;
  Type **params = ARENA_ARRAY(c->arena, Type *, r.tparams.len);
  for (uint32_t i = 0; i < r.tparams.len; i++) {
    NodeIdent *name = (NodeIdent *)r.tparams.items[i];
    params[i] = check_declare_type_param(c, name, i, visible_from);
    if (name_is_blank(name->name)) ptr_table_put(&c->blank_params, name, params[i]);
  }
  sig->recv_tparams = (TypeList){params, r.tparams.len};
  Type *base = r.name ? type_unalias(check_generic_type(c, &r.name->h, NULL)) : check_invalid(c);
  if (base->kind != TYPE_NAMED) return;
  TypeList declared = base->named_tparams;
  if (declared.len == r.tparams.len) {
    for (uint32_t i = 0; i < declared.len; i++) {
      params[i]->bound = type_subst(c->u, declared.items[i]->bound, declared, sig->recv_tparams);
      instance_graph_same(c->instances, params[i], declared.items[i]);
    }
  } else if (r.tparams.len < declared.len) {
    check_error(c, &recv->h, "got %u type parameter%s, but receiver base type declares %u", r.tparams.len,
                r.tparams.len == 1 ? "" : "s", declared.len);
  }
}

// --- the whole

Type *check_func_type(Checker *c, NodeFuncType *e, NodeField *recv, Type *sig, Object *def, Scope **scope) {
  if (!sig) sig = type_signature(c->u, NULL, 0, NULL, 0, false);
  sig->open = true;
  check_set_def(c, def, sig);
  check_open_scope(c, &e->h);
  c->env.scope->is_func = true;
  if (scope) *scope = c->env.scope;
  if (recv) declare_receiver_params(c, recv, sig, e->h.start);
  if (e->tparams.len) check_type_params(c, &sig->tparams, e->tparams);
  Node *recv_node = (Node *)recv;
  Params receiver = {0};
  if (recv) receiver = collect_params(c, (NodeList){&recv_node, 1, 1}, false, false);
  Params params = collect_params(c, e->params, true, false);
  Params results = collect_params(c, e->results, false, true);
  declare_params(c, receiver, e->h.end);
  declare_params(c, params, e->h.end);
  declare_params(c, results, e->h.end);
  check_close_scope(c);
  sig->open = false;
  sig->params = params.vars, sig->param_count = params.len;
  sig->results = results.vars, sig->result_count = results.len;
  sig->variadic = params.variadic;
  check_record_type(c, &e->h, MODE_TYPE, sig, NULL);
  if (recv) {
    sig->recv = receiver.vars[0];
    check_delay(c, check_receiver_type, sig);
  }
  return sig;
}
