// The scheduler of one Runtime: goroutines on workers. Knows nothing of what a goroutine executes: the VM's loop is a
// function in a table of hooks, called with a goroutine to run.
//
// The loop's side of the contract:
//   - w->g is the running goroutine. Before anything that may park, yield, tick or exit, save fp and pc (of the next
//     instruction) into it.
//   - a call that parked it returns PARKED; then `g = sched_next(w)`. NULL: return from the run hook; the scheduler looks
//     further and calls it again. Not NULL: go on with it: load fp and pc, look at wake_action.
//   - sched_tick when the budget runs out, sched_gosched for runtime.Gosched, sched_exit when a goroutine returns through
//     its bottom frame: each gives the goroutine to go on with, or NULL.
#ifndef SCHED_SCHED_H
#define SCHED_SCHED_H

#include "sched/goroutine.h"
#include "sched/policy.h"
#include "sched/worker.h"

typedef struct SchedHooks {
  // Interpret g, then whatever sched_next and the like give, until that is NULL. Called on every worker's thread.
  void (*run)(Worker *w, Goroutine *g);
  // A worker's thread begins or is about to end (make or free the VM's own state for it in w->watch ...); for worker 0 and the one
  // of sched_post, when the scheduler does. May be NULL.
  void (*worker_start)(Worker *w);
  void (*worker_stop)(Worker *w);
  // Flush what is buffered: everybody sleeps for the moment, or a while has passed. May be NULL. Any worker's thread, no lock held.
  void (*flush)(void *runtime);
  // What sched_attend asked for: on a worker at its tick of that number, or before it sleeps (0), no lock held; may make goroutines. May be NULL.
  void (*attend)(Worker *w, uint32_t tick);
  // A session's: the goroutine of sched_post has ended; nothing that runs can ever wake it. Both may be NULL: then that ends the run.
  // `ended` is called on its worker; `stuck` under Sched.lock with every worker idle: it may only tell somebody.
  void (*ended)(void *runtime);
  void (*stuck)(void *runtime);
  // The fake call instruction (two words, operand a = 0) that bottom frames return to; the instruction after it must end in sched_exit.
  const Instr *bottom;
} SchedHooks;

typedef struct SchedConfig {
  const Policy *policy;        // NULL: policy_parallel
  uint32_t workers;            // GOMAXPROCS; 0: all processors this process may use
  uint64_t seed;               // of select's choices and policy_seeded; 0: random (policy_parallel only)
  bool spread;                 // tests: give way often, and share goroutines between workers however short they run
  void *runtime;               // becomes Worker.runtime
  const Program *program;      // for the collector: pc to frame size
  SchedHooks hooks;
} SchedConfig;

// How a run ended.
typedef enum {
  SCHED_STOPPED,       // main returned, or sched_stop was called
  SCHED_DEADLOCK,      // "all goroutines are asleep - deadlock!"
  SCHED_NO_GOROUTINES, // "no goroutines (main called runtime.Goexit) - deadlock!"
} SchedEnd;

// The calling thread becomes worker 0. The heap must be initialised.
Sched *sched_new(const SchedConfig *config);
// Run `main` as goroutine 1 until it returns, somebody stops the run, or all are asleep for good. When it comes back with a
// deadlock no worker runs any goroutine; when stopped, others may still be on their way to their next tick: sched_free waits
// for them, a process about to exit need not.
SchedEnd sched_run(Sched *s, Closure *main);
// A session: run without a main goroutine until sched_stop, which another thread calls; so are these two, one at a time.
void sched_serve(Sched *s);
// Run `main` as the goroutine whose end the hook `ended` tells. Until then nothing else is to be posted.
Goroutine *sched_post(Sched *s, Closure *main, uint64_t *id);
// End the posted goroutine, if it still runs, as runtime.Goexit would: it runs its deferred calls. Not at once, and not as long as it is in
// a native or a blocking call. stuck: the hook of that name has told that it waits.
void sched_cancel(Sched *s, Goroutine *g, uint64_t id, bool stuck);
// A session is halted: sched_serve returns, and once sched_settle has come back as well no goroutine runs, and each is where it can go on.
// sched_resume lets them; then sched_serve is to be called again. All by the thread that posts, with nothing posted.
void sched_halt(Sched *s);
void sched_resume(Sched *s);
// End the run: every worker leaves its loop at its next tick. Any thread.
void sched_stop(Sched *s);
// After sched_run, by its thread: waits until no other worker runs a goroutine either. They stay where they were.
void sched_settle(Sched *s);
bool sched_stopping(const Sched *s);
// Joins the workers and helper threads (which waits for blocking calls to end) and frees everything.
void sched_free(Sched *s);
Worker *sched_worker(Sched *s, uint32_t index); // 0: the calling thread of sched_run; natives of initialisers use it
Worker *sched_poster(Sched *s);                 // a session's, that sched_post works with; else NULL

