// What kind of type is it: the small questions of the specification, each answered from the underlying basic kind.
#include "types/predicates.h"

#include "types/typeset.h"

// --- classes of basic kinds

enum {
  CLASS_BOOLEAN = 1,
  CLASS_INTEGER = 2,
  CLASS_UNSIGNED = 4,
  CLASS_FLOAT = 8,
  CLASS_COMPLEX = 16,
  CLASS_STRING = 32,
  CLASS_NUMERIC = CLASS_INTEGER | CLASS_FLOAT | CLASS_COMPLEX,
  CLASS_ORDERED = CLASS_INTEGER | CLASS_FLOAT | CLASS_STRING,
  CLASS_CONST = CLASS_BOOLEAN | CLASS_NUMERIC | CLASS_STRING,
};

static const uint8_t classes[TYPE_BASIC_COUNT] = {
    [TYPE_BOOL] = CLASS_BOOLEAN,
    [TYPE_INT] = CLASS_INTEGER,
    [TYPE_INT8] = CLASS_INTEGER,
    [TYPE_INT16] = CLASS_INTEGER,
    [TYPE_INT32] = CLASS_INTEGER,
    [TYPE_INT64] = CLASS_INTEGER,
    [TYPE_UINT] = CLASS_INTEGER | CLASS_UNSIGNED,
    [TYPE_UINT8] = CLASS_INTEGER | CLASS_UNSIGNED,
    [TYPE_UINT16] = CLASS_INTEGER | CLASS_UNSIGNED,
    [TYPE_UINT32] = CLASS_INTEGER | CLASS_UNSIGNED,
    [TYPE_UINT64] = CLASS_INTEGER | CLASS_UNSIGNED,
    [TYPE_UINTPTR] = CLASS_INTEGER | CLASS_UNSIGNED,
    [TYPE_FLOAT32] = CLASS_FLOAT,
    [TYPE_FLOAT64] = CLASS_FLOAT,
    [TYPE_COMPLEX64] = CLASS_COMPLEX,
    [TYPE_COMPLEX128] = CLASS_COMPLEX,
    [TYPE_STRING] = CLASS_STRING,
    [TYPE_UNTYPED_BOOL] = CLASS_BOOLEAN,
    [TYPE_UNTYPED_INT] = CLASS_INTEGER,
    [TYPE_UNTYPED_RUNE] = CLASS_INTEGER,
    [TYPE_UNTYPED_FLOAT] = CLASS_FLOAT,
    [TYPE_UNTYPED_COMPLEX] = CLASS_COMPLEX,
    [TYPE_UNTYPED_STRING] = CLASS_STRING,
};

static bool is_basic(Type *t, unsigned class) {
  t = type_underlying(t);
  return t->kind < TYPE_BASIC_COUNT && (classes[t->kind] & class);
}

typedef struct {
  unsigned class;
} Wanted;

static bool visit_class(void *context, const Term *term) {
  return term && is_basic(term->type, ((const Wanted *)context)->class);
}

// For a type parameter: every type of its type set (go/types allBasic).
static bool all_basic(Type *t, unsigned class) {
  t = type_unalias(t);
  if (t->kind != TYPE_PARAM) return is_basic(t, class);
  Wanted wanted = {class};
  return type_param_each(t, visit_class, &wanted);
}

bool type_is_integer(Type *t) { return is_basic(t, CLASS_INTEGER); }
bool type_is_unsigned(Type *t) { return is_basic(t, CLASS_UNSIGNED); }
bool type_is_float(Type *t) { return is_basic(t, CLASS_FLOAT); }
bool type_is_complex(Type *t) { return is_basic(t, CLASS_COMPLEX); }
bool type_is_numeric(Type *t) { return is_basic(t, CLASS_NUMERIC); }
bool type_is_string(Type *t) { return is_basic(t, CLASS_STRING); }
bool type_is_boolean(Type *t) { return is_basic(t, CLASS_BOOLEAN); }
bool type_is_ordered(Type *t) { return is_basic(t, CLASS_ORDERED); }
bool type_is_const(Type *t) { return is_basic(t, CLASS_CONST); }
bool type_is_basic(Type *t) { return type_underlying(t)->kind < TYPE_BASIC_COUNT; }
bool type_all_integer(Type *t) { return all_basic(t, CLASS_INTEGER); }
bool type_all_unsigned(Type *t) { return all_basic(t, CLASS_UNSIGNED); }
bool type_all_float(Type *t) { return all_basic(t, CLASS_FLOAT); }
bool type_all_complex(Type *t) { return all_basic(t, CLASS_COMPLEX); }
bool type_all_numeric(Type *t) { return all_basic(t, CLASS_NUMERIC); }
bool type_all_string(Type *t) { return all_basic(t, CLASS_STRING); }
bool type_all_boolean(Type *t) { return all_basic(t, CLASS_BOOLEAN); }
bool type_all_ordered(Type *t) { return all_basic(t, CLASS_ORDERED); }
bool type_all_numeric_or_string(Type *t) { return all_basic(t, CLASS_NUMERIC | CLASS_STRING); }
bool type_all_basic(Type *t) { return all_basic(t, CLASS_CONST); }

// --- sorts of types

bool type_is_interface(Type *t) { return type_underlying(t)->kind == TYPE_INTERFACE; }
bool type_is_param(Type *t) { return type_unalias(t)->kind == TYPE_PARAM; }

bool type_is_named(Type *t) {
  t = type_unalias(t);
  return t->kind < TYPE_BASIC_COUNT || t->kind == TYPE_NAMED || t->kind == TYPE_PARAM;
}

