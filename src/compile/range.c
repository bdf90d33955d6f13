// For statements with a range clause over integers, slices, arrays, strings, maps and channels (specification "For
// statements with range clause"). Functions: range_func.c.
#include "compile/confine.h"
#include "compile/escape.h"
#include "compile/invariant.h"
#include "compile/access.h"
#include "compile/stmt.h"

// An iteration variable, or the operand that each iteration assigns.
typedef struct {
  Node *node;      // NULL: not wanted
  Object *fresh;   // declared by the clause
  TypeInfo *info;  // of the iteration value
  Slot slot;       // where each iteration puts its value; UNWANTED
  Var *box;        // a fresh variable that lives on the heap
} Iter;

static Iter iter_new(Fn *f, NodeRange *n, Node *node, TypeInfo *info) {
  Iter it = {.node = node, .info = info, .slot = UNWANTED};
  if (!node || is_blank(node)) {
    it.node = NULL;
    return it;
  }
  if (n->define) it.fresh = ((NodeIdent *)node)->obj;
  return it;
}

// Take the slot; `at` NO_SLOT: a new one. A variable that stays in the frame lives there itself.
static void iter_place(Fn *f, Iter *it, Slot where) {
  if (!it->node) return;
  bool boxed = it->fresh && var_needs_box(f, it->fresh, it->info);
  it->slot = where == NO_SLOT ? slots_take(f, it->info) : where;
  if (!it->fresh) return;
  if (!boxed) {
    var_at(f, it->fresh, it->info, false, it->slot);
    return;
  }
  it->box = var_new(f, it->fresh, it->info, true);
  if (!it->fresh->loop_var) emit_new(f, it->box->slot, it->info->type);
}

// The value is in it->slot: give it to the variable.
static void iter_commit(Fn *f, Iter *it) {
  if (!it->node) return;
  if (it->box) {
    if (it->fresh->loop_var) emit_new(f, it->box->slot, it->info->type);
    if (it->info->slots) emit_store(f, it->box->slot, 0, it->slot, it->info);
  }
}

// The iteration is over, and with it the variable, if no pointer to it outlives it.
static void iter_release(Fn *f, const Iter *it) {
  if (!it->box || f->dead || !it->fresh->loop_var || !it->info->size || !is_confined(f, it->fresh)) return;
  var_release(f, it->box);
}

// for i, x[i] = range: operands that are assigned, not declared.
static void assign_iters(Fn *f, const Iter *key, const Iter *value) {
  Node *nodes[2] = {key->fresh ? NULL : key->node, value->fresh ? NULL : value->node};
  Slot slots[2] = {key->slot, value->slot};
  TypeInfo *infos[2] = {key->info, value->info};
  if (nodes[0] || nodes[1]) assign_slots(f, nodes, slots, infos, 2);
}

typedef struct {
  NodeRange *n;
  const Name *label;
  Label top, next, end;
  Flow flow;
  Iter key, value;
} Loop;

static void run_body(Fn *f, Loop *l) {
  f->pending_label = l->label;
  flow_enter(f, &l->flow, &l->n->h, &l->end, &l->next);
  iter_commit(f, &l->key);
  iter_commit(f, &l->value);
  assign_iters(f, &l->key, &l->value);
  stmt_block(f, l->n->body);
  flow_leave(f);
  label_bind(f, &l->next);
  at(f, &l->n->h);
  iter_release(f, &l->value);
  iter_release(f, &l->key);
}

// A variable that is never assigned can be read in place for the whole loop.
static Slot stable(Fn *f, Node *x) {
  Slot v = expr_any(f, x);
  Node *bare = node_unparen(x);
  if (bare->kind != NODE_IDENT || !((NodeIdent *)bare)->obj->reassigned) return v;
  TypeInfo *info = node_info(f, x);
  Slot copy = slots_take(f, info);
  emit_move(f, copy, v, info);
  return copy;
}

// --- counting: integers, slices, arrays

// The hidden counter, or the key itself when the body does not assign it.
static Slot counter(Fn *f, Iter *key) {
  if (key->node && key->fresh && !key->fresh->reassigned && !var_needs_box(f, key->fresh, key->info)) {
    iter_place(f, key, NO_SLOT);
    return key->slot;
  }
  iter_place(f, key, NO_SLOT);
  return slot_word(f);
}

static void count_key(Fn *f, Iter *key, Slot i) {
  if (key->node && key->slot != i) emit(f, OP_MOV, key->slot, i, 0);
}

