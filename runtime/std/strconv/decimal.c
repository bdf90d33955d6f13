// Floating point to text. The fewest digits that read back as the same value come from Schubfach (Raffaello Giulietti,
// "The Schubfach way to render doubles"): one decimal grid is coarse enough that at most two of its points lie inside the
// rounding interval, so three multiplications by a power of ten decide. A fixed number of digits is the value times a
// power of ten, rounded: exact in 128 bits for what most programs print; the rest comes from the C library, which rounds
// exactly, too. Layout (where the point goes, when there is an exponent) is Go's.
#include "std/strconv/decimal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "powers.h"

// Significant digits without trailing zeros; the value is 0.d1d2d3... * 10^point. No digits: zero.
typedef struct {
  char digits[800];
  int count, point;
} Digits;

static int log2_of_power(int k) { return k * 1741647 >> 19; } // floor(log2(10^k))

// The high part of g * c, its lowest bit set if anything below was lost ("round to odd").
static uint64_t multiply_odd(const uint64_t g[2], uint64_t c) {
  unsigned __int128 low = (unsigned __int128)g[1] * c, high = (unsigned __int128)g[0] * c;
  high += (uint64_t)(low >> 64);
  return (uint64_t)(high >> 64) | ((uint64_t)high > 1);
}

static uint32_t multiply_odd32(const uint64_t g[2], uint32_t c) {
  uint64_t top = g[0] + (g[1] != 0);
  unsigned __int128 product = (unsigned __int128)top * c;
  return (uint32_t)(product >> 64) | ((uint32_t)(product >> 32) > 1);
}

static uint64_t scale(int k, uint64_t c, int bits) {
  const uint64_t *g = powers[k - POWER_LOW];
  return bits == 32 ? multiply_odd32(g, (uint32_t)c) : multiply_odd(g, c);
}

// mantissa * 2^exponent is the value; `closer`: the neighbour below is only half as far away as the one above.
static uint64_t shortest(uint64_t mantissa, int exponent, bool closer, int bits, int *power) {
  if (exponent <= 0 && exponent > -(bits == 32 ? 24 : 53) && !(mantissa & ((1ull << -exponent) - 1))) {
    *power = 0;
    return mantissa >> -exponent; // a small whole number is its own shortest form
  }
  bool even = !(mantissa & 1);
  int k = (exponent * 1262611 - (closer ? 524031 : 0)) >> 22;
  int shift = exponent + log2_of_power(-k) + 1;
  uint64_t low = scale(-k, (4 * mantissa - 2 + closer) << shift, bits) + !even;
  uint64_t middle = scale(-k, (4 * mantissa) << shift, bits);
  uint64_t high = scale(-k, (4 * mantissa + 2) << shift, bits) - !even;
  uint64_t s = middle / 4;
  if (s >= 10) {
    uint64_t tens = s / 10;
    bool down = low <= 40 * tens, up = 40 * tens + 40 <= high;
    if (down != up) {
      *power = k + 1;
      return tens + up;
    }
  }
  *power = k;
  bool down = low <= 4 * s, up = 4 * s + 4 <= high;
  if (down != up) return s + up;
  uint64_t half = 4 * s + 2;
  return s + (middle > half || (middle == half && (s & 1)));
}

static void put_digits(Digits *d, uint64_t n) {
  char text[20], *end = text + sizeof text, *p = decimal_before(end, n);
  d->count = (int)(end - p);
  memcpy(d->digits, p, (size_t)d->count);
}

// --- value * 10^power as a whole number, rounded to even

enum { MOST_TENS = 19 }; // powers of ten in 64 bits

static const uint64_t tens[MOST_TENS + 1] = {
    1ull, 10ull, 100ull, 1000ull, 10000ull, 100000ull, 1000000ull, 10000000ull, 100000000ull, 1000000000ull, 10000000000ull,
    100000000000ull, 1000000000000ull, 10000000000000ull, 100000000000000ull, 1000000000000000ull, 10000000000000000ull,
    100000000000000000ull, 1000000000000000000ull, 10000000000000000000ull};

