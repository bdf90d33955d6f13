// Values of expressions into slots.
//
// `dst` is where the value is wanted; NO_SLOT: anywhere, a variable's own slot included (it must not be written). Only
// the last instruction writes dst, so it may be a variable that the expression reads; composite literals are the
// exception: see expr_writes_early.
#ifndef COMPILE_EXPR_H
#define COMPILE_EXPR_H

#include "compile/emit.h"
#include "compile/loc.h"

Slot expr(Fn *f, Node *n, Slot dst);
Slot expr_any(Fn *f, Node *n);
// With the implicit conversion to `target` of an assignment (specification "Assignability").
Slot expr_as(Fn *f, Node *n, Type *target, Slot dst);
bool expr_writes_early(const Node *n);
// Discard the value (expression statement, blank assignment).
void expr_discard(Fn *f, Node *n);
// A value of type `from` in `slot`, as `target`.
Slot value_as(Fn *f, Slot slot, Type *from, Type *target, Slot dst);
Slot make_interface(Fn *f, Slot value, Type *type, Slot dst);
bool is_nil_name(const Node *n); // in parentheses or not
static inline bool is_nil(const Node *n) {
  return n->mode == MODE_NIL || ((n->kind == NODE_IDENT || n->kind == NODE_PAREN) && is_nil_name(n));
}
bool is_blank(const Node *n);
bool is_interface(Fn *f, Type *t);

// expr_const.c
const Const *constant_expanded(Fn *f, const Node *n); // of what is no constant by itself, in an expanded call
static inline const Const *constant_of(Fn *f, const Node *n) { // NULL: not a constant
  if (n->constant && n->mode == MODE_CONSTANT) return n->constant;
  return f->inline_depth ? constant_expanded(f, n) : NULL;
}
bool const_bits(Fn *f, const Node *n, Type *type, uint64_t *word); // a constant that is one word
bool const_int16(Fn *f, const Node *n, int32_t *imm);              // an integer constant that fits an immediate
Slot const_value(Fn *f, const Const *value, Type *type, Slot dst);
Slot word_constant(Fn *f, uint64_t word, Slot dst);
Slot string_constant(Fn *f, Text text, Slot dst);

// expr_arith.c
Slot expr_binary(Fn *f, NodeBinary *n, Slot dst);
Slot expr_unary(Fn *f, NodeUnary *n, Slot dst);
// dst = x op y for the type; y may be a constant node or (y_node NULL) a slot.
Slot arith(Fn *f, Operator op, Type *type, Slot x, Node *y_node, Slot y, Slot dst);
Slot narrow(Fn *f, Slot x, TypeKind kind, Slot dst); // extend to the kind's width
TypeKind basic_kind(Fn *f, Type *t);                 // of the underlying type; TYPE_INVALID if it is not basic
// expr_cond.c
void cond_jump(Fn *f, Node *n, bool sense, Label *label); // jump if n == sense, else fall through
Slot expr_compare(Fn *f, NodeBinary *n, Slot dst);
Slot expr_logic(Fn *f, Node *n, Slot dst);
Slot compare_values(Fn *f, Operator op, Slot x, Slot y, Type *type, Slot dst); // == and != of two values of one type
void jump_if_equal(Fn *f, Slot x, Slot y, Type *type, bool sense, Label *label);
void jump_if_nil(Fn *f, Slot x, bool sense, Label *label);
// expr_select.c, expr_index.c, expr_composite.c, expr_conv.c, expr_call.c, builtin.c, closure.c
Slot expr_selector(Fn *f, NodeSelector *n, Slot dst);
Slot expr_index(Fn *f, NodeIndex *n, Slot dst);
Slot expr_slice(Fn *f, NodeSlice *n, Slot dst);
Slot expr_composite(Fn *f, NodeComposite *n, Slot dst);
void composite_into(Fn *f, NodeComposite *n, Loc to, bool zeroed);
// Is the value of type `target` a big struct or array (big.c) that is a literal or lies in memory?
bool is_big(Fn *f, Node *value, const TypeInfo *target);
// Store it without taking it into the frame. False: it is not big, or goes into a map or into slots.
bool big_into(Fn *f, Loc to, Node *value, bool zeroed);
Slot expr_conversion(Fn *f, NodeCall *n, Slot dst);
Slot convert(Fn *f, Slot x, Type *from, Type *to, Slot dst);
Slot expr_assert(Fn *f, NodeTypeAssert *n, Slot dst);
Slot expr_call(Fn *f, NodeCall *n, Slot dst);
Slot expr_builtin(Fn *f, NodeCall *n, Slot dst);
Slot expr_func_lit(Fn *f, NodeFuncLit *n, Slot dst);
Slot expr_recv(Fn *f, NodeUnary *n, Slot dst);
// v, ok = ...: the slots of both (specification "Assignment statements", comma-ok forms). Returns v's info.
TypeInfo *expr_comma_ok(Fn *f, Node *n, Slot *value, Slot *ok);

TypeInfo *comma_ok_info(Fn *f, Node *n); // v's alone

// The function a call or function value names statically, or NULL (expr_call.c).
FuncInst *static_function(Fn *f, Node *fun);
typedef struct {
  Slot base;          // the callee's frame
  CallLayout *layout;
} CallResult;
CallResult call_multi(Fn *f, NodeCall *n); // results at base + layout->result_slots[i]
// Closure value of a function without captures.
Slot function_value(Fn *f, FuncInst *inst, Slot dst);

// order.c: calls are evaluated in lexical order, before variables are loaded (as gc does)
bool has_call(const Node *n);
bool cannot_panic(Fn *f, Node *n); // and has no effects
void order_operands(Fn *f, Node *x, Node *y);
void order_list(Fn *f, Node **nodes, uint32_t n);
void order_copied(Fn *f, Node **nodes, const bool *copied, uint32_t n);
void hoist_calls(Fn *f, Node *n);
Slot hoist_value(Fn *f, Node *n); // evaluate n (without parentheses), and remember its value, in a slot of its own
void hoist_target(Fn *f, Node *n);
bool hoisted_slot(Fn *f, const Node *n, Slot *slot);

#endif
