// Assignability, conversions, and the types untyped values take (specification "Assignability", "Conversions",
// "Constants"), one paragraph of the specification a condition.
#include "types/predicates.h"
#include "types/typeset.h"
#include "types/types_private.h"

static void __attribute__((format(printf, 2, 3))) add_cause(const Query *q, const char *fmt, ...) {
  if (!q->cause) return;
  StrBuf text = {0};
  va_list args;
  va_start(args, fmt);
  strbuf_vprintf(&text, fmt, args);
  va_end(args);
  if (q->cause->len) strbuf_printf(&text, "\n\t%s", strbuf_string(q->cause));
  strbuf_clear(q->cause);
  strbuf_put_text(q->cause, strbuf_text(&text));
  strbuf_free(&text);
}

static const char *name_of_type(const Query *q, Type *t) {
  return q->cause ? type_string(q->universe, t, q->from) : "";
}

// --- untyped values

typedef struct {
  Universe *universe;
  Value x;
} ImplicitWalk;

static bool visit_implicit(void *context, const Term *term) {
  ImplicitWalk *walk = context;
  return term && type_implicit(walk->universe, walk->x, type_underlying(term->type), NULL, NULL);
}

static Type *implicit_basic(Universe *u, Value x, Type *target, TypeKind kind, ConstFit *fit, const Const **rounded) {
  if (x.constant) {
    ConstFit how = const_fits(u->arena, x.constant, kind, rounded);
    if (how == FIT_OVERFLOWS || how == FIT_TRUNCATED) // gc goes by the type, not the value
      how = !type_is_integer(x.type) && type_is_integer(target) ? FIT_TRUNCATED : FIT_OVERFLOWS;
    if (fit) *fit = how;
    return how == FIT_OK ? target : NULL;
  }
  bool ok = false; // comparisons, shifts whose type is open
  switch (x.type->kind) {
  case TYPE_UNTYPED_BOOL: ok = type_is_boolean(target); break;
  case TYPE_UNTYPED_INT:
  case TYPE_UNTYPED_RUNE:
  case TYPE_UNTYPED_FLOAT:
  case TYPE_UNTYPED_COMPLEX: ok = type_is_numeric(target); break;
  case TYPE_UNTYPED_STRING: ok = type_is_string(target); break;
  default: break;
  }
  return ok ? target : NULL;
}

Type *type_implicit(Universe *u, Value x, Type *target, ConstFit *fit, const Const **rounded) {
  if (fit) *fit = FIT_OK;
  if (rounded) *rounded = x.constant;
  if (!x.type || !type_is_untyped(x.type) || !type_is_valid(target)) return x.type;
  if (fit) *fit = FIT_WRONG;
  Type *result;
  if (type_is_untyped(target)) {
    result = type_larger_untyped(x.type, target);
  } else if (x.type->kind == TYPE_UNTYPED_NIL) {
    result = type_has_nil(target) ? target : NULL;
  } else {
    Type *under = type_underlying(target);
    if (under->kind < TYPE_BASIC_COUNT) {
      result = implicit_basic(u, x, target, under->kind, fit, rounded);
      if (!result) return NULL;
    } else if (type_is_param(target)) {
      ImplicitWalk walk = {u, x};
      result = type_param_each(type_unalias(target), visit_implicit, &walk) ? target : NULL;
    } else if (under->kind == TYPE_INTERFACE) { // the value gets its own default type
      result = type_set_is_all(type_set(under)) ? type_default(u, x.type) : NULL;
    } else {
      result = NULL;
    }
  }
  if (result && fit) *fit = FIT_OK;
  return result;
}

// --- assignable

typedef struct {
  const Query *q;
  Value x;
  Type *from, *to; // one of them a type parameter
  bool ok;
} TermWalk;

static bool visit_target(void *context, const Term *term) {
  TermWalk *walk = context;
  if (!term) return false;
  walk->ok = type_assignable(walk->q, walk->x, term->type);
  if (!walk->ok)
    add_cause(walk->q, "cannot assign %s to %s (in %s)", name_of_type(walk->q, walk->x.type),
              name_of_type(walk->q, term->type), name_of_type(walk->q, walk->to));
  return walk->ok;
}

