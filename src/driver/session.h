// A session: inputs that are compiled and run one after another in one Runtime, each seeing what the ones before have left:
// variables, functions, types, imports, goroutines. The REPL's engine; it knows nothing of terminals.
//
//   text --parse--> File --check--> in the session's scope --compile--> a Program of its own --> a goroutine in the Runtime
//
// One thread uses a session; its goroutines run on others. An input of the session is a goroutine as well: the calling thread
// waits until it ends, waits for ever (which is reported, and ends it), or is interrupted.
#ifndef DRIVER_SESSION_H
#define DRIVER_SESSION_H

#include <pthread.h>
#include <stdatomic.h>

#include "compile/compile.h"
#include "driver/compilation.h"
#include "driver/region.h"
#include "vm/runtime.h"
#include "watch/detector.h"

typedef enum {
  INPUT_DONE,        // it ran to its end
  INPUT_INCOMPLETE,  // the text ends in the middle of something: nothing was done
  INPUT_REFUSED,     // it does not compile: `diags` says why
  INPUT_CUT,         // it ran, and was ended: by a panic or os.Exit, which was reported, by a deadlock, or by session_interrupt
} InputStatus;

typedef struct SessionOptions {
  const Host *host;                // NULL: the process's
  uint32_t workers;                // 0: as usual
  bool race;                       // watch for data races, as session_race, if that is possible
  int argc;
  char **argv;
  void *context;
  // A goroutine was ended, or the input found to wait for ever; on any thread.
  void (*report)(void *context, const char *text, size_t n);
} SessionOptions;

// A value of the last input: of an expression that stood alone.
typedef struct SessionValue {
  Object *object;
  RType *type;
  const void *memory; // memory form
} SessionValue;

typedef struct Session {
  SessionOptions options;
  Compilation compilation;
  CompileSession *compile;
  CompileOptions compile_options;
  Scope *scope;                    // what the inputs have declared
  // Trees, types and the compiler's tables. An input that leaves nothing in there but values is forgotten: all of this is put back.
  Region region;
  struct {
    Universe universe;
    Arena arena, texts;
    uint32_t packages, sources;
  } mark;
  bool unsettled;                  // something was parsed since the mark
  bool generics;                   // trees of earlier inputs may be compiled again: what they mention must stay as it is
  VEC(Object *) slots;             // stand for the values of the last input: they outlive it
  Runtime *runtime;
  pthread_t server;                // runs worker 0, if serving
  bool serving;
  Console console;
  bool race;                       // data races are watched for
  Detector *detector;              // NULL: they never were, so far
  Report *race_report;
  uint32_t remembered, patience;   // inputs that the detector knows of; times that it was to remember more
  uint32_t inputs;                 // numbers them: "input 3" is the name of the third's text
  VEC(SessionValue) values;        // of the last input
  struct SavedItems *saved;        // of the inputs that ran to their ends: session_save.c
  bool was_interrupted;            // the last input
  const char *was_waiting;         // ... while it waited for this; NULL: it ran
  StrBuf notes;                    // on the last input: what is not as one may think
  int64_t run_ns;                  // how long the last input ran

  int wake;                        // eventfd: something below has changed
  _Atomic bool ended, stuck, died, interrupted; // set by whoever tells, cleared by the session's thread; release and acquire with `wake`
} Session;

// NULL: something the session needs is not to be had; *why says what.
Session *session_new(const SessionOptions *options, const char **why);
void session_free(Session *s); // ends all goroutines
InputStatus session_input(Session *s, Text text);
// From a signal handler or another thread: end the input that runs, if one does.
void session_interrupt(Session *s);
// Watch for data races from the next input on, or do not; found ones are told on standard error, each once.
// False: the system does not give the address space for that.
bool session_race(Session *s, bool on);
// What is wrong with the last input, as text; malloc'ed by the buffer.
void session_errors(Session *s, StrBuf *out, bool colour);
// Where the value's type was declared ("input 3"), if its name means something else by now; else NULL.
const char *session_outdated(Session *s, const SessionValue *value);
// The value's Error() or String(), if it has one that comes back: in `out`. `method` is the name of the one.
bool session_text(Session *s, const SessionValue *value, StrBuf *out, const char **method);
// As session_input, but of no consequence for later inputs: nothing it declares stays.
InputStatus session_evaluate(Session *s, Text text);
// Only check, in the present scope: an expression, or a type. NULL: `diags` says why, or the text is neither.
const Node *session_check_expr(Session *s, Text text);
Type *session_check_type(Session *s, Text text);
// A package by the name it has here: imported, or standard and in no need of it. NULL: there is none. Checks it if need be.
Package *session_package(Session *s, const char *name);
// Writes the accepted inputs as a script: declarations that were replaced are left out. malloc'ed by the buffer.
void session_save(Session *s, StrBuf *out);

// --- for the files of the session

// NULL: *status says why.
// session_undo.c: remember the present state; go back to it; after an input ran, one or the other.
void session_keep(Session *s);
void session_undo(Session *s);
void session_settle(Session *s, const File *file);
File *session_parse(Session *s, Text text, InputStatus *status);
bool session_check(Session *s, File *file);
void session_record(Session *s, const File *file); // session_save.c
void session_forget_saved(Session *s);
// session_race.c: a thread for the Runtime, if it has none (false: there is none to be had); who observes it; after an input; at the end.
bool session_serve(Session *s);
const Observer *session_observer(Session *s, const Program *first);
void session_race_rest(Session *s);
void session_race_free(Session *s);
const char *session_keyword(const Node *n, const char *text); // "type ", if the node's text lacks it; else ""

#endif
