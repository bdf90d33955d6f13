// Binary operators (specification "Operators"): arithmetic, comparison, shifts.
#include "types/checker.h"

// --- comparison

static const char *kind_text(Checker *c, Type *t) {
  switch (type_underlying(t)->kind) {
  case TYPE_ARRAY: return "array";
  case TYPE_SLICE: return "slice";
  case TYPE_STRUCT: return "struct";
  case TYPE_POINTER: return "pointer";
  case TYPE_SIGNATURE: return "func";
  case TYPE_INTERFACE:
    return type_is_param(t) ? arena_printf(c->arena, "type parameter %s", type_text(c, t)) : "interface";
  case TYPE_MAP: return "map";
  case TYPE_CHAN: return "chan";
  default: return type_text(c, t);
  }
}

// "slice can only be compared to nil", "struct containing []int cannot be compared"
static const char *incomparable_cause(Checker *c, Type *t) {
  TypeKind kind = type_underlying(t)->kind;
  if (kind == TYPE_SLICE || kind == TYPE_SIGNATURE || kind == TYPE_MAP)
    return arena_printf(c->arena, "%s can only be compared to nil", kind_text(c, t));
  StrBuf cause = {0};
  Query q = c->query;
  q.cause = &cause;
  type_comparable(&q, t, true);
  return check_keep(c, &cause);
}

// Specification "Comparison operators": the operands must be comparable, or ordered. Returns the one that is not and
// why, or NULL.
static Operand *find_incomparable(Checker *c, Operand *x, Operand *y, Operator op, const char **cause) {
  *cause = "";
  if (op != OPER_EQL && op != OPER_NEQ) {
    if (!type_all_ordered(x->type)) return x;
    return type_all_ordered(y->type) ? NULL : y;
  }
  if (operand_is_nil(x) && operand_is_nil(y)) return y;
  if (operand_is_nil(x) || operand_is_nil(y)) {
    Type *t = operand_is_nil(x) ? y->type : x->type;
    return type_has_nil(t) ? NULL : y;
  }
  Operand *bad = !type_comparable(&c->query, x->type, true) ? x : !type_comparable(&c->query, y->type, true) ? y : NULL;
  if (bad) *cause = incomparable_cause(c, bad->type);
  return bad;
}

static void report_comparison(Checker *c, Operand *x, Operand *y, Operator op, Operand *at, const char *cause,
                              bool switch_case) {
  if (!*cause && (type_is_param(x->type) || type_is_param(y->type))) {
    if (!type_is_param(x->type)) at = y;
    cause = arena_printf(c->arena, "type parameter %s is not comparable with %s", type_text(c, at->type),
                         operator_text(op));
  } else if (!*cause) {
    cause = arena_printf(c->arena, "operator %s not defined on %s", operator_text(op), kind_text(c, at->type));
  }
  if (switch_case)
    check_error(c, x->expr, "invalid case %s in switch on %s (%s)", expr_text(c, x->expr), expr_text(c, y->expr),
                cause);
  else
    check_error(c, at->expr, "invalid operation: %s %s %s (%s)", expr_text(c, x->expr), operator_text(op),
                expr_text(c, y->expr), cause);
  x->mode = MODE_INVALID;
}

void check_comparison(Checker *c, Operand *x, Operand *y, Operator op, bool switch_case) {
  if (!type_is_valid(x->type) || !type_is_valid(y->type)) {
    x->mode = MODE_INVALID;
    return;
  }
  if (switch_case) op = OPER_EQL;
  // Specification: the first operand must be assignable to the type of the second, or vice versa.
  if (!operand_assignable(c, x, y->type, NULL) && !operand_assignable(c, y, x->type, NULL)) {
    const char *cause =
        arena_printf(c->arena, "mismatched types %s and %s", type_text(c, x->type), type_text(c, y->type));
    report_comparison(c, x, y, op, y, cause, switch_case);
    return;
  }
  const char *cause;
  Operand *bad = find_incomparable(c, x, y, op, &cause);
  if (bad) {
    report_comparison(c, x, y, op, bad, cause, switch_case);
    return;
  }
  if (x->mode == MODE_CONSTANT && y->mode == MODE_CONSTANT) {
    bool known = const_kind(x->constant) != CONST_UNKNOWN && const_kind(y->constant) != CONST_UNKNOWN;
    x->constant = known ? const_bool(c->arena, const_compare(x->constant, op, y->constant)) : const_unknown();
  } else {
    x->mode = MODE_VALUE;
    check_update_type(c, x->expr, type_default(c->u, x->type), true);
    check_update_type(c, y->expr, type_default(c->u, y->type), true);
  }
  x->type = check_basic(c, TYPE_UNTYPED_BOOL); // specification: comparison operators yield an untyped boolean value
}

