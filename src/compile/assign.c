// Variable declarations and assignments (specification "Variable declarations", "Short variable declarations",
// "Assignment statements").
#include "compile/stmt.h"

#include "compile/late.h"

// --- declarations

Var *declare(Fn *f, Object *object) {
  TypeInfo *info = fn_info(f, object->type);
  Var *v = var_new(f, object, info, var_needs_box(f, object, info));
  if (v->boxed) emit_new(f, v->slot, info->type);
  var_own(f, v);
  return v;
}

// A call's result lies in a slot that the new variable can keep.
static bool is_plain_call(const Node *n) {
  n = node_unparen((Node *)n);
  if (n->kind != NODE_CALL) return false;
  CallKind kind = ((const NodeCall *)n)->call;
  return kind != CALL_BUILTIN && kind != CALL_CONVERSION;
}

void declare_value(Fn *f, Object *object, Node *value) {
  TypeInfo *info = fn_info(f, object->type);
  bool boxed = var_needs_box(f, object, info), late = false;
  if (boxed) {
    if (late_declare(f, object, info, value)) return;
    late = late_is_value(f, object, info, false) && !(value && node_unparen(value)->kind == NODE_COMPOSITE && info->slots > 2);
  }
  if (boxed && !late) {
    Slot box = slot_word(f);
    uint32_t top = f->top;
    Node *bare = value ? node_unparen(value) : NULL;
    bool in_place = bare && bare->kind == NODE_COMPOSITE && node_info(f, bare) == info &&
                    (info->under->kind == TYPE_STRUCT || info->under->kind == TYPE_ARRAY);
    if (in_place) {
      emit_new(f, box, info->type);
      composite_into(f, (NodeComposite *)bare, loc_mem(info, box, 0, true), true);
    } else if (value && is_big(f, value, info)) {
      emit_new(f, box, info->type);
      big_into(f, loc_mem(info, box, 0, true), value, true);
    } else {
      Slot v = value ? expr_as(f, value, info->type, NO_SLOT) : NO_SLOT;
      emit_new(f, box, info->type);
      if (value && info->slots) emit_store(f, box, 0, v, info);
    }
    f->top = top;
    var_own(f, var_at(f, object, info, true, box));
    return;
  }
  if (value && is_plain_call(value) && node_info(f, value) == info && info->slots) {
    Slot result = expr_any(f, value); // stays where the call left it
    f->top = result + info->slots;
    Var *v = var_at(f, object, info, false, result);
    if (late) late_begin(f, v);
    return;
  }
  Slot slot = slots_take(f, info);
  uint32_t top = f->top;
  if (value) expr_as(f, value, info->type, slot);
  else emit_zero(f, slot, info);
  f->top = top;
  Var *v = var_at(f, object, info, false, slot);
  if (late) late_begin(f, v);
}

void declare_slot(Fn *f, Object *object, Slot value, Type *type) {
  TypeInfo *info = fn_info(f, object->type);
  bool boxed = var_needs_box(f, object, info), late = boxed && late_is_value(f, object, info, false);
  if ((late || !boxed) && info_of(f->c, type) == info) {
    Var *v = var_at(f, object, info, false, value);
    if (late) late_begin(f, v);
    return;
  }
  Var *v = declare(f, object);
  uint32_t top = f->top;
  if (v->boxed) {
    Slot x = value_as(f, value, type, info->type, NO_SLOT);
    if (info->slots) emit_store(f, v->slot, 0, x, info);
  } else {
    value_as(f, value, type, info->type, v->slot);
  }
  f->top = top;
}

// --- parts

static Object *defined_object(NodeAssign *n, uint32_t i) {
  Node *x = n->lhs.items[i];
  if (!n->define || x->kind != NODE_IDENT) return NULL;
  Object *o = ((NodeIdent *)x)->obj;
  if (o && o->is_global) return NULL; // of a script: assigned
  return o && (o->pos == x->pos || o->pos == x->start) ? o : NULL;
}

void assign_slot(Fn *f, Node *lhs, Slot value, Type *type) {
  if (!lhs || is_blank(lhs)) return;
  uint32_t top = f->top;
  Loc l = loc_of(f, lhs);
  Slot x = value_as(f, value, type, l.info->type, NO_SLOT);
  at(f, lhs);
  loc_store(f, l, x);
  f->top = top;
}

