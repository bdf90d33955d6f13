// Mutex, RWMutex, WaitGroup, Cond, semaphore.
#include <criterion/criterion.h>

#include "fake.h"
#include "sched/contention.h"

static const struct { const Policy *policy; uint32_t workers; } settings[] = {
  {&policy_parallel, 1}, {&policy_parallel, 2}, {&policy_parallel, 8}, {&policy_seeded, 1},
};
#define EACH_SETTING(i) for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)

static struct {
  uint32_t mutex, rwmutex, semaphore;
  uint64_t group __attribute__((aligned(8))), cond, counter, other;
  _Atomic int64_t readers, writers, broken, ended;
} shared;

enum { GOROUTINES = 40, ROUNDS = 500 };

static Step spawn_and_wait(Worker *w, uint64_t *f, StepFn step) {
  switch (f[0]++) {
  case 0:
    waitgroup_add(w, &shared.group, GOROUTINES);
    for (int i = 0; i < GOROUTINES; i++) fake_go(w, step, (uint64_t)i, 0);
    return STEP_ON;
  case 1: return fake_sync(waitgroup_wait(w, &shared.group));
  default: return STEP_EXIT;
  }
}

static Step locked_adds(Worker *w, uint64_t *f) {
  switch (f[0]++) {
  case 0: return fake_sync(mutex_lock(w, &shared.mutex));
  case 1:
    f[1] = shared.counter;
    return f[8] % 3 == 0 ? STEP_YIELD : STEP_ON; // some hold it across a switch
  case 2:
    shared.counter = f[1] + 1;
    cr_assert_eq(mutex_unlock(w, &shared.mutex), SYNC_DONE);
    f[0] = ++f[2] < ROUNDS ? 0 : 3;
    return STEP_ON;
  default:
    cr_assert_eq(waitgroup_add(w, &shared.group, -1), SYNC_DONE);
    return STEP_EXIT;
  }
}
static Step mutex_main(Worker *w, uint64_t *f) { return spawn_and_wait(w, f, locked_adds); }

Test(sync, mutex_excludes) {
  EACH_SETTING(i) {
    Sched *s = fake_sched(settings[i].policy, settings[i].workers, 9);
    memset(&shared, 0, sizeof shared);
    cr_assert_eq(fake_main(s, mutex_main), SCHED_STOPPED);
    cr_assert_eq(shared.counter, (uint64_t)GOROUTINES * ROUNDS);
    cr_assert_eq(shared.mutex, 0);
    sched_free(s);
  }
}

static Step read_or_write(Worker *w, uint64_t *f) {
  bool write = (f[2] + f[8]) % 5 == 0;
  switch (f[0]++) {
  case 0:
    return fake_sync(write ? rwmutex_lock(w, &shared.rwmutex) : rwmutex_rlock(w, &shared.rwmutex));
  case 1:
    if (write) {
      if (atomic_fetch_add(&shared.writers, 1) || atomic_load(&shared.readers)) shared.broken++;
      shared.counter++;
    } else {
      atomic_fetch_add(&shared.readers, 1);
      if (atomic_load(&shared.writers)) shared.broken++;
    }
    return f[8] % 4 == 0 ? STEP_YIELD : STEP_ON;
  case 2:
    if (write) {
      atomic_fetch_sub(&shared.writers, 1);
      cr_assert_eq(rwmutex_unlock(w, &shared.rwmutex), SYNC_DONE);
    } else {
      atomic_fetch_sub(&shared.readers, 1);
      cr_assert_eq(rwmutex_runlock(w, &shared.rwmutex), SYNC_DONE);
    }
    f[0] = ++f[2] < ROUNDS ? 0 : 3;
    return STEP_ON;
  default:
    waitgroup_add(w, &shared.group, -1);
    return STEP_EXIT;
  }
}
static Step rwmutex_main(Worker *w, uint64_t *f) { return spawn_and_wait(w, f, read_or_write); }

Test(sync, rwmutex_excludes) {
  EACH_SETTING(i) {
    Sched *s = fake_sched(settings[i].policy, settings[i].workers, 9);
    memset(&shared, 0, sizeof shared);
    cr_assert_eq(fake_main(s, rwmutex_main), SCHED_STOPPED);
    cr_assert_eq(shared.broken, 0);
    cr_assert_eq(shared.counter, GOROUTINES * ROUNDS / 5);
    cr_assert_eq(shared.rwmutex, 0);
    sched_free(s);
  }
}

