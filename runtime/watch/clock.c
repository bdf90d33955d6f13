#include "watch/clock.h"

#include <smmintrin.h>
#include <string.h>

enum { LEAF_BITS = 6, NODE_BITS = 4, LEAF = 1 << LEAF_BITS, FAN = 1 << NODE_BITS };

struct ClockNode {
  uint64_t token; // of the clock that may change it
  union {
    uint32_t epochs[LEAF]; // of a leaf: level 0
    ClockNode *sub[FAN];   // of others
  };
};
enum { LEAF_SIZE = 8 + LEAF * 4, NODE_SIZE = 8 + FAN * 8 };

// --- the trie

static uint32_t shift_of(uint32_t level) { return LEAF_BITS + NODE_BITS * level; }

static uint32_t trie_get(const ClockNode *n, uint32_t level, uint32_t chain) {
  if (chain >> shift_of(level)) return 0;
  for (; n && level; level--) n = n->sub[chain >> shift_of(level - 1) & (FAN - 1)];
  return n ? n->epochs[chain & (LEAF - 1)] : 0;
}

// n itself if it is the clock's own, else a copy that is.
static ClockNode *own(ClockMaker *m, uint64_t token, ClockNode *n, uint32_t level) {
  if (n && n->token == token) return n;
  size_t size = level ? NODE_SIZE : LEAF_SIZE;
  ClockNode *copy = heap_alloc(m->heap, size, !level);
  if (n) memcpy(copy, n, size);
  copy->token = token;
  return copy;
}

static ClockNode *trie_put(ClockMaker *m, uint64_t token, ClockNode *n, uint32_t level, uint32_t chain, uint32_t epoch) {
  n = own(m, token, n, level);
  if (!level) {
    n->epochs[chain & (LEAF - 1)] = epoch;
    return n;
  }
  ClockNode **sub = &n->sub[chain >> shift_of(level - 1) & (FAN - 1)];
  *sub = trie_put(m, token, *sub, level - 1, chain, epoch);
  return n;
}

static ClockNode *join_leaves(ClockMaker *m, uint64_t token, ClockNode *a, ClockNode *b) {
  bool a_wins = true, b_wins = true;
  for (uint32_t i = 0; i < LEAF; i++) {
    a_wins &= a->epochs[i] >= b->epochs[i];
    b_wins &= b->epochs[i] >= a->epochs[i];
  }
  if (a_wins) return a;
  if (b_wins) return b;
  ClockNode *n = own(m, token, a, 0);
  for (uint32_t i = 0; i < LEAF; i++)
    if (b->epochs[i] > n->epochs[i]) n->epochs[i] = b->epochs[i];
  return n;
}

// The higher of both everywhere. What they share is not looked into.
static ClockNode *trie_join(ClockMaker *m, uint64_t token, ClockNode *a, ClockNode *b, uint32_t level) {
  if (a == b || !b) return a;
  if (!a) return b;
  if (!level) return join_leaves(m, token, a, b);
  ClockNode *n = a;
  for (uint32_t i = 0; i < FAN; i++) {
    ClockNode *sub = trie_join(m, token, a->sub[i], b->sub[i], level - 1);
    if (sub == n->sub[i]) continue;
    n = own(m, token, n, level);
    n->sub[i] = sub;
  }
  return n;
}

// --- clocks

static uint64_t token_of(ClockMaker *m, Clock *c) {
  if (!c->token) c->token = m->next_token++;
  return c->token;
}

static void rise(ClockMaker *m, Clock *c, uint32_t level) {
  if (!c->base) c->level = (uint8_t)level;
  for (; c->level < level; c->level++) {
    ClockNode *n = own(m, token_of(m, c), NULL, c->level + 1u);
    n->sub[0] = c->base;
    c->base = n;
  }
}

static uint32_t level_for(uint32_t chain) {
  uint32_t level = 0;
  while (chain >> shift_of(level)) level++;
  return level;
}

// Into the trie with the older entries; with the fresh ones only if they leave no room, as the certificate goes with them.
static void flush(ClockMaker *m, Clock *c) {
  if (c->fresh > CLOCK_RECENT / 2) c->fresh = 0, c->origin = 0;
  uint32_t old = c->count - c->fresh;
  for (uint32_t i = 0; i < old; i++) {
    uint32_t chain = c->recent[i].chain;
    rise(m, c, level_for(chain));
    c->base = trie_put(m, token_of(m, c), c->base, c->level, chain, c->recent[i].epoch);
  }
  memmove(c->recent, c->recent + old, c->fresh * sizeof c->recent[0]);
  c->count = c->fresh;
}

uint32_t clock_knows(const Clock *c, uint32_t chain) {
  if (chain == c->self) return c->epoch;
  for (uint32_t i = 0; i < c->count; i++)
    if (c->recent[i].chain == chain) return c->recent[i].epoch;
  return trie_get(c->base, c->level, chain);
}

