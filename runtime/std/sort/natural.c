// See natural.h. Elements that compare equal cannot be told apart, so the C library's sort will do.
#include "std/sort/natural.h"

#include <math.h>
#include <stdlib.h>

#include "base/assert.h"

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
// place (heapsort). Somebody may write to the slice meanwhile, so each string is read and written in one piece.
static void sift_down(String *s, uint32_t root, uint32_t n) {
  String top __attribute__((aligned(16))) = string_load(&s[root]);
  for (uint32_t child; (child = 2 * root + 1) < n; root = child) {
    String greater __attribute__((aligned(16))) = string_load(&s[child]);
    if (child + 1 < n) {
      String second = string_load(&s[child + 1]);
      if (string_compare(greater, second) < 0) greater = second, child++;
    }
    if (string_compare(top, greater) >= 0) break;
    pair_copy(&s[root], &greater);
  }
  pair_copy(&s[root], &top);
}

static void sort_strings(String *s, uint32_t n) {
  for (uint32_t i = n / 2; i-- > 0;) sift_down(s, i, n);
  for (uint32_t i = n; i-- > 1;) {
    String first __attribute__((aligned(16))) = string_load(&s[0]);
    pair_copy(&s[0], &s[i]);
    pair_copy(&s[i], &first);
    sift_down(s, 0, i);
  }
}

static int compare_strings(const void *a, const void *b) { return string_compare(string_load(a), string_load(b)); }

typedef int (*Comparison)(const void *, const void *);

static Comparison comparison(RKind kind) {
  switch (kind) {
  case KIND_INT8: return compare_i8;
  case KIND_INT16: return compare_i16;
  case KIND_INT32: return compare_i32;
  case KIND_INT: case KIND_INT64: return compare_i64;
  case KIND_UINT8: return compare_u8;
  case KIND_UINT16: return compare_u16;
  case KIND_UINT32: return compare_u32;
  case KIND_UINT: case KIND_UINT64: case KIND_UINTPTR: return compare_u64;
  case KIND_FLOAT32: return compare_f32;
  case KIND_FLOAT64: return compare_f64;
  case KIND_STRING: return compare_strings;
  default: UNREACHABLE("elements of another kind are not sorted here");
  }
}

static bool is_sorted(Slice s, const RType *elem, Comparison compare) {
  for (uint32_t i = 1; i < s.len; i++) {
    const char *at = (const char *)s.ptr + (size_t)i * elem->size;
    if (compare(at - elem->size, at) > 0) return false;
  }
  return true;
}

void natural_sort(Worker *w, Slice s, const RType *elem) {
  if (s.len < 2) return;
  Comparison compare = comparison((RKind)elem->kind);
  if (w->watcher) {
    size_t size = (size_t)s.len * elem->size;
    if (is_sorted(s, elem, compare)) {
      native_reads(w, s.ptr, size);
      return;
    }
    native_writes(w, s.ptr, size);
  }
  if (elem->kind == KIND_STRING) sort_strings(s.ptr, s.len);
  else qsort(s.ptr, s.len, elem->size, compare);
}
