// Sessions that watch for data races: what tests/repl cannot do in the time, thousands of inputs.
#include <criterion/criterion.h>
#include <stdio.h>

#include "driver/session.h"

typedef struct {
  pthread_mutex_t lock; // guards text
  StrBuf text;          // what went to standard error, or was reported
} Said;

static int64_t take(void *context, int fd, const void *bytes, size_t n) {
  Said *o = context;
  pthread_mutex_lock(&o->lock);
  strbuf_write(&o->text, bytes, n);
  pthread_mutex_unlock(&o->lock);
  return (int64_t)n;
}

static void report(void *context, const char *text, size_t n) { take(context, 2, text, n); }

static Session *begin(Said *o, bool race) {
  Host *host = malloc(sizeof *host);
  *host = host_process;
  host->write = take, host->context = o;
  pthread_mutex_init(&o->lock, NULL);
  const char *why;
  Session *s = session_new(&(SessionOptions){.host = host, .argc = 1, .argv = (char *[]){"gol"}, .race = race, .context = o, .report = report}, &why);
  cr_assert(s, "%s", why);
  return s;
}

static void run(Session *s, const char *text) {
  InputStatus status = session_input(s, text_of(text));
  StrBuf errors = {0};
  session_errors(s, &errors, false);
  cr_assert_eq(status, INPUT_DONE, "%s: %s", text, strbuf_string(&errors));
  strbuf_free(&errors);
}

// How many races were reported so far.
static uint32_t races(Said *o) {
  uint32_t n = 0;
  pthread_mutex_lock(&o->lock);
  for (const char *at = strbuf_string(&o->text); (at = strstr(at, "WARNING: DATA RACE")); at++) n++;
  pthread_mutex_unlock(&o->lock);
  return n;
}

// Inputs that keep the session from growing by what they are, so that only the detector could make it grow.
static void run_many(Session *s, uint32_t n) {
  static const char *const lines[] = {"1 + 1\n", "x := x + 1\n", "x = 7\n", "mu.Lock(); n++; mu.Unlock()\n", "go func(i int) { i++ }(x)\n", "for i := range 10 { x += i }\n"};
  for (uint32_t i = 0; i < n; i++) run(s, lines[i % (sizeof lines / sizeof *lines)]);
}

Test(session, races_are_found_across_what_is_forgotten) {
  Said o = {0};
  Session *s = begin(&o, true);
  run(s, "x, y, n := 0, 0, 0\n");
  run(s, "var mu sync.Mutex\n");
  run(s, "stop := make(chan bool)\n");
  run(s, "go func() { for { select { case <-stop: y = 1; stop <- true; y = 2; return; default: mu.Lock(); n++; mu.Unlock(); time.Sleep(10 * time.Microsecond) } } }()\n");
  run_many(s, 3000); // forgets twice, while the goroutine locks and unlocks
  cr_expect_eq(races(&o), 0, "%s", strbuf_string(&o.text));
  run(s, "stop <- true; <-stop; time.Sleep(time.Millisecond)\n");
  cr_expect_eq(races(&o), 0, "%s", strbuf_string(&o.text));
  run(s, "y\n");
  cr_expect_eq(races(&o), 1, "%s", strbuf_string(&o.text));
  run(s, "y\n"); // each once
  cr_expect_eq(races(&o), 1, "%s", strbuf_string(&o.text));
  session_free(s);
}

Test(session, much_code_is_no_reason_to_forget_the_last_inputs) {
  Said o = {0};
  Session *s = begin(&o, true);
  run(s, "y := 0; var x int64\n");
  run(s, "go func() { y = 1 }(); time.Sleep(time.Millisecond)\n");
  run(s, "func deep(k int) { if k == 0 { atomic.AddInt64(&x, 1); return }; deep(k - 1); deep(k - 1) }\n");
  run(s, "deep(18)\n"); // more ways to x than are kept usually
  run(s, "y\n");
  cr_expect_eq(races(&o), 1, "%s", strbuf_string(&o.text));
  session_free(s);
}

Test(session, races_while_it_is_turned_on_and_off) {
  Said o = {0};
  Session *s = begin(&o, false);
  run(s, "x, n := 0, 0\n");
  run(s, "var mu sync.RWMutex\n");
  run(s, "go func() { for { mu.Lock(); n++; mu.Unlock() } }(); go func() { for { mu.RLock(); _ = n; mu.RUnlock() } }()\n");
  run(s, "go func() { var wg sync.WaitGroup; for { v := 0; wg.Add(1); go func() { v++; wg.Done() }(); wg.Wait(); v++ } }()\n");
  run(s, "go func() { ticks := time.NewTicker(100 * time.Microsecond); for range ticks.C { mu.Lock(); n++; mu.Unlock() } }()\n");
  run(s, "c := make(chan int, 2); go func() { for { c <- 1 } }(); go func() { for { <-c } }()\n");
  for (int i = 0; i < 100; i++) {
    session_race(s, i % 2 == 0);
    run(s, "mu.Lock(); n++; mu.Unlock(); time.Sleep(200 * time.Microsecond)\n");
  }
  cr_expect_eq(races(&o), 0, "%s", strbuf_string(&o.text));
  run(s, "go func() { x++ }(); time.Sleep(time.Millisecond); x\n");
  cr_expect_eq(races(&o), 0, "off: %s", strbuf_string(&o.text));
  session_race(s, true);
  run(s, "go func() { x++ }(); time.Sleep(time.Millisecond); x\n");
  cr_expect_eq(races(&o), 1, "on: %s", strbuf_string(&o.text));
  session_free(s);
}

#ifndef GOL_HEAP_MALLOC // else nothing is ever given back

static size_t resident(void) {
  unsigned long all, pages = 0;
  FILE *f = fopen("/proc/self/statm", "r");
  if (f && fscanf(f, "%lu %lu", &all, &pages) != 2) pages = 0;
  if (f) fclose(f);
  return pages * 4096;
}

Test(session, memory_is_flat_with_the_detector) {
  Said o = {0};
  Session *s = begin(&o, true);
  run(s, "x, n := 0, 0\n");
  run(s, "var mu sync.Mutex\n");
  size_t most[2] = {0};
  for (int half = 0; half < 2; half++)
    for (int i = 0; i < 40; i++) { // a half is more than the time from one forgetting to the next
      run_many(s, 100);
      size_t now = resident();
      if (now > most[half]) most[half] = now;
    }
  cr_expect_lt(most[1], most[0] + (2 << 20), "%zu, then %zu bytes", most[0], most[1]);
  session_free(s);
}

#endif
