// What orders goroutines, as https://go.dev/ref/mem states it: go statements, channels, timers, package sync, atomic operations.
#include <string.h>

#include "base/assert.h"
#include "sched/chan.h"
#include "sched/sync.h"
#include "sched/timer.h"
#include "vm/runtime.h"
#include "watch/strand.h"

enum { MAIN_ID = 1 }; // to reports, every input of a session is the main goroutine

// What objects of the scheduler keep in `watch`. Those of an earlier generation are made anew.
typedef struct TimerClock {
  uint32_t generation;
  Clock clock;
} TimerClock;

// --- goroutines

static Strand *strand_for(Worker *w, Goroutine *g) {
  Strand *s = g->watch;
  if (!s) return g->watch = heap_alloc(w->heap, sizeof *s, false);
  Place *places = s->room <= 64 ? s->places : NULL;
  uint32_t room = places ? s->room : 0;
  *s = (Strand){.places = places, .room = room};
  return s;
}

// Its strand's clock, but for itself, is made.
static void begin(Worker *w, Strand *s, const Goroutine *g, uint32_t chain, uint32_t epoch) {
  if (!chain) {
    static const char text[] = "fatal error: -race: more than 16776959 goroutines at once\n";
    runtime_die(worker_runtime(w), 2, text, sizeof text - 1);
    chain = 1;
  }
  s->id = g->id;
  Clock *c = &s->clock;
  c->self = chain;
  c->epoch = c->changed = epoch;
  c->touched = true;
  s->stamp = shadow_stamp(chain, epoch);
}

// Timer.watch, guarded as that. NULL: it was set before anybody listened, and not `make`.
static Clock *timer_clock(Lane *lane, Timer *t, bool make) {
  TimerClock *c = t->watch;
  if (c && c->generation == lane->detector->generation) return &c->clock;
  if (!make) return NULL;
  t->watch = c = heap_alloc(lane->maker.heap, sizeof *c, false);
  c->generation = lane->detector->generation;
  return &c->clock;
}

static void pending(Strand *s, WatchEvent e, void *word) {
  s->pending = (uint8_t)(e + 1);
  s->pending_word = word;
}

static void spawn(Worker *w, Goroutine *child, Timer *timer) {
  Lane *lane = lane_of(w);
  Detector *d = lane->detector;
  Strand *parent = !timer && w->g ? strand_of(w->g) : NULL, *s = strand_for(w, child);
  Clock *c = &s->clock;
  uint32_t epoch = 1, chain;
  ChainList none = {0};
  if (parent) {
    if (parent->deaf) {
      chain = chain_take(d->chains, &lane->maker, c, &none, c, child->id, &epoch);
    } else {
      Clock start = {0};
      strand_release(lane, parent, &start);
      clock_acquire(&lane->maker, c, &start);
      chain = chain_take(d->chains, &lane->maker, &parent->clock, &parent->children, c, child->id, &epoch);
    }
    s->parent = parent->clock.self;
    s->root = context_root(d->contexts, &lane->contexts, strand_context(lane, w->g), child->created_at);
  } else {
    Clock *start = timer ? timer_clock(lane, timer, false) : d->prompt; // main goes on where the prompt's last input has ended
    if (start) clock_acquire(&lane->maker, c, start);
    chain = chain_take(d->chains, &lane->maker, c, &none, c, timer ? child->id : MAIN_ID, &epoch);
    s->root = timer ? context_root(d->contexts, &lane->contexts, 0, NULL) : CONTEXT_MAIN;
  }
  begin(w, s, child, chain, epoch);
}

void detector_adopt(Worker *w, Goroutine *g) {
  Lane *lane = lane_of(w);
  Detector *d = lane->detector;
  Strand *s = strand_for(w, g);
  ChainList none = {0};
  uint32_t epoch, chain = chain_take(d->chains, &lane->maker, NULL, &none, &s->clock, g->id, &epoch);
  s->root = context_root(d->contexts, &lane->contexts, g->created_at ? CONTEXT_MAIN : 0, g->created_at);
  begin(w, s, g, chain, epoch);
  if (goroutine_status(g) != G_WAITING) return;
  // It would have said so before it waited.
  if (g->wait_reason == WAIT_RWMUTEX_R) pending(s, WATCH_RLOCK, rwmutex_of(g));
  if (g->wait_reason == WAIT_RWMUTEX_W) pending(s, WATCH_RW_LOCK, rwmutex_of(g));
}

static void finish(Worker *w, Goroutine *g) {
  Lane *lane = lane_of(w);
  Strand *s = strand_of(g);
  if (s->root == CONTEXT_MAIN) strand_release(lane, s, lane->detector->prompt);
  chain_drop(lane->detector->chains, &lane->maker, &s->clock, s->marked, s->parent, &s->children);
  s->clock.base = NULL;
}

