// A second thread that takes work off the first one: it does the jobs it is given one after another, in their order.
//
// A Helper and its jobs have one owner, the thread that gives them. What a job writes is the helper's from helper_give to
// helper_wait; what it reads must not change in that time. The thread begins with the first job, so a Helper that gets none
// costs nothing.
#ifndef BASE_HELPER_H
#define BASE_HELPER_H

#include <stdbool.h>

typedef struct HelperJob HelperJob;
struct HelperJob {
  void (*run)(HelperJob *job); // may free the job, or hand it back to its owner
  HelperJob *next;             // the helper's
};

typedef struct Helper {
  enum { HELPER_NEW, HELPER_WORKS, HELPER_CANNOT } state;
  struct HelperThread *thread; // if it works
  HelperJob *late;
} Helper;

void helper_init(Helper *h);
// Waits for all jobs but the late ones.
void helper_deinit(Helper *h);

// Whether there is a processor for the thread: without one it is better to do the work oneself.
bool helper_is_possible(Helper *h);
// Where the system gives no thread, the job is done now.
void helper_give(Helper *h, HelperJob *job);
// The job is begun some time after h is deinitialised, in its turn, and nobody waits for it: what it reads and writes must be its own. For what is to be freed.
void helper_give_late(Helper *h, HelperJob *job);
// Does not let the thread sleep until there are more jobs.
void helper_hurry(Helper *h);
// All jobs given so far are done, but for the late ones, and what they have written can be seen.
void helper_wait(Helper *h);

#endif
