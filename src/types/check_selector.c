// Selectors and qualified identifiers (specification "Selectors", "Method values", "Method expressions").
#include "types/checker.h"

#include <strings.h>

#include "types/lookup.h"

// --- pkg.Name

static void undefined_in_package(Checker *c, NodeSelector *e, Package *p, const Name *name) {
  check_error(c, e->sel, "undefined: %s", expr_text(c, &e->h));
  Scope *exported = scope_new(c->arena, NULL, NO_POS, NO_POS);
  for (uint32_t i = 0; i < scope_count(p->scope); i++) {
    Object *object = scope_at(p->scope, i);
    if (object && name_is_exported(object->name)) scope_insert(exported, object);
  }
  Object *similar = scope_similar(exported, name, NO_POS);
  if (similar) check_hint(c, "did you mean %s.%s?", p->name->text, similar->name->text);
}

// Specification "Qualified identifiers": the identifier must be exported and declared in the package block.
static bool check_qualified(Checker *c, Operand *x, NodeSelector *e, Object *import) {
  NodeIdent *sel = (NodeIdent *)e->sel;
  Package *p = import->imported;
  import->used = true;
  ((NodeIdent *)e->x)->obj = import;
  check_record_type(c, e->x, MODE_PACKAGE, check_invalid(c), NULL);
  Object *object = scope_lookup(p->scope, sel->name);
  if (!object) {
    if (!p->fake) undefined_in_package(c, e, p, sel->name);
    return false;
  }
  if (!name_is_exported(object->name)) {
    check_error(c, e->sel, "name %s not exported by package %s", sel->name->text, p->name->text);
    return false;
  }
  sel->obj = object;
  if (!object->type) check_object(c, object);
  x->type = object->type;
  switch (object->kind) {
  case OBJECT_CONST:
    x->mode = MODE_CONSTANT;
    x->constant = object->constant;
    break;
  case OBJECT_TYPE: x->mode = MODE_TYPE; break;
  case OBJECT_VAR: x->mode = MODE_VARIABLE; break;
  case OBJECT_FUNC: x->mode = MODE_VALUE; break;
  case OBJECT_BUILTIN:
    x->mode = MODE_BUILTIN;
    x->builtin = object->builtin;
    break;
  default: return false;
  }
  if (!x->type || (x->type->kind == TYPE_INVALID && object->kind != OBJECT_BUILTIN)) return false;
  check_record_type(c, e->sel, x->mode, x->type, x->mode == MODE_CONSTANT ? x->constant : NULL);
  return true;
}

static Object *find_import(Checker *c, NodeSelector *e) {
  if (e->x->kind != NODE_IDENT) return NULL;
  const Name *name = ((NodeIdent *)e->x)->name;
  Object *object = scope_find(c->env.scope, name, NO_POS, NULL);
  if (!object && !name_is_blank(name)) object = check_implicit_package(c, name);
  return object && object->kind == OBJECT_PACKAGE ? object : NULL;
}

// --- why there is no such field or method

static const char *tail(const Name *name) {
  uint32_t width;
  utf8_decode(name->text, name->len, &width);
  return name->text + width;
}

static bool is_interface_pointer(Type *t) {
  Type *p = type_underlying(t);
  return p->kind == TYPE_POINTER && type_underlying(p->elem)->kind == TYPE_INTERFACE;
}

// What else could be meant: another spelling, an unexported name (the cases of types2's lookupError).
static const char *missing_cause(Checker *c, Operand *x, const Name *sel) {
  const char *type = type_text(c, x->type);
  if (is_interface_pointer(x->type))
    return arena_printf(c->arena,
                        type_is_param(type_underlying(x->type)->elem)
                            ? "type %s is pointer to type parameter, not type parameter"
                            : "type %s is pointer to interface, not interface",
                        type);
  Lookup alt = lookup_find(c->u, x->type, x->mode == MODE_VARIABLE, c->package, sel, true);
  const Name *name = alt.field ? alt.field->name : alt.method ? alt.method->name : NULL;
  if (name) {
    Package *package = alt.field ? alt.field->package : alt.method->package;
    const char *what = alt.field ? "field" : "method";
    bool exported = name_is_exported(sel), other = name_is_exported(name), same_tail = !strcmp(tail(sel), tail(name));
    if (package == c->package || (other && (exported || same_tail)))
      return arena_printf(c->arena, "type %s has no field or method %s, but does have %s %s", type, sel->text, what,
                          name->text);
    if (exported && same_tail)
      return arena_printf(c->arena, "type %s has no field or method %s, but does have unexported %s %s", type,
                          sel->text, what, name->text);
    if (name == sel) return arena_printf(c->arena, "cannot refer to unexported %s %s", what, name->text);
  }
  return arena_printf(c->arena, "type %s has no field or method %s", type, sel->text);
}

