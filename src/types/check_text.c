// Operands, types and objects as they appear in messages.
#include "types/checker.h"

#include "syntax/print.h"

// The text moves to the arena, the buffer's memory goes. Mostly there is none: a cause of what is right.
const char *check_keep(Checker *c, StrBuf *out) {
  if (!out->data) return "";
  const char *text = arena_strdup(c->arena, strbuf_string(out));
  strbuf_free(out);
  return text;
}

const char *expr_text(Checker *c, const Node *node) { return node_string(c->arena, node); }

const char *expr_list_text(Checker *c, NodeList list) {
  StrBuf out = {0};
  for (uint32_t i = 0; i < list.len; i++) {
    strbuf_puts(&out, i ? ", " : "[");
    node_print(&out, list.items[i]);
  }
  strbuf_putc(&out, ']');
  return check_keep(c, &out);
}

const char *type_text(Checker *c, Type *t) { return t ? type_string(c->u, t, c->package) : "<nil>"; }

static const char *mode_text(ExprMode mode) {
  switch (mode) {
  case MODE_NOVALUE: return "no value";
  case MODE_BUILTIN: return "built-in";
  case MODE_TYPE: return "type";
  case MODE_CONSTANT: return "constant";
  case MODE_VARIABLE: return "variable";
  case MODE_MAP_INDEX: return "map index expression";
  case MODE_VALUE: return "value";
  case MODE_NIL: return "nil";
  case MODE_COMMA_OK: return "comma, ok expression";
  default: return "invalid operand";
  }
}

// The results of a call with their names: "(n int, err error)".
static void put_results(Checker *c, StrBuf *out, const NodeCall *call) {
  Type *sig = type_core(call->fun->type);
  for (uint32_t i = 0; sig && sig->kind == TYPE_SIGNATURE && i < sig->result_count; i++) {
    strbuf_puts(out, i ? ", " : "(");
    if (sig->results[i]->name->len) strbuf_printf(out, "%s ", sig->results[i]->name->text);
    strbuf_puts(out, type_text(c, sig->results[i]->type));
  }
  strbuf_putc(out, ')');
}

static void put_type_of(Checker *c, StrBuf *out, const Operand *x) {
  if (!type_is_valid(x->type)) {
    strbuf_puts(out, " with invalid type");
    return;
  }
  strbuf_puts(out, type_is_generic_decl(x->type) ? " of generic type " : " of type ");
  if (x->type->kind == TYPE_TUPLE && x->expr && x->expr->kind == NODE_CALL) put_results(c, out, (NodeCall *)x->expr);
  else strbuf_puts(out, type_text(c, x->type));
  if (type_is_param(x->type)) {
    strbuf_printf(out, " constrained by %s", type_text(c, type_unalias(x->type)->bound));
    if (type_has_empty_set(x->type)) strbuf_puts(out, " with empty type set");
  }
}

// "x (variable of type int)", `"a" (untyped string constant)`, "f() (no value)"
const char *operand_text(Checker *c, const Operand *x) {
  if (x->mode == MODE_NIL) {
    if (!x->type || x->type->kind == TYPE_INVALID) return "nil (with invalid type)";
    if (x->type->kind == TYPE_UNTYPED_NIL) return "nil";
    return arena_printf(c->arena, "nil (of type %s)", type_text(c, x->type));
  }
  StrBuf out = {0};
  const char *expr = "";
  if (x->expr) expr = expr_text(c, x->expr);
  else if (x->mode == MODE_BUILTIN) expr = check_builtin_name(x->builtin);
  else if (x->mode == MODE_TYPE) expr = type_text(c, x->type);
  else if (x->mode == MODE_CONSTANT) expr = const_format(c->arena, x->constant);
  if (*expr) strbuf_printf(&out, "%s (", expr);

  bool is_value = x->mode != MODE_INVALID && x->mode != MODE_NOVALUE && x->mode != MODE_BUILTIN && x->mode != MODE_TYPE;
  bool typed = is_value && x->type && !type_is_untyped(x->type);
  if (is_value && x->type && !typed) strbuf_printf(&out, "%s ", type_text(c, x->type));
  strbuf_puts(&out, mode_text(x->mode));
  if (x->mode == MODE_CONSTANT) {
    const char *value = const_format(c->arena, x->constant);
    if (!text_equal(text_of(value), text_of(expr))) strbuf_printf(&out, " %s", value);
  }
  if (typed) put_type_of(c, &out, x);
  if (*expr) strbuf_putc(&out, ')');
  return check_keep(c, &out);
}

// "var x int", as Go describes a declared object.
const char *object_text(Checker *c, const Object *object) {
  const char *kind = object->kind == OBJECT_CONST ? "const" : object->kind == OBJECT_TYPE ? "type" : "var";
  if (object->kind == OBJECT_FUNC && object->type) {
    StrBuf out = {0};
    strbuf_printf(&out, "func %s", object->name->text);
    type_write_signature(&out, object->type, c->package);
    return check_keep(c, &out);
  }
  return arena_printf(c->arena, "%s %s %s", kind, object->name->text, object->type ? type_text(c, object->type) : "");
}

const char *types_summary(Checker *c, Type **types, uint32_t n, bool variadic) {
  StrBuf out = {0};
  strbuf_putc(&out, '(');
  for (uint32_t i = 0; i < n; i++) {
    Type *t = types[i];
    if (i) strbuf_puts(&out, ", ");
    if (!t || !type_is_valid(t)) strbuf_puts(&out, "unknown type");
    else if (type_is_untyped(t) && type_is_numeric(t)) strbuf_puts(&out, "number");
    else if (type_is_untyped(t)) strbuf_puts(&out, type_text(c, t) + sizeof "untyped " - 1);
    else if (variadic && i == n - 1 && type_unalias(t)->kind == TYPE_SLICE)
      strbuf_printf(&out, "...%s", type_text(c, type_unalias(t)->elem));
    else strbuf_puts(&out, type_text(c, t));
  }
  strbuf_putc(&out, ')');
  return check_keep(c, &out);
}
