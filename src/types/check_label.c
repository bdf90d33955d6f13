// Labels and branches (specification "Labeled statements", "Break statements", "Continue statements", "Goto
// statements", "Fallthrough statements"): every branch gets its target, every label must be used.
//
// One walk over a function body. A goto to a label that is declared later waits in the list of its block; when a block
// ends, its waiting gotos go to the block around it: a label found there is a valid target, one in an inner block is
// not.
#include "types/checker.h"

typedef struct Block {
  struct Block *parent;
  Pos start;
  NodeLabeled *labeled; // the labeled statement this block belongs to
} Block;

typedef struct Label {
  Block *block;
  NodeLabeled *stmt;
  bool used;
} Label;

typedef struct {
  VEC(NodeBranch *) list;
} Gotos;

typedef struct {
  Checker *c;
  PtrTable labels; // Name* -> Label*
} Walk;

// What break, continue and fallthrough without a label mean here.
typedef struct {
  Node *breaks, *continues;
  uint32_t clause, clauses; // number of the clause of the switch directly around; clause == NO_CLAUSE: none
} Targets;

enum { NO_CLAUSE = UINT32_MAX };

static Gotos walk_block(Walk *w, Block *parent, Targets targets, NodeLabeled *labeled, Pos start, NodeList list);

// --- labels

static Label *declare_label(Walk *w, Block *block, NodeLabeled *s) {
  NodeIdent *name = (NodeIdent *)s->label;
  Label *other = ptr_table_get(&w->labels, name->name);
  if (other) {
    check_error(w->c, s->label, "label %s already defined at %s", name->name->text,
                check_place(w->c, other->stmt->label->start));
    return other;
  }
  Label *label = ARENA_NEW(w->c->arena, Label);
  *label = (Label){block, s, false};
  ptr_table_put(&w->labels, name->name, label);
  return label;
}

static Label *find_label(Walk *w, NodeBranch *s) {
  Label *label = ptr_table_get(&w->labels, ((NodeIdent *)s->label)->name);
  if (label) label->used = true; // even if it is no valid target
  return label;
}

// The label of a statement that encloses the block.
static bool encloses(const Label *label, const Block *block) {
  for (; block; block = block->parent)
    if (block->labeled == label->stmt) return true;
  return false;
}

static bool declared_around(const Label *label, const Block *block) {
  for (; block; block = block->parent)
    if (label->block == block) return true;
  return false;
}

// --- branches

static void branch_without_label(Walk *w, NodeBranch *s, Targets t, bool last) {
  Checker *c = w->c;
  switch (s->branch) {
  case BRANCH_BREAK:
    s->target = t.breaks;
    if (!t.breaks) check_error(c, &s->h, "break is not in a loop, switch, or select");
    break;
  case BRANCH_CONTINUE:
    s->target = t.continues;
    if (!t.continues) check_error(c, &s->h, "continue is not in a loop");
    break;
  case BRANCH_FALLTHROUGH:
    // Specification: only as the last statement of a clause of an expression switch, and not of its last clause.
    if (t.breaks && t.breaks->kind == NODE_TYPE_SWITCH) check_error(c, &s->h, "cannot fallthrough in type switch");
    else if (!t.breaks || t.breaks->kind != NODE_SWITCH || t.clause == NO_CLAUSE || !last)
      check_error(c, &s->h, "fallthrough statement out of place");
    else if (t.clause + 1 == t.clauses) check_error(c, &s->h, "cannot fallthrough final case in switch");
    break;
  default: break;
  }
}

static bool is_loop(const Node *s) { return s->kind == NODE_FOR || s->kind == NODE_RANGE; }

static bool is_breakable(const Node *s) {
  return is_loop(s) || s->kind == NODE_SWITCH || s->kind == NODE_TYPE_SWITCH || s->kind == NODE_SELECT;
}

