// Calls of native functions.
#ifndef COMPILE_NATIVE_CALL_H
#define COMPILE_NATIVE_CALL_H

#include "compile/emit.h"

// Emits CALLN, or the instruction that does what the function `name` usually does; without the extension word.
void emit_native_call(Fn *f, const char *name, Slot base);

// That instruction.
Op native_op(const char *name);

// An atomic load, which is an instruction and changes nothing.
bool native_is_load(const Object *function);

#endif
