// Does a type implement an interface, or satisfy a constraint (specification "Implementing an interface", "Satisfying
// a type constraint"), and if not, which method or property is missing, in the words of gc.
#include "types/lookup.h"
#include "types/predicates.h"
#include "types/typeset.h"
#include "types/types_private.h"

// --- writing causes

static void cause_vset(const Query *q, const char *fmt, va_list args) {
  if (!q->cause) return;
  StrBuf text = {0}; // the old cause may be among the arguments
  strbuf_vprintf(&text, fmt, args);
  strbuf_clear(q->cause);
  strbuf_put_text(q->cause, strbuf_text(&text));
  strbuf_free(&text);
}

static void __attribute__((format(printf, 2, 3))) cause_set(const Query *q, const char *fmt, ...) {
  va_list args;
  va_start(args, fmt);
  cause_vset(q, fmt, args);
  va_end(args);
}

static const char *text_of_type(const Query *q, Type *t) { return type_string(q->universe, t, q->from); }

static bool is_interface_pointer(Type *t) {
  t = type_underlying(t);
  return t->kind == TYPE_POINTER && type_is_interface(t->elem);
}

// --- missing methods

typedef struct {
  const Query *q;
  Type *v, *t;
  bool static_;
  bool (*equal)(void *context, Type *have, Type *want);
  void *context;
  Method *want; // the method looked for
  Object *have; // what was found instead
  Type *have_type;
} Search;

static MissingKind find_in_interface(Search *s, Type *v) {
  const TypeSet *set = type_set(v);
  Method *m = type_set_method(set, s->want->package, s->want->name, false, NULL);
  if (!m) return s->static_ ? MISSING_METHOD : MISSING_NOTHING;
  s->have = m->object;
  s->have_type = m->type;
  if (!m->type || !s->want->type) return MISSING_NOTHING;
  return s->equal(s->context, m->type, s->want->type) ? MISSING_NOTHING : MISSING_WRONG_SIGNATURE;
}

static MissingKind find_in_type(Search *s) {
  Universe *u = s->q->universe;
  // Not lookup_find on a defined pointer type: that has no methods, and none is found on it here.
  Lookup found = lookup_find(u, s->v, false, s->want->package, s->want->name, false);
  switch (found.status) {
  case LOOKUP_FIELD: return MISSING_FIELD;
  case LOOKUP_AMBIGUOUS: return MISSING_AMBIGUOUS;
  case LOOKUP_POINTER: return MISSING_POINTER_RECV;
  case LOOKUP_NONE: {
    Lookup folded = lookup_find(u, s->v, false, s->want->package, s->want->name, true);
    if (folded.status != LOOKUP_METHOD) return MISSING_METHOD;
    s->have = folded.method;
    s->have_type = folded.type;
    return folded.method->name == s->want->name ? MISSING_UNEXPORTED : MISSING_WRONG_NAME;
  }
  default: break;
  }
  s->have = found.method;
  s->have_type = found.type;
  if (!found.type || !s->want->type) return MISSING_NOTHING; // being declared: checked where it ends
  return s->equal(s->context, found.type, s->want->type) ? MISSING_NOTHING : MISSING_WRONG_SIGNATURE;
}

static const char *method_text(const Query *q, const Name *name, Type *signature, bool qualified) {
  StrBuf out = {0};
  if (signature) type_write_method(&out, name, signature, qualified ? NULL : q->from);
  else strbuf_puts(&out, name->text);
  const char *text = arena_strdup(q->universe->arena, strbuf_string(&out));
  strbuf_free(&out);
  return text;
}

