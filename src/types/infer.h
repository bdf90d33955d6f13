// Type argument inference (specification "Type inference"): the missing type arguments of a generic function, from
// the arguments of its call, from the variable it is assigned to, and from the constraints.
#ifndef TYPES_INFER_H
#define TYPES_INFER_H

#include <stdbool.h>

#include "types/predicates.h"

typedef struct {
  Type *type;            // type of the argument; NULL or invalid: an error was reported before
  const Const *constant; // not used by inference itself
  Pos pos;
  const char *(*text)(void *expr); // the argument as written, for messages
  void *expr;
} InferArg;

typedef struct {
  const Query *query;
  TypeList tparams;   // the parameters to solve for; rename them first if the call is inside their own scope
  TypeList given;     // explicit type arguments: len <= tparams.len, items may be NULL
  Type **params;      // parameter types, one for each argument (variadic ones already expanded)
  InferArg *args;
  uint32_t arg_count;
  Pos pos;            // of the call, where failures that concern no argument are reported
  bool reverse;       // the call is made up: a generic function assigned to a variable (changes the words)
} InferRequest;

typedef struct {
  bool ok;
  bool reported;      // not ok, but an argument was invalid: say nothing
  TypeList targs;     // ok: one for each type parameter
  Pos pos;
  const char *message;
  Object *tparam;     // "cannot infer T": the caller appends its declaration's position, " (FILE:LINE:COL)"
} InferResult;

InferResult infer(const InferRequest *request);

// Fresh type parameters in place of `tparams` (so that a recursive call can be told from its own scope); *t is
// rewritten in terms of them.
TypeList type_params_rename(Universe *u, TypeList tparams, Type **t);
// Does t mention one of the type parameters?
bool type_mentions(Type *t, TypeList tparams);

// Unification of two types for known type parameters; handles live during one inference.
typedef struct Unifier Unifier;
enum { UNIFY_ASSIGN = 1, UNIFY_EXACT = 2 };
Unifier *unifier_new(Universe *u, TypeList tparams, TypeList targs);
bool unifier_unify(Unifier *unifier, Type *x, Type *y, int mode);
Type *unifier_at(Unifier *unifier, Type *param);
void unifier_set(Unifier *unifier, Type *param, Type *t);
uint32_t unifier_unknowns(const Unifier *unifier);

#endif
