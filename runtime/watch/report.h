// What the user reads of data races, in the format of Go's detector.
#ifndef WATCH_REPORT_H
#define WATCH_REPORT_H

#include "base/text.h"
#include "vm/runtime.h"
#include "watch/race.h"

enum { REPORT_STATUS = 66 }; // exit status of a run with races

typedef struct Report Report;

Report *report_new(const Program *p);
void report_free(Report *r); // NULL: nothing
// A race that was not reported before, on worker w, whose running goroutine made the access `now`. The detector calls it for one
// race at a time, each pair of places once, in the order found.
void report_race(Report *r, Worker *w, const Race *race);
// The text of it.
void report_print(StrBuf *out, const Program *p, const Race *race);
// The run has ended with `status`: says how many races there were. Returns the status to exit with.
int report_end(Report *r, Runtime *rt, int status);

#endif
