// The loop with the race detector's fast path in it: an access of up to 16 bytes that this epoch has made before costs a look at
// its cells. The rest is out of line.
#include "vm/vm.h"
#include "watch/access.h"
#include "watch/word.h"

#define ACCESS(name, access, write)                                                                                         \
  static __attribute__((noinline)) void race_##name(Worker *w, uint64_t *fp, const Instr *pc, const void *p, size_t size) { \
    w->g->fp = fp;                                                                                                                           \
    access(w, pc, p, size, write);                                                                                                           \
  }
ACCESS(read, detector_access, false)
ACCESS(write, detector_access, true)
ACCESS(read_word, access_words, false)
ACCESS(write_word, access_words, true)
#undef ACCESS
static __attribute__((noinline)) void race_read_pair(Worker *w, uint64_t *fp, const Instr *pc, const void *p) {
  w->g->fp = fp;
  access_words(w, pc, p, 16, false);
}
static __attribute__((noinline)) void race_write_pair(Worker *w, uint64_t *fp, const Instr *pc, const void *p) {
  w->g->fp = fp;
  access_words(w, pc, p, 16, true);
}

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
  if (UNLIKELY(at < s->low)) s->low = at;
}

#define LOOP           loop_race
#define LOCALS         Strand *strand = NULL; const char *const cells = lane_of(w)->detector->shadow.cells;
// A size that is no constant is that of a block.
#define ACCESSES(kind, known, p, size)                                 \
  do {                                                                 \
    if (!__builtin_constant_p(size)) race_##kind(w, fp, pc, (p), (size)); \
    else if (LIKELY(known(cells, strand, (p), (size)))) break;         \
    else if ((size) <= 8) race_##kind##_word(w, fp, pc, (p), (size));  \
    else if ((size) == 16) race_##kind##_pair(w, fp, pc, (p));         \
    else race_##kind(w, fp, pc, (p), (size));                          \
  } while (0)
#define READS(p, size)  ACCESSES(read, known_read, p, size)
#define WRITES(p, size) ACCESSES(write, known_write, p, size)
#define ENTERS(callee) ((void)0)
#define LEAVES()       sink(strand, w->g, fp)
#define RESUMES()                                              \
  do {                                                         \
    strand = strand_of(w->g);                                  \
    sink(strand, w->g, fp);                                    \
    if (UNLIKELY(strand->pending)) detector_settle(w);         \
  } while (0)
#define LOCK_WAY(way, p)          (w->g->fp = fp, word_##way(w, pc, (p)))
#define ATOMIC_BEGIN(p, writes)   (w->g->fp = fp, word_begin(w, pc, (p)))
// All atomic operations on a word are done under the lock of its cell (word_atomic_begin in those that are no instructions). Taking that is a full barrier,
// before each of them: plain accesses suffice, and are sequentially consistent.
#define ATOMIC_ALONE              true
#define ATOMIC_END(p, size, what) word_end(w, pc, (p), (size), (what))
#define CHAN_SEND(c, value)       (w->g->fp = fp, detector_chan_put(w, pc, (c), (value)))
#define CHAN_PUT(c, value)        detector_chan_put(w, NULL, (c), (value))
#define CHAN_TAKE(c, value)       detector_chan_take(w, (c), (value))
#define OBSERVED       1
#include "vm/loop.inc"
