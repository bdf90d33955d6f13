// Expressions: the dispatcher, names, and the forms that need no file of their own.
//
// Each check fills an Operand; a mode of MODE_INVALID says that an error was reported. check_raw_expr annotates the
// node on the way out.
#include "types/checker.h"

// --- names

static void undefined(Checker *c, NodeIdent *e) {
  check_error(c, &e->h, "undefined: %s", e->name->text);
  const char *path = c->options->implicit_package ? c->options->implicit_package(c->options->context, e->name) : NULL;
  Object *package = path || !name_is_exported(e->name) ? NULL : check_import_of(c, e->name);
  Object *similar = path || package ? NULL : scope_similar(c->env.scope, e->name, NO_POS);
  if (package) check_hint(c, "did you mean %s.%s?", package->name->text, e->name->text);
  else if (path) check_hint(c, "import it with: import \"%s\"", path);
  else if (similar && similar->name->len > 1) check_hint(c, "did you mean %s?", similar->name->text);
}

static void use_blank(Checker *c, Operand *x, NodeIdent *e) {
  Type *param = ptr_table_get(&c->blank_params, e);
  if (!param) {
    check_error(c, &e->h, "cannot use _ as value or type");
    return;
  }
  x->mode = MODE_TYPE;
  x->type = param;
}

static void use_const(Checker *c, Operand *x, NodeIdent *e, Object *object) {
  check_depend(c, object);
  if (!type_is_valid(object->type)) return;
  x->constant = object->constant;
  if (object->scope == c->u->scope && name_is(object->name, "iota")) {
    if (!c->env.iota) {
      check_error(c, &e->h, "cannot use iota outside constant declaration");
      return;
    }
    x->constant = c->env.iota;
  }
  x->mode = MODE_CONSTANT;
}

static void use_var(Checker *c, Operand *x, Object *object) {
  if (object->package == c->package) object->used = true;
  check_depend(c, object);
  if (!type_is_valid(object->type)) return;
  check_capture(c, object);
  x->mode = MODE_VARIABLE;
}

// Specification "Operands", "Declarations and scope". `want_type`: only a type will do.
void check_ident(Checker *c, Operand *x, NodeIdent *e, Object *def, bool want_type) {
  (void)def;
  *x = (Operand){.expr = &e->h, .type = check_invalid(c)};
  const Scope *holder = NULL;
  Object *object = scope_find(c->env.scope, e->name, NO_POS, &holder);
  if (name_is_blank(e->name)) {
    if (!want_type && check_prompt_blank(c, x, e)) return;
    use_blank(c, x, e);
    return;
  }
  if (!object) object = check_implicit_package(c, e->name);
  if (!object) {
    undefined(c, e);
    return;
  }
  e->obj = object;
  if (want_type && object->kind != OBJECT_TYPE) {
    check_error(c, &e->h, "%s is not a type", object->name->text);
    if (object->kind == OBJECT_VAR && object->package == c->package) object->used = true;
    return;
  }
  if (!object->type || (want_type && object->package == c->package)) check_object(c, object);
  check_use_dot_import(c, object, holder);
  switch (object->kind) {
  case OBJECT_PACKAGE: check_error(c, &e->h, "use of package %s not in selector", object->name->text); return;
  case OBJECT_CONST: use_const(c, x, e, object); break;
  case OBJECT_TYPE: x->mode = MODE_TYPE; break;
  case OBJECT_VAR: use_var(c, x, object); break;
  case OBJECT_FUNC:
    check_depend(c, object);
    x->mode = MODE_VALUE;
    break;
  case OBJECT_BUILTIN:
    x->builtin = object->builtin;
    x->mode = MODE_BUILTIN;
    break;
  case OBJECT_NIL: x->mode = MODE_NIL; break;
  default: return;
  }
  x->type = object->type;
}

// --- literals

// Specification "Integer literals" ... "String literals".
static bool check_basic_literal(Checker *c, Operand *x, NodeLiteral *e) {
  static const TypeKind kinds[] = {
      [LIT_INT] = TYPE_UNTYPED_INT,   [LIT_FLOAT] = TYPE_UNTYPED_FLOAT,   [LIT_IMAGINARY] = TYPE_UNTYPED_COMPLEX,
      [LIT_RUNE] = TYPE_UNTYPED_RUNE, [LIT_STRING] = TYPE_UNTYPED_STRING,
  };
  bool number = e->lit == LIT_INT || e->lit == LIT_FLOAT || e->lit == LIT_IMAGINARY;
  if (number && e->text.len > CONST_MAX_LITERAL) {
    check_error(c, &e->h, "excessively long constant: %.10s... (%u chars)", e->text.ptr, e->text.len);
    return false;
  }
  const Const *value = const_literal(c->arena, e->lit, e->text);
  if (const_kind(value) == CONST_UNKNOWN) {
    check_error(c, &e->h, "malformed constant: %.*s", TEXT_ARGS(e->text));
    return false;
  }
  x->mode = MODE_CONSTANT;
  x->type = check_basic(c, kinds[e->lit]);
  x->constant = value;
  x->expr = &e->h;
  check_overflow(c, x, e->h.start);
  return true;
}

