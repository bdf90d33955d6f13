// Natives of reflect.Value for slices, maps and channels.
#include "std/reflect/reflect.h"

#include "std/value/scalar.h"

typedef ReflectValue V;

static uint64_t word_of(Worker *w, const V *v) {
  const void *memory = value_memory(v);
  if (v->flag & FLAG_ADDRESSABLE) native_reads(w, memory, v->type->size);
  return scalar_load(v->type, memory);
}

static Slice slice_of(Worker *w, const V *v) {
  if (v->type->kind == KIND_ARRAY) return (Slice){(void *)(uintptr_t)v->word, (uint32_t)v->type->len, (uint32_t)v->type->len};
  const void *memory = value_memory(v);
  if (v->flag & FLAG_ADDRESSABLE) native_reads(w, memory, sizeof(Slice));
  return slice_load(memory);
}

static V slice_value(Worker *w, const RType *t, Slice s, uint64_t flag) {
  _Alignas(16) Slice aligned = s;
  return value_of_memory(native_heap(w), t, &aligned, flag);
}

// --- slices

// v[i:j:k] as a value of slice type t, or of a string (t: its type, k: j). The bounds are right.
NativeResult reflect_slice_part(Worker *w, uint64_t *fp) {
  FRAME(V result; const RType *t; int64_t i, j, k; V v);
  V v = f->v;
  uint64_t flag = v.flag & FLAG_RO;
  if (v.type->kind == KIND_STRING) {
    String s = string_load(value_memory(&v));
    s = (String){f->j > f->i ? s.ptr + f->i : NULL, (uint64_t)(f->j - f->i)};
    f->result = value_of_memory(native_heap(w), v.type, &s, flag);
    return NATIVE_DONE;
  }
  Slice s = slice_of(w, &v);
  uint32_t size = f->t->elem->size;
  if (f->k > f->i) s.ptr = (char *)s.ptr + (uint64_t)f->i * size; // else nothing is left: do not point behind the array
  s.len = (uint32_t)(f->j - f->i);
  s.cap = (uint32_t)(f->k - f->i);
  f->result = slice_value(w, f->t, s, flag);
  return NATIVE_DONE;
}

// v is addressable.
NativeResult reflect_slice_set(Worker *w, uint64_t *fp) {
  FRAME(int64_t len, cap; V v);
  void *to = (void *)(uintptr_t)f->v.word;
  _Alignas(16) Slice s = slice_of(w, &f->v);
  s.len = (uint32_t)f->len;
  s.cap = (uint32_t)f->cap;
  native_writes(w, to, sizeof s);
  pair_copy(to, &s);
  return NATIVE_DONE;
}

// v with room for n more elements. False: too long.
NativeResult reflect_slice_grow(Worker *w, uint64_t *fp) {
  FRAME(V result; uint64_t ok; int64_t n; V v);
  V v = f->v;
  Slice s = slice_of(w, &v);
  f->ok = (uint64_t)f->n <= UINT32_MAX && slice_grow(native_heap(w), &s, (uint64_t)f->n, v.type->elem);
  f->result = slice_value(w, v.type, s, v.flag & FLAG_RO);
  return NATIVE_DONE;
}

// False: does not fit.
NativeResult reflect_slice_make(Worker *w, uint64_t *fp) {
  FRAME(V result; uint64_t ok; const RType *t; int64_t len, cap);
  const RType *elem = f->t->elem;
  V result = {0};
  f->ok = (uint64_t)f->cap <= UINT32_MAX && (!elem->size || (uint64_t)f->cap <= (1ull << 47) / elem->size);
  if (f->ok) {
    void *p = heap_alloc(native_heap(w), (uint64_t)f->cap * elem->size, elem->pointer_free);
    result = slice_value(w, f->t, (Slice){p, (uint32_t)f->len, (uint32_t)f->cap}, 0);
  }
  f->result = result;
  return NATIVE_DONE;
}

// From a slice, an array or, into bytes, a string.
NativeResult reflect_slice_copy(Worker *w, uint64_t *fp) {
  FRAME(int64_t n; V from, to);
  Slice to = slice_of(w, &f->to), from;
  if (f->from.type->kind == KIND_STRING) {
    String s = string_load(value_memory(&f->from));
    from = (Slice){(void *)(uintptr_t)s.ptr, (uint32_t)s.len, 0};
  } else {
    from = slice_of(w, &f->from);
  }
  uint32_t n = to.len < from.len ? to.len : from.len;
  size_t size = (size_t)n * f->to.type->elem->size;
  if (size) {
    native_reads(w, from.ptr, size);
    native_writes(w, to.ptr, size);
    vm_move_memory(to.ptr, from.ptr, size);
  }
  f->n = n;
  return NATIVE_DONE;
}

NativeResult reflect_slice_clear(Worker *w, uint64_t *fp) {
  FRAME(V v);
  Slice s = slice_of(w, &f->v);
  size_t size = (size_t)s.len * f->v.type->elem->size;
  if (size) {
    native_writes(w, s.ptr, size);
    memset(s.ptr, 0, size);
  }
  return NATIVE_DONE;
}

// --- maps. An observer sees a map as one word (vm/container.c).

