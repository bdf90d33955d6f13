// What the user reads of data races, in the format of Go's detector.
#ifndef WATCH_REPORT_H
#define WATCH_REPORT_H

#include "base/text.h"
#include "vm/runtime.h"
#include "watch/race.h"

// What GORACE says to Go's detector, and the form.
typedef struct ReportOptions {
  bool json;             // one line of JSON a race instead of text
  bool halt_on_error;    // the first race ends the run
  const char *log_path;  // reports go to log_path.PID; NULL: standard error, as does "stderr"; "stdout": standard output
  int exit_code;         // of a run with races that ended well otherwise
} ReportOptions;

enum { REPORT_STATUS = 66 }; // the exit code unless told
static const ReportOptions report_defaults = {.exit_code = REPORT_STATUS};

// Reads options as GORACE has them ("halt_on_error=1 log_path=x exitcode=3"), over those in *o. Other names, of which Go's detector
// has dozens, are passed over. NULL, or the word that is wrong. The value of log_path is malloc'ed and never freed.
const char *report_read_options(ReportOptions *o, const char *text);

typedef struct Report Report;

Report *report_new(const Program *p, const ReportOptions *options);
void report_free(Report *r); // NULL: nothing
// A race that was not reported before, on worker w, whose running goroutine made the access `now`. The detector calls it for one
// race at a time, each pair of places once, in the order found.
void report_race(Report *r, Worker *w, const Race *race);
// The text of it, and as one line of JSON.
void report_print(StrBuf *out, const Program *p, const Race *race);
void report_print_json(StrBuf *out, const Program *p, const Race *race);
// The run has ended with `status`: says how many races there were. Returns the status to exit with: that of a panic or fatal error stays.
int report_end(Report *r, Runtime *rt, int status);

#endif
