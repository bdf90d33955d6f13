// Which variables on the heap can be given back when their block ends: see confine.c.
#ifndef COMPILE_CONFINE_H
#define COMPILE_CONFINE_H

#include "compile/compiler.h"

// No pointer to the variable, which is one of the function being made, outlives the block that declares it.
bool is_confined(Fn *f, Object *o);
// A script's statements, before they are compiled as the body of `inst`.
void confine_script(Compiler *c, const FuncInst *inst, const Package *script);

#endif
