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
  bool name_accesses;  // what the source calls the memory that an instruction touches is kept, for its reports
  // May take part in the work; NULL: there is none. Not for a session. It is to be waited for before the Program runs.
  struct Helper *helper;
  // A session's (compile_session_new): zeroed memory that the collector looks into, for one variable; and where Programs lie.
  void *(*variable)(size_t size);
  const ArenaSource *code, *scratch; // scratch: the session's own tables. The collector looks into it
  const Program *(*find)(const Instr *pc); // Program.find of all of them
} CompileOptions;

// Compile what can be reached from the initialisers of the packages and from main.main. The packages are checked and
// have no errors; `main` is one of them. On success *out is the caller's (program_free). False: errors are in diags.
bool compile_program(const CompileOptions *options, Package **packages, uint32_t count, Package *main, Program **out);

// --- a session: Programs that see the variables, functions and types of those before them (session.c)

typedef struct CompileSession CompileSession;

// `options` and what it points to must outlive the session. `main` is the package whose inputs are compiled.
CompileSession *compile_session_new(const CompileOptions *options, Package *main);
void compile_session_free(CompileSession *s);
// Compile main's present initialisers as the next Program, with what they reach and no Program before has. The packages are all that
// are checked so far. Its entry runs them. Nobody frees the Program: its memory is options->code's. NULL: errors are in diags.
Program *compile_input(CompileSession *s, Package **packages, uint32_t count);
// CompileOptions.exact_calls of what is compiled from now on.
void compile_exact_calls(CompileSession *s, bool on);
// From now on calls of functions compiled by compile_input reach what is new in it: to be called before its entry runs.
void compile_publish(CompileSession *s);
// Where a variable of main lies; NULL: no code has mentioned it.
typedef struct {
  void *memory;
  RType *rtype; // dynamic
  Type *type;   // identical to the variable's, and older than the input if compile_left_nothing
} CompiledVariable;
CompiledVariable compile_variable(CompileSession *s, const Object *variable);
Type *compile_type_of(CompileSession *s, const RType *t); // of a dynamic one; NULL: there is none
// From now on the variable is that one.
void compile_rebind(CompileSession *s, Object *variable, CompiledVariable to);

// An input may be forgotten, if what it has left in options->scratch (and in the tree and types) is put back to what it was when
// compile_mark was called: has it added nothing that its Program shares with later ones?
void compile_mark(CompileSession *s);
bool compile_left_nothing(const CompileSession *s);
void compile_undo(CompileSession *s); // after the scratch memory was put back

#endif
