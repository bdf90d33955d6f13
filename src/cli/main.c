// gol: finds the command and runs it. `gol FILE ...` is `gol run FILE ...`.
#include "cli/command.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/os.h"
#include "base/text.h"

const Command commands[] = {
    {"run", "[flags] FILE|FOLDER [ARGS...]", "run a script or program",
     "FILE is Go source; without a package clause it is a script. `-` reads standard input.\n"
     "A program may be several files (gol run a.go b.go) or a folder (gol run .), and may import the packages\n"
     "of its own module (go.mod) or folder (import \"./shapes\").\n"
     "`gol FILE` is short for `gol run FILE`, and `gol -e CODE` runs CODE.\n"
     "\n"
     "  -e CODE            run CODE instead of a file\n"
     "  -seed N            one worker, a repeatable schedule chosen by N, virtual time\n"
     "  -loopvar=shared    loop variables as before Go 1.22: one per loop, not per iteration\n"
     "  -race              report data races; with races found the exit status is 66\n"
     "  -race=json         the same, each as one line of JSON\n"
     "  -halt_on_error     with -race: the first one ends the run\n"
     "  -exitcode N        with -race: N instead of 66\n"
     "  -log_path PATH     with -race: reports go to PATH.PID; stdout and stderr are special\n"
     "\n"
     "GOMAXPROCS sets the number of workers (default: all cores). GORACE gives the options of -race as Go has them.\n"
     "Exit status: the program's own; 1 compile error; 2 panic or fatal error; 66 data races.\n",
     command_run},
    {"repl", "", "a prompt to try things out",
     "Type Go: statements, expressions, declarations, whole programs. Goroutines live on while you type.\n"
     "`gol` alone on a terminal starts it too; `:help` at the prompt says more. If standard input is no terminal it is run as\n"
     "one script.\n",
     command_repl},
    {"vet", "[--parse-only] FILE|FOLDER...", "check files without running them",
     "Each FILE is checked as a program of its own, each FOLDER as a package; all errors are printed.\n"
     "\n"
     "  --parse-only       only check the syntax\n",
     command_vet},
    {"dump", "--tokens|--tree|--types|--code FILE", "show what gol makes of a file",
     "  --tokens           the lexer's tokens\n"
     "  --tree             the syntax tree\n"
     "  --types            the tree with types and constants\n"
     "  --code             the bytecode\n",
     command_dump},
    {"version", "", "print the version", "", command_version},
    {"help", "[COMMAND]", "explain a command", "", command_help},
    {0},
};

const Command *command_find(const char *name) {
  for (const Command *c = commands; c->name; c++)
    if (!strcmp(c->name, name)) return c;
  return NULL;
}

int command_misuse(const char *command, const char *fmt, ...) {
  va_list args;
  va_start(args, fmt);
  fputs("gol: ", stderr);
  vfprintf(stderr, fmt, args);
  va_end(args);
  if (command) fprintf(stderr, "\nRun 'gol help %s' for usage.\n", command);
  else fputs("\nRun 'gol help' for usage.\n", stderr);
  return STATUS_FATAL;
}

unsigned command_distance(const char *a, const char *b) {
  size_t n = strlen(a), m = strlen(b);
  unsigned rows[3][32];
  if (m >= 31) return 99;
  for (size_t j = 0; j <= m; j++) rows[0][j] = (unsigned)j;
  for (size_t i = 1; i <= n; i++) {
    unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3], *two = rows[(i + 1) % 3];
    row[0] = (unsigned)i;
    for (size_t j = 1; j <= m; j++) {
      unsigned best = above[j - 1] + (a[i - 1] != b[j - 1]);
      if (above[j] + 1 < best) best = above[j] + 1;
      if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && two[j - 2] + 1 < best) best = two[j - 2] + 1;
      row[j] = best;
    }
  }
  return rows[n % 3][m];
}

static int unknown(const char *name) {
  const Command *nearest = NULL;
  unsigned least = 3;
  for (const Command *c = commands; c->name; c++) {
    unsigned d = command_distance(name, c->name);
    if (d < least) least = d, nearest = c;
  }
  if (nearest) return command_misuse(NULL, "unknown command '%s', and no file of that name. Did you mean '%s'?", name, nearest->name);
  return command_misuse(NULL, "unknown command '%s', and no file of that name", name);
}

static bool looks_like_file(const char *name) { return strchr(name, '.') || strchr(name, '/') || !strcmp(name, "-"); }

int main(int argc, char **argv) {
  if (argc < 2) {
    if (!os_is_terminal(0)) return command_run(2, (char *[]){"run", "-", NULL});
    return command_repl(1, (char *[]){"repl", NULL});
  }
  const char *first = argv[1];
  if (!strcmp(first, "-h") || !strcmp(first, "-help") || !strcmp(first, "--help")) return command_help(argc - 1, argv + 1);
  if (!strcmp(first, "--version") || !strcmp(first, "-version")) return command_version(argc - 1, argv + 1);
  const Command *command = command_find(first);
  if (command) return command->run(argc - 1, argv + 1);
  // A file, or flags of run.
  if (looks_like_file(first) || first[0] == '-' || os_file_exists(first)) {
    argv[0] = "run";
    return command_run(argc, argv);
  }
  return unknown(first);
}
