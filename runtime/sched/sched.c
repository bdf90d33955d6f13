// One run of goroutines: beginning, ticks, end, deadlock.
//
// Deadlock is exact. Under Sched.lock a worker that has nothing to do enters the idle list; whoever wakes it takes it out,
// under the lock as well. If all workers are in the list, nothing runs, so nothing can become runnable but by
//   - the global queue      (looked at under the same lock before going idle),
//   - a timer               (only running workers and the sleeper, once it has left the list, touch the heaps),
//   - something expected    (announced by a running worker; what comes in is queued and discounted under the lock).
// None of these: nothing will ever happen. A worker's ring and runnext are empty when it goes idle, since only it fills them.
#include "sched/sched.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sched.h>
#include <unistd.h>

#include "base/assert.h"
#include "sched/collector.h"
#include "sched/sched_private.h"
#include "sched/watcher.h"

static uint32_t processors(void) {
  cpu_set_t set;
  if (!sched_getaffinity(0, sizeof set, &set)) return (uint32_t)CPU_COUNT(&set);
  long n = sysconf(_SC_NPROCESSORS_ONLN);
  return n > 0 ? (uint32_t)n : 1;
}

Sched *sched_new(const SchedConfig *config) {
  collector_init();
  const Policy *policy = config->policy ? config->policy : &policy_parallel;
  uint32_t n = config->workers ? config->workers : processors(); // what runtime.GOMAXPROCS says, also if there is only one
  uint32_t room = policy->one_worker ? 1 : n < 64 ? 64 : n; // GOMAXPROCS may be raised later
  Sched *s = heap_root(sizeof *s + room * sizeof(Worker *));
  s->policy = policy;
  s->hooks = config->hooks;
  s->runtime = config->runtime;
  s->program = config->program;
  s->seed = config->seed;
  s->spread = config->spread;
  if (!s->seed && !policy->virtual_time && getrandom(&s->seed, sizeof s->seed, GRND_NONBLOCK) < 0) s->seed = (uint64_t)getpid();
  s->max_workers = room;
  s->limit = n;
  s->next_id = 1;
  s->sync = sync_table_new();
  pthread_mutex_init(&s->lock, NULL);
  pthread_mutex_init(&s->free_lock, NULL);
  s->clock_start = policy->now(s);
  s->workers[0] = worker_new(s, 0);
  s->started = 1;
  if (s->hooks.worker_start) s->hooks.worker_start(s->workers[0]);
  if (s->hooks.ended) {
    s->poster = worker_new(s, room);
    if (s->hooks.worker_start) s->hooks.worker_start(s->poster);
    s->expected = 1;
  }
  return s;
}

Worker *sched_worker(Sched *s, uint32_t index) { return index < sched_started(s) ? s->workers[index] : NULL; }
Worker *sched_poster(Sched *s) { return s->poster; }

void sched_loop(Worker *w) {
  for (Goroutine *g; (g = w->policy->find(w)); w->g = NULL) {
    atomic_store_explicit(&g->status, G_RUNNING, memory_order_relaxed);
    w->g = g;
    w->sched->hooks.run(w, g);
  }
}

SchedEnd sched_run(Sched *s, Closure *main) {
  Worker *w = s->workers[0];
  w->thread = pthread_self();
  if (sched_stopping(s)) workers_join(s); // those of an earlier run: they have yet to see that it ended
  pthread_mutex_lock(&s->lock);
  s->end = SCHED_STOPPED;
  s->goexited = false;
  atomic_store_explicit(&s->stopping, false, memory_order_relaxed);
  pthread_mutex_unlock(&s->lock);
  w->tick_time = s->policy->now(s);
  workers_restart(s);
  Goroutine *g = goroutine_new(w, main, NULL, 0, NULL);
  g->is_main = true;
  if (w->watcher) w->watcher->spawn(w, g, NULL);
  w->policy->ready(w, g, READY_SPAWNED);
  sched_loop(w);
  pthread_mutex_lock(&s->lock);
  SchedEnd end = s->end;
  pthread_mutex_unlock(&s->lock);
  return end;
}

// --- a session: the prompt is something outside that may make a goroutine ready, except while it waits for the one it posted

void sched_serve(Sched *s) {
  Worker *w = s->workers[0];
  w->thread = pthread_self();
  w->tick_time = s->policy->now(s);
  sched_loop(w);
}

