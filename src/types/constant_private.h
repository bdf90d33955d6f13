// How a constant is stored. For constant*.c only.
//
//   CONST_INT      REP_SMALL (fits int64, always when it can) or REP_BIG
//   CONST_FLOAT    REP_RATIO (numerator and denominator below 4096 bits) or REP_REAL (512 bits)
//   CONST_COMPLEX  two of the above
// Digits lie in the arena: the GMP and MPFR structs below are views that are never cleared, reallocated or written.
#ifndef TYPES_CONSTANT_PRIVATE_H
#define TYPES_CONSTANT_PRIVATE_H

#include <gmp.h>
#include <mpfr.h>

#include "types/constant.h"

enum { REAL_BITS = 512, RATIO_BITS = 4096 };

typedef enum { REP_NONE, REP_SMALL, REP_BIG, REP_RATIO, REP_REAL } ConstRep;

struct Const {
  uint8_t kind; // ConstKind
  uint8_t rep;  // ConstRep
  union {
    bool truth;
    Text text;
    int64_t small;
    mpz_t big;
    mpq_t ratio;
    mpfr_t real;
    struct { const Const *re, *im; };
  };
};

// Results from working values, which are cleared.
const Const *take_integer(Arena *arena, mpz_t value);
const Const *take_ratio(Arena *arena, mpq_t value); // canonical
const Const *take_real(Arena *arena, mpfr_t value);
const Const *make_complex(Arena *arena, const Const *re, const Const *im);

// Working copies of a constant's value, to be cleared by the caller. The constant must be of that kind or smaller.
void load_integer(mpz_t out, const Const *c);
void load_ratio(mpq_t out, const Const *c);
void load_real(mpfr_t out, const Const *c);

void real_init(mpfr_t real); // 512 bits, gc's range of exponents
bool ratio_is_small(mpq_srcptr value);
bool real_is_small(mpfr_srcptr value); // its exponent would fit a small ratio
Const *const_new(Arena *arena, ConstKind kind, ConstRep rep);

#endif
