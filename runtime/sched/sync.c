// Mutex, RWMutex, WaitGroup, Cond and a semaphore on words in the user's memory. Uncontended operations are one
// compare-and-swap on the word. Everything else happens under the lock of the word's shard in the table of waiters, and a
// word says that somebody waits only while that lock was held to write it, so no wake-up is lost.
//
// What is in a word can be anything (the user may copy or overwrite it): then who waits may wait for ever, nothing worse.
#include "sched/sync.h"

#include <immintrin.h>

#include "sched/contention.h"
#include "sched/sched.h"
#include "sched/sched_private.h"

typedef _Atomic uint32_t Word;

const char *sync_error_text(SyncResult result) {
  switch (result) {
  case SYNC_DONE: case SYNC_PARKED: case SYNC_RETRY: break;
  case SYNC_UNLOCK: return "sync: unlock of unlocked mutex";
  case SYNC_RUNLOCK_RW: return "sync: RUnlock of unlocked RWMutex";
  case SYNC_UNLOCK_RW: return "sync: Unlock of unlocked RWMutex";
  case SYNC_NEGATIVE: return "sync: negative WaitGroup counter";
  case SYNC_MISUSE: return "sync: WaitGroup misuse: Add called concurrently with Wait";
  case SYNC_REUSED: return "sync: WaitGroup is reused before previous Wait has returned";
  }
  return "";
}

static SyncShard *lock_shard(Worker *w, const void *address) {
  SyncShard *shard = sync_table_shard(w->sched->sync, address);
  if (w->alone) return shard;
  uint64_t start = contention_clock();
  lock_acquire(&shard->lock, false);
  contention_lost(w, start);
  return shard;
}
static void unlock_shard(Worker *w, SyncShard *shard) { lock_release(&shard->lock, w->alone); }

static void wake_list(Worker *w, Goroutine *first) {
  if (first && !first->next) sched_ready(w, first, READY_WOKEN);
  else sched_ready_list(w, first);
}

static bool swap(Worker *w, Word *word, uint32_t from, uint32_t to, memory_order order) { return sync_swap(w, (uint32_t *)word, from, to, (int)order); }
static uint32_t look(Word *word) { return atomic_load_explicit(word, memory_order_relaxed); }

// --- Mutex. An unlock that finds somebody waiting wakes the first and lets it compete with whoever comes by: the usual winner is
// the goroutine that runs already, which saves switches. One that has lost twice gets the lock passed to it, so nobody starves.

enum { LOCKED = MUTEX_LOCKED, WAITED_FOR = MUTEX_WAITED_FOR, LOST_TOO_OFTEN = 2, SPINS = 4, PAUSES = 30 };

static bool try_mutex(Worker *w, Word *word) {
  uint32_t state = look(word);
  return !(state & LOCKED) && swap(w, word, state, state | LOCKED, memory_order_acquire);
}

bool mutex_try_lock(Worker *w, uint32_t *address) { return try_mutex(w, (Word *)address); }

// The holder may be running on another processor and be done in no time.
static bool spin(Worker *w, Word *word) {
  bool taken = false;
  uint64_t start = contention_clock();
  for (uint32_t i = 0; i < SPINS && !(taken = try_mutex(w, word)); i++)
    for (uint32_t k = 0; k < PAUSES; k++) _mm_pause();
  contention_lost(w, start);
  return taken;
}

SyncResult mutex_lock(Worker *w, uint32_t *address) {
  Word *word = (Word *)address;
  Goroutine *g = w->g;
  if (g->handed) { // woken with the lock in hand
    g->handed = false;
    g->retries = 0;
    return SYNC_DONE;
  }
  bool taken = swap(w, word, 0, LOCKED, memory_order_acquire);
  if (!taken) {
    w->talks++, w->foreign += !w->alone;
    taken = w->alone ? try_mutex(w, word) : spin(w, word);
  }
  if (taken) {
    g->retries = 0;
    return SYNC_DONE;
  }
  SyncShard *shard = lock_shard(w, address);
  for (;;) {
    uint32_t state = look(word);
    if (!(state & LOCKED)) {
      if (!swap(w, word, state, state | LOCKED, memory_order_acquire)) continue;
      unlock_shard(w, shard);
      g->retries = 0;
      return SYNC_DONE;
    }
    if (state & WAITED_FOR || swap(w, word, state, state | WAITED_FOR, memory_order_relaxed)) break;
  }
  if (g->retries++) sync_prepend(shard, address, &g->waiter);
  else sync_append(shard, address, &g->waiter);
  sched_park_retry(w, WAIT_MUTEX);
  unlock_shard(w, shard);
  return SYNC_RETRY;
}

