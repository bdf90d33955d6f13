// Functions made while the program runs, for reflection: calls whose arguments are put together one by one, functions whose
// calls are handed to gol code as a block of values, and waiting on channels that are known only then. All are closures of
// collected Functions that share three pieces of code (made.c), which belong to no function of the program.
#ifndef VM_MADE_H
#define VM_MADE_H

#include "heap/heap.h"
#include "sched/sched.h"

// A frame without its header, in memory of its own.
typedef struct Block {
  const Closure *callee;  // of made_call
  uint32_t results;       // slots of results, from slot 2 on
  uint32_t end;           // one past the frame's last slot
  uint64_t slots[] __attribute__((aligned(16))); // [i]: slot 2 + i
} Block;

Block *block_new(HeapCache *heap, uint32_t results, uint32_t end);
// Where a call's results and parameters lie (bytecode/program.h; compile/layout.c does the same for what it compiles).
enum { BLOCK_FIRST = 2 };
typedef struct BlockExtent {
  uint32_t results; // slots of them, from BLOCK_FIRST on
  uint32_t params;  // the slot where they begin
  uint32_t end;     // one past those
} BlockExtent;
BlockExtent block_extent(const RType *sig);
// The slot of a value of type t, the next from *top on; *top moves beyond it.
uint32_t block_place(uint32_t *top, const RType *t);
static inline uint64_t *block_slot(Block *b, uint32_t slot) { return b->slots + (slot - 2); }

// A func() that calls block->callee with the block as its frame, and puts the results into the block.
Closure *made_call(Worker *w, Block *block);
// A function whose results, then parameters, lie as `shape` says (a block without contents). It calls handle, a
// func(*Block), with a block that holds its parameters, and returns the results found there afterwards.
Closure *made_function(Worker *w, const Block *shape, uint32_t param_slot, const Closure *handle);
// A func() with the block in its frame: runs `wait`, which may park the goroutine, then `after`. Both find the block by
// made_block, and the frame is theirs from slot 2 to its end.
Closure *made_wait(Worker *w, Block *block, NativeFn wait, NativeFn after);
static inline Block *made_block(const uint64_t *fp) {
  const Closure *closure = (const Closure *)(uintptr_t)fp[1];
  return (Block *)(uintptr_t)closure->captures[0];
}

// Is pc in the code of such a function?
bool made_is_code(const Instr *pc);
// The slots of its frame at fp, which must not be running on another worker.
static inline uint32_t made_frame_slots(const uint64_t *fp) { return ((const Closure *)(uintptr_t)fp[1])->function->frame_slots; }

#endif
