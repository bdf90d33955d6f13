// The loop that tells an observer of every access to memory that goroutines can share, and of calls and returns.
#include "vm/vm.h"

#define LOOP                loop_observed
#define READS(p, size)      (observer->read(w, pc, (p), (size)))
#define WRITES(p, size)     (observer->write(w, pc, (p), (size)))
#define ENTERS(callee)      (observer->enter(w, pc, (callee)))
#define LEAVES()            (observer->leave(w))
#define OBSERVED            1
#include "vm/loop.inc"
