// Arithmetic operators (specification "Arithmetic operators", "Integer overflow", "String concatenation").
//
// Words hold integers of every width extended to 64 bits. + - * << and unary - ^ can leave the width, and so can the
// quotient of narrow signed ones (MIN / -1): an EXT follows. & | ^ &^ % >> of extended operands stay extended.
#include "compile/expr.h"

TypeKind basic_kind(Fn *f, Type *t) {
  Type *u = under_of(f->c, fn_type(f, t));
  return u->kind < TYPE_BASIC_COUNT ? u->kind : TYPE_INVALID;
}

typedef enum { CLASS_SIGNED, CLASS_UNSIGNED, CLASS_FLOAT64, CLASS_FLOAT32, CLASS_COMPLEX128, CLASS_COMPLEX64, CLASS_STRING, CLASS_OTHER } NumberClass;

static NumberClass class_of(TypeKind kind) {
  switch (kind) {
  case TYPE_INT: case TYPE_INT8: case TYPE_INT16: case TYPE_INT32: case TYPE_INT64: case TYPE_UNTYPED_INT: case TYPE_UNTYPED_RUNE:
    return CLASS_SIGNED;
  case TYPE_UINT: case TYPE_UINT8: case TYPE_UINT16: case TYPE_UINT32: case TYPE_UINT64: case TYPE_UINTPTR: return CLASS_UNSIGNED;
  case TYPE_FLOAT64: case TYPE_UNTYPED_FLOAT: return CLASS_FLOAT64;
  case TYPE_FLOAT32: return CLASS_FLOAT32;
  case TYPE_COMPLEX128: case TYPE_UNTYPED_COMPLEX: return CLASS_COMPLEX128;
  case TYPE_COMPLEX64: return CLASS_COMPLEX64;
  case TYPE_STRING: case TYPE_UNTYPED_STRING: return CLASS_STRING;
  default: return CLASS_OTHER;
  }
}

static Op extension(TypeKind kind) {
  switch (kind) {
  case TYPE_INT8: return OP_EXT8S;
  case TYPE_INT16: return OP_EXT16S;
  case TYPE_INT32: return OP_EXT32S;
  case TYPE_UINT8: return OP_EXT8U;
  case TYPE_UINT16: return OP_EXT16U;
  case TYPE_UINT32: return OP_EXT32U;
  default: return OP_NOP;
  }
}

Slot narrow(Fn *f, Slot x, TypeKind kind, Slot dst) {
  Op op = extension(kind);
  if (op == OP_NOP) {
    if (dst == NO_SLOT || dst == x) return x;
    emit(f, OP_MOV, dst, x, 0);
    return dst;
  }
  dst = word_or_new(f, dst);
  emit(f, op, dst, x, 0);
  return dst;
}

// --- integers

static Op int_op(Operator op, bool is_unsigned) {
  switch (op) {
  case OPER_ADD: return OP_ADD;
  case OPER_SUB: return OP_SUB;
  case OPER_MUL: return OP_MUL;
  case OPER_QUO: return is_unsigned ? OP_DIVU : OP_DIV;
  case OPER_REM: return is_unsigned ? OP_REMU : OP_REM;
  case OPER_AND: return OP_AND;
  case OPER_OR: return OP_OR;
  case OPER_XOR: return OP_XOR;
  case OPER_AND_NOT: return OP_ANDN;
  case OPER_SHL: return OP_SHL;
  case OPER_SHR: return is_unsigned ? OP_SHRU : OP_SHR;
  default: UNREACHABLE("operator without arithmetic");
  }
}

static Op fused32(Operator op, TypeKind kind) {
  bool s = kind == TYPE_INT32;
  if (!s && kind != TYPE_UINT32) return OP_NOP;
  switch (op) {
  case OPER_ADD: return s ? OP_ADD32S : OP_ADD32U;
  case OPER_SUB: return s ? OP_SUB32S : OP_SUB32U;
  case OPER_MUL: return s ? OP_MUL32S : OP_MUL32U;
  case OPER_SHL: return s ? OP_NOP : OP_SHL32U;
  default: return OP_NOP;
  }
}

static bool leaves_width(Operator op, bool is_unsigned) {
  switch (op) {
  case OPER_ADD: case OPER_SUB: case OPER_MUL: case OPER_SHL: return true;
  case OPER_QUO: return !is_unsigned;
  default: return false;
  }
}

static int log2_of(uint64_t v) { return v && !(v & (v - 1)) ? __builtin_ctzll(v) : -1; }

