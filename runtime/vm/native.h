// How natives are written: C functions behind functions that a .gol file declares without a body.
//
// A native gets its frame: results from fp[2] on, then parameters, then the receiver, in slot form at the slots that
// bytecode/program.h says (std/frame.h spells them as a struct). It stores its results and returns
//   NATIVE_DONE    finished
//   NATIVE_PARKED  the goroutine is queued somewhere; results are written into the frame before it is made ready. After
//                  queueing it, touch neither frame nor goroutine.
//   NATIVE_RETRY   likewise, but the native is called again with the same frame when it wakes
//   NATIVE_PANIC   what the functions below return: the loop looks anew at what there is to run
//
// fp and pc are in the goroutine when a native runs. Natives do not call gol functions and do not block the thread
// (blocking_call in sched/poller.h does). Allocate from native_heap(w); the collector finds what the C stack points to.
#ifndef VM_NATIVE_H
#define VM_NATIVE_H

#include "heap/heap.h"
#include "sched/sched.h"
#include "sched/watcher.h"
#include "vm/runtime.h"

static inline HeapCache *native_heap(Worker *w) { return w->heap; }

// --- panics: `return native_panic...(w, ...)`
NativeResult native_panic(Worker *w, Iface value);
NativeResult native_panic_text(Worker *w, const char *text);   // panic("text"): a string
// A run-time error of package runtime (program.h), its whole text.
NativeResult native_panic_error(Worker *w, ErrorType type, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
NativeResult native_nil_dereference(Worker *w);
// "fatal error: text", all goroutines, exit status 2; cannot be recovered.
NativeResult native_fatal(Worker *w, const char *text);
// os.Exit and runtime.Goexit.
NativeResult native_exit(Worker *w, int status);
NativeResult native_goexit(Worker *w);
// runtime.Gosched: done, but others go first.
NativeResult native_gosched(Worker *w);

// Done, when it has told of a timer or of what may start a goroutine: an observer may want to see what follows in another loop.
static inline NativeResult native_done(Worker *w) { return __builtin_expect(w->leaves, 0) ? NATIVE_PANIC : NATIVE_DONE; }

// --- types of the program, by their string; NULL if it does not contain them
static inline const RType *native_type(Worker *w, const char *string) { return program_type(worker_runtime(w)->program, string); }

// --- telling an observer, if there is one, what memory a native touches on behalf of the program
static inline void native_reads(Worker *w, const void *address, size_t size) {
  const Observer *o = worker_runtime(w)->observer;
  if (__builtin_expect(o != NULL, 0) && size) o->read(w, w->g->pc - 2, address, size);
}
static inline void native_writes(Worker *w, const void *address, size_t size) {
  const Observer *o = worker_runtime(w)->observer;
  if (__builtin_expect(o != NULL, 0) && size) o->write(w, w->g->pc - 2, address, size);
}

// --- telling it what orders goroutines (sched/watcher.h); `word` lies in the program's memory
static inline void native_event(Worker *w, WatchEvent e, void *word) {
  if (__builtin_expect(w->watcher != NULL, 0)) w->watcher->event(w, e, word);
}
// Sections of the running goroutine begin (1) or end (-1) in which what it does orders nothing, and in which memory is not watched.
static inline void native_ignore(Worker *w, int order, int memory) {
  if (__builtin_expect(w->watcher != NULL, 0)) w->watcher->ignore(w, order, memory);
}
// Around an atomic operation, which is one step with what an observer makes of it; nothing in between may end or park the native.
static inline void native_atomic_begin(Worker *w, void *word) {
  if (__builtin_expect(w->watcher != NULL, 0)) w->watcher->atomic_begin(w, word);
}
static inline void native_atomic_end(Worker *w, void *word, size_t size, WatchAtomic what) {
  if (__builtin_expect(w->watcher != NULL, 0)) w->watcher->atomic_end(w, word, size, what);
}

// --- stack traces (runtime/debug.Stack, runtime.Caller)
// Of the running goroutine or, with all, of every one, as a panic prints it; malloc'ed, *len bytes.
char *native_stack(Worker *w, bool all, size_t *len);
typedef struct NativeCaller {
  const char *function, *file;
  uint32_t line;
  const Instr *pc;    // the call
  const Instr *entry; // the function's first instruction
} NativeCaller;
// What is at pc, an instruction of the program or of a frame below one. False: nothing.
bool native_describe(Worker *w, const Instr *pc, NativeCaller *out);
// skip 0: the gol function that called this native. False: no such frame.
bool native_caller(Worker *w, uint32_t skip, NativeCaller *caller);

#endif