// Have the hook `attend` called soon. Any thread, whatever locks it holds; if no worker's own, it is not before some worker has something to do.
void sched_attend(Sched *s);

// --- the loop's side, on worker w with its running goroutine w->g

// The goroutine to go on with after the last one parked; NULL: return from the run hook.
static inline Goroutine *sched_next(Worker *w) {
  Goroutine *g = w->runnext;
  if (g) {
    w->runnext = NULL;
  } else {
    g = w->policy->next(w);
    if (!g) return w->g = NULL;
  }
  w->switches++;
  atomic_store_explicit(&g->status, G_RUNNING, memory_order_relaxed);
  atomic_signal_fence(memory_order_release); // before its frame changes: a collection may stop this thread anywhere
  return w->g = g;
}
// The budget has run out: refills it; timers, fairness, end of the run. Gives the goroutine to go on with (often the same).
Goroutine *sched_tick(Worker *w);
// runtime.Gosched.
Goroutine *sched_gosched(Worker *w);
// The running goroutine has finished. goexit: by runtime.Goexit, so that even main's end does not end the run.
Goroutine *sched_exit(Worker *w, bool goexit);

// `go closure(args)`: n argument slots are copied to the new frame's parameters. created_at: the go statement, or NULL.
// The new goroutine is ready at once (runs next on this worker).
Goroutine *sched_go(Worker *w, Closure *closure, const uint64_t *args, uint32_t n, const Instr *created_at);
// The same without making it ready.
Goroutine *goroutine_new(Worker *w, Closure *closure, const uint64_t *args, uint32_t n, const Instr *created_at);

// --- for natives that park

// The running goroutine waits from now on: call it under the lock of what it is queued on.
static inline void sched_park(Worker *w, WaitReason reason) {
  Goroutine *g = w->g;
  g->wait_reason = (uint8_t)reason;
  atomic_store_explicit(&g->status, G_WAITING, memory_order_release); // after fp and pc, for a collection; others learn of it through the lock
}
// The same for what returns NATIVE_RETRY: the native is called again with its frame when the goroutine wakes.
static inline void sched_park_retry(Worker *w, WaitReason reason) {
  w->g->wake_action = WAKE_RETRY;
  sched_park(w, reason);
}
// A parked goroutine can go on. Not under any Lock.
static inline void sched_ready(Worker *w, Goroutine *g, ReadyWhy why) {
  atomic_store_explicit(&g->status, G_RUNNABLE, memory_order_relaxed); // passed on by the queue's release
  if (w->keeps_next && !w->runnext && why != READY_YIELDED) w->runnext = g;
  else w->policy->ready(w, g, why);
}
// Many at once, linked by next, in this order; as READY_FIRED.
void sched_ready_list(Worker *w, Goroutine *first);
// From a thread that is no worker. The goroutine must have been announced with sched_expect while its worker still ran it.
void sched_inject(Sched *s, Goroutine *g);
// Something outside will make a goroutine ready (a call on a helper thread, a descriptor, a signal): not a deadlock meanwhile.
void sched_expect(Sched *s);
void sched_unexpect(Sched *s); // it will not after all

// --- time
int64_t sched_now(Worker *w);  // monotonic ns; virtual under policy_seeded
int64_t sched_wall(Worker *w); // ns since 1970

// --- reports
uint64_t sched_count(Sched *s);                // runtime.NumGoroutine: those that have not finished
uint32_t sched_workers(const Sched *s);        // GOMAXPROCS
uint32_t sched_set_workers(Sched *s, uint32_t n); // runtime.GOMAXPROCS(n): returns the old number; n = 0 only asks
// Every goroutine that has not finished, in order of id. Exact when no worker runs; else a snapshot whose frames may be stale.
void sched_each(Sched *s, void (*visit)(Goroutine *g, void *context), void *context);
// Goroutines parked on something only other goroutines can end (channel, select, sync), for -leaks: sleepers, i/o and calls are left out.
void sched_each_blocked(Sched *s, void (*visit)(Goroutine *g, void *context), void *context);

#endif
