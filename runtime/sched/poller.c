// Descriptors: epoll, edge-triggered, registered once for both directions.
//
// Each direction of a descriptor has a state: nothing, ready (an edge came while nobody waited), or the goroutine that waits. As in Go,
// the caller first tries the operation, then waits; an edge that comes in between makes the wait return at once.
#include "sched/poller.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/assert.h"
#include "sched/collector.h"
#include "sched/sched_private.h"

// What epoll reports is a descriptor and a serial number, not an address: an event may have been fetched by one worker just before
// another closes the descriptor. The table also keeps alive what only the kernel knows of.
struct Poller {
  int epoll, event;        // constant; event interrupts epoll_wait
  Lock lock;               // rank: with Pollable.lock, never both. Guards the rest
  Pollable **table;        // by descriptor; heap_root
  uint32_t size, serial;
};

enum { EVENT_ID = UINT32_MAX };

typedef struct Direction {
  Goroutine *waiting;      // guarded by Pollable.lock, as the rest
  bool ready, timed_out;
  Timer *deadline;         // made at first use
} Direction;

struct Pollable {
  Lock lock;               // rank: lowest
  int fd;                  // constant, as serial
  uint32_t serial;
  bool closed;             // guarded by lock
  Direction directions[2]; // by PollMode
};

// --- the poller, made when the first descriptor is opened

static Poller *new_poller(void) {
  Poller *p = heap_plain(sizeof *p);
  p->epoll = epoll_create1(EPOLL_CLOEXEC);
  p->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  struct epoll_event e = {.events = EPOLLIN | EPOLLET, .data.u64 = EVENT_ID};
  if (p->epoll < 0 || p->event < 0 || epoll_ctl(p->epoll, EPOLL_CTL_ADD, p->event, &e)) {
    poller_free(p);
    return NULL;
  }
  return p;
}

static Poller *get_poller(Sched *s) {
  Poller *p = atomic_load_explicit(&s->poller, memory_order_acquire);
  if (p) return p;
  pthread_mutex_lock(&s->lock);
  p = atomic_load_explicit(&s->poller, memory_order_relaxed);
  if (!p && (p = new_poller())) {
    atomic_store_explicit(&s->poller, p, memory_order_release);
    // The worker that sleeps on its futex on behalf of all must sleep in epoll_wait from now on.
    Worker *sleeper = s->sleeper;
    if (sleeper) {
      idle_remove_locked(s, sleeper);
      worker_wake(sleeper);
    }
  }
  pthread_mutex_unlock(&s->lock);
  return p;
}

void poller_free(Poller *p) {
  if (p->epoll >= 0) close(p->epoll);
  if (p->event >= 0) close(p->event);
  if (p->table) heap_free_root(p->table);
  free(p);
}

void poller_interrupt(Poller *p) {
  uint64_t one = 1;
  ssize_t n = write(p->event, &one, sizeof one);
  (void)n; // full: it has been interrupted already
}

typedef struct { Poller *poller; int64_t timeout; PollEvents *events; } Wait;

static void *wait_for_events(void *argument) {
  Wait *wait = argument;
  PollEvents *events = wait->events;
  struct epoll_event got[sizeof events->items / sizeof *events->items];
  // Milliseconds, rounded up: better a little late than awake in vain.
  int64_t ms = wait->timeout < 0 ? -1 : (wait->timeout + 999999) / 1000000;
  int n = epoll_wait(wait->poller->epoll, got, sizeof got / sizeof *got, ms > INT32_MAX ? INT32_MAX : (int)ms);
  for (int i = 0; i < n; i++) { // n < 0: EINTR
    if (got[i].data.u64 == EVENT_ID) {
      uint64_t count;
      ssize_t read_bytes = read(wait->poller->event, &count, sizeof count);
      (void)read_bytes;
      continue;
    }
    events->items[events->count].id = got[i].data.u64;
    events->items[events->count++].events = got[i].events;
  }
  return NULL;
}

void poller_wait(Worker *w, int64_t timeout, PollEvents *events) {
  Wait wait = {atomic_load_explicit(&w->sched->poller, memory_order_acquire), timeout, events};
  if (!wait.poller) return;
  if (timeout == 0) wait_for_events(&wait);
  else collector_blocking(wait_for_events, &wait);
}

// Lock held: take who waits in this direction; it goes on after the lock is released.
static Goroutine *take(Direction *d) {
  Goroutine *g = d->waiting;
  d->waiting = NULL;
  return g;
}

static void resume(Worker *w, Goroutine *g) {
  if (!g) return;
  // By a running worker, which goes on to run g or leaves it queued: no deadlock can be seen in between.
  atomic_fetch_sub_explicit(&w->sched->expected, 1, memory_order_relaxed);
  sched_ready(w, g, READY_FIRED);
}

static Pollable *find(Worker *w, Poller *poller, uint64_t id) {
  uint32_t fd = (uint32_t)id;
  lock_acquire(&poller->lock, w->alone);
  Pollable *p = fd < poller->size ? poller->table[fd] : NULL;
  if (p && p->serial != id >> 32) p = NULL;
  lock_release(&poller->lock, w->alone);
  return p;
}

