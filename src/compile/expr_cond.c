// Comparisons and logical operators (specification "Comparison operators", "Logical operators"), as values and as jumps.
#include "compile/expr.h"

// --- what is compared

typedef enum { CMP_WORD, CMP_SIGNED, CMP_UNSIGNED, CMP_FLOAT64, CMP_FLOAT32, CMP_STRING, CMP_COMPLEX128, CMP_COMPLEX64, CMP_INTERFACE,
               CMP_BLOCK, CMP_NOTHING } CompareClass;

static CompareClass class_of(Fn *f, Type *type) {
  TypeInfo *info = info_of(f->c, type);
  Type *u = info->under;
  switch (u->kind) {
  case TYPE_INT: case TYPE_INT8: case TYPE_INT16: case TYPE_INT32: case TYPE_INT64: case TYPE_UNTYPED_INT: case TYPE_UNTYPED_RUNE:
  case TYPE_UINT8: case TYPE_UINT16: case TYPE_UINT32: // zero-extended: their order is the signed one
    return CMP_SIGNED;
  case TYPE_UINT: case TYPE_UINT64: case TYPE_UINTPTR: return CMP_UNSIGNED;
  case TYPE_FLOAT64: case TYPE_UNTYPED_FLOAT: return CMP_FLOAT64;
  case TYPE_FLOAT32: return CMP_FLOAT32;
  case TYPE_COMPLEX128: case TYPE_UNTYPED_COMPLEX: return CMP_COMPLEX128;
  case TYPE_COMPLEX64: return CMP_COMPLEX64;
  case TYPE_STRING: case TYPE_UNTYPED_STRING: return CMP_STRING;
  case TYPE_INTERFACE: return CMP_INTERFACE;
  case TYPE_STRUCT: case TYPE_ARRAY: return info->slots ? CMP_BLOCK : CMP_NOTHING;
  default: return CMP_WORD;
  }
}

static Operator mirrored(Operator op) {
  switch (op) {
  case OPER_LSS: return OPER_GTR;
  case OPER_LEQ: return OPER_GEQ;
  case OPER_GTR: return OPER_LSS;
  case OPER_GEQ: return OPER_LEQ;
  default: return op;
  }
}

static Operator negated(Operator op) {
  switch (op) {
  case OPER_EQL: return OPER_NEQ;
  case OPER_NEQ: return OPER_EQL;
  case OPER_LSS: return OPER_GEQ;
  case OPER_LEQ: return OPER_GTR;
  case OPER_GTR: return OPER_LEQ;
  default: return OPER_LSS;
  }
}

// The type both operands are compared in: an interface if one of them is.
static Type *common_type(Fn *f, Node *x, Node *y) {
  Type *tx = node_type(f, x), *ty = node_type(f, y);
  if (is_interface(f, tx)) return tx;
  if (is_interface(f, ty)) return ty;
  return type_is_untyped(tx) ? ty : tx;
}

// --- values

static Slot word_compare(Fn *f, Operator op, CompareClass class, Slot x, Slot y, Slot dst) {
  static const Op table[][3] = { // ==, <, <=
      [CMP_WORD] = {OP_EQ, OP_LT, OP_LE},       [CMP_SIGNED] = {OP_EQ, OP_LT, OP_LE},   [CMP_UNSIGNED] = {OP_EQ, OP_LTU, OP_LEU},
      [CMP_FLOAT64] = {OP_FEQ, OP_FLT, OP_FLE}, [CMP_FLOAT32] = {OP_GEQ, OP_GLT, OP_GLE}, [CMP_STRING] = {OP_SEQ, OP_SLT, OP_SLE}};
  static const Op unequal[] = {[CMP_WORD] = OP_NE,      [CMP_SIGNED] = OP_NE,   [CMP_UNSIGNED] = OP_NE,
                               [CMP_FLOAT64] = OP_FNE, [CMP_FLOAT32] = OP_GNE, [CMP_STRING] = OP_SNE};
  dst = word_or_new(f, dst);
  if (op == OPER_GTR || op == OPER_GEQ) {
    Slot t = x;
    x = y, y = t;
    op = mirrored(op);
  }
  Op code = op == OPER_NEQ ? unequal[class] : table[class][op == OPER_EQL ? 0 : op == OPER_LSS ? 1 : 2];
  emit(f, code, dst, x, y);
  return dst;
}