typedef struct {
  const Object *object;
  bool found;
} Mention;

static bool find_mention(void *context, Node *n) {
  Mention *m = context;
  if (n->kind == NODE_IDENT) m->found |= ((NodeIdent *)n)->obj == m->object;
  else node_each_child(n, find_mention, m);
  return !m->found;
}

bool mentions(const Node *n, const Object *object) {
  Mention m = {object, false};
  if (n) find_mention(&m, (Node *)n);
  return m.found;
}

// --- var

void stmt_var(Fn *f, NodeVar *n) {
  at(f, &n->h);
  if (n->values.len == 1 && n->names.len > 1) { // from a call or a comma-ok form
    NodeAssign define = {.h = n->h, .lhs = n->names, .rhs = n->values, .define = true};
    stmt_assign(f, &define);
    return;
  }
  // The variables come into scope after the whole declaration, so none is seen by the others' initialisers.
  for (uint32_t i = 0; i < n->names.len; i++) {
    NodeIdent *name = (NodeIdent *)n->names.items[i];
    Node *value = i < n->values.len ? n->values.items[i] : NULL;
    at(f, &name->h);
    if (name->obj && !name_is_blank(name->name)) declare_value(f, name->obj, value);
    else if (value) {
      uint32_t top = f->top;
      if (name->obj) expr_as(f, value, object_type(f, name->obj), NO_SLOT); // a conversion to an interface may matter not, a panic does
      else expr_discard(f, value);
      f->top = top;
    }
  }
}

// --- one value

// The only instruction that writes a local variable is the last one, unless it is a literal built in place.
static void assign_local(Fn *f, Var *v, Node *value) {
  uint32_t top = f->top;
  bool early = expr_writes_early(value) && (mentions(value, v->object) || (v->object->is_result && f->has_defer));
  Slot to = v->slot;
  if (early) to = slots_take(f, v->info);
  expr_as(f, value, v->info->type, to);
  if (early) emit_move(f, v->slot, to, v->info);
  f->top = top;
}

static Var *local_target(Fn *f, Node *x) {
  x = node_unparen(x);
  if (x->kind != NODE_IDENT || !((NodeIdent *)x)->obj || ((NodeIdent *)x)->obj->kind != OBJECT_VAR) return NULL;
  Var *v = var_of(f, ((NodeIdent *)x)->obj);
  return v && !v->boxed ? v : NULL;
}

// A field of a struct in the frame, or an element of an array there: it is no other variable's, and needs no code to find.
static bool is_frame_part(Fn *f, Node *x) {
  x = node_unparen(x);
  if (x->kind == NODE_SELECTOR) {
    Selection *s = ((NodeSelector *)x)->selection;
    return s && s->kind == SELECT_FIELD && !s->indirect && is_frame_part(f, ((NodeSelector *)x)->x);
  }
  if (x->kind == NODE_INDEX) {
    NodeIndex *i = (NodeIndex *)x;
    return i->indices.items[0]->constant && under_of(f->c, node_type(f, i->x))->kind == TYPE_ARRAY && is_frame_part(f, i->x);
  }
  return local_target(f, x) != NULL;
}

static void assign_one(Fn *f, NodeAssign *n) {
  Node *lhs = n->lhs.items[0], *rhs = n->rhs.items[0];
  if (is_blank(lhs)) {
    expr_discard(f, rhs);
    return;
  }
  Var *v = local_target(f, lhs);
  if (v) {
    assign_local(f, v, rhs);
    return;
  }
  uint32_t top = f->top;
  if (is_frame_part(f, lhs) && !expr_writes_early(rhs)) {
    Loc part = loc_of(f, lhs);
    if (part.kind == LOC_SLOT) {
      expr_as(f, rhs, part.info->type, part.slot);
      f->top = top;
      return;
    }
  }
  if (has_call(lhs)) {
    hoist_target(f, lhs);
    hoist_calls(f, rhs);
  }
  if (is_big(f, rhs, node_info(f, lhs)) && big_into(f, loc_of(f, lhs), rhs, false)) {
    f->top = top;
    return;
  }
  Slot value = expr_as(f, rhs, node_type(f, lhs), NO_SLOT);
  Loc l = loc_of(f, lhs);
  at(f, lhs);
  loc_store(f, l, value);
  f->top = top;
}

