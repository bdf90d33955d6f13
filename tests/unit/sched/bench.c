// What the scheduler costs, without an interpreter's part: goroutines are C functions (tests/unit/sched/fake.h).
//   bench-sched [NAME] [WORKERS] [cpu]      cpu: processor time instead of wall time, for a busy machine
#include <unistd.h>

#include "fake.h"

static int64_t started_at;
static bool cpu_time;
static int64_t clock_now(void) {
  struct timespec ts;
  clock_gettime(cpu_time ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &ts);
  return ts.tv_sec * 1000000000 + ts.tv_nsec;
}
static uint64_t goal;
static Chan *a, *b; // alive by main's frame too
static uint64_t group __attribute__((aligned(8)));
static uint32_t mutex;
static _Atomic uint64_t done;

static Step finish(const char *what, uint64_t ops) {
  printf("%-24s %8.1f ns\n", what, (double)(clock_now() - started_at) / (double)ops);
  return STEP_EXIT;
}
static void begin(Worker *w, uint64_t *f, int64_t capacity) {
  a = chan_new(w->heap, &chan_int, capacity), b = chan_new(w->heap, &chan_int, capacity);
  f[6] = (uint64_t)(uintptr_t)a, f[7] = (uint64_t)(uintptr_t)b;
  started_at = clock_now();
}

static Step echo(Worker *w, uint64_t *f) {
  return fake_chan(f[0]++ % 2 == 0 ? chan_recv(w, a, &f[1], NULL) : chan_send(w, b, &f[1]));
}
static Step pingpong(Worker *w, uint64_t *f) {
  goal = 2000000;
  if (f[0] == 0) begin(w, f, 0), fake_go(w, echo, 0, 0);
  if (f[0] == 2 * goal) return finish("ping-pong round trip", goal);
  return fake_chan(f[0]++ % 2 == 0 ? chan_send(w, a, &f[1]) : chan_recv(w, b, &f[2], NULL));
}

static Step feed(Worker *w, uint64_t *f) { return f[0]++ == 4000000 ? STEP_EXIT : fake_chan(chan_send(w, a, &f[0])); }
static Step buffered(Worker *w, uint64_t *f) {
  goal = 4000000;
  if (f[0] == 0) begin(w, f, 128), fake_go(w, feed, 0, 0);
  if (f[0]++ == goal) return finish("buffered send + receive", goal);
  return fake_chan(chan_recv(w, a, &f[1], NULL));
}

static Step leave(Worker *w, uint64_t *f) {
  waitgroup_add(w, &group, -1);
  return STEP_EXIT;
}
static Step leave_at_once(Worker *w, uint64_t *f) { return STEP_EXIT; }
static Step spawn_join(Worker *w, uint64_t *f) {
  goal = 2000000;
  if (f[0] == 0) begin(w, f, 0), f[5] = (uint64_t)(uintptr_t)fake_closure(w->heap, leave);
  if (f[0] == goal / 1000 * 1001) return finish("spawn + join", goal);
  if (f[0]++ % 1001 == 1000) {
    SyncResult r = waitgroup_wait(w, &group);
    return r == SYNC_DONE ? STEP_ON : STEP_PARKED;
  }
  waitgroup_add(w, &group, 1);
  sched_go(w, (Closure *)(uintptr_t)f[5], NULL, 0, fake_code);
  return STEP_ON;
}

static Step yielder(Worker *w, uint64_t *f) {
  return f[0]++ == 1000000 ? (waitgroup_add(w, &group, -1), STEP_EXIT) : STEP_YIELD;
}
static Step yields(Worker *w, uint64_t *f) {
  switch (f[0]++) {
  case 0:
    begin(w, f, 0);
    waitgroup_add(w, &group, 4);
    for (int i = 0; i < 4; i++) fake_go(w, yielder, 0, 0);
    return STEP_ON;
  case 1: return fake_sync(waitgroup_wait(w, &group));
  default: return finish("yield", 4000000);
  }
}

static Step locker(Worker *w, uint64_t *f) {
  switch (f[0]++) {
  case 0: return fake_sync(mutex_lock(w, &mutex));
  default:
    mutex_unlock(w, &mutex);
    f[0] = 0;
    return ++f[1] == 500000 ? (waitgroup_add(w, &group, -1), STEP_EXIT) : STEP_ON;
  }
}
static Step locks(Worker *w, uint64_t *f) {
  switch (f[0]++) {
  case 0:
    begin(w, f, 0);
    waitgroup_add(w, &group, 8);
    for (int i = 0; i < 8; i++) fake_go(w, locker, 0, 0);
    return STEP_ON;
  case 1: return fake_sync(waitgroup_wait(w, &group));
  default: return finish("contended lock + unlock", 4000000);
  }
}

