// Which goroutines use the same words of memory, locks and atomics, and what that costs. Nothing in the words tells, so one operation of some dozens
// is looked at:
//
//   - whether goroutines have the word in turn: a table, by the word's address, has who used it last. That shows also while all of them are on
//     one worker, where such an operation costs next to nothing; on several each would take ten times as long.
//   - how long it takes, while several workers are awake: much of a worker's time may go into words that are on their way between
//     processors. All of the waiting for a lock that another worker holds counts as well.
//
// parallel.c draws the conclusions.
#ifndef SCHED_CONTENTION_H
#define SCHED_CONTENTION_H

#include <x86intrin.h>

#include "sched/worker.h"

enum { CONTENTION_PERIOD = 31 }; // one operation of so many; prime: a loop's operations have their turns

void contention_init(Worker *w);
// Before an operation on that word, the short way of a lock or of package atomic. writes: it will be changed.
void contention_look(Worker *w, const void *word, bool writes);
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

// Counts the operations: is it this one that is to be looked at?
static inline bool contention_turn(Worker *w) { return __builtin_expect(!--w->until_look, 0); }

#endif