// In x op= y, y is evaluated before x is loaded, as by gc, so that load, operation and store stand together. But the index
// of an element is checked before what y may panic with.
static bool value_first(Fn *f, Operator op, Type *type, const Loc *l, Node *y) {
  TypeKind kind = basic_kind(f, type);
  if (op == OPER_SHL || op == OPER_SHR || op == OPER_QUO || op == OPER_REM || constant_of(f, y)) return false;
  if (kind == TYPE_INVALID || !type_is_numeric(f->c->u->basic[kind])) return false;
  switch (l->kind) {
  case LOC_MEM: case LOC_GLOBAL: return true;
  case LOC_ELEM: case LOC_AELEM: return cannot_panic(f, y);
  default: return false;
  }
}

// The operand that x++ does not write.
static Node *one_of(Fn *f, const NodeAssign *n, Type *type) {
  Node *one = node_new(&f->c->scratch, NODE_LITERAL, n->h.pos, NO_POS, NO_POS);
  one->mode = MODE_CONSTANT;
  one->type = type;
  one->constant = const_int(&f->c->scratch, 1);
  return one;
}

// x op= y and x++: x is evaluated once.
static void assign_operation(Fn *f, NodeAssign *n) {
  Node *lhs = n->lhs.items[0], *rhs = n->incdec ? NULL : n->rhs.items[0];
  Type *type = node_type(f, lhs);
  Node *y = rhs ? rhs : one_of(f, n, type);
  uint32_t top = f->top;
  Var *v = local_target(f, lhs);
  if (v) {
    at(f, &n->h);
    arith(f, n->op, type, v->slot, y, NO_SLOT, v->slot);
    f->top = top;
    return;
  }
  if (rhs && has_call(rhs)) {
    hoist_target(f, lhs);
    hoist_calls(f, rhs);
  }
  Loc l = loc_of(f, lhs);
  Slot right = rhs && value_first(f, n->op, type, &l, rhs) ? expr_any(f, rhs) : NO_SLOT;
  at(f, &n->h);
  Slot x = loc_load(f, l, NO_SLOT);
  l.check = 0; // done by the load
  Slot result = arith(f, n->op, type, x, right == NO_SLOT ? y : NULL, right, x); // x is a temporary, or the place itself
  at(f, &n->h);
  loc_store(f, l, result);
  f->top = top;
}

// --- several values

typedef struct {
  Node *lhs;
  Object *fresh;  // declared here
  Var *var;       // an unboxed local variable
  Loc loc;
  Slot value;     // NO_SLOT: already assigned
  Type *type;     // of the target; NULL: blank, or a new variable
  Type *from;     // of the value, where it is not converted yet
} Target;

// Does the operand in these slots lie where a target will be assigned?
static bool is_target(const Target *targets, uint32_t count, Slot slot, uint32_t slots) {
  for (uint32_t i = 0; i < count; i++) {
    const Target *t = &targets[i];
    if (!t->type || t->fresh || (t->loc.kind != LOC_SLOT && t->loc.kind != LOC_PART)) continue;
    uint32_t end = t->loc.slot + (t->loc.kind == LOC_PART ? 1 : t->loc.info->slots);
    if (slot < end && t->loc.slot < slot + slots) return true;
  }
  return false;
}

static void keep_operand(Fn *f, const Target *targets, uint32_t count, Slot *slot, const TypeInfo *info) {
  if (!is_target(targets, count, *slot, info->slots)) return;
  Slot copy = slots_take(f, info);
  emit_move(f, copy, *slot, info);
  *slot = copy;
}

static void keep_operands(Fn *f, const Target *targets, uint32_t count, Loc *l) {
  TypeInfo *word = info_of(f->c, f->c->u->basic[TYPE_INT]), *pair = info_of(f->c, f->c->u->basic[TYPE_STRING]);
  switch (l->kind) {
  case LOC_MEM: keep_operand(f, targets, count, &l->slot, word); break;
  case LOC_ELEM:
    keep_operand(f, targets, count, &l->slot, pair);
    keep_operand(f, targets, count, &l->index, word);
    break;
  case LOC_AELEM:
    keep_operand(f, targets, count, &l->slot, word);
    keep_operand(f, targets, count, &l->index, word);
    break;
  case LOC_MAP:
    keep_operand(f, targets, count, &l->slot, word);
    keep_operand(f, targets, count, &l->index, info_of(f->c, l->map->key));
    break;
  default: break;
  }
}

