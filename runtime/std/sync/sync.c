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
#define METHOD(NAME, T, CALL)                              \
  static NativeResult NAME(Worker *w, uint64_t *fp) {      \
    T *state = (T *)(uintptr_t)fp[2];                      \
    if (!state) return native_nil_dereference(w);          \
    return finish(w, CALL);                                \
  }
#define TRY(NAME, CALL)                                    \
  static NativeResult NAME(Worker *w, uint64_t *fp) {      \
    uint32_t *state = (uint32_t *)(uintptr_t)fp[3];        \
    if (!state) return native_nil_dereference(w);          \
    fp[2] = CALL;                                          \
    return NATIVE_DONE;                                    \
  }

METHOD(lock, uint32_t, mutex_lock(w, state))
METHOD(unlock, uint32_t, mutex_unlock(w, state))
TRY(try_lock, mutex_try_lock(w, state))
METHOD(rw_lock, uint32_t, rwmutex_lock(w, state))
METHOD(rw_unlock, uint32_t, rwmutex_unlock(w, state))
METHOD(rw_rlock, uint32_t, rwmutex_rlock(w, state))
METHOD(rw_runlock, uint32_t, rwmutex_runlock(w, state))
TRY(rw_try_lock, rwmutex_try_lock(w, state))
TRY(rw_try_rlock, rwmutex_try_rlock(w, state))
METHOD(group_done, uint64_t, waitgroup_add(w, state, -1))
METHOD(group_wait, uint64_t, waitgroup_wait(w, state))

static NativeResult group_add(Worker *w, uint64_t *fp) {
  FRAME(int64_t delta; uint64_t * state);
  if (!f->state) return native_nil_dereference(w);
  return finish(w, waitgroup_add(w, f->state, f->delta));
}

static NativeResult cond_ticket_native(Worker *w, uint64_t *fp) {
  FRAME(uint64_t ticket; uint64_t * state);
  if (!f->state) return native_nil_dereference(w);
  f->ticket = cond_ticket(w, f->state);
  return NATIVE_DONE;
}

static NativeResult cond_park(Worker *w, uint64_t *fp) {
  FRAME(uint64_t ticket; uint64_t * state);
  return finish(w, cond_wait(w, f->state, (uint32_t)f->ticket));
}

static NativeResult cond_signal_native(Worker *w, uint64_t *fp) {
  FRAME(uint64_t * state);
  if (!f->state) return native_nil_dereference(w);
  cond_signal(w, f->state);
  return NATIVE_DONE;
}

static NativeResult cond_broadcast_native(Worker *w, uint64_t *fp) {
  FRAME(uint64_t * state);
  if (!f->state) return native_nil_dereference(w);
  cond_broadcast(w, f->state);
  return NATIVE_DONE;
}

static NativeResult load(Worker *w, uint64_t *fp) {
  FRAME(uint64_t result; uint32_t * p);
  f->result = __atomic_load_n(f->p, __ATOMIC_ACQUIRE);
  return NATIVE_DONE;
}

static NativeResult store(Worker *w, uint64_t *fp) {
  FRAME(uint32_t * p; uint64_t v);
  __atomic_store_n(f->p, (uint32_t)f->v, __ATOMIC_RELEASE);
  return NATIVE_DONE;
}

const NativeRow natives_sync[] = {
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
  {"load", load},
  {"store", store},
  {0},
};
