// Run queues, spawning, recycling, fairness, deadlock, policies.
#include <criterion/criterion.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include "fake.h"
#include "sched/poller.h"

static _Atomic uint64_t total, done;
static Chan *channel; // also on main's frame, so that the collector sees it

static const struct { const Policy *policy; uint32_t workers; } settings[] = {
  {&policy_parallel, 1}, {&policy_parallel, 2}, {&policy_parallel, 8}, {&policy_seeded, 1},
};
#define EACH_SETTING(i) for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)

// --- spawn many, each works a little

static Step add_one(Worker *w, uint64_t *f) {
  if (f[0]++ < 50) return f[0] % 10 == 0 ? STEP_YIELD : STEP_ON;
  atomic_fetch_add(&total, f[8]);
  atomic_fetch_add(&done, 1);
  return STEP_EXIT;
}

enum { MANY = 20000 };

static Step spawn_many(Worker *w, uint64_t *f) {
  if (f[0] < MANY) {
    fake_go(w, add_one, ++f[0], 0);
    return STEP_ON;
  }
  return atomic_load(&done) == MANY ? STEP_EXIT : STEP_YIELD;
}

Test(sched, every_goroutine_runs_once) {
  EACH_SETTING(i) {
    Sched *s = fake_sched(settings[i].policy, settings[i].workers, 7);
    total = done = 0;
    cr_assert_eq(fake_main(s, spawn_many), SCHED_STOPPED);
    cr_assert_eq(total, (uint64_t)MANY * (MANY + 1) / 2, "%s with %u workers", settings[i].policy->name, settings[i].workers);
    sched_free(s);
  }
}

// --- the order with one worker: the newest first, then as they came (as Go's)

static char order[64];
static Step note(Worker *w, uint64_t *f) {
  size_t n = strlen(order);
  order[n] = (char)('0' + f[8]);
  return STEP_EXIT;
}
static Step spawn_in_order(Worker *w, uint64_t *f) {
  if (f[0] < 5) {
    fake_go(w, note, f[0]++, 0);
    return STEP_ON;
  }
  return strlen(order) == 5 ? STEP_EXIT : STEP_YIELD;
}

Test(sched, newest_runs_first_the_others_as_they_came) {
  Sched *s = fake_sched(&policy_parallel, 1, 1);
  memset(order, 0, sizeof order);
  fake_main(s, spawn_in_order);
  cr_assert_str_eq(order, "40123");
  sched_free(s);
}

Test(sched, same_seed_same_order) {
  char first[64], other[3][64];
  for (int k = 0; k < 5; k++) {
    Sched *s = fake_sched(&policy_seeded, 0, k < 2 ? 42 : 100 + (uint64_t)k);
    memset(order, 0, sizeof order);
    fake_main(s, spawn_in_order);
    sched_free(s);
    cr_assert_eq(strlen(order), 5);
    if (k == 0) strcpy(first, order);
    else if (k == 1) cr_assert_str_eq(first, order);
    else strcpy(other[k - 2], order);
  }
  cr_assert(strcmp(first, other[0]) || strcmp(first, other[1]) || strcmp(first, other[2]));
}

// --- finished goroutines are used again; ids are not

static uint64_t highest;
static Step nothing(Worker *w, uint64_t *f) { return STEP_EXIT; }
static Step spawn_in_turn(Worker *w, uint64_t *f) {
  if (f[0]++ >= 10000) {
    cr_assert_eq(sched_count(w->sched), 1); // main: the others have ended
    return STEP_EXIT;
  }
  Goroutine *g = fake_go(w, nothing, 0, 0);
  cr_assert_eq(g->creator, 1);
  highest = g->id;
  return STEP_YIELD;
}

Test(sched, goroutines_are_used_again) {
  Sched *s = fake_sched(&policy_parallel, 1, 1);
  fake_main(s, spawn_in_turn);
  cr_assert_eq(highest, 10001);
  sched_free(s);
}

// --- growing a stack

