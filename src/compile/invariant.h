// Values that loops keep in slots: see invariant.c.
#ifndef COMPILE_INVARIANT_H
#define COMPILE_INVARIANT_H

#include "compile/emit.h"

// Around a loop statement; its scope must be open.
void loop_enter(Fn *f, Node *loop);
void loop_leave(Fn *f);
// The lengths that the condition compares with; they are known until Fn.lengths is cut back by the caller.
void loop_keep_length(Fn *f, Node *loop, Node *cond);
// Likewise with the sides of the condition, until Fn.bounds is cut back; recall: the condition is compiled next.
void loop_keep_bounds(Fn *f, Node *loop, Node *cond);
void loop_recall_bounds(Fn *f, uint32_t from);
bool kept_length(Fn *f, Node *x, Slot *slot); // of len(x)

#endif
