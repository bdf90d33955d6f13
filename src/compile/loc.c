// Locations: the addressable operands of the specification ("Address operators"), and map elements.
#include "compile/loc.h"

#include "compile/access.h"
#include "compile/expr.h"

Loc loc_slot(TypeInfo *info, Slot slot) { return (Loc){.kind = LOC_SLOT, .info = info, .slot = slot}; }

Loc loc_mem(TypeInfo *info, Slot pointer, uint32_t offset, bool not_nil) {
  return (Loc){.kind = LOC_MEM, .info = info, .slot = pointer, .offset = offset, .not_nil = not_nil};
}

Loc loc_var(Fn *f, const Object *object) {
  Var *v = var_of(f, object);
  if (v) return v->boxed ? loc_mem(v->info, v->slot, v->offset, true) : loc_slot(v->info, v->slot);
  Global *g = global_of(f->c, (Object *)object);
  if (g->memory) {
    Slot p = slot_word(f);
    emit(f, OP_LDK, p, 0, 0);
    emit_ptr(f, g->memory);
    return loc_mem(g->info, p, 0, true);
  }
  return (Loc){.kind = LOC_GLOBAL, .info = g->info, .offset = g->offset};
}

static bool is_narrow(const TypeInfo *info) { return info->shape >= SHAPE_I8 && info->shape <= SHAPE_U32; }

// The part of a struct or array at a byte offset.
static Loc part(Fn *f, Loc x, TypeInfo *info, uint32_t offset) {
  switch (x.kind) {
  case LOC_SLOT:
  case LOC_PART:
    if (!info->slots) return loc_slot(info, slot_any(f));
    if (x.kind == LOC_PART) offset += x.offset;
    if (is_narrow(info) || offset % 8 || info->size % 8) return (Loc){.kind = LOC_PART, .info = info, .slot = x.slot + offset / 8, .offset = offset % 8};
    return loc_slot(info, x.slot + offset / 8);
  case LOC_MEM: return loc_mem(info, x.slot, x.offset + offset, x.not_nil);
  case LOC_GLOBAL: return (Loc){.kind = LOC_GLOBAL, .info = info, .offset = x.offset + offset};
  case LOC_ELEM: case LOC_AELEM: return loc_mem(info, loc_addr(f, x, NO_SLOT), offset, true);
  case LOC_MAP: return part(f, loc_slot(x.info, loc_load(f, x, NO_SLOT)), info, offset);
  default: UNREACHABLE("part of a blank");
  }
}

Loc loc_field(Fn *f, Loc x, uint32_t index) {
  Type *u = x.info->under;
  ASSERT(u->kind == TYPE_STRUCT && index < u->field_count, "field of a struct");
  return part(f, x, info_of(f->c, u->fields[index].type), x.info->offsets[index]);
}

Loc loc_deref(Fn *f, Loc x) {
  return loc_mem(info_of(f->c, x.info->under->elem), loc_load(f, x, NO_SLOT), 0, false);
}

Loc loc_path(Fn *f, Loc x, const uint32_t *path, uint32_t len) {
  for (uint32_t i = 0; i < len; i++) {
    if (x.info->under->kind == TYPE_POINTER) x = loc_deref(f, x);
    x = loc_field(f, x, path[i]);
  }
  return x;
}

Loc loc_element_at(Fn *f, Loc x, uint64_t index) {
  TypeInfo *elem = info_of(f->c, x.info->under->elem);
  return part(f, x, elem, (uint32_t)(index * elem->size));
}

Loc loc_in_memory(Fn *f, Loc x) {
  switch (x.kind) {
  case LOC_MEM: return x;
  case LOC_GLOBAL: case LOC_ELEM: case LOC_AELEM: return loc_mem(x.info, loc_addr(f, x, NO_SLOT), 0, true);
  default: break;
  }
  Slot value = loc_load(f, x, NO_SLOT);
  Slot box = slot_word(f);
  emit_new(f, box, x.info->type);
  Loc copy = loc_mem(x.info, box, 0, true);
  loc_store(f, copy, value);
  return copy;
}