static Step grow(Worker *w, uint64_t *f) {
  f[1] = 11, f[2] = 22;
  Goroutine *g = w->g;
  uint64_t *old = g->fp;
  cr_assert(goroutine_grow(w, g, 1000));
  cr_assert_neq(g->fp, old);
  cr_assert(g->stack_end - g->fp >= 1000);
  cr_assert_eq(g->fp[3], 11);
  cr_assert_eq(g->fp[4], 22);
  cr_assert(!goroutine_grow(w, g, GOROUTINE_STACK_MAX + 1));
  return STEP_EXIT;
}
Test(sched, stacks_grow_with_their_contents) {
  Sched *s = fake_sched(&policy_parallel, 1, 1);
  fake_main(s, grow);
  sched_free(s);
}

// --- a loop without end does not keep others from running

static Step endless(Worker *w, uint64_t *f) {
  for (int i = 0; i < 100; i++) __asm__ volatile("" ::: "memory");
  return STEP_ON;
}
static Step ticking(Worker *w, uint64_t *f) {
  if (f[0]++ >= 20) return STEP_EXIT;
  return timer_sleep(w, 1000000) ? STEP_PARKED : STEP_ON;
}
static Step beside_endless(Worker *w, uint64_t *f) {
  if (f[1]++ == 0)
    for (int i = 0; i < 3; i++) fake_go(w, endless, 0, 0);
  return ticking(w, f);
}
Test(sched, endless_loops_starve_nobody) {
  EACH_SETTING(i) {
    Sched *s = fake_sched(settings[i].policy, settings[i].workers, 1);
    int64_t start = fake_clock();
    cr_assert_eq(fake_main(s, beside_endless), SCHED_STOPPED);
    cr_assert_lt(fake_clock() - start, 5000000000);
    sched_free(s);
  }
}

// --- deadlock

static Step wait_for_ever(Worker *w, uint64_t *f) { return fake_chan(chan_recv(w, channel, &f[1], NULL)); }
static Step all_asleep(Worker *w, uint64_t *f) {
  if (f[0]++ == 0) {
    channel = chan_new(w->heap, &chan_int, 0);
    f[2] = (uint64_t)(uintptr_t)channel;
    for (int i = 0; i < 100; i++) fake_go(w, wait_for_ever, 0, 0);
  }
  return wait_for_ever(w, f);
}
static void count_one(Goroutine *g, void *context) {
  cr_assert_eq(goroutine_status(g), G_WAITING);
  cr_assert_str_eq(wait_reason_text((WaitReason)g->wait_reason), "chan receive");
  cr_assert_eq(g->id, (uint64_t)++*(int *)context); // in order
}
Test(sched, all_asleep_is_a_deadlock) {
  EACH_SETTING(i) {
    Sched *s = fake_sched(settings[i].policy, settings[i].workers, 1);
    cr_assert_eq(fake_main(s, all_asleep), SCHED_DEADLOCK);
    int n = 0;
    sched_each(s, count_one, &n);
    cr_assert_eq(n, 101);
    n = 0;
    sched_each_blocked(s, count_one, &n);
    cr_assert_eq(n, 101);
    sched_free(s);
  }
}

static Step goexit(Worker *w, uint64_t *f) { return f[0]++ == 0 ? (fake_go(w, add_one, 1, 0), STEP_ON) : STEP_GOEXIT; }
Test(sched, main_called_goexit) {
  EACH_SETTING(i) {
    Sched *s = fake_sched(settings[i].policy, settings[i].workers, 1);
    done = 0;
    cr_assert_eq(fake_main(s, goexit), SCHED_NO_GOROUTINES);
    cr_assert_eq(done, 1);
    sched_free(s);
  }
}

// A sleeper, however long, is no deadlock.
static Step sleep_then_exit(Worker *w, uint64_t *f) {
  if (f[0]++) return STEP_EXIT;
  return timer_sleep(w, 30000000) ? STEP_PARKED : STEP_ON;
}
Test(sched, a_sleeper_is_no_deadlock) {
  EACH_SETTING(i) {
    Sched *s = fake_sched(settings[i].policy, settings[i].workers, 1);
    cr_assert_eq(fake_main(s, sleep_then_exit), SCHED_STOPPED);
    sched_free(s);
  }
}

// --- several runs of one scheduler, as a REPL makes them

Test(sched, runs_one_after_another) {
  EACH_SETTING(i) {
    Sched *s = fake_sched(settings[i].policy, settings[i].workers, 7);
    for (int k = 0; k < 3; k++) {
      total = done = 0;
      sched_run(s, fake_closure(sched_worker(s, 0)->heap, sleep_then_exit));
    }
    sched_free(s);
  }
}

