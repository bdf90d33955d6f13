// The data-race detector: listens to a run of one Program, and reports accesses that nothing orders.
//
// It goes by what happened before what (vector clocks, clock.h), not by luck: a race of the schedule that ran is found, whenever its
// two accesses were, and nothing else is reported. One at a time in a process, since there is one heap.
#ifndef WATCH_DETECTOR_H
#define WATCH_DETECTOR_H

#include "vm/observer.h"
#include "watch/report.h"

typedef struct Detector Detector;

// False: the system does not give the address space for one; a limit may be set (ulimit -v).
bool detector_is_possible(void);
// Before the Runtime, whose RuntimeOptions.observer it gives. The program was compiled with exact_calls. The report is the caller's.
// solitude: the run begins with one goroutine, and nothing is remembered before there are two.
Detector *detector_new(const Program *program, Report *report, bool solitude);
const Observer *detector_observer(const Detector *d);
// When nobody listens any more (runtime_watch): forget all that happened, and give the memory back. Listened with again, it thinks
// that all of it happened before whatever comes. Races that were reported are not reported again.
void detector_forget(Detector *d); // NULL: nothing
// A session's: much of what is remembered keeps code that would be gone otherwise, so it is time to forget. Any thread.
bool detector_is_full(const Detector *d);
void detector_remember_more(Detector *d); // twice as much makes it full
// After the Runtime.
void detector_free(Detector *d); // NULL: nothing

#endif