bool type_is_instance(Type *t) {
  t = type_unalias(t);
  return t->kind == TYPE_NAMED && t->origin != t;
}

bool type_is_generic_decl(Type *t) {
  if (t->kind == TYPE_ALIAS && t->alias_tparams.len && !t->alias_targs.len) return true;
  t = type_unalias(t);
  return t->kind == TYPE_NAMED && t->origin == t && t->named_tparams.len;
}

bool type_is_type_constraint(Type *t) {
  t = type_unalias(t);
  if (t->kind == TYPE_PARAM) return false;
  t = type_underlying(t);
  return t->kind == TYPE_INTERFACE && !type_set_is_method_set(type_set(t));
}

bool type_is_bytes_or_runes(Type *t) {
  t = type_core(t);
  if (!t || t->kind != TYPE_SLICE) return false;
  TypeKind elem = type_underlying(t->elem)->kind;
  return elem == TYPE_UINT8 || elem == TYPE_INT32;
}

bool type_has_empty_set(Type *t) {
  t = type_unalias(t);
  return t->kind == TYPE_PARAM && t->bound && type_set_is_empty(type_set(type_param_interface(t)));
}

static bool visit_has_nil(void *context, const Term *term) {
  (void)context;
  return term && type_has_nil(term->type);
}

bool type_has_nil(Type *t) {
  Type *under = type_underlying(t);
  switch (under->kind) {
  case TYPE_UNSAFE_POINTER:
  case TYPE_SLICE:
  case TYPE_POINTER:
  case TYPE_SIGNATURE:
  case TYPE_MAP:
  case TYPE_CHAN:
  case TYPE_UNTYPED_NIL: return true;
  case TYPE_INTERFACE: return !type_is_param(t) || type_param_each(type_unalias(t), visit_has_nil, NULL);
  default: return false;
  }
}

Type *type_default(Universe *u, Type *t) {
  switch (t->kind) {
  case TYPE_UNTYPED_BOOL: return u->basic[TYPE_BOOL];
  case TYPE_UNTYPED_INT: return u->basic[TYPE_INT];
  case TYPE_UNTYPED_RUNE: return u->rune_; // say "rune" in messages
  case TYPE_UNTYPED_FLOAT: return u->basic[TYPE_FLOAT64];
  case TYPE_UNTYPED_COMPLEX: return u->basic[TYPE_COMPLEX128];
  case TYPE_UNTYPED_STRING: return u->basic[TYPE_STRING];
  default: return t;
  }
}

Type *type_larger_untyped(Type *a, Type *b) {
  if (a == b) return a;
  if (!type_is_untyped(a) || !type_is_untyped(b)) return NULL;
  if (!(classes[a->kind] & CLASS_NUMERIC) || !(classes[b->kind] & CLASS_NUMERIC)) return NULL;
  return a->kind > b->kind ? a : b;
}

// --- comparable (specification "Comparison operators")

typedef struct Seen {
  Type *type;
  const struct Seen *outer;
  int depth;
} Seen;

enum { MAX_DEPTH = 1000 }; // deeper: a type that contains itself, reported where it is declared

static void put_cause(const Query *q, const char *before, Type *t, const char *after) {
  if (!q || !q->cause) return;
  strbuf_clear(q->cause);
  strbuf_puts(q->cause, before);
  if (t) type_write(q->cause, t, q->from);
  strbuf_puts(q->cause, after);
}

static bool comparable(const Query *q, Type *t, bool dynamic, const Seen *seen);

// Every type of the set is strictly comparable.
static bool set_comparable(const TypeSet *set, const Seen *seen) {
  if (!type_set_has_terms(set)) return set->comparable && !type_set_is_empty(set);
  for (uint32_t i = 0; i < set->term_count; i++)
    if (!comparable(NULL, set->terms[i].type, false, seen)) return false;
  return true;
}

bool type_set_comparable(const TypeSet *set) { return set_comparable(set, NULL); }

static bool comparable(const Query *q, Type *t, bool dynamic, const Seen *seen) {
  for (const Seen *s = seen; s; s = s->outer)
    if (s->type == t) return true;
  Seen here = {t, seen, seen ? seen->depth + 1 : 0};
  if (here.depth > MAX_DEPTH) return true;
  Type *under = type_underlying(t);
  switch (under->kind) {
  case TYPE_UNTYPED_NIL: return false;
  case TYPE_POINTER:
  case TYPE_CHAN: return true;
  case TYPE_STRUCT:
    for (uint32_t i = 0; i < under->field_count; i++)
      if (!comparable(NULL, under->fields[i].type, dynamic, &here)) {
        put_cause(q, "struct containing ", under->fields[i].type, " cannot be compared");
        return false;
      }
    return true;
  case TYPE_ARRAY:
    if (comparable(NULL, under->elem, dynamic, &here)) return true;
    put_cause(q, "", under, " cannot be compared");
    return false;
  case TYPE_INTERFACE: {
    if (dynamic && !type_is_param(t)) return true;
    const TypeSet *set = type_set(under);
    if (set_comparable(set, &here)) return true;
    put_cause(q, type_set_is_empty(set) ? "empty type set" : "incomparable types in type set", NULL, "");
    return false;
  }
  default: return under->kind < TYPE_BASIC_COUNT; // invalid types too: an error was reported
  }
}

bool type_comparable(const Query *q, Type *t, bool dynamic) { return comparable(q, t, dynamic, NULL); }
bool type_is_comparable(Type *t) { return comparable(NULL, t, true, NULL); }
