// Composite literals (specification "Composite literals").
#include "types/checker.h"

#include <strings.h>

#include "types/lookup.h"

// --- structs

static int find_field(Type *t, const Name *name, Package *from) {
  for (uint32_t i = 0; i < t->field_count && !name_is_blank(name); i++)
    if (t->fields[i].name == name && name_visible(name, t->fields[i].package, from)) return (int)i;
  return -1;
}

static bool equal_fold(const Name *a, const Name *b) { return a->len == b->len && !strcasecmp(a->text, b->text); }

// Says that a field is unknown, and which one is meant perhaps (the cases of types2's lookupError).
static void unknown_field(Checker *c, Node *at, Type *t, Type *base, const Name *name) {
  const char *type = type_text(c, base), *sel = name->text;
  FieldInfo *alt = NULL;
  for (uint32_t i = 0; i < t->field_count && !alt && !name_is_blank(name); i++)
    if (equal_fold(t->fields[i].name, name)) alt = &t->fields[i];
  bool same_tail = alt && !strcmp(alt->name->text + 1, sel + 1), exported = name_is_exported(name);
  if (alt && (alt->package == c->package || (name_is_exported(alt->name) && (exported || same_tail))))
    check_error(c, at, "unknown field %s in struct literal of type %s, but does have %s", sel, type, alt->name->text);
  else if (alt && exported && same_tail)
    check_error(c, at, "unknown field %s in struct literal of type %s, but does have unexported %s", sel, type,
                alt->name->text);
  else if (alt && alt->name == name)
    check_error(c, at, "cannot refer to unexported field %s in struct literal of type %s", sel, type);
  else check_error(c, at, "unknown field %s in struct literal of type %s", sel, type);
}

// Specification: if any element has a key, every element must have a key, a field name.
static void check_keyed_fields(Checker *c, NodeComposite *e, Type *t, Type *base) {
  bool *seen = ARENA_ARRAY(c->arena, bool, t->field_count + 1);
  for (uint32_t i = 0; i < e->elems.len; i++) {
    Node *elem = e->elems.items[i];
    if (elem->kind != NODE_KEY_VALUE) {
      check_error(c, elem, "mixture of field:value and value elements in struct literal");
      continue;
    }
    NodeKeyValue *kv = (NodeKeyValue *)elem;
    Operand x;
    NodeIdent *key = kv->key->kind == NODE_IDENT ? (NodeIdent *)kv->key : NULL;
    int field = key ? find_field(t, key->name, c->package) : -1;
    check_expr_hint(c, &x, kv->value, NULL);
    if (!key) {
      check_error(c, elem, "invalid field name %s in struct literal", expr_text(c, kv->key));
      continue;
    }
    if (field < 0) {
      unknown_field(c, kv->key, t, base, key->name);
      continue;
    }
    check_assignment(c, &x, t->fields[field].type, "struct literal");
    if (seen[field]) check_error(c, elem, "duplicate field name %s in struct literal", key->name->text);
    seen[field] = true;
  }
}

// Specification: without keys, an element for each field in order; no unexported fields of other packages.
static void check_ordered_fields(Checker *c, NodeComposite *e, Type *t, Type *base) {
  for (uint32_t i = 0; i < e->elems.len; i++) {
    Node *elem = e->elems.items[i];
    if (elem->kind == NODE_KEY_VALUE) {
      check_error(c, elem, "mixture of field:value and value elements in struct literal");
      continue;
    }
    Operand x;
    check_expr(c, &x, elem);
    if (i >= t->field_count) {
      check_error(c, x.expr, "too many values in struct literal of type %s", type_text(c, base));
      break;
    }
    FieldInfo *field = &t->fields[i];
    if (!name_visible(field->name, field->package, c->package)) {
      check_error(c, x.expr, "implicit assignment to unexported field %s in struct literal of type %s",
                  field->name->text, type_text(c, base));
      continue;
    }
    check_assignment(c, &x, field->type, "struct literal");
  }
  if (e->elems.len < t->field_count)
    check_error_pos(c, e->rbrace, NO_POS, "too few values in struct literal of type %s", type_text(c, base));
}

// --- arrays and slices

// Specification: each element has an integer index; constant indices must be unique. Returns the length needed.
static int64_t check_elements(Checker *c, NodeList elems, Type *elem, int64_t length) {
  PtrTable seen = {0};
  int64_t index = 0, max = 0;
  bool keyed = false;
  for (uint32_t i = 0; i < elems.len; i++) keyed |= elems.items[i]->kind == NODE_KEY_VALUE;
  for (uint32_t i = 0; i < elems.len; i++) {
    Node *e = elems.items[i], *value = e;
    bool valid = false;
    if (e->kind == NODE_KEY_VALUE) {
      NodeKeyValue *kv = (NodeKeyValue *)e;
      int64_t at;
      if (type_is_valid(check_index_value(c, kv->key, length, &at))) {
        if (at >= 0) index = at, valid = true;
        else check_error(c, e, "index %s must be integer constant", expr_text(c, kv->key));
      }
      value = kv->value;
    } else if (length >= 0 && index >= length) {
      check_error(c, e, "index %lld is out of bounds (>= %lld)", (long long)index, (long long)length);
    } else {
      valid = true;
    }
    if (valid && keyed) {
      const void *key = (const void *)(uintptr_t)(index + 1);
      if (ptr_table_has(&seen, key))
        check_error(c, e, "duplicate index %lld in array or slice literal", (long long)index);
      ptr_table_put(&seen, key, e);
    }
    index++;
    if (index > max) max = index;
    Operand x;
    check_expr_hint(c, &x, value, elem);
    check_assignment(c, &x, elem, "array or slice literal");
  }
  ptr_table_deinit(&seen);
  return max;
}

