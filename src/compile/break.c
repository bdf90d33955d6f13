// Branches (specification "Break statements", "Continue statements", "Goto statements", "Fallthrough statements").
#include "compile/stmt.h"

// The statement may be named by the label before it.
void flow_enter(Fn *f, Flow *flow, Node *n, Label *on_break, Label *on_continue) {
  *flow = (Flow){.outer = f->flow, .label = f->pending_label, .stmt = n, .scope = f->scope.len, .on_break = on_break, .on_continue = on_continue};
  f->pending_label = NULL;
  f->flow = flow;
}

void flow_leave(Fn *f) { f->flow = f->flow->outer; }

Label *goto_label(Fn *f, const Name *name) {
  for (uint32_t i = 0; i < f->gotos.len; i++)
    if (f->gotos.data[i]->name == name) return &f->gotos.data[i]->label;
  GotoLabel *g = ARENA_NEW(&f->c->scratch, GotoLabel);
  *g = (GotoLabel){name, LABEL_NEW};
  vec_push(&f->gotos, g);
  return &g->label;
}

void branch_to(Fn *f, BranchKind kind, const Name *label, Node *target) {
  if (kind == BRANCH_GOTO) {
    if (range_func_leaves(f, target)) range_func_exit(f, EXIT_GOTO, target, label);
    else emit_jump(f, goto_label(f, label));
    return;
  }
  for (Flow *flow = f->flow; flow; flow = flow->outer) {
    if (label && flow->label != label) continue;
    Label *to = kind == BRANCH_BREAK ? flow->on_break : kind == BRANCH_CONTINUE ? flow->on_continue : flow->on_fallthrough;
    if (!to) continue;
    emit_release(f, flow->scope);
    emit_jump(f, to);
    return;
  }
  range_func_exit(f, kind == BRANCH_BREAK ? EXIT_BREAK : EXIT_CONTINUE, target, label);
}

void stmt_branch(Fn *f, NodeBranch *n) {
  branch_to(f, n->branch, n->label ? ((NodeIdent *)n->label)->name : NULL, n->target);
}
