// A Runtime: one run of a Program. Globals, scheduler, output, and what it was started with. Several may exist in one
// process, at once or one after another; nothing is shared between them but the Program and the heap.
#ifndef VM_RUNTIME_H
#define VM_RUNTIME_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytecode/program.h"
#include "sched/sched.h"
#include "vm/host.h"
#include "vm/observer.h"

// Who is told what happens in a session's run, where nothing ends it but runtime_free. Functions may be called on any thread.
typedef struct Console {
  void *context;
  // A goroutine has ended for what would end a program: a panic, a fatal error, os.Exit; the text says what.
  void (*died)(void *context, const char *text, size_t n);
  void (*ended)(void *context); // the goroutine of runtime_post has ended, one way or another
  void (*stuck)(void *context); // it waits for ever, as all others do. Under the scheduler's lock: only tell somebody
} Console;

typedef struct RuntimeOptions {
  int argc;
  char **argv;              // os.Args; the first is the file
  bool deterministic;       // one worker, seeded choices, virtual clock
  uint64_t seed;
  uint32_t workers;         // 0: GOMAXPROCS of the environment, else all processors
  const Host *host;         // NULL: host_process
  const Observer *observer; // NULL: the plain loop
  const Console *console;   // NULL: a program of its own, run by runtime_run
} RuntimeOptions;

// Debugging aids, from GOL_DEBUG ("gcstress,preempt,movestack,machine,interpret"); see debug.c.
typedef struct DebugFlags {
  bool gcstress;  // collect at every allocation
  bool preempt;   // give way at every back edge and call
  bool interpret; // no machine code
  bool machine;   // machine code for everything, at once
  bool movestack; // a new stack at every call
} DebugFlags;

// Standard output is buffered here: OUTPUT_SIZE bytes, written when full, at the end, when all goroutines wait, before
// anything goes to standard error or is read from standard input, and at a newline on a terminal.
enum { OUTPUT_SIZE = 32768 };
typedef struct Output {
  pthread_mutex_t lock; // rank: leaf. Guards the rest
  char *bytes;
  size_t len;
  bool terminal;
  bool closed;          // the run has ended: what comes later is dropped
} Output;

typedef struct Service Service;
typedef struct Finalizers Finalizers;

typedef struct Runtime {
  char *globals;            // constant; zeroed at the start; scanned by the collector
  const Program *program;   // constant
  const Observer *observer; // NULL: not observed. Changes by runtime_watch only
  const Console *console;   // constant; NULL: no session
  Sched *sched;
  Host host;                // constant
  int argc;
  char **argv;
  DebugFlags debug;
  Output output;
  pthread_mutex_t services_lock; // rank: above the leaf locks; guards services (service.h)
  Service *services;
  struct Watcher *watcher;  // of signals (signals.c), set before the run; NULL: they are not watched
  _Atomic(Finalizers **) finalizers; // a root (finalizer.h); NULL: none were wanted. Set once, under services_lock, by release; read with acquire
  _Atomic bool ended;       // set once, by whoever ends the run: panic, fatal error, os.Exit (relaxed: an exchange is enough to be the only one)
  int status;               // exit status; guarded by output.lock
  const char *quit;         // last words before all goroutines' stacks; NULL: none. Guarded by output.lock
  _Atomic bool told;        // they have been said (relaxed: an exchange is enough to be the only one)
  struct Runtime *next;     // of all in the process (runtime.c)
} Runtime;

static inline Runtime *worker_runtime(const Worker *w) { return w->runtime; }

// Before anything is allocated; runtime_new does it too.
void runtime_start_heap(void);
Runtime *runtime_new(const Program *program, const RuntimeOptions *options);
// Runs the program to its end; returns the exit status. Output is flushed. Other goroutines may still be on their way to
// their next tick: runtime_free waits for them, a process that ends anyway should call _exit.
int runtime_run(Runtime *rt);
void runtime_free(Runtime *rt);
// A session: runtime_serve runs goroutines on the calling thread, and others as needed, until runtime_end_serving, which another one calls, as
// the rest. runtime_post runs a Program's entry as a goroutine; Console.ended tells its end, and only then the next may be posted.
void runtime_serve(Runtime *rt);
void runtime_end_serving(Runtime *rt);
Goroutine *runtime_post(Runtime *rt, const Program *program, uint64_t *id);
// No goroutine runs from the return of the one to the call of the other; the thread of runtime_serve ends with the first, and is to be
// started again after the second.
void runtime_halt(Runtime *rt);
void runtime_resume(Runtime *rt);
// In between: from now on it is observed by that one (NULL: by nobody), which thinks that all goroutines have just come into being.
void runtime_watch(Runtime *rt, const Observer *observer);
// The text of a deadlock that Console.stuck told of, malloc'ed: Go's message, this goroutine first.
char *runtime_stuck_text(Runtime *rt, Goroutine *g, size_t *len);

// --- standard output and error (any thread)
void runtime_write(Runtime *rt, const void *bytes, size_t n); // stdout, buffered
void runtime_flush(Runtime *rt);
void runtime_write_error(Runtime *rt, const void *bytes, size_t n); // stderr, stdout flushed before

// Ends the run with a status, as os.Exit: flushes, and drops all output from now on. The first to call it wins; later
// calls do nothing. The caller then parks for good.
void runtime_exit(Runtime *rt, int status);
// The same with last words on standard error.
void runtime_die(Runtime *rt, int status, const char *text, size_t n);
// From a thread that is no worker: the run ends with status 2, and runtime_run prints title and all goroutines on standard error.
void runtime_quit(Runtime *rt, const char *title);
// The second half of it. settled: no worker runs a goroutine any more.
void runtime_tell(Runtime *rt, bool settled);
// Writes what is buffered if that can be done soon: before a signal kills.
void runtime_flush_politely(Runtime *rt);

#endif