// --- maps

typedef struct SeenKey {
  const Const *value;
  Type *type;
  struct SeenKey *next; // of the same hash
} SeenKey;

// Specification "Composite literals": constant key values must be unique. Interface keys are the same only with the
// same type.
static bool is_duplicate_key(Checker *c, PtrTable *seen, const Operand *x, bool interface) {
  if (const_kind(x->constant) == CONST_UNKNOWN) return false;
  const void *hash = (const void *)(uintptr_t)(const_hash(x->constant) + 1ull);
  SeenKey *first = ptr_table_get(seen, hash);
  for (SeenKey *k = first; k; k = k->next)
    if (const_equal(k->value, x->constant) && (!interface || type_identical(k->type, x->type))) return true;
  SeenKey *key = ARENA_NEW(c->arena, SeenKey);
  *key = (SeenKey){x->constant, x->type, first};
  ptr_table_put(seen, hash, key);
  return false;
}

static void check_map_elements(Checker *c, NodeComposite *e, Type *t) {
  PtrTable seen = {0};
  bool interface = type_is_interface(t->key) && !type_is_param(t->key);
  for (uint32_t i = 0; i < e->elems.len; i++) {
    Node *elem = e->elems.items[i];
    if (elem->kind != NODE_KEY_VALUE) {
      check_error(c, elem, "missing key in map literal");
      continue;
    }
    NodeKeyValue *kv = (NodeKeyValue *)elem;
    Operand x;
    check_expr_hint(c, &x, kv->key, t->key);
    check_assignment(c, &x, t->key, "map literal");
    if (x.mode == MODE_INVALID) continue;
    if (x.mode == MODE_CONSTANT && is_duplicate_key(c, &seen, &x, interface)) {
      check_error(c, x.expr, "duplicate key %s in map literal", const_format(c->arena, x.constant));
      continue;
    }
    check_expr_hint(c, &x, kv->value, t->elem);
    check_assignment(c, &x, t->elem, "map literal");
  }
  ptr_table_deinit(&seen);
}

// --- the literal

static bool is_open_array(const Node *of) {
  return of && of->kind == NODE_ARRAY_TYPE && !((const NodeArrayType *)of)->len;
}

static void use_elements(Checker *c, NodeComposite *e) {
  for (uint32_t i = 0; i < e->elems.len; i++) {
    Node *elem = e->elems.items[i];
    check_use1(c, elem->kind == NODE_KEY_VALUE ? ((NodeKeyValue *)elem)->value : elem);
  }
}

// Specification "Type definitions": a literal of the very type that is being declared.
static bool is_being_declared(Type *base) {
  Type *t = type_unalias(base), *u = type_underlying(base);
  return u->open || (t->kind == TYPE_NAMED && !t->origin->underlying_);
}

static bool check_of_type(Checker *c, Operand *x, NodeComposite *e, Type *t, Type *base) {
  Type *u = type_core(base);
  if (is_being_declared(base)) {
    check_error(c, &e->h, "invalid recursive type");
    return false;
  }
  switch (u ? u->kind : TYPE_INVALID) {
  case TYPE_STRUCT:
    if (!e->elems.len) break;
    if (e->elems.items[0]->kind == NODE_KEY_VALUE) check_keyed_fields(c, e, u, base);
    else check_ordered_fields(c, e, u, base);
    break;
  case TYPE_ARRAY: check_elements(c, e->elems, u->elem, u->len); break;
  case TYPE_SLICE: {
    int64_t n = check_elements(c, e->elems, u->elem, -1);
    if (n >> 16) check_frame_value(c, type_array(c->u, u->elem, n));
    break;
  }
  case TYPE_MAP: check_map_elements(c, e, u); break;
  default:
    use_elements(c, e);
    if (u && !type_is_valid(u)) break; // reported; t's name may still be of use
    check_error(c, &e->h, "invalid composite literal type %s", type_text(c, t));
    return false;
  }
  x->mode = MODE_VALUE;
  x->type = t;
  return true;
}

// `hint`: the element type of the literal around this one, for elided types; &T may be elided too.
bool check_composite(Checker *c, Operand *x, NodeComposite *e, Type *hint) {
  if (is_open_array(e->of)) {
    Type *elem = check_var_type(c, ((NodeArrayType *)e->of)->elem);
    x->type = type_array(c->u, elem, check_elements(c, e->elems, elem, -1));
    x->mode = MODE_VALUE;
    check_record_type(c, e->of, MODE_TYPE, x->type, NULL);
    return true;
  }
  if (e->of) {
    Type *t = check_type(c, e->of);
    return check_of_type(c, x, e, t, t);
  }
  if (!hint) {
    check_error(c, &e->h, "missing type in composite literal");
    use_elements(c, e);
    return false;
  }
  Type *core = type_core(hint), *base = core && core->kind == TYPE_POINTER ? core->elem : hint;
  if (!core) {
    check_error(c, &e->h, "invalid composite literal element type %s (no core type)", type_text(c, hint));
    return false;
  }
  return check_of_type(c, x, e, hint, base);
}
