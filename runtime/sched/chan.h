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

#include "sched/goroutine.h"
#include "sched/lock.h"
#include "sched/waiter.h"

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

#endif
