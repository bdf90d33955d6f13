// Chains of goroutines (see clock.h): handing them out, and taking them back.
//
// A chain may go to a new goroutine only if whoever starts it knows the last epoch that the chain's memory accesses bear; then all of the
// chain is totally ordered, as if one goroutine had done it. So a dead chain is first offered to those who are likely to
// know it: it goes to the list of the chain that started it, and from there, when that ends, to a list for all.
//
// Goroutines that nobody waits for leave chains nobody knows. When many of those have piled up, each goroutine that ends joins its clock
// to one accumulator, and a new one that takes such a chain acquires that: an order that the program does not have. It can
// hide a race between the new goroutine and one that has long ended, and cannot invent any.
#ifndef WATCH_CHAIN_H
#define WATCH_CHAIN_H

#include <pthread.h>
#include <stdatomic.h>

#include "watch/clock.h"

enum { CHAIN_CHUNK_BITS = 12, CHAIN_CHUNKS = (1 << 24) >> CHAIN_CHUNK_BITS };

typedef struct Chain Chain;

// Dead chains that one running goroutine looks through first; its own.
typedef struct ChainList {
  uint32_t first, last;
} ChainList;

typedef struct Chains {
  uint32_t pile, last_epoch;    // constant
  _Atomic(Chain *) chunks[CHAIN_CHUNKS]; // release when one is there
  _Atomic uint32_t count;       // chains 1 .. count exist
  _Atomic uint32_t dead;        // in lists
  _Atomic uint32_t common_count; // of the list below; a hint
  pthread_mutex_t lock;         // rank: leaf but for the heap's. Guards the rest
  ChainList common;
  Clock *ended;                 // the accumulator; heap_root
  Heirs *heirs;                 // constant
} Chains;

// pile: how many dead chains may be around before orders are added. last_epoch: the highest there is in a chain. (Both small for tests.)
Chains *chains_new(uint32_t pile, uint32_t last_epoch);
void chains_free(Chains *all); // NULL: nothing

// A chain for goroutine `id`, started by one that knows `clock` (NULL: by nobody), in chain clock->self with its list `own`. *epoch is
// where it begins. If an order has to be added, it is acquired into *child. 0: there are 2^24 chains alive.
uint32_t chain_take(Chains *all, ClockMaker *m, const Clock *clock, ChainList *own, Clock *child, uint64_t id, uint32_t *epoch);
// The goroutine of clock->self has ended; `marked`: the last epoch that anything it did bears. It was started in chain `parent` (0: by nobody).
void chain_drop(Chains *all, ClockMaker *m, Clock *clock, uint32_t marked, uint32_t parent, ChainList *own);
// The goroutine goes on in another chain, as this one's epochs, of which `last` is Chains.last_epoch, are used up.
static inline bool chain_worn(uint32_t last, uint32_t epoch) { return epoch >= last - 1; }
// Chains that exist, for tests.
uint32_t chains_count(const Chains *all);

// Who did something in a chain at an epoch. 0: not known any more.
uint64_t chain_goroutine(const Chains *all, uint32_t chain, uint32_t epoch, bool *finished);

enum { CHAIN_LIMIT = (1 << 24) - 256 }; // those above have a meaning of their own in shadow memory

#endif
