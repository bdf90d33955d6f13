// gol help, gol version.
#include <stdio.h>
#include <string.h>

#include "cli/command.h"

int command_version(int argc, char **argv) {
  if (argc > 1) return command_misuse("version", "version takes no arguments");
  printf("gol version " GOL_VERSION " (Go 1.23) linux/amd64\n");
  return STATUS_OK;
}

static void print_overview(void) {
  puts("gol runs Go's concurrency as a script.\n");
  puts("usage:");
  puts("  gol FILE [ARGS...]         run a script or program");
  puts("  gol -e CODE                run CODE");
  puts("  gol COMMAND [ARGS...]\n");
  puts("commands:");
  for (const Command *c = commands; c->name; c++) printf("  %-10s %s\n", c->name, c->summary);
  puts("\n'gol help COMMAND' explains one.");
}

int command_help(int argc, char **argv) {
  if (argc < 2 || argv[1][0] == '-') {
    print_overview();
    return STATUS_OK;
  }
  const Command *c = command_find(argv[1]);
  if (!c) return command_misuse(NULL, "unknown command '%s'", argv[1]);
  printf("usage: gol %s%s%s\n\n%s%s%s", c->name, *c->usage ? " " : "", c->usage, c->summary, *c->help ? ".\n\n" : ".\n", c->help);
  return STATUS_OK;
}
