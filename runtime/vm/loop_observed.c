// The loop that tells an observer of every access to memory that goroutines can share, and of calls and returns.
#include "vm/vm.h"

#define LOOP                loop_observed
#define LOCALS              const Observer *const observer = rt->observer;
#define READS(p, size)      (w->g->fp = fp, observer->read(w, pc, (p), (size)))
#define WRITES(p, size)     (w->g->fp = fp, observer->write(w, pc, (p), (size)))
#define ENTERS(callee)      (observer->enter(w, pc, (callee)))
#define LEAVES()            (observer->leave(w))
#define RESUMES()           ((void)0)
#define OBSERVED            1
#include "vm/loop.inc"
