// Calls of small functions expanded in place: see inline.c.
#ifndef COMPILE_INLINE_H
#define COMPILE_INLINE_H

#include "compile/call.h"

bool inline_is_simple(Compiler *c, Object *function);
// What is expanded for the call; NULL: it is called.
Node *inline_body(Compiler *c, const NodeCall *n);
// Evaluates the call in place; false: it must be called. *dst as in expr.h.
bool inline_call(Fn *f, NodeCall *n, Slot *dst);

// The call is of a function without results that often does nothing.
bool inline_is_guarded(Fn *f, const NodeCall *n);
// Receiver and arguments, but for function literals, lie in the window: jump to `end` if the function would do nothing.
void inline_guard(Fn *f, const NodeCall *n, const Callee *c, Label *end);

#endif
