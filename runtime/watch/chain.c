#include "watch/chain.h"

#include <stdlib.h>

#include "watch/memory.h"

enum { CHUNK = 1 << CHAIN_CHUNK_BITS, TRIES = 4, VAIN = 16, SOMETIMES = 8, OWNERS = 3 };

struct Chain {
  _Atomic uint32_t children; // dead chains that were started from this one, newest first: pushed by anyone, taken all at once by its goroutine
  uint32_t next;             // in a list
  uint32_t last;             // dead: the last epoch that something bears
  uint32_t epochs;           // dead: the last that there was; clocks may name it in certificates (clock.h)
  bool joined;               // dead: its clock is in the accumulator
  _Atomic bool alive;        // relaxed: a hint where to put its children
  // Those who were here last, newest first. Written by whoever has the chain, read by reports at any time: a wrong number is
  // possible then, and no worse.
  struct { uint32_t from, id; } owners[OWNERS];
};

Chains *chains_new(uint32_t pile, uint32_t last_epoch) {
  Chains *all = memory_new(1, sizeof *all);
  all->pile = pile;
  all->last_epoch = last_epoch;
  all->ended = heap_root(sizeof *all->ended);
  all->heirs = heirs_new();
  pthread_mutex_init(&all->lock, NULL);
  return all;
}

void chains_free(Chains *all) {
  if (!all) return;
  for (uint32_t i = 0; i < CHAIN_CHUNKS; i++) free(all->chunks[i]);
  heap_free_root(all->ended);
  heirs_free(all->heirs);
  pthread_mutex_destroy(&all->lock);
  free(all);
}

static Chain *at(const Chains *all, uint32_t chain) {
  // acquire: who was handed a chain sees its chunk; a report may come from another worker
  Chain *chunk = atomic_load_explicit(&((Chains *)all)->chunks[chain >> CHAIN_CHUNK_BITS], memory_order_acquire);
  return chunk ? &chunk[chain & (CHUNK - 1)] : NULL;
}

uint32_t chains_count(const Chains *all) { return atomic_load_explicit(&((Chains *)all)->count, memory_order_relaxed); }

static uint32_t make(Chains *all) {
  uint32_t chain = atomic_fetch_add_explicit(&all->count, 1, memory_order_relaxed) + 1;
  if (chain >= CHAIN_LIMIT) {
    atomic_fetch_sub_explicit(&all->count, 1, memory_order_relaxed);
    return 0;
  }
  if (at(all, chain)) return chain;
  Chain *chunk = memory_new(CHUNK, sizeof *chunk), *none = NULL;
  if (!atomic_compare_exchange_strong_explicit(&all->chunks[chain >> CHAIN_CHUNK_BITS], &none, chunk, memory_order_acq_rel, memory_order_acquire)) free(chunk);
  return chain;
}

// --- lists

static void append(const Chains *all, ChainList *list, ChainList more) {
  if (!more.first) return;
  if (list->last) at(all, list->last)->next = more.first;
  else list->first = more.first;
  list->last = more.last;
}

static uint32_t take_first(const Chains *all, ChainList *list) {
  uint32_t chain = list->first;
  list->first = at(all, chain)->next;
  if (!list->first) list->last = 0;
  at(all, chain)->next = 0;
  return chain;
}

// All children of a chain that have ended since the last time, oldest first.
static ChainList take_children(const Chains *all, uint32_t chain) {
  ChainList list = {0};
  if (!chain || !atomic_load_explicit(&at(all, chain)->children, memory_order_relaxed)) return list;
  // acquire: their `last` and `next`
  for (uint32_t child = atomic_exchange_explicit(&at(all, chain)->children, 0, memory_order_acquire), next; child; child = next) {
    next = at(all, child)->next;
    at(all, child)->next = list.first;
    list.first = child;
    if (!list.last) list.last = child;
  }
  return list;
}

// The first of a few that the clock covers, or that may be had for an added order.
static uint32_t find(Chains *all, const Clock *clock, ChainList *list, bool pile, bool *force) {
  for (uint32_t i = 0; i < TRIES && list->first; i++) {
    uint32_t chain = take_first(all, list);
    Chain *c = at(all, chain);
    if (clock && clock_reaches(clock, chain, c->last) >= c->last) return chain;
    if (pile && c->joined) {
      *force = true;
      return chain;
    }
    append(all, list, (ChainList){chain, chain});
  }
  return 0;
}

