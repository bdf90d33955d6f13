// The types of a run: those of its Program, and those that reflection makes of them (reflect.SliceOf and the like). There is one
// RType for each identical type also then: what is made is looked for first, by its structure.
//
// Types that are made belong to the Runtime and are never freed before it; the Program's stay as they are.
#ifndef STD_REFLECT_TYPES_H
#define STD_REFLECT_TYPES_H

#include "vm/native.h"

const RType *types_pointer_to(Worker *w, const RType *elem);
// The type with kind, elem, key, len, dir, in, out, variadic and fields (name, package, type, embedded, tag) of `like`, whose
// arrays are copied if it is made. NULL: it would be too large. Fields' offsets are computed.
const RType *types_like(Worker *w, const RType *like);

// Go's own layout of amd64, which unsafe and reflect answer with.
uint32_t types_go_align(const RType *t);
uint32_t types_go_offset(const RType *t, uint32_t field);

// Specification "Assignability", "Conversions", without constants.
bool types_assignable(const RType *to, const RType *from);
bool types_implement(const RType *t, const RType *iface); // t may be an interface
bool types_convertible(const RType *to, const RType *from);
// Identical but for what they are named (tags: and struct tags count).
bool types_same_underlying(const RType *a, const RType *b, bool tags);

#endif
