// Shadow memory against the full history of every access, by random steps: for each access, is there an earlier one that it races with?
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "watch/shadow.h"

enum { WORDS = 4, GOROUTINES = 6, HISTORY = 1000 };

typedef struct {
  uint32_t chain, epoch, word, bytes;
  bool write, atomic;
} Access;

static uint32_t below(uint32_t n) { return (uint32_t)random() % n; }

static Access history[HISTORY];
static uint64_t memory[WORDS] __attribute__((aligned(16)));

static bool conflict(const Access *a, const Access *b) {
  return a->word == b->word && a->bytes & b->bytes && (a->write || b->write) && !(a->atomic && b->atomic);
}

// What a cell cannot tell any more: an older access, when the newer one that took its place races with a as well.
static uint32_t raced(const Access *a, uint32_t count, const Clock *c) {
  uint32_t n = 0;
  for (uint32_t i = 0; i < count; i++)
    if (conflict(a, &history[i]) && clock_knows(c, history[i].chain) < history[i].epoch) n++;
  return n;
}

static void steps(uint32_t seed, uint32_t words, bool atomics, bool locked) {
  srandom(seed);
  ClockMaker maker = {.heap = heap_cache_new(), .next_token = 1};
  Clock *clocks = heap_root(GOROUTINES * sizeof *clocks), *mutex = heap_root(sizeof *mutex);
  for (uint32_t i = 0; i < GOROUTINES; i++) clocks[i] = (Clock){.self = i + 1, .epoch = 1, .changed = 1, .touched = true};
  static Shadow shadow;
  static ShadowCache cache;
  memset(&cache, 0, sizeof cache);
  shadow_init(&shadow, memory);
  uint32_t found = 0, real = 0;
  for (uint32_t count = 0; count < HISTORY;) {
    uint32_t g = below(GOROUTINES);
    Clock *c = &clocks[g];
    if (below(3) == 0) {
      clock_acquire(&maker, c, mutex);
      if (below(locked ? 1 : 2) == 0) clock_release(c, mutex);
      continue;
    }
    uint32_t size = 1u << below(4), at = below(8 / size) * size;
    Access *a = &history[count];
    *a = (Access){c->self, c->epoch, below(words), (uint32_t)(((1ull << size) - 1) << at & 0xff), below(3) == 0, atomics && below(4) == 0};
    const char *p = (const char *)&memory[a->word] + at;
    uint64_t stamp = shadow_stamp(c->self, c->epoch);
    const Cell *cell = shadow_cell(shadow.cells, p);
    bool known = !a->atomic && (a->write ? cell_wrote(cell, stamp, a->bytes) : cell_read(cell, stamp, a->bytes) || shadow_read_known(&cache, cell, p, stamp, a->bytes));
    uint32_t should = raced(a, count, c);
    Touch t = {.clock = c, .stamp = stamp | a->bytes, .site = count + 1, .write = a->write, .atomic = a->atomic, .alone = seed & 1};
    bool bad = !known && shadow_touch(&shadow, &cache, p, &t);
    c->touched = true;
    if (bad) { // it names one that there was
      const Access *b = &history[t.met.site - 1];
      cr_assert(t.met.site <= count && b->word == a->word && b->chain == stamp_chain(t.met.stamp) && b->epoch == stamp_epoch(t.met.stamp));
      cr_assert(t.met.stamp & a->bytes && !(t.met.stamp & 0xff & ~b->bytes), "seed %u step %u: bytes of another access", seed, count);
      cr_assert(clock_knows(c, b->chain) < b->epoch && (a->write || b->write), "seed %u: a race that is none", seed);
    }
    cr_assert(!bad || should, "seed %u step %u: a race that is none", seed, count);
    // With races about, an access may take the place of one that it raced with; a word whose accesses were all ordered hides none.
    if (!bad && should && !known) {
      bool clean = true;
      for (uint32_t i = 0; i < count && clean; i++) clean = history[i].word != a->word || !(history[i].bytes & 0x100);
      cr_assert(!clean, "seed %u step %u: a race is missed", seed, count);
    }
    if (should) real++;
    if (bad) found++, a->bytes |= 0x100; // the word is spoilt
    count++;
  }
  cr_assert(!real || found);
  for (uint32_t i = 0; i < WORDS; i++) shadow_clear(&shadow, &cache, &memory[i], 8);
  for (uint32_t i = 0; i < WORDS; i++) cr_assert(!cell_look(&shadow_cell(shadow.cells, &memory[i])->write));
  cr_assert(shadow.records.made == 1 + shadow.records.free_count + cache.records.count, "a record is lost");
  shadow_deinit(&shadow);
  heap_free_root(clocks);
  heap_free_root(mutex);
}

Test(shadow, plain) {
  heap_init(NULL);
  for (uint32_t seed = 1; seed < 200; seed++) steps(seed, WORDS, false, false);
}

Test(shadow, one_word) {
  heap_init(NULL);
  for (uint32_t seed = 1; seed < 100; seed++) steps(seed, 1, false, false);
}

Test(shadow, well_ordered) {
  heap_init(NULL);
  for (uint32_t seed = 1; seed < 100; seed++) steps(seed, WORDS, false, true);
}

Test(shadow, atomics) {
  heap_init(NULL);
  for (uint32_t seed = 1; seed < 100; seed++) steps(seed, WORDS, true, false);
}
