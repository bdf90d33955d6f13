// What chan.c, select.c and timer.c share: the operations with the lock held, and their second half outside it.
#ifndef SCHED_CHAN_PRIVATE_H
#define SCHED_CHAN_PRIVATE_H

#include "sched/chan.h"
#include "sched/sched.h"

typedef struct { Waiter *waiter; } Fired; // claimed under the lock, to be finished outside; NULL: none

ChanResult chan_send_locked(Worker *w, Chan *c, const uint64_t *value, Fired *fired);
void chan_send_finish(Worker *w, Chan *c, const uint64_t *value, Fired *fired);
ChanResult chan_recv_locked(Worker *w, Chan *c, uint64_t *value, uint64_t *ok, Fired *fired);
void chan_recv_finish(Worker *w, Chan *c, uint64_t *value, Fired *fired);

// Written under the lock (release), read under it or by chan_may_* without (acquire: loads in program order, see there).
static inline uint32_t chan_count(const Chan *c) { return atomic_load_explicit(&((Chan *)c)->count, memory_order_acquire); }
static inline void chan_set_count(Chan *c, uint32_t n) { atomic_store_explicit(&c->count, n, memory_order_release); }
static inline bool chan_closed(const Chan *c) { return atomic_load_explicit(&((Chan *)c)->closed, memory_order_acquire); }
static inline bool chan_waits(const WaitQueue *q) { return atomic_load_explicit(&((WaitQueue *)q)->first, memory_order_acquire); }

// Could the operation go on? Without the lock; "no" is an answer that was true at one moment of the call:
// - a closed channel stays closed, and `closed` is looked at last, so it was open all along.
// - unbuffered: count and capacity are always 0, so the look at the queue is that moment.
// - buffered: nobody waits at the other end while the buffer is not full (send) or not empty (receive), so the look at count is.
static inline bool chan_may_send(const Chan *c) {
  return c && (chan_count(c) < c->capacity || chan_waits(&c->recvq) || chan_closed(c));
}
static inline bool chan_may_recv(const Chan *c) {
  return c && (chan_count(c) || chan_waits(&c->sendq) || c->timer || chan_closed(c));
}

static inline void chan_copy(const Chan *c, uint64_t *to, const uint64_t *from) { slots_copy(to, from, c->elem_slots, c->pairs); }
// index < 2 * capacity
static inline uint64_t *chan_slot(const Chan *c, uint64_t index) {
  if (index >= c->capacity) index -= c->capacity;
  return c->buffer + index * c->elem_slots;
}

#endif
