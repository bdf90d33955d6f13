// The driver: goes through a format string or a list of arguments, one verb at a time, and can stop between any two of them.
#include "std/fmt/printer.h"

#include "base/text.h"

enum { STEP_TEXT, STEP_EXTRA, STEP_DONE };
enum { TOO_LARGE = 1000000 }; // widths, precisions and indexes beyond are refused, as in Go

void printer_init(Printer *p, Worker *w, PrintMode mode, String format, Slice args) {
  memset(p, 0, offsetof(Printer, f.out.first));
  memset((char *)p + offsetof(Printer, f.flags), 0, sizeof *p - offsetof(Printer, f.flags));
  buffer_init(&p->f.out, native_heap(w));
  native_reads(w, args.ptr, args.len * sizeof(Iface));
  p->mode = mode;
  p->format = format;
  p->args = args;
}

Printer *printer_keep(Printer *p) {
  Printer *kept = heap_alloc(p->f.out.heap, sizeof *kept, false);
  *kept = *p;
  buffer_move(&kept->f.out, &p->f.out);
  return kept;
}

static Iface arg_at(const Printer *p, int64_t i) {
  return iface_load((const Iface *)p->args.ptr + i);
}

// Prints argument i under p->verb. False: its methods must be called first; the next run comes back here.
static bool print_one(Printer *p, int64_t i) {
  if (p->walk == WALK_PRINT) p->start = p->f.out.len;
  p->answered = 0;
  printer_arg(p, arg_at(p, i), p->verb);
  if (p->walk == WALK_COLLECT) { // met a method: once more, to collect them all
    Flags flags = p->f.flags;
    p->f.out.len = p->start;
    p->pending_count = 0;
    printer_arg(p, arg_at(p, i), p->verb);
    p->f.out.len = p->start;
    p->f.flags = flags;
    p->walk = WALK_ANSWERED;
    return false;
  }
  p->walk = WALK_PRINT;
  return true;
}

// --- format strings

// A number at p->pos; false if there is none or it is too large.
static bool read_number(Printer *p, uint64_t end, int64_t *number) {
  bool found = false;
  *number = 0;
  while (p->pos < end && p->format.ptr[p->pos] >= '0' && p->format.ptr[p->pos] <= '9') {
    if (*number > TOO_LARGE) {
      *number = 0;
      p->pos = end;
      return false;
    }
    *number = *number * 10 + (p->format.ptr[p->pos++] - '0');
    found = true;
  }
  return found;
}

// [n] at p->pos chooses the next argument. *good becomes false if it is not one.
static bool read_index(Printer *p, bool *good) {
  String s = p->format;
  if (p->pos >= s.len || s.ptr[p->pos] != '[') return false;
  p->reordered = true;
  const char *from = s.ptr + p->pos, *close = s.len - p->pos < 3 ? NULL : memchr(from + 1, ']', s.len - p->pos - 1);
  if (!close) {
    *good = false;
    p->pos++;
    return false;
  }
  uint64_t end = (uint64_t)(close - s.ptr);
  int64_t number;
  p->pos++;
  bool ok = read_number(p, end, &number) && p->pos == end;
  p->pos = end + 1;
  if (!ok) {
    *good = false;
    return false;
  }
  if (number < 1 || number > (int64_t)p->args.len) {
    *good = false;
    return true;
  }
  p->arg = number - 1;
  return true;
}

// The argument for a '*'. False if it is no integer or too large.
static bool read_star(Printer *p, int64_t *number) {
  *number = 0;
  if (p->arg >= (int64_t)p->args.len) return false;
  Iface value = arg_at(p, p->arg++);
  if (!value.type) return false;
  uint64_t word = value.word;
  int kind = value.type->kind;
  if (kind < KIND_INT || kind > KIND_UINTPTR) return false;
  if (kind >= KIND_UINT && (int64_t)word < 0) return false;
  if ((int64_t)word > TOO_LARGE || (int64_t)word < -TOO_LARGE) return false;
  *number = (int64_t)word;
  return true;
}

static void note_wrapped(Printer *p) {
  if (p->wrapped_count == p->wrapped_cap) {
    uint32_t cap = p->wrapped_cap ? p->wrapped_cap * 2 : 4;
    int64_t *grown = heap_alloc(p->f.out.heap, cap * sizeof *grown, true);
    if (p->wrapped_count) memcpy(grown, p->wrapped, p->wrapped_count * sizeof *grown);
    p->wrapped = grown;
    p->wrapped_cap = cap;
  }
  p->wrapped[p->wrapped_count++] = p->arg;
}

static void put_complaint(Printer *p, int32_t verb, const char *text) {
  buffer_add_text(&p->f.out, "%!");
  buffer_add_rune(&p->f.out, verb);
  buffer_add_text(&p->f.out, text);
}

