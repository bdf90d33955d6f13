#include "sched/lock.h"

#include <immintrin.h>
#include <sched.h>

void lock_wait(Lock *lock) {
  for (uint32_t round = 0;; round++) {
    for (uint32_t i = 0; i < 64; i++) {
      // Look before exchanging: a plain load leaves the cache line with its holder.
      if (!atomic_load_explicit(&lock->held, memory_order_relaxed) &&
          !atomic_exchange_explicit(&lock->held, 1, memory_order_acquire))
        return;
      _mm_pause();
    }
    if (round >= 2) sched_yield(); // the holder has lost its processor
  }
}
