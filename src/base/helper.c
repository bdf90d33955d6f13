// One lock around a queue. Waking a thread costs more than a small job, so one that sleeps is woken for BATCH jobs together,
// or when its owner waits for them.
#include "base/helper.h"

#include "base/os.h"

#include <stddef.h>

enum { BATCH = 16 };

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

static HelperJob *take_all(Helper *h) {
  HelperJob *job = h->first;
  h->first = NULL;
  h->last = &h->first;
  h->count = 0;
  return job;
}

static void *work(void *context) {
  Helper *h = context;
  pthread_mutex_lock(&h->lock);
  for (;;) {
    while (!h->first && !h->ending) {
      h->asleep = true;
      if (h->waited_for) pthread_cond_signal(&h->done);
      pthread_cond_wait(&h->given, &h->lock);
    }
    h->asleep = false;
    if (!h->first) break;
    HelperJob *jobs = take_all(h);
    pthread_mutex_unlock(&h->lock);
    run_all(jobs);
    pthread_mutex_lock(&h->lock);
  }
  pthread_mutex_unlock(&h->lock);
  return NULL;
}

static void start(Helper *h) {
  h->state = HELPER_CANNOT;
  h->last = &h->first;
  pthread_mutex_init(&h->lock, NULL);
  pthread_cond_init(&h->given, NULL);
  pthread_cond_init(&h->done, NULL);
  if (!pthread_create(&h->thread, NULL, work, h)) h->state = HELPER_WORKS;
}

void helper_give(Helper *h, HelperJob *job) {
  if (h->state == HELPER_NEW) start(h);
  if (h->state == HELPER_CANNOT) {
    job->run(job);
    return;
  }
  job->next = NULL;
  pthread_mutex_lock(&h->lock);
  *h->last = job;
  h->last = &job->next;
  bool wake = ++h->count >= BATCH && h->asleep;
  if (wake) h->asleep = false; // woken once
  pthread_mutex_unlock(&h->lock);
  if (wake) pthread_cond_signal(&h->given);
}

// With the lock held.
static void rouse(Helper *h) {
  if (!h->first) return;
  h->asleep = false;
  pthread_cond_signal(&h->given);
}

void helper_hurry(Helper *h) {
  if (h->state != HELPER_WORKS) return;
  pthread_mutex_lock(&h->lock);
  rouse(h);
  pthread_mutex_unlock(&h->lock);
}

void helper_wait(Helper *h) {
  if (h->state != HELPER_WORKS) return;
  pthread_mutex_lock(&h->lock);
  h->waited_for = true;
  rouse(h);
  while (h->first || !h->asleep) pthread_cond_wait(&h->done, &h->lock);
  h->waited_for = false;
  pthread_mutex_unlock(&h->lock);
}

void helper_deinit(Helper *h) {
  if (h->state != HELPER_WORKS) return;
  pthread_mutex_lock(&h->lock);
  h->ending = true;
  pthread_cond_signal(&h->given);
  pthread_mutex_unlock(&h->lock);
  pthread_join(h->thread, NULL);
  pthread_cond_destroy(&h->done);
  pthread_cond_destroy(&h->given);
  pthread_mutex_destroy(&h->lock);
  h->state = HELPER_NEW;
}