static void explain_signature(const Search *s, MissingKind kind) {
  const Query *q = s->q;
  const char *name = s->want->name->text;
  const char *have = method_text(q, s->have->name, s->have_type, false);
  const char *want = method_text(q, s->want->name, s->want->type, false);
  if (text_equal(text_of(have), text_of(want))) { // then the packages make the difference
    have = method_text(q, s->have->name, s->have_type, true);
    want = method_text(q, s->want->name, s->want->type, true);
  }
  if (kind == MISSING_WRONG_NAME) cause_set(q, "(missing method %s)\n\t\thave %s\n\t\twant %s", name, have, want);
  else if (text_equal(text_of(have), text_of(want))) cause_set(q, "(wrong type for method %s)", name);
  else cause_set(q, "(wrong type for method %s)\n\t\thave %s\n\t\twant %s", name, have, want);
}

static void explain_interface_pointer(const Query *q, Type *t) {
  const char *what = type_is_param(type_underlying(t)->elem) ? "type parameter" : "interface";
  cause_set(q, "(type %s is pointer to %s, not %s)", text_of_type(q, t), what, what);
}

static void explain(const Search *s, MissingKind kind) {
  const Query *q = s->q;
  if (!q->cause) return;
  const char *name = s->want->name->text;
  switch (kind) {
  case MISSING_METHOD:
    if (is_interface_pointer(s->v)) explain_interface_pointer(q, s->v);
    else if (is_interface_pointer(s->t)) explain_interface_pointer(q, s->t);
    else cause_set(q, "(missing method %s)", name);
    break;
  case MISSING_WRONG_NAME:
  case MISSING_WRONG_SIGNATURE: explain_signature(s, kind); break;
  case MISSING_UNEXPORTED: cause_set(q, "(unexported method %s)", name); break;
  case MISSING_AMBIGUOUS: cause_set(q, "(ambiguous selector %s.%s)", text_of_type(q, s->v), name); break;
  case MISSING_POINTER_RECV: cause_set(q, "(method %s has pointer receiver)", name); break;
  case MISSING_FIELD: cause_set(q, "(%s.%s is a field, not a method)", text_of_type(q, s->v), name); break;
  case MISSING_NOTHING: break;
  }
}

MissingKind type_missing_method_by(const Query *q, Type *v, Type *t, bool static_,
                                   bool (*equal)(void *context, Type *have, Type *want), void *context,
                                   Method **missing) {
  const TypeSet *wanted = type_set(t);
  Search s = {.q = q, .v = v, .t = t, .static_ = static_, .equal = equal, .context = context};
  Type *under = type_underlying(v);
  for (uint32_t i = 0; i < wanted->method_count; i++) {
    s.want = wanted->methods[i];
    s.have = NULL;
    MissingKind kind = under->kind == TYPE_INTERFACE ? find_in_interface(&s, under) : find_in_type(&s);
    if (kind == MISSING_NOTHING) continue;
    explain(&s, kind);
    if (missing) *missing = s.want;
    return kind;
  }
  return MISSING_NOTHING;
}

static bool equal_signatures(void *context, Type *have, Type *want) {
  (void)context;
  return type_identical(have, want);
}

MissingKind type_missing_method(const Query *q, Type *v, Type *t, bool static_, Method **missing) {
  return type_missing_method_by(q, v, t, static_, equal_signatures, NULL, missing);
}

// Specification "Type assertions": a concrete T must implement the interface.
bool type_assertable(const Query *q, Type *v, Type *t) {
  if (type_is_interface(t)) return true;
  return type_missing_method(q, t, v, false, NULL) == MISSING_NOTHING;
}

// --- implements, satisfies

// Does the constraint name the type somewhere, though it is not in its type set? For a better message.
static bool mentions(Type *constraint, Type *t) {
  if (constraint->kind == TYPE_INTERFACE) {
    for (uint32_t i = 0; i < constraint->embed_count; i++)
      if (mentions(constraint->embeds[i], t)) return true;
    return false;
  }
  if (constraint->kind == TYPE_UNION) {
    for (uint32_t i = 0; i < constraint->term_count; i++)
      if (mentions(constraint->terms[i].type, t)) return true;
    return false;
  }
  return type_identical(constraint, t);
}

