// One lock around a queue. Waking a thread costs more than a small job, so one that sleeps is woken for BATCH jobs together,
// or when its owner waits for them.
//
// To wait for a thread's end takes longer than most of what it has done, so nobody does: it is detached, and what both sides look at
// is its own to free. The owner's last look is the unlocking in helper_deinit, behind which the thread finds `ending`.
#include "base/helper.h"

#include "base/os.h"

#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

enum {
  BATCH = 16,
  LATE = 2000000, // ns before late jobs: a process that ends in that time does not wait for what it would free with more effort
};

typedef struct HelperThread {
  pthread_mutex_t lock; // rank: alone; held for a few instructions; guards all that follows
  pthread_cond_t given; // the thread sleeps here
  pthread_cond_t done;  // the owner sleeps here, in helper_wait
  HelperJob *first, **last; // not begun yet
  uint32_t count;           // of those
  bool asleep;              // the thread has nothing under way, and waits for `given`
  bool waited_for;          // the owner waits for `done`
  bool ending;              // no more jobs will come
  HelperJob *late;          // of ending
} HelperThread;

void helper_init(Helper *h) { *h = (Helper){.state = HELPER_NEW}; }

bool helper_is_possible(Helper *h) {
  if (h->state == HELPER_NEW && os_cpu_count() < 2) h->state = HELPER_CANNOT;
  return h->state != HELPER_CANNOT;
}

static void run_all(HelperJob *job) {
  for (HelperJob *next; job; job = next) {
    next = job->next;
    job->run(job);
  }
}

static HelperJob *take_all(HelperThread *t) {
  HelperJob *job = t->first;
  t->first = NULL;
  t->last = &t->first;
  t->count = 0;
  return job;
}

static void free_thread(HelperThread *t) {
  pthread_cond_destroy(&t->done);
  pthread_cond_destroy(&t->given);
  pthread_mutex_destroy(&t->lock);
  free(t);
}

static void *work(void *context) {
  HelperThread *t = context;
  pthread_mutex_lock(&t->lock);
  for (;;) {
    while (!t->first && !t->ending) {
      t->asleep = true;
      if (t->waited_for) pthread_cond_signal(&t->done);
      pthread_cond_wait(&t->given, &t->lock);
    }
    t->asleep = false;
    if (!t->first) break;
    HelperJob *jobs = take_all(t);
    pthread_mutex_unlock(&t->lock);
    run_all(jobs);
    pthread_mutex_lock(&t->lock);
  }
  pthread_mutex_unlock(&t->lock);
  nanosleep(&(struct timespec){.tv_nsec = LATE}, NULL);
  run_all(t->late);
  free_thread(t);
  return NULL;
}

static void start(Helper *h) {
  h->state = HELPER_CANNOT;
  HelperThread *t = calloc(1, sizeof *t);
  if (!t) return;
  t->last = &t->first;
  pthread_mutex_init(&t->lock, NULL);
  pthread_cond_init(&t->given, NULL);
  pthread_cond_init(&t->done, NULL);
  // Signals are the owner's: the thread may still be there when the program waits for one.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  bool made = !pthread_create(&thread, NULL, work, t);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (!made) {
    free_thread(t);
    return;
  }
  pthread_detach(thread);
  h->thread = t;
  h->state = HELPER_WORKS;
}

void helper_give(Helper *h, HelperJob *job) {
  if (h->state == HELPER_NEW) start(h);
  if (h->state == HELPER_CANNOT) {
    job->run(job);
    return;
  }
  HelperThread *t = h->thread;
  job->next = NULL;
  pthread_mutex_lock(&t->lock);
  *t->last = job;
  t->last = &job->next;
  bool wake = ++t->count >= BATCH && t->asleep;
  if (wake) t->asleep = false; // woken once
  pthread_mutex_unlock(&t->lock);
  if (wake) pthread_cond_signal(&t->given);
}

void helper_give_late(Helper *h, HelperJob *job) {
  HelperJob **last = &h->late;
  while (*last) last = &(*last)->next; // a handful
  job->next = NULL;
  *last = job;
}

// With the lock held.
static void rouse(HelperThread *t) {
  if (!t->first) return;
  t->asleep = false;
  pthread_cond_signal(&t->given);
}

void helper_hurry(Helper *h) {
  if (h->state != HELPER_WORKS) return;
  pthread_mutex_lock(&h->thread->lock);
  rouse(h->thread);
  pthread_mutex_unlock(&h->thread->lock);
}

// With the lock held.
static void wait_for_all(HelperThread *t) {
  t->waited_for = true;
  rouse(t);
  while (t->first || !t->asleep) pthread_cond_wait(&t->done, &t->lock);
  t->waited_for = false;
}

void helper_wait(Helper *h) {
  if (h->state != HELPER_WORKS) return;
  pthread_mutex_lock(&h->thread->lock);
  wait_for_all(h->thread);
  pthread_mutex_unlock(&h->thread->lock);
}

void helper_deinit(Helper *h) {
  HelperThread *t = h->thread;
  if (t) {
    pthread_mutex_lock(&t->lock);
    wait_for_all(t);
    t->late = h->late;
    t->ending = true;
    pthread_cond_signal(&t->given); // under the lock: when the thread has it, this call is over
    pthread_mutex_unlock(&t->lock);
  } else {
    run_all(h->late);
  }
  helper_init(h);
}
