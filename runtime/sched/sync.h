// What package sync stands on. Each function works on a state word inside the user's struct whose zero value is usable;
// who waits is kept by the address of that word in a table of the scheduler, never in the user's memory: copying or
// overwriting a mutex can hang a program but not break it.
//
// A native returns what it gets:  SYNC_DONE -> NATIVE_DONE, SYNC_PARKED -> NATIVE_PARKED, SYNC_RETRY -> NATIVE_RETRY (the
// same call is made again when it wakes). Above that: an error; sync_error_text has the words; up to SYNC_LAST_FATAL it is a
// fatal error (not recoverable, exit 2), then panics.
#ifndef SCHED_SYNC_H
#define SCHED_SYNC_H

#include "sched/goroutine.h"
#include "sched/lock.h"
#include "sched/worker.h"

typedef enum {
  SYNC_DONE, SYNC_PARKED, SYNC_RETRY,
  SYNC_UNLOCK,        // fatal: "sync: unlock of unlocked mutex"
  SYNC_RUNLOCK_RW,    // fatal: "sync: RUnlock of unlocked RWMutex"
  SYNC_UNLOCK_RW,     // fatal: "sync: Unlock of unlocked RWMutex"
  SYNC_LAST_FATAL = SYNC_UNLOCK_RW,
  SYNC_NEGATIVE,      // panic: "sync: negative WaitGroup counter"
  SYNC_MISUSE,        // panic: "sync: WaitGroup misuse: Add called concurrently with Wait"
  SYNC_REUSED,        // panic: "sync: WaitGroup is reused before previous Wait has returned"
} SyncResult;
const char *sync_error_text(SyncResult result);

// sync.Mutex: 4 bytes.
SyncResult mutex_lock(Worker *w, uint32_t *state);
bool mutex_try_lock(Worker *w, uint32_t *state);
SyncResult mutex_unlock(Worker *w, uint32_t *state);

// sync.RWMutex: 4 bytes. A waiting writer holds up new readers; its Unlock lets all waiting readers in.
SyncResult rwmutex_lock(Worker *w, uint32_t *state);
bool rwmutex_try_lock(Worker *w, uint32_t *state);
SyncResult rwmutex_unlock(Worker *w, uint32_t *state);
SyncResult rwmutex_rlock(Worker *w, uint32_t *state);
bool rwmutex_try_rlock(Worker *w, uint32_t *state);
SyncResult rwmutex_runlock(Worker *w, uint32_t *state);
void *rwmutex_of(const Goroutine *g); // of a goroutine that waits for one: its state

// sync.WaitGroup: 8 bytes, aligned.
SyncResult waitgroup_add(Worker *w, uint64_t *state, int64_t delta);
SyncResult waitgroup_wait(Worker *w, uint64_t *state);

// sync.Cond: 8 bytes, aligned. Wait is:  ticket = cond_ticket(...); c.L.Unlock(); cond_wait(..., ticket); c.L.Lock().
uint32_t cond_ticket(Worker *w, uint64_t *state);
SyncResult cond_wait(Worker *w, uint64_t *state, uint32_t ticket);
void cond_signal(Worker *w, uint64_t *state);
void cond_broadcast(Worker *w, uint64_t *state);

// A counting semaphore: 4 bytes.
SyncResult semaphore_acquire(Worker *w, uint32_t *count);
void semaphore_release(Worker *w, uint32_t *count);

// --- the short ways: nobody else wants it. False: nothing was done.

enum {
  MUTEX_LOCKED = 1, MUTEX_WAITED_FOR = 2,
  RWMUTEX_WRITER = 1, RWMUTEX_QUEUED = 2, RWMUTEX_READER = 4, // the rest counts readers
};

// Acquire orders the critical section after the last one's release; the same in all fast paths. Only workers touch the words, so
// one that is alone needs no locked instruction.
static inline bool sync_swap(const Worker *w, uint32_t *word, uint32_t from, uint32_t to, int order) {
  if (!w->alone) return __atomic_compare_exchange_n(word, &from, to, false, order, __ATOMIC_RELAXED);
  if (__atomic_load_n(word, __ATOMIC_RELAXED) != from) return false;
  __atomic_store_n(word, to, __ATOMIC_RELAXED);
  return true;
}

static inline bool mutex_take(const Worker *w, uint32_t *state) { return sync_swap(w, state, 0, MUTEX_LOCKED, __ATOMIC_ACQUIRE); }
static inline bool mutex_leave(const Worker *w, uint32_t *state) { return sync_swap(w, state, MUTEX_LOCKED, 0, __ATOMIC_RELEASE); }

static inline bool rwmutex_take(const Worker *w, uint32_t *state) { return sync_swap(w, state, 0, RWMUTEX_WRITER, __ATOMIC_ACQUIRE); }
static inline bool rwmutex_release(const Worker *w, uint32_t *state) { return sync_swap(w, state, RWMUTEX_WRITER, 0, __ATOMIC_RELEASE); }
static inline bool rwmutex_enter(const Worker *w, uint32_t *word) {
  uint32_t state = __atomic_load_n(word, __ATOMIC_RELAXED);
  return !(state & (RWMUTEX_WRITER | RWMUTEX_QUEUED)) && sync_swap(w, word, state, state + RWMUTEX_READER, __ATOMIC_ACQUIRE);
}
// Acquire as well: should a writer come next, what it is granted by us is ordered after the other readers too.
static inline bool rwmutex_leave(const Worker *w, uint32_t *word) {
  uint32_t state = __atomic_load_n(word, __ATOMIC_RELAXED);
  return state >= RWMUTEX_READER && !(state & (RWMUTEX_WRITER | RWMUTEX_QUEUED)) &&
         sync_swap(w, word, state, state - RWMUTEX_READER, __ATOMIC_ACQ_REL);
}

// A ticket that was given out before, by the clock of the lock that signaller and waiter hold, is seen.
static inline bool cond_nobody_waits(const Worker *w, uint64_t *state) {
  uint32_t *tickets = (uint32_t *)state;
  return __atomic_load_n(&tickets[0], __ATOMIC_ACQUIRE) == __atomic_load_n(&tickets[1], __ATOMIC_ACQUIRE);
}

// For sched_cancel: take a parked goroutine out of its list. False: it has been woken.
bool sync_cancel(Worker *w, Goroutine *g);

#endif
