// What machine code is made of that the race detector watches.
#include "watch/loop_race.h"

#include "vm/machine.h"

#define OWN_PARAM , Strand *strand
#define OWN       , strand
#define CELLS     strand->cells
#define RACE(fn, p) KEPT(fn, fp, pc, p)
#include "vm/stencils.inc"
