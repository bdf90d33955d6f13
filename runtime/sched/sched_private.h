// What the files of this folder share about the scheduler itself.
#ifndef SCHED_SCHED_PRIVATE_H
#define SCHED_SCHED_PRIVATE_H

#include <pthread.h>

#include "sched/poller.h"
#include "sched/sched.h"
#include "sched/sync_table.h"

enum {
  FREE_BATCH = 256,   // finished goroutines are passed on between workers in lists of this length
  IDS_AT_ONCE = 16,
  USES_BITS = 8,
};

// Goroutines made by one worker, in the order made. Chunks are heap_root memory: they keep every goroutine alive.
struct RegistryChunk {
  RegistryChunk *next;              // older
  _Atomic uint32_t count;           // release when an entry is complete; readers acquire
  Goroutine *entries[508];
};

struct Sched {
  // --- constant after sched_new
  const Policy *policy;
  SchedHooks hooks;
  void *runtime;
  const Program *program;
  uint64_t seed;
  uint32_t max_workers;             // entries of workers
  bool spread;                      // see SchedConfig
  SyncTable *sync;

  // --- read by all
  _Atomic bool stopping;            // relaxed: noticed at the next tick
  _Atomic uint32_t limit;           // GOMAXPROCS: more workers than this are not started or woken
  _Atomic uint32_t started;         // workers[0 .. started) exist; release when one is added
  _Atomic uint32_t searching;       // workers looking for something to steal, or woken to do so
  _Atomic uint32_t idle_count;      // written under lock; read without as a hint
  _Atomic uint32_t global_count;    // likewise: goroutines in global and spilled
  _Atomic uint32_t expected;        // events from outside to come. Added to by running workers; taken from under lock
  _Atomic uint64_t next_id;
  _Atomic uint64_t uses[1 << USES_BITS]; // who uses which words: contention.c
  _Atomic int64_t flushed;          // when hooks.flush was last called by a tick

  pthread_mutex_t lock;             // rank: leaf. Guards the rest of this block
  GoroutineList global;             // from outside, or yielded when the ring was full: first in, first out
  GoroutineList *spilled;           // what else no ring had room for, each list half a ring; the registry keeps them alive
  uint32_t spills, spill_capacity;
  Worker *idle;                     // linked by idle_next
  Worker *alone;                    // the one with that flag, if there are others; see worker.c
  Worker *sleeper;                  // the idle worker that wakes up for timers; NULL: none
  int64_t sleep_until;              // when it will
  SchedEnd end;
  bool halting;                     // it is no end: sched_halt
  bool goexited;                    // main called runtime.Goexit

  pthread_mutex_t free_lock;        // rank: leaf. Guards batches
  Goroutine **batches;              // lists of FREE_BATCH finished goroutines, for any worker
  uint32_t batch_count, batch_capacity;

  Worker *poster;                   // a session's: no worker, but what sched_post makes goroutines with. Constant once serving
  _Atomic bool attend;              // sched_attend was called (relaxed: whoever called it took note of why in its own way)
  _Atomic(Goroutine *) to_cancel;   // sched_cancel's request, with cancel_id: guarded by lock; read without as a hint
  uint64_t cancel_id;

  _Atomic(Poller *) poller;         // made at first use, under lock
  _Atomic(Pool *) pool;
  void *policy_data;
  int64_t clock_start, wall_start;  // when the run began
  Worker *workers[];
};

static inline uint32_t sched_started(const Sched *s) { return atomic_load_explicit(&((Sched *)s)->started, memory_order_acquire); }

// --- goroutine.c
void goroutine_finish(Worker *w, Goroutine *g);     // to the free ones
void goroutines_deinit(Worker *w);

// --- sched.c
void sched_end_locked(Sched *s, SchedEnd end);      // lock held: the run ends; wake everybody
// Called with lock held when a worker has gone idle or something expected will not come: ends the run if nothing can ever happen.
void sched_check_deadlock_locked(Sched *s);
void global_put_locked(Sched *s, GoroutineList list); // behind what is there
void sched_loop(Worker *w);                         // run goroutines until the run ends

// --- worker.c
Worker *worker_new(Sched *s, uint32_t index);
void workers_join(Sched *s);                        // the run is ending: wait until all but worker 0 have left
void workers_restart(Sched *s);                     // a new run: give those of the last one threads again
// There is more to do than the running workers do: wake an idle one, or start one, unless one is looking for work already.
void worker_summon(Worker *w);
void worker_end_search(Worker *w);
void worker_sleep(Worker *w);                       // nothing found: sleep until woken, a timer is due or a descriptor ready
void worker_wake(Worker *w);                        // it has been taken from the idle list; lock held
Worker *idle_take_locked(Sched *s);                 // an idle worker to wake, no longer idle; NULL: none
void idle_remove_locked(Sched *s, Worker *w);
void worker_claim_alone(Worker *w);                 // it runs, and no Lock is held: set its flag if all others are idle
void worker_end_alone_locked(Worker *w);            // it, or nobody, has the flag; it holds no Lock
static inline uint32_t worker_ring_count(const Worker *w) { // exact for the owner when alone, else at most this many
  Ring *r = (Ring *)&w->ring;
  return atomic_load_explicit(&r->tail, memory_order_relaxed) - atomic_load_explicit(&r->head, memory_order_relaxed);
}

// --- sched.c
static inline bool attend_wanted(Sched *s) { return atomic_load_explicit(&s->attend, memory_order_relaxed); }
void attend(Worker *w, uint32_t tick);              // call the hook, if that is wanted; tick: 0 if it is not at one

// --- cancel.c
void cancel_requested(Worker *w);                   // take up sched_cancel's request
static inline bool cancel_pending(Sched *s) { return atomic_load_explicit(&s->to_cancel, memory_order_relaxed) != NULL; }

// --- parallel.c
bool worker_sees_invitation(Worker *w);             // somebody else's ring may be stolen from

// --- poller.c
typedef struct PollEvents {
  uint32_t count;
  struct { uint64_t id; uint32_t events; } items[64];
} PollEvents;
// Sleep until a descriptor is ready, or interrupted, or timeout ns have passed (< 0: no end). Makes nothing ready.
void poller_wait(Worker *w, int64_t timeout, PollEvents *events);
// Make ready who waits for these events. True if any.
bool poller_fire(Worker *w, PollEvents *events);
bool poller_run(Worker *w);                         // both, without sleeping; false at once if no descriptor was ever opened
void poller_interrupt(Poller *p);                   // wake the worker that sleeps in poller_wait

static inline void list_append(GoroutineList *list, Goroutine *g) {
  g->next = NULL;
  if (list->last) list->last->next = g;
  else list->first = g;
  list->last = g;
  list->count++;
}

// More, or less, is in the global queue; lock held.
static inline void global_count_locked(Sched *s, int32_t more) {
  uint32_t count = atomic_load_explicit(&s->global_count, memory_order_relaxed);
  atomic_store_explicit(&s->global_count, count + (uint32_t)more, memory_order_relaxed);
}
// Is anything in it? Exact with the lock held, else a hint.
static inline bool global_waits(Sched *s) { return atomic_load_explicit(&s->global_count, memory_order_relaxed) > 0; }

static inline Goroutine *list_take(GoroutineList *list) {
  Goroutine *g = list->first;
  if (!g) return NULL;
  list->first = g->next;
  if (!list->first) list->last = NULL;
  list->count--;
  g->next = NULL;
  return g;
}

#endif
