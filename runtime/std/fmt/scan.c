// Scanning. The whole of what one call has read so far is scanned from its start each time; where more input is wanted than
// there is, the result says so, and fmt.gol reads one more rune. Calls read little, and natives cannot read themselves.
#include "std/fmt/scan.h"

#include <math.h>
#include <stdio.h>

#include "base/text.h"
#include "std/strconv/number.h"
#include "std/strconv/quote.h"
#include "std/unicode/case.h"
#include "std/value/scalar.h"

enum { END = -1 };

typedef struct {
  HeapCache *heap;
  String in;
  uint64_t pos;
  bool complete;        // nothing comes after `in`
  bool more;            // would have read beyond it
  bool newline_is_space, newline_is_end, ended;
  int64_t count, limit; // runes read; how many the current operand may have reached
  Buffer token;
  const char *problem;  // first error; NULL: none so far. All reading stops
  char text[200];
} Scan;

static void fail(Scan *s, const char *problem) {
  if (!s->problem && !s->more) s->problem = problem;
}

static bool stopped(const Scan *s) { return s->problem || s->more; }

static int32_t get(Scan *s) {
  if (stopped(s) || s->ended || s->count >= s->limit) return END;
  if (s->pos >= s->in.len) {
    if (!s->complete) s->more = true;
    else s->ended = true;
    return END;
  }
  int32_t rune;
  s->pos += string_decode(s->in, s->pos, &rune);
  s->count++;
  if (s->newline_is_end && rune == '\n') s->ended = true;
  return rune;
}

static void unget(Scan *s) {
  if (stopped(s)) return;
  uint32_t width;
  utf8_decode_last(s->in.ptr, s->pos, &width);
  s->pos -= width;
  s->count--;
  s->ended = false;
}

static int32_t must_get(Scan *s) {
  int32_t rune = get(s);
  if (rune == END) fail(s, "unexpected EOF");
  return rune;
}

static bool among(int32_t rune, const char *set) { return rune > 0 && rune < 0x80 && strchr(set, rune); }

static bool consume(Scan *s, const char *set, bool keep) {
  int32_t rune = get(s);
  if (rune == END) return false;
  if (among(rune, set)) {
    if (keep) buffer_add_rune(&s->token, rune);
    return true;
  }
  if (keep) unget(s);
  return false;
}

static bool accept(Scan *s, const char *set) { return consume(s, set, true); }

static bool peek(Scan *s, const char *set) {
  int32_t rune = get(s);
  if (rune != END) unget(s);
  return among(rune, set);
}

static void want_input(Scan *s) {
  if (get(s) == END) fail(s, "EOF");
  else unget(s);
}

static void skip_space(Scan *s) {
  for (;;) {
    int32_t rune = get(s);
    if (rune == END) return;
    if (rune == '\r' && peek(s, "\n")) continue;
    if (rune == '\n') {
      if (s->newline_is_space) continue;
      fail(s, "unexpected newline");
      return;
    }
    if (!case_is_space(rune)) {
      unget(s);
      return;
    }
  }
}

static String token(Scan *s) { return (String){s->token.data, s->token.len}; }

static bool verb_ok(Scan *s, int32_t verb, const char *verbs, const char *type) {
  if (among(verb, verbs)) return true;
  char letter[5] = {0};
  utf8_encode(letter, verb);
  snprintf(s->text, sizeof s->text, "bad verb '%%%s' for %s", letter, type);
  fail(s, s->text);
  return false;
}

// A strconv error as it would print.
static void fail_number(Scan *s, const char *function, String number, NumberResult what) {
  Buffer text;
  buffer_init(&text, s->heap);
  buffer_add_text(&text, "strconv.");
  buffer_add_text(&text, function);
  buffer_add_text(&text, ": parsing ");
  quote_string(&text, number, '"', QUOTE_PRINT);
  buffer_add_text(&text, what == NUMBER_RANGE ? ": value out of range" : ": invalid syntax");
  buffer_add_byte(&text, 0);
  size_t n = text.len < sizeof s->text ? text.len : sizeof s->text;
  memcpy(s->text, text.data, n);
  s->text[sizeof s->text - 1] = 0;
  fail(s, s->text);
}

