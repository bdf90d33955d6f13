// Calls (specification "Calls", "Passing arguments to ... parameters") and conversions written as calls.
#include "types/checker.h"

// Arguments; those that are partially instantiated generic functions have their explicit type arguments beside them.
typedef struct {
  OperandList list;
  TypeList *targs; // one for each
} Args;

// --- collecting arguments

static void generic_arg(Checker *c, Operand *x, Node *e, TypeList *targs, bool single) {
  if (e->kind == NODE_INDEX) {
    *x = (Operand){.expr = e, .type = check_invalid(c)};
    if (check_index_expr(c, x, (NodeIndex *)e)) {
      check_func_instance(c, NULL, NULL, e->pos, x, (NodeIndex *)e, false, targs);
      x->expr = e;
      if (!targs->len) check_record(c, x);
      return;
    }
    x->expr = e;
    check_non_generic(c, NULL, NULL, x);
    check_record(c, x);
  } else {
    check_raw_expr(c, NULL, NULL, x, e, NULL, true);
  }
  check_exclude(c, x, EXCLUDE_ALL);
  if (!single) check_single_value(c, x);
}

static Args collect_args(Checker *c, NodeList nodes) {
  Args args = {
      {ARENA_ARRAY(c->arena, Operand, nodes.len), nodes.len},
      ARENA_ARRAY(c->arena, TypeList, nodes.len)
  };
  for (uint32_t i = 0; i < nodes.len; i++)
    generic_arg(c, &args.list.items[i], nodes.items[i], &args.targs[i], nodes.len == 1);
  Operand *first = args.list.items;
  if (nodes.len != 1 || first->mode == MODE_INVALID || first->type->kind != TYPE_TUPLE) return args;
  // f(g()): g's results are the arguments.
  uint32_t n = first->type->tuple_len;
  Args spread = {
      {ARENA_ARRAY(c->arena, Operand, n), n},
      ARENA_ARRAY(c->arena, TypeList, n)
  };
  for (uint32_t i = 0; i < n; i++)
    spread.list.items[i] = (Operand){.mode = MODE_VALUE, .expr = first->expr, .type = first->type->tuple[i]};
  return spread;
}

// --- counting

static Type **operand_types(Checker *c, OperandList list) {
  Type **types = ARENA_ARRAY(c->arena, Type *, list.len);
  for (uint32_t i = 0; i < list.len; i++) types[i] = list.items[i].type;
  return types;
}

static void report_count(Checker *c, NodeCall *call, Type *sig, OperandList args, uint32_t want) {
  Pos start = call->h.start, end = call->h.end;
  if (args.len > want) start = args.items[want].expr->start, end = args.items[want].expr->end;
  else if (args.len) start = args.items[args.len - 1].expr->start, end = args.items[args.len - 1].expr->end;
  check_error_pos(c, start, end, "%s arguments in call to %s", args.len > want ? "too many" : "not enough",
                  expr_text(c, call->fun));
  Type **params = ARENA_ARRAY(c->arena, Type *, sig->param_count);
  for (uint32_t i = 0; i < sig->param_count; i++) params[i] = sig->params[i]->type;
  check_note(c, NO_POS, "have %s", types_summary(c, operand_types(c, args), args.len, false));
  check_note(c, NO_POS, "want %s", types_summary(c, params, sig->param_count, sig->variadic));
}

// The type of the parameter for each argument, variadic parameters repeated; NULL if their numbers do not match.
static Type **match_params(Checker *c, NodeCall *call, Type *sig, OperandList args) {
  uint32_t n = sig->param_count;
  bool dots = call->dots != NO_POS;
  if (dots && !sig->variadic) {
    check_error(c, &call->h, "cannot use ... in call to non-variadic %s", expr_text(c, call->fun));
    return NULL;
  }
  if (dots && call->args.len == 1 && args.len > 1) {
    check_error(c, &call->h, "cannot use ... with %u-valued %s", args.len, expr_text(c, call->args.items[0]));
    return NULL;
  }
  bool expand = sig->variadic && !dots;
  uint32_t want = expand ? (args.len + 1 >= n ? args.len : n - 1) : n;
  if (args.len != want) {
    report_count(c, call, sig, args, want);
    return NULL;
  }
  Type **params = ARENA_ARRAY(c->arena, Type *, want);
  for (uint32_t i = 0; i < want; i++) {
    bool repeated = expand && i + 1 >= n;
    Type *t = sig->params[repeated ? n - 1 : i]->type;
    params[i] = repeated ? type_unalias(t)->elem : t;
  }
  return params;
}

