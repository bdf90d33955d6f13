// The policy of real runs: work stealing over all processors.
//
// Goroutines that talk to each other all the time are best left on one worker: a message between two processors costs ten times
// one between two goroutines of a worker. So making a goroutine ready wakes nobody. Instead each worker looks at itself at its ticks,
// every 30 us or so: if goroutines wait in its ring and they work for a while between two operations on channels, it invites
// others to steal, and wakes or starts one. If they talk all the time it keeps its goroutines to itself.
//
// Two workers whose goroutines turn out to talk all the time with those of others do better as one: the one with the higher
// index gives all it has to the other and goes to sleep.
//
// Locks and atomics that goroutines share (contention.h) are like talk: those that use them all the time are not offered to others, and if they are
// on two workers the running goroutine goes to the other one, and its next one too if it is like that: others may have nothing to do with it. Likewise
// if workers lose much of their time to words that are on their way between them, be it by reads or by words that goroutines do not share.
// Nothing on one worker shows that, so now and then they are tried apart again.
#include "sched/policy.h"

#include <immintrin.h>
#include <string.h>
#include <time.h>

#include "sched/contention.h"
#include "sched/sched_private.h"

enum {
  TICK_NS = 30000,          // aim for the time between ticks
  BUDGET_MIN = 256, BUDGET_MAX = 32768,
  FINE_NS = 400,            // a worker whose goroutines work for less than this between two talks does not share
  FOREIGN_NS = 2000,        // one that meets others more often than this may be better off asleep
  SLICE_NS = 1000000,       // the first in the ring waits this long before the running goroutine gives way
  SEARCH_ROUNDS = 40,
  KEEP_MIN_NS = 4000000, KEEP_MAX_NS = 64000000, // how long those that shared locks stay together, the longer the more often
};

// --- the ring

static uint32_t ring_count(const Worker *w) { return worker_ring_count(w); }
static uint32_t awake(Sched *s) { return sched_started(s) - atomic_load_explicit(&s->idle_count, memory_order_relaxed); }

static Goroutine *slot(Ring *r, uint32_t i) { return atomic_load_explicit(&r->slots[i % RING_SIZE], memory_order_relaxed); }
static void set_slot(Ring *r, uint32_t i, Goroutine *g) { atomic_store_explicit(&r->slots[i % RING_SIZE], g, memory_order_relaxed); }

// Take n from the head, known to be h. Release: our reads of the slots are done before the owner may reuse them (it acquires head).
static bool advance(Ring *r, uint32_t h, uint32_t n, bool alone) {
  if (alone) {
    atomic_store_explicit(&r->head, h + n, memory_order_relaxed);
    return true;
  }
  return atomic_compare_exchange_strong_explicit(&r->head, &h, h + n, memory_order_release, memory_order_relaxed);
}

static void spill_locked(Sched *s, GoroutineList list) {
  if (s->spills == s->spill_capacity) {
    s->spill_capacity = s->spill_capacity ? 2 * s->spill_capacity : 16;
    s->spilled = heap_plain_grow(s->spilled, s->spill_capacity * sizeof *s->spilled);
  }
  s->spilled[s->spills++] = list;
  global_count_locked(s, (int32_t)list.count);
}

// The list that was spilled before all others.
static GoroutineList unspill_locked(Sched *s) {
  GoroutineList first = s->spilled[0];
  memmove(s->spilled, s->spilled + 1, --s->spills * sizeof *s->spilled);
  global_count_locked(s, -(int32_t)first.count);
  return first;
}

static __attribute__((noinline)) bool overflow(Worker *w, Goroutine *g, uint32_t h, bool yielded) {
  enum { HALF = RING_SIZE / 2 };
  Goroutine *batch[HALF];
  for (uint32_t i = 0; i < HALF; i++) batch[i] = slot(&w->ring, h + i);
  if (!advance(&w->ring, h, HALF, w->alone)) return false; // a thief made room
  GoroutineList list = {0};
  for (uint32_t i = 0; i < HALF; i++) list_append(&list, batch[i]);
  list_append(&list, g);
  pthread_mutex_lock(&w->sched->lock);
  if (yielded) {
    if (w->sched->spills) global_put_locked(w->sched, unspill_locked(w->sched)); // these come before who yields
    global_put_locked(w->sched, list);
  } else {
    spill_locked(w->sched, list);
  }
  pthread_mutex_unlock(&w->sched->lock);
  return true;
}

// yielded: it wants others to go first, all of them.
static void ring_put(Worker *w, Goroutine *g, bool yielded) {
  Ring *r = &w->ring;
  for (;;) {
    uint32_t h = atomic_load_explicit(&r->head, memory_order_acquire); // thieves have read what they took
    uint32_t t = atomic_load_explicit(&r->tail, memory_order_relaxed);
    if (t - h < RING_SIZE) {
      set_slot(r, t, g);
      atomic_store_explicit(&r->tail, t + 1, memory_order_release); // publishes the slot, and the goroutine's state
      return;
    }
    if (overflow(w, g, h, yielded)) return;
  }
}