// x op c with an immediate; OP_NOP if there is no such instruction. *out is the immediate.
static Op immediate_op(Operator op, uint64_t word, TypeKind kind, bool is_unsigned, int32_t *out) {
  int64_t v = (int64_t)word;
  bool fits = v == (int16_t)v;
  bool wide = kind == TYPE_UINT64 || kind == TYPE_UINT || kind == TYPE_UINTPTR;
  *out = (int32_t)v;
  switch (op) {
  case OPER_ADD: return fits ? OP_ADDI : OP_NOP;
  case OPER_SUB:
    *out = (int32_t)-v;
    return fits && v != INT16_MIN ? OP_ADDI : OP_NOP;
  case OPER_MUL:
    if (log2_of(word) > 0) {
      *out = log2_of(word);
      return OP_SHLI;
    }
    return fits ? OP_MULI : OP_NOP;
  case OPER_AND: return fits ? OP_ANDI : OP_NOP;
  case OPER_OR: return fits ? OP_ORI : OP_NOP;
  case OPER_XOR: return fits ? OP_XORI : OP_NOP;
  case OPER_AND_NOT:
    *out = (int32_t)~v;
    return fits ? OP_ANDI : OP_NOP;
  case OPER_QUO:
    if (is_unsigned && log2_of(word) >= 0) {
      *out = log2_of(word);
      return OP_SHRUI;
    }
    if (!is_unsigned && v > 1 && log2_of(word) > 0) {
      *out = log2_of(word);
      return OP_DIVP2;
    }
    return fits && v != 0 && v != -1 && !wide ? OP_DIVI : OP_NOP;
  case OPER_REM:
    if (is_unsigned && log2_of(word) >= 0 && v - 1 == (int16_t)(v - 1)) {
      *out = (int32_t)(v - 1);
      return OP_ANDI;
    }
    if (!is_unsigned && v > 1 && log2_of(word) > 0) {
      *out = log2_of(word);
      return OP_REMP2;
    }
    return fits && v != 0 && v != -1 && !wide ? OP_REMI : OP_NOP;
  default: return OP_NOP;
  }
}

static Slot int_arith(Fn *f, Operator op, TypeKind kind, Slot x, Node *y_node, Slot y, Slot dst) {
  bool is_unsigned = class_of(kind) == CLASS_UNSIGNED;
  bool extend = leaves_width(op, is_unsigned) && extension(kind) != OP_NOP;
  uint64_t word;
  int32_t imm;
  Op op_code = OP_NOP;
  const Const *constant = y_node ? constant_of(f, y_node) : NULL;
  if (constant && const_word(constant, kind < TYPE_UNTYPED_BOOL ? kind : TYPE_INT, &word))
    op_code = immediate_op(op, word, kind, is_unsigned, &imm);
  if (op_code != OP_NOP) {
    dst = word_or_new(f, dst);
    emit(f, op_code, dst, x, (uint32_t)imm & 0xffff);
    return extend ? narrow(f, dst, kind, dst) : dst;
  }
  uint32_t top = f->top;
  if (y_node) y = expr_any(f, y_node);
  if (dst == NO_SLOT) {
    f->top = top;
    dst = slot_word(f);
  }
  Op fused = fused32(op, kind);
  emit(f, fused != OP_NOP ? fused : int_op(op, is_unsigned), dst, x, y);
  if (extend && fused == OP_NOP) narrow(f, dst, kind, dst);
  return dst;
}

// Specification "Operators": shift counts; a negative one panics, one beyond the width gives 0 or the sign.
static Slot shift(Fn *f, Operator op, Type *type, Slot x, Node *count, Slot y, Slot dst) {
  TypeKind kind = basic_kind(f, type);
  bool is_unsigned = class_of(kind) == CLASS_UNSIGNED;
  uint64_t n;
  const Const *constant = count ? constant_of(f, count) : NULL;
  if (constant && const_is_uint64(constant, &n)) {
    if (n >= 64 && (op == OPER_SHL || is_unsigned)) return word_constant(f, 0, word_or_new(f, dst));
    if (n >= 64) n = 63;
    dst = word_or_new(f, dst);
    if (op == OPER_SHL && kind == TYPE_UINT32) {
      emit(f, OP_SHLI32U, dst, x, (uint32_t)n);
      return dst;
    }
    emit(f, op == OPER_SHL ? OP_SHLI : is_unsigned ? OP_SHRUI : OP_SHRI, dst, x, (uint32_t)n);
    return op == OPER_SHL ? narrow(f, dst, kind, dst) : dst;
  }
  uint32_t top = f->top;
  if (count) {
    y = expr_any(f, count);
    if (!type_is_unsigned(under_of(f->c, node_type(f, count)))) emit(f, OP_CHKSHIFT, y, 0, 0);
  }
  if (dst == NO_SLOT) {
    f->top = top;
    dst = slot_word(f);
  }
  Op fused = fused32(op, kind);
  if (fused != OP_NOP) {
    emit(f, fused, dst, x, y);
    return dst;
  }
  emit(f, int_op(op, is_unsigned), dst, x, y);
  return op == OPER_SHL ? narrow(f, dst, kind, dst) : dst;
}