static bool visit_source(void *context, const Term *term) {
  TermWalk *walk = context;
  if (!term) return false;
  walk->ok = type_assignable(walk->q, (Value){term->type, NULL}, walk->to);
  if (!walk->ok)
    add_cause(walk->q, "cannot assign %s (in %s) to %s", name_of_type(walk->q, term->type),
              name_of_type(walk->q, walk->from), name_of_type(walk->q, walk->to));
  return walk->ok;
}

static bool visit_untyped(void *context, const Term *term) {
  TermWalk *walk = context;
  return term && type_implicit(walk->q->universe, walk->x, term->type, NULL, NULL);
}

static bool is_interface_pointer(Type *under) { return under->kind == TYPE_POINTER && type_is_interface(under->elem); }

bool type_assignable(const Query *q, Value x, Type *to) {
  if (!x.type || !type_is_valid(x.type) || !type_is_valid(to)) return true; // reported before
  Type *v = type_unalias(x.type), *t = type_unalias(to);
  // "V and T are identical."
  if (type_identical(v, t)) return true;
  Type *vu = type_underlying(v), *tu = type_underlying(t);
  bool v_param = v->kind == TYPE_PARAM, t_param = t->kind == TYPE_PARAM;
  // "x is an untyped constant representable by a value of type T", and nil.
  if (type_is_untyped(vu)) {
    TermWalk walk = {.q = q, .x = x};
    if (t_param) return type_param_each(t, visit_untyped, &walk);
    return type_implicit(q->universe, x, t, NULL, NULL) != NULL;
  }
  // "V and T have identical underlying types but are not type parameters and at least one of V or T is not a named
  // type."
  if (!v_param && !t_param && (!type_is_named(v) || !type_is_named(t)) && type_identical(vu, tu)) return true;
  // "T is an interface type, but not a type parameter, and x implements T."
  if ((tu->kind == TYPE_INTERFACE && !t_param) || is_interface_pointer(tu)) {
    if (type_implements(q, v, t, false)) return true;
    if (!v_param) return false;
    if (q->cause) strbuf_clear(q->cause);
  }
  if (vu->kind == TYPE_INTERFACE && !v_param) {
    Query silent = {q->universe, q->from, NULL};
    if (type_implements(&silent, t, v, false)) {
      add_cause(q, "need type assertion");
      return false;
    }
  }
  // "V and T are channel types with identical element types, V is a bidirectional channel, and at least one of V or T
  // is not a named type."
  if (vu->kind == TYPE_CHAN && vu->dir == CHAN_BOTH && tu->kind == TYPE_CHAN && type_identical(vu->elem, tu->elem))
    return !type_is_named(v) || !type_is_named(t);
  // Type parameters: assignable for each type of the type set.
  TermWalk walk = {.q = q, .x = x, .from = v, .to = to};
  if (t_param && !type_is_named(v)) return type_param_each(t, visit_target, &walk) && walk.ok;
  if (v_param && !type_is_named(t)) return type_param_each(v, visit_source, &walk) && walk.ok;
  return false;
}

// --- convertible

static bool is_integer_or_float(Type *t) { return type_is_integer(t) || type_is_float(t); }

static bool same_pointer_bases(Type *v, Type *t) {
  return v->kind == TYPE_POINTER && t->kind == TYPE_POINTER && !type_is_param(v->elem) && !type_is_param(t->elem) &&
         type_identical_ignore_tags(type_underlying(v->elem), type_underlying(t->elem));
}

static bool slice_to_array(Type *vu, Type *tu) {
  if (vu->kind != TYPE_SLICE) return false;
  Type *array = tu->kind == TYPE_POINTER ? type_underlying(tu->elem) : tu;
  return array->kind == TYPE_ARRAY && type_identical(vu->elem, array->elem);
}

