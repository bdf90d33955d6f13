// Making, growing and recycling goroutines, and the registry of all of them.
//
// Spawning takes a finished goroutine from the worker's own list, without a lock; batches of them are exchanged with other workers. New ones come from the collector in batches
// and are entered in the registry once; they stay there, dead or alive, as Go's do.
#include "sched/goroutine.h"

#include <stdlib.h>
#include <string.h>

#include "sched/collector.h"
#include "sched/sched_private.h"
#include "sched/watcher.h"

const char *wait_reason_text(WaitReason reason) {
  static const char *const text[WAIT_REASONS] = {
    [WAIT_NONE] = "",
    [WAIT_CHAN_RECV] = "chan receive",
    [WAIT_CHAN_SEND] = "chan send",
    [WAIT_CHAN_RECV_NIL] = "chan receive (nil chan)",
    [WAIT_CHAN_SEND_NIL] = "chan send (nil chan)",
    [WAIT_SELECT] = "select",
    [WAIT_SELECT_EMPTY] = "select (no cases)",
    [WAIT_SLEEP] = "sleep",
    [WAIT_MUTEX] = "sync.Mutex.Lock",
    [WAIT_RWMUTEX_R] = "sync.RWMutex.RLock",
    [WAIT_RWMUTEX_W] = "sync.RWMutex.Lock",
    [WAIT_WAITGROUP] = "semacquire",
    [WAIT_COND] = "sync.Cond.Wait",
    [WAIT_SEMACQUIRE] = "semacquire",
    [WAIT_IO] = "IO wait",
    [WAIT_BLOCKING_CALL] = "syscall",
  };
  return text[reason];
}

// --- free ones and new ones

static void enter_in_registry(Worker *w, Goroutine *g) {
  RegistryChunk *chunk = w->registry;
  uint32_t n = chunk ? atomic_load_explicit(&chunk->count, memory_order_relaxed) : 0;
  if (!chunk || n == sizeof chunk->entries / sizeof *chunk->entries) {
    chunk = heap_root(sizeof *chunk);
    chunk->next = w->registry;
    n = 0;
    // release: a reader that sees the chunk sees its link
    __atomic_store_n(&w->registry, chunk, __ATOMIC_RELEASE);
  }
  chunk->entries[n] = g;
  atomic_store_explicit(&chunk->count, n + 1, memory_order_release);
}

static void make_new(Worker *w) {
  // What is still in the chain is reached from this C stack through the first words, until it is in the registry.
  for (void *object = collector_new_goroutines(), *next; object; object = next) {
    next = *(void **)object;
    Goroutine *g = object;
    g->fp = NULL;
    g->stack = g->first_stack;
    g->stack_end = (uint64_t *)((char *)g + GOROUTINE_SIZE);
    g->waiter.g = g;
    atomic_store_explicit(&g->status, G_DEAD, memory_order_relaxed);
    enter_in_registry(w, g);
    g->next = w->free;
    w->free = g;
    w->free_count++;
  }
}

static __attribute__((noinline)) void refill(Worker *w) {
  Sched *s = w->sched;
  w->free = w->spare;
  w->spare = NULL;
  if (!w->free) {
    pthread_mutex_lock(&s->free_lock);
    if (s->batch_count) w->free = s->batches[--s->batch_count];
    pthread_mutex_unlock(&s->free_lock);
  }
  if (w->free) w->free_count = FREE_BATCH;
  else make_new(w);
}

// The list of free ones is as long as a batch: it becomes the spare one, and the last spare one is for all.
static __attribute__((noinline)) void put_batch_aside(Worker *w) {
  Sched *s = w->sched;
  if (w->spare) {
    pthread_mutex_lock(&s->free_lock);
    if (s->batch_count == s->batch_capacity) {
      s->batch_capacity = s->batch_capacity ? 2 * s->batch_capacity : 16;
      s->batches = heap_plain_grow(s->batches, s->batch_capacity * sizeof *s->batches); // the registry keeps them alive
    }
    s->batches[s->batch_count++] = w->spare;
    pthread_mutex_unlock(&s->free_lock);
  }
  w->spare = w->free;
  w->free = NULL;
  w->free_count = 0;
}

// Counters that only their worker writes and anyone sums: no locked instruction.
static void count(_Atomic uint64_t *counter) {
  atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + 1, memory_order_release);
}

static uint64_t *allocate_stack(Worker *w, uint64_t slots) { return heap_alloc(w->heap, slots * 8, true); }

Goroutine *goroutine_new(Worker *w, Closure *closure, const uint64_t *args, uint32_t n, const Instr *created_at) {
  if (!w->free) refill(w);
  Goroutine *g = w->free;
  w->free = g->next;
  w->free_count--;
  count(&w->spawned);
  if (w->next_id == w->last_id) {
    w->next_id = atomic_fetch_add_explicit(&w->sched->next_id, IDS_AT_ONCE, memory_order_relaxed);
    w->last_id = w->next_id + IDS_AT_ONCE;
  }
  const Function *f = closure->function;
  if (f->frame_slots > (uint64_t)(g->stack_end - g->stack)) {
    g->stack = allocate_stack(w, f->frame_slots * 2);
    g->stack_end = g->stack + f->frame_slots * 2;
  }
  g->id = w->next_id++;
  atomic_store_explicit(&g->cancelled, false, memory_order_relaxed);
  g->next = NULL;
  g->fp = g->stack;
  g->pc = f->code;
  g->created_at = created_at;
  g->creator = w->g && created_at ? w->g->id : 0;
  g->fp[0] = (uint64_t)(uintptr_t)w->sched->hooks.bottom;
  g->fp[1] = (uint64_t)(uintptr_t)closure;
  uint64_t *to = g->fp + f->param_slot;
  for (uint32_t i = 0; i < n; i++) to[i] = args[i];
  // release: a collection that stops us here and finds it runnable finds its closure and arguments too
  atomic_store_explicit(&g->status, G_RUNNABLE, memory_order_release);
  return g;
}