SyncResult mutex_unlock(Worker *w, uint32_t *address) {
  Word *word = (Word *)address;
  if (swap(w, word, LOCKED, 0, memory_order_release)) return SYNC_DONE;
  if (!(look(word) & LOCKED)) return SYNC_UNLOCK;
  SyncShard *shard = lock_shard(w, address);
  Waiter *waiter = sync_first(shard, address);
  uint32_t state = 0;
  if (waiter) {
    sync_take(shard, address, NULL, waiter);
    if (sync_first(shard, address)) state |= WAITED_FOR;
    if (waiter->g->retries > LOST_TOO_OFTEN) {
      state |= LOCKED;
      waiter->g->handed = true;
    }
  }
  // Only holders of the shard's lock set WAITED_FOR, and nobody else takes a locked mutex: a plain store suffices.
  atomic_store_explicit(word, state, memory_order_release);
  unlock_shard(w, shard);
  if (waiter) sched_ready(w, waiter->g, READY_WOKEN);
  return SYNC_DONE;
}

// --- RWMutex: 30 bits of readers, a writer, and whether anybody waits. A writer that waits is granted the lock by whoever lets go, and
// so are readers while another writer waits, or if they have lost too often. Else readers are woken to compete: if they had the lock
// before they run, every writer would have to wait for all of them, and all for it, from then on. Two lists in the
// shard of the word: writers under its address, readers under its address + 1.

enum { WRITER = RWMUTEX_WRITER, QUEUED = RWMUTEX_QUEUED, READER = RWMUTEX_READER };

bool rwmutex_try_lock(Worker *w, uint32_t *address) { return swap(w, (Word *)address, 0, WRITER, memory_order_acquire); }

bool rwmutex_try_rlock(Worker *w, uint32_t *address) {
  Word *word = (Word *)address;
  for (uint32_t state; !((state = look(word)) & (WRITER | QUEUED));)
    if (swap(w, word, state, state + READER, memory_order_acquire)) return true;
  return false;
}

static char *writers(uint32_t *address) { return (char *)address; }
static char *readers(uint32_t *address) { return (char *)address + 1; }

static SyncResult queue_up(Worker *w, SyncShard *shard, char *list, WaitReason reason) {
  sync_append(shard, list, &w->g->waiter);
  sched_park(w, reason);
  unlock_shard(w, shard);
  return SYNC_PARKED;
}

SyncResult rwmutex_rlock(Worker *w, uint32_t *address) {
  Word *word = (Word *)address;
  Goroutine *g = w->g;
  bool entered = g->handed || rwmutex_try_rlock(w, address);
  g->handed = false;
  if (entered) {
    g->retries = 0;
    return SYNC_DONE;
  }
  SyncShard *shard = lock_shard(w, address);
  for (;;) {
    uint32_t state = look(word);
    if (!(state & (WRITER | QUEUED))) {
      if (!swap(w, word, state, state + READER, memory_order_acquire)) continue;
      unlock_shard(w, shard);
      g->retries = 0;
      return SYNC_DONE;
    }
    if (state & QUEUED || swap(w, word, state, state | QUEUED, memory_order_relaxed)) break;
  }
  g->retries++;
  sync_append(shard, readers(address), &g->waiter);
  sched_park_retry(w, WAIT_RWMUTEX_R);
  unlock_shard(w, shard);
  return SYNC_RETRY;
}

SyncResult rwmutex_lock(Worker *w, uint32_t *address) {
  Word *word = (Word *)address;
  if (swap(w, word, 0, WRITER, memory_order_acquire)) return SYNC_DONE;
  SyncShard *shard = lock_shard(w, address);
  for (;;) {
    uint32_t state = look(word);
    if (state == 0) {
      if (!swap(w, word, 0, WRITER, memory_order_acquire)) continue;
      unlock_shard(w, shard);
      return SYNC_DONE;
    }
    if (state & QUEUED || swap(w, word, state, state | QUEUED, memory_order_relaxed)) break;
  }
  return queue_up(w, shard, writers(address), WAIT_RWMUTEX_W);
}

