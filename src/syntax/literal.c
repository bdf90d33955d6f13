// Literals and identifiers that are not plain: the lexer's second look, which knows what can be wrong with them.
//
// The rules and the messages, with their positions, are those of gc's scanner. Bytes that lexer_init has reported (NUL,
// a byte order mark, invalid UTF-8) are skipped as if they were not there.
#include "syntax/lexer.h"

#include <stdlib.h>
#include <string.h>

enum { END = -1, BYTE_ORDER_MARK = 0xFEFF };

// The rune at `*at`, with its width; reported bytes are stepped over. END at the end of the text.
static int32_t peek(const Lexer *lexer, const char **at, uint32_t *width) {
  for (;;) {
    if (*at >= lexer->limit) {
      *width = 0;
      return END;
    }
    int32_t rune = utf8_decode(*at, (size_t)(lexer->limit - *at), width);
    bool reported = rune == 0 || rune == BYTE_ORDER_MARK || (rune == RUNE_ERROR && *width == 1);
    if (!reported) return rune;
    *at += *width;
  }
}

static int lower(int c) { return c | ('a' - 'A'); }
static bool is_decimal(int c) { return '0' <= c && c <= '9'; }
static bool is_hex(int c) { return is_decimal(c) || ('a' <= lower(c) && lower(c) <= 'f'); }

// Go's %#U: U+0040 '@', the character only if it can be printed.
static const char *rune_code(Lexer *lexer, int32_t rune) {
  char bytes[UTF8_MAX + 1] = {0};
  utf8_encode(bytes, rune);
  return rune_is_print(rune) ? arena_printf(lexer->arena, "U+%04X '%s'", (unsigned)rune, bytes)
                             : arena_printf(lexer->arena, "U+%04X", (unsigned)rune);
}

// Go's %q of a rune.
static const char *rune_quoted(Lexer *lexer, int32_t rune) {
  StrBuf buf = {0};
  char bytes[UTF8_MAX];
  if (rune == '\'' || rune == '"')
    strbuf_printf(&buf, rune == '"' ? "\"\"\"" : "\"\\'\"");
  else
    strbuf_put_quoted(&buf, bytes, utf8_encode(bytes, rune));
  char *quoted = arena_strndup(lexer->arena, buf.data, buf.len);
  quoted[0] = quoted[buf.len - 1] = '\'';
  strbuf_free(&buf);
  return quoted;
}

// --- numbers

static const char *base_name(int base) {
  return base == 2 ? "binary" : base == 8 ? "octal" : base == 10 ? "decimal" : "hexadecimal";
}

enum { SAW_DIGIT = 1, SAW_SEPARATOR = 2 };

// { digit | '_' }. For bases up to 10 any decimal digit is taken, and the first that is too large is noted.
static int scan_digits(const char **at, int base, const char **invalid) {
  int seen = 0;
  for (; base == 16 ? is_hex(**at) || **at == '_' : is_decimal(**at) || **at == '_'; ++*at) {
    seen |= **at == '_' ? SAW_SEPARATOR : SAW_DIGIT;
    if (base < 10 && **at != '_' && **at >= '0' + base && invalid && !*invalid) *invalid = *at;
  }
  return seen;
}

// The first separator that does not stand between digits (a base prefix counts as a digit), or NULL.
static const char *find_bad_separator(const char *start, const char *end) {
  char prefix = ' ';
  char now = '.'; // '_', '0' for any digit, '.' for the rest
  const char *at = start;
  if (end - start >= 2 && start[0] == '0') {
    prefix = (char)lower(start[1]);
    if (prefix == 'x' || prefix == 'o' || prefix == 'b') {
      now = '0';
      at += 2;
    }
  }
  for (; at < end; at++) {
    char before = now;
    now = *at;
    if (now == '_') {
      if (before != '0') return at;
    } else if (is_decimal(now) || (prefix == 'x' && is_hex(now))) {
      now = '0';
    } else {
      if (before == '_') return at - 1;
      now = '.';
    }
  }
  return now == '_' ? end - 1 : NULL;
}

