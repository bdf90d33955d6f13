// Run-time errors as gol values (bytecode/program.h, ErrorType): a struct with its text, or a pointer to one.
#include <stdarg.h>
#include <stdio.h>

#include "vm/vm.h"

// For programs made by hand, which have no package runtime.
static const RType bare_error = {.kind = KIND_STRING, .shape = SHAPE_PAIR, .align = 16, .size = 16, .slots = 2, .string = "runtime.Error", .named = true, .name = "Error", .package = "runtime"};

Iface error_value(Worker *w, ErrorType type, const char *text, size_t len) {
  const RType *t = worker_runtime(w)->program->error_types[type];
  _Alignas(16) uint64_t slots[2];
  slot_put_string(slots, string_new(w->heap, text, len));
  if (!t) t = &bare_error;
  if (t->kind != KIND_POINTER) return iface_make(w->heap, t, slots);
  void *object = heap_alloc(w->heap, t->elem->size, false);
  if (t->elem->size >= 16) pair_copy(object, slots);
  return (Iface){t, (uint64_t)(uintptr_t)object};
}

VmResult panic_error(Worker *w, const Instr *pc, ErrorType type, const char *fmt, ...) {
  char buffer[512], *text = buffer;
  va_list args, again;
  va_start(args, fmt);
  va_copy(again, args);
  size_t len = (size_t)vsnprintf(buffer, sizeof buffer, fmt, args);
  if (len >= sizeof buffer) {
    text = heap_alloc(w->heap, len + 1, true);
    vsnprintf(text, len + 1, fmt, again);
  }
  va_end(args);
  va_end(again);
  return panic_start(w, pc, error_value(w, type, text, len));
}