// --- blocking calls and descriptors

static void slow_call(HeapCache *heap, uint64_t *fp) {
  usleep(20000);
  fp[2 + 5] = 99;
}
static Step calls(Worker *w, uint64_t *f) {
  if (f[0]++ == 0) return blocking_call(w, slow_call, w->g->fp) ? STEP_PARKED : STEP_ON;
  cr_assert_eq(f[5], 99);
  atomic_fetch_add(&done, 1);
  return STEP_EXIT;
}
static Step many_calls(Worker *w, uint64_t *f) {
  if (f[0] == 0) {
    f[0] = 1;
    for (int i = 0; i < 20; i++) fake_go(w, calls, 0, 0);
  }
  if (atomic_load(&done) == 20) return STEP_EXIT;
  return timer_sleep(w, 1000000) ? STEP_PARKED : STEP_ON;
}
static Step one_call(Worker *w, uint64_t *f) { return calls(w, f); }
Test(sched, blocking_calls_hold_up_nobody) {
  EACH_SETTING(i) {
    Sched *s = fake_sched(settings[i].policy, settings[i].workers, 7);
    done = 0;
    int64_t start = fake_clock();
    cr_assert_eq(fake_main(s, many_calls), SCHED_STOPPED);
    if (!settings[i].policy->virtual_time) cr_assert_lt(fake_clock() - start, 300000000); // 20 of 20 ms each, at once
    sched_free(s);
  }
}
Test(sched, a_blocking_call_is_no_deadlock) {
  Sched *s = fake_sched(&policy_parallel, 2, 7);
  done = 0;
  cr_assert_eq(fake_main(s, one_call), SCHED_STOPPED);
  cr_assert_eq(done, 1);
  sched_free(s);
}

static int ends[2];
static Pollable *reader;
static Step read_pipe(Worker *w, uint64_t *f) {
  char c;
  f[0]++;
  if (!reader) cr_assert_not_null(reader = pollable_new(w, ends[0]));
  f[5] = (uint64_t)(uintptr_t)reader;
  if (f[4] == 3) return STEP_EXIT;
  ssize_t n = read(ends[0], &c, 1);
  if (n == 1) {
    f[4]++;
    return STEP_ON;
  }
  return pollable_wait(w, reader, POLL_READ) == POLL_PARKED ? STEP_PARKED : STEP_ON;
}
static void *write_pipe(void *argument) {
  for (int i = 0; i < 3; i++) {
    usleep(20000);
    cr_assert_eq(write(ends[1], "x", 1), 1);
  }
  return NULL;
}
Test(sched, descriptors_wake_their_readers) {
  for (uint32_t workers = 1; workers <= 4; workers *= 2) {
    Sched *s = fake_sched(&policy_parallel, workers, 7);
    reader = NULL;
    cr_assert_eq(pipe(ends), 0);
    pthread_t thread;
    pthread_create(&thread, NULL, write_pipe, NULL);
    cr_assert_eq(fake_main(s, read_pipe), SCHED_STOPPED);
    pthread_join(thread, NULL);
    sched_free(s);
    close(ends[0]), close(ends[1]);
  }
}

static Step read_with_deadline(Worker *w, uint64_t *f) {
  if (f[0]++ == 0) {
    reader = pollable_new(w, ends[0]);
    f[5] = (uint64_t)(uintptr_t)reader;
    pollable_set_deadline(w, reader, POLL_READ, sched_now(w) + 20000000);
    return STEP_ON;
  }
  PollResult r = pollable_wait(w, reader, POLL_READ);
  if (r == POLL_PARKED) return STEP_PARKED;
  cr_assert_eq(r, POLL_TIMEOUT);
  pollable_set_deadline(w, reader, POLL_READ, 0);
  pollable_close(w, reader);
  cr_assert_eq(pollable_wait(w, reader, POLL_READ), POLL_CLOSED);
  return STEP_EXIT;
}
Test(sched, deadlines_end_a_wait) {
  Sched *s = fake_sched(&policy_parallel, 2, 7);
  cr_assert_eq(pipe(ends), 0);
  cr_assert_eq(fake_main(s, read_with_deadline), SCHED_STOPPED);
  sched_free(s);
}
