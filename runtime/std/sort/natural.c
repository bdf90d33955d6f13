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

// The C library may sort by way of memory of its own, where the collector does not look: strings, which hold pointers, are sorted in
// place (heapsort; each swap is of whole pairs).
static void sift_down(String *s, uint32_t root, uint32_t n) {
  String top = s[root];
  for (uint32_t child; (child = 2 * root + 1) < n; root = child) {
    if (child + 1 < n && string_compare(s[child], s[child + 1]) < 0) child++;
    if (string_compare(top, s[child]) >= 0) break;
    pair_copy(&s[root], &s[child]);
  }
  String aligned __attribute__((aligned(16))) = top;
  pair_copy(&s[root], &aligned);
}

static void sort_strings(String *s, uint32_t n) {
  for (uint32_t i = n / 2; i-- > 0;) sift_down(s, i, n);
  for (uint32_t i = n; i-- > 1;) {
    String first __attribute__((aligned(16))) = s[0], last __attribute__((aligned(16))) = s[i];
    pair_copy(&s[0], &last);
    pair_copy(&s[i], &first);
    sift_down(s, 0, i);
  }
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
  case KIND_STRING: sort_strings(s.ptr, s.len); return;
  default: return;
  }
  if (s.len > 1) qsort(s.ptr, s.len, elem->size, compare);
}
