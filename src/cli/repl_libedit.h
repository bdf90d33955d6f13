// libedit, loaded when the first line is edited: `gol run` does not pay for it at start-up.
#ifndef CLI_REPL_LIBEDIT_H
#define CLI_REPL_LIBEDIT_H

#include <histedit.h>
#include <stdbool.h>

#define LIBEDIT_FUNCTIONS(X) \
  X(el_init) X(el_end) X(el_gets) X(el_set) X(el_line) X(el_insertstr) X(el_deletestr) X(el_resize) X(history_init) X(history_end) X(history)

typedef struct Libedit {
#define X(name) __typeof__(name) *name;
  LIBEDIT_FUNCTIONS(X)
#undef X
} Libedit;

// Fills in the table. False: the library is not installed; *why says so.
bool libedit_load(Libedit *e, const char **why);
// What EL_CLIENTDATA was set to: a callback is told nothing else.
void *libedit_client(EditLine *el);

#endif
