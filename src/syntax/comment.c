// The lexer's beginning and the text between tokens: encoding, comments, `//line` directives, the `#!` line.
#include "syntax/lexer.h"

#include "base/vec.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void lexer_error(Lexer *lexer, const char *at, const char *fmt, ...) {
  Pos pos = lexer->base + (Pos)(at - lexer->text);
  va_list args;
  va_start(args, fmt);
  diag_verror(lexer->diags, pos, pos + 1, fmt, args);
  va_end(args);
}

// Whether every byte is ASCII and none is NUL. Eight at a time: taking 1 from a byte sets its high bit only if it was 0 or
// above 0x80 (a borrow from below begins at a 0, which is found anyway).
static bool is_plain(const char *text, size_t len) {
  const uint64_t ones = 0x0101010101010101, highs = ones << 7;
  uint64_t word, strange = 0;
  size_t i = 0;
  for (; i + sizeof word <= len; i += sizeof word) {
    memcpy(&word, text + i, sizeof word);
    strange |= word | (word - ones);
  }
  for (; i < len; i++) strange |= (uint64_t)((unsigned char)text[i] | ((unsigned char)text[i] - 1));
  return !(strange & highs);
}

// Reports every byte that is not Go source text. The lexer steps over them later without a word.
static void check_encoding(Lexer *lexer) {
  uint32_t width;
  for (const char *at = lexer->text; at < lexer->limit; at += width) {
    int32_t rune = utf8_decode(at, (size_t)(lexer->limit - at), &width);
    if (rune == 0) lexer_error(lexer, at, "invalid NUL character");
    else if (rune == RUNE_ERROR && width == 1) lexer_error(lexer, at, "invalid UTF-8 encoding");
    else if (rune == 0xFEFF && at > lexer->text) lexer_error(lexer, at, "invalid BOM in the middle of the file");
  }
}

void lexer_init_at(Lexer *lexer, SourceSet *sources, Source *source, Diags *diags, Arena *arena, Pos from) {
  *lexer = (Lexer){
      .cursor = source->text.ptr + (from - source->base),
      .text = source->text.ptr,
      .limit = source->text.ptr + source->text.len,
      .base = source->base,
      .sources = sources,
      .source = source,
      .diags = diags,
      .arena = arena,
  };
}

void lexer_init(Lexer *lexer, SourceSet *sources, Source *source, Diags *diags, Arena *arena) {
  lexer_init_at(lexer, sources, source, diags, arena, source->base);
  if (!source->formatted && !is_plain(source->text.ptr, source->text.len)) check_encoding(lexer);
  if (source->text.len >= 3 && memcmp(lexer->cursor, "\xEF\xBB\xBF", 3) == 0) lexer->cursor += 3;
  if (lexer->limit - lexer->cursor >= 2 && memcmp(lexer->cursor, "#!", 2) == 0)
    lex_line_comment(lexer, lexer->cursor); // the interpreter line of a script
}

// --- //line

// The number after the last colon; *at becomes the offset behind that colon, or 0 when there is none.
static bool trailing_digits(const char *text, size_t len, size_t *at, uint64_t *value) {
  *at = 0;
  *value = 0;
  for (size_t i = len; i > 0 && !*at; i--)
    if (text[i - 1] == ':') *at = i;
  if (!*at || *at == len || len - *at > 18) return false;
  for (size_t i = *at; i < len; i++) {
    if (text[i] < '0' || text[i] > '9') return false;
    *value = *value * 10 + (uint64_t)(text[i] - '0');
  }
  return true;
}

enum { MAX_LINE = 1 << 30 };

// `line FILE:LINE` or `line FILE:LINE:COLUMN`, with `text` behind "line "; it applies from `from` on.
static void line_directive(Lexer *lexer, const char *text, size_t len, const char *from) {
  size_t at, at2;
  uint64_t line, number2, column = 0;
  bool ok = trailing_digits(text, len, &at, &line);
  if (at == 0) return; // an ordinary comment
  if (!ok) {
    lexer_error(lexer, text + at, "invalid line number: %.*s", (int)(len - at), text + at);
    return;
  }
  bool has_column = trailing_digits(text, at - 1, &at2, &number2);
  if (has_column) {
    column = line;
    line = number2;
    if (column == 0 || column > MAX_LINE) {
      lexer_error(lexer, text + at, "invalid column number: %.*s", (int)(len - at), text + at);
      return;
    }
    len = at - 1;
    at = at2;
  }
  if (line == 0 || line > MAX_LINE) {
    lexer_error(lexer, text + at, "invalid line number: %.*s", (int)(len - at), text + at);
    return;
  }
  const char *path = NULL; // an empty name before LINE:COLUMN keeps the file
  if (at > 1 || !has_column) path = arena_strndup(lexer->arena, text, at - 1);
  source_add_directive(lexer->sources, lexer->source,
                       (LineDirective){(uint32_t)(from - lexer->text), path, (uint32_t)line, (uint32_t)column});
}

// --- comments

static void add_comment(Lexer *lexer, const char *start, bool line) {
  Pos pos = lexer->base + (Pos)(start - lexer->text);
  Pos end = lexer->base + (Pos)(lexer->cursor - lexer->text);
  avec_push(lexer->arena, &lexer->comments, (Comment){pos, end, line});
}

void lex_line_comment(Lexer *lexer, const char *start) {
  const char *end = memchr(start, '\n', (size_t)(lexer->limit - start));
  if (!end) end = lexer->limit;
  lexer->cursor = end; // the newline may be a semicolon
  add_comment(lexer, start, true);
  bool first_column = start == lexer->text || start[-1] == '\n';
  if (first_column && end - start > 7 && memcmp(start, "//line ", 7) == 0) {
    const char *from = end < lexer->limit ? end + 1 : end;
    line_directive(lexer, start + 7, (size_t)((end[-1] == '\r' ? end - 1 : end) - (start + 7)), from);
  }
}

bool lex_block_comment(Lexer *lexer, const char *start) {
  const char *at = start + 2;
  bool newline = false;
  for (;; at++) {
    const char *star = memchr(at, '*', (size_t)(lexer->limit - at));
    const char *stop = star ? star : lexer->limit;
    if (!newline) newline = memchr(at, '\n', (size_t)(stop - at)) != NULL;
    at = stop;
    if (!star) {
      lexer->cursor = lexer->limit;
      lexer->unterminated = true;
      lexer_error(lexer, start, "comment not terminated");
      break;
    }
    if (at[1] == '/') {
      lexer->cursor = at + 2;
      break;
    }
  }
  add_comment(lexer, start, false);
  if (!lexer->unterminated && !newline && lexer->cursor - start > 9 && memcmp(start, "/*line ", 7) == 0)
    line_directive(lexer, start + 7, (size_t)(lexer->cursor - 2 - (start + 7)), lexer->cursor);
  return newline;
}
