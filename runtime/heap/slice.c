// Growing slices. The growth rule is Go's, size classes included: cap() after an append is visible to programs.
#include "heap/heap.h"

// Go 1.23's malloc size classes up to 32 KB (runtime/sizeclasses.go).
static const uint16_t size_classes[] = {
    8,    16,   24,   32,   48,   64,   80,   96,    112,   128,   144,   160,   176,   192,   208,   224,   240,
    256,  288,  320,  352,  384,  416,  448,  480,   512,   576,   640,   704,   768,   896,   1024,  1152,  1280,
    1408, 1536, 1792, 2048, 2304, 2688, 3072, 3200,  3456,  4096,  4864,  5376,  6144,  6528,  6784,  6912,  8192,
    9472, 9728, 10240, 10880, 12288, 13568, 14336, 16384, 18432, 19072, 20480, 21760, 24576, 27264, 28672, 32768};

enum { CLASS_COUNT = sizeof size_classes / sizeof *size_classes, LARGEST = 32768, PAGE = 8192, HEADER = 8, HEADER_FROM = 512 };

// What Go's allocator would hand out for `size` bytes, less its header (runtime/msize.go).
static uint64_t round_up_size(uint64_t size, bool pointer_free) {
  if (size > LARGEST - HEADER) return (size + PAGE - 1) & ~(uint64_t)(PAGE - 1);
  uint64_t header = !pointer_free && size > HEADER_FROM ? HEADER : 0;
  uint32_t low = 0, high = CLASS_COUNT - 1; // first class >= size + header
  while (low < high) {
    uint32_t middle = (low + high) / 2;
    if (size_classes[middle] >= size + header) high = middle;
    else low = middle + 1;
  }
  return size_classes[low] - header;
}

// runtime/slice.go, nextslicecap.
static uint64_t next_capacity(uint64_t wanted, uint64_t old) {
  enum { THRESHOLD = 256 };
  if (wanted > 2 * old) return wanted;
  if (old < THRESHOLD) return 2 * old;
  uint64_t cap = old;
  while (cap < wanted) cap += (cap + 3 * THRESHOLD) >> 2;
  return cap;
}

uint64_t slice_round_capacity(uint64_t cap, const RType *elem) {
  uint64_t size = elem->go_size ? elem->go_size : elem->size;
  return size && cap ? round_up_size(cap * size, elem->pointer_free) / size : cap;
}

bool slice_grow(HeapCache *c, Slice *s, uint64_t more, const RType *elem) {
  uint64_t wanted = s->len + more;
  if (wanted <= s->cap) return true;
  if (wanted > UINT32_MAX) return false;
  uint64_t cap = slice_round_capacity(next_capacity(wanted, s->cap), elem);
  if (cap > UINT32_MAX) cap = UINT32_MAX;
  void *p = heap_alloc(c, cap * elem->size, elem->pointer_free);
  if (s->len) block_copy(p, s->ptr, (size_t)s->len * elem->size, elem->align);
  s->ptr = p, s->cap = (uint32_t)cap;
  return true;
}