// --- shifts

// Specification "Operators": the right operand must have integer type or be an untyped constant representable by uint.
static bool check_shift_count(Checker *c, Operand *y, const Const **count) {
  *count = NULL;
  if (y->mode == MODE_CONSTANT) {
    *count = const_to_int(c->arena, y->constant);
    if (const_kind(*count) == CONST_INT && const_sign(*count) < 0) {
      check_error(c, y->expr, "invalid operation: negative shift count %s", operand_text(c, y));
      return false;
    }
    if (type_is_untyped(y->type)) {
      // Specification: the untyped constant is converted to uint, whatever the type of the shifted operand.
      if (!check_representable(c, y, check_basic(c, TYPE_UINT))) return false;
    }
  }
  if (y->mode == MODE_CONSTANT ? const_kind(*count) == CONST_INT : type_all_integer(y->type)) return true;
  if (type_is_untyped(y->type)) {
    check_convert_untyped(c, y, check_basic(c, TYPE_UINT));
    return y->mode != MODE_INVALID;
  }
  check_error(c, y->expr, "invalid operation: shift count %s must be integer", operand_text(c, y));
  return false;
}

static void fold_shift(Checker *c, Operand *x, Operand *y, const Const *value, const Const *count, Node *e,
                       Operator op) {
  if (const_kind(x->constant) == CONST_UNKNOWN || const_kind(y->constant) == CONST_UNKNOWN) {
    x->constant = const_unknown();
    if (!type_is_integer(x->type)) x->type = check_basic(c, TYPE_UNTYPED_INT);
    return;
  }
  uint64_t n;
  if (!const_is_uint64(count, &n) || n > CONST_MAX_SHIFT) {
    check_error(c, y->expr, "invalid operation: invalid shift count %s", operand_text(c, y));
    x->mode = MODE_INVALID;
    return;
  }
  if (!type_is_integer(x->type)) x->type = check_basic(c, TYPE_UNTYPED_INT);
  x->constant = const_shift(c->arena, op, value, n);
  if (e) x->expr = e;
  check_overflow(c, x, x->expr->pos);
}

static void check_shift(Checker *c, Operand *x, Operand *y, Node *e, Operator op) {
  const Const *value = x->mode == MODE_CONSTANT ? const_to_int(c->arena, x->constant) : NULL;
  if (!type_all_integer(x->type) && !(type_is_untyped(x->type) && const_kind(value) == CONST_INT)) {
    check_error(c, x->expr, "invalid operation: shifted operand %s must be integer", operand_text(c, x));
    x->mode = MODE_INVALID;
    return;
  }
  const Const *count;
  if (!check_shift_count(c, y, &count)) {
    x->mode = MODE_INVALID;
    return;
  }
  if (x->mode == MODE_CONSTANT && y->mode == MODE_CONSTANT) {
    fold_shift(c, x, y, value, count, e, op);
    return;
  }
  if (y->mode == MODE_CONSTANT && type_is_untyped(y->type)) check_convert_untyped(c, y, check_basic(c, TYPE_UINT));
  if (x->mode == MODE_CONSTANT && type_is_untyped(x->type)) { // its type comes from the context
    if (x->expr->type && type_is_untyped(x->expr->type)) ptr_table_put(&c->untyped_shift, x->expr, x->expr);
    x->mode = MODE_VALUE;
    return;
  }
  if (!type_all_integer(x->type)) {
    check_error(c, x->expr, "invalid operation: shifted operand %s must be integer", operand_text(c, x));
    x->mode = MODE_INVALID;
    return;
  }
  x->mode = MODE_VALUE;
}

// --- arithmetic

static bool may_convert(Operand *x, Operand *y) {
  Type *tx = x->type, *ty = y->type;
  if (!type_is_untyped(tx) && !type_is_untyped(ty)) return false;
  bool x_interface = type_is_interface(tx) && !type_is_param(tx),
       y_interface = type_is_interface(ty) && !type_is_param(ty);
  if (x_interface || y_interface) return true;
  if (type_all_boolean(tx) != type_all_boolean(ty)) return false;
  if (type_all_string(tx) != type_all_string(ty)) return false;
  if (operand_is_nil(x)) return type_has_nil(ty);
  if (operand_is_nil(y)) return type_has_nil(tx);
  return type_underlying(tx)->kind != TYPE_POINTER && type_underlying(ty)->kind != TYPE_POINTER;
}

