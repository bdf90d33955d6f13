// What the files of the prompt share.
#ifndef CLI_REPL_H
#define CLI_REPL_H

#include "cli/repl_line.h"
#include "driver/session.h"
#include "types/scope.h"

#define REPL_NO_RACE "data races are not watched for: the system does not give the address space for that (ulimit -v)\n"

typedef struct Repl {
  Session *session;
  SessionOptions options;
  Host host;              // output goes above the line being edited
  Line *line;
  HeapCache *heap;        // for showing values
  bool colour;
  bool leave;             // :quit
  Arena words;            // of the present completion
  VEC(Candidate) candidates;
} Repl;

// --- repl.c
// Compile and run what was typed, and show its values. False: the text is incomplete.
bool repl_evaluate(Repl *r, Text text);
bool repl_start(Repl *r, const char **why); // a session, if there is none
void repl_print(Repl *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void repl_print_errors(Repl *r);

// --- repl_command.c: lines that begin with a colon
void repl_command(Repl *r, const char *line);
const char *repl_command_name(uint32_t i); // ":help" ...; NULL: there are no more

// --- repl_doc.c
void repl_doc(Repl *r, const char *name);

// --- repl_complete.c
uint32_t repl_complete(void *repl, Text text, uint32_t *start, const Candidate **candidates);

#endif
