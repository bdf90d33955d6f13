// select. First each case is tried on its own, in a random order: the first that can go on is taken (any choice is allowed, and each
// ready case is equally likely). If none can, all channels are locked, in order of address; the cases are tried once more, and
// then the goroutine waits on all of them, or takes the default. So the default is only taken at a moment when no case could
// go on, and no wake-up is lost.
#include <stdlib.h>

#include "sched/chan_private.h"
#include "sched/timer.h"

enum { CASES_ON_STACK = 32, SLOT_UNWANTED = 0xffff };

typedef struct Case {
  Chan *chan;
  uint64_t *value, *ok;
  uint32_t index;
  bool send;
} Case;

static bool may_go(const Case *k) { return k->send ? chan_may_send(k->chan) : chan_may_recv(k->chan); }

static ChanResult go_locked(Worker *w, Case *k, Fired *fired) {
  return k->send ? chan_send_locked(w, k->chan, k->value, fired) : chan_recv_locked(w, k->chan, k->value, k->ok, fired);
}

static void finish(Worker *w, Case *k, Fired *fired) {
  if (k->send) chan_send_finish(w, k->chan, k->value, fired);
  else chan_recv_finish(w, k->chan, k->value, fired);
}

// The cases with a channel, in random order. Returns how many.
static uint32_t gather(Worker *w, uint64_t *fp, const Instr *op, Case *cases) {
  uint32_t n = 0;
  for (uint32_t i = 0; i < op->b; i++) {
    const Instr *k = op + 1 + i;
    Chan *c = (Chan *)(uintptr_t)fp[k->s1];
    if (!c) continue;
    uint32_t at = worker_random_below(w, n + 1); // Fisher-Yates, inside out
    if (at != n) cases[n] = cases[at];
    cases[at] = (Case){
      .chan = c,
      .value = k->s2 == SLOT_UNWANTED ? NULL : fp + k->s2,
      .ok = k->s3 == SLOT_UNWANTED ? NULL : fp + k->s3,
      .index = i,
      .send = k->s0 == 0,
    };
    n++;
  }
  return n;
}

// Insertion sort of the few usual ones; pointers to the cases by address of their channels.
static int by_address(const void *a, const void *b) {
  uintptr_t x = (uintptr_t)(*(Case *const *)a)->chan, y = (uintptr_t)(*(Case *const *)b)->chan;
  return x < y ? -1 : x > y;
}
static void sort(Case **order, uint32_t n) {
  if (n > 16) {
    qsort(order, n, sizeof *order, by_address);
    return;
  }
  for (uint32_t i = 1; i < n; i++) {
    Case *k = order[i];
    uint32_t j = i;
    for (; j > 0 && (uintptr_t)order[j - 1]->chan > (uintptr_t)k->chan; j--) order[j] = order[j - 1];
    order[j] = k;
  }
}

static void lock_all(Case **order, uint32_t n) {
  for (uint32_t i = 0; i < n; i++)
    if (i == 0 || order[i]->chan != order[i - 1]->chan) lock_acquire(&order[i]->chan->lock, false);
}
static void unlock_all(Case **order, uint32_t n) {
  for (uint32_t i = 0; i < n; i++)
    if (i == 0 || order[i]->chan != order[i - 1]->chan) lock_release(&order[i]->chan->lock, false);
}

static void wait_on_all(Worker *w, Case *cases, uint32_t n, WaitSet *set, uint64_t *chosen) {
  Goroutine *g = w->g;
  set->chosen = chosen;
  set->count = n;
  atomic_store_explicit(&g->claim, 0, memory_order_relaxed); // before the waiters can be seen, by the locks
  for (uint32_t i = 0; i < n; i++) {
    Case *k = &cases[i];
    Waiter *waiter = &set->waiters[i];
    waiter->g = g;
    waiter->object = k->chan;
    waiter->value = k->value;
    waiter->ok = k->ok;
    waiter->index = k->index;
    waiter->kind = k->send ? WAITER_SEND : WAITER_RECV;
    waiter->shared = true;
    waiter_enqueue(k->send ? &k->chan->sendq : &k->chan->recvq, waiter);
  }
  sched_park(w, WAIT_SELECT);
  for (uint32_t i = 0; i < n; i++)
    if (cases[i].chan->timer) timer_attach(w, cases[i].chan->timer);
}

