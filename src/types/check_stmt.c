// Statements (specification "Statements"). Each one ends by checking the function literals in it, before the scope
// changes.
#include "types/checker.h"

void check_open_scope(Checker *c, const Node *node) {
  c->env.scope = scope_new(c->arena, c->env.scope, node->start, node->end);
}

void check_close_scope(Checker *c) { c->env.scope = c->env.scope->parent; }

void check_stmt_list(Checker *c, NodeList list) {
  for (uint32_t i = 0; i < list.len; i++) check_stmt(c, list.items[i]);
}

// --- expression statements

// Specification "Expression statements": calls and receive operations, but not of certain built-in functions.
static void check_expr_stmt(Checker *c, NodeExprStmt *s) {
  Operand x;
  ExprKind kind = check_raw_expr(c, NULL, NULL, &x, s->x, NULL, false);
  if (x.mode == MODE_BUILTIN) check_error(c, x.expr, "%s must be called", operand_text(c, &x));
  else if (x.mode == MODE_TYPE) check_error(c, x.expr, "%s is not an expression", operand_text(c, &x));
  else if (kind != KIND_STATEMENT) check_error(c, x.expr, "%s is not used", operand_text(c, &x));
}

// Specification "Go statements", "Defer statements": a function or method call, not a conversion, not parenthesized.
static void check_suspended_call(Checker *c, const char *keyword, Node *call) {
  if (call->kind != NODE_CALL) {
    if (call->kind != NODE_BAD) check_error(c, call, "expression in %s must be function call", keyword);
    check_use1(c, call);
    return;
  }
  Operand x;
  ExprKind kind = check_raw_expr(c, NULL, NULL, &x, call, NULL, false);
  if (kind == KIND_CONVERSION)
    check_error(c, x.expr, "%s requires function call, not conversion %s", keyword, operand_text(c, &x));
  else if (kind == KIND_EXPRESSION) check_error(c, x.expr, "%s discards result of %s", keyword, operand_text(c, &x));
}

// A defer in the body of a range over a function belongs to the function around it.
static void check_defer(Checker *c, NodeDefer *s) {
  FuncInfo *info = c->env.func;
  for (; info; info = info->outer) {
    info->has_defer = true;
    if (!info->node || info->node->kind != NODE_RANGE) break;
  }
  check_suspended_call(c, "defer", s->call);
}

// --- send, assignment, return

// Specification "Send statements".
static void check_send(Checker *c, NodeSend *s) {
  Operand chan, value;
  check_expr(c, &chan, s->chan);
  check_expr(c, &value, s->value);
  if (chan.mode == MODE_INVALID || value.mode == MODE_INVALID) return;
  Type *u = type_core(chan.type);
  if (u && u->kind == TYPE_CHAN && u->dir != CHAN_RECV) {
    check_assignment(c, &value, u->elem, "send");
    return;
  }
  const char *text = operand_text(c, &chan);
  if (!u) check_error(c, s->chan, "invalid operation: cannot send to %s: no core type", text);
  else if (u->kind != TYPE_CHAN) check_error(c, s->chan, "invalid operation: cannot send to non-channel %s", text);
  else check_error(c, s->chan, "invalid operation: cannot send to receive-only channel %s", text);
}

// Specification "IncDec statements".
static void check_inc_dec(Checker *c, NodeAssign *s) {
  Operand x;
  Node *lhs = s->lhs.items[0];
  check_expr(c, &x, lhs);
  if (x.mode == MODE_INVALID) return;
  if (!type_all_numeric(x.type)) {
    const char *op = operator_text(s->op);
    check_error(c, lhs, "invalid operation: %s%s%s (non-numeric type %s)", expr_text(c, lhs), op, op,
                type_text(c, x.type));
    return;
  }
  check_assign_var(c, lhs, NULL, &x, "assignment");
}

// Specification "Assignment statements": x op= y.
static void check_op_assign(Checker *c, NodeAssign *s) {
  if (s->lhs.len != 1 || s->rhs.len != 1) {
    check_error_pos(c, s->h.pos, NO_POS, "assignment operation %s= requires single-valued expressions",
                    operator_text(s->op));
    return;
  }
  Operand x;
  check_binary(c, &x, NULL, s->lhs.items[0], s->rhs.items[0], s->op);
  check_assign_var(c, s->lhs.items[0], NULL, &x, "assignment");
}

static void check_assign(Checker *c, NodeAssign *s) {
  if (s->incdec) check_inc_dec(c, s);
  else if (s->define) check_short_var_decl(c, s);
  else if (s->op != OPER_NONE) check_op_assign(c, s);
  else check_assign_vars(c, s->lhs, s->rhs);
}

