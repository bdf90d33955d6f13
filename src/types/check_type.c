// Type expressions (specification "Types"). A type expression is an expression node whose mode becomes MODE_TYPE.
#include "types/checker.h"

// The type being declared gets its literal before the literal's parts are checked, so that these can refer to it.
void check_set_def(Checker *c, Object *def, Type *t) {
  (void)c;
  if (def && def->type && def->type->kind == TYPE_NAMED) type_named_set_underlying(def->type, t);
}

// --- what may be a variable's type

typedef struct {
  Node *at;
  Type *type;
} TypeUse;

static TypeUse *use_new(Checker *c, Node *at, Type *t) {
  TypeUse *use = ARENA_NEW(c->arena, TypeUse);
  *use = (TypeUse){at, t};
  return use;
}

// Specification "General interfaces": interfaces that are not basic may only be used as type constraints.
static void check_no_constraint(Checker *c, void *data) {
  TypeUse *use = data;
  Type *u = type_underlying(use->type);
  if (u->kind != TYPE_INTERFACE) return;
  const TypeSet *set = type_set(u);
  if (type_set_is_method_set(set)) return;
  check_error(c, use->at, "cannot use type %s outside a type constraint: interface %s", type_text(c, use->type),
              set->comparable ? "is (or embeds) comparable" : "contains type constraints");
}

void check_valid_var_type(Checker *c, Node *e, Type *t) {
  if (type_is_param(t)) return;
  Type *plain = type_unalias(t);
  if (plain->kind == TYPE_NAMED || plain->kind == TYPE_INTERFACE) check_delay(c, check_no_constraint, use_new(c, e, t));
}

Type *check_var_type(Checker *c, Node *e) {
  Type *t = check_type(c, e);
  check_valid_var_type(c, e, t);
  return t;
}

// --- the forms of type expressions

// Specification "Array types": the length is a non-negative constant of type int. -1: an error was reported.
static int64_t array_length(Checker *c, Node *e) {
  if (e->kind == NODE_IDENT) {
    NodeIdent *name = (NodeIdent *)e;
    Object *object = scope_find(c->env.scope, name->name, NO_POS, NULL);
    if (!object && !check_implicit_package(c, name->name)) {
      check_error(c, e, "undefined array length %s or missing type constraint", name->name->text);
      return -1;
    }
    if (!object || object->kind != OBJECT_CONST) {
      check_error(c, e, "invalid array length %s", name->name->text);
      if (object) object->used = true;
      return -1;
    }
  }
  Operand x;
  check_expr(c, &x, e);
  if (x.mode == MODE_INVALID) return -1;
  if (x.mode != MODE_CONSTANT) {
    check_error(c, x.expr, "array length %s must be constant", operand_text(c, &x));
    return -1;
  }
  int64_t length;
  const Const *value = const_to_int(c->arena, x.constant);
  bool integral = type_is_untyped(x.type) || type_is_integer(x.type);
  if (integral && const_kind(value) == CONST_INT && const_is_int64(value, &length) && length >= 0) return length;
  if (const_kind(x.constant) == CONST_UNKNOWN) return -1;
  check_error(c, x.expr, type_is_integer(x.type) ? "invalid array length %s" : "array length %s must be integer",
              operand_text(c, &x));
  return -1;
}

static Type *array_type(Checker *c, NodeArrayType *e) {
  int64_t length = -1;
  if (e->len) length = array_length(c, e->len);
  else check_error(c, &e->h, "invalid use of [...] array (outside a composite literal)");
  Type *elem = check_var_type(c, e->elem);
  if (length < 0) return check_invalid(c);
  Type *t = type_array(c->u, elem, length);
  check_size_later(c, &e->h, t);
  return t;
}

// Specification "Map types": == must be defined for operands of the key type.
static void check_map_key(Checker *c, void *data) {
  TypeUse *use = data;
  if (!type_is_valid(use->type) || type_comparable(&c->query, use->type, true)) return;
  check_error(c, use->at, "invalid map key type %s%s", type_text(c, use->type),
              type_is_param(use->type) ? " (missing comparable constraint)" : "");
}

