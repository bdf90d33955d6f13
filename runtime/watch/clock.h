// Vector clocks that are copied in a hundred bytes.
//
// A chain is a sequence of goroutines of which each begins after the one before has ended and is known to have (chain.h);
// its epochs count up through all of them. A Clock says of each chain up to which epoch its owner knows what was done
// there: "knows c at k" means that everything of chain c up to epoch k happened before.
//
//   first    the first chains, as a plain vector: all there is to do in a program of few goroutines. While it is not `wide`, the second half is zero
//   base     a persistent radix trie of chain -> epoch: leaves of 64, nodes of 16. Nodes are shared by all clocks that came from one
//            another; one is changed in place only by the clock whose token it bears, and a clock that has been copied drops its token.
//   recent   entries newer than base, each at least as high as there. Flushed into the trie when full.
//
// base and recent together are the map; the first chains are not in it. Joining maps is mostly cheap by two certificates, since who knows
// enough of one chain knows all that is in this clock's map:
//   changed              own epoch at which the map last changed: who knows self at `changed` knows my whole map
//   origin, origin_at    who knows chain origin at origin_at (and chain `with` at with_at) knows my map but the last `fresh` entries of recent.
//                        These epochs have been released: what a goroutine learns and takes to its grave nobody knows, nor does the next
//                        goroutine of its chain
//
// What a running goroutine's clock says is not all that is known: entries of goroutines that have ended and been waited for are dropped, as heirs stand for
// them (heir.h, clock_bequeath). Everything above is about entries. An order that is to be found goes by clock_reaches.
//
// Clocks lie in memory that the collector scans. One goroutine, or whoever holds the lock around it, uses a clock at a time.
#ifndef WATCH_CLOCK_H
#define WATCH_CLOCK_H

#include <smmintrin.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "heap/heap.h"
#include "watch/heir.h"

enum { CLOCK_FIRST = 32, CLOCK_HALF = CLOCK_FIRST / 2, CLOCK_RECENT = 8 };

typedef struct ClockNode ClockNode;

typedef struct ClockEntry {
  _Alignas(8) uint32_t chain;
  uint32_t epoch;
} ClockEntry;

typedef struct Clock {
  ClockNode *base;
  uint64_t token;             // 0: none; nodes of base that bear it are this clock's own
  uint32_t self, epoch;       // the owner's chain and epoch; self 0: an accumulator that belongs to no goroutine
  uint32_t changed;
  uint32_t origin, origin_at; // origin 0: no such certificate
  uint32_t with, with_at;     // with 0: one chain says it all
  uint8_t level : 7;
  bool wide : 1;
  uint8_t count, fresh;
  bool touched;               // something of the owner, or its map, bears `epoch` since it was last released
  uint32_t first[CLOCK_FIRST];
  ClockEntry recent[CLOCK_RECENT];
  Heirs *heirs;               // of a running goroutine's clock; NULL: of another, which says less than its owner knows
} Clock;
_Static_assert(sizeof(Clock) == 248, "clocks are copied often");

// Nothing is known any more.
static inline void clock_clear(Clock *c) {
  if (c->wide) memset(&c->first[CLOCK_HALF], 0, CLOCK_HALF * sizeof c->first[0]);
  memset(c, 0, offsetof(Clock, first) + CLOCK_HALF * sizeof c->first[0]); // of `recent` no entry is left
  c->heirs = NULL;
}

// Where nodes and tokens come from; one a worker.
typedef struct ClockMaker {
  HeapCache *heap;
  uint64_t next_token; // never 0; different ranges for different makers
  uint32_t vain;       // chain.c: so many goroutines, one after the other, for which no chain was found that could be used again
} ClockMaker;

// What a clock is known to say of a chain, or more.
typedef struct KnownEpoch {
  uint32_t chain, epoch;
} KnownEpoch;

