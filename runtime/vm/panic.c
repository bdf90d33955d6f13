// Panics, by Go's rules: deferred calls run on top of the panicking stack, which stays as it is for the trace.
//
//   | F: defers D ... | G panics ... | P: panic's frame (4) | D: the deferred call ... |
//                     ^ g->fp        ^ slot 2: distance to G's frame, slot 3: pc in it
//
// D returns to vm_panic_link, whose NEXTPANIC looks whether the panic was recovered (then F goes on at its RUNDEFERS),
// else for the next deferred call of F or its callers. If D panics in turn, the new panic finds P's frame on its way
// down: that panic is aborted, and printed before the new one. At the end the values that need it are turned into text by
// calls of their Error and String methods, which return to vm_print_link; then the run ends (death.c).
//
// Goexit is a panic that cannot be recovered and ends the goroutine instead of the run.
#include <stdio.h>

#include "base/assert.h"
#include "vm/trace.h"
#include "vm/vm.h"

const Instr vm_panic_link[VM_LINK] = {{.op = OP_CALL, .a = PANIC_FRAME}, {.word = 0}, {.op = OP_NEXTPANIC}};
const Instr vm_print_link[VM_LINK] = {{.op = OP_CALL, .a = PANIC_FRAME}, {.word = 0}, {.op = OP_NEXTPRINT}};

static const Program *program_of(Worker *w) { return worker_runtime(w)->program; }

static Panic *panic_of_frame(Goroutine *g, const uint64_t *fp) {
  for (Panic *p = g->panic; p; p = p->next)
    if (panic_frame(g, p) == fp) return p;
  UNREACHABLE("a panic's frame without its panic");
}

// --- the end of a panic that nobody recovered

static const RMethod *text_method(const RType *t, const char *name) {
  if (!t || t->kind == KIND_INTERFACE) return NULL;
  for (uint32_t i = 0; i < t->method_count; i++) {
    const RMethod *m = &t->methods[i];
    if (m->function && !strcmp(m->name, name) && !strcmp(m->signature->string, "func() string")) return m;
  }
  return NULL;
}

static bool is_run_time_error(Worker *w, const RType *t) {
  const Program *p = program_of(w);
  for (int i = 0; i < ERROR_TYPE_COUNT; i++)
    if (p->error_types[i] == t) return true;
  return false;
}

// Turn the values of all panics into text where that needs gol code, one call at a time; then die.
static VmResult print(Worker *w) {
  Goroutine *g = w->g;
  for (Panic *p = g->panic; p; p = p->next) {
    if (p->has_text || p->is_exit || is_run_time_error(w, p->value.type)) continue;
    const RMethod *m = text_method(p->value.type, "Error");
    if (!m) m = text_method(p->value.type, "String");
    const char *word = (const char *)(uintptr_t)p->value.word;
    if (!m || (m->recv_mode == RECV_LOAD && !word)) continue; // a value method and a nil pointer: print the pointer
    const Function *f = m->function;
    uint64_t *to = vm_reserve(w, g->fp + PANIC_FRAME, f->frame_slots);
    if (!to) return vm_stack_overflow(w);
    uint64_t *receiver = to + f->recv_slot;
    if (m->recv_mode == RECV_WORD) *receiver = p->value.word;
    else if (m->recv_mode == RECV_BOX) vm_copy_memory(receiver, word, m->recv_size);
    else value_load(receiver, word, p->value.type->elem);
    p->printing = p->has_text = true;
    return vm_enter(w, to, f, NULL, vm_print_link);
  }
  return death_by_panic(w, g->panic);
}

// fp: the newest panic's frame; above it the frame of the call, whose result is at its slot 2.
VmResult slow_nextprint(Worker *w, uint64_t *fp, const Instr *pc) {
  Panic *p = w->g->panic;
  while (p && !p->printing) p = p->next;
  ASSERT(p, "text of a panic that nobody asked for");
  p->printing = false;
  p->text = slot_string(fp + PANIC_FRAME + 2);
  return print(w);
}

// --- running deferred calls

// A panic in a method that was called to print a panic.
static VmResult panic_while_printing(Worker *w, const Panic *p) {
  StrBuf text = {0};
  strbuf_puts(&text, "panic while printing panic value");
  const RType *t = p->value.type;
  if (t && t->kind == KIND_STRING && !*t->package) {
    String s = *(const String *)(uintptr_t)p->value.word;
    strbuf_printf(&text, ": %.*s", (int)s.len, s.ptr);
  } else strbuf_printf(&text, ": type %s", t ? t->string : "nil");
  VmResult result = vm_fatal(w, strbuf_string(&text));
  strbuf_free(&text);
  return result;
}

// Run the next call deferred by a frame below the panic's, or end it. w->g->fp is the panic's frame.
static VmResult run(Worker *w, Panic *p) {
  Goroutine *g = w->g;
  const Program *program = program_of(w);
  Frame f;
  bool more;
  if (p->function) { // where the last one was
    f = (Frame){FRAME_CALL, g->stack + p->frame, p->function->code, p->function};
    more = true;
  } else {
    f = (Frame){.kind = FRAME_PANIC, .fp = g->fp};
    more = frame_caller(program, g, &f);
  }
  for (; more; more = frame_caller(program, g, &f)) {
    switch (f.kind) {
    case FRAME_MADE: case FRAME_DEFERS: break;
    case FRAME_PANIC: panic_of_frame(g, f.fp)->aborted = true; break;
    case FRAME_PRINT: return panic_while_printing(w, p);
    case FRAME_CALL: {
      uint32_t slot = f.function->defer_slot;
      if (!slot || !f.fp[slot]) break;
      p->frame = (uint32_t)(f.fp - g->stack);
      p->function = f.function;
      return vm_call_deferred(w, g->stack + p->frame, slot, g->fp + PANIC_FRAME, vm_panic_link);
    }
    }
  }
  if (!p->is_exit) return print(w);
  g->panic = NULL;
  w->g = sched_exit(w, true);
  return VM_TAKEN;
}

