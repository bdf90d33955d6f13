// Where in a text the parser is, read off lemon's stack: what gc's parser knows by its chain of calls. Only for mistakes
// (recover.c), hence without hurry.
#ifndef SYNTAX_PLACE_H
#define SYNTAX_PLACE_H

#include "syntax/parser.h"

// Whether a token of this kind could come here.
bool place_takes(const Parser *p, int kind);
// The symbol `back` entries below the top of the stack, -1 below the bottom.
int place_symbol(const Parser *p, uint32_t back);
// Whether the file begins with a package clause; its action may still be pending.
bool place_is_package(const Parser *p);

// What kind of bracket is open.
typedef enum {
  AT_TOP, // outside of all brackets
  IN_BLOCK,
  IN_CASES, // of switch or select
  IN_STRUCT,
  IN_INTERFACE,
  IN_LITERAL,
  IN_GROUP,     // import, const, type, var ( ... )
  IN_ARGUMENTS, // call
  IN_PARAMS,
  IN_PARENS, // around an expression or a type
  IN_INDEX,  // or slice
  IN_TPARAMS,
  IN_BRACKETS, // others: array length, map key, type arguments
} Place;

// The innermost bracket that is still open, and where it is on the stack.
Place place_bracket(const Parser *p, uint32_t *depth);
// Whether a function body is open, or the statements of a script.
bool place_in_function(const Parser *p);

// A keyword whose head (the part up to its block, colon or end) is being read.
typedef struct Head {
  int keyword;    // 0: none
  uint32_t depth; // of the keyword
  int semis;      // semicolons since
  bool range;     // a range clause
} Head;

// Looks from the top of the stack down to the innermost open bracket.
Head place_head(const Parser *p);
// The keyword of the declaration being read, in a group (whose bracket is at `open`) or alone.
int place_spec_keyword(const Parser *p, Place place, uint32_t open);

#endif
