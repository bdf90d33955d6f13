// Maps: open addressing in groups of 16 control bytes, probed with SSE2 (the layout that Abseil's Swiss tables made known).
//
//   Map ──> Table { mask, used, left | control bytes: capacity + 16 | entries: { key slots, value slots } * capacity }
//
// A control byte is EMPTY, DELETED or the low 7 bits of the key's hash. The first 16 control bytes are repeated after
// the last, so that a group may start anywhere. Keys and values lie in slot form.
//
// Invariants, which hold however many threads race on one map:
//   - a Table's capacity never changes once `map->table` points to it; growing publishes a new Table (release) and readers load
//     the pointer once (acquire), so an index below the mask stays inside the memory they hold;
//   - a probe visits each group at most once, so it ends even if a race has used up all EMPTY bytes;
//   - pairs in entries move with 16-byte accesses, so a reader never sees half a string.
// Counts may be wrong after a race; then a lookup may miss, and that is all.
// A writer sets `writing` while it works. Whoever finds it set by another reports a concurrent use, as Go's maps do.
#include <emmintrin.h>
#include <stdatomic.h>

#include "base/assert.h"
#include "heap/heap.h"

enum { GROUP = 16, EMPTY = 0x80, DELETED = 0xFE };

typedef struct Table {
  uint64_t mask;           // capacity - 1; capacity is a power of two, at least GROUP / 2
  uint64_t left;           // EMPTY slots that may be used before growing (7/8 load)
  uint32_t stride;         // slots an entry
  uint32_t value_at;       // slot of the value in an entry
  uint64_t *entries;       // inside this allocation
  uint8_t control[];
} Table;

struct Map {
  Table *_Atomic table;    // NULL: empty. release by the writer that made it, acquire by readers
  uint64_t count;
  uint64_t clears;         // how often the map was cleared: iterators compare
  _Atomic uint8_t writing; // relaxed: a hint that finds races, it protects nothing
};

typedef enum { KEY_WORD, KEY_STRING, KEY_OTHER } KeyMode;

static const uint64_t seed = 0x9E3779B97F4A7C15ull; // fixed: runs with the same schedule repeat exactly

static KeyMode key_mode(const RType *key) {
  switch (key->kind) {
  case KIND_STRING: return KEY_STRING;
  case KIND_FLOAT32: case KIND_FLOAT64: case KIND_COMPLEX64: case KIND_COMPLEX128: case KIND_INTERFACE: case KIND_STRUCT: case KIND_ARRAY: return KEY_OTHER;
  default: return KEY_WORD;
  }
}

static bool has_pairs(const RType *t) { return t->align == 16; }

static inline uint64_t *entry_at(const Table *t, uint64_t index) { return t->entries + index * t->stride; }

static inline uint32_t match(const uint8_t *control, uint8_t byte) {
  __m128i group = _mm_loadu_si128((const __m128i *)control);
  return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(group, _mm_set1_epi8((char)byte)));
}
// EMPTY and DELETED are the bytes with the top bit set.
static inline uint32_t match_free(const uint8_t *control) { return (uint32_t)_mm_movemask_epi8(_mm_loadu_si128((const __m128i *)control)); }

static void set_control(Table *t, uint64_t index, uint8_t byte) {
  t->control[index] = byte;
  // The mirror behind the end. A table smaller than a group is mirrored at index + capacity, and once more as far as it fits.
  for (uint64_t at = index + t->mask + 1; at < t->mask + 1 + GROUP; at += t->mask + 1) t->control[at] = byte;
}

static Table *table_new(HeapCache *c, const RType *map, uint64_t capacity) {
  const RType *key = map->key, *value = map->elem;
  uint32_t value_at = key->slots;
  if (has_pairs(value)) value_at = (value_at + 1) & ~1u;
  uint32_t stride = value_at + value->slots;
  if (has_pairs(key) || has_pairs(value)) stride = (stride + 1) & ~1u;
  size_t head = (sizeof(Table) + capacity + GROUP + 15) & ~(size_t)15;
  Table *t = heap_alloc(c, head + capacity * stride * 8, key->pointer_free && value->pointer_free); // `entries` points into itself
  t->mask = capacity - 1;
  t->left = capacity - capacity / 8;
  t->stride = stride, t->value_at = value_at;
  t->entries = (uint64_t *)((char *)t + head);
  memset(t->control, EMPTY, capacity + GROUP);
  return t;
}

