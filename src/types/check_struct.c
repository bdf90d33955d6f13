// Struct types (specification "Struct types").
#include "types/checker.h"

// The name of an embedded field is its type's: T, *T, p.T, T[int]
static NodeIdent *embedded_name(Node *e) {
  if (!e) return NULL;
  switch (e->kind) {
  case NODE_IDENT: return (NodeIdent *)e;
  case NODE_SELECTOR: return (NodeIdent *)((NodeSelector *)e)->sel;
  case NODE_INDEX: return embedded_name(((NodeIndex *)e)->x);
  case NODE_STAR: {
    Node *base = ((NodeStar *)e)->x;
    return base && base->kind == NODE_STAR ? NULL : embedded_name(base);
  }
  default: return NULL;
  }
}

typedef struct {
  Node *at;
  Type *type;
} Embedded;

// Specification "Struct types": an embedded field is a type name T, or a pointer *T to a non-interface type name, and T
// may not be a pointer type or type parameter.
static void check_embedded(Checker *c, void *data) {
  Embedded *e = data;
  bool pointer;
  Type *t = type_deref(e->type, &pointer);
  if (!type_is_valid(t)) return;
  Type *u = type_underlying(t);
  if (u->kind == TYPE_UNSAFE_POINTER) check_error(c, e->at, "embedded field type cannot be unsafe.Pointer");
  else if (u->kind == TYPE_POINTER) check_error(c, e->at, "embedded field type cannot be a pointer");
  else if (type_is_param(t)) check_error(c, e->at, "embedded field type cannot be a (pointer to a) type parameter");
  else if (u->kind == TYPE_INTERFACE && pointer)
    check_error(c, e->at, "embedded field type cannot be a pointer to an interface");
}

static Text field_tag(Checker *c, const NodeField *f) {
  if (!f->tag || f->tag->kind != NODE_LITERAL) return (Text){"", 0};
  const Const *value = const_literal(c->arena, LIT_STRING, ((const NodeLiteral *)f->tag)->text);
  return const_kind(value) == CONST_STRING ? const_text(value) : (Text){"", 0};
}

// Specification "Struct types": non-blank field names must be unique.
static void add_field(Checker *c, Type *t, PtrTable *names, FieldInfo field) {
  if (!name_is_blank(field.name)) {
    FieldInfo *other = ptr_table_get(names, field.name);
    if (other) {
      check_error_pos(c, field.pos, field.pos + field.name->len, "%s redeclared", field.name->text);
      check_note(c, other->pos, "other declaration of %s", field.name->text);
      return;
    }
    ptr_table_put(names, field.name, &t->fields[t->field_count]);
  }
  t->fields[t->field_count++] = field;
}

Type *check_struct_type(Checker *c, NodeStructType *e, Object *def) {
  Type *t = type_struct(c->u, ARENA_ARRAY(c->arena, FieldInfo, e->fields.len), 0);
  t->open = true;
  check_set_def(c, def, t);
  PtrTable names = {0};
  Node *previous = NULL;
  Type *type = NULL;
  for (uint32_t i = 0; i < e->fields.len; i++) {
    NodeField *f = (NodeField *)e->fields.items[i];
    if (i == 0 || f->of != previous) type = check_var_type(c, f->of);
    previous = f->of;
    FieldInfo field = {.package = c->package, .type = type, .tag = field_tag(c, f)};
    NodeIdent *name = (NodeIdent *)f->name;
    if (f->embedded || !name) {
      name = embedded_name(f->of);
      if (!name) continue; // the parser reported it
      field.embedded = true;
      Embedded *embedded = ARENA_NEW(c->arena, Embedded);
      *embedded = (Embedded){f->of, type};
      check_delay(c, check_embedded, embedded);
    }
    field.name = name->name;
    field.pos = name->h.pos;
    add_field(c, t, &names, field);
  }
  ptr_table_deinit(&names);
  t->open = false;
  return t;
}
