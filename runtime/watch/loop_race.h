// What the loop with the race detector in it is made of, and its machine code: an access of up to 16 bytes that this epoch has made before
// costs a look at its cells. The rest is out of line (loop_race.c).
#ifndef WATCH_LOOP_RACE_H
#define WATCH_LOOP_RACE_H

#include "vm/vm.h"
#include "watch/access.h"
#include "watch/word.h"

// w->g->fp is not in place yet.
void race_read(Worker *w, uint64_t *fp, const Instr *pc, const void *p, size_t size);
void race_write(Worker *w, uint64_t *fp, const Instr *pc, const void *p, size_t size);
typedef void RaceFn(Worker *w, uint64_t *fp, const Instr *pc, const void *p);
RaceFn race_read_1, race_read_2, race_read_4, race_read_8, race_read_16, race_write_1, race_write_2, race_write_4, race_write_8, race_write_16;

// Sizes are constants where it matters.
static inline __attribute__((always_inline)) bool known_read(const char *cells, const Strand *s, const void *p, size_t size) {
  const Cell *c = shadow_cell(cells, p);
  if (size <= 8) return cell_read(c, s->stamp, shadow_bytes(p, size));
  return size == 16 && cell_read(c, s->stamp, 0xff) && cell_read(c + 1, s->stamp, 0xff);
}
static inline __attribute__((always_inline)) bool known_write(const char *cells, const Strand *s, const void *p, size_t size) {
  const Cell *c = shadow_cell(cells, p);
  if (size <= 8) return cell_wrote(c, s->stamp, shadow_bytes(p, size));
  return size == 16 && cell_wrote(c, s->stamp, 0xff) && cell_wrote(c + 1, s->stamp, 0xff);
}

// A frame has been left, or others have come on the stack since: what lies above is not known any more.
static inline void sink(Strand *s, const Goroutine *g, const uint64_t *fp) {
  uint32_t at = (uint32_t)(fp - g->stack);
  if (UNLIKELY(at < s->low)) s->low = at, s->here = 0;
}

// A size that is no constant is that of a block.
#define ACCESSES(kind, known, p, size)                                       \
  do {                                                                       \
    if (__builtin_constant_p(size) && LIKELY(known(CELLS, strand, (p), (size)))) break; \
    HERE;                                                                    \
    if (__builtin_constant_p(size) && (size) == 8) RACE(race_##kind##_8, p); \
    else if (__builtin_constant_p(size) && (size) == 4) RACE(race_##kind##_4, p); \
    else if (__builtin_constant_p(size) && (size) == 2) RACE(race_##kind##_2, p); \
    else if (__builtin_constant_p(size) && (size) == 1) RACE(race_##kind##_1, p); \
    else if (__builtin_constant_p(size) && (size) == 16) RACE(race_##kind##_16, p); \
    else race_##kind(w, fp, pc, (p), (size));                                \
  } while (0)
#define READS(p, size)  ACCESSES(read, known_read, p, size)
#define WRITES(p, size) ACCESSES(write, known_write, p, size)
#define ENTERS(callee) ((void)0)
#define LEAVES()       sink(strand, w->g, fp)
#define LOCK_WAY(way, p)          (w->g->fp = fp, word_##way(w, pc, (p)))
#define LOCK_TAKES(way, p, shared) LOCK_WAY(way, p)
#define ATOMIC_BEGIN(p, writes, what) (w->g->fp = fp, word_begin(w, pc, (p), shadow_bytes((p), sizeof *(p)), (what)))
// All atomic operations on a word are done under the lock of its cell (word_atomic_begin in those that are no instructions). Taking that is a full barrier,
// before each of them: plain accesses suffice, and are sequentially consistent.
#define ATOMIC_ALONE              true
#define ATOMIC_OPEN(way)          UNLIKELY((way) == WORD_OPEN)
#define ATOMIC_END(p, what)       word_end(w, pc, (p), sizeof *(p), (what))
#define CHAN_SEND(c, value)       (w->g->fp = fp, detector_chan_put(w, pc, (c), (value)))
#define CHAN_PUT(c, value)        detector_chan_put(w, NULL, (c), (value))
#define CHAN_TAKE(c, value)       detector_chan_take(w, (c), (value))
#define OBSERVED       1
#define KIND           LOOP_OBSERVED

#endif
