// What the observed loop tells: the race detector, tracer and explorer are such tables. The plain loop has none of it.
//
// access and its kin are called before a read and before a write, on the worker that runs w->g, with the instruction
// that does it (for a native: its NATIVE instruction). A pair is one access of 16 bytes.
#ifndef VM_OBSERVER_H
#define VM_OBSERVER_H

#include <stddef.h>

#include "sched/worker.h"

typedef struct Observer {
  void (*read)(Worker *w, const Instr *pc, const void *address, size_t size);
  void (*write)(Worker *w, const Instr *pc, const void *address, size_t size);
  void (*enter)(Worker *w, const Instr *call, const Function *callee); // a call; before the callee's first instruction
  void (*leave)(Worker *w);                                            // a return, also of frames a panic unwinds
  void (*allocate)(Worker *w, const void *address, size_t size);       // before the address is known to anyone
} Observer;

#endif