static bool check_comparable(const Query *q, Type *v, const TypeSet *wanted, bool constraint, const char *verb) {
  if (!type_set_comparable(wanted)) return true;
  // Ordinary interfaces satisfy comparable since Go 1.20, though comparing them may panic.
  if (type_comparable(NULL, v, false) || (constraint && type_comparable(NULL, v, true))) return true;
  cause_set(q, "%s does not %s comparable", text_of_type(q, v), verb);
  return false;
}

static bool check_terms(const Query *q, Type *v, Type *t, const TypeSet *wanted, const char *verb) {
  if (type_set_includes(wanted, v)) return true;
  if (!q->cause) return false;
  const char *name = text_of_type(q, v), *target = text_of_type(q, t);
  for (uint32_t i = 0; i < wanted->term_count; i++) {
    const Term *term = &wanted->terms[i];
    if (term->tilde || !type_identical(term->type, type_underlying(term->type))) continue;
    if (!type_identical(term->type, type_underlying(v))) continue;
    cause_set(q, "%s does not %s %s (possibly missing ~ for %s in %s)", name, verb, target, text_of_type(q, term->type),
              target);
    return false;
  }
  if (mentions(type_underlying(t), v))
    cause_set(q, "%s does not %s %s (%s mentions %s, but %s is not in the type set of %s)", name, verb, target, target,
              name, name, target);
  else
    cause_set(q, "%s does not %s %s (%s missing in %s)", name, verb, target, name,
              terms_string(q->universe, wanted, NULL));
  return false;
}

bool type_implements(const Query *q, Type *v, Type *t, bool constraint) {
  Type *vu = type_underlying(v), *tu = type_underlying(t);
  if (vu->kind == TYPE_INVALID || tu->kind == TYPE_INVALID) return true; // reported before
  if (vu->kind == TYPE_POINTER && type_underlying(vu->elem)->kind == TYPE_INVALID) return true;
  const char *verb = constraint ? "satisfy" : "implement";
  if (tu->kind != TYPE_INTERFACE) {
    if (!q->cause) return false;
    const char *target = text_of_type(q, t);
    cause_set(q,
              is_interface_pointer(tu) ? "%s does not %s %s (type %s is pointer to interface, not interface)"
                                       : "%s does not %s %s (%s is not an interface)",
              text_of_type(q, v), verb, target, target);
    return false;
  }
  const TypeSet *wanted = type_set(tu);
  if (type_set_is_all(wanted)) return true;
  if (vu->kind == TYPE_INTERFACE && type_set_is_empty(type_set(vu))) return true;
  if (type_set_is_empty(wanted)) {
    if (q->cause) cause_set(q, "cannot %s %s (empty type set)", verb, text_of_type(q, t));
    return false;
  }
  if (type_missing_method(q, v, t, true, NULL) != MISSING_NOTHING) {
    if (q->cause)
      cause_set(q, "%s does not %s %s %s", text_of_type(q, v), verb, text_of_type(q, t), strbuf_string(q->cause));
    return false;
  }
  if (!type_set_has_terms(wanted)) return check_comparable(q, v, wanted, constraint, verb);
  if (vu->kind == TYPE_INTERFACE) {
    if (!type_set_subset(type_set(vu), wanted)) {
      if (q->cause) cause_set(q, "%s does not %s %s", text_of_type(q, v), verb, text_of_type(q, t));
      return false;
    }
  } else if (!check_terms(q, v, t, wanted, verb)) {
    return false;
  }
  return check_comparable(q, v, wanted, constraint, verb);
}

// Specification "Instantiations": each argument satisfies its constraint, after all are put in.
int type_args_verify(const Query *q, TypeList tparams, TypeList targs) {
  Substitution s = {q->universe, tparams, targs};
  for (uint32_t i = 0; i < tparams.len && i < targs.len; i++) {
    Type *param = tparams.items[i];
    type_param_interface(param); // wraps a bound that is no interface
    if (!param->bound) continue;
    if (!type_implements(q, targs.items[i], substitute(&s, param->bound), true)) return (int)i;
  }
  return -1;
}
