// Untyped expressions (specification "Constants", "Conversions"): an expression that is untyped when it is checked gets
// its final type later, from its context. Until then its node has the untyped type; when the type is known it goes down
// the tree to the operands, because that is the type their values have when the program runs.
#include "types/checker.h"

Value operand_value(const Operand *x) { return (Value){x->type, x->mode == MODE_CONSTANT ? x->constant : NULL}; }

bool operand_is_nil(const Operand *x) { return x->mode == MODE_NIL; }

bool operand_assignable(Checker *c, const Operand *x, Type *to, const char **cause) {
  if (x->mode == MODE_INVALID || !type_is_valid(to)) return true;
  if (x->type == to) return true; // mostly
  StrBuf why = {0};
  Query q = c->query;
  q.cause = cause ? &why : NULL;
  bool ok = type_assignable(&q, operand_value(x), to);
  if (cause) *cause = check_keep(c, &why);
  return ok;
}

// --- annotating

void check_record_type(Checker *c, Node *e, ExprMode mode, Type *t, const Const *value) {
  e->mode = (uint8_t)mode;
  e->type = t;
  e->constant = value;
  if (c->env.generic && t && t->kind != TYPE_INVALID) e->generic = type_is_generic(t);
}

void check_record(Checker *c, Operand *x) {
  Type *t = x->mode == MODE_NOVALUE ? c->u->empty_tuple : x->mode == MODE_INVALID ? check_invalid(c) : x->type;
  check_record_type(c, x->expr, x->mode, t, x->mode == MODE_CONSTANT ? x->constant : NULL);
  if (t && type_is_untyped(t)) avec_push(c->arena, &c->untyped, x->expr);
}

static bool is_pending(const Node *e) { return e->type && type_is_untyped(e->type); }

void check_update_value(Node *e, const Const *value) {
  if (is_pending(e)) e->constant = value;
}

// The operands of a non-constant expression have its type; those of a comparison and the right one of a shift do not.
static void update_operands(Checker *c, Node *e, Type *t, bool final) {
  switch (e->kind) {
  case NODE_PAREN: check_update_type(c, ((NodeParen *)e)->x, t, final); break;
  case NODE_UNARY:
    if (!e->constant) check_update_type(c, ((NodeUnary *)e)->x, t, final);
    break;
  case NODE_BINARY: {
    NodeBinary *b = (NodeBinary *)e;
    bool comparison = b->op >= OPER_EQL && b->op <= OPER_GEQ;
    if (e->constant || comparison) break;
    check_update_type(c, b->x, t, final);
    if (b->op != OPER_SHL && b->op != OPER_SHR) check_update_type(c, b->y, t, final);
    break;
  }
  default: break;
  }
}

// `fits`: e is no constant that t might not represent.
static void update_type(Checker *c, Node *e, Type *t, bool final, bool fits) {
  if (!is_pending(e)) return;
  update_operands(c, e, t, final);
  if (!final && type_is_untyped(t)) {
    e->type = type_underlying(t);
    return;
  }
  Type *old = e->type;
  // Specification "Operators": an untyped constant to the left of a non-constant shift is converted to the type it
  // would have if the shift were replaced by its left operand alone.
  if (ptr_table_get(&c->untyped_shift, e)) {
    ptr_table_put(&c->untyped_shift, e, NULL);
    if (!type_all_integer(t)) {
      check_error(c, e, "invalid operation: shifted operand %s (type %s) must be integer", expr_text(c, e),
                  type_text(c, t));
      e->type = t;
      return;
    }
  }
  if (e->constant && !fits) {
    Operand x = {.mode = e->mode, .expr = e, .type = old, .constant = e->constant};
    e->type = t; // no longer pending: converting x must not come back here
    check_convert_untyped(c, &x, t);
    if (x.mode == MODE_INVALID) return;
    if (x.mode == MODE_CONSTANT && type_is_const(t)) e->constant = x.constant;
  }
  check_record_type(c, e, e->mode, t, e->constant);
}

void check_update_type(Checker *c, Node *e, Type *t, bool final) { update_type(c, e, t, final, false); }

// What no context gave a type has its default type.
void check_finish_untyped(Checker *c) {
  for (uint32_t i = 0; i < c->untyped.len; i++) {
    Node *e = c->untyped.data[i];
    if (is_pending(e) && e->type->kind != TYPE_UNTYPED_NIL) e->type = type_default(c->u, e->type);
  }
  c->untyped.len = 0;
}

// --- converting

void check_invalid_conversion(Checker *c, Operand *x, Type *target, ConstFit fit) {
  const char *text = operand_text(c, x), *type = type_text(c, target);
  if (fit == FIT_TRUNCATED) check_error(c, x->expr, "%s truncated to %s", text, type);
  else if (fit == FIT_OVERFLOWS) check_error(c, x->expr, "%s overflows %s", text, type);
  else check_error(c, x->expr, "cannot convert %s to type %s", text, type);
}

// The untyped operand takes the target's type, as far as that is possible.
void check_convert_untyped(Checker *c, Operand *x, Type *target) {
  if (x->mode == MODE_INVALID || !type_is_untyped(x->type) || !type_is_valid(target)) return;
  ConstFit fit = FIT_WRONG;
  const Const *rounded = NULL;
  Type *t = type_implicit(c->u, operand_value(x), target, &fit, &rounded);
  if (!t) {
    check_invalid_conversion(c, x, type_is_param(target) ? target : type_underlying(target), fit);
    x->mode = MODE_INVALID;
    return;
  }
  if (rounded) {
    x->constant = rounded;
    check_update_value(x->expr, rounded);
  }
  if (t != x->type) {
    x->type = t;
    bool fits = rounded && t == target && type_is_basic(t); // else it may have got its default type
    update_type(c, x->expr, t, false, fits);
  }
}

// --- constants

// Specification "Representability".
bool check_representable(Checker *c, Operand *x, Type *basic) {
  const Const *rounded = x->constant;
  ConstFit fit = const_fits(c->arena, x->constant, basic->kind, &rounded);
  if (fit != FIT_OK) {
    if (fit != FIT_WRONG && !(type_is_numeric(x->type) && type_is_numeric(basic))) fit = FIT_WRONG;
    check_invalid_conversion(c, x, basic, fit);
    x->mode = MODE_INVALID;
    return false;
  }
  x->constant = rounded;
  return true;
}

static const char *operation_name(const Node *e) {
  if (e && e->kind == NODE_UNARY) return ((const NodeUnary *)e)->op == OPER_XOR ? "bitwise complement " : "";
  if (!e || e->kind != NODE_BINARY) return "";
  switch (((const NodeBinary *)e)->op) {
  case OPER_ADD: return "addition ";
  case OPER_SUB: return "subtraction ";
  case OPER_XOR: return "bitwise XOR ";
  case OPER_MUL: return "multiplication ";
  case OPER_SHL: return "shift ";
  default: return "";
  }
}

// Specification "Constant expressions": a typed constant must be representable; untyped ones may have 512 bits.
void check_overflow(Checker *c, Operand *x, Pos op_pos) {
  if (const_kind(x->constant) == CONST_UNKNOWN) {
    check_error_pos(c, op_pos, NO_POS, "constant result is not representable");
    return;
  }
  if (!type_is_untyped(x->type)) {
    check_representable(c, x, type_underlying(x->type));
    return;
  }
  if (const_kind(x->constant) == CONST_INT && const_bit_length(x->constant) > CONST_MAX_BITS) {
    check_error_pos(c, op_pos, NO_POS, "constant %soverflow", operation_name(x->expr));
    x->constant = const_unknown();
  }
}
