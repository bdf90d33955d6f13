// Variables that move to the heap only when somebody wants their address: see late.c.
#ifndef COMPILE_LATE_H
#define COMPILE_LATE_H

#include "compile/compiler.h"

// The variable, which needs a box, is used as a value first: it begins in slots. (Then its Var is the caller's to make, unboxed, and
// late_begin is to be told.) `param`: of the function whose body comes next, else declared by the statement being made.
bool late_is_value(Fn *f, const Object *o, const TypeInfo *info, bool param);
void late_begin(Fn *f, Var *v);
// The variable's declaration, as a zero or a composite literal (value NULL: zero), is all there is before its address is wanted:
// it is made then. The operands are evaluated now. False: nothing was done.
bool late_declare(Fn *f, Object *o, TypeInfo *info, Node *value);
// Before a statement of a list: boxes for those of Fn.late[from] and later that are wanted before `limit`, where the next one begins
// (NO_POS: there is none).
void late_settle(Fn *f, uint32_t from, Pos limit);

#endif
