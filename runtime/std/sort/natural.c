// See natural.h. Elements that compare equal cannot be told apart, so the C library's sort will do.
#include "std/sort/natural.h"

#include <math.h>
#include <stdlib.h>

#define COMPARE(NAME, T)                            \
  static int NAME(const void *a, const void *b) {   \
    T x = *(const T *)a, y = *(const T *)b;         \
    return (x > y) - (x < y);                       \
  }
#define COMPARE_FLOAT(NAME, T)                                \
  static int NAME(const void *a, const void *b) {             \
    T x = *(const T *)a, y = *(const T *)b;                   \
    if (isnan(x) || isnan(y)) return isnan(y) - isnan(x);     \
    return (x > y) - (x < y);                                 \
  }
COMPARE(compare_i8, int8_t)
COMPARE(compare_i16, int16_t)
COMPARE(compare_i32, int32_t)
COMPARE(compare_i64, int64_t)
COMPARE(compare_u8, uint8_t)
COMPARE(compare_u16, uint16_t)
COMPARE(compare_u32, uint32_t)
COMPARE(compare_u64, uint64_t)
COMPARE_FLOAT(compare_f32, float)
COMPARE_FLOAT(compare_f64, double)

static int compare_strings(const void *a, const void *b) {
  return string_compare(*(const String *)a, *(const String *)b);
}

void natural_sort(Slice s, const RType *elem) {
  int (*compare)(const void *, const void *) = NULL;
  switch ((RKind)elem->kind) {
  case KIND_INT8: compare = compare_i8; break;
  case KIND_INT16: compare = compare_i16; break;
  case KIND_INT32: compare = compare_i32; break;
  case KIND_INT: case KIND_INT64: compare = compare_i64; break;
  case KIND_UINT8: compare = compare_u8; break;
  case KIND_UINT16: compare = compare_u16; break;
  case KIND_UINT32: compare = compare_u32; break;
  case KIND_UINT: case KIND_UINT64: case KIND_UINTPTR: compare = compare_u64; break;
  case KIND_FLOAT32: compare = compare_f32; break;
  case KIND_FLOAT64: compare = compare_f64; break;
  case KIND_STRING: compare = compare_strings; break;
  default: return;
  }
  if (s.len > 1) qsort(s.ptr, s.len, elem->size, compare);
}
