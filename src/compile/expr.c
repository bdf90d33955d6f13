// Expressions: which rule makes which value (specification "Expressions"), and implicit conversions.
#include "compile/expr.h"

#include "compile/access.h"
#include "types/lookup.h"

bool is_nil_name(const Node *n) {
  n = node_unparen((Node *)n);
  return n->mode == MODE_NIL || (n->kind == NODE_IDENT && ((const NodeIdent *)n)->obj && ((const NodeIdent *)n)->obj->kind == OBJECT_NIL);
}

bool is_blank(const Node *n) {
  n = node_unparen((Node *)n);
  return n->kind == NODE_IDENT && name_is_blank(((const NodeIdent *)n)->name);
}

bool is_interface(Fn *f, Type *t) { return under_of(f->c, t)->kind == TYPE_INTERFACE; }

// Composite literals are built where they are wanted: a variable that may be read while that happens must not be given
// as the destination.
bool expr_writes_early(const Node *n) {
  n = node_unparen((Node *)n);
  switch (n->kind) {
  case NODE_COMPOSITE: return true;
  case NODE_UNARY: return ((const NodeUnary *)n)->op == OPER_AND && node_unparen(((const NodeUnary *)n)->x)->kind == NODE_COMPOSITE;
  case NODE_CALL: {
    const NodeCall *c = (const NodeCall *)n;
    return c->call == CALL_CONVERSION && expr_writes_early(c->args.items[0]);
  }
  default: return false;
  }
}

// --- primary expressions

static Slot ident(Fn *f, NodeIdent *n, Slot dst) {
  Object *o = n->obj;
  ASSERT(o, "value of the blank identifier");
  switch (o->kind) {
  case OBJECT_VAR: return loc_load(f, loc_var(f, o), dst);
  case OBJECT_FUNC: return function_value(f, inst_function(f->c, o, fn_type_list(f, n->targs ? *n->targs : (TypeList){0})), dst);
  case OBJECT_CONST: return const_value(f, o->constant, node_type(f, &n->h), dst);
  default: UNREACHABLE("identifier is no value");
  }
}

Slot expr_index(Fn *f, NodeIndex *n, Slot dst) {
  Type *t = under_of(f->c, node_type(f, n->x));
  if (t->kind == TYPE_SIGNATURE) return function_value(f, static_function(f, &n->h), dst); // explicit instantiation
  if (t->kind == TYPE_STRING || t->kind == TYPE_UNTYPED_STRING) {
    uint32_t top = f->top;
    order_operands(f, n->x, n->indices.items[0]);
    Slot s = expr_any(f, n->x), i = expr_any(f, n->indices.items[0]);
    if (dst == NO_SLOT) {
      f->top = top;
      dst = slot_word(f);
    }
    at(f, &n->h);
    emit(f, OP_STRIDX, dst, s, i);
    note_index(f, index_is_big(f, n->indices.items[0]));
    return dst;
  }
  order_operands(f, n->x, n->indices.items[0]);
  uint32_t top = f->top;
  Loc l = loc_of(f, &n->h);
  at(f, &n->h);
  if (dst == NO_SLOT && l.kind != LOC_SLOT && l.info->slots == 1 && l.kind != LOC_MAP) {
    f->top = top;
    dst = slot_word(f);
  }
  return loc_load(f, l, dst);
}

// Specification "Slice expressions".
Slot expr_slice(Fn *f, NodeSlice *n, Slot dst) {
  Type *xt = node_type(f, n->x), *t = under_of(f->c, xt);
  Node *parts[4] = {n->x, n->lo, n->hi, n->max};
  uint32_t count = 0;
  Node *present[4];
  for (int i = 0; i < 4; i++)
    if (parts[i]) present[count++] = parts[i];
  order_list(f, present, count);
  Slot x;
  Type *array = NULL;
  if (t->kind == TYPE_ARRAY) {
    array = xt;
    x = loc_addr(f, loc_of(f, n->x), NO_SLOT);
  } else {
    x = expr_any(f, n->x);
    if (t->kind == TYPE_POINTER) array = t->elem;
  }
  Slot lo = n->lo ? expr_any(f, n->lo) : UNWANTED, hi = n->hi ? expr_any(f, n->hi) : UNWANTED, max = n->max ? expr_any(f, n->max) : UNWANTED;
  dst = pair_or_new(f, dst);
  at(f, &n->h);
  if (array) {
    emit(f, OP_SLICEARR, dst, x, 0);
    emit_ptr(f, rtype_of(f->c, array));
    emit_slots(f, lo, hi, max, 0);
  } else if (t->kind == TYPE_SLICE) {
    TypeInfo *elem = info_of(f->c, t->elem);
    if (elem->size < 0xffff) {
      emit(f, OP_SLICE, dst, x, 0);
      emit_slots(f, lo, hi, max, elem->size);
    } else {
      emit(f, OP_SLICEX, dst, x, 0);
      emit_ptr(f, rtype_of(f->c, t->elem));
      emit_slots(f, lo, hi, max, 0);
    }
  } else {
    emit(f, OP_SLICESTR, dst, x, 0);
    emit_slots(f, lo, hi, UNWANTED, 0);
  }
  return dst;
}

