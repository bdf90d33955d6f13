// Type parameter declarations (specification "Type parameter declarations", "Type constraints").
#include "types/checker.h"

// The name denotes the type parameter from the beginning of the list on: bounds may refer to any of them.
Type *check_declare_type_param(Checker *c, NodeIdent *name, uint32_t index, Pos visible_from) {
  Object *object = object_new(c->u, OBJECT_TYPE, name->name, c->package, name->h.pos, NULL);
  object->owner = c->env.func;
  object->decl = &name->h;
  Type *param = type_param(c->u, object, index, check_invalid(c));
  object->type = param;
  object->state = 1;
  check_declare(c, c->env.scope, name, object, visible_from);
  name->obj = object;
  return param;
}

// [P ~int], [P int|string]: the element stands for an interface that embeds it.
static Type *check_bound(Checker *c, Node *e) {
  bool element = (e->kind == NODE_UNARY && ((NodeUnary *)e)->op == OPER_TILDE) ||
                 (e->kind == NODE_BINARY && ((NodeBinary *)e)->op == OPER_OR);
  if (!element) return check_type(c, e);
  NodeField *field = ARENA_NEW(c->arena, NodeField);
  field->h = (Node){.kind = NODE_FIELD, .pos = e->pos, .start = e->start, .end = e->end};
  field->of = e;
  NodeInterfaceType *wrapper = ARENA_NEW(c->arena, NodeInterfaceType);
  wrapper->h = (Node){.kind = NODE_INTERFACE_TYPE, .pos = e->pos, .start = e->start, .end = e->end};
  wrapper->elems.items = arena_copy(c->arena, &field, sizeof field);
  wrapper->elems.len = wrapper->elems.cap = 1;
  Type *t = check_type(c, &wrapper->h);
  if (t->kind == TYPE_INTERFACE) t->implicit = true;
  return t;
}

void check_type_params(Checker *c, TypeList *into, NodeList fields) {
  Type **params = ARENA_ARRAY(c->arena, Type *, fields.len);
  for (uint32_t i = 0; i < fields.len; i++) {
    NodeIdent *name = (NodeIdent *)((NodeField *)fields.items[i])->name;
    params[i] = check_declare_type_param(c, name, i, fields.items[0]->start);
  }
  *into = (TypeList){params, fields.len}; // before the bounds: type T[P T[P]] interface{}
  bool saved = c->env.in_tparam_list;
  c->env.in_tparam_list = true;
  Type *bound = NULL;
  for (uint32_t i = 0; i < fields.len; i++) {
    Node *of = ((NodeField *)fields.items[i])->of;
    if (i == 0 || of != ((NodeField *)fields.items[i - 1])->of) {
      bound = check_bound(c, of);
      if (type_is_param(bound)) {
        check_error(c, of, "cannot use a type parameter as constraint");
        bound = check_invalid(c);
      }
    }
    params[i]->bound = bound;
  }
  c->env.in_tparam_list = saved;
}
