// Finalizers: functions that are called with objects which nothing else refers to any more (runtime.SetFinalizer). The collector finds the
// objects (heap.h); one goroutine at a time calls the functions, one after the other. It comes into being when there is something to
// finalize and ends when there is nothing left, so a program that waits for ever is still told so.
#ifndef VM_FINALIZER_H
#define VM_FINALIZER_H

#include "vm/runtime.h"

// Those of the run; runner, of the first call: the gol function that the goroutine runs.
Finalizers *finalizers_of(Worker *w, Closure *runner);
// When `object`, a pointer of type t at the beginning of an object of the heap, is garbage, fn is to be called with it: a function of
// signature sig, whose one parameter takes it. fn NULL: no function any more. False: it has one.
bool finalizers_set(Worker *w, Finalizers *all, void *object, const RType *t, Closure *fn, const RType *sig);
// The runner's: a func() that makes the next call. NULL: there is none, and the runner must end.
Closure *finalizers_next(Worker *w, Finalizers *all);
// The scheduler's hook: starts the runner if there is something to do.
void finalizers_attend(Worker *w);
// The run is over: the scheduler is about to go, though workers may still be on their way to their last tick; and no worker is left.
void finalizers_end(Runtime *rt);
void finalizers_free(Runtime *rt);

#endif
