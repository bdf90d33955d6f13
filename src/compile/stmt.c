// Statements (specification "Statements"): which rule makes which; the simple ones here.
#include "compile/stmt.h"

#include "compile/access.h"
#include "compile/late.h"

// --- blocks

void stmt_list_from(Fn *f, const NodeList *list, uint32_t late) {
  for (uint32_t i = 0; i < list->len; i++) {
    Node *n = list->items[i];
    if (f->late.len > late) late_settle(f, late, i + 1 < list->len ? list->items[i + 1]->start : NO_POS);
    f->listed = n;
    stmt(f, n);
  }
  f->late.len = late;
}

void stmt_list(Fn *f, const NodeList *list) { stmt_list_from(f, list, f->late.len); }

void stmt_block(Fn *f, Node *n) {
  ScopeMark mark = scope_enter(f);
  if (n->kind == NODE_BLOCK) stmt_list(f, &((NodeBlock *)n)->stmts);
  else stmt(f, n);
  scope_leave(f, mark);
}

// --- simple statements

// Specification "Send statements": channel and value are evaluated before communication begins.
static void send(Fn *f, NodeSend *n) {
  uint32_t top = f->top;
  Type *elem = under_of(f->c, node_type(f, n->chan))->elem;
  order_operands(f, n->chan, n->value);
  Slot ch = expr_any(f, n->chan), value = expr_as(f, n->value, elem, NO_SLOT);
  at(f, &n->h);
  uint32_t from = f->code.len, slots = info_of(f->c, elem)->slots;
  emit(f, OP_SEND, ch, slots ? value : slot_any(f), slots);
  access_note(f, from, n->chan);
  f->top = top;
}

static void declaration(Fn *f, NodeDeclStmt *n) {
  for (uint32_t i = 0; i < n->decls.len; i++)
    if (n->decls.items[i]->kind == NODE_VAR) stmt_var(f, (NodeVar *)n->decls.items[i]);
}

// Specification "If statements".
static void if_stmt(Fn *f, NodeIf *n) {
  ScopeMark mark = scope_enter(f);
  if (n->init) stmt(f, n->init);
  Label no = LABEL_NEW, end = LABEL_NEW;
  cond_jump(f, n->cond, false, &no);
  stmt_block(f, n->then);
  if (n->other) {
    emit_jump(f, &end);
    label_bind_used(f, &no);
    stmt_block(f, n->other);
    label_bind_used(f, &end);
  } else {
    label_bind_used(f, &no);
  }
  scope_leave(f, mark);
}

// Specification "Labeled statements".
static void labeled(Fn *f, NodeLabeled *n) {
  const Name *name = ((NodeIdent *)n->label)->name;
  Label *label = goto_label(f, name);
  f->dead = false; // a later goto may come here
  label_bind(f, label);
  f->pending_label = name;
  if (n->stmt) stmt(f, n->stmt);
  f->pending_label = NULL;
}

// --- the dispatcher

void stmt(Fn *f, Node *n) {
  f->hoisted.len = 0;
  f->declares = f->listed == n && (n->kind == NODE_ASSIGN || n->kind == NODE_DECL_STMT);
  at(f, n);
  switch (n->kind) {
  case NODE_EMPTY: break;
  case NODE_BLOCK: stmt_block(f, n); break;
  case NODE_EXPR_STMT: at_pos(f, n->start); expr_discard(f, ((NodeExprStmt *)n)->x); break;
  case NODE_SEND: send(f, (NodeSend *)n); break;
  case NODE_ASSIGN: stmt_assign(f, (NodeAssign *)n); break;
  case NODE_GO: stmt_go(f, (NodeGo *)n); break;
  case NODE_DEFER: stmt_defer(f, (NodeDefer *)n); break;
  case NODE_RETURN: stmt_return(f, (NodeReturn *)n); break;
  case NODE_BRANCH: stmt_branch(f, (NodeBranch *)n); break;
  case NODE_IF: if_stmt(f, (NodeIf *)n); break;
  case NODE_SWITCH: stmt_switch(f, (NodeSwitch *)n); break;
  case NODE_TYPE_SWITCH: stmt_type_switch(f, (NodeTypeSwitch *)n); break;
  case NODE_SELECT: stmt_select(f, (NodeSelect *)n); break;
  case NODE_FOR: stmt_for(f, (NodeFor *)n); break;
  case NODE_RANGE: stmt_range(f, (NodeRange *)n); break;
  case NODE_LABELED: labeled(f, (NodeLabeled *)n); break;
  case NODE_DECL_STMT: declaration(f, (NodeDeclStmt *)n); break;
  case NODE_VAR: stmt_var(f, (NodeVar *)n); break;
  case NODE_CONST: case NODE_TYPE: case NODE_FUNC: case NODE_IMPORT: break;
  default: compile_error(f->c, n->pos, "internal error: statement of kind %d is not supported", n->kind);
  }
  f->declares = false;
}
