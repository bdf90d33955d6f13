// See elementary.h. The methods are those of the Cephes library (S. Moshier) and of FreeBSD's msun, in the order of
// operations that Go uses, so that results agree to the last bit. What is not here yet comes from the C library, which
// may differ by one unit in the last place.
#include "std/math/elementary.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "pi.h"

#define PI 3.14159265358979323846264338327950288
#define FOUR_OVER_PI 1.27323954473516268615107010698140931
#define LN2 0.693147180559945309417232121458176568
#define ONE_OVER_LN2 1.44269504088896340735992468100189214
#define ONE_OVER_LN10 0.434294481903251827651128918916605082

static uint64_t bits_of(double x) {
  uint64_t bits;
  memcpy(&bits, &x, 8);
  return bits;
}

static double from_bits(uint64_t bits) {
  double x;
  memcpy(&x, &bits, 8);
  return x;
}

// c[0] x^(n-1) + ... + c[n-1]
static double polynomial(double x, const double *c, int n) {
  double y = c[0];
  for (int i = 1; i < n; i++) y = y * x + c[i];
  return y;
}

// --- sine, cosine, tangent: x modulo pi/4 with pi/4 in three parts

static const double sin_c[] = {1.58962301576546568060e-10, -2.50507477628578072866e-8, 2.75573136213857245213e-6,
                               -1.98412698295895385996e-4, 8.33333333332211858878e-3, -1.66666666666666307295e-1};
static const double cos_c[] = {-1.13585365213876817300e-11, 2.08757008419747316778e-9, -2.75573141792967388112e-7,
                               2.48015872888517045348e-5, -1.38888888888730564116e-3, 4.16666666666665929218e-2};

#define REDUCE_LIMIT 536870912.0 // beyond, the three parts do not suffice

// Payne and Hanek: x times just those digits of 4/pi that matter.
static uint64_t reduce_large(double x, double *z) {
  uint64_t mantissa = bits_of(x);
  unsigned place = (unsigned)(mantissa >> 52 & 0x7ff) - 1023 - 52 + 61;
  mantissa = (mantissa & ((1ull << 52) - 1)) | 1ull << 52;
  unsigned digit = place / 64, shift = place % 64;
  uint64_t d[3];
  for (int i = 0; i < 3; i++) {
    d[i] = four_over_pi[digit + (unsigned)i] << shift;
    if (shift) d[i] |= four_over_pi[digit + (unsigned)i + 1] >> (64 - shift);
  }
  unsigned __int128 product = (unsigned __int128)d[1] * mantissa + (uint64_t)((unsigned __int128)d[2] * mantissa >> 64);
  product += (unsigned __int128)(d[0] * mantissa) << 64;
  uint64_t j = (uint64_t)(product >> 125);
  product <<= 3; // the fraction of an octant
  uint64_t high = (uint64_t)(product >> 64);
  int zeros = high ? __builtin_clzll(high) : 64;
  product <<= zeros + 1;
  *z = from_bits((uint64_t)(product >> 76) | (uint64_t)(1023 - (zeros + 1)) << 52);
  if (j & 1) {
    j = (j + 1) & 7;
    *z -= 1;
  }
  *z *= PI / 4;
  return j;
}

// x >= 0. The octant; *z is what remains.
static uint64_t reduce(double x, double *z) {
  if (x >= REDUCE_LIMIT) return reduce_large(x, z);
  uint64_t j = (uint64_t)(x * FOUR_OVER_PI);
  double y = (double)j;
  if (j & 1) j++, y++;
  *z = ((x - y * 7.85398125648498535156e-1) - y * 3.77489470793079817668e-8) - y * 2.69515142907905952645e-15;
  return j;
}

static double sin_part(double z) {
  double zz = z * z;
  return z + z * zz * polynomial(zz, sin_c, 6);
}

static double cos_part(double z) {
  double zz = z * z;
  return 1.0 - 0.5 * zz + zz * zz * polynomial(zz, cos_c, 6);
}

