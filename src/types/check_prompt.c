// Inputs of a session: what a prompt allows beyond a script. An expression may stand alone, `_` is the last value, and a type
// declared before may get methods.
//
// Each input has a package scope of its own inside the scope of what earlier ones have left, so a name may be declared again; who
// mentioned the old object keeps it.
#include "types/checker.h"

#include <string.h>

static Object *new_value(Checker *c, Operand *x) {
  Object *value = object_new(c->u, OBJECT_VAR, name_of(c->u->names, PROMPT_VALUE), c->package, check_start(x->expr), NULL);
  value->is_global = value->used = true;
  check_init_var(c, value, x, "expression");
  return value;
}

static void add_step(Checker *c, Operand *values, uint32_t n, Node *e) {
  Object **lhs = ARENA_ARRAY(c->arena, Object *, n);
  for (uint32_t i = 0; i < n; i++) lhs[i] = new_value(c, &values[i]);
  vec_push(&c->init, (struct InitStep){.lhs = lhs, .lhs_count = n, .rhs = e});
}

// What fmt.Println and its like return is not what one wants to see.
static bool is_printing(const Operand *x) {
  const Node *call = node_unparen(x->expr);
  const Node *fun = call->kind == NODE_CALL ? node_unparen(((const NodeCall *)call)->fun) : NULL;
  const Object *callee = fun && fun->kind == NODE_SELECTOR ? ((const NodeIdent *)((const NodeSelector *)fun)->sel)->obj : NULL;
  if (!callee || callee->kind != OBJECT_FUNC || !callee->package || !name_is(callee->package->path, "fmt")) return false;
  return !strncmp(callee->name->text, "Print", 5) || !strncmp(callee->name->text, "Fprint", 6);
}

void check_prompt_expr(Checker *c, NodeExprStmt *s) {
  Operand x;
  check_raw_expr(c, NULL, NULL, &x, s->x, NULL, false);
  switch (x.mode) {
  case MODE_INVALID: return;
  case MODE_BUILTIN: check_error(c, x.expr, "%s must be called", operand_text(c, &x)); return;
  case MODE_TYPE:
    check_error(c, x.expr, "%s is not an expression", operand_text(c, &x));
    check_hint(c, "`:type %s` shows it", expr_text(c, x.expr));
    return;
  case MODE_VALUE:
    if (!is_printing(&x)) break;
    __attribute__((fallthrough));
  case MODE_NOVALUE: vec_push(&c->init, (struct InitStep){.stmt = &s->h}); return;
  default: break;
  }
  if (x.type->kind != TYPE_TUPLE) {
    add_step(c, &x, 1, s->x);
    return;
  }
  Operand *values = ARENA_ARRAY(c->arena, Operand, x.type->tuple_len);
  for (uint32_t i = 0; i < x.type->tuple_len; i++) values[i] = (Operand){.mode = MODE_VALUE, .expr = x.expr, .type = x.type->tuple[i]};
  add_step(c, values, x.type->tuple_len, s->x);
}

bool check_prompt_blank(Checker *c, Operand *x, NodeIdent *e) {
  Object *last = c->package->prompt ? c->package->last : NULL;
  if (!last || ptr_table_has(&c->blank_params, e)) return false;
  e->obj = last;
  e->name = last->name;
  x->mode = MODE_VARIABLE;
  x->type = last->type;
  return true;
}

// --- methods of older types

static Method *find_method(Type *base, const Name *name) {
  for (uint32_t i = 0; i < base->declared_count; i++)
    if (base->declared[i].name == name) return &base->declared[i];
  return NULL;
}

static void attach(Checker *c, Type *base, Object *method) {
  Method *old = find_method(base, method->name);
  if (old && check_decl_info(c, old->object)) {
    check_error_object(c, method, "method %s.%s already declared at %s", base->object->name->text, method->name->text, check_place(c, old->pos));
    return;
  }
  if (old) {
    method->replaces = old->object;
    vec_push(&c->attached, (Attached){base, (uint32_t)(old - base->declared), false, *old});
    *old = (Method){.name = method->name, .package = method->package, .object = method, .pos = method->pos};
  } else {
    vec_push(&c->attached, (Attached){base, base->declared_count, true, {0}});
    type_named_add_method(base, method);
  }
}

void check_prompt_attach(Checker *c) {
  for (uint32_t i = 0; c->package->prompt && i < c->methods.len; i++) {
    Object *type = (Object *)c->methods.entries[i].key;
    MethodList *methods = c->methods.entries[i].value;
    if (!methods || check_decl_info(c, type)) continue; // of this input: attached when it is resolved
    c->methods.entries[i].value = NULL;
    for (uint32_t k = 0; k < methods->list.len; k++) attach(c, type->type, methods->list.data[k]);
  }
}

// A method may be declared again with the type it has: code that calls it is compiled already.
static void check_replaced(Checker *c, const Attached *a) {
  Object *old = a->old.object, *method = a->base->declared[a->index].object;
  bool same = old->type && method->type && type_identical(old->type, method->type) && old->pointer_recv == method->pointer_recv;
  if (same || !method->type || !type_is_valid(method->type)) return;
  check_error_object(c, method, "method %s.%s has another type than before: %s", a->base->object->name->text, method->name->text,
                     type_text(c, old->type));
  check_hint(c, "declare type %s again to begin anew", a->base->object->name->text);
}

// A field may have the method's name.
static void check_field(Checker *c, const Attached *a) {
  Type *u = type_underlying(a->base);
  const Method *m = &a->base->declared[a->index];
  for (uint32_t i = 0; u->kind == TYPE_STRUCT && i < u->field_count; i++)
    if (u->fields[i].name == m->name) check_error_object(c, m->object, "field and method with the same name %s", m->name->text);
}

// After an error the types are as they were.
void check_prompt_close(Checker *c) {
  if (!c->attached.len) return;
  for (uint32_t i = 0; i < c->attached.len; i++) {
    const Attached *a = &c->attached.data[i];
    if (a->added) check_field(c, a);
    else check_replaced(c, a);
  }
  for (uint32_t i = c->attached.len; i-- && diags_count(c->diags);) {
    const Attached *a = &c->attached.data[i];
    if (a->added) a->base->declared_count = a->index;
    else a->base->declared[a->index] = a->old;
  }
  c->u->method_sets = NULL;
}
