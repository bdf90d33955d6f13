// Constants: operations, conversions between kinds, representability (specification "Constant expressions").
//
// Operands are brought to a common form first: small integer, integer, ratio, 512-bit float, complex. Small integers
// are computed in machine words and fall through to GMP on overflow.
#include <math.h>
#include <string.h>

#include "base/assert.h"
#include "types/constant_private.h"

enum { MAX_STRING = 1 << 28 };

// --- conversions between kinds

const Const *const_to_float(Arena *arena, const Const *c) {
  switch (const_kind(c)) {
  case CONST_INT: {
    if (const_bit_length(c) < RATIO_BITS) {
      mpq_t q;
      load_ratio(q, c);
      return take_ratio(arena, q);
    }
    mpfr_t real;
    load_real(real, c);
    return take_real(arena, real);
  }
  case CONST_FLOAT: return c;
  case CONST_COMPLEX: return const_sign(c->im) == 0 ? const_to_float(arena, c->re) : const_unknown();
  default: return const_unknown();
  }
}

const Const *const_to_complex(Arena *arena, const Const *c) {
  switch (const_kind(c)) {
  case CONST_INT:
  case CONST_FLOAT: return make_complex(arena, c, const_int(arena, 0));
  case CONST_COMPLEX: return c;
  default: return const_unknown();
  }
}

// The integer a 512-bit float stands for: exactly, or but for a rounding error in its last bits.
static const Const *real_to_int(Arena *arena, mpfr_srcptr real) {
  if (!real_is_small(real)) return const_unknown();
  static const mpfr_rnd_t modes[] = {MPFR_RNDN, MPFR_RNDZ, MPFR_RNDA};
  for (int i = 0; i < 3; i++) {
    mpfr_t t;
    mpfr_init2(t, i == 0 ? REAL_BITS : REAL_BITS - 4);
    mpfr_set(t, real, modes[i]);
    if (mpfr_integer_p(t)) {
      mpz_t z;
      mpz_init(z);
      mpfr_get_z(z, t, MPFR_RNDN);
      mpfr_clear(t);
      return take_integer(arena, z);
    }
    mpfr_clear(t);
  }
  return const_unknown();
}

const Const *const_to_int(Arena *arena, const Const *c) {
  switch (const_kind(c)) {
  case CONST_INT: return c;
  case CONST_FLOAT:
    if (c->rep == REP_REAL) return real_to_int(arena, c->real);
    if (mpz_cmp_ui(mpq_denref(c->ratio), 1) != 0) return const_unknown();
    mpz_t z;
    mpz_init_set(z, mpq_numref(c->ratio));
    return take_integer(arena, z);
  case CONST_COMPLEX: return const_sign(c->im) == 0 ? const_to_int(arena, c->re) : const_unknown();
  default: return const_unknown();
  }
}

// --- unary

static const Const *negate(Arena *arena, const Const *x) {
  switch (x->kind) {
  case CONST_INT: {
    if (x->rep == REP_SMALL && x->small != INT64_MIN) return const_int(arena, -x->small);
    mpz_t z;
    load_integer(z, x);
    mpz_neg(z, z);
    return take_integer(arena, z);
  }
  case CONST_FLOAT: {
    if (x->rep == REP_RATIO) {
      mpq_t q;
      load_ratio(q, x);
      mpq_neg(q, q);
      return take_ratio(arena, q);
    }
    mpfr_t real;
    load_real(real, x);
    mpfr_neg(real, real, MPFR_RNDN);
    return take_real(arena, real);
  }
  case CONST_COMPLEX: return make_complex(arena, negate(arena, x->re), negate(arena, x->im));
  default: return const_unknown();
  }
}

// ^x of an unsigned type keeps to the type's bits.
static const Const *complement(Arena *arena, const Const *x, uint32_t unsigned_bits) {
  if (x->kind != CONST_INT) return const_unknown();
  mpz_t z;
  load_integer(z, x);
  mpz_com(z, z);
  if (unsigned_bits) mpz_fdiv_r_2exp(z, z, unsigned_bits);
  return take_integer(arena, z);
}

const Const *const_unary(Arena *arena, Operator op, const Const *x, uint32_t unsigned_bits) {
  if (const_kind(x) == CONST_UNKNOWN) return const_unknown();
  switch (op) {
  case OPER_ADD: return x->kind >= CONST_INT ? x : const_unknown();
  case OPER_SUB: return negate(arena, x);
  case OPER_XOR: return complement(arena, x, unsigned_bits);
  case OPER_NOT: return x->kind == CONST_BOOL ? const_bool(arena, !x->truth) : const_unknown();
  default: return const_unknown();
  }
}

// --- binary

