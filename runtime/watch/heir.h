// Who knows all that a goroutine did that has ended and been waited for, so that clocks need not say it.
//
// A goroutine that learns all of a chain whose goroutine has ended writes down here, once, that who knows it at its present epoch knows that chain. From then on
// its clock can do without the entry, and so can those of all who learn from it. So in a tree of goroutines, each of which waits for those that it has
// started, clocks have a few entries, although nothing orders the leaves and no chain can be used again (chain.h).
//
//   chain 7, up to epoch 5 -> chain 3 at 12 -> chain 2 at 40: who knows any of these knows 7 at 5
//
// What is written down stays: clocks rely on it. It says nothing of the later epochs of a chain that is used again; those are in clocks for good, as a chain
// has but one heir. Ways are at most HEIR_STEPS long.
#ifndef WATCH_HEIR_H
#define WATCH_HEIR_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { HEIR_CHUNK_BITS = 12, HEIR_CHUNKS = (1 << 24) >> HEIR_CHUNK_BITS, HEIR_STEPS = 32 };

typedef struct Heir {
  _Atomic uint64_t to;          // chain << 32 | epoch; 0: none; BUSY: about to be written. Release: what it says has been, and `until`
  uint32_t until;               // constant once there is an heir
  _Atomic uint32_t ended;       // 0: somebody runs there; else the last epoch that anything there bears, and 1. Release: `steps`
  _Atomic uint32_t steps;       // the longest way that leads here, or more; changed by whoever runs there
} Heir;

typedef struct Heirs {
  _Atomic(Heir *) chunks[HEIR_CHUNKS]; // release when one is there
} Heirs;

Heirs *heirs_new(void);
void heirs_free(Heirs *all); // NULL: nothing
// A goroutine begins in a chain. Whoever has the chain.
void heir_begin(Heirs *all, uint32_t chain);
// It has ended; `last`: see Heir.ended.
void heir_end(Heirs *all, uint32_t chain, uint32_t last);
// The running goroutine of chain `by`, at epoch `at`, knows the chain up to `known`. True: that is all there is, and from now on who knows `by` at `at` knows it.
bool heir_take(Heirs *all, uint32_t chain, uint32_t known, uint32_t by, uint32_t at);
// Who knows what *chain and *epoch become knows what they were; *until: and up to where. False: there is no heir who knows that much.
bool heir_of(const Heirs *all, uint32_t *chain, uint32_t *epoch, uint32_t *until);

#endif
