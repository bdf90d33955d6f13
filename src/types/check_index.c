// Index and slice expressions (specification "Index expressions", "Slice expressions").
#include "types/checker.h"

// --- indices

// Specification "Index expressions": an index must be an untyped constant or of integer type, and not negative.
bool check_valid_index(Checker *c, Operand *x, const char *what, bool allow_negative) {
  if (x->mode == MODE_INVALID) return false;
  check_convert_untyped(c, x, check_basic(c, TYPE_INT));
  if (x->mode == MODE_INVALID) return false;
  if (!type_all_integer(x->type)) {
    check_error(c, x->expr, "invalid argument: %s %s must be integer", what, operand_text(c, x));
    return false;
  }
  if (x->mode != MODE_CONSTANT || const_kind(x->constant) == CONST_UNKNOWN) return true;
  if (!allow_negative && const_sign(x->constant) < 0) {
    check_error(c, x->expr, "invalid argument: %s %s must not be negative", what, operand_text(c, x));
    return false;
  }
  if (const_fits(c->arena, x->constant, TYPE_INT, NULL) != FIT_OK) {
    check_error(c, x->expr, "invalid argument: %s %s overflows int", what, operand_text(c, x));
    return false;
  }
  return true;
}

// *value: the constant index, or -1. max: the first invalid index, or -1. Returns the invalid type on error.
Type *check_index_value(Checker *c, Node *index, int64_t max, int64_t *value) {
  *value = -1;
  Operand x;
  check_expr(c, &x, index);
  if (!check_valid_index(c, &x, "index", false)) return check_invalid(c);
  if (x.mode != MODE_CONSTANT) return x.type;
  int64_t v;
  if (!const_is_int64(x.constant, &v)) return check_invalid(c);
  if (max >= 0 && v >= max) {
    check_error(c, x.expr, "invalid argument: index %s out of bounds [0:%lld]", const_format(c->arena, x.constant),
                (long long)max);
    return check_invalid(c);
  }
  *value = v;
  return x.type;
}

static Node *single_index(Checker *c, NodeIndex *e) {
  if (!e->indices.len) return NULL; // the parser reported it
  if (e->indices.len > 1) check_error(c, e->indices.items[1], "invalid operation: more than one index");
  return e->indices.items[0];
}

// --- what is indexed

typedef struct {
  Type *key, *elem; // key: maps only
  int64_t length;   // -1: not known
  bool addressable; // the element is a variable
  bool operand_addressable;
} Indexing;

// The element type of the underlying type u, and how it may be indexed; elem stays NULL if it may not.
static Indexing indexing_of(Checker *c, Type *u, bool addressable) {
  Indexing i = {.length = -1, .operand_addressable = addressable};
  switch (u->kind) {
  case TYPE_STRING:
  case TYPE_UNTYPED_STRING: i.elem = c->u->byte_; break;
  case TYPE_ARRAY: i.elem = u->elem, i.length = u->len, i.addressable = addressable; break;
  case TYPE_POINTER: {
    Type *array = type_underlying(u->elem);
    if (array->kind == TYPE_ARRAY) i.elem = array->elem, i.length = array->len, i.addressable = true;
    break;
  }
  case TYPE_SLICE: i.elem = u->elem, i.addressable = true; break;
  case TYPE_MAP: i.elem = u->elem, i.key = u->key; break;
  default: break;
  }
  return i;
}

typedef struct {
  Checker *c;
  Indexing all;
  bool first;
} Combine;

// Specification "Index expressions", type parameters: the element types of all types must be identical, and either all
// or none are maps, with identical keys.
static bool visit_indexing(void *context, Type *u) {
  Combine *combine = context;
  if (!u) return false;
  Indexing i = indexing_of(combine->c, u, combine->all.operand_addressable), *all = &combine->all;
  if (!i.elem) return false;
  if (combine->first) {
    *all = i;
    combine->first = false;
    return true;
  }
  if ((i.key == NULL) != (all->key == NULL) || (i.key && !type_identical(i.key, all->key))) return false;
  if (!type_identical(i.elem, all->elem)) return false;
  if (i.length >= 0 && (all->length < 0 || i.length < all->length)) all->length = i.length;
  all->addressable &= i.addressable;
  return true;
}

static Indexing find_indexing(Checker *c, Operand *x) {
  bool addressable = x->mode == MODE_VARIABLE;
  if (!type_is_param(x->type)) return indexing_of(c, type_underlying(x->type), addressable);
  Combine combine = {
      c, {.operand_addressable = addressable, .length = -1},
       true
  };
  if (!check_each_underlying(x->type, visit_indexing, &combine)) combine.all.elem = NULL;
  return combine.all;
}

static void index_map(Checker *c, Operand *x, NodeIndex *e, const Indexing *i) {
  Node *index = single_index(c, e);
  if (!index) {
    x->mode = MODE_INVALID;
    return;
  }
  Operand key;
  check_expr(c, &key, index);
  check_assignment(c, &key, i->key, "map index");
  x->mode = MODE_MAP_INDEX; // even if the key is invalid: avoids follow-up errors
  x->type = i->elem;
  x->expr = &e->h;
}