// Raise one entry.
static bool put(ClockMaker *m, Clock *c, uint32_t chain, uint32_t epoch) {
  if (!chain || chain == c->self) return false;
  for (uint32_t i = 0; i < c->count; i++) {
    if (c->recent[i].chain != chain) continue;
    if (c->recent[i].epoch >= epoch) return false;
    c->recent[i].epoch = epoch;
    if (i < (uint32_t)(c->count - c->fresh)) { // it becomes one of the fresh ones
      uint32_t last = c->count - ++c->fresh;
      __typeof__(c->recent[0]) raised = c->recent[i];
      c->recent[i] = c->recent[last];
      c->recent[last] = raised;
    }
    return true;
  }
  if (trie_get(c->base, c->level, chain) >= epoch) return false;
  if (c->count == CLOCK_RECENT) flush(m, c);
  c->recent[c->count].chain = chain;
  c->recent[c->count++].epoch = epoch;
  c->fresh++;
  return true;
}

// c's map becomes that of `from`, whose nodes nobody may change from now on.
static void adopt(ClockMaker *m, Clock *c, Clock *from) {
  from->token = c->token = 0;
  c->base = from->base;
  c->level = from->level;
  c->count = from->count;
  memcpy(c->recent, from->recent, sizeof c->recent);
  if (!from->self) { // an accumulator: what certifies it certifies c
    c->origin = from->origin;
    c->origin_at = from->origin_at;
    c->fresh = from->fresh;
    return;
  }
  if (c->count == CLOCK_RECENT) flush(m, c);
  c->origin = from->self;
  c->origin_at = from->changed;
  c->fresh = 0;
  put(m, c, from->self, from->epoch);
}

static void join(ClockMaker *m, Clock *c, Clock *from) {
  from->token = 0;
  uint32_t level = c->level > from->level ? c->level : from->level;
  if (!from->base) level = c->level;
  Clock other = *from;
  rise(m, c, level);
  rise(m, &other, level);
  c->base = trie_join(m, token_of(m, c), c->base, other.base, level);
  for (uint32_t i = 0; i < c->count; i++) {
    uint32_t base = trie_get(c->base, c->level, c->recent[i].chain);
    if (base > c->recent[i].epoch) c->recent[i].epoch = base;
  }
  for (uint32_t i = 0; i < from->count; i++) put(m, c, from->recent[i].chain, from->recent[i].epoch);
  put(m, c, from->self, from->epoch);
  c->origin = 0;
}

// By its certificates, does `all` know all that c knows?
static bool is_known(const Clock *c, const Clock *all) {
  if (c->self && clock_knows(all, c->self) >= c->changed) return true;
  if (!c->origin || clock_knows(all, c->origin) < c->origin_at) return false;
  for (uint32_t i = c->count - c->fresh; i < c->count; i++)
    if (clock_knows(all, c->recent[i].chain) < c->recent[i].epoch) return false;
  return true;
}

static bool merge(ClockMaker *m, Clock *c, Clock *from) {
  if (from->self) {
    if (from->self == c->self) return false;
    uint32_t known = clock_knows(c, from->self);
    if (known >= from->epoch) return false;
    if (known >= from->changed) return put(m, c, from->self, from->epoch);
  }
  if (!c->base && !c->count) {
    adopt(m, c, from);
    return true;
  }
  if (from->origin && clock_knows(c, from->origin) >= from->origin_at) {
    bool changed = false;
    for (uint32_t i = from->count - from->fresh; i < from->count; i++) changed |= put(m, c, from->recent[i].chain, from->recent[i].epoch);
    return put(m, c, from->self, from->epoch) || changed;
  }
  if (is_known(c, from)) adopt(m, c, from);
  else join(m, c, from);
  return true;
}

bool clock_acquire(ClockMaker *m, Clock *c, Clock *from) {
  if (!merge(m, c, from)) return false;
  c->changed = c->epoch;
  c->touched = true;
  return true;
}

void clock_are_equal(Clock *a, Clock *b) {
  if (!a->origin) a->origin = b->self, a->origin_at = b->changed, a->fresh = 0;
  if (!b->origin) b->origin = a->self, b->origin_at = a->changed, b->fresh = 0;
}

void clock_release(Clock *c, Clock *out) {
  c->token = 0;
  *out = *c;
  if (c->touched) c->epoch++;
  else out->epoch--;
  c->touched = false;
}

void clock_change_chain(ClockMaker *m, Clock *c, uint32_t chain, uint32_t epoch) {
  uint32_t old = c->self, at = c->epoch;
  c->self = chain;
  if (old) put(m, c, old, at);
  c->epoch = c->changed = epoch;
  c->touched = true;
}
