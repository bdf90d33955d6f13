// Quoted text, with the escapes of the Go specification's "Rune literals" and "String literals".
#include "std/strconv/quote.h"

#include "base/text.h"

bool quote_is_graphic(int32_t rune) {
  switch (rune) {
  case 0xa0: case 0x1680: case 0x202f: case 0x205f: case 0x3000: return true;
  default: return (rune >= 0x2000 && rune <= 0x200a) || rune_is_print(rune);
  }
}

static void put_hex(Buffer *out, uint32_t value, int digits) {
  while (digits-- > 0) buffer_add_byte(out, "0123456789abcdef"[value >> 4 * digits & 15]);
}

static void put_escaped(Buffer *out, int32_t rune, char quote, QuoteMode mode) {
  if (rune == quote || rune == '\\') {
    buffer_add_byte(out, '\\');
    buffer_add_byte(out, (char)rune);
    return;
  }
  if (mode == QUOTE_ASCII ? rune < 0x80 && rune_is_print(rune)
                          : mode == QUOTE_GRAPHIC ? quote_is_graphic(rune) : rune_is_print(rune)) {
    buffer_add_rune(out, rune);
    return;
  }
  buffer_add_byte(out, '\\');
  switch (rune) {
  case '\a': buffer_add_byte(out, 'a'); return;
  case '\b': buffer_add_byte(out, 'b'); return;
  case '\f': buffer_add_byte(out, 'f'); return;
  case '\n': buffer_add_byte(out, 'n'); return;
  case '\r': buffer_add_byte(out, 'r'); return;
  case '\t': buffer_add_byte(out, 't'); return;
  case '\v': buffer_add_byte(out, 'v'); return;
  }
  if (rune < ' ' || rune == 0x7f) {
    buffer_add_byte(out, 'x');
    put_hex(out, (uint32_t)rune, 2);
  } else if (!utf8_is_rune(rune)) {
    buffer_add_text(out, "ufffd");
  } else if (rune < 0x10000) {
    buffer_add_byte(out, 'u');
    put_hex(out, (uint32_t)rune, 4);
  } else {
    buffer_add_byte(out, 'U');
    put_hex(out, (uint32_t)rune, 8);
  }
}

void quote_string(Buffer *out, String s, char quote, QuoteMode mode) {
  buffer_add_byte(out, quote);
  for (uint64_t i = 0; i < s.len;) {
    int32_t rune;
    uint32_t width = string_decode(s, i, &rune);
    if (width == 1 && rune == RUNE_ERROR) {
      buffer_add_text(out, "\\x");
      put_hex(out, (uint8_t)s.ptr[i], 2);
    } else {
      put_escaped(out, rune, quote, mode);
    }
    i += width;
  }
  buffer_add_byte(out, quote);
}

void quote_rune(Buffer *out, int64_t rune, QuoteMode mode) {
  if (rune < 0 || rune > RUNE_MAX || !utf8_is_rune((int32_t)rune)) rune = RUNE_ERROR;
  buffer_add_byte(out, '\'');
  put_escaped(out, (int32_t)rune, '\'', mode);
  buffer_add_byte(out, '\'');
}

bool quote_can_backquote(String s) {
  for (uint64_t i = 0; i < s.len;) {
    int32_t rune;
    uint32_t width = string_decode(s, i, &rune);
    i += width;
    if (width > 1) {
      if (rune == 0xfeff) return false;
    } else if (rune == RUNE_ERROR || (rune < ' ' && rune != '\t') || rune == '`' || rune == 0x7f) {
      return false;
    }
  }
  return true;
}

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c |= 0x20;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool quote_unescape(String *s, char quote, int32_t *rune, bool *multibyte) {
  if (s->len == 0) return false;
  unsigned char c = (unsigned char)s->ptr[0];
  *multibyte = false;
  if (c == (unsigned char)quote && (quote == '\'' || quote == '"')) return false;
  if (c >= 0x80) {
    uint32_t width = string_decode(*s, 0, rune);
    s->ptr += width, s->len -= width;
    *multibyte = true;
    return true;
  }
  s->ptr++, s->len--;
  if (c != '\\') {
    *rune = c;
    return true;
  }
  if (s->len == 0) return false;
  c = (unsigned char)s->ptr[0];
  s->ptr++, s->len--;
  int digits = 0;
  switch (c) {
  case 'a': *rune = '\a'; return true;
  case 'b': *rune = '\b'; return true;
  case 'f': *rune = '\f'; return true;
  case 'n': *rune = '\n'; return true;
  case 'r': *rune = '\r'; return true;
  case 't': *rune = '\t'; return true;
  case 'v': *rune = '\v'; return true;
  case '\\': *rune = '\\'; return true;
  case '\'': case '"':
    if (c != (unsigned char)quote) return false;
    *rune = c;
    return true;
  case 'x': digits = 2; break;
  case 'u': digits = 4; break;
  case 'U': digits = 8; break;
  case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': {
    int32_t value = c - '0';
    if (s->len < 2) return false;
    for (int i = 0; i < 2; i++) {
      int digit = s->ptr[i] - '0';
      if (digit < 0 || digit > 7) return false;
      value = value * 8 + digit;
    }
    s->ptr += 2, s->len -= 2;
    if (value > 255) return false;
    *rune = value;
    return true;
  }
  default: return false;
  }
  if (s->len < (uint64_t)digits) return false;
  uint32_t value = 0;
  for (int i = 0; i < digits; i++) {
    int digit = hex_digit(s->ptr[i]);
    if (digit < 0) return false;
    value = value << 4 | (uint32_t)digit;
  }
  s->ptr += digits, s->len -= (uint64_t)digits;
  *rune = (int32_t)value;
  if (c == 'x') return true;
  *multibyte = true;
  return value <= RUNE_MAX && utf8_is_rune((int32_t)value);
}

// Reads the literal that s begins with; *used is its length. With out NULL only the length is wanted.
static bool read_literal(Buffer *out, String s, uint64_t *used) {
  if (s.len < 2) return false;
  char quote = s.ptr[0];
  if (quote == '`') {
    const char *end = memchr(s.ptr + 1, '`', s.len - 1);
    if (!end) return false;
    *used = (uint64_t)(end - s.ptr) + 1;
    for (const char *p = s.ptr + 1; out && p < end; p++)
      if (*p != '\r') buffer_add_byte(out, *p);
    return true;
  }
  if (quote != '"' && quote != '\'') return false;
  String rest = {s.ptr + 1, s.len - 1};
  for (int count = 0;; count++) {
    if (rest.len == 0) return false;
    if (rest.ptr[0] == quote || (quote == '\'' && count == 1)) break;
    int32_t rune;
    bool multibyte;
    if (rest.ptr[0] == '\n') return false;
    if (!quote_unescape(&rest, quote, &rune, &multibyte)) return false;
    if (!out) continue;
    if (rune < 0x80 || !multibyte) buffer_add_byte(out, (char)rune);
    else buffer_add_rune(out, rune);
  }
  if (rest.ptr[0] != quote) return false;
  *used = (uint64_t)(rest.ptr - s.ptr) + 1;
  return true;
}

bool quote_unquote(Buffer *out, String s) {
  uint64_t used;
  return read_literal(out, s, &used) && used == s.len;
}

uint64_t quote_prefix(String s) {
  uint64_t used;
  return read_literal(NULL, s, &used) ? used : 0;
}