// --- inference

typedef struct {
  Checker *c;
  Node *e;
} ArgText;

static const char *arg_text(void *expr) { return expr_text(((ArgText *)expr)->c, ((ArgText *)expr)->e); }

typedef struct {
  VEC(Type *) tparams; // of the called function, then of generic functions among the arguments
  VEC(Type *) targs;   // given ones; NULL where missing
} Unknowns;

static void add_unknowns(Unknowns *u, TypeList tparams, TypeList given) {
  for (uint32_t i = 0; i < tparams.len; i++) {
    vec_push(&u->tparams, tparams.items[i]);
    vec_push(&u->targs, i < given.len ? given.items[i] : NULL);
  }
}

static bool is_generic_func(const Operand *x) { return x->mode != MODE_INVALID && check_is_generic_func(x->type); }

// A generic function as argument: its type parameters become unknowns of their own.
static void rename_generic_arg(Checker *c, Operand *x, TypeList given, Unknowns *unknowns) {
  Type *sig = x->type, *t = sig;
  TypeList renamed = type_params_rename(c->u, sig->tparams, &t);
  Type *copy = type_signature(c->u, t->params, t->param_count, t->results, t->result_count, t->variadic);
  copy->tparams = renamed;
  x->type = copy;
  add_unknowns(unknowns, renamed, given);
}

static InferResult infer_args(Checker *c, NodeCall *call, Unknowns *unknowns, Type **params, OperandList args) {
  InferArg *list = ARENA_ARRAY(c->arena, InferArg, args.len);
  ArgText *texts = ARENA_ARRAY(c->arena, ArgText, args.len);
  for (uint32_t i = 0; i < args.len; i++) {
    Operand *x = &args.items[i];
    texts[i] = (ArgText){c, x->expr};
    list[i] = (InferArg){.type = x->mode == MODE_INVALID ? NULL : x->type,
                         .constant = x->mode == MODE_CONSTANT ? x->constant : NULL,
                         .pos = x->expr->start,
                         .text = arg_text,
                         .expr = &texts[i]};
  }
  InferRequest request = {
      .query = &c->query,
      .params = params,
      .args = list,
      .arg_count = args.len,
      .pos = call->h.pos,
      .tparams = {unknowns->tparams.data, unknowns->tparams.len},
      .given = {unknowns->targs.data,   unknowns->targs.len  }
  };
  return infer(&request);
}

static TypeList part(TypeList list, uint32_t from, uint32_t n) { return (TypeList){list.items + from, n}; }

// Instantiates what was generic with the inferred type arguments; the parameters are substituted in place.
static Type *apply(Checker *c, NodeCall *call, Type *sig, TypeList renamed, TypeList targs, NodeList targ_nodes,
                   Type **params, OperandList args) {
  uint32_t n = sig->tparams.len, at = n;
  Type *result = sig;
  if (n) {
    result = check_instantiate_signature(c, call->h.pos, call->fun, sig, part(targs, 0, n), targ_nodes);
    for (uint32_t i = 0; i < args.len; i++) params[i] = type_subst(c->u, params[i], renamed, part(targs, 0, n));
  }
  for (uint32_t i = 0; i < args.len; i++) {
    Operand *x = &args.items[i];
    if (!is_generic_func(x)) continue;
    uint32_t k = x->type->tparams.len;
    x->type = check_instantiate_signature(c, call->h.pos, x->expr, x->type, part(targs, at, k), (NodeList){0});
    x->mode = MODE_VALUE;
    check_record(c, x);
    at += k;
  }
  return result;
}

