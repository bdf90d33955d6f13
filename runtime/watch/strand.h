// A goroutine as the race detector sees it (Goroutine.watch), and what a worker keeps for it (Worker.watch).
//
// A strand belongs to its goroutine, as the goroutine does to whoever runs it or has claimed it while it is parked. It stays with a
// finished goroutine for the next one.
#ifndef WATCH_STRAND_H
#define WATCH_STRAND_H

#include "sched/watcher.h"
#include "vm/observer.h"
#include "watch/chain.h"
#include "watch/locks.h"
#include "watch/detector.h"
#include "watch/shadow.h"

// The calling context of a frame that was on the stack when it was last needed.
typedef struct Place {
  const Instr *call; // that made the frame; NULL: the bottom
  uint32_t at;       // of the frame, slots from the start of the stack
  Site site;
  const Instr *anchor; // of that context, when it is known (context_near)
} Place;

typedef struct Strand {
  // --- the loop's
  uint64_t stamp;        // of what it does now, without bytes: chain, and its epoch or an earlier one that goes on (strand_take_back)
  const char *cells;     // Shadow.cells
  uint32_t low;          // frames up to this one have been on the stack since `places` were made
  Site here;             // the context of that frame, places[depth - 1].site; 0: to be looked up
  uint8_t pending;       // WatchEvent + 1: what has happened by the time it goes on; 0: nothing
  // ---
  void *pending_word;
  KnownEpoch known[SHADOW_KNOWN]; // that its clock knows for sure, of chains that were asked for lately
  uint32_t marked;       // last epoch in which it left a mark in shadow memory
  const void *released;  // the word that got the last epoch, if the epoch rose with it; NULL: nothing of the kind
  uint64_t learnt;       // of that word's Sync at that time
  uint64_t since;        // `stamp` at that time
  bool back;             // its epoch had been released, and goes on
  uint32_t deaf, blind;  // sections it is in, see Watcher.ignore
  uint32_t parent;       // chain that started it; 0: none
  ChainList children;
  uint64_t id;           // as Goroutine.id
  Site root;             // where it begins
  uint32_t depth, old, room; // places[0 .. depth) are on the stack, [depth .. old) were above them before, each called by the one below
  Place *places;         // outermost first; heap, pointer-free
  HeldLocks *locks;      // NULL before the first; heap, pointer-free
  Clock clock;           // the last
} Strand;

// An atomic operation on a word of one's own (word.c), so that the next one like it looks nothing up. While the cell has that handle, its record's
// first mark is what the goroutine of that chain left there, and nobody else has written since.
typedef struct Step {
  const Instr *call;     // NULL: none
  const void *word;
  const Cell *cell;      // the word's
  uint64_t handle;
  Record *record;
  Sync *sync;
  uint32_t chain, locks; // the set's number
  Site from, site;       // the frame's context, and the operation's place in it
} Step;
_Static_assert(sizeof(Step) == 64, "found by a shift");

// A word that synchronises, as it was found last: while the cell has that handle it has that record, and the record that Sync.
typedef struct FoundSync {
  const void *word;      // NULL: none
  const Cell *cell;      // the word's
  uint64_t handle;
  Record *record;
  Sync *sync;
} FoundSync;

enum { LANE_STEPS = 16, LANE_FOUND = 16 };

typedef struct Lane {
  Detector *detector;
  uint32_t generation;   // the detector's
  uint32_t last_epoch;   // of its chains
  ClockMaker maker;
  ShadowCache shadow;
  ContextCache contexts;
  uint64_t held;         // of the word whose atomic operation is under way
  Record *record;        // likewise
  Site site;             // of that; 0: to be looked up
  Step steps[LANE_STEPS]; // by call
  FoundSync found[LANE_FOUND]; // by word
  struct { const Instr *go; Site from, root; } last_root; // where the goroutine begins that was started last; root 0: none was
} Lane;

