// Ending a goroutine from outside: a session's Ctrl-C, and an input that waits for ever.
//
// The request is taken up by a worker, since only workers may touch queues. One that waits on channels, sync or time is taken out of
// their queues under their locks, like a waiter that fires; whoever fires it first wins, and then, as with one that runs,
// Goroutine.cancelled ends it at its next tick.
#include "sched/chan.h"
#include "sched/sched_private.h"
#include "sched/sync.h"
#include "sched/timer.h"

void sched_cancel(Sched *s, Goroutine *g, uint64_t id, bool stuck) {
  pthread_mutex_lock(&s->lock);
  s->cancel_id = id;
  atomic_store_explicit(&s->to_cancel, g, memory_order_relaxed);
  if (stuck) atomic_fetch_sub_explicit(&s->expected, 1, memory_order_relaxed); // the prompt waits again
  Worker *w = idle_take_locked(s);
  if (w) worker_wake(w);
  pthread_mutex_unlock(&s->lock);
}

static WaitQueue *queue_of(const Waiter *waiter) {
  Chan *c = waiter->object;
  return waiter->kind == WAITER_SEND ? &c->sendq : &c->recvq;
}

static bool take_from_channel(Worker *w, Goroutine *g) {
  Chan *c = g->waiter.object;
  lock_acquire(&c->lock, w->alone);
  bool queued = g->waiter.queued;
  if (queued) {
    WaitQueue *queue = queue_of(&g->waiter);
    waiter_remove(queue, &g->waiter);
    if (c->timer && !atomic_load_explicit(&queue->first, memory_order_relaxed)) timer_detach(w, c->timer);
  }
  lock_release(&c->lock, w->alone);
  return queued;
}

static bool take_from_select(Worker *w, Goroutine *g) {
  WaitSet *set = g->set;
  if (!set || !set->count) return true; // only nil channels
  if (!waiter_claim_shared(&set->waiters[0])) return false;
  for (uint32_t i = 0; i < set->count; i++) {
    Waiter *waiter = &set->waiters[i];
    Chan *c = waiter->object;
    lock_acquire(&c->lock, w->alone);
    if (waiter->queued) {
      WaitQueue *queue = queue_of(waiter);
      waiter_remove(queue, waiter);
      if (c->timer && !atomic_load_explicit(&queue->first, memory_order_relaxed)) timer_detach(w, c->timer);
    }
    lock_release(&c->lock, w->alone);
  }
  return true;
}

// The goroutine waits: out of its queues. True: it is ours.
static bool take(Worker *w, Goroutine *g) {
  switch ((WaitReason)g->wait_reason) {
  case WAIT_CHAN_RECV: case WAIT_CHAN_SEND: return take_from_channel(w, g);
  case WAIT_SELECT: return take_from_select(w, g);
  case WAIT_CHAN_RECV_NIL: case WAIT_CHAN_SEND_NIL: case WAIT_SELECT_EMPTY: return true;
  case WAIT_SLEEP: return timer_cancel_sleep(w, g);
  case WAIT_MUTEX: case WAIT_RWMUTEX_R: case WAIT_RWMUTEX_W: case WAIT_WAITGROUP: case WAIT_COND: case WAIT_SEMACQUIRE: return sync_cancel(w, g);
  default: return false; // something outside has to end first
  }
}

void cancel_requested(Worker *w) {
  Sched *s = w->sched;
  pthread_mutex_lock(&s->lock);
  Goroutine *g = atomic_load_explicit(&s->to_cancel, memory_order_relaxed);
  atomic_store_explicit(&s->to_cancel, NULL, memory_order_relaxed);
  if (g && (g->id != s->cancel_id || !g->is_main)) g = NULL; // it has ended; what it is now is none of ours
  pthread_mutex_unlock(&s->lock);
  if (!g) return;
  if (goroutine_status(g) == G_WAITING && take(w, g)) {
    atomic_store_explicit(&g->cancelled, false, memory_order_relaxed);
    g->wake_action = WAKE_CANCEL;
    sched_ready(w, g, READY_FIRED);
    return;
  }
  atomic_store_explicit(&g->cancelled, true, memory_order_relaxed);
}
