// The interpreter's inside: what the loop, its slow paths and the panic machinery share.
//
//   loop_plain.c, loop_observed.c    the loop twice, from loop.inc and the bodies in ops.inc, ops_fused.inc
//   machine.c, stencils.inc, stencils.py             machine code out of the same bodies
//   call.c, memory.c, text.c, convert.c, container.c, interface.c, concurrent.c    what is too big for a handler
//   panic.c, error.c, death.c, trace.c    panics, their texts, the end, stack traces
//   runtime.c, host.c, native.c, debug.c  the run around it
//
// State of a running goroutine: fp and pc are in registers of the loop; w->g->fp and w->g->pc are valid only inside a
// SlowFn. A HelpFn computes a result into the frame and can neither panic, park, nor move the stack.
#ifndef VM_VM_H
#define VM_VM_H

#include <smmintrin.h>

#include "bytecode/op.h"
#include "heap/heap.h"
#include "heap/value.h"
#include "sched/chan.h"
#include "sched/contention.h"
#include "sched/sched.h"
#include "sched/sync.h"
#include "vm/atomic.h"
#include "vm/observer.h"
#include "vm/runtime.h"

#define LIKELY(x)   __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

enum { ABSENT = 0xffff }; // as an operand: no such slot

// What the loop does after a slow path. fp and pc of the next instruction were saved in w->g before it.
typedef enum {
  VM_NEXT,   // done: go on after the instruction; the stack has not moved
  VM_RELOAD, // go on with w->g at its fp and pc: a call was entered, a panic runs, the stack has moved
  VM_SWITCH, // w->g is parked: take another goroutine
  VM_TAKEN,  // the scheduler has chosen: go on with w->g; NULL: return to it
  VM_JUMP,   // MAPNEXT: to its end
  VM_TICK,   // machine code: the budget has run out
} VmResult;
typedef VmResult SlowFn(Worker *w, uint64_t *fp, const Instr *pc);
typedef void HelpFn(Worker *w, uint64_t *fp, const Instr *pc);

// Interpret w->g, and what the scheduler gives after it, until there is none.
void loop_plain(Worker *w);
void loop_observed(Worker *w);

// Code of the interpreter's own that calls made by it return to: a call instruction with the distance between the
// frames, its second word, and what happens then. (The fourth word is there so that a saved pc behind it is still in it.)
enum { VM_LINK = 4 };
extern const Instr vm_bottom[VM_LINK];     // under a goroutine's first frame (SchedHooks.bottom)
extern const Instr vm_defer_link[VM_LINK]; // calls from RUNDEFERS, when there is more than one
extern const Instr vm_panic_link[VM_LINK]; // deferred calls while panicking
extern const Instr vm_print_link[VM_LINK]; // Error and String of a value that ends the run

// --- call.c
SlowFn slow_call;      // CALL, CALLC, CALLI in all their cases: nil, growth of the stack, receivers
SlowFn slow_tick;      // the budget has run out; pc is where to go on
SlowFn slow_exit;      // EXITG
SlowFn slow_wake;      // wake_action is set
SlowFn slow_go, slow_defer, slow_rundefers, slow_nextdefer;
// Enter function `f` with its frame at fp: the header is written, arguments are there. Grows the stack. `link` is
// the call instruction to return to; closure may be NULL.
VmResult vm_enter(Worker *w, uint64_t *fp, const Function *f, const Closure *closure, const Instr *link);
// At least `slots` slots from fp on; w->g->fp may be anything below. Returns fp, moved with the stack; NULL: overflow.
uint64_t *vm_reserve(Worker *w, uint64_t *fp, uint32_t slots);
VmResult vm_stack_overflow(Worker *w);
// Pops the newest call deferred by the frame at fp and enters it with its frame at `at`, to return to link.
VmResult vm_call_deferred(Worker *w, uint64_t *fp, uint32_t defer_slot, uint64_t *at, const Instr *link);
enum { DEFER_FRAME = 2 };           // slots between the frame of that code and the call

// --- memory.c
SlowFn slow_index;     // an index is out of range: which, says the instruction
SlowFn slow_slice, slow_slice_any, slow_slice_array, slow_slice_string, slow_slice_pointer;
SlowFn slow_append, slow_append_slice, slow_append_string, slow_make_slice;
HelpFn help_copy, help_copy_string, help_clear;
HelpFn help_new, help_closure;
HelpFn help_move_memory;    // COPYM
void vm_copy_memory(void *to, const void *from, size_t size); // pairs whole
// The same; small blocks of whole words here.
static inline void copy_block(void *to, const void *from, size_t size) {
  enum { SMALL = 64 };
  uintptr_t bits = (uintptr_t)to | (uintptr_t)from | size;
  if (size > SMALL || (bits & 7) || !(bits & 15)) {
    vm_copy_memory(to, from, size);
    return;
  }
  volatile uint64_t *t = to; // no memcpy of it
  const uint64_t *f = from;
  for (size_t i = 0; i < size / 8; i++) t[i] = f[i];
}
// 2 to 4 words, by words: a wider load right behind narrow stores would wait for them. May overlap.
static inline __attribute__((always_inline)) void copy_words(void *to, const void *from, int n) {
  volatile uint64_t *t = to; // no wider
  const volatile uint64_t *f = from;
  uint64_t x = f[0], y = f[1], z = n > 2 ? f[2] : 0, u = n > 3 ? f[3] : 0;
  t[0] = x, t[1] = y;
  if (n > 2) t[2] = z;
  if (n > 3) t[3] = u;
}
void vm_move_memory(void *to, const void *from, size_t size); // likewise, may overlap
void vm_clear_memory(void *p, size_t size);                   // likewise

