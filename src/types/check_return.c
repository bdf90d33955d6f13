// Does a function body end in a terminating statement (specification "Terminating statements")? Asked after the body
// was checked, so that a call of the predeclared panic is known.
#include "types/checker.h"

static bool terminating(Node *s, const Name *label);

// --- break statements that leave the statement in question

static bool has_break(Node *s, const Name *label, bool implicit);

static bool list_has_break(NodeList list, const Name *label, bool implicit)
{
  for (uint32_t i = 0; i < list.len; i++)
    if (has_break(list.items[i], label, implicit)) return true;
  return false;
}

static NodeList clause_body(Node *clause)
{
  return clause->kind == NODE_COMM ? ((NodeComm *)clause)->body : ((NodeCase *)clause)->body;
}

// Within a nested breakable statement only a labeled break can leave ours.
static bool clauses_have_break(NodeList clauses, const Name *label)
{
  if (!label) return false;
  for (uint32_t i = 0; i < clauses.len; i++)
    if (list_has_break(clause_body(clauses.items[i]), label, false)) return true;
  return false;
}

static bool has_break(Node *s, const Name *label, bool implicit)
{
  if (!s) return false;
  switch (s->kind) {
  case NODE_LABELED: return has_break(((NodeLabeled *)s)->stmt, label, implicit);
  case NODE_BRANCH: {
    NodeBranch *b = (NodeBranch *)s;
    if (b->branch != BRANCH_BREAK) return false;
    return b->label ? ((NodeIdent *)b->label)->name == label : implicit;
  }
  case NODE_BLOCK: return list_has_break(((NodeBlock *)s)->stmts, label, implicit);
  case NODE_IF: return has_break(((NodeIf *)s)->then, label, implicit) || has_break(((NodeIf *)s)->other, label, implicit);
  case NODE_SWITCH: return clauses_have_break(((NodeSwitch *)s)->clauses, label);
  case NODE_TYPE_SWITCH: return clauses_have_break(((NodeTypeSwitch *)s)->clauses, label);
  case NODE_SELECT: return clauses_have_break(((NodeSelect *)s)->clauses, label);
  case NODE_FOR: return label && has_break(((NodeFor *)s)->body, label, false);
  case NODE_RANGE: return label && has_break(((NodeRange *)s)->body, label, false);
  default: return false;
  }
}

// --- terminating statements

static bool terminating_list(NodeList list, const Name *label)
{
  while (list.len && list.items[list.len - 1]->kind == NODE_EMPTY) list.len--;
  return list.len && terminating(list.items[list.len - 1], label);
}

// A switch needs a default clause, a select does not.
static bool terminating_clauses(NodeList clauses, const Name *label, bool need_default)
{
  bool has_default = false;
  for (uint32_t i = 0; i < clauses.len; i++) {
    Node *clause = clauses.items[i];
    if (clause->kind == NODE_CASE && ((NodeCase *)clause)->is_default) has_default = true;
    NodeList body = clause_body(clause);
    if (!terminating_list(body, NULL) || list_has_break(body, label, true)) return false;
  }
  return has_default || !need_default;
}

static bool is_panic(Node *x)
{
  x = node_unparen(x);
  return x && x->kind == NODE_CALL && ((NodeCall *)x)->call == CALL_BUILTIN && ((NodeCall *)x)->builtin == BUILTIN_PANIC;
}

static bool terminating(Node *s, const Name *label)
{
  if (!s) return false;
  switch (s->kind) {
  case NODE_RETURN: return true;
  case NODE_BRANCH: return ((NodeBranch *)s)->branch == BRANCH_GOTO || ((NodeBranch *)s)->branch == BRANCH_FALLTHROUGH;
  case NODE_EXPR_STMT: return is_panic(((NodeExprStmt *)s)->x);
  case NODE_BLOCK: return terminating_list(((NodeBlock *)s)->stmts, NULL);
  case NODE_IF: return terminating(((NodeIf *)s)->then, NULL) && terminating(((NodeIf *)s)->other, NULL);
  case NODE_FOR: return !((NodeFor *)s)->cond && !has_break(((NodeFor *)s)->body, label, true);
  case NODE_SWITCH: return terminating_clauses(((NodeSwitch *)s)->clauses, label, true);
  case NODE_TYPE_SWITCH: return terminating_clauses(((NodeTypeSwitch *)s)->clauses, label, true);
  case NODE_SELECT: return terminating_clauses(((NodeSelect *)s)->clauses, label, false);
  case NODE_LABELED: return terminating(((NodeLabeled *)s)->stmt, ((NodeIdent *)((NodeLabeled *)s)->label)->name);
  default: return false;
  }
}

bool check_terminating_list(NodeList list) { return terminating_list(list, NULL); }
