#include "watch/code.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "heap/heap.h"
#include "watch/memory.h"

enum { FIRST_ROOM = 64 };

struct CodeSet {
  pthread_mutex_t lock;  // rank: leaf but for the heap's. Guards the rest
  _Atomic uint32_t count; // read without the lock as a hint
  uint32_t room;         // power of two, more than count
  void **blocks;         // open addressing; heap_root, so that the collector sees them
};

CodeSet *code_set_new(void) {
  CodeSet *set = memory_new(1, sizeof *set);
  pthread_mutex_init(&set->lock, NULL);
  set->room = FIRST_ROOM;
  set->blocks = heap_root(set->room * sizeof *set->blocks);
  return set;
}

void code_set_free(CodeSet *set) {
  if (!set) return;
  heap_free_root(set->blocks);
  pthread_mutex_destroy(&set->lock);
  free(set);
}

// Where the block is, or belongs.
static void **place(const CodeSet *set, const void *block) {
  uint32_t i = (uint32_t)(((uintptr_t)block >> 4) * 0x9e3779b97f4a7c15ull >> 32);
  while (set->blocks[i &= set->room - 1] && set->blocks[i] != block) i++;
  return &set->blocks[i];
}

static void grow(CodeSet *set) {
  void **old = set->blocks;
  uint32_t room = set->room;
  set->room = 2 * room;
  set->blocks = heap_root(set->room * sizeof *set->blocks);
  for (uint32_t i = 0; i < room; i++)
    if (old[i]) *place(set, old[i]) = old[i];
  heap_free_root(old);
}

void code_keep(CodeSet *set, const Instr *pc) {
  void *block = heap_code_block(pc);
  if (!block) return; // the interpreter's own
  pthread_mutex_lock(&set->lock);
  void **at = place(set, block);
  if (!*at) {
    *at = block;
    uint32_t count = atomic_load_explicit(&set->count, memory_order_relaxed) + 1;
    atomic_store_explicit(&set->count, count, memory_order_relaxed);
    if (2 * count > set->room) grow(set);
  }
  pthread_mutex_unlock(&set->lock);
}

uint32_t code_kept(const CodeSet *set) { return atomic_load_explicit(&((CodeSet *)set)->count, memory_order_relaxed); }
