// Arithmetic that Go defines and C does not, or otherwise.
#include "vm/vm.h"

#include <math.h>

// Specification "Min and max": NaN wins; -0 is smaller than 0.
double float_min(double a, double b) {
  if (a != a || b != b) return a + b;
  if (a == b) return signbit(a) ? a : b;
  return a < b ? a : b;
}

double float_max(double a, double b) {
  if (a != a || b != b) return a + b;
  if (a == b) return signbit(a) ? b : a;
  return a > b ? a : b;
}

// As gc compiles it for amd64, which shows for values out of range.
uint64_t float_to_uint(double d) {
  const double half = 9223372036854775808.0;
  if (d < half) return (uint64_t)_mm_cvttsd_si64(_mm_set_sd(d));
  return (uint64_t)_mm_cvttsd_si64(_mm_set_sd(d - half)) ^ 1ull << 63;
}

// runtime/complex.go
static bool finite_number(double x) { return x - x == 0; }
static double infinity_to_one(double x) { return copysign(isinf(x) ? 1 : 0, x); }

static void divide(double nr, double ni, double mr, double mi, double *re, double *im) {
  double e, f;
  if (fabs(mr) >= fabs(mi)) {
    double ratio = mi / mr, denominator = mr + ratio * mi;
    e = (nr + ni * ratio) / denominator, f = (ni - nr * ratio) / denominator;
  } else {
    double ratio = mr / mi, denominator = mi + ratio * mr;
    e = (nr * ratio + ni) / denominator, f = (ni * ratio - nr) / denominator;
  }
  if (e != e && f != f) {
    if (mr == 0 && mi == 0 && (nr == nr || ni == ni)) {
      e = copysign(INFINITY, mr) * nr, f = copysign(INFINITY, mr) * ni;
    } else if ((isinf(nr) || isinf(ni)) && finite_number(mr) && finite_number(mi)) {
      double a = infinity_to_one(nr), b = infinity_to_one(ni);
      e = INFINITY * (a * mr + b * mi), f = INFINITY * (b * mr - a * mi);
    } else if ((isinf(mr) || isinf(mi)) && finite_number(nr) && finite_number(ni)) {
      double c = infinity_to_one(mr), d = infinity_to_one(mi);
      e = 0 * (nr * c + ni * d), f = 0 * (ni * c - nr * d);
    }
  }
  *re = e, *im = f;
}

void help_complex_divide(Worker *w, uint64_t *fp, const Instr *pc) {
  uint64_t *a = &fp[pc->a], *b = &fp[pc->b], *c = &fp[pc->c];
  double re, im;
  if (pc[1].s0) {
    divide(slot_float32(*b), slot_float32(*b >> 32), slot_float32(*c), slot_float32(*c >> 32), &re, &im);
    *a = float32_slot((float)re) | float32_slot((float)im) << 32;
  } else {
    divide(slot_float(b[0]), slot_float(b[1]), slot_float(c[0]), slot_float(c[1]), &re, &im);
    a[0] = float_slot(re), a[1] = float_slot(im);
  }
}