double go_sin(double x) {
  if (x == 0 || isnan(x)) return x;
  if (isinf(x)) return NAN;
  bool negative = x < 0;
  double z;
  uint64_t j = reduce(fabs(x), &z) & 7;
  if (j > 3) negative = !negative, j -= 4;
  double y = j == 1 || j == 2 ? cos_part(z) : sin_part(z);
  return negative ? -y : y;
}

double go_cos(double x) {
  if (isnan(x) || isinf(x)) return NAN;
  bool negative = false;
  double z;
  uint64_t j = reduce(fabs(x), &z) & 7;
  if (j > 3) negative = !negative, j -= 4;
  if (j > 1) negative = !negative;
  double y = j == 1 || j == 2 ? sin_part(z) : cos_part(z);
  return negative ? -y : y;
}

double go_tan(double x) {
  static const double p[] = {-1.30936939181383777646e4, 1.15351664838587416140e6, -1.79565251976484877988e7};
  static const double q[] = {1.0, 1.36812963470692954678e4, -1.32089234440210967447e6, 2.50083801823357915839e7,
                             -5.38695755929454629881e7};
  if (x == 0 || isnan(x)) return x;
  if (isinf(x)) return NAN;
  double z, y;
  uint64_t j = reduce(fabs(x), &z);
  double zz = z * z;
  y = zz > 1e-14 ? z + z * (zz * polynomial(zz, p, 3) / polynomial(zz, q, 5)) : z;
  if (j & 2) y = -1 / y;
  return x < 0 ? -y : y;
}

// --- their inverses

static double small_atan(double x) {
  static const double p[] = {-8.750608600031904122785e-01, -1.615753718733365076637e+01, -7.500855792314704667340e+01,
                             -1.228866684490136173410e+02, -6.485021904942025371773e+01};
  static const double q[] = {1.0, 2.485846490142306297962e+01, 1.650270098316988542046e+02, 4.328810604912902668951e+02,
                             4.853903996359136964868e+02, 1.945506571482613964425e+02};
  double z = x * x;
  z = z * polynomial(z, p, 5) / polynomial(z, q, 6);
  return x * z + x;
}

static double positive_atan(double x) {
  const double more = 6.123233995736765886130e-17; // pi/2 less its float64
  if (x <= 0.66) return small_atan(x);
  if (x > 2.41421356237309504880) return PI / 2 - small_atan(1 / x) + more;
  return PI / 4 + small_atan((x - 1) / (x + 1)) + 0.5 * more;
}

double go_atan(double x) {
  if (x == 0) return x;
  return x > 0 ? positive_atan(x) : -positive_atan(-x);
}

double go_asin(double x) {
  if (x == 0) return x;
  double a = fabs(x);
  if (a > 1) return NAN;
  double t = sqrt(1 - a * a);
  t = a > 0.7 ? PI / 2 - positive_atan(t / a) : positive_atan(a / t);
  return x < 0 ? -t : t;
}

double go_acos(double x) { return PI / 2 - go_asin(x); }

double go_atan2(double y, double x) {
  if (isnan(y) || isnan(x)) return NAN;
  if (y == 0) return x >= 0 && !signbit(x) ? copysign(0, y) : copysign(PI, y);
  if (x == 0) return copysign(PI / 2, y);
  if (isinf(x)) {
    if (x > 0) return copysign(isinf(y) ? PI / 4 : 0, y);
    return copysign(isinf(y) ? 2.35619449019234492884698253745962716 : PI, y);
  }
  if (isinf(y)) return copysign(PI / 2, y);
  double q = go_atan(y / x);
  if (x < 0) return q <= 0 ? q + PI : q - PI;
  return q;
}

// --- exponentials

