// Natives of package unicode, over utf8proc's categories.
#include <utf8proc.h>

#include "base/text.h"
#include "std/frame.h"
#include "std/unicode/case.h"
#include "vm/native.h"

// The two letters of a code point's category; "Cn": unassigned.
static const char *category(int64_t rune) {
  if (rune < 0 || rune > RUNE_MAX) return "Cn";
  return utf8proc_category_string((utf8proc_int32_t)rune);
}

static bool in_class(int64_t rune, const char *class) {
  if (class[0] == ' ') return case_is_space((int32_t)rune);
  const char *own = category(rune);
  return own[0] == class[0] && (class[1] ? own[1] == class[1] : own[1] != 'n' || own[0] != 'C');
}

#define TEST(NAME, EXPRESSION)                               \
  static NativeResult NAME(Worker *w, uint64_t *fp) {        \
    FRAME(uint64_t result; int64_t rune);                    \
    int32_t rune = (int32_t)f->rune;                         \
    f->result = EXPRESSION;                                  \
    return NATIVE_DONE;                                      \
  }
#define MAP(NAME, EXPRESSION)                                \
  static NativeResult NAME(Worker *w, uint64_t *fp) {        \
    FRAME(int64_t result, rune);                             \
    int32_t rune = (int32_t)f->rune;                         \
    f->result = EXPRESSION;                                  \
    return NATIVE_DONE;                                      \
  }

TEST(is_letter, in_class(rune, "L"))
TEST(is_digit, in_class(rune, "Nd"))
TEST(is_number, in_class(rune, "N"))
TEST(is_upper, in_class(rune, "Lu"))
TEST(is_lower, in_class(rune, "Ll"))
TEST(is_title, in_class(rune, "Lt"))
TEST(is_space, case_is_space(rune))
TEST(is_control, in_class(rune, "Cc"))
TEST(is_graphic, rune_is_print(rune) || in_class(rune, "Zs"))
TEST(is_print, rune_is_print(rune))
TEST(is_punct, in_class(rune, "P"))
TEST(is_symbol, in_class(rune, "S"))
TEST(is_mark, in_class(rune, "M"))
MAP(to_upper, case_upper(rune))
MAP(to_lower, case_lower(rune))
MAP(to_title, case_title(rune))
MAP(simple_fold, case_fold_next(rune))

static NativeResult in_class_native(Worker *w, uint64_t *fp) {
  FRAME(uint64_t result; int64_t rune; StringArg class);
  char class[3] = {f->class.ptr[0], f->class.len > 1 ? f->class.ptr[1] : 0, 0};
  f->result = in_class(f->rune, class);
  return NATIVE_DONE;
}

const NativeRow natives_unicode[] = {
  {"IsLetter", is_letter},
  {"IsDigit", is_digit},
  {"IsNumber", is_number},
  {"IsUpper", is_upper},
  {"IsLower", is_lower},
  {"IsTitle", is_title},
  {"IsSpace", is_space},
  {"IsControl", is_control},
  {"IsGraphic", is_graphic},
  {"IsPrint", is_print},
  {"IsPunct", is_punct},
  {"IsSymbol", is_symbol},
  {"IsMark", is_mark},
  {"ToUpper", to_upper},
  {"ToLower", to_lower},
  {"ToTitle", to_title},
  {"SimpleFold", simple_fold},
  {"inClass", in_class_native},
  {0},
};
