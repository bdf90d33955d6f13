// What is remembered of each word of memory: who wrote and who read it last.
//
// Two arrays as large as a window of the address space, of which only what is used takes memory. The collected heap lies in
// the window, globals included; what is outside is the interpreter's own, or constant, and not watched.
//
//   word of 8 bytes -> Cell { write, read }       each a stamp:  chain 24 | epoch 32 | bytes touched 8;  0: nobody
//                   -> CellSites { write, read }  where that was
//
// A cell says all of a word that one epoch wrote and one read, each byte from one place. Anything more is in a record (record.h), whose handle is the cell's
// `write`: bytes written by several, readers that nothing orders, atomic operations, and the clock of a mutex or the like that lies
// in the word. A handle has its upper 16 bits set, which no chain has; so has LOCKED, while a worker changes the cell.
//
// The fast path looks at a cell without locking it. If the stamp of this very epoch is there, with the bytes in question,
// then this access, or a stronger one, has been checked and entered, and nothing that another goroutine can do meanwhile changes that.
#ifndef WATCH_SHADOW_H
#define WATCH_SHADOW_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "watch/clock.h"
#include "watch/context.h"
#include "watch/record.h"

#ifdef GOL_HEAP_MALLOC
enum { SHADOW_BITS = 42, SHADOW_BELOW = 39 }; // a sanitizer spreads the heap, with the smallest objects first
#else
enum { SHADOW_BITS = 38, SHADOW_BELOW = 37 }; // so much of it lies below the heap's first object
#endif

#define SHADOW_CELL_MASK ((1ull << SHADOW_BITS) - 8)

enum {
  SHADOW_PAGE_SHIFT = 11, SHADOW_PAGE = 1 << SHADOW_PAGE_SHIFT, // bytes of memory whose cells are a page
  PAGE_USED = 1,                           // a cell there may not be empty
  PAGE_RECORDS = 2,                        // ... or have a record
  PAGE_AHEAD = 4,                          // of the first page of a block: its memory has been asked for (see shadow_mark_page)
  SHADOW_BLOCK = 1 << 13,                  // bytes of memory in a block
};

typedef struct Cell {
  _Atomic uint64_t write, read; // changed under the cell's lock (acquire to take, release to give back), looked at without (relaxed)
} Cell;

// Where it was. Bytes of one epoch that several places have touched: SITE_BYTES and the number of a record that has the site of each (Record.of_bytes);
// that is the cell's as long as the stamp is there.
typedef struct CellSites {
  Site write, read; // guarded by the cell's lock
} CellSites;
#define SITE_BYTES (1u << 31)
static inline bool sites_of_bytes(const CellSites *sites) { return (sites->write | sites->read) & SITE_BYTES; }

typedef struct Shadow {
  char *cells, *sites;  // constant
  uint8_t *pages;       // per 2 KB of memory: PAGE_ bits, set before a cell there is; plain bytes, only ever set while in use
  uintptr_t begin;      // of the window; constant
  Records records;
} Shadow;

enum { SHADOW_KNOWN = 4 };

// A read that was entered lately in a record. As long as the handle is the same nobody has written since, and there is nothing to do; in a later epoch of the
// same goroutine only `mark` is to be brought up to it, for what was written is known then as well.
typedef struct KnownRead {
  uint64_t handle, stamp;
  Mark *mark;           // in the record's set of reads, which stays where it is while the handle does; NULL: elsewhere
} KnownRead;

// What one worker has at hand.
typedef struct ShadowCache {
  RecordCache records;
  KnownRead reads[64];  // plain ones, by address
  KnownRead loads[16];  // atomic ones
} ShadowCache;

// One access to one word, and what it met.
typedef struct Touch {
  const Clock *clock;   // of the goroutine
  KnownEpoch *known;         // SHADOW_KNOWN of what it says, by chain; NULL: look there
  uint64_t stamp;
  Site site;
  bool write, atomic;
  bool alone;           // no other worker is there: no need to lock
  Mark met;             // out: an access that nothing orders before this one
} Touch;

bool shadow_is_possible(void); // else the system does not give so much address space
// home: any address in the heap.
void shadow_init(Shadow *s, const void *home);
void shadow_deinit(Shadow *s);
static inline bool shadow_covers(const Shadow *s, const void *p) { return (uintptr_t)p - s->begin < 1ull << SHADOW_BITS; }

static inline uint64_t shadow_stamp(uint32_t chain, uint32_t epoch) { return (uint64_t)chain << 40 | (uint64_t)epoch << 8; }
static inline uint32_t stamp_chain(uint64_t stamp) { return (uint32_t)(stamp >> 40); }
static inline uint32_t stamp_epoch(uint64_t stamp) { return (uint32_t)(stamp >> 8); }

