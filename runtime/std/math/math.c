// Natives of package math. Where the C library's last bit may differ from Go's, elementary.c has Go's way to compute it.
#include <math.h>

#include "std/frame.h"
#include "std/math/elementary.h"
#include "vm/native.h"

#define UNARY(NAME, EXPRESSION)                           \
  static NativeResult NAME(Worker *w, uint64_t *fp) {     \
    FRAME(double result, x);                              \
    double x = f->x;                                      \
    f->result = EXPRESSION;                               \
    return NATIVE_DONE;                                   \
  }
#define BINARY(NAME, EXPRESSION)                          \
  static NativeResult NAME(Worker *w, uint64_t *fp) {     \
    FRAME(double result, x, y);                           \
    double x = f->x, y = f->y;                            \
    f->result = EXPRESSION;                               \
    return NATIVE_DONE;                                   \
  }

UNARY(math_abs, fabs(x))
UNARY(math_acos, go_acos(x))
UNARY(math_acosh, go_acosh(x))
UNARY(math_asin, go_asin(x))
UNARY(math_asinh, go_asinh(x))
UNARY(math_atan, go_atan(x))
BINARY(math_atan2, go_atan2(x, y))
UNARY(math_atanh, go_atanh(x))
UNARY(math_cbrt, go_cbrt(x))
UNARY(math_ceil, ceil(x))
BINARY(math_copysign, copysign(x, y))
UNARY(math_cos, go_cos(x))
UNARY(math_cosh, go_cosh(x))
UNARY(math_erf, go_erf(x))
UNARY(math_erfc, go_erfc(x))
UNARY(math_erfinv, go_erfinv(x))
UNARY(math_erfcinv, go_erfinv(1 - x))
UNARY(math_exp, go_exp(x))
UNARY(math_exp2, go_exp2(x))
UNARY(math_expm1, go_expm1(x))
UNARY(math_floor, floor(x))
UNARY(math_gamma, go_gamma(x))
BINARY(math_hypot, go_hypot(x, y))
UNARY(math_j0, j0(x))
UNARY(math_j1, j1(x))
UNARY(math_y0, y0(x))
UNARY(math_y1, y1(x))
UNARY(math_log, go_log(x))
UNARY(math_log10, go_log10(x))
UNARY(math_log1p, go_log1p(x))
UNARY(math_log2, go_log2(x))
UNARY(math_logb, logb(x))
BINARY(math_mod, fmod(x, y))
BINARY(math_nextafter, (x == y ? x : nextafter(x, y)))
BINARY(math_pow, go_pow(x, y))
BINARY(math_remainder, remainder(x, y))
UNARY(math_round, round(x))
UNARY(math_round_to_even, rint(x))
UNARY(math_sin, go_sin(x))
UNARY(math_sinh, go_sinh(x))
UNARY(math_sqrt, sqrt(x))
UNARY(math_tan, go_tan(x))
UNARY(math_tanh, go_tanh(x))
UNARY(math_trunc, trunc(x))

// max(x - y, 0), but infinities and NaN go through.
BINARY(math_dim, (x - y <= 0 ? 0 : x - y))

static double max_of(double x, double y) {
  if (isinf(x) && x > 0) return x;
  if (isinf(y) && y > 0) return y;
  if (isnan(x) || isnan(y)) return NAN;
  if (x == 0 && y == 0) return signbit(x) ? y : x;
  return x > y ? x : y;
}

static double min_of(double x, double y) {
  if (isinf(x) && x < 0) return x;
  if (isinf(y) && y < 0) return y;
  if (isnan(x) || isnan(y)) return NAN;
  if (x == 0 && y == 0) return signbit(x) ? x : y;
  return x < y ? x : y;
}

BINARY(math_max, max_of(x, y))
BINARY(math_min, min_of(x, y))

static NativeResult math_fma(Worker *w, uint64_t *fp) {
  FRAME(double result, x, y, z);
  f->result = fma(f->x, f->y, f->z);
  return NATIVE_DONE;
}

static NativeResult math_same_bits(Worker *w, uint64_t *fp) {
  fp[2] = fp[3]; // a float lies in its slot as its bits
  return NATIVE_DONE;
}

static NativeResult math_frexp(Worker *w, uint64_t *fp) {
  FRAME(double fraction; int64_t exponent; double x);
  int exponent = 0;
  f->fraction = isfinite(f->x) ? frexp(f->x, &exponent) : f->x;
  f->exponent = exponent;
  return NATIVE_DONE;
}

static NativeResult math_ilogb(Worker *w, uint64_t *fp) {
  FRAME(int64_t result; double x);
  if (f->x == 0) f->result = INT32_MIN;
  else if (!isfinite(f->x)) f->result = INT32_MAX;
  else f->result = ilogb(f->x);
  return NATIVE_DONE;
}

static NativeResult math_inf(Worker *w, uint64_t *fp) {
  FRAME(double result; int64_t sign);
  f->result = f->sign >= 0 ? INFINITY : -INFINITY;
  return NATIVE_DONE;
}

static NativeResult math_is_inf(Worker *w, uint64_t *fp) {
  FRAME(uint64_t result; double x; int64_t sign);
  f->result = isinf(f->x) && (f->sign == 0 || (f->sign > 0) == (f->x > 0));
  return NATIVE_DONE;
}