static VmResult start(Worker *w, const Instr *pc, Panic kind) {
  Goroutine *g = w->g;
  Frame f;
  bool found = frame_at(program_of(w), g->fp, pc, &f);
  ASSERT(found, "a panic outside the program");
  uint32_t above = (frame_slots(&f) + 1) & ~1u;
  uint64_t *frame = vm_reserve(w, g->fp + above, PANIC_FRAME);
  if (!frame) return vm_stack_overflow(w);
  frame[0] = (uint64_t)(uintptr_t)vm_panic_link;
  frame[1] = 0;
  frame[2] = above;
  frame[3] = (uint64_t)(uintptr_t)pc;
  Panic *p = heap_alloc(w->heap, sizeof *p, false);
  *p = kind;
  p->at = (uint32_t)(frame - g->stack);
  p->next = g->panic;
  g->panic = p;
  g->fp = frame;
  g->pc = vm_panic_link;
  return run(w, p);
}

VmResult panic_start(Worker *w, const Instr *pc, Iface value) { return start(w, pc, (Panic){.value = value}); }
VmResult panic_exit(Worker *w, const Instr *pc) { return start(w, pc, (Panic){.is_exit = true}); }

VmResult panic_signal(Worker *w, const Instr *pc) {
  static const char text[] = "runtime error: invalid memory address or nil pointer dereference";
  return start(w, pc, (Panic){.value = error_value(w, ERROR_RUNTIME, text, sizeof text - 1), .signal = true});
}

// The frame of p's deferred call goes on as if its function's body had ended; panics above it are gone.
static VmResult recovered(Worker *w, Panic *p) {
  Goroutine *g = w->g;
  for (g->panic = p->next; g->panic && g->panic->at > p->frame; g->panic = g->panic->next) {
    if (!g->panic->is_exit) continue;
    // An interrupted Goexit cannot be recovered: it goes on.
    g->fp = panic_frame(g, g->panic);
    g->pc = vm_panic_link;
    return run(w, g->panic);
  }
  g->fp = g->stack + p->frame;
  g->pc = p->function->code + p->function->defer_pc;
  return VM_RELOAD;
}

// fp: the panic's frame.
VmResult slow_nextpanic(Worker *w, uint64_t *fp, const Instr *pc) {
  Goroutine *g = w->g;
  Panic *p = panic_of_frame(g, fp);
  g->panic = p; // what panicked in the deferred call has been recovered there
  return p->recovered ? recovered(w, p) : run(w, p);
}

// --- recover

// recover() gives the value only in the function that the panic called, wrappers between the two not counted. The code
// of a deferred `recover()` is a wrapper itself: it acts in the function that deferred it, where that runs its deferred
// calls; when a panic runs them, nobody called it. A wrapper as well is what runs the calls that the body of a range over a function
// deferred.
static bool called_by_panic(Worker *w, const Instr *pc, const uint64_t *fp, const uint64_t *deferred) {
  bool in_wrapper = program_function_at(program_of(w), pc)->wrapper;
  while (fp != deferred) {
    if (fp < deferred) return false;
    const Instr *call = (const Instr *)(uintptr_t)fp[0];
    const Function *caller = program_function_at(program_of(w), call);
    if (call == vm_defer_link) {
      const Instr *run = (const Instr *)(uintptr_t)(fp - DEFER_FRAME)[0];
      if (!in_wrapper && !program_function_at(program_of(w), run)->wrapper) return false;
    } else {
      if (!caller || !(caller->wrapper || in_wrapper)) return false;
      if (!caller->wrapper) in_wrapper = false;
    }
    fp -= call->a;
  }
  return !in_wrapper;
}

void help_recover(Worker *w, uint64_t *fp, const Instr *pc) {
  Goroutine *g = w->g;
  Panic *p = g->panic;
  Iface value = {0};
  if (p && !p->is_exit && !p->recovered && called_by_panic(w, pc, fp, panic_frame(g, p) + PANIC_FRAME)) {
    p->recovered = true;
    value = p->value;
  }
  put_iface(&fp[pc->a], value);
}

// --- instructions that panic

VmResult slow_panic(Worker *w, uint64_t *fp, const Instr *pc) {
  Iface value = slot_iface(&fp[pc->a]);
  if (value.type) return panic_start(w, pc, value);
  return panic_error(w, pc, ERROR_NIL_PANIC, "panic called with nil argument");
}

VmResult slow_nil(Worker *w, uint64_t *fp, const Instr *pc) { return panic_signal(w, pc); }
VmResult slow_divide(Worker *w, uint64_t *fp, const Instr *pc) { return panic_error(w, pc, ERROR_RUNTIME, "runtime error: integer divide by zero"); }
VmResult slow_shift(Worker *w, uint64_t *fp, const Instr *pc) { return panic_error(w, pc, ERROR_RUNTIME, "runtime error: negative shift amount"); }

VmResult slow_trap(Worker *w, uint64_t *fp, const Instr *pc) {
  char text[64];
  snprintf(text, sizeof text, "internal error: trap %u", pc->uimm);
  return vm_fatal(w, text);
}