// Package unsafe: any pointer or uintptr, and back.
static bool unsafe_pointer(Type *a, Type *b) {
  return a->kind == TYPE_UNSAFE_POINTER && (b->kind == TYPE_POINTER || b->kind == TYPE_UINTPTR);
}

static bool convertible_types(Type *v, Type *t) {
  Type *vu = type_underlying(v), *tu = type_underlying(t);
  if (v->kind != TYPE_PARAM && t->kind != TYPE_PARAM && type_identical_ignore_tags(vu, tu)) return true;
  if (same_pointer_bases(v, t)) return true;
  if (is_integer_or_float(vu) && is_integer_or_float(tu)) return true;
  if (type_is_complex(vu) && type_is_complex(tu)) return true;
  if (type_is_string(tu) && (type_is_integer(vu) || (vu->kind == TYPE_SLICE && type_is_bytes_or_runes(vu))))
    return true;
  if (type_is_string(vu) && tu->kind == TYPE_SLICE && type_is_bytes_or_runes(tu)) return true;
  return unsafe_pointer(vu, tu) || unsafe_pointer(tu, vu) || slice_to_array(vu, tu);
}

typedef struct {
  const Query *q;
  Value x;
  Type *v, *t, *to;
  bool outer_param; // v is a type parameter too: its term is being visited
  Type *v_term;
} ConvertWalk;

static bool visit_convert_target(void *context, const Term *term) {
  ConvertWalk *w = context;
  if (!term) return false;
  Value x = w->outer_param ? (Value){w->v_term, NULL} : w->x;
  if (type_convertible(w->q, x, term->type)) return true;
  if (w->outer_param)
    add_cause(w->q, "cannot convert %s (in %s) to type %s (in %s)", name_of_type(w->q, w->v_term),
              name_of_type(w->q, w->v), name_of_type(w->q, term->type), name_of_type(w->q, w->t));
  else
    add_cause(w->q, "cannot convert %s to type %s (in %s)", name_of_type(w->q, w->x.type),
              name_of_type(w->q, term->type), name_of_type(w->q, w->t));
  return false;
}

static bool visit_convert_source(void *context, const Term *term) {
  ConvertWalk *w = context;
  if (!term) return false;
  if (w->outer_param) {
    w->v_term = term->type;
    return type_param_each(w->t, visit_convert_target, w);
  }
  if (type_convertible(w->q, (Value){term->type, NULL}, w->to)) return true;
  add_cause(w->q, "cannot convert %s (in %s) to type %s", name_of_type(w->q, term->type), name_of_type(w->q, w->v),
            name_of_type(w->q, w->to));
  return false;
}

bool type_convertible(const Query *q, Value x, Type *to) {
  if (type_assignable(q, x, to)) return true;
  Type *v = type_unalias(x.type), *t = type_unalias(to);
  if (convertible_types(v, t)) return true;
  ConvertWalk walk = {
      .q = q, .x = x, .v = v, .t = t, .to = to, .outer_param = v->kind == TYPE_PARAM && t->kind == TYPE_PARAM};
  if (v->kind == TYPE_PARAM) return type_param_each(v, visit_convert_source, &walk);
  if (t->kind == TYPE_PARAM) return type_param_each(t, visit_convert_target, &walk);
  return false;
}

// Specification "Conversions": x representable by T, or an integer made a string.
const Const *const_converted(const Query *q, Value x, Type *to) {
  Type *under = type_underlying(to);
  if (!x.constant || under->kind >= TYPE_BASIC_COUNT) return NULL;
  Arena *arena = q->universe->arena;
  const Const *value = x.constant;
  if (const_fits(arena, x.constant, under->kind, &value) == FIT_OK) return value;
  if (!type_is_integer(x.type) || !type_is_string(under)) return NULL;
  uint64_t code;
  int32_t rune = const_is_uint64(x.constant, &code) && code <= RUNE_MAX ? (int32_t)code : RUNE_ERROR;
  char *bytes = arena_alloc(arena, UTF8_MAX);
  return const_string(arena, (Text){bytes, utf8_encode(bytes, rune)});
}