double go_exp(double x) {
  if (isnan(x) || x == INFINITY) return x;
  if (x == -INFINITY) return 0;
  if (x > 7.09782712893384e+02) return INFINITY;
  double k = rint(x * 1.4426950408889634073599246810018920);
  if (k < -2000) return 0;
  x = fma(-0.69314718055966295651160180568695068359375, k, x);
  x = fma(-0.28235290563031577122588448175013436025525412068e-12, k, x);
  x *= 0.0625;
  static const double c[] = {2.4801587301587301587e-5, 1.9841269841269841270e-4, 1.3888888888888888889e-3, 8.3333333333333333333e-3,
                             4.1666666666666666667e-2, 1.6666666666666666667e-1, 0.5, 1.0};
  double p = c[0];
  for (int i = 1; i < 8; i++) p = fma(x, p, c[i]);
  x *= p;
  for (int i = 0; i < 3; i++) x *= x + 2.0; // squared four times, as e^x - 1
  x = fma(x + 2.0, x, 1.0);
  int64_t e = (int64_t)k + 0x3ff;
  if (e >= 0x7ff) return INFINITY;
  if (e <= 0) {
    if (e < -52) return 0;
    x *= from_bits((uint64_t)(e + 0x3fe) << 52);
    return x * from_bits(1ull << 52);
  }
  return x * from_bits((uint64_t)e << 52);
}

double go_exp2(double x) {
  static const double p[] = {4.13813679705723846039e-08, -1.65339022054652515390e-06, 6.61375632143793436117e-05,
                             -2.77777777770155933842e-03, 1.66666666666666657415e-01};
  if (isnan(x) || x == INFINITY) return x;
  if (x == -INFINITY) return 0;
  if (x > 1.0239999999999999e+03) return INFINITY;
  if (x < -1.0740e+03) return 0;
  int k = x > 0 ? (int)(x + 0.5) : x < 0 ? (int)(x - 0.5) : 0;
  double t = x - k, high = t * 6.93147180369123816490e-01, low = -t * 1.90821492927058770002e-10;
  double r = high - low, rr = r * r;
  double c = r - rr * polynomial(rr, p, 5);
  return ldexp(1 - ((low - (r * c) / (2 - c)) - high), k);
}

double go_expm1(double x) { return expm1(x); }

double go_sinh(double x) {
  static const double p[] = {-0.2630563213397497062819489e+2, -0.2894211355989563807284660366e+4,
                             -0.8991272022039509355398013511e+5, -0.6307673640497716991184787251e+6};
  static const double q[] = {1.0, -0.173678953558233699533450911e+3, 0.1521517378790019070696485176e+5,
                             -0.6307673640497716991212077277e+6};
  double a = x < 0 ? -x : x, y;
  if (a > 21) {
    y = go_exp(a) * 0.5;
  } else if (a > 0.5) {
    double e = go_exp(a);
    y = (e - 1 / e) * 0.5;
  } else {
    double aa = a * a;
    y = polynomial(aa, p, 4) * a;
    y = y / polynomial(aa, q, 4);
  }
  return x < 0 ? -y : y;
}

double go_cosh(double x) {
  x = fabs(x);
  if (x > 21) return go_exp(x) * 0.5;
  double e = go_exp(x);
  return (e + 1 / e) * 0.5;
}

double go_tanh(double x) {
  static const double p[] = {-9.64399179425052238628e-1, -9.92877231001918586564e1, -1.61468768441708447952e3};
  static const double q[] = {1.0, 1.12811678491632931402e2, 2.23548839060100448583e3, 4.84406305325125486048e3};
  double z = fabs(x);
  if (z > 0.5 * 8.8029691931113054295988e+01) return x < 0 ? -1 : 1;
  if (z >= 0.625) {
    z = 1 - 2 / (go_exp(2 * z) + 1);
    return x < 0 ? -z : z;
  }
  if (x == 0) return x;
  double s = x * x;
  return x + x * s * polynomial(s, p, 3) / polynomial(s, q, 4);
}

double go_asinh(double x) { return asinh(x); }
double go_acosh(double x) { return acosh(x); }
double go_atanh(double x) { return atanh(x); }

// --- logarithms

