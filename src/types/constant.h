// Constants of arbitrary precision (specification "Constants"), after the Go package go/constant.
//
// A Const is immutable and lives in an arena, its digits included: nothing is freed singly, and values can be shared.
// Integers are exact; floats are exact rationals while these stay small and 512-bit binary floats beyond, as in gc.
// The kind is the kind of value, not of type: 1.0 is a CONST_FLOAT whose value is integral; const_to_int makes it CONST_INT.
// An operation without a result (division of what is not a number, overflow of the exponent) gives CONST_UNKNOWN, and
// whatever has an unknown operand is unknown: an error was reported before.
#ifndef TYPES_CONSTANT_H
#define TYPES_CONSTANT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"
#include "syntax/tree.h"
#include "types/types.h"

typedef enum { CONST_UNKNOWN, CONST_BOOL, CONST_STRING, CONST_INT, CONST_FLOAT, CONST_COMPLEX } ConstKind;

// gc's limits: an untyped integer of more bits is "constant X overflow"; a larger shift count "invalid shift count".
enum { CONST_MAX_BITS = 512, CONST_MAX_SHIFT = 1023 - 1 + 52, CONST_MAX_LITERAL = 10000 };

// --- making
const Const *const_unknown(void);
const Const *const_bool(Arena *arena, bool value);
const Const *const_string(Arena *arena, Text value); // the bytes are not copied
const Const *const_int(Arena *arena, int64_t value);
const Const *const_uint(Arena *arena, uint64_t value);
const Const *const_float(Arena *arena, double value); // CONST_UNKNOWN for infinities and NaN
const Const *const_imaginary(Arena *arena, const Const *value); // 0 + value*i
// The value of a literal as it is written in the source: digits with prefixes and underscores, imaginary numbers with
// their i, runes and strings with their quotes. CONST_UNKNOWN if it is malformed or its exponent is excessive.
const Const *const_literal(Arena *arena, LiteralKind kind, Text source);

// --- looking at
ConstKind const_kind(const Const *c); // c may be NULL: CONST_UNKNOWN
bool const_truth(const Const *c);                           // CONST_BOOL
Text const_text(const Const *c);                            // CONST_STRING
int const_sign(const Const *c);                             // -1, 0, 1; complex: 0 only for zero
uint32_t const_bit_length(const Const *c);                  // CONST_INT: bits of the absolute value
bool const_is_int64(const Const *c, int64_t *value);        // exact? any numeric kind with an integral value
bool const_is_uint64(const Const *c, uint64_t *value);
double const_float64(const Const *c);                       // nearest even from the exact value; +-Inf when too large
float const_float32(const Const *c);                        // directly from the exact value, not through float64
const Const *const_real(Arena *arena, const Const *c);
const Const *const_imag(Arena *arena, const Const *c);
// The bits a value of the given basic kind has in memory, sign- or zero-extended to a word (bools 0 and 1; float32 its
// 32 bits; the compiler's way in). False for strings, complex numbers and values that do not fit.
bool const_word(const Const *c, TypeKind kind, uint64_t *word);

// --- conversion between kinds (go/constant ToInt, ToFloat, ToComplex): CONST_UNKNOWN when the value would change
const Const *const_to_int(Arena *arena, const Const *c);
const Const *const_to_float(Arena *arena, const Const *c);
const Const *const_to_complex(Arena *arena, const Const *c);

// --- operations
// op: OPER_ADD, OPER_SUB, OPER_XOR (^x), OPER_NOT. `unsigned_bits`: width of an unsigned type for ^x, else 0.
const Const *const_unary(Arena *arena, Operator op, const Const *x, uint32_t unsigned_bits);
// Operands of a different kind are brought to the larger one. `integer`: OPER_QUO truncates (both operands integers).
// The divisor must not be zero. OPER_AND_AND and OPER_OR_OR for bools, OPER_ADD for strings. CONST_UNKNOWN on misuse.
const Const *const_binary(Arena *arena, Operator op, const Const *x, const Const *y, bool integer);
const Const *const_shift(Arena *arena, Operator op, const Const *x, uint64_t count); // x an integer; count <= CONST_MAX_SHIFT*8
bool const_compare(const Const *x, Operator op, const Const *y);
bool const_equal(const Const *x, const Const *y);           // same value, for duplicate cases and keys
uint32_t const_hash(const Const *c);                        // equal values hash alike, whatever their kinds

// --- representability (specification "Representability")
typedef enum {
  FIT_OK,
  FIT_TRUNCATED, // a fraction would be lost: "(truncated)"
  FIT_OVERFLOWS, // numeric, but too large: "overflows" or "(overflows)"
  FIT_WRONG,     // another sort of value: "cannot use"
} ConstFit;
// Can a value of basic type `kind` (typed or untyped) represent c? If it can and `rounded` is not NULL, *rounded is
// the value it will have (floats rounded to the type, integral values turned into CONST_INT for integer kinds).
ConstFit const_fits(Arena *arena, const Const *c, TypeKind kind, const Const **rounded);

// --- text
const char *const_format(Arena *arena, const Const *c);       // as gc shows it in errors: short
const char *const_format_exact(Arena *arena, const Const *c); // all digits (go/constant ExactString)

#endif