// --- type assertions

// Specification "Type assertions": if T is not an interface type, it must implement x's type.
void check_type_assertion(Checker *c, Node *e, Operand *x, Type *to, bool type_switch) {
  StrBuf cause = {0};
  Query q = c->query;
  q.cause = &cause;
  if (!type_assertable(&q, x->type, to)) {
    const char *why = strbuf_string(&cause);
    if (type_switch)
      check_error(c, e, "impossible type switch case: %s\n\t%s cannot have dynamic type %s %s", expr_text(c, e),
                  operand_text(c, x), type_text(c, to), why);
    else
      check_error(c, e, "impossible type assertion: %s\n\t%s does not implement %s %s", expr_text(c, e),
                  type_text(c, to), type_text(c, x->type), why);
  }
  strbuf_free(&cause);
}

static bool check_assertion(Checker *c, Operand *x, NodeTypeAssert *e) {
  check_expr(c, x, e->x);
  if (x->mode == MODE_INVALID) return false;
  if (!e->to) {
    check_error(c, &e->h, "invalid syntax tree: use of .(type) outside type switch");
    return false;
  }
  if (type_is_param(x->type)) {
    check_error(c, e->x, "invalid operation: cannot use type assertion on type parameter value %s", operand_text(c, x));
    return false;
  }
  if (type_underlying(x->type)->kind != TYPE_INTERFACE) {
    check_error(c, e->x, "invalid operation: %s is not an interface", operand_text(c, x));
    return false;
  }
  Type *to = check_var_type(c, e->to);
  if (!type_is_valid(to)) return false;
  check_type_assertion(c, &e->h, x, to, false);
  x->mode = MODE_COMMA_OK;
  x->type = to;
  return true;
}

// --- pointer indirection

typedef struct {
  Checker *c;
  Operand *x;
  Type *base;
} Indirection;

static bool visit_pointer(void *context, Type *u) {
  Indirection *i = context;
  if (!u || u->kind != TYPE_POINTER) {
    check_error(i->c, i->x->expr, "invalid operation: cannot indirect %s", operand_text(i->c, i->x));
    return false;
  }
  if (i->base && !type_identical(i->base, u->elem)) {
    check_error(i->c, i->x->expr, "invalid operation: pointers of %s must have identical base types",
                operand_text(i->c, i->x));
    return false;
  }
  i->base = u->elem;
  return true;
}

// Specification "Address operators": *x denotes the variable pointed to; of a type, *T is the pointer type.
static bool check_star(Checker *c, Operand *x, NodeStar *e) {
  check_expr_or_type(c, x, e->x, false);
  if (x->mode == MODE_INVALID) return false;
  if (x->mode == MODE_TYPE) {
    check_valid_var_type(c, e->x, x->type);
    x->type = type_pointer(c->u, x->type);
    return true;
  }
  if (operand_is_nil(x)) {
    check_error(c, e->x, "invalid operation: cannot indirect %s", operand_text(c, x));
    return false;
  }
  Indirection indirection = {c, x, NULL};
  if (!check_each_underlying(x->type, visit_pointer, &indirection)) return false;
  x->mode = MODE_VARIABLE;
  x->type = indirection.base;
  return true;
}

// --- the dispatcher

static ExprKind fail(Operand *x, Node *e) {
  x->mode = MODE_INVALID;
  x->expr = e;
  return KIND_STATEMENT; // avoids "is not used"
}

