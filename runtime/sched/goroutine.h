// A goroutine: a small collected object. The interpreter's state of a goroutine that is not running is all in here, so
// any worker may go on with it: nothing of it is on a C stack.
//
// Rule of parking: an op or native saves fp and pc (of the NEXT instruction) into the goroutine BEFORE it queues it on
// anything, because another worker may resume it the moment the object's lock is released; after that the old worker
// does not touch it. Whoever wakes it writes results (received value, ok, chosen case) straight into the parked frame,
// whose address is stable while parked.
//
//   +--------------------+ 0
//   | interpreter, ids   |
//   | waiter             |   for the usual case of waiting on one thing
//   +--------------------+ 160
//   | first stack        |   30 slots; a bigger stack is an object of its own
//   +--------------------+ 400
//
// All goroutines that were ever made are in the registry (registry.h), which keeps them alive; finished ones are used again.
#ifndef SCHED_GOROUTINE_H
#define SCHED_GOROUTINE_H

#include <stdatomic.h>
#include <stdint.h>

#include "heap/heap.h"
#include "heap/value.h"
#include "sched/waiter.h"

typedef struct Sched Sched;

enum {
  GOROUTINE_SIZE = 400,                   // ten in a 4 KB block of libgc
  GOROUTINE_STACK_MAX = 1 << 26,          // slots of the biggest stack (512 MB; the VM reports Go's limit of 1000000000 bytes)
};

typedef enum {
  G_IDLE,     // new or to be used again; not visible to anyone
  G_RUNNABLE, // in one run queue
  G_RUNNING,  // on a worker: fp and pc here are stale
  G_WAITING,  // parked: fp and pc are valid
  G_DEAD,     // finished, in a list of free goroutines
} GStatus;

// What a waiting goroutine waits for; wait_reason_text gives Go's words ("chan receive", "select (no cases)", "sync.Mutex.Lock" ...).
typedef enum {
  WAIT_NONE, WAIT_CHAN_RECV, WAIT_CHAN_SEND, WAIT_CHAN_RECV_NIL, WAIT_CHAN_SEND_NIL, WAIT_SELECT, WAIT_SELECT_EMPTY,
  WAIT_SLEEP, WAIT_MUTEX, WAIT_RWMUTEX_R, WAIT_RWMUTEX_W, WAIT_WAITGROUP, WAIT_COND, WAIT_SEMACQUIRE, WAIT_IO, WAIT_BLOCKING_CALL,
  WAIT_REASONS,
} WaitReason;
const char *wait_reason_text(WaitReason reason);

// What the loop does on resuming a goroutine, before it goes on at pc (Goroutine.wake_action).
typedef enum {
  WAKE_NONE,
  WAKE_SEND_CLOSED, // the channel it was sending on was closed: panic "send on closed channel"
  WAKE_RETRY,       // the native returns NATIVE_RETRY: it is called again with the same frame. Set by what parks the goroutine
                    // (sync.c, poller.c) together with the status, as nobody may touch it after that
  WAKE_CANCEL,      // sched_cancel: it ends as by runtime.Goexit
} WakeAction;

// A pending deferred call of a frame; newest first. It lies in the frame itself, if its statement runs once at most, or on the heap. What
// refers to it is the slot of the frame, times 2 plus 1, or its address; 0: none.
typedef struct Defer {
  uint64_t next;
  Closure *closure;
  uint64_t slots;        // argument slots
  uint64_t args[];
} Defer;
_Static_assert(sizeof(Defer) == DEFER_HEAD * 8, "the compiler keeps room for it");
static inline bool defer_in_frame(uint64_t reference) { return reference & 1; }
static inline Defer *defer_at(uint64_t *fp, uint64_t reference) {
  return (Defer *)(defer_in_frame(reference) ? fp + (reference >> 1) : (uint64_t *)(uintptr_t)reference);
}

// A panic in progress; newest first. The VM's (vm/panic.c). Positions are slots from the start of the stack, which may move.
typedef struct Panic {
  struct Panic *next;
  Iface value;
  String text;                  // what value.Error() or String() gave, once the panic is being printed
  const Function *function;     // whose deferred call runs now
  uint32_t frame;               // its frame
  uint32_t at;                  // the panic's own frame, above the frame that panicked
  bool recovered, aborted;
  bool is_exit;                 // runtime.Goexit
  bool signal;                  // Go's would come from a SIGSEGV
  bool printing, has_text;
} Panic;

struct Goroutine {
  // --- the interpreter's; owner: the worker that runs it
  uint64_t *fp;                 // first: libgc chains free objects through the first word, and it is marked
  const Instr *pc;
  uint64_t *stack;              // first_stack, or a pointer-free object of its own that only goroutine_mark looks into
  uint64_t *stack_end;          // end of usable slots
  Panic *panic;
  uint32_t defer_depth;
  uint8_t wake_action;          // WakeAction; set before it is made ready

  // --- the scheduler's
  uint8_t wait_reason;          // WaitReason; valid while G_WAITING
  _Atomic uint8_t status;       // GStatus; relaxed: read by others only for reports, and by the collector with the world stopped
  bool is_main;
  uint64_t id;                  // as Go numbers them: main is 1
  Goroutine *next;              // link of the one queue or list it is in
  const Instr *created_at;      // pc of the go statement; NULL for main and for goroutines of timers
  uint64_t creator;             // id of the goroutine that ran it
  void *watch;                  // observers' own (race clock ...), marked; stays with a finished goroutine for the next
  WaitSet *set;                 // waiters of its selects, NULL before the first that blocks
  _Atomic uint32_t claim;       // 0: its set's waiters may fire; 1: one has. See waiter.h
  uint16_t retries;             // sync: how often a retried lock lost the race, see sync.c
  bool handed;                  // sync: the lock was passed to it
  _Atomic bool cancelled;       // to end at its next tick or wait: see cancel.c
  Waiter waiter;                // for waiting on one thing
  uint64_t first_stack[] __attribute__((aligned(16)));
};

enum { GOROUTINE_FIRST_SLOTS = (GOROUTINE_SIZE - sizeof(Goroutine)) / 8 };
_Static_assert(sizeof(Goroutine) == 160 && GOROUTINE_SIZE % 16 == 0, "the first stack is 16-byte aligned and 30 slots long");

// The stack is this one from now on, whose contents are in place. In one store, since the collector may stop a thread between any two instructions, and looks
// into the stacks of running goroutines as well.
static inline void goroutine_move(Goroutine *g, uint64_t *stack, uint64_t slots) {
  _Static_assert(offsetof(Goroutine, stack) % 16 == 0 && offsetof(Goroutine, stack_end) == offsetof(Goroutine, stack) + 8, "a pair");
  uint64_t used = (uint64_t)(g->fp - g->stack);
  atomic_signal_fence(memory_order_seq_cst);
  pair_put(&g->stack, pair_of((uintptr_t)stack, (uintptr_t)(stack + slots)));
  g->fp = stack + used;
}
// Make room for `slots` more slots above fp: a stack of at least twice the size, with the contents moved; g->fp, g->stack and
// g->stack_end change, so save fp before and load it after. Nothing else may point into the stack. False: the limit is
// reached (stack overflow). Owner only.
bool goroutine_grow(Worker *w, Goroutine *g, uint32_t slots);

static inline GStatus goroutine_status(const Goroutine *g) {
  return (GStatus)atomic_load_explicit(&((Goroutine *)g)->status, memory_order_relaxed);
}

#endif
