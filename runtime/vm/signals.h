// Signals of the process. One thread takes them all, so that what they do needs no care for what they interrupt:
//
//   wanted by os/signal      queued for the goroutine that asks for them (signals_next)
//   SIGQUIT                  every goroutine's stack on standard error, exit status 2
//   other deadly ones        what was printed is flushed, then the signal kills as it would have
//
// SIGPIPE never comes; a write to standard output or standard error whose reader has gone ends the process by it.
#ifndef VM_SIGNALS_H
#define VM_SIGNALS_H

#include "vm/runtime.h"

// Keep the signals for the thread. By the calling thread, before it makes others: they inherit it.
void signals_block(void);
// The same undone, in a child before it becomes another program.
void signals_unblock(void);
// Start the thread for rt, which runtime_free stops. False: there can be none.
bool signals_watch(Runtime *rt);

// What a program says of a signal.
typedef enum { SIGNAL_DEFAULT, SIGNAL_WANTED, SIGNAL_IGNORED } SignalUse;
void signals_use(Runtime *rt, int signal, SignalUse use);
// The next signal that was wanted; 0: the running goroutine is parked, ask again when it wakes.
int signals_next(Worker *w);

// The process ends by the signal, as if nobody had caught it.
_Noreturn void signals_kill(int signal);

#endif
