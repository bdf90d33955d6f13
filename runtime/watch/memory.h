// Memory of the detector's own that the collector does not look at. When there is none, the program ends as it does without the
// detector: "out of memory", status 2.
#ifndef WATCH_MEMORY_H
#define WATCH_MEMORY_H

#include <stdlib.h>
#include <sys/mman.h>

#include "heap/heap.h"

// Zeroed; to be given to free.
static inline void *memory_new(size_t count, size_t size) {
  void *p = calloc(count, size);
  if (!p) heap_exhausted(count * size);
  return p;
}

// Address space, zeroed, of which only what is touched takes memory; to be given to munmap. hint: where, if it can be had; NULL: anywhere.
static inline void *memory_reserve(void *hint, size_t size) {
  void *p = mmap(hint, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (p == MAP_FAILED) heap_exhausted(size);
  return p;
}

#endif
