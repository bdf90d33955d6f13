// Assignments, initialisations and short variable declarations (specification "Assignability", "Assignment
// statements", "Short variable declarations", "Return statements").
#include "types/checker.h"

// --- one value

const char check_argument[] = "argument";

// The context in a message; that of an argument is put together only here.
static const char *where(Checker *c, const char *context) {
  return context == check_argument ? arena_printf(c->arena, "argument to %s", expr_text(c, c->callee)) : context;
}

// Can x be assigned to a variable of type `to` (NULL: any type)? x's untyped value gets its type. `context`: where.
void check_assignment(Checker *c, Operand *x, Type *to, const char *context) {
  check_single_value(c, x);
  switch (x->mode) {
  case MODE_INVALID: return;
  case MODE_NIL:
  case MODE_CONSTANT:
  case MODE_VARIABLE:
  case MODE_MAP_INDEX:
  case MODE_VALUE:
  case MODE_COMMA_OK: break;
  default:
    check_error(c, x->expr, "cannot assign %s to %s in %s", operand_text(c, x), to ? type_text(c, to) : "_",
                where(c, context));
    x->mode = MODE_INVALID;
    return;
  }
  if (type_is_untyped(x->type)) {
    Type *target = to;
    bool interface = to && type_is_interface(to) && !type_is_param(to);
    if (operand_is_nil(x)) {
      if (!to) {
        check_error(c, x->expr, "use of untyped nil in %s", where(c, context));
        x->mode = MODE_INVALID;
        return;
      }
    } else if (!to || interface) {
      target = type_default(c->u, x->type);
    }
    ConstFit fit = FIT_WRONG;
    const Const *rounded = NULL;
    Type *t = type_is_valid(target) ? type_implicit(c->u, operand_value(x), target, &fit, &rounded) : x->type;
    if (!t) {
      check_error(c, x->expr, "cannot use %s as %s value in %s%s", operand_text(c, x), type_text(c, target),
                  where(c, context),
                  fit == FIT_TRUNCATED   ? " (truncated)"
                  : fit == FIT_OVERFLOWS ? " (overflows)"
                                         : "");
      x->mode = MODE_INVALID;
      return;
    }
    if (rounded) {
      x->constant = rounded;
      check_update_value(x->expr, rounded);
    }
    if (t != x->type) {
      x->type = t;
      check_update_type(c, x->expr, t, false);
    }
  }
  if (check_is_generic_func(x->type)) {
    check_error(c, x->expr, "cannot use generic function %s without instantiation in %s", operand_text(c, x),
                where(c, context));
    x->mode = MODE_INVALID;
    return;
  }
  const char *cause = "";
  if (!to || operand_assignable(c, x, to, &cause)) return;
  check_error(c, x->expr, "cannot use %s as %s value in %s%s%s", operand_text(c, x), type_text(c, to),
              where(c, context), *cause ? ": " : "", cause);
  x->mode = MODE_INVALID;
}

// Specification "Constant declarations".
void check_init_const(Checker *c, Object *lhs, Operand *x) {
  bool invalid = x->mode == MODE_INVALID || !type_is_valid(x->type) || (lhs->type && !type_is_valid(lhs->type));
  if (!invalid && x->mode != MODE_CONSTANT) {
    check_error(c, x->expr, "%s is not constant", operand_text(c, x));
    invalid = true;
  }
  if (invalid) {
    if (!lhs->type) lhs->type = check_invalid(c);
    return;
  }
  if (!lhs->type) lhs->type = x->type;
  check_assignment(c, x, lhs->type, "constant declaration");
  if (x->mode != MODE_INVALID) lhs->constant = x->constant;
}