// i++; if i < limit goto top. A constant limit that fits needs no slot.
static void count_on(Fn *f, Loop *l, Slot i, Slot limit, uint64_t constant, bool wide_unsigned) {
  if (f->dead) return;
  emit(f, OP_ADDI, i, i, 1);
  if (limit == NO_SLOT) emit_branch(f, OP_JLTI, i, (uint32_t)constant, &l->top);
  else emit_branch(f, wide_unsigned ? OP_JLTU : OP_JLT, i, limit, &l->top);
}

static void range_int(Fn *f, Loop *l) {
  Type *type = node_type(f, l->n->x);
  TypeInfo *info = info_of(f->c, type);
  uint64_t constant;
  Slot limit = NO_SLOT;
  bool known = l->n->x->constant && const_bits(f, l->n->x, type, &constant), wide = info->under->kind == TYPE_UINT64 ||
               info->under->kind == TYPE_UINT || info->under->kind == TYPE_UINTPTR;
  if (!known || constant > INT16_MAX) limit = stable(f, l->n->x);
  l->key = iter_new(f, l->n, l->n->key, info);
  if (l->key.fresh) l->key.info = fn_info(f, l->key.fresh->type);
  Slot i = counter(f, &l->key);
  emit_imm(f, OP_LDI, i, 0);
  if (known && (int64_t)constant <= 0 && !wide) emit_jump(f, &l->end);
  else if (!known) emit_branch(f, wide ? OP_JEQI : OP_JLEI, limit, 0, &l->end);
  else if (constant == 0) emit_jump(f, &l->end);
  f->dead = false;
  label_bind(f, &l->top);
  count_key(f, &l->key, i);
  run_body(f, l);
  count_on(f, l, i, limit, known ? constant : 0, wide);
}

static void range_slice(Fn *f, Loop *l, Type *t) {
  TypeInfo *elem = info_of(f->c, t->elem), *integer = info_of(f->c, f->c->u->basic[TYPE_INT]);
  Slot s = stable(f, l->n->x);
  Slot len = slot_word(f);
  emit(f, OP_LEN, len, s, 0);
  l->key = iter_new(f, l->n, l->n->key, integer);
  l->value = iter_new(f, l->n, l->n->value, elem);
  Slot i = counter(f, &l->key);
  iter_place(f, &l->value, NO_SLOT);
  emit_imm(f, OP_LDI, i, 0);
  emit_branch(f, OP_JLEI, len, 0, &l->end);
  label_bind(f, &l->top);
  count_key(f, &l->key, i);
  if (l->value.node && elem->slots) loc_load(f, (Loc){.kind = LOC_ELEM, .info = elem, .slot = s, .index = i, .node = l->n->x}, l->value.slot);
  run_body(f, l);
  count_on(f, l, i, len, 0, false);
}

static Object *variable(Node *x) {
  x = node_unparen(x);
  return x->kind == NODE_IDENT ? ((NodeIdent *)x)->obj : NULL;
}

// The array ranged over is a copy, unless nothing can tell.
static Loc array_to_range(Fn *f, Loop *l) {
  Node *x = l->n->x;
  Loc a = loc_of(f, x);
  Object *o = variable(x);
  bool own = o && var_of(f, o) && !o->captured && !o->address_taken && !mentions(l->n->body, o);
  if (a.kind == LOC_SLOT || own) return loc_in_memory(f, a);
  Slot from = loc_addr(f, a, NO_SLOT), copy = slot_word(f);
  emit_new(f, copy, a.info->type);
  emit(f, OP_COPYM, copy, from, 0);
  emit_pair(f, 0, a.info->size);
  return loc_mem(a.info, copy, 0, true);
}

static void range_array(Fn *f, Loop *l, Type *array, bool pointer) {
  TypeInfo *elem = info_of(f->c, array->elem), *integer = info_of(f->c, f->c->u->basic[TYPE_INT]);
  l->key = iter_new(f, l->n, l->n->key, integer);
  l->value = iter_new(f, l->n, l->n->value, elem);
  Loc a = {0};
  if (l->value.node && elem->slots && array->len) {
    if (pointer) {
      a = loc_mem(info_of(f->c, under_of(f->c, node_type(f, l->n->x))->elem), stable(f, l->n->x), 0, true);
      emit(f, OP_NILCHK, a.slot, 0, 0);
    } else {
      a = array_to_range(f, l);
    }
    if (a.offset) a = loc_mem(a.info, loc_addr(f, a, NO_SLOT), 0, true);
  } else if (has_call(l->n->x)) {
    expr_discard(f, l->n->x);
  }
  uint64_t len = (uint64_t)array->len;
  Slot limit = len > INT16_MAX ? word_constant(f, len, slot_word(f)) : NO_SLOT;
  Slot i = counter(f, &l->key);
  iter_place(f, &l->value, NO_SLOT);
  emit_imm(f, OP_LDI, i, 0);
  if (!len) emit_jump(f, &l->end);
  f->dead = false;
  label_bind(f, &l->top);
  count_key(f, &l->key, i);
  if (a.info) loc_load(f, loc_element_slot(f, a, i), l->value.slot);
  run_body(f, l);
  count_on(f, l, i, limit, len, false);
}

