// Natives of reflect.Value: taking values apart and setting them. The checks, and Go's texts for what they refuse, are in
// reflect.gol; here a value has the kind that the native is for.
#include "std/reflect/reflect.h"

#include "std/reflect/types.h"
#include "std/value/scalar.h"

typedef ReflectValue V;

// --- from and to interfaces

V value_of_iface(Iface i) {
  if (!i.type) return (V){0};
  return (V){i.type, i.word, i.type->kind | (i.type->direct ? 0 : FLAG_INDIRECT)};
}

V value_of_memory(HeapCache *heap, const RType *t, const void *memory, uint64_t flag) {
  flag = (flag & ~(uint64_t)(FLAG_KIND | FLAG_INDIRECT | FLAG_ADDRESSABLE)) | t->kind;
  if (t->direct) return (V){t, scalar_load(t, memory), flag};
  void *box = heap_new(heap, t);
  if (t->size) vm_copy_memory(box, memory, t->size);
  return (V){t, (uint64_t)(uintptr_t)box, flag | FLAG_INDIRECT};
}

// A read on behalf of the program. What is not addressable nobody writes.
static const void *read_memory(Worker *w, const V *v) {
  const void *memory = value_memory(v);
  if (v->flag & FLAG_ADDRESSABLE) native_reads(w, memory, v->type->size);
  return memory;
}

static void *write_memory(Worker *w, const V *v) {
  void *memory = (void *)(uintptr_t)v->word;
  native_writes(w, memory, v->type->size);
  return memory;
}

Iface value_iface(Worker *w, const V *v) {
  const RType *t = v->type;
  const void *memory = read_memory(w, v);
  if (t->kind == KIND_INTERFACE) {
    Iface inner = iface_load(memory);
    return inner;
  }
  if (t->direct) return (Iface){t, scalar_load(t, memory)};
  if (!(v->flag & FLAG_ADDRESSABLE)) return (Iface){t, v->word};
  return (Iface){t, value_of_memory(native_heap(w), t, memory, 0).word};
}

NativeResult reflect_value_of(Worker *w, uint64_t *fp) {
  FRAME(V result; IfaceArg i);
  f->result = value_of_iface(f->i);
  return NATIVE_DONE;
}

NativeResult reflect_value_pack(Worker *w, uint64_t *fp) {
  FRAME(IfaceArg result; V v);
  f->result = value_iface(w, &f->v);
  return NATIVE_DONE;
}

// --- what a value is

// In slot form: signed integers are extended.
NativeResult reflect_value_bits(Worker *w, uint64_t *fp) {
  FRAME(uint64_t result; V v);
  f->result = scalar_load(f->v.type, read_memory(w, &f->v));
  return NATIVE_DONE;
}

NativeResult reflect_value_float(Worker *w, uint64_t *fp) {
  FRAME(double result; V v);
  const void *memory = read_memory(w, &f->v);
  f->result = f->v.type->kind == KIND_FLOAT32 ? *(const float *)memory : *(const double *)memory;
  return NATIVE_DONE;
}

NativeResult reflect_value_complex(Worker *w, uint64_t *fp) {
  FRAME(double result[2]; V v);
  const void *memory = read_memory(w, &f->v);
  bool narrow = f->v.type->kind == KIND_COMPLEX64;
  for (int i = 0; i < 2; i++) f->result[i] = narrow ? ((const float *)memory)[i] : ((const double *)memory)[i];
  return NATIVE_DONE;
}

NativeResult reflect_value_text(Worker *w, uint64_t *fp) {
  FRAME(StringArg result; V v);
  pair_copy(&f->result, read_memory(w, &f->v));
  return NATIVE_DONE;
}

// A slice, or the whole of an addressable array.
NativeResult reflect_value_bytes(Worker *w, uint64_t *fp) {
  FRAME(SliceArg result; V v);
  if (f->v.type->kind == KIND_SLICE) pair_copy(&f->result, read_memory(w, &f->v));
  else f->result = (Slice){(void *)(uintptr_t)f->v.word, (uint32_t)f->v.type->len, (uint32_t)f->v.type->len};
  return NATIVE_DONE;
}

enum { NO_LENGTH = -1, NO_ARRAY = -2 };