// In a section of the running goroutine (Watcher.ignore) in which what it does orders nothing.
static bool is_deaf(const Worker *w) { return w->g && __builtin_expect(strand_of(w->g)->deaf != 0, 0); }

static void ignore(Worker *w, int order, int memory) {
  Strand *s = strand_of(w->g);
  s->deaf += (uint32_t)order;
  s->blind += (uint32_t)memory;
}

// --- channels

enum { SLOTS_AT_ONCE = 64 };

// Chan.watch, guarded by the channel's lock.
typedef struct ChanClocks {
  uint32_t generation;
  Clock closed;
  Clock *slots[]; // of SLOTS_AT_ONCE places of the buffer; NULL: not used yet
} ChanClocks;

static ChanClocks *clocks_of(Worker *w, Chan *c) {
  uint32_t generation = lane_of(w)->detector->generation;
  ChanClocks *clocks = c->watch;
  if (!clocks || clocks->generation != generation) {
    size_t n = ((size_t)c->capacity + SLOTS_AT_ONCE - 1) / SLOTS_AT_ONCE;
    c->watch = clocks = heap_alloc(w->heap, sizeof(ChanClocks) + n * sizeof(Clock *), false);
    clocks->generation = generation;
  }
  return clocks;
}

static Clock *slot_clock(Worker *w, Chan *c, uint32_t index) {
  Clock **slots = &clocks_of(w, c)->slots[index / SLOTS_AT_ONCE];
  if (!*slots) *slots = heap_alloc(w->heap, (c->capacity < SLOTS_AT_ONCE ? c->capacity : SLOTS_AT_ONCE) * sizeof **slots, false);
  return *slots + index % SLOTS_AT_ONCE;
}

// The k-th receive happens before the completion of the send k + capacity: both go by the place in the buffer.
static void slot(Worker *w, Goroutine *g, Chan *c, uint32_t index) {
  if (is_deaf(w)) return;
  Clock *k = slot_clock(w, c, index);
  Strand *s = strand_of(g);
  strand_acquire(lane_of(w), s, k);
  strand_release(lane_of(w), s, k);
}

static void meet(Worker *w, Goroutine *other) {
  if (!is_deaf(w)) strand_meet(lane_of(w), strand_of(w->g), strand_of(other));
}

static void close(Worker *w, Chan *c) {
  if (!is_deaf(w)) strand_release(lane_of(w), strand_of(w->g), &clocks_of(w, c)->closed);
}
static void closed(Worker *w, Goroutine *g, Chan *c) {
  if (!is_deaf(w)) strand_acquire(lane_of(w), strand_of(g), &clocks_of(w, c)->closed);
}

// --- timers

static void set(Worker *w, Timer *t) {
  if (!is_deaf(w)) strand_release(lane_of(w), strand_of(w->g), timer_clock(lane_of(w), t, true));
}

static void fired(Worker *w, Goroutine *g, Timer *t) {
  Clock *start = timer_clock(lane_of(w), t, false);
  if (start && !is_deaf(w)) strand_acquire(lane_of(w), strand_of(g), start);
}

// --- words in memory

static void acquire(Worker *w, Strand *s, void *word) {
  Lane *lane = lane_of(w);
  Shadow *shadow = &lane->detector->shadow;
  if (s->deaf || !shadow_covers(shadow, word)) return;
  uint64_t held;
  strand_acquire_sync(lane, s, shadow_sync(shadow, &lane->shadow, word, w->alone, &held)->sync);
  shadow_unlock(shadow, word, held);
}

// merge: those who did so before keep being known.
static void release(Worker *w, Strand *s, void *word, bool merge) {
  Lane *lane = lane_of(w);
  Shadow *shadow = &lane->detector->shadow;
  if (s->deaf || !shadow_covers(shadow, word)) return;
  uint64_t held;
  strand_release_sync(lane, s, word, shadow_sync(shadow, &lane->shadow, word, w->alone, &held)->sync, merge);
  shadow_unlock(shadow, word, held);
}

// Files and pipes, all as one, as in Go: who reads knows what was done by those who have written.
static void files(Worker *w, Strand *s, bool written) {
  Lane *lane = lane_of(w);
  Detector *d = lane->detector;
  pthread_mutex_lock(&d->lock);
  if (written) {
    Clock now = {0};
    strand_release(lane, s, &now);
    clock_acquire(&lane->maker, d->files, &now);
  } else {
    strand_acquire(lane, s, d->files);
  }
  pthread_mutex_unlock(&d->lock);
}

// An RWMutex has a clock of its readers in its second word.
static void *readers(void *word) { return (char *)word + 8; }