// Specification "Assignment statements": first the operands on the left, then the assignments in order. The values lie in
// temporaries; those for new variables are taken over.
static void assign_targets(Fn *f, Target *targets, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    Target *t = &targets[i];
    if (t->fresh || t->value == NO_SLOT) continue;
    at(f, t->lhs);
    t->loc = loc_of(f, t->lhs);
    t->type = t->loc.info->type;
  }
  for (uint32_t i = 0; i < count; i++) keep_operands(f, targets, count, &targets[i].loc);
  for (uint32_t i = 0; i < count; i++) {
    Target *t = &targets[i];
    if (t->value == NO_SLOT) continue;
    at(f, t->lhs);
    if (t->fresh) declare_slot(f, t->fresh, t->value, t->from);
    else loc_store(f, t->loc, value_as(f, t->value, t->from, t->type, NO_SLOT));
  }
}

void assign_slots(Fn *f, Node **lhs, const Slot *values, TypeInfo *const *infos, uint32_t count) {
  Target targets[2] = {0};
  uint32_t top = f->top, n = 0;
  for (uint32_t i = 0; i < count; i++)
    if (lhs[i] && !is_blank(lhs[i])) targets[n++] = (Target){.lhs = lhs[i], .value = values[i], .from = infos[i]->type};
  assign_targets(f, targets, n);
  f->top = top;
}

static void assign_from_slots(Fn *f, NodeAssign *n, const Slot *values, TypeInfo *const *infos) {
  Target *targets = ARENA_ARRAY(&f->c->scratch, Target, n->lhs.len);
  for (uint32_t i = 0; i < n->lhs.len; i++) {
    Object *o = defined_object(n, i);
    bool blank = is_blank(n->lhs.items[i]);
    targets[i] = (Target){.lhs = n->lhs.items[i], .fresh = blank ? NULL : o, .value = blank ? NO_SLOT : values[i], .from = infos[i]->type};
  }
  assign_targets(f, targets, n->lhs.len);
}


static void assign_call(Fn *f, NodeAssign *n) {
  uint32_t top = f->top;
  for (uint32_t i = 0; i < n->lhs.len; i++)
    if (!n->define && has_call(n->lhs.items[i])) hoist_target(f, n->lhs.items[i]);
  CallResult r = call_multi(f, (NodeCall *)node_unparen(n->rhs.items[0]));
  Slot values[64];
  Slot *slots = n->lhs.len <= 64 ? values : ARENA_ARRAY(&f->c->scratch, Slot, n->lhs.len);
  for (uint32_t i = 0; i < n->lhs.len; i++) slots[i] = r.base + r.layout->result_slots[i];
  at(f, &n->h);
  assign_from_slots(f, n, slots, r.layout->results);
  if (!n->define) f->top = top;
}

// v, ok = m[k]: new variables and local ones of the right type receive directly.
static void assign_comma_ok(Fn *f, NodeAssign *n) {
  Node *rhs = n->rhs.items[0];
  uint32_t top = f->top;
  for (uint32_t i = 0; i < n->lhs.len; i++)
    if (!n->define && has_call(n->lhs.items[i])) hoist_target(f, n->lhs.items[i]);
  Slot slots[2] = {NO_SLOT, NO_SLOT};
  TypeInfo *infos[2] = {comma_ok_info(f, rhs), info_of(f->c, f->c->u->basic[TYPE_BOOL])};
  Object *fresh[2] = {defined_object(n, 0), defined_object(n, 1)};
  if (fresh[0] && fn_info(f, fresh[0]->type) == infos[0]) slots[0] = slots_take(f, infos[0]);
  if (fresh[1]) slots[1] = slot_word(f);
  uint32_t keep = f->top;
  expr_comma_ok(f, rhs, &slots[0], &slots[1]);
  if (slots[0] < keep && slots[1] < keep) f->top = keep;
  // ok may be of any boolean type
  Type *ok = fresh[1] ? object_type(f, fresh[1]) : is_blank(n->lhs.items[1]) ? NULL : node_type(f, n->lhs.items[1]);
  if (ok && !is_interface(f, ok)) infos[1] = info_of(f->c, ok);
  at(f, &n->h);
  assign_from_slots(f, n, slots, infos);
  if (!n->define) f->top = top;
}

// --- a, b = x, y: operands on the left, then the values, then the assignments in order