// --- a condition: a token passed round

static Step token(Worker *w, uint64_t *f) {
  switch (f[0]++) {
  case 0: return fake_sync(mutex_lock(w, &shared.mutex));
  case 1:
    if (shared.counter % GOROUTINES == f[8] || shared.counter >= 4000) {
      bool end = shared.counter >= 4000;
      if (!end) shared.counter++;
      cond_broadcast(w, &shared.cond);
      mutex_unlock(w, &shared.mutex);
      f[0] = end ? 3 : 0;
      return STEP_ON;
    }
    f[1] = cond_ticket(w, &shared.cond);
    mutex_unlock(w, &shared.mutex);
    return STEP_ON;
  case 2:
    f[0] = 0;
    return fake_sync(cond_wait(w, &shared.cond, (uint32_t)f[1]));
  default:
    waitgroup_add(w, &shared.group, -1);
    return STEP_EXIT;
  }
}
static Step cond_main(Worker *w, uint64_t *f) { return spawn_and_wait(w, f, token); }

Test(sync, condition) {
  EACH_SETTING(i) {
    Sched *s = fake_sched(settings[i].policy, settings[i].workers, 9);
    memset(&shared, 0, sizeof shared);
    cr_assert_eq(fake_main(s, cond_main), SCHED_STOPPED);
    cr_assert_eq(shared.counter, 4000);
    sched_free(s);
  }
}

static Step signalled(Worker *w, uint64_t *f) {
  switch (f[0]++) {
  case 0:
    f[1] = cond_ticket(w, &shared.cond);
    return fake_sync(cond_wait(w, &shared.cond, (uint32_t)f[1]));
  default:
    atomic_fetch_add(&shared.ended, 1);
    return STEP_EXIT;
  }
}
static Step signal_main(Worker *w, uint64_t *f) {
  if (f[0] < 100) {
    fake_go(w, signalled, 0, 0);
    return f[0]++, STEP_ON;
  }
  if (shared.ended == 100) return STEP_EXIT;
  cond_signal(w, &shared.cond);
  return STEP_YIELD;
}
Test(sync, signal_wakes_one_each) {
  EACH_SETTING(i) {
    Sched *s = fake_sched(settings[i].policy, settings[i].workers, 9);
    memset(&shared, 0, sizeof shared);
    cr_assert_eq(fake_main(s, signal_main), SCHED_STOPPED);
    sched_free(s);
  }
}

// --- a semaphore lets at most three in

static Step enter(Worker *w, uint64_t *f) {
  switch (f[0]++) {
  case 0: return fake_sync(semaphore_acquire(w, &shared.semaphore));
  case 1:
    if (atomic_fetch_add(&shared.readers, 1) >= 3) shared.broken++;
    return STEP_YIELD;
  case 2:
    atomic_fetch_sub(&shared.readers, 1);
    semaphore_release(w, &shared.semaphore);
    f[0] = ++f[2] < ROUNDS ? 0 : 3;
    return STEP_ON;
  default:
    waitgroup_add(w, &shared.group, -1);
    return STEP_EXIT;
  }
}
static Step semaphore_main(Worker *w, uint64_t *f) { return spawn_and_wait(w, f, enter); }
Test(sync, semaphore) {
  EACH_SETTING(i) {
    Sched *s = fake_sched(settings[i].policy, settings[i].workers, 9);
    memset(&shared, 0, sizeof shared);
    shared.semaphore = 3;
    cr_assert_eq(fake_main(s, semaphore_main), SCHED_STOPPED);
    cr_assert_eq(shared.broken, 0);
    cr_assert_eq(shared.semaphore, 3);
    sched_free(s);
  }
}

// --- misuse