bool poller_fire(Worker *w, PollEvents *events) {
  bool any = false;
  for (uint32_t i = 0; i < events->count; i++) {
    Pollable *p = find(w, atomic_load_explicit(&w->sched->poller, memory_order_acquire), events->items[i].id);
    if (!p) continue;
    uint32_t what = events->items[i].events;
    uint32_t both = what & (EPOLLERR | EPOLLHUP);
    Goroutine *woken[2] = {0};
    lock_acquire(&p->lock, w->alone);
    for (int mode = 0; mode < 2; mode++) {
      if (!(both || what & (mode == POLL_READ ? EPOLLIN | EPOLLRDHUP : EPOLLOUT))) continue;
      Direction *d = &p->directions[mode];
      woken[mode] = take(d);
      if (!woken[mode]) d->ready = true;
    }
    lock_release(&p->lock, w->alone);
    for (int mode = 0; mode < 2; mode++) {
      any |= woken[mode] != NULL;
      resume(w, woken[mode]);
    }
  }
  return any;
}

bool poller_run(Worker *w) {
  if (!atomic_load_explicit(&w->sched->poller, memory_order_relaxed)) return false;
  PollEvents events = {0};
  poller_wait(w, 0, &events);
  return poller_fire(w, &events);
}

// --- descriptors

static void enter(Worker *w, Poller *poller, Pollable *p) {
  lock_acquire(&poller->lock, w->alone);
  uint32_t fd = (uint32_t)p->fd;
  if (fd >= poller->size) {
    uint32_t size = fd + 64;
    Pollable **table = heap_root(size * sizeof *table);
    if (poller->table) {
      memcpy(table, poller->table, poller->size * sizeof *table);
      heap_free_root(poller->table);
    }
    poller->table = table;
    poller->size = size;
  }
  poller->table[fd] = p;
  p->serial = ++poller->serial;
  lock_release(&poller->lock, w->alone);
}

static void leave(Worker *w, Poller *poller, Pollable *p) {
  lock_acquire(&poller->lock, w->alone);
  poller->table[p->fd] = NULL;
  lock_release(&poller->lock, w->alone);
}

Pollable *pollable_new(Worker *w, int fd) {
  Poller *poller = get_poller(w->sched);
  if (!poller) return NULL;
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) return NULL;
  Pollable *p = heap_alloc(w->heap, sizeof *p, false);
  p->fd = fd;
  enter(w, poller, p);
  struct epoll_event e = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.u64 = (uint64_t)p->serial << 32 | (uint32_t)fd};
  if (epoll_ctl(poller->epoll, EPOLL_CTL_ADD, fd, &e)) {
    int error = errno;
    leave(w, poller, p);
    fcntl(fd, F_SETFL, flags);
    errno = error;
    return NULL;
  }
  return p;
}

PollResult pollable_wait(Worker *w, Pollable *p, PollMode mode) {
  Direction *d = &p->directions[mode];
  PollResult result = POLL_PARKED;
  lock_acquire(&p->lock, w->alone);
  if (p->closed) {
    result = POLL_CLOSED;
  } else if (d->timed_out) {
    result = POLL_TIMEOUT;
  } else if (d->ready) {
    d->ready = false;
    result = POLL_READY;
  } else {
    ASSERT(!d->waiting, "one goroutine waits in a direction");
    d->waiting = w->g;
    w->g->waiter.object = p;
    sched_expect(w->sched);
    sched_park_retry(w, WAIT_IO);
  }
  lock_release(&p->lock, w->alone);
  return result;
}

static void time_out(Worker *w, Timer *t) {
  Pollable *p = t->argument;
  Direction *d = t == p->directions[POLL_READ].deadline ? &p->directions[POLL_READ] : &p->directions[POLL_WRITE];
  Goroutine *g = NULL;
  lock_acquire(&t->lock, w->alone);
  lock_acquire(&p->lock, w->alone);
  if (!t->when) { // else it has been set anew since it fired
    d->timed_out = true;
    g = take(d);
  }
  lock_release(&p->lock, w->alone);
  lock_release(&t->lock, w->alone);
  resume(w, g);
}

void pollable_set_deadline(Worker *w, Pollable *p, PollMode mode, int64_t when) {
  Direction *d = &p->directions[mode];
  int64_t now = sched_now(w);
  bool past = when && when <= now;
  if (!d->deadline && when) d->deadline = timer_new_fire(w, time_out, p);
  if (d->deadline) {
    if (when && !past) timer_reset(w, d->deadline, when - now, 0);
    else timer_stop(w, d->deadline);
  }
  lock_acquire(&p->lock, w->alone);
  d->timed_out = past;
  Goroutine *g = past ? take(d) : NULL;
  lock_release(&p->lock, w->alone);
  resume(w, g);
}

void pollable_close(Worker *w, Pollable *p) {
  Poller *poller = atomic_load_explicit(&w->sched->poller, memory_order_acquire);
  epoll_ctl(poller->epoll, EPOLL_CTL_DEL, p->fd, NULL);
  leave(w, poller, p);
  Goroutine *woken[2];
  lock_acquire(&p->lock, w->alone);
  p->closed = true;
  for (int mode = 0; mode < 2; mode++) woken[mode] = take(&p->directions[mode]);
  lock_release(&p->lock, w->alone);
  for (int mode = 0; mode < 2; mode++) {
    if (p->directions[mode].deadline) timer_stop(w, p->directions[mode].deadline);
    resume(w, woken[mode]);
  }
}