static NativeResult math_is_nan(Worker *w, uint64_t *fp) {
  FRAME(uint64_t result; double x);
  f->result = isnan(f->x) != 0;
  return NATIVE_DONE;
}

static NativeResult math_jn(Worker *w, uint64_t *fp) {
  FRAME(double result; int64_t n; double x);
  f->result = jn((int)f->n, f->x);
  return NATIVE_DONE;
}

static NativeResult math_yn(Worker *w, uint64_t *fp) {
  FRAME(double result; int64_t n; double x);
  f->result = yn((int)f->n, f->x);
  return NATIVE_DONE;
}

static NativeResult math_ldexp(Worker *w, uint64_t *fp) {
  FRAME(double result, x; int64_t exponent);
  int64_t exponent = f->exponent;
  if (exponent > 5000) exponent = 5000;
  if (exponent < -5000) exponent = -5000;
  f->result = ldexp(f->x, (int)exponent);
  return NATIVE_DONE;
}

static NativeResult math_lgamma(Worker *w, uint64_t *fp) {
  FRAME(double result; int64_t sign; double x);
  int sign = 1;
  f->result = go_lgamma(f->x, &sign);
  f->sign = sign;
  return NATIVE_DONE;
}

static NativeResult math_modf(Worker *w, uint64_t *fp) {
  FRAME(double whole, fraction, x);
  double x = f->x, whole = trunc(x);
  f->whole = whole;
  f->fraction = isinf(x) ? NAN : copysign(x - whole, x);
  return NATIVE_DONE;
}

static NativeResult math_nan(Worker *w, uint64_t *fp) {
  fp[2] = 0x7FF8000000000001;
  return NATIVE_DONE;
}

static float float_of(uint64_t slot) {
  float x;
  uint32_t bits = (uint32_t)slot;
  memcpy(&x, &bits, 4);
  return x;
}

static NativeResult math_nextafter32(Worker *w, uint64_t *fp) {
  float x = float_of(fp[3]), y = float_of(fp[4]), r = x == y ? x : nextafterf(x, y);
  uint32_t bits;
  memcpy(&bits, &r, 4);
  fp[2] = bits;
  return NATIVE_DONE;
}

static NativeResult math_pow10(Worker *w, uint64_t *fp) {
  FRAME(double result; int64_t n);
  f->result = go_pow10(f->n);
  return NATIVE_DONE;
}

static NativeResult math_signbit(Worker *w, uint64_t *fp) {
  fp[2] = fp[3] >> 63;
  return NATIVE_DONE;
}

static NativeResult math_sincos(Worker *w, uint64_t *fp) {
  FRAME(double sin, cos, x);
  double x = f->x;
  f->sin = go_sin(x);
  f->cos = go_cos(x);
  return NATIVE_DONE;
}

const NativeRow natives_math[] = {
  {"Sqrt", math_sqrt},
  {"Abs", math_abs},
  {"Floor", math_floor},
  {"Max", math_max},
  {"Min", math_min},
  {"Pow", math_pow},
  {"Sin", math_sin},
  {"Cos", math_cos},
  {"Exp", math_exp},
  {"Log", math_log},
  {"Acos", math_acos},
  {"Acosh", math_acosh},
  {"Asin", math_asin},
  {"Asinh", math_asinh},
  {"Atan", math_atan},
  {"Atan2", math_atan2},
  {"Atanh", math_atanh},
  {"Cbrt", math_cbrt},
  {"Ceil", math_ceil},
  {"Copysign", math_copysign},
  {"Cosh", math_cosh},
  {"Dim", math_dim},
  {"Erf", math_erf},
  {"Erfc", math_erfc},
  {"Erfcinv", math_erfcinv},
  {"Erfinv", math_erfinv},
  {"Exp2", math_exp2},
  {"Expm1", math_expm1},
  {"FMA", math_fma},
  {"Float32bits", math_same_bits},
  {"Float32frombits", math_same_bits},
  {"Float64bits", math_same_bits},
  {"Float64frombits", math_same_bits},
  {"Frexp", math_frexp},
  {"Gamma", math_gamma},
  {"Hypot", math_hypot},
  {"Ilogb", math_ilogb},
  {"Inf", math_inf},
  {"IsInf", math_is_inf},
  {"IsNaN", math_is_nan},
  {"J0", math_j0},
  {"J1", math_j1},
  {"Jn", math_jn},
  {"Ldexp", math_ldexp},
  {"Lgamma", math_lgamma},
  {"Log10", math_log10},
  {"Log1p", math_log1p},
  {"Log2", math_log2},
  {"Logb", math_logb},
  {"Mod", math_mod},
  {"Modf", math_modf},
  {"NaN", math_nan},
  {"Nextafter", math_nextafter},
  {"Nextafter32", math_nextafter32},
  {"Pow10", math_pow10},
  {"Remainder", math_remainder},
  {"Round", math_round},
  {"RoundToEven", math_round_to_even},
  {"Signbit", math_signbit},
  {"Sincos", math_sincos},
  {"Sinh", math_sinh},
  {"Tan", math_tan},
  {"Tanh", math_tanh},
  {"Trunc", math_trunc},
  {"Y0", math_y0},
  {"Y1", math_y1},
  {"Yn", math_yn},
  {0},
};
