// Grammar actions: statements, and the headers of if, for and switch.
#include "syntax/build.h"
#include "syntax/print.h"
#include "syntax/tokens.h"

// --- simple statements

Node *build_expr_stmt(Parser *p, Node *x) {
  Node *node = node_new(p->arena, NODE_EXPR_STMT, x->pos, x->start, x->end);
  NODE_AS(ExprStmt, node)->x = x;
  return node;
}

static Node *assign_new(Parser *p, NodeList lhs, Token op, NodeList rhs, Pos end) {
  Node *node = node_new(p->arena, NODE_ASSIGN, op.start, lhs.items[0]->start, end);
  NODE_AS(Assign, node)->lhs = lhs;
  NODE_AS(Assign, node)->rhs = rhs;
  NODE_AS(Assign, node)->op = (Operator)op.op;
  return node;
}

// x++ has no right side: op says which way.
Node *build_incdec(Parser *p, Node *x, Token op) {
  Node *node = assign_new(p, list_one(p, x), op, LIST_EMPTY, token_end(op));
  NODE_AS(Assign, node)->incdec = true;
  return node;
}

Node *build_op_assign(Parser *p, Node *x, Token op, Node *y) {
  return assign_new(p, list_one(p, x), op, list_one(p, y), y->end);
}

Node *build_assign(Parser *p, NodeList lhs, Token op, NodeList rhs) {
  return assign_new(p, lhs, op, rhs, rhs.items[rhs.len - 1]->end);
}

Node *build_define(Parser *p, NodeList lhs, Token op, NodeList rhs) {
  Node *node = build_assign(p, lhs, op, rhs);
  NODE_AS(Assign, node)->define = true;
  return node;
}

Node *build_send(Parser *p, Node *chan, Token arrow, Node *value) {
  Node *node = node_new(p->arena, NODE_SEND, arrow.start, chan->start, value->end);
  NODE_AS(Send, node)->chan = chan;
  NODE_AS(Send, node)->value = value;
  return node;
}

// --- plain statements

Node *build_block(Parser *p, Token lbrace, NodeList stmts, Token rbrace) {
  Node *node = node_new(p->arena, NODE_BLOCK, lbrace.start, lbrace.start, token_end(rbrace));
  NODE_AS(Block, node)->stmts = stmts;
  NODE_AS(Block, node)->rbrace = rbrace.start;
  return node;
}

Node *build_labeled(Parser *p, Token name, Token colon, Node *stmt) {
  Pos end = token_end(colon);
  if (!stmt) stmt = node_new(p->arena, NODE_EMPTY, end, end, end);
  Node *node = node_new(p->arena, NODE_LABELED, colon.start, name.start, stmt->end);
  NODE_AS(Labeled, node)->label = build_ident(p, name);
  NODE_AS(Labeled, node)->stmt = stmt;
  return node;
}

static Node *check_call_parens(Parser *p, Node *call, const char *keyword) {
  if (call->kind == NODE_PAREN)
    complain_at(p, call->start, call->end, "expression in %s must not be parenthesized", keyword);
  return node_unparen(call);
}

Node *build_go(Parser *p, Token keyword, Node *call) {
  Node *node = node_new(p->arena, NODE_GO, keyword.start, keyword.start, call->end);
  NODE_AS(Go, node)->call = check_call_parens(p, call, "go");
  return node;
}

Node *build_defer(Parser *p, Token keyword, Node *call) {
  Node *node = node_new(p->arena, NODE_DEFER, keyword.start, keyword.start, call->end);
  NODE_AS(Defer, node)->call = check_call_parens(p, call, "defer");
  return node;
}

Node *build_return(Parser *p, Token keyword, NodeList results) {
  Pos end = results.len ? results.items[results.len - 1]->end : token_end(keyword);
  Node *node = node_new(p->arena, NODE_RETURN, keyword.start, keyword.start, end);
  NODE_AS(Return, node)->results = results;
  return node;
}