// Specification: the label of a break or continue must be that of an enclosing statement.
static void branch_out(Walk *w, Block *block, NodeBranch *s) {
  const char *name = ((NodeIdent *)s->label)->name->text;
  const char *keyword = s->branch == BRANCH_BREAK ? "break" : "continue";
  Label *label = find_label(w, s);
  if (!label) {
    check_error(w->c, s->label, "%s label not defined: %s", keyword, name);
    return;
  }
  Node *target = label->stmt->stmt;
  bool valid = target && encloses(label, block) && (s->branch == BRANCH_BREAK ? is_breakable(target) : is_loop(target));
  if (valid) s->target = target;
  else check_error(w->c, s->label, "invalid %s label %s", keyword, name);
}

static void branch_to(Walk *w, Block *block, NodeBranch *s, Gotos *forward) {
  if (s->branch != BRANCH_GOTO) {
    branch_out(w, block, s);
    return;
  }
  Label *label = find_label(w, s);
  if (label && declared_around(label, block)) s->target = &label->stmt->h;
  else vec_push(&forward->list, s);
}

// --- blocks

typedef struct {
  Walk *w;
  Block *block;  // in the arena: labels remember it
  Gotos forward; // gotos whose label has not been seen
  Gotos over;    // those of them that stand before the last variable declaration
  Pos var_pos;
  NodeList var_names;
} BlockWalk;

static void record_var(BlockWalk *b, Pos pos, NodeList names) {
  b->var_pos = pos;
  b->var_names = names;
  vec_clear(&b->over.list);
  for (uint32_t i = 0; i < b->forward.list.len; i++) vec_push(&b->over.list, b->forward.list.data[i]);
}

static bool jumps_over_var(const BlockWalk *b, const NodeBranch *s) {
  for (uint32_t i = 0; i < b->over.list.len; i++)
    if (b->over.list.data[i] == s) return true;
  return false;
}

// Specification "Goto statements": must not cause variables to come into scope that were not at the point of the goto.
static void meet_label(BlockWalk *b, NodeLabeled *s) {
  Checker *c = b->w->c;
  const Name *name = ((NodeIdent *)s->label)->name;
  Label *label = declare_label(b->w, b->block, s);
  uint32_t kept = 0;
  for (uint32_t i = 0; i < b->forward.list.len; i++) {
    NodeBranch *branch = b->forward.list.data[i];
    if (((NodeIdent *)branch->label)->name != name) {
      b->forward.list.data[kept++] = branch;
      continue;
    }
    branch->target = &s->h;
    label->used = true;
    if (jumps_over_var(b, branch)) {
      const char *names = expr_list_text(c, b->var_names);
      check_error(c, branch->label, "goto %s jumps over declaration of %.*s at %s", name->text, (int)strlen(names) - 2,
                  names + 1, check_place(c, b->var_pos));
    }
  }
  b->forward.list.len = kept;
}

static void inner_block(BlockWalk *b, Targets targets, NodeLabeled *labeled, Pos start, NodeList list) {
  Gotos inner = walk_block(b->w, b->block, targets, labeled, start, list);
  for (uint32_t i = 0; i < inner.list.len; i++) vec_push(&b->forward.list, inner.list.data[i]);
  vec_free(&inner.list);
}

static void walk_body(BlockWalk *b, Targets targets, NodeLabeled *labeled, Node *body) {
  if (body && body->kind == NODE_BLOCK) inner_block(b, targets, labeled, body->start, ((NodeBlock *)body)->stmts);
}

static void walk_clauses(BlockWalk *b, Targets t, NodeLabeled *labeled, Node *s, NodeList clauses) {
  t.breaks = s;
  t.clauses = clauses.len;
  for (uint32_t i = 0; i < clauses.len; i++) {
    Node *clause = clauses.items[i];
    t.clause = s->kind == NODE_SELECT ? NO_CLAUSE : i;
    NodeList body = clause->kind == NODE_CASE ? ((NodeCase *)clause)->body : ((NodeComm *)clause)->body;
    inner_block(b, t, labeled, clause->start, body);
  }
}

static void record_decl(BlockWalk *b, NodeVar *decl) {
  NodeList first = {decl->names.items, 1, 1};
  record_var(b, decl->h.start, first);
}

static void walk_decl(BlockWalk *b, Node *decl) {
  if (decl->kind == NODE_VAR) record_decl(b, (NodeVar *)decl);
  if (decl->kind != NODE_DECL_STMT) return;
  NodeList decls = ((NodeDeclStmt *)decl)->decls;
  for (uint32_t i = 0; i < decls.len; i++) {
    if (decls.items[i]->kind != NODE_VAR) continue;
    record_decl(b, (NodeVar *)decls.items[i]);
    break; // the first will do
  }
}

