// Select statements (specification "Select statements"): all channels and values to send first, in source order; then one
// instruction chooses; then the chosen clause assigns what it received.
#include "compile/stmt.h"

typedef struct {
  NodeComm *clause;
  bool send;
  Slot chan, value, ok; // value, ok: UNWANTED if not wanted
  TypeInfo *elem;
  NodeAssign *assign;   // of a receive, or NULL
  Label body;
} Choice;

static NodeUnary *receive_of(Node *comm) {
  Node *x = comm->kind == NODE_EXPR_STMT ? ((NodeExprStmt *)comm)->x : ((NodeAssign *)comm)->rhs.items[0];
  return (NodeUnary *)node_unparen(x);
}

static void prepare(Fn *f, Choice *c) {
  Node *comm = c->clause->comm;
  at(f, comm);
  c->value = c->ok = UNWANTED;
  c->send = comm->kind == NODE_SEND;
  Node *chan = c->send ? ((NodeSend *)comm)->chan : receive_of(comm)->x;
  c->elem = info_of(f->c, under_of(f->c, node_type(f, chan))->elem);
  c->chan = expr_any(f, chan);
  if (c->send) {
    Slot v = expr_as(f, ((NodeSend *)comm)->value, c->elem->type, NO_SLOT);
    c->value = c->elem->slots ? v : slot_any(f);
    return;
  }
  if (comm->kind != NODE_ASSIGN) return;
  c->assign = (NodeAssign *)comm;
  if (!is_blank(c->assign->lhs.items[0])) c->value = slots_take(f, c->elem);
  if (c->assign->lhs.len > 1 && !is_blank(c->assign->lhs.items[1])) c->ok = slot_word(f);
}

static void received(Fn *f, Choice *c) {
  if (!c->assign) return;
  Slot slots[2] = {c->value, c->ok};
  for (uint32_t i = 0; i < c->assign->lhs.len; i++) {
    Node *x = c->assign->lhs.items[i];
    if (slots[i] == UNWANTED) continue;
    Type *type = i == 0 ? c->elem->type : f->c->u->basic[TYPE_BOOL];
    if (!c->assign->define) {
      if (i == 1 && !is_interface(f, node_type(f, x))) type = node_type(f, x); // any boolean type
      assign_slot(f, x, slots[i], type);
    } else {
      declare_slot(f, ((NodeIdent *)x)->obj, slots[i], type);
    }
  }
}

// One case and a default.
static void attempt(Fn *f, Choice *c, bool first, Label *fallback) {
  uint32_t at = c->send ? emit(f, OP_TRYSEND, c->chan, c->value, 0) : emit(f, OP_TRYRECV, c->value, c->chan, 0);
  label_use(f, fallback, at, at, PATCH_C16);
  emit_slots(f, c->send ? c->elem->slots : c->ok, c->elem->slots, 0, 0);
  if (!first) emit_jump(f, &c->body);
}

// first: the first clause is choices[0], whose body follows.
static void dispatch(Fn *f, Slot chosen, Choice *choices, uint32_t count, bool first, Label *fallback) {
  if (count >= 4) {
    uint32_t table = emit(f, OP_JTAB, chosen, count, 0);
    for (uint32_t i = 0; i < count; i++) {
      emit_pair(f, 0, 0);
      label_use(f, &choices[i].body, table + 1 + i, table, PATCH_LO32);
    }
  } else if (first) {
    for (uint32_t i = 1; i < count; i++) emit_branch(f, OP_JEQI, chosen, i, &choices[i].body);
    if (fallback) emit_branch(f, OP_JNEI, chosen, 0, fallback);
    return;
  } else {
    for (uint32_t i = 0; i + (fallback ? 0 : 1) < count; i++) emit_branch(f, OP_JEQI, chosen, i, &choices[i].body);
  }
  if (fallback) emit_jump(f, fallback);
  else if (count) emit_jump(f, &choices[count - 1].body);
}

static void choose(Fn *f, Choice *choices, uint32_t count, bool first, Label *fallback) {
  Slot chosen = slot_word(f);
  emit(f, OP_SELECT, chosen, count, fallback != NULL);
  for (uint32_t i = 0; i < count; i++)
    emit_slots(f, choices[i].send ? 0 : 1, choices[i].chan, choices[i].value, choices[i].send ? choices[i].elem->slots : choices[i].ok);
  dispatch(f, chosen, choices, count, first, fallback);
}

void stmt_select(Fn *f, NodeSelect *n) {
  ScopeMark mark = scope_enter(f);
  Choice *choices = ARENA_ARRAY(&f->c->scratch, Choice, n->clauses.len + 1);
  uint32_t count = 0;
  NodeComm *fallback = NULL;
  for (uint32_t i = 0; i < n->clauses.len; i++) {
    NodeComm *clause = (NodeComm *)n->clauses.items[i];
    if (!clause->comm) {
      fallback = clause;
      continue;
    }
    choices[count] = (Choice){.clause = clause, .body = LABEL_NEW};
    prepare(f, &choices[count++]);
  }
  Label end = LABEL_NEW, otherwise = LABEL_NEW;
  at(f, count == 1 ? choices[0].clause->comm : &n->h); // where gc says that a send panics
  bool first = count && (NodeComm *)n->clauses.items[0] != fallback;
  if (count == 1 && fallback && !f->far) attempt(f, &choices[0], first, &otherwise);
  else choose(f, choices, count, first, fallback ? &otherwise : NULL);
  Flow flow;
  flow_enter(f, &flow, &n->h, &end, NULL);
  if (!count && !fallback) f->dead = true; // blocks forever
  for (uint32_t i = 0, next = 0; i < n->clauses.len; i++) {
    NodeComm *clause = (NodeComm *)n->clauses.items[i];
    ScopeMark inner = scope_enter(f);
    if (clause == fallback) {
      label_bind(f, &otherwise);
    } else {
      label_bind_used(f, &choices[next].body);
      at(f, clause->comm);
      f->hoisted.len = 0;
      received(f, &choices[next++]);
    }
    stmt_list(f, &clause->body);
    scope_leave(f, inner);
    emit_jump(f, &end);
  }
  flow_leave(f);
  label_bind_used(f, &end);
  scope_leave(f, mark);
}