// A pointer to the array's first element, known not to be nil.
static Slot array_base(Fn *f, Loc x) {
  x = loc_in_memory(f, x);
  if (x.offset) return loc_addr(f, x, NO_SLOT);
  if (!x.not_nil) emit(f, OP_NILCHK, x.slot, 0, 0);
  return x.slot;
}

Loc loc_element_slot(Fn *f, Loc x, Slot index) {
  TypeInfo *elem = info_of(f->c, x.info->under->elem);
  if (elem->shape == SHAPE_NONE) return loc_slot(elem, slot_any(f));
  return (Loc){.kind = LOC_AELEM, .info = elem, .slot = array_base(f, x), .index = index};
}

// An index that is an unsigned word is shown as such if it is out of range.
bool index_is_big(Fn *f, Node *index) {
  TypeKind kind = basic_kind(f, node_type(f, index));
  return kind == TYPE_UINT || kind == TYPE_UINT64 || kind == TYPE_UINTPTR;
}
void note_index(Fn *f, bool big) {
  if (big) vec_push(&f->unsigned_indexes, f->last);
}

// The largest value the index can have, if its form tells.
static bool index_below(Fn *f, const Node *n, uint64_t len) {
  n = node_unparen((Node *)n);
  uint64_t mask;
  if (n->kind == NODE_BINARY && ((NodeBinary *)n)->op == OPER_AND) {
    const NodeBinary *b = (const NodeBinary *)n;
    if (b->y->constant && const_is_uint64(b->y->constant, &mask) && mask < len) return true;
    if (b->x->constant && const_is_uint64(b->x->constant, &mask) && mask < len) return true;
  }
  TypeKind kind = basic_kind(f, node_type(f, n));
  return (kind == TYPE_UINT8 && len >= 256) || (kind == TYPE_UINT16 && len >= 65536);
}

static void check_index(Fn *f, Loc *x, Slot index, uint64_t len) {
  emit_imm(f, OP_CHKIDX, index, (int32_t)(uint32_t)(len > UINT32_MAX ? UINT32_MAX : len));
  note_index(f, x->big_index);
  x->check = 0;
}

// Specification "Index expressions": for a of array type A, a constant index must be in range; another is checked.
Loc loc_element(Fn *f, Loc x, Node *index) {
  uint64_t len = (uint64_t)x.info->under->len, i;
  if (index->constant && const_is_uint64(index->constant, &i) && i < len) return loc_element_at(f, x, i);
  Slot at_index = expr_any(f, index);
  Loc l = loc_element_slot(f, x, at_index);
  if (index_below(f, index, len)) return l;
  l.big_index = index_is_big(f, index);
  l.check = len;
  if (l.kind != LOC_AELEM || !len) { // elements of no size; no elements
    check_index(f, &l, at_index, len);
  }
  return l;
}

// Specification "Selectors": x.f through embedded fields; x may be a pointer to a struct.
static Loc selector(Fn *f, NodeSelector *n) {
  Selection *s = n->selection;
  if (!s) return loc_var(f, ((NodeIdent *)n->sel)->obj);
  Loc x = loc_of(f, n->x);
  at(f, &n->h);
  return loc_path(f, x, s->path, s->path_len);
}

static Loc index_expr(Fn *f, NodeIndex *n) {
  Type *t = under_of(f->c, node_type(f, n->x));
  Node *index = n->indices.items[0];
  TypeInfo *elem;
  switch (t->kind) {
  case TYPE_SLICE: {
    elem = info_of(f->c, t->elem);
    Slot slice = expr_any(f, n->x);
    Slot i = expr_any(f, index);
    at(f, &n->h);
    return (Loc){.kind = LOC_ELEM, .info = elem, .slot = slice, .index = i, .big_index = index_is_big(f, index)};
  }
  case TYPE_ARRAY: {
    Loc x = loc_of(f, n->x);
    at(f, &n->h);
    return loc_element(f, x, index);
  }
  case TYPE_POINTER: {
    Slot p = expr_any(f, n->x);
    at(f, &n->h);
    return loc_element(f, loc_mem(info_of(f->c, t->elem), p, 0, false), index);
  }
  case TYPE_MAP: {
    Slot map = expr_any(f, n->x);
    Slot key = expr_as(f, index, t->key, NO_SLOT);
    at(f, &n->h);
    return (Loc){.kind = LOC_MAP, .info = info_of(f->c, t->elem), .slot = map, .index = key, .map = t};
  }
  default: UNREACHABLE("index of an operand that has none");
  }
}

