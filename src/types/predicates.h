// The relations between types that the specification defines: assignable, convertible, comparable, implements.
// Where a relation fails, `cause` (may be NULL) gets Go's explanation, the text gc puts in parentheses, or nothing.
// Types in a cause are written relative to `from`, the package being checked.
#ifndef TYPES_PREDICATES_H
#define TYPES_PREDICATES_H

#include <stdbool.h>

#include "base/text.h"
#include "types/constant.h"
#include "types/types.h"

// What is being asked about: a value's type, and its constant if it has one. Untyped nil is the type TYPE_UNTYPED_NIL.
typedef struct {
  Type *type;
  const Const *constant; // NULL: not a constant
} Value;

// Who asks: whose names need no qualification, whose unexported names are visible.
typedef struct {
  Universe *universe;
  Package *from;
  StrBuf *cause; // NULL, or receives the reason; cleared by the callee only when it writes
} Query;

// The type an untyped value takes when it is used where `target` is expected (go/types implicitTypeAndValue): the
// target, the untyped kind's default for interfaces, `target` itself if untyped and larger. NULL if it cannot.
// `fit` (may be NULL) tells why for constants. *rounded (may be NULL) becomes the constant's value in that type.
Type *type_implicit(Universe *u, Value x, Type *target, ConstFit *fit, const Const **rounded);
Type *type_larger_untyped(Type *a, Type *b); // the later kind of int, rune, float, complex; NULL if they do not mix

bool type_assignable(const Query *q, Value x, Type *to);   // specification "Assignability"
bool type_convertible(const Query *q, Value x, Type *to);  // specification "Conversions"
// x a constant: the converted constant if T(x) is one, NULL otherwise (then type_convertible may still hold).
const Const *const_converted(const Query *q, Value x, Type *to);

// V implements interface T; with `constraint` V satisfies constraint T (specification "Implementing an interface",
// "Satisfying a type constraint").
bool type_implements(const Query *q, Type *v, Type *t, bool constraint);

typedef enum {
  MISSING_NOTHING, MISSING_METHOD, MISSING_WRONG_NAME /* other case */, MISSING_UNEXPORTED, MISSING_WRONG_SIGNATURE,
  MISSING_AMBIGUOUS, MISSING_POINTER_RECV, MISSING_FIELD /* a field of that name */,
} MissingKind;
// The first method of interface t that v lacks. `static_`: v's missing methods matter even if v is an interface (else
// only conflicting ones do: type assertions). cause: "(missing method M)", "(wrong type for method M)\n\t\thave ..." .
MissingKind type_missing_method(const Query *q, Type *v, Type *t, bool static_, Method **missing);
// The same with another notion of equal signatures (inference unifies).
MissingKind type_missing_method_by(const Query *q, Type *v, Type *t, bool static_,
                                   bool (*equal)(void *context, Type *have, Type *want), void *context,
                                   Method **missing);
// Can an interface v hold a t (x.(T))? cause as above.
bool type_assertable(const Query *q, Type *v, Type *t);

// Comparable with == (specification "Comparison operators"). `dynamic`: interfaces count as comparable.
// cause: "struct containing []int cannot be compared", "incomparable types in type set" ...
bool type_comparable(const Query *q, Type *t, bool dynamic);

// Do the given arguments satisfy the constraints of the parameters? Returns -1 or the index of the first that does not.
int type_args_verify(const Query *q, TypeList tparams, TypeList targs);

bool type_identical_ignore_tags(Type *a, Type *b);
// Do two type parameter lists correspond (generic signatures)?
bool type_has_empty_set(Type *t); // a type parameter whose constraint no type satisfies

#endif