// Solves for the type parameters of the call. NULL: an error was reported.
static Type *instantiate_call(Checker *c, NodeCall *call, Type *sig, TypeList given, NodeList targ_nodes, Type **params,
                              Args args) {
  Unknowns unknowns = {0};
  TypeList renamed = {0};
  if (sig->tparams.len) {
    Type *tuple = type_tuple(c->u, params, args.list.len);
    renamed = type_params_rename(c->u, sig->tparams, &tuple);
    for (uint32_t i = 0; i < args.list.len; i++) params[i] = tuple->tuple[i];
    add_unknowns(&unknowns, renamed, given);
  }
  for (uint32_t i = 0; i < args.list.len; i++)
    if (is_generic_func(&args.list.items[i])) rename_generic_arg(c, &args.list.items[i], args.targs[i], &unknowns);
  Type *result = sig;
  if (unknowns.tparams.len) {
    InferResult inferred = infer_args(c, call, &unknowns, params, args.list);
    if (inferred.ok) result = apply(c, call, sig, renamed, inferred.targs, targ_nodes, params, args.list);
    else result = NULL;
    if (!inferred.ok && !inferred.reported)
      check_error_pos(c, inferred.pos, NO_POS, "in call to %s, %s", expr_text(c, call->fun),
                      check_infer_message(c, &inferred));
  }
  vec_free(&unknowns.tparams);
  vec_free(&unknowns.targs);
  return result;
}

static Type *pass_arguments(Checker *c, NodeCall *call, Type *sig, TypeList targs, NodeList targ_nodes, Args args) {
  Type **params = match_params(c, call, sig, args.list);
  if (!params) return sig;
  Type *result = instantiate_call(c, call, sig, targs, targ_nodes, params, args);
  if (!result) return sig;
  for (uint32_t i = 0; i < args.list.len; i++) {
    c->callee = call->fun;
    check_assignment(c, &args.list.items[i], params[i], check_argument);
  }
  return result;
}

Type *check_arguments(Checker *c, NodeCall *call, Type *sig, OperandList args) {
  Args list = {args, ARENA_ARRAY(c->arena, TypeList, args.len)};
  return pass_arguments(c, call, sig, (TypeList){0}, (NodeList){0}, list);
}

// --- conversions

static ExprKind call_conversion(Checker *c, Operand *x, NodeCall *call) {
  check_non_generic(c, NULL, NULL, x);
  if (x->mode == MODE_INVALID) {
    check_use(c, call->args);
    x->expr = &call->h;
    return KIND_CONVERSION;
  }
  call->call = CALL_CONVERSION;
  Type *t = x->type, *u = type_underlying(t);
  x->mode = MODE_INVALID;
  if (call->args.len == 0) {
    check_error(c, &call->h, "missing argument in conversion to %s", type_text(c, t));
  } else if (call->args.len > 1) {
    check_use(c, call->args);
    check_error(c, call->args.items[call->args.len - 1], "too many arguments in conversion to %s", type_text(c, t));
  } else {
    check_expr(c, x, call->args.items[0]);
    bool interface = u->kind == TYPE_INTERFACE && !type_is_param(t);
    if (x->mode == MODE_INVALID) {
    } else if (interface && !type_set_is_method_set(type_set(u))) {
      check_error(c, &call->h,
                  "cannot use interface %s in conversion (contains specific type constraints or is comparable)",
                  type_text(c, t));
      x->mode = MODE_INVALID;
    } else if (call->dots) {
      check_error(c, call->args.items[0], "invalid use of ... in conversion to %s", type_text(c, t));
      x->mode = MODE_INVALID;
    } else {
      check_conversion(c, x, t);
    }
  }
  x->expr = &call->h;
  return KIND_CONVERSION;
}

// --- calls

static ExprKind fail(Checker *c, Operand *x, NodeCall *call, bool use) {
  if (use) check_use(c, call->args);
  x->mode = MODE_INVALID;
  x->expr = &call->h;
  return KIND_STATEMENT;
}

static CallKind call_kind(const Node *fun) {
  fun = node_unparen((Node *)fun);
  if (fun->kind != NODE_SELECTOR || !((const NodeSelector *)fun)->selection) return CALL_FUNC;
  switch (((const NodeSelector *)fun)->selection->kind) {
  case SELECT_METHOD_VALUE: return CALL_METHOD;
  case SELECT_INTERFACE_METHOD: return CALL_INTERFACE;
  default: return CALL_FUNC;
  }
}

