// The one waiting protocol, for channels, select, mutexes, wait groups, conditions, timers and descriptors.
//
//   waiting:  under the lock of every object waited on: fill in a waiter for each, queue it there, set the goroutine's
//             status to G_WAITING; release the locks; return to the loop, which takes another goroutine.
//   firing:   under the object's lock: take a waiter from its queue and claim it. Outside the lock: write the results into
//             the parked frame (value, ok, chosen case), take its other waiters off their queues, and make it ready.
//
// A goroutine that waits on one thing uses the waiter inside it, and whoever takes that from the queue has claimed it. One
// that waits on several things has a WaitSet; its waiters are `shared`, and claiming is one compare-and-swap of
// Goroutine.claim: exactly one wins, everybody else drops the waiter and looks further.
//
// Invariant: whoever has claimed a goroutine owns it, frame and waiters, until it makes it ready. Nobody else keeps a
// pointer to a waiter outside the lock of the object in whose queue it is.
#ifndef SCHED_WAITER_H
#define SCHED_WAITER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Goroutine Goroutine;
typedef struct Worker Worker;
typedef struct Waiter Waiter;

// Guarded by the object's lock; `first` may be looked at without it, to see that nobody waits.
typedef struct WaitQueue {
  _Atomic(Waiter *) first;
  Waiter *last;
} WaitQueue;

struct Waiter {
  Goroutine *g;
  Waiter *next, *prev;   // guarded by the object's lock
  void *object;          // what is waited on: Chan *, an address (sync), Pollable*
  union {
    struct {             // channels
      uint64_t *value;   // slots in the parked frame: to send from, or to receive into (NULL: unwanted)
      uint64_t *ok;      // where a receive's second result goes, or NULL
    };
    struct {             // sync: queues by address
      Waiter *chain;     // first waiter of the next address in the bucket
      Waiter *tail;      // last waiter of this address; kept in the first one
    };
  };
  uint32_t index;        // select: number of the case; cond: ticket
  uint8_t kind;          // WaiterKind; channels
  bool shared;           // one of several in a WaitSet: claim by compare-and-swap
  bool queued;           // in a queue; guarded by the object's lock
};

typedef enum { WAITER_SEND, WAITER_RECV } WaiterKind;

// The waiters of a select. Kept with the goroutine for its next one.
typedef struct WaitSet {
  uint64_t *chosen;      // slot of the parked frame for the index of the case that fired
  uint32_t count, capacity;
  Waiter waiters[];
} WaitSet;

// Claim a waiter of a set, found under the object's lock. False: something else has fired it already.
bool waiter_claim_shared(Waiter *waiter);
void waiter_finish_shared(Worker *w, Waiter *waiter);

// --- queues; the caller holds the object's lock

static inline void waiter_set_first(WaitQueue *queue, Waiter *waiter) { atomic_store_explicit(&queue->first, waiter, memory_order_release); }

static inline void waiter_enqueue(WaitQueue *queue, Waiter *waiter) {
  waiter->next = NULL;
  waiter->prev = queue->last;
  if (queue->last) queue->last->next = waiter;
  else waiter_set_first(queue, waiter);
  queue->last = waiter;
  waiter->queued = true;
}

// It must be queued there.
void waiter_remove(WaitQueue *queue, Waiter *waiter);

// Take the first waiter that can be claimed, and claim it; NULL if there is none. One that is not shared was in this queue
// only: whoever takes it has claimed it.
static inline Waiter *waiter_take(WaitQueue *queue) {
  for (Waiter *waiter; (waiter = atomic_load_explicit(&queue->first, memory_order_relaxed));) {
    Waiter *next = waiter->next;
    waiter_set_first(queue, next);
    if (next) next->prev = NULL;
    else queue->last = NULL;
    waiter->next = NULL;
    waiter->queued = false;
    if (!waiter->shared || waiter_claim_shared(waiter)) return waiter;
    // Fired by another object, which will not find it queued here any more.
  }
  return NULL;
}

// After claiming and writing value and ok, outside all locks: finish with a shared waiter: report the case, take the others
// off their queues. Then the goroutine can be made ready.
static inline void waiter_finish(Worker *w, Waiter *waiter) {
  if (waiter->shared) waiter_finish_shared(w, waiter);
}

#endif
