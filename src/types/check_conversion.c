// Conversions (specification "Conversions"): T(x).
#include "types/checker.h"

static bool is_number_fit(Operand *x, Type *to) { return type_is_integer(x->type) && type_is_integer(to); }

typedef struct {
  Checker *c;
  Operand *x;
  Type *to;
  const char *cause;
} ToParam;

// A constant is converted to each type of a type parameter's set; the result is not a constant.
static bool visit_target(void *context, Type *u) {
  ToParam *p = context;
  Checker *c = p->c;
  if (!u) {
    p->cause = arena_printf(c->arena, "%s does not contain specific types", type_text(c, p->to));
    return false;
  }
  if (type_is_string(p->x->type) && type_is_bytes_or_runes(u)) return true;
  if (type_is_const(u) && const_converted(&c->query, operand_value(p->x), u)) return true;
  const char *to = type_text(c, u), *in = type_text(c, p->to);
  if (is_number_fit(p->x, u))
    p->cause =
        arena_printf(c->arena, "constant %s overflows %s (in %s)", const_format(c->arena, p->x->constant), to, in);
  else p->cause = arena_printf(c->arena, "cannot convert %s to type %s (in %s)", operand_text(c, p->x), to, in);
  return false;
}

// Returns whether the conversion is valid. The operand's mode and constant become the result's.
static bool convert(Checker *c, Operand *x, Type *to, const char **cause) {
  if (x->mode == MODE_CONSTANT && type_is_const(to)) {
    if (const_kind(x->constant) == CONST_UNKNOWN) return true;
    const Const *value = const_converted(&c->query, operand_value(x), to);
    const Const *integer = type_is_integer(to) ? const_to_int(c->arena, x->constant) : NULL;
    if (value) x->constant = value;
    else if (const_kind(integer) == CONST_INT) x->constant = integer; // as the message shows it
    return value != NULL;
  }
  if (x->mode == MODE_CONSTANT && type_is_param(to)) {
    ToParam p = {c, x, to, ""};
    bool ok = check_each_underlying(to, visit_target, &p);
    *cause = p.cause;
    x->mode = MODE_VALUE;
    return ok;
  }
  StrBuf why = {0};
  Query q = c->query;
  q.cause = &why;
  bool ok = type_convertible(&q, operand_value(x), to);
  *cause = check_keep(c, &why);
  if (ok) x->mode = MODE_VALUE;
  return ok;
}

// Specification "Conversions": an untyped operand gets the type it has when the program runs.
static void finish_untyped(Checker *c, Operand *x, Type *to, bool constant_argument, bool nil) {
  Type *final = to;
  bool interface = type_is_interface(to) && !type_is_param(to);
  // string(1 << 100): the integer keeps its type, it need not fit one.
  if (x->mode == MODE_CONSTANT && type_is_integer(x->type) && type_all_string(to)) return;
  if (!nil && (interface || (constant_argument && !type_is_const(to)))) final = type_default(c->u, x->type);
  check_update_type(c, x->expr, final, true);
}

void check_conversion(Checker *c, Operand *x, Type *to) {
  bool constant_argument = x->mode == MODE_CONSTANT, nil = operand_is_nil(x);
  const char *cause = "";
  if (!convert(c, x, to, &cause)) {
    if (constant_argument && type_is_const(to) && is_number_fit(x, to))
      check_error(c, x->expr, "constant %s overflows %s", const_format(c->arena, x->constant), type_text(c, to));
    else if (*cause)
      check_error(c, x->expr, "cannot convert %s to type %s: %s", operand_text(c, x), type_text(c, to), cause);
    else check_error(c, x->expr, "cannot convert %s to type %s", operand_text(c, x), type_text(c, to));
    x->mode = MODE_INVALID;
    return;
  }
  if (type_is_untyped(x->type)) finish_untyped(c, x, to, constant_argument, nil);
  x->type = to;
}
