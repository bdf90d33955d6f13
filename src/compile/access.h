// Names of accesses, see access.c.
#ifndef COMPILE_ACCESS_H
#define COMPILE_ACCESS_H

#include "compile/expr.h"

// The instructions emitted since `from` (an index into the code) touch, or call, what n says. NULL: nothing is noted.
void access_note(Fn *f, uint32_t from, const Node *n);
// The notes become debug information of the function.
void access_finish(Fn *f);

#endif
