// Switch and select statements (specification "Switch statements", "Select statements").
#include "types/checker.h"

static void check_defaults(Checker *c, NodeList clauses) {
  Node *first = NULL;
  for (uint32_t i = 0; i < clauses.len; i++) {
    Node *clause = clauses.items[i];
    bool is_default = clause->kind == NODE_CASE ? ((NodeCase *)clause)->is_default : !((NodeComm *)clause)->comm;
    if (!is_default) continue;
    if (first) check_error(c, clause, "multiple defaults (first at %s)", check_place(c, first->start));
    else first = clause;
  }
}

// --- expression switches

typedef struct SeenCase {
  const Const *value;
  Type *type;
  Node *at;
  struct SeenCase *next; // of the same hash
} SeenCase;

// gc compares integer, floating-point and string constants only.
static bool is_case_value(const Const *value) {
  ConstKind kind = const_kind(value);
  return kind == CONST_INT || kind == CONST_FLOAT || kind == CONST_STRING;
}

// Specification "Expression switches", implementation restriction: no two equal constants of one type.
static void check_duplicate_case(Checker *c, PtrTable *seen, Operand *v) {
  if (v->mode != MODE_CONSTANT || !is_case_value(v->constant)) return;
  const void *hash = (const void *)(uintptr_t)(const_hash(v->constant) + 1ull);
  SeenCase *first = ptr_table_get(seen, hash);
  for (SeenCase *s = first; s; s = s->next) {
    if (!const_equal(s->value, v->constant) || !type_identical(s->type, v->type)) continue;
    check_error(c, v->expr, "duplicate case %s in expression switch", operand_text(c, v));
    check_note(c, s->at->pos, "previous case");
    return;
  }
  SeenCase *s = ARENA_NEW(c->arena, SeenCase);
  *s = (SeenCase){v->constant, v->type, v->expr, first};
  ptr_table_put(seen, hash, s);
}

// Specification: for each case expression v and the switch's value x, v == x must be a valid comparison.
static void check_case_values(Checker *c, Operand *x, NodeList exprs, PtrTable *seen) {
  for (uint32_t i = 0; i < exprs.len; i++) {
    Operand v;
    check_expr(c, &v, exprs.items[i]);
    if (x->mode == MODE_INVALID || v.mode == MODE_INVALID) continue;
    check_convert_untyped(c, &v, x->type);
    if (v.mode == MODE_INVALID) continue;
    Operand result = v, tag = *x;
    check_comparison(c, &result, &tag, OPER_EQL, true);
    if (result.mode != MODE_INVALID) check_duplicate_case(c, seen, &v);
  }
}

static void check_tag(Checker *c, Operand *x, NodeSwitch *s) {
  if (!s->tag) { // specification: a missing switch expression is equivalent to true
    NodeIdent *name = ARENA_NEW(c->arena, NodeIdent);
    Pos pos = s->clauses.len ? s->clauses.items[0]->start : s->rbrace;
    name->h = (Node){.kind = NODE_IDENT, .pos = pos, .start = pos, .end = pos};
    name->name = name_of(c->u->names, "true");
    *x = (Operand){.mode = MODE_CONSTANT,
                   .expr = &name->h,
                   .type = check_basic(c, TYPE_BOOL),
                   .constant = const_bool(c->arena, true)};
    return;
  }
  check_expr(c, x, s->tag);
  check_assignment(c, x, NULL, "switch expression");
  if (x->mode == MODE_INVALID || type_comparable(&c->query, x->type, true) || type_has_nil(x->type)) return;
  check_error(c, x->expr, "cannot switch on %s (%s is not comparable)", operand_text(c, x), type_text(c, x->type));
  x->mode = MODE_INVALID;
}

void check_switch(Checker *c, NodeSwitch *s) {
  check_open_scope(c, &s->h);
  if (s->init) check_stmt(c, s->init);
  Operand x;
  check_tag(c, &x, s);
  check_defaults(c, s->clauses);
  PtrTable seen = {0};
  for (uint32_t i = 0; i < s->clauses.len; i++) {
    NodeCase *clause = (NodeCase *)s->clauses.items[i];
    if (clause->h.kind != NODE_CASE) continue;
    check_case_values(c, &x, clause->exprs, &seen);
    check_open_scope(c, &clause->h);
    check_stmt_list(c, clause->body);
    check_close_scope(c);
  }
  ptr_table_deinit(&seen);
  check_close_scope(c);
}

// --- type switches

typedef struct {
  VEC(Type *) types; // NULL: nil
  VEC(Node *) nodes;
} SeenTypes;

static bool is_nil(Checker *c, Node *e) {
  e = node_unparen(e);
  if (e->kind != NODE_IDENT) return false;
  Object *object = scope_find(c->env.scope, ((NodeIdent *)e)->name, NO_POS, NULL);
  return object && object->kind == OBJECT_NIL;
}

