// A second thread that takes work off the first one: it does the jobs it is given one after another, in their order.
//
// A Helper and its jobs have one owner, the thread that gives them. What a job writes is the helper's from helper_give to
// helper_wait; what it reads must not change in that time. The thread begins with the first job, so a Helper that gets none
// costs nothing.
#ifndef BASE_HELPER_H
#define BASE_HELPER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct HelperJob HelperJob;
struct HelperJob {
  void (*run)(HelperJob *job); // may free the job, or hand it back to its owner
  HelperJob *next;             // the helper's
};

typedef struct Helper {
  enum { HELPER_NEW, HELPER_WORKS, HELPER_CANNOT } state; // owner only
  pthread_t thread;
  pthread_mutex_t lock; // rank: alone; held for a few instructions
  pthread_cond_t given; // the thread sleeps here
  pthread_cond_t done;  // the owner sleeps here, in helper_wait
  HelperJob *first, **last; // guarded by lock: not begun yet
  uint32_t count;           // guarded by lock: of those
  bool asleep;              // guarded by lock: the thread has nothing under way, and waits for `given`
  bool waited_for;          // guarded by lock: the owner waits for `done`
  bool ending;              // guarded by lock: no more jobs will come
} Helper;

void helper_init(Helper *h);
void helper_deinit(Helper *h); // waits for all jobs first

// Whether there is a processor for the thread: without one it is better to do the work oneself.
bool helper_is_possible(Helper *h);
// Where the system gives no thread, the job is done now.
void helper_give(Helper *h, HelperJob *job);
// Does not let the thread sleep until there are more jobs.
void helper_hurry(Helper *h);
// All jobs given so far are done, and what they have written can be seen.
void helper_wait(Helper *h);

#endif