static bool scan_bool(Scan *s, int32_t verb) {
  skip_space(s);
  want_input(s);
  if (stopped(s) || !verb_ok(s, verb, "tv", "boolean")) return false;
  const char *bad = "syntax error scanning boolean";
  switch (get(s)) {
  case '1': return true;
  case 't': case 'T':
    if (accept(s, "rR") && (!accept(s, "uU") || !accept(s, "eE"))) fail(s, bad);
    return true;
  case 'f': case 'F':
    if (accept(s, "aA") && (!accept(s, "lL") || !accept(s, "sS") || !accept(s, "eE"))) fail(s, bad);
    return false;
  default: return false;
  }
}

static int64_t scan_rune(Scan *s, int bits) {
  want_input(s);
  int32_t rune = get(s);
  if (bits < 32 && (int64_t)((uint64_t)rune << (64 - bits)) >> (64 - bits) != rune) {
    char letter[5] = {0};
    utf8_encode(letter, rune);
    snprintf(s->text, sizeof s->text, "overflow on character value %s", letter);
    fail(s, s->text);
  }
  return rune;
}

static uint64_t scan_integer(Scan *s, int32_t verb, int bits, bool is_signed) {
  if (verb == 'c') return (uint64_t)scan_rune(s, bits);
  skip_space(s);
  want_input(s);
  if (stopped(s) || !verb_ok(s, verb, "bdoUxXv", "integer")) return 0;
  int base = 10;
  const char *digits = "0123456789_";
  bool have = false, underscores = false;
  if (verb == 'b') base = 2, digits = "01_";
  if (verb == 'o') base = 8, digits = "01234567_";
  if (verb == 'x' || verb == 'X' || verb == 'U') base = 16, digits = "0123456789aAbBcCdDeEfF_";
  if (verb == 'U') {
    if (!consume(s, "U", false) || !consume(s, "+", false)) fail(s, "bad unicode format ");
  } else {
    if (is_signed) accept(s, "+-");
    if (verb == 'v') {
      base = 0, underscores = true;
      if (peek(s, "0")) {
        accept(s, "0");
        have = true;
        if (accept(s, "bB")) digits = "01_";
        else if (accept(s, "oO")) digits = "01234567_";
        else if (accept(s, "xX")) digits = "0123456789aAbBcCdDeEfF_";
        else digits = "01234567_";
      }
    }
  }
  char set[32];
  snprintf(set, sizeof set, "%s", digits);
  if (!underscores) set[strlen(set) - 1] = 0;
  if (!have) {
    want_input(s);
    if (!accept(s, set)) fail(s, "expected integer");
  }
  while (accept(s, set)) {}
  if (stopped(s)) return 0;
  String number = token(s);
  uint64_t value;
  NumberResult what;
  if (is_signed) what = number_parse_int(number, base, 64, (int64_t *)&value);
  else what = number_parse_uint(number, base, 64, &value);
  if (what != NUMBER_OK) {
    fail_number(s, is_signed ? "ParseInt" : "ParseUint", number, what);
    return value;
  }
  int unused = 64 - bits;
  uint64_t narrow = is_signed ? (uint64_t)((int64_t)(value << unused) >> unused) : value << unused >> unused;
  if (narrow != value) {
    snprintf(s->text, sizeof s->text, "%sinteger overflow on token %.*s", is_signed ? "" : "unsigned ",
             (int)(number.len < 100 ? number.len : 100), number.ptr);
    fail(s, s->text);
  }
  return value;
}

