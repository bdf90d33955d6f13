// The data-race detector: listens to a run of one Program, and reports accesses that nothing orders.
//
// It goes by what happened before what (vector clocks, clock.h), not by luck: a race of the schedule that ran is found, whenever its
// two accesses were, and nothing else is reported. One at a time in a process, since there is one heap.
#ifndef WATCH_DETECTOR_H
#define WATCH_DETECTOR_H

#include "vm/observer.h"
#include "watch/report.h"

typedef struct Detector Detector;

// Before the Runtime, whose RuntimeOptions.observer it gives. The program was compiled with exact_calls. The report is the caller's.
Detector *detector_new(const Program *program, Report *report);
const Observer *detector_observer(const Detector *d);
// After the Runtime.
void detector_free(Detector *d); // NULL: nothing

#endif
