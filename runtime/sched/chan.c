// Send, receive, close. See chan.h for the invariants and waiter.h for the protocol.
//
// Order in every operation: take the lock; decide; change the channel; release the lock; only then write into the
// frame of the goroutine that was claimed, and make it ready.
#include "sched/chan.h"

#include <string.h>

#include "sched/chan_private.h"
#include "sched/timer.h"
#include "sched/watcher.h"

Chan *chan_new(HeapCache *heap, const RType *type, int64_t capacity) {
  const RType *elem = type->elem;
  uint64_t slots = elem->slots;
  if (capacity < 0 || capacity > UINT32_MAX || (slots && (uint64_t)capacity > (1ull << 44) / (slots * 8))) return NULL;
  uint64_t bytes = (uint64_t)capacity * slots * 8;
  // A big pointer-free buffer is not worth scanning; a small one is part of the channel.
  bool apart = elem->pointer_free && bytes > 256;
  size_t head = (sizeof(Chan) + 15) & ~(size_t)15;
  Chan *c = heap_alloc(heap, head + (apart ? 0 : bytes), false);
  c->elem = elem;
  c->elem_slots = (uint32_t)slots;
  c->capacity = (uint32_t)capacity;
  c->pairs = elem->align == 16;
  c->pointer_free = elem->pointer_free;
  if (bytes) c->buffer = apart ? heap_alloc(heap, bytes, true) : (uint64_t *)((char *)c + head);
  return c;
}

void chan_put_wide(Chan *c, uint32_t place, const uint64_t *value) { chan_copy(c, c->buffer + (size_t)place * c->elem_slots, value); }

void chan_take_wide(Chan *c, uint32_t place, uint64_t *value) {
  uint64_t *oldest = c->buffer + (size_t)place * c->elem_slots;
  if (value) chan_copy(c, value, oldest);
  if (!c->pointer_free) memset(oldest, 0, c->elem_slots * 8);
}

static ChanResult park_for_ever(Worker *w, WaitReason reason) {
  sched_park(w, reason);
  return CHAN_PARKED;
}

static ChanResult park(Worker *w, Chan *c, WaitQueue *queue, WaiterKind kind, uint64_t *value, uint64_t *ok) {
  Waiter *waiter = &w->g->waiter;
  waiter->object = c;
  waiter->value = value;
  waiter->ok = ok;
  waiter->kind = (uint8_t)kind;
  waiter_enqueue(queue, waiter);
  sched_park(w, kind == WAITER_SEND ? WAIT_CHAN_SEND : WAIT_CHAN_RECV);
  if (c->timer) timer_attach(w, c->timer);
  lock_release(&c->lock, w->alone);
  return CHAN_PARKED;
}

// --- what an observer is told, if there is one

#define OBSERVED(w) __builtin_expect((w)->watcher != NULL, 0)

// A value goes from a sender to a receiver, of whom one is w->g; in a buffered channel by way of the next place.
static void tell_handed_over(Worker *w, Chan *c, Goroutine *sender, Goroutine *receiver) {
  if (!c->capacity) return; // told when it is finished
  w->watcher->slot(w, sender, c, c->head);
  w->watcher->slot(w, receiver, c, c->head);
  if (++c->head == c->capacity) c->head = 0;
}

static void tell_place(Worker *w, Chan *c, uint32_t index) { w->watcher->slot(w, w->g, c, index < c->capacity ? index : index - c->capacity); }

// --- the operations, with the lock held. *fired: the goroutine that was claimed meanwhile, to be finished outside.

// The scheduler keeps together what talks a lot (parallel.c).
static inline void count_talk(Worker *w, Chan *c) {
  w->talks++;
  if (c->user == (uint8_t)w->index) return;
  c->user = (uint8_t)w->index;
  w->foreign++;
}

