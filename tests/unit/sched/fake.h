// A stand-in for the interpreter: a goroutine's code is a C function called again and again until it says that it is done. Its
// state lies in the goroutine's frame, as a real one's would.
//
//   static Step pong(Worker *w, uint64_t *f) {          f: slots of the frame; f[0] is 0 at first: where it is
//     switch (f[0]++) { case 0: return fake_chan(chan_recv(w, c, &f[4], NULL)); ... default: return STEP_EXIT; }
//   }
//
// After a call that parked it a step returns at once and touches nothing of the goroutine: it may run elsewhere already.
#ifndef TESTS_SCHED_FAKE_H
#define TESTS_SCHED_FAKE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sched/chan.h"
#include "sched/sched.h"
#include "sched/sync.h"

typedef enum { STEP_ON, STEP_PARKED, STEP_YIELD, STEP_EXIT, STEP_GOEXIT } Step;
typedef Step (*StepFn)(Worker *w, uint64_t *f);

enum { FAKE_FRAME = 24, FAKE_ARGS = 8 }; // arguments are f[8] and following

static Instr fake_code[2];
static Function fake_function = {.code = fake_code, .frame_slots = FAKE_FRAME, .param_slot = 2 + FAKE_ARGS, .param_slots = 4, .name = "fake"};

static inline Closure *fake_closure(HeapCache *heap, StepFn step) {
  Closure *c = heap_alloc(heap, sizeof *c + 8, false);
  c->function = &fake_function;
  c->captures[0] = (uint64_t)(uintptr_t)step;
  return c;
}

static inline Goroutine *fake_go(Worker *w, StepFn step, uint64_t a, uint64_t b) {
  uint64_t args[2] = {a, b};
  Goroutine *g = sched_go(w, fake_closure(w->heap, step), args, 2, fake_code);
  memset(g->fp + 2, 0, FAKE_ARGS * 8);
  return g;
}

static inline void fake_run(Worker *w, Goroutine *g) {
  while (g) {
    if (g->wake_action == WAKE_RETRY) { // the same step again
      g->wake_action = WAKE_NONE;
      g->fp[2]--;
    }
    StepFn step = (StepFn)(uintptr_t)((Closure *)(uintptr_t)g->fp[1])->captures[0];
    switch (step(w, g->fp + 2)) {
    case STEP_ON:
      if (--w->budget <= 0) g = sched_tick(w);
      break;
    case STEP_PARKED: g = sched_next(w); break;
    case STEP_YIELD: g = sched_gosched(w); break;
    case STEP_EXIT: g = sched_exit(w, false); break;
    case STEP_GOEXIT: g = sched_exit(w, true); break;
    }
    if (g && --w->budget <= 0) g = sched_tick(w);
  }
}

static inline Step fake_chan(ChanResult r) { return r == CHAN_PARKED ? STEP_PARKED : STEP_ON; }
static inline Step fake_sync(SyncResult r) { return r == SYNC_DONE ? STEP_ON : STEP_PARKED; }
static inline Sched *fake_sched(const Policy *policy, uint32_t workers, uint64_t seed) {
  static bool begun;
  if (!begun) {
    const char *stress = getenv("GOL_TEST_GCSTRESS"); // collect at every n-th allocation
    if (stress) heap_set_stress((uint32_t)atoi(stress));
    heap_init(NULL);
  }
  begun = true;
  return sched_new(&(SchedConfig){.policy = policy, .workers = workers, .seed = seed, .spread = workers == 8, .hooks = {.run = fake_run, .bottom = fake_code}});
}

static inline SchedEnd fake_main(Sched *s, StepFn step) {
  Worker *w = sched_worker(s, 0);
  // A recycled goroutine's frame is not zeroed; main gets a clean one through an argument-less start, see fake_start.
  return sched_run(s, fake_closure(w->heap, step));
}

// Channel types for tests.
static RType fake_int = {.kind = KIND_INT, .shape = SHAPE_WORD, .align = 8, .pointer_free = true, .size = 8, .slots = 1, .string = "int"};
static RType fake_string = {.kind = KIND_STRING, .shape = SHAPE_PAIR, .align = 16, .size = 16, .slots = 2, .string = "string"};
static RType fake_unit = {.kind = KIND_STRUCT, .shape = SHAPE_NONE, .align = 1, .pointer_free = true, .size = 0, .slots = 0, .string = "struct {}"};
static RType chan_int = {.kind = KIND_CHAN, .shape = SHAPE_WORD, .align = 8, .size = 8, .slots = 1, .elem = &fake_int, .string = "chan int"};
static RType chan_string = {.kind = KIND_CHAN, .shape = SHAPE_WORD, .align = 8, .size = 8, .slots = 1, .elem = &fake_string, .string = "chan string"};
static RType chan_unit = {.kind = KIND_CHAN, .shape = SHAPE_WORD, .align = 8, .size = 8, .slots = 1, .elem = &fake_unit, .string = "chan struct {}"};

static inline int64_t fake_clock(void) {
  struct timespec ts;
  clock_gettime(CLOCK_MONOTONIC, &ts);
  return ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static inline void fake_use_all(void) { (void)chan_int, (void)chan_string, (void)chan_unit; }

#endif
