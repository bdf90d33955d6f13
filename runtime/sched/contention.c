#include "sched/contention.h"

enum {
  COST_MAX = 1000, // cycles: more than that and the system took our processor away in between
  WEIGHT = 4,      // the last tick's part in the average is one in this many
  ONE = 1 << 16,   // fixed point
  TOO_MUCH = ONE / 3, // with what is not measured, the way of the data behind a lock, it is half of the time
};

// In cycles of the time stamp counter. What is timed changes nothing: an atomic "or 0", or a load. The fences keep it between the
// two readings; its own order does not matter.
static uint64_t duration(const void *word, bool writes) {
  uint32_t processor;
  uint32_t *p = (uint32_t *)(uintptr_t)word;
  _mm_lfence();
  uint64_t start = contention_clock();
  if (writes) __atomic_fetch_or(p, 0, __ATOMIC_RELAXED);
  else (void)__atomic_load_n((volatile uint32_t *)p, __ATOMIC_RELAXED);
  uint64_t end = __rdtscp(&processor);
  _mm_lfence();
  return end - start;
}

void contention_init(Worker *w) {
  uint32_t own = 0;
  uint64_t least = COST_MAX;
  for (uint32_t i = 0; i < 16; i++) {
    uint64_t cost = duration(&own, true);
    if (cost < least) least = cost;
  }
  w->cost_at_hand = (uint32_t)least;
  w->until_timed = CONTENTION_PERIOD;
}

void contention_time(Worker *w, const void *word, bool writes) {
  w->until_timed = CONTENTION_PERIOD;
  uint64_t cost = duration(word, writes);
  if (cost > COST_MAX) cost = COST_MAX;
  if (cost > w->cost_at_hand * 3 / 2) w->lost_cycles += (cost - w->cost_at_hand) * CONTENTION_PERIOD;
}

bool contention_starves(Worker *w) {
  uint64_t now = contention_clock(), elapsed = now - w->tick_cycles, lost = w->lost_cycles;
  w->tick_cycles = now;
  w->lost_cycles = 0;
  if (w->alone || !elapsed) return false; // the average stays, for the next time
  if (lost > elapsed) lost = elapsed;
  w->recent_lost += ((int64_t)(lost * ONE / elapsed) - w->recent_lost) / WEIGHT;
  return w->recent_lost > TOO_MUCH;
}

void contention_skip(Worker *w) {
  w->tick_cycles = contention_clock();
  w->lost_cycles = 0;
}
