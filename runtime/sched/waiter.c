#include "sched/waiter.h"

#include "base/assert.h"
#include "sched/chan.h"
#include "sched/goroutine.h"
#include "sched/timer.h"
#include "sched/worker.h"

static Waiter *first(WaitQueue *queue) { return atomic_load_explicit(&queue->first, memory_order_relaxed); }

void waiter_remove(WaitQueue *queue, Waiter *waiter) {
  ASSERT(waiter->queued, "a waiter is removed from a queue it is in");
  if (waiter->prev) waiter->prev->next = waiter->next;
  else waiter_set_first(queue, waiter->next);
  if (waiter->next) waiter->next->prev = waiter->prev;
  else queue->last = waiter->prev;
  waiter->next = waiter->prev = NULL;
  waiter->queued = false;
}

bool waiter_claim_shared(Waiter *waiter) {
  uint32_t open = 0;
  // The owner wrote its frame and set before it queued the waiter under the lock we hold, so relaxed would do; acq_rel costs nothing
  // on a locked instruction.
  return atomic_compare_exchange_strong_explicit(&waiter->g->claim, &open, 1, memory_order_acq_rel, memory_order_relaxed);
}

void waiter_finish_shared(Worker *w, Waiter *waiter) {
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
