// A goroutine: a small collected object. The interpreter's state of a goroutine that is not running is all in here, so
// any worker may go on with it: nothing of it is on a C stack.
//
// Rule of parking: an op or native saves fp and pc (of the NEXT instruction) into the goroutine BEFORE it queues it on
// anything, because another worker may resume it the moment the object's lock is released; after that the old worker
// does not touch it. Whoever wakes it writes results (received value, ok, chosen case) straight into the parked frame,
// whose address is stable while parked.
#ifndef SCHED_GOROUTINE_H
#define SCHED_GOROUTINE_H

#include <stdatomic.h>
#include <stdint.h>

#include "heap/heap.h"

typedef struct Goroutine Goroutine;
typedef struct Worker Worker;
typedef struct Sched Sched;
typedef struct Waiter Waiter;

typedef enum {
  G_IDLE, G_RUNNABLE, G_RUNNING, G_WAITING, G_DEAD,
} GStatus;

// What a waiting goroutine waits for; wait_reason_text gives Go's words ("chan receive", "select (no cases)", "sync.Mutex.Lock" ...).
typedef enum {
  WAIT_NONE, WAIT_CHAN_RECV, WAIT_CHAN_SEND, WAIT_CHAN_RECV_NIL, WAIT_CHAN_SEND_NIL, WAIT_SELECT, WAIT_SELECT_EMPTY,
  WAIT_SLEEP, WAIT_MUTEX, WAIT_RWMUTEX_R, WAIT_RWMUTEX_W, WAIT_WAITGROUP, WAIT_COND, WAIT_SEMACQUIRE, WAIT_IO, WAIT_BLOCKING_CALL,
} WaitReason;
const char *wait_reason_text(WaitReason reason);

// A pending deferred call of a frame; newest first.
typedef struct Defer {
  struct Defer *next;
  Closure *closure;
  uint32_t slots;        // argument slots
  uint32_t frame;        // fp - stack of the deferring frame, in slots (for the unwinder)
  uint64_t args[];
} Defer;

// A panic in progress; newest first.
typedef struct Panic {
  struct Panic *next;
  Iface value;
  uint32_t frame;        // frame whose deferred call runs now
  bool recovered, aborted, is_exit; // is_exit: runtime.Goexit
} Panic;

struct Goroutine {
  // --- the interpreter's; owner: the worker that runs it
  uint64_t *fp;
  const Instr *pc;
  uint64_t *stack;              // heap object of its own (or inline for the first), stack_end = end of usable slots
  uint64_t *stack_end;
  Panic *panic;
  uint32_t defer_depth;
  uint8_t wake_action;          // what to do on resume instead of going on: 0 nothing, 1 panic "send on closed channel" ... (vm)

  // --- the scheduler's
  uint8_t wait_reason;          // WaitReason
  _Atomic uint8_t status;       // GStatus
  uint64_t id;                  // as Go numbers them: main is 1
  Goroutine *next;              // link of the one queue it is in
  Goroutine *all_prev, *all_next; // list of all goroutines (traces)
  const Instr *created_at;      // pc of the go statement; NULL for main
  uint64_t creator;             // id of the goroutine that ran it
  Waiter *waiters;              // what it waits on; first one is inline in the allocation
  void *watch;                  // observers' own (race clock ...)
};

#endif
