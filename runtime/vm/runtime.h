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

typedef struct RuntimeOptions {
  int argc;
  char **argv;              // os.Args; the first is the file
  bool deterministic;       // one worker, seeded choices, virtual clock
  uint64_t seed;
  uint32_t workers;         // 0: GOMAXPROCS of the environment, else all processors
  const Host *host;         // NULL: host_process
  const Observer *observer; // NULL: the plain loop
} RuntimeOptions;

// Debugging aids, from GOL_DEBUG ("gcstress,preempt,movestack"); see debug.c.
typedef struct DebugFlags {
  bool gcstress;  // collect at every allocation
  bool preempt;   // give way at every back edge and call
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

typedef struct Runtime {
  char *globals;            // constant; zeroed at the start; scanned by the collector
  const Program *program;   // constant
  const Observer *observer; // constant; NULL: not observed
  Sched *sched;
  Host host;                // constant
  int argc;
  char **argv;
  DebugFlags debug;
  Output output;
  pthread_mutex_t services_lock; // rank: above the leaf locks; guards services (service.h)
  Service *services;
  _Atomic bool ended;       // set once, by whoever ends the run: panic, fatal error, os.Exit (relaxed: an exchange is enough to be the only one)
  int status;               // exit status; guarded by output.lock
  const char *quit;         // last words before all goroutines' stacks; NULL: none. Guarded by output.lock
  _Atomic bool told;        // they have been said (relaxed: an exchange is enough to be the only one)
  struct Runtime *next;     // of all in the process (runtime.c)
} Runtime;

static inline Runtime *worker_runtime(const Worker *w) { return w->runtime; }

Runtime *runtime_new(const Program *program, const RuntimeOptions *options);
// Runs the program to its end; returns the exit status. Output is flushed. Other goroutines may still be on their way to
// their next tick: runtime_free waits for them, a process that ends anyway should call _exit.
int runtime_run(Runtime *rt);
void runtime_free(Runtime *rt);

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