static int bit_length(uint64_t n) { return n ? 64 - __builtin_clzll(n) : 0; }

// False: the numbers on the way, or the result, are too large for this. value is finite and not negative.
static bool scaled(double value, int power, uint64_t *n) {
  uint64_t raw;
  memcpy(&raw, &value, 8);
  int exponent = (int)(raw >> 52) - 1075;
  uint64_t mantissa = (raw & ((1ull << 52) - 1)) | 1ull << 52;
  if (exponent == -1075 || power > MOST_TENS || power < -MOST_TENS) return false; // zero, and what is nearly
  unsigned __int128 whole = mantissa, by = 1, rest;
  int up = exponent > 0 ? exponent : 0, down = exponent < 0 ? -exponent : 0;
  if (power >= 0) whole *= tens[power]; // 53 bits by 64
  else by = tens[-power];
  if (up && (power >= 0 ? 117 : 53) + up > 127) return false;
  whole <<= up;
  if (down + (power < 0 ? bit_length(tens[-power]) : 1) > 126) return false;
  by <<= down;
  if (power >= 0) rest = whole & (by - 1), whole >>= down;
  else rest = whole % by, whole /= by;
  if (whole >> 63) return false;
  rest *= 2;
  *n = (uint64_t)whole + (rest > by || (rest == by && (whole & 1)));
  return true;
}

static void digits_shortest(Digits *d, double value, int bits) {
  uint64_t mantissa;
  int exponent;
  bool closer;
  if (bits == 32) {
    float narrow = (float)value;
    uint32_t raw;
    memcpy(&raw, &narrow, 4);
    uint32_t biased = raw >> 23 & 0xff;
    mantissa = raw & 0x7fffff;
    closer = !mantissa && biased > 1;
    if (biased) mantissa |= 1u << 23;
    exponent = (biased ? (int)biased : 1) - 150;
  } else {
    uint64_t raw;
    memcpy(&raw, &value, 8);
    uint64_t biased = raw >> 52 & 0x7ff;
    mantissa = raw & ((1ull << 52) - 1);
    closer = !mantissa && biased > 1;
    if (biased) mantissa |= 1ull << 52;
    exponent = (biased ? (int)biased : 1) - 1075;
  }
  d->count = d->point = 0;
  if (!mantissa) return;
  int power;
  uint64_t n = shortest(mantissa, exponent, closer, bits, &power);
  while (n % 10 == 0) n /= 10, power++;
  put_digits(d, n);
  d->point = d->count + power;
}

// The value, not zero, rounded to `count` significant digits; false where `scaled` cannot.
static bool digits_scaled(Digits *d, double value, int64_t count) {
  if (count > MOST_TENS - 1) return false;
  int binary;
  frexp(value, &binary);
  int point = ((binary - 1) * 1262611 >> 22) + 1; // of the first digit: this, or the next
  uint64_t n;
  if (!scaled(value, (int)count - point, &n)) return false;
  if (n >= tens[count] && !scaled(value, (int)count - ++point, &n)) return false;
  if (n < tens[count - 1] || n > tens[count]) return false;
  while (n % 10 == 0) n /= 10;
  put_digits(d, n);
  d->point = point;
  return true;
}

static void digits_rounded(Digits *d, double value, int64_t count) {
  if (digits_scaled(d, value, count)) return;
  char text[800];
  if (count > 770) count = 770; // a float64 has at most 767
  int len = snprintf(text, sizeof text, "%.*e", (int)count - 1, value);
  char *e = memchr(text, 'e', (size_t)len);
  d->count = 0;
  for (char *p = text; p < e; p++)
    if (*p != '.') d->digits[d->count++] = *p;
  while (d->count && d->digits[d->count - 1] == '0') d->count--;
  int exponent = 0;
  sscanf(e + 1, "%d", &exponent);
  d->point = d->count ? exponent + 1 : 0;
}