static inline ChanResult send_locked(Worker *w, Chan *c, const uint64_t *value, Fired *fired) {
  count_talk(w, c);
  if (chan_closed(c)) return CHAN_CLOSED;
  fired->waiter = chan_waits(&c->recvq) ? waiter_take(&c->recvq) : NULL;
  if (fired->waiter) { // the value goes straight to it
    if (OBSERVED(w)) tell_handed_over(w, c, w->g, fired->waiter->g);
    return CHAN_DONE;
  }
  uint32_t count = chan_count(c);
  if (count == c->capacity) return CHAN_WOULD_BLOCK;
  if (OBSERVED(w)) tell_place(w, c, c->head + count);
  chan_copy(c, chan_slot(c, c->head + count), value);
  chan_set_count(c, count + 1);
  return CHAN_DONE;
}

static inline void send_finish(Worker *w, Chan *c, const uint64_t *value, Fired *fired) {
  Waiter *receiver = fired->waiter;
  if (!receiver) return;
  if (OBSERVED(w) && !c->capacity) w->watcher->meet(w, receiver->g);
  if (receiver->value) chan_copy(c, receiver->value, value);
  if (receiver->ok) *receiver->ok = 1;
  waiter_finish(w, receiver);
  sched_ready(w, receiver->g, READY_WOKEN);
}

static inline ChanResult recv_locked(Worker *w, Chan *c, uint64_t *value, uint64_t *ok, Fired *fired) {
  fired->waiter = NULL;
  count_talk(w, c);
  if (c->timer) timer_poll(w, c->timer);
  uint32_t count = chan_count(c);
  if (count) {
    uint64_t *oldest = chan_slot(c, c->head);
    uint32_t place = c->head;
    if (OBSERVED(w)) {
      if (c->timer) w->watcher->fired(w, w->g, c->timer);
      else tell_place(w, c, place);
    }
    if (value) chan_copy(c, value, oldest);
    if (++c->head == c->capacity) c->head = 0;
    Waiter *sender = chan_waits(&c->sendq) ? waiter_take(&c->sendq) : NULL;
    if (sender) {
      // The buffer was full: its value becomes the youngest, in the place just freed.
      if (OBSERVED(w)) w->watcher->slot(w, sender->g, c, place);
      chan_copy(c, oldest, sender->value);
      sender->value = NULL;
      fired->waiter = sender;
    } else {
      if (!c->pointer_free) memset(oldest, 0, c->elem_slots * 8);
      chan_set_count(c, count - 1);
    }
  } else if (chan_closed(c)) {
    if (value) memset(value, 0, c->elem_slots * 8);
    if (ok) *ok = 0;
    if (OBSERVED(w)) w->watcher->closed(w, w->g, c);
    return CHAN_DONE;
  } else {
    fired->waiter = chan_waits(&c->sendq) ? waiter_take(&c->sendq) : NULL;
    if (!fired->waiter) return CHAN_WOULD_BLOCK;
  }
  if (ok) *ok = 1;
  return CHAN_DONE;
}

static inline void recv_finish(Worker *w, Chan *c, uint64_t *value, Fired *fired) {
  Waiter *sender = fired->waiter;
  if (!sender) return;
  if (OBSERVED(w) && !c->capacity) w->watcher->meet(w, sender->g);
  if (sender->value && value) chan_copy(c, value, sender->value);
  waiter_finish(w, sender);
  sched_ready(w, sender->g, READY_WOKEN);
}

// For select.
ChanResult chan_send_locked(Worker *w, Chan *c, const uint64_t *value, Fired *fired) { return send_locked(w, c, value, fired); }
void chan_send_finish(Worker *w, Chan *c, const uint64_t *value, Fired *fired) { send_finish(w, c, value, fired); }
ChanResult chan_recv_locked(Worker *w, Chan *c, uint64_t *value, uint64_t *ok, Fired *fired) { return recv_locked(w, c, value, ok, fired); }
void chan_recv_finish(Worker *w, Chan *c, uint64_t *value, Fired *fired) { recv_finish(w, c, value, fired); }

