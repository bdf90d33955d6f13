// Functions that are not wanted yet: where their heads and bodies end, found without making tokens. Only what may hide a bracket
// is looked at: comments, strings and runes, by the rules of the scanner proper (grammar/gol.re).
#include "syntax/lexer.h"

#include <string.h>

// The bytes at which the search for the end of a body stops, and for that of a head.
static const bool head_stops[256] = {[0] = true,   ['{'] = true, ['}'] = true, ['('] = true, [')'] = true, ['['] = true,
                                     [']'] = true, ['\n'] = true, ['"'] = true, ['`'] = true, ['/'] = true};
static const bool stops[256] = {[0] = true,   ['{'] = true, ['}'] = true, ['"'] = true,
                                ['\''] = true, ['`'] = true, ['/'] = true};

// Behind the closing quote; a literal that is not closed ends with its line.
static const char *skip_quoted(const char *at, const char *limit) {
  char quote = *at++;
  for (; at < limit && *at != '\n'; at++) {
    if (*at == quote) return at + 1;
    if (*at == '\\' && at + 1 < limit) at++;
  }
  return at;
}

// Behind the next `byte`, or at the limit.
static const char *skip_past(const char *at, const char *limit, char byte) {
  const char *found = memchr(at, byte, (size_t)(limit - at));
  return found ? found + 1 : limit;
}

static const char *skip_slash(const char *at, const char *limit) {
  if (at[1] == '/') return skip_past(at, limit, '\n');
  if (at[1] != '*') return at + 1;
  at += 2;
  do at = skip_past(at, limit, '*');
  while (at < limit && *at != '/');
  return at < limit ? at + 1 : limit;
}

// gofmt's layout: what is in a block of several lines is indented, and the closing brace of a function begins a line. (No raw string of the
// library has such a line; tests/unit/driver/test_std.c reads all of it both ways.) NULL: a block on one line.
static const char *skip_formatted_body(const char *at, const char *limit) {
  if (*at != '\n') return NULL;
  while ((at = memchr(at, '\n', (size_t)(limit - at))))
    if (*++at == '}') return at + 1;
  return NULL;
}

Token lexer_skip_block(Lexer *lexer, Token lbrace) {
  const char *at = lexer->cursor, *limit = lexer->limit;
  const char *behind = lexer->source->formatted ? skip_formatted_body(at, limit) : NULL;
  uint32_t depth = behind ? 0 : 1;
  if (behind) at = behind;
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

// --- heads

static const bool word_bytes[256] = {['a' ... 'z'] = true, ['A' ... 'Z'] = true, ['0' ... '9'] = true, ['_'] = true, [0x80 ... 0xff] = true};
static bool in_word(char c) { return word_bytes[(unsigned char)c]; }

static const char *skip_blanks(const char *at) {
  while (*at == ' ' || *at == '\t' || *at == '\r') at++;
  return at;
}

static const char *back_over_blanks(const char *at) {
  while (at[-1] == ' ' || at[-1] == '\t' || at[-1] == '\r') at--;
  return at;
}

// Is the word that ends here `struct` or `interface`? Then the brace behind it belongs to a result's type.
static bool ends_in_type_keyword(const char *end) {
  const char *start = end;
  while (in_word(start[-1])) start--;
  size_t len = (size_t)(end - start);
  return (len == 6 && !memcmp(start, "struct", 6)) || (len == 9 && !memcmp(start, "interface", 9));
}

// Behind the brackets that open here.
static const char *skip_brackets(const char *at, const char *limit) {
  uint32_t depth = 0;
  do {
    while (!head_stops[(unsigned char)*at]) at++;
    switch (*at) {
    case '(': case '[': case '{': depth++, at++; break;
    case ')': case ']': case '}': depth--, at++; break;
    case '"': at = skip_quoted(at, limit); break;
    case '`': at = skip_past(at + 1, limit, '`'); break;
    case '/': at = skip_slash(at, limit); break;
    default: at += at < limit; // a new line
    }
  } while (depth && at < limit);
  return at;
}

// gofmt's layout: a head whose line ends with a brace ends before it, unless that is one of a type.
static const char *skip_formatted_head(const char *at, const char *limit) {
  const char *end = memchr(at, '\n', (size_t)(limit - at));
  if (!end || end[-1] != '{' || end - 1 < at) return NULL;
  return ends_in_type_keyword(back_over_blanks(end - 1)) ? NULL : end - 1;
}

Token lexer_skip_head(Lexer *lexer, Token func) {
  const char *at = lexer->cursor, *limit = lexer->limit;
  const char *brace = lexer->source->formatted ? skip_formatted_head(at, limit) : NULL;
  if (brace) at = brace;
  while (!brace) {
    while (!head_stops[(unsigned char)*at]) at++;
    bool brackets = *at == '(' || *at == '[' || (*at == '{' && ends_in_type_keyword(back_over_blanks(at)));
    if (!brackets) break;
    at = skip_brackets(at, limit);
  }
  at = back_over_blanks(at);
  lexer->cursor = at;
  lexer->nlsemi = true;
  return (Token){.start = func.start, .len = (uint32_t)(lexer->base + (Pos)(at - lexer->text) - func.start)};
}

static Token word_at(const Lexer *lexer, const char *start) {
  const char *end = start;
  while (in_word(*end)) end++;
  return (Token){.start = lexer->base + (Pos)(start - lexer->text), .len = (uint32_t)(end - start)};
}

// func (r *T[K]) name
HeadNames lexer_head_names(const Lexer *lexer, Token head) {
  HeadNames names = {0};
  const char *at = skip_blanks(token_text(lexer, head).ptr + strlen("func"));
  if (*at == '(') {
    const char *behind = skip_brackets(at, lexer->limit);
    for (at++; *at != ')' && *at != '['; at++) {
      names.pointer |= *at == '*';
      if (!in_word(*at)) continue;
      names.receiver = word_at(lexer, at); // the last one is the type's
      at += names.receiver.len - 1;
    }
    at = skip_blanks(behind);
  }
  names.name = word_at(lexer, at);
  return names;
}