static bool is_duplicate_type(Checker *c, SeenTypes *seen, Type *t, Node *e) {
  for (uint32_t i = 0; i < seen->types.len; i++) {
    Type *other = seen->types.data[i];
    if (t != other && !(t && other && type_identical(t, other))) continue;
    check_error(c, e, "duplicate case %s in type switch", t ? type_text(c, t) : "nil");
    check_note(c, check_start(seen->nodes.data[i]), "previous case");
    return true;
  }
  vec_push(&seen->types, t);
  vec_push(&seen->nodes, e);
  return false;
}

// Specification "Type switches": the types must be possible for x and all different. Returns the last one, NULL for
// nil.
static Type *check_case_types(Checker *c, Operand *x, NodeList exprs, SeenTypes *seen) {
  Type *t = NULL;
  for (uint32_t i = 0; i < exprs.len; i++) {
    Node *e = exprs.items[i];
    if (is_nil(c, e)) {
      Operand nil;
      t = NULL;
      check_expr(c, &nil, e);
    } else {
      t = check_var_type(c, e);
      if (!type_is_valid(t)) continue;
    }
    if (!is_duplicate_type(c, seen, t, e) && x && t) check_type_assertion(c, e, x, t, true);
  }
  return t;
}

// False: x is no interface value (reported).
static bool check_guard(Checker *c, Operand *x, NodeTypeSwitch *s) {
  check_expr(c, x, s->x);
  if (x->mode == MODE_INVALID) return false;
  if (type_is_param(x->type))
    check_error(c, x->expr, "cannot use type switch on type parameter value %s", operand_text(c, x));
  else if (!type_is_interface(x->type)) check_error(c, x->expr, "%s is not an interface", operand_text(c, x));
  else return true;
  return false;
}

// Specification "Type switches": the symbol has the case's type if there is exactly one, else the type of x.
static Object *declare_bound(Checker *c, NodeIdent *bind, NodeCase *clause, Type *t, Operand *x) {
  if (clause->exprs.len != 1 || !t) t = x ? x->type : check_invalid(c);
  Object *var = object_new(c->u, OBJECT_VAR, bind->name, c->package, bind->h.pos, t);
  var->decl = &clause->h;
  var->owner = c->env.func;
  clause->bound = var;
  check_declare(c, c->env.scope, NULL, var, clause->colon);
  return var;
}

void check_type_switch(Checker *c, NodeTypeSwitch *s) {
  check_open_scope(c, &s->h);
  if (s->init) check_stmt(c, s->init);
  NodeIdent *bind = (NodeIdent *)s->bind;
  if (node_is_blank(s->bind)) {
    check_error(c, s->bind, "no new variable on left side of :=");
    bind = NULL;
  }
  Operand guard, *x = check_guard(c, &guard, s) ? &guard : NULL;
  check_defaults(c, s->clauses);
  SeenTypes seen = {0};
  bool used = false;
  for (uint32_t i = 0; i < s->clauses.len; i++) {
    NodeCase *clause = (NodeCase *)s->clauses.items[i];
    if (clause->h.kind != NODE_CASE) continue;
    Type *t = check_case_types(c, x, clause->exprs, &seen);
    check_open_scope(c, &clause->h);
    Object *bound = bind ? declare_bound(c, bind, clause, t, x) : NULL;
    check_stmt_list(c, clause->body);
    if (bound) used |= bound->used;
    check_close_scope(c);
  }
  if (bind && !used) check_error(c, s->bind, "%s declared and not used", bind->name->text);
  vec_free(&seen.types);
  vec_free(&seen.nodes);
  check_close_scope(c);
}

// --- select

static bool is_receive(Node *e) {
  e = node_unparen(e);
  return e && e->kind == NODE_UNARY && ((NodeUnary *)e)->op == OPER_ARROW;
}

// Specification "Select statements": a case is a send or a receive, possibly with assignment or declaration.
static bool is_comm(Node *comm) {
  if (!comm || comm->kind == NODE_SEND) return true;
  if (comm->kind == NODE_EXPR_STMT) return is_receive(((NodeExprStmt *)comm)->x);
  if (comm->kind != NODE_ASSIGN) return false;
  NodeAssign *s = (NodeAssign *)comm;
  return s->rhs.len == 1 && !s->incdec && is_receive(s->rhs.items[0]);
}

void check_select(Checker *c, NodeSelect *s) {
  check_defaults(c, s->clauses);
  for (uint32_t i = 0; i < s->clauses.len; i++) {
    NodeComm *clause = (NodeComm *)s->clauses.items[i];
    if (clause->h.kind != NODE_COMM) continue;
    if (!is_comm(clause->comm)) {
      if (clause->comm->kind != NODE_BAD_STMT)
        check_error(c, clause->comm, "select case must be send or receive (possibly with assignment)");
      continue;
    }
    check_open_scope(c, &clause->h);
    if (clause->comm) check_stmt(c, clause->comm);
    check_stmt_list(c, clause->body);
    check_close_scope(c);
  }
}