// Nobody holds it, and QUEUED keeps newcomers out: grant it. After a writer all waiting readers go first, as in Go; after readers the
// first writer does. Shard locked; unlocks it.
static void grant(Worker *w, SyncShard *shard, uint32_t *address, bool after_writer) {
  Waiter *writer = sync_first(shard, writers(address));
  Goroutine *first = NULL, **link = &first;
  uint32_t state = 0;
  if (writer && !(after_writer && sync_first(shard, readers(address)))) {
    sync_take(shard, writers(address), NULL, writer);
    state = WRITER;
    *link = writer->g;
    link = &writer->g->next;
  } else {
    for (Waiter *reader; (reader = sync_first(shard, readers(address)));) {
      sync_take(shard, readers(address), NULL, reader);
      if (writer || reader->g->retries > LOST_TOO_OFTEN) {
        reader->g->handed = true;
        state += READER;
      }
      *link = reader->g;
      link = &reader->g->next;
    }
  }
  *link = NULL;
  if (sync_first(shard, writers(address)) || sync_first(shard, readers(address))) state |= QUEUED;
  atomic_store_explicit((Word *)address, state, memory_order_release);
  unlock_shard(w, shard);
  wake_list(w, first);
}

SyncResult rwmutex_unlock(Worker *w, uint32_t *address) {
  Word *word = (Word *)address;
  if (swap(w, word, WRITER, 0, memory_order_release)) return SYNC_DONE;
  if (!(look(word) & WRITER)) return SYNC_UNLOCK_RW;
  grant(w, lock_shard(w, address), address, true);
  return SYNC_DONE;
}

SyncResult rwmutex_runlock(Worker *w, uint32_t *address) {
  Word *word = (Word *)address;
  uint32_t state;
  do {
    state = look(word);
    if (state < READER || state & WRITER) return SYNC_RUNLOCK_RW;
  } while (!swap(w, word, state, state - READER, memory_order_acq_rel));
  if (state - READER != QUEUED) return SYNC_DONE;
  SyncShard *shard = lock_shard(w, address);
  // Between our last reader's leave and this lock nobody can have got in: QUEUED is set.
  if (look(word) == QUEUED) grant(w, shard, address, false);
  else unlock_shard(w, shard);
  return SYNC_DONE;
}

// --- WaitGroup: counter in the high half, waiters in the low half

SyncResult waitgroup_add(Worker *w, uint64_t *address, int64_t delta) {
  _Atomic uint64_t *word = (_Atomic uint64_t *)address;
  // release: what this goroutine did is seen by those that Wait; acquire: the last one passes on what the others did
  uint64_t add = (uint64_t)delta << 32, state;
  if (w->alone) atomic_store_explicit(word, state = atomic_load_explicit(word, memory_order_relaxed) + add, memory_order_relaxed);
  else state = atomic_fetch_add_explicit(word, add, memory_order_acq_rel) + add;
  int32_t counter = (int32_t)(state >> 32);
  uint32_t waiters = (uint32_t)state;
  if (counter < 0) return SYNC_NEGATIVE;
  if (waiters && delta > 0 && counter == (int32_t)delta) return SYNC_MISUSE;
  if (counter > 0 || !waiters) return SYNC_DONE;

  SyncShard *shard = lock_shard(w, address);
  uint64_t expected = state;
  // Waiters are only added while the counter is not 0, so it must be as we left it.
  if (!atomic_compare_exchange_strong_explicit(word, &expected, 0, memory_order_acq_rel, memory_order_relaxed)) {
    unlock_shard(w, shard);
    return SYNC_MISUSE;
  }
  Goroutine *first = NULL, **link = &first;
  for (Waiter *waiter; (waiter = sync_first(shard, address));) {
    sync_take(shard, address, NULL, waiter);
    waiter->g->handed = true;
    *link = waiter->g;
    link = &waiter->g->next;
  }
  *link = NULL;
  unlock_shard(w, shard);
  wake_list(w, first);
  return SYNC_DONE;
}

SyncResult waitgroup_wait(Worker *w, uint64_t *address) {
  _Atomic uint64_t *word = (_Atomic uint64_t *)address;
  Goroutine *g = w->g;
  uint64_t state = atomic_load_explicit(word, memory_order_acquire);
  if (g->handed) {
    g->handed = false;
    return state ? SYNC_REUSED : SYNC_DONE;
  }
  if ((int32_t)(state >> 32) == 0) return SYNC_DONE;
  SyncShard *shard = lock_shard(w, address);
  do {
    if ((int32_t)(state >> 32) == 0) {
      unlock_shard(w, shard);
      return SYNC_DONE;
    }
  } while (!atomic_compare_exchange_weak_explicit(word, &state, state + 1, memory_order_acq_rel, memory_order_acquire));
  sync_append(shard, address, &g->waiter);
  sched_park_retry(w, WAIT_WAITGROUP);
  unlock_shard(w, shard);
  return SYNC_RETRY;
}