// f[int](x): the explicit type arguments. False: an error was reported.
static bool explicit_targs(Checker *c, NodeIndex *inst, Type **sig, TypeList *targs, NodeList *nodes) {
  *nodes = inst->indices;
  if (!check_type_list(c, *nodes, targs)) return false;
  uint32_t want = (*sig)->tparams.len;
  if (targs->len > want) {
    check_error(c, nodes->items[want], "got %u type arguments but want %u", targs->len, want);
    return false;
  }
  if (targs->len < want) return true;
  *sig = check_instantiate_signature(c, inst->h.pos, &inst->h, *sig, *targs, *nodes);
  check_record_type(c, inst->x, MODE_VALUE, *sig, NULL);
  check_record_type(c, &inst->h, MODE_VALUE, *sig, NULL);
  *targs = (TypeList){0};
  *nodes = (NodeList){0};
  return true;
}

static void set_result(Checker *c, Operand *x, Type *sig) {
  if (sig->result_count == 0) {
    x->mode = MODE_NOVALUE;
    return;
  }
  x->mode = MODE_VALUE;
  x->type = sig->results[0]->type;
  if (sig->result_count > 1) {
    Type **types = ARENA_ARRAY(c->arena, Type *, sig->result_count);
    for (uint32_t i = 0; i < sig->result_count; i++) types[i] = sig->results[i]->type;
    x->type = type_tuple(c->u, types, sig->result_count);
  }
  // The type arguments could not be inferred: the result's type would mention them.
  if (sig->tparams.len && type_mentions(x->type, sig->tparams)) x->mode = MODE_INVALID;
}

static void record_fun(Checker *c, Node *fun, Type *sig) {
  for (;;) {
    check_record_type(c, fun, MODE_VALUE, sig, NULL);
    if (fun->kind == NODE_PAREN) fun = ((NodeParen *)fun)->x;
    else if (fun->kind == NODE_INDEX) fun = ((NodeIndex *)fun)->x;
    else if (fun->kind == NODE_SELECTOR) fun = ((NodeSelector *)fun)->sel;
    else return;
  }
}

ExprKind check_call(Checker *c, Operand *x, NodeCall *call) {
  NodeIndex *inst = NULL;
  if (call->fun->kind == NODE_INDEX) {
    *x = (Operand){.expr = call->fun, .type = check_invalid(c)};
    if (check_index_expr(c, x, (NodeIndex *)call->fun)) inst = (NodeIndex *)call->fun;
    x->expr = call->fun;
    check_record(c, x);
  } else {
    check_expr_or_type(c, x, call->fun, true);
  }
  if (x->mode == MODE_INVALID) return fail(c, x, call, true);
  if (x->mode == MODE_TYPE) return call_conversion(c, x, call);
  if (x->mode == MODE_BUILTIN) {
    int id = x->builtin;
    call->call = CALL_BUILTIN;
    call->builtin = id;
    if (!check_builtin(c, x, call, id)) x->mode = MODE_INVALID;
    x->expr = &call->h;
    if (x->mode != MODE_INVALID && x->mode != MODE_CONSTANT) c->env.has_call_or_recv = true;
    return check_builtin_kind(id);
  }
  check_single_value(c, x);
  if (x->mode == MODE_INVALID) return fail(c, x, call, true);
  Type *sig = type_core(x->type);
  if (!sig || sig->kind != TYPE_SIGNATURE) {
    check_error(c, x->expr, "invalid operation: cannot call non-function %s", operand_text(c, x));
    return fail(c, x, call, true);
  }
  call->call = call_kind(call->fun);
  bool generic = sig->tparams.len > 0;
  TypeList targs = {0};
  NodeList targ_nodes = {0};
  if (inst && !explicit_targs(c, inst, &sig, &targs, &targ_nodes)) return fail(c, x, call, true);
  Args args = collect_args(c, call->args);
  sig = pass_arguments(c, call, sig, targs, targ_nodes, args);
  if (generic && !sig->tparams.len) record_fun(c, call->fun, sig);
  set_result(c, x, sig);
  x->expr = &call->h;
  c->env.has_call_or_recv = true;
  if (x->mode == MODE_VALUE) check_frame_value(c, x->type);
  for (uint32_t i = 0; i < sig->param_count; i++) check_frame_value(c, sig->params[i]->type);
  return KIND_STATEMENT;
}
