// The command line: one file a command, one row a command in main.c.
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>

// Exit statuses, as Go's tools have them.
enum { STATUS_OK = 0, STATUS_ERROR = 1, STATUS_FATAL = 2 };

typedef struct {
  const char *name;
  const char *usage;    // arguments, for the first line of its help
  const char *summary;  // one line
  const char *help;     // further lines, or ""
  int (*run)(int argc, char **argv); // argv[0] is the command's name
} Command;

extern const Command commands[]; // ends with a row without a name

int command_run(int argc, char **argv);
int command_repl(int argc, char **argv);
int command_vet(int argc, char **argv);
int command_dump(int argc, char **argv);
int command_version(int argc, char **argv);
int command_help(int argc, char **argv);

const Command *command_find(const char *name);
// "gol: MESSAGE" and a pointer to the command's help on standard error; returns the status for a wrong command line.
int command_misuse(const char *command, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

// Edits (insert, delete, replace, swap neighbours) from a to b, both short.
unsigned command_distance(const char *a, const char *b);

#endif
