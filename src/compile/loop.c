// For statements with a condition or a for clause (specification "For statements").
//
//   init; if !cond goto break; top: body; continue: copy variables; post; if cond goto top; break:
#include "compile/invariant.h"
#include "compile/stmt.h"

typedef struct {
  uint32_t nodes;
  bool complex;
} Size;

static bool measure(void *context, Node *n) {
  Size *s = context;
  if (n->kind == NODE_CALL || n->kind == NODE_FUNC_LIT) s->complex |= !(n->kind == NODE_CALL && ((NodeCall *)n)->call == CALL_BUILTIN);
  if (++s->nodes > 12) s->complex = true;
  if (!s->complex) node_each_child(n, measure, s);
  return !s->complex;
}

// Is the condition short enough to stand before the loop as well as at its end?
static bool is_short(Node *cond) {
  Size s = {0};
  measure(&s, cond);
  return !s.complex;
}

// Specification "For clause": each iteration has its own variables. Those that closures share get a new box, which holds
// the value at the end of the iteration, before the post statement.
static void copy_variables(Fn *f, Node *init) {
  if (!init || init->kind != NODE_ASSIGN || !((NodeAssign *)init)->define) return;
  NodeList *lhs = &((NodeAssign *)init)->lhs;
  for (uint32_t i = 0; i < lhs->len; i++) {
    Object *o = ((NodeIdent *)lhs->items[i])->obj;
    if (!o || !o->loop_var || !(o->captured || o->address_taken)) continue;
    Var *v = var_of(f, o);
    if (!v || !v->boxed) continue;
    uint32_t top = f->top;
    Slot value = slots_take(f, v->info);
    if (v->info->slots) emit_load(f, value, v->slot, 0, v->info);
    emit_new(f, v->slot, v->info->type);
    if (v->info->slots) emit_store(f, v->slot, 0, value, v->info);
    f->top = top;
  }
}

void stmt_for(Fn *f, NodeFor *n) {
  ScopeMark mark = scope_enter(f);
  const Name *label = f->pending_label;
  f->pending_label = NULL;
  if (n->init) stmt(f, n->init);
  Label top = LABEL_NEW, test = LABEL_NEW, next = LABEL_NEW, end = LABEL_NEW;
  bool twice = n->cond && is_short(n->cond);
  uint32_t lengths = f->lengths.len, bounds = f->bounds.len;
  loop_enter(f, &n->h);
  loop_keep_length(f, &n->h, n->cond);
  f->hoisted.len = 0;
  loop_keep_bounds(f, &n->h, n->cond);
  f->hoisted.len = 0;
  loop_recall_bounds(f, bounds);
  if (twice) cond_jump(f, n->cond, false, &end);
  else if (n->cond) emit_jump(f, &test);
  f->dead = false;
  label_bind(f, &top);
  Flow flow;
  f->pending_label = label;
  flow_enter(f, &flow, &n->h, &end, &next);
  stmt_block(f, n->body);
  flow_leave(f);
  label_bind_used(f, &next);
  if (!f->dead) {
    copy_variables(f, n->init);
    if (n->post) stmt(f, n->post);
  }
  if (n->cond) {
    if (!twice) label_bind(f, &test);
    f->hoisted.len = 0;
    loop_recall_bounds(f, bounds);
    if (!f->dead) cond_jump(f, n->cond, true, &top);
  } else {
    emit_jump(f, &top);
  }
  label_bind_used(f, &end);
  loop_leave(f);
  f->lengths.len = lengths;
  f->bounds.len = bounds;
  scope_leave(f, mark);
}
