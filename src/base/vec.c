// Growth of vectors.
#include "base/vec.h"

#include <stdio.h>
#include <string.h>

static uint32_t grown_cap(uint32_t cap, uint64_t want) {
  ASSERT(want <= UINT32_MAX, "a vector holds at most 2^32-1 elements");
  uint64_t next = cap ? (uint64_t)cap * 2 : 4;
  while (next < want) next *= 2;
  return next > UINT32_MAX ? UINT32_MAX : (uint32_t)next;
}

void *vec_grow(void *data, uint32_t *cap, uint64_t want, size_t size) {
  uint32_t next = grown_cap(*cap, want);
  void *grown = realloc(data, (size_t)next * size);
  if (!grown) {
    fputs("gol: out of memory\n", stderr);
    exit(1);
  }
  *cap = next;
  return grown;
}

void *vec_grow_arena(Arena *arena, void *data, uint32_t len, uint32_t *cap, uint64_t want, size_t size) {
  uint32_t next = grown_cap(*cap, want);
  void *grown = arena_alloc(arena, (size_t)next * size);
  if (len) memcpy(grown, data, (size_t)len * size);
  *cap = next;
  return grown;
}
