// Statements.
#ifndef COMPILE_STMT_H
#define COMPILE_STMT_H

#include "compile/emit.h"
#include "compile/expr.h"

void stmt(Fn *f, Node *n);
void stmt_list(Fn *f, const NodeList *list);
void stmt_list_from(Fn *f, const NodeList *list, uint32_t late); // Fn.late[late] and later are variables of the list
void stmt_block(Fn *f, Node *n);                  // with a scope of its own
void stmt_assign(Fn *f, NodeAssign *n);           // assign.c
void stmt_var(Fn *f, NodeVar *n);
void stmt_for(Fn *f, NodeFor *n);                 // loop.c
void stmt_range(Fn *f, NodeRange *n);             // range.c
void stmt_range_func(Fn *f, NodeRange *n);        // range_func.c
void stmt_switch(Fn *f, NodeSwitch *n);           // switch.c
void stmt_type_switch(Fn *f, NodeTypeSwitch *n);
void stmt_select(Fn *f, NodeSelect *n);           // select.c
void stmt_go(Fn *f, NodeGo *n);                   // defer.c
void stmt_defer(Fn *f, NodeDefer *n);
void defer_records(Fn *f, Node *body); // at the entry: places for calls that are deferred once at most
void stmt_return(Fn *f, NodeReturn *n);           // return.c
void emit_return(Fn *f);                          // results are set

// Declare a variable: its slots are taken now. A boxed one gets a new heap variable, zeroed.
Var *declare(Fn *f, Object *object);
void declare_value(Fn *f, Object *object, Node *value);           // value NULL: zero
void declare_slot(Fn *f, Object *object, Slot value, Type *type); // from a value of `type` in a slot, which it may take over
// Store a value of `type` from a slot to an assignable operand (NULL or blank: nowhere).
void assign_slot(Fn *f, Node *lhs, Slot value, Type *type);
// The same for up to two operands at once: both are evaluated before either is assigned.
void assign_slots(Fn *f, Node **lhs, const Slot *values, TypeInfo *const *infos, uint32_t count);
bool mentions(const Node *n, const Object *object);

// break.c: enclosing statements
void flow_enter(Fn *f, Flow *flow, Node *n, Label *on_break, Label *on_continue);
void flow_leave(Fn *f);
void stmt_branch(Fn *f, NodeBranch *n);
void branch_to(Fn *f, BranchKind kind, const Name *label, Node *target);
Label *goto_label(Fn *f, const Name *name);

// range_func.c: leaving the body of a range over a function, whose Fn is f
typedef enum { EXIT_BREAK, EXIT_CONTINUE, EXIT_RETURN, EXIT_GOTO } ExitKind;
void range_func_exit(Fn *f, ExitKind kind, Node *target, const Name *label); // to the statement itself or one outside
bool range_func_leaves(const Fn *f, const Node *target); // f is such a body, and the labelled statement lies outside of it
Fn *range_func_outer(const Fn *f);                       // the function around it, being made
void range_func_defer(Fn *f, Slot closure);              // run it when the function around returns

// func.c
void inst_compile(Compiler *c, FuncInst *inst);
void inst_compile_body(Compiler *c, FuncInst *inst, struct RangeFunc *range);

#endif