// A field or method one letter away.
static void hint_similar(Checker *c, Type *t, const Name *sel) {
  t = type_deref(t, NULL);
  Scope *names = scope_new(c->arena, NULL, NO_POS, NO_POS);
  Type *u = type_underlying(t), *named = type_unalias(t);
  for (uint32_t i = 0; u->kind == TYPE_STRUCT && i < u->field_count; i++)
    scope_insert(names, object_new(c->u, OBJECT_VAR, u->fields[i].name, NULL, NO_POS, NULL));
  for (uint32_t i = 0; named->kind == TYPE_NAMED && i < named_method_count(named); i++)
    scope_insert(names, object_new(c->u, OBJECT_FUNC, named_method(named, i)->name, NULL, NO_POS, NULL));
  for (uint32_t i = 0; u->kind == TYPE_INTERFACE && i < type_set(u)->method_count; i++)
    scope_insert(names, object_new(c->u, OBJECT_FUNC, type_set(u)->methods[i]->name, NULL, NO_POS, NULL));
  Object *similar = scope_similar(names, sel, NO_POS);
  if (similar) check_hint(c, "did you mean %s?", similar->name->text);
}

static void report_missing(Checker *c, Operand *x, NodeSelector *e, const Lookup *found) {
  const Name *sel = ((NodeIdent *)e->sel)->name;
  const char *text = expr_text(c, x->expr);
  if (!type_is_valid(type_underlying(x->type))) return;
  if (found->status == LOOKUP_AMBIGUOUS) {
    check_error(c, e->sel, "ambiguous selector %s.%s", text, sel->text);
  } else if (found->status == LOOKUP_POINTER && x->mode == MODE_TYPE) {
    const char *type = type_text(c, x->type);
    check_error(c, e->sel, "invalid method expression %s.%s (needs pointer receiver (*%s).%s)", type, sel->text, type,
                sel->text);
  } else if (found->status == LOOKUP_POINTER) {
    check_error(c, e->sel, "cannot call pointer method %s on %s", sel->text, type_text(c, x->type));
  } else {
    check_error(c, e->sel, "%s.%s undefined (%s)", text, sel->text, missing_cause(c, x, sel));
    hint_similar(c, x->type, sel);
  }
}

// --- x.f

Selection *check_new_selection(Checker *c, NodeSelector *e, SelectionKind kind, Type *recv, const Lookup *found) {
  Selection *s = ARENA_NEW(c->arena, Selection);
  *s = (Selection){.kind = kind,
                   .recv = recv,
                   .object = found->method,
                   .field = found->field,
                   .path = found->path,
                   .path_len = found->path_len,
                   .indirect = found->indirect};
  e->selection = s;
  ((NodeIdent *)e->sel)->obj = found->method;
  return s;
}

static Type *without_receiver(Checker *c, Type *sig) {
  if (!sig->recv) return sig;
  Type *t = type_signature(c->u, sig->params, sig->param_count, sig->results, sig->result_count, sig->variadic);
  t->tparams = sig->tparams;
  return t;
}