static Step misuse(Worker *w, uint64_t *f) {
  cr_assert_eq(mutex_unlock(w, &shared.mutex), SYNC_UNLOCK);
  cr_assert_eq(mutex_lock(w, &shared.mutex), SYNC_DONE);
  cr_assert(!mutex_try_lock(w, &shared.mutex));
  cr_assert_eq(mutex_unlock(w, &shared.mutex), SYNC_DONE);
  cr_assert_eq(rwmutex_unlock(w, &shared.rwmutex), SYNC_UNLOCK_RW);
  cr_assert_eq(rwmutex_runlock(w, &shared.rwmutex), SYNC_RUNLOCK_RW);
  cr_assert(rwmutex_try_rlock(w, &shared.rwmutex));
  cr_assert(!rwmutex_try_lock(w, &shared.rwmutex));
  cr_assert_eq(rwmutex_unlock(w, &shared.rwmutex), SYNC_UNLOCK_RW);
  cr_assert_eq(rwmutex_runlock(w, &shared.rwmutex), SYNC_DONE);
  cr_assert_eq(waitgroup_add(w, &shared.group, -1), SYNC_NEGATIVE);
  cr_assert_str_eq(sync_error_text(SYNC_NEGATIVE), "sync: negative WaitGroup counter");
  cr_assert_eq(waitgroup_wait(w, &shared.other), SYNC_DONE);
  // A copied mutex that says somebody waits, when nobody does.
  shared.mutex = 3;
  cr_assert_eq(mutex_unlock(w, &shared.mutex), SYNC_DONE);
  cr_assert_eq(shared.mutex, 0);
  return STEP_EXIT;
}
Test(sync, misuse) {
  Sched *s = fake_sched(&policy_parallel, 1, 9);
  memset(&shared, 0, sizeof shared);
  fake_main(s, misuse);
  sched_free(s);
}

// --- a million goroutines on as many addresses: the table of waiters grows

static uint32_t locks[30000];
static Step on_own_lock(Worker *w, uint64_t *f) {
  if (f[0]++ == 0) return fake_sync(semaphore_acquire(w, &locks[f[8]]));
  atomic_fetch_add(&shared.ended, 1);
  return STEP_EXIT;
}
static Step many_addresses(Worker *w, uint64_t *f) {
  uint64_t n = sizeof locks / sizeof *locks;
  if (f[0] < n) return fake_go(w, on_own_lock, f[0]++, 0), STEP_ON;
  if (f[0] < n + 10) return f[0]++, STEP_YIELD;
  if (f[1] < n) return semaphore_release(w, &locks[f[1]++]), STEP_ON;
  return shared.ended == (int64_t)n ? STEP_EXIT : STEP_YIELD;
}
Test(sync, many_addresses) {
  EACH_SETTING(i) {
    Sched *s = fake_sched(settings[i].policy, settings[i].workers, 9);
    memset(&shared, 0, sizeof shared);
    memset(locks, 0, sizeof locks);
    cr_assert_eq(fake_main(s, many_addresses), SCHED_STOPPED);
    sched_free(s);
  }
}

// --- who shares a word

static uint32_t looks(Worker *w, uint64_t id, const uint32_t *word) {
  w->g->id = id;
  for (uint32_t i = 0; i < CONTENTION_PERIOD; i++) if (contention_turn(w)) contention_look(w, word, true);
  return w->shared_uses;
}
static Step sharing(Worker *w, uint64_t *f) {
  uint64_t id = w->g->id;
  uint32_t *word = &shared.mutex;
  w->tick_time = 1000000000;
  w->shared_uses = w->foreign_uses = 0;
  cr_assert_eq(looks(w, 100, word), 0);
  cr_assert_eq(looks(w, 100, word), 0);
  cr_assert_eq(looks(w, 101, word), 0, "handed over once");
  cr_assert_eq(looks(w, 101, word), 0);
  cr_assert_eq(looks(w, 100, word), 1, "and back");
  cr_assert_eq(looks(w, 100, word), 2, "shared for a while");
  cr_assert_eq(looks(w, 101, word), 3);
  cr_assert_eq(looks(w, 101, &shared.rwmutex), 3, "another word");
  cr_assert_eq(w->foreign_uses, 0, "all on this worker");
  w->tick_time += 40000000;
  cr_assert_eq(looks(w, 101, word), 3, "not any more");
  cr_assert_eq(looks(w, 100, word), 3);
  w->tick_time += 40000000;
  cr_assert_eq(looks(w, 101, word), 3, "in turn, but seldom");
  w->g->id = id;
  w->tick_time = w->policy->now(w->sched);
  return STEP_EXIT;
}
Test(sync, sharing) {
  Sched *s = fake_sched(&policy_parallel, 2, 9);
  memset(&shared, 0, sizeof shared);
  fake_main(s, sharing);
  sched_free(s);
}
