// Locations: where a variable, field, element or pointed-to value lies, with its operands evaluated but nothing loaded.
#ifndef COMPILE_LOC_H
#define COMPILE_LOC_H

#include "compile/compiler.h"

typedef enum {
  LOC_BLANK,  // _
  LOC_SLOT,   // in the frame, on slot boundaries
  LOC_PART,   // in the frame, not on slot boundaries: a narrow scalar or small block inside a block
  LOC_MEM,    // behind a pointer
  LOC_GLOBAL,
  LOC_ELEM,   // element of a slice; the access checks the index
  LOC_AELEM,  // element of an array behind a pointer; the access checks the index if `check` is set
  LOC_MAP,    // m[k]
} LocKind;

typedef struct {
  LocKind kind;
  TypeInfo *info;   // of the value there
  Slot slot;        // SLOT: the value; PART: its slot; MEM, AELEM: pointer; ELEM: slice; MAP: map
  uint32_t offset;  // PART, MEM, GLOBAL: bytes
  Slot index;       // ELEM, AELEM: index; MAP: key
  Type *map;        // MAP: its type
  uint64_t check;   // AELEM: length of the array, 0: the index is known to be in range
  bool big_index;   // ELEM, AELEM: the index is an unsigned word, for messages
  bool not_nil;     // MEM: the pointer is known not to be nil
  const Node *node; // the operand that it is, for access.c; may be NULL
} Loc;

Loc loc_of(Fn *f, Node *n);               // any operand; a value that is no variable is put into a temporary
Loc loc_slot(TypeInfo *info, Slot slot);
Loc loc_mem(TypeInfo *info, Slot pointer, uint32_t offset, bool not_nil);
Loc loc_var(Fn *f, const Object *object);
Loc loc_field(Fn *f, Loc x, uint32_t index);           // x is a struct
Loc loc_path(Fn *f, Loc x, const uint32_t *path, uint32_t len); // through fields, following pointers where there are
Loc loc_deref(Fn *f, Loc x);                           // x is a pointer
Loc loc_element(Fn *f, Loc x, Node *index);            // x is an array
bool index_is_big(Fn *f, Node *index);
void note_index(Fn *f, bool big);                      // of the index instruction just emitted
Loc loc_element_at(Fn *f, Loc x, uint64_t index);      // constant index, in range
Loc loc_element_slot(Fn *f, Loc x, Slot index);        // index in a slot, known to be in range
Slot loc_load(Fn *f, Loc x, Slot dst);                 // dst NO_SLOT: in place where possible
void loc_store(Fn *f, Loc x, Slot src);
Slot loc_addr(Fn *f, Loc x, Slot dst);                 // pointer to it
void loc_zero(Fn *f, Loc x);
Loc loc_in_memory(Fn *f, Loc x);                       // MEM: copies a value that lies in the frame to the heap

#endif