// --- other numbers

static Op float_op(Operator op, bool single) {
  switch (op) {
  case OPER_ADD: return single ? OP_GADD : OP_FADD;
  case OPER_SUB: return single ? OP_GSUB : OP_FSUB;
  case OPER_MUL: return single ? OP_GMUL : OP_FMUL;
  case OPER_QUO: return single ? OP_GDIV : OP_FDIV;
  default: UNREACHABLE("operator of floats");
  }
}

static Op complex_op(Operator op) {
  switch (op) {
  case OPER_ADD: return OP_CADD;
  case OPER_SUB: return OP_CSUB;
  case OPER_MUL: return OP_CMUL;
  case OPER_QUO: return OP_CDIV;
  default: UNREACHABLE("operator of complex numbers");
  }
}

Slot arith(Fn *f, Operator op, Type *type, Slot x, Node *y_node, Slot y, Slot dst) {
  TypeInfo *info = fn_info(f, type);
  TypeKind kind = basic_kind(f, type);
  if (op == OPER_SHL || op == OPER_SHR) return shift(f, op, type, x, y_node, y, dst);
  NumberClass number = class_of(kind);
  if (number == CLASS_SIGNED || number == CLASS_UNSIGNED) return int_arith(f, op, kind, x, y_node, y, dst);
  uint32_t top = f->top;
  if (y_node) y = expr_any(f, y_node);
  switch (number) {
  case CLASS_FLOAT64: case CLASS_FLOAT32:
    if (dst == NO_SLOT) {
      f->top = top;
      dst = slot_word(f);
    }
    emit(f, float_op(op, number == CLASS_FLOAT32), dst, x, y);
    return dst;
  case CLASS_COMPLEX128: case CLASS_COMPLEX64:
    dst = slot_or_new(f, dst, info);
    emit(f, complex_op(op), dst, x, y);
    emit_slots(f, number == CLASS_COMPLEX64, 0, 0, 0);
    return dst;
  case CLASS_STRING:
    dst = pair_or_new(f, dst);
    emit(f, OP_CONCAT, dst, x, y);
    return dst;
  default: UNREACHABLE("operand class without arithmetic");
  }
}

// --- strings: a + b + c + ... in one instruction

static uint32_t count_terms(Fn *f, Node *n) {
  Slot slot;
  n = node_unparen(n);
  if (n->kind != NODE_BINARY || n->constant || ((NodeBinary *)n)->op != OPER_ADD || hoisted_slot(f, n, &slot)) return 1;
  return count_terms(f, ((NodeBinary *)n)->x) + count_terms(f, ((NodeBinary *)n)->y);
}

static void collect_terms(Fn *f, Node *n, Node **terms, uint32_t *len) {
  Slot slot;
  n = node_unparen(n);
  if (n->kind != NODE_BINARY || n->constant || ((NodeBinary *)n)->op != OPER_ADD || hoisted_slot(f, n, &slot)) {
    terms[(*len)++] = n;
    return;
  }
  collect_terms(f, ((NodeBinary *)n)->x, terms, len);
  collect_terms(f, ((NodeBinary *)n)->y, terms, len);
}

static Slot concatenate(Fn *f, NodeBinary *n, Slot dst) {
  uint32_t count = count_terms(f, &n->h), len = 0;
  Node **terms = ARENA_ARRAY(&f->c->scratch, Node *, count);
  collect_terms(f, &n->h, terms, &len);
  order_list(f, terms, count);
  if (count == 2) {
    Slot x = expr_any(f, terms[0]), y = expr_any(f, terms[1]);
    dst = pair_or_new(f, dst);
    at(f, &n->h);
    emit(f, OP_CONCAT, dst, x, y);
    return dst;
  }
  Slot first = slots_take_n(f, 2 * count, true);
  for (uint32_t i = 0; i < count; i++) expr(f, terms[i], first + 2 * i);
  dst = pair_or_new(f, dst);
  at(f, &n->h);
  emit(f, OP_CONCATN, dst, first, count);
  return dst;
}

// --- expressions

static bool is_commutative(Operator op) {
  return op == OPER_ADD || op == OPER_MUL || op == OPER_AND || op == OPER_OR || op == OPER_XOR;
}

