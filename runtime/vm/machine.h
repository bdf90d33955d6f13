// Machine code for what runs often: the loop's bodies (stencils.c), copied one behind the other.
#ifndef VM_MACHINE_H
#define VM_MACHINE_H

#include <stdatomic.h>

#include "bytecode/program.h"
#include "vm/vm.h"

// Runs w->g from the code on, until something needs the loop. The state is the loop's, and `own` what that kind of loop has besides;
// w->g->fp, w->g->pc and w->budget are in place afterwards.
VmResult machine_run(Worker *w, uint64_t *fp, uint64_t *below, uint64_t *limit, int32_t budget, void *own, const void *code);

// For that kind of loop; NULL: none yet. Acquire: the code that it points to is complete.
static inline const void *function_machine(const Function *f, int kind) { return atomic_load_explicit(&f->machine[kind], memory_order_acquire); }

// The code for w->g at its pc, NULL: none. At a tick: counts, and makes code for a function that was found often enough.
const void *machine_at(Worker *w);

// A goroutine is taken up at pc, w->g's. The places where that happens often are known by heart, NULL: not this one, or it has no machine code.
const void *machine_entry_slow(Worker *w);
static inline const void *machine_entry(Worker *w, const Instr *pc) {
  enum { PERIOD = 16 };
  const struct MachineEntry *e = &w->entries[(uintptr_t)pc / sizeof *pc % MACHINE_ENTRIES];
  if (LIKELY(e->pc == pc)) return e->code;
  if (LIKELY(--w->until_entry >= 0)) return NULL;
  w->until_entry = PERIOD;
  return machine_entry_slow(w);
}

// --- how machine code returns to the loop. What they are given lies where machine code has it anyway: the compiler would begin each body by
// moving it to where a function at its end wants it.
// The budget has run out before the instruction at pc.
VmResult machine_tick(Worker *w, uint64_t *fp, uint64_t *below, uint64_t *limit, int32_t budget, const Instr *pc) __attribute__((cold));
// The loop goes on at pc.
VmResult machine_leave(Worker *w, uint64_t *fp, uint64_t *below, uint64_t *limit, int32_t budget, const Instr *pc) __attribute__((cold));
// So it does in the function whose frame fp is, which has no machine code yet.
VmResult machine_absent(Worker *w, uint64_t *fp, uint64_t *below, uint64_t *limit, int32_t budget, const Function *f) __attribute__((cold));
// The instruction at pc panics, or is a call that needs more than its short way; whatever, it goes on elsewhere.
VmResult machine_fail(Worker *w, uint64_t *fp, SlowFn *fn, uint64_t *limit, int32_t budget, const Instr *pc) __attribute__((cold));

#endif