static void float_token(Scan *s) {
  s->token.len = 0;
  if (!(accept(s, "nN") && accept(s, "aA") && accept(s, "nN"))) {
    accept(s, "+-");
    if (!(accept(s, "iI") && accept(s, "nN") && accept(s, "fF"))) {
      const char *digits = "0123456789_", *exponent = "eEpP";
      if (accept(s, "0") && accept(s, "xX")) digits = "0123456789aAbBcCdDeEfF_", exponent = "pP";
      while (accept(s, digits)) {}
      if (accept(s, "."))
        while (accept(s, digits)) {}
      if (accept(s, exponent)) {
        accept(s, "+-");
        while (accept(s, "0123456789_")) {}
      }
    }
  }
}

static double convert_float(Scan *s, String number, int bits) {
  if (stopped(s)) return 0;
  double value;
  uint64_t used;
  const char *p = number.len ? memchr(number.ptr, 'p', number.len) : NULL;
  if (p && !memchr(number.ptr, 'x', number.len) && !memchr(number.ptr, 'X', number.len)) { // decimal mantissa, binary exponent
    String mantissa = {number.ptr, (uint64_t)(p - number.ptr)}, rest = {p + 1, number.len - mantissa.len - 1};
    int64_t exponent;
    NumberResult what = number_parse_float(mantissa, bits, &value, &used);
    if (what == NUMBER_OK && used == mantissa.len) what = number_parse_int(rest, 10, 0, &exponent);
    else what = NUMBER_SYNTAX;
    if (what != NUMBER_OK) fail_number(s, "ParseFloat", number, what);
    return what == NUMBER_OK ? ldexp(value, (int)exponent) : 0;
  }
  NumberResult what = number_parse_float(number, bits, &value, &used);
  if (what != NUMBER_SYNTAX && used != number.len) what = NUMBER_SYNTAX;
  if (what != NUMBER_OK) fail_number(s, "ParseFloat", number, what);
  return value;
}

static void scan_complex(Scan *s, int32_t verb, int bits, double *parts) {
  const char *bad = "syntax error scanning complex number";
  if (!verb_ok(s, verb, "beEfFgGv", "complex")) return;
  skip_space(s);
  want_input(s);
  bool parens = accept(s, "(");
  float_token(s);
  String real = string_new(s->heap, s->token.data, s->token.len);
  int32_t sign = get(s);
  if (sign != '+' && sign != '-') fail(s, bad);
  float_token(s);
  String imaginary = string_new(s->heap, s->token.data, s->token.len);
  if (!consume(s, "i", true)) fail(s, bad);
  if (parens && !consume(s, ")", true)) fail(s, bad);
  parts[0] = convert_float(s, real, bits);
  parts[1] = convert_float(s, imaginary, bits);
  if (sign == '-') parts[1] = -parts[1];
}

static int hex_value(int32_t rune) {
  if (rune >= '0' && rune <= '9') return rune - '0';
  if (rune >= 'a' && rune <= 'f') return rune - 'a' + 10;
  if (rune >= 'A' && rune <= 'F') return rune - 'A' + 10;
  return -1;
}

static String scan_string(Scan *s, int32_t verb) {
  if (!verb_ok(s, verb, "svqxX", "string")) return (String){0};
  skip_space(s);
  want_input(s);
  if (verb == 'q') {
    int32_t quote = get(s);
    if (quote != '`' && quote != '"') {
      fail(s, "expected quoted string");
      return (String){0};
    }
    if (quote == '"') buffer_add_byte(&s->token, '"');
    for (;;) {
      int32_t rune = must_get(s);
      if (stopped(s)) return (String){0};
      if (quote == '`' && rune == '`') return string_new(s->heap, s->token.data, s->token.len);
      buffer_add_rune(&s->token, rune);
      if (quote == '"' && rune == '\\') buffer_add_rune(&s->token, must_get(s));
      else if (quote == '"' && rune == '"') break;
    }
    Buffer text;
    buffer_init(&text, s->heap);
    if (!quote_unquote(&text, token(s))) fail(s, "invalid syntax");
    return string_new(s->heap, text.data, text.len);
  }
  if (verb == 'x' || verb == 'X') {
    for (int32_t rune; (rune = get(s)) != END;) {
      int high = hex_value(rune);
      if (high < 0) {
        unget(s);
        break;
      }
      int low = hex_value(must_get(s));
      if (low < 0) {
        fail(s, "illegal hex digit");
        break;
      }
      buffer_add_byte(&s->token, (char)(high << 4 | low));
    }
    if (!s->token.len) fail(s, "no hex data for %x string");
  } else {
    for (int32_t rune; (rune = get(s)) != END;) {
      if (case_is_space(rune)) {
        unget(s);
        break;
      }
      buffer_add_rune(&s->token, rune);
    }
  }
  return string_new(s->heap, s->token.data, s->token.len);
}

