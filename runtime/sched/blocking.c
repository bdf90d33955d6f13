// Helper threads for calls that block. They are started as needed and wait a while for more work; a goroutine is in the queue with
// the call it wants, and injected into the scheduler when the call is done.
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "sched/collector.h"
#include "sched/poller.h"
#include "sched/sched_private.h"

enum { HELPERS_MAX = 512, LINGER_SECONDS = 5 };

typedef struct Call {
  struct Call *next;
  Goroutine *g;       // parked; alive by the registry
  BlockingFn fn;
  uint64_t *fp;       // its frame, which stays where it is
} Call;

struct Pool {
  Sched *sched;
  pthread_mutex_t lock;   // rank: leaf, never with Sched.lock. Guards the rest
  pthread_cond_t work;    // a call was queued, or the pool closes
  pthread_cond_t gone;    // a helper has ended
  Call *first, **last;
  uint32_t helpers, waiting; // helpers in all; those that wait for a call
  uint32_t queued;           // calls that nobody has taken yet
  bool closing;
};

static Pool *get_pool(Sched *s) {
  Pool *pool = atomic_load_explicit(&s->pool, memory_order_acquire);
  if (pool) return pool;
  pthread_mutex_lock(&s->lock);
  pool = atomic_load_explicit(&s->pool, memory_order_relaxed);
  if (!pool) {
    pool = heap_plain(sizeof *pool);
    pool->sched = s;
    pool->last = &pool->first;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->work, NULL);
    pthread_cond_init(&pool->gone, NULL);
    atomic_store_explicit(&s->pool, pool, memory_order_release);
  }
  pthread_mutex_unlock(&s->lock);
  return pool;
}

// Lock held on entry and exit. Runs outside the collector's sight: a waiting helper is not signalled.
static void *wait_for_work(void *argument) {
  Pool *pool = argument;
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += LINGER_SECONDS;
  while (!pool->first && !pool->closing)
    if (pthread_cond_timedwait(&pool->work, &pool->lock, &until) == ETIMEDOUT) break;
  return NULL;
}

static void *helper_main(void *argument) {
  Pool *pool = argument;
  heap_thread_register();
  HeapCache *heap = heap_cache_new();
  pthread_mutex_lock(&pool->lock);
  for (;;) {
    Call *call = pool->first;
    if (!call) {
      if (pool->closing) break;
      pool->waiting++;
      collector_blocking(wait_for_work, pool);
      pool->waiting--;
      if (pool->first) continue;
      break;
    }
    pool->queued--;
    pool->first = call->next;
    if (!pool->first) pool->last = &pool->first;
    pthread_mutex_unlock(&pool->lock);
    call->fn(heap, call->fp);
    sched_inject(pool->sched, call->g);
    free(call);
    pthread_mutex_lock(&pool->lock);
  }
  pthread_mutex_unlock(&pool->lock);
  heap_cache_free(heap);
  heap_thread_unregister();
  pthread_mutex_lock(&pool->lock);
  pool->helpers--;
  pthread_cond_signal(&pool->gone);
  pthread_mutex_unlock(&pool->lock);
  return NULL;
}

bool blocking_call(Worker *w, BlockingFn fn, uint64_t *fp) {
  Sched *s = w->sched;
  if (!s->policy->virtual_time) {
    Pool *pool = get_pool(s);
    Call *call = heap_plain(sizeof *call);
    *call = (Call){.g = w->g, .fn = fn, .fp = fp};
    pthread_mutex_lock(&pool->lock);
    // One waiting helper for each queued call: the one before may block for ever.
    if (pool->queued >= pool->waiting && pool->helpers < HELPERS_MAX) {
      pthread_t thread;
      heap_allow_threads();
      if (!pthread_create(&thread, NULL, helper_main, pool)) {
        pthread_detach(thread);
        pool->helpers++;
      }
    }
    if (pool->helpers) {
      sched_expect(s);
      sched_park(w, WAIT_BLOCKING_CALL); // before it is queued
      pool->queued++;
      *pool->last = call;
      pool->last = &call->next;
      pthread_cond_signal(&pool->work);
      pthread_mutex_unlock(&pool->lock);
      return true;
    }
    pthread_mutex_unlock(&pool->lock);
    free(call);
  }
  fn(w->heap, fp); // repeatable runs do one thing at a time; and where no thread is to be had
  return false;
}

void pool_free(Pool *pool) {
  pthread_mutex_lock(&pool->lock);
  pool->closing = true;
  pthread_cond_broadcast(&pool->work);
  while (pool->helpers) pthread_cond_wait(&pool->gone, &pool->lock);
  pthread_mutex_unlock(&pool->lock);
  pthread_mutex_destroy(&pool->lock);
  pthread_cond_destroy(&pool->work);
  pthread_cond_destroy(&pool->gone);
  free(pool);
}
