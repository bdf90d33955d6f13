// gol run: compile a file and run it.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "cli/command.h"
#include "driver/compilation.h"
#include "vm/runtime.h"

typedef struct {
  CompilationOptions compilation;
  RuntimeOptions runtime;
  const char *code; // -e
  const char *path;
} RunFlags;

// The value of flag `name` given as -name=V, --name=V or -name V; NULL if argv[*i] is another flag.
static const char *flag_value(const char *name, int argc, char **argv, int *i) {
  const char *arg = argv[*i] + 1;
  if (*arg == '-') arg++;
  size_t len = strlen(name);
  if (strncmp(arg, name, len)) return NULL;
  if (arg[len] == '=') return arg + len + 1;
  if (arg[len]) return NULL;
  return *i + 1 < argc ? argv[++*i] : NULL;
}

// Parses flags up to the file; returns the index of the first argument of the program, or -1 after a message.
static int parse_flags(RunFlags *flags, int argc, char **argv) {
  int i = 1;
  for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
    const char *value, *flag = argv[i];
    if (!strcmp(flag, "--")) {
      i++;
      break;
    }
    if ((value = flag_value("e", argc, argv, &i))) flags->code = value;
    else if ((value = flag_value("seed", argc, argv, &i))) {
      char *end;
      errno = 0;
      flags->runtime.seed = strtoull(value, &end, 0);
      flags->runtime.deterministic = true;
      if (!*value || *end || errno) return command_misuse("run", "-seed wants a number, not '%s'", value), -1;
    } else if ((value = flag_value("loopvar", argc, argv, &i))) {
      if (strcmp(value, "shared") && strcmp(value, "iteration")) return command_misuse("run", "-loopvar wants shared or iteration, not '%s'", value), -1;
      flags->compilation.loopvar_shared = !strcmp(value, "shared");
    } else if (!strcmp(flag, "-race") || !strcmp(flag, "--race")) {
      return command_misuse("run", "-race: this gol has no race detector yet"), -1;
    } else return command_misuse("run", "unknown flag %s", flag), -1;
  }
  if (flags->code) return i;
  if (i == argc) return command_misuse("run", "no file to run"), -1;
  flags->path = argv[i];
  return i + 1;
}

static Program *compile(const RunFlags *flags) {
  Compilation c;
  compilation_init(&c, flags->compilation);
  const char *error = NULL;
  bool ok = flags->code ? compilation_add_text(&c, "-e", (Text){flags->code, (uint32_t)strlen(flags->code)})
                        : compilation_add_path(&c, flags->path, &error);
  if (error) fprintf(stderr, "gol: %s: %s\n", flags->path, error);
  Program *program = ok && compilation_check(&c) ? compilation_compile(&c) : NULL;
  compilation_report(&c);
  compilation_deinit(&c);
  return program;
}

int command_run(int argc, char **argv) {
  RunFlags flags = {0};
  int first = parse_flags(&flags, argc, argv);
  if (first < 0) return STATUS_FATAL;
  Program *program = compile(&flags);
  if (!program) return STATUS_ERROR;
  // os.Args[0] is the file, as a script expects.
  flags.runtime.argc = argc - first + 1;
  flags.runtime.argv = argv + first - 1;
  if (flags.code) flags.runtime.argv[0] = "-e";
  Runtime *runtime = runtime_new(program, &flags.runtime);
  return runtime_run(runtime); // the process ends here: nothing to give back
}
