// What a loop need not compute again: constants without an immediate form, loaded once before the outermost loop of a nest; the lengths of
// slices that a loop compares with and does not assign; and the bounds that its condition computes from what it does not assign.
#include "compile/invariant.h"

#include "compile/expr.h"
#include "compile/inline.h"

enum { MOST_CONSTANTS = 24 };

// --- constants

static bool wants_slot(Fn *f, Operator op, const Node *n, uint64_t *word) {
  if (!n->constant || n->mode != MODE_CONSTANT || n->generic) return false;
  TypeKind kind = basic_kind(f, node_type(f, n));
  if (op == OPER_SHL || op == OPER_SHR || !const_bits(f, n, node_type(f, n), word)) return false;
  if (kind == TYPE_FLOAT64 || kind == TYPE_FLOAT32) return true;
  if (!type_is_integer(f->c->u->basic[kind])) return false;
  if ((int64_t)*word != (int16_t)*word) return true;
  bool wide = kind == TYPE_UINT64 || kind == TYPE_UINT || kind == TYPE_UINTPTR;
  return wide && *word > 1 && (*word & (*word - 1)) && (op == OPER_QUO || op == OPER_REM || (op >= OPER_LSS && op <= OPER_GEQ));
}

static void keep_word(Fn *f, Node *n) {
  uint64_t word;
  n = node_unparen(n);
  if (f->constants.len >= MOST_CONSTANTS || n->generic || n->mode != MODE_CONSTANT || !n->constant) return;
  if (!const_bits(f, n, node_type(f, n), &word)) return;
  const void *key = (const void *)(uintptr_t)word;
  if (ptr_table_has(&f->constants, key)) return;
  Slot slot = slot_word(f);
  emit_load_word(f, slot, word);
  ptr_table_put(&f->constants, key, (void *)(uintptr_t)(slot + 1));
}

static void keep(Fn *f, Operator op, Node *n) {
  uint64_t word;
  if (wants_slot(f, op, node_unparen(n), &word)) keep_word(f, n);
}

// Indexes of slices and strings have no immediate form, nor have values that are stored to memory.
static void keep_index(Fn *f, const NodeIndex *n) {
  if (n->x->mode == MODE_TYPE || n->h.generic || n->indices.len != 1) return;
  TypeKind kind = under_of(f->c, node_type(f, n->x))->kind;
  if (kind == TYPE_SLICE || kind == TYPE_STRING) keep_word(f, n->indices.items[0]);
}

static void keep_stored(Fn *f, const NodeAssign *n, uint32_t i) {
  if (n->lhs.len != n->rhs.len) return;
  const Node *to = node_unparen(n->lhs.items[i]);
  bool memory = to->kind == NODE_STAR || (to->kind == NODE_INDEX && to->mode != MODE_MAP_INDEX) ||
                (to->kind == NODE_SELECTOR && ((const NodeSelector *)to)->selection && ((const NodeSelector *)to)->selection->indirect);
  if (memory && to->type && !is_interface(f, node_type(f, to))) keep_word(f, n->rhs.items[i]);
}

static bool visit(void *context, Node *n) {
  Fn *f = context;
  if (n->mode == MODE_CONSTANT || n->kind == NODE_FUNC_LIT || n->mode == MODE_TYPE) return true;
  if (n->kind == NODE_BINARY) {
    keep(f, ((NodeBinary *)n)->op, ((NodeBinary *)n)->x);
    keep(f, ((NodeBinary *)n)->op, ((NodeBinary *)n)->y);
  } else if (n->kind == NODE_INDEX) {
    keep_index(f, (NodeIndex *)n);
  } else if (n->kind == NODE_CALL) {
    Node *body = inline_body(f->c, (NodeCall *)n);
    if (body) visit(f, body);
  } else if (n->kind == NODE_ASSIGN && ((NodeAssign *)n)->op == OPER_NONE && !((NodeAssign *)n)->define) {
    for (uint32_t i = 0; i < ((NodeAssign *)n)->rhs.len; i++) keep_stored(f, (NodeAssign *)n, i);
  } else if (n->kind == NODE_ASSIGN && ((NodeAssign *)n)->op != OPER_NONE && ((NodeAssign *)n)->rhs.len == 1) {
    keep(f, ((NodeAssign *)n)->op, ((NodeAssign *)n)->rhs.items[0]);
  }
  return node_each_child(n, visit, f);
}

void loop_enter(Fn *f, Node *loop) {
  if (f->loop_depth++ == 0) node_each_child(loop, visit, f);
}

void loop_leave(Fn *f) {
  if (--f->loop_depth == 0) ptr_table_deinit(&f->constants);
}

// --- lengths

typedef struct {
  const Object *object;
  bool found;
} Assigned;

static bool is_object(const Node *n, const Object *o) {
  n = node_unparen((Node *)n);
  return n && n->kind == NODE_IDENT && ((const NodeIdent *)n)->obj == o;
}

static bool find_assignment(void *context, Node *n) {
  Assigned *a = context;
  if (n->kind == NODE_ASSIGN) {
    NodeAssign *assign = (NodeAssign *)n;
    for (uint32_t i = 0; i < assign->lhs.len; i++) a->found |= is_object(assign->lhs.items[i], a->object);
  } else if (n->kind == NODE_RANGE) {
    a->found |= is_object(((NodeRange *)n)->key, a->object) || is_object(((NodeRange *)n)->value, a->object);
  }
  if (!a->found) node_each_child(n, find_assignment, a);
  return !a->found;
}

