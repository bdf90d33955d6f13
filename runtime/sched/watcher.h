// What the scheduler tells an observer of who waited for whom: enough to know what happened before what. NULL in a run that
// nobody observes, which costs one look at Worker.watcher.
//
// "g" is a goroutine whose clock may be used: w->g, or one that is parked and claimed. Functions marked (locked) are called under the lock
// of the object in question.
#ifndef SCHED_WATCHER_H
#define SCHED_WATCHER_H

#include <stdint.h>

#include "sched/worker.h"

typedef struct Chan Chan;

// What a goroutine does with a word of the user's memory that synchronises.
typedef enum {
  WATCH_LOCK,    // it has a Mutex, or an RWMutex for writing
  WATCH_UNLOCK,  // it is about to give it back
  WATCH_RLOCK, WATCH_RUNLOCK,
  WATCH_RW_LOCK, WATCH_RW_UNLOCK,
  WATCH_POST,    // what it did so far is known to all that WATCH_WAIT later: WaitGroup.Done, Cond.Signal
  WATCH_GIVE,    // likewise, in place of all that was known from the word before
  WATCH_WAIT,    // with NULL for a word: all files, what was written there can be read from them
} WatchEvent;

typedef enum { WATCH_LOAD, WATCH_STORE, WATCH_UPDATE } WatchAtomic;

typedef struct Watcher {
  // --- goroutines
  void (*spawn)(Worker *w, Goroutine *child, Timer *timer); // by w->g; by a timer if there is one; else by nobody: main
  void (*finish)(Worker *w, Goroutine *g);
  void (*company)(Worker *w); // before the first goroutine can begin that nobody starts, by w->g
  // --- channels
  void (*meet)(Worker *w, Goroutine *other);                         // a value passes between w->g and other, unbuffered
  void (*slot)(Worker *w, Goroutine *g, Chan *c, uint32_t index);    // g fills or empties a place of the buffer (locked)
  void (*close)(Worker *w, Chan *c);                                 // (locked)
  void (*closed)(Worker *w, Goroutine *g, Chan *c);                  // g learns that it is closed (locked)
  // --- timers
  void (*set)(Worker *w, Timer *t);                                  // w->g starts it (locked)
  void (*fired)(Worker *w, Goroutine *g, Timer *t);                  // g gets what its channel delivers (locked)
  // --- words in the user's memory
  void (*event)(Worker *w, WatchEvent e, void *word);
  void (*pend)(Worker *w, WatchEvent e, void *word);                 // w->g may park now; when it goes on, e has happened
  void (*unpend)(Worker *w);                                         // it did not park
  void (*ignore)(Worker *w, int order, int memory);                  // +1, -1: w->g enters or leaves a section in which what it does orders
                                                                     // nothing, or touches nothing
  void (*atomic_begin)(Worker *w, void *word);                       // holds up others' atomic operations there
  void (*atomic_end)(Worker *w, void *word, size_t size, WatchAtomic what);
} Watcher;

#endif
