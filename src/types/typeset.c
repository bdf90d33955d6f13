// Type sets: the methods and types an interface admits (specification "Interface types").
//
// Terms are kept in normal form: pairwise disjoint, a union of ~T and T written ~T. No term: the empty set. One term
// without a type: all types. The set of an interface is computed on first use and kept once everything it depends on
// is declared; until then each call computes it anew from what is known.
#include "types/typeset.h"

#include <string.h>

#include "base/vec.h"
#include "types/lookup.h"
#include "types/predicates.h"
#include "types/types_private.h"

enum { MAX_TERMS = 100 };

static const Term all_terms[1] = {
    {NULL, false}
};
static const TypeSet top_set = {.terms = (Term *)all_terms, .term_count = 1};

typedef struct {
  Term *data;
  uint32_t len, cap;
} Terms;

// --- single terms

static bool term_disjoint(const Term *x, const Term *y) {
  Type *tx = y->tilde ? type_underlying(x->type) : x->type;
  Type *ty = x->tilde ? type_underlying(y->type) : y->type;
  return !type_identical(tx, ty);
}

static bool term_subset(const Term *x, const Term *y) {
  if (!y->type) return true;
  if (!x->type || term_disjoint(x, y)) return false;
  return !x->tilde || y->tilde;
}

static bool term_includes(const Term *x, Type *t) {
  if (!x->type) return true;
  return type_identical(x->type, x->tilde ? type_underlying(t) : t);
}

// --- term lists

static bool is_all(const Term *terms, uint32_t n) {
  for (uint32_t i = 0; i < n; i++)
    if (!terms[i].type) return true;
  return false;
}

// Adds a term to a normal list and keeps it normal.
static void terms_add(Arena *arena, Terms *list, Term term) {
  if (is_all(list->data, list->len)) return;
  if (!term.type) list->len = 0;
  for (uint32_t i = 0; i < list->len; i++) {
    Term *other = &list->data[i];
    if (term_disjoint(&term, other)) continue;
    if (term.tilde && !other->tilde) { // swallow it, and look for more
      memmove(other, other + 1, (list->len - i - 1) * sizeof *other);
      list->len--;
      i--;
      continue;
    }
    return;
  }
  avec_push(arena, list, term);
}

static Terms terms_intersect(Arena *arena, const Term *x, uint32_t nx, const Term *y, uint32_t ny) {
  Terms result = {0};
  for (uint32_t i = 0; i < nx; i++)
    for (uint32_t j = 0; j < ny; j++) {
      if (!x[i].type) terms_add(arena, &result, y[j]);
      else if (!y[j].type) terms_add(arena, &result, x[i]);
      else if (!term_disjoint(&x[i], &y[j])) terms_add(arena, &result, !x[i].tilde || y[j].tilde ? x[i] : y[j]);
    }
  return result;
}

// --- computing a set

typedef struct {
  Universe *universe;
  VEC(Method *) methods;
  Terms terms;
  bool comparable;
  bool partial; // something it depends on is not declared yet
} Building;

static bool same_method(const Method *a, const Method *b) {
  return name_same(a->name, a->package, b->name, b->package);
}

static void add_method(Building *b, Method *m) {
  for (uint32_t i = 0; i < b->methods.len; i++)
    if (same_method(b->methods.data[i], m)) return; // identical, or reported by type_set_check
  avec_push(b->universe->arena, &b->methods, m);
}

static const TypeSet *compute(Type *interface, bool *partial);

static Terms union_terms(Type *t, bool *partial) {
  Arena *arena = t->universe->arena;
  Terms all = {0};
  for (uint32_t i = 0; i < t->term_count; i++) {
    UnionTerm *term = &t->terms[i];
    Type *under = type_underlying(term->type);
    if (under->kind == TYPE_INTERFACE) {
      const TypeSet *set = compute(under, partial);
      for (uint32_t j = 0; j < set->term_count; j++) terms_add(arena, &all, set->terms[j]);
    } else if (under->kind == TYPE_INVALID) {
      *partial = true;
    } else if (!term->tilde || type_identical(term->type, under)) { // ~T of a defined T has an empty type set
      terms_add(arena, &all, (Term){term->type, term->tilde});
    }
  }
  return all;
}

static void intersect(Building *b, const Term *terms, uint32_t n, bool comparable) {
  b->terms = terms_intersect(b->universe->arena, b->terms.data, b->terms.len, terms, n);
  b->comparable |= comparable;
  if (!b->comparable || is_all(b->terms.data, b->terms.len)) return;
  uint32_t kept = 0; // only the comparable terms remain, and say so by themselves
  for (uint32_t i = 0; i < b->terms.len; i++)
    if (type_comparable(NULL, b->terms.data[i].type, false)) b->terms.data[kept++] = b->terms.data[i];
  b->terms.len = kept;
  b->comparable = false;
}