static const Const *small_binary(Arena *arena, Operator op, int64_t x, int64_t y) {
  int64_t r;
  switch (op) {
  case OPER_ADD: return __builtin_add_overflow(x, y, &r) ? NULL : const_int(arena, r);
  case OPER_SUB: return __builtin_sub_overflow(x, y, &r) ? NULL : const_int(arena, r);
  case OPER_MUL: return __builtin_mul_overflow(x, y, &r) ? NULL : const_int(arena, r);
  case OPER_QUO: return y == 0 || y == -1 ? NULL : const_int(arena, x / y);
  case OPER_REM: return y == 0 || y == -1 ? NULL : const_int(arena, x % y);
  case OPER_AND: return const_int(arena, x & y);
  case OPER_OR: return const_int(arena, x | y);
  case OPER_XOR: return const_int(arena, x ^ y);
  case OPER_AND_NOT: return const_int(arena, x & ~y);
  default: return NULL;
  }
}

static const Const *integer_binary(Arena *arena, Operator op, const Const *x, const Const *y) {
  if (x->rep == REP_SMALL && y->rep == REP_SMALL) {
    const Const *result = small_binary(arena, op, x->small, y->small);
    if (result) return result;
  }
  if ((op == OPER_QUO || op == OPER_REM) && const_sign(y) == 0) return const_unknown();
  mpz_t a, b;
  load_integer(a, x);
  load_integer(b, y);
  bool known = true;
  switch (op) {
  case OPER_ADD: mpz_add(a, a, b); break;
  case OPER_SUB: mpz_sub(a, a, b); break;
  case OPER_MUL: mpz_mul(a, a, b); break;
  case OPER_QUO: mpz_tdiv_q(a, a, b); break;
  case OPER_REM: mpz_tdiv_r(a, a, b); break;
  case OPER_AND: mpz_and(a, a, b); break;
  case OPER_OR: mpz_ior(a, a, b); break;
  case OPER_XOR: mpz_xor(a, a, b); break;
  case OPER_AND_NOT:
    mpz_com(b, b);
    mpz_and(a, a, b);
    break;
  default: known = false;
  }
  mpz_clear(b);
  if (known) return take_integer(arena, a);
  mpz_clear(a);
  return const_unknown();
}

static const Const *ratio_binary(Arena *arena, Operator op, const Const *x, const Const *y) {
  if (op != OPER_ADD && op != OPER_SUB && op != OPER_MUL && op != OPER_QUO) return const_unknown();
  if (op == OPER_QUO && const_sign(y) == 0) return const_unknown();
  mpq_t a, b;
  load_ratio(a, x);
  load_ratio(b, y);
  switch (op) {
  case OPER_ADD: mpq_add(a, a, b); break;
  case OPER_SUB: mpq_sub(a, a, b); break;
  case OPER_MUL: mpq_mul(a, a, b); break;
  default: mpq_div(a, a, b);
  }
  mpq_clear(b);
  return take_ratio(arena, a);
}

static const Const *real_binary(Arena *arena, Operator op, const Const *x, const Const *y) {
  if (op != OPER_ADD && op != OPER_SUB && op != OPER_MUL && op != OPER_QUO) return const_unknown();
  if (op == OPER_QUO && const_sign(y) == 0) return const_unknown();
  mpfr_t a, b;
  load_real(a, x);
  load_real(b, y);
  switch (op) {
  case OPER_ADD: mpfr_add(a, a, b, MPFR_RNDN); break;
  case OPER_SUB: mpfr_sub(a, a, b, MPFR_RNDN); break;
  case OPER_MUL: mpfr_mul(a, a, b, MPFR_RNDN); break;
  default: mpfr_div(a, a, b, MPFR_RNDN);
  }
  mpfr_clear(b);
  return take_real(arena, a);
}

static const Const *scalar_binary(Arena *arena, Operator op, const Const *x, const Const *y, bool integer) {
  if (x->kind == CONST_UNKNOWN || y->kind == CONST_UNKNOWN) return const_unknown();
  bool both_int = x->kind == CONST_INT && y->kind == CONST_INT;
  if (both_int && (op != OPER_QUO || integer)) return integer_binary(arena, op, x, y);
  bool real = x->rep == REP_REAL || y->rep == REP_REAL || const_bit_length(x) >= RATIO_BITS ||
              const_bit_length(y) >= RATIO_BITS;
  return real ? real_binary(arena, op, x, y) : ratio_binary(arena, op, x, y);
}

