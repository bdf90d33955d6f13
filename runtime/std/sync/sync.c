// Natives of package sync: each hands the address of a state word to the scheduler (sched/sync.h).
#include "sched/sync.h"

#include "std/frame.h"
#include "vm/native.h"

// What the scheduler answered, as a native's result.
static NativeResult finish(Worker *w, SyncResult result) {
  switch (result) {
  case SYNC_DONE: return NATIVE_DONE;
  case SYNC_PARKED: return NATIVE_PARKED;
  case SYNC_RETRY: return NATIVE_RETRY;
  default:
    if (result <= SYNC_LAST_FATAL) return native_fatal(w, sync_error_text(result));
    return native_panic_text(w, sync_error_text(result));
  }
}

// A method without results whose receiver is the only argument.
#define METHOD(NAME, T, ...)                               \
  static NativeResult NAME(Worker *w, uint64_t *fp) {      \
    T *state = (T *)(uintptr_t)fp[2];                      \
    if (!state) return native_nil_dereference(w);          \
    __VA_ARGS__                                            \
  }
#define TRY(NAME, CALL, EVENT)                             \
  static NativeResult NAME(Worker *w, uint64_t *fp) {      \
    uint32_t *state = (uint32_t *)(uintptr_t)fp[3];        \
    if (!state) return native_nil_dereference(w);          \
    fp[2] = CALL;                                          \
    if (fp[2]) native_event(w, EVENT, state);              \
    return NATIVE_DONE;                                    \
  }
// What it did is told before others can see it, what it got after.
#define BEFORE(EVENT, CALL)                                \
  native_event(w, EVENT, state);                           \
  return finish(w, CALL);
#define AFTER(CALL, EVENT)                                 \
  SyncResult result = CALL;                                \
  if (result == SYNC_DONE) native_event(w, EVENT, state);  \
  return finish(w, result);
// The same where a parked goroutine is not called again.
#define GRANTED(CALL, EVENT)                               \
  if (w->watcher) w->watcher->pend(w, EVENT, state);       \
  SyncResult result = CALL;                                \
  if (result != SYNC_PARKED) settle(w, result, EVENT, state); \
  return finish(w, result);

static void settle(Worker *w, SyncResult result, WatchEvent e, void *state) {
  if (!w->watcher) return;
  w->watcher->unpend(w);
  if (result == SYNC_DONE) w->watcher->event(w, e, state);
}

METHOD(lock, uint32_t, AFTER(mutex_lock(w, state), WATCH_LOCK))
METHOD(unlock, uint32_t, BEFORE(WATCH_UNLOCK, mutex_unlock(w, state)))
TRY(try_lock, mutex_try_lock(w, state), WATCH_LOCK)
METHOD(rw_lock, uint32_t, GRANTED(rwmutex_lock(w, state), WATCH_RW_LOCK))
METHOD(rw_unlock, uint32_t, BEFORE(WATCH_RW_UNLOCK, rwmutex_unlock(w, state)))
METHOD(rw_rlock, uint32_t, AFTER(rwmutex_rlock(w, state), WATCH_RLOCK))
METHOD(rw_runlock, uint32_t, BEFORE(WATCH_RUNLOCK, rwmutex_runlock(w, state)))
TRY(rw_try_lock, rwmutex_try_lock(w, state), WATCH_RW_LOCK)
TRY(rw_try_rlock, rwmutex_try_rlock(w, state), WATCH_RLOCK)

