// The scalar half of fmt: one number, string or pointer under a verb's flags. Nothing here knows types.
#ifndef STD_FMT_FORMAT_H
#define STD_FMT_FORMAT_H

#include "std/buffer.h"

typedef struct {
  bool has_width, has_prec, minus, plus, sharp, space, zero;
  bool plus_v, sharp_v; // %+v, %#v: the flag changes what is printed, not how
  int64_t width, prec;
} Flags;

typedef struct {
  Buffer out;
  Flags flags;
} Formatter;

void format_pad(Formatter *f, String s);
void format_bool(Formatter *f, bool v);
// base 2, 8, 10 or 16; verb 'O' adds 0o; upper: digits A-F and 0X
void format_integer(Formatter *f, uint64_t v, int base, bool is_signed, int32_t verb, bool upper);
void format_unicode(Formatter *f, uint64_t v);
void format_rune(Formatter *f, uint64_t v);
void format_quoted_rune(Formatter *f, uint64_t v);
void format_float(Formatter *f, double v, int bits, char letter, int64_t prec);
void format_string(Formatter *f, String s);
void format_hex_string(Formatter *f, String s, bool upper);
void format_quoted(Formatter *f, String s);

#endif