uint8_t lex_number(Lexer *lexer, const char *start) {
  const char *at = start, *invalid = NULL;
  LiteralKind kind = LIT_INT;
  bool ok = true, point = *at == '.';
  int base = 10, prefix = 0, seen = 0;

  if (!point) {
    if (*at == '0') {
      at++;
      base = 8;
      switch (lower(*at)) {
      case 'x': base = 16, prefix = 'x', at++; break;
      case 'o': prefix = 'o', at++; break;
      case 'b': base = 2, prefix = 'b', at++; break;
      default: prefix = '0', seen = SAW_DIGIT;
      }
    }
    seen |= scan_digits(&at, base, &invalid);
    if (*at == '.') {
      if (prefix == 'o' || prefix == 'b') {
        lexer_error(lexer, at, "invalid radix point in %s literal", base_name(base));
        ok = false;
      }
      point = true;
    }
  }
  if (point) {
    at++;
    kind = LIT_FLOAT;
    seen |= scan_digits(&at, base, &invalid);
  }
  if (!(seen & SAW_DIGIT) && ok) {
    lexer_error(lexer, at, "%s literal has no digits", base_name(base));
    ok = false;
  }

  int exponent = lower(*at);
  if (exponent == 'e' || exponent == 'p') {
    if (ok && exponent == 'e' && prefix != 0 && prefix != '0') {
      lexer_error(lexer, at, "'%c' exponent requires decimal mantissa", *at);
      ok = false;
    } else if (ok && exponent == 'p' && prefix != 'x') {
      lexer_error(lexer, at, "'%c' exponent requires hexadecimal mantissa", *at);
      ok = false;
    }
    at++;
    kind = LIT_FLOAT;
    if (*at == '+' || *at == '-') at++;
    int digits = scan_digits(&at, 10, NULL);
    seen = digits | (seen & SAW_SEPARATOR);
    if (!(digits & SAW_DIGIT) && ok) {
      lexer_error(lexer, at, "exponent has no digits");
      ok = false;
    }
  } else if (prefix == 'x' && kind == LIT_FLOAT && ok) {
    lexer_error(lexer, at, "hexadecimal mantissa requires a 'p' exponent");
    ok = false;
  }
  if (*at == 'i') {
    kind = LIT_IMAGINARY;
    at++;
  }
  lexer->cursor = at;

  if (kind == LIT_INT && invalid && ok) {
    lexer_error(lexer, invalid, "invalid digit '%c' in %s literal", *invalid, base_name(base));
    ok = false;
  }
  if ((seen & SAW_SEPARATOR) && ok) {
    const char *separator = find_bad_separator(start, at);
    if (separator) {
      lexer_error(lexer, separator, "'_' must separate successive digits");
      ok = false;
    }
  }
  return (uint8_t)(kind | (ok ? 0 : TOKEN_BAD));
}

// --- strings and runes

// The escape after a backslash; *at ends behind it. The end of the text is for the caller to complain about.
static bool scan_escape(Lexer *lexer, const char **at, int quote) {
  uint32_t width;
  int32_t c = peek(lexer, at, &width);
  int count, base = 16;
  uint32_t max = RUNE_MAX;
  if (c == END) return true;
  if (c == quote || (c < 0x80 && c && strchr("abfnrtv\\", c))) {
    *at += width;
    return true;
  }
  switch (c) {
  case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': count = 3, base = 8, max = 255; break;
  case 'x': ++*at, count = 2, max = 255; break;
  case 'u': ++*at, count = 4; break;
  case 'U': ++*at, count = 8; break;
  default: lexer_error(lexer, *at, "unknown escape"); return false;
  }
  uint32_t value = 0;
  for (; count > 0; count--) {
    c = peek(lexer, at, &width);
    if (c == END) return true;
    int digit = base;
    if (is_decimal(c)) digit = c - '0';
    else if (c < 0x80 && is_hex(c)) digit = lower(c) - 'a' + 10;
    if (digit >= base) {
      lexer_error(lexer, *at, "invalid character %s in %s escape", rune_quoted(lexer, c), base_name(base));
      return false;
    }
    value = value * (uint32_t)base + (uint32_t)digit; // 8 hexadecimal digits at most
    *at += width;
  }
  if (value > max && base == 8) {
    lexer_error(lexer, *at, "octal escape value %u > 255", value);
    return false;
  }
  if (value > max || (0xD800 <= value && value < 0xE000)) {
    lexer_error(lexer, *at, "escape is invalid Unicode code point U+%04X", value);
    return false;
  }
  return true;
}

