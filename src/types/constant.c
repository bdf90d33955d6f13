// Constants: making them, and getting machine values out of them.
#include "types/constant.h"

#include <limits.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/assert.h"
#include "base/table.h"
#include "types/constant_private.h"

static const Const unknown = {.kind = CONST_UNKNOWN};

const Const *const_unknown(void) { return &unknown; }

Const *const_new(Arena *arena, ConstKind kind, ConstRep rep) {
  Const *c = ARENA_NEW(arena, Const);
  c->kind = (uint8_t)kind;
  c->rep = (uint8_t)rep;
  return c;
}

const Const *const_bool(Arena *arena, bool value) {
  Const *c = const_new(arena, CONST_BOOL, REP_NONE);
  c->truth = value;
  return c;
}

const Const *const_string(Arena *arena, Text value) {
  Const *c = const_new(arena, CONST_STRING, REP_NONE);
  c->text = value;
  return c;
}

const Const *const_int(Arena *arena, int64_t value) {
  Const *c = arena_alloc(arena, offsetof(Const, small) + sizeof c->small); // the most frequent ones take no more than they need
  c->kind = CONST_INT;
  c->rep = REP_SMALL;
  c->small = value;
  return c;
}

const Const *const_uint(Arena *arena, uint64_t value) {
  if (value <= INT64_MAX) return const_int(arena, (int64_t)value);
  mpz_t z;
  mpz_init_set_ui(z, value);
  return take_integer(arena, z);
}

const Const *const_float(Arena *arena, double value) {
  if (!isfinite(value)) return &unknown;
  int exponent;
  frexp(value, &exponent);
  mpq_t q;
  mpq_init(q);
  mpq_set_d(q, value); // exact; -0 becomes 0
  return take_ratio(arena, q);
}

const Const *make_complex(Arena *arena, const Const *re, const Const *im) {
  if (re->kind == CONST_UNKNOWN || im->kind == CONST_UNKNOWN) return &unknown;
  Const *c = const_new(arena, CONST_COMPLEX, REP_NONE);
  c->re = re;
  c->im = im;
  return c;
}

const Const *const_imaginary(Arena *arena, const Const *value) {
  return make_complex(arena, const_int(arena, 0), value);
}

// --- digits into the arena and out again

static void keep_digits(Arena *arena, mpz_ptr out, mpz_srcptr value) {
  size_t n = mpz_size(value);
  const mp_limb_t *limbs =
      n ? arena_copy(arena, mpz_limbs_read(value), n * sizeof(mp_limb_t)) : (mp_limb_t*)arena_alloc(arena, 8);
  mpz_roinit_n(out, limbs, mpz_sgn(value) < 0 ? -(mp_size_t)n : (mp_size_t)n);
}

const Const *take_integer(Arena *arena, mpz_t value) {
  const Const *result;
  if (mpz_fits_slong_p(value)) {
    result = const_int(arena, mpz_get_si(value));
  } else {
    Const *c = const_new(arena, CONST_INT, REP_BIG);
    keep_digits(arena, c->big, value);
    result = c;
  }
  mpz_clear(value);
  return result;
}

bool ratio_is_small(mpq_srcptr value) {
  return mpz_sizeinbase(mpq_numref(value), 2) < RATIO_BITS && mpz_sizeinbase(mpq_denref(value), 2) < RATIO_BITS;
}

const Const *take_ratio(Arena *arena, mpq_t value) {
  if (!ratio_is_small(value)) {
    mpfr_t real;
    real_init(real);
    mpfr_set_q(real, value, MPFR_RNDN);
    mpq_clear(value);
    return take_real(arena, real);
  }
  Const *c = const_new(arena, CONST_FLOAT, REP_RATIO);
  keep_digits(arena, mpq_numref(c->ratio), mpq_numref(value));
  keep_digits(arena, mpq_denref(c->ratio), mpq_denref(value));
  mpq_clear(value);
  return c;
}

// The library's own limits are narrower than gc's exponents of 32 bits. They belong to the thread: set before each use.
void real_init(mpfr_t real) {
  mpfr_set_emin(INT32_MIN);
  mpfr_set_emax(INT32_MAX);
  mpfr_init2(real, REAL_BITS);
}

bool real_is_small(mpfr_srcptr value) {
  if (mpfr_zero_p(value)) return true;
  if (!mpfr_number_p(value)) return false;
  mpfr_exp_t exponent = mpfr_get_exp(value);
  return -RATIO_BITS < exponent && exponent < RATIO_BITS;
}