Goroutine *sched_go(Worker *w, Closure *closure, const uint64_t *args, uint32_t n, const Instr *created_at) {
  Goroutine *g = goroutine_new(w, closure, args, n, created_at);
  if (__builtin_expect(w->watcher != NULL, 0)) w->watcher->spawn(w, g, NULL);
  w->policy->ready(w, g, READY_SPAWNED);
  return g;
}

void goroutine_finish(Worker *w, Goroutine *g) {
  if (__builtin_expect(w->watcher != NULL, 0)) w->watcher->finish(w, g);
  atomic_store_explicit(&g->status, G_DEAD, memory_order_relaxed);
  count(&w->finished);
  if (g->stack_end - g->stack > 512) { // a small stack of its own is kept for the next
    g->stack = g->first_stack;
    g->stack_end = (uint64_t *)((char *)g + GOROUTINE_SIZE);
  }
  g->fp = NULL;
  g->panic = NULL;
  g->defer_depth = 0;
  g->wake_action = WAKE_NONE;
  g->is_main = g->handed = false;
  g->retries = 0;
  g->waiter.object = NULL;
  g->next = w->free;
  w->free = g;
  if (++w->free_count == FREE_BATCH) put_batch_aside(w);
}

bool goroutine_grow(Worker *w, Goroutine *g, uint32_t slots) {
  uint64_t used = (uint64_t)(g->fp - g->stack), old = (uint64_t)(g->stack_end - g->stack), size = 128;
  while (size < used + slots || size < 2 * old) size *= 2;
  if (size > GOROUTINE_STACK_MAX) {
    size = GOROUTINE_STACK_MAX;
    if (size < used + slots || size <= old) return false;
  }
  uint64_t *stack = allocate_stack(w, size);
  memcpy(stack, g->stack, old * 8);
  goroutine_move(g, stack, size);
  return true;
}

// --- the registry

void goroutines_deinit(Worker *w) {
  for (RegistryChunk *chunk = w->registry, *next; chunk; chunk = next) {
    next = chunk->next;
    for (uint32_t i = 0; i < chunk->count; i++) {
#ifdef GOL_HEAP_MALLOC
      free(chunk->entries[i]);
#else
      // Some of them never came to their end. A stale word may bring them before the collector again when what they refer to
      // is gone: it must find nothing to follow.
      chunk->entries[i]->stack = NULL;
      chunk->entries[i]->fp = NULL;
#endif
    }
    heap_free_root(chunk);
  }
  w->registry = NULL;
  w->free = w->spare = NULL;
}

typedef struct { Goroutine **items; size_t count, capacity; } Found;

static int by_id(const void *a, const void *b) {
  uint64_t x = (*(Goroutine *const *)a)->id, y = (*(Goroutine *const *)b)->id;
  return x < y ? -1 : x > y;
}

static bool outside_ends_it(const Goroutine *g) {
  return g->wait_reason == WAIT_SLEEP || g->wait_reason == WAIT_IO || g->wait_reason == WAIT_BLOCKING_CALL;
}

static void visit_all(Sched *s, bool blocked_only, void (*visit)(Goroutine *g, void *context), void *context) {
  Found found = {0}; // malloc'ed: the registry keeps them alive
  for (uint32_t i = 0, n = sched_started(s); i < n + (s->poster != NULL); i++) {
    Worker *w = i < n ? s->workers[i] : s->poster;
    for (RegistryChunk *chunk = __atomic_load_n(&w->registry, __ATOMIC_ACQUIRE); chunk; chunk = chunk->next) {
      uint32_t entries = atomic_load_explicit(&chunk->count, memory_order_acquire);
      for (uint32_t k = 0; k < entries; k++) {
        Goroutine *g = chunk->entries[k];
        GStatus status = goroutine_status(g);
        if (status == G_DEAD || status == G_IDLE) continue;
        if (blocked_only && (status != G_WAITING || outside_ends_it(g))) continue;
        if (found.count == found.capacity) {
          found.capacity = found.capacity ? found.capacity * 2 : 64;
          found.items = heap_plain_grow(found.items, found.capacity * sizeof *found.items);
        }
        found.items[found.count++] = g;
      }
    }
  }
  if (found.count) qsort(found.items, found.count, sizeof *found.items, by_id);
  for (size_t i = 0; i < found.count; i++) visit(found.items[i], context);
  free(found.items);
}

void sched_each(Sched *s, void (*visit)(Goroutine *g, void *context), void *context) { visit_all(s, false, visit, context); }
void sched_each_blocked(Sched *s, void (*visit)(Goroutine *g, void *context), void *context) { visit_all(s, true, visit, context); }

uint64_t sched_count(Sched *s) {
  uint64_t spawned = 0, finished = 0;
  uint32_t n = sched_started(s);
  // First those that have finished: one that starts and ends meanwhile is counted as alive, never as less than nothing. Acquire, against
  // the release in count(): whoever's end we see, we see its beginning too.
  for (uint32_t i = 0; i < n; i++) finished += atomic_load_explicit(&s->workers[i]->finished, memory_order_acquire);
  for (uint32_t i = 0; i < n; i++) spawned += atomic_load_explicit(&s->workers[i]->spawned, memory_order_acquire);
  if (s->poster) spawned += atomic_load_explicit(&s->poster->spawned, memory_order_acquire);
  return spawned - finished;
}
