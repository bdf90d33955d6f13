#include "sched/sync_table.h"

#include <stdlib.h>

#include "heap/heap.h"

enum { SHARDS = 64, BUCKETS_FIRST = 8 };

struct SyncTable { SyncShard shards[SHARDS]; };

static uint64_t hash(const void *address) { return (uint64_t)(uintptr_t)address * 0x9e3779b97f4a7c15ull; }

SyncTable *sync_table_new(void) {
  SyncTable *table = aligned_alloc(64, sizeof *table);
  if (!table) heap_exhausted(sizeof *table);
  for (uint32_t i = 0; i < SHARDS; i++) table->shards[i] = (SyncShard){0};
  return table;
}

void sync_table_free(SyncTable *table) {
  for (uint32_t i = 0; i < SHARDS; i++) free(table->shards[i].buckets);
  free(table);
}

SyncShard *sync_table_shard(SyncTable *table, const void *address) { return &table->shards[hash(address) >> 58]; }

static Waiter **bucket(SyncShard *shard, const void *address) { return &shard->buckets[(hash(address) >> 20) & shard->mask]; }

static void grow(SyncShard *shard) {
  uint32_t old = shard->buckets ? shard->mask + 1 : 0, size = old ? old * 2 : BUCKETS_FIRST;
  Waiter **buckets = shard->buckets;
  shard->buckets = heap_plain(size * sizeof *shard->buckets);
  shard->mask = size - 1;
  for (uint32_t i = 0; i < old; i++) {
    for (Waiter *first = buckets[i], *next; first; first = next) {
      next = first->chain;
      Waiter **to = bucket(shard, first->object);
      first->chain = *to;
      *to = first;
    }
  }
  free(buckets);
}

// The link that points to address's first waiter, or the end of its bucket.
static Waiter **find(SyncShard *shard, const void *address) {
  Waiter **link = bucket(shard, address);
  while (*link && (*link)->object != address) link = &(*link)->chain;
  return link;
}

Waiter *sync_first(SyncShard *shard, const void *address) { return shard->buckets ? *find(shard, address) : NULL; }

static void add(SyncShard *shard, const void *address, Waiter *waiter, bool in_front) {
  if (!shard->buckets || shard->count > 2 * shard->mask) grow(shard);
  waiter->object = (void *)address;
  waiter->next = waiter->chain = NULL;
  Waiter **link = find(shard, address), *first = *link;
  if (!first) {
    waiter->tail = waiter;
    *link = waiter;
    shard->count++;
  } else if (in_front) {
    waiter->next = first;
    waiter->tail = first->tail;
    waiter->chain = first->chain;
    *link = waiter;
  } else {
    first->tail->next = waiter;
    first->tail = waiter;
  }
  waiter->queued = true;
}

void sync_append(SyncShard *shard, const void *address, Waiter *waiter) { add(shard, address, waiter, false); }
void sync_prepend(SyncShard *shard, const void *address, Waiter *waiter) { add(shard, address, waiter, true); }

void sync_take(SyncShard *shard, const void *address, Waiter *before, Waiter *waiter) {
  Waiter **link = find(shard, address), *first = *link, *next = waiter->next;
  if (before) {
    before->next = next;
    if (first->tail == waiter) first->tail = before;
  } else if (next) {
    next->tail = first->tail;
    next->chain = first->chain;
    *link = next;
  } else {
    *link = first->chain;
    shard->count--;
  }
  waiter->next = NULL;
  waiter->queued = false;
}
