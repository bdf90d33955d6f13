// Memory that is freed as a whole: trees, types and names of one compilation.
//
// Blocks are zeroed and 16-byte aligned. Nothing is freed singly. An arena has one owner at a time (no locking).
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

typedef struct ArenaChunk ArenaChunk;
typedef struct ArenaLoan ArenaLoan;

// Where an arena's chunks come from, if not from malloc.
typedef struct ArenaSource {
  void *(*take)(void *context, size_t size);  // zeroed, 16-byte aligned; never NULL
  void (*give)(void *context, void *chunk);   // NULL: chunks are not given back one by one
  void *context;
  size_t first_chunk;                         // bytes of the first one
} ArenaSource;

typedef struct Arena {
  char *next;         // first free byte of the current chunk, 16-byte aligned
  char *limit;        // one past the last byte of the current chunk
  ArenaChunk *chunks; // all chunks, newest first
  size_t total;       // bytes of all chunks
  size_t expected;    // see arena_expect
  const ArenaSource *source; // NULL: malloc
  const void *owner;         // noted in every chunk: see arena_own
  ArenaLoan *loan;           // to go on in; see arena_await
} Arena;

// Memory that another thread gets for an arena. Who gets it writes `room`, once, and then sets `made` with release.
struct ArenaLoan {
  Arena room;
  uint8_t made; // atomic
};

void arena_init(Arena *arena); // a zeroed Arena is initialised too
void arena_init_from(Arena *arena, const ArenaSource *source);
void arena_deinit(Arena *arena);
// Notes an owner in all chunks, those to come too. A chunk is what the arena's source gave.
void arena_own(Arena *arena, const void *owner);
const void *arena_chunk_owner(const void *chunk);

// About so many bytes will be asked for: chunks are as large from the first one on as they else become. Of malloc's arenas only.
void arena_expect(Arena *arena, size_t bytes);

// The arena goes on in a huge page of os_huge_page, and owns it.
void arena_add_huge_page(Arena *arena, void *page);
// Bytes that the current chunk still has.
static inline size_t arena_room(const Arena *arena) { return (size_t)(arena->limit - arena->next); }
// `to` hands out next what `from` had `size` bytes of; it is freed with `from`, which must live longer. Of malloc's arenas only.
void arena_lend(Arena *from, size_t size, Arena *to);

// Instead of beginning a new chunk, `arena` goes on in the loan once that is made. The loan and its memory must live longer.
void arena_await(Arena *arena, ArenaLoan *loan);

// The slow path of arena_alloc: a new chunk, or a request of no bytes, which takes none.
void *arena_alloc_chunk(Arena *arena, size_t size);

// What `from` holds is `to`'s from now on; `from` is empty. Both take from malloc.
void arena_join(Arena *to, Arena *from);

// Zeroed, 16-byte aligned memory; never NULL (out of memory ends the process).
static inline void *arena_alloc(Arena *arena, size_t size) {
  size_t rounded = (size + 15) & ~(size_t)15;
  // One comparison for three cases: no room, an overflow, and size 0 in an arena that has no chunk yet.
  if (rounded - 1 >= (size_t)(arena->limit - arena->next)) return arena_alloc_chunk(arena, size);
  void *block = arena->next;
  arena->next += rounded;
  return block;
}

#define ARENA_NEW(arena, T)      ((T*)arena_alloc((arena), sizeof(T)))
#define ARENA_ARRAY(arena, T, n) ((T*)arena_alloc((arena), sizeof(T) * (size_t)(n)))

char *arena_strdup(Arena *arena, const char *text);
char *arena_strndup(Arena *arena, const char *text, size_t len); // adds the final NUL
void *arena_copy(Arena *arena, const void *data, size_t size);
char *arena_printf(Arena *arena, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(Arena *arena, const char *fmt, va_list args) __attribute__((format(printf, 2, 0)));

#endif
