#include "watch/detector.h"

#include <stdlib.h>
#include <string.h>

#include "vm/stencil.h"
#include "vm/vm.h"
#include "watch/access.h"
#include "watch/memory.h"
#include "watch/word.h"

enum {
  PILE = 1 << 16,           // dead chains, see chain.h
  CODE_MANY = 1024,         // blocks of code; most inputs of a session have one
  SESSION_CONTEXTS = 1 << 18,
};

// --- accesses

void detector_touch(Worker *w, const void *p, uint64_t stamp, Site site, bool write) {
  Lane *lane = lane_of(w);
  Strand *s = strand_of(w->g);
  Touch t = {.clock = &s->clock, .known = s->known, .stamp = stamp, .site = site, .write = write, .alone = w->alone};
  if (shadow_touch(&lane->detector->shadow, &lane->shadow, p, &t)) detector_found(w, p, &t);
}

typedef struct Access {
  Worker *w;
  Strand *strand;
  const Instr *pc;
  Site site; // 0: to be looked up
} Access;

static inline __attribute__((always_inline)) void access_bytes(Access *a, const char *p, uint64_t bytes, bool write) {
  Lane *lane = lane_of(a->w);
  Shadow *shadow = &lane->detector->shadow;
  Strand *s = a->strand;
  const Cell *c = shadow_cell(shadow->cells, p);
  if (write ? cell_wrote(c, s->stamp, bytes) : cell_read(c, s->stamp, bytes) || shadow_read_known(&lane->shadow, c, p, s->stamp, bytes)) return;
  if (!a->site) {
    a->site = access_site(lane, a->w->g, s, a->pc, 0);
    if (!a->site) a->site = strand_site_slow(lane, a->w->g, a->pc);
    strand_marks(s);
  }
  if (!access_cell(shadow, s, p, s->stamp | bytes, a->site, write, a->w->alone)) detector_touch(a->w, p, s->stamp | bytes, a->site, write);
}

// Most are whole words, and most of those are either known or new.
static inline __attribute__((always_inline)) void access_block(Access *a, const char *p, const char *end, bool write) {
  const char *cells = a->strand->cells;
  uint64_t whole = a->strand->stamp | 0xff;
  if ((uintptr_t)p & 7 && p < end) {
    const char *next = (const char *)(((uintptr_t)p | 7) + 1);
    if (next > end) next = end;
    access_bytes(a, p, shadow_bytes(p, (size_t)(next - p)), write);
    p = next;
  }
  for (; end - p >= 8; p += 8) {
    const Cell *c = shadow_cell(cells, p);
    if (cell_look(&c->write) != whole && (write || cell_look(&c->read) != whole)) access_bytes(a, p, 0xff, write);
  }
  if (p < end) access_bytes(a, p, shadow_bytes(p, (size_t)(end - p)), write);
}

void detector_access(Worker *w, const Instr *pc, const void *address, size_t size, bool write) {
  Access a = {w, strand_of(w->g), pc, 0};
  if (!shadow_covers(&lane_of(w)->detector->shadow, address) || __builtin_expect(a.strand->blind != 0, 0)) return;
  const char *p = address;
  if (write) access_block(&a, p, p + size, true);
  else access_block(&a, p, p + size, false);
}

static inline __attribute__((always_inline)) void on_access(Worker *w, const Instr *pc, const void *address, size_t size, bool write) {
  if (detector_is_alone(lane_of(w)->detector)) return;
  if (((uintptr_t)address & 7) + size <= 8) access_words(w, pc, address, size, write);
  else detector_access(w, pc, address, size, write);
}
static __attribute__((noinline)) void on_read_slow(Worker *w, const Instr *pc, const void *address, size_t size) { on_access(w, pc, address, size, false); }
// Often what it reads is a channel's or a map's own word, and it has done so in this epoch.
static void on_read(Worker *w, const Instr *pc, const void *address, size_t size) {
  if (detector_is_alone(lane_of(w)->detector)) return;
  const Strand *s = strand_of(w->g);
  if (size == 8 && !((uintptr_t)address & 7) && cell_read(shadow_cell(s->cells, address), s->stamp, 0xff)) return;
  on_read_slow(w, pc, address, size);
}
static void on_write(Worker *w, const Instr *pc, const void *address, size_t size) { on_access(w, pc, address, size, true); }

// --- memory that is about to be handed out

static bool covers(const Detector *d, const void *p) {
  if (__builtin_expect(shadow_covers(&d->shadow, p), 1)) return true;
#ifndef GOL_HEAP_MALLOC
  heap_exhausted(1ull << SHADOW_BITS); // the window of the address space that is watched
#endif
  return false;
}

static void fresh(void *context, void *watch, void *p, size_t size) {
  Detector *d = context;
  Lane *lane = watch;
  if (lane) {
    if (covers(d, p) && !detector_is_alone(d)) shadow_clear(&d->shadow, &lane->shadow, p, size);
    return;
  }
  pthread_mutex_lock(&d->lock);
  if (d->begun && covers(d, p)) shadow_clear(&d->shadow, &d->outside, p, size);
  pthread_mutex_unlock(&d->lock);
}

