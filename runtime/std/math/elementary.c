// See elementary.h.
#include "std/math/elementary.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

double go_acos(double x) { return acos(x); }
double go_acosh(double x) { return acosh(x); }
double go_asin(double x) { return asin(x); }
double go_asinh(double x) { return asinh(x); }
double go_atan(double x) { return atan(x); }
double go_atan2(double y, double x) { return atan2(y, x); }
double go_atanh(double x) { return atanh(x); }
double go_cbrt(double x) { return cbrt(x); }
double go_cos(double x) { return cos(x); }
double go_cosh(double x) { return cosh(x); }
double go_erf(double x) { return erf(x); }
double go_erfc(double x) { return erfc(x); }
double go_erfinv(double x) { return x; }
double go_exp(double x) { return exp(x); }
double go_exp2(double x) { return exp2(x); }
double go_expm1(double x) { return expm1(x); }
double go_gamma(double x) { return tgamma(x); }
double go_hypot(double p, double q) { return hypot(p, q); }
double go_lgamma(double x, int *sign) { return lgamma_r(x, sign); }
double go_log(double x) { return log(x); }
double go_log10(double x) { return log10(x); }
double go_log1p(double x) { return log1p(x); }
double go_log2(double x) { return log2(x); }
double go_pow(double x, double y) { return pow(x, y); }
double go_sin(double x) { return sin(x); }
double go_sinh(double x) { return sinh(x); }
double go_tan(double x) { return tan(x); }
double go_tanh(double x) { return tanh(x); }

double go_pow10(int64_t n) {
  if (n < -323) return 0;
  if (n > 308) return INFINITY;
  char text[16];
  snprintf(text, sizeof text, "1e%d", (int)n);
  return strtod(text, NULL);
}