Goroutine *sched_post(Sched *s, Closure *main, uint64_t *id) {
  Goroutine *g = goroutine_new(s->poster, main, NULL, 0, NULL);
  g->is_main = true;
  *id = g->id; // it may have ended by the time we return
  if (s->poster->watcher) s->poster->watcher->spawn(s->poster, g, NULL);
  sched_inject(s, g);
  return g;
}

// --- the end

bool sched_stopping(const Sched *s) { return atomic_load_explicit(&((Sched *)s)->stopping, memory_order_relaxed); }

void sched_end_locked(Sched *s, SchedEnd end) {
  if (sched_stopping(s)) return;
  s->end = end;
  atomic_store_explicit(&s->stopping, true, memory_order_relaxed);
  for (Worker *w; (w = s->idle);) {
    idle_remove_locked(s, w);
    worker_wake(w);
  }
}

void sched_stop(Sched *s) {
  pthread_mutex_lock(&s->lock);
  sched_end_locked(s, SCHED_STOPPED);
  pthread_mutex_unlock(&s->lock);
}

void sched_settle(Sched *s) { workers_join(s); }

// --- a halt: the end of a run, but that no running goroutine is left where no queue has it

void sched_halt(Sched *s) {
  pthread_mutex_lock(&s->lock);
  s->halting = true;
  sched_end_locked(s, SCHED_STOPPED);
  pthread_mutex_unlock(&s->lock);
}

void sched_resume(Sched *s) {
  pthread_mutex_lock(&s->lock);
  s->halting = false;
  atomic_store_explicit(&s->stopping, false, memory_order_relaxed);
  pthread_mutex_unlock(&s->lock);
  workers_restart(s);
}

static Goroutine *leave(Worker *w) {
  Sched *s = w->sched;
  pthread_mutex_lock(&s->lock);
  bool halting = s->halting;
  pthread_mutex_unlock(&s->lock);
  if (halting) sched_ready(w, w->g, READY_YIELDED);
  else atomic_store_explicit(&w->g->status, G_RUNNABLE, memory_order_release); // its fp and pc are saved: good for a trace
  return NULL;
}

void sched_check_deadlock_locked(Sched *s) {
  if (atomic_load_explicit(&s->idle_count, memory_order_relaxed) != sched_started(s)) return;
  if (global_waits(s) || atomic_load_explicit(&s->expected, memory_order_relaxed)) return;
  if (timers_first(s) != INT64_MAX) return;
  if (s->hooks.stuck) {
    atomic_fetch_add_explicit(&s->expected, 1, memory_order_relaxed); // the prompt's again
    s->hooks.stuck(s->runtime);
    return;
  }
  sched_end_locked(s, sched_count(s) == 0 && s->goexited ? SCHED_NO_GOROUTINES : SCHED_DEADLOCK);
}

void sched_free(Sched *s) {
  sched_stop(s);
  workers_join(s);
  uint32_t n = sched_started(s);
  Pool *pool = atomic_load_explicit(&s->pool, memory_order_acquire);
  if (pool) pool_free(pool);
  Poller *poller = atomic_load_explicit(&s->poller, memory_order_acquire);
  if (poller) poller_free(poller);
  if (s->hooks.worker_stop) {
    s->hooks.worker_stop(s->workers[0]);
    if (s->poster) s->hooks.worker_stop(s->poster);
  }
  if (s->policy->free) s->policy->free(s);
  for (uint32_t i = 0; i < n; i++) {
    Worker *w = s->workers[i];
    timer_heap_deinit(&w->timers);
    goroutines_deinit(w);
    heap_cache_free(w->heap);
    heap_free_root(w->block);
  }
  if (s->poster) {
    goroutines_deinit(s->poster);
    heap_cache_free(s->poster->heap);
    heap_free_root(s->poster->block);
  }
  free(s->batches);
  free(s->spilled);
  sync_table_free(s->sync);
  pthread_mutex_destroy(&s->lock);
  pthread_mutex_destroy(&s->free_lock);
  collector_forget();
  heap_free_root(s);
}

// --- the loop's calls

static Goroutine *give_way(Worker *w) {
  Goroutine *g = w->g;
  sched_ready(w, g, READY_YIELDED);
  return sched_next(w);
}

Goroutine *sched_gosched(Worker *w) {
  if (sched_stopping(w->sched)) return sched_tick(w);
  return give_way(w);
}