// It has a lock. That is an atomic access to the word as well: overwriting or copying it meanwhile is a race.
static void hold(Worker *w, Strand *s, void *word, bool shared) {
  Lane *lane = lane_of(w);
  Shadow *shadow = &lane->detector->shadow;
  if (s->blind) return;
  if (shadow_covers(shadow, word)) {
    Touch t = {.clock = &s->clock, .site = strand_site(lane, w->g, w->g->pc - 2), .write = true, .atomic = true};
    uint64_t held;
    if (!s->deaf && shared && s->released == readers(word)) {
      strand_take_back(s, readers(word), shadow_sync(shadow, &lane->shadow, readers(word), w->alone, &held)->sync);
      shadow_unlock(shadow, readers(word), held);
    }
    Record *record = shadow_sync(shadow, &lane->shadow, word, w->alone, &held);
    if (!s->deaf && !shared) strand_take_back(s, word, record->sync);
    if (!s->deaf) strand_acquire_sync(lane, s, record->sync);
    t.stamp = s->stamp | shadow_bytes(word, 4);
    bool bad = shadow_touch_held(shadow, &lane->shadow, word, record, &t, &held);
    shadow_unlock(shadow, word, held);
    strand_marks(s);
    if (bad) detector_found(w, word, &t);
  }
  if (!s->locks) s->locks = heap_alloc(w->heap, sizeof *s->locks, true);
  locks_add(s->locks, word, (const Instr *)(uintptr_t)w->g->fp[0], shared); // the caller of the native that runs
}

static void let_go(Strand *s, void *word) {
  if (s->locks && !s->blind) locks_remove(s->locks, word);
}

static void event(Worker *w, WatchEvent e, void *word) {
  Strand *s = strand_of(w->g);
  if (!word) {
    if (!s->deaf) files(w, s, e == WATCH_POST);
    return;
  }
  switch (e) {
  case WATCH_RW_LOCK:
    acquire(w, s, readers(word));
    // fall through
  case WATCH_LOCK:
    hold(w, s, word, false);
    break;
  case WATCH_RLOCK:
    hold(w, s, word, true);
    break;
  case WATCH_UNLOCK: case WATCH_RW_UNLOCK:
    release(w, s, word, false);
    let_go(s, word);
    break;
  case WATCH_RUNLOCK:
    release(w, s, readers(word), true);
    let_go(s, word);
    break;
  case WATCH_POST: release(w, s, word, true); break;
  case WATCH_WAIT: acquire(w, s, word); break;
  }
}

static void pend(Worker *w, WatchEvent e, void *word) {
  pending(strand_of(w->g), e, word);
}

static void unpend(Worker *w) { strand_of(w->g)->pending = 0; }

void detector_settle(Worker *w) {
  Strand *s = strand_of(w->g);
  WatchEvent e = (WatchEvent)(s->pending - 1);
  s->pending = 0;
  event(w, e, s->pending_word);
  s->pending_word = NULL;
}

// --- atomic operations: each is one step with what it does to the clocks, so that who loads a value learns from who stored it

static void atomic_begin(Worker *w, void *word) {
  Lane *lane = lane_of(w);
  Shadow *shadow = &lane->detector->shadow;
  if (shadow_covers(shadow, word)) lane->record = shadow_sync(shadow, &lane->shadow, word, w->alone, &lane->held);
}

static void atomic_end(Worker *w, void *word, size_t size, WatchAtomic what) {
  Lane *lane = lane_of(w);
  Strand *s = strand_of(w->g);
  Shadow *shadow = &lane->detector->shadow;
  if (!shadow_covers(shadow, word)) return;
  Record *record = lane->record;
  Sync *sync = record->sync;
  // The access belongs to the epoch that is released with it, and follows what the operation learns.
  if (s->blind) {
    shadow_unlock(shadow, word, lane->held);
    return;
  }
  if (what != WATCH_LOAD && !s->deaf) strand_take_back(s, word, sync);
  if (what != WATCH_STORE && !s->deaf) strand_acquire_sync(lane, s, sync);
  Touch t = {.clock = &s->clock, .stamp = s->stamp | shadow_bytes(word, size < 8 ? size : 8), .site = strand_site(lane, w->g, w->g->pc - 2),
             .write = what != WATCH_LOAD, .atomic = true};
  bool bad = shadow_touch_held(shadow, &lane->shadow, word, record, &t, &lane->held);
  strand_marks(s);
  if (what != WATCH_LOAD && !s->deaf) strand_release_sync(lane, s, word, sync, false);
  shadow_unlock(shadow, word, lane->held);
  if (bad) detector_found(w, word, &t);
}

const Watcher detector_watcher = {
  .spawn = spawn, .finish = finish, .meet = meet, .slot = slot, .close = close, .closed = closed, .set = set, .fired = fired,
  .event = event, .pend = pend, .unpend = unpend, .ignore = ignore, .atomic_begin = atomic_begin, .atomic_end = atomic_end,
};
