// Goroutines, locks and memory as the detector puts them together (strand.h), against vectors of epochs and the history of accesses: with
// locks that are taken back, chains of few epochs, and several workers on the same cells.
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "watch/strand.h"

enum { GOROUTINES = 5, LOCKS = 3, WORDS = 4, STEPS = 3000 };

// What is known, by number of the goroutine's access: exact, and nothing of epochs.
typedef struct {
  uint32_t seen[GOROUTINES];
} Known;

typedef struct {
  Strand strand;
  Known known;
} G;

typedef struct {
  uint64_t word[2]; // a lock, and the readers' clock of an RWMutex
  Known last, readers;
  int holder;       // goroutine + 1
  uint32_t shared;  // bits of goroutines
} RWLock;

typedef struct {
  Detector detector;
  Lane lane;
  G *g;       // heap_root, as the locks and words
  RWLock *locks;
  uint64_t *words;
  struct { uint32_t by, number; bool write; } history[STEPS];
  uint32_t count;
} World;

static uint32_t below(uint32_t n) { return (uint32_t)random() % n; }

static void join(Known *to, const Known *from) {
  for (uint32_t i = 0; i < GOROUTINES; i++)
    if (from->seen[i] > to->seen[i]) to->seen[i] = from->seen[i];
}

static World *world_new(uint32_t last_epoch) {
  World *w = calloc(1, sizeof *w);
  w->detector.chains = chains_new(1 << 16, last_epoch);
  w->g = heap_root(GOROUTINES * sizeof *w->g);
  w->locks = heap_root(LOCKS * sizeof *w->locks);
  w->words = heap_root(WORDS * sizeof *w->words);
  shadow_init(&w->detector.shadow, w->words);
  w->lane.detector = &w->detector;
  w->lane.maker = (ClockMaker){.heap = heap_cache_new(), .next_token = 1};
  for (uint32_t i = 0; i < GOROUTINES; i++) {
    Strand *s = &w->g[i].strand;
    uint32_t epoch;
    s->clock.self = chain_take(w->detector.chains, &w->lane.maker, NULL, NULL, &s->clock, i + 1, &epoch);
    s->clock.epoch = s->clock.changed = epoch;
    s->clock.touched = true;
    s->stamp = shadow_stamp(s->clock.self, epoch);
  }
  return w;
}

static void world_free(World *w) {
  shadow_deinit(&w->detector.shadow);
  chains_free(w->detector.chains);
  heap_free_root(w->words);
  heap_free_root(w->locks);
  heap_free_root(w->g);
  free(w);
}

static Sync *hold(World *w, void *word, uint64_t *held) {
  return shadow_sync(&w->detector.shadow, &w->lane.shadow, word, true, held)->sync;
}
static void give(World *w, void *word, uint64_t held) { shadow_unlock(&w->detector.shadow, word, held); }

static void lock(World *w, uint32_t i, RWLock *l, bool shared) {
  Strand *s = &w->g[i].strand;
  uint64_t held;
  if (shared) {
    strand_take_back(s, &l->word[1], hold(w, &l->word[1], &held));
    give(w, &l->word[1], held);
    l->shared |= 1u << i;
  } else {
    strand_acquire_sync(&w->lane, s, hold(w, &l->word[1], &held));
    give(w, &l->word[1], held);
    join(&w->g[i].known, &l->readers);
    l->holder = (int)i + 1;
  }
  Sync *sync = hold(w, &l->word[0], &held);
  if (!shared) strand_take_back(s, &l->word[0], sync);
  strand_acquire_sync(&w->lane, s, sync);
  give(w, &l->word[0], held);
  join(&w->g[i].known, &l->last);
}

static void unlock(World *w, uint32_t i, RWLock *l) {
  Strand *s = &w->g[i].strand;
  uint64_t held;
  bool shared = l->shared >> i & 1;
  uint64_t *word = &l->word[shared];
  strand_release_sync(&w->lane, s, word, hold(w, word, &held), shared);
  give(w, word, held);
  if (shared) join(&l->readers, &w->g[i].known), l->shared &= ~(1u << i);
  else l->last = w->g[i].known, l->holder = 0;
}

// A word is spoilt by its first race: then an access may have taken the place of one that it raced with.
static void access(World *w, uint32_t i, uint32_t word, bool write, bool *spoilt, uint32_t *epochs) {
  G *g = &w->g[i];
  Strand *s = &g->strand;
  bool should = false;
  for (uint32_t k = 0; k < w->count; k++)
    should |= (w->history[k].number >> 24) == word && (write || w->history[k].write) && g->known.seen[w->history[k].by] < (w->history[k].number & 0xffffff);
  w->history[w->count].by = i;
  w->history[w->count].number = ++g->known.seen[i] | word << 24;
  w->history[w->count++].write = write;
  const Cell *c = shadow_cell(w->detector.shadow.cells, &w->words[word]);
  if (write ? cell_wrote(c, s->stamp, 0xff) : cell_read(c, s->stamp, 0xff) || shadow_read_known(&w->lane.shadow, c, &w->words[word], s->stamp, 0xff)) {
    cr_assert(!should || spoilt[word], "a race is missed on the fast path");
    return;
  }
  strand_marks(s);
  ++*epochs;
  Touch t = {.clock = &s->clock, .stamp = s->stamp | 0xff, .site = w->count, .write = write, .alone = true};
  bool bad = shadow_touch(&w->detector.shadow, &w->lane.shadow, &w->words[word], &t);
  cr_assert(!bad || should, "a race that is none");
  cr_assert(bad || !should || spoilt[word], "a race is missed");
  spoilt[word] |= bad;
}

