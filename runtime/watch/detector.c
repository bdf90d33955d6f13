#include "watch/detector.h"

#include <stdlib.h>

#include "base/assert.h"
#include "vm/vm.h"
#include "watch/strand.h"

enum { PILE = 1 << 16 }; // dead chains, see chain.h

// --- accesses

void detector_access(Worker *w, const Instr *pc, const void *address, size_t size, bool write) {
  Lane *lane = lane_of(w);
  Shadow *shadow = &lane->detector->shadow;
  Strand *s = strand_of(w->g);
  if (!shadow_covers(shadow, address)) return;
  Touch t = {.clock = &s->clock, .write = write, .alone = w->alone};
  const char *p = address, *end = p + size;
  while (p < end) {
    const char *next = (const char *)(((uintptr_t)p | 7) + 1);
    if (next > end) next = end;
    const Cell *c = shadow_cell(shadow->cells, p);
    uint64_t bytes = shadow_bytes(p, (size_t)(next - p));
    if (write ? !cell_wrote(c, s->stamp, bytes) : !cell_read(c, s->stamp, bytes) && !shadow_read_known(&lane->shadow, c, p, s->stamp, bytes)) {
      if (!t.site) {
        t.site = strand_site(lane, w->g, pc);
        strand_marks(s);
      }
      t.stamp = s->stamp | bytes;
      if (shadow_touch(shadow, &lane->shadow, p, &t)) detector_found(w, p, &t);
    }
    p = next;
  }
}

static void on_read(Worker *w, const Instr *pc, const void *address, size_t size) { detector_access(w, pc, address, size, false); }
static void on_write(Worker *w, const Instr *pc, const void *address, size_t size) { detector_access(w, pc, address, size, true); }

// --- memory that is about to be handed out

static void fresh(void *context, void *watch, void *p, size_t size) {
  Detector *d = context;
  Lane *lane = watch;
  if (__builtin_expect(!shadow_covers(&d->shadow, p), 0)) {
#ifndef GOL_HEAP_MALLOC
    UNREACHABLE("the heap stays within 2^38 bytes of address space");
#endif
    return;
  }
  if (lane) {
    shadow_clear(&d->shadow, &lane->shadow, p, size);
    return;
  }
  pthread_mutex_lock(&d->lock);
  shadow_clear(&d->shadow, &d->outside, p, size);
  pthread_mutex_unlock(&d->lock);
}

// --- workers

// The heap is there, and no goroutine.
static void begin(Detector *d) {
  d->chains = chains_new(PILE, UINT32_MAX);
  d->files = heap_root(sizeof *d->files);
  void *home = heap_root(16);
  shadow_init(&d->shadow, home);
  heap_free_root(home);
  heap_set_fresh(fresh, d);
}

static void start(Worker *w) {
  Detector *d = (Detector *)worker_runtime(w)->observer; // its first member
  if (!w->index) begin(d);
  Lane *lane = calloc(1, sizeof *lane);
  ASSERT(lane, "memory for a worker's part of the race detector");
  lane->detector = d;
  lane->maker = (ClockMaker){.heap = w->heap, .next_token = ((uint64_t)w->index + 1) << 40};
  w->heap->watch = lane;
  w->watcher = &detector_watcher;
  w->watch = lane;
}

static void stop(Worker *w) {
  free(w->watch);
  w->watch = w->heap->watch = NULL;
}

// ---

Detector *detector_new(const Program *program, Report *report) {
  Detector *d = calloc(1, sizeof *d);
  ASSERT(d, "memory for the race detector");
  d->observer = (Observer){.loop = loop_race, .start = start, .stop = stop, .read = on_read, .write = on_write};
  d->program = program;
  d->report = report;
  d->contexts = contexts_new(CONTEXT_MANY);
  d->locks = locksets_new();
  pthread_mutex_init(&d->lock, NULL);
  return d;
}

const Observer *detector_observer(const Detector *d) { return &d->observer; }

void detector_free(Detector *d) {
  if (!d) return;
  if (d->chains) { // it has begun
    heap_set_fresh(NULL, NULL);
    heap_free_root(d->files);
    shadow_deinit(&d->shadow);
  }
  locksets_free(d->locks);
  contexts_free(d->contexts);
  chains_free(d->chains);
  pthread_mutex_destroy(&d->lock);
  free(d->told);
  free(d);
}
