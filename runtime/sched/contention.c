#include "sched/contention.h"

#include "sched/sched_private.h"

enum {
  COST_MAX = 1000, // cycles: more than that and the system took our processor away in between
  WEIGHT = 4,      // the last tick's part in the average is one in this many
  ONE = 1 << 16,   // fixed point
  TOO_MUCH = ONE / 3, // with what is not measured, the way of the data behind a lock, it is half of the time
};

// In cycles of the time stamp counter. What is timed changes nothing: an atomic "or 0", or a load. The fences keep it between the
// two readings; its own order does not matter.
static uint64_t duration(const void *word, bool writes) {
  uint32_t processor;
  uint32_t *p = (uint32_t *)(uintptr_t)word;
  _mm_lfence();
  uint64_t start = contention_clock();
  if (writes) __atomic_fetch_or(p, 0, __ATOMIC_RELAXED);
  else (void)__atomic_load_n((volatile uint32_t *)p, __ATOMIC_RELAXED);
  uint64_t end = __rdtscp(&processor);
  _mm_lfence();
  return end - start;
}

void contention_init(Worker *w) {
  uint32_t own = 0;
  uint64_t least = COST_MAX;
  for (uint32_t i = 0; i < 16; i++) {
    uint64_t cost = duration(&own, true);
    if (cost < least) least = cost;
  }
  w->cost_at_hand = (uint32_t)least;
  w->until_look = CONTENTION_PERIOD;
}

// A word is shared while goroutines have it in turn: it has changed hands twice within a while. Once may be a hand-over for good. All of an
// entry is one word, read and written relaxed: whoever loses a race loses a hint.
typedef struct {
  uint64_t address : 10;   // more of the hash than the entry's place says
  uint64_t goroutine : 16; // the low bits of its id
  uint64_t worker : 6;
  uint64_t changed : 16;   // when it last changed hands
  uint64_t until : 16;     // it counts as shared until then
} Use;
_Static_assert(sizeof(Use) == sizeof(uint64_t), "read and written as one");

enum { WHILE = 16 }; // of MOMENT_SHIFT's units, which are about a millisecond: goroutines that never wait have a slice of one each
enum { MOMENT_SHIFT = 20 };

static void note_use(Worker *w, const void *word) {
  uint64_t hash = (uint64_t)(uintptr_t)word * 0x9e3779b97f4a7c15ull;
  _Atomic uint64_t *place = &w->sched->uses[hash >> (64 - USES_BITS)];
  union { uint64_t word; Use use; } at = {.word = atomic_load_explicit(place, memory_order_relaxed)};
  Use old = at.use, *use = &at.use;
  uint16_t now = (uint16_t)(w->tick_time >> MOMENT_SHIFT), address = (hash >> 32) & 0x3ff;
  bool same = old.address == address;
  use->address = address, use->goroutine = (uint16_t)w->g->id, use->worker = w->index & 0x3f;
  if (!same) {
    use->changed = (uint16_t)(now - WHILE - 1), use->until = now;
  } else if (old.goroutine != use->goroutine) {
    if ((uint16_t)(now - old.changed) <= WHILE) use->until = (uint16_t)(now + WHILE);
    use->changed = now;
  }
  atomic_store_explicit(place, at.word, memory_order_relaxed);
  if (!same || (int16_t)(use->until - now) <= 0) return;
  w->shared_uses++;
  w->foreign_uses += old.worker != use->worker;
}

static void take_time(Worker *w, const void *word, bool writes) {
  uint64_t cost = duration(word, writes);
  if (cost > COST_MAX) cost = COST_MAX;
  if (cost > w->cost_at_hand * 3 / 2) w->lost_cycles += (cost - w->cost_at_hand) * CONTENTION_PERIOD;
}

void contention_look(Worker *w, const void *word, bool writes) {
  w->until_look = CONTENTION_PERIOD;
  if (writes) note_use(w, word);
  if (!w->alone) take_time(w, word, writes);
}

bool contention_starves(Worker *w) {
  uint64_t now = contention_clock(), elapsed = now - w->tick_cycles, lost = w->lost_cycles;
  w->tick_cycles = now;
  w->lost_cycles = 0;
  if (w->alone || !elapsed) return false; // the average stays, for the next time
  if (lost > elapsed) lost = elapsed;
  w->recent_lost += ((int64_t)(lost * ONE / elapsed) - w->recent_lost) / WEIGHT;
  return w->recent_lost > TOO_MUCH;
}

void contention_skip(Worker *w) {
  w->tick_cycles = contention_clock();
  w->lost_cycles = 0;
}
