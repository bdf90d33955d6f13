// What machine code is made of, as it usually runs.
#include "vm/machine.h"
#include "vm/vm.h"

#define OWN_PARAM
#define OWN
#define READS(p, size)  ((void)0)
#define WRITES(p, size) ((void)0)
#define ENTERS(callee)  ((void)0)
#define LEAVES()        ((void)0)
#define KIND            LOOP_PLAIN
#include "vm/stencils.inc"