static bool is_assigned_in(Node *loop, const Object *object) {
  Assigned a = {object, false};
  node_each_child(loop, find_assignment, &a);
  return a.found;
}

// len(s) of a slice that lives in the frame: its variable, or NULL.
static Object *length_operand(Fn *f, Node *n) {
  n = node_unparen(n);
  if (n->kind != NODE_CALL || n->constant || ((NodeCall *)n)->call != CALL_BUILTIN || ((NodeCall *)n)->builtin != BUILTIN_LEN) return NULL;
  Node *x = node_unparen(((NodeCall *)n)->args.items[0]);
  if (x->kind != NODE_IDENT || !((NodeIdent *)x)->obj || ((NodeIdent *)x)->obj->kind != OBJECT_VAR) return NULL;
  Object *o = ((NodeIdent *)x)->obj;
  Var *v = var_of(f, o);
  return v && !v->boxed && v->info->under->kind == TYPE_SLICE ? o : NULL;
}

void loop_keep_length(Fn *f, Node *loop, Node *cond) {
  cond = cond ? node_unparen(cond) : NULL;
  if (!cond || cond->kind != NODE_BINARY) return;
  NodeBinary *b = (NodeBinary *)cond;
  if (b->op == OPER_AND_AND) {
    loop_keep_length(f, loop, b->x);
    loop_keep_length(f, loop, b->y);
    return;
  }
  Node *sides[2] = {b->x, b->y};
  for (int i = 0; i < 2; i++) {
    Object *o = length_operand(f, sides[i]);
    if (!o || (o->reassigned && is_assigned_in(loop, o))) continue;
    Slot len = slot_word(f);
    emit(f, OP_LEN, len, var_of(f, o)->slot, 0);
    vec_push(&f->lengths, (KeptLength){o, len});
  }
}

// --- bounds: the sides of a loop's condition that are computed from what the loop does not change, and cannot panic

enum { MOST_BOUND_NODES = 12 };

typedef struct {
  Fn *f;
  Node *loop;
  uint32_t nodes, operations;
} Bound;

static bool is_fixed(Bound *b, Node *n);

static bool is_fixed_variable(const Bound *b, const Object *o) {
  if (!o || o->kind != OBJECT_VAR || o->is_global) return false;
  const Var *v = var_of(b->f, (Object *)o);
  return v && !v->boxed && !(o->reassigned && is_assigned_in(b->loop, o));
}

static bool is_fixed_binary(Bound *b, NodeBinary *n) {
  b->operations++;
  switch (n->op) {
  case OPER_QUO: case OPER_REM: case OPER_SHL: case OPER_SHR:
    if (!n->y->constant || const_sign(n->y->constant) == 0) return false;
    break;
  case OPER_ADD: case OPER_SUB: case OPER_MUL: case OPER_AND: case OPER_OR: case OPER_XOR: case OPER_AND_NOT: break;
  default: return false;
  }
  return is_fixed(b, n->x) && is_fixed(b, n->y);
}

static bool is_fixed(Bound *b, Node *n) {
  n = node_unparen(n);
  if (++b->nodes > MOST_BOUND_NODES || !n->type || n->generic || !type_is_integer(under_of(b->f->c, node_type(b->f, n)))) return false;
  if (n->mode == MODE_CONSTANT) return n->constant;
  if (n->kind == NODE_IDENT) return is_fixed_variable(b, ((NodeIdent *)n)->obj);
  if (n->kind == NODE_BINARY) return is_fixed_binary(b, (NodeBinary *)n);
  const Object *slice = length_operand(b->f, n);
  return slice && is_fixed_variable(b, slice);
}

void loop_keep_bounds(Fn *f, Node *loop, Node *cond) {
  cond = cond ? node_unparen(cond) : NULL;
  if (!cond || cond->kind != NODE_BINARY) return;
  NodeBinary *b = (NodeBinary *)cond;
  if (b->op == OPER_AND_AND) {
    loop_keep_bounds(f, loop, b->x);
    loop_keep_bounds(f, loop, b->y);
    return;
  }
  if (b->op < OPER_LSS || b->op > OPER_GEQ) return;
  Node *sides[2] = {b->x, b->y};
  for (int i = 0; i < 2; i++) {
    Bound bound = {.f = f, .loop = loop};
    Node *side = node_unparen(sides[i]);
    if (side->mode == MODE_CONSTANT || !is_fixed(&bound, side) || !bound.operations) continue;
    Slot slot = slot_word(f);
    uint32_t top = f->top;
    expr(f, side, slot);
    f->top = top;
    vec_push(&f->bounds, (Hoisted){side, slot});
  }
}

void loop_recall_bounds(Fn *f, uint32_t from) {
  for (uint32_t i = from; i < f->bounds.len; i++) vec_push(&f->hoisted, f->bounds.data[i]);
}

bool kept_length(Fn *f, Node *x, Slot *slot) {
  x = node_unparen(x);
  for (uint32_t i = f->lengths.len; i--;)
    if (is_object(x, f->lengths.data[i].object)) {
      *slot = f->lengths.data[i].slot;
      return true;
    }
  return false;
}