// Specification "Variable declarations": without a type the variable gets that of the value, or its default type.
void check_init_var(Checker *c, Object *lhs, Operand *x, const char *context) {
  if (x->mode == MODE_INVALID || !type_is_valid(x->type) || (lhs->type && !type_is_valid(lhs->type))) {
    if (!lhs->type) lhs->type = check_invalid(c);
    x->mode = MODE_INVALID;
    return;
  }
  if (!lhs->type) {
    Type *t = x->type;
    if (t->kind == TYPE_UNTYPED_NIL) {
      check_error(c, x->expr, "use of untyped nil in %s", context);
      lhs->type = check_invalid(c);
      x->mode = MODE_INVALID;
      return;
    }
    lhs->type = type_is_untyped(t) ? type_default(c->u, t) : t;
  }
  check_assignment(c, x, lhs->type, context);
}

// --- the left side

// The variable whose memory e denotes part of: through fields and array elements, not through pointers.
Object *check_root_variable(Node *e) {
  for (;;) {
    e = node_unparen(e);
    switch (e->kind) {
    case NODE_IDENT: {
      Object *object = ((NodeIdent *)e)->obj;
      return object && object->kind == OBJECT_VAR ? object : NULL;
    }
    case NODE_SELECTOR: {
      NodeSelector *s = (NodeSelector *)e;
      if (!s->selection) { // pkg.Var
        Object *object = ((NodeIdent *)s->sel)->obj;
        return object && object->kind == OBJECT_VAR ? object : NULL;
      }
      if (s->selection->kind != SELECT_FIELD || s->selection->indirect) return NULL;
      e = s->x;
      break;
    }
    case NODE_INDEX: {
      NodeIndex *i = (NodeIndex *)e;
      Type *core = i->x->type && type_is_valid(i->x->type) ? type_core(i->x->type) : NULL;
      if (!core || core->kind != TYPE_ARRAY) return NULL;
      e = i->x;
      break;
    }
    default: return NULL;
    }
  }
}

void check_take_address(Node *e) {
  Object *var = check_root_variable(e);
  if (var) var->address_taken = true;
}

// The type of what is assigned to: NULL for the blank identifier, the invalid type after an error.
static Type *lhs_type(Checker *c, Node *lhs) {
  Node *name = node_unparen(lhs);
  if (node_is_blank(name)) {
    check_record_type(c, lhs, MODE_VARIABLE, NULL, NULL);
    return NULL;
  }
  // Being assigned to is no use of a variable.
  Object *var = name->kind == NODE_IDENT ? scope_find(c->env.scope, ((NodeIdent *)name)->name, NO_POS, NULL) : NULL;
  if (var && (var->kind != OBJECT_VAR || var->package != c->package)) var = NULL;
  bool used = var && var->used;
  Operand x;
  check_expr(c, &x, lhs);
  if (var) var->used = used;
  if (x.mode == MODE_INVALID || !type_is_valid(x.type)) return check_invalid(c);
  if (x.mode == MODE_VARIABLE || x.mode == MODE_MAP_INDEX) {
    Object *root = check_root_variable(lhs);
    if (root) root->reassigned = true;
    return x.type;
  }
  NodeSelector *s = (NodeSelector *)x.expr;
  if (x.expr->kind == NODE_SELECTOR && s->x->mode == MODE_MAP_INDEX)
    check_error(c, x.expr, "cannot assign to struct field %s in map", expr_text(c, x.expr));
  else
    check_error(c, x.expr, "cannot assign to %s (neither addressable nor a map index expression)",
                expr_text(c, x.expr));
  return check_invalid(c);
}

// Specification "Assignment statements". Either rhs is given, or its value x.
void check_assign_var(Checker *c, Node *lhs, Node *rhs, Operand *x, const char *context) {
  Type *t = lhs_type(c, lhs);
  if (t && !type_is_valid(t)) {
    if (x) x->mode = MODE_INVALID;
    else check_use1(c, rhs);
    return;
  }
  Operand value;
  if (!x) {
    x = &value;
    check_expr_target(c, x, rhs, t, t && type_underlying(t)->kind == TYPE_SIGNATURE ? expr_text(c, lhs) : NULL);
  }
  bool blank = !t && !strcmp(context, "assignment");
  check_assignment(c, x, t, blank ? "assignment to _ identifier" : context);
}