static Goroutine *ring_take(Worker *w) {
  Ring *r = &w->ring;
  for (;;) {
    uint32_t h = atomic_load_explicit(&r->head, memory_order_relaxed);
    if (h == atomic_load_explicit(&r->tail, memory_order_relaxed)) return NULL;
    Goroutine *g = slot(r, h);
    if (advance(r, h, 1, w->alone)) return g;
  }
}

// Move half of what `from` has to our ring, and take one of it.
static Goroutine *steal(Worker *w, Worker *from) {
  Ring *r = &from->ring, *own = &w->ring;
  uint32_t t = atomic_load_explicit(&own->tail, memory_order_relaxed);
  for (;;) {
    uint32_t h = atomic_load_explicit(&r->head, memory_order_acquire); // head before tail: n cannot be negative
    uint32_t n = atomic_load_explicit(&r->tail, memory_order_acquire) - h; // acquire: slots and goroutines are as published
    n -= n / 2;
    if (n == 0) return NULL;
    if (n > RING_SIZE / 2) continue; // head moved in between
    for (uint32_t i = 0; i < n; i++) set_slot(own, t + i, slot(r, h + i)); // our ring is empty, and these are not published yet
    if (!advance(r, h, n, false)) continue;
    if (n > 1) atomic_store_explicit(&own->tail, t + n - 1, memory_order_release);
    return slot(own, t + n - 1);
  }
}

// From the global queue: one to run, others into our ring. Those in `global` go in order, a share to each worker. If there are none and that is
// asked for, the list that was spilled last (our ring is empty then); or, before them, the goroutine that was spilled before all others.
typedef enum { SPILLED_NONE, SPILLED_LAST, SPILLED_FIRST } Spilled;

static Goroutine *global_take(Worker *w, Spilled which) {
  Sched *s = w->sched;
  if (!global_waits(s)) return NULL;
  GoroutineList list = {0};
  pthread_mutex_lock(&s->lock);
  if (s->spills && which == SPILLED_FIRST) {
    list_append(&list, list_take(s->spilled));
    if (!s->spilled->first) unspill_locked(s);
  } else if (s->global.first) {
    uint32_t n = s->global.count / sched_started(s) + 1, room = RING_SIZE - ring_count(w);
    if (n > RING_SIZE / 2) n = RING_SIZE / 2;
    if (n > room) n = room;
    do list_append(&list, list_take(&s->global));
    while (list.count < n && s->global.first);
  } else if (s->spills && which == SPILLED_LAST) {
    list = s->spilled[--s->spills];
  }
  global_count_locked(s, -(int32_t)list.count);
  pthread_mutex_unlock(&s->lock);
  Goroutine *g = list_take(&list);
  for (Goroutine *other; (other = list_take(&list));) ring_put(w, other, false);
  return g;
}

// --- the inbox

static void inbox_take(Worker *w) {
  if (!atomic_load_explicit(&w->inbox_count, memory_order_relaxed)) return;
  pthread_mutex_lock(&w->sched->lock);
  GoroutineList list = w->inbox;
  w->inbox = (GoroutineList){0};
  atomic_store_explicit(&w->inbox_count, 0, memory_order_relaxed);
  pthread_mutex_unlock(&w->sched->lock);
  for (Goroutine *g; (g = list_take(&list));) ring_put(w, g, false);
}

static void hand_over(Worker *w, Worker *to, GoroutineList list) {
  Sched *s = w->sched;
  pthread_mutex_lock(&s->lock);
  worker_end_alone_locked(w); // before anyone else can run
  for (Goroutine *g; (g = list_take(&list));) list_append(&to->inbox, g);
  atomic_store_explicit(&to->inbox_count, to->inbox.count, memory_order_relaxed);
  if (to->idle && to->inbox.count) {
    idle_remove_locked(s, to);
    worker_wake(to);
  }
  pthread_mutex_unlock(&s->lock);
}

// --- ready and next

static void parallel_ready(Worker *w, Goroutine *g, ReadyWhy why) {
  Goroutine *old = w->runnext;
  switch (why) {
  case READY_WOKEN: case READY_SPAWNED:
    w->runnext = g;
    if (old) ring_put(w, old, false);
    break;
  case READY_FIRED:
    if (!old) w->runnext = g;
    else ring_put(w, g, false);
    break;
  case READY_YIELDED:
    if (w->leave_to) {
      hand_over(w, w->leave_to, (GoroutineList){.first = g, .last = g, .count = 1});
      w->leave_to = NULL;
    } else {
      ring_put(w, g, true);
    }
    break;
  }
}

