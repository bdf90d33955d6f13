#include "watch/record.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "watch/memory.h"

enum { CHUNK_BITS = RECORD_CHUNK_BITS, CHUNK = 1 << CHUNK_BITS, CHUNKS = 1 << (RECORD_NUMBER_BITS - CHUNK_BITS), BATCH = 64,
       READERS_BITS = 4, PRUNE_BITS = 6 }; // of sets of reads: at first, and from when on it is worth while to look for what may be left out

static const size_t chunks_size = CHUNKS * sizeof(void *);

void records_init(Records *r) {
  *r = (Records){.made = 1};
  r->chunks = memory_reserve(NULL, chunks_size);
  pthread_mutex_init(&r->lock, NULL);
}

void record_free_readers(Record *record) {
  free(record->readers);
  record->readers = NULL;
}

static void empty(Record *record) {
  record_free_readers(record);
  if (record->marks != record->inside) free(record->marks); // a new one has its own
  record->marks = record->inside;
  record->count = 0;
  record->capacity = RECORD_INLINE;
}

void records_deinit(Records *r) {
  for (uint32_t number = 1; number < r->made; number++) {
    Record *record = record_at_number(r, number);
    if (record->marks && record->marks != record->inside) free(record->marks);
    free(record->readers);
    if (record->capacity && record->sync) heap_free_root(record->sync);
  }
  for (uint32_t i = 0; i <= r->made >> CHUNK_BITS; i++) free(r->chunks[i]);
  munmap(r->chunks, chunks_size);
  pthread_mutex_destroy(&r->lock);
}

// Free ones have capacity 0.
static void refill(Records *r, RecordCache *cache) {
  pthread_mutex_lock(&r->lock);
  for (uint32_t i = 0; i < BATCH; i++) {
    uint32_t number = r->free;
    if (number) {
      r->free = record_at_number(r, number)->next;
      r->free_count--;
    } else {
      if (r->made == 1u << RECORD_NUMBER_BITS) heap_exhausted(sizeof(Record)); // 38 GB of them
      number = r->made++;
      if (!r->chunks[number >> CHUNK_BITS]) {
        Record *chunk = memory_new(CHUNK, sizeof *chunk);
        atomic_store_explicit(&r->chunks[number >> CHUNK_BITS], chunk, memory_order_release);
      }
    }
    record_at_number(r, number)->next = cache->free;
    cache->free = number;
    cache->count++;
  }
  pthread_mutex_unlock(&r->lock);
}

Record *record_new(Records *r, RecordCache *cache, uint64_t *handle) {
  if (!cache->free) refill(r, cache);
  uint32_t number = cache->free;
  Record *record = record_at_number(r, number);
  cache->free = record->next;
  cache->count--;
  record->marks = record->inside;
  record->readers = NULL;
  record->sync = NULL;
  empty(record);
  *handle = record_handle(record, number);
  return record;
}

void record_free(Records *r, RecordCache *cache, uint64_t handle) {
  uint32_t number = record_number(handle);
  Record *record = record_at_number(r, number);
  empty(record);
  if (record->sync) heap_free_root(record->sync);
  record->sync = NULL;
  record->capacity = 0;
  record->generation++;
  record->next = cache->free;
  cache->free = number;
  if (++cache->count < 2 * BATCH) return;
  pthread_mutex_lock(&r->lock);
  for (uint32_t i = 0; i < BATCH; i++) {
    number = cache->free;
    record = record_at_number(r, number);
    cache->free = record->next;
    record->next = r->free;
    r->free = number;
  }
  r->free_count += BATCH;
  pthread_mutex_unlock(&r->lock);
  cache->count -= BATCH;
}

void record_add(Record *record, Mark mark) {
  if (record->count == record->capacity) {
    uint32_t capacity = record->capacity * 2;
    Mark *marks = memory_new(capacity, sizeof *marks);
    memcpy(marks, record->marks, record->count * sizeof *marks);
    if (record->marks != record->inside) free(record->marks);
    record->marks = marks;
    record->capacity = capacity;
  }
  record->marks[record->count++] = mark;
}

void record_remove(Record *record, uint32_t i) { record->marks[i] = record->marks[--record->count]; }

// --- sets of reads

static uint32_t hash(const Readers *r, uint64_t stamp) { return (uint32_t)(stamp >> 40) * 0x9e3779b1u >> (32 - r->bits); }

static Readers *readers_new(uint32_t bits) {
  Readers *r = memory_new(1, sizeof *r + (sizeof(Mark) << bits));
  r->bits = bits;
  return r;
}

static Mark *insert(Readers *r, Mark mark) {
  uint32_t i = hash(r, mark.stamp), last = (1u << r->bits) - 1;
  while (r->marks[i].stamp) i = (i + 1) & last;
  r->marks[i] = mark;
  r->count++;
  return &r->marks[i];
}

void record_make_readers(Record *record) {
  record->readers = readers_new(READERS_BITS);
  for (uint32_t i = record->count; i-- > 0;) {
    if (record->marks[i].write) continue;
    insert(record->readers, record->marks[i]);
    record_remove(record, i);
  }
}

// Looking for marks that may be left out: some of the first few would be.
static bool is_worth_while(const Readers *r, bool (*superfluous)(const Mark *old, const void *context), const void *context) {
  uint32_t some = 0;
  for (uint32_t i = 0, tried = 0; tried < 8; i++) {
    if (!r->marks[i].stamp) continue;
    tried++;
    some += superfluous(&r->marks[i], context);
  }
  return some > 1;
}

Mark *readers_add(Record *record, Mark mark, bool (*superfluous)(const Mark *old, const void *context), const void *context) {
  Readers *r = record->readers;
  uint32_t i = hash(r, mark.stamp), last = (1u << r->bits) - 1;
  uint64_t bytes = mark.stamp & 0xff;
  for (; r->marks[i].stamp; i = (i + 1) & last) {
    Mark *k = &r->marks[i];
    if (k->stamp >> 40 != mark.stamp >> 40 || k->atomic != mark.atomic) continue;
    if (k->stamp >> 8 == mark.stamp >> 8 && (k->site == mark.site || !(bytes & ~k->stamp))) {
      k->stamp |= bytes;
      return k;
    }
    if (k->stamp >> 8 != mark.stamp >> 8 && !(k->stamp & 0xff & ~bytes)) { // an older epoch of its own
      *k = mark;
      return k;
    }
  }
  if (r->count < 3u << r->bits >> 2) {
    r->marks[i] = mark;
    r->count++;
    return &r->marks[i];
  }
  uint32_t kept = 0;
  bool prune = r->bits >= PRUNE_BITS && is_worth_while(r, superfluous, context);
  for (i = 0; i <= last; i++)
    if (prune && r->marks[i].stamp && superfluous(&r->marks[i], context)) r->marks[i].write = true; // to be left out
    else kept += r->marks[i].stamp != 0;
  record->readers = readers_new(kept > last / 2 ? r->bits + 1 : r->bits);
  for (i = 0; i <= last; i++)
    if (r->marks[i].stamp && !r->marks[i].write) insert(record->readers, r->marks[i]);
  free(r);
  return insert(record->readers, mark);
}