// Smallest capacity that holds n entries at 7/8 load.
static uint64_t capacity_for(uint64_t n) {
  uint64_t capacity = GROUP / 2;
  while (capacity - capacity / 8 < n) capacity *= 2;
  return capacity;
}

Map *map_new(HeapCache *c, const RType *t, uint64_t hint) {
  Map *m = heap_alloc(c, sizeof *m, false);
  if (hint) atomic_store_explicit(&m->table, table_new(c, t, capacity_for(hint)), memory_order_release);
  return m;
}

uint64_t map_len(const Map *m) { return m ? m->count : 0; }

static inline uint64_t hash_key(const RType *key, KeyMode mode, const uint64_t *slot, const RType **bad) {
  if (mode == KEY_WORD) {
    if (!key->slots) return seed;
    unsigned __int128 p = (unsigned __int128)(*slot ^ seed) * 0xa0761d6478bd642full;
    return (uint64_t)p ^ (uint64_t)(p >> 64);
  }
  return slot_hash(key, slot, seed, bad);
}

// The key that lies in a table. One that races may clear it: a pair is read in one piece.
static inline const uint64_t *whole_key(const RType *key, KeyMode mode, const uint64_t *in_table, __m128i *copy) {
  if (mode == KEY_WORD || (mode == KEY_OTHER && key->shape != SHAPE_PAIR)) return in_table;
  *copy = pair_get(in_table);
  return (const uint64_t *)copy;
}

static inline bool same_key(const RType *key, KeyMode mode, const uint64_t *in_table, const uint64_t *slot, const RType **bad) {
  if (mode == KEY_WORD) return !key->slots || *in_table == *slot;
  __m128i copy;
  in_table = whole_key(key, mode, in_table, &copy);
  return mode == KEY_STRING ? string_equal(slot_string(in_table), slot_string(slot)) : slot_equal(key, in_table, slot, bad);
}

// The entry's index, or -1. Visits each group at most once.
static inline int64_t find(const Table *t, const RType *key, KeyMode mode, uint64_t hash, const uint64_t *slot, const RType **bad) {
  uint8_t tag = hash & 0x7F;
  uint64_t at = (hash >> 7) & t->mask;
  for (uint64_t step = 0; step <= t->mask + GROUP; ) {
    for (uint32_t hits = match(t->control + at, tag); hits; hits &= hits - 1) {
      uint64_t index = (at + (uint32_t)__builtin_ctz(hits)) & t->mask;
      if (same_key(key, mode, entry_at(t, index), slot, bad)) return (int64_t)index;
    }
    if (match(t->control + at, EMPTY)) return -1;
    step += GROUP;
    at = (at + step) & t->mask; // triangular steps reach every group
  }
  return -1;
}

// A free place for a new key, or -1 (only after a race).
static int64_t find_free(const Table *t, uint64_t hash) {
  uint64_t at = (hash >> 7) & t->mask;
  for (uint64_t step = 0; step <= t->mask + GROUP; ) {
    uint32_t free = match_free(t->control + at);
    if (free) return (int64_t)((at + (uint32_t)__builtin_ctz(free)) & t->mask);
    step += GROUP;
    at = (at + step) & t->mask;
  }
  return -1;
}

static inline MapResult get(const Map *m, const RType *t, KeyMode mode, const uint64_t *key, const uint64_t **value, const RType **bad) {
  *value = NULL;
  uint64_t hash = hash_key(t->key, mode, key, bad); // also for an empty map: an unhashable key panics
  if (mode == KEY_OTHER && *bad) return MAP_UNHASHABLE;
  if (!m) return MAP_MISSING;
  Table *table = atomic_load_explicit(&m->table, memory_order_acquire);
  if (atomic_load_explicit(&m->writing, memory_order_relaxed)) return MAP_RACE_READ;
  if (!table) return MAP_MISSING;
  int64_t index = find(table, t->key, mode, hash, key, bad);
  if (index < 0) return MAP_MISSING;
  *value = entry_at(table, (uint64_t)index) + table->value_at;
  return MAP_OK;
}

MapResult map_get(const Map *m, const RType *t, const uint64_t *key, const uint64_t **value, const RType **bad) {
  *bad = NULL;
  switch (key_mode(t->key)) {
  case KEY_WORD: return get(m, t, KEY_WORD, key, value, bad);
  case KEY_STRING: return get(m, t, KEY_STRING, key, value, bad);
  default: return get(m, t, KEY_OTHER, key, value, bad);
  }
}

