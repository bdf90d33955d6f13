// Maps. An observer sees a map as one word: reads of anything in it, writes of anything in it, as Go's race detector does.
#include "vm/vm.h"

static VmResult fail(Worker *w, const Instr *pc, MapResult result, const RType *bad) {
  switch (result) {
  case MAP_RACE_WRITE: return vm_fatal(w, "concurrent map writes");
  case MAP_RACE_READ: return vm_fatal(w, "concurrent map read and map write");
  case MAP_RACE_ITER: return vm_fatal(w, "concurrent map iteration and map write");
  default: return panic_error(w, pc, ERROR_RUNTIME, "runtime error: hash of unhashable type %s", bad ? bad->string : "?");
  }
}

static void put_value(uint64_t *to, const uint64_t *from, const RType *t) {
  if (from) slots_copy(to, from, t->slots, t->align == 16);
  else
    for (uint32_t i = 0; i < t->slots; i++) to[i] = 0;
}

void help_map_new(Worker *w, uint64_t *fp, const Instr *pc) {
  int64_t hint = (int64_t)fp[pc->b];
  Map *m = map_new(w->heap, pc[1].ptr, hint > 0 && hint < 1ll << 40 ? (uint64_t)hint : 0);
  fp[pc->a] = (uint64_t)(uintptr_t)m;
}

VmResult slow_map_get(Worker *w, uint64_t *fp, const Instr *pc) {
  const RType *t = pc[1].ptr, *bad;
  Map *m = (Map *)(uintptr_t)fp[pc->b];
  if (m) observe_read(w, pc, m, 8);
  const uint64_t *value;
  MapResult result = map_get(m, t, &fp[pc->c], &value, &bad);
  if (UNLIKELY(result > MAP_MISSING)) return fail(w, pc, result, bad);
  put_value(&fp[pc->a], value, t->elem);
  return VM_NEXT;
}

VmResult slow_map_get2(Worker *w, uint64_t *fp, const Instr *pc) {
  const RType *t = pc[1].ptr, *bad;
  Map *m = (Map *)(uintptr_t)fp[pc->b];
  if (m) observe_read(w, pc, m, 8);
  const uint64_t *value;
  MapResult result = map_get(m, t, &fp[pc->c], &value, &bad);
  if (UNLIKELY(result > MAP_MISSING)) return fail(w, pc, result, bad);
  if (pc->a != ABSENT) put_value(&fp[pc->a], value, t->elem);
  if (pc[2].s0 != ABSENT) fp[pc[2].s0] = value != NULL;
  return VM_NEXT;
}

VmResult slow_map_set(Worker *w, uint64_t *fp, const Instr *pc) {
  const RType *t = pc[1].ptr, *bad;
  Map *m = (Map *)(uintptr_t)fp[pc->a];
  if (UNLIKELY(!m)) return panic_error(w, pc, ERROR_PLAIN, "assignment to entry in nil map");
  observe_write(w, pc, m, 8);
  MapResult result = map_set(w->heap, m, t, &fp[pc->b], &fp[pc->c], &bad);
  return LIKELY(result <= MAP_MISSING) ? VM_NEXT : fail(w, pc, result, bad);
}

VmResult slow_map_delete(Worker *w, uint64_t *fp, const Instr *pc) {
  const RType *bad;
  Map *m = (Map *)(uintptr_t)fp[pc->a];
  if (m) observe_write(w, pc, m, 8);
  MapResult result = map_delete(m, pc[1].ptr, &fp[pc->b], &bad);
  return LIKELY(result <= MAP_MISSING) ? VM_NEXT : fail(w, pc, result, bad);
}

VmResult slow_map_clear(Worker *w, uint64_t *fp, const Instr *pc) {
  Map *m = (Map *)(uintptr_t)fp[pc->a];
  if (m) observe_write(w, pc, m, 8);
  MapResult result = map_clear(m, pc[1].ptr);
  return LIKELY(result <= MAP_MISSING) ? VM_NEXT : fail(w, pc, result, NULL);
}

void help_map_iter(Worker *w, uint64_t *fp, const Instr *pc) {
  Map *m = (Map *)(uintptr_t)fp[pc->b];
  if (m) observe_read(w, pc, m, 8);
  fp[pc->a] = (uint64_t)(uintptr_t)map_iter_new(w->heap, m, pc[1].ptr, worker_random(w));
}

VmResult slow_map_next(Worker *w, uint64_t *fp, const Instr *pc) {
  MapIter *it = (MapIter *)(uintptr_t)fp[pc->a];
  const RType *t = map_iter_type(it);
  do {
    const uint64_t *key, *value;
    MapResult result = map_iter_next(it, &key, &value);
    if (result == MAP_MISSING) return VM_JUMP;
    if (UNLIKELY(result != MAP_OK)) return fail(w, pc, result, NULL);
    if (pc->b != ABSENT) put_value(&fp[pc->b], key, t->key);
    if (pc->c != ABSENT) put_value(&fp[pc->c], value, t->elem);
  } while (UNLIKELY(!map_iter_holds(it)));
  return VM_NEXT;
}
