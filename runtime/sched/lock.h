// A lock of four bytes for critical sections of a few dozen instructions: a channel, a shard of waiting goroutines, a
// timer heap. Uncontended it costs one exchange and one plain store.
//
// While a worker is the only one of its scheduler that is awake (`alone`), nobody else can want these locks, and it takes none of
// them. Another one is started or woken only by itself, never while it is inside such a section, and what it did before happens
// before everything the other does (worker.c). Hence the rule: NO goroutine is made ready and no thread started under a Lock.
//
// Ranks, outermost first: channels (by address when several) > Timer.lock > SyncShard > TimerHeap > Pollable; no Lock is
// taken under Sched.lock (a pthread mutex), which is a leaf.
#ifndef SCHED_LOCK_H
#define SCHED_LOCK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct { _Atomic uint32_t held; } Lock;

// Spin, then yield the processor until the lock is ours.
void lock_wait(Lock *lock);

static inline void lock_acquire(Lock *lock, bool alone) {
  if (alone) return;
  // acquire: we see everything the last holder wrote before its release store
  if (atomic_exchange_explicit(&lock->held, 1, memory_order_acquire)) lock_wait(lock);
}

static inline bool lock_try(Lock *lock, bool alone) {
  return alone || !atomic_exchange_explicit(&lock->held, 1, memory_order_acquire);
}

static inline void lock_release(Lock *lock, bool alone) {
  if (!alone) atomic_store_explicit(&lock->held, 0, memory_order_release);
}

#endif
