// The beginning and the end of the making of a function: see finish.c.
#ifndef COMPILE_FINISH_H
#define COMPILE_FINISH_H

#include "compile/compiler.h"

Fn *fn_begin(Compiler *c, FuncInst *inst);
void fn_again(Fn *f);  // from the start, with far jumps
void fn_finish(Fn *f); // `f` is gone then

// Every function that was finished is complete, its code in the Program's arena.
void fn_finish_all(Compiler *c);
void fn_free_spares(Compiler *c);

#endif