static void walk_stmt(BlockWalk *b, Targets t, NodeLabeled *labeled, Node *s, bool last) {
  Targets inner = {t.breaks, t.continues, NO_CLAUSE, 0};
  switch (s->kind) {
  case NODE_DECL_STMT:
  case NODE_VAR: walk_decl(b, s); break;
  case NODE_LABELED: {
    NodeLabeled *l = (NodeLabeled *)s;
    bool blank = node_is_blank(l->label);
    if (!blank) meet_label(b, l);
    if (l->stmt) walk_stmt(b, t, blank ? labeled : l, l->stmt, last);
    break;
  }
  case NODE_BRANCH:
    if (((NodeBranch *)s)->label) branch_to(b->w, b->block, (NodeBranch *)s, &b->forward);
    else branch_without_label(b->w, (NodeBranch *)s, t, last);
    break;
  case NODE_ASSIGN:
    if (((NodeAssign *)s)->define) record_var(b, s->pos, ((NodeAssign *)s)->lhs);
    break;
  case NODE_BLOCK: walk_body(b, inner, labeled, s); break;
  case NODE_IF: {
    NodeIf *i = (NodeIf *)s;
    walk_body(b, inner, labeled, i->then);
    if (i->other) inner_block(b, inner, labeled, i->other->start, (NodeList){&i->other, 1, 1});
    break;
  }
  case NODE_FOR:
    inner.breaks = inner.continues = s;
    walk_body(b, inner, labeled, ((NodeFor *)s)->body);
    break;
  case NODE_RANGE:
    inner.breaks = inner.continues = s;
    walk_body(b, inner, labeled, ((NodeRange *)s)->body);
    break;
  case NODE_SWITCH: walk_clauses(b, t, labeled, s, ((NodeSwitch *)s)->clauses); break;
  case NODE_TYPE_SWITCH: walk_clauses(b, t, labeled, s, ((NodeTypeSwitch *)s)->clauses); break;
  case NODE_SELECT: walk_clauses(b, t, labeled, s, ((NodeSelect *)s)->clauses); break;
  default: break;
  }
}

// Returns the gotos of the block whose labels are not in it; the caller frees the list.
static Gotos walk_block(Walk *w, Block *parent, Targets targets, NodeLabeled *labeled, Pos start, NodeList list) {
  BlockWalk b = {.w = w, .block = ARENA_NEW(w->c->arena, Block)};
  *b.block = (Block){parent, start, labeled};
  while (list.len && list.items[list.len - 1]->kind == NODE_EMPTY) list.len--;
  for (uint32_t i = 0; i < list.len; i++) walk_stmt(&b, targets, NULL, list.items[i], i + 1 == list.len);
  vec_free(&b.over.list);
  return b.forward;
}

// --- the function body

void check_branches(Checker *c, NodeList body, Pos start) {
  Walk w = {.c = c};
  Gotos forward = walk_block(&w, NULL, (Targets){NULL, NULL, NO_CLAUSE, 0}, NULL, start, body);
  for (uint32_t i = 0; i < forward.list.len; i++) {
    NodeBranch *s = forward.list.data[i];
    const Name *name = ((NodeIdent *)s->label)->name;
    Label *label = ptr_table_get(&w.labels, name);
    if (label) {
      label->used = true;
      check_error(c, s->label, "goto %s jumps into block starting at %s", name->text,
                  check_place(c, label->block->start));
    } else {
      check_error(c, s->label, "label %s not defined", name->text);
    }
  }
  for (uint32_t i = 0; i < w.labels.len; i++) {
    Label *label = w.labels.entries[i].value;
    label->stmt->used = label->used;
    if (!label->used)
      check_error(c, label->stmt->label, "label %s defined and not used", ((NodeIdent *)label->stmt->label)->name->text);
  }
  if (c->env.func && (w.labels.len || forward.list.len)) c->env.func->has_labels = true;
  vec_free(&forward.list);
  ptr_table_deinit(&w.labels);
}
