// The terminal: a line being edited, with history and completion by libedit, and what goroutines print meanwhile, which appears
// above it.
#ifndef CLI_REPL_LINE_H
#define CLI_REPL_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

typedef struct Line Line;

// One possible continuation of a word.
typedef struct Candidate {
  const char *text; // the whole word
  bool open;        // more follows at once: no space behind it
} Candidate;

typedef struct LineOptions {
  bool colour;
  const char *history; // the file it is kept in; NULL: nowhere
  void *context;
  // The words that `text`, up to the cursor, can be continued with; *start is where the word begins. In memory that lasts until the next call.
  uint32_t (*complete)(void *context, Text text, uint32_t *start, const Candidate **candidates);
} LineOptions;

typedef enum { LINE_TEXT, LINE_END, LINE_INTERRUPTED } LineResult;

// NULL: libedit is not installed, or this is no terminal; *why says so.
Line *line_new(const LineOptions *options, const char **why);
void line_free(Line *l); // saves the history
// Edit a line. Its text, without the newline, lasts until the next call. The session's thread.
LineResult line_read(Line *l, const char *prompt, Text *text);
void line_remember(Line *l, const char *text); // in the history
bool line_pending(Line *l);                     // more text is there already, as from a paste
uint32_t line_width(Line *l);
// Another thread: the line being edited is given up, and a read of line_input / the window has another size.
void line_interrupt(Line *l);
void line_resize(Line *l);
// Any thread: output to descriptor 1 or 2.
void line_write(Line *l, int fd, const void *bytes, size_t n);
void line_fresh(Line *l); // what comes next begins a line of its own
// Any thread: standard input for programs: what is typed while no line is edited. As read(2); 0 after line_interrupt.
int64_t line_input(Line *l, void *bytes, size_t n);

#endif
