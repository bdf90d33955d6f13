// A run of a program: start, output, end.
#include "vm/runtime.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "heap/heap.h"
#include "vm/finalizer.h"
#include "vm/service.h"
#include "vm/signals.h"
#include "vm/trace.h"
#include "vm/vm.h"

enum { STDOUT = 1, STDERR = 2, STATUS_FATAL = 2 };

// The Runtimes of this process: only for the heap, of which there is one a process, to end them when memory is exhausted.
static struct {
  pthread_once_t once;
  pthread_mutex_t lock; // rank: outermost. Guards first and Runtime.next
  Runtime *first;
} all = {.once = PTHREAD_ONCE_INIT, .lock = PTHREAD_MUTEX_INITIALIZER};

// --- output

static void write_all(Runtime *rt, int fd, const char *bytes, size_t n) {
  signals_before_write(rt, fd, n);
  while (n > 0) {
    int64_t done = rt->host.write(rt->host.context, fd, bytes, n);
    if (done == -EPIPE && (fd == STDOUT || fd == STDERR)) signals_kill(SIGPIPE); // the reader has gone: as any program ends then
    if (done <= 0) return; // nobody is there to be told
    bytes += done, n -= (size_t)done;
  }
}

static void flush_locked(Runtime *rt) {
  Output *o = &rt->output;
  if (o->len) write_all(rt, STDOUT, o->bytes, o->len);
  o->len = 0;
}

void runtime_write(Runtime *rt, const void *bytes, size_t n) {
  Output *o = &rt->output;
  pthread_mutex_lock(&o->lock);
  if (o->closed) n = 0;
  if (n > OUTPUT_SIZE - o->len) flush_locked(rt);
  if (n > OUTPUT_SIZE) {
    write_all(rt, STDOUT, bytes, n);
  } else if (n) {
    memcpy(o->bytes + o->len, bytes, n);
    o->len += n;
    if (o->terminal && memchr(bytes, '\n', n)) flush_locked(rt);
  }
  pthread_mutex_unlock(&o->lock);
}

void runtime_flush(Runtime *rt) {
  pthread_mutex_lock(&rt->output.lock);
  flush_locked(rt);
  pthread_mutex_unlock(&rt->output.lock);
}

void runtime_write_error(Runtime *rt, const void *bytes, size_t n) {
  pthread_mutex_lock(&rt->output.lock);
  flush_locked(rt);
  if (!rt->output.closed) write_all(rt, STDERR, bytes, n);
  pthread_mutex_unlock(&rt->output.lock);
}

void runtime_flush_politely(Runtime *rt) {
  enum { PATIENCE_MS = 200, PIECE = 4096 /* of PIPE_BUF: a pipe that is ready takes as much */ };
  Output *o = &rt->output;
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec++;
  if (pthread_mutex_timedlock(&o->lock, &until)) return; // somebody writes, and the reader does not read
  struct pollfd ready = {.fd = STDOUT, .events = POLLOUT};
  for (size_t at = 0; at < o->len && poll(&ready, 1, PATIENCE_MS) == 1; at += PIECE) {
    size_t n = o->len - at < PIECE ? o->len - at : PIECE;
    write_all(rt, STDOUT, o->bytes + at, n);
  }
  o->len = 0;
  pthread_mutex_unlock(&o->lock);
}

static void flush_hook(void *runtime) { runtime_flush(runtime); }

static void ended_hook(void *runtime) {
  Runtime *rt = runtime;
  runtime_flush(rt);
  rt->console->ended(rt->console->context);
}
static void stuck_hook(void *runtime) {
  Runtime *rt = runtime;
  rt->console->stuck(rt->console->context);
}

// Most scripts are over before a few ticks have passed.
enum { FEW_TICKS = 8 };

static void attend_hook(Worker *w, uint32_t tick) {
  Runtime *rt = worker_runtime(w);
  if (tick && tick < FEW_TICKS && signals_are_due(rt)) sched_attend(w->sched);
  else signals_begin(rt);
  finalizers_attend(w);
}