static void add_embedded(Building *b, Type *t) {
  Type *under = type_underlying(t);
  switch (under->kind) {
  case TYPE_INVALID: b->partial = true; break;
  case TYPE_INTERFACE: {
    const TypeSet *set = compute(under, &b->partial);
    for (uint32_t i = 0; i < set->method_count; i++) add_method(b, set->methods[i]);
    intersect(b, set->terms, set->term_count, set->comparable);
    break;
  }
  case TYPE_UNION: {
    Terms terms = union_terms(under, &b->partial);
    intersect(b, terms.data, terms.len, false);
    break;
  }
  default: intersect(b, &(Term){t, false}, 1, false);
  }
}

// Exported names first, then by name, then by package: the order in which gc looks for a missing method.
static int compare_methods(const Method *a, const Method *b) {
  bool ea = name_is_exported(a->name), eb = name_is_exported(b->name);
  if (ea != eb) return ea ? -1 : 1;
  int order = strcmp(a->name->text, b->name->text);
  if (order || ea || !a->package || !b->package) return order;
  return strcmp(a->package->path->text, b->package->path->text);
}

static void sort_methods(Method **methods, uint32_t n) {
  for (uint32_t i = 1; i < n; i++) {
    Method *m = methods[i];
    uint32_t j = i;
    for (; j > 0 && compare_methods(methods[j - 1], m) > 0; j--) methods[j] = methods[j - 1];
    methods[j] = m;
  }
}

static const TypeSet *compute(Type *interface, bool *partial) {
  if (interface->set) return interface->set;
  Universe *u = interface->universe;
  if (!interface->complete) {
    *partial = true;
    return &top_set;
  }
  TypeSet *set = ARENA_NEW(u->arena, TypeSet);
  *set = top_set;
  if (u->comparable_ && interface == u->comparable_->underlying_) {
    set->comparable = true;
    return interface->set = set;
  }
  interface->set = set; // ends the recursion of an interface that embeds itself, an error reported elsewhere
  Building b = {.universe = u};
  avec_push(u->arena, &b.terms, all_terms[0]);
  for (uint32_t i = 0; i < interface->method_count; i++) add_method(&b, &interface->methods[i]);
  for (uint32_t i = 0; i < interface->embed_count; i++) add_embedded(&b, interface->embeds[i]);
  sort_methods(b.methods.data, b.methods.len);
  *set = (TypeSet){.methods = b.methods.data,
                   .method_count = b.methods.len,
                   .terms = b.terms.data,
                   .term_count = b.terms.len,
                   .comparable = b.comparable};
  if (b.partial) {
    interface->set = NULL;
    *partial = true;
  }
  return set;
}

const TypeSet *type_set(Type *t) {
  Type *interface = type_underlying(t);
  if (interface->kind != TYPE_INTERFACE) return &top_set;
  bool partial = false;
  return compute(interface, &partial);
}

// --- asking a set

bool type_set_is_empty(const TypeSet *set) { return set->term_count == 0; }
bool type_set_has_terms(const TypeSet *set) { return set->term_count && !is_all(set->terms, set->term_count); }
bool type_set_is_method_set(const TypeSet *set) { return !set->comparable && is_all(set->terms, set->term_count); }
bool type_set_is_all(const TypeSet *set) { return type_set_is_method_set(set) && set->method_count == 0; }

bool type_set_includes(const TypeSet *set, Type *t) {
  for (uint32_t i = 0; i < set->term_count; i++)
    if (term_includes(&set->terms[i], t)) return true;
  return false;
}

bool type_set_subset(const TypeSet *a, const TypeSet *b) {
  for (uint32_t i = 0; i < a->term_count; i++) {
    bool found = false;
    for (uint32_t j = 0; j < b->term_count && !found; j++) found = term_subset(&a->terms[i], &b->terms[j]);
    if (!found) return false;
  }
  return true;
}

Method *type_set_method(const TypeSet *set, Package *from, const Name *name, bool fold_case, uint32_t *index) {
  for (uint32_t i = 0; i < set->method_count; i++) {
    Method *m = set->methods[i];
    bool same = fold_case ? name_fold_equal(m->name, name) : name_same(m->name, m->package, name, from);
    if (!same) continue;
    if (index) *index = i;
    return m;
  }
  return NULL;
}

const char *terms_string(Universe *u, const TypeSet *set, Package *relative_to) {
  if (set->term_count == 0) return "∅";
  StrBuf out = {0};
  for (uint32_t i = 0; i < set->term_count; i++) {
    if (i) strbuf_puts(&out, " | ");
    if (set->terms[i].tilde) strbuf_putc(&out, '~');
    if (set->terms[i].type) type_write(&out, set->terms[i].type, relative_to);
    else strbuf_puts(&out, "𝓤");
  }
  const char *text = arena_strdup(u->arena, strbuf_string(&out));
  strbuf_free(&out);
  return text;
}

// --- type parameters

Type *type_param_interface(Type *param) {
  Universe *u = param->universe;
  Type *any = type_unalias(u->any_);
  if (!param->bound) return any;
  Type *under = type_is_param(param->bound) ? any : type_underlying(param->bound);
  if (under->kind == TYPE_INTERFACE) return under;
  if (under->kind == TYPE_INVALID) return any;
  Type **embeds = arena_copy(u->arena, &param->bound, sizeof param->bound);
  Type *interface = type_interface(u, NULL, 0, embeds, NULL, 1);
  interface->implicit = true;
  type_interface_complete(interface);
  return param->bound = interface;
}