// Returns true if x is a generic function that the caller must instantiate.
bool check_index_expr(Checker *c, Operand *x, NodeIndex *e) {
  check_expr_or_type(c, x, e->x, true);
  if (x->mode == MODE_INVALID) {
    check_use(c, e->indices);
    return false;
  }
  if (x->mode == MODE_TYPE) { // a generic type; its node is checked again as a type expression
    x->mode = MODE_INVALID;
    x->type = check_var_type(c, &e->h);
    if (type_is_valid(x->type)) x->mode = MODE_TYPE;
    return false;
  }
  if (x->mode == MODE_VALUE && check_is_generic_func(x->type)) return true;
  check_non_generic(c, NULL, NULL, x);
  if (x->mode == MODE_INVALID) return false;

  Indexing i = find_indexing(c, x);
  if (!i.elem) {
    if (x->mode == MODE_BUILTIN || type_is_valid(type_underlying(x->type)))
      check_error_pos(c, e->h.pos, e->h.end, "invalid operation: cannot index %s", operand_text(c, x));
    check_use(c, e->indices);
    x->mode = MODE_INVALID;
    return false;
  }
  if (i.key) {
    index_map(c, x, e, &i);
    return false;
  }
  if (x->mode == MODE_CONSTANT && const_kind(x->constant) == CONST_STRING) i.length = const_text(x->constant).len;
  x->mode = i.addressable ? MODE_VARIABLE : MODE_VALUE;
  x->type = i.elem;
  Node *index = single_index(c, e);
  int64_t value;
  if (index) check_index_value(c, index, i.length, &value);
  else x->mode = MODE_INVALID;
  return false;
}

// --- slices

// The type of the slice expression and the length of what is sliced if it is known (else -1); NULL on error.
static Type *slicing(Checker *c, Operand *x, NodeSlice *e, int64_t *length) {
  Type *u = type_core_string(x->type);
  if (!u) {
    check_error(c, x->expr, "invalid operation: cannot slice %s: %s has no core type", operand_text(c, x),
                type_text(c, x->type));
    return NULL;
  }
  switch (u->kind) {
  case TYPE_STRING:
  case TYPE_UNTYPED_STRING:
    if (e->three) {
      check_error(c, e->max ? e->max : &e->h, "invalid operation: 3-index slice of string");
      return NULL;
    }
    if (x->mode == MODE_CONSTANT && const_kind(x->constant) == CONST_STRING) *length = const_text(x->constant).len;
    if (type_is_untyped(x->type)) {
      check_convert_untyped(c, x, check_basic(c, TYPE_STRING));
      return check_basic(c, TYPE_STRING);
    }
    return x->type;
  case TYPE_ARRAY:
    *length = u->len;
    if (x->mode != MODE_VARIABLE) {
      check_error(c, x->expr, "invalid operation: %s (slice of unaddressable value)", operand_text(c, x));
      return NULL;
    }
    check_take_address(e->x);
    return type_slice(c->u, u->elem);
  case TYPE_POINTER: {
    Type *array = type_underlying(u->elem);
    if (array->kind != TYPE_ARRAY) break;
    *length = array->len;
    return type_slice(c->u, array->elem);
  }
  case TYPE_SLICE: return x->type;
  default: break;
  }
  check_error(c, x->expr, "invalid operation: cannot slice %s", operand_text(c, x));
  return NULL;
}

// Specification "Slice expressions": constant indices must be in range and in order.
static void check_slice_indices(Checker *c, NodeSlice *e, int64_t length) {
  Node *nodes[3] = {e->lo, e->hi, e->max};
  int64_t values[3];
  for (int i = 0; i < 3; i++) {
    values[i] = i == 0 ? 0 : length;
    if (nodes[i]) check_index_value(c, nodes[i], length >= 0 ? length + 1 : -1, &values[i]);
  }
  for (int i = 0; i < 2; i++) {
    for (int j = i + 1; j < 3 && values[i] > 0; j++) {
      if (values[j] < 0 || values[j] >= values[i]) continue;
      check_error(c, nodes[j] ? nodes[j] : nodes[i], "invalid slice indices: %lld < %lld", (long long)values[j],
                  (long long)values[i]);
      return;
    }
  }
}

void check_slice_expr(Checker *c, Operand *x, NodeSlice *e) {
  check_expr(c, x, e->x);
  NodeList indices = {
      (Node*[]){e->lo, e->hi, e->max},
      3, 3
  };
  if (x->mode == MODE_INVALID) {
    check_use(c, indices);
    return;
  }
  int64_t length = -1;
  Type *t = slicing(c, x, e, &length);
  if (!t) {
    check_use(c, indices);
    x->mode = MODE_INVALID;
    return;
  }
  x->mode = MODE_VALUE;
  x->type = t;
  if (e->three && (!e->hi || !e->max)) { // the parser reported it
    x->mode = MODE_INVALID;
    return;
  }
  check_slice_indices(c, e, length);
}
