#include "watch/locks.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "watch/memory.h"

enum { BUCKETS = 2048 };

typedef struct Set {
  uint64_t hash;
  uint32_t count;
  RaceLock at[LOCKS_HELD];
} Set;

struct LockSets {
  pthread_mutex_t lock;  // rank: leaf. Guards the rest; a set is constant once its number is known
  uint32_t count;
  uint16_t buckets[BUCKETS];
  Set sets[LOCKS_SETS + 1]; // from 1
};

LockSets *locksets_new(void) {
  LockSets *sets = memory_new(1, sizeof *sets);
  pthread_mutex_init(&sets->lock, NULL);
  return sets;
}

void locksets_free(LockSets *sets) {
  if (!sets) return;
  pthread_mutex_destroy(&sets->lock);
  free(sets);
}

static bool is_same(const RaceLock *a, const RaceLock *b) { return a->address == b->address && a->at == b->at && a->shared == b->shared; }

static __typeof__(((HeldLocks *)0)->steps[0]) *step_of(HeldLocks *held, const RaceLock *lock) {
  return &held->steps[((uint32_t)((uintptr_t)lock->address >> 3) * 5 ^ (uint32_t)((uintptr_t)lock->at >> 3)) % 8];
}

void locks_add_slow(HeldLocks *held, const void *address, const Instr *at, bool shared) {
  uint32_t before = held->set;
  held->set = LOCKS_CHANGED;
  if (held->count == LOCKS_HELD) {
    held->beyond++;
    return;
  }
  RaceLock *lock = &held->at[held->count];
  *lock = (RaceLock){address, at, shared};
  held->before[held->count++] = before;
  const __typeof__(held->steps[0]) *step = step_of(held, lock);
  if (before != LOCKS_CHANGED && step->before == before && is_same(&step->lock, lock)) held->set = step->after;
}

void locks_remove_slow(HeldLocks *held, const void *address) {
  for (uint32_t i = held->count; i-- > 0;) {
    if (held->at[i].address != address) continue;
    held->count--;
    held->set = i == held->count && !held->beyond ? held->before[i] : LOCKS_CHANGED;
    for (; i < held->count; i++) {
      held->at[i] = held->at[i + 1];
      held->before[i] = LOCKS_CHANGED;
    }
    held->at[held->count].address = NULL; // not to be taken for the one that is taken next
    return;
  }
  if (held->beyond) held->beyond--; // else another goroutine locked it
  held->set = LOCKS_CHANGED;
}

static uint64_t hash_of(const HeldLocks *held) {
  uint64_t h = held->count;
  for (uint32_t i = 0; i < held->count; i++) {
    const RaceLock *l = &held->at[i];
    h = (h ^ (uintptr_t)l->address) * 0x9e3779b97f4a7c15ull;
    h = (h ^ h >> 29 ^ (uintptr_t)l->at ^ l->shared) * 0xff51afd7ed558ccdull;
  }
  return h ^ h >> 32;
}

static uint32_t number(LockSets *sets, const HeldLocks *held, uint64_t hash) {
  uint32_t bucket = hash % BUCKETS, set;
  for (; (set = sets->buckets[bucket]); bucket = (bucket + 1) % BUCKETS)
    if (sets->sets[set].hash == hash) return set;
  if (sets->count == LOCKS_SETS) return LOCKS_UNKNOWN;
  set = ++sets->count;
  sets->buckets[bucket] = (uint16_t)set;
  sets->sets[set].hash = hash;
  sets->sets[set].count = held->count;
  memcpy(sets->sets[set].at, held->at, held->count * sizeof *held->at);
  return set;
}

uint32_t locks_look_up(LockSets *sets, HeldLocks *held) {
  if (held->beyond) return held->set = LOCKS_UNKNOWN;
  if (!held->count) return held->set = LOCKS_NONE;
  uint64_t hash = hash_of(held);
  pthread_mutex_lock(&sets->lock);
  held->set = number(sets, held, hash);
  pthread_mutex_unlock(&sets->lock);
  uint32_t last = held->count - 1;
  __typeof__(held->steps[0]) *step = step_of(held, &held->at[last]);
  step->before = held->before[last];
  step->after = held->set;
  step->lock = held->at[last];
  return held->set;
}

const RaceLock *lockset_get(const LockSets *sets, uint32_t set, uint32_t *count) {
  *count = set && set != LOCKS_UNKNOWN ? sets->sets[set].count : 0;
  return *count ? sets->sets[set].at : NULL;
}