Slot compare_values(Fn *f, Operator op, Slot x, Slot y, Type *type, Slot dst) {
  CompareClass class = class_of(f, type);
  if (class <= CMP_STRING) return word_compare(f, op, class, x, y, dst);
  dst = word_or_new(f, dst);
  switch (class) {
  case CMP_NOTHING:
    emit_imm(f, OP_LDI, dst, op == OPER_EQL);
    return dst;
  case CMP_COMPLEX128: case CMP_COMPLEX64:
    emit(f, OP_CEQ, dst, x, y);
    emit_slots(f, class == CMP_COMPLEX64, 0, 0, 0);
    break;
  case CMP_INTERFACE: emit(f, OP_IEQ, dst, x, y); break;
  default:
    emit(f, OP_EQT, dst, x, y);
    emit_ptr(f, rtype_of(f->c, type));
    break;
  }
  if (op == OPER_NEQ) emit(f, OP_LNOT, dst, dst, 0);
  return dst;
}

Slot expr_compare(Fn *f, NodeBinary *n, Slot dst) {
  Node *x = n->x, *y = n->y;
  if (is_nil(x)) x = n->y, y = n->x;
  uint32_t top = f->top;
  if (is_nil(y)) {
    Slot v = expr_any(f, x), zero = slot_word(f);
    if (dst == NO_SLOT) {
      f->top = top;
      dst = slot_word(f);
      if (dst == zero) zero = slot_word(f);
    }
    emit_imm(f, OP_LDI, zero, 0);
    at(f, &n->h);
    emit(f, n->op == OPER_EQL ? OP_EQ : OP_NE, dst, v, zero);
    f->top = dst >= top ? dst + 1 : top;
    return dst;
  }
  Type *type = common_type(f, x, y);
  order_operands(f, x, y);
  Slot a = expr_as(f, x, type, NO_SLOT), b = expr_as(f, y, type, NO_SLOT);
  at(f, &n->h);
  if (dst == NO_SLOT) {
    f->top = top;
    dst = slot_word(f);
  }
  return compare_values(f, n->op, a, b, type, dst);
}

// && || and ! of them: the value is written in the end only, so dst may be a variable in n.
Slot expr_logic(Fn *f, Node *n, Slot dst) {
  Label no = LABEL_NEW, end = LABEL_NEW;
  dst = word_or_new(f, dst);
  cond_jump(f, n, false, &no);
  emit_imm(f, OP_LDI, dst, 1);
  emit_jump(f, &end);
  label_bind(f, &no);
  emit_imm(f, OP_LDI, dst, 0);
  label_bind(f, &end);
  return dst;
}

// --- jumps

void jump_if_nil(Fn *f, Slot x, bool sense, Label *label) { emit_branch(f, sense ? OP_JEQI : OP_JNEI, x, 0, label); }

static Op immediate_jump(Operator op) {
  switch (op) {
  case OPER_EQL: return OP_JEQI;
  case OPER_NEQ: return OP_JNEI;
  case OPER_LSS: return OP_JLTI;
  case OPER_LEQ: return OP_JLEI;
  case OPER_GTR: return OP_JGTI;
  default: return OP_JGEI;
  }
}

// x op constant. Unsigned 64-bit order has no immediate form but against 0 and 1.
static bool jump_immediate(Fn *f, Operator op, CompareClass class, Node *x, Node *y, Label *label) {
  int32_t imm;
  if (class == CMP_WORD) {
    uint64_t word;
    if (!const_bits(f, y, node_type(f, y), &word) || word > 1) return false; // bools
    imm = (int32_t)word;
  } else if (!const_int16(f, y, &imm)) {
    return false;
  }
  if (class == CMP_UNSIGNED && op != OPER_EQL && op != OPER_NEQ) {
    if ((op == OPER_GTR && imm == 0) || (op == OPER_GEQ && imm == 1)) op = OPER_NEQ, imm = 0;
    else if ((op == OPER_LEQ && imm == 0) || (op == OPER_LSS && imm == 1)) op = OPER_EQL, imm = 0;
    else return false;
  }
  Slot a = expr_any(f, x);
  emit_branch(f, immediate_jump(op), a, (uint32_t)imm, label);
  return true;
}

static void jump_words(Fn *f, Operator op, CompareClass class, Slot a, Slot b, Label *label) {
  bool u = class == CMP_UNSIGNED;
  switch (op) {
  case OPER_EQL: emit_branch(f, OP_JEQ, a, b, label); break;
  case OPER_NEQ: emit_branch(f, OP_JNE, a, b, label); break;
  case OPER_LSS: emit_branch(f, u ? OP_JLTU : OP_JLT, a, b, label); break;
  case OPER_LEQ: emit_branch(f, u ? OP_JLEU : OP_JLE, a, b, label); break;
  case OPER_GTR: emit_branch(f, u ? OP_JLTU : OP_JLT, b, a, label); break;
  default: emit_branch(f, u ? OP_JLEU : OP_JLE, b, a, label); break;
  }
}

