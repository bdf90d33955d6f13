// Function bodies that are not wanted yet: the matching brace, found without making tokens. Only what may hide a brace is
// looked at: comments, strings and runes, by the rules of the scanner proper (grammar/gol.re).
#include "syntax/lexer.h"

#include <string.h>

// The bytes at which the search stops.
static const bool stops[256] = {[0] = true,   ['{'] = true, ['}'] = true, ['"'] = true,
                                ['\''] = true, ['`'] = true, ['/'] = true};

// Behind the closing quote; a literal that is not closed ends with its line.
static const char* skip_quoted(const char* at, const char* limit) {
  char quote = *at++;
  for (; at < limit && *at != '\n'; at++) {
    if (*at == quote) return at + 1;
    if (*at == '\\' && at + 1 < limit) at++;
  }
  return at;
}

// Behind the next `byte`, or at the limit.
static const char* skip_past(const char* at, const char* limit, char byte) {
  const char* found = memchr(at, byte, (size_t)(limit - at));
  return found ? found + 1 : limit;
}

static const char* skip_slash(const char* at, const char* limit) {
  if (at[1] == '/') return skip_past(at, limit, '\n');
  if (at[1] != '*') return at + 1;
  at += 2;
  do at = skip_past(at, limit, '*');
  while (at < limit && *at != '/');
  return at < limit ? at + 1 : limit;
}

Token lexer_skip_block(Lexer* lexer, Token lbrace) {
  const char *at = lexer->cursor, *limit = lexer->limit;
  uint32_t depth = 1;
  while (depth && at < limit) {
    while (!stops[(unsigned char)*at]) at++;
    switch (*at) {
    case '{': depth++, at++; break;
    case '}': depth--, at++; break;
    case '"': case '\'': at = skip_quoted(at, limit); break;
    case '`': at = skip_past(at + 1, limit, '`'); break;
    case '/': at = skip_slash(at, limit); break;
    default: at += at < limit; // a stray NUL
    }
  }
  lexer->cursor = at;
  lexer->nlsemi = true;
  return (Token){.start = lbrace.start, .len = (uint32_t)(lexer->base + (Pos)(at - lexer->text) - lbrace.start)};
}