// Beyond the exponents a value is infinite (unknown) or zero.
const Const *take_real(Arena *arena, mpfr_t value) {
  if (mpfr_zero_p(value)) {
    mpfr_clear(value);
    return const_float(arena, 0);
  }
  if (!mpfr_number_p(value)) {
    mpfr_clear(value);
    return &unknown;
  }
  Const *c = const_new(arena, CONST_FLOAT, REP_REAL);
  void *digits = arena_copy(arena, mpfr_custom_get_significand(value), mpfr_custom_get_size(REAL_BITS));
  mpfr_custom_init_set(c->real, mpfr_custom_get_kind(value), mpfr_custom_get_exp(value), REAL_BITS, digits);
  mpfr_clear(value);
  return c;
}

void load_integer(mpz_t out, const Const *c) {
  ASSERT(c->kind == CONST_INT, "an integer constant");
  if (c->rep == REP_SMALL) mpz_init_set_si(out, c->small);
  else mpz_init_set(out, c->big);
}

void load_ratio(mpq_t out, const Const *c) {
  mpq_init(out);
  if (c->rep == REP_SMALL) mpq_set_si(out, c->small, 1);
  else if (c->rep == REP_BIG) mpq_set_z(out, c->big);
  else mpq_set(out, c->ratio);
}

void load_real(mpfr_t out, const Const *c) {
  real_init(out);
  switch (c->rep) {
  case REP_SMALL: mpfr_set_si(out, c->small, MPFR_RNDN); break;
  case REP_BIG: mpfr_set_z(out, c->big, MPFR_RNDN); break;
  case REP_RATIO: mpfr_set_q(out, c->ratio, MPFR_RNDN); break;
  default: mpfr_set(out, c->real, MPFR_RNDN);
  }
}

// --- looking at

ConstKind const_kind(const Const *c) { return c ? (ConstKind)c->kind : CONST_UNKNOWN; }

bool const_truth(const Const *c) { return const_kind(c) == CONST_BOOL && c->truth; }

Text const_text(const Const *c) { return const_kind(c) == CONST_STRING ? c->text : (Text){"", 0}; }

int const_sign(const Const *c) {
  switch (const_kind(c)) {
  case CONST_INT:
  case CONST_FLOAT:
    if (c->rep == REP_SMALL) return (c->small > 0) - (c->small < 0);
    if (c->rep == REP_BIG) return mpz_sgn(c->big);
    if (c->rep == REP_RATIO) return mpq_sgn(c->ratio);
    return mpfr_sgn(c->real);
  case CONST_COMPLEX: return const_sign(c->re) | const_sign(c->im);
  default: return 1;
  }
}

uint32_t const_bit_length(const Const *c) {
  if (const_kind(c) != CONST_INT) return 0;
  if (c->rep == REP_BIG) return (uint32_t)mpz_sizeinbase(c->big, 2);
  uint64_t magnitude = c->small < 0 ? 0 - (uint64_t)c->small : (uint64_t)c->small;
  return magnitude ? 64 - (uint32_t)__builtin_clzll(magnitude) : 0;
}

// The integral value of any numeric constant, read without an arena; false if there is none or it is huge.
static bool integral(mpz_t out, const Const *c) {
  switch (const_kind(c)) {
  case CONST_INT: load_integer(out, c); return true;
  case CONST_FLOAT:
    if (c->rep == REP_RATIO) {
      if (mpz_cmp_ui(mpq_denref(c->ratio), 1) != 0) return false;
      mpz_init_set(out, mpq_numref(c->ratio));
      return true;
    }
    if (!real_is_small(c->real) || !mpfr_integer_p(c->real)) return false;
    mpz_init(out);
    mpfr_get_z(out, c->real, MPFR_RNDN);
    return true;
  case CONST_COMPLEX: return const_sign(c->im) == 0 && integral(out, c->re);
  default: return false;
  }
}

bool const_is_int64(const Const *c, int64_t *value) {
  if (const_kind(c) == CONST_INT && c->rep == REP_SMALL) {
    if (value) *value = c->small;
    return true;
  }
  mpz_t z;
  if (!integral(z, c)) return false;
  bool fits = mpz_fits_slong_p(z);
  if (fits && value) *value = mpz_get_si(z);
  mpz_clear(z);
  return fits;
}

bool const_is_uint64(const Const *c, uint64_t *value) {
  if (const_kind(c) == CONST_INT && c->rep == REP_SMALL) {
    if (c->small >= 0 && value) *value = (uint64_t)c->small;
    return c->small >= 0;
  }
  mpz_t z;
  if (!integral(z, c)) return false;
  bool fits = mpz_fits_ulong_p(z);
  if (fits && value) *value = mpz_get_ui(z);
  mpz_clear(z);
  return fits;
}

