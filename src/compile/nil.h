// Slots that hold an address known not to be nil, by the instructions before: see nil.c.
#ifndef COMPILE_NIL_H
#define COMPILE_NIL_H

#include "compile/compiler.h"

// What the instruction changes in the set of such slots.
void not_nil_step(uint64_t *known, uint32_t slots, const Instr *pc);
// Is the slot known not to hold nil where the next instruction will stand? False where it costs too much to find out.
bool is_not_nil(const Fn *f, Slot slot);

#endif
