// Variables that move to the heap only when somebody wants their address.
//
// A function that takes the address of a variable often leaves before it does: for an error, or at the bottom of a recursion. So the
// box is made before the first statement, of the list that declares the variable, with `&x`, a closure that shares x, or a call of a
// method of its pointer in it. Until then x lies in slots like any other, or, if nothing mentions it before, nowhere: only the operands of
// its composite literal do.
//
// Invariant: control comes to no statement of a list before those that stand in front of it, so whoever is behind the place of the box
// has passed it. Labels would break it (goto), and functions with some are left alone. So are bodies of ranges over functions, whose
// variables two functions share, and code for the detector of races, which says where accesses are.
#include "compile/late.h"

#include "compile/emit.h"
#include "compile/expr.h"

static bool may_wait(const Fn *f, const Object *o, const TypeInfo *info, bool param) {
  return (param || f->declares) && info->slots && info->slots <= BIG_VARIABLE && o->mentioned_at && !o->is_result && !f->range &&
         f->inst->info && !f->inst->info->has_labels && !f->c->options->exact_calls;
}

bool late_is_value(Fn *f, const Object *o, const TypeInfo *info, bool param) {
  return may_wait(f, o, info, param) && o->address_at && !o->indexed;
}

void late_begin(Fn *f, Var *v) { vec_push(&f->late, (Late){.var = v, .object = v->object, .info = v->info, .at = v->object->address_at}); }

// The operands of a literal that are to be evaluated where it stands: none of them a literal with operands of its own.
static bool collect(const NodeComposite *n, Node **operands, uint32_t *count) {
  for (uint32_t i = 0; i < n->elems.len; i++) {
    Node *e = n->elems.items[i];
    e = node_unparen(e->kind == NODE_KEY_VALUE ? ((NodeKeyValue *)e)->value : e);
    if (e->mode == MODE_CONSTANT || e->mode == MODE_NIL) continue;
    if (e->kind == NODE_COMPOSITE || *count == LATE_OPERANDS) return false;
    operands[(*count)++] = e;
  }
  return true;
}

bool late_declare(Fn *f, Object *o, TypeInfo *info, Node *value) {
  Pos mentioned = o->mentioned_at, address = o->address_at;
  if (!may_wait(f, o, info, false)) return false;
  if (!value && address && mentioned < address && info->slots <= 2) return false; // cheaper as a value
  value = value ? node_unparen(value) : NULL;
  Late late = {.object = o, .info = info, .at = address && address < mentioned ? address : mentioned};
  if (value) {
    if (value->kind != NODE_COMPOSITE || node_info(f, value) != info || (info->under->kind != TYPE_STRUCT && info->under->kind != TYPE_ARRAY)) return false;
    late.literal = (NodeComposite *)value;
    Node *operands[LATE_OPERANDS];
    uint32_t count = 0;
    if (!collect(late.literal, operands, &count)) return false;
    for (uint32_t i = 0; i < count; i++) late.operands[i] = (Hoisted){operands[i], hoist_value(f, operands[i])};
    late.operand_count = count;
  }
  vec_push(&f->late, late);
  return true;
}

static void make_box(Fn *f, const Late *l) {
  Slot box = slot_word(f);
  uint32_t top = f->top;
  emit_new(f, box, l->info->type);
  if (l->var) {
    Var *v = l->var;
    emit_store(f, box, 0, v->slot, l->info);
    var_move(f, v, box);
    var_own(f, v);
  } else {
    f->hoisted.len = 0;
    for (uint32_t i = 0; i < l->operand_count; i++) vec_push(&f->hoisted, l->operands[i]);
    if (l->literal) composite_into(f, l->literal, loc_mem(l->info, box, 0, true), true);
    f->hoisted.len = 0;
    var_own(f, var_at(f, l->object, l->info, true, box));
  }
  f->top = top;
}

void late_settle(Fn *f, uint32_t from, Pos limit) {
  uint32_t left = from;
  for (uint32_t i = from; i < f->late.len; i++) {
    Late l = f->late.data[i];
    if (limit != NO_POS && l.at >= limit) {
      f->late.data[left++] = l;
      continue;
    }
    at_pos(f, l.object->pos);
    make_box(f, &l);
  }
  f->late.len = left;
}