static char digit_at(const Digits *d, int64_t i) { return i >= 0 && i < d->count ? d->digits[i] : '0'; }

static void put_exponential(Buffer *out, const Digits *d, int64_t prec, char letter) {
  buffer_add_byte(out, digit_at(d, 0));
  if (prec > 0) {
    buffer_add_byte(out, '.');
    for (int64_t i = 1; i <= prec; i++) buffer_add_byte(out, digit_at(d, i));
  }
  int exponent = d->count ? d->point - 1 : 0;
  buffer_add_byte(out, letter);
  buffer_add_byte(out, exponent < 0 ? '-' : '+');
  char text[24], *end = text + sizeof text, *p = decimal_before(end, (uint64_t)(exponent < 0 ? -exponent : exponent));
  if (end - p < 2) *--p = '0';
  buffer_add(out, p, (size_t)(end - p));
}

static void put_fixed(Buffer *out, const Digits *d, int64_t prec) {
  if (d->point > 0)
    for (int64_t i = 0; i < d->point; i++) buffer_add_byte(out, digit_at(d, i));
  else
    buffer_add_byte(out, '0');
  if (prec <= 0) return;
  buffer_add_byte(out, '.');
  for (int64_t i = 0; i < prec; i++) buffer_add_byte(out, digit_at(d, d->point + i));
}

// %f of a given precision.
static void put_fixed_rounded(Buffer *out, double value, int64_t prec) {
  uint64_t n;
  if (prec < MOST_TENS && scaled(value, (int)prec, &n)) {
    char text[48], *end = text + sizeof text, *p = decimal_before(end, n);
    while (end - p <= prec) *--p = '0';
    buffer_add(out, p, (size_t)(end - p - prec));
    if (prec) {
      buffer_add_byte(out, '.');
      buffer_add(out, end - prec, (size_t)prec);
    }
    return;
  }
  int64_t real = prec > 1100 ? 1100 : prec; // no float64 has more digits after the point
  char *to = buffer_reserve(out, (size_t)(prec + 330));
  out->len += (size_t)snprintf(to, (size_t)real + 330, "%.*f", (int)real, value);
  buffer_fill(out, '0', (size_t)(prec - real));
}

static void put_general(Buffer *out, const Digits *d, int64_t prec, bool is_shortest, char letter) {
  int64_t limit = prec;
  if (limit > d->count && d->count >= d->point) limit = d->count;
  if (is_shortest) limit = 6;
  int exponent = d->point - 1;
  if (exponent < -4 || exponent >= limit) {
    int64_t digits = prec > d->count || is_shortest ? d->count : prec;
    put_exponential(out, d, digits - 1, letter == 'g' ? 'e' : 'E');
  } else {
    put_fixed(out, d, d->count > d->point ? d->count - d->point : 0);
  }
}

// Mantissa as a whole number, then p and the power of two: 4503599627370496p-52.
static void put_binary(Buffer *out, double value, int bits) {
  uint64_t raw, mantissa;
  int64_t exponent;
  memcpy(&raw, &value, 8);
  if (bits == 32) {
    float narrow = (float)value;
    uint32_t raw32;
    memcpy(&raw32, &narrow, 4);
    exponent = raw32 >> 23 & 0xff;
    mantissa = raw32 & 0x7fffff;
    if (exponent) mantissa |= 1u << 23;
    else exponent++;
    exponent -= 150;
  } else {
    exponent = raw >> 52 & 0x7ff;
    mantissa = raw & ((1ull << 52) - 1);
    if (exponent) mantissa |= 1ull << 52;
    else exponent++;
    exponent -= 1075;
  }
  char text[64];
  int len = snprintf(text, sizeof text, "%llup%+lld", (unsigned long long)mantissa, (long long)exponent);
  buffer_add(out, text, (size_t)len);
}

