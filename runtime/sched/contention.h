// How much of a worker's time goes into words of memory that are on their way between processors: locks and atomics that
// goroutines on several workers use all the time. Such an operation takes ten times as long as one on a word that is at hand
// already, and nothing but its duration tells: so one of some dozens is timed, and all of the waiting for a lock that another worker
// holds. parallel.c draws the conclusions.
#ifndef SCHED_CONTENTION_H
#define SCHED_CONTENTION_H

#include <x86intrin.h>

#include "sched/worker.h"

void contention_init(Worker *w);
// Before an operation on that word, the short way of a lock or of package atomic. writes: it will be changed.
void contention_time(Worker *w, const void *word, bool writes);
// At a tick: does it lose so much of its time that two workers do less than one alone would?
bool contention_starves(Worker *w);
// Time that passed without running anything does not count.
void contention_skip(Worker *w);

// What waited for another processor since then.
static inline uint64_t contention_clock(void) { return __rdtsc(); }
static inline void contention_lost(Worker *w, uint64_t start) {
  uint64_t cycles = contention_clock() - start;
  if (cycles > w->cost_at_hand) w->lost_cycles += cycles;
}

enum { CONTENTION_PERIOD = 31 }; // prime: a loop's operations have their turns

static inline void contention_probe(Worker *w, const void *word, bool writes) {
  if (__builtin_expect(!w->alone, 0) && __builtin_expect(!--w->until_timed, 0)) contention_time(w, word, writes);
}

#endif