// Specification "Method expressions": T.m is a function whose first parameter is the receiver.
static bool method_expr(Checker *c, Operand *x, NodeSelector *e, const Lookup *found) {
  if (found->status != LOOKUP_METHOD) {
    const char *sel = ((NodeIdent *)e->sel)->name->text;
    check_error(c, e->sel, "%s.%s undefined (type %s has no method %s)", expr_text(c, x->expr), sel,
                type_text(c, x->type), sel);
    return false;
  }
  Selection *s = check_new_selection(c, e, SELECT_METHOD_EXPR, x->type, found);
  Type *sig = found->type;
  Object **params = ARENA_ARRAY(c->arena, Object *, sig->param_count + 1);
  const Name *name = name_of(c->u->names, "");
  bool named = sig->param_count && sig->params[0]->name->len;
  if (named) name = sig->recv && sig->recv->name->len ? sig->recv->name : name_of(c->u->names, "_");
  params[0] = object_new(c->u, OBJECT_VAR, name, c->package, NO_POS, x->type);
  params[0]->is_param = true;
  for (uint32_t i = 0; i < sig->param_count; i++) params[i + 1] = sig->params[i];
  x->mode = MODE_VALUE;
  x->type = s->type =
      type_signature(c->u, params, sig->param_count + 1, sig->results, sig->result_count, sig->variadic);
  return true;
}

static void select_field(Checker *c, Operand *x, NodeSelector *e, const Lookup *found) {
  Selection *s = check_new_selection(c, e, SELECT_FIELD, x->type, found);
  x->mode = x->mode == MODE_VARIABLE || found->indirect ? MODE_VARIABLE : MODE_VALUE;
  x->type = s->type = found->type;
}

// Specification "Calls": if x is addressable and &x's method set contains m, x.m() is shorthand for (&x).m().
static void select_method(Checker *c, Operand *x, NodeSelector *e, const Lookup *found) {
  SelectionKind kind = found->interface ? SELECT_INTERFACE_METHOD : SELECT_METHOD_VALUE;
  Selection *s = check_new_selection(c, e, kind, x->type, found);
  if (found->pointer_recv && !found->indirect) check_take_address(e->x);
  x->mode = MODE_VALUE;
  x->type = s->type = without_receiver(c, found->type);
}

static bool check_member(Checker *c, Operand *x, NodeSelector *e) {
  const Name *sel = ((NodeIdent *)e->sel)->name;
  Lookup found = lookup_find(c->u, x->type, x->mode == MODE_VARIABLE, c->package, sel, false);
  if (found.status != LOOKUP_FIELD && found.status != LOOKUP_METHOD) {
    report_missing(c, x, e, &found);
    return false;
  }
  if (found.method) {
    Object *origin = found.method->origin ? found.method->origin : found.method;
    if (!found.type) { // its declaration had not been looked at
      check_object(c, origin);
      found = lookup_find(c->u, x->type, x->mode == MODE_VARIABLE, c->package, sel, false);
    }
    if (!found.type || found.type->kind != TYPE_SIGNATURE) return false;
    check_depend(c, origin);
  }
  if (x->mode == MODE_TYPE) return method_expr(c, x, e, &found);
  if (found.status == LOOKUP_FIELD) select_field(c, x, e, &found);
  else select_method(c, x, e, &found);
  return true;
}

static bool check_operand(Checker *c, Operand *x, NodeSelector *e, Object *def, bool want_type) {
  check_expr_or_type(c, x, e->x, false);
  if (x->mode == MODE_INVALID) return false;
  if (x->mode == MODE_TYPE && def && def->type == x->type) {
    check_cycle_error(c, &def, 1, 0);
    return false;
  }
  if (x->mode == MODE_BUILTIN) {
    check_error_pos(c, e->h.pos, e->h.end, "cannot select on %s", operand_text(c, x));
    return false;
  }
  if (want_type) {
    check_error(c, e->sel, "%s is not a type", expr_text(c, &e->h));
    return false;
  }
  return true;
}

// `def`: the type being declared when e is its right side.
void check_selector(Checker *c, Operand *x, NodeSelector *e, Object *def, bool want_type) {
  *x = (Operand){.expr = &e->h, .type = check_invalid(c)};
  Object *import = find_import(c, e);
  bool ok = import ? check_qualified(c, x, e, import) : check_operand(c, x, e, def, want_type) && check_member(c, x, e);
  if (!ok) x->mode = MODE_INVALID;
  x->expr = &e->h;
}