static Goroutine *parallel_next(Worker *w) {
  Goroutine *g = NULL;
  if (++w->turns % 64 == 0) g = global_take(w, w->turns % 1024 ? SPILLED_NONE : SPILLED_FIRST); // so that a busy ring does not starve it
  if (!g) g = ring_take(w);
  if (!g && atomic_load_explicit(&w->inbox_count, memory_order_relaxed)) {
    inbox_take(w);
    g = ring_take(w);
  }
  if (!g) g = global_take(w, SPILLED_LAST);
  return g;
}

// --- find

static bool invited(const Worker *v) {
  return atomic_load_explicit(&((Worker *)v)->inviting, memory_order_relaxed) && ring_count(v) > 0;
}

bool worker_sees_invitation(Worker *w) {
  Sched *s = w->sched;
  for (uint32_t i = 0, n = sched_started(s); i < n; i++)
    if (s->workers[i] != w && invited(s->workers[i])) return true;
  return false;
}


static Goroutine *take_local(Worker *w) {
  Goroutine *g = w->runnext;
  if (g) w->runnext = NULL;
  else g = parallel_next(w);
  return g;
}

static Goroutine *search(Worker *w) {
  Sched *s = w->sched;
  uint32_t n = sched_started(s);
  if (n == 1) return NULL;
  if (!w->searching) { // at most half of those that are awake
    if (2 * atomic_load_explicit(&s->searching, memory_order_relaxed) >= awake(s)) return NULL;
    w->searching = true;
    atomic_fetch_add_explicit(&s->searching, 1, memory_order_relaxed);
  }
  for (uint32_t round = 0; round < SEARCH_ROUNDS; round++) {
    uint32_t start = worker_random_below(w, n);
    for (uint32_t i = 0; i < n; i++) {
      Worker *v = s->workers[(start + i) % n];
      if (v == w || !invited(v)) continue;
      Goroutine *g = steal(w, v);
      if (g) return g;
    }
    if (atomic_load_explicit(&s->global_count, memory_order_relaxed)) return global_take(w, SPILLED_LAST);
    if (sched_stopping(s) || awake(s) <= 1) return NULL; // the others sleep: there is nobody who could make something ready
    for (uint32_t i = 0; i < 32; i++) _mm_pause();
  }
  return NULL;
}

static Goroutine *parallel_find(Worker *w) {
  Sched *s = w->sched;
  for (;;) {
    Goroutine *g = NULL;
    if (!sched_stopping(s)) { // else another may still be running, and alone
      if (cancel_pending(s)) cancel_requested(w);
      attend(w, 0);
      g = take_local(w);
      if (!g && timers_run(w, s->policy->now(s))) g = take_local(w);
      if (!g && poller_run(w)) g = take_local(w);
      if (!g) g = search(w);
    }
    if (g) {
      if (w->searching) {
        worker_end_search(w);
        if (worker_sees_invitation(w)) worker_summon(w); // there is more: one more shall look
      }
      return g;
    }
    if (sched_stopping(s)) {
      worker_end_search(w);
      return NULL;
    }
    worker_sleep(w);
  }
}

// --- ticks

static void adapt_budget(Worker *w, int64_t elapsed) {
  int64_t last = w->last_budget, next = elapsed > 0 ? last * TICK_NS / elapsed : 2 * last;
  if (next > 2 * last) next = 2 * last;
  if (next < last / 2) next = last / 2;
  if (next > BUDGET_MAX) next = BUDGET_MAX;
  if (next < BUDGET_MIN) next = BUDGET_MIN;
  w->budget = w->last_budget = (int32_t)next;
}

// Half of an average is forgotten in five ticks.
static void fade(int64_t *average, int64_t now) { *average += (now << 8) / 8 - *average / 8; } // fixed point, 8 bits

// Do its goroutines work for a while between two talks? A tick counts for a few at most, since the system may have taken our
// processor away in the middle of it. A talk across processors makes both wait, the more the more of them there are: it counts
// for several, or the time lost by it would pass for work. Two uses of a lock or atomic that goroutines share are like a talk: a lock is given back as well.
static bool works_long(Worker *w, int64_t elapsed) {
  uint32_t talks = w->talks + w->foreign * (awake(w->sched) / 2) + w->shared_uses * CONTENTION_PERIOD / 2;
  if (elapsed > 4 * TICK_NS) elapsed = 4 * TICK_NS;
  fade(&w->recent_ns, elapsed);
  fade(&w->recent_talks, talks > w->switches ? talks : w->switches);
  fade(&w->recent_foreign, w->foreign);
  fade(&w->recent_met, w->foreign_uses * CONTENTION_PERIOD / 2);
  w->switches = w->talks = w->foreign = w->shared_uses = w->foreign_uses = 0;
  return w->recent_ns > (w->recent_talks + 256) * FINE_NS;
}