static Type *map_type(Checker *c, NodeMapType *e) {
  Type *key = check_var_type(c, e->key);
  Type *elem = check_var_type(c, e->elem);
  check_delay(c, check_map_key, use_new(c, e->key, key));
  return type_map(c->u, key, elem);
}

static Type *pointer_type(Checker *c, NodeStar *e) {
  Type *base = check_var_type(c, e->x);
  return type_is_valid(base) ? type_pointer(c->u, base) : check_invalid(c);
}

static Type *chan_type(Checker *c, NodeChanType *e) {
  Type *t = type_chan(c->u, e->dir, check_var_type(c, e->elem));
  check_size_later(c, &e->h, t);
  return t;
}

static Type *named_type(Checker *c, Node *e, Object *def) {
  Operand x;
  if (e->kind == NODE_IDENT) check_ident(c, &x, (NodeIdent *)e, def, true);
  else check_selector(c, &x, (NodeSelector *)e, def, true);
  if (x.mode == MODE_TYPE) return x.type;
  if (x.mode == MODE_NOVALUE) check_error(c, e, "%s used as type", operand_text(c, &x));
  else if (x.mode != MODE_INVALID) check_error(c, e, "%s is not a type", operand_text(c, &x));
  return check_invalid(c);
}

static Type *not_a_type(Checker *c, Node *e) {
  check_error(c, e, "%s is not a type", expr_text(c, e));
  check_use1(c, e);
  return check_invalid(c);
}

static Type *type_of(Checker *c, Node *e, Object *def) {
  switch (e->kind) {
  case NODE_BAD: return check_invalid(c);
  case NODE_IDENT:
  case NODE_SELECTOR: return named_type(c, e, def);
  case NODE_INDEX: return check_instantiated_type(c, (NodeIndex *)e);
  case NODE_PAREN: return check_defined_type(c, ((NodeParen *)e)->x, def);
  case NODE_ARRAY_TYPE: return array_type(c, (NodeArrayType *)e);
  case NODE_SLICE_TYPE: return type_slice(c->u, check_var_type(c, ((NodeSliceType *)e)->elem));
  case NODE_STRUCT_TYPE: return check_struct_type(c, (NodeStructType *)e, def);
  case NODE_STAR: return pointer_type(c, (NodeStar *)e);
  case NODE_FUNC_TYPE: return check_func_type(c, (NodeFuncType *)e, NULL, NULL, def, NULL);
  case NODE_INTERFACE_TYPE: return check_interface_type(c, (NodeInterfaceType *)e, def);
  case NODE_MAP_TYPE: return map_type(c, (NodeMapType *)e);
  case NODE_CHAN_TYPE: return chan_type(c, (NodeChanType *)e);
  case NODE_ELLIPSIS:
    check_error(c, e, "invalid use of '...'");
    if (((NodeEllipsis *)e)->elem) check_use1(c, ((NodeEllipsis *)e)->elem);
    return check_invalid(c);
  default: return not_a_type(c, e);
  }
}

Type *check_defined_type(Checker *c, Node *e, Object *def) {
  if (!e) return check_invalid(c);
  Type *t = type_of(c, e, def);
  if (type_is_generic_decl(t)) {
    check_error(c, e, "cannot use generic type %s without instantiation", type_text(c, t));
    t = check_invalid(c);
  }
  check_record_type(c, e, MODE_TYPE, t, NULL);
  return t;
}

Type *check_type(Checker *c, Node *e) { return check_defined_type(c, e, NULL); }

// The generic type before the brackets of an instantiation.
Type *check_generic_type(Checker *c, Node *e, const char **cause) {
  Type *t = type_of(c, e, NULL);
  if (type_is_valid(t) && !type_is_generic_decl(t)) {
    if (cause) *cause = arena_printf(c->arena, "%s is not a generic type", type_text(c, t));
    t = check_invalid(c);
  }
  check_record_type(c, e, MODE_TYPE, t, NULL);
  return t;
}

bool check_type_list(Checker *c, NodeList list, TypeList *into) {
  *into = (TypeList){ARENA_ARRAY(c->arena, Type *, list.len), list.len};
  bool valid = true;
  for (uint32_t i = 0; i < list.len; i++) {
    into->items[i] = check_var_type(c, list.items[i]);
    valid &= type_is_valid(into->items[i]);
  }
  return valid;
}
