// What orders goroutines, as https://go.dev/ref/mem states it: go statements, channels, timers, package sync, atomic operations.
#include <string.h>

#include "base/assert.h"
#include "sched/chan.h"
#include "sched/sync.h"
#include "sched/timer.h"
#include "vm/runtime.h"
#include "watch/access.h"
#include "watch/strand.h"
#include "watch/word.h"

enum { MAIN_ID = 1 }; // to reports, every input of a session is the main goroutine

// What objects of the scheduler keep in `watch`. Those of an earlier generation are made anew.
typedef struct TimerClock {
  uint32_t generation;
  Clock clock;
} TimerClock;

// --- goroutines

static Strand *strand_for(Worker *w, Goroutine *g) {
  Strand *s = g->watch;
  const char *cells = lane_of(w)->detector->shadow.cells;
  if (!s) {
    s = g->watch = heap_alloc(w->heap, sizeof *s, false);
    s->cells = cells;
    return s;
  }
  Place *places = s->room <= 64 ? s->places : NULL;
  uint32_t room = places ? s->room : 0;
  clock_clear(&s->clock); // much of it may stay as it is
  memset(s, 0, offsetof(Strand, clock));
  s->cells = cells;
  s->places = places;
  s->room = room;
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
  if (s->room) { // its first frame
    s->places[0] = (Place){NULL, 0, s->root, NULL};
    s->depth = s->old = 1;
  }
  Clock *c = &s->clock;
  c->self = chain;
  c->epoch = c->changed = epoch;
  c->touched = true;
  c->heirs = lane_of(w)->detector->chains->heirs;
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

// Most goroutines are started where the one before was.
static Site root_of(Lane *lane, Site from, const Instr *go) {
  __typeof__(lane->last_root) *last = &lane->last_root;
  if (last->root && last->go == go && last->from == from) return last->root;
  Site root = context_root(lane->detector->contexts, &lane->contexts, from, go);
  *last = (__typeof__(*last)){go, from, root};
  return root;
}

static bool is_alone(const Worker *w) { return detector_is_alone(lane_of(w)->detector); }

static void company(Worker *w) {
  if (is_alone(w)) detector_end_solitude(w);
}

static void spawn(Worker *w, Goroutine *child, Timer *timer) {
  Lane *lane = lane_of(w);
  Detector *d = lane->detector;
  if (timer) ASSERT(!is_alone(w), "a goroutine begins that was not expected");
  else if (w->g) company(w);
  Strand *parent = !timer && w->g ? strand_of(w->g) : NULL, *s = strand_for(w, child);
  Clock *c = &s->clock;
  uint32_t epoch = 1, chain;
  ChainList none = {0};
  if (parent) {
    if (parent->deaf) {
      chain = chain_take(d->chains, &lane->maker, c, &none, c, child->id, &epoch);
    } else {
      clock_spawn(&lane->maker, &parent->clock, c);
      strand_told(lane, parent);
      chain = chain_take(d->chains, &lane->maker, &parent->clock, &parent->children, c, child->id, &epoch);
    }
    s->parent = parent->clock.self;
    s->root = root_of(lane, strand_context(lane, w->g), child->created_at);
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
// What it does need not be told to anybody.
static bool is_unheard(const Worker *w) { return is_alone(w) || is_deaf(w); }

static void ignore(Worker *w, int order, int memory) {
  Strand *s = strand_of(w->g);
  s->deaf += (uint32_t)order;
  s->blind += (uint32_t)memory;
}

// --- channels

enum { SLOTS_AT_ONCE = 64, SLOT_FIRST = 12 };

// What there is to learn from a place of a buffer, and nobody's own. In most programs it is of a few chains, and a buffer has many places that come in turn:
// so it fits a line of the cache.
typedef struct Slot {
  Clock *all;      // what does not fit; NULL: it does
  uint64_t unused; // what follows is loaded and stored 16 bytes at a time
  uint32_t first[SLOT_FIRST];
} Slot;
_Static_assert(sizeof(Slot) == 64 && SLOT_FIRST + 4 == CLOCK_HALF, "see pass");

// Chan.watch, guarded by the channel's lock.
typedef struct ChanClocks {
  uint32_t generation;
  // The last send that mark_send knows of, if the channel's cell has no more to say than that it was a read:
  const Instr *send; // NULL: none, or it has
  uint64_t mark;   // what it left there
  Site from;       // in that context
  uint32_t locks;  // holding that set
  Clock *closed;   // NULL: nobody has closed it
  Slot *slots[];   // of SLOTS_AT_ONCE places of the buffer; NULL: not used yet
} ChanClocks;

static ChanClocks *clocks_of(Worker *w, Chan *c) {
  uint32_t generation = lane_of(w)->generation;
  ChanClocks *clocks = c->watch;
  if (!clocks || clocks->generation != generation) {
    size_t n = ((size_t)c->capacity + SLOTS_AT_ONCE - 1) / SLOTS_AT_ONCE;
    c->watch = clocks = heap_alloc(w->heap, sizeof(ChanClocks) + n * sizeof(Slot *), false);
    clocks->generation = generation;
  }
  return clocks;
}

static __attribute__((noinline)) Slot *slot_at_slow(Worker *w, Chan *c, uint32_t index) {
  Slot **slots = &clocks_of(w, c)->slots[index / SLOTS_AT_ONCE];
  if (!*slots) *slots = heap_alloc(w->heap, (c->capacity < SLOTS_AT_ONCE ? c->capacity : SLOTS_AT_ONCE) * sizeof **slots, false);
  return *slots + index % SLOTS_AT_ONCE;
}
static inline Slot *slot_at(Worker *w, Chan *c, uint32_t index) {
  const ChanClocks *clocks = c->watch;
  Slot *slots = clocks && clocks->generation == lane_of(w)->generation ? clocks->slots[index / SLOTS_AT_ONCE] : NULL;
  return __builtin_expect(slots != NULL, 1) ? slots + index % SLOTS_AT_ONCE : slot_at_slow(w, c, index);
}

// With many chains.
static __attribute__((noinline)) void pass_slow(Worker *w, Strand *s, Slot *k) {
  Lane *lane = lane_of(w);
  if (!k->all) {
    k->all = heap_alloc(w->heap, sizeof *k->all, false);
    memcpy(k->all->first, k->first, sizeof k->first);
  }
  if (clock_exchange(&s->clock, k->all)) {
    strand_told(lane, s);
    return;
  }
  strand_acquire(lane, s, k->all);
  strand_release(lane, s, k->all);
}

// The k-th receive happens before the completion of the send k + capacity: both go by the place in the buffer, and learn from it and tell it in one.
static inline __attribute__((always_inline)) void pass(Worker *w, Strand *s, Chan *c, uint32_t index) {
  Slot *k = slot_at(w, c, index);
  Clock *own = &s->clock;
  __m128i rest = _mm_loadu_si128((const __m128i *)&own->first[SLOT_FIRST]);
  if (__builtin_expect(k->all || !clock_has_no_map(own) || own->wide || own->self - 1 >= SLOT_FIRST - 1 || !_mm_testz_si128(rest, rest), 0)) {
    pass_slow(w, s, k);
    return;
  }
#pragma GCC unroll 3
  for (uint32_t i = 0; i < SLOT_FIRST; i += 4) {
    __m128i x = _mm_loadu_si128((const __m128i *)&own->first[i]), y = _mm_loadu_si128((const __m128i *)&k->first[i]), both = _mm_max_epu32(x, y);
    _mm_storeu_si128((__m128i *)&own->first[i], both);
    _mm_storeu_si128((__m128i *)&k->first[i], both);
  }
  k->first[own->self] = clock_tell(own);
  strand_told(lane_of(w), s);
}

static void slot(Worker *w, Goroutine *g, Chan *c, uint32_t index) {
  if (!is_unheard(w)) pass(w, strand_of(g), c, index);
}

static __attribute__((noinline)) void mark_send_slow(Worker *w, const Instr *send, Chan *c) {
  Lane *lane = lane_of(w);
  Strand *s = strand_of(w->g);
  const Cell *cell = shadow_cell(s->cells, c);
  if (!c->watch && stamp_chain(cell_look(&cell->read)) == s->clock.self) clocks_of(w, c); // it has sent before
  access_words(w, send, c, 8, false);
  ChanClocks *clocks = c->watch;
  if (!clocks || clocks->generation != lane->generation) return;
  Site site = 0;
  uint64_t mark = s->stamp | 0xff;
  if (!s->blind && !cell_look(&cell->write) && cell_look(&cell->read) == mark) site = access_site(lane, w->g, s, send, 0);
  clocks->send = site && shadow_sites(&lane->detector->shadow, c)->read == site ? send : NULL;
  clocks->mark = mark;
  clocks->from = s->here;
  clocks->locks = strand_locks(lane, s);
}
// A send is a read of the channel, for the sake of close. Where the last send is the sender's own, of an earlier epoch, and from the same place, it is the
// epoch of its mark that changes: there is nothing else that it could race with.
static inline __attribute__((always_inline)) void mark_send(Worker *w, Strand *s, const Instr *send, Chan *c) {
  ChanClocks *clocks = c->watch;
  Cell *cell = shadow_cell(s->cells, c);
  if (__builtin_expect(clocks && clocks->send == send && cell_look(&cell->read) == clocks->mark && stamp_chain(clocks->mark) == s->clock.self &&
                         !cell_look(&cell->write) && !s->blind && access_is_from(w->g, s, clocks->from, clocks->locks), 1)) {
    clocks->mark = s->stamp | 0xff;
    atomic_store_explicit(&cell->read, clocks->mark, memory_order_relaxed);
    strand_marks(s);
  } else {
    mark_send_slow(w, send, c);
  }
}

bool detector_chan_put(Worker *w, const Instr *send, Chan *c, const uint64_t *value) {
  uint32_t place;
  if (!chan_has_room(w, c, &place)) {
    if (send && w->alone && c && !c->capacity) mark_send(w, strand_of(w->g), send, c); // sooner or later, in any case
    return false;
  }
  Strand *s = strand_of(w->g);
  if (send) mark_send(w, s, send, c);
  if (!s->deaf) pass(w, s, c, place);
  chan_put_at(w, c, place, value);
  return true;
}

bool detector_chan_take(Worker *w, Chan *c, uint64_t *value) {
  uint32_t place;
  if (!chan_has_some(w, c, &place)) return false;
  Strand *s = strand_of(w->g);
  if (!s->deaf) pass(w, s, c, place);
  chan_take_at(w, c, place, value);
  return true;
}

static void meet(Worker *w, Goroutine *other) {
  if (!is_unheard(w)) strand_meet(lane_of(w), strand_of(w->g), strand_of(other));
}

static void close(Worker *w, Chan *c) {
  if (is_unheard(w)) return;
  Clock **closed = &clocks_of(w, c)->closed;
  if (!*closed) *closed = heap_alloc(w->heap, sizeof **closed, false);
  strand_release(lane_of(w), strand_of(w->g), *closed);
}
static void closed(Worker *w, Goroutine *g, Chan *c) {
  if (is_unheard(w)) return;
  Clock *closed = clocks_of(w, c)->closed;
  if (closed) strand_acquire(lane_of(w), strand_of(g), closed);
}

// --- timers

static void set(Worker *w, Timer *t) {
  if (t->closure) company(w);
  if (!is_unheard(w)) strand_release(lane_of(w), strand_of(w->g), timer_clock(lane_of(w), t, true));
}

static void fired(Worker *w, Goroutine *g, Timer *t) {
  Clock *start = timer_clock(lane_of(w), t, false);
  if (start && !is_unheard(w)) strand_acquire(lane_of(w), strand_of(g), start);
}

// --- what natives do with words in memory (word.h)

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

// The locks that it holds when it gets company are of interest.
static void event_alone(Worker *w, WatchEvent e, void *word) {
  if (e != WATCH_LOCK && e != WATCH_RW_LOCK && e != WATCH_RLOCK) return;
  LockNotes *notes = lane_of(w)->detector->lone_locks;
  if (notes->count == LOCK_NOTES) lock_notes_sift(notes);
  notes->at[notes->count++] = (LockNote){word, (const Instr *)(uintptr_t)w->g->fp[0], e == WATCH_RLOCK}; // the caller of the native that runs
}

static void event(Worker *w, WatchEvent e, void *word) {
  Strand *s = strand_of(w->g);
  if (is_alone(w)) {
    event_alone(w, e, word);
    return;
  }
  if (!word) {
    if (!s->deaf) files(w, s, e == WATCH_POST);
    return;
  }
  switch (e) {
  case WATCH_RW_LOCK:
    word_wait(w, s, word_readers(word));
    // fall through
  case WATCH_LOCK: word_hold(w, s, word, NULL, false); break;
  case WATCH_RLOCK: word_hold(w, s, word, NULL, true); break;
  case WATCH_UNLOCK: case WATCH_RW_UNLOCK: word_let_go(w, s, word, false); break;
  case WATCH_RUNLOCK: word_let_go(w, s, word, true); break;
  case WATCH_POST: word_post(w, s, word, true); break;
  case WATCH_GIVE: word_post(w, s, word, false); break;
  case WATCH_WAIT: word_wait(w, s, word); break;
  }
}

static void pend(Worker *w, WatchEvent e, void *word) {
  if (is_alone(w)) return; // nobody is there to wake it
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

const Watcher detector_watcher = {
  .spawn = spawn, .finish = finish, .company = company, .meet = meet, .slot = slot, .close = close, .closed = closed, .set = set, .fired = fired,
  .event = event, .pend = pend, .unpend = unpend, .ignore = ignore, .atomic_begin = word_atomic_begin, .atomic_end = word_atomic_end,
};
