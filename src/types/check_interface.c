// Interface types (specification "Interface types"): methods, embedded types, unions and ~T.
#include "types/checker.h"

static void report(void *context, Pos pos, const char *message, Pos other, const char *other_message) {
  Checker *c = context;
  check_error_pos(c, pos, NO_POS, "%s", message);
  if (other_message) check_note(c, other, "%s", other_message);
}

// --- unions

typedef struct {
  Type *type;
  Pos *positions;
} UnionUse;

static void check_union(Checker *c, void *data) {
  UnionUse *use = data;
  type_union_check(c->u, use->type, use->positions, c->package, report, c);
}

// Specification "General interfaces": in a term ~T or T, T cannot be a type parameter.
static UnionTerm check_term(Checker *c, Node *e) {
  bool tilde = e->kind == NODE_UNARY && ((NodeUnary *)e)->op == OPER_TILDE;
  Node *of = tilde ? ((NodeUnary *)e)->x : e;
  Type *t = check_type(c, of);
  if (type_is_param(t)) {
    if (tilde) check_error(c, of, "type in term %s cannot be a type parameter", expr_text(c, e));
    else check_error(c, of, "term cannot be a type parameter");
    t = check_invalid(c);
  }
  return (UnionTerm){t, tilde};
}

static uint32_t count_terms(Node *e) {
  uint32_t n = 1;
  for (; e->kind == NODE_BINARY && ((NodeBinary *)e)->op == OPER_OR; e = ((NodeBinary *)e)->x) n++;
  return n;
}

static Type *union_type(Checker *c, Node *e) {
  enum { MAX_TERMS = 100 };
  uint32_t n = count_terms(e);
  Node **nodes = ARENA_ARRAY(c->arena, Node *, n);
  Node *rest = e;
  for (uint32_t i = n; i-- > 0;) {
    nodes[i] = i ? ((NodeBinary *)rest)->y : rest;
    if (i) rest = ((NodeBinary *)rest)->x;
  }
  UnionTerm *terms = ARENA_ARRAY(c->arena, UnionTerm, n);
  UnionUse *use = ARENA_NEW(c->arena, UnionUse);
  use->positions = ARENA_ARRAY(c->arena, Pos, n);
  for (uint32_t i = 0; i < n; i++) {
    terms[i] = check_term(c, nodes[i]);
    use->positions[i] = nodes[i]->start;
    if (i == MAX_TERMS)
      check_error(c, nodes[i], "cannot handle more than %d union terms (implementation limitation)", MAX_TERMS);
  }
  if (n > MAX_TERMS) return check_invalid(c);
  if (n == 1 && !terms[0].tilde) return terms[0].type;
  use->type = type_union(c->u, terms, n);
  check_record_type(c, e, MODE_TYPE, use->type, NULL);
  check_delay(c, check_union, use);
  return use->type;
}

// --- interfaces

static void check_elements(Checker *c, void *data) { type_set_check(c->u, data, c->package, report, c); }

// Specification "Basic interfaces": the name of each explicitly specified method must be unique and not blank.
static void add_method(Checker *c, Type *t, NodeField *f) {
  NodeIdent *name = (NodeIdent *)f->name;
  if (name_is_blank(name->name)) {
    check_error(c, f->name, "methods must have a unique non-blank name");
    return;
  }
  Type *sig = check_type(c, f->of);
  if (sig->kind != TYPE_SIGNATURE) return;
  t->methods[t->method_count++] = (Method){.name = name->name, .package = c->package, .type = sig, .pos = name->h.pos};
}

static int compare_methods(const void *a, const void *b) {
  const Method *x = a, *y = b;
  Text tx = {x->name->text, x->name->len}, ty = {y->name->text, y->name->len};
  return text_compare(tx, ty);
}

Type *check_interface_type(Checker *c, NodeInterfaceType *e, Object *def) {
  uint32_t n = e->elems.len;
  Type *t = type_interface(c->u, ARENA_ARRAY(c->arena, Method, n), 0, ARENA_ARRAY(c->arena, Type *, n),
                           ARENA_ARRAY(c->arena, Pos, n), 0);
  check_set_def(c, def, t);
  bool outermost = !c->env.in_interface;
  if (n && outermost) vec_push(&c->interfaces, (Interface){&e->h, t});
  c->env.in_interface = true;
  for (uint32_t i = 0; i < n; i++) {
    NodeField *f = (NodeField *)e->elems.items[i];
    if (f->name) {
      add_method(c, t, f);
    } else if (f->of) {
      t->embeds[t->embed_count] = union_type(c, f->of);
      t->embed_pos[t->embed_count++] = f->of->start;
    }
  }
  c->env.in_interface = !outermost;
  qsort(t->methods, t->method_count, sizeof *t->methods, compare_methods);
  type_interface_complete(t);
  if (t->method_count + t->embed_count) check_delay(c, check_elements, t);
  return t;
}
