// Methods and calls: what a selector names, receivers, windows.
#ifndef COMPILE_CALL_H
#define COMPILE_CALL_H

#include "compile/emit.h"
#include "compile/loc.h"

// A method of a concrete type, found by name (specification "Selectors", "Method sets").
typedef struct {
  bool interface;      // called through its id
  FuncInst *inst;      // declared method
  MethodId id;
  Type *sig;           // without receiver
  Type *recv;          // the receiver's type: T, *T or the interface type
  const uint32_t *path; uint32_t path_len; // embedded fields to go through
} MethodRef;
MethodRef method_find(Fn *f, Type *type, const Name *name, Package *package);
// The receiver operand from x: through embedded fields, address taken or dereferenced as the method wants it.
Slot method_receiver(Fn *f, const MethodRef *m, Loc x, Slot dst);

// A call under way: the window is reserved, arguments go to base + layout->param_slots[i].
typedef enum { CALLEE_STATIC, CALLEE_CLOSURE, CALLEE_INTERFACE } CalleeKind;
typedef struct {
  CalleeKind kind;
  CallLayout *layout;
  FuncInst *inst;      // STATIC
  Slot closure;        // CLOSURE
  Slot interface;      // INTERFACE: pair
  MethodId id;
  TypeInfo *recv;      // NULL: none to pass
  Slot base, recv_slot;
  uint32_t end;
} Callee;
void callee_window(Fn *f, Callee *c);
void callee_call(Fn *f, Callee *c, Pos pos); // afterwards only the results are reserved

// Evaluate function value, receiver and arguments of a call (go and defer: `later`, an interface method becomes a function).
Callee call_prepare(Fn *f, NodeCall *n, bool later);
Slot callee_closure(Fn *f, const Callee *c); // the function to run later, as a closure

// closure.c, wrapper.c
FuncInst *wrapper_promoted(Compiler *c, Type *recv, const Name *name, Package *package, Type *sig);
FuncInst *wrapper_interface(Compiler *c, const MethodRef *m, const Name *name);
Slot method_value(Fn *f, NodeSelector *n, Slot dst);
Slot method_expression(Fn *f, NodeSelector *n, Slot dst);
// `extra` words come before the captured variables.
void closure_load_captures(Fn *f, const Captures *captures, uint32_t extra);
Slot closure_make(Fn *f, FuncInst *inst, const Captures *captures, const Slot *extra, uint32_t extra_count, Slot dst);
// Load n slots of this function's closure from capture `first` on.
void closure_load(Fn *f, Slot dst, uint32_t first, uint32_t n, bool pair);

#endif
