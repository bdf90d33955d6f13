// A printer: one call of Printf, Print or Println. It formats all by itself, but for values with methods of their own
// (Format, GoString, Error, String): natives never call gol code, so these are handed back.
//
//   printer_run --> done
//               --> needs answers: pending[0 .. pending_count) are the calls that the current argument needs, in the
//                   order of printing. gol code makes them, gives each result with printer_answer, and runs it again:
//                   the argument is then printed from its start, with the answers in place of the calls.
//
// So an argument without methods is walked once, and one with methods three times: until the first is met, to collect
// them all, and to print.
#ifndef STD_FMT_PRINTER_H
#define STD_FMT_PRINTER_H

#include "std/fmt/format.h"
#include "vm/native.h"

typedef enum { CALL_FORMAT = 1, CALL_GOSTRING, CALL_ERROR, CALL_STRING } CallKind; // as fmt.gol names them

typedef struct {
  Iface value;
  CallKind kind;
  int32_t verb;
  Flags flags;
  String answer;
  bool raw; // the answer is printed as it is, not formatted as a string under the verb
} Call;

typedef enum { PRINT_PLAIN, PRINT_LINE, PRINT_FORMAT } PrintMode;
typedef enum { WALK_PRINT, WALK_COLLECT, WALK_ANSWERED } WalkMode;

typedef struct {
  Formatter f;
  Worker *w;        // that runs it now, to tell what is read
  String format;
  Slice args; // of any
  PrintMode mode;
  bool wrap_errors; // Errorf: %w is allowed

  // where it stands in args and format
  uint64_t pos;       // in format, of the next byte to read
  int64_t arg;        // index of the next argument
  int32_t verb;       // of the argument being printed
  uint8_t step;       // PrintStep, printer.c
  bool reordered, previous_string, erroring;

  // the argument being printed
  WalkMode walk;
  size_t start;       // length of the output before it
  uint32_t depth;
  Call *pending;
  uint32_t pending_count, pending_cap, answered;

  int64_t *wrapped;   // Errorf: arguments of %w, in order of appearance
  uint32_t wrapped_count, wrapped_cap;
} Printer;

void printer_init(Printer *p, Worker *w, PrintMode mode, String format, Slice args);
// True when all is printed: the text is p->f.out. False: answers are needed.
bool printer_run(Printer *p, Worker *w);
// A copy on the heap, to go on with after this frame.
Printer *printer_keep(Printer *p);

// value.c: prints the value of type t at mem (memory form) under the printer's verb and flags.
// readonly: reached through an unexported field, so that its methods are not used.
void printer_value(Printer *p, const RType *t, const void *mem, int32_t verb, int depth, bool readonly);
// One argument, as Printf does for each verb.
void printer_arg(Printer *p, Iface arg, int32_t verb);

#endif
