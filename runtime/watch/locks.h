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
  uint32_t after[LOCKS_HELD];  // `set` when the one at this place was given back last, which `at` and `before` tell of if they are beyond `count`
  struct { uint32_t before, after; RaceLock lock; } steps[8]; // the last ones that were looked up: the same few come again
} HeldLocks;

typedef struct LockSets LockSets;

LockSets *locksets_new(void);
void locksets_free(LockSets *sets); // NULL: nothing
void locks_add_slow(HeldLocks *held, const void *address, const Instr *at, bool shared);
// Often it is the one that was given back last, taken again at the same place: `at` still has it.
static inline bool locks_is_again(const HeldLocks *held, const void *address, const Instr *at, bool shared) {
  uint32_t n = held->count;
  if (n >= LOCKS_HELD) return false;
  const RaceLock *last = &held->at[n];
  return last->address == address && last->at == at && last->shared == shared && held->before[n] == held->set && held->set != LOCKS_CHANGED;
}
static inline void locks_add_again(HeldLocks *held) { held->set = held->after[held->count++]; }
static inline void locks_add(HeldLocks *held, const void *address, const Instr *at, bool shared) {
  if (locks_is_again(held, address, at, shared)) locks_add_again(held);
  else locks_add_slow(held, address, at, shared);
}
// It holds others besides, which nobody has told of.
static inline void locks_lose(HeldLocks *held) {
  held->set = LOCKS_CHANGED;
  held->beyond++;
}
void locks_remove_slow(HeldLocks *held, const void *address);
// Mostly it is the one that was taken last.
static inline bool locks_is_last(const HeldLocks *held, const void *address) {
  uint32_t last = held->count - 1;
  return last < LOCKS_HELD && held->at[last].address == address && !held->beyond;
}
static inline void locks_remove_last(HeldLocks *held) {
  uint32_t last = --held->count;
  held->after[last] = held->set;
  held->set = held->before[last];
}
static inline void locks_remove(HeldLocks *held, const void *address) {
  if (locks_is_last(held, address)) locks_remove_last(held);
  else locks_remove_slow(held, address);
}
// The number of the set that is held.
uint32_t locks_look_up(LockSets *sets, HeldLocks *held);
static inline uint32_t locks_set(LockSets *sets, HeldLocks *held) { return held->set != LOCKS_CHANGED ? held->set : locks_look_up(sets, held); }
const RaceLock *lockset_get(const LockSets *sets, uint32_t set, uint32_t *count);

#endif