static Loc locate(Fn *f, Node *n) {
  Slot slot;
  if (hoisted_slot(f, n, &slot)) return loc_slot(node_info(f, n), slot);
  switch (n->kind) {
  case NODE_IDENT: {
    Object *o = ((NodeIdent *)n)->obj;
    if (!o || name_is_blank(((NodeIdent *)n)->name)) return (Loc){.kind = LOC_BLANK, .info = n->type ? node_info(f, n) : NULL};
    if (o->kind == OBJECT_VAR) return loc_var(f, o);
    break;
  }
  case NODE_SELECTOR: {
    NodeSelector *s = (NodeSelector *)n;
    if (s->selection ? s->selection->kind == SELECT_FIELD : ((NodeIdent *)s->sel)->obj->kind == OBJECT_VAR) return selector(f, s);
    break;
  }
  case NODE_INDEX: {
    NodeIndex *i = (NodeIndex *)n;
    if (i->x->mode == MODE_TYPE || n->mode == MODE_TYPE) break;
    Type *t = under_of(f->c, node_type(f, i->x));
    if (t->kind == TYPE_SIGNATURE || t->kind == TYPE_STRING || t->kind < TYPE_BASIC_COUNT) break;
    return index_expr(f, i);
  }
  case NODE_STAR: {
    Slot p = expr_any(f, ((NodeStar *)n)->x);
    at(f, n);
    return loc_mem(node_info(f, n), p, 0, false);
  }
  default: break;
  }
  return loc_slot(node_info(f, n), expr_any(f, n));
}

Loc loc_of(Fn *f, Node *n) {
  n = node_unparen(n);
  Loc x = locate(f, n);
  x.node = n;
  return x;
}

// --- access

static const Op elem_load[] = {[SHAPE_I8] = OP_IDX8S, [SHAPE_U8] = OP_IDX8U, [SHAPE_I16] = OP_IDX16S, [SHAPE_U16] = OP_IDX16U,
                               [SHAPE_I32] = OP_IDX32S, [SHAPE_U32] = OP_IDX32U, [SHAPE_WORD] = OP_IDX, [SHAPE_PAIR] = OP_IDX2};
static const Op elem_store[] = {[SHAPE_I8] = OP_SIDX8, [SHAPE_U8] = OP_SIDX8, [SHAPE_I16] = OP_SIDX16, [SHAPE_U16] = OP_SIDX16,
                                [SHAPE_I32] = OP_SIDX32, [SHAPE_U32] = OP_SIDX32, [SHAPE_WORD] = OP_SIDX, [SHAPE_PAIR] = OP_SIDX2};
static const Op array_load[] = {[SHAPE_I8] = OP_ALD8S, [SHAPE_U8] = OP_ALD8U, [SHAPE_I16] = OP_ALD16S, [SHAPE_U16] = OP_ALD16U,
                                [SHAPE_I32] = OP_ALD32S, [SHAPE_U32] = OP_ALD32U, [SHAPE_WORD] = OP_ALD, [SHAPE_PAIR] = OP_ALD2};
static const Op array_store[] = {[SHAPE_I8] = OP_AST8, [SHAPE_U8] = OP_AST8, [SHAPE_I16] = OP_AST16, [SHAPE_U16] = OP_AST16,
                                 [SHAPE_I32] = OP_AST32, [SHAPE_U32] = OP_AST32, [SHAPE_WORD] = OP_AST, [SHAPE_PAIR] = OP_AST2};
static const Op checked_load[] = {[SHAPE_I8] = OP_CLD8S, [SHAPE_U8] = OP_CLD8U, [SHAPE_I16] = OP_CLD16S, [SHAPE_U16] = OP_CLD16U,
                                  [SHAPE_I32] = OP_CLD32S, [SHAPE_U32] = OP_CLD32U, [SHAPE_WORD] = OP_CLD, [SHAPE_PAIR] = OP_CLD2};
