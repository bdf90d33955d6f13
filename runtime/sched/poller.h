// Waiting for file descriptors (epoll, edge-triggered), and calls that block a thread.
//
// A goroutine that would block on a descriptor parks on it; an idle worker sleeps in epoll_wait on behalf of all, and
// busy ones look now and then. What epoll cannot do (regular files, name resolution, waitpid) runs on a pool of helper threads.
// Both count as expected from outside: while one is pending the program is not deadlocked.
#ifndef SCHED_POLLER_H
#define SCHED_POLLER_H

#include "sched/goroutine.h"

// --- descriptors
typedef struct Pollable Pollable;
typedef enum { POLL_READ, POLL_WRITE } PollMode;
typedef enum {
  POLL_READY,    // try the operation again
  POLL_PARKED,   // the running goroutine waits: return NATIVE_RETRY, and ask again when called again
  POLL_CLOSED,   // "use of closed network connection" / "file already closed"
  POLL_TIMEOUT,  // the deadline has passed: "i/o timeout"
} PollResult;

// Makes fd non-blocking. NULL: epoll cannot watch it (errno EPERM: a regular file; use blocking_call).
Pollable *pollable_new(Worker *w, int fd);
// After EAGAIN. One goroutine at a time a direction (the caller keeps a lock a direction, as Go's fdMutex).
PollResult pollable_wait(Worker *w, Pollable *p, PollMode mode);
// when: sched_now time; 0: none. Wakes those whose deadline it moves into the past.
void pollable_set_deadline(Worker *w, Pollable *p, PollMode mode, int64_t when);
// Wakes both directions with POLL_CLOSED and forgets fd, which the caller closes then.
void pollable_close(Worker *w, Pollable *p);

// --- blocking calls
// Runs on a helper thread, with a heap cache of its own; the goroutine's frame stays where it is meanwhile, so results can be written there.
typedef void (*BlockingFn)(HeapCache *heap, uint64_t *fp);
// Run fn(fp) without holding up a worker. True: the goroutine is parked (return NATIVE_PARKED). False: it has been run (NATIVE_DONE).
bool blocking_call(Worker *w, BlockingFn fn, uint64_t *fp);

// --- for the scheduler
typedef struct Poller Poller;
typedef struct Pool Pool;
void poller_free(Poller *p);
void pool_free(Pool *p);

#endif