// A value of 128 bits that rounds to any shorter format as the exact one does: cut off, and the last bit set if
// anything was lost ("round to odd"), so no later rounding mistakes it for a tie.
static void load_for_rounding(mpfr_t out, const Const *c) {
  if (c->rep == REP_REAL) {
    mpfr_init2(out, REAL_BITS);
    mpfr_set(out, c->real, MPFR_RNDN);
    return;
  }
  mpfr_init2(out, 128);
  int inexact = 0;
  if (c->rep == REP_SMALL) mpfr_set_si(out, c->small, MPFR_RNDZ);
  else if (c->rep == REP_BIG) inexact = mpfr_set_z(out, c->big, MPFR_RNDZ);
  else inexact = mpfr_set_q(out, c->ratio, MPFR_RNDZ);
  if (!inexact || mpfr_zero_p(out)) return;
  mp_limb_t *digits = mpfr_custom_get_significand(out); // 128 bits: two whole limbs, the lowest first
  digits[0] |= 1;
}

static const Const *real_part(const Const *c) { return const_kind(c) == CONST_COMPLEX ? c->re : c; }

double const_float64(const Const *c) {
  c = real_part(c);
  if (const_kind(c) != CONST_INT && const_kind(c) != CONST_FLOAT) return 0;
  if (c->rep == REP_SMALL) return (double)c->small;
  mpfr_t value;
  load_for_rounding(value, c);
  double result = mpfr_get_d(value, MPFR_RNDN);
  mpfr_clear(value);
  return result;
}

float const_float32(const Const *c) {
  c = real_part(c);
  if (const_kind(c) != CONST_INT && const_kind(c) != CONST_FLOAT) return 0;
  if (c->rep == REP_SMALL) return (float)c->small;
  mpfr_t value;
  load_for_rounding(value, c);
  float result = mpfr_get_flt(value, MPFR_RNDN);
  mpfr_clear(value);
  return result;
}

const Const *const_real(Arena *arena, const Const *c) {
  (void)arena;
  return c ? real_part(c) : &unknown;
}

const Const *const_imag(Arena *arena, const Const *c) {
  if (const_kind(c) == CONST_COMPLEX) return c->im;
  return const_kind(c) == CONST_UNKNOWN ? &unknown : const_int(arena, 0);
}

static bool integer_word(const Const *c, TypeKind kind, uint64_t *word) {
  int64_t signed_value = 0;
  uint64_t value = 0;
  switch (kind) {
  case TYPE_UINT8: return const_is_uint64(c, word) && *word <= UINT8_MAX;
  case TYPE_UINT16: return const_is_uint64(c, word) && *word <= UINT16_MAX;
  case TYPE_UINT32: return const_is_uint64(c, word) && *word <= UINT32_MAX;
  case TYPE_UINT:
  case TYPE_UINT64:
  case TYPE_UINTPTR: return const_is_uint64(c, word);
  default: break;
  }
  if (!const_is_int64(c, &signed_value)) return false;
  value = (uint64_t)signed_value;
  *word = value;
  switch (kind) {
  case TYPE_INT8: return signed_value >= INT8_MIN && signed_value <= INT8_MAX;
  case TYPE_INT16: return signed_value >= INT16_MIN && signed_value <= INT16_MAX;
  case TYPE_INT32: return signed_value >= INT32_MIN && signed_value <= INT32_MAX;
  default: return true;
  }
}

bool const_word(const Const *c, TypeKind kind, uint64_t *word) {
  switch (kind) {
  case TYPE_BOOL:
  case TYPE_UNTYPED_BOOL: *word = const_truth(c); return const_kind(c) == CONST_BOOL;
  case TYPE_FLOAT32: {
    float value = const_float32(c);
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    *word = bits;
    return isfinite(value);
  }
  case TYPE_FLOAT64:
  case TYPE_UNTYPED_FLOAT: {
    double value = const_float64(c);
    memcpy(word, &value, sizeof value);
    return isfinite(value);
  }
  case TYPE_UNTYPED_INT:
  case TYPE_UNTYPED_RUNE: return integer_word(c, TYPE_INT64, word);
  default: return kind >= TYPE_INT && kind <= TYPE_UINTPTR && integer_word(c, kind, word);
  }
}

// --- equality

bool const_equal(const Const *x, const Const *y) {
  if (const_kind(x) == CONST_UNKNOWN || const_kind(y) == CONST_UNKNOWN) return false;
  bool numeric_x = x->kind >= CONST_INT, numeric_y = y->kind >= CONST_INT;
  if (numeric_x != numeric_y || (!numeric_x && x->kind != y->kind)) return false;
  return const_compare(x, OPER_EQL, y);
}

// The same for 1, 1.0 and 1+0i.
static uint32_t hash_number(const Const *c) {
  double value = const_float64(c);
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return hash_u64(bits);
}

uint32_t const_hash(const Const *c) {
  switch (const_kind(c)) {
  case CONST_BOOL: return c->truth;
  case CONST_STRING: return hash_bytes(c->text.ptr, c->text.len);
  case CONST_COMPLEX: return hash_number(c->re) + (const_sign(c->im) ? hash_number(c->im) * 31 : 0);
  case CONST_UNKNOWN: return 0;
  default: return hash_number(c);
  }
}