static const Const *complex_binary(Arena *arena, Operator op, const Const *x, const Const *y) {
  const Const *a = x->re, *b = x->im, *c = y->re, *d = y->im;
#define SCALAR(p, oper, q) scalar_binary(arena, oper, p, q, false)
  switch (op) {
  case OPER_ADD:
  case OPER_SUB: return make_complex(arena, SCALAR(a, op, c), SCALAR(b, op, d));
  case OPER_MUL: // (a+bi)(c+di) = (ac-bd) + (bc+ad)i
    return make_complex(arena, SCALAR(SCALAR(a, OPER_MUL, c), OPER_SUB, SCALAR(b, OPER_MUL, d)),
                        SCALAR(SCALAR(b, OPER_MUL, c), OPER_ADD, SCALAR(a, OPER_MUL, d)));
  case OPER_QUO: { // ((ac+bd) + (bc-ad)i) / (cc+dd)
    const Const *s = SCALAR(SCALAR(c, OPER_MUL, c), OPER_ADD, SCALAR(d, OPER_MUL, d));
    const Const *re = SCALAR(SCALAR(a, OPER_MUL, c), OPER_ADD, SCALAR(b, OPER_MUL, d));
    const Const *im = SCALAR(SCALAR(b, OPER_MUL, c), OPER_SUB, SCALAR(a, OPER_MUL, d));
    return make_complex(arena, SCALAR(re, OPER_QUO, s), SCALAR(im, OPER_QUO, s));
  }
  default: return const_unknown();
  }
#undef SCALAR
}

static const Const *join_strings(Arena *arena, Text x, Text y) {
  if ((uint64_t)x.len + y.len > MAX_STRING) return const_unknown(); // "constant result is not representable"
  char *bytes = arena_alloc(arena, (size_t)x.len + y.len + 1);
  if (x.len) memcpy(bytes, x.ptr, x.len);
  if (y.len) memcpy(bytes + x.len, y.ptr, y.len);
  return const_string(arena, (Text){bytes, x.len + y.len});
}

const Const *const_binary(Arena *arena, Operator op, const Const *x, const Const *y, bool integer) {
  if (const_kind(x) == CONST_UNKNOWN || const_kind(y) == CONST_UNKNOWN) return const_unknown();
  if (x->kind == CONST_BOOL && y->kind == CONST_BOOL) {
    if (op == OPER_AND_AND) return const_bool(arena, x->truth && y->truth);
    return op == OPER_OR_OR ? const_bool(arena, x->truth || y->truth) : const_unknown();
  }
  if (x->kind == CONST_STRING && y->kind == CONST_STRING)
    return op == OPER_ADD ? join_strings(arena, x->text, y->text) : const_unknown();
  if (x->kind < CONST_INT || y->kind < CONST_INT) return const_unknown();
  if (x->kind == CONST_COMPLEX || y->kind == CONST_COMPLEX)
    return complex_binary(arena, op, const_to_complex(arena, x), const_to_complex(arena, y));
  return scalar_binary(arena, op, x, y, integer);
}

const Const *const_shift(Arena *arena, Operator op, const Const *x, uint64_t count) {
  if (const_kind(x) != CONST_INT) return const_unknown();
  if (count == 0) return x;
  if (op == OPER_SHR && x->rep == REP_SMALL) return const_int(arena, count < 64 ? x->small >> count : x->small >> 63);
  ASSERT(op == OPER_SHR || count < 1u << 20, "the checker limits shift counts");
  mpz_t z;
  load_integer(z, x);
  if (op == OPER_SHL) mpz_mul_2exp(z, z, count);
  else mpz_fdiv_q_2exp(z, z, count);
  return take_integer(arena, z);
}

// --- comparison

static int compare_scalars(const Const *x, const Const *y) {
  if (x->rep == REP_SMALL && y->rep == REP_SMALL) return (x->small > y->small) - (x->small < y->small);
  int order;
  if (x->kind == CONST_INT && y->kind == CONST_INT) {
    mpz_t a, b;
    load_integer(a, x);
    load_integer(b, y);
    order = mpz_cmp(a, b);
    mpz_clear(a);
    mpz_clear(b);
  } else if (x->rep != REP_REAL && y->rep != REP_REAL) {
    mpq_t a, b;
    load_ratio(a, x);
    load_ratio(b, y);
    order = mpq_cmp(a, b);
    mpq_clear(a);
    mpq_clear(b);
  } else {
    mpfr_t a, b;
    load_real(a, x);
    load_real(b, y);
    order = mpfr_cmp(a, b);
    mpfr_clear(a);
    mpfr_clear(b);
  }
  return order;
}

static bool ordered(Operator op, int order) {
  switch (op) {
  case OPER_EQL: return order == 0;
  case OPER_NEQ: return order != 0;
  case OPER_LSS: return order < 0;
  case OPER_LEQ: return order <= 0;
  case OPER_GTR: return order > 0;
  case OPER_GEQ: return order >= 0;
  default: return false;
  }
}

static const Const *re_of(const Const *c) { return c->kind == CONST_COMPLEX ? c->re : c; }

