// The scheduler's dealings with libgc: goroutines are objects of a kind of their own, and threads that sleep are not signalled.
#ifndef SCHED_COLLECTOR_H
#define SCHED_COLLECTOR_H

#include "sched/goroutine.h"

// Register the kind with libgc. Any number of times, any thread.
void collector_init(void);
// Forget what was learnt about code addresses, before a Program is freed.
void collector_forget(void);
// A chain of new zeroed goroutines, linked through their first word; its last link is NULL.
void *collector_new_goroutines(void);
// Call fn(argument), which sleeps and touches no collected memory: a collection does not wait for this thread meanwhile.
void collector_blocking(void *(*fn)(void *), void *argument);

#endif