static NativeResult map_failed(Worker *w, MapResult result, const RType *bad) {
  switch (result) {
  case MAP_RACE_WRITE: return native_fatal(w, "concurrent map writes");
  case MAP_RACE_READ: return native_fatal(w, "concurrent map read and map write");
  case MAP_RACE_ITER: return native_fatal(w, "concurrent map iteration and map write");
  default: return native_panic_error(w, ERROR_RUNTIME, "runtime error: hash of unhashable type %s", bad ? bad->string : "?");
  }
}

// A value in slot form: whole slots, of which a block in memory may lack the last bytes.
static const uint64_t *slots_of(Worker *w, const V *v, uint64_t *pair) {
  const void *memory = value_memory(v);
  if (v->flag & FLAG_ADDRESSABLE) native_reads(w, memory, v->type->size);
  if (v->type->shape == SHAPE_BLOCK) {
    uint64_t *copy = heap_alloc(native_heap(w), v->type->slots * 8, false);
    vm_copy_memory(copy, memory, v->type->size);
    return copy;
  }
  value_load(pair, memory, v->type);
  return pair;
}

NativeResult reflect_map_make(Worker *w, uint64_t *fp) {
  FRAME(V result; const RType *t; int64_t hint);
  uint64_t hint = f->hint > 0 && f->hint < 1ll << 40 ? (uint64_t)f->hint : 0;
  f->result = (V){f->t, (uint64_t)(uintptr_t)map_new(native_heap(w), f->t, hint), KIND_MAP};
  return NATIVE_DONE;
}

// The key is of the map's key type.
NativeResult reflect_map_index(Worker *w, uint64_t *fp) {
  FRAME(V result; V key, v);
  V v = f->v;
  const Map *m = (const Map *)(uintptr_t)word_of(w, &v);
  _Alignas(16) uint64_t pair[2];
  const uint64_t *value = NULL;
  const RType *bad = NULL;
  if (m) native_reads(w, m, 8);
  MapResult result = map_get(m, v.type, slots_of(w, &f->key, pair), &value, &bad);
  if (result > MAP_MISSING) return map_failed(w, result, bad);
  f->result = value ? value_of_memory(native_heap(w), v.type->elem, value, (v.flag | f->key.flag) & FLAG_RO) : (V){0};
  return NATIVE_DONE;
}

// No elem: the key is removed.
NativeResult reflect_map_set(Worker *w, uint64_t *fp) {
  FRAME(V key, elem, v);
  Map *m = (Map *)(uintptr_t)word_of(w, &f->v);
  _Alignas(16) uint64_t key_pair[2], elem_pair[2];
  const RType *t = f->v.type, *bad = NULL;
  const uint64_t *key = slots_of(w, &f->key, key_pair);
  MapResult result;
  if (m) native_writes(w, m, 8);
  if (!f->elem.type) {
    result = map_delete(m, t, key, &bad);
  } else {
    if (!m) return native_panic_error(w, ERROR_PLAIN, "assignment to entry in nil map");
    result = map_set(native_heap(w), m, t, key, slots_of(w, &f->elem, elem_pair), &bad);
  }
  return result > MAP_MISSING ? map_failed(w, result, bad) : NATIVE_DONE;
}

NativeResult reflect_map_iterate(Worker *w, uint64_t *fp) {
  FRAME(MapIter * result; V v);
  Map *m = (Map *)(uintptr_t)word_of(w, &f->v);
  if (m) native_reads(w, m, 8);
  f->result = map_iter_new(native_heap(w), m, f->v.type, worker_random(w));
  return NATIVE_DONE;
}

// False: the end.
NativeResult reflect_map_next(Worker *w, uint64_t *fp) {
  FRAME(V key, value; uint64_t ok, flag; MapIter * it);
  const RType *t = map_iter_type(f->it);
  uint64_t flag = f->flag & FLAG_RO;
  do {
    const uint64_t *key, *value;
    MapResult result = map_iter_next(f->it, &key, &value);
    if (result > MAP_MISSING) return map_failed(w, result, NULL);
    f->ok = result == MAP_OK;
    f->key = f->ok ? value_of_memory(native_heap(w), t->key, key, flag) : (V){0};
    f->value = f->ok ? value_of_memory(native_heap(w), t->elem, value, flag) : (V){0};
  } while (f->ok && !map_iter_holds(f->it));
  return NATIVE_DONE;
}

NativeResult reflect_map_clear(Worker *w, uint64_t *fp) {
  FRAME(V v);
  Map *m = (Map *)(uintptr_t)word_of(w, &f->v);
  if (m) native_writes(w, m, 8);
  MapResult result = map_clear(m, f->v.type);
  return result > MAP_MISSING ? map_failed(w, result, NULL) : NATIVE_DONE;
}

// --- channels

NativeResult reflect_chan_make(Worker *w, uint64_t *fp) {
  FRAME(V result; const RType *t; int64_t capacity);
  Chan *c = chan_new(native_heap(w), f->t, f->capacity);
  if (!c) return native_panic_error(w, ERROR_PLAIN, "makechan: size out of range");
  f->result = (V){f->t, (uint64_t)(uintptr_t)c, KIND_CHAN};
  return NATIVE_DONE;
}

NativeResult reflect_chan_close(Worker *w, uint64_t *fp) {
  FRAME(V v);
  switch (chan_close(w, (Chan *)(uintptr_t)word_of(w, &f->v))) {
  case CHAN_CLOSED: return native_panic_error(w, ERROR_PLAIN, "close of closed channel");
  case CHAN_NIL: return native_panic_error(w, ERROR_PLAIN, "close of nil channel");
  default: return NATIVE_DONE;
  }
}
