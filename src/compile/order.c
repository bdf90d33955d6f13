// Order of evaluation (specification "Order of evaluation"): calls, receives and logical operations happen in lexical
// order. When variables are loaded relative to them is not specified; gc evaluates the calls of a statement first and loads
// afterwards, and so do we, where it can be seen: an operand that loads memory followed by one that calls.
#include "compile/expr.h"

static bool list_has_call(const NodeList *list) {
  for (uint32_t i = 0; i < list->len; i++)
    if (has_call(list->items[i])) return true;
  return false;
}

static bool builtin_is_call(int builtin) {
  switch (builtin) {
  case BUILTIN_CAP: case BUILTIN_LEN: case BUILTIN_COMPLEX: case BUILTIN_IMAG: case BUILTIN_REAL: case BUILTIN_MAX: case BUILTIN_MIN:
  case BUILTIN_MAKE: case BUILTIN_NEW: case BUILTIN_SIZEOF: case BUILTIN_ALIGNOF: case BUILTIN_OFFSETOF:
  case BUILTIN_ADD: case BUILTIN_SLICE: case BUILTIN_SLICE_DATA: case BUILTIN_STRING: case BUILTIN_STRING_DATA: return false;
  default: return true;
  }
}

bool has_call(const Node *n) {
  if (!n || n->mode == MODE_CONSTANT || n->mode == MODE_TYPE) return false;
  switch (n->kind) {
  case NODE_CALL: {
    const NodeCall *c = (const NodeCall *)n;
    if (c->call == CALL_BUILTIN && !builtin_is_call(c->builtin)) return list_has_call(&c->args);
    return c->call != CALL_CONVERSION || list_has_call(&c->args);
  }
  case NODE_UNARY: return ((const NodeUnary *)n)->op == OPER_ARROW || has_call(((const NodeUnary *)n)->x);
  case NODE_BINARY: return has_call(((const NodeBinary *)n)->x) || has_call(((const NodeBinary *)n)->y);
  case NODE_PAREN: return has_call(((const NodeParen *)n)->x);
  case NODE_STAR: return has_call(((const NodeStar *)n)->x);
  case NODE_SELECTOR: return has_call(((const NodeSelector *)n)->x);
  case NODE_INDEX: return has_call(((const NodeIndex *)n)->x) || list_has_call(&((const NodeIndex *)n)->indices);
  case NODE_SLICE: {
    const NodeSlice *s = (const NodeSlice *)n;
    return has_call(s->x) || has_call(s->lo) || has_call(s->hi) || has_call(s->max);
  }
  case NODE_TYPE_ASSERT: return has_call(((const NodeTypeAssert *)n)->x);
  case NODE_COMPOSITE: return list_has_call(&((const NodeComposite *)n)->elems);
  case NODE_KEY_VALUE: return has_call(((const NodeKeyValue *)n)->key) || has_call(((const NodeKeyValue *)n)->value);
  default: return false;
  }
}

// Does evaluating n load something that a later call could change?
static bool loads(Fn *f, Node *n) {
  n = node_unparen(n);
  if (!n || n->mode == MODE_CONSTANT || n->mode == MODE_TYPE) return false;
  switch (n->kind) {
  case NODE_IDENT: {
    Object *o = ((NodeIdent *)n)->obj;
    if (!o || o->kind != OBJECT_VAR) return false;
    Var *v = var_of(f, o);
    return !v || v->boxed;
  }
  case NODE_LITERAL: case NODE_FUNC_LIT: return false;
  case NODE_CALL: {
    NodeCall *c = (NodeCall *)n;
    if (c->call != CALL_CONVERSION && !(c->call == CALL_BUILTIN && !builtin_is_call(c->builtin))) return false; // done in order
    for (uint32_t i = 0; i < c->args.len; i++)
      if (loads(f, c->args.items[i])) return true;
    return false;
  }
  case NODE_UNARY: return ((NodeUnary *)n)->op != OPER_ARROW && ((NodeUnary *)n)->op != OPER_AND && loads(f, ((NodeUnary *)n)->x);
  case NODE_BINARY: return loads(f, ((NodeBinary *)n)->x) || loads(f, ((NodeBinary *)n)->y);
  default: return true;
  }
}

// Variables, numbers and their arithmetic, but for what the specification lets panic.
bool cannot_panic(Fn *f, Node *n) {
  n = node_unparen(n);
  if (constant_of(f, n)) return true;
  switch (n->kind) {
  case NODE_IDENT: return ((NodeIdent *)n)->obj && ((NodeIdent *)n)->obj->kind == OBJECT_VAR;
  case NODE_SELECTOR: {
    NodeSelector *s = (NodeSelector *)n;
    return !s->selection || (s->selection->kind == SELECT_FIELD && !s->selection->indirect && cannot_panic(f, s->x));
  }
  case NODE_UNARY: {
    NodeUnary *u = (NodeUnary *)n;
    return u->op != OPER_ARROW && u->op != OPER_AND && cannot_panic(f, u->x);
  }
  case NODE_BINARY: {
    NodeBinary *b = (NodeBinary *)n;
    TypeKind kind = basic_kind(f, node_type(f, n));
    if (kind == TYPE_INVALID || !type_is_numeric(f->c->u->basic[kind]) || !cannot_panic(f, b->x) || !cannot_panic(f, b->y)) return false;
    if (b->op == OPER_QUO || b->op == OPER_REM) return constant_of(f, b->y) != NULL;
    return (b->op != OPER_SHL && b->op != OPER_SHR) || constant_of(f, b->y) || type_is_unsigned(under_of(f->c, node_type(f, b->y)));
  }
  case NODE_CALL: {
    NodeCall *c = (NodeCall *)n;
    if (c->call == CALL_BUILTIN) return c->builtin == BUILTIN_LEN && cannot_panic(f, c->args.items[0]);
    if (c->call != CALL_CONVERSION || basic_kind(f, node_type(f, n)) == TYPE_INVALID) return false;
    TypeKind from = basic_kind(f, node_type(f, c->args.items[0]));
    return from != TYPE_INVALID && type_is_numeric(f->c->u->basic[from]) && cannot_panic(f, c->args.items[0]);
  }
  default: return false;
  }
}