Slot expr_binary(Fn *f, NodeBinary *n, Slot dst) {
  if (n->op == OPER_AND_AND || n->op == OPER_OR_OR) return expr_logic(f, &n->h, dst);
  if (n->op >= OPER_EQL && n->op <= OPER_GEQ) return expr_compare(f, n, dst);
  Type *type = node_type(f, &n->h);
  TypeKind kind = basic_kind(f, type);
  if (class_of(kind) == CLASS_STRING) return concatenate(f, n, dst);
  Node *x = n->x, *y = n->y;
  NumberClass number = class_of(kind);
  bool integers = number == CLASS_SIGNED || number == CLASS_UNSIGNED;
  bool constant = constant_of(f, y) != NULL;
  if (!constant && constant_of(f, x) && integers && is_commutative(n->op)) x = n->y, y = n->x, constant = true;
  else order_operands(f, x, y);
  uint32_t top = f->top;
  Slot left = expr_any(f, x);
  // The left operand may lie in a temporary that the result can take over: the instruction reads before it writes.
  Slot right = NO_SLOT;
  bool is_shift = n->op == OPER_SHL || n->op == OPER_SHR;
  if (!constant || !(integers || is_shift)) {
    right = expr_any(f, y);
    if (is_shift && !constant && !type_is_unsigned(under_of(f->c, node_type(f, y)))) {
      at(f, &n->h);
      emit(f, OP_CHKSHIFT, right, 0, 0);
    }
  }
  at(f, &n->h);
  if (dst == NO_SLOT && number <= CLASS_FLOAT32 && right != NO_SLOT) {
    f->top = top;
    dst = slot_word(f);
  }
  if (right != NO_SLOT) return arith(f, n->op, type, left, NULL, right, dst);
  if (dst == NO_SLOT && left >= top) dst = left; // a temporary
  return arith(f, n->op, type, left, y, NO_SLOT, dst);
}

Slot expr_unary(Fn *f, NodeUnary *n, Slot dst) {
  switch (n->op) {
  case OPER_ARROW: return expr_recv(f, n, dst);
  case OPER_NOT: {
    Slot x = expr_any(f, n->x);
    dst = word_or_new(f, dst);
    emit(f, OP_LNOT, dst, x, 0);
    return dst;
  }
  case OPER_AND: {
    Node *x = node_unparen(n->x);
    if (x->kind == NODE_COMPOSITE) { // &T{...}: a new variable
      Type *type = node_type(f, x);
      Slot p = word_or_new(f, dst);
      at(f, &n->h);
      emit_new(f, p, type);
      composite_into(f, (NodeComposite *)x, loc_mem(info_of(f->c, type), p, 0, true), true);
      return p;
    }
    Loc l = loc_of(f, x);
    at(f, &n->h);
    return loc_addr(f, l, dst);
  }
  default: break;
  }
  Type *type = node_type(f, &n->h);
  TypeInfo *info = info_of(f->c, type);
  TypeKind kind = basic_kind(f, type);
  Slot x = expr_any(f, n->x);
  at(f, &n->h);
  if (n->op == OPER_ADD) {
    if (dst == NO_SLOT) return x;
    emit_move(f, dst, x, info);
    return dst;
  }
  if (n->op == OPER_XOR) {
    dst = word_or_new(f, dst);
    emit(f, OP_COM, dst, x, 0);
    return class_of(kind) == CLASS_UNSIGNED ? narrow(f, dst, kind, dst) : dst;
  }
  switch (class_of(kind)) {
  case CLASS_FLOAT64: case CLASS_FLOAT32:
    dst = word_or_new(f, dst);
    emit(f, class_of(kind) == CLASS_FLOAT64 ? OP_FNEG : OP_GNEG, dst, x, 0);
    return dst;
  case CLASS_COMPLEX128:
    dst = slot_or_new(f, dst, info);
    emit(f, OP_FNEG, dst, x, 0);
    emit(f, OP_FNEG, dst + 1, x + 1, 0);
    return dst;
  case CLASS_COMPLEX64: {
    Slot re = slot_word(f), im = slot_word(f);
    emit(f, OP_CREAL64, re, x, 0);
    emit(f, OP_CIMAG64, im, x, 0);
    emit(f, OP_GNEG, re, re, 0);
    emit(f, OP_GNEG, im, im, 0);
    dst = word_or_new(f, dst);
    emit(f, OP_CMAKE64, dst, re, im);
    return dst;
  }
  default:
    dst = word_or_new(f, dst);
    emit(f, OP_NEG, dst, x, 0);
    return narrow(f, dst, kind, dst);
  }
}
