// Channels. fp and pc are saved, so the goroutine may park (sched/goroutine.h).
#include "vm/vm.h"

static uint64_t *slot_or_null(uint64_t *fp, uint32_t slot) { return slot == ABSENT ? NULL : &fp[slot]; }

static VmResult fail(Worker *w, const Instr *pc, ChanResult result) {
  switch (result) {
  case CHAN_CLOSED: return panic_error(w, pc, ERROR_PLAIN, "%s", pc->op == OP_CLOSE ? "close of closed channel" : "send on closed channel");
  case CHAN_NIL: return panic_error(w, pc, ERROR_PLAIN, "close of nil channel");
  default: return VM_SWITCH;
  }
}

VmResult slow_chan_new(Worker *w, uint64_t *fp, const Instr *pc) {
  Chan *c = chan_new(w->heap, pc[1].ptr, (int64_t)fp[pc->b]);
  if (!c) return panic_error(w, pc, ERROR_PLAIN, "makechan: size out of range");
  fp[pc->a] = (uint64_t)(uintptr_t)c;
  return VM_NEXT;
}

// A send counts as a read of the channel and close as a write, as in Go: nothing orders the two by themselves.
VmResult slow_send(Worker *w, uint64_t *fp, const Instr *pc) {
  if (fp[pc->a]) observe_read(w, pc, (void *)(uintptr_t)fp[pc->a], 8);
  ChanResult result = chan_send(w, (Chan *)(uintptr_t)fp[pc->a], &fp[pc->b]);
  return result == CHAN_DONE ? VM_NEXT : fail(w, pc, result);
}

VmResult slow_recv(Worker *w, uint64_t *fp, const Instr *pc) {
  ChanResult result = chan_recv(w, (Chan *)(uintptr_t)fp[pc->b], slot_or_null(fp, pc->a), NULL);
  return result == CHAN_DONE ? VM_NEXT : fail(w, pc, result);
}

VmResult slow_recv2(Worker *w, uint64_t *fp, const Instr *pc) {
  ChanResult result = chan_recv(w, (Chan *)(uintptr_t)fp[pc->b], slot_or_null(fp, pc->a), slot_or_null(fp, pc->c));
  return result == CHAN_DONE ? VM_NEXT : fail(w, pc, result);
}

// The jump of a TRYSEND or TRYRECV whose operation would block after all.
static VmResult jump(Worker *w, const Instr *pc) {
  w->g->pc = pc + (int16_t)pc->c;
  return VM_RELOAD;
}

VmResult slow_try_send(Worker *w, uint64_t *fp, const Instr *pc) {
  ChanResult result = chan_try_send(w, (Chan *)(uintptr_t)fp[pc->a], &fp[pc->b]);
  return result == CHAN_DONE ? VM_NEXT : result == CHAN_WOULD_BLOCK ? jump(w, pc) : fail(w, pc, result);
}

VmResult slow_try_recv(Worker *w, uint64_t *fp, const Instr *pc) {
  ChanResult result = chan_try_recv(w, (Chan *)(uintptr_t)fp[pc->b], slot_or_null(fp, pc->a), slot_or_null(fp, pc[1].s0));
  return result == CHAN_DONE ? VM_NEXT : jump(w, pc);
}

VmResult slow_close(Worker *w, uint64_t *fp, const Instr *pc) {
  if (fp[pc->a]) observe_write(w, pc, (void *)(uintptr_t)fp[pc->a], 8);
  ChanResult result = chan_close(w, (Chan *)(uintptr_t)fp[pc->a]);
  return result == CHAN_DONE ? VM_NEXT : fail(w, pc, result);
}

VmResult slow_select(Worker *w, uint64_t *fp, const Instr *pc) {
  ChanResult result = select_run(w, fp, pc);
  return result == CHAN_DONE ? VM_NEXT : fail(w, pc, result);
}
