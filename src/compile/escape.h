// Facts about local variables: see escape.c.
#ifndef COMPILE_ESCAPE_H
#define COMPILE_ESCAPE_H

#include "compile/compiler.h"

// Analyse a declared function's body, an initialiser or a script statement; a second call does nothing. `sig`: of the function.
void escape_analyse(Compiler *c, Node *n, Type *sig);
// The local variable that x is or is a part of, no pointer between; NULL: x is none.
Object *base_variable(Node *x);
// Does the statement range over a function?
bool is_range_func(const NodeRange *n);

#endif