static ExprKind dispatch(Checker *c, Type *target, const char *target_text, Operand *x, Node *e, Type *hint) {
  *x = (Operand){.expr = e, .type = check_invalid(c)};
  bool ok = true;
  switch (e->kind) {
  case NODE_BAD: ok = false; break;
  case NODE_IDENT: check_ident(c, x, (NodeIdent *)e, NULL, false); break;
  case NODE_LITERAL: ok = check_basic_literal(c, x, (NodeLiteral *)e); break;
  case NODE_FUNC_LIT: check_func_literal(c, x, (NodeFuncLit *)e); break;
  case NODE_COMPOSITE: ok = check_composite(c, x, (NodeComposite *)e, hint); break;
  case NODE_PAREN: {
    ExprKind kind = check_raw_expr(c, NULL, NULL, x, ((NodeParen *)e)->x, NULL, false);
    x->expr = e;
    return kind;
  }
  case NODE_SELECTOR: check_selector(c, x, (NodeSelector *)e, NULL, false); break;
  case NODE_INDEX:
    if (check_index_expr(c, x, (NodeIndex *)e))
      check_func_instance(c, target, target_text, e->pos, x, (NodeIndex *)e, true, NULL);
    ok = x->mode != MODE_INVALID;
    break;
  case NODE_SLICE:
    check_slice_expr(c, x, (NodeSlice *)e);
    ok = x->mode != MODE_INVALID;
    break;
  case NODE_TYPE_ASSERT: ok = check_assertion(c, x, (NodeTypeAssert *)e); break;
  case NODE_CALL: return check_call(c, x, (NodeCall *)e);
  case NODE_STAR: ok = check_star(c, x, (NodeStar *)e); break;
  case NODE_UNARY:
    check_unary(c, x, (NodeUnary *)e);
    if (x->mode == MODE_INVALID) return fail(x, e);
    x->expr = e;
    return ((NodeUnary *)e)->op == OPER_ARROW ? KIND_STATEMENT : KIND_EXPRESSION;
  case NODE_BINARY: {
    NodeBinary *b = (NodeBinary *)e;
    check_binary(c, x, e, b->x, b->y, b->op);
    ok = x->mode != MODE_INVALID;
    break;
  }
  case NODE_KEY_VALUE:
    check_error(c, e, "no key:value expected");
    ok = false;
    break;
  case NODE_ELLIPSIS:
    check_error(c, e, "invalid use of '...'");
    ok = false;
    break;
  case NODE_ARRAY_TYPE:
  case NODE_SLICE_TYPE:
  case NODE_STRUCT_TYPE:
  case NODE_FUNC_TYPE:
  case NODE_INTERFACE_TYPE:
  case NODE_MAP_TYPE:
  case NODE_CHAN_TYPE:
    x->mode = MODE_TYPE;
    x->type = check_type(c, e);
    break;
  default: ok = false; break;
  }
  if (!ok) return fail(x, e);
  x->expr = e;
  return KIND_EXPRESSION;
}

bool check_is_generic_func(Type *t) { return t && t->kind == TYPE_SIGNATURE && t->tparams.len; }

// A generic type or function must be instantiated where it is not called or indexed.
void check_non_generic(Checker *c, Type *target, const char *target_text, Operand *x) {
  if (x->mode == MODE_INVALID || x->mode == MODE_NOVALUE || !x->type) return;
  TypeKind kind = x->type->kind;
  if (kind != TYPE_NAMED && kind != TYPE_ALIAS && kind != TYPE_SIGNATURE) return;
  bool function = check_is_generic_func(x->type);
  if (!function && !type_is_generic_decl(x->type)) return;
  if (function && target) {
    check_func_instance(c, target, target_text, x->expr->pos, x, NULL, true, NULL);
    return;
  }
  const char *what = function ? "function" : "type";
  check_error(c, x->expr, "cannot use generic %s %s without instantiation", what, expr_text(c, x->expr));
  x->mode = MODE_INVALID;
  x->type = check_invalid(c);
}

ExprKind check_raw_expr(Checker *c, Type *target, const char *target_text, Operand *x, Node *e, Type *hint,
                        bool allow_generic) {
  ExprKind kind = dispatch(c, target, target_text, x, e, hint);
  if (!allow_generic) check_non_generic(c, target, target_text, x);
  check_record(c, x);
  return kind;
}

// --- single values

void check_exclude(Checker *c, Operand *x, unsigned modes) {
  const char *fmt = NULL;
  if (x->mode == MODE_NOVALUE && (modes & EXCLUDE_NOVALUE))
    fmt = modes & EXCLUDE_TYPE ? "%s used as value" : "%s used as value or type";
  else if (x->mode == MODE_BUILTIN && (modes & EXCLUDE_BUILTIN)) fmt = "%s must be called";
  else if (x->mode == MODE_TYPE && (modes & EXCLUDE_TYPE)) fmt = "%s is not an expression";
  if (!fmt) return;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  check_error(c, x->expr, fmt, operand_text(c, x));
#pragma GCC diagnostic pop
  x->mode = MODE_INVALID;
}

// Specification "Calls": a multi-valued call may only stand where several values are expected.
void check_single_value(Checker *c, Operand *x) {
  if (x->mode != MODE_VALUE || x->type->kind != TYPE_TUPLE) return;
  check_error(c, x->expr, "multiple-value %s in single-value context", operand_text(c, x));
  x->mode = MODE_INVALID;
}

