// Calls of small functions expanded in place: see inline.c.
#ifndef COMPILE_INLINE_H
#define COMPILE_INLINE_H

#include "compile/compiler.h"

bool inline_is_simple(Compiler *c, Object *function);
// What is expanded for the call; NULL: it is called.
Node *inline_body(Compiler *c, const NodeCall *n);
// Evaluates the call in place; false: it must be called. *dst as in expr.h.
bool inline_call(Fn *f, NodeCall *n, Slot *dst);

#endif
