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
  uint32_t at; // of the frame, slots from the start of the stack
  Site site;
} Place;

typedef struct Strand {
  // --- the loop's
  uint64_t stamp;        // of what it does now, without bytes: chain and epoch
  uint32_t low;          // frames up to this one have been on the stack since `places` were made
  uint8_t pending;       // WatchEvent + 1: what has happened by the time it goes on; 0: nothing
  // ---
  void *pending_word;
  Clock clock;
  uint32_t marked;       // last epoch in which it left a mark in shadow memory
  uint32_t parent;       // chain that started it; 0: none
  ChainList children;
  uint64_t id;           // as Goroutine.id
  Site root;             // where it begins
  uint32_t depth, room;  // of places
  Place *places;         // outermost first; heap, pointer-free
  HeldLocks *locks;      // NULL before the first; heap, pointer-free
} Strand;

typedef struct Lane {
  Detector *detector;
  ClockMaker maker;
  ShadowCache shadow;
  ContextCache contexts;
  uint64_t held;         // of the word whose atomic operation is under way
} Lane;

struct Detector {
  Observer observer;     // constant, as program and report
  Shadow shadow;
  const Program *program;
  Report *report;
  // From the first worker's start to detector_forget:
  bool begun;            // changes under `lock`
  uint32_t generation;   // counts those times: clocks of an earlier one say nothing
  Chains *chains;
  Contexts *contexts;
  CodeSet *code;         // NULL: code stays anyway
  LockSets *locks;
  Clock *prompt;         // what the last input of a session knew at its end; heap_root
  pthread_mutex_t lock;  // rank: outermost but for cells. Guards reports, and what follows
  uint64_t *told;        // hashes of the pairs of places that were reported; 0: free
  uint32_t told_count, told_room;
  ShadowCache outside;   // of threads that are no workers
  Clock *files;          // what was written to files and pipes; guarded by lock; heap_root
};

static inline Lane *lane_of(const Worker *w) { return w->watch; }
static inline Strand *strand_of(const Goroutine *g) { return g->watch; }

// The calling context of the running goroutine, whose fp was saved.
Site strand_context(Lane *lane, const Goroutine *g);
// The site of an access by it at pc, in that context.
Site strand_site(Lane *lane, const Goroutine *g, const Instr *pc);

// --- clock of a strand
// It has left a mark with its epoch.
static inline void strand_marks(Strand *s) {
  s->marked = s->clock.epoch;
  s->clock.touched = true;
}
void strand_release(Lane *lane, Strand *s, Clock *out);
void strand_acquire(Lane *lane, Strand *s, Clock *from);

// What the scheduler tells (sync.c).
extern const Watcher detector_watcher;
// A goroutine that nobody has listened to so far (Observer.adopt).
void detector_adopt(Worker *w, Goroutine *g);
// The running goroutine goes on, and something is pending.
void detector_settle(Worker *w);
// An access to any number of bytes (detector.c); w->g->fp was saved.
void detector_access(Worker *w, const Instr *pc, const void *address, size_t size, bool write);
// Tell of a race (found.c).
void detector_found(Worker *w, const void *address, const Touch *t);

// The loop that has the fast path in it.
void loop_race(Worker *w, Goroutine *g);

#endif
