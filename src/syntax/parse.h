// The parser's door: a source file in, a tree out. A file that begins with `package` is Go; any other is a script, unless
// its name ends in .go: then the package clause is missed.
//
// Parsing goes on after an error; the tree then has BAD nodes where something was missing. All nodes live in the arena
// of the context and last as long as it does.
#ifndef SYNTAX_PARSE_H
#define SYNTAX_PARSE_H

#include "base/diag.h"
#include "base/source.h"
#include "base/text.h"
#include "syntax/tree.h"

typedef enum {
  PARSE_OK,
  PARSE_ERROR,
  PARSE_INCOMPLETE, // no mistake so far, but the text ends in the middle of something: a REPL asks for another line
} ParseStatus;

// What the parsing of parts of files (parse_head, parse_body) leaves to the next one: a context's own, zeroed at first.
typedef struct ParseParts {
  void *machine;
  struct ParserStart *declaration, *body;
} ParseParts;
void parse_parts_deinit(ParseParts *parts);

typedef struct ParseContext {
  Arena *arena;       // the tree
  Names *names;       // interned identifiers
  Diags *diags;       // what is wrong
  SourceSet *sources; // where //line directives are recorded
  ParseParts *parts;  // only with an arena that keeps all it has given; NULL: none
  enum {
    SKIP_NOTHING,
    SKIP_BODIES,    // leave out the statements of declared functions: parse_body reads them when they are wanted
    SKIP_FUNCTIONS, // and their heads: parse_head does
  } skip;

  // Results of the last parse_file.
  ParseStatus status;
  uint32_t syntax_errors; // gc does not check types when there is one; other complaints do not stop it
} ParseContext;

// Never NULL. With status PARSE_INCOMPLETE the diagnostics also say what is missing, as for a file.
File *parse_file(ParseContext *context, Source *source);

// Reads the receiver and signature of a function that parse_file left out (NodeFunc.sig is NULL), in which there must be no
// mistakes.
void parse_head(ParseContext *context, Source *source, NodeFunc *func);

// Reads the statements of a function's body that parse_file left out (NodeFunc.unread). What is wrong in it is reported
// now; it then holds what could be read.
void parse_body(ParseContext *context, Source *source, NodeFunc *func);

// --- reading bodies in two threads

// Only one of several threads gets true for a body that is unread, and has to call parse_body or parse_right_body then.
static inline bool parse_claim(NodeFunc *func) {
  uint8_t unread = BODY_UNREAD;
  return __atomic_compare_exchange_n(&func->unread, &unread, BODY_CLAIMED, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}
static inline bool parse_is_read(const NodeFunc *func) { return __atomic_load_n(&func->unread, __ATOMIC_ACQUIRE) == BODY_READ; }
// As parse_body, if there is nothing wrong in the body; else it is unread again, and nothing was reported. Two threads may do
// this at the same time if they share no more of their contexts than the names.
void parse_right_body(ParseContext *context, Source *source, NodeFunc *func);

#endif
