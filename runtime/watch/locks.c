#include "watch/locks.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"

enum { CHANGED = 0xfffffffe, BUCKETS = 2048 };

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
  LockSets *sets = calloc(1, sizeof *sets);
  ASSERT(sets, "memory for sets of locks");
  pthread_mutex_init(&sets->lock, NULL);
  return sets;
}

void locksets_free(LockSets *sets) {
  if (!sets) return;
  pthread_mutex_destroy(&sets->lock);
  free(sets);
}

void locks_add(HeldLocks *held, const void *address, const Instr *at, bool shared) {
  held->set = CHANGED;
  if (held->count == LOCKS_HELD) held->beyond++;
  else held->at[held->count++] = (RaceLock){address, at, shared};
}

void locks_remove(HeldLocks *held, const void *address) {
  for (uint32_t i = held->count; i-- > 0;) {
    if (held->at[i].address != address) continue;
    memmove(held->at + i, held->at + i + 1, (held->count - i - 1) * sizeof *held->at);
    held->count--;
    held->set = CHANGED;
    return;
  }
  if (held->beyond) held->beyond--; // else another goroutine locked it
  held->set = CHANGED;
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

uint32_t locks_set(LockSets *sets, HeldLocks *held) {
  if (__builtin_expect(held->set != CHANGED, 1)) return held->set;
  if (held->beyond) return held->set = LOCKS_UNKNOWN;
  if (!held->count) return held->set = LOCKS_NONE;
  uint64_t hash = hash_of(held);
  if (hash == held->known) return held->set = held->known_set;
  pthread_mutex_lock(&sets->lock);
  held->set = held->known_set = number(sets, held, hash);
  pthread_mutex_unlock(&sets->lock);
  held->known = hash;
  return held->set;
}

const RaceLock *lockset_get(const LockSets *sets, uint32_t set, uint32_t *count) {
  *count = set && set != LOCKS_UNKNOWN ? sets->sets[set].count : 0;
  return *count ? sets->sets[set].at : NULL;
}
