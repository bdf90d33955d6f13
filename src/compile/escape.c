// Which local variables must live on the heap, and which a function literal captures. One walk over a function's tree,
// once, before it is first compiled; the facts are kept in the Objects and in Compiler.captures.
//
//   captured        used by a function literal, or by the body of a range over a function, outside of which it is declared
//   address_taken   &x, x[:] of an array, a method with pointer receiver called on x, or on a part of x
//   mentioned_at, address_at    no mention of x after its declaration, and nothing that makes it captured or address_taken, comes before
//   reassigned      assigned after its declaration, itself or a part of it
//   varies          a loop's variable that is assigned by anything but the post statement of the loop
//   indexed         an array, or holding one, that is indexed by a variable
#include "compile/escape.h"

// A function literal or range body around the node being visited.
typedef struct Context Context;
struct Context {
  Context *outer;
  Node *node;         // FUNC_LIT or RANGE; the outermost: FUNC or any other node
  Pos from, to;       // what is declared here belongs to it
  Pos also_from, also_to; // a range's variables
  Captures *captures; // NULL in the outermost
  Type *sig;          // functions
};

typedef struct {
  Compiler *c;
  Context *context;
  const NodeFor *stepping; // its post statement is visited, and no function literal in that; or NULL
} Escape;

static void visit(Escape *e, Node *n);

static bool declared_in(const Context *c, const Object *o) {
  return (o->pos >= c->from && o->pos < c->to) || (o->pos >= c->also_from && o->pos < c->also_to);
}

static void note_first(Pos *first, Pos pos) {
  if (*first == NO_POS || pos < *first) *first = pos;
}

static void add_capture(Escape *e, Context *context, Object *o) {
  note_first(&o->address_at, context->node->start);
  Captures *list = context->captures;
  for (uint32_t i = 0; i < list->len; i++)
    if (list->items[i] == o) return;
  if (list->len == list->cap) {
    uint32_t cap = list->cap ? 2 * list->cap : 4;
    Object **items = ARENA_ARRAY(&e->c->scratch, Object *, cap);
    for (uint32_t i = 0; i < list->len; i++) items[i] = list->items[i];
    list->items = items;
    list->cap = cap;
  }
  list->items[list->len++] = o;
  o->captured = true;
}

static bool is_local(const Object *o) { return o && o->kind == OBJECT_VAR && !o->is_field && !o->is_global; }

static void use(Escape *e, Object *o, Pos pos) {
  if (!is_local(o)) return;
  if (pos != o->pos) note_first(&o->mentioned_at, pos);
  for (Context *c = e->context; c->captures && !declared_in(c, o); c = c->outer) add_capture(e, c, o);
}

static Type *under(const Node *n) {
  Type *core = n->type ? type_core(n->type) : NULL;
  return core ? core : n->type ? type_underlying(n->type) : NULL;
}

Object *base_variable(Node *x) {
  for (;;) {
    x = node_unparen(x);
    if (!x) return NULL;
    switch (x->kind) {
    case NODE_IDENT: return is_local(((NodeIdent *)x)->obj) ? ((NodeIdent *)x)->obj : NULL;
    case NODE_SELECTOR: {
      Selection *s = ((NodeSelector *)x)->selection;
      if (!s || s->kind != SELECT_FIELD || s->indirect) return NULL;
      x = ((NodeSelector *)x)->x;
      break;
    }
    case NODE_INDEX: {
      Type *t = under(((NodeIndex *)x)->x);
      if (!t || t->kind != TYPE_ARRAY) return NULL;
      x = ((NodeIndex *)x)->x;
      break;
    }
    default: return NULL;
    }
  }
}

static void take_address(Node *x) {
  Object *o = base_variable(x);
  if (!o) return;
  o->address_taken = true;
  note_first(&o->address_at, x->start);
}

static void vary(Object *o) {
  o->reassigned = true;
  o->varies = true;
}

static void assign(const Escape *e, Node *x) {
  Object *o = base_variable(x);
  if (!o) return;
  if (e->stepping && o->loop_var && o->decl == e->stepping->init) o->reassigned = true;
  else vary(o);
}

// Specification "For clause": each iteration has its own variables, and the post statement sets those of the next one. So if nothing else does,
// a variable is constant in its iteration, and closures may have its value. A literal in the post statement is made before or after the step.
static void visit_for(Escape *e, NodeFor *n) {
  visit(e, n->init);
  visit(e, n->cond);
  e->stepping = n;
  visit(e, n->post);
  e->stepping = NULL;
  visit(e, n->body);
}

static void index_by_variable(Node *array) {
  Object *o = base_variable(array);
  if (o) o->indexed = true;
}

static void visit_list(Escape *e, NodeList *list) {
  for (uint32_t i = 0; i < list->len; i++) visit(e, list->items[i]);
}

static bool visit_child(void *context, Node *n) {
  visit(context, n);
  return true;
}

static void visit_children(Escape *e, Node *n) { node_each_child(n, visit_child, e); }

static void enter(Escape *e, Context *inner, Node *node, Node *extent, Type *sig) {
  NodeList *steps = e->stepping && e->stepping->init && e->stepping->init->kind == NODE_ASSIGN ? &((NodeAssign *)e->stepping->init)->lhs : NULL;
  for (uint32_t i = 0; steps && i < steps->len; i++) {
    Object *o = base_variable(steps->items[i]);
    if (o) o->varies = true;
  }
  e->stepping = NULL;
  *inner = (Context){.outer = e->context, .node = node, .from = extent->start, .to = extent->end, .sig = sig};
  inner->captures = ARENA_NEW(&e->c->scratch, Captures);
  ptr_table_put(&e->c->captures, node, inner->captures);
  e->context = inner;
}