// Denormal numbers are taken as if they had the hidden bit, as Go's assembly does.
double go_log(double x) {
  if (x == 0) return -INFINITY;
  if (x < 0) return NAN;
  if (isnan(x) || isinf(x)) return x;
  uint64_t bits = bits_of(x);
  double k = (double)(int64_t)(bits >> 52) - 0x3fe, f = from_bits((bits & ((1ull << 52) - 1)) | 0x3feull << 52);
  if (f < 7.07106781186547524401e-01) f *= 2, k--;
  f -= 1;
  double s = f / (2 + f), s2 = s * s, s4 = s2 * s2;
  double t1 = s2 * (6.666666666666735130e-01 +
                    s4 * (2.857142874366239149e-01 + s4 * (1.818357216161805012e-01 + s4 * 1.479819860511658591e-01)));
  double t2 = s4 * (3.999999999940941908e-01 + s4 * (2.222219843214978396e-01 + s4 * 1.531383769920937332e-01));
  double r = t1 + t2, half = 0.5 * f * f;
  return k * 6.93147180369123816490e-01 - ((half - (s * (half + r) + k * 1.90821492927058770002e-10)) - f);
}

double go_log2(double x) {
  if (!isfinite(x) || x == 0) return go_log(x);
  int e;
  double f = frexp(x, &e);
  if (f == 0.5) return e - 1;
  return go_log(f) * ONE_OVER_LN2 + e;
}

double go_log10(double x) { return go_log(x) * ONE_OVER_LN10; }
double go_log1p(double x) { return log1p(x); }

// --- powers

static bool is_odd(double x) { return fabs(x) < 9007199254740992.0 && trunc(x) == x && ((int64_t)x & 1); }

double go_pow(double x, double y) {
  if (y == 0 || x == 1) return 1;
  if (y == 1) return x;
  if (isnan(x) || isnan(y)) return NAN;
  if (x == 0) {
    if (y < 0) return signbit(x) && is_odd(y) ? -INFINITY : INFINITY;
    return signbit(x) && is_odd(y) ? x : 0;
  }
  if (isinf(y)) {
    if (x == -1) return 1;
    return (fabs(x) < 1) == (y > 0) ? 0 : INFINITY;
  }
  if (isinf(x)) {
    if (x < 0) return go_pow(1 / x, -y);
    return y < 0 ? 0 : INFINITY;
  }
  if (y == 0.5) return sqrt(x);
  if (y == -0.5) return 1 / sqrt(x);
  double whole = trunc(fabs(y)), fraction = fabs(y) - whole;
  if (fraction != 0 && x < 0) return NAN;
  if (whole >= 9223372036854775808.0) {
    if (x == -1) return 1;
    return (fabs(x) < 1) == (y > 0) ? 0 : INFINITY;
  }
  // The result is a * 2^e: x^fraction by logarithm, x^whole by squaring, with the powers of two apart.
  double a = 1;
  int64_t e = 0;
  if (fraction != 0) {
    if (fraction > 0.5) fraction--, whole++;
    a = go_exp(fraction * go_log(x));
  }
  int xe;
  double square = frexp(x, &xe);
  int64_t square_e = xe;
  for (int64_t i = (int64_t)whole; i != 0; i >>= 1) {
    if (square_e < -(1 << 12) || square_e > 1 << 12) {
      e += square_e; // far out of range already
      break;
    }
    if (i & 1) a *= square, e += square_e;
    square *= square;
    square_e *= 2;
    if (square < .5) square += square, square_e--;
  }
  if (y < 0) a = 1 / a, e = -e;
  if (e > 5000) e = 5000;
  if (e < -5000) e = -5000;
  return ldexp(a, (int)e);
}

double go_pow10(int64_t n) {
  static const double ones[] = {1e00, 1e01, 1e02, 1e03, 1e04, 1e05, 1e06, 1e07, 1e08, 1e09, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22, 1e23, 1e24, 1e25, 1e26, 1e27, 1e28, 1e29, 1e30, 1e31};
  static const double up[] = {1e00, 1e32, 1e64, 1e96, 1e128, 1e160, 1e192, 1e224, 1e256, 1e288};
  static const double down[] = {1e-00, 1e-32, 1e-64, 1e-96, 1e-128, 1e-160, 1e-192, 1e-224, 1e-256, 1e-288, 1e-320};
  if (n >= 0 && n <= 308) return up[n / 32] * ones[n % 32];
  if (n >= -323 && n <= 0) return down[-n / 32] / ones[-n % 32];
  return n > 0 ? INFINITY : 0;
}

