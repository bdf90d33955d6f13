// Vector clocks that are copied in a hundred bytes.
//
// A chain is a sequence of goroutines of which each begins after the one before has ended and is known to have (chain.h);
// its epochs count up through all of them. A Clock says of each chain up to which epoch its owner knows what was done
// there: "knows c at k" means that everything of chain c up to epoch k happened before.
//
//   base     a persistent radix trie of chain -> epoch: leaves of 64, nodes of 16. Nodes are shared by all clocks that came from one
//            another; one is changed in place only by the clock whose token it bears, and a clock that has been copied drops its token.
//   recent   entries newer than base, each at least as high as there. Flushed into the trie when full.
//
// Two certificates make most joins cheap, since who knows enough of one chain knows all that this clock does:
//   changed              own epoch at which the map last changed: who knows self at `changed` knows my whole map
//   origin, origin_at    who knows chain origin at origin_at knows my map but the last `fresh` entries of recent
//
// Clocks lie in memory that the collector scans. One goroutine, or whoever holds the lock around it, uses a clock at a time.
#ifndef WATCH_CLOCK_H
#define WATCH_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "heap/heap.h"

enum { CLOCK_RECENT = 8 };

typedef struct ClockNode ClockNode;

typedef struct Clock {
  ClockNode *base;
  uint64_t token;             // 0: none; nodes of base that bear it are this clock's own
  uint32_t self, epoch;       // the owner's chain and epoch; self 0: an accumulator that belongs to no goroutine
  uint32_t changed;
  uint32_t origin, origin_at; // origin 0: no such certificate
  uint8_t level, count, fresh;
  bool touched;               // something of the owner bears `epoch` since it was last released
  struct { uint32_t chain, epoch; } recent[CLOCK_RECENT];
} Clock;
_Static_assert(sizeof(Clock) == 104, "clocks are copied often");

// Where nodes and tokens come from; one a worker.
typedef struct ClockMaker {
  HeapCache *heap;
  uint64_t next_token; // never 0; different ranges for different makers
} ClockMaker;

// The epoch up to which c knows the chain.
uint32_t clock_knows(const Clock *c, uint32_t chain);
// c joins what `from` says, its owner's epoch included. True: c's map has changed. `from` may lose its token.
bool clock_acquire(ClockMaker *m, Clock *c, Clock *from);
// The two have just learnt all that the other knew.
void clock_are_equal(Clock *a, Clock *b);
// What others may learn from c by what its owner does now; the owner's epoch rises if anything bears it.
void clock_release(Clock *c, Clock *out);
// The owner goes on in another chain, at epoch `epoch`.
void clock_change_chain(ClockMaker *m, Clock *c, uint32_t chain, uint32_t epoch);

#endif
