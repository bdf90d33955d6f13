// Which locks a goroutine holds, for reports only: what orders accesses is in the clocks. Sets are numbered, so that a site can name one.
#ifndef WATCH_LOCKS_H
#define WATCH_LOCKS_H

#include "watch/race.h"

enum {
  LOCKS_HELD = 4,        // more at once are not kept apart
  LOCKS_NONE = 0,
  LOCKS_SETS = 1023,     // more sets than these are not kept
  LOCKS_UNKNOWN = 0xffff,
  LOCKS_CHANGED = 0x40000, // not the number of any, nor in any ContextEntry
};

// What one goroutine holds; its own.
typedef struct HeldLocks {
  uint32_t count, beyond;  // of `at`; further ones
  uint32_t set;            // number of the set, or a mark that it is to be looked up
  RaceLock at[LOCKS_HELD];
  uint32_t before[LOCKS_HELD]; // `set` before each was taken
  struct { uint32_t before, after; RaceLock lock; } steps[8]; // the last ones that were looked up: the same few come again
} HeldLocks;

typedef struct LockSets LockSets;

LockSets *locksets_new(void);
void locksets_free(LockSets *sets); // NULL: nothing
void locks_add(HeldLocks *held, const void *address, const Instr *at, bool shared);
void locks_remove(HeldLocks *held, const void *address);
// The number of the set that is held.
uint32_t locks_look_up(LockSets *sets, HeldLocks *held);
static inline uint32_t locks_set(LockSets *sets, HeldLocks *held) { return held->set != LOCKS_CHANGED ? held->set : locks_look_up(sets, held); }
const RaceLock *lockset_get(const LockSets *sets, uint32_t set, uint32_t *count);

#endif
