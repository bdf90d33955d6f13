// One compilation: from source text to a Program. The arena of everything the front end makes, and the packages by path.
//
//   text --parse--> File --check--> annotated Package --compile--> Program
//
// A user's mistakes are in `diags`; each step returns false if there are any and the later steps must not follow.
#ifndef DRIVER_COMPILATION_H
#define DRIVER_COMPILATION_H

#include "base/diag.h"
#include "base/table.h"
#include "base/vec.h"
#include "bytecode/program.h"
#include "types/check.h"

typedef struct {
  bool loopvar_shared; // -loopvar=shared
} CompilationOptions;

typedef struct Compilation {
  CompilationOptions options;
  Arena arena;
  Names names;
  SourceSet sources;
  Diags diags;
  Universe universe;
  VEC(File *) files;         // of the main package
  Package *main;
  VEC(Package *) packages;   // finished ones, imported before importing
  VEC(const char *) loading; // paths of imports under way, for cycles
} Compilation;

void compilation_init(Compilation *c, CompilationOptions options);
void compilation_deinit(Compilation *c);

// Parse a file into the main package; "-" is standard input. False if it cannot be read (then *error says why) or has errors.
bool compilation_add_path(Compilation *c, const char *path, const char **error);
// Parse a text; `name` stands for the file in messages.
bool compilation_add_text(Compilation *c, const char *name, Text text);
bool compilation_check(Compilation *c);
// The Program outlives the compilation; free it with program_free. NULL on errors.
Program *compilation_compile(Compilation *c);
// Print what is in diags to standard error, sorted.
void compilation_report(Compilation *c);

#endif