// Begin and end of a write. Both report another writer seen meanwhile.
static bool write_begin(Map *m) {
  if (atomic_load_explicit(&m->writing, memory_order_relaxed)) return false;
  atomic_store_explicit(&m->writing, 1, memory_order_relaxed);
  return true;
}
static MapResult write_end(Map *m, MapResult result) {
  if (!atomic_load_explicit(&m->writing, memory_order_relaxed)) return MAP_RACE_WRITE;
  atomic_store_explicit(&m->writing, 0, memory_order_relaxed);
  return result;
}

// Move all entries to a new table: twice the size, or the same if most of the used slots are deleted ones.
static Table *grow(HeapCache *c, Map *m, const RType *t, KeyMode mode, Table *old) {
  uint64_t capacity = !old ? GROUP / 2 : m->count > (old->mask + 1) / 2 ? 2 * (old->mask + 1) : old->mask + 1;
  Table *fresh = table_new(c, t, capacity);
  if (old) {
    const RType *ignored = NULL;
    for (uint64_t i = 0; i <= old->mask; i++) {
      if (old->control[i] & 0x80) continue;
      __m128i copy;
      uint64_t hash = hash_key(t->key, mode, whole_key(t->key, mode, entry_at(old, i), &copy), &ignored);
      int64_t to = find_free(fresh, hash);
      if (to < 0 || fresh->left == 0) break; // more entries than counted: a race
      set_control(fresh, (uint64_t)to, hash & 0x7F);
      slots_copy(entry_at(fresh, (uint64_t)to), entry_at(old, i), old->stride, old->stride % 2 == 0);
      fresh->left--;
    }
  }
  atomic_store_explicit(&m->table, fresh, memory_order_release);
  return fresh;
}

static inline MapResult set(HeapCache *c, Map *m, const RType *t, KeyMode mode, const uint64_t *key, const uint64_t *value, const RType **bad) {
  uint64_t hash = hash_key(t->key, mode, key, bad);
  if (mode == KEY_OTHER && *bad) return MAP_UNHASHABLE;
  if (!write_begin(m)) return MAP_RACE_WRITE;
  Table *table = atomic_load_explicit(&m->table, memory_order_acquire);
  int64_t index = table ? find(table, t->key, mode, hash, key, bad) : -1;
  if (index < 0) {
    if (table) index = find_free(table, hash);
    if (index < 0 || (table->left == 0 && table->control[index] == EMPTY)) {
      table = grow(c, m, t, mode, table);
      index = find_free(table, hash);
      if (index < 0) return write_end(m, MAP_RACE_WRITE);
    }
    if (table->control[index] == EMPTY && table->left) table->left--;
    slots_copy(entry_at(table, (uint64_t)index), key, t->key->slots, has_pairs(t->key));
    slots_copy(entry_at(table, (uint64_t)index) + table->value_at, value, t->elem->slots, has_pairs(t->elem));
    set_control(table, (uint64_t)index, hash & 0x7F);
    m->count++;
    return write_end(m, MAP_OK);
  }
  // Equal keys may differ in their bits (+0 and -0): the newer one stays, as in Go's maps.
  if (mode == KEY_OTHER) slots_copy(entry_at(table, (uint64_t)index), key, t->key->slots, has_pairs(t->key));
  slots_copy(entry_at(table, (uint64_t)index) + table->value_at, value, t->elem->slots, has_pairs(t->elem));
  return write_end(m, MAP_OK);
}

MapResult map_set(HeapCache *c, Map *m, const RType *t, const uint64_t *key, const uint64_t *value, const RType **bad) {
  *bad = NULL;
  switch (key_mode(t->key)) {
  case KEY_WORD: return set(c, m, t, KEY_WORD, key, value, bad);
  case KEY_STRING: return set(c, m, t, KEY_STRING, key, value, bad);
  default: return set(c, m, t, KEY_OTHER, key, value, bad);
  }
}

// An entry that was deleted keeps nothing alive. Pairs are cleared whole, and what holds no pointer stays, since somebody may be reading it.
static void forget(Table *table, uint64_t index, const RType *t) {
  uint64_t *entry = entry_at(table, index);
  uint32_t i = t->key->pointer_free ? table->value_at : 0, end = t->elem->pointer_free ? table->value_at : table->stride;
  if (has_pairs(t->key) || has_pairs(t->elem))
    for (; i + 1 < end; i += 2) pair_clear(entry + i);
  for (; i < end; i++) entry[i] = 0;
}