bool hoisted_slot(Fn *f, const Node *n, Slot *slot) {
  for (uint32_t i = f->hoisted.len; i--;)
    if (f->hoisted.data[i].node == n) {
      *slot = f->hoisted.data[i].slot;
      return true;
    }
  return false;
}

static void hoist_list(Fn *f, NodeList *list) {
  for (uint32_t i = 0; i < list->len; i++) hoist_calls(f, list->items[i]);
}

Slot hoist_value(Fn *f, Node *n) {
  Slot slot = slots_take(f, node_info(f, n));
  expr(f, n, slot);
  vec_push(&f->hoisted, (Hoisted){n, slot});
  return slot;
}

static void hoist(Fn *f, Node *n) {
  Slot slot;
  if (hoisted_slot(f, n, &slot)) return;
  if (n->type && n->type->kind == TYPE_TUPLE) return;
  hoist_value(f, n);
}

// Evaluate the calls in n, in order, and remember their results.
void hoist_calls(Fn *f, Node *n) {
  n = node_unparen(n);
  if (!n || n->mode == MODE_CONSTANT || n->mode == MODE_TYPE) return;
  Slot slot;
  if (hoisted_slot(f, n, &slot)) return; // with all that it calls
  switch (n->kind) {
  case NODE_CALL: {
    NodeCall *c = (NodeCall *)n;
    if (c->call == CALL_CONVERSION) hoist_list(f, &c->args);
    else hoist(f, n);
    break;
  }
  case NODE_UNARY: {
    NodeUnary *u = (NodeUnary *)n;
    if (u->op == OPER_ARROW) hoist(f, n);
    else hoist_calls(f, u->x);
    break;
  }
  case NODE_BINARY: {
    NodeBinary *b = (NodeBinary *)n;
    if (b->op == OPER_AND_AND || b->op == OPER_OR_OR) {
      if (has_call(n)) hoist(f, n);
    } else {
      hoist_calls(f, b->x);
      hoist_calls(f, b->y);
    }
    break;
  }
  case NODE_STAR: hoist_calls(f, ((NodeStar *)n)->x); break;
  case NODE_SELECTOR: hoist_calls(f, ((NodeSelector *)n)->x); break;
  case NODE_INDEX: {
    NodeIndex *i = (NodeIndex *)n;
    hoist_calls(f, i->x);
    hoist_list(f, &i->indices);
    break;
  }
  case NODE_SLICE: {
    NodeSlice *s = (NodeSlice *)n;
    hoist_calls(f, s->x);
    hoist_calls(f, s->lo);
    hoist_calls(f, s->hi);
    hoist_calls(f, s->max);
    break;
  }
  case NODE_TYPE_ASSERT: hoist_calls(f, ((NodeTypeAssert *)n)->x); break;
  case NODE_COMPOSITE: hoist_list(f, &((NodeComposite *)n)->elems); break;
  case NODE_KEY_VALUE:
    if (has_call(((NodeKeyValue *)n)->key)) hoist_calls(f, ((NodeKeyValue *)n)->key);
    hoist_calls(f, ((NodeKeyValue *)n)->value);
    break;
  default: break;
  }
}

// The same for an operand on the left of an assignment: it is not loaded.
void hoist_target(Fn *f, Node *n) {
  n = node_unparen(n);
  switch (n->kind) {
  case NODE_STAR: hoist_calls(f, ((NodeStar *)n)->x); break;
  case NODE_SELECTOR: hoist_target(f, ((NodeSelector *)n)->x); break;
  case NODE_INDEX: {
    NodeIndex *i = (NodeIndex *)n;
    if (under_of(f->c, node_type(f, i->x))->kind == TYPE_ARRAY) hoist_target(f, i->x);
    else hoist_calls(f, i->x);
    hoist_list(f, &i->indices);
    break;
  }
  case NODE_IDENT: break;
  default: hoist_calls(f, n); break;
  }
}

void order_operands(Fn *f, Node *x, Node *y) {
  if (!has_call(y) || !loads(f, x)) return;
  hoist_calls(f, x);
  hoist_calls(f, y);
}

// copied: which of them are copied where they stand, not loaded after the calls; NULL for none.
void order_copied(Fn *f, Node **nodes, const bool *copied, uint32_t n) {
  uint32_t last = n;
  while (last > 0 && !has_call(nodes[last - 1])) last--;
  if (last < 2) return;
  bool any = false;
  for (uint32_t i = 0; i + 1 < last && !any; i++) any = !(copied && copied[i]) && loads(f, nodes[i]);
  if (!any) return;
  for (uint32_t i = 0; i < last; i++) {
    if (copied && copied[i] && loads(f, nodes[i])) hoist(f, node_unparen(nodes[i]));
    else hoist_calls(f, nodes[i]);
  }
}

void order_list(Fn *f, Node **nodes, uint32_t n) { order_copied(f, nodes, NULL, n); }