struct Detector {
  Observer observer;     // constant while there are goroutines on several workers
  // There is no goroutine but main, nor can one begin that main does not start: what it does happens before all that any other ever does. Nothing is
  // remembered of it but what locks it holds; it has no marks in shadow memory, and words and channels no clocks. Changes but once, on the worker that
  // runs main. Relaxed: others look only when they have got a goroutine from there, or do the same either way.
  _Atomic bool alone;
  LockNotes *lone_locks; // what main has taken in that time; heap_root
  Shadow shadow;
  const Program *program; // constant, as report
  Report *report;
  // From the first worker's start to detector_forget:
  bool begun;            // changes under `lock`
  uint32_t generation;   // counts those times: clocks of an earlier one say nothing
  Chains *chains;
  Contexts *contexts;
  CodeSet *code;         // NULL: code stays anyway
  uint8_t doubled;       // times: what a session may keep. Its thread's
  LockSets *locks;
  Clock *prompt;         // what the last input of a session knew at its end; heap_root
  pthread_mutex_t lock;  // rank: outermost but for cells. Guards reports, and what follows
  uint64_t *told;        // hashes of the pairs of places that were reported; 0: free
  uint32_t told_count, told_room;
  ShadowCache outside;   // of threads that are no workers
  Clock *files;          // what was written to files and pipes; guarded by lock; heap_root
};

static inline bool detector_is_alone(const Detector *d) { return __builtin_expect(atomic_load_explicit(&((Detector *)d)->alone, memory_order_relaxed), 0); }
void detector_end_solitude(Worker *w); // see Detector.alone; the next instruction is of another loop

static inline Lane *lane_of(const Worker *w) { return w->watch; }
static inline Strand *strand_of(const Goroutine *g) { return g->watch; }

// The calling context of the running goroutine, whose fp was saved.
Site strand_context_slow(Lane *lane, const Goroutine *g);
static inline Site strand_context(Lane *lane, const Goroutine *g) {
  const Strand *s = strand_of(g);
  uint32_t at = (uint32_t)(g->fp - g->stack);
  if (s->low == at && s->here) return s->here;
  return strand_context_slow(lane, g);
}
// The set of locks that it holds.
static inline uint32_t strand_locks(Lane *lane, const Strand *s) { return s->locks ? locks_set(lane->detector->locks, s->locks) : LOCKS_NONE; }
// The site of an access by it at pc, in that context.
static inline Site strand_site(Lane *lane, const Goroutine *g, const Instr *pc) {
  Site context = strand_context(lane, g);
  const Strand *s = strand_of(g);
  uint32_t locks = strand_locks(lane, s);
  if (locks == LOCKS_NONE) {
    Place *top = &s->places[s->depth - 1];
    if (!top->anchor) top->anchor = context_make_anchor(lane->detector->contexts, context, pc);
    Site near = top->anchor ? context_near(context, top->anchor, pc) : 0;
    if (__builtin_expect(near != 0, 1)) return near;
  }
  return context_access(lane->detector->contexts, &lane->contexts, context, pc, locks);
}

Site strand_site_slow(Lane *lane, const Goroutine *g, const Instr *pc); // the same out of line

