// The checker: names, types, constants, initialisation order. It annotates the tree and reports every error of a
// package in Go's words. A user's mistake is a Diag; checking goes on, so a file with errors is still annotated.
#ifndef TYPES_CHECK_H
#define TYPES_CHECK_H

#include "base/diag.h"
#include "types/types.h"

typedef struct {
  Universe *universe;
  Diags *diags;
  // Finds and checks an imported package (or returns the finished one); NULL with *why set if there is none.
  Package *(*import)(void *context, const char *path, Pos at, const char **why);
  // Script mode: is `name` a standard package usable without an import? Returns its path or NULL ("rand" -> "math/rand").
  const char *(*implicit_package)(void *context, const Name *name);
  // Read what the parser left out of a function: its signature (NodeFunc.sig), its statements (NodeFunc.unread), if that is still to be done. NULL: it leaves
  // nothing out.
  void (*read_head)(void *context, NodeFunc *function);
  void (*read_body)(void *context, NodeFunc *function);
  void *context;
  bool on_demand;      // of a standard package only the declarations are checked that something refers to
  bool loopvar_shared; // -loopvar=shared: loop variables as before Go 1.22
  const SourceSet *sources; // for the positions inside messages ("other declaration of x"); NULL: these lines lack theirs
} CheckOptions;

// Check the files of one package together. Returns true if no error was reported.
bool check_package(const CheckOptions *options, Package *package);

// The standard library is large, and a program uses little of it: declarations and bodies are checked when they are wanted. That
// may be in the middle of checking another package, or when all is checked and the program is compiled.
// Makes sure that a package-level object or a method has its type.
void check_declaration(Object *object);
// Makes sure that a function's body is checked. Errors are in diags.
void check_function(Object *function);
// Brings package->init into order once more: references through functions count, and their bodies are checked now.
void check_init_again(Package *package);

// Labels and branches alone: what gc reports in a file with syntax errors too, which is not checked otherwise, in the
// functions without such an error. Comes before any checking: `diags` has the parser's only.
void check_file_branches(const CheckOptions *options, File *file);

#endif