static int64_t extent(Worker *w, const V *v, bool capacity) {
  const RType *t = v->type;
  if (!t) return NO_LENGTH;
  switch ((RKind)t->kind) {
  case KIND_SLICE: {
    Slice s = slice_load(read_memory(w, v));
    return capacity ? s.cap : s.len;
  }
  case KIND_STRING: {
    String s = string_load(read_memory(w, v));
    return capacity ? NO_LENGTH : (int64_t)s.len;
  }
  case KIND_ARRAY: return t->len;
  case KIND_CHAN: {
    Chan *c = (Chan *)(uintptr_t)scalar_load(t, read_memory(w, v));
    return capacity ? chan_cap(c) : chan_len(w, c);
  }
  case KIND_MAP: {
    const Map *m = (const Map *)(uintptr_t)scalar_load(t, read_memory(w, v));
    if (m && !capacity) native_reads(w, m, 8);
    return capacity ? NO_LENGTH : (int64_t)map_len(m);
  }
  case KIND_POINTER: return t->elem->kind == KIND_ARRAY ? t->elem->len : NO_ARRAY;
  default: return NO_LENGTH;
  }
}

NativeResult reflect_value_len(Worker *w, uint64_t *fp) {
  FRAME(int64_t result; V v);
  f->result = extent(w, &f->v, false);
  return NATIVE_DONE;
}

NativeResult reflect_value_cap(Worker *w, uint64_t *fp) {
  FRAME(int64_t result; V v);
  f->result = extent(w, &f->v, true);
  return NATIVE_DONE;
}

// The word of a pointer, map, channel or function; of a slice, string or interface the first of two.
NativeResult reflect_value_pointer(Worker *w, uint64_t *fp) {
  FRAME(uint64_t result; V v);
  const void *memory = read_memory(w, &f->v);
  f->result = f->v.type->shape == SHAPE_PAIR ? *(const uint64_t *)memory : scalar_load(f->v.type, memory);
  return NATIVE_DONE;
}

// reflect/value.go, IsZero: what can be compared with zero is, if it is not large; else element by element.
static bool is_zero(const RType *t, const void *memory) {
  enum { ZERO_SIZE = 1024 };
  _Alignas(16) static const char zero[4 * ZERO_SIZE]; // memory form may be larger than Go's
  switch ((RKind)t->kind) {
  case KIND_ARRAY: case KIND_STRUCT: {
    const RType *bad = NULL;
    if (t->comparable && t->go_size <= ZERO_SIZE && t->size <= sizeof zero) return value_equal(t, memory, zero, &bad);
    if (t->kind == KIND_ARRAY) {
      for (int64_t i = 0; i < t->len; i++)
        if (!is_zero(t->elem, (const char *)memory + (uint64_t)i * t->elem->size)) return false;
      return true;
    }
    for (uint32_t i = 0; i < t->field_count; i++)
      if (strcmp(t->fields[i].name, "_") && !is_zero(t->fields[i].type, (const char *)memory + t->fields[i].offset)) return false;
    return true;
  }
  case KIND_STRING: return ((const String *)memory)->len == 0;
  case KIND_FLOAT32: case KIND_FLOAT64: case KIND_COMPLEX64: case KIND_COMPLEX128: return value_equal(t, memory, zero, NULL); // -0 too
  case KIND_SLICE: case KIND_INTERFACE: return *(const uint64_t *)memory == 0;
  default: return !memcmp(memory, zero, t->size);
  }
}

NativeResult reflect_value_is_zero(Worker *w, uint64_t *fp) {
  FRAME(uint64_t result; V v);
  f->result = is_zero(f->v.type, read_memory(w, &f->v));
  return NATIVE_DONE;
}

// Of two values of one type; bad: the type that could not be compared, nil if all could.
NativeResult reflect_value_equal(Worker *w, uint64_t *fp) {
  FRAME(uint64_t result; const RType *bad; V u, v);
  const RType *bad = NULL;
  const void *a = read_memory(w, &f->v), *b = read_memory(w, &f->u);
  if (f->v.type->comparable) f->result = value_equal(f->v.type, a, b, &bad);
  else f->result = false, bad = f->v.type;
  f->bad = bad;
  return NATIVE_DONE;
}

// --- parts

// What an interface holds, or a pointer points to. Of nil: no Value.
NativeResult reflect_value_elem(Worker *w, uint64_t *fp) {
  FRAME(V result; V v);
  const V *v = &f->v;
  const void *memory = read_memory(w, v);
  if (v->type->kind == KIND_INTERFACE) {
    Iface inner = iface_load(memory);
    V result = value_of_iface(inner);
    if (inner.type) result.flag |= v->flag & FLAG_RO;
    f->result = result;
    return NATIVE_DONE;
  }
  const RType *t = v->type->elem;
  uint64_t address = scalar_load(v->type, memory);
  f->result = address ? (V){t, address, (v->flag & FLAG_RO) | FLAG_INDIRECT | FLAG_ADDRESSABLE | t->kind} : (V){0};
  return NATIVE_DONE;
}

