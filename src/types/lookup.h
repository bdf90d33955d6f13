// Fields and methods by name (specification "Selectors", "Method sets"), with the reasons of a failure.
#ifndef TYPES_LOOKUP_H
#define TYPES_LOOKUP_H

#include <stdbool.h>

#include "types/types.h"

typedef enum {
  LOOKUP_NONE,      // no such field or method
  LOOKUP_FIELD,
  LOOKUP_METHOD,
  LOOKUP_AMBIGUOUS, // several at the same shallowest depth
  LOOKUP_POINTER,   // a method with a pointer receiver, but t is neither a pointer nor addressable; `method` is set
} LookupStatus;

typedef struct {
  LookupStatus status;
  FieldInfo *field;   // LOOKUP_FIELD
  Object *method;     // the method's function object (of an instance: its own, with `origin`); interface methods too
  Type *type;         // field's type or method's signature, instantiated; NULL if the checker has not resolved it
  Type *recv;         // the struct, defined or interface type (or type parameter's bound) that declares it
  uint32_t *path;     // embedded fields to go through, then the field's or method's own index
  uint32_t path_len;
  bool indirect;      // a pointer was followed on the way, t's own included
  bool pointer_recv;  // a declared method with a pointer receiver
  bool interface;     // the method of an interface, a type parameter's bound included
} Lookup;

// `fold_case`: names compare without regard to case (for hints: "but does have method Foo").
Lookup lookup_find(Universe *u, Type *t, bool addressable, Package *from, const Name *name, bool fold_case);

// A declared method of a defined type or of one of its instances (expanded on first use), by index in declared order.
Object *named_method(Type *named, uint32_t index);
uint32_t named_method_count(Type *named);

// Is the unexported name visible from package `from`? Exported names are visible everywhere.
bool name_visible(const Name *name, Package *declared_in, Package *from);

// Two field or method names are the same identifier (specification "Uniqueness of identifiers").
bool name_same(const Name *a, Package *pa, const Name *b, Package *pb);
bool name_fold_equal(const Name *a, const Name *b); // but for upper and lower case

#endif
