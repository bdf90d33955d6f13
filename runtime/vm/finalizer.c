#include "vm/finalizer.h"

#include "vm/made.h"
#include "vm/native.h"

// What the collector keeps for an object; later, its place in the queue. Until then it must not refer to the object.
typedef struct Finalizer {
  Finalizers *all;
  Closure *fn;
  const RType *sig;
  const RType *type; // of the pointer
  struct Finalizer *next; // these two guarded by all->lock
  void *object;
} Finalizer;

// Memory of the heap, since finalizers of objects that outlive the run refer to it.
struct Finalizers {
  Closure *runner;
  Timer *origin;           // what an observer takes for the cause of the runner, as of AfterFunc: nothing that ran before is known to it
  pthread_mutex_t lock;    // rank: leaf. Guards the rest
  Sched *sched;            // NULL: the run has ended
  Finalizer *first, *last; // of objects that are garbage, in the collector's order
  bool running;            // there is a runner
};

Finalizers *finalizers_of(Worker *w, Closure *runner) {
  Runtime *rt = worker_runtime(w);
  pthread_mutex_lock(&rt->services_lock);
  Finalizers **root = atomic_load_explicit(&rt->finalizers, memory_order_relaxed); // only set with this lock held
  if (!root) {
    Finalizers *all = heap_alloc(w->heap, sizeof *all, false);
    all->runner = runner;
    all->origin = timer_new_closure(w, runner);
    all->sched = w->sched;
    pthread_mutex_init(&all->lock, NULL);
    root = heap_root(sizeof *root);
    *root = all;
    atomic_store_explicit(&rt->finalizers, root, memory_order_release);
  }
  pthread_mutex_unlock(&rt->services_lock);
  return *root;
}

// Called by heap_run_finalizers, by the runner of any run in this process.
static void take(void *object, void *data) {
  Finalizer *finalizer = data;
  Finalizers *all = finalizer->all;
  pthread_mutex_lock(&all->lock);
  if (all->sched) {
    finalizer->object = object;
    finalizer->next = NULL;
    if (all->last) all->last->next = finalizer;
    else all->first = finalizer;
    all->last = finalizer;
    sched_attend(all->sched);
  }
  pthread_mutex_unlock(&all->lock);
}

bool finalizers_set(Worker *w, Finalizers *all, void *object, const RType *t, Closure *fn, const RType *sig) {
  if (!fn) return heap_set_finalizer(object, NULL, NULL);
  Finalizer *finalizer = heap_alloc(w->heap, sizeof *finalizer, false);
  *finalizer = (Finalizer){.all = all, .fn = fn, .sig = sig, .type = t};
  if (w->watcher) w->watcher->company(w);
  native_event(w, WATCH_POST, finalizer);
  return heap_set_finalizer(object, take, finalizer);
}

static Closure *call_of(Worker *w, Finalizer *finalizer) {
  BlockExtent extent = block_extent(finalizer->sig);
  Block *b = block_new(w->heap, extent.results, extent.end);
  const RType *param = finalizer->sig->in[0];
  uint64_t *slot = block_slot(b, block_place(&extent.params, param)), object = (uint64_t)(uintptr_t)finalizer->object;
  b->callee = finalizer->fn;
  if (param->kind == KIND_INTERFACE) slot_put_iface(slot, (Iface){finalizer->type, object});
  else *slot = object;
  native_event(w, WATCH_WAIT, finalizer);
  return made_call(w, b);
}

Closure *finalizers_next(Worker *w, Finalizers *all) {
  for (;;) {
    pthread_mutex_lock(&all->lock);
    Finalizer *finalizer = all->first;
    if (finalizer && !(all->first = finalizer->next)) all->last = NULL;
    // What a collection finds after this look makes it start another runner.
    bool end = !finalizer && !heap_finalizers_wait();
    if (end) all->running = false;
    pthread_mutex_unlock(&all->lock);
    if (finalizer) return call_of(w, finalizer);
    if (end) return NULL;
    heap_run_finalizers();
  }
}

void finalizers_attend(Worker *w) {
  Finalizers **root = atomic_load_explicit(&worker_runtime(w)->finalizers, memory_order_acquire);
  if (!root) return;
  Finalizers *all = *root;
  pthread_mutex_lock(&all->lock);
  bool start = !all->running && (all->first || heap_finalizers_wait());
  if (start) all->running = true;
  pthread_mutex_unlock(&all->lock);
  if (!start) return;
  Goroutine *g = goroutine_new(w, all->runner, NULL, 0, NULL);
  if (w->watcher) w->watcher->spawn(w, g, all->origin);
  sched_ready(w, g, READY_FIRED);
}

void finalizers_end(Runtime *rt) {
  Finalizers **root = atomic_load_explicit(&rt->finalizers, memory_order_acquire);
  if (!root) return;
  pthread_mutex_lock(&(*root)->lock);
  (*root)->sched = NULL;
  pthread_mutex_unlock(&(*root)->lock);
}

void finalizers_free(Runtime *rt) {
  Finalizers **root = atomic_load_explicit(&rt->finalizers, memory_order_relaxed);
  if (root) heap_free_root(root);
}
