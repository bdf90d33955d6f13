// Text to numbers. Floating point is checked against Go's grammar here and converted by the C library, whose strtod and
// strtof round exactly.
#include "std/strconv/number.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static char lower(char c) { return (char)(c | 0x20); }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Underscores must separate digits; a base prefix counts as one.
static bool underscores_ok(String s) {
  char last = '^'; // '0': digit or prefix, '_', '!': other
  uint64_t i = 0;
  bool hex = false;
  if (s.len >= 1 && (s.ptr[0] == '-' || s.ptr[0] == '+')) i = 1;
  if (s.len >= i + 2 && s.ptr[i] == '0' && strchr("box", lower(s.ptr[i + 1]))) {
    hex = lower(s.ptr[i + 1]) == 'x';
    i += 2;
    last = '0';
  }
  for (; i < s.len; i++) {
    char c = s.ptr[i];
    if (is_digit(c) || (hex && lower(c) >= 'a' && lower(c) <= 'f')) {
      last = '0';
    } else if (c == '_') {
      if (last != '0') return false;
      last = '_';
    } else {
      if (last == '_') return false;
      last = '!';
    }
  }
  return last != '_';
}

// The usual case: digits only, few enough not to look for an overflow.
static bool small_decimal(String s, uint64_t *value) {
  if (s.len > 19) return false;
  uint64_t n = 0;
  for (uint64_t i = 0; i < s.len; i++) {
    uint64_t digit = (uint64_t)s.ptr[i] - '0';
    if (digit > 9) return false;
    n = 10 * n + digit;
  }
  *value = n;
  return true;
}

NumberResult number_parse_uint(String s, int64_t base, int64_t bits, uint64_t *value) {
  *value = 0;
  if (s.len == 0) return NUMBER_SYNTAX;
  if (base == 10 && (bits == 64 || bits == 0) && small_decimal(s, value)) return NUMBER_OK;
  bool any_base = base == 0, underscores = false;
  String all = s;
  if (base == 0) {
    base = 10;
    if (s.ptr[0] == '0') {
      uint64_t skip = 2;
      if (s.len >= 3 && lower(s.ptr[1]) == 'b') base = 2;
      else if (s.len >= 3 && lower(s.ptr[1]) == 'o') base = 8;
      else if (s.len >= 3 && lower(s.ptr[1]) == 'x') base = 16;
      else base = 8, skip = 1;
      s.ptr += skip, s.len -= skip;
    }
  } else if (base < 2 || base > 36) {
    return NUMBER_BASE;
  }
  if (bits == 0) bits = 64;
  else if (bits < 0 || bits > 64) return NUMBER_SIZE;
  uint64_t max = bits == 64 ? UINT64_MAX : (1ull << bits) - 1, n = 0;
  for (uint64_t i = 0; i < s.len; i++) {
    char c = s.ptr[i];
    int64_t digit;
    if (c == '_' && any_base) {
      underscores = true;
      continue;
    }
    if (is_digit(c)) digit = c - '0';
    else if (lower(c) >= 'a' && lower(c) <= 'z') digit = lower(c) - 'a' + 10;
    else return NUMBER_SYNTAX;
    if (digit >= base) return NUMBER_SYNTAX;
    if (__builtin_mul_overflow(n, (uint64_t)base, &n) || __builtin_add_overflow(n, (uint64_t)digit, &n) || n > max) {
      *value = max;
      return NUMBER_RANGE;
    }
  }
  if (underscores && !underscores_ok(all)) return NUMBER_SYNTAX;
  *value = n;
  return NUMBER_OK;
}

NumberResult number_parse_int(String s, int64_t base, int64_t bits, int64_t *value) {
  *value = 0;
  if (s.len == 0) return NUMBER_SYNTAX;
  bool negative = s.ptr[0] == '-';
  if (negative || s.ptr[0] == '+') s.ptr++, s.len--;
  uint64_t n;
  NumberResult result = number_parse_uint(s, base, bits, &n);
  if (result != NUMBER_OK && result != NUMBER_RANGE) return result;
  if (bits == 0) bits = 64;
  uint64_t limit = 1ull << (bits - 1);
  if (!negative && n >= limit) {
    *value = (int64_t)(limit - 1);
    return NUMBER_RANGE;
  }
  if (negative && n > limit) {
    *value = -(int64_t)(limit - 1) - 1;
    return NUMBER_RANGE;
  }
  *value = (int64_t)(negative ? -n : n);
  return NUMBER_OK;
}

// How many letters of `word` s begins with, in any case.
static uint64_t common(String s, const char *word) {
  uint64_t i = 0;
  while (i < s.len && word[i] && lower(s.ptr[i]) == word[i]) i++;
  return i;
}

static bool parse_special(String s, double *value, uint64_t *used) {
  uint64_t sign = s.len && (s.ptr[0] == '+' || s.ptr[0] == '-');
  String rest = {s.ptr + sign, s.len - sign};
  uint64_t n = common(rest, "infinity");
  if (n >= 3) { // "inf" or "infinity", nothing between
    *used = sign + (n == 8 ? 8 : 3);
    *value = sign && s.ptr[0] == '-' ? -INFINITY : INFINITY;
    return true;
  }
  if (!sign && common(s, "nan") == 3) {
    *used = 3;
    *value = NAN;
    return true;
  }
  return false;
}

NumberResult number_parse_float(String s, int bits, double *value, uint64_t *used) {
  *value = 0;
  *used = 0;
  if (s.len == 0) return NUMBER_SYNTAX;
  if (parse_special(s, value, used)) return NUMBER_OK;
  uint64_t i = s.ptr[0] == '+' || s.ptr[0] == '-';
  bool hex = false, underscores = false, digits = false, point = false;
  if (i + 2 < s.len && s.ptr[i] == '0' && lower(s.ptr[i + 1]) == 'x') {
    hex = true;
    i += 2;
  }
  for (; i < s.len; i++) {
    char c = s.ptr[i];
    if (c == '_') underscores = true;
    else if (c == '.' && !point) point = true;
    else if (is_digit(c) || (hex && lower(c) >= 'a' && lower(c) <= 'f')) digits = true;
    else break;
  }
  if (!digits) return NUMBER_SYNTAX;
  bool has_exponent = i < s.len && lower(s.ptr[i]) == (hex ? 'p' : 'e');
  if (has_exponent) {
    i++;
    if (i < s.len && (s.ptr[i] == '+' || s.ptr[i] == '-')) i++;
    if (i >= s.len || !is_digit(s.ptr[i])) return NUMBER_SYNTAX;
    while (i < s.len && (is_digit(s.ptr[i]) || s.ptr[i] == '_')) underscores |= s.ptr[i++] == '_';
  } else if (hex) {
    return NUMBER_SYNTAX;
  }
  if (underscores && !underscores_ok((String){s.ptr, i})) return NUMBER_SYNTAX;
  *used = i;
  char small[128], *text = i < sizeof small ? small : heap_plain(i + 1);
  uint64_t len = 0;
  for (uint64_t at = 0; at < i; at++)
    if (s.ptr[at] != '_') text[len++] = s.ptr[at];
  text[len] = 0;
  *value = bits == 32 ? (double)strtof(text, NULL) : strtod(text, NULL);
  if (text != small) free(text);
  return isinf(*value) ? NUMBER_RANGE : NUMBER_OK;
}