static bool later_values_mention(NodeAssign *n, uint32_t i, const Object *o) {
  for (uint32_t j = i + 1; j < n->rhs.len; j++)
    if (mentions(n->rhs.items[j], o)) return true;
  return false;
}

static bool assigned_twice(const Target *targets, uint32_t count, uint32_t i) {
  for (uint32_t j = 0; j < count; j++)
    if (j != i && targets[j].var == targets[i].var) return true;
  return false;
}

static void assign_parallel(Fn *f, NodeAssign *n) {
  uint32_t count = n->lhs.len, top = f->top;
  Target *targets = ARENA_ARRAY(&f->c->scratch, Target, count);
  bool calls = false, places = false; // places: to be found after the calls
  for (uint32_t i = 0; i < count; i++) {
    Target *t = &targets[i];
    t->lhs = n->lhs.items[i];
    t->fresh = defined_object(n, i);
    if (t->fresh && name_is_blank(t->fresh->name)) t->fresh = NULL;
    t->value = NO_SLOT;
    if (!t->fresh && !is_blank(t->lhs)) t->var = local_target(f, t->lhs);
    calls |= has_call(t->lhs) || has_call(n->rhs.items[i]);
    places |= !t->fresh && !t->var && !is_blank(t->lhs);
  }
  if (calls) {
    for (uint32_t i = 0; i < count; i++)
      if (!targets[i].fresh) hoist_target(f, n->lhs.items[i]);
    if (!places) order_list(f, n->rhs.items, count);
    for (uint32_t i = 0; i < count && places; i++) hoist_calls(f, n->rhs.items[i]);
  }
  for (uint32_t i = 0; i < count; i++) {
    Target *t = &targets[i];
    if (t->fresh) t->type = object_type(f, t->fresh);
    else if (is_blank(t->lhs)) continue;
    else {
      t->loc = t->var ? loc_slot(t->var->info, t->var->slot) : loc_of(f, t->lhs);
      t->type = t->loc.info->type;
    }
  }
  for (uint32_t i = 0; i < count; i++) keep_operands(f, targets, count, &targets[i].loc);
  for (uint32_t i = 0; i < count; i++) {
    Target *t = &targets[i];
    Node *value = n->rhs.items[i];
    if (!t->type) {
      expr_discard(f, value);
      continue;
    }
    bool direct = t->var && !(t->var->object->is_result && f->has_defer) && !expr_writes_early(value) &&
                  !later_values_mention(n, i, t->var->object) && !assigned_twice(targets, count, i);
    for (uint32_t j = 0; j < count && direct; j++) // a kept value or operand may lie in the variable's own slot
      if (j != i && targets[j].value != NO_SLOT && is_target(t, 1, targets[j].value, info_of(f->c, targets[j].type)->slots)) direct = false;
    if (direct) {
      uint32_t mark = f->top;
      expr_as(f, value, t->type, t->var->slot);
      f->top = mark;
      continue;
    }
    TypeInfo *info = info_of(f->c, t->type);
    if (t->fresh) {
      t->value = slots_take(f, info);
      uint32_t mark = f->top;
      expr_as(f, value, t->type, t->value);
      f->top = mark;
    } else {
      t->value = expr_as(f, value, t->type, NO_SLOT);
      keep_operand(f, targets, count, &t->value, info);
    }
  }
  bool declared = false;
  for (uint32_t i = 0; i < count; i++) {
    Target *t = &targets[i];
    if (t->value == NO_SLOT) continue;
    at(f, t->lhs);
    if (t->fresh) {
      declare_slot(f, t->fresh, t->value, t->type);
      declared = true;
    } else {
      loc_store(f, t->loc, t->value);
    }
  }
  if (!declared) f->top = top;
}

void stmt_assign(Fn *f, NodeAssign *n) {
  if (n->incdec || (n->op != OPER_NONE && !n->define)) {
    assign_operation(f, n);
    return;
  }
  if (n->lhs.len == n->rhs.len) {
    Object *fresh = n->lhs.len == 1 ? defined_object(n, 0) : NULL;
    if (fresh && !name_is_blank(fresh->name)) declare_value(f, fresh, n->rhs.items[0]);
    else if (n->lhs.len == 1) assign_one(f, n);
    else assign_parallel(f, n);
    return;
  }
  if (is_plain_call(n->rhs.items[0])) assign_call(f, n);
  else assign_comma_ok(f, n);
}
