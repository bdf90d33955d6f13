// See format.h. The rules for flags that meet (0 with -, + with space, # with each verb) are those of package fmt's
// documentation; where it is silent, what Go prints.
#include "std/fmt/format.h"

#include "base/text.h"
#include "std/strconv/decimal.h"
#include "std/strconv/quote.h"

static void put_padding(Formatter *f, int64_t n) {
  if (n > 0) buffer_fill(&f->out, f->flags.zero && !f->flags.minus ? '0' : ' ', (size_t)n);
}

void format_pad(Formatter *f, String s) {
  int64_t padding = f->flags.has_width ? f->flags.width - (int64_t)utf8_count(s.ptr, s.len) : 0;
  if (!f->flags.minus) put_padding(f, padding);
  buffer_add(&f->out, s.ptr, s.len);
  if (f->flags.minus) put_padding(f, padding);
}

static void pad_with_spaces(Formatter *f, String s) {
  bool zero = f->flags.zero;
  f->flags.zero = false;
  format_pad(f, s);
  f->flags.zero = zero;
}

void format_bool(Formatter *f, bool v) { format_pad(f, v ? (String){"true", 4} : (String){"false", 5}); }

// Everything a number is made of but its padding, most digits first: at most 64 binary digits, or `prec` of them.
void format_integer(Formatter *f, uint64_t v, int base, bool is_signed, int32_t verb, bool upper) {
  const Flags *flags = &f->flags;
  bool negative = is_signed && (int64_t)v < 0;
  if (negative) v = -v;
  if (!flags->has_width && !flags->has_prec && !flags->sharp && !flags->plus && !flags->space && base == 10) { // %d, %v
    char text[24], *p = text + sizeof text;
    do *--p = (char)('0' + v % 10);
    while (v /= 10);
    if (negative) *--p = '-';
    buffer_add(&f->out, p, (size_t)(text + sizeof text - p));
    return;
  }
  int64_t prec = 0;
  if (flags->has_prec) {
    prec = flags->prec;
    if (prec == 0 && v == 0) { // precision 0 and value 0 is nothing at all
      int64_t width = flags->has_width ? flags->width : 0;
      if (width > 0) buffer_fill(&f->out, ' ', (size_t)width);
      return;
    }
  } else if (flags->zero && !flags->minus && flags->has_width) {
    prec = flags->width;
    if (negative || flags->plus || flags->space) prec--; // room for the sign
  }
  Buffer text;
  buffer_init(&text, f->out.heap);
  size_t size = (size_t)(prec > 0 ? prec : 0) + 72;
  char *start = buffer_reserve(&text, size), *end = start + size, *p = end;
  const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
  do *--p = digits[v % (unsigned)base];
  while (v /= (unsigned)base);
  while (end - p < prec) *--p = '0';
  if (flags->sharp) {
    if (base == 2) *--p = 'b', *--p = '0';
    if (base == 8 && *p != '0') *--p = '0';
    if (base == 16) *--p = upper ? 'X' : 'x', *--p = '0';
  }
  if (verb == 'O') *--p = 'o', *--p = '0';
  if (negative) *--p = '-';
  else if (flags->plus) *--p = '+';
  else if (flags->space) *--p = ' ';
  pad_with_spaces(f, (String){p, (uint64_t)(end - p)});
}

void format_unicode(Formatter *f, uint64_t v) {
  Buffer text;
  buffer_init(&text, f->out.heap);
  buffer_add_text(&text, "U+");
  int64_t digits = 1, prec = f->flags.has_prec && f->flags.prec > 4 ? f->flags.prec : 4;
  for (uint64_t rest = v; rest >>= 4;) digits++;
  if (prec > digits) buffer_fill(&text, '0', (size_t)(prec - digits));
  while (digits-- > 0) buffer_add_byte(&text, "0123456789ABCDEF"[v >> 4 * digits & 15]);
  if (f->flags.sharp && v <= RUNE_MAX && rune_is_print((int32_t)v)) {
    buffer_add_text(&text, " '");
    buffer_add_rune(&text, (int64_t)v);
    buffer_add_byte(&text, '\'');
  }
  pad_with_spaces(f, (String){text.data, text.len});
}

void format_rune(Formatter *f, uint64_t v) {
  char bytes[4];
  uint32_t len = utf8_encode(bytes, v > RUNE_MAX ? RUNE_ERROR : (int32_t)v);
  format_pad(f, (String){bytes, len});
}

void format_quoted_rune(Formatter *f, uint64_t v) {
  Buffer text;
  buffer_init(&text, f->out.heap);
  quote_rune(&text, v > RUNE_MAX ? RUNE_ERROR : (int64_t)v, f->flags.plus ? QUOTE_ASCII : QUOTE_PRINT);
  format_pad(f, (String){text.data, text.len});
}