static bool piled(Chains *all) { return atomic_load_explicit(&all->dead, memory_order_relaxed) > all->pile; }

uint32_t chain_take(Chains *all, ClockMaker *m, const Clock *clock, ChainList *own, Clock *child, uint64_t id, uint32_t *epoch) {
  bool force = false, pile = piled(all);
  uint32_t chain = 0;
  bool look = pile || m->vain < VAIN || m->vain % SOMETIMES == 0; // where none was found for long, none is looked for each time
  if (look && clock) {
    append(all, own, take_children(all, clock->self));
    chain = find(all, clock, own, pile, &force);
  }
  if (look && !chain && atomic_load_explicit(&all->common_count, memory_order_relaxed)) {
    pthread_mutex_lock(&all->lock);
    chain = find(all, clock, &all->common, pile, &force);
    if (chain) atomic_fetch_sub_explicit(&all->common_count, 1, memory_order_relaxed);
    pthread_mutex_unlock(&all->lock);
  }
  if (force) {
    pthread_mutex_lock(&all->lock);
    clock_acquire(m, child, all->ended);
    pthread_mutex_unlock(&all->lock);
  }
  m->vain = chain ? 0 : m->vain + 1;
  if (chain) {
    atomic_fetch_sub_explicit(&all->dead, 1, memory_order_relaxed);
  } else if (!(chain = make(all))) {
    return 0;
  }
  heir_begin(all->heirs, chain);
  Chain *c = at(all, chain);
  *epoch = c->epochs + 1;
  for (uint32_t i = OWNERS - 1; i > 0; i--) c->owners[i] = c->owners[i - 1];
  c->owners[0].from = *epoch;
  c->owners[0].id = (uint32_t)id;
  atomic_store_explicit(&c->alive, true, memory_order_relaxed);
  return chain;
}

static void put_common(Chains *all, ChainList list, uint32_t count) {
  if (!list.first) return;
  pthread_mutex_lock(&all->lock);
  append(all, &all->common, list);
  atomic_fetch_add_explicit(&all->common_count, count, memory_order_relaxed);
  pthread_mutex_unlock(&all->lock);
}

static uint32_t length(const Chains *all, ChainList list) {
  uint32_t n = 0;
  for (uint32_t chain = list.first; chain; chain = at(all, chain)->next) n++;
  return n;
}

void chain_drop(Chains *all, ClockMaker *m, Clock *clock, uint32_t marked, uint32_t parent, ChainList *own) {
  uint32_t chain = clock->self;
  Chain *c = at(all, chain);
  c->last = marked >= clock->epoch ? clock->epoch : clock->epoch - 1;
  c->epochs = clock->epoch;
  c->joined = piled(all);
  atomic_store_explicit(&c->alive, false, memory_order_relaxed);
  append(all, own, take_children(all, chain));
  put_common(all, *own, length(all, *own));
  *own = (ChainList){0};
  if (c->joined) {
    c->last = clock->epoch;
    pthread_mutex_lock(&all->lock);
    clock_acquire(m, all->ended, clock);
    pthread_mutex_unlock(&all->lock);
  }
  heir_end(all->heirs, chain, c->last);
  if (chain_worn(all->last_epoch, c->epochs + 1)) return; // used up: it is not used again
  atomic_fetch_add_explicit(&all->dead, 1, memory_order_relaxed);
  if (!parent || !atomic_load_explicit(&at(all, parent)->alive, memory_order_relaxed)) {
    put_common(all, (ChainList){chain, chain}, 1);
    return;
  }
  _Atomic uint32_t *children = &at(all, parent)->children;
  uint32_t first = atomic_load_explicit(children, memory_order_relaxed);
  // release: `last` and `next` to whoever takes them
  do c->next = first;
  while (!atomic_compare_exchange_weak_explicit(children, &first, chain, memory_order_release, memory_order_relaxed));
}

uint64_t chain_goroutine(const Chains *all, uint32_t chain, uint32_t epoch, bool *finished) {
  const Chain *c = at(all, chain);
  for (uint32_t i = 0; c && i < OWNERS; i++) {
    if (!c->owners[i].id || c->owners[i].from > epoch) continue;
    *finished = i > 0 || !atomic_load_explicit(&((Chain *)c)->alive, memory_order_relaxed);
    return c->owners[i].id;
  }
  *finished = true;
  return 0;
}
