// Instantiations (specification "Instantiations", "Type inference"): of generic types by their brackets, of generic
// functions by brackets, by the function type they are assigned to, or both.
#include "types/checker.h"

// --- checking type arguments, when the constraints are complete

typedef struct {
  Pos pos;
  TypeList tparams, targs;
  NodeList nodes; // the arguments as written, as far as they are
  Type *instance; // of a generic type
} Verification;

// Specification "Instantiations": each type argument must satisfy its constraint.
static void verify(Checker *c, void *data) {
  Verification *v = data;
  StrBuf cause = {0};
  Query q = c->query;
  q.cause = &cause;
  int bad = type_args_verify(&q, v->tparams, v->targs);
  if (bad >= 0) {
    Node *at = (uint32_t)bad < v->nodes.len ? v->nodes.items[bad] : NULL;
    check_error_pos(c, at ? check_start(at) : v->pos, at ? at->end : NO_POS, "%s", strbuf_string(&cause));
  } else {
    for (uint32_t i = 0; i < v->targs.len; i++)
      instance_graph_record(c->instances, i < v->nodes.len ? v->nodes.items[i]->start : v->pos,
                            (TypeList){v->tparams.items + i, 1}, (TypeList){v->targs.items + i, 1});
  }
  strbuf_free(&cause);
  if (v->instance && v->instance->kind == TYPE_NAMED) check_valid_type(c, v->instance);
}

static void verify_later(Checker *c, Pos pos, TypeList tparams, TypeList targs, NodeList nodes, Type *instance) {
  Verification *v = ARENA_NEW(c->arena, Verification);
  *v = (Verification){pos, tparams, targs, nodes, instance};
  check_delay(c, verify, v);
}

// --- generic types

Type *check_instantiated_type(Checker *c, NodeIndex *e) {
  const char *cause = NULL;
  Type *generic = check_generic_type(c, e->x, &cause);
  if (cause)
    check_error(c, e->x, "invalid operation: %s%s (%s)", expr_text(c, e->x), expr_list_text(c, e->indices), cause);
  TypeList targs;
  if (!type_is_valid(generic) || !check_type_list(c, e->indices, &targs)) return check_invalid(c);
  TypeList tparams = type_params_of(generic);
  if (targs.len != tparams.len) {
    check_error(
        c, e->x, "%s type arguments for type %s: have %u, want %u", targs.len < tparams.len ? "not enough" : "too many",
        generic->kind == TYPE_NAMED ? generic->object->name->text : type_text(c, generic), targs.len, tparams.len);
    return type_instantiate(c->u, generic, targs); // known by its name in further messages
  }
  Type *instance = type_instantiate(c->u, generic, targs);
  if (instance->kind == TYPE_NAMED && !instance->instance_pos) instance->instance_pos = e->x->pos;
  verify_later(c, e->x->pos, tparams, targs, e->indices, instance);
  return instance;
}

// --- generic functions

// Notes the type arguments at the function's name, for the compiler.
static void record_targs(Checker *c, Node *e, TypeList targs) {
  for (;;) {
    if (e->kind == NODE_PAREN) e = ((NodeParen *)e)->x;
    else if (e->kind == NODE_INDEX) e = ((NodeIndex *)e)->x;
    else if (e->kind == NODE_SELECTOR) e = ((NodeSelector *)e)->sel;
    else break;
  }
  if (e->kind != NODE_IDENT) return;
  TypeList *list = ARENA_NEW(c->arena, TypeList);
  *list = targs;
  ((NodeIdent *)e)->targs = list;
}

Type *check_instantiate_signature(Checker *c, Pos pos, Node *expr, Type *sig, TypeList targs, NodeList targ_nodes) {
  Type *instance = type_instantiate_signature(c->u, sig, targs);
  record_targs(c, expr, targs);
  verify_later(c, pos, sig->tparams, targs, targ_nodes, NULL);
  return instance;
}

static const char *target_name(void *expr) { return expr; }

// The missing type arguments, from the function type that the function is assigned to and from the constraints.
static bool infer_from_target(Checker *c, Type *target, const char *target_text, Pos pos, Type *sig, TypeList *targs) {
  Type *param = type_signature(c->u, sig->params, sig->param_count, sig->results, sig->result_count, sig->variadic);
  TypeList renamed = type_params_rename(c->u, sig->tparams, &param);
  InferArg arg = {.type = target, .pos = pos, .text = target_name, .expr = (void *)target_text};
  InferRequest request = {.query = &c->query,
                          .tparams = renamed,
                          .given = *targs,
                          .params = &param,
                          .args = &arg,
                          .arg_count = target ? 1 : 0,
                          .pos = pos,
                          .reverse = target != NULL};
  InferResult result = infer(&request);
  if (result.ok) {
    *targs = result.targs;
    return true;
  }
  if (!result.reported) check_error_pos(c, result.pos, NO_POS, "%s", check_infer_message(c, &result));
  return false;
}

const char *check_infer_message(Checker *c, const InferResult *result) {
  if (!result->tparam) return result->message;
  return arena_printf(c->arena, "%s (%s)", result->message, check_place(c, result->tparam->pos));
}

void check_func_instance(Checker *c, Type *target, const char *target_text, Pos pos, Operand *x, NodeIndex *inst,
                         bool infer, TypeList *partial) {
  Type *sig = type_unalias(x->type);
  TypeList targs = {0};
  NodeList nodes = {0};
  if (inst) {
    x->expr = &inst->h;
    nodes = inst->indices;
    if (!check_type_list(c, nodes, &targs)) {
      x->mode = MODE_INVALID;
      return;
    }
  }
  if (targs.len > sig->tparams.len) {
    check_error(c, nodes.items[targs.len - 1], "got %u type arguments but want %u", targs.len, sig->tparams.len);
    x->mode = MODE_INVALID;
    return;
  }
  if (targs.len < sig->tparams.len) {
    if (!infer) {
      *partial = targs;
      return;
    }
    if (!infer_from_target(c, target, target_text, pos, sig, &targs)) {
      x->mode = MODE_INVALID;
      return;
    }
  }
  x->type = check_instantiate_signature(c, x->expr->pos, x->expr, sig, targs, nodes);
  x->mode = MODE_VALUE;
  if (inst) check_record_type(c, inst->x, MODE_VALUE, x->type, NULL);
}