static const Op checked_store[] = {[SHAPE_I8] = OP_CST8, [SHAPE_U8] = OP_CST8, [SHAPE_I16] = OP_CST16, [SHAPE_U16] = OP_CST16,
                                   [SHAPE_I32] = OP_CST32, [SHAPE_U32] = OP_CST32, [SHAPE_WORD] = OP_CST, [SHAPE_PAIR] = OP_CST2};
static const Op part_load[] = {[SHAPE_I8] = OP_FLD8S, [SHAPE_U8] = OP_FLD8U, [SHAPE_I16] = OP_FLD16S, [SHAPE_U16] = OP_FLD16U,
                               [SHAPE_I32] = OP_FLD32S, [SHAPE_U32] = OP_FLD32U};
static const Op part_store[] = {[SHAPE_I8] = OP_FST8, [SHAPE_U8] = OP_FST8, [SHAPE_I16] = OP_FST16, [SHAPE_U16] = OP_FST16,
                                [SHAPE_I32] = OP_FST32, [SHAPE_U32] = OP_FST32};

static bool is_simple(const TypeInfo *info) { return access_shape(info) != SHAPE_BLOCK && info->shape != SHAPE_NONE; }

static void copy_part(Fn *f, Slot to, uint32_t to_offset, Slot from, uint32_t from_offset, uint32_t bytes) {
  emit(f, OP_FCOPY, to, from, 0);
  emit_slots(f, to_offset, from_offset, bytes, 0);
}

static Slot load_global(Fn *f, Loc x, Slot dst) {
  if (x.info->shape == SHAPE_WORD) emit_imm(f, OP_GLD, dst, (int32_t)x.offset);
  else if (x.info->shape == SHAPE_PAIR) emit_imm(f, OP_GLD2, dst, (int32_t)x.offset);
  else if (x.info->shape != SHAPE_NONE) {
    uint32_t top = f->top;
    Slot p = slot_word(f);
    emit_imm(f, OP_GADDR, p, (int32_t)x.offset);
    emit_load(f, dst, p, 0, x.info);
    f->top = top;
  }
  return dst;
}

static Slot load(Fn *f, Loc x, Slot dst) {
  if (x.kind == LOC_SLOT) {
    if (dst == NO_SLOT) return x.slot;
    emit_move(f, dst, x.slot, x.info);
    return dst;
  }
  dst = slot_or_new(f, dst, x.info);
  switch (x.kind) {
  case LOC_PART:
    if (x.info->shape == SHAPE_BLOCK) copy_part(f, dst, 0, x.slot, x.offset, x.info->size);
    else emit(f, part_load[x.info->shape], dst, x.slot, x.offset);
    break;
  case LOC_MEM: emit_load(f, dst, x.slot, x.offset, x.info); break;
  case LOC_GLOBAL: return load_global(f, x, dst);
  case LOC_ELEM:
    if (is_simple(x.info)) {
      emit(f, elem_load[access_shape(x.info)], dst, x.slot, x.index);
      note_index(f, x.big_index);
      break;
    }
    // fall through
  case LOC_AELEM:
    if (x.kind == LOC_AELEM && is_simple(x.info)) {
      emit(f, (x.check ? checked_load : array_load)[access_shape(x.info)], dst, x.slot, x.index);
      if (x.check) note_index(f, x.big_index), emit_word(f, x.check);
    } else {
      uint32_t top = f->top;
      emit_load(f, dst, loc_addr(f, x, NO_SLOT), 0, x.info);
      f->top = top;
    }
    break;
  case LOC_MAP:
    emit(f, OP_MAPGET, dst, x.slot, x.index);
    emit_ptr(f, rtype_of(f->c, x.map));
    break;
  default: UNREACHABLE("load of a blank");
  }
  return dst;
}

Slot loc_load(Fn *f, Loc x, Slot dst) {
  uint32_t from = f->code.len;
  dst = load(f, x, dst);
  access_note(f, from, x.node);
  return dst;
}