static inline Cell *shadow_cell(const char *cells, const void *p) {
  return (Cell *)(cells + (((uintptr_t)p & SHADOW_CELL_MASK) << 1));
}
// The bytes of p's word that an access of `size` <= 8 bytes touches, which must not reach into the next.
static inline uint64_t shadow_bytes(const void *p, size_t size) {
  return size == 8 ? 0xff : (((1ull << size) - 1) << ((uintptr_t)p & 7)) & 0xff;
}
static inline uint64_t cell_look(const _Atomic uint64_t *stamp) { return atomic_load_explicit((_Atomic uint64_t *)stamp, memory_order_relaxed); }
// Is there nothing to do for an access with this stamp?
static inline bool cell_wrote(const Cell *c, uint64_t stamp, uint64_t bytes) { return !((cell_look(&c->write) ^ (stamp | bytes)) & (~0xffull | bytes)); }
static inline bool cell_read(const Cell *c, uint64_t stamp, uint64_t bytes) {
  return !((cell_look(&c->read) ^ (stamp | bytes)) & (~0xffull | bytes)) || cell_wrote(c, stamp, bytes);
}

// --- the parts of an access

static inline CellSites *shadow_sites(const Shadow *s, const void *p) { return (CellSites *)(s->sites + ((uintptr_t)p & SHADOW_CELL_MASK)); }
static inline uint8_t *shadow_page(const Shadow *s, const void *p) { return &s->pages[((uintptr_t)p & SHADOW_CELL_MASK) >> SHADOW_PAGE_SHIFT]; }
// A cell of p's page is about to be used. When it is the first of its block, the system is asked for the memory of all its cells at once: what is used of
// the heap is mostly used up, and to be given memory page by page takes several times as long.
// Relaxed: whoever clears the page has got its memory from those who used it, by way of the collector.
void shadow_begin_page(const Shadow *s, const void *p, uint8_t bits);
static inline void shadow_mark_page(const Shadow *s, const void *p, uint8_t bits) {
  if (__builtin_expect((*(volatile uint8_t *)shadow_page(s, p) & bits) != bits, 0)) shadow_begin_page(s, p, bits);
}
uint64_t cell_lock_slow(Cell *c);
static inline uint64_t cell_lock(Cell *c, bool alone) {
  uint64_t write = cell_look(&c->write);
  // acquire: the cell, its sites and its record as they were left
  if (alone || (write != CELL_LOCKED && atomic_compare_exchange_strong_explicit(&c->write, &write, CELL_LOCKED, memory_order_acquire, memory_order_relaxed))) return write;
  return cell_lock_slow(c);
}
static inline void cell_unlock(Cell *c, uint64_t write) { atomic_store_explicit(&c->write, write, memory_order_release); }

// Check and enter an access to the bytes in t->stamp of p's word. True: t->met races with it.
bool shadow_touch(Shadow *s, ShadowCache *cache, const void *p, Touch *t);
// A read that a record is known to have.
static inline bool shadow_read_known(const ShadowCache *cache, const Cell *c, const void *p, uint64_t stamp, uint64_t bytes) {
  const KnownRead *e = &cache->reads[(uintptr_t)p >> 3 & 63];
  return e->handle == cell_look(&c->write) && !((e->stamp ^ (stamp | bytes)) & (~0xffull | bytes));
}
static inline KnownRead *shadow_known_load(ShadowCache *cache, const void *p) { return &cache->loads[(uintptr_t)p >> 3 & 15]; }
// What it does to a read that is known from an earlier epoch, the cell being locked with that handle. False: it is not.
static inline bool known_read_renew(KnownRead *e, uint64_t handle, uint64_t stamp, Site site) {
  if (e->handle != handle || !e->mark || (e->stamp ^ stamp) & ~0xffffffff00ull) return false;
  e->stamp = e->mark->stamp = stamp;
  e->mark->site = site;
  return true;
}
static inline bool shadow_reads_again(ShadowCache *cache, Cell *c, const void *p, uint64_t stamp, Site site, bool alone) {
  KnownRead *e = &cache->reads[(uintptr_t)p >> 3 & 63];
  if (e->handle != cell_look(&c->write)) return false;
  uint64_t handle = cell_lock(c, alone);
  bool again = known_read_renew(e, handle, stamp, site);
  cell_unlock(c, handle);
  return again;
}

// The record of p's word, with what synchronises there, made at first use. The word's cell is locked until shadow_unlock.
Record *shadow_sync_slow(Shadow *s, ShadowCache *cache, const void *p, uint64_t write, uint64_t *held); // at first use
static inline Record *shadow_sync(Shadow *s, ShadowCache *cache, const void *p, bool alone, uint64_t *held) {
  uint64_t write = cell_lock(shadow_cell(s->cells, p), alone);
  if (__builtin_expect(is_handle(write), 1)) {
    Record *record = record_at(&s->records, write);
    *held = write;
    if (__builtin_expect(record->sync != NULL, 1)) return record;
  }
  return shadow_sync_slow(s, cache, p, write, held);
}
// shadow_touch while it is locked so.
bool shadow_touch_held(Shadow *s, ShadowCache *cache, const void *p, Record *record, Touch *t, uint64_t *held);
static inline void shadow_unlock(Shadow *s, const void *p, uint64_t held) { cell_unlock(shadow_cell(s->cells, p), held); }
// Memory that nobody uses is about to be handed out: forget everything about it.
void shadow_clear(Shadow *s, ShadowCache *cache, const void *p, size_t size);

#endif
