// Function literals (specification "Function literals"): a Closure holds copies of the variables that never change after
// they are captured, and pointers to the others.
//
//   Closure:  function | reserved | capture 0 | capture 1 ...      (slot form, pairs at even places)
#include "compile/call.h"
#include "compile/escape.h"
#include "compile/expr.h"

static uint32_t place(uint32_t *top, bool boxed, const TypeInfo *info) {
  if (!boxed && info->align == 16) *top = (*top + 1) & ~1u;
  uint32_t slot = *top;
  *top += boxed ? 1 : info->slots;
  return slot;
}

void closure_load(Fn *f, Slot dst, uint32_t first, uint32_t n, bool pair) {
  uint32_t offset = (uint32_t)sizeof(Closure) + 8 * first;
  if (n == 1) emit(f, OP_LD, dst, 1, offset);
  else if (n == 2 && pair) emit(f, OP_LD2, dst, 1, offset);
  else if (n) {
    emit(f, OP_LDN, dst, 1, 0);
    emit_pair(f, offset, 8 * n);
  }
}

// The captured variables become variables of this function, loaded from its closure on entry.
void closure_load_captures(Fn *f, const Captures *captures, uint32_t extra) {
  uint32_t top = extra;
  for (uint32_t i = 0; captures && i < captures->len; i++) {
    Object *o = captures->items[i];
    TypeInfo *info = fn_info(f, o->type);
    bool boxed = var_needs_box(f, o, info);
    uint32_t first = place(&top, boxed, info);
    Var *v = var_new(f, o, info, boxed);
    closure_load(f, v->slot, first, boxed ? 1 : info->slots, info->align == 16);
  }
}

Slot closure_make(Fn *f, FuncInst *inst, const Captures *captures, const Slot *extra, uint32_t extra_count, Slot dst) {
  uint32_t count = extra_count, mark = f->top;
  for (uint32_t i = 0; i < captures->len; i++) {
    Var *v = var_of(f, captures->items[i]);
    ASSERT(v, "captured variable is in scope");
    place(&count, v->boxed, v->info);
  }
  Slot base;
  Var *first = captures->len ? var_of(f, captures->items[0]) : NULL;
  if (captures->len == 1 && !extra_count) {
    base = first->slot; // in place
  } else {
    base = slots_take_n(f, count, true);
    uint32_t top = extra_count;
    for (uint32_t i = 0; i < extra_count; i++) emit(f, OP_MOV, base + i, extra[i], 0);
    for (uint32_t i = 0; i < captures->len; i++) {
      Var *v = var_of(f, captures->items[i]);
      Slot to = base + place(&top, v->boxed, v->info);
      if (v->boxed) emit(f, OP_MOV, to, v->slot, 0);
      else emit_move(f, to, v->slot, v->info);
    }
  }
  if (dst == NO_SLOT) { // may overlap the captured slots: they are read before it is written
    f->top = mark;
    dst = slot_word(f);
  }
  emit(f, OP_MKCLOS, dst, base, count);
  emit_ptr(f, inst->out);
  return dst;
}

Slot expr_func_lit(Fn *f, NodeFuncLit *n, Slot dst) {
  FuncInst *inst = inst_literal(f, n);
  const Captures *captures = ptr_table_get(&f->c->captures, n);
  at(f, &n->h);
  if (!captures || !captures->len) return function_value(f, inst, dst);
  return closure_make(f, inst, captures, NULL, 0, dst);
}