// Specification "Type assertions".
Slot expr_assert(Fn *f, NodeTypeAssert *n, Slot dst) {
  Type *to = node_type(f, n->to), *from = node_type(f, n->x);
  Slot x = expr_any(f, n->x);
  dst = slot_or_new(f, dst, info_of(f->c, to));
  at(f, &n->h);
  emit(f, is_interface(f, to) ? OP_ASSERTI : OP_ASSERT, info_of(f->c, to)->slots ? dst : slot_any(f), x, 0);
  emit_ptr(f, rtype_of(f->c, to));
  emit_ptr(f, rtype_of(f->c, from));
  return dst;
}

// Specification "Receive operator".
Slot expr_recv(Fn *f, NodeUnary *n, Slot dst) {
  TypeInfo *info = info_of(f->c, under_of(f->c, node_type(f, n->x))->elem);
  Slot ch = expr_any(f, n->x);
  dst = slot_or_new(f, dst, info);
  at(f, &n->h);
  emit(f, OP_RECV, dst, ch, info->slots);
  return dst;
}

// --- v, ok = x.(T), m[k], <-ch

TypeInfo *comma_ok_info(Fn *f, Node *n) {
  n = node_unparen(n);
  if (n->kind == NODE_TYPE_ASSERT) return info_of(f->c, node_type(f, ((NodeTypeAssert *)n)->to));
  Node *x = n->kind == NODE_INDEX ? ((NodeIndex *)n)->x : ((NodeUnary *)n)->x;
  return info_of(f->c, under_of(f->c, node_type(f, x))->elem);
}

TypeInfo *expr_comma_ok(Fn *f, Node *n, Slot *value, Slot *ok) {
  n = node_unparen(n);
  TypeInfo *info;
  switch (n->kind) {
  case NODE_TYPE_ASSERT: {
    NodeTypeAssert *a = (NodeTypeAssert *)n;
    Type *to = node_type(f, a->to);
    info = info_of(f->c, to);
    Slot x = expr_any(f, a->x);
    *value = slot_or_new(f, *value, info);
    *ok = word_or_new(f, *ok);
    at(f, n);
    emit(f, is_interface(f, to) ? OP_ASSERTI2 : OP_ASSERT2, *value, x, *ok);
    emit_ptr(f, rtype_of(f->c, to));
    return info;
  }
  case NODE_INDEX: {
    Loc l = loc_of(f, n);
    info = l.info;
    *value = slot_or_new(f, *value, info);
    *ok = word_or_new(f, *ok);
    at(f, n);
    emit(f, OP_MAPGET2, *value, l.slot, l.index);
    emit_ptr(f, rtype_of(f->c, l.map));
    emit_slots(f, *ok, 0, 0, 0);
    return info;
  }
  default: {
    NodeUnary *u = (NodeUnary *)n;
    ASSERT(n->kind == NODE_UNARY && u->op == OPER_ARROW, "comma-ok form");
    info = info_of(f->c, under_of(f->c, node_type(f, u->x))->elem);
    Slot ch = expr_any(f, u->x);
    *value = slot_or_new(f, *value, info);
    *ok = word_or_new(f, *ok);
    at(f, n);
    emit(f, OP_RECV2, *value, ch, *ok);
    return info;
  }
  }
}

// --- all of them

