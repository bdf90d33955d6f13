// The lexer: text to tokens, with Go's automatic semicolons. The scanner proper is grammar/gol.re; literals that are not
// plain, comments and everything that can go wrong are in literal.c and comment.c.
//
// Wrong characters and literals are reported here, in gc's words, and never dropped silently: the token stream goes on.
#ifndef SYNTAX_LEXER_H
#define SYNTAX_LEXER_H

#include "base/diag.h"
#include "base/source.h"
#include "syntax/tree.h"

#include <stdbool.h>
#include <stdint.h>

// What ended a statement: Token.op of a SEMI.
typedef enum { SEMI_SEMICOLON, SEMI_NEWLINE, SEMI_EOF } SemiKind;

enum { T_END = 0 }; // lemon's name for the end of the input

enum { TOKEN_BAD = 0x80 }; // in Token.op of a LITERAL: malformed, and already reported

typedef struct Token {
  Pos start;
  uint32_t len;
  uint8_t kind; // T_* of syntax/tokens.h
  uint8_t op;   // Operator; LiteralKind, perhaps with TOKEN_BAD; SemiKind
} Token;

#define NO_TOKEN ((Token){0})

static inline Pos token_end(Token token) { return token.start + token.len; }

typedef struct CommentList {
  Comment *data;
  uint32_t len, cap;
} CommentList;

typedef struct Lexer {
  const char *cursor; // next byte
  const char *text;   // first byte of the source
  const char *limit;  // its end, where a NUL byte stands
  Pos base;           // position of the first byte
  bool nlsemi;        // a newline or the end would be a semicolon here
  bool unterminated;  // ended inside a raw string or a comment (a REPL then asks for more)
  SourceSet *sources; // for //line
  Source *source;
  Diags *diags;
  Arena *arena;         // for the comments
  CommentList comments; // with their extents, in order
} Lexer;

// Starts at the beginning of a source; checks the whole text's encoding and reports what is wrong with it.
void lexer_init(Lexer *lexer, SourceSet *sources, Source *source, Diags *diags, Arena *arena);
// Starts in the middle of a source that a lexer has been through.
void lexer_init_at(Lexer *lexer, SourceSet *sources, Source *source, Diags *diags, Arena *arena, Pos from);
// The next token; T_END at the end, again and again.
Token lexer_next(Lexer *lexer);
// Steps over the rest of a function declaration up to its body or, without one, its end, the `func` of which came last; returns
// the extent of what is left out.
Token lexer_skip_head(Lexer *lexer, Token func);
// The names in such a head.
typedef struct HeadNames {
  Token receiver; // the base type; no token: a function
  bool pointer;   // the receiver is one
  Token name;
} HeadNames;
HeadNames lexer_head_names(const Lexer *lexer, Token head);
// Steps over the rest of a block whose opening brace came last, without a look at its tokens; returns the extent of the
// whole block, or what there is of it.
Token lexer_skip_block(Lexer *lexer, Token lbrace);
// The text of a token.
static inline Text token_text(const Lexer *lexer, Token token) { return (Text){lexer->text + (token.start - lexer->base), token.len}; }

// --- between gol.re and its helpers

// Each takes the address of the token's first byte, moves the cursor behind the token and returns Token.op.
uint8_t lex_number(Lexer *lexer, const char *start);
uint8_t lex_string(Lexer *lexer, const char *start);
uint8_t lex_raw_string(Lexer *lexer, const char *start);
uint8_t lex_rune(Lexer *lexer, const char *start);
// An identifier, at least one byte of which is not ASCII. False when there was nothing but bytes to skip.
bool lex_wide_identifier(Lexer *lexer, const char *start);
// A comment; the block form returns whether it contained a newline.
void lex_line_comment(Lexer *lexer, const char *start);
bool lex_block_comment(Lexer *lexer, const char *start);
// A character that begins no token.
void lex_stray(Lexer *lexer, const char *start);

void lexer_error(Lexer *lexer, const char *at, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