// WaitGroup. As in Go, the first Add counts as a read of the word behind the counter, and the first Wait as a write: nothing else orders
// an Add that starts from 0 and a Wait.
static NativeResult add(Worker *w, uint64_t *state, int64_t delta) {
  if (delta < 0) native_event(w, WATCH_POST, state);
  else if (delta > 0 && w->watcher && !(__atomic_load_n(state, __ATOMIC_RELAXED) >> 32)) native_reads(w, state + 1, 4);
  return finish(w, waitgroup_add(w, state, delta));
}
METHOD(group_done, uint64_t, return add(w, state, -1);)
METHOD(group_wait, uint64_t, {
  uint64_t now = __atomic_load_n(state, __ATOMIC_RELAXED);
  if (w->watcher && now >> 32 && !(uint32_t)now) native_writes(w, state + 1, 4);
  AFTER(waitgroup_wait(w, state), WATCH_WAIT)
})

static NativeResult group_add(Worker *w, uint64_t *fp) {
  FRAME(int64_t delta; uint64_t * state);
  if (!f->state) return native_nil_dereference(w);
  return add(w, f->state, f->delta);
}

static NativeResult cond_ticket_native(Worker *w, uint64_t *fp) {
  FRAME(uint64_t ticket; uint64_t * state);
  if (!f->state) return native_nil_dereference(w);
  f->ticket = cond_ticket(w, f->state);
  return NATIVE_DONE;
}

static NativeResult cond_park(Worker *w, uint64_t *fp) {
  FRAME(uint64_t ticket; uint64_t * state);
  uint64_t *state = f->state;
  GRANTED(cond_wait(w, state, (uint32_t)f->ticket), WATCH_WAIT)
}

static NativeResult cond_signal_native(Worker *w, uint64_t *fp) {
  FRAME(uint64_t * state);
  if (!f->state) return native_nil_dereference(w);
  native_event(w, WATCH_POST, f->state);
  cond_signal(w, f->state);
  return NATIVE_DONE;
}

static NativeResult cond_broadcast_native(Worker *w, uint64_t *fp) {
  FRAME(uint64_t * state);
  if (!f->state) return native_nil_dereference(w);
  native_event(w, WATCH_POST, f->state);
  cond_broadcast(w, f->state);
  return NATIVE_DONE;
}

static NativeResult load(Worker *w, uint64_t *fp) {
  FRAME(uint64_t result; uint32_t * p);
  native_atomic_begin(w, f->p);
  f->result = __atomic_load_n(f->p, __ATOMIC_ACQUIRE);
  native_atomic_end(w, f->p, 4, WATCH_LOAD);
  return NATIVE_DONE;
}

static NativeResult store(Worker *w, uint64_t *fp) {
  FRAME(uint32_t * p; uint64_t v);
  native_atomic_begin(w, f->p);
  __atomic_store_n(f->p, (uint32_t)f->v, __ATOMIC_RELEASE);
  native_atomic_end(w, f->p, 4, WATCH_STORE);
  return NATIVE_DONE;
}

static NativeResult hide(Worker *w, uint64_t *fp) {
  FRAME(int64_t n);
  native_ignore(w, (int)f->n, (int)f->n);
  return NATIVE_DONE;
}

// Outside of all sections that hide has begun.
static NativeResult tell(Worker *w, WatchEvent e, void *word) {
  native_ignore(w, -1, 0);
  native_event(w, e, word);
  native_ignore(w, 1, 0);
  return NATIVE_DONE;
}
static NativeResult post(Worker *w, uint64_t *fp) { return tell(w, WATCH_POST, (void *)(uintptr_t)fp[2]); }
static NativeResult give(Worker *w, uint64_t *fp) { return tell(w, WATCH_GIVE, (void *)(uintptr_t)fp[2]); }
static NativeResult wait(Worker *w, uint64_t *fp) { return tell(w, WATCH_WAIT, (void *)(uintptr_t)fp[2]); }

// --- Pool. A native runs to its end on its worker, and nobody else touches the worker's place.

static NativeResult workers(Worker *w, uint64_t *fp) {
  FRAME(uint64_t result);
  f->result = sched_workers(w->sched);
  return NATIVE_DONE;
}

enum { APART = 4 };

