// gol vet: check each file as a program of its own, run none.
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "driver/compilation.h"

static bool vet(const char *path, bool parse_only) {
  Compilation c;
  compilation_init(&c, (CompilationOptions){0});
  const char *error;
  bool ok = compilation_add_path(&c, path, &error);
  if (error) fprintf(stderr, "gol: %s\n", error);
  if (ok && !parse_only) compilation_check(&c);
  ok = ok && diags_count(&c.diags) == 0;
  compilation_report(&c);
  compilation_deinit(&c);
  return ok;
}

int command_vet(int argc, char **argv) {
  bool parse_only = false, ok = true;
  int i = 1;
  for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
    if (strcmp(argv[i], "--parse-only") && strcmp(argv[i], "-parse-only")) return command_misuse("vet", "unknown flag %s", argv[i]);
    parse_only = true;
  }
  if (i == argc) return command_misuse("vet", "no files");
  for (; i < argc; i++) ok &= vet(argv[i], parse_only);
  return ok ? STATUS_OK : STATUS_ERROR;
}
