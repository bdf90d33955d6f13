// Clocks and chains against plain vectors of epochs, by random steps.
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "watch/chain.h"

enum { CHAINS = 3000, GOROUTINES = 120, OBJECTS = 40 };

// A clock, and what it should say: known[chain] is an epoch.
typedef struct {
  Clock clock;
  uint32_t known[CHAINS];
} Both;

typedef struct {
  Both b;
  ChainList children;
  uint32_t parent, marked;
  bool alive;
} G;

typedef struct {
  ClockMaker maker;
  Chains *chains;
  G *g;      // heap_root, as the rest
  Both *objects;
  uint32_t ids, marked[CHAINS]; // of chains that have ended
  bool added; // orders may be added: a clock may know more
} World;

static uint32_t below(uint32_t n) { return (uint32_t)random() % n; }

static void join(uint32_t *to, const uint32_t *from) {
  for (uint32_t i = 0; i < CHAINS; i++)
    if (from[i] > to[i]) to[i] = from[i];
}

static void start(World *w, G *child, G *parent) {
  *child = (G){.alive = true};
  Clock *c = &child->b.clock;
  uint32_t epoch = 0, chain;
  if (parent) {
    Clock now = {0};
    Clock before = parent->b.clock;
    clock_release(&parent->b.clock, &now);
    clock_acquire(&w->maker, c, &now);
    join(child->b.known, parent->b.known);
    child->b.known[before.self] = now.epoch;
    parent->b.known[before.self] = parent->b.clock.epoch;
    chain = chain_take(w->chains, &w->maker, &parent->b.clock, &parent->children, c, ++w->ids, &epoch);
    child->parent = parent->b.clock.self;
  } else {
    chain = chain_take(w->chains, &w->maker, NULL, NULL, c, ++w->ids, &epoch);
  }
  cr_assert(chain && chain < CHAINS, "chain %u", chain);
  if (!w->added) cr_assert_geq(child->b.known[chain], w->marked[chain]); // what was done there has been joined
  c->self = chain;
  c->epoch = c->changed = epoch;
  c->touched = true;
  c->heirs = w->chains->heirs;
  child->b.known[chain] = epoch;
}

static void learn(World *w, G *g, Clock *from, const uint32_t *known) {
  clock_acquire(&w->maker, &g->b.clock, from);
  join(g->b.known, known);
  g->b.known[g->b.clock.self] = g->b.clock.epoch;
  if (!below(4)) clock_bequeath(&g->b.clock);
}

static void tell(G *g, Clock *out, uint32_t *known) {
  memcpy(known, g->b.known, sizeof g->b.known);
  uint32_t self = g->b.clock.self;
  clock_release(&g->b.clock, out);
  known[self] = out->epoch;
  g->b.known[self] = g->b.clock.epoch;
}

// Both, as one step where that is possible.
static void exchange(World *w, G *g, Both *o) {
  uint32_t self = g->b.clock.self;
  if (!clock_exchange(&g->b.clock, &o->clock)) {
    learn(w, g, &o->clock, o->known);
    tell(g, &o->clock, o->known);
    return;
  }
  join(g->b.known, o->known);
  memcpy(o->known, g->b.known, sizeof o->known);
  o->known[self] = o->clock.epoch;
  g->b.known[self] = g->b.clock.epoch;
}

static void meet(World *w, G *a, G *b) {
  uint32_t told[2];
  G *both[2] = {a, b};
  for (int i = 0; i < 2; i++) {
    const Clock *c = &both[i]->b.clock;
    told[i] = c->touched ? c->epoch : c->epoch - 1;
    both[i]->b.known[c->self] = told[i];
  }
  clock_meet(&w->maker, &a->b.clock, &b->b.clock);
  join(a->b.known, b->b.known);
  join(b->b.known, a->b.known);
  for (int i = 0; i < 2; i++) {
    const Clock *c = &both[i]->b.clock;
    cr_assert_gt(c->epoch, told[i]);
    both[i]->b.known[c->self] = c->epoch;
  }
}

static void check(const World *w, const Both *b, uint32_t step) {
  for (uint32_t chain = 1; chain <= chains_count(w->chains); chain++) {
    Clock c = b->clock;
    c.heirs = w->chains->heirs; // an object's says all there is to know only to who can ask these
    uint32_t known = b->known[chain], says = clock_reaches(&c, chain, known), more = clock_reaches(&c, chain, known + 1);
    cr_assert_geq(says, known, "step %u: chain %u is known at %u, not %u", step, chain, says, known);
    if (!w->added) cr_assert_leq(more, known, "step %u: chain %u is known at %u, not %u", step, chain, more, known);
  }
}

