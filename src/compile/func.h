// The bodies of functions: see func.c.
#ifndef COMPILE_FUNC_H
#define COMPILE_FUNC_H

#include "compile/compiler.h"

void fn_build_declared(Fn *f, FuncInst *inst);
void fn_build_literal(Fn *f, FuncInst *inst);
void fn_build_native(Fn *f, FuncInst *inst);
// A body whose parameters are the objects of `declared` (not substituted), with entry and exit.
void func_body(Fn *f, Type *declared, Object *recv, Node *body);
void func_enter_script(Fn *f, const FuncInfo *info);
void func_leave_script(Fn *f);

void thread_jumps(Fn *f); // thread.c

#endif
