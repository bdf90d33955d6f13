// Labels and branches of one function body (specification "Labeled statements", "Break statements", "Continue
// statements", "Goto statements", "Fallthrough statements"), in one pass over its blocks.
//
// Each block keeps the gotos whose label has not been seen yet; what is left when it ends goes to the block around it.
// A label reached there by a forward goto must not have a variable declaration in between.
#include "types/checker.h"

typedef struct Block {
  struct Block *outer;
  Pos start;
  NodeLabeled *labeled; // the label of the statement this block belongs to, or NULL
} Block;

typedef struct {
  const Name *name;
  Block *block; // that declares it
  NodeLabeled *stmt;
  bool used;
} Label;

typedef VEC(NodeBranch *) Gotos;

typedef struct {
  Checker *c;
  VEC(Label) labels;
} Labels;

// What break, continue and fallthrough mean here.
typedef struct {
  Node *breaks;    // for, range, switch, type switch or select
  Node *continues; // for or range
  int32_t clause;  // of the switch the statement list is a clause of, -1: not directly
} Targets;

// One block while its statements are walked.
typedef struct {
  Block block;
  Gotos forward, bad;  // bad: those a variable declaration came after
  Node *var;           // the last variable declaration
  const char *var_name;
} Walk;

static const Name *label_name(const Node *label) { return ((const NodeIdent *)label)->name; }

static Label *find_label(Labels *l, const Name *name)
{
  VEC_EACH(Label, label, &l->labels)
    if (label->name == name) return label;
  return NULL;
}

static bool is_loop(const Node *n) { return n->kind == NODE_FOR || n->kind == NODE_RANGE; }

static bool is_breakable(const Node *n)
{
  return is_loop(n) || n->kind == NODE_SWITCH || n->kind == NODE_TYPE_SWITCH || n->kind == NODE_SELECT;
}

// --- branches

// The enclosing statement with that label; *defined tells a wrong label from a missing one.
static Node *enclosing(Labels *l, Block *block, const Name *name, bool *defined)
{
  Label *label = find_label(l, name);
  *defined = label != NULL;
  if (!label) return NULL;
  label->used = true; // even if it is not a valid target
  for (; block; block = block->outer)
    if (block->labeled == label->stmt) return label->stmt->stmt;
  return NULL;
}

static void labeled_branch(Labels *l, Walk *w, NodeBranch *s)
{
  const Name *name = label_name(s->label);
  bool defined;
  if (s->branch == BRANCH_GOTO) {
    Label *label = find_label(l, name);
    if (label) label->used = true;
    for (Block *b = &w->block; label && b; b = b->outer)
      if (label->block == b) {
        s->target = &label->stmt->h;
        return;
      }
    vec_push(&w->forward, s);
    return;
  }
  const char *word = s->branch == BRANCH_BREAK ? "break" : "continue";
  Node *target = enclosing(l, &w->block, name, &defined);
  if (!defined) check_error(l->c, s->label, "%s label not defined: %s", word, name->text);
  else if (!target || !(s->branch == BRANCH_BREAK ? is_breakable(target) : is_loop(target)))
    check_error(l->c, s->label, "invalid %s label %s", word, name->text);
  else s->target = target;
}

// Specification "Fallthrough statements": the last statement of a clause that is not the last one.
static void fall_through(Labels *l, NodeBranch *s, Targets targets, bool last)
{
  Node *of = targets.breaks;
  const char *message = "fallthrough statement out of place";
  if (of && of->kind == NODE_TYPE_SWITCH) {
    message = "cannot fallthrough in type switch";
  } else if (of && of->kind == NODE_SWITCH && targets.clause >= 0 && last) {
    if ((uint32_t)targets.clause + 1 < ((NodeSwitch *)of)->clauses.len) return;
    message = "cannot fallthrough final case in switch";
  }
  check_error(l->c, &s->h, "%s", message);
}

