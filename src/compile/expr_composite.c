// Composite literals (specification "Composite literals"), built where they are wanted.
#include "compile/expr.h"

static bool is_zero(Fn *f, const Node *n, Type *target) {
  uint64_t word;
  if (is_nil(n)) return true;
  if (!n->constant || n->mode != MODE_CONSTANT || is_interface(f, target)) return false;
  if (const_kind(n->constant) == CONST_STRING) return !const_text(n->constant).len;
  return const_bits(f, n, target, &word) && word == 0;
}

static bool builds_in_place(Fn *f, const Node *n, const TypeInfo *target) {
  if (n->kind != NODE_COMPOSITE || node_info(f, n) != target) return false;
  return target->under->kind == TYPE_STRUCT || target->under->kind == TYPE_ARRAY;
}

static void element(Fn *f, Node *n, Loc to, bool zeroed) {
  uint32_t top = f->top;
  n = node_unparen(n);
  if (builds_in_place(f, n, to.info)) composite_into(f, (NodeComposite *)n, to, zeroed);
  else if (zeroed && is_zero(f, n, to.info->type)) return;
  else if (big_into(f, to, n, zeroed)) return;
  else if (to.kind == LOC_SLOT) expr_as(f, n, to.info->type, to.slot);
  else loc_store(f, to, expr_as(f, n, to.info->type, NO_SLOT));
  f->top = top;
}

static uint32_t field_index(const Type *u, const Name *name) {
  for (uint32_t i = 0; i < u->field_count; i++)
    if (u->fields[i].name == name) return i;
  UNREACHABLE("field of the literal's struct");
}

static void fields(Fn *f, NodeComposite *n, Loc to, bool zeroed) {
  Type *u = to.info->under;
  for (uint32_t i = 0; i < n->elems.len; i++) {
    Node *e = n->elems.items[i];
    uint32_t index = i;
    if (e->kind == NODE_KEY_VALUE) {
      index = field_index(u, ((NodeIdent *)((NodeKeyValue *)e)->key)->name);
      e = ((NodeKeyValue *)e)->value;
    }
    Loc field = loc_field(f, to, index);
    if (name_is_blank(u->fields[index].name)) { // evaluated, but a blank field stays zero
      expr_discard(f, e);
      if (!zeroed) loc_zero(f, field);
    } else {
      element(f, e, field, zeroed);
    }
  }
}

// Index of each element: its constant key, or one more than the one before. Returns the length needed.
static uint64_t element_indices(NodeComposite *n, uint64_t *indices) {
  uint64_t next = 0, len = 0;
  for (uint32_t i = 0; i < n->elems.len; i++) {
    Node *e = n->elems.items[i];
    if (e->kind == NODE_KEY_VALUE) const_is_uint64(((NodeKeyValue *)e)->key->constant, &next);
    indices[i] = next++;
    if (next > len) len = next;
  }
  return len;
}

static void elements(Fn *f, NodeComposite *n, const uint64_t *indices, Loc array, bool zeroed) {
  for (uint32_t i = 0; i < n->elems.len; i++) {
    Node *e = n->elems.items[i];
    if (e->kind == NODE_KEY_VALUE) e = ((NodeKeyValue *)e)->value;
    element(f, e, loc_element_at(f, array, indices[i]), zeroed);
  }
}

static void order_elements(Fn *f, NodeComposite *n) {
  bool calls = false;
  for (uint32_t i = 1; i < n->elems.len && !calls; i++) calls = has_call(n->elems.items[i]);
  if (!calls) return;
  Node **values = ARENA_ARRAY(&f->c->scratch, Node *, n->elems.len);
  for (uint32_t i = 0; i < n->elems.len; i++) {
    Node *e = n->elems.items[i];
    values[i] = e->kind == NODE_KEY_VALUE ? ((NodeKeyValue *)e)->value : e;
  }
  order_list(f, values, n->elems.len);
}

static Slot slice_literal(Fn *f, NodeComposite *n, Type *u, Slot dst) {
  uint64_t *indices = ARENA_ARRAY(&f->c->scratch, uint64_t, n->elems.len);
  uint64_t len = element_indices(n, indices);
  TypeInfo *array = info_of(f->c, type_array(f->c->u, u->elem, (int64_t)len));
  dst = pair_or_new(f, dst);
  emit_new(f, dst, array->type);
  emit_load_word(f, dst + 1, len | len << 32);
  order_elements(f, n);
  elements(f, n, indices, loc_mem(array, dst, 0, true), true);
  return dst;
}

static Slot map_literal(Fn *f, NodeComposite *n, Type *type, Type *u, Slot dst) {
  dst = word_or_new(f, dst);
  uint32_t top = f->top;
  Slot size = slot_word(f);
  emit_load_word(f, size, n->elems.len);
  emit(f, OP_MKMAP, dst, size, 0);
  emit_ptr(f, rtype_of(f->c, type));
  f->top = top;
  for (uint32_t i = 0; i < n->elems.len; i++) {
    NodeKeyValue *kv = (NodeKeyValue *)n->elems.items[i];
    Slot key = expr_as(f, kv->key, u->key, NO_SLOT), value = expr_as(f, kv->value, u->elem, NO_SLOT);
    at(f, kv->key);
    emit(f, OP_MAPSET, dst, key, value);
    emit_ptr(f, rtype_of(f->c, type));
    f->top = top;
  }
  return dst;
}

// The literal's value into `to`; `zeroed`: it is known to be zero.
void composite_into(Fn *f, NodeComposite *n, Loc to, bool zeroed) {
  Type *u = to.info->under;
  order_elements(f, n);
  at(f, &n->h);
  if (u->kind == TYPE_SLICE || u->kind == TYPE_MAP) { // &[]T{...}
    loc_store(f, to, u->kind == TYPE_SLICE ? slice_literal(f, n, u, NO_SLOT) : map_literal(f, n, to.info->type, u, NO_SLOT));
    return;
  }
  if (u->kind == TYPE_STRUCT) {
    if (!zeroed && n->elems.len < u->field_count) {
      loc_zero(f, to);
      zeroed = true;
    }
    fields(f, n, to, zeroed);
    return;
  }
  uint64_t *indices = ARENA_ARRAY(&f->c->scratch, uint64_t, n->elems.len);
  element_indices(n, indices);
  if (!zeroed && n->elems.len < (uint64_t)u->len) {
    loc_zero(f, to);
    zeroed = true;
  }
  elements(f, n, indices, to, zeroed);
}

Slot expr_composite(Fn *f, NodeComposite *n, Slot dst) {
  Type *type = node_type(f, &n->h), *u = under_of(f->c, type);
  at(f, &n->h);
  switch (u->kind) {
  case TYPE_POINTER: // elided &T in an element list
    dst = word_or_new(f, dst);
    emit_new(f, dst, u->elem);
    composite_into(f, n, loc_mem(info_of(f->c, u->elem), dst, 0, true), true);
    return dst;
  case TYPE_SLICE: return slice_literal(f, n, u, dst);
  case TYPE_MAP: return map_literal(f, n, type, u, dst);
  default: {
    TypeInfo *info = info_of(f->c, type);
    dst = slot_or_new(f, dst, info);
    composite_into(f, n, loc_slot(info, dst), false);
    return dst;
  }
  }
}
