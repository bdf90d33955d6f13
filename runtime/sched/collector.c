// A goroutine's stack is marked word by word up to the end of its current frame: what lies above is left over from
// earlier calls. The frame's size comes from the function around pc; that search is remembered by pc, because of
// a million goroutines most are parked at the same few places. A running goroutine's fp is in a register of the loop, so its
// whole stack is marked.
//
// A stack that is an object of its own is pointer-free for libgc, and so are the waiters of a select (which would keep old
// channels alive); only goroutine_mark looks into them.
#include "sched/collector.h"

#include <stdlib.h>


#ifdef GOL_HEAP_MALLOC

#include <string.h>

void collector_init(void) {}
void collector_forget(void) {}

// One at a time, so that a sanitizer knows the bounds and the birth of each.
void *collector_new_goroutines(void) {
  void *p = aligned_alloc(16, GOROUTINE_SIZE);
  if (!p) heap_exhausted(GOROUTINE_SIZE);
  return memset(p, 0, GOROUTINE_SIZE);
}

void collector_blocking(void *(*fn)(void *), void *argument) { fn(argument); }

#else

#include <pthread.h>

#define GC_THREADS
#define GC_NO_THREAD_REDIRECTS
#include <gc/gc.h>
#include <gc/gc_inline.h>
#include <gc/gc_mark.h>

// libgc's numbers and its mark procedures know no context, so these belong to the process, as libgc does.
static struct {
  pthread_once_t once;
  unsigned kind;              // written once
  _Atomic uint64_t frames[256]; // pc (48 bits) << 16 | slots of its function's frame. Relaxed: an entry says all in one word
  _Atomic GC_word collection;   // the one that frames are of: code may be gone after it, and other code be in its place
} collector = {.once = PTHREAD_ONCE_INIT};

static void forget_last_collection(void) {
  GC_word now = GC_get_gc_no();
  if (atomic_load_explicit(&collector.collection, memory_order_acquire) == now) return;
  collector_forget();
  atomic_store_explicit(&collector.collection, now, memory_order_release); // after the clearing
}

// Slots that are alive above fp; 0 if unknown.
static uint32_t frame_slots(const Goroutine *g) {
  forget_last_collection();
  uint64_t pc = (uint64_t)(uintptr_t)g->pc;
  _Atomic uint64_t *entry = &collector.frames[(pc >> 3) * 0x9e3779b97f4a7c15ull >> 56];
  uint64_t known = atomic_load_explicit(entry, memory_order_relaxed);
  if (known >> 16 == pc) return known & 0xffff;
  const Closure *closure = (const Closure *)g->stack[1]; // of the bottom frame, put there by goroutine_new
  if (!closure || !closure->function->program) return 0;
  const Function *f = program_function_at(closure->function->program, g->pc);
  if (!f || f->frame_slots > 0xffff) return 0;
  atomic_store_explicit(entry, pc << 16 | f->frame_slots, memory_order_relaxed);
  return f->frame_slots;
}

static struct GC_ms_entry *goroutine_mark(GC_word *object, struct GC_ms_entry *top, struct GC_ms_entry *limit, GC_word env) {
  Goroutine *g = (Goroutine *)object;
#define MARK(p) top = GC_MARK_AND_PUSH((void *)(p), top, limit, (void **)object)
  MARK(g->fp); // of an object that is still free: the next free one
  if (!g->stack) return top;
  if (g->stack != g->first_stack) MARK(g->stack);
  MARK(g->set);
  MARK(g->watch);
  MARK(g->panic);
  uint64_t *end = g->stack_end;
  switch (goroutine_status(g)) {
  case G_IDLE: case G_DEAD: return top;
  case G_RUNNING: break;
  case G_RUNNABLE: case G_WAITING: {
    MARK(g->waiter.next);
    MARK(g->waiter.object);
    if (g->wait_reason == WAIT_SELECT && goroutine_status(g) == G_WAITING && g->set)
      for (uint32_t i = 0; i < g->set->count; i++) MARK(g->set->waiters[i].next);
    uint32_t slots = frame_slots(g);
    if (slots && g->fp >= g->stack && g->fp + slots < end) end = g->fp + slots;
    break;
  }
  }
  for (uint64_t *p = g->stack; p < end; p++) MARK(*p);
#undef MARK
  return top;
}

static void register_kind(void) {
  collector.kind = GC_new_kind(GC_new_free_list(), GC_MAKE_PROC(GC_new_proc(goroutine_mark), 0), 0, 1);
}

void collector_init(void) { pthread_once(&collector.once, register_kind); }

void collector_forget(void) {
  for (size_t i = 0; i < sizeof collector.frames / sizeof *collector.frames; i++)
    atomic_store_explicit(&collector.frames[i], 0, memory_order_relaxed);
}

void *collector_new_goroutines(void) {
  void *chain = NULL;
  GC_generic_malloc_many(GOROUTINE_SIZE, (int)collector.kind, &chain);
  if (!chain) heap_exhausted(GOROUTINE_SIZE); // unlike its other calls, this one of libgc's just returns nothing
  return chain;
}

void collector_blocking(void *(*fn)(void *), void *argument) { GC_do_blocking(fn, argument); }

#endif
