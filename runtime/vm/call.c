// Calls off the fast path, goroutines' beginnings and ends, deferred calls outside of panics.
//
// Deferred calls of a frame are a list in one of its slots, newest first. RUNDEFERS runs them when the function
// returns. A single one is called like any function and returns behind RUNDEFERS. With more, a frame of vm_defer_link
// lies between: each call returns to NEXTDEFER, which makes the next one.
//
//   | deferring frame ...            | link frame (2) | deferred call ...
//   ^ RUNDEFERS a                    ^ fp + a         ^ returns to vm_defer_link
#include "vm/vm.h"

#include "base/assert.h"

const Instr vm_bottom[VM_LINK] = {{.op = OP_CALL, .a = 0}, {.word = 0}, {.op = OP_EXITG}};
const Instr vm_defer_link[VM_LINK] = {{.op = OP_CALL, .a = DEFER_FRAME}, {.word = 0}, {.op = OP_NEXTDEFER}};

// --- entering a function

uint64_t *vm_reserve(Worker *w, uint64_t *fp, uint32_t slots) {
  Goroutine *g = w->g;
  uint64_t above = (uint64_t)(fp - g->fp);
  if (UNLIKELY(worker_runtime(w)->debug.movestack)) {
    debug_move_stack(w);
    fp = g->fp + above;
  }
  if (UNLIKELY(fp + slots > g->stack_end)) {
    if (!goroutine_grow(w, g, (uint32_t)above + slots)) return NULL;
    fp = g->fp + above;
  }
  return fp;
}

// The frame is there, its header is not.
static VmResult begin(Worker *w, uint64_t *fp, const Function *f, const Closure *closure, const Instr *link) {
  Goroutine *g = w->g;
  const Observer *observer = worker_runtime(w)->observer;
  if (UNLIKELY(observer != NULL) && observer->enter) observer->enter(w, link, f);
  fp[0] = (uint64_t)(uintptr_t)link;
  fp[1] = (uint64_t)(uintptr_t)closure;
  g->fp = fp;
  g->pc = f->code;
  return VM_RELOAD;
}

VmResult vm_enter(Worker *w, uint64_t *fp, const Function *f, const Closure *closure, const Instr *link) {
  fp = vm_reserve(w, fp, f->frame_slots);
  return fp ? begin(w, fp, f, closure, link) : vm_stack_overflow(w);
}

VmResult vm_stack_overflow(Worker *w) {
  static const char text[] = "runtime: goroutine stack exceeds 1000000000-byte limit\n";
  runtime_write_error(worker_runtime(w), text, sizeof text - 1);
  return vm_fatal(w, "stack overflow");
}

// A method of *T that is declared for T, called through a nil pointer.
static VmResult nil_receiver(Worker *w, const Instr *pc, const RType *pointer, const RMethod *m) {
  const RType *t = pointer->elem;
  const char *package = strrchr(t->package, '/');
  return panic_error(w, pc, ERROR_PLAIN, "value method %s.%s.%s called using nil *%s pointer", package ? package + 1 : t->package, t->name,
                     m->name, t->name);
}

static VmResult call_method(Worker *w, uint64_t *fp, const Instr *pc) {
  Iface i = slot_iface(&fp[pc->b]);
  if (!i.type) return panic_signal(w, pc);
  const RMethod *m = rtype_method(i.type, pc[1].lo);
  ASSERT(m && m->function, "a method called through an interface was not compiled");
  const Function *f = m->function;
  char *word = (char *)(uintptr_t)i.word;
  if (m->recv_mode == RECV_LOAD && !word) return nil_receiver(w, pc, i.type, m);
  uint64_t *to = vm_reserve(w, fp + pc->a, f->frame_slots);
  if (!to) return vm_stack_overflow(w);
  uint64_t *receiver = to + f->recv_slot;
  switch ((RecvMode)m->recv_mode) {
  case RECV_WORD: *receiver = i.word; break;
  case RECV_BOX: vm_copy_memory(receiver, word, m->recv_size); break;
  case RECV_LOAD:
    observe_read(w, pc, word, m->recv_size);
    switch ((Shape)m->recv_shape) {
    case SHAPE_NONE: break;
    case SHAPE_I8: *receiver = (uint64_t)(int64_t)*(int8_t *)word; break;
    case SHAPE_U8: *receiver = *(uint8_t *)word; break;
    case SHAPE_I16: *receiver = (uint64_t)(int64_t)*(int16_t *)word; break;
    case SHAPE_U16: *receiver = *(uint16_t *)word; break;
    case SHAPE_I32: *receiver = (uint64_t)(int64_t)*(int32_t *)word; break;
    case SHAPE_U32: *receiver = *(uint32_t *)word; break;
    case SHAPE_WORD: *receiver = *(uint64_t *)word; break;
    case SHAPE_PAIR: pair_copy(receiver, word); break;
    case SHAPE_BLOCK: vm_copy_memory(receiver, word, m->recv_size); break;
    }
    break;
  }
  return begin(w, to, f, NULL, pc);
}

