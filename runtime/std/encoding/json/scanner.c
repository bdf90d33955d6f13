#include "std/encoding/json/scanner.h"

#include <stdio.h>
#include <string.h>

typedef enum { OBJECT_KEY, OBJECT_VALUE, ARRAY_VALUE } JsonNest;

typedef enum {
  BEGIN_VALUE, BEGIN_VALUE_OR_EMPTY, BEGIN_KEY, BEGIN_KEY_OR_EMPTY, END_VALUE, END_TOP,
  IN_STRING, IN_ESCAPE, IN_HEX1, IN_HEX2, IN_HEX3, IN_HEX4,
  AFTER_MINUS, AFTER_ZERO, IN_INTEGER, AFTER_POINT, IN_FRACTION, AFTER_E, AFTER_E_SIGN, IN_EXPONENT,
  IN_LITERAL, FAILED,
} JsonState;

static const char *const literals[] = {"true", "false", "null"};

void json_scanner_init(JsonScanner *s) {
  s->state = BEGIN_VALUE;
  s->ended = false;
  s->depth = 0;
  s->problem[0] = 0;
}

static bool is_space(uint8_t c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
static bool is_digit(uint8_t c) { return c >= '0' && c <= '9'; }
static bool is_hex(uint8_t c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// As Go's quoteChar: the byte as a code point of its own.
static void quote(uint8_t c, char *out, size_t size) {
  switch (c) {
  case '\'': snprintf(out, size, "'\\''"); return;
  case '"': snprintf(out, size, "'\"'"); return;
  case '\\': snprintf(out, size, "'\\\\'"); return;
  case '\a': snprintf(out, size, "'\\a'"); return;
  case '\b': snprintf(out, size, "'\\b'"); return;
  case '\f': snprintf(out, size, "'\\f'"); return;
  case '\n': snprintf(out, size, "'\\n'"); return;
  case '\r': snprintf(out, size, "'\\r'"); return;
  case '\t': snprintf(out, size, "'\\t'"); return;
  case '\v': snprintf(out, size, "'\\v'"); return;
  }
  if (c < ' ' || c == 0x7f) snprintf(out, size, "'\\x%02x'", c);
  else if (c < 0x7f) snprintf(out, size, "'%c'", c);
  else if (c < 0xa1 || c == 0xad) snprintf(out, size, "'\\u%04x'", c);
  else snprintf(out, size, "'%c%c'", 0xc0 | c >> 6, 0x80 | (c & 0x3f));
}

static JsonOp fail(JsonScanner *s, uint8_t c, const char *context) {
  char text[16];
  quote(c, text, sizeof text);
  s->state = FAILED;
  snprintf(s->problem, sizeof s->problem, "invalid character %s %s", text, context);
  return JSON_ERROR;
}

static JsonOp push(JsonScanner *s, JsonNest nest, JsonState state, JsonOp op) {
  if (s->depth == JSON_MAX_DEPTH) return fail(s, nest == ARRAY_VALUE ? '[' : '{', "exceeded max depth");
  s->nest[s->depth++] = nest;
  s->state = state;
  return op;
}

static JsonOp pop(JsonScanner *s, JsonOp op) {
  s->ended = --s->depth == 0;
  s->state = s->ended ? END_TOP : END_VALUE;
  return op;
}

static JsonOp go(JsonScanner *s, JsonState state, JsonOp op) {
  s->state = state;
  return op;
}

static JsonOp begin_value(JsonScanner *s, uint8_t c) {
  switch (c) {
  case '{': return push(s, OBJECT_KEY, BEGIN_KEY_OR_EMPTY, JSON_BEGIN_OBJECT);
  case '[': return push(s, ARRAY_VALUE, BEGIN_VALUE_OR_EMPTY, JSON_BEGIN_ARRAY);
  case '"': return go(s, IN_STRING, JSON_BEGIN_LITERAL);
  case '-': return go(s, AFTER_MINUS, JSON_BEGIN_LITERAL);
  case '0': return go(s, AFTER_ZERO, JSON_BEGIN_LITERAL);
  case 't': case 'f': case 'n':
    s->literal = (uint8_t)((c == 't' ? 0 : c == 'f' ? 1 : 2) << 4 | 1);
    return go(s, IN_LITERAL, JSON_BEGIN_LITERAL);
  }
  if (is_digit(c)) return go(s, IN_INTEGER, JSON_BEGIN_LITERAL);
  return fail(s, c, "looking for beginning of value");
}

static JsonOp begin_key(JsonScanner *s, uint8_t c) {
  if (c == '"') return go(s, IN_STRING, JSON_BEGIN_LITERAL);
  return fail(s, c, "looking for beginning of object key string");
}

static JsonOp end_top(JsonScanner *s, uint8_t c) {
  if (!is_space(c)) fail(s, c, "after top-level value"); // JSON_END all the same: the value is complete
  return JSON_END;
}

static JsonOp end_value(JsonScanner *s, uint8_t c) {
  if (!s->depth) {
    s->ended = true;
    s->state = END_TOP;
    return end_top(s, c);
  }
  if (is_space(c)) return go(s, END_VALUE, JSON_SPACE);
  uint8_t *nest = &s->nest[s->depth - 1];
  switch ((JsonNest)*nest) {
  case OBJECT_KEY:
    if (c != ':') return fail(s, c, "after object key");
    *nest = OBJECT_VALUE;
    return go(s, BEGIN_VALUE, JSON_OBJECT_KEY);
  case OBJECT_VALUE:
    if (c == '}') return pop(s, JSON_END_OBJECT);
    if (c != ',') return fail(s, c, "after object key:value pair");
    *nest = OBJECT_KEY;
    return go(s, BEGIN_KEY, JSON_OBJECT_VALUE);
  default:
    if (c == ']') return pop(s, JSON_END_ARRAY);
    if (c != ',') return fail(s, c, "after array element");
    return go(s, BEGIN_VALUE, JSON_ARRAY_VALUE);
  }
}

static JsonOp in_literal(JsonScanner *s, uint8_t c) {
  const char *word = literals[s->literal >> 4], *next = word + (s->literal & 15);
  if (c != (uint8_t)*next) {
    char context[64];
    snprintf(context, sizeof context, "in literal %s (expecting '%c')", word, *next);
    return fail(s, c, context);
  }
  s->literal++;
  if (!next[1]) s->state = END_VALUE;
  return JSON_CONTINUE;
}

static JsonOp in_number(JsonScanner *s, uint8_t c) {
  switch ((JsonState)s->state) {
  case AFTER_MINUS:
    if (is_digit(c)) return go(s, c == '0' ? AFTER_ZERO : IN_INTEGER, JSON_CONTINUE);
    return fail(s, c, "in numeric literal");
  case AFTER_POINT:
    if (is_digit(c)) return go(s, IN_FRACTION, JSON_CONTINUE);
    return fail(s, c, "after decimal point in numeric literal");
  case AFTER_E:
    if (c == '+' || c == '-') return go(s, AFTER_E_SIGN, JSON_CONTINUE);
    // fall through
  case AFTER_E_SIGN:
    if (is_digit(c)) return go(s, IN_EXPONENT, JSON_CONTINUE);
    return fail(s, c, "in exponent of numeric literal");
  default: break;
  }
  if (is_digit(c) && s->state != AFTER_ZERO) return JSON_CONTINUE;
  if (c == '.' && (s->state == AFTER_ZERO || s->state == IN_INTEGER)) return go(s, AFTER_POINT, JSON_CONTINUE);
  if ((c == 'e' || c == 'E') && s->state != IN_EXPONENT) return go(s, AFTER_E, JSON_CONTINUE);
  return end_value(s, c);
}

JsonOp json_step(JsonScanner *s, uint8_t c) {
  switch ((JsonState)s->state) {
  case IN_STRING:
    if (c == '"') return go(s, END_VALUE, JSON_CONTINUE);
    if (c == '\\') return go(s, IN_ESCAPE, JSON_CONTINUE);
    return c < ' ' ? fail(s, c, "in string literal") : JSON_CONTINUE;
  case IN_ESCAPE:
    if (c == 'u') return go(s, IN_HEX1, JSON_CONTINUE);
    if (c && strchr("bfnrt\\/\"", c)) return go(s, IN_STRING, JSON_CONTINUE);
    return fail(s, c, "in string escape code");
  case IN_HEX1: case IN_HEX2: case IN_HEX3: case IN_HEX4:
    if (!is_hex(c)) return fail(s, c, "in \\u hexadecimal character escape");
    return go(s, s->state == IN_HEX4 ? IN_STRING : (JsonState)(s->state + 1), JSON_CONTINUE);
  case END_VALUE: return end_value(s, c);
  case END_TOP: return end_top(s, c);
  case IN_LITERAL: return in_literal(s, c);
  case BEGIN_VALUE_OR_EMPTY:
    if (is_space(c)) return JSON_SPACE;
    if (c == ']') return end_value(s, c);
    return begin_value(s, c);
  case BEGIN_VALUE: return is_space(c) ? JSON_SPACE : begin_value(s, c);
  case BEGIN_KEY_OR_EMPTY:
    if (is_space(c)) return JSON_SPACE;
    if (c == '}') {
      s->nest[s->depth - 1] = OBJECT_VALUE;
      return end_value(s, c);
    }
    return begin_key(s, c);
  case BEGIN_KEY: return is_space(c) ? JSON_SPACE : begin_key(s, c);
  case FAILED: return JSON_ERROR;
  default: return in_number(s, c);
  }
}

JsonOp json_finish(JsonScanner *s) {
  if (s->problem[0]) return JSON_ERROR;
  if (s->ended) return JSON_END;
  json_step(s, ' ');
  if (s->ended) return JSON_END;
  if (!s->problem[0]) snprintf(s->problem, sizeof s->problem, "unexpected end of JSON input");
  return JSON_ERROR;
}
