// A worker: one thread that runs goroutines. Worker 0 is the thread that called sched_run; the others are started when
// there has been more to do than one worker could for a while, so a script without `go` has one thread.
//
// Where runnable goroutines are:
//   runnext   of a worker: what the running goroutine woke or started last. Private: plain loads and stores, not stolen, and putting
//             one there wakes nobody. At a tick, one that has waited for a whole budget moves to the ring.
//   ring      of a worker: first in, first out; the owner puts at the tail; owner and thieves take at the head with a
//             compare-and-swap. Overflow goes to the global queue, the older half of the ring at a time.
//   inbox     of a worker: what another one handed over before it went to sleep.
//   global    guarded by Sched.lock: overflow, and what comes from threads that are not workers. What overflowed last comes first: it is
//             in the cache yet, and a tree of goroutines is not walked in its whole breadth. The oldest has its turn now and then.
#ifndef SCHED_WORKER_H
#define SCHED_WORKER_H

#include <pthread.h>
#include <stdatomic.h>

#include "sched/goroutine.h"
#include "sched/lock.h"
#include "sched/lock_notes.h"
#include "sched/policy.h"
#include "sched/timer.h"

enum { MACHINE_ENTRIES = 64 }; // power of two
enum { RING_SIZE = 512 }; // power of two

typedef struct Ring {
  _Atomic uint32_t head;                   // owner and thieves: compare-and-swap
  _Atomic uint32_t tail;                   // owner: release store
  _Atomic(Goroutine *) slots[RING_SIZE];   // relaxed: ordered by head and tail
} Ring;

typedef struct RegistryChunk RegistryChunk;

typedef struct GoroutineList {
  Goroutine *first, *last;          // linked by next
  uint32_t count;
} GoroutineList;

struct Worker {
  // --- hot; owner: this worker's thread
  Goroutine *g;                 // the running goroutine
  int32_t budget;               // set by sched_tick; the loop counts it down (in a register if it likes) and calls sched_tick at 0
  bool alone;                   // all others are asleep, if there are any: no Lock is needed (lock.h)
  bool keeps_next;              // constant, of the policy
  Goroutine *runnext;
  HeapCache *heap;              // what natives allocate from
  void *runtime;                // the VM's Runtime
  const Policy *policy;
  Sched *sched;
  uint64_t random;              // state of worker_random
  void *watch;                  // observers' own
  const struct Watcher *watcher; // NULL: nobody observes the run (watcher.h)
  LockNotes *lock_notes;        // of what is taken in the plain loop; NULL: nobody wants to know
  bool leaves;                  // set by an observer: the running goroutine is to go on in another loop
  uint32_t switches;            // goroutines taken up since the last tick
  uint32_t turns;               // how often the policy has chosen: the global queue has its turn now and then
  uint32_t talks, foreign;      // operations on channels since then; those on one that another worker had used last
  int64_t recent_ns, recent_talks, recent_foreign, recent_met; // a tick's, on average, in 1/256; see parallel.c
  uint32_t until_look;          // contention.h: so many operations on locks and atomics until one is looked at
  uint32_t shared_uses, foreign_uses; // since the last tick, of those looked at: on words that goroutines share; ... those of several workers
  uint32_t cost_at_hand;        // constant: cycles that timing one takes if no other processor has the word
  uint64_t lost_cycles;         // since the last tick, waiting for words
  uint64_t tick_cycles;         // when that was
  int64_t recent_lost;          // part of the time that is lost, on average, in 1/65536
  Worker *leave_to;             // it is about to go to sleep and gives what it has to this one
  int32_t last_budget;          // what budget began with at the last tick
  int64_t tick_time;            // when that was
  Goroutine *runnext_seen;      // runnext at the last tick
  uint32_t head_seen;           // ring.head at the last tick that found it moved ...
  int64_t head_since;           // ... and when: how long the first in the ring has been waiting
  Goroutine *free;              // finished goroutines to use again
  uint32_t free_count;
  Goroutine *spare;             // FREE_BATCH more of them, or none
  uint64_t next_id, last_id;    // ids reserved from Sched
  RegistryChunk *registry;      // goroutines made here; newest chunk first, see registry.h
  _Atomic uint64_t spawned, finished; // written by the owner, summed by anyone (relaxed)

  int32_t until_entry;          // the VM's own: so many goroutines taken up until one's place is looked up (vm/machine.h)
  struct MachineEntry { const void *pc, *code; } entries[MACHINE_ENTRIES]; // the VM's own: places that are taken up often, and their machine code

  // --- shared
  Ring ring __attribute__((aligned(64)));
  _Atomic bool fine;            // its goroutines talk all the time: see parallel.c. Set by the owner at ticks (relaxed: a hint)
  _Atomic int64_t keep_until;   // goroutines that were left to it go no further until then. Set under Sched.lock; relaxed: a hint
  int64_t keep_ns;              // guarded by Sched.lock: for how long that was
  _Atomic uint32_t inbox_count; // written under Sched.lock; read without as a hint
  _Atomic bool inviting;        // thieves may take from the ring; set and cleared by the owner at ticks (relaxed: a hint)
  _Atomic uint32_t ticks;       // counts up at each tick (relaxed): one that stands still is stuck in a native
  TimerHeap timers __attribute__((aligned(64)));
  _Atomic uint32_t wake;        // futex; 1: woken. Set by the waker (release), cleared by the owner
  bool idle;                    // in the idle list; guarded by Sched.lock
  bool polling;                 // sleeps in epoll_wait, not on the futex; guarded by Sched.lock
  bool searching;               // counted in Sched.searching; owner, and its waker while it is idle
  Worker *idle_next;            // guarded by Sched.lock
  GoroutineList inbox;          // guarded by Sched.lock: what a worker that went to sleep left to this one
  uint32_t ticks_seen;          // guarded by Sched.lock: ticks when the sleeper last looked
  uint32_t index;               // constant, as block
  void *block;                  // the memory it lies in
  bool running;                 // thread is to be joined; guarded by Sched.lock or the end of the run
  pthread_t thread;
};

// A pseudo-random number (xorshift64*), seeded from Sched's seed and the worker's index. Owner only.
static inline uint64_t worker_random(Worker *w) {
  uint64_t x = w->random;
  x ^= x >> 12, x ^= x << 25, x ^= x >> 27;
  w->random = x;
  return x * 0x2545f4914f6cdd1dull;
}
// Uniform in [0, n), n > 0.
static inline uint32_t worker_random_below(Worker *w, uint32_t n) {
  return (uint32_t)(((worker_random(w) >> 32) * n) >> 32);
}

#endif