// Specification "Return statements".
static void check_return(Checker *c, NodeReturn *s) {
  Type *sig = c->env.signature;
  bool named = sig->result_count && sig->results[0]->name->len;
  if (s->results.len || !named) {
    if (s->results.len || sig->result_count) check_init_vars(c, sig->results, sig->result_count, s->results, s);
    return;
  }
  for (uint32_t i = 0; i < sig->result_count; i++) {
    Object *result = sig->results[i];
    Object *found = name_is_blank(result->name) ? NULL : scope_find(c->env.scope, result->name, NO_POS, NULL);
    if (!found || found == result) continue;
    check_error(c, &s->h, "result parameter %s not in scope at return", result->name->text);
    check_note(c, found->pos, "inner declaration of %s", object_text(c, found));
  }
}

// --- blocks, if, for

static void check_condition(Checker *c, Node *cond, const char *statement) {
  if (!cond) return;
  Operand x;
  check_expr(c, &x, cond);
  if (x.mode == MODE_INVALID) return;
  if (!type_all_boolean(x.type)) check_error(c, cond, "non-boolean condition in %s statement", statement);
}

static void check_block(Checker *c, NodeBlock *s) {
  check_open_scope(c, &s->h);
  check_stmt_list(c, s->stmts);
  check_close_scope(c);
}

static void check_if(Checker *c, NodeIf *s) {
  check_open_scope(c, &s->h);
  if (s->init) check_stmt(c, s->init);
  check_condition(c, s->cond, "if");
  if (s->then) check_stmt(c, s->then);
  if (s->other) check_stmt(c, s->other);
  check_close_scope(c);
}

// Specification "For statements with for clause": each iteration has its own variables.
void check_loop_vars(Checker *c, Node *init) {
  if (!init || init->kind != NODE_ASSIGN || !((NodeAssign *)init)->define || c->options->loopvar_shared) return;
  NodeList lhs = ((NodeAssign *)init)->lhs;
  for (uint32_t i = 0; i < lhs.len; i++) {
    Object *var = lhs.items[i]->kind == NODE_IDENT ? ((NodeIdent *)lhs.items[i])->obj : NULL;
    if (var && var->decl == init) var->loop_var = true;
  }
}

static void check_for(Checker *c, NodeFor *s) {
  check_open_scope(c, &s->h);
  if (s->init) check_stmt(c, s->init);
  check_loop_vars(c, s->init);
  check_condition(c, s->cond, "for");
  if (s->post) check_stmt(c, s->post);
  if (s->post && s->post->kind == NODE_ASSIGN && ((NodeAssign *)s->post)->define) // the parser reported it
    check_use(c, ((NodeAssign *)s->post)->lhs);
  if (s->body) check_stmt(c, s->body);
  check_close_scope(c);
}

// --- the dispatcher

void check_stmt(Checker *c, Node *s) {
  uint32_t top = c->delayed.len;
  switch (s->kind) {
  case NODE_BLOCK: check_block(c, (NodeBlock *)s); break;
  case NODE_EXPR_STMT: check_expr_stmt(c, (NodeExprStmt *)s); break;
  case NODE_SEND: check_send(c, (NodeSend *)s); break;
  case NODE_ASSIGN: check_assign(c, (NodeAssign *)s); break;
  case NODE_GO: check_suspended_call(c, "go", ((NodeGo *)s)->call); break;
  case NODE_DEFER: check_defer(c, (NodeDefer *)s); break;
  case NODE_RETURN: check_return(c, (NodeReturn *)s); break;
  case NODE_IF: check_if(c, (NodeIf *)s); break;
  case NODE_SWITCH: check_switch(c, (NodeSwitch *)s); break;
  case NODE_TYPE_SWITCH: check_type_switch(c, (NodeTypeSwitch *)s); break;
  case NODE_SELECT: check_select(c, (NodeSelect *)s); break;
  case NODE_FOR: check_for(c, (NodeFor *)s); break;
  case NODE_RANGE: check_range(c, (NodeRange *)s); break;
  case NODE_LABELED:
    if (((NodeLabeled *)s)->stmt) check_stmt(c, ((NodeLabeled *)s)->stmt);
    break;
  case NODE_DECL_STMT: check_decl_stmt(c, (NodeDeclStmt *)s); break;
  default: break; // empty, bad; branches are checked by check_branches
  }
  check_run_delayed(c, top);
}