// --- the end

static int final_status(Runtime *rt) {
  pthread_mutex_lock(&rt->output.lock); // whoever ended the run may be writing its last words
  int status = rt->status;
  pthread_mutex_unlock(&rt->output.lock);
  return status;
}

// False: somebody else has ended the run.
static bool last_words(Runtime *rt, int status, const char *text, size_t n) {
  if (atomic_exchange_explicit(&rt->ended, true, memory_order_relaxed)) return false;
  pthread_mutex_lock(&rt->output.lock);
  flush_locked(rt);
  write_all(rt, STDERR, text, n);
  rt->output.closed = true;
  rt->status = status;
  pthread_mutex_unlock(&rt->output.lock);
  return true;
}

void runtime_die(Runtime *rt, int status, const char *text, size_t n) {
  if (last_words(rt, status, text, n)) sched_stop(rt->sched);
}

void runtime_exit(Runtime *rt, int status) { runtime_die(rt, status, NULL, 0); }

void runtime_quit(Runtime *rt, const char *title) {
  if (atomic_exchange_explicit(&rt->ended, true, memory_order_relaxed)) return;
  runtime_flush_politely(rt);
  pthread_mutex_lock(&rt->output.lock);
  rt->output.closed = true;
  rt->status = STATUS_FATAL;
  rt->quit = title;
  pthread_mutex_unlock(&rt->output.lock);
  sched_stop(rt->sched);
}

void runtime_tell(Runtime *rt, bool settled) {
  pthread_mutex_lock(&rt->output.lock);
  const char *title = rt->quit;
  pthread_mutex_unlock(&rt->output.lock);
  if (!title) return;
  if (settled) sched_settle(rt->sched);
  if (atomic_exchange_explicit(&rt->told, true, memory_order_relaxed)) return;
  StrBuf text = {0};
  strbuf_puts(&text, title);
  trace_all(&text, rt, NULL, settled);
  write_all(rt, STDERR, text.data, text.len);
  strbuf_free(&text);
}

// The scheduler is not told, since this thread may hold its lock: the process ends here.
static void out_of_memory(size_t bytes) {
  char text[160];
  int n = snprintf(text, sizeof text, "runtime: out of memory: cannot allocate %zu-byte block\nfatal error: out of memory\n", bytes);
  int status = STATUS_FATAL;
  for (Runtime *rt = all.first; rt; rt = rt->next) { // no lock: nothing more can go wrong
    last_words(rt, STATUS_FATAL, text, (size_t)n);
    status = final_status(rt);
  }
  if (!all.first && write(STDERR, text, (size_t)n) < 0) {}
  _exit(status);
}

// --- observed or not

static void run_loop(Worker *w, Goroutine *g) {
  if (signals_are_due(worker_runtime(w))) sched_attend(w->sched); // not before: it looks around once before it runs anything
  do {
    const Observer *o = worker_runtime(w)->observer;
    w->leaves = false;
    (o ? o->loop : loop_plain)(w);
  } while (w->g); // then it is in the wrong loop
}
static void start_worker(Worker *w) {
  const Observer *o = worker_runtime(w)->observer;
  if (o && o->start) o->start(w);
}
static void stop_worker(Worker *w) {
  const Observer *o = worker_runtime(w)->observer;
  if (o && o->stop) o->stop(w);
}

static void adopt(Goroutine *g, void *runtime) {
  Runtime *rt = runtime;
  rt->observer->adopt(sched_worker(rt->sched, 0), g);
}

// The other workers are started by threads of their own, which have ended.
void runtime_watch(Runtime *rt, const Observer *observer) {
  Worker *first = sched_worker(rt->sched, 0), *poster = sched_poster(rt->sched);
  stop_worker(first);
  stop_worker(poster);
  rt->observer = observer;
  start_worker(first);
  start_worker(poster);
  if (observer && observer->adopt) sched_each(rt->sched, adopt, rt);
}

// --- the start

