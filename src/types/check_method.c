// Methods: which type a method belongs to, and that a type's methods and fields have different names.
#include "types/checker.h"

// --- receivers as written: (t *T[P, Q])

static Node *strip_receiver(Node *type, bool *pointer) {
  for (;;) {
    if (type && type->kind == NODE_PAREN) type = ((NodeParen *)type)->x;
    else if (type && type->kind == NODE_STAR) *pointer = true, type = ((NodeStar *)type)->x;
    else return type;
  }
}

// Specification "Method declarations": a generic receiver declares its type parameters by naming them.
Receiver check_receiver_unpack(Checker *c, Node *type, bool report) {
  Receiver r = {0};
  Node *base = strip_receiver(type, &r.pointer);
  if (base && base->kind == NODE_INDEX) {
    NodeIndex *index = (NodeIndex *)base;
    r.index = base;
    base = index->x;
    if (report) {
      r.tparams.items = ARENA_ARRAY(c->arena, Node *, index->indices.len);
      for (uint32_t i = 0; i < index->indices.len; i++) {
        Node *arg = index->indices.items[i];
        if (arg->kind != NODE_IDENT) {
          if (arg->kind != NODE_BAD)
            check_error(c, arg, "receiver type parameter %s must be an identifier", expr_text(c, arg));
          NodeIdent *blank = ARENA_NEW(c->arena, NodeIdent);
          blank->h = (Node){.kind = NODE_IDENT, .pos = arg->pos, .start = arg->start, .end = arg->end};
          blank->name = name_of(c->u->names, "_");
          arg = &blank->h;
        }
        r.tparams.items[r.tparams.len++] = arg;
      }
    }
  }
  if (base && base->kind == NODE_IDENT) r.name = (NodeIdent *)base;
  return r;
}

// --- collecting

// The defined type a receiver's name stands for, through aliases of this package; NULL if there is none.
static Object *base_type(Checker *c, bool *pointer, Node *type) {
  for (uint32_t steps = 0; steps < 1000; steps++) {
    while (type->kind == NODE_PAREN) type = ((NodeParen *)type)->x;
    if (type->kind == NODE_STAR) {
      if (*pointer) return NULL;
      *pointer = true;
      type = node_unparen(((NodeStar *)type)->x);
    }
    if (!type || type->kind != NODE_IDENT) return NULL;
    const Name *name = ((NodeIdent *)type)->name;
    Object *object = c->package->prompt ? scope_find(c->package->scope, name, NO_POS, NULL) : scope_lookup(c->package->scope, name);
    if (!object || object->package != c->package || object->kind != OBJECT_TYPE) return NULL;
    DeclInfo *info = check_decl_info(c, object);
    if (!info) return object->type && object->type->kind == TYPE_NAMED ? object : NULL; // of an earlier input
    if (!info->type_decl->alias) return object;
    type = info->type_decl->of;
    if (!type) return NULL;
  }
  return NULL;
}

void check_collect_method(Checker *c, Object *method, NodeFunc *node) {
  Receiver r = check_receiver_unpack(c, ((NodeField *)node->recv)->of, false);
  method->pointer_recv = r.pointer;
  if (!r.name || name_is_blank(method->name)) return;
  bool pointer = r.pointer;
  Object *type = base_type(c, &pointer, &r.name->h);
  if (!type) return;
  method->pointer_recv = pointer;
  MethodList *list = ptr_table_get(&c->methods, type);
  if (!list) {
    list = ARENA_NEW(c->arena, MethodList);
    ptr_table_put(&c->methods, type, list);
  }
  avec_push(c->arena, &list->list, method);
}

// --- attaching

// Specification "Method declarations": if the base type is a struct, method and field names must be distinct.
static void check_field_clashes(Checker *c, void *data) {
  Type *base = data, *u = type_underlying(base);
  if (u->kind != TYPE_STRUCT) return;
  for (uint32_t i = 0; i < u->field_count; i++) {
    FieldInfo *field = &u->fields[i];
    for (uint32_t j = 0; j < base->declared_count && !name_is_blank(field->name); j++) {
      Method *method = &base->declared[j];
      if (method->name != field->name) continue;
      check_error_object(c, method->object, "field and method with the same name %s", field->name->text);
      check_note(c, field->pos, "other declaration of %s", field->name->text);
    }
  }
}

// Specification "Method declarations": the names of methods bound to a base type must be unique.
void check_attach_methods(Checker *c, Object *type) {
  MethodList *methods = ptr_table_get(&c->methods, type);
  if (!methods) return;
  ptr_table_put(&c->methods, type, NULL);
  Type *base = type->type;
  if (!base || base->kind != TYPE_NAMED) return;
  check_delay(c, check_field_clashes, base);
  PtrTable declared = {0}; // by name
  for (uint32_t i = 0; i < base->declared_count; i++) ptr_table_put(&declared, base->declared[i].name, base->declared[i].object);
  for (uint32_t i = 0; i < methods->list.len; i++) {
    Object *method = methods->list.data[i];
    void **slot = ptr_table_slot(&declared, method->name);
    if (*slot) {
      check_error_object(c, method, "method %s.%s already declared at %s", type->name->text, method->name->text,
                         check_place(c, ((Object *)*slot)->pos));
      continue;
    }
    *slot = method;
    type_named_add_method(base, method);
  }
  ptr_table_deinit(&declared);
}
