// Timer heaps, Sleep, timers with channels as of Go 1.23.
#include <criterion/criterion.h>

#include "fake.h"
#include "sched/timer.h"

static const struct { const Policy *policy; uint32_t workers; } settings[] = {
  {&policy_parallel, 1}, {&policy_parallel, 2}, {&policy_parallel, 8}, {&policy_seeded, 1},
};
#define EACH_SETTING(i) for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
#define MS 1000000

static _Atomic uint64_t woken, order_broken;

static void time_value(Worker *w, int64_t when, uint64_t *slots) { slots[0] = (uint64_t)when; }

// --- many sleepers

enum { SLEEPERS = 20000 };
static Step sleeper(Worker *w, uint64_t *f) {
  if (f[0]++ == 0) {
    f[1] = (uint64_t)sched_now(w) + f[8];
    return timer_sleep(w, (int64_t)f[8]) ? STEP_PARKED : STEP_ON;
  }
  if ((uint64_t)sched_now(w) < f[1]) atomic_fetch_add(&order_broken, 1);
  atomic_fetch_add(&woken, 1);
  return STEP_EXIT;
}
static Step many_sleepers(Worker *w, uint64_t *f) {
  if (f[0] < SLEEPERS) {
    f[0]++;
    fake_go(w, sleeper, worker_random_below(w, 50 * MS), 0);
    return STEP_ON;
  }
  if (atomic_load(&woken) == SLEEPERS) return STEP_EXIT;
  return timer_sleep(w, MS) ? STEP_PARKED : STEP_ON;
}
Test(timer, nobody_wakes_early_or_never) {
  EACH_SETTING(i) {
    Sched *s = fake_sched(settings[i].policy, settings[i].workers, 5);
    woken = order_broken = 0;
    cr_assert_eq(fake_main(s, many_sleepers), SCHED_STOPPED);
    cr_assert_eq(order_broken, 0);
    sched_free(s);
  }
}

// --- in order, and equal times first come first served (virtual time, one goroutine each)

static uint64_t sequence[8], sequence_count;
static void note(Worker *w, Timer *t) { sequence[sequence_count++] = (uint64_t)(uintptr_t)t->argument; }
static Step in_order(Worker *w, uint64_t *f) {
  static const int delays[8] = {5, 3, 3, 9, 1, 3, 5, 2};
  if (f[0]++ == 0) {
    for (uintptr_t i = 0; i < 8; i++) timer_reset(w, timer_new_fire(w, note, (void *)i), delays[i] * MS, 0);
    return timer_sleep(w, 20 * MS) ? STEP_PARKED : STEP_ON;
  }
  static const uint64_t expected[8] = {4, 7, 1, 2, 5, 0, 6, 3};
  cr_assert_eq(sequence_count, 8);
  for (int i = 0; i < 8; i++) cr_assert_eq(sequence[i], expected[i]);
  return STEP_EXIT;
}
Test(timer, fire_in_order) {
  EACH_SETTING(i) {
    if (settings[i].policy->virtual_time) {
      Sched *s = fake_sched(settings[i].policy, settings[i].workers, 5);
      sequence_count = 0;
      int64_t start = fake_clock();
      cr_assert_eq(fake_main(s, in_order), SCHED_STOPPED);
      cr_assert_lt(fake_clock() - start, 15 * MS); // virtual time
      sched_free(s);
    }
  }
}

// --- stop and reset. f[2] timer

