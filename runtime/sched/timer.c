// Timer heaps and what happens when an entry is due. See timer.h for the semantics.
//
// Locks: a timer's own state (when, period) is guarded by its channel's lock, or its own if it has no channel: its guard. A
// heap is guarded by its lock, taken under the guard. Firing starts at the other end: due entries are popped under the heap's
// lock alone; then, under the timer's guard, `when` decides whether it is still due: it may have been stopped or reset in between.
#include "sched/timer.h"

#include <string.h>

#include "base/assert.h"
#include "sched/chan_private.h"
#include "sched/sched_private.h"
#include "sched/watcher.h"

enum { TIMER_OUT = UINT32_MAX, ARITY = 4, BATCH = 64 };

// --- the heap; its lock is held

static bool before(const TimerEntry *a, const TimerEntry *b) { return a->when != b->when ? a->when < b->when : a->order < b->order; }

static void place(TimerHeap *h, uint32_t i, TimerEntry e) {
  h->entries[i] = e;
  if (!(e.item & 1)) ((Timer *)e.item)->index = i;
}

static void sift_up(TimerHeap *h, uint32_t i, TimerEntry e) {
  while (i > 0) {
    uint32_t parent = (i - 1) / ARITY;
    if (!before(&e, &h->entries[parent])) break;
    place(h, i, h->entries[parent]);
    i = parent;
  }
  place(h, i, e);
}

static void sift_down(TimerHeap *h, uint32_t i, TimerEntry e) {
  for (;;) {
    uint32_t child = i * ARITY + 1, best = child;
    if (child >= h->count) break;
    for (uint32_t k = child + 1; k < child + ARITY && k < h->count; k++)
      if (before(&h->entries[k], &h->entries[best])) best = k;
    if (!before(&h->entries[best], &e)) break;
    place(h, i, h->entries[best]);
    i = best;
  }
  place(h, i, e);
}

static void publish_first(TimerHeap *h) {
  atomic_store_explicit(&h->first, h->count ? h->entries[0].when : INT64_MAX, memory_order_relaxed);
}

static void insert(TimerHeap *h, int64_t when, uintptr_t item) {
  if (h->count == h->capacity) {
    uint32_t capacity = h->capacity ? h->capacity * 2 : 32;
    TimerEntry *entries = heap_root(capacity * sizeof *entries);
    if (h->count) memcpy(entries, h->entries, h->count * sizeof *entries);
    if (h->entries) heap_free_root(h->entries);
    h->entries = entries;
    h->capacity = capacity;
  }
  sift_up(h, h->count++, (TimerEntry){when, h->order++, item});
  publish_first(h);
}

static void remove_at(TimerHeap *h, uint32_t i) {
  uintptr_t item = h->entries[i].item;
  if (!(item & 1)) ((Timer *)item)->index = TIMER_OUT;
  TimerEntry last = h->entries[--h->count];
  h->entries[h->count] = (TimerEntry){0}; // keeps nothing alive
  if (i < h->count) {
    if (i > 0 && before(&last, &h->entries[(i - 1) / ARITY])) sift_up(h, i, last);
    else sift_down(h, i, last);
  }
  publish_first(h);
}

void timer_heap_deinit(TimerHeap *heap) {
  if (heap->entries) heap_free_root(heap->entries);
  heap->entries = NULL;
}

int64_t timers_first(Sched *s) {
  int64_t first = INT64_MAX;
  for (uint32_t i = 0, n = sched_started(s); i < n; i++) {
    int64_t when = atomic_load_explicit(&s->workers[i]->timers.first, memory_order_relaxed);
    if (when < first) first = when;
  }
  return first;
}

// --- a timer in and out of a heap; its guard is held

static Lock *guard(Timer *t) { return t->chan ? &t->chan->lock : &t->lock; }

static void put(Worker *w, Timer *t) {
  TimerHeap *h = &w->timers;
  t->heap = h;
  lock_acquire(&h->lock, w->alone);
  insert(h, t->when, (uintptr_t)t);
  lock_release(&h->lock, w->alone);
}

static void take_out(Worker *w, Timer *t) {
  TimerHeap *h = t->heap;
  if (!h) return;
  lock_acquire(&h->lock, w->alone);
  if (t->index != TIMER_OUT) remove_at(h, t->index); // else it has been popped to be fired
  lock_release(&h->lock, w->alone);
  t->heap = NULL;
}

static bool wanted(Timer *t) { return t->when && (!t->chan || chan_waits(&t->chan->recvq)); }

void timer_attach(Worker *w, Timer *t) {
  if (t->when && !t->heap) put(w, t);
}
void timer_detach(Worker *w, Timer *t) { take_out(w, t); }

// Its moment was t->when: the next one.
static void advance(Timer *t, int64_t now) {
  t->when = t->period ? t->when + t->period * (1 + (now - t->when) / t->period) : 0;
}

void timer_poll(Worker *w, Timer *t) {
  if (!t->when) return;
  int64_t now = sched_now(w);
  if (t->when > now) return;
  Chan *c = t->chan;
  // A value that nobody has fetched stays, later ones are dropped, as a send with a default would.
  if (!chan_count(c)) {
    t->value(w, t->when, c->buffer);
    c->head = 0;
    chan_set_count(c, 1);
  }
  advance(t, now);
}

// --- firing

