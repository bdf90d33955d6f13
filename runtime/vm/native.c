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

// What Go's runtime has in the place of our machinery. A program may walk its stack to the end and print it.
static const struct { const Instr *code; NativeCaller at; } machinery[] = {
    {vm_panic_link, {"runtime.gopanic", "/usr/lib/go/src/runtime/panic.go", 785, NULL, NULL}},
    {vm_bottom, {"runtime.goexit", "/usr/lib/go/src/runtime/asm_amd64.s", 1700, NULL, NULL}}};

bool native_describe(Worker *w, const Instr *pc, NativeCaller *out) {
  *out = (NativeCaller){.pc = pc};
  for (size_t i = 0; i < sizeof machinery / sizeof *machinery; i++) {
    if (pc < machinery[i].code || pc >= machinery[i].code + VM_LINK) continue;
    *out = machinery[i].at;
    out->pc = out->entry = machinery[i].code;
    return true;
  }
  const Function *f = program_function_at(worker_runtime(w)->program, pc);
  if (!f) return false;
  const Program *p = f->program;
  LineEntry line = program_line_at(f, pc);
  *out = f == p->entry ? (NativeCaller){"runtime.main", "/usr/lib/go/src/runtime/proc.go", 272, pc, f->code}
                       : (NativeCaller){f->name, line.file < p->file_count ? p->files[line.file] : "?", line.line, pc, f->code};
  return true;
}

bool native_caller(Worker *w, uint32_t skip, NativeCaller *caller) {
  const Program *p = worker_runtime(w)->program;
  Frame f;
  if (!trace_first(p, w->g, &f)) return false;
  uint32_t left = skip + 1; // the native itself is the innermost frame
  for (;;) {
    bool counts = f.kind == FRAME_PANIC || (f.kind == FRAME_CALL && (!f.function->wrapper || f.function == f.function->program->entry));
    if (counts && left-- == 0) return native_describe(w, f.pc, caller);
    if (!frame_caller(p, w->g, &f)) return left == 0 && native_describe(w, vm_bottom, caller);
  }
}
