// Threads: started when needed, asleep when there is nothing to do.
//
// Sched.idle lists those asleep. A worker enters the list itself, after a last look around; it leaves it by the hand of whoever
// wakes it, or its own when its time has come, always under Sched.lock. One of them is the sleeper: it sleeps only until the next timer is due,
// in epoll_wait if there are descriptors to watch, and while others run it gets up now and then to see if one of them
// is stuck in a long native with goroutines in its ring.
//
// A worker may run while all others are in the list. Then it may be the one that is `alone` (lock.h), and who sleeps leaves the list only by its
// hand, or for the end of the run: no timer and nothing from outside wakes anyone else. It is as if the others did not exist yet. It
// takes Locks again before it wakes one. All that changes the flag happens under Sched.lock, so what each did before it fell asleep, with its Locks,
// comes before what the one alone does without, and that before what the next does who is woken.
#include "sched/worker.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "sched/collector.h"
#include "sched/contention.h"
#include "sched/sched_private.h"

enum { STUCK_NS = 10000000 }; // how often the sleeper looks for workers stuck in a native

Worker *worker_new(Sched *s, uint32_t index) {
  // On a cache line of its own, as its fields are declared; roots are only aligned to 16.
  char *block = heap_root(sizeof(Worker) + 64);
  Worker *w = (Worker *)(((uintptr_t)block + 63) & ~(uintptr_t)63);
  w->block = block;
  w->sched = s;
  w->policy = s->policy;
  w->runtime = s->runtime;
  w->index = index;
  w->random = s->seed + (index + 1) * 0x9e3779b97f4a7c15ull;
  if (!w->random) w->random = 1;
  w->alone = index == 0;
  contention_init(w);
  w->keeps_next = s->policy->keeps_next;
  w->budget = w->last_budget = 1024;
  w->recent_talks = 200 << 8; // until it has shown what its goroutines are like, it keeps them
  w->heap = heap_cache_new();
  atomic_store_explicit(&w->timers.first, INT64_MAX, memory_order_relaxed);
  return w;
}

// --- threads

static void *worker_main(void *argument) {
  Worker *w = argument;
  heap_thread_register();
  if (w->sched->hooks.worker_start) w->sched->hooks.worker_start(w);
  sched_loop(w);
  if (w->sched->hooks.worker_stop) w->sched->hooks.worker_stop(w);
  heap_thread_unregister();
  return NULL;
}

static void start_thread(Sched *s, Worker *w) {
  heap_allow_threads();
  w->running = !pthread_create(&w->thread, NULL, worker_main, w);
  if (w->running) return;
  // No thread to be had: it counts as idle for good, and no more are asked for.
  worker_end_search(w);
  atomic_fetch_add_explicit(&s->idle_count, 1, memory_order_relaxed);
  atomic_store_explicit(&s->limit, w->index, memory_order_relaxed);
}

// There is more to do than the running workers do: wake an idle one, or start one, unless one is looking for work already.
void worker_summon(Worker *w) {
  Sched *s = w->sched;
  uint32_t n = sched_started(s);
  if (atomic_load_explicit(&s->searching, memory_order_relaxed)) return;
  bool room = n < atomic_load_explicit(&s->limit, memory_order_relaxed);
  if (!atomic_load_explicit(&s->idle_count, memory_order_relaxed) && !room) return;
  Worker *started = NULL;
  pthread_mutex_lock(&s->lock);
  worker_end_alone_locked(w); // before anyone else can run
  Worker *idle = sched_stopping(s) ? NULL : idle_take_locked(s);
  if (idle) {
    idle->searching = true;
    atomic_fetch_add_explicit(&s->searching, 1, memory_order_relaxed);
    worker_wake(idle);
  } else if (room && !sched_stopping(s) && n == sched_started(s)) {
    started = worker_new(s, n);
    started->searching = true;
    started->tick_time = w->tick_time;
    atomic_fetch_add_explicit(&s->searching, 1, memory_order_relaxed);
    s->workers[n] = started;
    atomic_store_explicit(&s->started, n + 1, memory_order_release);
    start_thread(s, started);
  }
  pthread_mutex_unlock(&s->lock);
}