// The epoch up to which c knows the chain.
uint32_t clock_finds(const Clock *c, uint32_t chain); // one that is neither its own nor one of the first
static inline uint32_t clock_knows(const Clock *c, uint32_t chain) {
  if (chain == c->self) return c->epoch;
  return chain < CLOCK_FIRST ? c->first[chain] : clock_finds(c, chain);
}
// The same if it is `epoch` at least, and if not, perhaps not all: what is known by way of heirs included (heir.h).
uint32_t clock_asks_heirs(const Clock *c, uint32_t chain, uint32_t epoch);
static inline uint32_t clock_reaches(const Clock *c, uint32_t chain, uint32_t epoch) {
  uint32_t known = clock_knows(c, chain);
  return known >= epoch || !c->heirs ? known : clock_asks_heirs(c, chain, epoch);
}
// Its owner is about to go on: entries that others need not learn are dropped, as the owner becomes the heir.
void clock_bequeath(Clock *c);
static inline bool clock_has_no_map(const Clock *c) { return !c->base && !c->count; }
static inline __attribute__((always_inline)) void clock_join_half(uint32_t *c, const uint32_t *from) {
#pragma GCC unroll 4
  for (uint32_t i = 0; i < CLOCK_HALF; i += 4) {
    __m128i x = _mm_loadu_si128((const __m128i *)&c[i]), y = _mm_loadu_si128((const __m128i *)&from[i]);
    _mm_storeu_si128((__m128i *)&c[i], _mm_max_epu32(x, y));
  }
}
// c joins what `from` says, its owner's epoch included. True: c's map has changed (what it says of the first chains may have anyway). `from` may lose
// its token.
bool clock_acquire_all(ClockMaker *m, Clock *c, Clock *from);
static inline bool clock_acquire(ClockMaker *m, Clock *c, Clock *from) {
  if (!clock_has_no_map(from) || from->self >= CLOCK_HALF || from->wide) return clock_acquire_all(m, c, from);
  clock_join_half(c->first, from->first);
  if (c->first[from->self] < from->epoch) c->first[from->self] = from->epoch; // it is not what a release gave
  return false;
}
// What others may learn from c goes up to the epoch that is returned; what the owner does from now on is later. The epoch rises if anything bears it.
static inline __attribute__((always_inline)) uint32_t clock_tell(Clock *c) {
  uint32_t told = c->epoch - !c->touched;
  c->epoch = told + 1;
  c->touched = false;
  return told;
}
// Not memcpy: the compiler takes it for a loop of microcode where it thinks that it is seldom done.
static inline __attribute__((always_inline)) void clock_copy_half(uint32_t *to, const uint32_t *from) {
  _Static_assert(CLOCK_HALF == 16, "four times four");
  __m128i a = _mm_loadu_si128((const __m128i *)&from[0]), b = _mm_loadu_si128((const __m128i *)&from[4]);
  __m128i c = _mm_loadu_si128((const __m128i *)&from[8]), d = _mm_loadu_si128((const __m128i *)&from[12]);
  _mm_storeu_si128((__m128i *)&to[0], a), _mm_storeu_si128((__m128i *)&to[4], b);
  _mm_storeu_si128((__m128i *)&to[8], c), _mm_storeu_si128((__m128i *)&to[12], d);
}
static inline __attribute__((always_inline)) void clock_copy_first(Clock *to, const Clock *from) {
  clock_copy_half(to->first, from->first);
  if (__builtin_expect(!from->wide && !to->wide, 1)) return;
  clock_copy_half(to->first + CLOCK_HALF, from->first + CLOCK_HALF);
  to->wide = true;
}
// They learn it from `out`, which has the map already. The owner's own entry is in what is released, so that who acquires from it has it by joining vectors.
static inline __attribute__((always_inline)) void clock_tell_first(Clock *c, Clock *out) {
  uint32_t told = clock_tell(c);
  clock_copy_first(out, c);
  out->epoch = told;
  if (c->self < CLOCK_FIRST) {
    out->first[c->self] = told;
    if (c->self >= CLOCK_HALF) out->wide = true;
  }
}
// What others may learn from c by what its owner does now. `out` has been a clock before, or is empty.
void clock_release_all(Clock *c, Clock *out);
static inline void clock_release(Clock *c, Clock *out) {
  if (c->self && out->self == c->self && out->changed == c->changed) { // it has this very map already
    clock_tell_first(c, out);
  } else if (c->self && clock_has_no_map(c) && clock_has_no_map(out)) { // certificates of nothing are not looked at
    out->self = c->self, out->changed = c->changed;
    clock_tell_first(c, out);
  } else {
    clock_release_all(c, out);
  }
}
static inline __attribute__((always_inline)) void clock_exchange_half(uint32_t *c, uint32_t *k) {
#pragma GCC unroll 4
  for (uint32_t i = 0; i < CLOCK_HALF; i += 4) {
    __m128i x = _mm_loadu_si128((const __m128i *)&c[i]), y = _mm_loadu_si128((const __m128i *)&k[i]), both = _mm_max_epu32(x, y);
    _mm_storeu_si128((__m128i *)&c[i], both);
    _mm_storeu_si128((__m128i *)&k[i], both);
  }
}
// Each joins what the other says, as if both had released and then acquired what the other did.
void clock_meet_all(ClockMaker *m, Clock *a, Clock *b);
static inline void clock_meet(ClockMaker *m, Clock *a, Clock *b) {
  if (!clock_has_no_map(a) || !clock_has_no_map(b) || a->self >= CLOCK_FIRST || b->self >= CLOCK_FIRST) {
    clock_meet_all(m, a, b);
    return;
  }
  uint32_t a_told = clock_tell(a), b_told = clock_tell(b);
  clock_exchange_half(a->first, b->first);
  if (__builtin_expect(a->wide || b->wide || a->self >= CLOCK_HALF || b->self >= CLOCK_HALF, 0)) {
    clock_exchange_half(a->first + CLOCK_HALF, b->first + CLOCK_HALF);
    a->wide = b->wide = true;
  }
  a->first[b->self] = b_told;
  b->first[a->self] = a_told;
}
// An acquire from k and a release to it in one, where there are few chains and k is what a release gave, or empty. False: nothing was done.
static inline bool clock_exchange(Clock *c, Clock *k) {
  if (c->base || c->count || k->base || k->count || c->self - 1 >= CLOCK_FIRST - 1 || k->self >= CLOCK_FIRST) return false;
  clock_exchange_half(c->first, k->first);
  if (c->wide || k->wide || c->self >= CLOCK_HALF) {
    clock_exchange_half(c->first + CLOCK_HALF, k->first + CLOCK_HALF);
    c->wide = k->wide = true;
  }
  k->self = c->self, k->changed = c->changed;
  k->first[c->self] = k->epoch = clock_tell(c);
  return true;
}
// The same for the clock of a goroutine that c's owner starts, which knows nothing yet. It gets a chain after that.
void clock_spawn(ClockMaker *m, Clock *c, Clock *child);
// The same for an accumulator, which keeps what it has.
void clock_release_into(ClockMaker *m, Clock *c, Clock *all);
// The same where c has few chains. False: nothing was done.
static inline __attribute__((always_inline)) bool clock_release_few_into(Clock *c, Clock *all) {
  if (!clock_has_no_map(c) || c->wide || c->self - 1 >= CLOCK_HALF - 1) return false;
  clock_join_half(all->first, c->first);
  all->first[c->self] = clock_tell(c);
  return true;
}
// The epoch rises although nobody has got the last one.
static inline void clock_next_epoch(Clock *c) {
  c->changed = ++c->epoch;
  c->touched = true;
}
// The last release has been undone: nobody has learnt from it, or will. The owner goes on in the epoch before.
static inline void clock_take_back(Clock *c) {
  c->epoch--;
  c->touched = true;
}
// The owner goes on in another chain, at epoch `epoch`.
void clock_change_chain(ClockMaker *m, Clock *c, uint32_t chain, uint32_t epoch);

#endif