// --- text.c
HelpFn help_concat, help_concat_many, help_string_to_bytes, help_bytes_to_string, help_string_to_runes, help_runes_to_string, help_rune_to_string;
HelpFn help_range_rune; // RANGESTR where a rune of several bytes begins

// --- convert.c: arithmetic that C does not have as Go has it
// roundsd: keeps NaN, infinities and the sign of zero.
#define float_round(d, mode) _mm_cvtsd_f64(_mm_round_sd(_mm_setzero_pd(), _mm_set_sd(d), (mode) | _MM_FROUND_NO_EXC))
double float_min(double a, double b);
double float_max(double a, double b);
uint64_t float_to_uint(double d);
HelpFn help_complex_divide;

// --- container.c: maps
HelpFn help_map_new, help_map_iter;
SlowFn slow_map_get, slow_map_get2, slow_map_set, slow_map_delete, slow_map_clear, slow_map_next;

// --- interface.c
HelpFn help_make_iface, help_unbox;
SlowFn slow_iface_equal, slow_block_equal, slow_assert, slow_assert_iface, slow_assert2, slow_assert_iface2;

// --- concurrent.c: channels
SlowFn slow_chan_new, slow_send, slow_recv, slow_recv2, slow_close, slow_try_send, slow_try_recv, slow_select;

// --- panic.c. pc: of the instruction that panics; w->g->fp is its frame.
VmResult panic_start(Worker *w, const Instr *pc, Iface value);
VmResult panic_signal(Worker *w, const Instr *pc); // nil dereference
VmResult panic_exit(Worker *w, const Instr *pc);   // runtime.Goexit
SlowFn slow_panic, slow_nil, slow_divide, slow_shift, slow_trap, slow_nextpanic, slow_nextprint;
HelpFn help_recover;
enum { PANIC_FRAME = 4 };  // slots of a panic's own frame: link, -, slots down to the frame that panicked, pc there

// --- error.c: run-time errors as values, with Go's texts
VmResult panic_error(Worker *w, const Instr *pc, ErrorType type, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
Iface error_value(Worker *w, ErrorType type, const char *text, size_t len);

// --- death.c: the end of a run
VmResult vm_fatal(Worker *w, const char *text);       // "fatal error: text" and every goroutine
VmResult death_by_panic(Worker *w, const Panic *panics); // "panic: ..." and this goroutine
VmResult death_by_exit(Worker *w, int status);        // os.Exit
void death_by_deadlock(Runtime *rt, SchedEnd end);
VmResult vm_die(Worker *w);                           // after the run has ended: never runs again

// --- debug.c
DebugFlags debug_flags(const char *text);
void debug_move_stack(Worker *w);

static inline uint64_t *panic_frame(const Goroutine *g, const Panic *p) { return g->stack + p->at; }

// A pair into its slots with one 16-byte store, which a 16-byte load right behind it can be served from.
static inline void put_pair(uint64_t *slot, uint64_t lo, uint64_t hi) {
  pair_put(slot, pair_of(lo, hi));
}
static inline void put_string(uint64_t *slot, String s) { put_pair(slot, (uint64_t)(uintptr_t)s.ptr, s.len); }
static inline void put_slice(uint64_t *slot, Slice s) { put_pair(slot, (uint64_t)(uintptr_t)s.ptr, (uint64_t)s.len | (uint64_t)s.cap << 32); }
static inline void put_iface(uint64_t *slot, Iface i) { put_pair(slot, (uint64_t)(uintptr_t)i.type, i.word); }

static inline float slot_float32(uint64_t s) {
  uint32_t bits = (uint32_t)s;
  float f;
  memcpy(&f, &bits, 4);
  return f;
}
static inline uint64_t float32_slot(float f) {
  uint32_t bits;
  memcpy(&bits, &f, 4);
  return bits;
}

static inline void observe_read(Worker *w, const Instr *pc, const void *address, size_t size) {
  const Observer *o = worker_runtime(w)->observer;
  if (UNLIKELY(o != NULL)) o->read(w, pc, address, size);
}
static inline void observe_write(Worker *w, const Instr *pc, const void *address, size_t size) {
  const Observer *o = worker_runtime(w)->observer;
  if (UNLIKELY(o != NULL)) o->write(w, pc, address, size);
}

#endif
