// Sizes and offsets as Go's amd64 compiler lays values out: what unsafe.Sizeof, Alignof and Offsetof answer.
// How gol itself lays values out is the compiler's business and not observable.
#ifndef TYPES_LAYOUT_H
#define TYPES_LAYOUT_H

#include "types/types.h"

// Types that mention type parameters have no layout: see layout_is_constant. -1: too large.
int64_t layout_size(Type *t);
int64_t layout_align(Type *t);
int64_t layout_offset(Type *struct_type, uint32_t field);
// Is the size known at compile time (no type parameter within)? Only then is unsafe.Sizeof a constant.
bool layout_is_constant(Type *t);

#endif