// --- Cond: tickets, as Go's notifyList. Low half: next ticket to give out; high half: next ticket to notify.

static Word *tickets(uint64_t *state) { return (Word *)state; }
static Word *notified(uint64_t *state) { return (Word *)state + 1; }

uint32_t cond_ticket(Worker *w, uint64_t *state) { return atomic_fetch_add_explicit(tickets(state), 1, memory_order_acq_rel); }

SyncResult cond_wait(Worker *w, uint64_t *state, uint32_t ticket) {
  SyncShard *shard = lock_shard(w, state);
  if ((int32_t)(ticket - look(notified(state))) < 0) { // notified before it could wait
    unlock_shard(w, shard);
    return SYNC_DONE;
  }
  Waiter *waiter = &w->g->waiter;
  waiter->index = ticket;
  sync_append(shard, state, waiter);
  sched_park(w, WAIT_COND);
  unlock_shard(w, shard);
  return SYNC_PARKED;
}

static uint32_t acquire_ticket(uint64_t *state) { return atomic_load_explicit(tickets(state), memory_order_acquire); }

void cond_signal(Worker *w, uint64_t *state) {
  if (cond_nobody_waits(w, state)) return;
  SyncShard *shard = lock_shard(w, state);
  uint32_t next = look(notified(state));
  Waiter *waiter = NULL;
  if (next != acquire_ticket(state)) {
    atomic_store_explicit(notified(state), next + 1, memory_order_release);
    // The ticket's holder may not have got as far as waiting yet: then it will not.
    Waiter *before = NULL;
    waiter = sync_first(shard, state);
    while (waiter && waiter->index != next) before = waiter, waiter = waiter->next;
    if (waiter) sync_take(shard, state, before, waiter);
  }
  unlock_shard(w, shard);
  if (waiter) sched_ready(w, waiter->g, READY_WOKEN);
}

void cond_broadcast(Worker *w, uint64_t *state) {
  if (cond_nobody_waits(w, state)) return;
  SyncShard *shard = lock_shard(w, state);
  atomic_store_explicit(notified(state), acquire_ticket(state), memory_order_release);
  Goroutine *first = NULL, **link = &first;
  for (Waiter *waiter; (waiter = sync_first(shard, state));) {
    sync_take(shard, state, NULL, waiter);
    *link = waiter->g;
    link = &waiter->g->next;
  }
  *link = NULL;
  unlock_shard(w, shard);
  wake_list(w, first);
}

// --- a counting semaphore; a release with somebody waiting passes the unit on

SyncResult semaphore_acquire(Worker *w, uint32_t *address) {
  Word *word = (Word *)address;
  for (uint32_t count; (count = look(word));)
    if (swap(w, word, count, count - 1, memory_order_acquire)) return SYNC_DONE;
  SyncShard *shard = lock_shard(w, address);
  for (uint32_t count; (count = look(word));) {
    if (!swap(w, word, count, count - 1, memory_order_acquire)) continue;
    unlock_shard(w, shard);
    return SYNC_DONE;
  }
  sync_append(shard, address, &w->g->waiter);
  sched_park(w, WAIT_SEMACQUIRE);
  unlock_shard(w, shard);
  return SYNC_PARKED;
}

void semaphore_release(Worker *w, uint32_t *address) {
  SyncShard *shard = lock_shard(w, address);
  Waiter *waiter = sync_first(shard, address);
  if (waiter) sync_take(shard, address, NULL, waiter);
  else atomic_fetch_add_explicit((Word *)address, 1, memory_order_release);
  unlock_shard(w, shard);
  if (waiter) sched_ready(w, waiter->g, READY_WOKEN);
}

// --- cancelling. What the word says of those who wait may be too much now; every unlock looks at the list.

void *rwmutex_of(const Goroutine *g) {
  char *list = g->waiter.object;
  return g->wait_reason == WAIT_RWMUTEX_R ? list - 1 : list;
}

bool sync_cancel(Worker *w, Goroutine *g) {
  const char *list = g->waiter.object, *word = rwmutex_of(g);
  SyncShard *shard = lock_shard(w, word);
  bool queued = g->waiter.queued && g->waiter.object == list;
  if (queued) {
    Waiter *before = NULL;
    for (Waiter *at = sync_first(shard, list); at != &g->waiter; at = at->next) before = at;
    sync_take(shard, list, before, &g->waiter);
  }
  unlock_shard(w, shard);
  return queued;
}
