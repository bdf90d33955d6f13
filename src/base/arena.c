// Arena chunks, linked for the final free.
//
//   chunks -> [ head | used used used ... next->  free  <-limit ] -> [ head | ... ] -> NULL
//
// All of a chunk will be written soon, so the kernel is asked for its pages at once: a page fault costs more than the work
// that fills the page. Hence a chunk is a fraction of what is in use already, and small arenas take from malloc. Large ones take
// huge pages: one for the kernel to find instead of 512. Those of a source double in size.
#include "base/arena.h"

#include "base/assert.h"
#include "base/os.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  FIRST_CHUNK = 8 << 10,
  PAGES = 32 << 10, // from this size on a chunk is made of pages
  LAST_CHUNK = 1 << 20,
  LARGE = 2 << 20, // from this size on an arena takes huge pages
};

struct ArenaChunk {
  _Alignas(16) ArenaChunk *prev;
  const void *owner;
  size_t size; // with this head
};

void arena_init(Arena *arena) { *arena = (Arena){0}; }

void arena_init_from(Arena *arena, const ArenaSource *source) { *arena = (Arena){.source = source}; }

void arena_expect(Arena *arena, size_t bytes) { arena->expected = bytes; }

void arena_own(Arena *arena, const void *owner) {
  arena->owner = owner;
  for (ArenaChunk *chunk = arena->chunks; chunk; chunk = chunk->prev) chunk->owner = owner;
}

const void *arena_chunk_owner(const void *chunk) { return ((const ArenaChunk *)chunk)->owner; }

void arena_deinit(Arena *arena) {
  for (ArenaChunk *chunk = arena->chunks, *prev; chunk; chunk = prev) {
    prev = chunk->prev;
    if (arena->source) {
      if (arena->source->give) arena->source->give(arena->source->context, chunk);
    } else if (chunk->size < PAGES) {
      free(chunk);
    } else {
      os_free_pages(chunk, chunk->size);
    }
  }
  *arena = (Arena){.source = arena->source};
}

void arena_lend(Arena *from, size_t size, Arena *to) {
  ASSERT(!from->source && !to->source, "chunks of another source");
  to->next = arena_alloc(from, size);
  to->limit = to->next + (size & ~(size_t)15);
}

void arena_await(Arena *arena, ArenaLoan *loan) { arena->loan = loan; }

static bool take_loan(Arena *arena) {
  ArenaLoan *loan = arena->loan;
  if (!loan || !__atomic_load_n(&loan->made, __ATOMIC_ACQUIRE)) return false;
  arena->loan = NULL;
  if (arena_room(&loan->room)) arena_lend(&loan->room, arena_room(&loan->room), arena);
  return true;
}

void arena_join(Arena *to, Arena *from) {
  ASSERT(!to->source && !from->source, "chunks of another source");
  ArenaChunk **end = &from->chunks;
  while (*end) {
    (*end)->owner = to->owner;
    end = &(*end)->prev;
  }
  *end = to->chunks;
  to->chunks = from->chunks;
  to->total += from->total;
  if (from->limit - from->next > to->limit - to->next) to->next = from->next, to->limit = from->limit;
  arena_init(from);
}

static void *take(const Arena *arena, size_t size) {
  if (arena->source) return arena->source->take(arena->source->context, size);
  if (size == OS_HUGE_PAGE) return os_huge_page();
  return size < PAGES ? calloc(1, size) : os_pages(size);
}

static void add_chunk(Arena *arena, ArenaChunk *chunk, size_t size) {
  arena->total += size;
  chunk->prev = arena->chunks;
  chunk->owner = arena->owner;
  chunk->size = size;
  arena->chunks = chunk;
}

static ArenaChunk *chunk_new(Arena *arena, size_t payload) {
  size_t size = sizeof(ArenaChunk) + payload;
  ArenaChunk *chunk = size < payload ? NULL : take(arena, size);
  if (!chunk) {
    fputs("gol: out of memory\n", stderr);
    exit(1);
  }
  add_chunk(arena, chunk, size);
  return chunk;
}

void arena_add_huge_page(Arena *arena, void *page) {
  ASSERT(!arena->source, "a chunk of another source");
  add_chunk(arena, page, OS_HUGE_PAGE);
  arena->next = (char *)page + sizeof(ArenaChunk);
  arena->limit = (char *)page + OS_HUGE_PAGE;
}

// The size of the next chunk, head and all.
static size_t chunk_size(const Arena *arena) {
  size_t size = arena->source ? arena->source->first_chunk : FIRST_CHUNK;
  if (arena->source) {
    while (size < LAST_CHUNK && size <= arena->total) size *= 2;
    return size < LAST_CHUNK ? size : LAST_CHUNK;
  }
  size_t all = arena->total > arena->expected ? arena->total : arena->expected;
  if (all >= LARGE) return OS_HUGE_PAGE;
  if (all >= PAGES) size = (all / 4 + PAGES - 1) & ~(size_t)(PAGES - 1);
  return size < LAST_CHUNK ? size : LAST_CHUNK;
}

void *arena_alloc_chunk(Arena *arena, size_t size) {
  if (!size && arena->chunks) return arena->next;
  if (take_loan(arena)) return arena_alloc(arena, size);
  size_t rounded = size ? (size + 15) & ~(size_t)15 : 16;
  if (rounded < size) rounded = SIZE_MAX - sizeof(ArenaChunk); // chunk_new reports it
  size_t normal = chunk_size(arena) - sizeof(ArenaChunk);
  if (rounded > normal / 4) {
    // A block of its own; the current chunk keeps its free end.
    ArenaChunk *chunk = chunk_new(arena, rounded);
    return (char *)chunk + sizeof(ArenaChunk);
  }
  ArenaChunk *chunk = chunk_new(arena, normal);
  char *block = (char *)chunk + sizeof(ArenaChunk);
  arena->next = block + rounded;
  arena->limit = block + normal;
  return block;
}

void *arena_copy(Arena *arena, const void *data, size_t size) {
  void *block = arena_alloc(arena, size);
  if (size) memcpy(block, data, size);
  return block;
}

char *arena_strndup(Arena *arena, const char *text, size_t len) {
  char *copy = arena_alloc(arena, len + 1);
  if (len) memcpy(copy, text, len);
  return copy;
}

char *arena_strdup(Arena *arena, const char *text) { return arena_strndup(arena, text, strlen(text)); }

char *arena_vprintf(Arena *arena, const char *fmt, va_list args) {
  ASSERT(fmt, "no format");
  va_list again;
  va_copy(again, args);
  int len = vsnprintf(NULL, 0, fmt, args);
  ASSERT(len >= 0, "bad format string");
  char *text = arena_alloc(arena, (size_t)len + 1);
  vsnprintf(text, (size_t)len + 1, fmt, again);
  va_end(again);
  return text;
}

char *arena_printf(Arena *arena, const char *fmt, ...) {
  va_list args;
  va_start(args, fmt);
  char *text = arena_vprintf(arena, fmt, args);
  va_end(args);
  return text;
}
