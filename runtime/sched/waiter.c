#include "sched/waiter.h"

#include "base/assert.h"
#include "sched/chan.h"
#include "sched/goroutine.h"
#include "sched/timer.h"
#include "sched/worker.h"

static Waiter *first(WaitQueue *queue) { return atomic_load_explicit(&queue->first, memory_order_relaxed); }
static void set_first(WaitQueue *queue, Waiter *waiter) { atomic_store_explicit(&queue->first, waiter, memory_order_release); }

void waiter_enqueue(WaitQueue *queue, Waiter *waiter) {
  waiter->next = NULL;
  waiter->prev = queue->last;
  if (queue->last) queue->last->next = waiter;
  else set_first(queue, waiter);
  queue->last = waiter;
  waiter->queued = true;
}

void waiter_remove(WaitQueue *queue, Waiter *waiter) {
  ASSERT(waiter->queued, "a waiter is removed from a queue it is in");
  if (waiter->prev) waiter->prev->next = waiter->next;
  else set_first(queue, waiter->next);
  if (waiter->next) waiter->next->prev = waiter->prev;
  else queue->last = waiter->prev;
  waiter->next = waiter->prev = NULL;
  waiter->queued = false;
}

bool waiter_claim(Waiter *waiter) {
  if (!waiter->shared) return true; // was in one queue only, whose lock the caller holds
  uint32_t open = 0;
  // acquire: the frame and set are ours to write, after everything their last owner did. It wrote them before it queued the
  // waiter under the lock we hold, so relaxed would do; acq_rel costs nothing on a locked instruction.
  return atomic_compare_exchange_strong_explicit(&waiter->g->claim, &open, 1, memory_order_acq_rel, memory_order_relaxed);
}

Waiter *waiter_take(WaitQueue *queue) {
  for (Waiter *waiter; (waiter = first(queue));) {
    Waiter *next = waiter->next;
    set_first(queue, next);
    if (next) next->prev = NULL;
    else queue->last = NULL;
    waiter->next = NULL;
    waiter->queued = false;
    if (waiter_claim(waiter)) return waiter;
    // Fired by another object, which will not find it queued here any more.
  }
  return NULL;
}

void waiter_finish(Worker *w, Waiter *waiter) {
  if (!waiter->shared) return;
  WaitSet *set = waiter->g->set;
  *set->chosen = waiter->index;
  for (uint32_t i = 0; i < set->count; i++) {
    Waiter *other = &set->waiters[i];
    Chan *c = other->object;
    if (other == waiter) continue;
    lock_acquire(&c->lock, w->alone);
    if (other->queued) {
      WaitQueue *queue = other->kind == WAITER_SEND ? &c->sendq : &c->recvq;
      waiter_remove(queue, other);
      if (c->timer && !first(queue)) timer_detach(w, c->timer);
    }
    lock_release(&c->lock, w->alone);
  }
}
