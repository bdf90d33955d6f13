// Terminating statements (specification "Terminating statements"). Runs after check_branches, which finds the targets.
#include "types/checker.h"

static bool is_terminating(Node *s);

// Is there a break in `n` that leaves `target`?
typedef struct {
  Node *target;
  bool found;
} BreakSearch;

static bool visit_break(void *context, Node *n) {
  BreakSearch *search = context;
  NodeClass class = node_class(n->kind);
  if (class == NODE_CLASS_EXPR || class == NODE_CLASS_TYPE || class == NODE_CLASS_DECL) return true;
  if (n->kind == NODE_BRANCH) {
    NodeBranch *branch = (NodeBranch *)n;
    if (branch->branch == BRANCH_BREAK && branch->target == search->target) search->found = true;
    return !search->found;
  }
  return node_each_child(n, visit_break, context);
}

static bool has_break(Node *s) {
  BreakSearch search = {s, false};
  node_each_child(s, visit_break, &search);
  return search.found;
}

// A list ends in a terminating statement; trailing empty statements do not count.
bool check_terminating_list(NodeList list) {
  while (list.len && list.items[list.len - 1]->kind == NODE_EMPTY) list.len--;
  return list.len && is_terminating(list.items[list.len - 1]);
}

static bool all_clauses_terminate(NodeList clauses) {
  for (uint32_t i = 0; i < clauses.len; i++) {
    Node *clause = clauses.items[i];
    NodeList body = clause->kind == NODE_CASE ? ((NodeCase *)clause)->body : ((NodeComm *)clause)->body;
    if (!check_terminating_list(body)) return false;
  }
  return true;
}

static bool has_default(NodeList clauses) {
  for (uint32_t i = 0; i < clauses.len; i++)
    if (((NodeCase *)clauses.items[i])->is_default) return true;
  return false;
}

static bool is_panic(Node *e) {
  NodeCall *call = (NodeCall *)node_unparen(e);
  return call->h.kind == NODE_CALL && call->call == CALL_BUILTIN && call->builtin == BUILTIN_PANIC;
}

static bool is_terminating(Node *s) {
  switch (s->kind) {
  case NODE_RETURN: return true;
  case NODE_BRANCH: return ((NodeBranch *)s)->branch == BRANCH_GOTO || ((NodeBranch *)s)->branch == BRANCH_FALLTHROUGH;
  case NODE_EXPR_STMT: return is_panic(((NodeExprStmt *)s)->x);
  case NODE_BLOCK: return check_terminating_list(((NodeBlock *)s)->stmts);
  case NODE_LABELED: return ((NodeLabeled *)s)->stmt && is_terminating(((NodeLabeled *)s)->stmt);
  case NODE_IF: {
    NodeIf *i = (NodeIf *)s;
    return i->other && i->then && is_terminating(i->then) && is_terminating(i->other);
  }
  case NODE_FOR: return !((NodeFor *)s)->cond && !has_break(s);
  case NODE_SWITCH: {
    NodeList clauses = ((NodeSwitch *)s)->clauses;
    return has_default(clauses) && all_clauses_terminate(clauses) && !has_break(s);
  }
  case NODE_TYPE_SWITCH: {
    NodeList clauses = ((NodeTypeSwitch *)s)->clauses;
    return has_default(clauses) && all_clauses_terminate(clauses) && !has_break(s);
  }
  case NODE_SELECT: return all_clauses_terminate(((NodeSelect *)s)->clauses) && !has_break(s);
  default: return false;
  }
}
