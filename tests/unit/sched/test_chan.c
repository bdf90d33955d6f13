// Channels and select, with one worker, several, and in seeded order.
#include <criterion/criterion.h>

#include "fake.h"

static const struct { const Policy *policy; uint32_t workers; } settings[] = {
  {&policy_parallel, 1}, {&policy_parallel, 2}, {&policy_parallel, 8}, {&policy_seeded, 1},
};
#define EACH_SETTING(i) for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)

// What goroutines share: a root, so that the collector sees it.
typedef struct { Chan *c[40]; _Atomic uint64_t sum, count; } Shared;
static Shared *shared;
static Shared *fresh(void) { return shared = heap_root(sizeof *shared); }

static Sched *setup(size_t i) {
  Sched *s = fake_sched(settings[i].policy, settings[i].workers, 3 + i);
  fresh();
  return s;
}

// --- producers and consumers over channels of several capacities

enum { EACH = 3000, PRODUCERS = 4, CONSUMERS = 3 };

static Step produce(Worker *w, uint64_t *f) {
  if (f[0] == EACH) {
    if (atomic_fetch_add(&shared->count, 1) + 1 == PRODUCERS) chan_close(w, shared->c[0]);
    return STEP_EXIT;
  }
  f[1] = ++f[0];
  return fake_chan(chan_send(w, shared->c[0], &f[1]));
}
static Step consume(Worker *w, uint64_t *f) {
  if (f[0]++) {
    if (!f[2]) {
      f[3] = 1;
      return f[0] = 0, f[4]++ ? STEP_EXIT : fake_chan(chan_send(w, shared->c[1], &f[3]));
    }
    atomic_fetch_add(&shared->sum, f[1]);
  }
  return fake_chan(chan_recv(w, shared->c[0], &f[1], &f[2]));
}
static Step traffic(Worker *w, uint64_t *f) {
  if (f[0] == 0) {
    shared->c[0] = chan_new(w->heap, &chan_int, (int64_t)shared->count);
    shared->count = 0;
    shared->c[1] = chan_new(w->heap, &chan_int, 0);
    for (int i = 0; i < PRODUCERS; i++) fake_go(w, produce, 0, 0);
    for (int i = 0; i < CONSUMERS; i++) fake_go(w, consume, 0, 0);
  }
  if (f[0]++ == CONSUMERS) return STEP_EXIT;
  return fake_chan(chan_recv(w, shared->c[1], &f[1], NULL));
}

Test(chan, values_arrive_once) {
  EACH_SETTING(i) {
    for (uint64_t capacity = 0; capacity < 70; capacity = capacity * 4 + 1) {
      Sched *s = setup(i);
      shared->count = capacity;
      cr_assert_eq(fake_main(s, traffic), SCHED_STOPPED);
      cr_assert_eq(shared->sum, (uint64_t)PRODUCERS * EACH * (EACH + 1) / 2, "capacity %lu", capacity);
      sched_free(s);
    }
  }
}

// --- order, pairs, closing, nil

