// Hash tables that keep insertion order: entries lie in an array, an open-addressed index of entry numbers finds them.
//
//   index (power of two, linear probing)      entries (dense, in order of first insertion)
//   [ . 2 . . 1 . 3 . ]                 --->  [ key value ][ key value ][ key value ]
//
// Iterating is a loop over entries[0..len), the same in every run. Small tables have no index and are searched
// linearly. A zeroed table is an empty one on malloc; *_init with an arena takes all memory from there (deinit is then
// a no-op). Keys are not copied. There is no removal: put NULL as the value.
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct PtrEntry {
  const void *key;
  void *value;
} PtrEntry;

typedef struct PtrTable {
  PtrEntry *entries;
  uint32_t *index; // entry number + 1, 0 = free; NULL while small
  uint32_t len, cap;
  uint32_t mask; // size of index - 1
  Arena *arena;  // NULL: malloc
} PtrTable;

void ptr_table_init(PtrTable *table, Arena *arena);
void ptr_table_deinit(PtrTable *table);
// The key's entry behind the index, NULL when absent.
PtrEntry *ptr_table_probe(const PtrTable *table, const void *key);

static inline PtrEntry *ptr_table_find(const PtrTable *table, const void *key) {
  if (table->index) return ptr_table_probe(table, key);
  for (uint32_t i = 0; i < table->len; i++)
    if (table->entries[i].key == key) return &table->entries[i];
  return NULL;
}

static inline void *ptr_table_get(const PtrTable *table, const void *key) { // NULL when absent
  PtrEntry *found = ptr_table_find(table, key);
  return found ? found->value : NULL;
}

static inline bool ptr_table_has(const PtrTable *table, const void *key) { return ptr_table_find(table, key) != NULL; }
// Makes room for so many entries more.
void ptr_table_reserve(PtrTable *table, uint32_t n);
void ptr_table_put(PtrTable *table, const void *key, void *value); // inserts or replaces
// The address of the key's value, inserted as NULL when absent; valid until the next insertion.
void **ptr_table_slot(PtrTable *table, const void *key);

typedef struct BytesEntry {
  const char *key;
  uint32_t len, hash;
  void *value;
} BytesEntry;

typedef struct BytesTable {
  BytesEntry *entries;
  uint32_t *index;
  uint32_t len, cap;
  uint32_t mask;
  Arena *arena;
} BytesTable;

void bytes_table_init(BytesTable *table, Arena *arena);
void bytes_table_deinit(BytesTable *table);
void *bytes_table_get(const BytesTable *table, const void *key, size_t len);
bool bytes_table_has(const BytesTable *table, const void *key, size_t len);
void bytes_table_put(BytesTable *table, const void *key, size_t len, void *value);
void **bytes_table_slot(BytesTable *table, const void *key, size_t len);

// A fast hash of some bytes (not for hostile input, the same in every run).
uint32_t hash_bytes(const void *data, size_t len);
uint32_t hash_u64(uint64_t value);

#endif
