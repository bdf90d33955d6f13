// Records: what is known of a word of memory when its cell (shadow.h) is too small for it.
//
// A record belongs to one cell, which holds its handle: 16 set bits, 28 bits of number, 20 bits of generation. The generation rises
// when a record is given back and at every write, so that an old handle is not taken for a new one.
#ifndef WATCH_RECORD_H
#define WATCH_RECORD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "watch/clock.h"
#include "watch/context.h"

enum { HANDLE_SHIFT = 48 };
#define HANDLE_TAG  (0xffffull << HANDLE_SHIFT)
#define CELL_LOCKED HANDLE_TAG // number 0 is no record's
static inline bool is_handle(uint64_t stamp) { return stamp >= HANDLE_TAG; }

// One access, or several of the same epoch and place.
typedef struct Mark {
  uint64_t stamp;
  Site site;
  bool write, atomic;
} Mark;

enum { RECORD_INLINE = 3, RECORD_LINEAR = 3, RECORD_CHUNK_BITS = 9, RECORD_NUMBER_BITS = 28, RECORD_GENERATION_BITS = 20 };

// The reads, once there are more marks than RECORD_LINEAR: a hash table by chain. Several of one chain follow each other, with gaps.
typedef struct Readers {
  uint32_t count, bits;         // marks[0 .. 1 << bits); stamp 0: free
  Mark marks[];
} Readers;

// What synchronises in the word: a mutex or the like, or the value of an atomic operation.
typedef struct Sync {
  Clock clock;                  // what there is to learn
  uint64_t learnt;              // times that somebody has acquired from it
  uint32_t user, worker;        // chain of the goroutine, and index of the worker, that used it last
  uint32_t alone;               // so many times by that goroutine, and nobody else in between
} Sync;

typedef struct Record {
  uint32_t generation;
  uint32_t count, capacity;     // of marks
  Mark *marks;                  // inside, or malloc'ed; writes, and reads unless there is a set of them
  Readers *readers;             // malloc'ed
  union {
    Sync *sync;                 // heap_root; NULL: nothing synchronises here
    uint32_t next;              // of free ones
  };
  union {
    Mark inside[RECORD_INLINE];
    Site of_bytes[8];           // of a record that is no cell's: see CellSites
  };
} Record;
_Static_assert(SITE_LIMIT > 1 << RECORD_NUMBER_BITS, "SITE_BYTES and a number are a Site");

typedef struct Records {
  _Atomic(Record *) *chunks;    // release when one is there
  pthread_mutex_t lock;         // rank: leaf. Guards the rest
  uint32_t made, free, free_count;
} Records;

// Free ones of a worker.
typedef struct RecordCache {
  uint32_t free, count;
} RecordCache;

void records_init(Records *r);
void records_deinit(Records *r);
static inline Record *record_at_number(const Records *r, uint32_t number) {
  // acquire: the chunk as it was made
  return atomic_load_explicit(&r->chunks[number >> RECORD_CHUNK_BITS], memory_order_acquire) + (number & ((1u << RECORD_CHUNK_BITS) - 1));
}
static inline uint32_t record_number(uint64_t handle) { return (uint32_t)(handle >> RECORD_GENERATION_BITS) & ((1u << RECORD_NUMBER_BITS) - 1); }
static inline Record *record_at(const Records *r, uint64_t handle) { return record_at_number(r, record_number(handle)); }
static inline uint64_t record_handle(const Record *record, uint32_t number) {
  return HANDLE_TAG | (uint64_t)number << RECORD_GENERATION_BITS | (record->generation & ((1u << RECORD_GENERATION_BITS) - 1));
}
// A record without marks; *handle is its own.
Record *record_new(Records *r, RecordCache *cache, uint64_t *handle);
void record_free(Records *r, RecordCache *cache, uint64_t handle);
// The handle after a write.
static inline uint64_t record_renew(Record *record, uint64_t handle) {
  record->generation++;
  return record_handle(record, record_number(handle));
}
void record_add(Record *record, Mark mark);
void record_remove(Record *record, uint32_t i); // the last one takes its place
// Put the reads into a set.
void record_make_readers(Record *record);
void record_free_readers(Record *record);
// Enter a read into the set; its place there, until the set is made again (record->readers). Those that `superfluous` says are left out when it is full.
Mark *readers_add(Record *record, Mark mark, bool (*superfluous)(const Mark *old, const void *context), const void *context);

#endif