// Output that a busy program has buffered should not lie there for long.
static void flush_now_and_then(Worker *w, int64_t now) {
  Sched *s = w->sched;
  int64_t last = atomic_load_explicit(&s->flushed, memory_order_relaxed);
  if (now - last < 50000000 || !s->hooks.flush) return;
  if (atomic_compare_exchange_strong_explicit(&s->flushed, &last, now, memory_order_relaxed, memory_order_relaxed)) s->hooks.flush(s->runtime);
}

void sched_attend(Sched *s) { atomic_store_explicit(&s->attend, true, memory_order_relaxed); }

void attend(Worker *w, uint32_t tick) {
  Sched *s = w->sched;
  if (attend_wanted(s) && atomic_exchange_explicit(&s->attend, false, memory_order_relaxed) && s->hooks.attend) s->hooks.attend(w, tick);
}

Goroutine *sched_tick(Worker *w) {
  Sched *s = w->sched;
  if (sched_stopping(s)) return leave(w);
  if (cancel_pending(s)) cancel_requested(w);
  if (atomic_load_explicit(&w->g->cancelled, memory_order_relaxed)) {
    atomic_store_explicit(&w->g->cancelled, false, memory_order_relaxed);
    w->g->wake_action = WAKE_CANCEL;
  }
  uint32_t ticks = atomic_load_explicit(&w->ticks, memory_order_relaxed) + 1;
  atomic_store_explicit(&w->ticks, ticks, memory_order_relaxed);
  int64_t now = s->policy->now(s);
  attend(w, ticks);
  bool fired = timers_run(w, now);
  if (ticks % 8 == 0) fired |= poller_run(w);
  flush_now_and_then(w, now);
  if (!s->policy->tick(w, now, fired)) return w->g;
  return give_way(w);
}

Goroutine *sched_exit(Worker *w, bool goexit) {
  Goroutine *g = w->g;
  Sched *s = w->sched;
  if (g->is_main && s->hooks.ended) {
    sched_expect(s); // the prompt
    w->g = NULL;
    goroutine_finish(w, g);
    s->hooks.ended(s->runtime); // last: the next may be posted now
    return sched_next(w);
  }
  if (g->is_main) {
    if (!goexit) {
      goroutine_finish(w, g);
      sched_stop(s);
      return w->g = NULL;
    }
    pthread_mutex_lock(&s->lock);
    s->goexited = true;
    pthread_mutex_unlock(&s->lock);
  }
  w->g = NULL;
  goroutine_finish(w, g);
  return sched_next(w);
}

// --- making ready

void sched_ready_list(Worker *w, Goroutine *first) {
  for (Goroutine *g = first, *next; g; g = next) {
    next = g->next;
    g->next = NULL;
    sched_ready(w, g, READY_FIRED);
  }
}

void global_put_locked(Sched *s, GoroutineList list) {
  global_count_locked(s, (int32_t)list.count);
  for (Goroutine *g; (g = list_take(&list));) list_append(&s->global, g);
}

// --- from outside

void sched_expect(Sched *s) { atomic_fetch_add_explicit(&s->expected, 1, memory_order_relaxed); } // by a running worker: see the top

void sched_unexpect(Sched *s) {
  pthread_mutex_lock(&s->lock);
  atomic_fetch_sub_explicit(&s->expected, 1, memory_order_relaxed);
  sched_check_deadlock_locked(s);
  pthread_mutex_unlock(&s->lock);
}

void sched_inject(Sched *s, Goroutine *g) {
  atomic_store_explicit(&g->status, G_RUNNABLE, memory_order_relaxed);
  g->next = NULL;
  pthread_mutex_lock(&s->lock);
  global_put_locked(s, (GoroutineList){.first = g, .last = g, .count = 1});
  atomic_fetch_sub_explicit(&s->expected, 1, memory_order_relaxed);
  Worker *w = idle_take_locked(s);
  if (w) worker_wake(w); // under the lock: sched_free cannot free it before we are done with it
  pthread_mutex_unlock(&s->lock);
}

int64_t sched_now(Worker *w) { return w->policy->now(w->sched); }
int64_t sched_wall(Worker *w) { return w->policy->wall(w->sched); }

uint32_t sched_workers(const Sched *s) { return atomic_load_explicit(&((Sched *)s)->limit, memory_order_relaxed); }

uint32_t sched_set_workers(Sched *s, uint32_t n) {
  uint32_t old = sched_workers(s);
  if (n) atomic_store_explicit(&s->limit, n < s->max_workers || s->policy->one_worker ? n : s->max_workers, memory_order_relaxed);
  return old;
}