MapResult map_delete(Map *m, const RType *t, const uint64_t *key, const RType **bad) {
  *bad = NULL;
  KeyMode mode = key_mode(t->key);
  uint64_t hash = hash_key(t->key, mode, key, bad);
  if (*bad) return MAP_UNHASHABLE;
  if (!m) return MAP_MISSING;
  if (!write_begin(m)) return MAP_RACE_WRITE;
  Table *table = atomic_load_explicit(&m->table, memory_order_acquire);
  int64_t index = table ? find(table, t->key, mode, hash, key, bad) : -1;
  if (index < 0) return write_end(m, MAP_MISSING);
  // A probe that passed here saw a full group; if the group around still has an EMPTY byte none can have, so the slot may be EMPTY again.
  uint64_t before = ((uint64_t)index - GROUP) & table->mask;
  uint32_t empty_after = match(table->control + index, EMPTY), empty_before = match(table->control + before, EMPTY);
  bool reusable = table->mask + 1 > GROUP && empty_after && empty_before &&
                  (uint32_t)__builtin_ctz(empty_after) + ((uint32_t)__builtin_clz(empty_before) - 16) < GROUP;
  set_control(table, (uint64_t)index, reusable ? EMPTY : DELETED);
  if (reusable) table->left++;
  atomic_thread_fence(memory_order_release); // see map_iter_holds
  forget(table, (uint64_t)index, t);
  if (m->count) m->count--;
  return write_end(m, MAP_OK);
}

MapResult map_clear(Map *m, const RType *t) {
  if (!m) return MAP_OK;
  if (!write_begin(m)) return MAP_RACE_WRITE;
  atomic_store_explicit(&m->table, NULL, memory_order_release);
  m->count = 0;
  m->clears++;
  return write_end(m, MAP_OK);
}

// --- iteration: over the table that was there at the start. If the map has moved to another table since, each key is
// looked up there: an entry removed meanwhile is not produced, and a changed value is the new one.

struct MapIter {
  Map *map;
  const RType *type;
  Table *table;
  uint64_t start, done; // slots visited, from start on, wrapping
  uint64_t clears;
};

MapIter *map_iter_new(HeapCache *c, Map *m, const RType *t, uint64_t start) {
  MapIter *it = heap_alloc(c, sizeof *it, false);
  it->map = m, it->type = t;
  if (m) {
    it->table = atomic_load_explicit(&m->table, memory_order_acquire);
    it->clears = m->clears;
  }
  if (it->table) it->start = start & it->table->mask;
  return it;
}

const RType *map_iter_type(const MapIter *it) { return it->type; }

MapResult map_iter_next(MapIter *it, const uint64_t **key, const uint64_t **value) {
  Table *table = it->table;
  if (!table) return MAP_MISSING;
  if (atomic_load_explicit(&it->map->writing, memory_order_relaxed)) return MAP_RACE_ITER;
  Table *current = atomic_load_explicit(&it->map->table, memory_order_acquire);
  while (it->done <= table->mask) {
    uint64_t index = (it->start + it->done++) & table->mask;
    if (table->control[index] & 0x80) continue;
    uint64_t *entry = entry_at(table, index);
    *key = entry, *value = entry + table->value_at;
    if (current == table) return MAP_OK;
    const RType *bad = NULL;
    __m128i copy;
    const uint64_t *newer, *whole = whole_key(it->type->key, key_mode(it->type->key), entry, &copy);
    if (map_get(it->map, it->type, whole, &newer, &bad) == MAP_OK) {
      *value = newer;
      return MAP_OK;
    }
    // A key that is not equal to itself can be neither found nor deleted, only cleared away.
    if (!slot_equal(it->type->key, whole, whole, &bad) && it->map->clears == it->clears) return MAP_OK;
  }
  return MAP_MISSING;
}

bool map_iter_holds(const MapIter *it) {
  atomic_thread_fence(memory_order_acquire); // the entry was read before
  return !(__atomic_load_n(&it->table->control[(it->start + it->done - 1) & it->table->mask], __ATOMIC_RELAXED) & 0x80);
}
