// Constants: immediates, words, strings, complex numbers.
#include "compile/expr.h"

#include <string.h>

static TypeKind constant_kind(Fn *f, Type *type) {
  TypeKind kind = basic_kind(f, type);
  switch (kind) {
  case TYPE_UNTYPED_BOOL: return TYPE_BOOL;
  case TYPE_UNTYPED_INT: return TYPE_INT;
  case TYPE_UNTYPED_RUNE: return TYPE_INT32;
  case TYPE_UNTYPED_FLOAT: return TYPE_FLOAT64;
  case TYPE_UNTYPED_COMPLEX: return TYPE_COMPLEX128;
  case TYPE_UNTYPED_STRING: return TYPE_STRING;
  default: return kind;
  }
}

// Inside an expanded call a parameter may stand for a constant; operations on such are folded where the value fits the type.
static const Const *fold(Fn *f, const NodeBinary *b) {
  const Const *x = constant_of(f, b->x), *y = x ? constant_of(f, b->y) : NULL;
  TypeKind kind = basic_kind(f, node_type(f, b->x));
  Arena *scratch = &f->c->scratch;
  if (!y || kind == TYPE_INVALID || !type_is_integer(f->c->u->basic[kind])) return NULL;
  if (b->op >= OPER_EQL && b->op <= OPER_GEQ) return const_bool(scratch, const_compare(x, b->op, y));
  if (b->op != OPER_ADD && b->op != OPER_SUB && b->op != OPER_MUL) return NULL;
  const Const *result = const_binary(scratch, b->op, x, y, true), *rounded;
  return const_fits(scratch, result, kind, &rounded) == FIT_OK ? rounded : NULL;
}

const Const *constant_expanded(Fn *f, const Node *n) {
  n = node_unparen((Node *)n);
  if (n->kind == NODE_BINARY) return fold(f, (const NodeBinary *)n);
  if (n->kind != NODE_IDENT || !((const NodeIdent *)n)->obj || ((const NodeIdent *)n)->obj->kind != OBJECT_VAR) return NULL;
  const Var *v = var_of(f, ((const NodeIdent *)n)->obj);
  return v ? v->constant : NULL;
}

bool const_bits(Fn *f, const Node *n, Type *type, uint64_t *word) {
  const Const *c = constant_of(f, n);
  return c && const_word(c, constant_kind(f, type), word);
}

bool const_int16(Fn *f, const Node *n, int32_t *imm) {
  uint64_t word;
  if (!constant_of(f, n) || !type_is_integer(node_type(f, n)) || !const_bits(f, n, node_type(f, n), &word)) return false;
  if ((int64_t)word != (int16_t)word) return false;
  *imm = (int32_t)word;
  return true;
}

Slot word_constant(Fn *f, uint64_t word, Slot dst) {
  if (dst == NO_SLOT && f->constants.len) {
    uintptr_t kept = (uintptr_t)ptr_table_get(&f->constants, (void *)(uintptr_t)word);
    if (kept) return (Slot)kept - 1;
  }
  dst = word_or_new(f, dst);
  emit_load_word(f, dst, word);
  return dst;
}

Slot string_constant(Fn *f, Text text, Slot dst) {
  dst = pair_or_new(f, dst);
  if (!text.len) {
    emit(f, OP_ZERO2, dst, 0, 0);
    return dst;
  }
  emit_imm(f, OP_LDSTR, dst, (int32_t)text.len);
  emit_ptr(f, program_string_bytes(f->c, text));
  return dst;
}

static uint64_t double_bits(double d) {
  uint64_t bits;
  memcpy(&bits, &d, 8);
  return bits;
}

static uint64_t single_bits(float s) {
  uint32_t bits;
  memcpy(&bits, &s, 4);
  return bits;
}

Slot const_value(Fn *f, const Const *value, Type *type, Slot dst) {
  TypeKind kind = constant_kind(f, type);
  Arena *scratch = &f->c->scratch;
  switch (kind) {
  case TYPE_STRING: return string_constant(f, const_text(value), dst);
  case TYPE_COMPLEX128:
    dst = slot_or_new(f, dst, info_of(f->c, type));
    emit_load_word(f, dst, double_bits(const_float64(const_real(scratch, value))));
    emit_load_word(f, dst + 1, double_bits(const_float64(const_imag(scratch, value))));
    return dst;
  case TYPE_COMPLEX64:
    return word_constant(f, single_bits(const_float32(const_real(scratch, value))) |
                                single_bits(const_float32(const_imag(scratch, value))) << 32, dst);
  default: {
    uint64_t word = 0;
    if (!const_word(value, kind, &word)) compile_error(f->c, f->pos, "internal error: constant does not fit its type");
    return word_constant(f, word, dst);
  }
  }
}