VmResult slow_call(Worker *w, uint64_t *fp, const Instr *pc) {
  if (op_calls_native(pc->op)) return vm_enter(w, fp + pc->a, pc[1].ptr, NULL, pc);
  switch (pc->op) {
  case OP_CALL: return vm_enter(w, fp + pc->a, pc[1].ptr, NULL, pc);
  case OP_CALLC: {
    const Closure *closure = (const Closure *)(uintptr_t)fp[pc->b];
    return closure ? vm_enter(w, fp + pc->a, closure->function, closure, pc) : panic_signal(w, pc);
  }
  default: return call_method(w, fp, pc);
  }
}

// --- goroutines

VmResult slow_go(Worker *w, uint64_t *fp, const Instr *pc) {
  Closure *closure = (Closure *)(uintptr_t)fp[pc->b];
  if (!closure) return vm_fatal(w, "go of nil func value");
  const Function *f = closure->function;
  uint32_t n = pc->c < f->param_slots ? pc->c : f->param_slots;
  sched_go(w, closure, fp + pc->a + f->param_slot, n, pc);
  return UNLIKELY(w->leaves) ? VM_TAKEN : VM_NEXT;
}

VmResult slow_exit(Worker *w, uint64_t *fp, const Instr *pc) {
  w->g = sched_exit(w, false);
  return VM_TAKEN;
}

VmResult slow_tick(Worker *w, uint64_t *fp, const Instr *pc) {
  Goroutine *g = w->g = sched_tick(w);
  if (UNLIKELY(worker_runtime(w)->debug.preempt)) {
    if (g) w->g = sched_gosched(w);
    w->budget = 1; // a call is made again after the tick and counts again
  }
  return VM_TAKEN;
}

VmResult slow_wake(Worker *w, uint64_t *fp, const Instr *pc) {
  Goroutine *g = w->g;
  WakeAction action = g->wake_action;
  g->wake_action = WAKE_NONE;
  switch (action) {
  case WAKE_NONE: break;
  case WAKE_SEND_CLOSED: return panic_error(w, pc - 1, ERROR_PLAIN, "send on closed channel"); // pc - 1: inside the instruction that parked
  case WAKE_RETRY: g->pc -= 2; break; // the NATIVE instruction
  case WAKE_CANCEL: return panic_exit(w, pc);
  }
  return VM_RELOAD;
}

// --- deferred calls

VmResult slow_defer(Worker *w, uint64_t *fp, const Instr *pc) {
  Closure *closure = (Closure *)(uintptr_t)fp[pc->b];
  uint32_t n = closure && pc->c < closure->function->param_slots ? pc->c : closure ? closure->function->param_slots : 0;
  Defer *d = heap_alloc(w->heap, sizeof(Defer) + n * 8, false);
  d->closure = closure;
  d->slots = n;
  if (n) memcpy(d->args, fp + pc->a + closure->function->param_slot, n * 8);
  d->next = fp[pc[1].s0];
  fp[pc[1].s0] = (uint64_t)(uintptr_t)d;
  return VM_NEXT;
}

VmResult vm_call_deferred(Worker *w, uint64_t *fp, uint32_t defer_slot, uint64_t *at, const Instr *link) {
  uint64_t reference = fp[defer_slot];
  Defer *d = defer_at(fp, reference);
  fp[defer_slot] = d->next;
  if (!d->closure) return panic_signal(w, link);
  const Closure *closure = d->closure;
  const Function *f = closure->function;
  int64_t frame = fp - w->g->stack;
  at = vm_reserve(w, at, f->frame_slots);
  if (!at) return vm_stack_overflow(w);
  d = defer_at(w->g->stack + frame, reference);
  memcpy(at + f->param_slot, d->args, d->slots * 8);
  return begin(w, at, f, closure, link);
}

VmResult slow_rundefers(Worker *w, uint64_t *fp, const Instr *pc) {
  uint32_t slot = pc[1].s0;
  if (!defer_at(fp, fp[slot])->next) return vm_call_deferred(w, fp, slot, fp + pc->a, pc);
  uint64_t *frame = vm_reserve(w, fp + pc->a, DEFER_FRAME);
  if (!frame) return vm_stack_overflow(w);
  fp = frame - pc->a;
  frame[0] = (uint64_t)(uintptr_t)pc;
  frame[1] = 0;
  w->g->fp = frame;
  w->g->pc = vm_defer_link;
  return vm_call_deferred(w, fp, slot, frame + DEFER_FRAME, vm_defer_link);
}

// fp: the link frame.
VmResult slow_nextdefer(Worker *w, uint64_t *fp, const Instr *pc) {
  const Instr *run = (const Instr *)(uintptr_t)fp[0];
  uint64_t *frame = fp - run->a;
  uint32_t slot = run[1].s0;
  if (frame[slot]) return vm_call_deferred(w, frame, slot, fp + DEFER_FRAME, vm_defer_link);
  w->g->fp = frame;
  w->g->pc = run + 2;
  return VM_RELOAD;
}
