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
#include "driver/ahead.h"
#include "types/check.h"

typedef struct {
  bool loopvar_shared; // -loopvar=shared
  bool exact_calls;    // for the race detector, see compile.h
  bool parallel;       // a second thread may help with long files and many packages
  const ArenaSource *memory; // of trees, types and texts; NULL: malloc
  bool whole_std;      // read and check all of a standard package, not only the functions that are used: to test it
} CompilationOptions;

typedef VEC(File *) FileList;

typedef struct Compilation {
  CompilationOptions options;
  Arena arena;
  Names names;
  SourceSet sources;
  Diags diags;
  ParseParts parts;
  Universe universe;
  const char *folder;        // of the main package's files, as given; NULL: no file
  FileList files;            // of the main package
  Package *main;
  VEC(Package *) packages;   // finished ones, imported before importing
  VEC(Package *) loading;    // imports under way, for cycles
  Ahead ahead;               // the helper: reads the bodies of the first file, if it is long, and standard packages, if they are many
  bool compiled;             // nothing more is read or compiled
  bool late_mistake;         // there was a syntax error in a body of the first file
} Compilation;

void compilation_init(Compilation *c, CompilationOptions options);
void compilation_deinit(Compilation *c);

// Parse a file into the main package, or the files of a folder that form a package (see folder.h); "-" is standard input.
// False if that cannot be (then *error says why) or there are syntax errors.
bool compilation_add_path(Compilation *c, const char *path, const char **error);
// Parse a text; `name` stands for the file in messages.
bool compilation_add_text(Compilation *c, const char *name, Text text);
bool compilation_is_script(const Compilation *c);  // its first file has no package clause: nothing may follow it
bool compilation_is_program(const Compilation *c); // a script or package main
bool compilation_check(Compilation *c);
// The Program outlives the compilation, whose end is to come before it runs (a helper may not be done with it); free it with
// program_free. NULL on errors.
Program *compilation_compile(Compilation *c);
// Print what is in diags to standard error, sorted.
void compilation_report(Compilation *c);

// --- for import.c

// NULL if there is a syntax error. Other complaints of the parser do not stop the checker from adding its own, as in gc.
File *compilation_parse(Compilation *c, const char *name, Text text);
// The same for a standard package.
File *compilation_parse_std(Compilation *c, const StdFile *file);
// Appends the files of a folder's package. False after syntax errors, or with *error set.
bool compilation_parse_folder(Compilation *c, const char *path, FileList *files, const char **error);
CheckOptions compilation_check_options(Compilation *c);

#endif