static void steps(uint32_t seed, uint32_t pile, uint32_t last_epoch, uint32_t count, uint32_t goroutines) {
  srandom(seed);
  World w = {.maker = {heap_cache_new(), 1}, .chains = chains_new(pile, last_epoch), .added = pile < CHAINS};
  w.g = heap_root(goroutines * sizeof *w.g);
  w.objects = heap_root(OBJECTS * sizeof *w.objects);
  Both *now = heap_root(2 * sizeof *now);
  start(&w, &w.g[0], NULL);
  for (uint32_t step = 0; step < count; step++) {
    G *g = &w.g[below(goroutines)], *other = &w.g[below(goroutines)];
    if (!g->alive) {
      if (other->alive) start(&w, g, other);
      continue;
    }
    Both *o = &w.objects[below(OBJECTS)];
    switch (below(9)) {
    case 0: // an access
    case 1:
      g->marked = g->b.clock.epoch;
      g->b.clock.touched = true;
      if (below(2)) clock_bequeath(&g->b.clock);
      break;
    case 2: tell(g, &o->clock, o->known); break;   // unlock
    case 3: learn(&w, g, &o->clock, o->known); break; // lock
    case 4: // a place of a buffer
      exchange(&w, g, o);
      break;
    case 5: { // into an accumulator
      if (o->clock.self) memset(o, 0, sizeof *o);
      tell(g, &now->clock, now->known);
      clock_acquire(&w.maker, &o->clock, &now->clock);
      join(o->known, now->known);
      break;
    }
    case 6:
    case 7: // both ways
      if (!other->alive || other == g) break;
      meet(&w, g, other);
      check(&w, &other->b, step);
      break;
    case 8:
      if (g == &w.g[0] || below(4)) break;
      if (g->marked > w.marked[g->b.clock.self]) w.marked[g->b.clock.self] = g->marked;
      chain_drop(w.chains, &w.maker, &g->b.clock, g->marked, g->parent, &g->children);
      g->alive = false;
      break;
    }
    if (g->alive) check(&w, &g->b, step);
    check(&w, o, step);
  }
  chains_free(w.chains);
  heap_free_root(now);
  heap_free_root(w.objects);
  heap_free_root(w.g);
}

Test(clock, few) {
  heap_init(NULL);
  for (uint32_t seed = 1; seed < 40; seed++) steps(seed, CHAINS, UINT32_MAX, 4000, 6);
}

Test(clock, many) {
  heap_init(NULL);
  for (uint32_t seed = 1; seed < 6; seed++) steps(seed, CHAINS, UINT32_MAX, 20000, GOROUTINES);
}

Test(clock, added_orders) {
  heap_init(NULL);
  for (uint32_t seed = 1; seed < 6; seed++) steps(seed, 10, UINT32_MAX, 20000, GOROUTINES);
}

// Chains are worn soon, and not used again.
Test(clock, short_chains) {
  heap_init(NULL);
  for (uint32_t seed = 1; seed < 6; seed++) steps(seed, CHAINS, 400, 4000, 12);
}


// A chain is used again as soon as its goroutine has been waited for.
Test(clock, joined_goroutines_leave_their_chain) {
  heap_init(NULL);
  World w = {.maker = {heap_cache_new(), 1}, .chains = chains_new(CHAINS, UINT32_MAX)};
  w.g = heap_root(2 * sizeof *w.g);
  Both *done = heap_root(sizeof *done);
  start(&w, &w.g[0], NULL);
  for (uint32_t i = 0; i < 10000; i++) {
    start(&w, &w.g[1], &w.g[0]);
    w.g[1].marked = w.g[1].b.clock.epoch;
    tell(&w.g[1], &done->clock, done->known);
    chain_drop(w.chains, &w.maker, &w.g[1].b.clock, w.g[1].marked, w.g[1].parent, &w.g[1].children);
    learn(&w, &w.g[0], &done->clock, done->known);
  }
  cr_assert_leq(chains_count(w.chains), 2);
  chains_free(w.chains);
}

// So do those of a tree of goroutines, which nobody orders among each other: they leave the clocks, but for a few.
static void grow(World *w, G *g, uint32_t depth) {
  Both *done = heap_root(sizeof *done);
  for (uint32_t i = 0; depth && i < 2; i++) {
    G *child = heap_root(sizeof *child);
    start(w, child, g);
    grow(w, child, depth - 1);
    child->marked = child->b.clock.epoch;
    child->b.clock.touched = true;
    tell(child, &done->clock, done->known);
    chain_drop(w->chains, &w->maker, &child->b.clock, child->marked, child->parent, &child->children);
    learn(w, g, &done->clock, done->known);
    clock_bequeath(&g->b.clock);
    cr_assert_null(g->b.clock.base);
    heap_free_root(child);
  }
  check(w, &g->b, depth);
  heap_free_root(done);
}

Test(clock, goroutines_of_a_tree_leave_the_clocks) {
  heap_init(NULL);
  World w = {.maker = {heap_cache_new(), 1}, .chains = chains_new(CHAINS, UINT32_MAX)};
  w.g = heap_root(sizeof *w.g);
  start(&w, &w.g[0], NULL);
  grow(&w, &w.g[0], 7);
  chains_free(w.chains);
  heap_free_root(w.g);
}
