// The schedule policy: who runs next, and what time it is. One table for the whole scheduler, chosen at its start:
//
//   policy_parallel   N workers, each with a private next goroutine and a ring that others steal from; the machine's clock
//   policy_seeded     one worker; the next goroutine is drawn by a seeded generator; a virtual clock that moves on when all
//                     sleep: the same seed gives the same run
//
// Everything that blocks, and all time, goes through here, so an explorer is one more table.
#ifndef SCHED_POLICY_H
#define SCHED_POLICY_H

#include "sched/goroutine.h"

// Why a goroutine became runnable: it decides where it goes.
typedef enum {
  READY_WOKEN,   // by what the running goroutine did: runs next on this worker
  READY_SPAWNED, // new: likewise
  READY_YIELDED, // gave way: behind all others
  READY_FIRED,   // by a timer, descriptor or finished call: in order, behind those already waiting
} ReadyWhy;

typedef struct Policy {
  const char *name;
  bool virtual_time;
  bool one_worker;
  bool keeps_next;                                         // what becomes ready goes to Worker.runnext if that is empty, without asking `ready`
  void (*free)(Sched *s);                                  // what it keeps in Sched; may be NULL
  void (*ready)(Worker *w, Goroutine *g, ReadyWhy why);    // g became runnable; w: the calling worker
  Goroutine *(*next)(Worker *w);                           // local choice, without blocking; NULL: nothing at hand
  Goroutine *(*find)(Worker *w);                           // look everywhere and sleep if need be; NULL: the run has ended
  bool (*tick)(Worker *w, int64_t now, bool fired);        // housekeeping at a tick, sets w->budget; true: the running goroutine should give way
                                                           // (fired: a timer or descriptor has just made some ready)
  int64_t (*now)(Sched *s);                                // monotonic, ns
  int64_t (*wall)(Sched *s);                               // ns since 1970
} Policy;

extern const Policy policy_parallel, policy_seeded;

#endif
