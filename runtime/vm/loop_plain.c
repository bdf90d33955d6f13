// The loop as it usually runs.
#include "vm/machine.h"
#include "vm/vm.h"

#define LOOP                loop_plain
#define LOCALS
#define READS(p, size)      ((void)0)
#define WRITES(p, size)     ((void)0)
#define ENTERS(callee)      ((void)0)
#define LEAVES()            ((void)0)
#define RESUMES()           ((void)0)
#define KIND                LOOP_PLAIN
#define RUN(machine)        machine_run(w, fp, below, limit, budget, NULL, (machine))
#include "vm/loop.inc"