static void steps(uint32_t seed, uint32_t last_epoch, bool guarded) {
  srandom(seed);
  World *w = world_new(last_epoch);
  bool spoilt[WORDS] = {false};
  uint32_t slow = 0;
  while (w->count < STEPS - 8) { // a step makes a few accesses
    uint32_t i = below(GOROUTINES), j = below(GOROUTINES), word = below(WORDS);
    if (below(guarded ? 40 : 15) == 0 && i != j) { // an unbuffered channel
      strand_meet(&w->lane, &w->g[i].strand, &w->g[j].strand);
      join(&w->g[i].known, &w->g[j].known);
      w->g[j].known = w->g[i].known;
      continue;
    }
    RWLock *l = &w->locks[guarded ? word % LOCKS : below(LOCKS)];
    bool shared = below(3) == 0;
    if (l->holder == (int)i + 1 || l->shared >> i & 1) {
      unlock(w, i, l);
    } else if (!l->holder && (shared || !l->shared)) {
      for (uint32_t again = 0, n = below(4); again <= n; again++) { // the same one comes back to it
        lock(w, i, l, shared);
        if (guarded || below(2)) access(w, i, word, !shared, spoilt, &slow);
        if (again < n || guarded || below(2)) unlock(w, i, l);
        else break;
        if (!guarded && below(3) == 0) access(w, i, below(2) ? word : below(WORDS), below(2), spoilt, &slow); // something else in between
        if (again < n && below(8) == 0 && !shared) break;
      }
    }
    if (!guarded && below(3) == 0) access(w, i, word, below(3) == 0, spoilt, &slow);
  }
  for (uint32_t i = 0; guarded && i < WORDS; i++) cr_assert(!spoilt[i], "guarded by its lock");
  world_free(w);
}

Test(strand, locks_taken_back) {
  heap_init(NULL);
  for (uint32_t seed = 1; seed < 60; seed++) steps(seed, UINT32_MAX, false);
}

Test(strand, guarded) {
  heap_init(NULL);
  for (uint32_t seed = 1; seed < 60; seed++) steps(seed, UINT32_MAX, true);
}

// Epochs are used up again and again, and goroutines go on in other chains.
Test(strand, few_epochs) {
  heap_init(NULL);
  for (uint32_t seed = 1; seed < 40; seed++) steps(seed, 40, seed & 1);
}

// A lock that stays with one goroutine keeps the memory it guards on the fast path. besides: there is a word of its own that it touches in between.
static uint32_t slow_with_one_owner(bool besides) {
  World *w = world_new(UINT32_MAX);
  bool spoilt[WORDS] = {false};
  uint32_t slow = 0, outside = 0;
  for (uint32_t n = 0; n < 1000; n++) {
    bool shared = n >= 500;
    lock(w, 0, &w->locks[0], shared);
    access(w, 0, 0, !shared, spoilt, &slow);
    unlock(w, 0, &w->locks[0]);
    if (besides) access(w, 0, 1, true, spoilt, &outside);
  }
  world_free(w);
  return slow;
}

Test(strand, one_owner_costs_no_epochs) {
  heap_init(NULL);
  cr_assert_leq(slow_with_one_owner(false), 3);
  cr_assert_leq(slow_with_one_owner(true), 3);
}

// --- several workers

typedef struct {
  World *w;
  Strand *strand;
  Lane lane;
  uint32_t bad;
  uint32_t index;
} Thread;

enum { ROUNDS = 200000 };

