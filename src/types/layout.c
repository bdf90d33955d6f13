// Sizes as Go's compiler has them on amd64 (specification "Size and alignment guarantees").
#include "types/layout.h"

enum { WORD = 8, MAX_DEPTH = 1000 }; // deeper: a type that contains itself, reported where it is declared

static int64_t align_up(int64_t n, int64_t align) {
  int64_t sum;
  if (n < 0 || __builtin_add_overflow(n, align - 1, &sum)) return -1;
  return sum - sum % align;
}

static int64_t basic_size(TypeKind kind) {
  switch (kind) {
  case TYPE_BOOL:
  case TYPE_INT8:
  case TYPE_UINT8: return 1;
  case TYPE_INT16:
  case TYPE_UINT16: return 2;
  case TYPE_INT32:
  case TYPE_UINT32:
  case TYPE_FLOAT32: return 4;
  case TYPE_COMPLEX128:
  case TYPE_STRING: return 16;
  default: return WORD;
  }
}

static int64_t size_of(Type *t, int depth);
static int64_t align_of(Type *t, int depth);
static int64_t offset_of(Type *t, uint32_t field, int depth);

static int64_t struct_size(Type *t, int depth) {
  if (t->field_count == 0) return 0;
  int64_t offset = offset_of(t, t->field_count - 1, depth);
  int64_t size = size_of(t->fields[t->field_count - 1].type, depth);
  if (offset < 0 || size < 0) return -1;
  if (offset > 0 && size == 0) size = 1; // so that a pointer to the last field does not leave the struct
  int64_t end;
  if (__builtin_add_overflow(offset, size, &end)) return -1;
  return align_up(end, align_of(t, depth));
}

static int64_t size_of(Type *t, int depth) {
  if (++depth > MAX_DEPTH) return -1;
  t = type_underlying(t);
  switch (t->kind) {
  case TYPE_ARRAY: {
    int64_t size = size_of(t->elem, depth), total;
    if (t->len <= 0 || size == 0) return 0;
    return size < 0 || __builtin_mul_overflow(size, t->len, &total) ? -1 : total;
  }
  case TYPE_SLICE: return 3 * WORD;
  case TYPE_INTERFACE: return 2 * WORD;
  case TYPE_STRUCT: return struct_size(t, depth);
  default: return basic_size(t->kind);
  }
}

// sync/atomic's align64 markers: their structs begin at multiples of eight.
static bool is_align64(Type *t) {
  t = type_unalias(t);
  return t->kind == TYPE_NAMED && t->object && name_is(t->object->name, "align64") && t->object->package &&
         name_is(t->object->package->path, "sync/atomic");
}

static int64_t align_of(Type *t, int depth) {
  if (++depth > MAX_DEPTH) return 1;
  Type *under = type_underlying(t);
  switch (under->kind) {
  case TYPE_ARRAY: return align_of(under->elem, depth);
  case TYPE_STRUCT: {
    if (under->field_count == 0 && is_align64(t)) return 8;
    int64_t most = 1;
    for (uint32_t i = 0; i < under->field_count; i++) {
      int64_t one = align_of(under->fields[i].type, depth);
      if (one > most) most = one;
    }
    return most;
  }
  case TYPE_COMPLEX64: return 4;
  case TYPE_COMPLEX128:
  case TYPE_STRING:
  case TYPE_SLICE:
  case TYPE_INTERFACE: return WORD;
  default: return basic_size(under->kind);
  }
}

static int64_t offset_of(Type *t, uint32_t field, int depth) {
  int64_t offset = 0;
  for (uint32_t i = 0;; i++) {
    offset = align_up(offset, align_of(t->fields[i].type, depth));
    if (i == field || offset < 0) return offset;
    int64_t size = size_of(t->fields[i].type, depth);
    if (size < 0 || __builtin_add_overflow(offset, size, &offset)) return -1;
  }
}

// Specification "Package unsafe": of a variable-size type the result is not a constant.
static bool is_constant(Type *t, int depth) {
  if (++depth > MAX_DEPTH || type_is_param(t)) return false;
  t = type_underlying(t);
  switch (t->kind) {
  case TYPE_ARRAY: return is_constant(t->elem, depth);
  case TYPE_STRUCT:
    for (uint32_t i = 0; i < t->field_count; i++)
      if (!is_constant(t->fields[i].type, depth)) return false;
    return true;
  default: return true;
  }
}

int64_t layout_size(Type *t) { return size_of(t, 0); }
int64_t layout_align(Type *t) { return align_of(t, 0); }
int64_t layout_offset(Type *struct_type, uint32_t field) { return offset_of(type_underlying(struct_type), field, 0); }
bool layout_is_constant(Type *t) { return is_constant(t, 0); }
