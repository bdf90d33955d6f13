// Timers: Sleep, time.Timer, time.Ticker, time.AfterFunc, deadlines.
//
// Each worker has a heap (4-ary, by time, then in order of insertion) of what is due when. The owner looks at it at every tick and
// before it sleeps, and so does everybody else: any worker may fire what is due in any heap.
//
// As of Go 1.23: a timer with a channel is in a heap only while a goroutine waits on that channel (a receive or select looks
// at the clock itself otherwise), so a timer nobody refers to is garbage, stopped or not. The channel looks unbuffered,
// and after Stop or Reset no stale value is received.
#ifndef SCHED_TIMER_H
#define SCHED_TIMER_H

#include "sched/goroutine.h"
#include "sched/lock.h"

typedef struct Chan Chan;
typedef struct Timer Timer;
typedef struct TimerHeap TimerHeap;

typedef struct TimerEntry {
  int64_t when;
  uint64_t order;    // of insertion: equal times fire first in, first out
  uintptr_t item;    // Timer *, or Goroutine* | 1: a sleeper
} TimerEntry;

struct TimerHeap {
  Lock lock;                   // rank: below channels and Timer.lock
  uint32_t count, capacity;    // guarded by lock
  TimerEntry *entries;         // guarded by lock; heap_root memory, so that what waits in here is alive
  uint64_t order;              // guarded by lock
  _Atomic int64_t first;       // time of the first entry, INT64_MAX if none; written under lock, read by anyone (relaxed: a hint)
};

// Writes the value that a timer's channel delivers (a time.Time of moment `when`, monotonic ns) in slot form.
typedef void (*TimerValue)(Worker *w, int64_t when, uint64_t *slots);
// What a callback timer does when it fires; on a worker, outside all locks; must not block.
typedef void (*TimerFire)(Worker *w, Timer *t);

struct Timer {
  Lock lock;            // guards when, period, heap of timers without a channel; those with one use the channel's lock
  uint32_t index;       // in heap, TIMER_OUT if none; guarded by heap->lock
  int64_t when;         // next time it fires; 0: stopped or has fired
  int64_t period;       // 0: once
  TimerHeap *heap;      // that it was put in last
  Chan *chan;           // one of these three is set:
  Closure *closure;     //   started as a goroutine
  TimerFire fire;       //   called
  TimerValue value;     // with chan
  void *argument;       // of fire
  void *watch;          // an observer's own; guarded as `when`
};

// Park the running goroutine for ns nanoseconds. False: ns <= 0, it goes on.
bool timer_sleep(Worker *w, int64_t ns);
// Not started yet. chan_type: the type of t->chan ("chan time.Time").
Timer *timer_new_chan(Worker *w, const RType *chan_type, TimerValue value);
Timer *timer_new_closure(Worker *w, Closure *closure);
Timer *timer_new_fire(Worker *w, TimerFire fire, void *argument);
// Go's Reset: fire in ns (at once if <= 0), then every period ns if period > 0. True: it had been active.
bool timer_reset(Worker *w, Timer *t, int64_t ns, int64_t period);
// Go's Stop. True: this call stopped it; nothing will be received from its channel.
bool timer_stop(Worker *w, Timer *t);

// --- for the scheduler
// Take a goroutine out of timer_sleep. False: it has been woken.
bool timer_cancel_sleep(Worker *w, Goroutine *g);
// Fire everything due. True if anything was.
bool timers_run(Worker *w, int64_t now);
// The earliest time in any heap; INT64_MAX: none.
int64_t timers_first(Sched *s);
void timer_heap_deinit(TimerHeap *heap);
// --- for channels; the channel's lock is held
// Put the value that is due, if any, into the channel's buffer.
void timer_poll(Worker *w, Timer *t);
// A goroutine has begun / the last one has ceased to wait on its channel.
void timer_attach(Worker *w, Timer *t);
void timer_detach(Worker *w, Timer *t);

#endif