static void store(Fn *f, Loc x, Slot src) {
  uint32_t top = f->top;
  switch (x.kind) {
  case LOC_BLANK: break;
  case LOC_SLOT: emit_move(f, x.slot, src, x.info); break;
  case LOC_PART:
    if (x.info->shape == SHAPE_BLOCK) copy_part(f, x.slot, x.offset, src, 0, x.info->size);
    else emit(f, part_store[x.info->shape], x.slot, src, x.offset);
    break;
  case LOC_MEM: emit_store(f, x.slot, x.offset, src, x.info); break;
  case LOC_GLOBAL:
    if (x.info->shape == SHAPE_WORD) emit_imm(f, OP_GST, src, (int32_t)x.offset);
    else if (x.info->shape == SHAPE_PAIR) emit_imm(f, OP_GST2, src, (int32_t)x.offset);
    else if (x.info->shape != SHAPE_NONE) {
      Slot p = slot_word(f);
      emit_imm(f, OP_GADDR, p, (int32_t)x.offset);
      emit_store(f, p, 0, src, x.info);
    }
    break;
  case LOC_ELEM:
    if (is_simple(x.info)) {
      emit(f, elem_store[access_shape(x.info)], x.slot, x.index, src);
      note_index(f, x.big_index);
    } else emit_store(f, loc_addr(f, x, NO_SLOT), 0, src, x.info);
    break;
  case LOC_AELEM:
    if (is_simple(x.info)) {
      emit(f, (x.check ? checked_store : array_store)[access_shape(x.info)], x.slot, x.index, src);
      if (x.check) note_index(f, x.big_index), emit_word(f, x.check);
    } else emit_store(f, loc_addr(f, x, NO_SLOT), 0, src, x.info);
    break;
  case LOC_MAP:
    emit(f, OP_MAPSET, x.slot, x.index, src);
    emit_ptr(f, rtype_of(f->c, x.map));
    break;
  }
  f->top = top;
}

void loc_store(Fn *f, Loc x, Slot src) {
  uint32_t from = f->code.len;
  store(f, x, src);
  access_note(f, from, x.node);
}

Slot loc_addr(Fn *f, Loc x, Slot dst) {
  switch (x.kind) {
  case LOC_MEM:
    if (x.offset) {
      dst = word_or_new(f, dst);
      emit(f, OP_PTRADD, dst, x.slot, 0);
      emit_word(f, x.offset);
      return dst;
    }
    if (!x.not_nil) emit(f, OP_NILCHK, x.slot, 0, 0);
    if (dst == NO_SLOT) return x.slot;
    emit(f, OP_MOV, dst, x.slot, 0);
    return dst;
  case LOC_GLOBAL:
    dst = word_or_new(f, dst);
    if (x.info->size) emit_imm(f, OP_GADDR, dst, (int32_t)x.offset);
    else emit_new(f, dst, x.info->type);
    return dst;
  case LOC_ELEM:
  case LOC_AELEM:
    dst = word_or_new(f, dst);
    if (x.check) check_index(f, &x, x.index, x.check);
    emit(f, x.kind == LOC_ELEM ? OP_IDXADDR : OP_AADDR, dst, x.slot, x.index);
    if (x.kind == LOC_ELEM) note_index(f, x.big_index);
    emit_word(f, x.info->size);
    return dst;
  default: return loc_addr(f, loc_in_memory(f, x), dst); // a value that is no variable: a copy of its own
  }
}

void loc_zero(Fn *f, Loc x) {
  uint32_t top = f->top;
  if (x.kind == LOC_SLOT) emit_zero(f, x.slot, x.info);
  else if (x.info->shape == SHAPE_BLOCK && x.kind != LOC_MAP && x.kind != LOC_PART) {
    Loc m = loc_in_memory(f, x);
    emit(f, OP_ZEROM, m.slot, 0, 0);
    emit_pair(f, m.offset, x.info->size);
  } else if (x.info->shape != SHAPE_NONE) {
    Slot zero = slots_take(f, x.info);
    emit_zero(f, zero, x.info);
    loc_store(f, x, zero);
  }
  f->top = top;
}