static Slot evaluate(Fn *f, Node *n, Slot dst) {
  const Const *constant = constant_of(f, n);
  if (constant) {
    at(f, n);
    return const_value(f, constant, node_type(f, n), dst);
  }
  Slot slot;
  if (f->hoisted.len && hoisted_slot(f, n, &slot)) return loc_load(f, loc_slot(node_info(f, n), slot), dst);
  if (is_nil(n)) {
    TypeInfo *info = node_info(f, n);
    dst = slot_or_new(f, dst, info);
    emit_zero(f, dst, info);
    return dst;
  }
  switch (n->kind) {
  case NODE_IDENT: return ident(f, (NodeIdent *)n, dst);
  case NODE_COMPOSITE: return expr_composite(f, (NodeComposite *)n, dst);
  case NODE_FUNC_LIT: return expr_func_lit(f, (NodeFuncLit *)n, dst);
  case NODE_SELECTOR: return expr_selector(f, (NodeSelector *)n, dst);
  case NODE_INDEX: return expr_index(f, (NodeIndex *)n, dst);
  case NODE_SLICE: return expr_slice(f, (NodeSlice *)n, dst);
  case NODE_TYPE_ASSERT: return expr_assert(f, (NodeTypeAssert *)n, dst);
  case NODE_CALL: return expr_call(f, (NodeCall *)n, dst);
  case NODE_STAR: return loc_load(f, loc_of(f, n), dst);
  case NODE_UNARY: return expr_unary(f, (NodeUnary *)n, dst);
  case NODE_BINARY: return expr_binary(f, (NodeBinary *)n, dst);
  default: compile_error(f->c, n->pos, "internal error: expression of kind %d is not supported", n->kind); return word_or_new(f, dst);
  }
}

Slot expr(Fn *f, Node *n, Slot dst) {
  n = node_unparen(n);
  uint32_t from = f->code.len;
  dst = evaluate(f, n, dst);
  access_note(f, from, n);
  return dst;
}

Slot expr_any(Fn *f, Node *n) { return expr(f, n, NO_SLOT); }

void expr_discard(Fn *f, Node *n) {
  uint32_t top = f->top;
  n = node_unparen(n);
  if (n->mode != MODE_CONSTANT && !is_nil(n)) {
    uint32_t from = f->code.len;
    if (n->kind == NODE_CALL && n->type && n->type->kind == TYPE_TUPLE && n->type->tuple_len) call_multi(f, (NodeCall *)n);
    else expr_any(f, n);
    access_note(f, from, n);
  }
  f->top = top;
}

// --- implicit conversion

Slot make_interface(Fn *f, Slot value, Type *type, Slot dst) {
  TypeInfo *info = info_of(f->c, type);
  dst = pair_or_new(f, dst);
  emit(f, OP_MKIFACE, dst, info->slots ? value : slot_any(f), 0);
  emit_ptr(f, rtype_dynamic(f->c, type));
  return dst;
}

Slot value_as(Fn *f, Slot slot, Type *from, Type *target, Slot dst) {
  if (is_interface(f, target) && !is_interface(f, from)) return make_interface(f, slot, from, dst);
  return loc_load(f, loc_slot(info_of(f->c, target), slot), dst);
}

static bool is_in_memory(Fn *f, Node *n) {
  n = node_unparen(n);
  if (n->kind == NODE_STAR) return true;
  if (n->kind == NODE_IDENT) {
    Var *v = var_of(f, ((NodeIdent *)n)->obj);
    return !v || v->boxed;
  }
  return n->mode == MODE_VARIABLE && n->kind == NODE_SELECTOR && is_in_memory(f, ((NodeSelector *)n)->x);
}

// A large value goes from its place to the interface's box without passing through the frame.
static Slot box_memory(Fn *f, Node *n, Type *type, Slot dst) {
  Slot from = loc_addr(f, loc_of(f, n), NO_SLOT);
  dst = pair_or_new(f, dst);
  Slot pair = slot_pair(f);
  emit_new(f, pair + 1, type);
  at(f, n);
  emit(f, OP_COPYM, pair + 1, from, 0);
  emit_pair(f, 0, info_of(f->c, type)->size);
  emit(f, OP_LDK, pair, 0, 0);
  emit_ptr(f, rtype_dynamic(f->c, type));
  emit(f, OP_MOV2, dst, pair, 0);
  return dst;
}

// Specification "Assignability": a value implements an interface, or its representation is the target's already.
Slot expr_as(Fn *f, Node *n, Type *target, Slot dst) {
  if (is_nil(n)) {
    TypeInfo *info = info_of(f->c, target);
    dst = slot_or_new(f, dst, info);
    emit_zero(f, dst, info);
    return dst;
  }
  Type *from = type_default(f->c->u, node_type(f, n));
  if (!is_interface(f, target)) {
    if (n->constant && n->mode == MODE_CONSTANT && type_is_untyped(node_type(f, n))) return const_value(f, n->constant, target, dst);
    return expr(f, n, dst);
  }
  if (is_interface(f, from)) return expr(f, n, dst);
  if (info_of(f->c, from)->slots > 32 && is_in_memory(f, n)) return box_memory(f, n, from, dst);
  uint32_t top = f->top;
  Slot value = n->constant && n->mode == MODE_CONSTANT ? const_value(f, n->constant, from, NO_SLOT) : expr_any(f, n);
  at(f, n);
  Slot result = make_interface(f, value, from, dst);
  if (dst != NO_SLOT) f->top = top;
  return result;
}
