// The end of a run by a panic, a fatal error or a deadlock: what Go's runtime prints on standard error, exit status 2.
#include <math.h>

#include "vm/trace.h"
#include "vm/vm.h"

enum { STATUS = 2 };

// --- values, as the builtin print shows them

static void put_float(StrBuf *out, double d) {
  if (d != d) strbuf_puts(out, "NaN");
  else if (isinf(d)) strbuf_puts(out, d > 0 ? "+Inf" : "-Inf");
  else strbuf_printf(out, "%+.6e", d);
  // Go writes three digits of exponent.
  if (!isfinite(d)) return;
  char *e = strrchr(out->data, 'e');
  if (strlen(e) == 4) { // e+05
    char digits[2] = {e[2], e[3]};
    e[2] = '0', e[3] = digits[0];
    strbuf_putc(out, digits[1]);
  }
}

static void put_complex(StrBuf *out, double re, double im) {
  strbuf_putc(out, '(');
  put_float(out, re);
  put_float(out, im);
  strbuf_puts(out, "i)");
}

// Lines after the first are indented, so that no text looks like a trace.
static void put_indented(StrBuf *out, String s) {
  for (uint64_t i = 0; i < s.len; i++) {
    strbuf_putc(out, s.ptr[i]);
    if (s.ptr[i] == '\n') strbuf_putc(out, '\t');
  }
}

static bool put_basic(StrBuf *out, const RType *t, uint64_t word) {
  const void *box = (const void *)(uintptr_t)word;
  switch ((RKind)t->kind) {
  case KIND_BOOL: strbuf_puts(out, word ? "true" : "false"); return true;
  case KIND_INT: case KIND_INT8: case KIND_INT16: case KIND_INT32: case KIND_INT64: strbuf_printf(out, "%ld", (long)word); return true;
  case KIND_UINT: case KIND_UINT8: case KIND_UINT16: case KIND_UINT32: case KIND_UINT64: case KIND_UINTPTR: strbuf_printf(out, "%lu", (unsigned long)word); return true;
  case KIND_FLOAT32: put_float(out, (double)slot_float32(word)); return true;
  case KIND_FLOAT64: put_float(out, slot_float(word)); return true;
  case KIND_COMPLEX64: put_complex(out, (double)slot_float32(word), (double)slot_float32(word >> 32)); return true;
  case KIND_COMPLEX128: put_complex(out, ((const double *)box)[0], ((const double *)box)[1]); return true;
  case KIND_STRING: put_indented(out, *(const String *)box); return true;
  default: return false;
  }
}

// runtime/error.go, printpanicval and printanycustomtype.
static void put_value(StrBuf *out, Iface v) {
  const RType *t = v.type;
  if (!t) {
    strbuf_puts(out, "nil");
    return;
  }
  StrBuf text = {0};
  if (!put_basic(&text, t, v.word)) strbuf_printf(out, "(%s) 0x%lx", t->string, (unsigned long)v.word);
  else if (!*t->package) strbuf_write(out, strbuf_string(&text), text.len); // predeclared
  else if (t->kind == KIND_COMPLEX64 || t->kind == KIND_COMPLEX128) strbuf_printf(out, "%s%s", t->string, strbuf_string(&text));
  else {
    const char *quote = t->kind == KIND_STRING ? "\"" : "";
    strbuf_printf(out, "%s(%s", t->string, quote);
    if (text.len) strbuf_write(out, text.data, text.len);
    strbuf_printf(out, "%s)", quote);
  }
  strbuf_free(&text);
}

// A run-time error's text: it is the first field, or what the pointer points to.
static bool put_run_time_error(StrBuf *out, const Program *p, Iface v) {
  bool known = v.type && v.type->kind == KIND_STRING && !v.type->methods && !strcmp(v.type->string, "runtime.Error"); // error.c: made by hand
  for (int i = 0; i < ERROR_TYPE_COUNT; i++) known |= v.type && p->error_types[i] == v.type;
  if (!known || !v.word) return false;
  if (v.type == p->error_types[ERROR_NIL_PANIC]) strbuf_puts(out, "panic called with nil argument");
  else put_indented(out, *(const String *)(uintptr_t)v.word);
  return true;
}

// --- panics

static bool put_panics(StrBuf *out, const Program *program, const Panic *p) {
  bool signal = false;
  if (p->next) {
    signal = put_panics(out, program, p->next);
    if (!p->next->is_exit) strbuf_putc(out, '\t');
  }
  if (p->is_exit) return signal;
  strbuf_puts(out, "panic: ");
  if (p->has_text) put_indented(out, p->text);
  else if (!put_run_time_error(out, program, p->value)) put_value(out, p->value);
  if (p->recovered) strbuf_puts(out, " [recovered]");
  strbuf_putc(out, '\n');
  return signal || p->signal;
}

// Prints `text` and ends the run, if nobody else has. Only one of several dying goroutines is heard.
static void die(Runtime *rt, StrBuf *text) {
  runtime_die(rt, STATUS, text->data, text->len);
  strbuf_free(text);
}

// A session goes on: the goroutine alone ends.
static VmResult die_alone(Worker *w, StrBuf *text) {
  Runtime *rt = worker_runtime(w);
  runtime_flush(rt);
  rt->console->died(rt->console->context, text->data, text->len);
  strbuf_free(text);
  w->g->panic = NULL;
  w->g = sched_exit(w, true);
  return VM_TAKEN;
}

VmResult death_by_exit(Worker *w, int status) {
  Runtime *rt = worker_runtime(w);
  if (rt->console) {
    StrBuf text = {0};
    strbuf_printf(&text, "exit status %d\n", status);
    return die_alone(w, &text);
  }
  runtime_exit(rt, status);
  return vm_die(w);
}

VmResult death_by_panic(Worker *w, const Panic *panics) {
  Runtime *rt = worker_runtime(w);
  StrBuf text = {0};
  if (put_panics(&text, rt->program, panics)) strbuf_puts(&text, "[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x0]\n");
  strbuf_putc(&text, '\n');
  trace_goroutine(&text, rt->program, w->g, true);
  if (rt->console) return die_alone(w, &text);
  die(rt, &text);
  return vm_die(w);
}

// --- fatal errors

VmResult vm_die(Worker *w) {
  sched_park(w, WAIT_NONE);
  return VM_SWITCH;
}

VmResult vm_fatal(Worker *w, const char *message) {
  Runtime *rt = worker_runtime(w);
  StrBuf text = {0};
  strbuf_printf(&text, "fatal error: %s\n\n", message);
  if (rt->console) {
    trace_goroutine(&text, rt->program, w->g, true);
    return die_alone(w, &text);
  }
  trace_all(&text, rt, w->g, false);
  die(rt, &text);
  return vm_die(w);
}

char *runtime_stuck_text(Runtime *rt, Goroutine *g, size_t *len) {
  StrBuf text = {0};
  strbuf_puts(&text, "fatal error: all goroutines are asleep - deadlock!\n\n");
  trace_all(&text, rt, g, true);
  *len = text.len;
  return text.data;
}

void death_by_deadlock(Runtime *rt, SchedEnd end) {
  StrBuf text = {0};
  strbuf_printf(&text, "fatal error: %s\n",
                end == SCHED_NO_GOROUTINES ? "no goroutines (main called runtime.Goexit) - deadlock!" : "all goroutines are asleep - deadlock!\n");
  trace_all(&text, rt, NULL, false);
  die(rt, &text);
}