static void branch(Labels *l, Walk *w, NodeBranch *s, Targets targets, bool last)
{
  if (s->label) {
    labeled_branch(l, w, s);
    return;
  }
  switch (s->branch) {
  case BRANCH_BREAK:
    s->target = targets.breaks;
    if (!s->target) check_error(l->c, &s->h, "break is not in a loop, switch, or select");
    break;
  case BRANCH_CONTINUE:
    s->target = targets.continues;
    if (!s->target) check_error(l->c, &s->h, "continue is not in a loop");
    break;
  case BRANCH_FALLTHROUGH: fall_through(l, s, targets, last); break;
  case BRANCH_GOTO: break; // a syntax error
  }
}

// --- labels

static bool jumps_over(const Walk *w, const NodeBranch *jump)
{
  for (uint32_t i = 0; i < w->bad.len; i++)
    if (w->bad.data[i] == jump) return true;
  return false;
}

// Specification "Goto statements": no variable may come into scope between the goto and its label.
static void resolve_gotos(Labels *l, Walk *w, Label *label)
{
  uint32_t kept = 0;
  for (uint32_t i = 0; i < w->forward.len; i++) {
    NodeBranch *jump = w->forward.data[i];
    if (label_name(jump->label) != label->name) {
      w->forward.data[kept++] = jump;
      continue;
    }
    jump->target = &label->stmt->h;
    label->used = true;
    if (jumps_over(w, jump))
      check_error(l->c, jump->label, "goto %s jumps over declaration of %s at %s", label->name->text, w->var_name,
                  check_place(l->c, w->var->pos));
  }
  w->forward.len = kept;
}

static void declare_label(Labels *l, Walk *w, NodeLabeled *s)
{
  Label *label = find_label(l, label_name(s->label));
  if (label) {
    check_error(l->c, s->label, "label %s already defined at %s", label->name->text,
                check_place(l->c, label->stmt->label->start));
  } else {
    vec_push(&l->labels, (Label){label_name(s->label), &w->block, s, false});
    label = &vec_last(&l->labels);
  }
  resolve_gotos(l, w, label);
}

static void record_var(Labels *l, Walk *w, Node *decl, NodeList names)
{
  StrBuf text = {0};
  for (uint32_t i = 0; i < names.len; i++) {
    if (i) strbuf_puts(&text, ", ");
    strbuf_puts(&text, expr_text(l->c, names.items[i]));
  }
  w->var = decl;
  w->var_name = check_keep(l->c, &text);
  vec_clear(&w->bad);
  for (uint32_t i = 0; i < w->forward.len; i++) vec_push(&w->bad, w->forward.data[i]);
}

// --- blocks

static void walk_block(Labels *l, Walk *outer, Targets targets, NodeLabeled *labeled, Pos start, NodeList list);

static void walk_clauses(Labels *l, Walk *w, Node *s, Targets targets, NodeLabeled *labeled, NodeList clauses)
{
  for (uint32_t i = 0; i < clauses.len; i++) {
    Node *clause = clauses.items[i];
    NodeList body = clause->kind == NODE_COMM ? ((NodeComm *)clause)->body : ((NodeCase *)clause)->body;
    walk_block(l, w, (Targets){s, targets.continues, clause->kind == NODE_COMM ? -1 : (int32_t)i}, labeled, clause->start, body);
  }
}

static void walk_body(Labels *l, Walk *w, Targets targets, NodeLabeled *labeled, Node *body)
{
  if (!body) return;
  if (body->kind == NODE_BLOCK) walk_block(l, w, targets, labeled, body->start, ((NodeBlock *)body)->stmts);
  else walk_block(l, w, targets, labeled, body->start, (NodeList){&body, 1, 1}); // else if
}

static void walk_decls(Labels *l, Walk *w, NodeDeclStmt *s)
{
  for (uint32_t i = 0; i < s->decls.len; i++)
    if (s->decls.items[i]->kind == NODE_VAR) {
      record_var(l, w, s->decls.items[i], (NodeList){((NodeVar *)s->decls.items[i])->names.items, 1, 1});
      return; // the first one will do
    }
}