uint8_t lex_string(Lexer *lexer, const char *start) {
  const char *at = start + 1;
  bool ok = true;
  for (;;) {
    uint32_t width;
    int32_t c = peek(lexer, &at, &width);
    if (c == END) {
      lexer_error(lexer, start, "string not terminated");
      ok = false;
      break;
    }
    if (c == '\n') {
      lexer_error(lexer, at, "newline in string");
      diag_hint(lexer->diags, "a string over several lines takes backquotes: `...`");
      ok = false;
      break;
    }
    at += width;
    if (c == '"') break;
    if (c == '\\' && !scan_escape(lexer, &at, '"')) ok = false;
  }
  lexer->cursor = at;
  return (uint8_t)(LIT_STRING | (ok ? 0 : TOKEN_BAD));
}

uint8_t lex_raw_string(Lexer *lexer, const char *start) {
  const char *close = memchr(start + 1, '`', (size_t)(lexer->limit - start - 1));
  lexer->cursor = close ? close + 1 : lexer->limit;
  if (close) return LIT_STRING;
  lexer_error(lexer, start, "string not terminated");
  lexer->unterminated = true;
  return LIT_STRING | TOKEN_BAD;
}

uint8_t lex_rune(Lexer *lexer, const char *start) {
  const char *at = start + 1;
  bool ok = true;
  for (int n = 0;; n++) {
    uint32_t width;
    int32_t c = peek(lexer, &at, &width);
    if (c == '\'') {
      if (ok && n == 0) lexer_error(lexer, at, "empty rune literal or unescaped '");
      else if (ok && n != 1) {
        lexer_error(lexer, start, "more than one character in rune literal");
        diag_hint(lexer->diags, "a string takes double quotes: \"...\"");
      }
      ok = ok && n == 1;
      at += width;
      break;
    }
    if (c == '\n' || c == END) {
      if (ok && c == '\n') lexer_error(lexer, at, "newline in rune literal");
      else if (ok) lexer_error(lexer, start, "rune literal not terminated");
      ok = false;
      break;
    }
    at += width;
    if (c == '\\' && !scan_escape(lexer, &at, '\'')) ok = false;
  }
  lexer->cursor = at;
  return (uint8_t)(LIT_RUNE | (ok ? 0 : TOKEN_BAD));
}

// --- identifiers

static bool is_ascii_letter(int32_t c) { return c == '_' || ('a' <= lower(c) && lower(c) <= 'z'); }

// identifier = letter { letter | unicode_digit } . Any other character beyond ASCII is taken as part of it, and reported.
bool lex_wide_identifier(Lexer *lexer, const char *start) {
  const char *at = start;
  for (bool first = true;; first = false) {
    uint32_t width;
    int32_t c = peek(lexer, &at, &width);
    lexer->cursor = at;
    if (c == END) return !first;
    if (c < 0x80) {
      if (!is_ascii_letter(c) && (first || !is_decimal(c))) return !first;
    } else if (!rune_is_letter(c)) {
      if (!rune_is_digit(c)) lexer_error(lexer, at, "invalid character %s in identifier", rune_code(lexer, c));
      else if (first) lexer_error(lexer, at, "identifier cannot begin with digit %s", rune_code(lexer, c));
    }
    at += width;
  }
}

void lex_stray(Lexer *lexer, const char *start) {
  uint32_t width;
  int32_t rune = utf8_decode(start, (size_t)(lexer->limit - start), &width);
  lexer_error(lexer, start, "invalid character %s", rune_code(lexer, rune));
  if (rune == '#') diag_hint(lexer->diags, "a comment begins with //");
  if (rune == '?') diag_hint(lexer->diags, "there is no ?: operator; use if and else");
  lexer->cursor = start + width;
}
