// Walking a goroutine's stack, and printing it as Go does.
#ifndef VM_TRACE_H
#define VM_TRACE_H

#include "base/text.h"
#include "vm/vm.h"

typedef enum {
  FRAME_CALL,   // of a function
  FRAME_MADE,   // of a function made at run time (made.c)
  FRAME_DEFERS, // between RUNDEFERS and the calls it makes (call.c)
  FRAME_PANIC,  // a panic's own (panic.c)
  FRAME_PRINT,  // the same, while it calls Error and String of what it prints
} FrameKind;

typedef struct Frame {
  FrameKind kind;
  const uint64_t *fp;
  const Instr *pc;          // the instruction the frame is at
  const Function *function; // of FRAME_CALL
} Frame;

// The frame at fp, about to execute or executing pc. False: not a frame of this program.
bool frame_at(const Program *p, const uint64_t *fp, const Instr *pc, Frame *out);
// Its caller. False: there is none.
bool frame_caller(const Program *p, const Goroutine *g, Frame *frame);
// Slots of the frame.
uint32_t frame_slots(const Frame *frame);

// The innermost frame of a goroutine whose fp and pc are saved.
bool trace_first(const Program *p, const Goroutine *g, Frame *out);
// "goroutine 1 [running]:\nmain.f(...)\n\t/x.gol:3 +0x10\n..." and the go statement that made it. A running goroutine can
// be shown only by its own worker (current).
void trace_goroutine(StrBuf *out, const Program *p, const Goroutine *g, bool current);
// Every goroutine, `current` (may be NULL) first, with an empty line before each but the first. settled: no worker runs one.
void trace_all(StrBuf *out, Runtime *rt, Goroutine *current, bool settled);

#endif
