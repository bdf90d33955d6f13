#include "watch/shadow.h"

#include <sched.h>
#include <string.h>
#include <sys/mman.h>

#include "watch/memory.h"

enum { PAGE = SHADOW_PAGE, MANY_PAGES = 64 }; // of so big an object the pages are given back to the system
#define CELLS_SIZE (2ull << SHADOW_BITS)
#define SITES_SIZE (1ull << SHADOW_BITS)
#define ALL_SIZE   (CELLS_SIZE + SITES_SIZE + ((1ull << SHADOW_BITS) >> SHADOW_PAGE_SHIFT))

// One block, far from the heap, which grows downwards from where the system put it: in its way it would use up the window.
#define HINT ((void *)0x100000000000)

bool shadow_is_possible(void) {
  void *p = mmap(HINT, ALL_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return p != MAP_FAILED && !munmap(p, ALL_SIZE);
}

void shadow_init(Shadow *s, const void *home) {
  char *p = memory_reserve(HINT, ALL_SIZE);
  madvise(p, ALL_SIZE, MADV_NOHUGEPAGE); // what is not touched costs nothing
  s->cells = p;
  s->sites = p + CELLS_SIZE;
  s->pages = (uint8_t *)p + CELLS_SIZE + SITES_SIZE;
  s->begin = ((uintptr_t)home & ~(uintptr_t)(PAGE - 1)) - (1ull << SHADOW_BELOW);
  records_init(&s->records);
}

void shadow_deinit(Shadow *s) {
  records_deinit(&s->records);
  munmap(s->cells, ALL_SIZE);
}

static void ask_ahead(char *p, size_t size) {
#ifdef MADV_POPULATE_WRITE
  madvise(p, size, MADV_POPULATE_WRITE); // a hint: without it, memory comes when it is touched
#endif
}

void shadow_begin_page(const Shadow *s, const void *p, uint8_t bits) {
  const void *block = (const void *)((uintptr_t)p & ~(uintptr_t)(SHADOW_BLOCK - 1));
  if (!(__atomic_fetch_or(shadow_page(s, block), PAGE_AHEAD, __ATOMIC_RELAXED) & PAGE_AHEAD)) {
    ask_ahead((char *)shadow_cell(s->cells, block), 2 * SHADOW_BLOCK);
    ask_ahead((char *)shadow_sites(s, block), SHADOW_BLOCK);
  }
  __atomic_fetch_or(shadow_page(s, p), bits, __ATOMIC_RELAXED);
}

uint64_t cell_lock_slow(Cell *c) {
  for (uint32_t tries = 0;; tries++) {
    uint64_t write = cell_look(&c->write);
    if (write != CELL_LOCKED && atomic_compare_exchange_weak_explicit(&c->write, &write, CELL_LOCKED, memory_order_acquire, memory_order_relaxed)) return write;
    if (tries < 32) __builtin_ia32_pause();
    else sched_yield(); // the holder may have been descheduled
  }
}

// --- a cell without a record

static inline bool ordered(const Touch *t, uint64_t stamp) {
  uint32_t chain = stamp_chain(stamp), epoch = stamp_epoch(stamp);
  if (chain == t->clock->self) return true;
  if (!t->known) return clock_reaches(t->clock, chain, epoch) >= epoch;
  KnownEpoch *k = &t->known[chain % SHADOW_KNOWN];
  if (k->chain == chain && k->epoch >= epoch) return true;
  *k = (KnownEpoch){chain, clock_reaches(t->clock, chain, epoch)};
  return k->epoch >= epoch;
}

static bool same_epoch(uint64_t a, uint64_t b) { return !((a ^ b) >> 8); }
static uint64_t bytes_of(uint64_t stamp) { return stamp & 0xff; }

// --- places of bytes

static Record *record_of_bytes(const Shadow *s, Site site) { return record_at_number(&s->records, site & ~SITE_BYTES); }

static void forget_site(Shadow *s, ShadowCache *cache, Site *site) {
  if (*site & SITE_BYTES) {
    uint32_t number = *site & ~SITE_BYTES;
    record_free(&s->records, &cache->records, record_handle(record_at_number(&s->records, number), number));
  }
  *site = 0;
}

// Bytes of p's word have been touched in the epoch of others, which are in `had` and have *site.
static void put_site(Shadow *s, ShadowCache *cache, const void *p, Site *site, uint64_t had, uint64_t bytes, Site fresh) {
  if (*site == fresh) return;
  if (!(had & ~bytes)) {
    forget_site(s, cache, site);
    *site = fresh;
    return;
  }
  if (!(*site & SITE_BYTES)) {
    shadow_mark_page(s, p, PAGE_RECORDS | PAGE_USED);
    uint64_t handle;
    Record *record = record_new(&s->records, &cache->records, &handle);
    for (uint32_t i = 0; i < 8; i++) record->of_bytes[i] = *site;
    *site = SITE_BYTES | record_number(handle);
  }
  Record *record = record_of_bytes(s, *site);
  for (uint32_t i = 0; i < 8; i++)
    if (bytes >> i & 1) record->of_bytes[i] = fresh;
}

// What a cell says of the first of those bytes, and of all others that were touched where that was.
static Mark mark_of(const Shadow *s, uint64_t stamp, Site site, uint64_t bytes, bool write) {
  if (!(site & SITE_BYTES)) return (Mark){stamp, site, write, false};
  const Site *of = record_of_bytes(s, site)->of_bytes, first = of[__builtin_ctzll(bytes_of(stamp) & bytes)];
  uint64_t same = 0;
  for (uint32_t i = 0; i < 8; i++)
    if (stamp >> i & 1 && of[i] == first) same |= 1ull << i;
  return (Mark){(stamp & ~0xffull) | same, first, write, false};
}

static void add_marks(const Shadow *s, Record *record, uint64_t stamp, Site site, bool write) {
  for (uint64_t rest = bytes_of(stamp); rest;) {
    Mark mark = mark_of(s, stamp, site, rest, write);
    record_add(record, mark);
    rest &= ~mark.stamp;
  }
}

// What the cell says, as a record.
static Record *inflate(Shadow *s, ShadowCache *cache, const void *p, uint64_t *write, uint64_t *read) {
  shadow_mark_page(s, p, PAGE_RECORDS | PAGE_USED);
  CellSites *sites = shadow_sites(s, p);
  uint64_t handle;
  Record *record = record_new(&s->records, &cache->records, &handle);
  add_marks(s, record, *write, sites->write, true);
  add_marks(s, record, *read, sites->read, false);
  if (sites_of_bytes(sites)) {
    forget_site(s, cache, &sites->write);
    forget_site(s, cache, &sites->read);
  }
  *write = handle;
  *read = 0;
  return record;
}

// False: there is no room for it in the cell.
static bool enter_write(Shadow *s, ShadowCache *cache, const void *p, Touch *t, uint64_t *write, uint64_t *read, CellSites *sites) {
  uint64_t bytes = bytes_of(t->stamp), had = bytes_of(*write);
  if (had & ~bytes && !same_epoch(*write, t->stamp)) return false;
  put_site(s, cache, p, &sites->write, had, bytes, t->site);
  *write = t->stamp | had;
  *read &= ~bytes;
  if (!bytes_of(*read)) {
    *read = 0;
    forget_site(s, cache, &sites->read);
  }
  return true;
}

static bool enter_read(Shadow *s, ShadowCache *cache, const void *p, Touch *t, const uint64_t *write, uint64_t *read, CellSites *sites) {
  uint64_t bytes = bytes_of(t->stamp), had = bytes_of(*read);
  bool same = *read && same_epoch(*read, t->stamp);
  if (!(same && sites->read == t->site) && *read && !(!(had & ~bytes) && ordered(t, *read))) {
    if (same_epoch(*write, t->stamp) && !(bytes & ~*write)) return true; // the write says enough
    if (!same) return false;
  }
  put_site(s, cache, p, &sites->read, had, bytes, t->site);
  *read = t->stamp | had;
  return true;
}

// --- a record

static bool meets(Touch *t, const Mark *k) {
  return bytes_of(k->stamp) & bytes_of(t->stamp) && (t->write || k->write) && !(t->atomic && k->atomic) && !ordered(t, k->stamp);
}

// Does t take the place of what k says, in the bytes they share? An atomic operation does so with atomic ones only: plain accesses race with
// the next one all the same.
static bool replaces(const Touch *t, const Mark *k) { return !t->atomic || k->atomic || stamp_chain(k->stamp) == t->clock->self; }

static void strip_readers(Record *record, const Touch *t) {
  Readers *r = record->readers;
  bool any = false;
  for (uint32_t i = 0; i < 1u << r->bits; i++) {
    Mark *k = &r->marks[i];
    if (!k->stamp) continue;
    if (replaces(t, k)) k->stamp &= ~bytes_of(t->stamp); // without bytes it meets nothing
    any |= bytes_of(k->stamp) != 0;
  }
  if (!any) record_free_readers(record);
}

static void record_write(Record *record, const Touch *t) {
  uint64_t bytes = bytes_of(t->stamp);
  Mark *same = NULL;
  if (record->readers) strip_readers(record, t);
  for (uint32_t i = record->count; i-- > 0;) {
    Mark *k = &record->marks[i];
    if (!replaces(t, k)) continue;
    k->stamp &= ~bytes;
    if (!bytes_of(k->stamp)) record_remove(record, i);
  }
  for (uint32_t i = 0; i < record->count && !same; i++) {
    Mark *k = &record->marks[i];
    if (k->write && k->atomic == t->atomic && k->site == t->site && same_epoch(k->stamp, t->stamp)) same = k;
  }
  if (same) same->stamp |= bytes;
  else record_add(record, (Mark){t->stamp, t->site, true, t->atomic});
}

// An older read that says nothing more than t's.
static bool is_superfluous(const Mark *k, const void *touch) {
  const Touch *t = touch;
  return k->atomic == t->atomic && !(bytes_of(k->stamp) & ~bytes_of(t->stamp)) && ordered(t, k->stamp);
}

// Its place in the set of reads, if it is there.
static Mark *record_read(Record *record, const Touch *t) {
  uint64_t bytes = bytes_of(t->stamp);
  Mark *old = NULL;
  for (uint32_t i = 0; i < record->count; i++) {
    Mark *k = &record->marks[i];
    if (k->write || k->atomic != t->atomic) {
      if (k->write && k->atomic == t->atomic && same_epoch(k->stamp, t->stamp) && !(bytes & ~k->stamp)) return NULL;
      continue;
    }
    if (same_epoch(k->stamp, t->stamp) && (k->site == t->site || !(bytes & ~k->stamp))) {
      k->stamp |= bytes;
      return NULL;
    }
    if (!old && is_superfluous(k, t)) old = k;
  }
  if (record->readers) return readers_add(record, (Mark){t->stamp, t->site, false, t->atomic}, is_superfluous, t);
  if (old) {
    *old = (Mark){t->stamp, t->site, false, t->atomic};
    return NULL;
  }
  if (record->count >= RECORD_LINEAR) {
    record_make_readers(record);
    return readers_add(record, (Mark){t->stamp, t->site, false, t->atomic}, is_superfluous, t);
  }
  record_add(record, (Mark){t->stamp, t->site, false, t->atomic});
  return NULL;
}

// A cell says it as well.
static bool fits_cell(const Record *record) {
  if (record->sync || record->readers) return false;
  uint64_t write = 0, read = 0;
  for (uint32_t i = 0; i < record->count; i++) {
    const Mark *k = &record->marks[i];
    uint64_t *stamp = k->write ? &write : &read;
    if (k->atomic || (*stamp && !same_epoch(*stamp, k->stamp))) return false;
    *stamp = k->stamp;
  }
  return true;
}

static void deflate(Shadow *s, ShadowCache *cache, const void *p, const Record *record, uint64_t *write, uint64_t *read) {
  CellSites *sites = shadow_sites(s, p);
  uint64_t handle = *write;
  *write = *read = 0;
  sites->write = sites->read = 0;
  for (uint32_t i = 0; i < record->count; i++) {
    const Mark *k = &record->marks[i];
    uint64_t *stamp = k->write ? write : read;
    put_site(s, cache, p, k->write ? &sites->write : &sites->read, bytes_of(*stamp), bytes_of(k->stamp), k->site);
    *stamp |= k->stamp;
  }
  record_free(&s->records, &cache->records, handle);
}

// --- all together

static inline bool conflicts(const Shadow *s, Touch *t, uint64_t write, uint64_t read, const CellSites *sites) {
  uint64_t bytes = bytes_of(t->stamp);
  if (write & bytes && !ordered(t, write)) t->met = mark_of(s, write, sites->write, bytes, true);
  else if (t->write && read & bytes && !ordered(t, read)) t->met = mark_of(s, read, sites->read, bytes, false);
  else return false;
  return true;
}

static bool record_conflicts(Touch *t, const Record *record) {
  for (uint32_t i = 0; i < record->count; i++) {
    if (!meets(t, &record->marks[i])) continue;
    t->met = record->marks[i];
    return true;
  }
  if (!record->readers || !t->write) return false;
  for (uint32_t i = 0; i < 1u << record->readers->bits; i++) {
    if (!meets(t, &record->readers->marks[i])) continue;
    t->met = record->readers->marks[i];
    return true;
  }
  return false;
}

// Most atomic operations: what the record has is atomic too, and this one takes the place of all of it.
static inline bool replaces_all(const Touch *t, const Record *record) {
  if (!t->atomic || !t->write || record->readers || !record->count || record->count > 2) return false;
  for (uint32_t i = 0; i < record->count; i++)
    if (!record->marks[i].atomic || bytes_of(record->marks[i].stamp) & ~bytes_of(t->stamp)) return false;
  return true;
}

// Most plain reads: all that was written is known, and the read takes the place of an earlier one of the same goroutine.
static bool reads_again(const Touch *t, Record *record) {
  if (t->write || t->atomic || record->readers) return false;
  Mark *mine = NULL;
  for (uint32_t i = 0; i < record->count; i++) {
    Mark *k = &record->marks[i];
    if (k->write ? !ordered(t, k->stamp) : k->atomic) return false;
    if (!k->write && stamp_chain(k->stamp) == t->clock->self && !(bytes_of(k->stamp) & ~bytes_of(t->stamp))) mine = k;
  }
  if (!mine) return false;
  mine->stamp = t->stamp;
  mine->site = t->site;
  return true;
}

static inline void know_read(ShadowCache *cache, const void *p, uint64_t handle, const Touch *t, Mark *mark) {
  *(t->atomic ? shadow_known_load(cache, p) : &cache->reads[(uintptr_t)p >> 3 & 63]) = (KnownRead){handle, t->stamp, mark};
}

// A plain read of what many read: all that was written is known to it. Its place; NULL: it is not so simple.
static Mark *reads_shared(const Touch *t, Record *record) {
  if (t->write || t->atomic || !record->readers) return NULL;
  for (uint32_t i = 0; i < record->count; i++) {
    const Mark *k = &record->marks[i];
    if (!k->write || stamp_chain(k->stamp) == t->clock->self || !ordered(t, k->stamp)) return NULL;
  }
  return readers_add(record, (Mark){t->stamp, t->site, false, false}, is_superfluous, t);
}

// The cell is locked and has a record; *write is its handle.
static bool touch_record(Shadow *s, ShadowCache *cache, const void *p, Record *record, Touch *t, uint64_t *write, uint64_t *read) {
  const Readers *before = record->readers;
  Mark *mark = reads_shared(t, record);
  bool again = mark || reads_again(t, record), bad = !again && record_conflicts(t, record);
  if (t->write) {
    record_write(record, t);
    if (fits_cell(record)) deflate(s, cache, p, record, write, read);
    else *write = record_renew(record, *write);
  } else {
    if (!again) mark = record_read(record, t);
    if (record->readers != before) *write = record_renew(record, *write); // marks that are known are somewhere else
    if (!t->atomic || (mark && !bad)) know_read(cache, p, *write, t, bad ? NULL : mark);
  }
  return bad;
}

bool shadow_touch_held(Shadow *s, ShadowCache *cache, const void *p, Record *record, Touch *t, uint64_t *held) {
  if (replaces_all(t, record)) {
    record->marks[0] = (Mark){t->stamp, t->site, true, true};
    record->count = 1;
    *held = record_renew(record, *held);
    return false;
  }
  uint64_t read = 0;
  return touch_record(s, cache, p, record, t, held, &read); // it synchronises, so it stays a record
}

bool shadow_touch(Shadow *s, ShadowCache *cache, const void *p, Touch *t) {
  Cell *c = shadow_cell(s->cells, p);
  CellSites *sites = shadow_sites(s, p);
  shadow_mark_page(s, p, PAGE_USED);
  uint64_t write = cell_lock(c, t->alone), read = cell_look(&c->read);
  bool bad;
  if (__builtin_expect(!is_handle(write), 1)) {
    uint64_t old = read;
    bad = conflicts(s, t, write, read, sites);
    if (__builtin_expect(t->atomic ? false : t->write ? enter_write(s, cache, p, t, &write, &read, sites) : enter_read(s, cache, p, t, &write, &read, sites), 1)) {
      if (read != old) atomic_store_explicit(&c->read, read, memory_order_relaxed);
      cell_unlock(c, write);
      return bad;
    }
    Record *record = inflate(s, cache, p, &write, &read);
    if (!t->write && !t->atomic) { // what the cell has stays, and there is nothing else
      record_add(record, (Mark){t->stamp, t->site, false, false});
      know_read(cache, p, write, t, NULL);
      atomic_store_explicit(&c->read, read, memory_order_relaxed);
      cell_unlock(c, write);
      return bad;
    }
  }
  bad = touch_record(s, cache, p, record_at(&s->records, write), t, &write, &read);
  atomic_store_explicit(&c->read, read, memory_order_relaxed);
  cell_unlock(c, write);
  return bad;
}

Record *shadow_sync_slow(Shadow *s, ShadowCache *cache, const void *p, uint64_t write, uint64_t *held) {
  Cell *c = shadow_cell(s->cells, p);
  Record *record;
  if (is_handle(write)) {
    record = record_at(&s->records, write);
  } else {
    uint64_t read = cell_look(&c->read);
    record = inflate(s, cache, p, &write, &read);
    atomic_store_explicit(&c->read, read, memory_order_relaxed);
  }
  if (!record->sync) record->sync = heap_root(sizeof *record->sync);
  *held = write;
  return record;
}

// --- forgetting

static void clear_cells(Shadow *s, ShadowCache *cache, const void *p, size_t count, bool records) {
  Cell *c = shadow_cell(s->cells, p);
  CellSites *sites = shadow_sites(s, p);
  if (records)
    for (size_t i = 0; i < count; i++) {
      uint64_t write = cell_look(&c[i].write);
      if (is_handle(write)) record_free(&s->records, &cache->records, write);
      if (!sites_of_bytes(&sites[i])) continue;
      forget_site(s, cache, &sites[i].write);
      forget_site(s, cache, &sites[i].read);
    }
  memset((void *)c, 0, count * sizeof *c);
}

void shadow_clear(Shadow *s, ShadowCache *cache, const void *p, size_t size) {
  const char *at = p, *end = at + ((size + 7) & ~(size_t)7);
  for (const char *next; at < end; at = next) {
    next = (const char *)(((uintptr_t)at | (PAGE - 1)) + 1);
    if (next > end) next = end;
    uint8_t *page = shadow_page(s, at);
    if (!(*page & ~PAGE_AHEAD)) continue;
    bool all = next - at == PAGE;
    if (all && size >= MANY_PAGES * PAGE && !(*page & PAGE_RECORDS)) madvise((void *)shadow_cell(s->cells, at), 2 * PAGE, MADV_DONTNEED);
    else clear_cells(s, cache, at, (size_t)(next - at) / 8, *page & PAGE_RECORDS);
    if (all) *page &= PAGE_AHEAD;
  }
}
