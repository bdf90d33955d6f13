// Return statements (specification "Return statements"). Results go straight to their slots where nothing can see them
// half-way: a later operand that names a result, or a deferred call that recovers.
#include "compile/stmt.h"

static Fn *function_around(Fn *f) {
  while (f->range) f = range_func_outer(f);
  return f;
}

static Loc result_loc(Fn *f, const Fn *function, uint32_t i) {
  Var *v = var_of(f, function->declared->results[i]);
  if (v) return v->boxed ? loc_mem(v->info, v->slot, 0, true) : loc_slot(v->info, v->slot);
  return loc_slot(function->layout->results[i], function->layout->result_slots[i]);
}

static bool is_seen(const NodeReturn *n, uint32_t i, const Object *result, uint32_t first) {
  if (!result->name || !result->name->len) return false;
  for (uint32_t j = first; j < n->results.len; j++)
    if (j != i && mentions(n->results.items[j], result)) return true;
  return false;
}

// A result that lives on the heap returned as itself: nothing is stored, and nothing read, as in gc. (Another goroutine may use it.)
static bool stays(const Node *value, const Loc *to, const Object *result) {
  value = node_unparen((Node *)value);
  return to->kind != LOC_SLOT && value->kind == NODE_IDENT && ((const NodeIdent *)value)->obj == result;
}

static void one_result(Fn *f, const Fn *function, NodeReturn *n) {
  Node *value = n->results.items[0];
  Loc to = result_loc(f, function, 0);
  const Object *result = function->declared->results[0];
  if (stays(value, &to, result)) return;
  bool early = expr_writes_early(value) && (function->has_defer || mentions(value, result));
  if (to.kind == LOC_SLOT && !early) expr_as(f, value, to.info->type, to.slot);
  else loc_store(f, to, expr_as(f, value, to.info->type, NO_SLOT));
}

static void several_results(Fn *f, const Fn *function, NodeReturn *n) {
  uint32_t count = n->results.len;
  Slot *slots = ARENA_ARRAY(&f->c->scratch, Slot, count);
  order_list(f, n->results.items, count);
  for (uint32_t i = 0; i < count; i++) {
    Node *value = n->results.items[i];
    Loc to = result_loc(f, function, i);
    const Object *result = function->declared->results[i];
    slots[i] = NO_SLOT;
    if (stays(value, &to, result)) continue;
    bool direct = to.kind == LOC_SLOT && !function->has_defer && !is_seen(n, i, result, i + 1) &&
                  !(expr_writes_early(value) && mentions(value, result));
    if (direct) {
      uint32_t top = f->top;
      expr_as(f, value, to.info->type, to.slot);
      f->top = top;
      continue;
    }
    slots[i] = expr_as(f, value, to.info->type, NO_SLOT);
    if (slots[i] < f->layout->result_end) { // another result's slot, which may be written first
      Slot copy = slots_take(f, to.info);
      emit_move(f, copy, slots[i], to.info);
      slots[i] = copy;
    }
  }
  for (uint32_t i = 0; i < count; i++)
    if (slots[i] != NO_SLOT) loc_store(f, result_loc(f, function, i), slots[i]);
}

static void call_results(Fn *f, const Fn *function, NodeReturn *n) {
  CallResult r = call_multi(f, (NodeCall *)node_unparen(n->results.items[0]));
  for (uint32_t i = 0; i < r.layout->result_count; i++) {
    Loc to = result_loc(f, function, i);
    Slot from = r.base + r.layout->result_slots[i];
    if (to.kind == LOC_SLOT) value_as(f, from, r.layout->results[i]->type, to.info->type, to.slot);
    else loc_store(f, to, value_as(f, from, r.layout->results[i]->type, to.info->type, NO_SLOT));
  }
}

void stmt_return(Fn *f, NodeReturn *n) {
  uint32_t top = f->top;
  Fn *function = function_around(f);
  if (n->results.len == 1 && function->layout->result_count > 1) call_results(f, function, n);
  else if (n->results.len == 1) one_result(f, function, n);
  else if (n->results.len) several_results(f, function, n);
  f->top = top;
  at(f, &n->h);
  if (f->range) range_func_exit(f, EXIT_RETURN, NULL, NULL);
  else emit_return(f);
}
