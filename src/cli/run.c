// gol run: compile a file and run it.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "cli/command.h"
#include "driver/compilation.h"
#include "vm/runtime.h"
#include "vm/signals.h"
#include "watch/detector.h"

typedef struct {
  CompilationOptions compilation;
  RuntimeOptions runtime;
  bool race;
  const char *race_only; // a flag that means nothing without -race
  ReportOptions report;
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

// -exitcode and -log_path: what GORACE says to Go's race detector; false after a message.
static bool race_flag(RunFlags *flags, const char *name, const char *value) {
  char option[4096];
  flags->race_only = name;
  if (snprintf(option, sizeof option, "%s=%s", name, value) >= (int)sizeof option || strpbrk(value, " :") ||
      report_read_options(&flags->report, option))
    return command_misuse("run", "-%s does not take '%s'", name, value), false;
  return true;
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
      flags->race = true;
    } else if (!strcmp(flag, "-race=json") || !strcmp(flag, "--race=json")) {
      flags->race = flags->report.json = true;
    } else if (!strcmp(flag, "-halt_on_error") || !strcmp(flag, "--halt_on_error")) {
      flags->report.halt_on_error = true;
      flags->race_only = "halt_on_error";
    } else if ((value = flag_value("exitcode", argc, argv, &i))) {
      if (!race_flag(flags, "exitcode", value)) return -1;
    } else if ((value = flag_value("log_path", argc, argv, &i))) {
      if (!race_flag(flags, "log_path", value)) return -1;
    } else return command_misuse("run", "unknown flag %s", flag), -1;
  }
  if (flags->race_only && !flags->race) return command_misuse("run", "-%s goes with -race", flags->race_only), -1;
  if (flags->code) return i;
  if (i == argc) return command_misuse("run", "no file to run"), -1;
  flags->path = argv[i];
  return i + 1;
}

static bool is_source(const char *arg) {
  const char *dot = strrchr(arg, '.');
  return dot && (!strcmp(dot, ".go") || !strcmp(dot, ".gol"));
}

// What is to be run: -e's code, a folder, or a file; a program's further files follow it, as with `go run`. A script is one
// file, what follows are its arguments. *next is the index of the first argument.
static bool add_sources(Compilation *c, const RunFlags *flags, int argc, char **argv, int *next, const char **error) {
  if (flags->code) return compilation_add_text(c, "-e", (Text){flags->code, (uint32_t)strlen(flags->code)});
  bool ok = compilation_add_path(c, flags->path, error);
  if (*error || compilation_is_script(c) || !is_source(flags->path) || os_is_directory(flags->path)) return ok;
  for (; !*error && *next < argc && is_source(argv[*next]); ++*next) ok &= compilation_add_path(c, argv[*next], error);
  return ok;
}

static Program *compile(const RunFlags *flags, int argc, char **argv, int *next) {
  Compilation c;
  compilation_init(&c, flags->compilation);
  const char *error = NULL;
  bool ok = add_sources(&c, flags, argc, argv, next, &error);
  if (ok && !compilation_is_program(&c)) {
    fprintf(stderr, "gol: package %s is not a main package\n", c.files.data[0]->package->name->text);
    ok = false;
  }
  if (error) fprintf(stderr, "gol: %s\n", error);
  Program *program = ok && compilation_check(&c) ? compilation_compile(&c) : NULL;
  compilation_report(&c);
  if (program) runtime_start_heap(); // now, while the helper may be busy
  compilation_deinit(&c);
  return program;
}

int command_run(int argc, char **argv) {
  RunFlags flags = {.report = report_defaults};
  const char *gorace = os_getenv("GORACE"), *wrong = gorace ? report_read_options(&flags.report, gorace) : NULL;
  int next = parse_flags(&flags, argc, argv);
  if (next < 0) return STATUS_FATAL;
  if (flags.race && wrong) return command_misuse("run", "GORACE: %s is not understood", wrong);
  if (flags.race && !detector_is_possible())
    return command_misuse("run", "-race: the system does not give the address space for that; is there a limit (ulimit -v)?");
  flags.compilation.exact_calls = flags.race;
  flags.compilation.parallel = true;
  Program *program = compile(&flags, argc, argv, &next);
  if (!program) return STATUS_ERROR;
  Report *report = NULL;
  if (flags.race) {
    report = report_new(program, &flags.report);
    flags.runtime.observer = detector_observer(detector_new(program, report, true));
  }
  // os.Args[0] is the file, as a script expects.
  flags.runtime.argc = argc - next + 1;
  flags.runtime.argv = argv + next - 1;
  flags.runtime.argv[0] = flags.code ? "-e" : (char *)flags.path;
  signals_block();
  Runtime *runtime = runtime_new(program, &flags.runtime);
  signals_watch(runtime, flags.runtime.deterministic); // there, whoever reads makes all others wait
  int status = runtime_run(runtime); // the process ends here: nothing to give back
  return report ? report_end(report, runtime, status) : status;
}
