// The thread that takes the signals: see signals.h.
#include "vm/signals.h"

#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "vm/service.h"
#include "vm/vm.h"

enum {
  SIGNALS = 32,           // those below real-time signals
  STOP = SIGURG,          // sent by stop: the thread is to end. Nobody else's use of it matters
  PATIENCE_MS = 1000,     // how long a run that is to end may take to do so
};

// Those that a thread can wait for. Not among them: what the kernel sends a thread for its own mistakes, what stops a process,
// what its children's ends make, and the collector's two.
static const int taken[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGWINCH, SIGIO, SIGURG};

typedef struct Watcher {
  Runtime *rt;
  // atomic. Whoever sets BEGUN makes the thread, with no lock. Release when it is there, acquire in stop
  enum { NOT_BEGUN, BEGUN, WATCHES, CANNOT } state;
  pthread_t thread;        // once it WATCHES
  pthread_mutex_t lock;    // rank: above Sched.lock. Guards the rest
  uint32_t wanted, ignored, pending; // bits by number
  Goroutine *waiter;       // parked in signals_next
} Watcher;

static const char key; // its address names the service

static sigset_t taken_set(void) {
  sigset_t set;
  sigemptyset(&set);
  for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) sigaddset(&set, taken[i]);
  return set;
}

static void nothing(int signal) {}

void signals_block(void) {
  sigset_t set = taken_set();
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  struct sigaction quiet = {.sa_handler = nothing, .sa_flags = SA_RESTART}; // not SIG_IGN, which children would inherit
  sigaction(SIGPIPE, &quiet, NULL);
}

void signals_unblock(void) {
  sigset_t set = taken_set();
  sigprocmask(SIG_UNBLOCK, &set, NULL);
}

_Noreturn void signals_kill(int number) {
  signal(number, SIG_DFL);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, number);
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
  raise(number);
  _exit(128 + number);
}

static void pause_ms(long ms) {
  struct timespec time = {ms / 1000, ms % 1000 * 1000000};
  nanosleep(&time, NULL);
}

// What happens to a signal that the program has not asked for.
static void act(Runtime *rt, int number) {
  switch (number) {
  case SIGWINCH: case SIGURG: return;
  case SIGQUIT:
    runtime_quit(rt, "SIGQUIT: quit\nPC=0x0 m=0 sigcode=0\n\n");
    pause_ms(PATIENCE_MS);
    runtime_tell(rt, false); // some worker does not come back from a call: tell what can be seen from here
    _exit(2);
  default: {
    struct sigaction now;
    if (sigaction(number, NULL, &now) == 0 && now.sa_handler == SIG_IGN) return; // so it was when the process began (nohup)
    runtime_flush_politely(rt);
    signals_kill(number);
  }
  }
}

static void *watch(void *argument) {
  Watcher *watcher = argument;
  sigset_t set = taken_set();
  for (;;) {
    int number;
    if (sigwait(&set, &number)) continue;
    if (number == STOP) return NULL;
    pthread_mutex_lock(&watcher->lock);
    bool wanted = watcher->wanted >> number & 1, ignored = watcher->ignored >> number & 1;
    if (wanted) {
      watcher->pending |= 1u << number;
      if (watcher->waiter) sched_inject(watcher->rt->sched, watcher->waiter);
      watcher->waiter = NULL;
    }
    pthread_mutex_unlock(&watcher->lock);
    if (!wanted && !ignored) act(watcher->rt, number);
  }
}

static void *start(Runtime *rt, const char **why) {
  Watcher *watcher = calloc(1, sizeof *watcher);
  if (!watcher) return NULL;
  watcher->rt = rt;
  pthread_mutex_init(&watcher->lock, NULL);
  return watcher;
}

static int state_of(Watcher *watcher) { return __atomic_load_n(&watcher->state, __ATOMIC_ACQUIRE); }

// False: there is no thread to be had.
static bool begin(Watcher *watcher) {
  int state = NOT_BEGUN;
  if (state_of(watcher) != NOT_BEGUN || !__atomic_compare_exchange_n((int *)&watcher->state, &state, BEGUN, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
    return state_of(watcher) != CANNOT;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 256 * 1024);
  int error = pthread_create(&watcher->thread, &attributes, watch, watcher);
  pthread_attr_destroy(&attributes);
  __atomic_store_n(&watcher->state, error ? CANNOT : WATCHES, __ATOMIC_RELEASE);
  return !error;
}

static void stop(void *state) {
  Watcher *watcher = state;
  if (state_of(watcher) == WATCHES) {
    pthread_kill(watcher->thread, STOP);
    pthread_join(watcher->thread, NULL);
  }
  pthread_mutex_destroy(&watcher->lock);
  free(watcher);
}

static Watcher *watcher_of(Runtime *rt) {
  const char *why;
  Watcher *watcher = runtime_service(rt, &key, start, stop, &why);
  return watcher && begin(watcher) ? watcher : NULL;
}

void signals_watch(Runtime *rt, bool at_once) {
  const char *why;
  rt->watcher = runtime_service(rt, &key, start, stop, &why);
  if (at_once) signals_begin(rt);
}

bool signals_are_due(Runtime *rt) { return rt->watcher && state_of(rt->watcher) == NOT_BEGUN; }

void signals_begin(Runtime *rt) {
  if (rt->watcher) begin(rt->watcher);
}

void signals_before_write(Runtime *rt, int fd, size_t n) {
  if (!signals_are_due(rt)) return;
  struct pollfd ready = {.fd = fd, .events = POLLOUT};
  if (n > PIPE_BUF || poll(&ready, 1, 0) != 1) begin(rt->watcher); // else there is room for it, in a pipe too
}

void signals_use(Runtime *rt, int number, SignalUse use) {
  Watcher *watcher = watcher_of(rt);
  if (!watcher || number <= 0 || number >= SIGNALS) return;
  uint32_t bit = 1u << number;
  pthread_mutex_lock(&watcher->lock);
  watcher->wanted = use == SIGNAL_WANTED ? watcher->wanted | bit : watcher->wanted & ~bit;
  watcher->ignored = use == SIGNAL_IGNORED ? watcher->ignored | bit : watcher->ignored & ~bit;
  pthread_mutex_unlock(&watcher->lock);
}

int signals_next(Worker *w) {
  Watcher *watcher = watcher_of(worker_runtime(w));
  int number = 0;
  if (!watcher) {
    sched_park(w, WAIT_NONE);
    return 0;
  }
  pthread_mutex_lock(&watcher->lock);
  if (watcher->pending) {
    number = __builtin_ctz(watcher->pending);
    watcher->pending &= watcher->pending - 1;
  } else {
    watcher->waiter = w->g;
    sched_expect(w->sched);
    sched_park_retry(w, WAIT_BLOCKING_CALL);
  }
  pthread_mutex_unlock(&watcher->lock);
  return number;
}