// 0x1.8p+01. A given precision rounds the mantissa to that many hexadecimal digits, to even.
static void put_hex(Buffer *out, double value, int64_t prec, bool upper) {
  uint64_t raw;
  memcpy(&raw, &value, 8);
  int64_t exponent = raw >> 52 & 0x7ff;
  uint64_t mantissa = raw & ((1ull << 52) - 1);
  if (exponent) mantissa |= 1ull << 52;
  else exponent++;
  exponent -= 1023;
  if (!mantissa) exponent = 0;
  mantissa <<= 60 - 52; // 1.xxx with the point before bit 60
  while (mantissa && !(mantissa & 1ull << 60)) mantissa <<= 1, exponent--;
  if (prec >= 0 && prec < 15) {
    unsigned shift = (unsigned)prec * 4;
    uint64_t lost = mantissa << shift & ((1ull << 60) - 1);
    mantissa >>= 60 - shift;
    if ((lost | (mantissa & 1)) > 1ull << 59) mantissa++;
    mantissa <<= 60 - shift;
    if (mantissa & 1ull << 61) mantissa >>= 1, exponent++;
  }
  const char *hex = upper ? "0123456789ABCDEF" : "0123456789abcdef";
  buffer_add_byte(out, '0');
  buffer_add_byte(out, upper ? 'X' : 'x');
  buffer_add_byte(out, (char)('0' + (mantissa >> 60 & 1)));
  mantissa <<= 4;
  if (prec < 0 && mantissa) {
    buffer_add_byte(out, '.');
    for (; mantissa; mantissa <<= 4) buffer_add_byte(out, hex[mantissa >> 60]);
  } else if (prec > 0) {
    buffer_add_byte(out, '.');
    for (int64_t i = 0; i < prec; i++, mantissa <<= 4) buffer_add_byte(out, hex[mantissa >> 60]);
  }
  char text[16];
  int len = snprintf(text, sizeof text, "%c%c%02lld", upper ? 'P' : 'p', exponent < 0 ? '-' : '+',
                     (long long)(exponent < 0 ? -exponent : exponent));
  buffer_add(out, text, (size_t)len);
}

void decimal_format(Buffer *out, double value, char format, int64_t prec, int bits) {
  if (bits == 32) value = (float)value;
  if (isnan(value)) {
    buffer_add_text(out, "NaN");
    return;
  }
  if (isinf(value)) {
    buffer_add_text(out, value > 0 ? "+Inf" : "-Inf");
    return;
  }
  bool negative = signbit(value);
  if (negative) {
    buffer_add_byte(out, '-');
    value = -value;
  }
  Digits d;
  switch (format) {
  case 'b': put_binary(out, value, bits); break;
  case 'x': case 'X': put_hex(out, value, prec, format == 'X'); break;
  case 'f':
    if (prec >= 0) {
      put_fixed_rounded(out, value, prec);
    } else {
      digits_shortest(&d, value, bits);
      put_fixed(out, &d, d.count > d.point ? d.count - d.point : 0);
    }
    break;
  case 'e': case 'E':
    if (prec >= 0) {
      digits_rounded(&d, value, prec + 1);
    } else {
      digits_shortest(&d, value, bits);
      prec = d.count ? d.count - 1 : 0;
    }
    put_exponential(out, &d, prec, format);
    break;
  case 'g': case 'G':
    if (prec >= 0) {
      if (prec == 0) prec = 1;
      digits_rounded(&d, value, prec);
      put_general(out, &d, prec, false, format);
    } else {
      digits_shortest(&d, value, bits);
      put_general(out, &d, 6, true, format);
    }
    break;
  default:
    if (negative) out->len--;
    buffer_add_byte(out, '%');
    buffer_add_byte(out, format);
  }
}