// Under a lock, but for one word of each, and one that all read.
static void *work(void *argument) {
  Thread *me = argument;
  Detector *d = &me->w->detector;
  Strand *s = me->strand;
  heap_thread_register();
  me->lane.maker.heap = heap_cache_new();
  for (uint32_t n = 0; n < ROUNDS; n++) {
    uint64_t held;
    void *word = &me->w->locks[0].word[0];
    while (__atomic_exchange_n(&me->w->locks[0].holder, 1, __ATOMIC_ACQUIRE)) sched_yield();
    Record *r = shadow_sync(&d->shadow, &me->lane.shadow, word, false, &held);
    strand_take_back(s, word, r->sync);
    strand_acquire_sync(&me->lane, s, r->sync);
    Touch a = {.clock = &s->clock, .stamp = s->stamp | 0xf, .site = 1, .write = true, .atomic = true};
    me->bad += shadow_touch_held(&d->shadow, &me->lane.shadow, word, r, &a, &held);
    shadow_unlock(&d->shadow, word, held);
    strand_marks(s);
    for (uint32_t k = 0; k < 2; k++) { // bytes of one word, by all: 0 and 1 under the lock, the others' own
      uint32_t byte = k ? 2 + me->index : n & 1;
      Touch t = {.clock = &s->clock, .stamp = s->stamp | 1u << byte, .site = 2 + byte, .write = true};
      me->bad += shadow_touch(&d->shadow, &me->lane.shadow, &me->w->words[0], &t);
    }
    Touch t = {.clock = &s->clock, .stamp = s->stamp | 0xff, .site = 20, .write = false};
    me->bad += shadow_touch(&d->shadow, &me->lane.shadow, &me->w->words[1], &t);
    r = shadow_sync(&d->shadow, &me->lane.shadow, word, false, &held);
    strand_release_sync(&me->lane, s, word, r->sync, false);
    shadow_unlock(&d->shadow, word, held);
    __atomic_store_n(&me->w->locks[0].holder, 0, __ATOMIC_RELEASE);
  }
  heap_thread_unregister();
  return NULL;
}

Test(strand, workers_on_the_same_cells) {
  heap_init(NULL);
  World *w = world_new(1000); // chains are worn meanwhile
  Thread workers[4] = {0};
  pthread_t threads[4];
  heap_allow_threads();
  for (uint32_t i = 0; i < 4; i++) {
    workers[i] = (Thread){.w = w, .strand = &w->g[i].strand, .index = i};
    workers[i].lane.detector = &w->detector;
    workers[i].lane.maker.next_token = (uint64_t)(i + 2) << 40;
    cr_assert(!pthread_create(&threads[i], NULL, work, &workers[i]));
  }
  for (uint32_t i = 0; i < 4; i++) {
    pthread_join(threads[i], NULL);
    cr_assert_eq(workers[i].bad, 0, "no race there");
  }
  // Who knows nothing of them races with what they did last.
  Strand *s = &w->g[4].strand;
  for (uint32_t byte = 0; byte < 6; byte++) {
    Touch t = {.clock = &s->clock, .stamp = s->stamp | 1u << byte, .site = 30, .write = false};
    cr_assert(shadow_touch(&w->detector.shadow, &w->lane.shadow, &w->words[0], &t), "byte %u", byte);
  }
  Touch t = {.clock = &s->clock, .stamp = s->stamp | 0xff, .site = 31, .write = true};
  cr_assert(shadow_touch(&w->detector.shadow, &w->lane.shadow, &w->words[1], &t));
  world_free(w);
}

// A handle is not taken for a later one until 2^20 writes have passed, and a record that is used again has another.
Test(strand, handles_of_records_wrap) {
  heap_init(NULL);
  Records records;
  RecordCache cache = {0};
  records_init(&records);
  uint64_t first, handle;
  Record *record = record_new(&records, &cache, &first);
  handle = first;
  for (uint32_t i = 1; i < 1u << 20; i++) {
    handle = record_renew(record, handle);
    cr_assert(handle != first && is_handle(handle) && handle != CELL_LOCKED && record_at(&records, handle) == record);
  }
  handle = record_renew(record, handle);
  cr_assert_eq(handle, first);
  record_free(&records, &cache, handle);
  uint64_t again;
  cr_assert_eq(record_new(&records, &cache, &again), record);
  cr_assert_neq(again, handle);
  record_free(&records, &cache, again);
  records_deinit(&records);
}

// The numbers of sets of locks, which are mostly found by what was held before, against the sets.
Test(strand, locks_held) {
  srandom(1);
  LockSets *sets = locksets_new();
  Instr code[2];
  char mutexes[3];
  HeldLocks held = {0};
  RaceLock model[3];
  uint32_t count = 0;
  for (uint32_t step = 0; step < 200000; step++) {
    const char *mutex = &mutexes[random() % 3];
    uint32_t i = 0;
    while (i < count && model[i].address != mutex) i++;
    if (i < count) {
      locks_remove(&held, mutex);
      count--;
      for (; i < count; i++) model[i] = model[i + 1];
    } else {
      model[count] = (RaceLock){.address = mutex, .at = &code[random() % 2], .shared = random() % 2};
      locks_add(&held, model[count].address, model[count].at, model[count].shared);
      count++;
    }
    if (random() % 3 == 0) continue; // nobody asks
    uint32_t known;
    const RaceLock *locks = lockset_get(sets, locks_set(sets, &held), &known);
    cr_assert_eq(known, count, "step %u", step);
    for (i = 0; i < count; i++)
      cr_assert(locks[i].address == model[i].address && locks[i].at == model[i].at && locks[i].shared == model[i].shared, "step %u, lock %u", step, i);
  }
  locksets_free(sets);
}
