// The helper: jobs in their order, with what they wrote; names that two threads intern.
#include <criterion/criterion.h>

#include "base/helper.h"
#include "base/os.h"
#include "base/text.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
  HelperJob job;
  unsigned number;
  unsigned *done; // helper only, until it is waited for
} Count;

static void count(HelperJob *job) {
  Count *c = (Count *)job;
  if (*c->done == c->number) ++*c->done; // else it is out of order, and so are all that follow
  free(c);
}

static void give(Helper *h, unsigned from, unsigned to, unsigned *done) {
  for (unsigned i = from; i < to; i++) {
    Count *c = malloc(sizeof *c);
    *c = (Count){{.run = count}, i, done};
    helper_give(h, &c->job);
  }
}

Test(helper, jobs_are_done_in_their_order) {
  for (int round = 0; round < 20; round++) {
    Helper h;
    unsigned done = 0;
    helper_init(&h);
    give(&h, 0, 1, &done); // fewer than a thread is woken for
    helper_wait(&h);
    cr_assert_eq(done, 1u);
    helper_wait(&h);
    give(&h, 1, 1000, &done);
    helper_hurry(&h);
    give(&h, 1000, 1010, &done);
    helper_wait(&h);
    cr_assert_eq(done, 1010u);
    give(&h, 1010, 2000, &done);
    helper_deinit(&h); // waits, too
    cr_assert_eq(done, 2000u);
  }
}

typedef struct {
  HelperJob job;
  unsigned *value;    // freed by it
  unsigned *finished; // atomic
} Late;

static void finish_late(HelperJob *job) {
  Late *late = (Late *)job;
  unsigned value = *late->value;
  free(late->value);
  __atomic_store_n(late->finished, value, __ATOMIC_RELEASE);
  free(late);
}

static void give_late(Helper *h, unsigned value, unsigned *finished) {
  Late *late = malloc(sizeof *late);
  *late = (Late){{.run = finish_late}, malloc(sizeof value), finished};
  *late->value = value;
  helper_give_late(h, &late->job);
}

Test(helper, late_jobs_are_done_behind_all_others) {
  static unsigned finished[2];
  for (unsigned round = 1; round < 100; round++) {
    Helper h;
    unsigned done = 0;
    helper_init(&h);
    give_late(&h, round, &finished[0]);
    give(&h, 0, 20, &done);
    give_late(&h, round, &finished[1]);
    helper_wait(&h);
    cr_assert_eq(done, 20u);
    cr_assert_eq(__atomic_load_n(&finished[0], __ATOMIC_ACQUIRE), round - 1);
    give(&h, 20, 40, &done);
    helper_deinit(&h);
    cr_assert_eq(done, 40u);
    for (int i = 0; i < 2; i++)
      while (__atomic_load_n(&finished[i], __ATOMIC_ACQUIRE) != round) sched_yield();
  }
}

typedef struct {
  HelperJob job;
  unsigned number, *next; // next: atomic
} Numbered;

static void take_number(HelperJob *job) {
  Numbered *n = (Numbered *)job;
  unsigned expected = n->number;
  __atomic_compare_exchange_n(n->next, &expected, n->number + 1, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED);
}

Test(helper, late_jobs_are_done_in_their_order) {
  static Numbered jobs[3];
  static unsigned next;
  Helper h;
  unsigned done = 0;
  helper_init(&h);
  give(&h, 0, 1, &done);
  for (unsigned i = 0; i < 3; i++) {
    jobs[i] = (Numbered){{.run = take_number}, i, &next};
    helper_give_late(&h, &jobs[i].job);
  }
  helper_deinit(&h);
  for (int64_t end = os_monotonic_ns() + 5000000000; __atomic_load_n(&next, __ATOMIC_ACQUIRE) != 3;) cr_assert(os_monotonic_ns() < end);
}

Test(helper, late_jobs_need_no_thread) {
  static unsigned finished;
  Helper h;
  helper_init(&h);
  give_late(&h, 7, &finished);
  cr_assert_eq(finished, 0u);
  helper_deinit(&h);
  cr_assert_eq(finished, 7u);
}

Test(helper, without_jobs_there_is_no_thread) {
  Helper h;
  helper_init(&h);
  helper_wait(&h);
  helper_hurry(&h);
  cr_assert_eq(h.state, HELPER_NEW);
  helper_deinit(&h);
}

enum { NAMES = 5000 };

typedef struct {
  HelperJob job;
  Names *names;
  const Name *found[NAMES];
} Interning;

static const Name *name_of_number(Names *names, int i) {
  char text[32];
  return name_intern(names, text, (size_t)snprintf(text, sizeof text, "name%d", i * 7 % NAMES));
}

static void intern(Names *names, const Name **found) {
  for (int i = 0; i < NAMES; i++) found[i] = name_of_number(names, i);
}

// In the other order: each thread puts names where the other one wants to put others.
static void intern_there(HelperJob *job) {
  Interning *there = (Interning *)job;
  for (int i = NAMES; i-- > 0;) there->found[i] = name_of_number(there->names, i);
}

Test(helper, names_of_two_threads_are_the_same) {
  static Interning here, there;
  for (int round = 0; round < 50; round++) {
    Names names;
    Helper h;
    names_init(&names);
    names.shared = true;
    helper_init(&h);
    there = (Interning){.job = {.run = intern_there}, .names = &names};
    helper_give(&h, &there.job);
    helper_hurry(&h);
    intern(&names, here.found);
    helper_wait(&h);
    for (int i = 0; i < NAMES; i++) {
      cr_assert_eq(here.found[i], there.found[i]);
      cr_assert_eq(here.found[i], name_of_number(&names, i));
    }
    cr_assert_eq(names.len, (uint32_t)NAMES);
    helper_deinit(&h);
    names_deinit(&names);
  }
}