void check_expr_target(Checker *c, Operand *x, Node *e, Type *target, const char *target_text) {
  bool is_func = target && type_is_valid(target) && type_underlying(target)->kind == TYPE_SIGNATURE;
  check_raw_expr(c, is_func ? target : NULL, target_text, x, e, NULL, false);
  check_exclude(c, x, EXCLUDE_ALL);
  check_single_value(c, x);
}

void check_expr(Checker *c, Operand *x, Node *e) { check_expr_target(c, x, e, NULL, NULL); }

void check_expr_hint(Checker *c, Operand *x, Node *e, Type *hint) {
  check_raw_expr(c, NULL, NULL, x, e, hint, false);
  check_exclude(c, x, EXCLUDE_ALL);
  check_single_value(c, x);
}

void check_generic_expr(Checker *c, Operand *x, Node *e) {
  check_raw_expr(c, NULL, NULL, x, e, NULL, true);
  check_exclude(c, x, EXCLUDE_ALL);
  check_single_value(c, x);
}

void check_expr_or_type(Checker *c, Operand *x, Node *e, bool allow_generic) {
  check_raw_expr(c, NULL, NULL, x, e, NULL, allow_generic);
  check_exclude(c, x, EXCLUDE_NOVALUE);
  check_single_value(c, x);
}

// --- several values

// The values of a call with several results, or of an expression with an optional ok.
static OperandList spread(Checker *c, Operand *x, bool allow_comma_ok, bool *comma_ok) {
  bool tuple = x->mode != MODE_INVALID && x->type && x->type->kind == TYPE_TUPLE;
  bool with_ok = allow_comma_ok && (x->mode == MODE_MAP_INDEX || x->mode == MODE_COMMA_OK);
  OperandList list = {NULL, tuple ? x->type->tuple_len : with_ok ? 2 : 1};
  list.items = ARENA_ARRAY(c->arena, Operand, list.len ? list.len : 1);
  if (tuple) {
    for (uint32_t i = 0; i < list.len; i++)
      list.items[i] = (Operand){.mode = MODE_VALUE, .expr = x->expr, .type = x->type->tuple[i]};
    return list;
  }
  list.items[0] = *x;
  if (with_ok) {
    list.items[1] = (Operand){.mode = MODE_VALUE, .expr = x->expr, .type = check_basic(c, TYPE_UNTYPED_BOOL)};
    *comma_ok = true;
  }
  return list;
}

OperandList check_multi_expr(Checker *c, Node *e, bool allow_comma_ok, bool *comma_ok) {
  Operand x;
  check_raw_expr(c, NULL, NULL, &x, e, NULL, false);
  check_exclude(c, &x, EXCLUDE_ALL);
  return spread(c, &x, allow_comma_ok, comma_ok);
}

OperandList check_expr_list(Checker *c, NodeList list) {
  if (list.len == 1) return check_multi_expr(c, list.items[0], false, NULL);
  OperandList operands = {ARENA_ARRAY(c->arena, Operand, list.len), list.len};
  for (uint32_t i = 0; i < list.len; i++) check_expr(c, &operands.items[i], list.items[i]);
  return operands;
}

// v, ok = x: marks the expression, its parentheses too.
void check_comma_ok(Node *e) {
  for (;; e = ((NodeParen *)e)->x) {
    e->comma_ok = true;
    if (e->kind != NODE_PAREN) return;
  }
}

// --- expressions whose value does not matter any more

static bool use(Checker *c, Node *e, bool lhs) {
  Operand x = {.mode = MODE_VALUE};
  Node *n = node_unparen(e);
  if (!n || node_is_blank(n)) return true;
  if (n->kind != NODE_IDENT) {
    check_raw_expr(c, NULL, NULL, &x, e, NULL, true);
    return x.mode != MODE_INVALID;
  }
  Object *var = lhs ? scope_find(c->env.scope, ((NodeIdent *)n)->name, NO_POS, NULL) : NULL;
  bool is_var = var && var->kind == OBJECT_VAR && var->package == c->package, used = is_var && var->used;
  check_expr_or_type(c, &x, n, true);
  if (is_var) var->used = used;
  return x.mode != MODE_INVALID;
}

bool check_use1(Checker *c, Node *e) { return use(c, e, false); }

bool check_use(Checker *c, NodeList list) {
  bool ok = true;
  for (uint32_t i = 0; i < list.len; i++) ok &= use(c, list.items[i], false);
  return ok;
}

bool check_use_lhs(Checker *c, NodeList list) {
  bool ok = true;
  for (uint32_t i = 0; i < list.len; i++) ok &= use(c, list.items[i], true);
  return ok;
}
