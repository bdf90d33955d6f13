// An observer of a run: the race detector, and whatever else listens. It gives the loop to run: loop_observed, which calls the functions
// below for every access to memory that goroutines can share, or one of its own that has part of them inside. The plain loop has
// none of it.
//
// read and write are called before the access, on the worker that runs w->g, with the instruction that does it (for a native: its
// NATIVE instruction); w->g->fp is the frame. A pair is one access of 16 bytes.
#ifndef VM_OBSERVER_H
#define VM_OBSERVER_H

#include <stddef.h>

#include "sched/worker.h"

typedef struct Observer {
  void (*loop)(Worker *w);
  const struct StencilSet *stencils; // of that loop, if it runs machine code (loop.inc's RUN)
  void (*start)(Worker *w); // a worker is there: set its watch and watcher; may be NULL, as stop
  void (*stop)(Worker *w);
  void (*adopt)(Worker *w, Goroutine *g); // it was there before the observer: runtime_watch. No goroutine runs, w is worker 0. May be NULL
  void (*read)(Worker *w, const Instr *pc, const void *address, size_t size);
  void (*write)(Worker *w, const Instr *pc, const void *address, size_t size);
  void (*enter)(Worker *w, const Instr *call, const Function *callee); // a call; before the callee's first instruction. May be NULL for
                                                                       // a loop that does not tell
  void (*leave)(Worker *w);                                            // a return; likewise
} Observer;

#endif
