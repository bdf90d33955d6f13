// From checked packages to a Program (immutable bytecode). The only public header of the layer.
#ifndef COMPILE_COMPILE_H
#define COMPILE_COMPILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "base/source.h"
#include "bytecode/program.h"
#include "types/types.h"

typedef struct {
  Universe *universe;
  Diags *diags;
  const SourceSet *sources;
  // The C function behind a body-less declaration, by its name: "time.Sleep", "sync.(*Mutex).Lock". NULL: there is none.
  NativeFn (*native)(void *context, const char *name);
  void *context;
  bool loopvar_shared; // -loopvar=shared: one variable for all iterations, as before Go 1.22
  bool exact_calls;    // every call has its own frame wherever memory is touched: for the race detector's stacks
  bool keep_globals;   // a script's variables outlive it (REPL): all of them are globals
} CompileOptions;

// Compile what can be reached from the initialisers of the packages and from main.main. The packages are checked and
// have no errors; `main` is one of them. On success *out is the caller's (program_free). False: errors are in diags.
bool compile_program(const CompileOptions *options, Package **packages, uint32_t count, Package *main, Program **out);

#endif