static int compare_imaginary(const Const *x, const Const *y) {
  static const Const zero = {.kind = CONST_INT, .rep = REP_SMALL};
  return compare_scalars(x->kind == CONST_COMPLEX ? x->im : &zero, y->kind == CONST_COMPLEX ? y->im : &zero);
}

bool const_compare(const Const *x, Operator op, const Const *y) {
  if (const_kind(x) == CONST_UNKNOWN || const_kind(y) == CONST_UNKNOWN) return false;
  if (x->kind == CONST_BOOL && y->kind == CONST_BOOL) return ordered(op, x->truth != y->truth);
  if (x->kind == CONST_STRING && y->kind == CONST_STRING) return ordered(op, text_compare(x->text, y->text));
  if (x->kind < CONST_INT || y->kind < CONST_INT) return false;
  if (x->kind == CONST_COMPLEX || y->kind == CONST_COMPLEX)
    return ordered(op, compare_scalars(re_of(x), re_of(y)) != 0 || compare_imaginary(x, y) != 0);
  return ordered(op, compare_scalars(x, y));
}

// --- representability (specification "Representability")

static ConstFit fits_integer(Arena *arena, const Const *c, TypeKind kind, const Const **rounded) {
  const Const *value = c->kind == CONST_INT ? c : const_to_int(arena, c);
  if (value->kind != CONST_INT) return c->kind == CONST_INT ? FIT_OVERFLOWS : FIT_TRUNCATED;
  if (rounded) *rounded = value;
  if (kind == TYPE_UNTYPED_INT || kind == TYPE_UNTYPED_RUNE) return FIT_OK;
  uint64_t word = 0;
  if (const_word(value, kind, &word)) return FIT_OK;
  return c->kind == CONST_INT ? FIT_OVERFLOWS : FIT_TRUNCATED; // gc says "truncated" of floats either way
}

// The part of a float or complex value as a float of 32 or 64 bits has it; NULL when it is infinite.
static const Const *round_part(Arena *arena, const Const *c, bool single) {
  double value = single ? (double)const_float32(c) : const_float64(c);
  return isfinite(value) ? const_float(arena, value) : NULL;
}

static ConstFit fits_float(Arena *arena, const Const *c, TypeKind kind, const Const **rounded) {
  const Const *value = const_to_float(arena, c);
  if (value->kind != CONST_FLOAT) return FIT_OVERFLOWS; // a complex constant: gc words it so
  if (kind == TYPE_UNTYPED_FLOAT) return FIT_OK;
  value = round_part(arena, value, kind == TYPE_FLOAT32);
  if (value && rounded) *rounded = value;
  return value ? FIT_OK : FIT_OVERFLOWS;
}

static ConstFit fits_complex(Arena *arena, const Const *c, TypeKind kind, const Const **rounded) {
  const Const *value = const_to_complex(arena, c);
  if (value->kind != CONST_COMPLEX) return FIT_OVERFLOWS;
  if (kind == TYPE_UNTYPED_COMPLEX) return FIT_OK;
  const Const *re = round_part(arena, value->re, kind == TYPE_COMPLEX64);
  const Const *im = round_part(arena, value->im, kind == TYPE_COMPLEX64);
  if (!re || !im) return FIT_OVERFLOWS;
  if (rounded) *rounded = make_complex(arena, re, im);
  return FIT_OK;
}

ConstFit const_fits(Arena *arena, const Const *c, TypeKind kind, const Const **rounded) {
  if (rounded) *rounded = c;
  if (const_kind(c) == CONST_UNKNOWN) return FIT_OK; // reported before
  switch (kind) {
  case TYPE_BOOL:
  case TYPE_UNTYPED_BOOL: return c->kind == CONST_BOOL ? FIT_OK : FIT_WRONG;
  case TYPE_STRING:
  case TYPE_UNTYPED_STRING: return c->kind == CONST_STRING ? FIT_OK : FIT_WRONG;
  case TYPE_FLOAT32:
  case TYPE_FLOAT64:
  case TYPE_UNTYPED_FLOAT: return c->kind >= CONST_INT ? fits_float(arena, c, kind, rounded) : FIT_WRONG;
  case TYPE_COMPLEX64:
  case TYPE_COMPLEX128:
  case TYPE_UNTYPED_COMPLEX: return c->kind >= CONST_INT ? fits_complex(arena, c, kind, rounded) : FIT_WRONG;
  case TYPE_UNTYPED_INT:
  case TYPE_UNTYPED_RUNE: return c->kind >= CONST_INT ? fits_integer(arena, c, kind, rounded) : FIT_WRONG;
  default:
    if (kind < TYPE_INT || kind > TYPE_UINTPTR || c->kind < CONST_INT) return FIT_WRONG;
    return fits_integer(arena, c, kind, rounded);
  }
}
