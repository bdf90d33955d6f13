// What the files of this layer's vocabulary share among themselves. Others include types.h.
#ifndef TYPES_TYPES_PRIVATE_H
#define TYPES_TYPES_PRIVATE_H

#include "types/check.h"
#include "types/types.h"

// Type.state of a defined type
enum { NAMED_UNRESOLVED, NAMED_RESOLVED, NAMED_EXPANDING };

Type *type_new(Universe *u, TypeKind kind);

// instantiate.c: the underlying type of an instance, expanded now; the invalid type while its origin is unknown.
Type *instance_underlying(Type *instance);
// The shared instance of a defined origin for all its arguments, implicit ones first.
Type *instance_of(Universe *u, Type *origin, TypeList targs);

// subst.c: substitution by a list of pairs
typedef struct {
  Universe *universe;
  TypeList tparams, targs; // targs' items may be NULL: left as they are
} Substitution;
Type *substitute(const Substitution *s, Type *t);
TypeList substitute_list(const Substitution *s, TypeList list); // the same list if nothing changes

// The type of a declared method or function, resolved by the checker if it is not yet known; may stay NULL.
static inline Type *object_type(Universe *u, Object *object) {
  if (object->type) return object->type;
  if (object->package && object->package->checker) check_declaration(object);
  else if (u->resolve) u->resolve(u->resolve_context, object);
  return object->type;
}

#endif
