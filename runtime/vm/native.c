// What natives call (native.h).
#include "vm/native.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "vm/trace.h"
#include "vm/vm.h"

// The NATIVE instruction of the running native: pc of the next instruction was saved before it was called.
static const Instr *native_pc(Worker *w) { return w->g->pc - 2; }

// After NATIVE_PANIC the loop goes on with w->g, wherever it is now.
static NativeResult finish(VmResult result) { return result == VM_SWITCH ? NATIVE_PARKED : NATIVE_PANIC; }

NativeResult native_panic(Worker *w, Iface value) { return finish(panic_start(w, native_pc(w), value)); }

NativeResult native_panic_text(Worker *w, const char *text) {
  static const RType bare_string = {.kind = KIND_STRING, .shape = SHAPE_PAIR, .align = 16, .size = 16, .slots = 2, .string = "string", .name = "string", .package = ""};
  const RType *t = native_type(w, "string");
  _Alignas(16) uint64_t slots[2];
  slot_put_string(slots, string_new(w->heap, text, strlen(text)));
  return native_panic(w, iface_make(w->heap, t ? t : &bare_string, slots));
}

NativeResult native_panic_error(Worker *w, ErrorType type, const char *fmt, ...) {
  char text[512];
  va_list args;
  va_start(args, fmt);
  vsnprintf(text, sizeof text, fmt, args);
  va_end(args);
  return finish(panic_error(w, native_pc(w), type, "%s", text));
}

NativeResult native_nil_dereference(Worker *w) { return finish(panic_signal(w, native_pc(w))); }
NativeResult native_fatal(Worker *w, const char *text) { return finish(vm_fatal(w, text)); }
NativeResult native_goexit(Worker *w) { return finish(panic_exit(w, native_pc(w))); }

NativeResult native_exit(Worker *w, int status) {
  return finish(death_by_exit(w, status));
}

NativeResult native_gosched(Worker *w) {
  w->g = sched_gosched(w);
  return NATIVE_PANIC;
}

char *native_stack(Worker *w, bool everybody, size_t *len) {
  StrBuf text = {0};
  if (everybody) trace_all(&text, worker_runtime(w), w->g, false);
  else trace_goroutine(&text, worker_runtime(w)->program, w->g, true);
  *len = text.len;
  return text.data;
}

bool native_caller(Worker *w, uint32_t skip, NativeCaller *caller) {
  const Program *p = worker_runtime(w)->program;
  Frame f;
  if (!trace_first(p, w->g, &f)) return false;
  uint32_t left = skip + 1; // the native itself is the innermost frame
  for (;;) {
    if (f.kind == FRAME_CALL && !f.function->wrapper && f.function != f.function->program->entry && left-- == 0) break;
    if (!frame_caller(p, w->g, &f)) return false;
  }
  LineEntry line = program_line_at(f.function, f.pc);
  *caller = (NativeCaller){f.function->name, line.file < f.function->program->file_count ? f.function->program->files[line.file] : "?", line.line, f.pc};
  return true;
}
