// Constants: from the text of literals (specification "Lexical elements"), and to text for messages.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "types/constant_private.h"

// --- numbers

// The literal without underscores, NUL-terminated, on malloc.
static char *plain_digits(Text source) {
  char *digits = malloc(source.len + 2); // room for the sign or the i that is cut off
  ASSERT(digits, "out of memory");
  uint32_t n = 0;
  for (uint32_t i = 0; i < source.len; i++)
    if (source.ptr[i] != '_') digits[n++] = source.ptr[i];
  digits[n] = 0;
  return digits;
}

static char prefix_of(const char *digits) {
  char c = digits[0] == '0' ? digits[1] : 0;
  return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static const Const *parse_integer(Arena *arena, const char *digits, bool octal) {
  int base = 10;
  switch (prefix_of(digits)) {
  case 'x': base = 16; break;
  case 'b': base = 2; break;
  case 'o': base = 8; break;
  case 0: break;
  default:
    if (octal && digits[0] == '0') {
      mpz_t z;
      if (mpz_init_set_str(z, digits, 8) == 0) return take_integer(arena, z);
      mpz_clear(z);
      return const_unknown();
    }
  }
  mpz_t z;
  if (mpz_init_set_str(z, base == 10 ? digits : digits + 2, base) == 0) return take_integer(arena, z);
  mpz_clear(z);
  return const_unknown();
}

// The exact value of a float literal whose exponent is moderate. Mantissa digits become one integer.
static bool parse_ratio(mpq_t out, const char *digits) {
  bool hex = prefix_of(digits) == 'x';
  const char *p = hex ? digits + 2 : digits;
  char *mantissa = malloc(strlen(p) + 2);
  ASSERT(mantissa, "out of memory");
  long n = 0, fraction = 0, exponent = 0;
  bool point = false;
  for (; *p; p++) {
    bool is_exponent = hex ? *p == 'p' || *p == 'P' : *p == 'e' || *p == 'E';
    if (is_exponent) {
      exponent = strtol(p + 1, NULL, 10);
      break;
    }
    if (*p == '.') {
      point = true;
      continue;
    }
    mantissa[n++] = *p;
    fraction += point;
  }
  mantissa[n] = 0;
  mpq_init(out);
  bool ok = mpz_set_str(mpq_numref(out), n ? mantissa : "0", hex ? 16 : 10) == 0;
  free(mantissa);
  if (hex) {
    exponent -= 4 * fraction;
    if (exponent >= 0) mpq_mul_2exp(out, out, (mp_bitcnt_t)exponent);
    else mpq_div_2exp(out, out, (mp_bitcnt_t)-exponent);
  } else {
    exponent -= fraction;
    mpz_t power;
    mpz_init(power);
    mpz_ui_pow_ui(power, 10, (unsigned long)labs(exponent));
    if (exponent >= 0) mpz_mul(mpq_numref(out), mpq_numref(out), power);
    else mpz_set(mpq_denref(out), power);
    mpz_clear(power);
  }
  mpq_canonicalize(out);
  return ok;
}

static const Const *parse_float(Arena *arena, const char *digits) {
  char prefix = prefix_of(digits);
  if (prefix == 'b' || prefix == 'o') return const_to_float(arena, parse_integer(arena, digits, false));
  mpfr_t real;
  real_init(real);
  char *end;
  mpfr_strtofr(real, digits, &end, prefix == 'x' ? 16 : 10, MPFR_RNDN);
  if (*end || end == digits) {
    mpfr_clear(real);
    return const_unknown();
  }
  if (mpfr_zero_p(real)) {
    mpfr_clear(real);
    return const_float(arena, 0);
  }
  if (!real_is_small(real)) return take_real(arena, real);
  mpfr_clear(real);
  mpq_t ratio;
  if (parse_ratio(ratio, digits)) return take_ratio(arena, ratio);
  mpq_clear(ratio);
  return const_unknown();
}

static const Const *parse_imaginary(Arena *arena, char *digits) {
  size_t n = strlen(digits);
  if (n == 0 || digits[n - 1] != 'i') return const_unknown();
  digits[n - 1] = 0;
  const Const *value = parse_float(arena, digits); // 0123i is 123i
  return value->kind == CONST_UNKNOWN ? value : const_imaginary(arena, value);
}

// --- runes and strings

static int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

static int32_t number(const char **p, const char *end, int digits, int base) {
  int64_t value = 0;
  for (; digits > 0 && *p < end; digits--, ++*p) {
    int d = digit_value(**p);
    if (d < 0 || d >= base) break;
    value = value * base + d;
  }
  return value > INT32_MAX ? -1 : (int32_t)value;
}

// One escape after its backslash. *is_byte: \ooo or \xhh, a byte rather than a rune.
static int32_t escape(const char **p, const char *end, bool *is_byte) {
  *is_byte = false;
  if (*p >= end) return RUNE_ERROR;
  char c = *(*p)++;
  switch (c) {
  case 'a': return 7;
  case 'b': return 8;
  case 'f': return 12;
  case 'n': return 10;
  case 'r': return 13;
  case 't': return 9;
  case 'v': return 11;
  case 'x': *is_byte = true; return number(p, end, 2, 16);
  case 'u': return number(p, end, 4, 16);
  case 'U': return number(p, end, 8, 16);
  default:
    if (c < '0' || c > '7') return (unsigned char)c; // \\ \' \"
    --*p;
    *is_byte = true;
    return number(p, end, 3, 8);
  }
}

static const Const *parse_rune(Arena *arena, Text source) {
  if (source.len < 3) return const_unknown();
  const char *p = source.ptr + 1, *end = source.ptr + source.len - 1;
  uint32_t width;
  bool is_byte;
  if (*p == '\\') {
    p++;
    return const_int(arena, escape(&p, end, &is_byte));
  }
  return const_int(arena, utf8_decode(p, (size_t)(end - p), &width));
}

static const Const *parse_string(Arena *arena, Text source) {
  if (source.len < 2) return const_unknown();
  const char *p = source.ptr + 1, *end = source.ptr + source.len - 1;
  char *bytes = arena_alloc(arena, (size_t)source.len + 1);
  uint32_t n = 0;
  if (source.ptr[0] == '`') {
    for (; p < end; p++)
      if (*p != '\r') bytes[n++] = *p;
    return const_string(arena, (Text){bytes, n});
  }
  while (p < end) {
    if (*p != '\\') {
      bytes[n++] = *p++;
      continue;
    }
    p++;
    bool is_byte;
    int32_t value = escape(&p, end, &is_byte);
    if (is_byte) bytes[n++] = (char)value;
    else n += utf8_encode(bytes + n, value); // never longer than its escape
  }
  return const_string(arena, (Text){bytes, n});
}

// Most literals are a few decimal or hexadecimal digits; NULL: this one is not.
static const Const *parse_short(Arena *arena, Text source) {
  bool hex = source.len > 2 && source.ptr[0] == '0' && (source.ptr[1] == 'x' || source.ptr[1] == 'X');
  if (source.len > (hex ? 17 : 18) || (!hex && source.ptr[0] == '0' && source.len > 1)) return NULL; // surely below 2^63
  int base = hex ? 16 : 10;
  int64_t value = 0;
  for (uint32_t i = hex ? 2 : 0; i < source.len; i++) {
    int digit = digit_value(source.ptr[i]);
    if (digit < 0 || digit >= base) return NULL;
    value = base * value + digit;
  }
  return const_int(arena, value);
}

const Const *const_literal(Arena *arena, LiteralKind kind, Text source) {
  if (kind == LIT_RUNE) return parse_rune(arena, source);
  if (kind == LIT_STRING) return parse_string(arena, source);
  const Const *integer = kind == LIT_INT && source.len ? parse_short(arena, source) : NULL;
  if (integer) return integer;
  char *digits = plain_digits(source);
  const Const *result = kind == LIT_INT     ? parse_integer(arena, digits, true)
                        : kind == LIT_FLOAT ? parse_float(arena, digits)
                                            : parse_imaginary(arena, digits);
  free(digits);
  return result;
}

// --- to text

// The shortest decimal that reads back as the same float64, laid out as Go's %g.
static const char *shortest(Arena *arena, double value) {
  char digits[40];
  int precision = 0;
  do snprintf(digits, sizeof digits, "%.*e", precision, value);
  while (strtod(digits, NULL) != value && ++precision < 17);
  int exponent = atoi(strchr(digits, 'e') + 1);
  if (exponent < -4 || exponent >= 6) return arena_strdup(arena, digits);
  int decimals = precision - exponent;
  return arena_printf(arena, "%.*f", decimals > 0 ? decimals : 0, value);
}

// Beyond float64: mantissa and decimal exponent, approximately.
static const char *format_huge(Arena *arena, mpfr_srcptr real) {
  long exponent;
  double mantissa = mpfr_get_d_2exp(&exponent, real, MPFR_RNDN);
  double decimal = (double)exponent * (M_LN2 / M_LN10);
  int64_t e = (int64_t)decimal;
  mantissa *= pow(10, decimal - (double)e);
  double magnitude = fabs(mantissa);
  if (magnitude < 1 - 0.5e-6) {
    mantissa *= 10;
    e--;
  } else if (magnitude >= 10) {
    mantissa /= 10;
    e++;
  }
  return arena_printf(arena, "%.6ge%+lld", mantissa, (long long)e);
}

static bool is_integral(const Const *c) {
  if (c->rep == REP_RATIO) return mpz_cmp_ui(mpq_denref(c->ratio), 1) == 0;
  return c->rep != REP_REAL || mpfr_integer_p(c->real);
}

static const char *format_float(Arena *arena, const Const *c) {
  double value = const_float64(c);
  if (isinf(value) || (value == 0) != (const_sign(c) == 0)) {
    mpfr_t real;
    load_real(real, c);
    const char *text = format_huge(arena, real);
    mpfr_clear(real);
    return text;
  }
  char *text = arena_printf(arena, "%.6g", value);
  return is_integral(c) || strchr(text, '.') ? text : shortest(arena, value);
}

static const char *format_integer(Arena *arena, const Const *c) {
  if (c->rep == REP_SMALL) return arena_printf(arena, "%lld", (long long)c->small);
  char *text = arena_alloc(arena, mpz_sizeinbase(c->big, 10) + 2);
  return mpz_get_str(text, 10, c->big);
}

static const char *format_string(Arena *arena, Text text, uint32_t limit) {
  StrBuf out = {0};
  strbuf_put_quoted(&out, text.ptr, text.len);
  uint32_t end = out.len;
  if (limit && utf8_count(out.data, out.len) > limit) {
    uint32_t width;
    end = 0;
    for (uint32_t i = 0; i < limit - 3; i++, end += width) utf8_decode(out.data + end, out.len - end, &width);
  }
  const char *result = arena_printf(arena, "%.*s%s", (int)end, out.data, end < out.len ? "..." : "");
  strbuf_free(&out);
  return result;
}

const char *const_format(Arena *arena, const Const *c) {
  switch (const_kind(c)) {
  case CONST_BOOL: return c->truth ? "true" : "false";
  case CONST_STRING: return format_string(arena, c->text, 72);
  case CONST_INT: return format_integer(arena, c);
  case CONST_FLOAT: return format_float(arena, c);
  case CONST_COMPLEX: return arena_printf(arena, "(%s + %si)", const_format(arena, c->re), const_format(arena, c->im));
  default: return "unknown";
  }
}

const char *const_format_exact(Arena *arena, const Const *c) {
  switch (const_kind(c)) {
  case CONST_STRING: return format_string(arena, c->text, 0);
  case CONST_FLOAT: {
    if (c->rep != REP_RATIO) {
      char *digits = NULL;
      mpfr_asprintf(&digits, "%.155Rg", c->real);
      const char *text = arena_strdup(arena, digits);
      mpfr_free_str(digits);
      return text;
    }
    size_t size = mpz_sizeinbase(mpq_numref(c->ratio), 10) + mpz_sizeinbase(mpq_denref(c->ratio), 10) + 4;
    return mpq_get_str(arena_alloc(arena, size), 10, c->ratio);
  }
  case CONST_COMPLEX:
    return arena_printf(arena, "(%s + %si)", const_format_exact(arena, c->re), const_format_exact(arena, c->im));
  default: return const_format(arena, c);
  }
}
