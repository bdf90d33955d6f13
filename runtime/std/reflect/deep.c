// reflect.DeepEqual. What is still to be compared is a list of runs of elements, so that neither depth nor cycles matter; pairs
// of references that were met before are taken as equal, as Go does.
#include "base/table.h"
#include "std/reflect/reflect.h"
#include "std/value/scalar.h"

typedef struct {
  const RType *type;
  const char *a, *b; // memory form
  uint64_t count;
} Run;

typedef struct {
  Worker *w;
  Run *todo;      // collected memory: what a racing writer unlinks must stay
  uint32_t len, cap;
  BytesTable met; // Met -> itself
  Arena arena;
} Deep;

typedef struct {
  uint64_t a, b;
  const RType *type;
  uint64_t len;
} Met;

static void compare_later(Deep *d, const RType *t, const void *a, const void *b, uint64_t count) {
  if (!count) return;
  if (d->len == d->cap) {
    d->cap = d->cap ? d->cap * 2 : 16;
    Run *grown = heap_alloc(native_heap(d->w), d->cap * sizeof *grown, false);
    if (d->len) memcpy(grown, d->todo, d->len * sizeof *grown);
    d->todo = grown;
  }
  d->todo[d->len++] = (Run){t, a, b, count};
}

// Notes that the program reads both.
static bool met_before(Deep *d, const RType *t, const void *a, const void *b, uint64_t len, size_t size) {
  uint64_t x = (uint64_t)(uintptr_t)a, y = (uint64_t)(uintptr_t)b;
  Met met = {x < y ? x : y, x < y ? y : x, t, len};
  if (bytes_table_has(&d->met, &met, sizeof met)) return true;
  Met *key = arena_copy(&d->arena, &met, sizeof met);
  bytes_table_put(&d->met, key, sizeof *key, key);
  native_reads(d->w, a, size);
  native_reads(d->w, b, size);
  return false;
}

static bool slices_equal(Deep *d, const RType *t, Slice a, Slice b) {
  if (!a.ptr != !b.ptr || a.len != b.len) return false;
  size_t size = (size_t)a.len * t->elem->size;
  if (a.ptr == b.ptr || !a.len || met_before(d, t, a.ptr, b.ptr, a.len, size)) return true;
  if (t->elem->plain && t->elem->kind < KIND_ARRAY) return !memcmp(a.ptr, b.ptr, size);
  compare_later(d, t->elem, a.ptr, b.ptr, a.len);
  return true;
}

static bool maps_equal(Deep *d, const RType *t, Map *a, Map *b) {
  if (!a != !b || map_len(a) != map_len(b)) return false;
  if (a == b || met_before(d, t, a, b, 0, 8)) return true;
  MapIter *it = map_iter_new(native_heap(d->w), a, t, 0);
  const uint64_t *key, *value, *other;
  const RType *bad = NULL;
  while (map_iter_next(it, &key, &value) == MAP_OK) {
    if (map_get(b, t, key, &other, &bad) != MAP_OK) return false;
    compare_later(d, t->elem, value, other, 1);
  }
  return true;
}

static bool pointers_equal(Deep *d, const RType *t, const void *a, const void *b) {
  if (a == b) return true;
  if (!a || !b) return false;
  if (!met_before(d, t, a, b, 0, t->elem->size)) compare_later(d, t->elem, a, b, 1);
  return true;
}

// What can be said of two values themselves; their parts go on the list.
static bool compare(Deep *d, const RType *t, const void *a, const void *b) {
  switch ((RKind)t->kind) {
  case KIND_ARRAY: compare_later(d, t->elem, a, b, (uint64_t)t->len); return true;
  case KIND_STRUCT:
    for (uint32_t i = t->field_count; i-- > 0;) { // the first one on top
      const RField *f = &t->fields[i];
      compare_later(d, f->type, (const char *)a + f->offset, (const char *)b + f->offset, 1);
    }
    return true;
  case KIND_SLICE: {
    Slice x = slice_load(a), y = slice_load(b);
    return slices_equal(d, t, x, y);
  }
  case KIND_INTERFACE: {
    Iface x = iface_load(a), y = iface_load(b);
    if (x.type != y.type) return false;
    if (!x.type) return true;
    if (x.type->direct) return compare(d, x.type, &x.word, &y.word); // no interface: goes no deeper
    compare_later(d, x.type, (const void *)(uintptr_t)x.word, (const void *)(uintptr_t)y.word, 1);
    return true;
  }
  case KIND_POINTER: return pointers_equal(d, t, (const void *)(uintptr_t)scalar_load(t, a), (const void *)(uintptr_t)scalar_load(t, b));
  case KIND_MAP: return maps_equal(d, t, (Map *)(uintptr_t)scalar_load(t, a), (Map *)(uintptr_t)scalar_load(t, b));
  case KIND_FUNC: return !scalar_load(t, a) && !scalar_load(t, b);
  default: {
    const RType *bad = NULL;
    return value_equal(t, a, b, &bad);
  }
  }
}

static bool next(Deep *d) {
  Run *run = &d->todo[d->len - 1];
  Run now = *run;
  if (--run->count) run->a += now.type->size, run->b += now.type->size;
  else d->len--;
  return compare(d, now.type, now.a, now.b);
}

NativeResult reflect_deep_equal(Worker *w, uint64_t *fp) {
  FRAME(uint64_t result; IfaceArg x, y);
  _Alignas(16) Iface x = f->x, y = f->y;
  static const RType any = {.kind = KIND_INTERFACE, .shape = SHAPE_PAIR, .size = 16, .align = 16, .slots = 2};
  Deep d = {.w = w};
  bool equal = compare(&d, &any, &x, &y);
  while (equal && d.len) equal = next(&d);
  bytes_table_deinit(&d.met);
  arena_deinit(&d.arena);
  f->result = equal;
  return NATIVE_DONE;
}