double go_cbrt(double x) {
  if (x == 0 || !isfinite(x)) return x;
  double a = fabs(x);
  double t = from_bits(bits_of(a) / 3 + (715094163ull << 32));
  if (a < 2.22507385850720138309e-308) {
    t = (double)(1ull << 54) * a;
    t = from_bits(bits_of(t) / 3 + (696219795ull << 32));
  }
  double r = t * t / a, s = 5.42857142857142815906e-01 + r * t;
  t *= 3.57142857142857150787e-01 + 1.60714285714285720630e+00 / (s + 1.41428571428571436819e+00 + -7.05306122448979611050e-01 / s);
  t = from_bits((bits_of(t) & (0xFFFFFFFFCull << 28)) + (1ull << 30)); // so that t*t is exact
  s = t * t;
  r = a / s;
  double w = t + t;
  r = (r - t) / (w + r);
  t = t + t * r;
  return x < 0 ? -t : t;
}

double go_hypot(double p, double q) {
  p = fabs(p), q = fabs(q);
  if (isinf(p) || isinf(q)) return INFINITY;
  if (isnan(p) || isnan(q)) return NAN;
  if (p < q) {
    double swap = p;
    p = q;
    q = swap;
  }
  if (p == 0) return 0;
  q /= p;
  return p * sqrt(1 + q * q);
}

// --- others

double go_erf(double x) { return erf(x); }
double go_erfc(double x) { return erfc(x); }

// Wichura's algorithm AS 241, for the inverse of the error function.
double go_erfinv(double x) {
  static const double near_p[] = {8.8709406962545514830200e2, 1.1819493347062294404278e4, 2.3782041382114385731252e4,
                                  1.6235862515167575384252e4, 4.8548868893843886794648e3, 6.9706266534389598238465e2,
                                  4.7072688112383978012285e1, 1.1975323115670912564578e0};
  static const double near_q[] = {5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
                                  5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1.0};
  static const double middle_p[] = {7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
                                    1.27045825245236838258e0, 3.64784832476320460504e0, 5.76949722146069140550e0,
                                    4.63033784615654529590e0, 1.42343711074968357734e0};
  static const double middle_q[] = {1.4859850019840355905497876e-9, 7.7441459065157709165577218e-4, 2.1494160384252876777097297e-2,
                                    2.0945065210512749128288442e-1, 9.7547832001787427186894837e-1, 2.3707661626024532365971225e0,
                                    2.9036514445419946173133295e0, 1.4142135623730950488016887e0};
  static const double far_p[] = {2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
                                 2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580e0,
                                 5.46378491116411436990e0, 6.65790464350110377720e0};
  static const double far_q[] = {2.891024605872965461538222e-15, 2.010321207683943062279931e-7, 2.611088405080593625138020e-5,
                                 1.112800997078859844711555e-3, 2.103693768272068968719679e-2, 1.936480946950659106176712e-1,
                                 8.482908416595164588112026e-1, 1.414213562373095048801689e0};
  if (isnan(x) || x <= -1 || x >= 1) return x == 1 ? INFINITY : x == -1 ? -INFINITY : NAN;
  double a = x < 0 ? -x : x, y;
  if (a <= 0.85) {
    double r = 0.180625 - 0.25 * a * a;
    y = (a * polynomial(r, near_p, 8)) / polynomial(r, near_q, 8);
  } else {
    double r = sqrt(LN2 - go_log(1.0 - a));
    if (r <= 5.0) {
      r -= 1.6;
      y = polynomial(r, middle_p, 8) / polynomial(r, middle_q, 8);
    } else {
      r -= 5.0;
      y = polynomial(r, far_p, 8) / polynomial(r, far_q, 8);
    }
  }
  return x < 0 ? -y : y;
}

double go_gamma(double x) { return x == -INFINITY ? NAN : tgamma(x); }

double go_lgamma(double x, int *sign) {
  *sign = 1;
  if (x == 0 || isnan(x)) return x == 0 ? INFINITY : x;
  if (isinf(x)) return x;
  if (x > 0 && x < 0x1p-70) return -go_log(x);
  return lgamma_r(x, sign);
}
