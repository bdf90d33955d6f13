// Type sets of interfaces (specification "Interface types"): all methods, embedded ones included, and the types.
#ifndef TYPES_TYPESET_H
#define TYPES_TYPESET_H

#include <stdbool.h>

#include "types/types.h"

// A set of types, as a union of terms. A term with type NULL stands for all types.
typedef struct {
  Type *type;
  bool tilde;
} Term;

typedef struct TypeSet {
  Method **methods; uint32_t method_count; // all methods, sorted by name (then package)
  Term *terms; uint32_t term_count;        // normal form: pairwise disjoint. One term with type NULL: no restriction
  bool comparable;                         // restricted to (strictly) comparable types; only when there are no terms
} TypeSet;

// The type set of an interface (t's underlying type must be one). Cached once the interface is complete.
const TypeSet *type_set(Type *interface);
bool type_set_is_all(const TypeSet *set);     // any: no methods, no restriction
bool type_set_is_empty(const TypeSet *set);   // no type satisfies it
bool type_set_has_terms(const TypeSet *set);  // restricted to certain types
bool type_set_is_method_set(const TypeSet *set); // an ordinary interface: may be a variable's type
bool type_set_comparable(const TypeSet *set); // every type in it is strictly comparable
bool type_set_includes(const TypeSet *set, Type *t);  // by its terms only
bool type_set_subset(const TypeSet *a, const TypeSet *b); // by their terms only
Method *type_set_method(const TypeSet *set, Package *from, const Name *name, bool fold_case, uint32_t *index);
const char *terms_string(Universe *u, const TypeSet *set, Package *relative_to); // "~int | string"

// The constraint interface of a type parameter; a bound that is no interface is wrapped in an implicit one.
Type *type_param_interface(Type *param);
// Calls visit for each term of a type parameter's type set until it returns false: the answer. A set without terms
// gives one call with NULL (go/types TypeParam.is). visit gets the term's type and tilde.
bool type_param_each(Type *param, bool (*visit)(void *context, const Term *term), void *context);

// What is wrong with an interface's elements or a union's terms, one call a mistake: "duplicate method M",
// "overlapping terms ~int and int", "cannot use comparable in union" ... For the checker, once all types are set up.
// `other`, if any, is the place the second line speaks of: "other declaration of method M".
typedef void TypeSetReport(void *context, Pos pos, const char *message, Pos other, const char *other_message);
void type_set_check(Universe *u, Type *interface, Package *relative_to, TypeSetReport *report, void *context);
// Mistakes of one union (specification "General interfaces"); `positions` of the terms, may be NULL.
void type_union_check(Universe *u, Type *union_type, const Pos *positions, Package *relative_to, TypeSetReport *report,
                      void *context);

#endif
