// Which locks a goroutine holds, for reports only: what orders accesses is in the clocks. Sets are numbered, so that a site can name one.
#ifndef WATCH_LOCKS_H
#define WATCH_LOCKS_H

#include "watch/race.h"

enum {
  LOCKS_HELD = 4,        // more at once are not kept
  LOCKS_NONE = 0,
  LOCKS_SETS = 1023,     // more sets than these are not kept
  LOCKS_UNKNOWN = 0xffff,
};

// What one goroutine holds; its own.
typedef struct HeldLocks {
  uint32_t count, beyond;  // of `at`; further ones
  uint32_t set;            // number of the set, or a mark that it is to be looked up
  uint32_t known_set;      // of the set whose hash is `known`: the same few alternate
  uint64_t known;
  RaceLock at[LOCKS_HELD];
} HeldLocks;

typedef struct LockSets LockSets;

LockSets *locksets_new(void);
void locksets_free(LockSets *sets); // NULL: nothing
void locks_add(HeldLocks *held, const void *address, const Instr *at, bool shared);
void locks_remove(HeldLocks *held, const void *address);
// The number of the set that is held.
uint32_t locks_set(LockSets *sets, HeldLocks *held);
const RaceLock *lockset_get(const LockSets *sets, uint32_t set, uint32_t *count);

#endif