static void leave(Escape *e) { e->context = e->context->outer; }

static void visit_literal(Escape *e, NodeFuncLit *n) {
  Context inner;
  enter(e, &inner, &n->h, &n->h, n->info ? n->info->signature : n->h.type);
  visit(e, n->sig);
  visit(e, n->body);
  leave(e);
}

bool is_range_func(const NodeRange *n) {
  Type *t = under(n->x);
  return t && t->kind == TYPE_SIGNATURE;
}

// With -loopvar=shared each iteration assigns the same variable.
static void share_loop_variable(const NodeRange *n, Node *x) {
  Object *o = n->define && x && x->kind == NODE_IDENT ? ((NodeIdent *)x)->obj : NULL;
  if (o && !o->loop_var) vary(o);
}

static void visit_range(Escape *e, NodeRange *n) {
  visit(e, n->x);
  if (!n->define) {
    if (n->key) assign(e, n->key);
    if (n->value) assign(e, n->value);
  }
  share_loop_variable(n, n->key);
  share_loop_variable(n, n->value);
  Type *t = under(n->x);
  if (t && t->kind == TYPE_ARRAY && n->value) index_by_variable(n->x);
  if (!is_range_func(n)) {
    visit(e, n->key);
    visit(e, n->value);
    visit(e, n->body);
    return;
  }
  Context inner;
  enter(e, &inner, &n->h, n->body, NULL);
  if (n->define && n->key) {
    inner.also_from = n->key->start;
    inner.also_to = (n->value ? n->value : n->key)->end;
  }
  visit(e, n->key);
  visit(e, n->value);
  visit(e, n->body);
  leave(e);
}

// A return in the body of a range over a function sets the results of the function around it.
static void visit_return(Escape *e, NodeReturn *n) {
  visit_list(e, &n->results);
  if (!e->context->captures || e->context->sig) return;
  Context *function = e->context;
  while (!function->sig && function->captures) function = function->outer;
  if (!function->sig) return;
  for (uint32_t i = 0; i < function->sig->result_count; i++) {
    Object *result = function->sig->results[i];
    result->reassigned = true;
    result->is_result = true;
    for (Context *c = e->context; c != function; c = c->outer) add_capture(e, c, result);
  }
}

static void visit_assign(Escape *e, NodeAssign *n) {
  for (uint32_t i = 0; i < n->lhs.len; i++) {
    Node *x = n->lhs.items[i];
    if (n->define && x->kind == NODE_IDENT) {
      Object *o = ((NodeIdent *)x)->obj;
      if (o && o->pos != x->pos && o->pos != x->start) vary(o); // redeclared: assigned
    } else {
      assign(e, x);
    }
  }
  visit_children(e, &n->h);
}

static void visit_selector(Escape *e, NodeSelector *n) {
  Selection *s = n->selection;
  if (!s) {
    if (n->x->kind != NODE_IDENT) visit(e, n->x);
    return;
  }
  if (s->kind == SELECT_METHOD_VALUE && !s->indirect && s->object && s->object->pointer_recv) take_address(n->x);
  visit(e, n->x);
}

static void visit(Escape *e, Node *n) {
  if (!n) return;
  switch ((NodeKind)n->kind) {
  case NODE_IDENT: use(e, ((NodeIdent *)n)->obj, n->pos); return;
  case NODE_FUNC_LIT: visit_literal(e, (NodeFuncLit *)n); return;
  case NODE_FOR: visit_for(e, (NodeFor *)n); return;
  case NODE_RANGE: visit_range(e, (NodeRange *)n); return;
  case NODE_RETURN: visit_return(e, (NodeReturn *)n); return;
  case NODE_ASSIGN: visit_assign(e, (NodeAssign *)n); return;
  case NODE_SELECTOR: visit_selector(e, (NodeSelector *)n); return;
  case NODE_COMPOSITE: {
    NodeComposite *lit = (NodeComposite *)n;
    Type *t = under(n);
    if (t && t->kind == TYPE_POINTER) t = type_underlying(t->elem);
    bool is_struct = t && t->kind == TYPE_STRUCT;
    for (uint32_t i = 0; i < lit->elems.len; i++) {
      Node *elem = lit->elems.items[i];
      visit(e, is_struct && elem->kind == NODE_KEY_VALUE ? ((NodeKeyValue *)elem)->value : elem);
    }
    return;
  }
  case NODE_UNARY:
    if (((NodeUnary *)n)->op == OPER_AND) take_address(((NodeUnary *)n)->x);
    break;
  case NODE_SLICE: {
    Type *t = under(((NodeSlice *)n)->x);
    if (t && t->kind == TYPE_ARRAY) take_address(((NodeSlice *)n)->x);
    break;
  }
  case NODE_INDEX: {
    NodeIndex *i = (NodeIndex *)n;
    Type *t = i->x->mode == MODE_TYPE ? NULL : under(i->x);
    if (t && t->kind == TYPE_ARRAY && !i->indices.items[0]->constant) index_by_variable(i->x);
    break;
  }
  default:
    if (n->mode == MODE_TYPE) return; // a type names no variables, but [len(x)]T and its like are constants
    break;
  }
  visit_children(e, n);
}

void escape_analyse(Compiler *c, Node *n, Type *sig) {
  if (!n || ptr_table_has(&c->analysed, n)) return;
  ptr_table_put(&c->analysed, n, n);
  Context outermost = {.node = n, .sig = sig};
  Escape e = {.c = c, .context = &outermost};
  visit(&e, n);
}