// The worker to leave everything to: an awake one with a lower index, whose goroutines talk as much. NULL: stay.
static Worker *better_alone(Worker *w, bool starves) {
  Sched *s = w->sched;
  if (!w->index || (!starves && w->recent_ns > w->recent_foreign * FOREIGN_NS)) return NULL;
  for (uint32_t i = 0; i < w->index; i++)
    if (atomic_load_explicit(&s->workers[i]->fine, memory_order_relaxed)) return s->workers[i];
  return NULL;
}

static void leave(Worker *w, Worker *to) {
  GoroutineList list = {0};
  if (w->runnext) list_append(&list, w->runnext);
  w->runnext = NULL;
  inbox_take(w);
  for (Goroutine *g; (g = ring_take(w));) list_append(&list, g);
  hand_over(w, to, list);
  w->leave_to = to; // for the running one, which is about to give way
}

// The running goroutine, which is about to give way, goes to that worker and stays there for a while.
static void leave_running(Worker *w, Worker *to, int64_t now, bool keep) {
  pthread_mutex_lock(&w->sched->lock);
  int64_t last = atomic_load_explicit(&to->keep_until, memory_order_relaxed);
  if (keep && now >= last) {
    to->keep_ns = now - last > 4 * to->keep_ns ? KEEP_MIN_NS : to->keep_ns < KEEP_MAX_NS ? 2 * to->keep_ns : KEEP_MAX_NS;
    atomic_store_explicit(&to->keep_until, now + to->keep_ns, memory_order_relaxed);
  }
  pthread_mutex_unlock(&w->sched->lock);
  w->leave_to = to;
  w->recent_lost /= 2; // the next one has to show that it is like that
  w->recent_met /= 2;
}

static bool parallel_tick(Worker *w, int64_t now, bool fired) {
  Sched *s = w->sched;
  int64_t elapsed = now - w->tick_time;
  w->tick_time = now;
  if (s->spread) w->budget = w->last_budget = 1 + (int32_t)worker_random_below(w, 64);
  else adapt_budget(w, elapsed);
  if (!w->alone && awake(s) == 1) worker_claim_alone(w);
  inbox_take(w);
  if (w->runnext && w->runnext == w->runnext_seen && !w->switches) { // it has waited for a whole budget
    ring_put(w, w->runnext, false);
    w->runnext = NULL;
  }
  w->runnext_seen = w->runnext;
  bool in_ring = ring_count(w) > 0, in_global = atomic_load_explicit(&s->global_count, memory_order_relaxed) > 0;
  bool starves = contention_starves(w) && !s->spread, kept = now < atomic_load_explicit(&w->keep_until, memory_order_relaxed);
  bool coarse = works_long(w, elapsed) && !starves && !kept;
  coarse |= s->spread;
  atomic_store_explicit(&w->fine, !coarse, memory_order_relaxed);
  atomic_store_explicit(&w->inviting, in_ring && coarse, memory_order_relaxed);
  if ((in_ring || in_global) && coarse) worker_summon(w);
  if (fired) return true;
  bool meets = !w->alone && w->recent_ns <= w->recent_met * FOREIGN_NS;
  Worker *other = coarse ? NULL : better_alone(w, starves || meets);
  if (other) {
    if (starves || meets) leave_running(w, other, now, starves);
    else leave(w, other);
    return true;
  }

  uint32_t head = atomic_load_explicit(&w->ring.head, memory_order_relaxed);
  if ((!in_ring && !in_global) || head != w->head_seen) {
    w->head_seen = head;
    w->head_since = now;
    return false;
  }
  if (now - w->head_since < SLICE_NS && !s->spread) return false;
  w->head_since = now;
  if (w->runnext) ring_put(w, w->runnext, false);
  w->runnext = in_ring && ++w->turns % 2 ? NULL : global_take(w, SPILLED_FIRST);
  return true;
}

// --- time

static int64_t clock_ns(clockid_t id) {
  struct timespec ts;
  clock_gettime(id, &ts);
  return ts.tv_sec * 1000000000 + ts.tv_nsec;
}
static int64_t parallel_now(Sched *s) { return clock_ns(CLOCK_MONOTONIC); }
static int64_t parallel_wall(Sched *s) { return clock_ns(CLOCK_REALTIME); }

const Policy policy_parallel = {
  .name = "parallel",
  .keeps_next = true,
  .ready = parallel_ready,
  .next = parallel_next,
  .find = parallel_find,
  .tick = parallel_tick,
  .now = parallel_now,
  .wall = parallel_wall,
};