static WaitSet *waiters_for(Worker *w, uint32_t n) {
  Goroutine *g = w->g;
  if (!g->set || g->set->capacity < n) {
    uint32_t capacity = n < 2 ? 2 : n;
    g->set = heap_alloc(w->heap, sizeof(WaitSet) + capacity * sizeof(Waiter), true); // see goroutine_mark
    g->set->capacity = capacity;
  }
  return g->set;
}

static ChanResult run_cases(Worker *w, uint64_t *fp, const Instr *op, Case *cases, Case **order) {
  uint64_t *chosen = fp + op->a;
  uint32_t n = gather(w, fp, op, cases);
  bool has_default = op->c, alone = w->alone;
  Fired fired;
  for (uint32_t i = 0; i < n; i++) {
    Case *k = &cases[i];
    if (!may_go(k)) continue;
    lock_acquire(&k->chan->lock, alone);
    ChanResult result = go_locked(w, k, &fired);
    lock_release(&k->chan->lock, alone);
    if (result == CHAN_WOULD_BLOCK) continue;
    if (result == CHAN_DONE) finish(w, k, &fired);
    *chosen = k->index;
    return result;
  }
  if (!n) {
    if (w->g->set) w->g->set->count = 0;
    if (!has_default) sched_park(w, op->b ? WAIT_SELECT : WAIT_SELECT_EMPTY);
    else *chosen = (uint64_t)-1;
    return has_default ? CHAN_DONE : CHAN_PARKED;
  }
  if (has_default && (alone || n == 1)) { // nothing can have changed since, or the one look was the moment
    *chosen = (uint64_t)-1;
    return CHAN_DONE;
  }
  WaitSet *set = has_default ? NULL : waiters_for(w, n); // allocate before locking
  if (!alone) {
    for (uint32_t i = 0; i < n; i++) order[i] = &cases[i];
    sort(order, n);
    lock_all(order, n);
    for (uint32_t i = 0; i < n; i++) {
      Case *k = &cases[i];
      ChanResult result = go_locked(w, k, &fired);
      if (result == CHAN_WOULD_BLOCK) continue;
      unlock_all(order, n);
      if (result == CHAN_DONE) finish(w, k, &fired);
      *chosen = k->index;
      return result;
    }
  }
  if (has_default) *chosen = (uint64_t)-1;
  else wait_on_all(w, cases, n, set, chosen);
  if (!alone) unlock_all(order, n);
  return has_default ? CHAN_DONE : CHAN_PARKED;
}

// One case and a default: an attempt.
static ChanResult attempt(Worker *w, uint64_t *fp, const Instr *op) {
  const Instr *k = op + 1;
  Chan *c = (Chan *)(uintptr_t)fp[k->s1];
  uint64_t *value = k->s2 == SLOT_UNWANTED ? NULL : fp + k->s2;
  ChanResult result = k->s0 == 0 ? chan_try_send(w, c, value) : chan_try_recv(w, c, value, k->s3 == SLOT_UNWANTED ? NULL : fp + k->s3);
  bool blocks = result == CHAN_WOULD_BLOCK;
  fp[op->a] = blocks ? (uint64_t)-1 : 0;
  return blocks ? CHAN_DONE : result;
}

ChanResult select_run(Worker *w, uint64_t *fp, const Instr *op) {
  if (op->b == 1 && op->c) return attempt(w, fp, op);
  if (op->b <= CASES_ON_STACK) {
    Case cases[CASES_ON_STACK];
    Case *order[CASES_ON_STACK];
    return run_cases(w, fp, op, cases, order);
  }
  // Scanned memory: once parked, the goroutine may drop a channel while we still have to release its lock.
  Case *cases = heap_alloc(w->heap, op->b * (sizeof *cases + sizeof(Case *)), false);
  return run_cases(w, fp, op, cases, (Case **)(cases + op->b));
}