// '#' keeps the decimal point and, for %g, the zeros after it: `text` holds sign and number.
static void keep_point(Buffer *text, char letter, int64_t prec) {
  int64_t digits = 0;
  if (letter == 'g' || letter == 'G' || letter == 'x') digits = prec == -1 ? 6 : prec;
  char tail[32];
  size_t tail_len = 0;
  bool has_point = false, nonzero = false;
  for (size_t i = 1; i < text->len; i++) {
    char c = text->data[i];
    if (c == '.') {
      has_point = true;
    } else if (c == 'p' || c == 'P' || ((c == 'e' || c == 'E') && letter != 'x' && letter != 'X')) {
      tail_len = text->len - i;
      memcpy(tail, text->data + i, tail_len);
      text->len = i;
    } else {
      if (c != '0') nonzero = true;
      if (nonzero) digits--;
    }
  }
  if (!has_point) {
    if (text->len == 2 && text->data[1] == '0') digits--; // the leading zero counts once
    buffer_add_byte(text, '.');
  }
  if (digits > 0) buffer_fill(text, '0', (size_t)digits);
  buffer_add(text, tail, tail_len);
}

void format_float(Formatter *f, double v, int bits, char letter, int64_t prec) {
  const Flags *flags = &f->flags;
  if (flags->has_prec) prec = flags->prec;
  if (!flags->has_width && !flags->plus && !flags->space && !flags->sharp && v - v == 0) { // plain, finite
    decimal_format(&f->out, v, letter, prec, bits);
    return;
  }
  Buffer text;
  buffer_init(&text, f->out.heap);
  decimal_format(&text, v, letter, prec, bits);
  if (text.data[0] != '-' && text.data[0] != '+') { // give every number a sign
    buffer_reserve(&text, 1);
    memmove(text.data + 1, text.data, text.len++);
    text.data[0] = '+';
  }
  if (flags->space && text.data[0] == '+' && !flags->plus) text.data[0] = ' ';
  String whole = {text.data, text.len};
  if (text.data[1] == 'I' || text.data[1] == 'N') { // Inf and NaN are never padded with zeros
    if (text.data[1] == 'N' && !flags->space && !flags->plus) whole.ptr++, whole.len--;
    pad_with_spaces(f, whole);
    return;
  }
  if (flags->sharp && letter != 'b') keep_point(&text, letter, prec);
  whole = (String){text.data, text.len};
  if (!flags->plus && text.data[0] == '+') {
    format_pad(f, (String){whole.ptr + 1, whole.len - 1});
    return;
  }
  if (flags->zero && !flags->minus && flags->has_width && flags->width > (int64_t)whole.len) {
    buffer_add_byte(&f->out, whole.ptr[0]); // the sign comes before the zeros
    put_padding(f, flags->width - (int64_t)whole.len);
    buffer_add(&f->out, whole.ptr + 1, whole.len - 1);
    return;
  }
  format_pad(f, whole);
}

// The first `prec` runes.
static String truncate_runes(const Formatter *f, String s) {
  if (!f->flags.has_prec) return s;
  uint64_t i = 0;
  int32_t rune;
  for (int64_t n = f->flags.prec; n > 0 && i < s.len; n--) i += string_decode(s, i, &rune);
  return (String){s.ptr, i};
}

void format_string(Formatter *f, String s) { format_pad(f, truncate_runes(f, s)); }

void format_hex_string(Formatter *f, String s, bool upper) {
  const Flags *flags = &f->flags;
  uint64_t length = s.len;
  if (flags->has_prec && (uint64_t)flags->prec < length) length = (uint64_t)flags->prec;
  int64_t width = 2 * (int64_t)length;
  if (width == 0) {
    if (flags->has_width) put_padding(f, flags->width);
    return;
  }
  if (flags->space) width = (flags->sharp ? 2 * width : width) + (int64_t)length - 1;
  else if (flags->sharp) width += 2;
  int64_t padding = flags->has_width ? flags->width - width : 0;
  if (!flags->minus) put_padding(f, padding);
  const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef", *prefix = upper ? "0X" : "0x";
  for (uint64_t i = 0; i < length; i++) {
    if (flags->space && i > 0) buffer_add_byte(&f->out, ' ');
    if (flags->sharp && (flags->space || i == 0)) buffer_add(&f->out, prefix, 2);
    uint8_t c = (uint8_t)s.ptr[i];
    buffer_add_byte(&f->out, digits[c >> 4]);
    buffer_add_byte(&f->out, digits[c & 15]);
  }
  if (flags->minus) put_padding(f, padding);
}

void format_quoted(Formatter *f, String s) {
  s = truncate_runes(f, s);
  Buffer text;
  buffer_init(&text, f->out.heap);
  if (f->flags.sharp && quote_can_backquote(s)) {
    buffer_add_byte(&text, '`');
    buffer_add(&text, s.ptr, s.len);
    buffer_add_byte(&text, '`');
  } else {
    quote_string(&text, s, '"', f->flags.plus ? QUOTE_ASCII : QUOTE_PRINT);
  }
  format_pad(f, (String){text.data, text.len});
}
