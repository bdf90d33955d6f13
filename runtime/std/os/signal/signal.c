// Natives of package os/signal: what the runtime's watcher (vm/signals.h) does with a signal, and the next that came.
#include "std/frame.h"
#include "vm/native.h"
#include "vm/signals.h"

// func use(signal, how int)
static NativeResult use(Worker *w, uint64_t *fp) {
  FRAME(int64_t signal, how);
  signals_use(worker_runtime(w), (int)f->signal, (SignalUse)f->how);
  return NATIVE_DONE;
}

// func next() int
static NativeResult next(Worker *w, uint64_t *fp) {
  FRAME(int64_t signal);
  int signal = signals_next(w);
  if (!signal) return NATIVE_RETRY;
  f->signal = signal;
  return NATIVE_DONE;
}

const NativeRow natives_os_signal[] = {{"use", use}, {"next", next}, {0}};
