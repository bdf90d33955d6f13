// The policy of repeatable runs (-seed N): one worker, every choice drawn from one generator, a virtual clock.
//
// Any goroutine that is ready may be the next, each with equal chance, and a goroutine gives way after a random number of steps: so
// different seeds show different interleavings, and one seed always the same. The clock moves on by a little for steps made,
// and to the next timer when all sleep: a program that sleeps for hours takes no time. Only while something from outside is expected
// (an answer from the network) it moves as the world's does, or no deadline would leave time for the answer.
//
// Only worker 0's thread touches the state. Goroutines that come from helper threads (blocking calls are made in place under
// this policy, so there are only signals and descriptors) are taken from the global queue in order of arrival.
#include "sched/policy.h"

#include <string.h>

#include "base/os.h"
#include "sched/sched_private.h"

enum {
  STEP_NS = 10,            // virtual time of a back edge or call
  STEPS_MAX = 2000,
};

typedef struct Seeded {
  Goroutine **ready;       // any order; alive by the registry
  uint32_t count, capacity;
  int64_t now;             // virtual monotonic time
} Seeded;

static Seeded *state(Sched *s) {
  if (!s->policy_data) s->policy_data = heap_root(sizeof(Seeded));
  return s->policy_data;
}

static void seeded_free(Sched *s) {
  Seeded *p = s->policy_data;
  if (!p) return;
  if (p->ready) heap_free_root(p->ready);
  heap_free_root(p);
}

static void seeded_ready(Worker *w, Goroutine *g, ReadyWhy why) {
  Seeded *p = state(w->sched);
  if (p->count == p->capacity) {
    uint32_t capacity = p->capacity ? 2 * p->capacity : 64;
    Goroutine **ready = heap_root(capacity * sizeof *ready);
    if (p->count) memcpy(ready, p->ready, p->count * sizeof *ready);
    if (p->ready) heap_free_root(p->ready);
    p->ready = ready;
    p->capacity = capacity;
  }
  p->ready[p->count++] = g;
}

static void take_global(Worker *w) {
  Sched *s = w->sched;
  if (!atomic_load_explicit(&s->global_count, memory_order_relaxed)) return;
  pthread_mutex_lock(&s->lock);
  for (Goroutine *g; (g = list_take(&s->global));) seeded_ready(w, g, READY_FIRED);
  atomic_store_explicit(&s->global_count, 0, memory_order_relaxed);
  pthread_mutex_unlock(&s->lock);
}

static Goroutine *seeded_next(Worker *w) {
  Seeded *p = state(w->sched);
  take_global(w);
  if (!p->count) return NULL;
  uint32_t i = worker_random_below(w, p->count);
  Goroutine *g = p->ready[i];
  p->ready[i] = p->ready[--p->count];
  return g;
}

static Goroutine *seeded_find(Worker *w) {
  Sched *s = w->sched;
  Seeded *p = state(s);
  while (!sched_stopping(s)) {
    attend(w, 0);
    Goroutine *g = seeded_next(w);
    if (g) return g;
    int64_t first = timers_first(s);
    if (first > p->now && first != INT64_MAX && atomic_load_explicit(&s->expected, memory_order_relaxed)) {
      int64_t start = os_monotonic_ns();
      worker_sleep(w);
      int64_t slept = os_monotonic_ns() - start;
      p->now = slept < first - p->now ? p->now + slept : first;
      timers_run(w, p->now);
      continue;
    }
    if (first != INT64_MAX) {
      if (first > p->now) p->now = first;
      timers_run(w, p->now);
      continue;
    }
    if (poller_run(w)) continue;
    worker_sleep(w); // for what comes from outside, in real time; or finds the deadlock
  }
  return NULL;
}

static bool seeded_tick(Worker *w, int64_t now, bool fired) {
  Seeded *p = state(w->sched);
  p->now += (int64_t)w->last_budget * STEP_NS;
  w->budget = w->last_budget = 1 + (int32_t)worker_random_below(w, STEPS_MAX);
  w->switches = 0;
  return true;
}

static int64_t seeded_now(Sched *s) { return state(s)->now; }
// The run begins at the same moment of the calendar each time: 2024-08-13 00:00:00 UTC, the day of Go 1.23.
static int64_t seeded_wall(Sched *s) { return 1723507200000000000 + state(s)->now; }

const Policy policy_seeded = {
  .name = "seeded",
  .virtual_time = true,
  .one_worker = true,
  .free = seeded_free,
  .ready = seeded_ready,
  .next = seeded_next,
  .find = seeded_find,
  .tick = seeded_tick,
  .now = seeded_now,
  .wall = seeded_wall,
};