// --- several values

static const char *measure(Checker *c, uint32_t n, const char *unit) {
  return arena_printf(c->arena, "%u %s%s", n, unit, n == 1 ? "" : "s");
}

static void report_count(Checker *c, NodeList rhs, uint32_t l, uint32_t r) {
  Node *first = rhs.items[0], *call = node_unparen(first);
  const char *vars = measure(c, l, "variable"), *values = measure(c, r, "value");
  if (rhs.len == 1 && call->kind == NODE_CALL)
    check_error(c, first, "assignment mismatch: %s but %s returns %s", vars, expr_text(c, ((NodeCall *)call)->fun),
                values);
  else check_error(c, first, "assignment mismatch: %s but %s", vars, values);
}

static void report_return_count(Checker *c, NodeReturn *ret, Object **lhs, uint32_t l, OperandList rhs) {
  Node *at = &ret->h;
  if (rhs.len > l) at = rhs.items[l].expr;
  else if (rhs.len) at = rhs.items[rhs.len - 1].expr;
  check_error(c, at, "%s return values", rhs.len > l ? "too many" : "not enough");
  Type **have = ARENA_ARRAY(c->arena, Type *, rhs.len), **want = ARENA_ARRAY(c->arena, Type *, l);
  for (uint32_t i = 0; i < rhs.len; i++) have[i] = rhs.items[i].type;
  for (uint32_t i = 0; i < l; i++) want[i] = lhs[i]->type;
  check_note(c, NO_POS, "have %s", types_summary(c, have, rhs.len, false));
  check_note(c, NO_POS, "want %s", types_summary(c, want, l, false));
}

static bool is_single_call(NodeList list) { return list.len == 1 && node_unparen(list.items[0])->kind == NODE_CALL; }

static void invalidate(Checker *c, Object **lhs, uint32_t n) {
  for (uint32_t i = 0; i < n; i++)
    if (!lhs[i]->type) lhs[i]->type = check_invalid(c);
}

// Initialises variables, or passes a return statement's values (`ret`).
void check_init_vars(Checker *c, Object **lhs, uint32_t n, NodeList rhs, NodeReturn *ret) {
  const char *context = ret ? "return statement" : "assignment";
  if (n == rhs.len && !is_single_call(rhs)) {
    for (uint32_t i = 0; i < n; i++) {
      Operand x;
      const char *what = ret && !lhs[i]->name->len ? "result variable" : lhs[i]->name->text;
      check_expr_target(c, &x, rhs.items[i], lhs[i]->type, what);
      check_init_var(c, lhs[i], &x, context);
    }
    return;
  }
  if (rhs.len != 1) { // each must be single-valued, and their number is wrong
    if (check_use(c, rhs)) {
      if (ret) report_return_count(c, ret, lhs, n, check_expr_list(c, rhs));
      else report_count(c, rhs, n, rhs.len);
    }
    invalidate(c, lhs, n);
    return;
  }
  bool comma_ok = false;
  OperandList values = check_multi_expr(c, rhs.items[0], n == 2 && !ret, &comma_ok);
  if (values.len == n) {
    for (uint32_t i = 0; i < n; i++) check_init_var(c, lhs[i], &values.items[i], context);
    if (comma_ok) check_comma_ok(rhs.items[0]);
    return;
  }
  if (!values.len || values.items[0].mode != MODE_INVALID) {
    if (ret) report_return_count(c, ret, lhs, n, values);
    else report_count(c, rhs, n, values.len);
  }
  invalidate(c, lhs, n);
}