// Reads flags, width, precision and verb after a '%'. True: p->verb is to be printed with argument p->arg.
static bool read_verb(Printer *p) {
  String s = p->format;
  Flags *flags = &p->f.flags;
  *flags = (Flags){0};
  for (; p->pos < s.len; p->pos++) {
    char c = s.ptr[p->pos];
    if (c == '#') flags->sharp = true;
    else if (c == '0') flags->zero = true;
    else if (c == '+') flags->plus = true;
    else if (c == '-') flags->minus = true;
    else if (c == ' ') flags->space = true;
    else break;
  }
  bool good = true;
  bool after_index = read_index(p, &good);
  if (p->pos < s.len && s.ptr[p->pos] == '*') {
    p->pos++;
    flags->has_width = read_star(p, &flags->width);
    if (!flags->has_width) buffer_add_text(&p->f.out, "%!(BADWIDTH)");
    if (flags->width < 0) {
      flags->width = -flags->width;
      flags->minus = true;
      flags->zero = false;
    }
    after_index = false;
  } else {
    flags->has_width = read_number(p, s.len, &flags->width);
    if (after_index && flags->has_width) good = false; // "%[3]2d"
  }
  if (p->pos + 1 < s.len && s.ptr[p->pos] == '.') {
    p->pos++;
    if (after_index) good = false; // "%[3].2d"
    after_index = read_index(p, &good);
    if (p->pos < s.len && s.ptr[p->pos] == '*') {
      p->pos++;
      flags->has_prec = read_star(p, &flags->prec);
      if (flags->prec < 0) {
        flags->prec = 0;
        flags->has_prec = false;
      }
      if (!flags->has_prec) buffer_add_text(&p->f.out, "%!(BADPREC)");
      after_index = false;
    } else if (!read_number(p, s.len, &flags->prec)) {
      flags->prec = 0;
      flags->has_prec = true;
    } else {
      flags->has_prec = true;
    }
  }
  if (!after_index) read_index(p, &good);
  if (p->pos >= s.len) {
    buffer_add_text(&p->f.out, "%!(NOVERB)");
    return false;
  }
  int32_t verb;
  p->pos += string_decode(s, p->pos, &verb);
  if (verb == '%') {
    buffer_add_byte(&p->f.out, '%');
    return false;
  }
  if (!good) {
    put_complaint(p, verb, "(BADINDEX)");
    return false;
  }
  if (p->arg >= (int64_t)p->args.len) {
    put_complaint(p, verb, "(MISSING)");
    return false;
  }
  if (verb == 'w') note_wrapped(p);
  if (verb == 'v' || verb == 'w') {
    flags->sharp_v = flags->sharp;
    flags->sharp = false;
    flags->plus_v = flags->plus;
    flags->plus = false;
  }
  p->verb = verb;
  return true;
}

static bool run_format(Printer *p) {
  String s = p->format;
  while (p->step == STEP_TEXT) {
    if (p->walk == WALK_PRINT) {
      const char *from = s.ptr + p->pos, *percent = p->pos < s.len ? memchr(from, '%', s.len - p->pos) : NULL;
      uint64_t len = percent ? (uint64_t)(percent - from) : s.len - p->pos;
      buffer_add(&p->f.out, from, len);
      p->pos += len;
      if (!percent) {
        p->step = STEP_EXTRA;
        break;
      }
      p->pos++;
      if (!read_verb(p)) continue;
    }
    if (!print_one(p, p->arg)) return false;
    p->arg++;
  }
  if (p->reordered) return true;
  for (bool resumed = p->walk == WALK_ANSWERED; p->arg < (int64_t)p->args.len; p->arg++, resumed = false) {
    if (!resumed) {
      p->f.flags = (Flags){0};
      buffer_add_text(&p->f.out, p->step == STEP_EXTRA ? "%!(EXTRA " : ", ");
      p->step = STEP_DONE;
      Iface value = arg_at(p, p->arg);
      if (value.type) {
        buffer_add_text(&p->f.out, value.type->string);
        buffer_add_byte(&p->f.out, '=');
      }
      p->verb = 'v';
    }
    if (!print_one(p, p->arg)) return false;
  }
  if (p->step == STEP_DONE) buffer_add_byte(&p->f.out, ')');
  return true;
}

// --- Print and Println

static bool run_list(Printer *p) {
  p->verb = 'v';
  for (bool resumed = p->walk == WALK_ANSWERED; p->arg < (int64_t)p->args.len; p->arg++, resumed = false) {
    if (!resumed) {
      Iface value = arg_at(p, p->arg);
      bool is_string = value.type && value.type->kind == KIND_STRING;
      if (p->arg > 0 && (p->mode == PRINT_LINE || (!is_string && !p->previous_string))) buffer_add_byte(&p->f.out, ' ');
      p->previous_string = is_string;
    }
    if (!print_one(p, p->arg)) return false;
  }
  if (p->mode == PRINT_LINE) buffer_add_byte(&p->f.out, '\n');
  return true;
}

bool printer_run(Printer *p, Worker *w) {
  p->w = w;
  return p->mode == PRINT_FORMAT ? run_format(p) : run_list(p);
}
