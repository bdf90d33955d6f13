// Conversions (specification "Conversions").
#include "compile/expr.h"

typedef enum { TO_INT, TO_FLOAT64, TO_FLOAT32, TO_COMPLEX128, TO_COMPLEX64, TO_STRING, TO_OTHER } Sort;

static Sort sort_of(TypeKind kind) {
  switch (kind) {
  case TYPE_INT: case TYPE_INT8: case TYPE_INT16: case TYPE_INT32: case TYPE_INT64: case TYPE_UNTYPED_INT: case TYPE_UNTYPED_RUNE:
  case TYPE_UINT: case TYPE_UINT8: case TYPE_UINT16: case TYPE_UINT32: case TYPE_UINT64: case TYPE_UINTPTR: return TO_INT;
  case TYPE_FLOAT64: case TYPE_UNTYPED_FLOAT: return TO_FLOAT64;
  case TYPE_FLOAT32: return TO_FLOAT32;
  case TYPE_COMPLEX128: case TYPE_UNTYPED_COMPLEX: return TO_COMPLEX128;
  case TYPE_COMPLEX64: return TO_COMPLEX64;
  case TYPE_STRING: case TYPE_UNTYPED_STRING: return TO_STRING;
  default: return TO_OTHER;
  }
}

static int width(TypeKind kind) {
  switch (kind) {
  case TYPE_INT8: case TYPE_UINT8: return 8;
  case TYPE_INT16: case TYPE_UINT16: return 16;
  case TYPE_INT32: case TYPE_UINT32: case TYPE_UNTYPED_RUNE: return 32;
  default: return 64;
  }
}

static bool is_unsigned_kind(TypeKind kind) { return kind >= TYPE_UINT && kind <= TYPE_UINTPTR; }

static bool is_wide_unsigned(TypeKind kind) { return is_unsigned_kind(kind) && width(kind) == 64; }

// Are the extended words of `from` already words of `to`?
static bool word_fits(TypeKind from, TypeKind to) {
  if (width(to) == 64) return true;
  if (is_unsigned_kind(from) == is_unsigned_kind(to)) return width(from) <= width(to);
  return is_unsigned_kind(from) && width(from) < width(to);
}

static Slot same(Fn *f, Slot x, const TypeInfo *info, Slot dst) {
  if (dst == NO_SLOT) return x;
  emit_move(f, dst, x, info);
  return dst;
}

static Slot one(Fn *f, Op op, Slot x, Slot dst) {
  dst = word_or_new(f, dst);
  emit(f, op, dst, x, 0);
  return dst;
}

// Specification "Conversions between numeric types".
static Slot numeric(Fn *f, Slot x, TypeKind from, TypeKind to, const TypeInfo *info, Slot dst) {
  Sort a = sort_of(from), b = sort_of(to);
  if (a == TO_INT && b == TO_INT) return word_fits(from, to) ? same(f, x, info, dst) : narrow(f, x, to, dst);
  if (a == TO_INT) return one(f, is_wide_unsigned(from) ? (b == TO_FLOAT32 ? OP_U2G : OP_U2F) : (b == TO_FLOAT32 ? OP_I2G : OP_I2F), x, dst);
  if (b == TO_INT) {
    if (a == TO_FLOAT32) x = one(f, OP_G2F, x, NO_SLOT);
    dst = one(f, is_wide_unsigned(to) ? OP_F2U : OP_F2I, x, dst);
    return narrow(f, dst, to, dst);
  }
  if (a == b) return same(f, x, info, dst);
  switch (b) {
  case TO_FLOAT32: return one(f, OP_F2G, x, dst);
  case TO_FLOAT64: return one(f, OP_G2F, x, dst);
  case TO_COMPLEX64: return one(f, OP_C64, x, dst);
  default:
    dst = slot_or_new(f, dst, info);
    emit(f, OP_C128, dst, x, 0);
    return dst;
  }
}

static Slot pair_op(Fn *f, Op op, Slot x, Slot dst) {
  dst = pair_or_new(f, dst);
  emit(f, op, dst, x, 0);
  return dst;
}

static bool is_bytes(Fn *f, Type *slice) { return basic_kind(f, slice->elem) == TYPE_UINT8; }

Slot convert(Fn *f, Slot x, Type *from, Type *to, Slot dst) {
  TypeInfo *info = info_of(f->c, to);
  Type *fu = under_of(f->c, from), *tu = info->under;
  if (tu->kind == TYPE_INTERFACE) return value_as(f, x, from, to, dst);
  Sort a = sort_of(fu->kind), b = sort_of(tu->kind);
  if (a < TO_STRING && b < TO_STRING) return numeric(f, x, fu->kind, tu->kind, info, dst);
  // Specification "Conversions to and from a string type".
  if (b == TO_STRING && a == TO_INT) return pair_op(f, OP_RUNE2STR, x, dst);
  if (b == TO_STRING && fu->kind == TYPE_SLICE) return pair_op(f, is_bytes(f, fu) ? OP_BYTES2STR : OP_RUNES2STR, x, dst);
  if (a == TO_STRING && tu->kind == TYPE_SLICE) return pair_op(f, is_bytes(f, tu) ? OP_STR2BYTES : OP_STR2RUNES, x, dst);
  // Specification "Conversions from slice to array or array pointer".
  if (fu->kind == TYPE_SLICE && (tu->kind == TYPE_ARRAY || tu->kind == TYPE_POINTER)) {
    TypeInfo *array = tu->kind == TYPE_ARRAY ? info : info_of(f->c, tu->elem);
    Slot p = tu->kind == TYPE_ARRAY ? slot_word(f) : word_or_new(f, dst);
    emit(f, OP_SLICEPTR, p, x, 0);
    emit_word(f, (uint64_t)array->under->len);
    if (tu->kind == TYPE_POINTER) return p;
    if (!info->slots) return dst == NO_SLOT ? p : dst;
    return loc_load(f, loc_mem(info, p, 0, true), dst);
  }
  return same(f, x, info, dst);
}

Slot expr_conversion(Fn *f, NodeCall *n, Slot dst) {
  Node *x = n->args.items[0];
  Type *to = node_type(f, &n->h);
  if (is_nil(x) || is_interface(f, to)) return expr_as(f, x, to, dst);
  Type *from = type_default(f->c->u, node_type(f, x));
  if (x->constant && x->mode == MODE_CONSTANT) {
    const Const *value;
    TypeKind kind = basic_kind(f, to);
    at(f, &n->h);
    if (kind != TYPE_INVALID && const_fits(&f->c->scratch, x->constant, kind, &value) == FIT_OK) return const_value(f, value, to, dst);
    return convert(f, const_value(f, x->constant, from, NO_SLOT), from, to, dst);
  }
  if (expr_writes_early(x) && under_of(f->c, from)->kind == under_of(f->c, to)->kind) return expr(f, x, dst);
  uint32_t top = f->top;
  Slot v = expr_any(f, x);
  at(f, &n->h);
  if (dst == NO_SLOT && v >= top && info_of(f->c, to)->slots == 1 && sort_of(basic_kind(f, to)) < TO_STRING) {
    f->top = top;
    dst = slot_word(f);
  }
  return convert(f, v, from, to, dst);
}
