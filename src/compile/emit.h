// Instructions into the code of the function being made: operands, labels, positions.
#ifndef COMPILE_EMIT_H
#define COMPILE_EMIT_H

#include "compile/compiler.h"

uint32_t emit(Fn *f, Op op, uint32_t a, uint32_t b, uint32_t c);
uint32_t emit_imm(Fn *f, Op op, uint32_t a, int32_t imm);
void emit_word(Fn *f, uint64_t word);
void emit_ptr(Fn *f, const void *ptr);
void emit_pair(Fn *f, uint32_t lo, uint32_t hi);
void emit_slots(Fn *f, uint32_t s0, uint32_t s1, uint32_t s2, uint32_t s3);

void emit_load_word(Fn *f, Slot dst, uint64_t word);           // LDI or LDK
void emit_move(Fn *f, Slot dst, Slot src, const TypeInfo *info); // nothing if they are the same
void emit_zero(Fn *f, Slot dst, const TypeInfo *info);
void emit_new(Fn *f, Slot dst, Type *type);                    // pointer to a zeroed heap value

Shape access_shape(const TypeInfo *info); // of the load or store that moves a value
// Memory at ptr + offset, slot form <-> memory form.
void emit_load(Fn *f, Slot dst, Slot ptr, uint32_t offset, const TypeInfo *info);
void emit_store(Fn *f, Slot ptr, uint32_t offset, Slot src, const TypeInfo *info);

void label_bind(Fn *f, Label *label);
void label_bind_used(Fn *f, Label *label); // only if a jump to it was emitted; there will be no later ones
// A jump to a bound label goes backwards and counts the preemption budget; others go forwards.
void emit_jump(Fn *f, Label *label);
void emit_jump_if(Fn *f, Slot a, bool sense, Label *label);
// A fused compare-and-branch: a forwards op of op.def with the target in c. b is a slot or an immediate.
void emit_branch(Fn *f, Op op, Slot a, uint32_t b, Label *label);
// The 16-bit target of an instruction just emitted at index `at` (RANGESTR), 32-bit in an extension word (MAPNEXT, JTAB).
typedef enum { PATCH_C16, PATCH_IMM32, PATCH_LO32 } PatchKind;
void label_use(Fn *f, Label *label, uint32_t at, uint32_t from, PatchKind kind);

void at(Fn *f, const Node *n);   // the next instructions belong to n's position
void at_pos(Fn *f, Pos pos);

// --- slots.c
Slot slots_take(Fn *f, const TypeInfo *info);
Slot slots_take_n(Fn *f, uint32_t n, bool even);
Slot slot_word(Fn *f);
Slot slot_pair(Fn *f);
Slot slot_any(Fn *f); // an operand for a value of no size
static inline Slot slot_or_new(Fn *f, Slot dst, const TypeInfo *info) { return dst == NO_SLOT ? slots_take(f, info) : dst; }
static inline Slot word_or_new(Fn *f, Slot dst) { return dst == NO_SLOT ? slot_word(f) : dst; }
static inline Slot pair_or_new(Fn *f, Slot dst) { return dst == NO_SLOT ? slot_pair(f) : dst; }
Slot slots_window(Fn *f, uint32_t end); // frame base of a call with `end` slots of header, results and arguments
void slots_reach(Fn *f, uint32_t top);  // the frame is at least this large
// Variables and scopes.
Var *var_new(Fn *f, Object *object, TypeInfo *info, bool boxed); // takes its slot; uninitialised
Var *var_at(Fn *f, Object *object, TypeInfo *info, bool boxed, Slot slot);
void var_move(Fn *f, Var *v, Slot box); // it lives on the heap from here on
Var *var_of(Fn *f, const Object *object); // NULL: not a local variable of this function
bool var_needs_box(Fn *f, const Object *object, const TypeInfo *info);
typedef struct { uint32_t top, scope; } ScopeMark;
// A variable that lives on the heap has a box, whose pointer is in its slot; from here to the end of its scope, the box is this function's.
void var_own(Fn *f, Var *v);
void var_release(Fn *f, const Var *v);   // give it back
void emit_release(Fn *f, uint32_t scope); // give back the boxes of the variables from Fn.scope[scope] on, which control leaves
ScopeMark scope_enter(Fn *f);
void scope_leave(Fn *f, ScopeMark mark);

#endif
