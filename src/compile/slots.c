// Frame slots of the function being made, and the variables that live in them. Slots are a stack: a variable keeps its
// slots until its block ends, a temporary until its statement (or the caller's mark of Fn.top) ends.
//
//   header 0,1 | results | parameters | receiver | captured variables | variables and temporaries ... | window of a call
#include "compile/emit.h"

#include "compile/confine.h"

void slots_reach(Fn *f, uint32_t top) {
  if (top > f->high) f->high = top;
  if (top > FRAME_MAX) f->too_big = true;
}

Slot slots_take_n(Fn *f, uint32_t n, bool even) {
  if (even) f->top = (f->top + 1) & ~1u;
  Slot slot = f->top;
  f->top += n;
  slots_reach(f, f->top);
  if (f->too_big && f->top > 4 * FRAME_MAX) f->top = FRAME_MAX; // an error will be reported; keep numbers small
  return slot;
}

Slot slot_any(Fn *f) {
  slots_reach(f, 4);
  return 2;
}

Slot slots_take(Fn *f, const TypeInfo *info) {
  return info->slots ? slots_take_n(f, info->slots, info->align == 16) : slot_any(f);
}
Slot slot_word(Fn *f) { return slots_take_n(f, 1, false); }
Slot slot_pair(Fn *f) { return slots_take_n(f, 2, true); }

Slot slots_window(Fn *f, uint32_t end) { return slots_take_n(f, end, true); }

// --- variables

static void begin_entry(Fn *f, Var *v) {
  if (!v->object || !v->object->name || name_is_blank(v->object->name)) return;
  vec_push(&f->vars, (VarEntry){.name = v->object->name->text, .slot = v->slot, .from = f->code.len, .to = UINT32_MAX, .boxed = v->boxed});
  v->entry = f->vars.len;
}

static void end_entry(Fn *f, const Var *v) {
  if (v->entry) f->vars.data[v->entry - 1].to = f->code.len;
}

Var *var_at(Fn *f, Object *object, TypeInfo *info, bool boxed, Slot slot) {
  Var *v = ARENA_NEW(&f->c->scratch, Var);
  *v = (Var){.inst = f->inst, .object = object, .info = info, .slot = slot, .boxed = boxed};
  if (object) object->backend = v;
  begin_entry(f, v);
  vec_push(&f->scope, v);
  return v;
}

Var *var_new(Fn *f, Object *object, TypeInfo *info, bool boxed) {
  return var_at(f, object, info, boxed, boxed ? slot_word(f) : slots_take(f, info));
}

void var_move(Fn *f, Var *v, Slot box) {
  end_entry(f, v);
  v->boxed = true;
  v->slot = box;
  begin_entry(f, v);
}

Var *var_of(Fn *f, const Object *object) {
  Var *v = object->backend;
  return v && v->inst == f->inst ? v : NULL;
}

// A variable lives on the heap if its address is taken, if a closure shares it and it changes (the variable of a loop: while closures can see it), if it
// is large, or if it is an array indexed by a variable (frames have no indexed access).
bool var_needs_box(Fn *f, const Object *object, const TypeInfo *info) {
  if (object->address_taken || object->indexed) return true;
  bool changes = object->reassigned && !(object->loop_var && !object->varies);
  if (object->captured && (changes || object->is_result)) return true;
  if (info->slots > BIG_VARIABLE) return !object->is_param && !object->is_result;
  return object->captured && info->slots > 16;
}

ScopeMark scope_enter(Fn *f) { return (ScopeMark){f->top, f->scope.len}; }

void var_own(Fn *f, Var *v) { v->owned = v->boxed && v->info->size && is_confined(f, v->object); }

void var_release(Fn *f, const Var *v) {
  uint32_t class = rtype_heap_class(rtype_of(f->c, v->info->type));
  emit(f, OP_RELEASE, v->slot, class, heap_class_size(class) / 16);
}

void emit_release(Fn *f, uint32_t scope) {
  for (uint32_t i = f->scope.len; !f->dead && i-- > scope;)
    if (f->scope.data[i]->owned) var_release(f, f->scope.data[i]);
}

void scope_leave(Fn *f, ScopeMark mark) {
  emit_release(f, mark.scope);
  while (f->scope.len > mark.scope) {
    end_entry(f, vec_pop(&f->scope));
  }
  f->top = mark.top;
}
