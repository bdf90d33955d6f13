// The built-in functions print and println: to standard error, as gc's runtime prints. The compiler calls them with a slice
// of interfaces, so an argument of interface type shows its dynamic value.
#include <math.h>
#include <stdio.h>

#include "base/text.h"
#include "std/frame.h"
#include "std/runtime/print.h"
#include "vm/native.h"

// +1.234560e+003: seven digits, an exponent of three.
static void print_float(StrBuf *out, double v) {
  if (isnan(v)) strbuf_puts(out, "NaN");
  else if (isinf(v)) strbuf_puts(out, v > 0 ? "+Inf" : "-Inf");
  else {
    char text[40];
    snprintf(text, sizeof text, "%+.6e", v);
    char *e = strchr(text, 'e');
    int exponent = atoi(e + 1);
    strbuf_printf(out, "%.*se%c%03d", (int)(e - text), text, exponent < 0 ? '-' : '+', exponent < 0 ? -exponent : exponent);
  }
}

static float single(uint64_t word) {
  uint32_t bits = (uint32_t)word;
  float value;
  memcpy(&value, &bits, 4);
  return value;
}

static void print_value(StrBuf *out, Iface v) {
  if (!v.type) {
    strbuf_puts(out, "(0x0,0x0)");
    return;
  }
  const uint64_t *box = (const uint64_t *)(uintptr_t)v.word;
  switch ((RKind)v.type->kind) {
  case KIND_BOOL: strbuf_puts(out, v.word ? "true" : "false"); break;
  case KIND_INT: case KIND_INT8: case KIND_INT16: case KIND_INT32: case KIND_INT64: strbuf_printf(out, "%lld", (long long)v.word); break;
  case KIND_UINT: case KIND_UINT8: case KIND_UINT16: case KIND_UINT32: case KIND_UINT64: case KIND_UINTPTR:
    strbuf_printf(out, "%llu", (unsigned long long)v.word);
    break;
  case KIND_FLOAT32: print_float(out, single(v.word)); break;
  case KIND_FLOAT64: print_float(out, slot_float(v.word)); break;
  case KIND_COMPLEX64: case KIND_COMPLEX128: {
    bool small = v.type->kind == KIND_COMPLEX64;
    strbuf_putc(out, '(');
    print_float(out, small ? single(v.word) : slot_float(box[0]));
    print_float(out, small ? single(v.word >> 32) : slot_float(box[1]));
    strbuf_puts(out, "i)");
    break;
  }
  case KIND_STRING: {
    String s = slot_string(box);
    strbuf_write(out, s.ptr, s.len);
    break;
  }
  case KIND_SLICE: {
    Slice s = slot_slice(box);
    strbuf_printf(out, "[%u/%u]0x%llx", s.len, s.cap, (unsigned long long)(uintptr_t)s.ptr);
    break;
  }
  default: strbuf_printf(out, "0x%llx", (unsigned long long)v.word); break;
  }
}

static NativeResult print(Worker *w, uint64_t *fp, bool newline) {
  FRAME(SliceArg args);
  StrBuf out = {0};
  const Iface *args = f->args.ptr;
  for (uint32_t i = 0; i < f->args.len; i++) {
    if (newline && i) strbuf_putc(&out, ' ');
    print_value(&out, args[i]);
  }
  if (newline) strbuf_putc(&out, '\n');
  runtime_write_error(worker_runtime(w), out.data, out.len);
  strbuf_free(&out);
  return NATIVE_DONE;
}

NativeResult runtime_print(Worker *w, uint64_t *fp) { return print(w, fp, false); }
NativeResult runtime_println(Worker *w, uint64_t *fp) { return print(w, fp, true); }
