// Signals of the process. One thread takes them all, so that what they do needs no care for what they interrupt:
//
//   wanted by os/signal      queued for the goroutine that asks for them (signals_next)
//   SIGQUIT                  every goroutine's stack on standard error, exit status 2
//   other deadly ones        what was printed is flushed, then the signal kills as it would have
//
// The thread costs a tenth of the time of a small script. So it begins only when one has run for a while (a few ticks of a worker),
// or may have to wait: before a worker sleeps, and before a write for which there may be no room. What comes before that waits.
//
// SIGPIPE never comes; a write to standard output or standard error whose reader has gone ends the process by it.
#ifndef VM_SIGNALS_H
#define VM_SIGNALS_H

#include "vm/runtime.h"

// Keep the signals for the thread. By the calling thread, before it makes others: they inherit it.
void signals_block(void);
// The same undone, in a child before it becomes another program.
void signals_unblock(void);
// There shall be the thread for rt, which runtime_free stops; before rt runs. at_once: it does not wait for ticks.
void signals_watch(Runtime *rt, bool at_once);
// For runtime.c: is the thread yet to begin; it begins, if signals_watch was called; before a write that may block. Any thread, any locks.
bool signals_are_due(Runtime *rt);
void signals_begin(Runtime *rt);
void signals_before_write(Runtime *rt, int fd, size_t n);

// What a program says of a signal.
typedef enum { SIGNAL_DEFAULT, SIGNAL_WANTED, SIGNAL_IGNORED } SignalUse;
void signals_use(Runtime *rt, int signal, SignalUse use);
// The next signal that was wanted; 0: the running goroutine is parked, ask again when it wakes.
int signals_next(Worker *w);

// The process ends by the signal, as if nobody had caught it.
_Noreturn void signals_kill(int signal);

#endif
