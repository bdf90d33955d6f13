// Constants: literals, arithmetic of arbitrary precision, representability, text.
#include "fixture.h"

#include <math.h>

TestSuite(constant, .init = set_up, .fini = tear_down);

static const Const *lit(LiteralKind kind, const char *text) { return const_literal(&arena, kind, text_of(text)); }
static const Const *integer(const char *text) { return lit(LIT_INT, text); }
static const Const *real(const char *text) { return lit(LIT_FLOAT, text); }
static const Const *op(const Const *x, Operator oper, const Const *y) { return const_binary(&arena, oper, x, y, true); }
static const char *exact(const Const *c) { return const_format_exact(&arena, c); }
static const char *shown(const Const *c) { return const_format(&arena, c); }

Test(constant, integer_literals) {
  static const struct { const char *source, *value; } rows[] = {
      {"0", "0"}, {"42", "42"}, {"1_000_000", "1000000"}, {"0x_Bad_Face", "195951310"}, {"0XFF", "255"}, {"0b1011", "11"},
      {"0B1_1", "3"}, {"0o17", "15"}, {"0O17", "15"}, {"017", "15"}, {"00", "0"}, {"0_17", "15"},
      {"9223372036854775807", "9223372036854775807"}, {"9223372036854775808", "9223372036854775808"},
      {"340282366920938463463374607431768211456", "340282366920938463463374607431768211456"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    cr_assert_eq(const_kind(integer(rows[i].source)), CONST_INT, "%s", rows[i].source);
    cr_text(exact(integer(rows[i].source)), rows[i].value);
  }
}

Test(constant, float_literals) {
  static const struct { const char *source; double value; } rows[] = {
      {"0.", 0}, {"72.40", 72.40}, {"072.40", 72.40}, {"2.71828", 2.71828}, {"1.e+0", 1}, {"6.67428e-11", 6.67428e-11},
      {"1E6", 1e6}, {".25", .25}, {".12345E+5", 12345}, {"1_5.", 15}, {"0.15e+02", 15}, {"0x1p-2", 0.25}, {"0x2.p10", 2048},
      {"0x1.Fp+0", 1.9375}, {"0X.8p-0", 0.5}, {"0X_1FFFP-16", 0.1249847412109375}, {"1e308", 1e308}, {"4.9e-324", 4.9e-324},
      {"1e-400", 0}, {"1e400", INFINITY}, {"0.1", 0.1}, {"5e-324", 5e-324}, {"2.2250738585072011e-308", 2.2250738585072011e-308},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const Const *c = real(rows[i].source);
    cr_assert_eq(const_kind(c), CONST_FLOAT, "%s", rows[i].source);
    cr_assert_eq(const_float64(c), rows[i].value, "%s: %g", rows[i].source, const_float64(c));
  }
}

Test(constant, imaginary_literals) {
  static const struct { const char *source; double value; } rows[] = {
      {"0i", 0}, {"0123i", 123}, {"0o123i", 83}, {"0xabci", 2748}, {"0.i", 0}, {"2.71828i", 2.71828}, {"1.e+0i", 1},
      {"1E6i", 1e6}, {".25i", .25}, {"0x1p-2i", 0.25}, {"0b101i", 5}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const Const *c = lit(LIT_IMAGINARY, rows[i].source);
    cr_assert_eq(const_kind(c), CONST_COMPLEX, "%s", rows[i].source);
    cr_assert_eq(const_float64(const_imag(&arena, c)), rows[i].value, "%s", rows[i].source);
    cr_assert_eq(const_sign(const_real(&arena, c)), 0);
  }
}

Test(constant, runes_and_strings) {
  static const struct { const char *source; int64_t value; } runes[] = {
      {"'a'", 'a'}, {"'\\n'", 10}, {"'\\''", '\''}, {"'\\000'", 0}, {"'\\377'", 255}, {"'\\xff'", 255}, {"'\\u12e4'", 0x12e4},
      {"'\\U00101234'", 0x101234}, {"'ä'", 0xe4}, {"'本'", 0x672c}};
  for (size_t i = 0; i < sizeof runes / sizeof *runes; i++) {
    int64_t value = -1;
    cr_assert(const_is_int64(lit(LIT_RUNE, runes[i].source), &value));
    cr_assert_eq(value, runes[i].value, "%s", runes[i].source);
  }
  cr_text(shown(lit(LIT_STRING, "\"a\\tb\\xe4\\u00e4\"")), "\"a\\tb\\xe4ä\"");
  cr_text(shown(lit(LIT_STRING, "`raw\\n\r`")), "\"raw\\\\n\"");
  cr_assert_eq(const_text(lit(LIT_STRING, "\"\\000x\"")).len, 2);
}

Test(constant, integer_arithmetic) {
  const Const *big = const_shift(&arena, OPER_SHL, integer("1"), 100);
  cr_text(exact(big), "1267650600228229401496703205376");
  cr_assert_eq(const_bit_length(big), 101);
  cr_text(exact(const_shift(&arena, OPER_SHR, big, 98)), "4");
  cr_text(exact(op(op(big, OPER_MUL, big), OPER_QUO, big)), "1267650600228229401496703205376");
  cr_text(exact(op(integer("9223372036854775807"), OPER_ADD, integer("1"))), "9223372036854775808");
  cr_text(exact(op(integer("9223372036854775808"), OPER_SUB, integer("1"))), "9223372036854775807");
  const Const *minus_seven = const_int(&arena, -7);
  cr_text(exact(op(minus_seven, OPER_QUO, integer("2"))), "-3");
  cr_text(exact(op(minus_seven, OPER_REM, integer("2"))), "-1");
  cr_text(exact(op(minus_seven, OPER_AND, integer("0xff"))), "249");
  cr_text(exact(op(integer("0xff"), OPER_AND_NOT, integer("0x0f"))), "240");
  cr_text(exact(const_shift(&arena, OPER_SHR, minus_seven, 1)), "-4");
  cr_text(exact(op(const_int(&arena, INT64_MIN), OPER_QUO, const_int(&arena, -1))), "9223372036854775808");
  cr_text(exact(const_unary(&arena, OPER_XOR, integer("0"), 0)), "-1");
  cr_text(exact(const_unary(&arena, OPER_XOR, integer("1"), 8)), "254");
  cr_text(exact(const_unary(&arena, OPER_SUB, const_int(&arena, INT64_MIN), 0)), "9223372036854775808");
  cr_assert_eq(const_kind(const_binary(&arena, OPER_QUO, integer("1"), integer("2"), false)), CONST_FLOAT);
}

Test(constant, floats_are_exact) {
  const Const *third = const_binary(&arena, OPER_QUO, real("1.0"), real("3.0"), false);
  cr_assert(const_compare(op(third, OPER_MUL, real("3.0")), OPER_EQL, real("1.0")));
  const Const *sum = op(real("0.1"), OPER_ADD, real("0.2"));
  cr_assert(const_compare(sum, OPER_EQL, real("0.3")));
  cr_assert_eq(const_float64(sum), 0.3);
  const Const *huge = real("1e1000");
  cr_assert(const_compare(op(huge, OPER_QUO, real("1e999")), OPER_EQL, integer("10")));
  cr_assert_eq(const_kind(const_to_int(&arena, op(real("0.1"), OPER_MUL, real("10")))), CONST_INT);
  cr_text(shown(huge), "1e+1000");
  // A float far too large is unknown, not infinite.
  cr_assert_eq(const_kind(real("1e99999999999")), CONST_UNKNOWN);
}

Test(constant, rounding_happens_once) {
  // Halfway between two float32 once rounded to float64: only direct rounding gets it right.
  const Const *c = real("1.000000059604644775390626");
  cr_assert_eq(const_float32(c), 1.00000011920928955078125f);
  cr_assert_eq(const_float32(real("1.000000059604644775390625")), 1.0f);
  cr_assert_eq(const_float64(integer("9007199254740993")), 9007199254740992.0);
  cr_assert_eq(const_float64(integer("36893488147419107328")), 36893488147419103232.0); // 2^65 + 2^12, a tie
  cr_assert_eq(const_float64(integer("36893488147419107329")), 36893488147419111424.0); // and one more
  cr_assert_eq(const_float32(real("3.4028235677973367e38")), INFINITY);
  cr_assert_eq(const_float32(real("3.4028235677973362e38")), 3.4028234663852886e38f);
  cr_assert_eq(const_float32(real("7e-46")), 0.0f);
  cr_assert_eq(const_float32(real("8e-46")), 1.401298464324817e-45f);
}

Test(constant, complex_arithmetic) {
  const Const *i = lit(LIT_IMAGINARY, "1i");
  const Const *minus_one = op(i, OPER_MUL, i);
  cr_assert(const_compare(minus_one, OPER_EQL, const_int(&arena, -1)));
  cr_assert_eq(const_kind(const_to_int(&arena, minus_one)), CONST_INT);
  const Const *z = op(integer("3"), OPER_ADD, lit(LIT_IMAGINARY, "4i"));
  cr_text(shown(z), "(3 + 4i)");
  const Const *w = const_binary(&arena, OPER_QUO, z, i, false);
  cr_assert_eq(const_float64(const_real(&arena, w)), 4);
  cr_assert_eq(const_float64(const_imag(&arena, w)), -3);
  cr_assert_eq(const_kind(const_to_float(&arena, z)), CONST_UNKNOWN);
}

Test(constant, representable) {
  const Const *rounded;
  static const struct { const char *value; TypeKind kind; ConstFit fit; } rows[] = {
      {"127", TYPE_INT8, FIT_OK}, {"128", TYPE_INT8, FIT_OVERFLOWS}, {"255", TYPE_UINT8, FIT_OK},
      {"256", TYPE_UINT8, FIT_OVERFLOWS}, {"65535", TYPE_UINT16, FIT_OK}, {"65536", TYPE_UINT16, FIT_OVERFLOWS},
      {"2147483647", TYPE_INT32, FIT_OK}, {"2147483648", TYPE_INT32, FIT_OVERFLOWS},
      {"9223372036854775807", TYPE_INT, FIT_OK}, {"9223372036854775808", TYPE_INT, FIT_OVERFLOWS},
      {"9223372036854775808", TYPE_UINT64, FIT_OK}, {"18446744073709551615", TYPE_UINTPTR, FIT_OK},
      {"18446744073709551616", TYPE_UINT64, FIT_OVERFLOWS}, {"18446744073709551616", TYPE_FLOAT32, FIT_OK},
      {"18446744073709551616", TYPE_UNTYPED_INT, FIT_OK}, {"1", TYPE_STRING, FIT_WRONG}, {"1", TYPE_BOOL, FIT_WRONG}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    cr_assert_eq(const_fits(&arena, integer(rows[i].value), rows[i].kind, &rounded), rows[i].fit, "%s", rows[i].value);
  cr_assert_eq(const_fits(&arena, const_int(&arena, -1), TYPE_UINT, NULL), FIT_OVERFLOWS);
  cr_assert_eq(const_fits(&arena, const_int(&arena, -128), TYPE_INT8, NULL), FIT_OK);
  cr_assert_eq(const_fits(&arena, real("1.5"), TYPE_INT, NULL), FIT_TRUNCATED);
  cr_assert_eq(const_fits(&arena, real("2.0"), TYPE_INT, &rounded), FIT_OK);
  cr_assert_eq(const_kind(rounded), CONST_INT);
  cr_assert_eq(const_fits(&arena, real("1e40"), TYPE_FLOAT32, NULL), FIT_OVERFLOWS);
  cr_assert_eq(const_fits(&arena, real("1e400"), TYPE_FLOAT64, NULL), FIT_OVERFLOWS);
  cr_assert_eq(const_fits(&arena, real("0.1"), TYPE_FLOAT32, &rounded), FIT_OK);
  cr_assert_eq(const_float64(rounded), (double)0.1f);
  cr_assert_eq(const_fits(&arena, lit(LIT_IMAGINARY, "0i"), TYPE_INT, NULL), FIT_OK);
  cr_assert_neq(const_fits(&arena, lit(LIT_IMAGINARY, "1i"), TYPE_FLOAT64, NULL), FIT_OK);
}

Test(constant, words) {
  uint64_t word;
  cr_assert(const_word(const_int(&arena, -1), TYPE_INT8, &word) && word == UINT64_MAX);
  cr_assert(const_word(integer("255"), TYPE_UINT8, &word) && word == 255);
  cr_assert_not(const_word(integer("256"), TYPE_UINT8, &word));
  cr_assert(const_word(integer("1"), TYPE_FLOAT64, &word) && word == 0x3FF0000000000000u);
  cr_assert(const_word(real("1"), TYPE_FLOAT32, &word) && word == 0x3F800000u);
  cr_assert(const_word(real("3.0"), TYPE_INT, &word) && word == 3);
  cr_assert(const_word(const_bool(&arena, true), TYPE_BOOL, &word) && word == 1);
}

Test(constant, text_as_gc_shows_it) {
  cr_text(shown(real("0.1")), "0.1");
  cr_text(shown(real("1e6")), "1e+06");
  cr_text(shown(real("100.0")), "100");
  cr_text(shown(real("3.14159265358979")), "3.14159");
  cr_text(shown(real("1000000.5")), "1.0000005e+06");
  cr_text(shown(real("100000.5")), "100000.5");
  cr_text(shown(real("1e-400")), "1e-400");
  cr_text(shown(integer("1267650600228229401496703205376")), "1267650600228229401496703205376");
  cr_text(shown(const_bool(&arena, false)), "false");
}

Test(constant, comparisons) {
  cr_assert(const_compare(integer("1"), OPER_LSS, real("1.5")));
  cr_assert(const_compare(lit(LIT_STRING, "\"a\""), OPER_LSS, lit(LIT_STRING, "\"b\"")));
  cr_assert(const_compare(integer("18446744073709551616"), OPER_GTR, integer("1")));
  cr_assert(const_equal(integer("2"), real("2.0")));
  cr_assert_not(const_equal(integer("2"), lit(LIT_STRING, "\"2\"")));
  cr_assert_eq(const_hash(lit(LIT_STRING, "\"x\"")), const_hash(lit(LIT_STRING, "`x`")));
}