// Specification "Operators": if one operand is an untyped constant, it is converted to the type of the other one.
void check_match_types(Checker *c, Operand *x, Operand *y) {
  if (!may_convert(x, y)) return;
  check_convert_untyped(c, x, y->type);
  if (x->mode == MODE_INVALID) return;
  check_convert_untyped(c, y, x->type);
  if (y->mode == MODE_INVALID) x->mode = MODE_INVALID;
}

static bool is_defined(Operator op, Type *t) {
  switch (op) {
  case OPER_ADD: return type_all_numeric_or_string(t);
  case OPER_SUB:
  case OPER_MUL:
  case OPER_QUO: return type_all_numeric(t);
  case OPER_REM:
  case OPER_AND:
  case OPER_OR:
  case OPER_XOR:
  case OPER_AND_NOT: return type_all_integer(t);
  case OPER_AND_AND:
  case OPER_OR_OR: return type_all_boolean(t);
  default: return false;
  }
}

// Specification "Integer operators": if the divisor is a constant, it must not be zero; nor may the square of a complex
// constant vanish.
static bool divides_by_zero(Checker *c, const Operand *x, const Operand *y) {
  if (y->mode != MODE_CONSTANT || const_kind(y->constant) == CONST_UNKNOWN) return false;
  if (x->mode != MODE_CONSTANT && !type_all_integer(x->type)) return false;
  if (const_sign(y->constant) == 0) return true;
  if (x->mode != MODE_CONSTANT || !type_is_complex(x->type)) return false;
  const Const *re = const_real(c->arena, y->constant), *im = const_imag(c->arena, y->constant);
  return const_sign(const_binary(c->arena, OPER_MUL, re, re, false)) == 0 &&
         const_sign(const_binary(c->arena, OPER_MUL, im, im, false)) == 0;
}

static void fold(Checker *c, Operand *x, Operand *y, Node *e, Operator op) {
  if (const_kind(x->constant) == CONST_UNKNOWN || const_kind(y->constant) == CONST_UNKNOWN) {
    x->constant = const_unknown();
    return;
  }
  x->constant = const_binary(c->arena, op, x->constant, y->constant, op == OPER_QUO && type_is_integer(x->type));
  if (e) x->expr = e;
  check_overflow(c, x, x->expr->pos);
}

static void mismatch(Checker *c, Operand *x, Operand *y, Node *e, Node *lhs, Node *rhs, Operator op) {
  const char *tx = type_text(c, x->type), *ty = type_text(c, y->type);
  if (type_is_valid(x->type) && type_is_valid(y->type)) {
    if (e) check_error(c, x->expr, "invalid operation: %s (mismatched types %s and %s)", expr_text(c, e), tx, ty);
    else
      check_error(c, x->expr, "invalid operation: %s %s= %s (mismatched types %s and %s)", expr_text(c, lhs),
                  operator_text(op), expr_text(c, rhs), tx, ty);
  }
  x->mode = MODE_INVALID;
}

// `e` is NULL for an assignment operation.
void check_binary(Checker *c, Operand *x, Node *e, Node *lhs, Node *rhs, Operator op) {
  Operand y;
  check_expr(c, x, lhs);
  check_expr(c, &y, rhs);
  if (x->mode == MODE_INVALID) return;
  if (y.mode == MODE_INVALID) {
    x->mode = MODE_INVALID;
    x->expr = y.expr;
    return;
  }
  if (op == OPER_SHL || op == OPER_SHR) {
    check_shift(c, x, &y, e, op);
    return;
  }
  check_match_types(c, x, &y);
  if (x->mode == MODE_INVALID) return;
  if (op >= OPER_EQL && op <= OPER_GEQ) {
    check_comparison(c, x, &y, op, false);
    return;
  }
  if (!type_identical(x->type, y.type)) {
    mismatch(c, x, &y, e, lhs, rhs, op);
    return;
  }
  if (!is_defined(op, x->type)) {
    check_error(c, x->expr, "invalid operation: operator %s not defined on %s", operator_text(op), operand_text(c, x));
    x->mode = MODE_INVALID;
    return;
  }
  if ((op == OPER_QUO || op == OPER_REM) && divides_by_zero(c, x, &y)) {
    check_error(c, y.expr, "invalid operation: division by zero");
    x->mode = MODE_INVALID;
    return;
  }
  if (x->mode == MODE_CONSTANT && y.mode == MODE_CONSTANT) fold(c, x, &y, e, op);
  else x->mode = MODE_VALUE;
}
