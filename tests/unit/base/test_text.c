// Names, UTF-8, Unicode classes, the string builder.
#include <criterion/criterion.h>

#include "base/text.h"

#include <stdio.h>

Test(names, equal_texts_are_one_name) {
  Names names;
  names_init(&names);
  const Name *first = name_of(&names, "goroutine");
  char text[32];
  for (int i = 0; i < 10000; i++) name_intern(&names, text, (size_t)snprintf(text, sizeof text, "name%d", i));
  cr_assert_eq(name_intern(&names, "goroutines", 9), first);
  cr_assert_neq(name_of(&names, "goroutines"), first);
  cr_assert_str_eq(first->text, "goroutine");
  cr_assert(name_is(first, "goroutine"));
  cr_assert_eq(name_of(&names, ""), name_intern(&names, NULL, 0));
  names_deinit(&names);
}

Test(names, exported) {
  Names names;
  names_init(&names);
  cr_assert(name_is_exported(name_of(&names, "Ab")));
  cr_assert(name_is_exported(name_of(&names, "Ägypten")));
  cr_assert_not(name_is_exported(name_of(&names, "ab")));
  cr_assert_not(name_is_exported(name_of(&names, "_A")));
  cr_assert_not(name_is_exported(name_of(&names, "日本")));
  cr_assert(name_is_blank(name_of(&names, "_")));
  names_deinit(&names);
}

// Every rune of the range goes there and back.
Test(utf8, round_trip) {
  char bytes[UTF8_MAX];
  for (int32_t rune = 0; rune <= RUNE_MAX; rune++) {
    uint32_t width, len = utf8_encode(bytes, rune);
    int32_t back = utf8_decode(bytes, len, &width);
    bool surrogate = rune >= 0xD800 && rune < 0xE000;
    cr_assert_eq(back, surrogate ? RUNE_ERROR : rune, "U+%04X", (unsigned)rune);
    cr_assert_eq(width, len);
    cr_assert_eq(utf8_decode_last(bytes, len, &width), back);
    cr_assert_eq(utf8_width(rune), len);
  }
}

// What is wrong is one byte wide, as in Go.
Test(utf8, invalid) {
  static const char *const wrong[] = {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80",
                                      "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xE2\x82",
                                      "\xF0\x9F\x98", "\xC3("};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    uint32_t width;
    cr_assert_eq(utf8_decode(wrong[i], strlen(wrong[i]), &width), RUNE_ERROR, "%zu", i);
    cr_assert_eq(width, 1, "%zu", i);
    cr_assert_not(utf8_valid(wrong[i], strlen(wrong[i])));
  }
  uint32_t width;
  cr_assert_eq(utf8_decode("", 0, &width), RUNE_ERROR);
  cr_assert_eq(width, 0);
  cr_assert_eq(utf8_count("a\xFFé\xE2\x82", 6), 5);
  cr_assert_eq(utf8_decode_last("a\xE2\x82", 3, &width), RUNE_ERROR);
  cr_assert_eq(width, 1);
}

Test(unicode, classes) {
  cr_assert(rune_is_letter('x') && rune_is_letter(0x3B1) && rune_is_letter(0x65E5) && rune_is_letter(0x2B0));
  cr_assert_not(rune_is_letter('_') || rune_is_letter('1') || rune_is_letter(0x2160));
  cr_assert(rune_is_digit('7') && rune_is_digit(0x0665));
  cr_assert_not(rune_is_digit(0xB2));
  cr_assert(rune_is_upper('A') && !rune_is_upper('a') && rune_is_lower('a'));
  cr_assert(rune_is_print(' ') && rune_is_print(0x1F600) && !rune_is_print(0xA0) && !rune_is_print('\n'));
}

Test(strbuf, builds) {
  StrBuf buf = {0};
  cr_assert_str_eq(strbuf_string(&buf), "");
  strbuf_puts(&buf, "a");
  strbuf_putc(&buf, '-');
  strbuf_printf(&buf, "%05d", 42);
  strbuf_put_rune(&buf, 0x20AC);
  cr_assert_str_eq(buf.data, "a-00042€");
  strbuf_clear(&buf);
  for (int i = 0; i < 1000; i++) strbuf_puts(&buf, "0123456789");
  cr_assert_eq(buf.len, 10000);
  strbuf_free(&buf);
}

// As strconv.Quote.
Test(strbuf, quotes) {
  StrBuf buf = {0};
  static const char bytes[] = "a\"\\\n\t\a\x01\x7F\xFFé\xC2\xA0\xF3\xA0\x80\x80";
  strbuf_put_quoted(&buf, bytes, sizeof bytes - 1);
  cr_assert_str_eq(buf.data, "\"a\\\"\\\\\\n\\t\\a\\x01\\x7f\\xffé\\u00a0\\U000e0000\"");
  strbuf_free(&buf);
}

Test(text, comparison) {
  cr_assert(text_equal(TEXT("ab"), text_of("ab")));
  cr_assert_not(text_equal(TEXT("ab"), TEXT("abc")));
  cr_assert_lt(text_compare(TEXT("ab"), TEXT("abc")), 0);
  cr_assert_gt(text_compare(TEXT("b"), TEXT("abc")), 0);
  cr_assert_eq(text_compare(TEXT(""), TEXT("")), 0);
}