static Step stop_and_reset(Worker *w, uint64_t *f) {
  Timer *t = (Timer *)(uintptr_t)f[2];
  switch (f[0]++) {
  case 0:
    t = timer_new_chan(w, &chan_int, time_value);
    f[2] = (uint64_t)(uintptr_t)t;
    cr_assert(!timer_stop(w, t)); // never started
    cr_assert(!timer_reset(w, t, 10 * MS, 0));
    f[3] = (uint64_t)sched_now(w);
    return fake_chan(chan_recv(w, t->chan, &f[1], NULL));
  case 1: // received
    cr_assert_geq(f[1], f[3] + 9 * MS);
    cr_assert(!timer_stop(w, t));
    cr_assert(!timer_reset(w, t, 5 * MS, 0));
    cr_assert_eq(chan_len(w, t->chan), 0);
    cr_assert_eq(chan_cap(t->chan), 0);
    return timer_sleep(w, 15 * MS) ? STEP_PARKED : STEP_ON;
  case 2: // it is due, but was not received: stopping it now succeeds, and takes the value away
    cr_assert(timer_stop(w, t));
    cr_assert_eq(chan_try_recv(w, t->chan, &f[1], NULL), CHAN_WOULD_BLOCK);
    cr_assert(!timer_reset(w, t, 1 * MS, 0));
    return timer_sleep(w, 5 * MS) ? STEP_PARKED : STEP_ON;
  case 3: // no stale value after a reset
    cr_assert(timer_reset(w, t, 50 * MS, 0));
    cr_assert_eq(chan_try_recv(w, t->chan, &f[1], NULL), CHAN_WOULD_BLOCK);
    cr_assert(timer_reset(w, t, -5, 0));
    return timer_sleep(w, MS) ? STEP_PARKED : STEP_ON;
  case 4:
    cr_assert_eq(chan_try_recv(w, t->chan, &f[1], NULL), CHAN_DONE);
    cr_assert_eq(chan_try_recv(w, t->chan, &f[1], NULL), CHAN_WOULD_BLOCK);
    return STEP_EXIT;
  }
  return STEP_EXIT;
}
Test(timer, stop_and_reset) {
  EACH_SETTING(i) {
    Sched *s = fake_sched(settings[i].policy, settings[i].workers, 5);
    cr_assert_eq(fake_main(s, stop_and_reset), SCHED_STOPPED);
    sched_free(s);
  }
}

// --- a ticker: regular, drops what nobody fetches

static Step tick(Worker *w, uint64_t *f) {
  Timer *t = (Timer *)(uintptr_t)f[2];
  if (f[0] == 0) {
    t = timer_new_chan(w, &chan_int, time_value);
    f[2] = (uint64_t)(uintptr_t)t;
    timer_reset(w, t, 2 * MS, 2 * MS);
  } else if (f[0] > 1 && f[0] != 11) {
    cr_assert_eq((f[1] - f[3]) % (2 * MS), 0);
  }
  f[3] = f[1];
  if (f[0]++ == 20) {
    timer_stop(w, t);
    return STEP_EXIT;
  }
  if (f[0] == 11) return timer_sleep(w, 11 * MS) ? STEP_PARKED : STEP_ON; // five ticks missed, one is kept
  return fake_chan(chan_recv(w, t->chan, &f[1], NULL));
}
Test(timer, ticker) {
  EACH_SETTING(i) {
    Sched *s = fake_sched(settings[i].policy, settings[i].workers, 5);
    int64_t start = fake_clock();
    cr_assert_eq(fake_main(s, tick), SCHED_STOPPED);
    if (!settings[i].policy->virtual_time) cr_assert_gt(fake_clock() - start, 30 * (int64_t)MS);
    sched_free(s);
  }
}

// --- a function after a while

static Step fired(Worker *w, uint64_t *f) {
  atomic_fetch_add(&woken, 1);
  return STEP_EXIT;
}
static Step after(Worker *w, uint64_t *f) {
  if (f[0] == 0) {
    timer_reset(w, timer_new_closure(w, fake_closure(w->heap, fired)), 3 * MS, 0);
    Timer *stopped = timer_new_closure(w, fake_closure(w->heap, fired));
    timer_reset(w, stopped, 3 * MS, 0);
    cr_assert(timer_stop(w, stopped));
    cr_assert(!timer_stop(w, stopped));
  }
  if (f[0]++ < 10) return timer_sleep(w, MS) ? STEP_PARKED : STEP_ON;
  cr_assert_eq(woken, 1);
  return STEP_EXIT;
}
Test(timer, functions) {
  EACH_SETTING(i) {
    Sched *s = fake_sched(settings[i].policy, settings[i].workers, 5);
    woken = 0;
    cr_assert_eq(fake_main(s, after), SCHED_STOPPED);
    sched_free(s);
  }
}

// --- a timer on which nobody waits is in no heap: it cannot hide a deadlock

static Step forgotten(Worker *w, uint64_t *f) {
  timer_reset(w, timer_new_chan(w, &chan_int, time_value), MS, MS);
  return fake_chan(chan_recv(w, NULL, &f[1], NULL));
}
Test(timer, forgotten_ones_hide_no_deadlock) {
  EACH_SETTING(i) {
    Sched *s = fake_sched(settings[i].policy, settings[i].workers, 5);
    cr_assert_eq(fake_main(s, forgotten), SCHED_DEADLOCK);
    sched_free(s);
  }
}
