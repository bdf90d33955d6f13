// Natives of package strconv.
#include "base/text.h"
#include "std/frame.h"
#include "std/strconv/decimal.h"
#include "std/strconv/number.h"
#include "std/strconv/quote.h"
#include "vm/native.h"

static NativeResult parse_int(Worker *w, uint64_t *fp) {
  FRAME(int64_t n, what; StringArg s; int64_t base, bits);
  f->what = number_parse_int(f->s, f->base, f->bits, &f->n);
  return NATIVE_DONE;
}

static NativeResult parse_uint(Worker *w, uint64_t *fp) {
  FRAME(uint64_t n; int64_t what; StringArg s; int64_t base, bits);
  f->what = number_parse_uint(f->s, f->base, f->bits, &f->n);
  return NATIVE_DONE;
}

static NativeResult parse_float(Worker *w, uint64_t *fp) {
  FRAME(double n; int64_t used, what; StringArg s; int64_t bits; uint64_t prefix);
  uint64_t used;
  double n;
  NumberResult what = number_parse_float(f->s, f->bits == 32 ? 32 : 64, &n, &used);
  if (what != NUMBER_SYNTAX && used != f->s.len && !f->prefix) what = NUMBER_SYNTAX;
  f->n = what == NUMBER_SYNTAX ? 0 : n;
  f->used = (int64_t)used;
  f->what = what;
  return NATIVE_DONE;
}

static String digits_of(HeapCache *heap, uint64_t n, bool negative, unsigned base) {
  char text[72], *end = text + sizeof text, *p = end;
  if (base == 10) {
    p = decimal_before(end, n);
  } else {
    do *--p = "0123456789abcdefghijklmnopqrstuvwxyz"[n % base];
    while (n /= base);
  }
  if (negative) *--p = '-';
  return string_new(heap, p, (uint64_t)(end - p));
}

static NativeResult itoa(Worker *w, uint64_t *fp) {
  FRAME(StringArg result; int64_t n);
  f->result = digits_of(native_heap(w), f->n < 0 ? -(uint64_t)f->n : (uint64_t)f->n, f->n < 0, 10);
  return NATIVE_DONE;
}

static NativeResult format_int(Worker *w, uint64_t *fp) {
  FRAME(StringArg result; int64_t n, base);
  f->result = digits_of(native_heap(w), f->n < 0 ? -(uint64_t)f->n : (uint64_t)f->n, f->n < 0, (unsigned)f->base);
  return NATIVE_DONE;
}

static NativeResult format_uint(Worker *w, uint64_t *fp) {
  FRAME(StringArg result; uint64_t n; int64_t base);
  f->result = digits_of(native_heap(w), f->n, false, (unsigned)f->base);
  return NATIVE_DONE;
}

static NativeResult format_float(Worker *w, uint64_t *fp) {
  FRAME(StringArg result; double value; uint64_t letter; int64_t prec, bits);
  Buffer out;
  buffer_init(&out, native_heap(w));
  decimal_format(&out, f->value, (char)f->letter, f->prec < 0 ? -1 : f->prec, (int)f->bits);
  f->result = buffer_string(&out);
  return NATIVE_DONE;
}

static NativeResult quote(Worker *w, uint64_t *fp) {
  FRAME(StringArg result, s; int64_t mode);
  Buffer out;
  buffer_init(&out, native_heap(w));
  quote_string(&out, f->s, '"', (QuoteMode)f->mode);
  f->result = buffer_string(&out);
  return NATIVE_DONE;
}

static NativeResult quote_rune_native(Worker *w, uint64_t *fp) {
  FRAME(StringArg result; int64_t rune, mode);
  Buffer out;
  buffer_init(&out, native_heap(w));
  quote_rune(&out, f->rune, (QuoteMode)f->mode);
  f->result = buffer_string(&out);
  return NATIVE_DONE;
}

static NativeResult can_backquote(Worker *w, uint64_t *fp) {
  FRAME(uint64_t result; StringArg s);
  f->result = quote_can_backquote(f->s);
  return NATIVE_DONE;
}

static NativeResult is_print(Worker *w, uint64_t *fp) {
  FRAME(uint64_t result; int64_t rune);
  f->result = rune_is_print((int32_t)f->rune);
  return NATIVE_DONE;
}

static NativeResult is_graphic(Worker *w, uint64_t *fp) {
  FRAME(uint64_t result; int64_t rune);
  f->result = quote_is_graphic((int32_t)f->rune);
  return NATIVE_DONE;
}

static NativeResult unquote(Worker *w, uint64_t *fp) {
  FRAME(StringArg text; uint64_t ok; StringArg s);
  Buffer out;
  buffer_init(&out, native_heap(w));
  f->ok = quote_unquote(&out, f->s);
  f->text = f->ok ? buffer_string(&out) : (String){0};
  return NATIVE_DONE;
}

static NativeResult unquote_char(Worker *w, uint64_t *fp) {
  FRAME(int64_t value; uint64_t multibyte; int64_t used; StringArg s; uint64_t quote);
  String rest = f->s;
  int32_t rune = 0;
  bool multibyte = false;
  bool ok = quote_unescape(&rest, (char)f->quote, &rune, &multibyte);
  f->value = rune;
  f->multibyte = multibyte;
  f->used = ok ? (int64_t)(f->s.len - rest.len) : 0;
  return NATIVE_DONE;
}

static NativeResult quoted_prefix(Worker *w, uint64_t *fp) {
  FRAME(uint64_t result; StringArg s);
  f->result = quote_prefix(f->s);
  return NATIVE_DONE;
}

const NativeRow natives_strconv[] = {
  {"parseInt", parse_int},
  {"parseUint", parse_uint},
  {"parseFloat", parse_float},
  {"Itoa", itoa},
  {"formatInt", format_int},
  {"formatUint", format_uint},
  {"formatFloat", format_float},
  {"quote", quote},
  {"quoteRune", quote_rune_native},
  {"CanBackquote", can_backquote},
  {"IsPrint", is_print},
  {"IsGraphic", is_graphic},
  {"unquote", unquote},
  {"unquoteChar", unquote_char},
  {"quotedPrefix", quoted_prefix},
  {0},
};