// --- strings, maps, channels

static void range_string(Fn *f, Loop *l) {
  Universe *u = f->c->u;
  Slot s = stable(f, l->n->x);
  l->key = iter_new(f, l->n, l->n->key, info_of(f->c, u->basic[TYPE_INT]));
  l->value = iter_new(f, l->n, l->n->value, info_of(f->c, u->basic[TYPE_INT32]));
  Slot state = slots_take_n(f, 3, false); // next, index, rune
  iter_place(f, &l->key, state + 1);
  iter_place(f, &l->value, state + 2);
  emit_imm(f, OP_LDI, state, 0);
  label_bind(f, &l->top);
  uint32_t step = emit(f, OP_RANGESTR, state, s, 0);
  if (f->far) {
    Label out = LABEL_NEW, go = LABEL_NEW;
    label_use(f, &out, step, step, PATCH_C16);
    emit_jump(f, &go);
    label_bind(f, &out);
    emit_jump(f, &l->end);
    label_bind(f, &go);
  } else {
    label_use(f, &l->end, step, step, PATCH_C16);
  }
  run_body(f, l);
  emit_jump(f, &l->top);
}

static void range_map(Fn *f, Loop *l, Type *type, Type *t) {
  Slot m = expr_any(f, l->n->x), it = slot_word(f);
  l->key = iter_new(f, l->n, l->n->key, info_of(f->c, t->key));
  l->value = iter_new(f, l->n, l->n->value, info_of(f->c, t->elem));
  iter_place(f, &l->key, NO_SLOT);
  iter_place(f, &l->value, NO_SLOT);
  emit(f, OP_MAPITER, it, m, 0);
  emit_ptr(f, rtype_of(f->c, type));
  label_bind(f, &l->top);
  uint32_t step = emit(f, OP_MAPNEXT, it, l->key.slot, l->value.slot);
  emit_pair(f, 0, 0);
  access_note(f, step, l->n->x);
  label_use(f, &l->end, step + 1, step, PATCH_LO32);
  run_body(f, l);
  emit_jump(f, &l->top);
}

static void range_chan(Fn *f, Loop *l, Type *t) {
  TypeInfo *elem = info_of(f->c, t->elem);
  Slot ch = stable(f, l->n->x), ok = slot_word(f);
  l->key = iter_new(f, l->n, l->n->key, elem);
  iter_place(f, &l->key, NO_SLOT);
  Slot value = l->key.node ? l->key.slot : slots_take(f, elem);
  label_bind(f, &l->top);
  emit(f, OP_RECV2, value, ch, ok);
  emit_jump_if(f, ok, false, &l->end);
  run_body(f, l);
  emit_jump(f, &l->top);
}

void stmt_range(Fn *f, NodeRange *n) {
  Type *type = node_type(f, n->x), *t = under_of(f->c, type);
  if (t->kind == TYPE_SIGNATURE) {
    stmt_range_func(f, n);
    return;
  }
  ScopeMark mark = scope_enter(f);
  Loop l = {.n = n, .label = f->pending_label, .top = LABEL_NEW, .next = LABEL_NEW, .end = LABEL_NEW};
  f->pending_label = NULL;
  loop_enter(f, &n->h);
  switch (t->kind) {
  case TYPE_SLICE: range_slice(f, &l, t); break;
  case TYPE_ARRAY: range_array(f, &l, t, false); break;
  case TYPE_POINTER: range_array(f, &l, under_of(f->c, t->elem), true); break;
  case TYPE_STRING: case TYPE_UNTYPED_STRING: range_string(f, &l); break;
  case TYPE_MAP: range_map(f, &l, type, t); break;
  case TYPE_CHAN: range_chan(f, &l, t); break;
  default: range_int(f, &l); break;
  }
  label_bind(f, &l.end);
  loop_leave(f);
  scope_leave(f, mark);
}