void jump_if_equal(Fn *f, Slot x, Slot y, Type *type, bool sense, Label *label) {
  CompareClass class = class_of(f, type);
  if (class <= CMP_UNSIGNED) jump_words(f, sense ? OPER_EQL : OPER_NEQ, class, x, y, label);
  else emit_jump_if(f, compare_values(f, OPER_EQL, x, y, type, NO_SLOT), sense, label);
}

static void jump_floats(Fn *f, Operator op, bool sense, Slot a, Slot b, Label *label) {
  if (op == OPER_GTR || op == OPER_GEQ) {
    Slot t = a;
    a = b, b = t;
    op = mirrored(op);
  }
  if (op == OPER_LSS) emit_branch(f, sense ? OP_JFLT : OP_JFNLT, a, b, label);
  else emit_branch(f, sense ? OP_JFLE : OP_JFNLE, a, b, label);
}

static bool is_empty_string(Fn *f, const Node *n) {
  const Const *c = constant_of(f, n);
  return c && const_kind(c) == CONST_STRING && !const_text(c).len;
}

static void jump_compare(Fn *f, NodeBinary *n, bool sense, Label *label) {
  Node *x = n->x, *y = n->y;
  Operator op = n->op;
  uint32_t top = f->top;
  if (is_nil(x)) x = n->y, y = n->x;
  if (is_nil(y)) {
    jump_if_nil(f, expr_any(f, x), sense == (op == OPER_EQL), label);
    f->top = top;
    return;
  }
  Type *type = common_type(f, x, y);
  CompareClass class = class_of(f, type);
  if (constant_of(f, x) && !constant_of(f, y)) {
    Node *t = x;
    x = y, y = t;
    op = mirrored(op);
  } else {
    order_operands(f, x, y);
  }
  bool words = class <= CMP_UNSIGNED;
  if (words && jump_immediate(f, sense ? op : negated(op), class, x, y, label)) {
    f->top = top;
    return;
  }
  if (class == CMP_STRING && is_empty_string(f, y) && (op == OPER_EQL || op == OPER_NEQ)) {
    Slot s = expr_any(f, x);
    emit_branch(f, sense == (op == OPER_EQL) ? OP_JEQI : OP_JNEI, s + 1, 0, label);
    f->top = top;
    return;
  }
  Slot a = expr_as(f, x, type, NO_SLOT), b = expr_as(f, y, type, NO_SLOT);
  at(f, &n->h);
  if (words) jump_words(f, sense ? op : negated(op), class, a, b, label);
  else if (class == CMP_FLOAT64 && op != OPER_EQL && op != OPER_NEQ) jump_floats(f, op, sense, a, b, label);
  else emit_jump_if(f, compare_values(f, op, a, b, type, NO_SLOT), sense, label);
  f->top = top;
}

void cond_jump(Fn *f, Node *n, bool sense, Label *label) {
  n = node_unparen(n);
  Slot slot;
  const Const *constant = constant_of(f, n);
  if (constant) {
    if (const_truth(constant) == sense) {
      emit_jump(f, label);
      if (label->at == UNBOUND) f->dead = true;
    }
    return;
  }
  at(f, n);
  if (hoisted_slot(f, n, &slot)) {
    emit_jump_if(f, slot, sense, label);
    return;
  }
  if (n->kind == NODE_UNARY && ((NodeUnary *)n)->op == OPER_NOT) {
    cond_jump(f, ((NodeUnary *)n)->x, !sense, label);
    return;
  }
  if (n->kind == NODE_BINARY) {
    NodeBinary *b = (NodeBinary *)n;
    if (b->op == OPER_AND_AND || b->op == OPER_OR_OR) {
      // jump when the first operand decides for `sense`; when it decides against, go past the second
      if ((b->op == OPER_OR_OR) == sense) {
        cond_jump(f, b->x, sense, label);
        if (f->dead) return;
        cond_jump(f, b->y, sense, label);
      } else {
        Label past = LABEL_NEW;
        cond_jump(f, b->x, !sense, &past);
        if (!f->dead) cond_jump(f, b->y, sense, label);
        label_bind(f, &past);
      }
      return;
    }
    if (b->op >= OPER_EQL && b->op <= OPER_GEQ) {
      jump_compare(f, b, sense, label);
      return;
    }
  }
  uint32_t top = f->top;
  emit_jump_if(f, expr_any(f, n), sense, label);
  f->top = top;
}