// --- operands

static void scan_operand(Scan *s, int32_t verb, Iface arg) {
  s->token.len = 0;
  const RType *type = arg.type;
  if (!type || type->kind != KIND_POINTER) {
    snprintf(s->text, sizeof s->text, "type not a pointer: %.150s", type ? type->string : "<nil>");
    fail(s, s->text);
    return;
  }
  const RType *t = type->elem;
  void *to = (void *)(uintptr_t)arg.word;
  int bits = (int)t->size * 8;
  uint64_t word = 0;
  switch ((RKind)t->kind) {
  case KIND_BOOL: word = scan_bool(s, verb); break;
  case KIND_INT: case KIND_INT8: case KIND_INT16: case KIND_INT32: case KIND_INT64: word = scan_integer(s, verb, bits, true); break;
  case KIND_UINT: case KIND_UINT8: case KIND_UINT16: case KIND_UINT32: case KIND_UINT64: case KIND_UINTPTR:
    word = scan_integer(s, verb, bits, false);
    break;
  case KIND_FLOAT32: case KIND_FLOAT64: {
    if (!verb_ok(s, verb, "beEfFgGv", bits == 32 ? "float32" : "float64")) return;
    skip_space(s);
    want_input(s);
    float_token(s);
    double value = convert_float(s, token(s), bits);
    if (stopped(s)) return;
    if (bits == 64) {
      memcpy(to, &value, 8);
    } else {
      float narrow = (float)value;
      memcpy(to, &narrow, 4);
    }
    return;
  }
  case KIND_COMPLEX64: case KIND_COMPLEX128: {
    double parts[2] = {0};
    scan_complex(s, verb, bits / 2, parts);
    if (stopped(s)) return;
    if (bits == 128) {
      memcpy(to, parts, 16);
    } else {
      float narrow[2] = {(float)parts[0], (float)parts[1]};
      memcpy(to, narrow, 8);
    }
    return;
  }
  case KIND_STRING: {
    String value __attribute__((aligned(16))) = scan_string(s, verb);
    if (!stopped(s)) pair_copy(to, &value);
    return;
  }
  case KIND_SLICE:
    if (t->elem->kind == KIND_UINT8) {
      String text = scan_string(s, verb);
      if (stopped(s)) return;
      Slice value __attribute__((aligned(16))) = {(void *)text.ptr, (uint32_t)text.len, (uint32_t)text.len};
      pair_copy(to, &value);
      return;
    }
    // fall through
  default:
    snprintf(s->text, sizeof s->text, "can't scan type: %.150s", type->string);
    fail(s, s->text);
    return;
  }
  if (!stopped(s)) scalar_store(to, t, word);
}

static Iface operand(Slice args, int64_t i) {
  Iface value = iface_load((const Iface *)args.ptr + i);
  return value;
}

static int64_t scan_list(Scan *s, Slice args) {
  int64_t n = 0;
  for (; n < (int64_t)args.len; n++) {
    scan_operand(s, 'v', operand(args, n));
    if (stopped(s)) return n;
  }
  if (s->newline_is_end)
    for (;;) {
      int32_t rune = get(s);
      if (rune == '\n' || rune == END) break;
      if (!case_is_space(rune)) {
        fail(s, "expected newline");
        break;
      }
    }
  return n;
}

