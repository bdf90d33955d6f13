// Channels and select.
//
// A channel is one object; its buffer is inside it, or a pointer-free object of its own. Elements lie in slot form.
//
//   | lock, counts | recvq | sendq | elem | buffer -> | timer | slot 0 .. capacity * elem_slots |
//                                             head ^ ... ^ head + count (round)
//
// Invariants, under the lock:
//   - at least one of recvq and sendq is empty, unless one goroutine waits in both with one select
//   - receivers wait only if the buffer is empty, senders only if it is full
//   - closed: no sender waits, nor does a receiver; what is buffered can still be received
// A value goes from sender to receiver directly if one of them is parked: the other one copies it from or to the parked frame.
#ifndef SCHED_CHAN_H
#define SCHED_CHAN_H

#include <string.h>

#include "heap/value.h"
#include "sched/goroutine.h"
#include "sched/lock.h"
#include "sched/waiter.h"
#include "sched/worker.h"

typedef struct Timer Timer;

typedef struct Chan {
  Lock lock;               // rank: outermost; several by address
  uint32_t elem_slots;     // constant
  uint32_t capacity;       // constant
  // guarded by lock; read without it (relaxed) only to see that there is nothing to do
  _Atomic uint32_t count;
  uint32_t head;           // index of the oldest element
  _Atomic bool closed;
  bool pairs;              // constant: elements are 16-byte aligned and may hold pairs
  bool pointer_free;       // constant
  uint8_t user;            // guarded by lock: index of the worker that used it last (its low bits)
  WaitQueue recvq, sendq;
  const RType *elem;       // constant
  uint64_t *buffer;        // constant: capacity * elem_slots
  Timer *timer;            // constant: of time.NewTimer and the like, see timer.h; len and cap are 0 then
  void *watch;             // an observer's own; guarded by lock
} Chan;

typedef enum {
  CHAN_DONE,
  CHAN_PARKED,        // the running goroutine waits; results will be in place when it goes on: take sched_next
  CHAN_WOULD_BLOCK,   // only from the try_ functions
  CHAN_CLOSED,        // panic "send on closed channel" (chan_send), "close of closed channel" (chan_close)
  CHAN_NIL,           // chan_close: panic "close of nil channel"
} ChanResult;

// type: the channel's type. capacity < 0 or too big: NULL (panic "makechan: size out of range").
Chan *chan_new(HeapCache *heap, const RType *type, int64_t capacity);
// Value: elem_slots slots of the running frame. A nil channel parks for ever.
ChanResult chan_send(Worker *w, Chan *c, const uint64_t *value);
// value and ok: slots of the running frame that get the element (zero if closed) and true or false; each may be NULL.
ChanResult chan_recv(Worker *w, Chan *c, uint64_t *value, uint64_t *ok);
// As a select with this case and a default.
ChanResult chan_try_send(Worker *w, Chan *c, const uint64_t *value);
ChanResult chan_try_recv(Worker *w, Chan *c, uint64_t *value, uint64_t *ok);
ChanResult chan_close(Worker *w, Chan *c);
int64_t chan_len(Worker *w, Chan *c); // nil: 0
int64_t chan_cap(const Chan *c);

// op: a SELECT instruction with its cases behind it; fp: the running frame. The chosen index goes to fp[op->a] at once (CHAN_DONE)
// or when one fires (CHAN_PARKED). CHAN_CLOSED: panic "send on closed channel".
ChanResult select_run(Worker *w, uint64_t *fp, const Instr *op);

// --- looks from outside

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

// --- send and receive in the usual case: this worker is alone, there is room or something there, and nobody to wake. Without the lock, as lock.h says.

// The place of the buffer that a send would fill, or a receive empty. False: it is not that case.
static inline bool chan_has_room(const Worker *w, const Chan *c, uint32_t *place) {
  if (!w->alone || !c) return false;
  uint32_t count = chan_count(c);
  if (count == c->capacity || chan_waits(&c->recvq) || chan_closed(c)) return false;
  uint64_t end = (uint64_t)c->head + count;
  *place = (uint32_t)(end < c->capacity ? end : end - c->capacity);
  return true;
}
static inline bool chan_has_some(const Worker *w, const Chan *c, uint32_t *place) {
  if (!w->alone || !c || c->timer || !chan_count(c) || chan_waits(&c->sendq)) return false;
  *place = c->head;
  return true;
}

// Elements of any size.
void chan_put_wide(Chan *c, uint32_t place, const uint64_t *value);
void chan_take_wide(Chan *c, uint32_t place, uint64_t *value);

static inline void chan_put_at(Worker *w, Chan *c, uint32_t place, const uint64_t *value) {
  w->talks++;
  c->user = (uint8_t)w->index;
  if (__builtin_expect(c->elem_slots == 1, 1)) c->buffer[place] = *value;
  else chan_put_wide(c, place, value);
  chan_set_count(c, chan_count(c) + 1);
}
static inline void chan_take_at(Worker *w, Chan *c, uint32_t place, uint64_t *value) {
  w->talks++;
  c->user = (uint8_t)w->index;
  c->head = place + 1 == c->capacity ? 0 : place + 1;
  if (__builtin_expect(c->elem_slots == 1, 1)) {
    if (value) *value = c->buffer[place];
    if (!c->pointer_free) c->buffer[place] = 0;
  } else {
    chan_take_wide(c, place, value);
  }
  chan_set_count(c, chan_count(c) - 1);
}

// In a run without a watcher. False: nothing was done.
static inline bool chan_put(Worker *w, Chan *c, const uint64_t *value) {
  uint32_t place;
  if (!chan_has_room(w, c, &place)) return false;
  chan_put_at(w, c, place, value);
  return true;
}
static inline bool chan_take(Worker *w, Chan *c, uint64_t *value) {
  uint32_t place;
  if (!chan_has_some(w, c, &place)) return false;
  chan_take_at(w, c, place, value);
  return true;
}

#endif
