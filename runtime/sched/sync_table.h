// Who waits on which address. A hash table in shards, each with a lock of its own; in a bucket, one list of waiters for each
// address, first come first served.
//
//   bucket -> first waiter of address A --chain--> first waiter of address B --chain--> ...
//                | next                                | next
//             second waiter of A                      ...
//
// Tables are plain memory, invisible to the collector: the waiters are inside goroutines, which the registry keeps alive, and
// an address here keeps nothing alive.
#ifndef SCHED_SYNC_TABLE_H
#define SCHED_SYNC_TABLE_H

#include "sched/lock.h"
#include "sched/waiter.h"

typedef struct SyncTable SyncTable;

typedef struct SyncShard {
  Lock lock;               // rank: below channels and timers
  uint32_t count, mask;    // addresses in it; buckets - 1. Guarded by lock, as the rest
  Waiter **buckets;        // NULL before the first use
} __attribute__((aligned(64))) SyncShard;

SyncTable *sync_table_new(void);
void sync_table_free(SyncTable *table);
SyncShard *sync_table_shard(SyncTable *table, const void *address);

// The caller holds the shard's lock.
Waiter *sync_first(SyncShard *shard, const void *address);                  // NULL: nobody waits
void sync_append(SyncShard *shard, const void *address, Waiter *waiter);
void sync_prepend(SyncShard *shard, const void *address, Waiter *waiter);
// Take waiter, which follows `before` in address's list (NULL: it is the first).
void sync_take(SyncShard *shard, const void *address, Waiter *before, Waiter *waiter);

#endif