// Popped from a heap at `now`. Meanwhile it may have been stopped or reset, or a receiver may have taken its value itself: its state
// under the guard tells whether it is due, and whether it belongs in a heap again.
static void fire(Worker *w, Timer *t, int64_t now) {
  Lock *lock = guard(t);
  Waiter *waiter = NULL;
  lock_acquire(lock, w->alone);
  take_out(w, t);
  bool due = t->when && t->when <= now;
  if (due && t->chan) {
    waiter = waiter_take(&t->chan->recvq);
    if (waiter) { // else the last to wait has just been woken otherwise: timer_poll will see to it
      if (waiter->value) t->value(w, t->when, waiter->value);
      if (waiter->ok) *waiter->ok = 1;
      if (__builtin_expect(w->watcher != NULL, 0)) w->watcher->fired(w, waiter->g, t);
      advance(t, now);
    }
  } else if (due) {
    advance(t, now);
  }
  if (wanted(t)) put(w, t);
  lock_release(lock, w->alone);
  if (waiter) {
    waiter_finish(w, waiter);
    sched_ready(w, waiter->g, READY_FIRED);
  } else if (due && t->closure) {
    Goroutine *g = goroutine_new(w, t->closure, NULL, 0, NULL);
    if (__builtin_expect(w->watcher != NULL, 0)) w->watcher->spawn(w, g, t);
    sched_ready(w, g, READY_FIRED);
  } else if (due && t->fire) {
    t->fire(w, t);
  }
}

static bool run_heap(Worker *w, TimerHeap *h, int64_t now) {
  uintptr_t due[BATCH]; // on the C stack, where the collector sees them
  bool any = false;
  uint32_t n;
  do {
    if (atomic_load_explicit(&h->first, memory_order_relaxed) > now) return any;
    if (h == &w->timers) lock_acquire(&h->lock, w->alone);
    else if (!lock_try(&h->lock, w->alone)) return any; // somebody else is at it
    for (n = 0; n < BATCH && h->count && h->entries[0].when <= now; n++) {
      due[n] = h->entries[0].item;
      remove_at(h, 0);
    }
    lock_release(&h->lock, w->alone);
    for (uint32_t i = 0; i < n; i++) {
      if (due[i] & 1) sched_ready(w, (Goroutine *)(due[i] - 1), READY_FIRED);
      else fire(w, (Timer *)due[i], now);
    }
    any |= n > 0;
  } while (n == BATCH);
  return any;
}

bool timers_run(Worker *w, int64_t now) {
  Sched *s = w->sched;
  bool any = false;
  for (uint32_t i = 0, n = sched_started(s); i < n; i++) {
    TimerHeap *h = &s->workers[i]->timers;
    if (atomic_load_explicit(&h->first, memory_order_relaxed) <= now) any |= run_heap(w, h, now);
  }
  return any;
}

// --- the calls

static int64_t later(int64_t now, int64_t ns) {
  if (ns <= 0) return now > 0 ? now : 1; // 0 means none
  return now > INT64_MAX - 1 - ns ? INT64_MAX - 1 : now + ns;
}

bool timer_sleep(Worker *w, int64_t ns) {
  if (ns <= 0) return false;
  int64_t when = later(sched_now(w), ns);
  TimerHeap *h = &w->timers;
  lock_acquire(&h->lock, w->alone);
  sched_park(w, WAIT_SLEEP);
  insert(h, when, (uintptr_t)w->g | 1);
  lock_release(&h->lock, w->alone);
  return true;
}

bool timer_cancel_sleep(Worker *w, Goroutine *g) {
  bool found = false;
  for (uint32_t i = 0, n = sched_started(w->sched); i < n && !found; i++) {
    TimerHeap *h = &w->sched->workers[i]->timers;
    lock_acquire(&h->lock, w->alone);
    for (uint32_t k = 0; k < h->count && !found; k++) {
      found = h->entries[k].item == ((uintptr_t)g | 1);
      if (found) remove_at(h, k);
    }
    lock_release(&h->lock, w->alone);
  }
  return found;
}

static Timer *new_timer(Worker *w) {
  Timer *t = heap_alloc(w->heap, sizeof *t, false);
  t->index = TIMER_OUT;
  return t;
}

Timer *timer_new_chan(Worker *w, const RType *chan_type, TimerValue value) {
  Timer *t = new_timer(w);
  t->value = value;
  t->chan = chan_new(w->heap, chan_type, 1);
  t->chan->timer = t;
  return t;
}

Timer *timer_new_closure(Worker *w, Closure *closure) {
  Timer *t = new_timer(w);
  t->closure = closure;
  return t;
}

Timer *timer_new_fire(Worker *w, TimerFire fire_it, void *argument) {
  Timer *t = new_timer(w);
  t->fire = fire_it;
  t->argument = argument;
  return t;
}

// Guard held. True: it was active: it had yet to fire, or what it sent has not been received and never will be.
static bool stop(Worker *w, Timer *t) {
  bool active = t->when != 0;
  t->when = 0;
  take_out(w, t);
  if (t->chan && chan_count(t->chan)) {
    chan_set_count(t->chan, 0);
    active = true;
  }
  return active;
}

bool timer_stop(Worker *w, Timer *t) {
  Lock *lock = guard(t);
  lock_acquire(lock, w->alone);
  bool active = stop(w, t);
  lock_release(lock, w->alone);
  return active;
}

bool timer_reset(Worker *w, Timer *t, int64_t ns, int64_t period) {
  int64_t when = later(sched_now(w), ns);
  Lock *lock = guard(t);
  lock_acquire(lock, w->alone);
  bool active = stop(w, t);
  if (__builtin_expect(w->watcher != NULL, 0)) w->watcher->set(w, t);
  t->when = when;
  t->period = period > 0 ? period : 0;
  if (wanted(t)) put(w, t);
  lock_release(lock, w->alone);
  return active;
}