// Matches format text before the next verb at *i. False: it does not match, or an error.
static bool advance(Scan *s, String format, uint64_t *i) {
  while (*i < format.len && !stopped(s)) {
    int32_t c;
    uint32_t width = string_decode(format, *i, &c);
    if (case_is_space(c)) {
      int newlines = 0;
      bool trailing = false;
      while (*i < format.len) {
        width = string_decode(format, *i, &c);
        if (!case_is_space(c)) break;
        if (c == '\n') newlines++, trailing = false;
        else trailing = true;
        *i += width;
      }
      for (int k = 0; k < newlines; k++) {
        int32_t in = get(s);
        while (in != END && case_is_space(in) && in != '\n') in = get(s);
        if (in != '\n' && in != END) fail(s, "newline in format does not match input");
      }
      if (trailing) {
        int32_t in = get(s);
        if (newlines == 0) {
          if (in != END && !case_is_space(in)) fail(s, "expected space in input to match format");
          if (in == '\n') fail(s, "newline in input does not match format");
        }
        while (in != END && case_is_space(in) && in != '\n') in = get(s);
        if (in != END) unget(s);
      }
      continue;
    }
    if (c == '%') {
      if (*i + width == format.len) fail(s, "missing verb: % at end of format string");
      if (stopped(s)) return false;
      if (format.ptr[*i + width] != '%') return true;
      *i += width;
    }
    int32_t in = must_get(s);
    if (stopped(s)) return false;
    if (in != c) {
      unget(s);
      fail(s, "input does not match format");
      return false;
    }
    *i += width;
  }
  return !stopped(s);
}

static int64_t scan_format(Scan *s, String format, Slice args) {
  int64_t n = 0;
  for (uint64_t i = 0; i < format.len;) {
    if (!advance(s, format, &i)) return n;
    if (i >= format.len) break;
    i++; // the %
    int64_t width = 0;
    bool has_width = false;
    while (i + 1 < format.len && format.ptr[i] >= '0' && format.ptr[i] <= '9' && width < 1000000) {
      width = width * 10 + (format.ptr[i++] - '0');
      has_width = true;
    }
    uint64_t verb_at = i;
    int32_t verb;
    i += string_decode(format, i, &verb);
    if (verb != 'c') skip_space(s);
    if (verb == '%') {
      skip_space(s);
      want_input(s);
      if (!accept(s, "%")) fail(s, "missing literal %");
      if (stopped(s)) return n;
      continue;
    }
    s->limit = has_width ? s->count + width : INT64_MAX;
    if (n >= (int64_t)args.len) {
      snprintf(s->text, sizeof s->text, "too few operands for format '%%%.*s'", (int)(format.len - verb_at),
               format.ptr + verb_at);
      fail(s, s->text);
      return n;
    }
    scan_operand(s, verb, operand(args, n));
    if (stopped(s)) return n;
    n++;
    s->limit = INT64_MAX;
  }
  if (n < (int64_t)args.len) fail(s, "too many operands");
  return n;
}

ScanResult scan_run(HeapCache *heap, PrintMode mode, String format, Slice args, String input, bool complete) {
  Scan s = {.heap = heap, .in = input, .complete = complete, .limit = INT64_MAX, .newline_is_space = mode == PRINT_PLAIN,
            .newline_is_end = mode == PRINT_LINE};
  buffer_init(&s.token, heap);
  ScanResult result = {0};
  result.n = mode == PRINT_FORMAT ? scan_format(&s, format, args) : scan_list(&s, args);
  result.used = (int64_t)s.pos;
  result.more = s.more;
  if (s.problem) result.problem = string_new(heap, s.problem, strlen(s.problem));
  return result;
}
