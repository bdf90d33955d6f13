// Inside the parser: what the grammar's actions (build.c), the error handling (recover.c) and the driver (parse.c) share.
#ifndef SYNTAX_PARSER_H
#define SYNTAX_PARSER_H

#include "syntax/lexer.h"
#include "syntax/parse.h"

typedef struct Parser {
  ParseContext *context;
  Arena *arena;
  Names *names;
  File *file;
  Lexer lexer;
  Token token;           // the one to be fed next
  void *machine;         // lemon's parser: state numbers and values
  const char *stop;      // where the text ends for this parser, if not at its end
  uint32_t before;       // diagnostics there were before this file
  uint32_t last_line;    // of the last "syntax error": gc reports one a line
  uint32_t moves;        // of the error handling: tokens skipped and put in
  uint32_t closed_early; // blocks that the error handling closed, in a script
  bool kept;             // the last complaint was not one too many for its line
  bool rejected;         // the machine was fed a token that it cannot take
  bool bodyless;         // the last declaration was a function without a body
  bool late_import;      // a declaration other than an import came last
  bool failed;           // give up: nested too deeply, or no package clause
  bool incomplete;       // the first mistake was the end of the text
} Parser;

// --- complaints

// Reports a mistake in gc's words. Of messages that begin with "syntax error" only the first of a line is kept.
void complain_at(Parser *p, Pos start, Pos end, const char *fmt, ...) __attribute__((cold, format(printf, 4, 5)));
static inline void complain(Parser *p, Token at, const char *message) {
  complain_at(p, at.start, token_end(at), "%s", message);
}
// Attaches a hint to the last complaint, unless that was not kept.
void parser_hint(Parser *p, const char *hint);

// Whether anything has been reported in this file, the lexer's complaints included.
static inline bool parser_has_errors(const Parser *p) { return diags_count(p->context->diags) > p->before; }

// --- recover.c

// The token cannot be taken: reports it as gc would and does what gc does to go on: skips tokens, and feeds what is
// missing. On return the parser can take p->token, or p->failed is set.
void parser_recover(Parser *p);

// Whether p->token can be taken.
bool parser_takes(const Parser *p);
// Whether it must be refused although the machine accepts it: what the grammar does not see.
bool parser_refuses(const Parser *p);

// --- parse.c

// Reads the next token into p->token.
void parser_advance(Parser *p);

// --- the machine (grammar/gol.y)

enum { STACK_MAX = 40000 }; // entries: nesting beyond it is refused

void *parser_machine_new(Parser *p);
void parser_machine_free(void *machine);
// What is on the stack of a machine that has been fed a few tokens: free() it. A machine can begin there again, for another parser.
typedef struct ParserStart ParserStart;
ParserStart *parser_machine_save(const void *machine);
void parser_machine_restart(void *machine, Parser *p, const ParserStart *start);
// Gives the machine a token and returns parser_depth. If it does not accept it, p->rejected is set and the stack is no longer
// of use.
uint32_t parser_feed(void *machine, Token token);
// Gives it p->token and what `next` makes of it, up to the end. False: it does not accept one, `next` said so, or it nests too deeply.
bool parser_feed_all(Parser *p, bool next(Parser *p));
// Carries out the reductions that no token can change: the actions of rules that are complete.
void parser_settle(void *machine);
// Whether the machine could take a token of this kind now, or after popping its stack to `depth` entries.
bool parser_accepts(const void *machine, int kind);
bool parser_accepts_at(const void *machine, uint32_t depth, int kind);
uint32_t parser_depth(const void *machine);
// The symbol at a depth (1 = bottom, parser_depth = top): T_* for a token, something above for a non-terminal.
int parser_symbol(const void *machine, uint32_t depth);
// The value at a depth where a non-terminal of type Node *is.
Node *parser_node(const void *machine, uint32_t depth);
// The token at a depth; NO_TOKEN for a non-terminal.
Token parser_token(const void *machine, uint32_t depth);

#endif