static Step sequence(Worker *w, uint64_t *f) {
  uint64_t v[2], ok;
  Chan *c = chan_new(w->heap, &chan_string, 3);
  cr_assert_eq(chan_cap(c), 3);
  for (uint64_t i = 0; i < 3; i++) {
    v[0] = 10 + i, v[1] = i;
    uint64_t pair[2] __attribute__((aligned(16))) = {v[0], v[1]};
    cr_assert_eq(chan_send(w, c, pair), CHAN_DONE);
  }
  cr_assert_eq(chan_len(w, c), 3);
  uint64_t pair[2] __attribute__((aligned(16)));
  cr_assert_eq(chan_try_send(w, c, pair), CHAN_WOULD_BLOCK);
  for (uint64_t i = 0; i < 3; i++) {
    cr_assert_eq(chan_recv(w, c, pair, &ok), CHAN_DONE);
    cr_assert_eq(pair[0], 10 + i);
    cr_assert_eq(pair[1], i);
    cr_assert_eq(ok, 1);
  }
  cr_assert_eq(chan_try_recv(w, c, pair, &ok), CHAN_WOULD_BLOCK);
  cr_assert_eq(chan_send(w, c, pair), CHAN_DONE);
  cr_assert_eq(chan_close(w, c), CHAN_DONE);
  cr_assert_eq(chan_close(w, c), CHAN_CLOSED);
  cr_assert_eq(chan_send(w, c, pair), CHAN_CLOSED);
  cr_assert_eq(chan_try_send(w, c, pair), CHAN_CLOSED);
  cr_assert_eq(chan_recv(w, c, pair, &ok), CHAN_DONE);
  cr_assert_eq(ok, 1);
  cr_assert_eq(chan_recv(w, c, pair, &ok), CHAN_DONE);
  cr_assert_eq(ok, 0);
  cr_assert_eq(pair[0], 0);
  cr_assert_eq(chan_close(w, NULL), CHAN_NIL);
  cr_assert_eq(chan_try_send(w, NULL, pair), CHAN_WOULD_BLOCK);
  cr_assert_eq(chan_try_recv(w, NULL, pair, &ok), CHAN_WOULD_BLOCK);
  cr_assert_eq(chan_len(w, NULL), 0);
  cr_assert_null(chan_new(w->heap, &chan_int, -1));
  cr_assert_null(chan_new(w->heap, &chan_int, INT64_MAX));
  return STEP_EXIT;
}
Test(chan, order_close_and_nil) {
  Sched *s = setup(0);
  cr_assert_eq(fake_main(s, sequence), SCHED_STOPPED);
  sched_free(s);
}

// --- close wakes receivers with zero, senders with a panic

static Step blocked_receiver(Worker *w, uint64_t *f) {
  if (f[0]++ == 0) {
    f[1] = f[2] = 77;
    return fake_chan(chan_recv(w, shared->c[0], &f[1], &f[2]));
  }
  cr_assert_eq(f[1], 0);
  cr_assert_eq(f[2], 0);
  atomic_fetch_add(&shared->count, 1);
  return STEP_EXIT;
}
static Step blocked_sender(Worker *w, uint64_t *f) {
  if (f[0]++ == 0) return fake_chan(chan_send(w, shared->c[1], &f[1]));
  cr_assert_eq(w->g->wake_action, WAKE_SEND_CLOSED);
  w->g->wake_action = WAKE_NONE;
  atomic_fetch_add(&shared->count, 1);
  return STEP_EXIT;
}
static Step close_both(Worker *w, uint64_t *f) {
  switch (f[0]++) {
  case 0:
    shared->c[0] = chan_new(w->heap, &chan_int, 0);
    shared->c[1] = chan_new(w->heap, &chan_int, 0);
    for (int i = 0; i < 1000; i++) fake_go(w, i % 2 ? blocked_receiver : blocked_sender, 0, 0);
    return STEP_ON;
  case 1: return timer_sleep(w, 20000000) ? STEP_PARKED : STEP_ON;
  case 2:
    chan_close(w, shared->c[0]);
    chan_close(w, shared->c[1]);
    return STEP_ON;
  default: return atomic_load(&shared->count) == 1000 ? STEP_EXIT : STEP_YIELD;
  }
}
Test(chan, close_wakes_everybody) {
  EACH_SETTING(i) {
    Sched *s = setup(i);
    cr_assert_eq(fake_main(s, close_both), SCHED_STOPPED);
    sched_free(s);
  }
}

// --- select. Frames: f[1] chosen; channels at f[2 ..]; value f[6], ok f[7]

static Instr select_op(uint32_t cases, bool has_default) { return (Instr){.op = OP_SELECT, .a = 3, .b = (uint16_t)cases, .c = has_default}; }
static Instr select_case(bool recv, int chan_slot) {
  return (Instr){.s0 = recv, .s1 = (uint16_t)(2 + chan_slot), .s2 = 2 + 6, .s3 = recv ? 2 + 7 : 0xffff};
}