Node *build_branch(Parser *p, BranchKind kind, Token keyword, Token label) {
  Token last = label.start ? label : keyword;
  Node *node = node_new(p->arena, NODE_BRANCH, keyword.start, keyword.start, token_end(last));
  NODE_AS(Branch, node)->branch = kind;
  if (label.start) NODE_AS(Branch, node)->label = build_ident(p, label);
  return node;
}

// --- headers

Header build_header(Parser *p, Node *init, Token semi, Node *cond) {
  // A BAD node with the semicolon's extent: none if the error handling put it in, and then enough was said.
  if (!cond) cond = node_new(p->arena, NODE_BAD, semi.start, semi.start, token_end(semi));
  return (Header){init, cond};
}

// One side of an assignment, with parentheses around a single binary expression.
static const char *emphasized(Parser *p, const NodeList *side) {
  const char *text = build_quote(p, side->items[0]);
  if (side->len == 1 && side->items[0]->kind == NODE_BINARY) return arena_printf(p->arena, "(%s)", text);
  enum { ENOUGH = 20 };
  for (uint32_t i = 1; i < side->len && i < ENOUGH; i++)
    text = arena_printf(p->arena, "%s, %s", text, build_quote(p, side->items[i]));
  return text;
}

// The expression of a condition; any other statement is refused. `if x = y` is likely a mistyped ==: it is shown so.
static Node *condition(Parser *p, Node *stmt) {
  if (stmt->kind == NODE_EXPR_STMT) return NODE_AS(ExprStmt, stmt)->x;
  const char *text;
  NodeAssign *assign = NODE_AS(Assign, stmt);
  if (stmt->kind == NODE_ASSIGN && assign->op == OPER_NONE && !assign->define) {
    text = arena_printf(p->arena, "assignment %s = %s", emphasized(p, &assign->lhs), emphasized(p, &assign->rhs));
  } else {
    text = build_quote(p, stmt);
  }
  complain_at(p, stmt->pos, stmt->end, "syntax error: cannot use %s as value", text);
  return node_new(p->arena, NODE_BAD, stmt->pos, stmt->start, stmt->end);
}

Header build_if_header(Parser *p, Header header) {
  Node *cond = header.cond;
  if (!cond) {
    complain(p, p->token, "syntax error: missing condition in if statement");
    Pos here = p->token.start;
    header.cond = node_new(p->arena, NODE_BAD, here, here, here);
  } else if (cond->kind != NODE_BAD) {
    header.cond = condition(p, cond);
  } else if (cond->end > cond->start) {
    bool semicolon = p->lexer.text[cond->start - p->lexer.base] == ';';
    complain_at(p, cond->start, cond->end,
                semicolon ? "syntax error: missing condition in if statement"
                          : "syntax error: unexpected newline, expected { after if clause");
    if (!semicolon) parser_hint(p, "the opening brace belongs at the end of the line before");
  }
  return header;
}

Node *build_if(Parser *p, Token keyword, Header header, Node *then, Node *other) {
  Node *node = node_new(p->arena, NODE_IF, keyword.start, keyword.start, other ? other->end : then->end);
  NODE_AS(If, node)->init = header.init;
  NODE_AS(If, node)->cond = header.cond;
  NODE_AS(If, node)->then = then;
  NODE_AS(If, node)->other = other;
  return node;
}

Node *build_for(Parser *p, Token keyword, Node *init, Node *cond, Node *post, Node *body) {
  Node *node = node_new(p->arena, NODE_FOR, keyword.start, keyword.start, body->end);
  NODE_AS(For, node)->init = init;
  NODE_AS(For, node)->cond = cond ? condition(p, cond) : NULL;
  NODE_AS(For, node)->post = post;
  NODE_AS(For, node)->body = body;
  if (post && post->kind == NODE_ASSIGN && NODE_AS(Assign, post)->define)
    complain_at(p, post->pos, post->end, "syntax error: cannot declare in post statement of for loop");
  return node;
}

