#include "watch/heir.h"

#include <stdlib.h>

#include "watch/memory.h"

enum { CHUNK = 1 << HEIR_CHUNK_BITS, BUSY = 1 };

Heirs *heirs_new(void) { return memory_new(1, sizeof(Heirs)); }

void heirs_free(Heirs *all) {
  if (!all) return;
  for (uint32_t i = 0; i < HEIR_CHUNKS; i++) free(all->chunks[i]);
  free(all);
}

static Heir *at(const Heirs *all, uint32_t chain) {
  // acquire: the chunk as it was made
  Heir *chunk = atomic_load_explicit(&((Heirs *)all)->chunks[chain >> HEIR_CHUNK_BITS], memory_order_acquire);
  return chunk ? &chunk[chain & (CHUNK - 1)] : NULL;
}

void heir_begin(Heirs *all, uint32_t chain) {
  Heir *h = at(all, chain);
  if (!h) {
    Heir *chunk = memory_new(CHUNK, sizeof *chunk), *none = NULL;
    if (!atomic_compare_exchange_strong_explicit(&all->chunks[chain >> HEIR_CHUNK_BITS], &none, chunk, memory_order_acq_rel, memory_order_acquire)) free(chunk);
    return;
  }
  // Relaxed: who learns an epoch of the new goroutine's sees this, and who sees the old value knows no more than the old goroutine's.
  atomic_store_explicit(&h->ended, 0, memory_order_relaxed);
}

void heir_end(Heirs *all, uint32_t chain, uint32_t last) {
  atomic_store_explicit(&at(all, chain)->ended, last + 1, memory_order_release);
}

bool heir_take(Heirs *all, uint32_t chain, uint32_t known, uint32_t by, uint32_t epoch) {
  Heir *h = at(all, chain);
  uint32_t ended = atomic_load_explicit(&h->ended, memory_order_acquire);
  if (!ended || known < ended - 1) return false;
  uint32_t steps = atomic_load_explicit(&h->steps, memory_order_relaxed) + 1;
  uint64_t none = 0;
  if (steps > HEIR_STEPS || atomic_load_explicit(&h->to, memory_order_relaxed) ||
      !atomic_compare_exchange_strong_explicit(&h->to, &none, BUSY, memory_order_relaxed, memory_order_relaxed)) return false;
  Heir *mine = at(all, by);
  if (atomic_load_explicit(&mine->steps, memory_order_relaxed) < steps) atomic_store_explicit(&mine->steps, steps, memory_order_relaxed);
  h->until = known;
  atomic_store_explicit(&h->to, (uint64_t)by << 32 | epoch, memory_order_release);
  return true;
}

bool heir_of(const Heirs *all, uint32_t *chain, uint32_t *epoch, uint32_t *until) {
  const Heir *h = at(all, *chain);
  uint64_t to = h ? atomic_load_explicit(&((Heir *)h)->to, memory_order_acquire) : 0;
  if (to <= BUSY || h->until < *epoch) return false;
  *until = h->until;
  *chain = (uint32_t)(to >> 32);
  *epoch = (uint32_t)to;
  return true;
}