bool type_param_each(Type *param, bool (*visit)(void *context, const Term *term), void *context) {
  const TypeSet *set = type_set(type_param_interface(type_unalias(param)));
  if (!type_set_has_terms(set)) return visit(context, NULL);
  for (uint32_t i = 0; i < set->term_count; i++)
    if (!visit(context, &set->terms[i])) return false;
  return true;
}

// --- mistakes in declarations

static Pos embed_place(const Type *interface, uint32_t i) {
  return interface->embed_pos ? interface->embed_pos[i] : NO_POS;
}

typedef struct {
  Method *method;
  Pos pos;
} Placed;

// Specification "Interface types": method names must be unique; those of embedded interfaces may repeat if identical.
void type_set_check(Universe *u, Type *interface, Package *relative_to, TypeSetReport *report, void *context) {
  (void)relative_to;
  VEC(Placed) seen = {0};
  for (uint32_t i = 0; i < interface->method_count + interface->embed_count; i++) {
    bool explicit = i < interface->method_count;
    Pos pos = explicit ? NO_POS : embed_place(interface, i - interface->method_count);
    Method *one = explicit ? &interface->methods[i] : NULL;
    Method **methods = &one;
    uint32_t n = 1;
    if (!explicit) {
      Type *under = type_underlying(interface->embeds[i - interface->method_count]);
      if (under->kind != TYPE_INTERFACE) continue;
      const TypeSet *set = type_set(under);
      methods = set->methods;
      n = set->method_count;
    }
    for (uint32_t j = 0; j < n; j++) {
      Method *m = methods[j];
      Pos at = explicit ? m->pos : pos;
      Placed *other = NULL;
      for (uint32_t k = 0; k < seen.len && !other; k++)
        if (same_method(seen.data[k].method, m)) other = &seen.data[k];
      if (!other) {
        vec_push(&seen, (Placed){m, at});
      } else if (explicit || (other->method != m && m->type && other->method->type &&
                              !type_identical(m->type, other->method->type))) {
        report(context, at, arena_printf(u->arena, "duplicate method %s", m->name->text), other->pos,
               arena_printf(u->arena, "other declaration of method %s", m->name->text));
      }
    }
  }
  vec_free(&seen);
}

static const char *term_text(Universe *u, const UnionTerm *term, Package *relative_to) {
  return arena_printf(u->arena, "%s%s", term->tilde ? "~" : "", type_string(u, term->type, relative_to));
}

// Specification "General interfaces": T in ~T is its own underlying type; terms do not overlap; no methods.
void type_union_check(Universe *u, Type *t, const Pos *positions, Package *from, TypeSetReport *report, void *context) {
  bool partial = false;
  if (union_terms(t, &partial).len > MAX_TERMS)
    report(context, positions ? positions[0] : NO_POS,
           arena_printf(u->arena, "cannot handle more than %d union terms (implementation limitation)", MAX_TERMS),
           NO_POS, NULL);
  for (uint32_t i = 0; i < t->term_count; i++) {
    UnionTerm *term = &t->terms[i];
    Pos pos = positions ? positions[i] : NO_POS;
    if (!type_is_valid(term->type)) continue;
    Type *under = type_underlying(term->type);
    const char *name = type_string(u, term->type, from), *full = type_string(u, term->type, NULL);
    if (term->tilde && under->kind == TYPE_INTERFACE) {
      report(context, pos, arena_printf(u->arena, "invalid use of ~ (%s is an interface)", name), NO_POS, NULL);
      continue;
    }
    if (term->tilde && !type_identical(under, term->type)) {
      report(
          context, pos,
          arena_printf(u->arena, "invalid use of ~ (underlying type of %s is %s)", name, type_string(u, under, from)),
          NO_POS, NULL);
      continue;
    }
    if (t->term_count < 2) continue;
    if (under->kind == TYPE_INTERFACE) {
      const TypeSet *set = type_set(under);
      const char *message = NULL;
      if (set->method_count)
        message = arena_printf(u->arena, "cannot use %s in union (%s contains methods)", full, full);
      else if (type_unalias(term->type) == u->comparable_) message = "cannot use comparable in union";
      else if (set->comparable)
        message = arena_printf(u->arena, "cannot use %s in union (%s embeds comparable)", full, full);
      if (message) report(context, pos, message, NO_POS, NULL);
      continue;
    }
    for (uint32_t j = 0; j < i; j++) {
      UnionTerm *other = &t->terms[j];
      if (!type_is_valid(other->type) || type_is_interface(other->type)) continue;
      if (term_disjoint(&(Term){term->type, term->tilde}, &(Term){other->type, other->tilde})) continue;
      report(context, pos,
             arena_printf(u->arena, "overlapping terms %s and %s", term_text(u, term, NULL), term_text(u, other, NULL)),
             NO_POS, NULL);
      break;
    }
  }
}
