// Walking a goroutine's stack, and printing it as Go does.
//
// A frame's slot 0 is the address of the call instruction that made it, whose operand a is the distance to the caller's
// frame. Calls that the machinery of defer and panic makes have such instructions too (vm_defer_link ...), in code that
// belongs to no function; their frames are recognised by it. Only a panic's own frame keeps distance and pc apart, as the
// instruction that panicked is no call.
#include "vm/trace.h"

#include "vm/made.h"

static bool is_in(const Instr *pc, const Instr *link) { return pc >= link && pc < link + VM_LINK; }

bool frame_at(const Program *p, const uint64_t *fp, const Instr *pc, Frame *out) {
  *out = (Frame){.fp = fp, .pc = pc};
  if (is_in(pc, vm_defer_link)) out->kind = FRAME_DEFERS;
  else if (is_in(pc, vm_panic_link)) out->kind = FRAME_PANIC;
  else if (is_in(pc, vm_print_link)) out->kind = FRAME_PRINT;
  else if (made_is_code(pc)) out->kind = FRAME_MADE;
  else {
    out->kind = FRAME_CALL;
    out->function = program_function_at(p, pc);
    return out->function != NULL;
  }
  return true;
}

bool frame_caller(const Program *p, const Goroutine *g, Frame *frame) {
  const Instr *pc = (const Instr *)(uintptr_t)frame->fp[0];
  uint64_t distance;
  switch (frame->kind) {
  case FRAME_PANIC: case FRAME_PRINT:
    distance = frame->fp[2];
    pc = (const Instr *)(uintptr_t)frame->fp[3];
    break;
  default:
    if (is_in(pc, vm_bottom)) return false;
    // Another worker may be running this goroutine while we look: believe only calls of the program.
    if (!is_in(pc, vm_defer_link) && !is_in(pc, vm_panic_link) && !is_in(pc, vm_print_link) && !made_is_code(pc) &&
        !program_function_at(p, pc))
      return false;
    distance = pc->a;
  }
  if (distance > (uint64_t)(frame->fp - g->stack)) return false;
  return frame_at(p, frame->fp - distance, pc, frame);
}

uint32_t frame_slots(const Frame *frame) {
  switch (frame->kind) {
  case FRAME_CALL: return frame->function->frame_slots;
  case FRAME_MADE: return made_frame_slots(frame->fp);
  case FRAME_DEFERS: return DEFER_FRAME;
  default: return PANIC_FRAME;
  }
}

bool trace_first(const Program *p, const Goroutine *g, Frame *out) {
  if (!g->fp || !g->pc || !frame_at(p, g->fp, g->pc, out)) return false;
  // Saved is the next instruction; one word before it lies in the one that parked.
  if (out->kind == FRAME_CALL && g->pc > out->function->code) out->pc = g->pc - 1;
  return true;
}

// --- printing

enum { INNERMOST = 50, OUTERMOST = 50 }; // of more frames than both, only these are shown

static bool is_hidden(const Frame *f) {
  switch (f->kind) {
  case FRAME_CALL: return f->function->wrapper || f->function == f->function->program->entry;
  case FRAME_PANIC: return false;
  default: return true;
  }
}

static void put_place(StrBuf *out, const Function *f, const Instr *pc) {
  LineEntry line = program_line_at(f, pc);
  const char *file = program_file(f, line.file);
  strbuf_printf(out, "\t%s:%u +0x%lx\n", file, line.line, (unsigned long)(pc - f->code) * sizeof(Instr));
}

static void put_frame(StrBuf *out, const Frame *f) {
  if (f->kind == FRAME_PANIC) {
    strbuf_puts(out, "panic(...)\n");
    return;
  }
  strbuf_puts(out, f->function->name);
  strbuf_puts(out, f->function->param_slots ? "(...)\n" : "()\n");
  put_place(out, f->function, f->pc);
}

void trace_goroutine(StrBuf *out, const Program *p, const Goroutine *g, bool current) {
  GStatus status = goroutine_status(g);
  const char *state = status == G_WAITING ? wait_reason_text(g->wait_reason) : status == G_RUNNABLE ? "runnable" : "running";
  strbuf_printf(out, "goroutine %lu [%s]:\n", (unsigned long)g->id, state);
  Frame f;
  if (status == G_RUNNING && !current) strbuf_puts(out, "\tgoroutine running on other thread; stack unavailable\n");
  else if (trace_first(p, g, &f) && (f.kind != FRAME_PANIC || frame_caller(p, g, &f))) { // not the newest panic's own
    uint32_t total = 0, at = 0;
    Frame all = f;
    do total += !is_hidden(&all);
    while (frame_caller(p, g, &all));
    do {
      if (is_hidden(&f)) continue;
      if (total <= INNERMOST + OUTERMOST || at < INNERMOST || at >= total - OUTERMOST) put_frame(out, &f);
      else if (at == INNERMOST) strbuf_printf(out, "...%u frames elided...\n", total - INNERMOST - OUTERMOST);
      at++;
    } while (frame_caller(p, g, &f));
  }
  const Function *creator = g->created_at ? program_function_at(p, g->created_at) : NULL;
  if (!creator) return;
  strbuf_printf(out, "created by %s in goroutine %lu\n", creator->name, (unsigned long)g->creator);
  put_place(out, creator, g->created_at);
}

typedef struct {
  StrBuf *out;
  const Program *p;
  const Goroutine *except;
  bool settled;
} Printing;

static void print_other(Goroutine *g, void *context) {
  Printing *printing = context;
  if (g == printing->except) return;
  if (printing->out->len) strbuf_putc(printing->out, '\n');
  trace_goroutine(printing->out, printing->p, g, printing->settled);
}

void trace_all(StrBuf *out, Runtime *rt, Goroutine *current, bool settled) {
  StrBuf text = {0};
  Printing printing = {&text, rt->program, current, settled};
  if (current) trace_goroutine(&text, rt->program, current, true);
  sched_each(rt->sched, print_other, &printing);
  if (text.len) strbuf_write(out, text.data, text.len);
  strbuf_free(&text);
}
