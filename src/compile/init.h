// Initialisation of packages and the program's entry: see init.c.
#ifndef COMPILE_INIT_H
#define COMPILE_INIT_H

#include "compile/compiler.h"

void init_plan(Compiler *c);                          // queue what always runs
void init_reach(Compiler *c, const Object *variable); // a variable of the standard library is used: its initialiser too
Function *init_entry(Compiler *c);                    // once everything reachable is queued
void init_called(Compiler *c);                        // the entry has called what was reached: not again
void init_forget(Compiler *c);                        // the Program could not be made: what is planned in it is never called
uint32_t init_made(const Compiler *c);                // initialisers so far

#endif