// --- clock of a strand
// Is what bears the stamp before what it does now?
bool strand_looks_up(Strand *s, uint64_t stamp);
static inline bool strand_is_after(Strand *s, uint64_t stamp) {
  uint32_t chain = stamp_chain(stamp);
  if (chain == s->clock.self) return true;
  const KnownEpoch *k = &s->known[chain % SHADOW_KNOWN];
  return (k->chain == chain && k->epoch >= stamp_epoch(stamp)) || strand_looks_up(s, stamp);
}
// It has left a mark with its epoch.
static inline void strand_marks(Strand *s) {
  s->marked = s->clock.epoch;
  s->clock.touched = true;
}
static inline void strand_restamp(Strand *s) { s->stamp = shadow_stamp(s->clock.self, s->clock.epoch); }
void strand_change_chain(Lane *lane, Strand *s);
// Something has got its epoch.
static inline void strand_told(Lane *lane, Strand *s) {
  s->released = NULL;
  s->back = false;
  if (__builtin_expect(chain_worn(lane->last_epoch, s->clock.epoch), 0)) strand_change_chain(lane, s);
  strand_restamp(s);
}
static inline void strand_release(Lane *lane, Strand *s, Clock *out) {
  clock_release(&s->clock, out);
  strand_told(lane, s);
}
void strand_learnt(Strand *s);
static inline void strand_acquire(Lane *lane, Strand *s, Clock *from) {
  if (clock_acquire(&lane->maker, &s->clock, from)) strand_learnt(s);
}
// Each knows from now on what the other has done.
void strand_meet(Lane *lane, Strand *a, Strand *b);
// The same with a word that synchronises, whose cell is locked. merge: what others have released there stays.
static inline void strand_release_sync(Lane *lane, Strand *s, const void *word, Sync *out, bool merge) {
  uint64_t since = s->stamp;
  uint32_t epoch = s->clock.epoch, chain = s->clock.self;
  if (merge) clock_release_into(&lane->maker, &s->clock, &out->clock);
  else clock_release(&s->clock, &out->clock);
  strand_told(lane, s);
  if (s->clock.epoch == epoch || s->clock.self != chain) return;
  s->released = word;
  s->learnt = out->learnt;
  s->since = since;
}
// The same, without `merge`, for a word that has its very map already, told by s itself, if `may`.
static inline __attribute__((always_inline)) bool strand_may_tell_again(const Lane *lane, const Strand *s, const Sync *out) {
  const Clock *c = &s->clock;
  return __builtin_expect(out->clock.self == c->self && out->clock.changed == c->changed && !chain_worn(lane->last_epoch, c->epoch + 1), 1);
}
static inline __attribute__((always_inline)) void strand_tell_again(Strand *s, const void *word, Sync *out) {
  Clock *c = &s->clock;
  s->since = s->stamp;
  s->back = false;
  s->released = c->touched ? word : NULL; // else the epoch does not rise
  s->learnt = out->learnt;
  clock_tell_first(c, &out->clock);
  strand_restamp(s);
}
// The same with `merge`, where the goroutine knows few chains, and the last epoch of its own is far. False: nothing was done.
static inline __attribute__((always_inline)) bool strand_release_few_into(Strand *s, const void *word, Sync *out) {
  bool rises = s->clock.touched;
  if (!clock_release_few_into(&s->clock, &out->clock)) return false;
  s->since = s->stamp;
  s->back = false;
  s->released = rises ? word : NULL;
  s->learnt = out->learnt;
  strand_restamp(s);
  return true;
}
static inline void strand_acquire_sync(Lane *lane, Strand *s, Sync *from) {
  if (from->clock.self == s->clock.self) return; // it knows what it did itself
  from->learnt++;
  strand_acquire(lane, s, &from->clock);
}
// s has got the word, and will release to it before anybody else can acquire from it: a lock. If that is what s released to last, and nobody has learnt of it
// in between, what s does goes on bearing the epoch of before. So a lock that stays with one goroutine costs no epochs, and the memory that it guards stays on
// the fast path.
//
// Invariant: nobody but s knows the epoch that its stamp bears, or a later one, of its chain, nor can before s releases again; and that release tells of
// all that bears any of them, since it tells of clock.epoch, or of the one before if nothing bears that. So it is all the same to others which of these
// epochs an access bears, and what bears the stamp in a cell has met all that there was to meet: what else touched the cell since was not ordered after it.
// If something has been done in the next epoch the clock stays in it, and only the stamp goes back.
static inline __attribute__((always_inline)) void take_back(Strand *s) {
  if (!s->clock.touched) { // nothing bears the next one, nor has anything been learnt in it
    clock_take_back(&s->clock);
    s->back = true;
  }
  s->released = NULL;
  s->stamp = s->since;
}
static inline void strand_take_back(Strand *s, const void *word, const Sync *sync) {
  const Clock *c = &s->clock;
  // `released`: nothing else has got this epoch.
  if (s->released != word || s->learnt != sync->learnt || clock_knows(&sync->clock, c->self) + 1 != c->epoch) return;
  take_back(s);
}

// What the scheduler tells (sync.c).
extern const Watcher detector_watcher;
// A goroutine that nobody has listened to so far (Observer.adopt).
void detector_adopt(Worker *w, Goroutine *g);
// The running goroutine goes on, and something is pending.
void detector_settle(Worker *w);
// Send and receive as in chan.h. send: the instruction, if it counts as a read of the channel; w->g->fp was saved then. False: nothing was done.
bool detector_chan_put(Worker *w, const Instr *send, Chan *c, const uint64_t *value);
bool detector_chan_take(Worker *w, Chan *c, uint64_t *value);
// An access to any number of bytes (detector.c); w->g->fp was saved.
void detector_access(Worker *w, const Instr *pc, const void *address, size_t size, bool write);
// One to bytes of one word, at a site, that needs more than access.h does.
void detector_touch(Worker *w, const void *p, uint64_t stamp, Site site, bool write);
// Tell of a race (found.c).
void detector_found(Worker *w, const void *address, const Touch *t);

// The loop that has the fast path in it.
void loop_race(Worker *w);

#endif
