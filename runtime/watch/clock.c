#include "watch/clock.h"

#include <immintrin.h>
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
  if (level == 1 && n) { // as most are
    n = n->sub[chain >> LEAF_BITS];
    return n ? n->epochs[chain & (LEAF - 1)] : 0;
  }
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

// The higher of each pair, into `into`; *a_wins, *b_wins: it is as a, as b.
static void higher(const ClockNode *a, const ClockNode *b, ClockNode *into, bool *a_wins, bool *b_wins) {
  __m128i like_a = _mm_set1_epi32(-1), like_b = like_a;
  for (uint32_t i = 0; i < LEAF; i += 4) {
    __m128i x = _mm_loadu_si128((const __m128i *)&a->epochs[i]), y = _mm_loadu_si128((const __m128i *)&b->epochs[i]), max = _mm_max_epu32(x, y);
    like_a = _mm_and_si128(like_a, _mm_cmpeq_epi32(x, max));
    like_b = _mm_and_si128(like_b, _mm_cmpeq_epi32(y, max));
    _mm_storeu_si128((__m128i *)&into->epochs[i], max);
  }
  *a_wins = _mm_movemask_epi8(like_a) == 0xffff;
  *b_wins = _mm_movemask_epi8(like_b) == 0xffff;
}

static ClockNode *join_leaves(ClockMaker *m, uint64_t token, ClockNode *a, ClockNode *b) {
  bool a_wins, b_wins;
  ClockNode both;
  higher(a, b, &both, &a_wins, &b_wins);
  if (a_wins) return a;
  if (b_wins) return b;
  ClockNode *n = own(m, token, a, 0);
  memcpy(n->epochs, both.epochs, sizeof n->epochs);
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

// Both get the higher of each pair.
#define RAISE_BOTH(Vector, load, max, store)                                                 \
  for (uint32_t i = 0; i < LEAF; i += sizeof(Vector) / 4) {                                  \
    Vector *x = (Vector *)&a->epochs[i], *y = (Vector *)&b->epochs[i], both = max(load(x), load(y)); \
    store(x, both);                                                                          \
    store(y, both);                                                                          \
  }
__attribute__((target("avx2"))) static void raise_both_avx2(ClockNode *a, ClockNode *b) {
#pragma GCC unroll 8
  RAISE_BOTH(__m256i, _mm256_loadu_si256, _mm256_max_epu32, _mm256_storeu_si256)
}
static void raise_both(ClockNode *a, ClockNode *b) {
  if (__builtin_cpu_supports("avx2")) {
    raise_both_avx2(a, b);
    return;
  }
  RAISE_BOTH(__m128i, _mm_loadu_si128, _mm_max_epu32, _mm_storeu_si128)
}

// The same for two tries at once, *a and *b becoming alike. Each keeps nodes of its own, so that two who do this again and again copy nothing.
static void trie_meet(ClockMaker *m, uint64_t a_token, uint64_t b_token, ClockNode **a, ClockNode **b, uint32_t level) {
  if (*a == *b) return;
  if (level) {
    *a = own(m, a_token, *a, level);
    *b = own(m, b_token, *b, level);
    ClockNode **x = (*a)->sub, **y = (*b)->sub;
    for (uint32_t i = 0; i < FAN; i++) {
      if (x[i] == y[i]) continue;
      if (level == 1 && x[i] && y[i] && x[i]->token == a_token && y[i]->token == b_token) raise_both(x[i], y[i]);
      else trie_meet(m, a_token, b_token, &x[i], &y[i], level - 1);
    }
    return;
  }
  if (*a && *b && (*a)->token == a_token && (*b)->token == b_token) {
    raise_both(*a, *b);
    return;
  }
  ClockNode both;
  bool a_wins = false, b_wins = false;
  if (*a && *b) higher(*a, *b, &both, &a_wins, &b_wins);
  else memcpy(both.epochs, (*a ? *a : *b)->epochs, sizeof both.epochs);
  if (!a_wins) memcpy((*a = own(m, a_token, *a, 0))->epochs, both.epochs, sizeof both.epochs);
  if (!b_wins) memcpy((*b = own(m, b_token, *b, 0))->epochs, both.epochs, sizeof both.epochs);
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

// An entry is stored and loaded as one word, so that no load waits for two stores.
static inline void set_entry(ClockEntry *e, uint32_t chain, uint32_t epoch) {
  ClockEntry both = {chain, epoch};
  uint64_t word;
  memcpy(&word, &both, 8);
  *(volatile uint64_t *)(void *)e = word;
}
static inline void copy_entry(ClockEntry *to, const ClockEntry *from) { *(volatile uint64_t *)(void *)to = *(const volatile uint64_t *)(const void *)from; }
static inline void copy_recent(Clock *to, const Clock *from) {
  for (uint32_t i = 0; i < from->count; i++) copy_entry(&to->recent[i], &from->recent[i]);
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
  for (uint32_t i = 0; i < c->fresh; i++) copy_entry(&c->recent[i], &c->recent[old + i]);
  c->count = c->fresh;
}

uint32_t clock_finds(const Clock *c, uint32_t chain) {
  for (uint32_t i = 0; i < c->count; i++)
    if (c->recent[i].chain == chain) return c->recent[i].epoch;
  return trie_get(c->base, c->level, chain);
}

uint32_t clock_asks_heirs(const Clock *c, uint32_t chain, uint32_t epoch) {
  uint32_t heir = chain, at = epoch, until, later;
  for (bool any = heir_of(c->heirs, &heir, &at, &until); any; any = heir_of(c->heirs, &heir, &at, &later))
    if (clock_knows(c, heir) >= at) return until;
  return clock_knows(c, chain);
}

// The epoch that others learn next is the present one, or a later one, so that who learns from c in any way gets the owner's entry, and knows with it what
// is dropped here. Certificates stay true: the map says no more than before.
void clock_bequeath(Clock *c) {
  uint32_t old = c->count - c->fresh, kept = 0, fresh = 0;
  for (uint32_t i = 0; i < c->count; i++) {
    const ClockEntry *e = &c->recent[i];
    if (heir_take(c->heirs, e->chain, e->epoch, c->self, c->epoch)) {
      c->touched = true;
      continue;
    }
    fresh += i >= old;
    copy_entry(&c->recent[kept++], e);
  }
  c->count = (uint8_t)kept;
  c->fresh = (uint8_t)fresh;
}

static inline void join_first(Clock *c, const Clock *from) {
  clock_join_half(c->first, from->first);
  if (!from->wide) return;
  clock_join_half(c->first + CLOCK_HALF, from->first + CLOCK_HALF);
  c->wide = true;
}

// Where c's trie has the entry of a chain, in a node that c may change. NULL: there is none.
static inline uint32_t *own_entry(const Clock *c, uint32_t chain) {
  if (!c->token || chain >> shift_of(c->level)) return NULL;
  ClockNode *n = c->base;
  for (uint32_t level = c->level; n && n->token == c->token; n = n->sub[chain >> shift_of(--level) & (FAN - 1)])
    if (!level) return &n->epochs[chain & (LEAF - 1)];
  return NULL;
}

// Raise one entry. True: the map has changed.
static bool put(ClockMaker *m, Clock *c, uint32_t chain, uint32_t epoch) {
  if (!chain || chain == c->self) return false;
  if (chain < CLOCK_FIRST) {
    if (c->first[chain] < epoch) {
      c->first[chain] = epoch;
      c->wide |= chain >= CLOCK_HALF;
    }
    return false;
  }
  for (uint32_t i = 0; i < c->count; i++) {
    if (c->recent[i].chain != chain) continue;
    if (c->recent[i].epoch >= epoch) return false;
    set_entry(&c->recent[i], chain, epoch);
    if (i < (uint32_t)(c->count - c->fresh)) { // it becomes one of the fresh ones
      uint32_t last = c->count - ++c->fresh;
      copy_entry(&c->recent[i], &c->recent[last]);
      set_entry(&c->recent[last], chain, epoch);
    }
    return true;
  }
  uint32_t *own = own_entry(c, chain);
  if ((own ? *own : trie_get(c->base, c->level, chain)) >= epoch) return false;
  if (c->count == CLOCK_RECENT) {
    flush(m, c);
    own = own_entry(c, chain);
  }
  if (c->token && (!c->count || !c->origin)) { // no certificate counts what is in `recent`: the trie is changed in place
    if (!own && c->level <= 1 && !(chain >> shift_of(c->level))) {
      c->base = trie_put(m, c->token, c->base, c->level, chain, 0);
      own = own_entry(c, chain);
    }
    if (own) {
      *own = epoch;
      c->origin = 0;
      return true;
    }
  }
  set_entry(&c->recent[c->count++], chain, epoch);
  c->fresh++;
  return true;
}

// The owner's entry; of the first chains, clock_acquire makes it.
static bool put_owner(ClockMaker *m, Clock *c, const Clock *from) { return from->self >= CLOCK_FIRST && put(m, c, from->self, from->epoch); }

// Who knows the two chains at these epochs (with 0: the one) knows c's map.
static void certify(Clock *c, uint32_t origin, uint32_t origin_at, uint32_t with, uint32_t with_at) {
  c->origin = origin, c->origin_at = origin_at;
  c->with = with, c->with_at = with_at;
  c->fresh = 0;
}

// c's map becomes that of `from`, whose nodes nobody may change from now on.
static void copy_map(Clock *c, Clock *from) {
  from->token = c->token = 0;
  c->base = from->base;
  c->level = from->level;
  c->count = from->count;
  copy_recent(c, from);
  certify(c, 0, 0, 0, 0);
}

static void adopt(ClockMaker *m, Clock *c, Clock *from) {
  copy_map(c, from);
  if (!from->self) { // an accumulator: what certifies it certifies c
    certify(c, from->origin, from->origin_at, from->with, from->with_at);
    c->fresh = from->fresh;
    return;
  }
  certify(c, from->self, from->changed, 0, 0);
  put_owner(m, c, from);
}

// After the tries have been joined.
static void raise_recent(ClockMaker *m, Clock *c, const Clock *from) {
  for (uint32_t i = 0; i < c->count; i++) {
    uint32_t base = trie_get(c->base, c->level, c->recent[i].chain);
    if (base > c->recent[i].epoch) c->recent[i].epoch = base;
  }
  for (uint32_t i = 0; i < from->count; i++) put(m, c, from->recent[i].chain, from->recent[i].epoch);
}

static void join(ClockMaker *m, Clock *c, Clock *from) {
  from->token = 0;
  uint32_t level = c->level > from->level ? c->level : from->level;
  if (!from->base) level = c->level;
  Clock other = {.base = from->base, .level = from->level};
  rise(m, c, level);
  rise(m, &other, level);
  c->base = trie_join(m, token_of(m, c), c->base, other.base, level);
  raise_recent(m, c, from);
  put_owner(m, c, from);
  c->origin = 0;
}

static bool knows_origin(const Clock *all, const Clock *c) {
  return c->origin && clock_knows(all, c->origin) >= c->origin_at && (!c->with || clock_knows(all, c->with) >= c->with_at);
}
// The same where `all` knows c's owner at `known`: the other chain of c's certificate, if it has met somebody last.
static inline bool knows_origin_at(const Clock *all, const Clock *c, uint32_t known) {
  if (!c->origin || !c->with || c->with != c->self) return knows_origin(all, c);
  return known >= c->with_at && clock_knows(all, c->origin) >= c->origin_at;
}

// By its certificates, does `all`, which knows c's owner at `known`, know all that is in c's map?
static bool is_known(const Clock *c, const Clock *all, uint32_t known) {
  if (clock_has_no_map(c)) return true;
  if (c->self && known >= c->changed) return true;
  if (!knows_origin_at(all, c, known)) return false;
  for (uint32_t i = c->count - c->fresh; i < c->count; i++)
    if (clock_knows(all, c->recent[i].chain) < c->recent[i].epoch) return false;
  return true;
}

static bool merge(ClockMaker *m, Clock *c, Clock *from) {
  if (from->self) {
    if (from->self == c->self) return false;
    uint32_t known = clock_knows(c, from->self);
    if (known >= from->epoch) return false;
    if (known >= from->changed) return put_owner(m, c, from);
  }
  if (clock_has_no_map(from)) return put_owner(m, c, from);
  if (clock_has_no_map(c)) {
    adopt(m, c, from);
    return true;
  }
  if (knows_origin(c, from)) {
    bool changed = false;
    for (uint32_t i = from->count - from->fresh; i < from->count; i++) changed |= put(m, c, from->recent[i].chain, from->recent[i].epoch);
    return put_owner(m, c, from) || changed;
  }
  if (is_known(c, from, c->self ? clock_knows(from, c->self) : 0)) adopt(m, c, from);
  else join(m, c, from);
  return true;
}

bool clock_acquire_all(ClockMaker *m, Clock *c, Clock *from) {
  bool changed = merge(m, c, from);
  join_first(c, from); // after the certificates have been looked at
  if (from->self < CLOCK_FIRST && c->first[from->self] < from->epoch) put(m, c, from->self, from->epoch); // it is not what a release gave
  if (!changed) return false;
  c->changed = c->epoch;
  c->touched = true;
  return true;
}

// Its trie says of its own chain what it has told, for others to find there. The trie is its own, and high enough.
static void enter_self(ClockMaker *m, Clock *c, uint32_t told) {
  if (c->self < CLOCK_FIRST) return;
  ClockNode *leaf = c->level == 1 && c->base && c->base->token == c->token ? c->base->sub[c->self >> LEAF_BITS] : NULL;
  if (leaf && leaf->token == c->token) leaf->epochs[c->self & (LEAF - 1)] = told;
  else c->base = trie_put(m, token_of(m, c), c->base, c->level, c->self, told);
}

// The owners' own entries included.
static void meet_tries(ClockMaker *m, Clock *a, Clock *b, uint32_t a_told, uint32_t b_told) {
  a->fresh = b->fresh = 0;
  if (a->count) flush(m, a);
  if (b->count) flush(m, b);
  uint32_t level = a->level > b->level ? a->level : b->level, least = level_for(a->self > b->self ? a->self : b->self);
  if (level < least) level = least;
  if (!a->base || a->level < level) rise(m, a, level);
  if (!b->base || b->level < level) rise(m, b, level);
  enter_self(m, a, a_told);
  enter_self(m, b, b_told);
  if (a->base != b->base) trie_meet(m, token_of(m, a), token_of(m, b), &a->base, &b->base, level);
}

// c gets to know all that `from` does, if it knows where that comes from.
static bool learn_fresh(ClockMaker *m, Clock *c, const Clock *from) {
  if (!knows_origin(c, from)) return false;
  for (uint32_t i = from->count - from->fresh; i < from->count; i++) put(m, c, from->recent[i].chain, from->recent[i].epoch);
  return true;
}

// c's map for both. What is recent in it goes into the trie first, if there is no room for more, so that it does so but once.
static void share_map(ClockMaker *m, Clock *c, Clock *other) {
  c->fresh = 0;
  if (c->count == CLOCK_RECENT) flush(m, c);
  copy_map(other, c);
}

void clock_meet_all(ClockMaker *m, Clock *a, Clock *b) {
  uint32_t a_told = clock_tell(a), b_told = clock_tell(b);
  uint32_t a_knows = clock_knows(a, b->self), b_knows = clock_knows(b, a->self);
  bool a_has_all = is_known(b, a, a_knows), b_has_all = is_known(a, b, b_knows), tries = false;
  if (!a_has_all || !b_has_all) {
    // Who has nodes of his own is likely to change them again.
    if (a->token && b->token && a->level <= 1 && b->level <= 1) tries = true;
    else if (a_has_all) share_map(m, a, b);
    else if (b_has_all) share_map(m, b, a);
    else if (learn_fresh(m, b, a)) copy_map(a, b);
    else if (learn_fresh(m, a, b)) copy_map(b, a);
    else tries = true;
  }
  if (tries) meet_tries(m, a, b, a_told, b_told);
  join_first(a, b); // after the certificates have been looked at
  clock_copy_first(b, a);
  bool a_learns = !a_has_all, b_learns = !b_has_all;
  if (!tries || b->self < CLOCK_FIRST) a_learns |= put(m, a, b->self, b_told);
  else a_learns = true;
  if (!tries || a->self < CLOCK_FIRST) b_learns |= put(m, b, a->self, a_told);
  else b_learns = true;
  if (a_learns) a->changed = a->epoch, a->touched = true;
  if (b_learns) b->changed = b->epoch, b->touched = true;
  certify(a, b->self, b_told, a->self, a_told);
  certify(b, a->self, a_told, b->self, b_told);
}

// Field by field, since some have just been written: loads of several at once would wait until those stores have reached the cache.
__attribute__((optimize("no-tree-slp-vectorize"))) void clock_release_all(Clock *c, Clock *out) {
  c->token = out->token = 0;
  out->base = c->base;
  out->self = c->self, out->changed = c->changed;
  out->origin = c->origin, out->origin_at = c->origin_at;
  out->with = c->with, out->with_at = c->with_at;
  out->level = c->level, out->count = c->count, out->fresh = c->fresh;
  copy_recent(out, c);
  clock_tell_first(c, out);
}

void clock_spawn(ClockMaker *m, Clock *c, Clock *child) {
  uint32_t told = clock_tell(c);
  clock_copy_first(child, c);
  if (!clock_has_no_map(c)) {
    copy_map(child, c);
    certify(child, c->self, c->changed, 0, 0);
  }
  put(m, child, c->self, told);
}

void clock_release_into(ClockMaker *m, Clock *c, Clock *all) {
  uint32_t told = clock_tell(c);
  c->epoch = told; // as if a copy were acquired: c's map is as old as that at least
  clock_acquire(m, all, c);
  c->epoch = told + 1;
}

void clock_change_chain(ClockMaker *m, Clock *c, uint32_t chain, uint32_t epoch) {
  uint32_t old = c->self, at = c->epoch;
  c->self = chain;
  if (old) put(m, c, old, at);
  c->epoch = c->changed = epoch;
  c->touched = true;
}