static Step select_source(Worker *w, uint64_t *f) { return f[0]++ == 1000000 ? STEP_EXIT : fake_chan(chan_send(w, f[8] ? a : b, &f[0])); }
static Step select_two(Worker *w, uint64_t *f) {
  static const Instr op[3] = {{.op = OP_SELECT, .a = 3, .b = 2}, {.s0 = 1, .s1 = 8, .s2 = 4, .s3 = 5}, {.s0 = 1, .s1 = 9, .s2 = 4, .s3 = 5}};
  if (f[0] == 0) begin(w, f, 0), fake_go(w, select_source, 0, 0), fake_go(w, select_source, 1, 0);
  if (f[0]++ == 2000000) return finish("select of two", 2000000);
  return fake_chan(select_run(w, w->g->fp, op));
}

static Step parked(Worker *w, uint64_t *f) {
  if (f[0]++ == 0) return fake_chan(chan_recv(w, a, NULL, NULL));
  waitgroup_add(w, &group, -1);
  return STEP_EXIT;
}
static int64_t resident(void) {
  long size = 0, pages = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (!file || fscanf(file, "%ld %ld", &size, &pages) != 2) pages = 0;
  if (file) fclose(file);
  return pages * getpagesize();
}
static Step million(Worker *w, uint64_t *f) {
  enum { N = 1000000 };
  static int64_t before, t;
  switch (f[0]++) {
  case 0:
    begin(w, f, 0);
    before = resident();
    waitgroup_add(w, &group, N);
    f[5] = (uint64_t)(uintptr_t)fake_closure(w->heap, parked);
    return STEP_ON;
  case 1:
    for (int i = 0; i < N; i++) {
      Goroutine *g = sched_go(w, (Closure *)(uintptr_t)f[5], NULL, 0, fake_code);
      g->fp[2] = 0;
    }
    return STEP_YIELD;
  case 2: return STEP_YIELD;
  case 3:
    printf("%-24s %8.1f ns\n", "  spawn and park", (double)(clock_now() - started_at) / N);
    printf("%-24s %8ld\n", "  bytes a goroutine", (long)((resident() - before) / N));
    t = clock_now();
    heap_collect();
    printf("%-24s %8.1f ms\n", "  collection", (double)(clock_now() - t) / 1e6);
    chan_close(w, a);
    return STEP_ON;
  case 4: return fake_sync(waitgroup_wait(w, &group));
  default: return finish("million parked, released", N);
  }
}

static Step sleeper(Worker *w, uint64_t *f) {
  if (f[0]++ == 0) return timer_sleep(w, 1 + (int64_t)worker_random_below(w, 10000000)) ? STEP_PARKED : STEP_ON;
  waitgroup_add(w, &group, -1);
  return STEP_EXIT;
}
static Step sleepers(Worker *w, uint64_t *f) {
  enum { N = 100000 };
  if (f[0] < N) {
    if (f[0] == 0) begin(w, f, 0), waitgroup_add(w, &group, N);
    f[0]++;
    fake_go(w, sleeper, 0, 0);
    return STEP_ON;
  }
  if (f[0]++ == N) return fake_sync(waitgroup_wait(w, &group)); // again when woken
  return finish("sleeper (10 ms)", N);
}

static Step calls(Worker *w, uint64_t *f) {
  if (f[0] == 0) begin(w, f, 0);
  return f[0]++ == 20000000 ? finish("step (the driver's own)", 20000000) : STEP_ON;
}

static const struct { const char *name; StepFn step; } all[] = {
  {"step", calls}, {"pingpong", pingpong}, {"buffered", buffered}, {"spawn", spawn_join}, {"yield", yields}, {"lock", locks},
  {"select", select_two}, {"sleep", sleepers}, {"million", million},
};

// As an explorer makes them: many short runs.
static void runs(void) {
  enum { N = 2000 };
  started_at = clock_now();
  for (int i = 0; i < N; i++) {
    Sched *s = fake_sched(&policy_seeded, 1, 1);
    fake_main(s, leave_at_once);
    sched_free(s);
  }
  finish("whole run (seeded)", N);
}

int main(int argc, char **argv) {
  cpu_time = argc > 3;
  const char *only = argc > 1 ? argv[1] : "";
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    if (!strstr(all[i].name, only)) continue;
    Sched *s = fake_sched(&policy_parallel, argc > 2 ? (uint32_t)atoi(argv[2]) : 0, 1);
    fake_main(s, all[i].step);
    sched_free(s);
  }
  if (strstr("runs", only)) runs();
}