void workers_join(Sched *s) {
  // Once stopping is set under the lock no thread is started any more; after this lock we see all that were.
  pthread_mutex_lock(&s->lock);
  uint32_t n = sched_started(s);
  pthread_mutex_unlock(&s->lock);
  for (uint32_t i = 1; i < n; i++) {
    Worker *w = s->workers[i];
    if (w->running) pthread_join(w->thread, NULL);
    w->running = false;
  }
}

void workers_restart(Sched *s) {
  uint32_t n = sched_started(s);
  atomic_store_explicit(&s->idle_count, 0, memory_order_relaxed);
  s->alone = NULL;
  for (uint32_t i = 0; i < n; i++) s->workers[i]->alone = n == 1;
  for (uint32_t i = 1; i < n; i++) {
    Worker *w = s->workers[i];
    w->tick_time = s->policy->now(s);
    start_thread(s, w);
  }
}

void worker_end_search(Worker *w) {
  if (!w->searching) return;
  w->searching = false;
  atomic_fetch_sub_explicit(&w->sched->searching, 1, memory_order_relaxed);
}

// --- idle workers

static void futex_wait(_Atomic uint32_t *word, uint32_t value, const struct timespec *timeout) {
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, timeout, NULL, 0);
}

void worker_wake(Worker *w) {
  // release: what the waker did before is seen by the woken, which acquires. Under Sched.lock anyway.
  atomic_store_explicit(&w->wake, 1, memory_order_release);
  if (w->polling) poller_interrupt(atomic_load_explicit(&w->sched->poller, memory_order_acquire));
  else syscall(SYS_futex, &w->wake, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

void idle_remove_locked(Sched *s, Worker *w) {
  Worker **link = &s->idle;
  while (*link != w) link = &(*link)->idle_next;
  *link = w->idle_next;
  w->idle_next = NULL;
  w->idle = false;
  if (s->sleeper == w) s->sleeper = NULL;
  atomic_fetch_sub_explicit(&s->idle_count, 1, memory_order_relaxed);
}

void worker_claim_alone(Worker *w) {
  Sched *s = w->sched;
  pthread_mutex_lock(&s->lock);
  // One that sleeps in epoll_wait may come back with events, which are lost if it does nothing with them.
  bool all = atomic_load_explicit(&s->idle_count, memory_order_relaxed) + 1 == sched_started(s);
  if (all && !sched_stopping(s) && !atomic_load_explicit(&s->poller, memory_order_relaxed)) {
    s->alone = w;
    s->sleeper = NULL;
    w->alone = true;
  }
  pthread_mutex_unlock(&s->lock);
}

void worker_end_alone_locked(Worker *w) {
  w->alone = false;
  w->sched->alone = NULL;
}

// Preferably one that is not the sleeper, so that timers stay watched.
Worker *idle_take_locked(Sched *s) {
  uint32_t limit = atomic_load_explicit(&s->limit, memory_order_relaxed);
  Worker *best = NULL;
  if (s->alone) {
    if (!s->alone->idle) return NULL;
    idle_remove_locked(s, s->alone);
    return s->alone;
  }
  for (Worker *w = s->idle; w; w = w->idle_next) {
    if (w->index >= limit) continue;
    best = w;
    if (w != s->sleeper) break;
  }
  if (best) idle_remove_locked(s, best);
  return best;
}

// A worker that has not ticked since the sleeper went to sleep is stuck in a long native: invite on its behalf. Lock held.
static void watch_stuck(Worker *w, bool compare) {
  Sched *s = w->sched;
  for (uint32_t i = 0, n = sched_started(s); i < n; i++) {
    Worker *v = s->workers[i];
    uint32_t ticks = atomic_load_explicit(&v->ticks, memory_order_relaxed);
    if (compare && v != w && !v->idle && ticks == v->ticks_seen && worker_ring_count(v) > 0)
      atomic_store_explicit(&v->inviting, true, memory_order_relaxed);
    v->ticks_seen = ticks;
  }
}

typedef struct { Worker *w; int64_t timeout; } Sleep; // ns; < 0: no end

static void *sleep_on_futex(void *argument) {
  Sleep *sleep = argument;
  struct timespec ts = {sleep->timeout / 1000000000, sleep->timeout % 1000000000};
  // One wait: a spurious return only makes the worker look around once more.
  futex_wait(&sleep->w->wake, 0, sleep->timeout < 0 ? NULL : &ts);
  return NULL;
}

// Enter the idle list, or find a reason not to. Lock held. False: look around again (or the run has ended).
static bool go_idle(Worker *w, int64_t *until, bool *all, bool *sleeper) {
  Sched *s = w->sched;
  // Whoever made something ready and saw us searching relied on us: look again now that we are not. If this misses a goroutine
  // queued a moment ago, its worker still runs and summons somebody at its next tick: nothing is lost but time.
  if (sched_stopping(s) || global_waits(s) || w->inbox.count || cancel_pending(s) || attend_wanted(s) || worker_sees_invitation(w)) return false;
  atomic_store_explicit(&w->wake, 0, memory_order_relaxed);
  w->idle = true;
  w->idle_next = s->idle;
  s->idle = w;
  *all = atomic_fetch_add_explicit(&s->idle_count, 1, memory_order_relaxed) + 1 == sched_started(s);
  *until = timers_first(s);
  sched_check_deadlock_locked(s);
  if (sched_stopping(s)) return false;
  *sleeper = !s->sleeper;
  if (*sleeper) {
    s->sleeper = w;
    s->sleep_until = *until;
    watch_stuck(w, false);
  } else if (*until < s->sleep_until) {
    Worker *other = s->sleeper; // it would sleep too long: let it look again
    idle_remove_locked(s, other);
    worker_wake(other);
    *all = false;
  }
  w->polling = *sleeper && atomic_load_explicit(&s->poller, memory_order_relaxed);
  return true;
}

// Nothing found: sleep until woken, a timer is due or a descriptor is ready.
void worker_sleep(Worker *w) {
  Sched *s = w->sched;
  int64_t until;
  bool all, sleeper;
  worker_end_search(w);
  pthread_mutex_lock(&s->lock);
  bool idle = go_idle(w, &until, &all, &sleeper);
  bool polling = w->polling;
  pthread_mutex_unlock(&s->lock);
  if (!idle) return;

  if (all && s->hooks.flush) s->hooks.flush(s->runtime);
  int64_t timeout = -1;
  if (sleeper && until != INT64_MAX) {
    timeout = until - s->policy->now(s);
    if (timeout < 0) timeout = 0;
  }
  bool watching = sleeper && !all && (timeout < 0 || timeout > STUCK_NS);
  if (watching) timeout = STUCK_NS;
  PollEvents events = {0};
  if (polling) {
    poller_wait(w, timeout, &events);
  } else if (timeout != 0) {
    Sleep sleep = {w, timeout};
    collector_blocking(sleep_on_futex, &sleep);
  }

  pthread_mutex_lock(&s->lock);
  while (w->idle && s->alone && s->alone != w) {
    pthread_mutex_unlock(&s->lock);
    collector_blocking(sleep_on_futex, &(Sleep){w, -1});
    pthread_mutex_lock(&s->lock);
  }
  if (watching && w->idle) watch_stuck(w, true);
  if (w->idle) idle_remove_locked(s, w); // not woken by anybody
  w->polling = false;
  pthread_mutex_unlock(&s->lock);
  contention_skip(w);
  // Only now: an idle worker makes nothing ready, see sched.c on deadlocks.
  poller_fire(w, &events);
}
