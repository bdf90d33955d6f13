// Runs one program many times in one process, on several threads at once: many Runtimes of one Program, each with its own
// workers and its output caught. For soak.py.
//
//   repeat FILE TIMES WORKERS THREADS
//
// Prints each different result once: a line "COUNT STATUS OUT ERR" and then OUT bytes of standard output and ERR bytes of
// standard error. Ends by SIGALRM when no run comes to its end for a minute.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/vec.h"
#include "driver/compilation.h"
#include "heap/heap.h"
#include "vm/runtime.h"

enum { PATIENCE_SECONDS = 60 };

typedef struct Result {
  StrBuf output[2]; // standard output and error
  int status;
  uint32_t count;
} Result;

typedef struct Soak {
  const Program *program;
  RuntimeOptions options;
  pthread_mutex_t lock; // guards the rest
  uint32_t left;
  VEC(Result) results;
} Soak;

// Called under the lock of the Runtime's output.
static int64_t keep(void *context, int fd, const void *bytes, size_t n) {
  Result *r = context;
  if (fd == 1 || fd == 2) strbuf_write(&r->output[fd - 1], bytes, n);
  return (int64_t)n;
}

static bool no_terminal(void *context, int fd) { return false; }

static Result run_once(const Soak *s) {
  Result r = {.count = 1};
  Host host = host_process;
  host.context = &r;
  host.write = keep;
  host.is_terminal = no_terminal;
  RuntimeOptions options = s->options;
  options.host = &host;
  Runtime *rt = runtime_new(s->program, &options);
  r.status = runtime_run(rt);
  runtime_free(rt);
  return r;
}

static bool same(const Result *a, const Result *b) {
  for (int i = 0; i < 2; i++)
    if (!text_equal(strbuf_text(&a->output[i]), strbuf_text(&b->output[i]))) return false;
  return a->status == b->status;
}

// Takes the result's memory over.
static void enter(Soak *s, Result *r) {
  pthread_mutex_lock(&s->lock);
  alarm(PATIENCE_SECONDS);
  VEC_EACH(Result, known, &s->results) {
    if (!same(known, r)) continue;
    known->count++;
    strbuf_free(&r->output[0]);
    strbuf_free(&r->output[1]);
    r = NULL;
    break;
  }
  if (r) vec_push(&s->results, *r);
  pthread_mutex_unlock(&s->lock);
}

static bool another(Soak *s) {
  pthread_mutex_lock(&s->lock);
  bool more = s->left > 0;
  if (more) s->left--;
  pthread_mutex_unlock(&s->lock);
  return more;
}

static void *thread_main(void *argument) {
  Soak *s = argument;
  heap_thread_register();
  while (another(s)) {
    Result r = run_once(s);
    enter(s, &r);
  }
  heap_thread_unregister();
  return NULL;
}

static Program *compile(const char *path) {
  Compilation c;
  compilation_init(&c, (CompilationOptions){0});
  const char *error = NULL;
  Program *p = compilation_add_path(&c, path, &error) && compilation_check(&c) ? compilation_compile(&c) : NULL;
  if (error) fprintf(stderr, "repeat: %s\n", error);
  compilation_report(&c);
  compilation_deinit(&c);
  return p;
}

int main(int argc, char **argv) {
  if (argc != 5) return fputs("usage: repeat FILE TIMES WORKERS THREADS\n", stderr), 2;
  Soak s = {.program = compile(argv[1]), .lock = PTHREAD_MUTEX_INITIALIZER, .left = (uint32_t)atoi(argv[2]) - 1};
  if (!s.program) return 1;
  s.options = (RuntimeOptions){.argc = 1, .argv = argv + 1, .workers = (uint32_t)atoi(argv[3])};
  alarm(PATIENCE_SECONDS);
  Result first = run_once(&s); // the collector is started by the first Runtime, and threads make themselves known to it
  enter(&s, &first);
  heap_allow_threads();
  VEC(pthread_t) threads = {0};
  for (int i = 0; i < atoi(argv[4]); i++) {
    pthread_t thread;
    if (!pthread_create(&thread, NULL, thread_main, &s)) vec_push(&threads, thread);
  }
  VEC_EACH(pthread_t, t, &threads) pthread_join(*t, NULL);
  VEC_EACH(Result, r, &s.results) {
    printf("%u %d %u %u\n", r->count, r->status, r->output[0].len, r->output[1].len);
    for (int i = 0; i < 2; i++)
      if (r->output[i].len) fwrite(r->output[i].data, 1, r->output[i].len, stdout);
  }
  fflush(stdout);
  _exit(0);
}