Node *build_range(Parser *p, Token keyword, NodeList lhs, Token op, Token range, Node *x, Node *body) {
  (void)range;
  Node *node = node_new(p->arena, NODE_RANGE, keyword.start, keyword.start, body->end);
  NodeRange *loop = NODE_AS(Range, node);
  if (lhs.len > 0) loop->key = lhs.items[0];
  if (lhs.len > 1) loop->value = lhs.items[1];
  if (lhs.len > 2) loop->extra = lhs.items[2];
  loop->x = x;
  loop->body = body;
  loop->define = op.kind == T_DEFINE;
  return node;
}

// --- switch and select

// The `x.(type)` of a type switch's header, with the name it binds; NULL when it is something else.
static NodeTypeAssert *type_switch_guard(Node *stmt, Node **bind) {
  Node *x = NULL;
  *bind = NULL;
  if (stmt->kind == NODE_EXPR_STMT) {
    x = NODE_AS(ExprStmt, stmt)->x;
  } else if (stmt->kind == NODE_ASSIGN && NODE_AS(Assign, stmt)->define) {
    NodeAssign *define = NODE_AS(Assign, stmt);
    if (define->lhs.len != 1 || define->rhs.len != 1 || define->lhs.items[0]->kind != NODE_IDENT) return NULL;
    *bind = define->lhs.items[0];
    x = define->rhs.items[0];
  }
  if (!x || x->kind != NODE_TYPE_ASSERT || NODE_AS(TypeAssert, x)->to) return NULL;
  return NODE_AS(TypeAssert, x);
}

Node *build_switch(Parser *p, Token keyword, Header header, NodeList clauses, Token rbrace) {
  Node *bind;
  NodeTypeAssert *guard = header.cond ? type_switch_guard(header.cond, &bind) : NULL;
  if (guard) {
    Node *node = node_new(p->arena, NODE_TYPE_SWITCH, keyword.start, keyword.start, token_end(rbrace));
    NODE_AS(TypeSwitch, node)->init = header.init;
    NODE_AS(TypeSwitch, node)->bind = bind;
    NODE_AS(TypeSwitch, node)->x = guard->x;
    NODE_AS(TypeSwitch, node)->clauses = clauses;
    NODE_AS(TypeSwitch, node)->rbrace = rbrace.start;
    return node;
  }
  Node *node = node_new(p->arena, NODE_SWITCH, keyword.start, keyword.start, token_end(rbrace));
  NODE_AS(Switch, node)->init = header.init;
  if (header.cond && header.cond->kind != NODE_BAD) NODE_AS(Switch, node)->tag = condition(p, header.cond);
  NODE_AS(Switch, node)->clauses = clauses;
  NODE_AS(Switch, node)->rbrace = rbrace.start;
  return node;
}

Node *build_select(Parser *p, Token keyword, NodeList clauses, Token rbrace) {
  Node *node = node_new(p->arena, NODE_SELECT, keyword.start, keyword.start, token_end(rbrace));
  NODE_AS(Select, node)->clauses = clauses;
  NODE_AS(Select, node)->rbrace = rbrace.start;
  return node;
}

Node *build_case(Parser *p, Token keyword, NodeList exprs, Token colon) {
  Node *node = node_new(p->arena, NODE_CASE, keyword.start, keyword.start, token_end(colon));
  NODE_AS(Case, node)->exprs = exprs;
  NODE_AS(Case, node)->is_default = exprs.len == 0;
  NODE_AS(Case, node)->colon = colon.start;
  return node;
}

Node *build_comm(Parser *p, Token keyword, Node *comm, Token colon) {
  Node *node = node_new(p->arena, NODE_COMM, keyword.start, keyword.start, token_end(colon));
  NODE_AS(Comm, node)->comm = comm;
  NODE_AS(Comm, node)->colon = colon.start;
  return node;
}

NodeList clause_add(Parser *p, NodeList clauses, Node *stmt) {
  Node *last = clauses.items[clauses.len - 1];
  node_list_push(p->arena, last->kind == NODE_CASE ? &NODE_AS(Case, last)->body : &NODE_AS(Comm, last)->body, stmt);
  last->end = stmt->end;
  return clauses;
}
