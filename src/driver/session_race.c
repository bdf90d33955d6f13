// A session that watches for data races, or does not. With it on, inputs are compiled so that every access can be named, and the
// Runtime is observed by the race detector, for which all inputs are one goroutine: the prompt waits for one before it runs the next.
//
// It is turned on and off between two inputs while all goroutines stand still. To the detector, what was before lies before all that
// comes. So it is too when it forgets: it keeps code alive (watch/code.h), and a session is not to grow with its inputs.
#include "driver/session.h"

#include "heap/heap.h"

enum {
  REMEMBER = 128, // inputs that should not be forgotten
  PATIENCE = 6,   // unless that would keep more than 2^6 times as much as usual
};

static void *serve(void *runtime) {
  runtime_serve(runtime);
  return NULL;
}

bool session_serve(Session *s) {
  heap_allow_threads();
  if (!s->serving) s->serving = !pthread_create(&s->server, NULL, serve, s->runtime);
  return s->serving;
}

const Observer *session_observer(Session *s, const Program *first) {
  if (!s->race) return NULL;
  if (!s->detector) {
    s->race_report = report_new(first, &report_defaults);
    s->detector = detector_new(first, s->race_report, false);
  }
  return detector_observer(s->detector);
}

static void begin_anew(Session *s) {
  Runtime *rt = s->runtime;
  runtime_halt(rt);
  if (s->serving) pthread_join(s->server, NULL);
  s->serving = false;
  runtime_watch(rt, NULL);
  detector_forget(s->detector);
  s->remembered = 0;
  runtime_watch(rt, session_observer(s, rt->program));
  runtime_resume(rt);
  session_serve(s); // if no thread is to be had, the next input tries again
}

bool session_race(Session *s, bool on) {
  if (s->race == on) return true;
  if (on && !detector_is_possible()) return false;
  s->race = on;
  compile_exact_calls(s->compile, on);
  if (s->runtime) begin_anew(s);
  return true;
}

void session_race_rest(Session *s) {
  s->remembered++;
  if (!s->race || !detector_is_full(s->detector)) return;
  if (s->remembered < REMEMBER && s->patience++ < PATIENCE) detector_remember_more(s->detector); // so few inputs have so much code
  else begin_anew(s);
}

void session_race_free(Session *s) {
  detector_free(s->detector);
  report_free(s->race_report);
}
