// For statements with range clause (specification "For statements with range clause").
//
// The body of a range over a function becomes that function's argument: it is a function of its own (NodeRange.info),
// whose outer function is the one around the loop, so that captured variables are found as for a literal.
#include "types/checker.h"

typedef struct {
  Type *key, *value; // NULL: no such iteration variable
  const char *cause; // why x cannot be ranged over; NULL: it can
  bool function;
} Iteration;

static Type *core_signature(Type *t) {
  Type *core = type_core(t);
  return core && core->kind == TYPE_SIGNATURE ? core : NULL;
}

// Specification: func(func() bool), func(func(K) bool), func(func(K, V) bool)
static Iteration over_function(Type *sig) {
  Iteration it = {.function = true};
  Type *yield = sig->param_count == 1 ? core_signature(sig->params[0]->type) : NULL;
  if (sig->param_count != 1) it.cause = "func must be func(yield func(...) bool): wrong argument count";
  else if (!yield) it.cause = "func must be func(yield func(...) bool): argument is not func";
  else if (sig->result_count) it.cause = "func must be func(yield func(...) bool): unexpected results";
  else if (yield->param_count > 2)
    it.cause = "func must be func(yield func(...) bool): yield func has too many parameters";
  else if (yield->result_count != 1 || !type_is_boolean(yield->results[0]->type))
    it.cause = "func must be func(yield func(...) bool): yield func does not return bool";
  if (it.cause) return it;
  if (yield->param_count > 0) it.key = yield->params[0]->type;
  if (yield->param_count > 1) it.value = yield->params[1]->type;
  return it;
}

// The iteration values' types, by the core type of the range expression.
static Iteration find_iteration(Checker *c, Type *t) {
  Type *u = type_core(t), *integer = check_basic(c, TYPE_INT);
  if (!u) return (Iteration){.cause = "no core type"};
  if (u->kind == TYPE_POINTER && type_underlying(u->elem)->kind == TYPE_ARRAY) u = type_underlying(u->elem);
  switch (u->kind) {
  case TYPE_ARRAY:
  case TYPE_SLICE: return (Iteration){integer, u->elem, NULL, false};
  case TYPE_MAP: return (Iteration){u->key, u->elem, NULL, false};
  case TYPE_CHAN:
    if (u->dir == CHAN_SEND) return (Iteration){.cause = "receive from send-only channel"};
    return (Iteration){u->elem, NULL, NULL, false};
  case TYPE_SIGNATURE: return over_function(u);
  default:
    if (type_is_string(u)) return (Iteration){integer, c->u->rune_, NULL, false};
    if (type_is_integer(u)) return (Iteration){t, NULL, NULL, false};
    return (Iteration){.cause = ""};
  }
}

static void report_range(Checker *c, NodeRange *s, Operand *x, const Iteration *it) {
  if (it->cause)
    check_error(c, x->expr, "cannot range over %s%s%s", operand_text(c, x), *it->cause ? ": " : "", it->cause);
  else if (!it->key && s->key)
    check_error(c, s->key, "range over %s permits no iteration variables", operand_text(c, x));
  else if (!it->value && s->value)
    check_error(c, s->value, "range over %s permits only one iteration variable", operand_text(c, x));
  else if (s->extra) check_error(c, s->extra, "range clause permits at most two iteration variables");
}

// for i := range x: new variables, one for each iteration. Over an integer, i gets the type of x.
static void define_vars(Checker *c, NodeRange *s, Operand *x, Type *types[2], bool over_int) {
  Node *lhs[2] = {s->key, s->value};
  Object *vars[2] = {NULL};
  uint32_t fresh = 0;
  for (int i = 0; i < 2; i++) {
    if (!lhs[i]) continue;
    if (lhs[i]->kind != NODE_IDENT) {
      check_error(c, lhs[i], "non-name %s on left side of :=", expr_text(c, lhs[i]));
      continue;
    }
    NodeIdent *name = (NodeIdent *)lhs[i];
    Object *var = vars[i] = check_new_var(c, name, NULL);
    var->decl = &s->h;
    var->loop_var = !c->options->loopvar_shared;
    fresh += !name_is_blank(name->name);
    if (!types[i] || !type_is_valid(types[i])) {
      var->type = check_invalid(c);
      var->used = true;
    } else if (over_int) {
      check_init_var(c, var, x, "range clause");
    } else {
      Operand y = {.mode = MODE_VALUE, .expr = lhs[i], .type = types[i]};
      check_init_var(c, var, &y, "assignment");
    }
    check_record_type(c, lhs[i], MODE_VARIABLE, var->type, NULL);
  }
  if (!fresh) check_error(c, &s->h, "no new variables on left side of :=");
  for (int i = 0; i < 2; i++)
    if (vars[i] && !name_is_blank(vars[i]->name))
      check_declare_local(c, (NodeIdent *)lhs[i], vars[i], s->body ? s->body->start : s->h.end);
}

static void assign_vars(Checker *c, NodeRange *s, Operand *x, Type *types[2], bool over_int) {
  Node *lhs[2] = {s->key, s->value};
  for (int i = 0; i < 2; i++) {
    if (!lhs[i]) continue;
    if (!types[i] || !type_is_valid(types[i])) continue;
    if (over_int) {
      check_assign_var(c, lhs[i], NULL, x, "range clause");
      if (x->mode != MODE_INVALID && !type_all_integer(x->type))
        check_error(c, lhs[i], "cannot use iteration variable of type %s", type_text(c, x->type));
    } else {
      Operand y = {.mode = MODE_VALUE, .expr = lhs[i], .type = types[i]};
      check_assign_var(c, lhs[i], NULL, &y, "assignment");
    }
  }
}

void check_range(Checker *c, NodeRange *s) {
  Operand x;
  check_expr(c, &x, s->x);
  Iteration it = {.cause = ""};
  if (x.mode != MODE_INVALID) {
    it = find_iteration(c, x.type);
    report_range(c, s, &x, &it);
    if (s->value) check_frame_value(c, x.type); // an array is copied
  }
  Type *types[2] = {it.cause ? NULL : it.key, it.cause ? NULL : it.value};
  bool over_int = x.mode != MODE_INVALID && type_is_integer(x.type);
  check_open_scope(c, &s->h);
  FuncInfo *outer = c->env.func;
  if (it.function && !it.cause) {
    s->info = check_new_func(c, &s->h, NULL, core_signature(core_signature(x.type)->params[0]->type), outer);
    c->env.func = s->info;
  }
  if (s->define) define_vars(c, s, &x, types, over_int);
  else if (s->key) assign_vars(c, s, &x, types, over_int);
  else if (over_int) check_assignment(c, &x, NULL, "range clause");
  if (s->body) check_stmt(c, s->body);
  c->env.func = outer;
  check_close_scope(c);
}