static void walk_stmt(Labels *l, Walk *w, Node *s, Targets targets, bool last)
{
  NodeLabeled *labeled = NULL;
  while (s && s->kind == NODE_LABELED) {
    if (!node_is_blank(((NodeLabeled *)s)->label)) {
      labeled = (NodeLabeled *)s;
      declare_label(l, w, labeled);
    }
    s = ((NodeLabeled *)s)->stmt;
  }
  if (!s) return;
  Targets inner = {targets.breaks, targets.continues, -1}, loop = {s, s, -1};
  switch (s->kind) {
  case NODE_DECL_STMT: walk_decls(l, w, (NodeDeclStmt *)s); break;
  case NODE_BRANCH: branch(l, w, (NodeBranch *)s, targets, last); break;
  case NODE_ASSIGN:
    if (((NodeAssign *)s)->define) record_var(l, w, s, ((NodeAssign *)s)->lhs);
    break;
  case NODE_BLOCK: walk_body(l, w, inner, labeled, s); break;
  case NODE_IF:
    walk_body(l, w, inner, labeled, ((NodeIf *)s)->then);
    walk_body(l, w, inner, labeled, ((NodeIf *)s)->other);
    break;
  case NODE_FOR: walk_body(l, w, loop, labeled, ((NodeFor *)s)->body); break;
  case NODE_RANGE: walk_body(l, w, loop, labeled, ((NodeRange *)s)->body); break;
  case NODE_SWITCH: walk_clauses(l, w, s, targets, labeled, ((NodeSwitch *)s)->clauses); break;
  case NODE_TYPE_SWITCH: walk_clauses(l, w, s, targets, labeled, ((NodeTypeSwitch *)s)->clauses); break;
  case NODE_SELECT: walk_clauses(l, w, s, targets, labeled, ((NodeSelect *)s)->clauses); break;
  default: break;
  }
}

static void walk_list(Labels *l, Walk *w, Targets targets, NodeList list)
{
  while (list.len && list.items[list.len - 1]->kind == NODE_EMPTY) list.len--; // a fallthrough before them is the last
  for (uint32_t i = 0; i < list.len; i++) walk_stmt(l, w, list.items[i], targets, i + 1 == list.len);
}

static void walk_block(Labels *l, Walk *outer, Targets targets, NodeLabeled *labeled, Pos start, NodeList list)
{
  // Blocks outlive their walk: labels remember theirs.
  Walk *w = ARENA_NEW(l->c->arena, Walk);
  w->block = (Block){&outer->block, start, labeled};
  walk_list(l, w, targets, list);
  for (uint32_t i = 0; i < w->forward.len; i++) vec_push(&outer->forward, w->forward.data[i]);
  vec_free(&w->forward);
  vec_free(&w->bad);
}

void check_branches(Checker *c, NodeList body, Pos start)
{
  Labels l = {.c = c};
  Walk *w = ARENA_NEW(c->arena, Walk);
  w->block = (Block){NULL, start, NULL};
  walk_list(&l, w, (Targets){NULL, NULL, -1}, body);
  for (uint32_t i = 0; i < w->forward.len; i++) {
    NodeBranch *jump = w->forward.data[i];
    Label *label = find_label(&l, label_name(jump->label));
    if (label) {
      label->used = true;
      check_error(c, jump->label, "goto %s jumps into block starting at %s", label->name->text,
                  check_place(c, label->block->start));
    } else {
      check_error(c, jump->label, "label %s not defined", label_name(jump->label)->text);
    }
  }
  // Specification "Labeled statements": it is illegal to define a label that is never used.
  VEC_EACH(Label, label, &l.labels)
  {
    label->stmt->used = label->used;
    if (!label->used) check_error(c, label->stmt->label, "label %s defined and not used", label->name->text);
  }
  vec_free(&w->forward);
  vec_free(&w->bad);
  vec_free(&l.labels);
}