// The list of places begins the struct; it is replaced as a whole, and a worker that came later than it has none. NULL: none. Behind the item, place[1] is
// the word that is given with it.
static Iface *own_place(const Worker *w, const void *pool) {
  SliceArg own;
  pair_copy(&own, pool);
  return w->index * APART >= own.len ? NULL : (Iface *)own.ptr + w->index * APART;
}

static NativeResult pool_keep(Worker *w, uint64_t *fp) {
  FRAME(uint64_t result; IfaceArg x; void *pool);
  if (!f->pool) return native_nil_dereference(w);
  Iface *place = own_place(w, f->pool);
  f->result = place && !place->type;
  if (!f->result) return NATIVE_DONE;
  native_event(w, WATCH_GIVE, &place[1]);
  pair_copy(place, &f->x);
  return NATIVE_DONE;
}

static NativeResult pool_take(Worker *w, uint64_t *fp) {
  FRAME(IfaceArg result; void *pool);
  if (!f->pool) return native_nil_dereference(w);
  Iface *place = own_place(w, f->pool);
  IfaceArg none = {0};
  pair_copy(&f->result, place ? place : &none);
  if (!place || !place->type) return NATIVE_DONE;
  native_event(w, WATCH_WAIT, &place[1]);
  pair_copy(place, &none);
  return NATIVE_DONE;
}

// --- Map

typedef struct {
  uint32_t mutex[2];
  Map *all;
  void *seen;
  uint64_t vain;
  uint32_t gone;
} SyncMap;

typedef struct {
  const Iface *value;
  uint32_t word;
} SyncEntry;

static NativeResult map_look(Worker *w, uint64_t *fp) {
  FRAME(IfaceArg value; uint64_t ok, done; IfaceArg key, kind; SyncMap *m);
  SyncMap *m = f->m;
  if (!m) return native_nil_dereference(w);
  f->ok = f->done = false;
  if (!mutex_take(w, m->mutex)) return NATIVE_DONE;
  const uint64_t *entry = NULL;
  const RType *bad;
  MapResult result = map_get(m->all, f->kind.type, (const uint64_t *)&f->key, &entry, &bad);
  if (result == MAP_OK) {
    SyncEntry *e = (SyncEntry *)(uintptr_t)*entry;
    pair_copy(&f->value, e->value);
    native_event(w, WATCH_WAIT, &e->word);
  } else if (result == MAP_MISSING) {
    f->value = (IfaceArg){0};
    native_event(w, WATCH_WAIT, &m->gone);
  }
  f->ok = result == MAP_OK;
  f->done = result <= MAP_MISSING;
  return mutex_leave(w, m->mutex) ? NATIVE_DONE : finish(w, mutex_unlock(w, m->mutex));
}

const NativeRow natives_sync[] = {
  {"hide", hide},
  {"post", post},
  {"give", give},
  {"wait", wait},
  {"(*Mutex).Lock", lock},
  {"(*Mutex).Unlock", unlock},
  {"(*Mutex).TryLock", try_lock},
  {"(*RWMutex).Lock", rw_lock},
  {"(*RWMutex).Unlock", rw_unlock},
  {"(*RWMutex).TryLock", rw_try_lock},
  {"(*RWMutex).RLock", rw_rlock},
  {"(*RWMutex).RUnlock", rw_runlock},
  {"(*RWMutex).TryRLock", rw_try_rlock},
  {"(*WaitGroup).Add", group_add},
  {"(*WaitGroup).Done", group_done},
  {"(*WaitGroup).Wait", group_wait},
  {"(*Cond).ticket", cond_ticket_native},
  {"(*Cond).park", cond_park},
  {"(*Cond).Signal", cond_signal_native},
  {"(*Cond).Broadcast", cond_broadcast_native},
  {"(*Pool).keep", pool_keep},
  {"(*Pool).take", pool_take},
  {"(*Map).look", map_look},
  {"workers", workers},
  {"load", load},
  {"store", store},
  {0},
};
