// Unary operators (specification "Arithmetic operators", "Logical operators", "Address operators", "Receive operator").
#include "types/checker.h"

typedef struct {
  bool (*holds)(void *context, Type *underlying);
  void *context;
} Visit;

static bool visit_term(void *context, const Term *term) {
  Visit *visit = context;
  return visit->holds(visit->context, term && term->type ? type_underlying(term->type) : NULL);
}

bool check_each_underlying(Type *t, bool (*holds)(void *context, Type *underlying), void *context) {
  t = type_unalias(t);
  if (t->kind != TYPE_PARAM) return holds(context, type_underlying(t));
  return type_param_each(t, visit_term, &(Visit){holds, context});
}

// Specification "Address operators": &x needs an addressable x or a composite literal.
static void address_of(Checker *c, Operand *x, NodeUnary *e) {
  Node *operand = node_unparen(e->x);
  if (operand->kind != NODE_COMPOSITE && x->mode != MODE_VARIABLE) {
    check_error(c, x->expr, "invalid operation: cannot take address of %s", operand_text(c, x));
    x->mode = MODE_INVALID;
    return;
  }
  check_take_address(operand);
  x->mode = MODE_VALUE;
  x->type = type_pointer(c->u, x->type);
}

// Specification "Receive operator": the channel direction must permit receive operations.
static void receive_from(Checker *c, Operand *x) {
  Type *u = type_core(x->type);
  if (u && u->kind == TYPE_CHAN && u->dir != CHAN_SEND) {
    x->mode = MODE_COMMA_OK;
    x->type = u->elem;
    c->env.has_call_or_recv = true;
    return;
  }
  const char *text = operand_text(c, x);
  if (!u) check_error(c, x->expr, "invalid operation: cannot receive from %s (no core type)", text);
  else if (u->kind != TYPE_CHAN) check_error(c, x->expr, "invalid operation: cannot receive from non-channel %s", text);
  else check_error(c, x->expr, "invalid operation: cannot receive from send-only channel %s", text);
  x->mode = MODE_INVALID;
}

static bool is_defined(Operator op, Type *t) {
  switch (op) {
  case OPER_ADD:
  case OPER_SUB: return type_all_numeric(t);
  case OPER_XOR: return type_all_integer(t);
  case OPER_NOT: return type_all_boolean(t);
  default: return false;
  }
}

static void fold(Checker *c, Operand *x, NodeUnary *e, Operator op) {
  if (const_kind(x->constant) == CONST_UNKNOWN) return;
  uint32_t bits = type_is_unsigned(x->type) ? (uint32_t)layout_size(x->type) * 8 : 0;
  x->constant = const_unary(c->arena, op, x->constant, bits);
  x->expr = &e->h;
  check_overflow(c, x, e->h.pos);
}

void check_unary(Checker *c, Operand *x, NodeUnary *e) {
  check_expr(c, x, e->x);
  if (x->mode == MODE_INVALID) return;
  Operator op = e->op;
  if (op == OPER_AND) {
    address_of(c, x, e);
    return;
  }
  if (op == OPER_ARROW) {
    receive_from(c, x);
    return;
  }
  if (op == OPER_TILDE) {
    check_error(c, &e->h, "cannot use ~ outside of interface or type constraint%s",
                type_all_integer(x->type) ? " (use ^ for bitwise complement)" : "");
    x->mode = MODE_INVALID;
    return;
  }
  if (!is_defined(op, x->type)) {
    check_error(c, x->expr, "invalid operation: operator %s not defined on %s", operator_text(op), operand_text(c, x));
    x->mode = MODE_INVALID;
    return;
  }
  if (x->mode == MODE_CONSTANT) fold(c, x, e, op);
  else x->mode = MODE_VALUE;
}