static Step choices(Worker *w, uint64_t *f) {
  uint64_t *fp = w->g->fp;
  Chan *a = chan_new(w->heap, &chan_int, 1), *b = chan_new(w->heap, &chan_int, 1);
  f[2] = (uint64_t)(uintptr_t)a, f[3] = (uint64_t)(uintptr_t)b, f[4] = 0;
  // nothing ready: default
  Instr op[4] = {select_op(2, true), select_case(true, 2), select_case(true, 3)};
  cr_assert_eq(select_run(w, fp, op), CHAN_DONE);
  cr_assert_eq(f[1], (uint64_t)-1);
  // one ready
  f[6] = 5;
  chan_send(w, b, &f[6]);
  f[6] = 0;
  cr_assert_eq(select_run(w, fp, op), CHAN_DONE);
  cr_assert_eq(f[1], 1);
  cr_assert_eq(f[6], 5);
  cr_assert_eq(f[7], 1);
  // nil channels are never ready
  Instr with_nil[4] = {select_op(2, true), select_case(true, 4), select_case(false, 4)};
  cr_assert_eq(select_run(w, fp, with_nil), CHAN_DONE);
  cr_assert_eq(f[1], (uint64_t)-1);
  // fair: both ready, again and again
  int chosen[2] = {0};
  for (int i = 0; i < 2000; i++) {
    chan_try_send(w, a, &f[6]), chan_try_send(w, b, &f[6]);
    cr_assert_eq(select_run(w, fp, op), CHAN_DONE);
    chosen[f[1]]++;
  }
  cr_assert(chosen[0] > 800 && chosen[1] > 800, "%d to %d", chosen[0], chosen[1]);
  // sending on a closed one
  chan_close(w, a);
  Instr send[3] = {select_op(1, true), select_case(false, 2)};
  cr_assert_eq(select_run(w, fp, send), CHAN_CLOSED);
  // receiving from a closed one
  while (chan_try_recv(w, a, &f[6], &f[7]) == CHAN_DONE && f[7]) {}
  while (chan_try_recv(w, b, &f[6], &f[7]) == CHAN_DONE) {}
  f[6] = f[7] = 9;
  cr_assert_eq(select_run(w, fp, op), CHAN_DONE);
  cr_assert_eq(f[1], 0);
  cr_assert_eq(f[6], 0);
  cr_assert_eq(f[7], 0);
  return STEP_EXIT;
}
Test(select, choices) {
  EACH_SETTING(i) {
    Sched *s = setup(i);
    cr_assert_eq(fake_main(s, choices), SCHED_STOPPED);
    sched_free(s);
  }
}

// Many selecting goroutines on both sides of the same channels: everything sent is received, once.
static Step selecting_sender(Worker *w, uint64_t *f) {
  if (f[0] == 0)
    for (int i = 0; i < 3; i++) f[2 + i] = (uint64_t)(uintptr_t)shared->c[i];
  if (f[0]++ == EACH) {
    atomic_fetch_add(&shared->count, 1);
    return STEP_EXIT;
  }
  f[6] = f[0];
  static const Instr op[4] = {{.op = OP_SELECT, .a = 3, .b = 3}, {.s0 = 0, .s1 = 4, .s2 = 8, .s3 = 0xffff},
                              {.s0 = 0, .s1 = 5, .s2 = 8, .s3 = 0xffff}, {.s0 = 0, .s1 = 6, .s2 = 8, .s3 = 0xffff}};
  return fake_chan(select_run(w, w->g->fp, op));
}
static Step selecting_receiver(Worker *w, uint64_t *f) {
  if (f[0]++ == 0) {
    for (int i = 0; i < 4; i++) f[2 + i] = (uint64_t)(uintptr_t)shared->c[i];
  } else if (f[1] == 3) { // the stop channel
    atomic_fetch_add(&shared->count, 1);
    return STEP_EXIT;
  } else {
    cr_assert_eq(f[7], 1);
    atomic_fetch_add(&shared->sum, f[6]);
  }
  static const Instr op[5] = {{.op = OP_SELECT, .a = 3, .b = 4}, {.s0 = 1, .s1 = 4, .s2 = 8, .s3 = 9}, {.s0 = 1, .s1 = 5, .s2 = 8, .s3 = 9},
                              {.s0 = 1, .s1 = 6, .s2 = 8, .s3 = 9}, {.s0 = 1, .s1 = 7, .s2 = 8, .s3 = 9}};
  return fake_chan(select_run(w, w->g->fp, op));
}
static Step select_traffic(Worker *w, uint64_t *f) {
  if (f[0] == 0) {
    f[0] = 1;
    for (int i = 0; i < 3; i++) shared->c[i] = chan_new(w->heap, &chan_int, i == 2 ? 2 : 0);
    shared->c[3] = chan_new(w->heap, &chan_int, 0);
    for (int i = 0; i < PRODUCERS; i++) fake_go(w, selecting_sender, 0, 0);
    for (int i = 0; i < CONSUMERS; i++) fake_go(w, selecting_receiver, 0, 0);
  }
  if (f[0] == 1) {
    // all sent, and what is in the buffer fetched
    if (atomic_load(&shared->count) < PRODUCERS || chan_len(w, shared->c[2])) return STEP_YIELD;
    f[0] = 2;
    chan_close(w, shared->c[3]);
  }
  return atomic_load(&shared->count) == PRODUCERS + CONSUMERS ? STEP_EXIT : STEP_YIELD;
}
Test(select, values_arrive_once) {
  EACH_SETTING(i) {
    Sched *s = setup(i);
    cr_assert_eq(fake_main(s, select_traffic), SCHED_STOPPED);
    cr_assert_eq(shared->sum, (uint64_t)PRODUCERS * EACH * (EACH + 1) / 2);
    sched_free(s);
  }
}

