// Which frame slots are still needed behind an instruction: for what makes code better after it was emitted.
#ifndef COMPILE_LIVE_H
#define COMPILE_LIVE_H

#include "compile/compiler.h"

// A run of instructions that is entered at its first and left at its last one, as a range of Live.at.
typedef struct {
  uint32_t first, end;
} LiveBlock;

typedef struct {
  Fn *f;
  uint32_t *at;           // index into the code of each instruction, NOPs left out
  uint32_t count;
  uint32_t *number;       // by index into the code: the instruction that begins there, or the one behind a NOP
  bool *target;           // by instruction: a jump goes there
  LiveBlock *blocks;
  uint32_t block_count;
  uint32_t *block_of;     // by instruction
  bool *loops;            // by block: a jump from it or from behind it goes to it
  bool has_loops;
  uint32_t current;       // while they are found: the instruction that jumps
  uint32_t slots, words;  // of a set
  uint64_t *in;           // by block: the set of slots that are needed before it; of a function without loops only when kept
  uint64_t *spare;        // a set to work with
  uint64_t *always;       // needed everywhere: a panic may be recovered, and the function goes on at its deferred calls
} Live;

// What a Live holds lies in the Fn, until the next one is found there.
void live_find(Live *l, Fn *f); // instructions, targets, sizes
void live_leave_out_nops(Live *l);
// The rest; false: the function is too large for it. Then the blocks are to be gone through backwards, each from
// live_behind to live_keep.
bool live_flow(Live *l);
void live_behind(const Live *l, uint32_t block, uint64_t *set); // set: those needed behind the block's last instruction
void live_keep(const Live *l, uint32_t block, const uint64_t *set); // set: those needed before its first
void live_step(const Live *l, const Instr *pc, uint64_t *set);  // from behind the instruction to before it
static inline bool live_has(const uint64_t *set, Slot slot) { return set[slot / 64] >> slot % 64 & 1; }

#endif