static uint32_t worker_count(const Runtime *rt, const RuntimeOptions *options) {
  if (options->workers) return options->workers;
  const char *text = rt->host.getenv(rt->host.context, "GOMAXPROCS");
  long n = text ? strtol(text, NULL, 10) : 0;
  return n > 0 && n <= 1024 ? (uint32_t)n : 0;
}

static void finalizers_wait(void) {
  pthread_mutex_lock(&all.lock);
  for (Runtime *rt = all.first; rt; rt = rt->next) sched_attend(rt->sched);
  pthread_mutex_unlock(&all.lock);
}

static void start_heap(void) {
  heap_init(out_of_memory);
  heap_on_finalizers(finalizers_wait);
}

void runtime_start_heap(void) { pthread_once(&all.once, start_heap); }

Runtime *runtime_new(const Program *program, const RuntimeOptions *options) {
  runtime_start_heap();
  Runtime *rt = heap_plain(sizeof *rt);
  rt->program = program;
  rt->observer = options->observer;
  rt->console = options->console;
  rt->host = options->host ? *options->host : host_process;
  rt->argc = options->argc;
  rt->argv = options->argv;
  rt->debug = debug_flags(rt->host.getenv(rt->host.context, "GOL_DEBUG"));
  if (rt->debug.gcstress) heap_set_stress(1);
  rt->globals = heap_root(program->globals_size ? program->globals_size : 16);
  memset(rt->globals, 0, program->globals_size);
  pthread_mutex_init(&rt->output.lock, NULL);
  pthread_mutex_init(&rt->services_lock, NULL);
  rt->output.bytes = heap_plain(OUTPUT_SIZE);
  rt->output.terminal = rt->host.is_terminal(rt->host.context, STDOUT);
  SchedConfig config = {
      .policy = options->deterministic ? &policy_seeded : &policy_parallel,
      .workers = worker_count(rt, options),
      .spread = rt->debug.preempt,
      .seed = options->seed,
      .runtime = rt,
      .program = program,
      .hooks = {.run = run_loop, .worker_start = start_worker, .worker_stop = stop_worker, .flush = flush_hook, .attend = attend_hook, .bottom = vm_bottom},
  };
  if (rt->console) config.hooks.ended = ended_hook, config.hooks.stuck = stuck_hook;
  rt->sched = sched_new(&config);
  pthread_mutex_lock(&all.lock);
  rt->next = all.first;
  all.first = rt;
  pthread_mutex_unlock(&all.lock);
  return rt;
}

int runtime_run(Runtime *rt) {
  SchedEnd end = sched_run(rt->sched, rt->program->entry->value);
  if (end == SCHED_STOPPED) runtime_exit(rt, 0); // main has returned, unless somebody ended the run before
  else death_by_deadlock(rt, end);
  int status = final_status(rt);
  runtime_tell(rt, true);
  return status;
}

void runtime_serve(Runtime *rt) {
  heap_thread_register();
  sched_serve(rt->sched);
  heap_thread_unregister();
}

void runtime_end_serving(Runtime *rt) { sched_stop(rt->sched); }

void runtime_halt(Runtime *rt) {
  sched_halt(rt->sched);
  sched_settle(rt->sched);
}
void runtime_resume(Runtime *rt) { sched_resume(rt->sched); }

Goroutine *runtime_post(Runtime *rt, const Program *program, uint64_t *id) { return sched_post(rt->sched, program->entry->value, id); }

void runtime_free(Runtime *rt) {
  if (!rt) return;
  pthread_mutex_lock(&all.lock);
  Runtime **link = &all.first;
  while (*link != rt) link = &(*link)->next;
  *link = rt->next;
  pthread_mutex_unlock(&all.lock);
  runtime_stop_services(rt);
  finalizers_end(rt);
  sched_free(rt->sched);
  finalizers_free(rt);
  heap_free_root(rt->globals);
  pthread_mutex_destroy(&rt->services_lock);
  pthread_mutex_destroy(&rt->output.lock);
  free(rt->output.bytes);
  free(rt);
}