// One select that sends and receives on the same channel, twice each: two such goroutines trade with each other, never with themselves.
static Step trader(Worker *w, uint64_t *f) {
  if (f[0]++ == EACH) {
    // the partner may be left alone: let it go
    if (atomic_fetch_add(&shared->count, 1) == 0) chan_close(w, shared->c[1]);
    return STEP_EXIT;
  }
  f[2] = (uint64_t)(uintptr_t)shared->c[0], f[3] = (uint64_t)(uintptr_t)shared->c[1];
  static const Instr op[6] = {{.op = OP_SELECT, .a = 3, .b = 5}, {.s0 = 0, .s1 = 4, .s2 = 8, .s3 = 0xffff}, {.s0 = 1, .s1 = 4, .s2 = 9, .s3 = 0xffff},
                              {.s0 = 0, .s1 = 4, .s2 = 8, .s3 = 0xffff}, {.s0 = 1, .s1 = 4, .s2 = 9, .s3 = 0xffff}, {.s0 = 1, .s1 = 5, .s2 = 0xffff, .s3 = 0xffff}};
  return fake_chan(select_run(w, w->g->fp, op));
}
static Step trade(Worker *w, uint64_t *f) {
  if (f[0]++ == 0) {
    shared->c[0] = chan_new(w->heap, &chan_int, 0);
    shared->c[1] = chan_new(w->heap, &chan_int, 0);
    fake_go(w, trader, 0, 0), fake_go(w, trader, 0, 0);
  }
  return atomic_load(&shared->count) == 2 ? STEP_EXIT : STEP_YIELD;
}
Test(select, both_sides_of_one_channel) {
  EACH_SETTING(i) {
    Sched *s = setup(i);
    cr_assert_eq(fake_main(s, trade), SCHED_STOPPED);
    sched_free(s);
  }
}

// More cases than are kept on the C stack.
static Instr wide[42];
static Step wide_select(Worker *w, uint64_t *f) {
  switch (f[0]++) {
  case 0:
    for (int i = 0; i < 40; i++) wide[1 + i] = select_case(true, i == 33 ? 3 : 2);
    wide[0] = select_op(40, false);
    f[2] = (uint64_t)(uintptr_t)(shared->c[0] = chan_new(w->heap, &chan_int, 0));
    f[3] = (uint64_t)(uintptr_t)(shared->c[1] = chan_new(w->heap, &chan_int, 1));
    f[6] = 8;
    chan_send(w, shared->c[1], &f[6]);
    return fake_chan(select_run(w, w->g->fp, wide));
  default:
    cr_assert_eq(f[1], 33);
    cr_assert_eq(f[6], 8);
    return STEP_EXIT;
  }
}
Test(select, many_cases) {
  EACH_SETTING(i) {
    Sched *s = setup(i);
    cr_assert_eq(fake_main(s, wide_select), SCHED_STOPPED);
    sched_free(s);
  }
}