// --- the ops

ChanResult chan_send(Worker *w, Chan *c, const uint64_t *value) {
  if (!c) return park_for_ever(w, WAIT_CHAN_SEND_NIL);
  Fired fired;
  lock_acquire(&c->lock, w->alone);
  ChanResult result = send_locked(w, c, value, &fired);
  if (result == CHAN_WOULD_BLOCK) return park(w, c, &c->sendq, WAITER_SEND, (uint64_t *)value, NULL);
  lock_release(&c->lock, w->alone);
  if (result == CHAN_DONE) send_finish(w, c, value, &fired);
  return result;
}

ChanResult chan_recv(Worker *w, Chan *c, uint64_t *value, uint64_t *ok) {
  if (!c) return park_for_ever(w, WAIT_CHAN_RECV_NIL);
  Fired fired;
  lock_acquire(&c->lock, w->alone);
  ChanResult result = recv_locked(w, c, value, ok, &fired);
  if (result == CHAN_WOULD_BLOCK) return park(w, c, &c->recvq, WAITER_RECV, value, ok);
  lock_release(&c->lock, w->alone);
  recv_finish(w, c, value, &fired);
  return result;
}

ChanResult chan_try_send(Worker *w, Chan *c, const uint64_t *value) {
  if (!chan_may_send(c)) return CHAN_WOULD_BLOCK;
  Fired fired;
  lock_acquire(&c->lock, w->alone);
  ChanResult result = send_locked(w, c, value, &fired);
  lock_release(&c->lock, w->alone);
  if (result == CHAN_DONE) send_finish(w, c, value, &fired);
  return result;
}

ChanResult chan_try_recv(Worker *w, Chan *c, uint64_t *value, uint64_t *ok) {
  if (!chan_may_recv(c)) return CHAN_WOULD_BLOCK;
  Fired fired;
  lock_acquire(&c->lock, w->alone);
  ChanResult result = recv_locked(w, c, value, ok, &fired);
  lock_release(&c->lock, w->alone);
  if (result == CHAN_DONE) recv_finish(w, c, value, &fired);
  return result;
}

ChanResult chan_close(Worker *w, Chan *c) {
  if (!c) return CHAN_NIL;
  Waiter *list = NULL, **end = &list; // all that are claimed, linked by next
  lock_acquire(&c->lock, w->alone);
  if (chan_closed(c)) {
    lock_release(&c->lock, w->alone);
    return CHAN_CLOSED;
  }
  if (OBSERVED(w)) w->watcher->close(w, c);
  atomic_store_explicit(&c->closed, true, memory_order_release); // release: chan_may_* look without the lock
  for (Waiter *waiter; (waiter = waiter_take(&c->recvq)); end = &waiter->next) *end = waiter;
  for (Waiter *waiter; (waiter = waiter_take(&c->sendq)); end = &waiter->next) *end = waiter;
  *end = NULL;
  lock_release(&c->lock, w->alone);

  Goroutine *first = NULL, **link = &first;
  for (Waiter *waiter = list, *next; waiter; waiter = next) {
    next = waiter->next;
    waiter->next = NULL;
    if (waiter->kind == WAITER_SEND) {
      waiter->g->wake_action = WAKE_SEND_CLOSED;
    } else {
      if (waiter->value) memset(waiter->value, 0, c->elem_slots * 8);
      if (waiter->ok) *waiter->ok = 0;
      if (OBSERVED(w)) w->watcher->closed(w, waiter->g, c);
    }
    waiter_finish(w, waiter);
    *link = waiter->g;
    link = &waiter->g->next;
  }
  *link = NULL;
  sched_ready_list(w, first);
  return CHAN_DONE;
}

int64_t chan_len(Worker *w, Chan *c) { return !c || c->timer ? 0 : chan_count(c); }
int64_t chan_cap(const Chan *c) { return !c || c->timer ? 0 : c->capacity; }
