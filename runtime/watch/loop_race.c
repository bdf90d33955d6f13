// The loop with the race detector's fast path in it.
#include "watch/loop_race.h"

#include "vm/machine.h"

void race_read(Worker *w, uint64_t *fp, const Instr *pc, const void *p, size_t size) {
  w->g->fp = fp;
  detector_access(w, pc, p, size, false);
}
void race_write(Worker *w, uint64_t *fp, const Instr *pc, const void *p, size_t size) {
  w->g->fp = fp;
  detector_access(w, pc, p, size, true);
}
#define ACCESS(kind, size, write)                                                      \
  void race_##kind##_##size(Worker *w, uint64_t *fp, const Instr *pc, const void *p) { \
    w->g->fp = fp;                                                                     \
    access_words(w, pc, p, (size), (write));                                           \
  }
#define EACH(size) ACCESS(read, size, false) ACCESS(write, size, true)
EACH(1) EACH(2) EACH(4) EACH(8) EACH(16)
#undef EACH
#undef ACCESS

#define LOOP           loop_race
#define LOCALS         Strand *strand = NULL; const char *const cells = lane_of(w)->detector->shadow.cells;
#define CELLS          cells
#define RACE(fn, p)    fn(w, fp, pc, (p))
#define RESUMES()                                              \
  do {                                                         \
    strand = strand_of(w->g);                                  \
    sink(strand, w->g, fp);                                    \
    if (UNLIKELY(strand->pending)) detector_settle(w);         \
  } while (0)
#define RUN(machine)   machine_run(w, fp, below, limit, budget, strand, (machine))
#include "vm/loop.inc"