NativeResult reflect_value_field(Worker *w, uint64_t *fp) {
  FRAME(V result; int64_t i; V v);
  const RField *field = &f->v.type->fields[f->i];
  uint64_t flag = (f->v.flag & (FLAG_STICKY_RO | FLAG_INDIRECT | FLAG_ADDRESSABLE)) | field->type->kind;
  if (field->package) flag |= field->embedded ? FLAG_EMBED_RO : FLAG_STICKY_RO;
  f->result = (V){field->type, f->v.word + field->offset, flag};
  return NATIVE_DONE;
}

// Of an array or slice. False: out of range.
NativeResult reflect_value_index(Worker *w, uint64_t *fp) {
  FRAME(V result; uint64_t ok; int64_t i; V v);
  const V *v = &f->v;
  const RType *t = v->type;
  uint64_t i = (uint64_t)f->i, flag = v->flag & FLAG_RO;
  f->ok = false;
  f->result = (V){0};
  if (t->kind == KIND_ARRAY) {
    if (i >= (uint64_t)t->len) return NATIVE_DONE;
    flag |= (v->flag & (FLAG_INDIRECT | FLAG_ADDRESSABLE)) | t->elem->kind;
    f->result = (V){t->elem, v->word + i * t->elem->size, flag};
  } else {
    Slice s = slice_load(read_memory(w, v));
    if (i >= s.len) return NATIVE_DONE;
    f->result = (V){t->elem, (uint64_t)(uintptr_t)s.ptr + i * t->elem->size, flag | FLAG_INDIRECT | FLAG_ADDRESSABLE | t->elem->kind};
  }
  f->ok = true;
  return NATIVE_DONE;
}

// --- assigning

bool value_assign(Worker *w, const V *v, const RType *t, V *out) {
  if (!types_assignable(t, v->type)) return false;
  if (t->kind == v->type->kind) { // interfaces too: they lie alike, whatever they demand
    *out = (V){t, v->word, (v->flag & (FLAG_RO | FLAG_INDIRECT | FLAG_ADDRESSABLE)) | t->kind};
    return true;
  }
  _Alignas(16) Iface i = value_iface(w, v);
  *out = value_of_memory(native_heap(w), t, &i, 0);
  return true;
}

NativeResult reflect_value_assign(Worker *w, uint64_t *fp) {
  FRAME(V result; uint64_t ok; const RType *t; V v);
  V result = {0};
  f->ok = value_assign(w, &f->v, f->t, &result);
  f->result = result;
  return NATIVE_DONE;
}

// Both of one type.
NativeResult reflect_value_set(Worker *w, uint64_t *fp) {
  FRAME(V x, v);
  const void *from = read_memory(w, &f->x);
  void *to = write_memory(w, &f->v);
  if (f->v.type->size) vm_move_memory(to, from, f->v.type->size);
  return NATIVE_DONE;
}

NativeResult reflect_value_set_bits(Worker *w, uint64_t *fp) {
  FRAME(uint64_t bits; V v);
  scalar_store(write_memory(w, &f->v), f->v.type, f->bits);
  return NATIVE_DONE;
}

NativeResult reflect_value_set_float(Worker *w, uint64_t *fp) {
  FRAME(double x; V v);
  void *to = write_memory(w, &f->v);
  if (f->v.type->kind == KIND_FLOAT32) *(float *)to = (float)f->x;
  else *(double *)to = f->x;
  return NATIVE_DONE;
}

NativeResult reflect_value_set_complex(Worker *w, uint64_t *fp) {
  FRAME(double x[2]; V v);
  void *to = write_memory(w, &f->v);
  for (int i = 0; i < 2; i++) {
    if (f->v.type->kind == KIND_COMPLEX64) ((float *)to)[i] = (float)f->x[i];
    else ((double *)to)[i] = f->x[i];
  }
  return NATIVE_DONE;
}

// A string, or a []byte.
NativeResult reflect_value_set_text(Worker *w, uint64_t *fp) {
  FRAME(StringArg x; V v);
  pair_copy(write_memory(w, &f->v), &f->x);
  return NATIVE_DONE;
}

// --- making

NativeResult reflect_value_zero(Worker *w, uint64_t *fp) {
  FRAME(V result; const RType *t);
  const RType *t = f->t;
  f->result = t->direct ? (V){t, 0, t->kind} : (V){t, (uint64_t)(uintptr_t)heap_new(native_heap(w), t), t->kind | FLAG_INDIRECT};
  return NATIVE_DONE;
}

NativeResult reflect_value_new(Worker *w, uint64_t *fp) {
  FRAME(V result; const RType *t);
  f->result = (V){types_pointer_to(w, f->t), (uint64_t)(uintptr_t)heap_new(native_heap(w), f->t), KIND_POINTER};
  return NATIVE_DONE;
}