void check_assign_vars(Checker *c, NodeList lhs, NodeList rhs) {
  if (lhs.len == rhs.len && !is_single_call(rhs)) {
    for (uint32_t i = 0; i < lhs.len; i++) check_assign_var(c, lhs.items[i], rhs.items[i], NULL, "assignment");
    return;
  }
  if (rhs.len != 1) {
    bool ok = check_use_lhs(c, lhs);
    ok &= check_use(c, rhs);
    if (ok) report_count(c, rhs, lhs.len, rhs.len);
    return;
  }
  bool comma_ok = false;
  OperandList values = check_multi_expr(c, rhs.items[0], lhs.len == 2, &comma_ok);
  if (values.len == lhs.len) {
    for (uint32_t i = 0; i < lhs.len; i++) check_assign_var(c, lhs.items[i], NULL, &values.items[i], "assignment");
    if (comma_ok) check_comma_ok(rhs.items[0]);
    return;
  }
  if (!values.len || values.items[0].mode != MODE_INVALID) report_count(c, rhs, lhs.len, values.len);
  check_use_lhs(c, lhs);
}

// --- short variable declarations

static bool is_repeated(NodeList lhs, uint32_t i) {
  const Name *name = ((NodeIdent *)lhs.items[i])->name;
  for (uint32_t j = 0; j < i; j++)
    if (lhs.items[j]->kind == NODE_IDENT && ((NodeIdent *)lhs.items[j])->name == name) return !name_is_blank(name);
  return false;
}

// Specification "Short variable declarations": may redeclare variables of the same block, if one of them is new.
void check_short_var_decl(Checker *c, NodeAssign *s) {
  uint32_t top = c->delayed.len, n = s->lhs.len, fresh = 0;
  Scope *scope = check_scope_is_package(c) ? c->package->scope : c->env.scope;
  Object **vars = ARENA_ARRAY(c->arena, Object *, n);
  bool *is_new = ARENA_ARRAY(c->arena, bool, n);
  bool failed = false;
  for (uint32_t i = 0; i < n; i++) {
    Node *e = s->lhs.items[i];
    vars[i] = NULL;
    if (e->kind != NODE_IDENT) {
      check_use_lhs(c, (NodeList){&e, 1, 1});
      check_error(c, e, "non-name %s on left side of :=", expr_text(c, e));
      failed = true;
    } else if (is_repeated(s->lhs, i)) {
      check_error(c, e, "%s repeated on left side of :=", expr_text(c, e));
      failed = true;
    } else {
      NodeIdent *ident = (NodeIdent *)e;
      Object *old = name_is_blank(ident->name) ? NULL : scope_lookup(scope, ident->name);
      if (old && old->kind == OBJECT_VAR) {
        ident->obj = vars[i] = old;
        old->reassigned = true;
      } else if (old) {
        check_error(c, e, "cannot assign to %s", expr_text(c, e));
        failed = true;
      } else {
        vars[i] = check_new_var(c, ident, NULL);
        vars[i]->decl = &s->h;
        if (!name_is_blank(ident->name)) is_new[i] = true, fresh++;
      }
    }
    if (!vars[i]) vars[i] = object_new(c->u, OBJECT_VAR, name_of(c->u->names, "_"), c->package, e->pos, NULL);
  }
  check_init_vars(c, vars, n, s->rhs, NULL);
  for (uint32_t i = 0; i < n; i++) {
    Node *e = s->lhs.items[i];
    vars[i]->init = is_new[i] ? s->rhs.items[s->rhs.len == n ? i : 0] : vars[i]->init;
    check_record_type(c, e, MODE_VARIABLE, vars[i]->type, NULL);
  }
  check_run_delayed(c, top);
  if (!fresh && !failed) {
    check_error_pos(c, s->h.pos, NO_POS, "no new variables on left side of :=");
    return;
  }
  for (uint32_t i = 0; i < n; i++)
    if (is_new[i]) check_declare_local(c, (NodeIdent *)s->lhs.items[i], vars[i], s->h.end);
}