// --- workers

// The heap is there, and no goroutine runs.
static void begin(Detector *d) {
  if (d->program->find) d->code = code_set_new();
  d->contexts = contexts_new(CONTEXT_MANY, d->code);
  d->locks = locksets_new();
  d->chains = chains_new(PILE, UINT32_MAX);
  d->lone_locks = heap_root(sizeof *d->lone_locks);
  d->files = heap_root(sizeof *d->files);
  d->prompt = heap_root(sizeof *d->prompt);
  d->outside = (ShadowCache){0};
  d->generation++;
  void *home = heap_root(16);
  pthread_mutex_lock(&d->lock);
  shadow_init(&d->shadow, home);
  d->begun = true;
  pthread_mutex_unlock(&d->lock);
  heap_free_root(home);
  heap_set_fresh(fresh, d);
}

void detector_forget(Detector *d) {
  if (!d || !d->begun) return;
  heap_set_fresh(NULL, NULL);
  pthread_mutex_lock(&d->lock); // threads that are no workers may be about to tell of fresh memory
  d->begun = false;
  shadow_deinit(&d->shadow);
  pthread_mutex_unlock(&d->lock);
  heap_free_root(d->prompt);
  heap_free_root(d->files);
  heap_free_root(d->lone_locks);
  locksets_free(d->locks);
  contexts_free(d->contexts);
  chains_free(d->chains);
  code_set_free(d->code);
  d->code = NULL;
}

bool detector_is_full(const Detector *d) {
  return d->code && (code_kept(d->code) >> d->doubled > CODE_MANY || contexts_count(d->contexts) >> d->doubled > SESSION_CONTEXTS);
}

void detector_remember_more(Detector *d) { d->doubled++; }

#ifdef GOL_MACHINE_CODE
static const StencilSet *race_stencils(void) { return &stencils_race; }
static const StencilSet *plain_stencils(void) { return &stencils_plain; }
#else
static const StencilSet *race_stencils(void) { return NULL; }
static const StencilSet *plain_stencils(void) { return NULL; }
#endif

static void start(Worker *w) {
  Detector *d = (Detector *)worker_runtime(w)->observer; // its first member
  if (!d->begun) begin(d); // worker 0: the others come later
  Lane *lane = memory_reserve(NULL, sizeof *lane); // much of it is seldom touched
  lane->detector = d;
  lane->generation = d->generation;
  lane->last_epoch = d->chains->last_epoch;
  lane->maker = (ClockMaker){.heap = w->heap, .next_token = ((uint64_t)w->index + 1) << 40};
  w->heap->watch = lane;
  w->watcher = &detector_watcher;
  w->lock_notes = d->lone_locks; // the plain loop runs but while it is alone
  w->watch = lane;
}

static void stop(Worker *w) {
  munmap(w->watch, sizeof(Lane));
  w->watch = w->heap->watch = NULL;
  w->watcher = NULL;
  w->lock_notes = NULL;
}

// ---

bool detector_is_possible(void) { return shadow_is_possible(); }

// While there is but one goroutine (Detector.alone) it runs in the plain loop.
static void choose_loop(Detector *d, bool alone) {
  atomic_store_explicit(&d->alone, alone, memory_order_relaxed);
  d->observer.loop = alone ? loop_plain : loop_race;
  d->observer.stencils = alone ? plain_stencils() : race_stencils();
}

void detector_end_solitude(Worker *w) {
  Strand *s = strand_of(w->g);
  Detector *d = lane_of(w)->detector;
  choose_loop(d, false);
  lock_notes_sift(d->lone_locks);
  for (uint32_t i = 0; i < d->lone_locks->count; i++) {
    const LockNote *note = &d->lone_locks->at[i];
    word_has(w, s, note->word, note->call, note->shared);
  }
  if (d->lone_locks->lost && s->locks) locks_lose(s->locks);
  memset(d->lone_locks, 0, sizeof *d->lone_locks);
  s->depth = s->old = 0; // nobody has seen frames come and go
  s->here = 0;
  w->leaves = true;
}

Detector *detector_new(const Program *program, Report *report, bool solitude) {
  Detector *d = memory_new(1, sizeof *d);
  d->observer = (Observer){.start = start, .stop = stop, .adopt = detector_adopt, .read = on_read, .write = on_write};
  choose_loop(d, solitude);
  d->program = program;
  d->report = report;
  pthread_mutex_init(&d->lock, NULL);
  return d;
}

const Observer *detector_observer(const Detector *d) { return &d->observer; }

void detector_free(Detector *d) {
  if (!d) return;
  detector_forget(d);
  pthread_mutex_destroy(&d->lock);
  free(d->told);
  free(d);
}
