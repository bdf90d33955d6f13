// Insertion-ordered hash tables; see table.h for the picture. The index is at most half full, so probes end.
#include "base/table.h"

#include "base/assert.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

enum { SMALL = 8 }; // up to here a linear search beats hashing

uint32_t hash_u64(uint64_t value) {
  value ^= value >> 32;
  value *= 0x9E3779B97F4A7C15u;
  return (uint32_t)(value >> 32);
}

uint32_t hash_bytes(const void *data, size_t len) {
  const unsigned char *p = data;
  uint64_t h = len * 0x9E3779B97F4A7C15u;
  uint64_t word;
  for (; len >= 8; p += 8, len -= 8) {
    memcpy(&word, p, 8);
    h = (h ^ word) * 0xFF51AFD7ED558CCDu;
    h ^= h >> 32;
  }
  word = 0;
  if (len >= 4) { // two overlapping halves cover 4 to 7 bytes
    uint32_t low, high;
    memcpy(&low, p, 4);
    memcpy(&high, p + len - 4, 4);
    word = (uint64_t)high << 32 | low;
  } else if (len) {
    word = (uint64_t)p[0] << 16 | (uint64_t)p[len / 2] << 8 | p[len - 1];
  }
  h = (h ^ word) * 0xFF51AFD7ED558CCDu;
  return (uint32_t)(h >> 32);
}

// A fresh zeroed index with room for twice `cap` entries.
static uint32_t *new_index(Arena *arena, uint32_t *old, uint32_t cap, uint32_t *mask) {
  ASSERT(cap <= UINT32_MAX / 4, "table too large");
  uint32_t size = 32;
  while (size < cap * 2) size *= 2;
  *mask = size - 1;
  if (arena) return ARENA_ARRAY(arena, uint32_t, size);
  free(old);
  uint32_t *index = calloc(size, sizeof *index);
  ASSERT(index, "out of memory");
  return index;
}

static uint32_t hash_ptr(const void *key) { return hash_u64((uint64_t)(uintptr_t)key); }

void ptr_table_init(PtrTable *table, Arena *arena) { *table = (PtrTable){.arena = arena}; }

void ptr_table_deinit(PtrTable *table) {
  if (!table->arena) {
    free(table->entries);
    free(table->index);
  }
  *table = (PtrTable){.arena = table->arena};
}

PtrEntry *ptr_table_probe(const PtrTable *table, const void *key) {
  for (uint32_t i = hash_ptr(key);; i++) {
    uint32_t number = table->index[i & table->mask];
    if (!number) return NULL;
    if (table->entries[number - 1].key == key) return &table->entries[number - 1];
  }
}

static void ptr_index(PtrTable *table, uint32_t number) {
  uint32_t i = hash_ptr(table->entries[number - 1].key);
  while (table->index[i & table->mask]) i++;
  table->index[i & table->mask] = number;
}

static void ptr_grow(PtrTable *table, uint64_t want) {
  table->entries = table->arena ? vec_grow_arena(table->arena, table->entries, table->len, &table->cap, want,
                                                 sizeof *table->entries)
                                : vec_grow(table->entries, &table->cap, want, sizeof *table->entries);
  if (table->cap > SMALL) {
    table->index = new_index(table->arena, table->index, table->cap, &table->mask);
    for (uint32_t number = 1; number <= table->len; number++) ptr_index(table, number);
  }
}

void ptr_table_reserve(PtrTable *table, uint32_t n) {
  if ((uint64_t)table->len + n > table->cap) ptr_grow(table, (uint64_t)table->len + n);
}

void **ptr_table_slot(PtrTable *table, const void *key) {
  uint32_t *place = NULL; // in the index, for a new entry
  if (table->index) {
    uint32_t i = hash_ptr(key), number;
    for (; (number = table->index[i & table->mask]); i++)
      if (table->entries[number - 1].key == key) return &table->entries[number - 1].value;
    place = &table->index[i & table->mask];
  } else {
    for (uint32_t i = 0; i < table->len; i++)
      if (table->entries[i].key == key) return &table->entries[i].value;
  }
  bool grows = table->len == table->cap; // with a new index
  if (grows) ptr_grow(table, (uint64_t)table->len + 1);
  table->entries[table->len++] = (PtrEntry){.key = key};
  if (!grows && place) *place = table->len;
  else if (table->index) ptr_index(table, table->len);
  return &table->entries[table->len - 1].value;
}

void ptr_table_put(PtrTable *table, const void *key, void *value) { *ptr_table_slot(table, key) = value; }

void bytes_table_init(BytesTable *table, Arena *arena) { *table = (BytesTable){.arena = arena}; }

void bytes_table_deinit(BytesTable *table) {
  if (!table->arena) {
    free(table->entries);
    free(table->index);
  }
  *table = (BytesTable){.arena = table->arena};
}

static bool bytes_match(const BytesEntry *entry, const void *key, size_t len, uint32_t hash) {
  return entry->hash == hash && entry->len == len && (len == 0 || memcmp(entry->key, key, len) == 0);
}

static BytesEntry *bytes_find(const BytesTable *table, const void *key, size_t len, uint32_t hash) {
  if (!table->index) {
    for (uint32_t i = 0; i < table->len; i++)
      if (bytes_match(&table->entries[i], key, len, hash)) return &table->entries[i];
    return NULL;
  }
  for (uint32_t i = hash;; i++) {
    uint32_t number = table->index[i & table->mask];
    if (!number) return NULL;
    if (bytes_match(&table->entries[number - 1], key, len, hash)) return &table->entries[number - 1];
  }
}

static void bytes_index(BytesTable *table, uint32_t number) {
  uint32_t i = table->entries[number - 1].hash;
  while (table->index[i & table->mask]) i++;
  table->index[i & table->mask] = number;
}

void **bytes_table_slot(BytesTable *table, const void *key, size_t len) {
  ASSERT(len <= UINT32_MAX, "key too long");
  uint32_t hash = hash_bytes(key, len);
  BytesEntry *found = bytes_find(table, key, len, hash);
  if (found) return &found->value;
  if (table->len == table->cap) {
    uint64_t want = (uint64_t)table->len + 1;
    table->entries = table->arena ? vec_grow_arena(table->arena, table->entries, table->len, &table->cap, want,
                                                   sizeof *table->entries)
                                  : vec_grow(table->entries, &table->cap, want, sizeof *table->entries);
    if (table->cap > SMALL) {
      table->index = new_index(table->arena, table->index, table->cap, &table->mask);
      for (uint32_t number = 1; number <= table->len; number++) bytes_index(table, number);
    }
  }
  table->entries[table->len] = (BytesEntry){.key = key, .len = (uint32_t)len, .hash = hash};
  table->len++;
  if (table->index) bytes_index(table, table->len);
  return &table->entries[table->len - 1].value;
}

void *bytes_table_get(const BytesTable *table, const void *key, size_t len) {
  BytesEntry *found = bytes_find(table, key, len, hash_bytes(key, len));
  return found ? found->value : NULL;
}

bool bytes_table_has(const BytesTable *table, const void *key, size_t len) {
  return bytes_find(table, key, len, hash_bytes(key, len)) != NULL;
}

void bytes_table_put(BytesTable *table, const void *key, size_t len, void *value) {
  *bytes_table_slot(table, key, len) = value;
}
