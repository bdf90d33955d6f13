// The tables that stencils.py makes: for each instruction the code of its body, and where operands go in it.
#ifndef VM_STENCIL_H
#define VM_STENCIL_H

#include <stdint.h>

#include "bytecode/op.h"

// What goes into a place.
typedef enum Hole {
  HOLE_NEXT, HOLE_JUMP, // addresses of the instruction behind, of the one jumped to
  HOLE_PC,              // of this one's bytecode
  HOLE_A, HOLE_B, HOLE_C, HOLE_S0, HOLE_S1, // distances of slots from fp, in bytes
  HOLE_NUM_A, HOLE_NUM_B, HOLE_NUM_C, HOLE_IMM_B, HOLE_IMM_C, HOLE_IMM_S0, HOLE_IMM, HOLE_UIMM, // numbers
  HOLE_EXT_WORD, HOLE_EXT_LO, HOLE_EXT_HI, HOLE_EXT_S0, HOLE_EXT_S1, HOLE_EXT_S2, HOLE_EXT_S3,  // parts of the extension
  HOLE_RETURNS,         // table of addresses by operand c of calls
  HOLE_TABLE,           // JTAB's, of addresses
  HOLE_HOT, HOLE_COLD,  // the two parts of this copy
  HOLE_EXTERNAL,        // and so on: functions of gol
} Hole;
typedef enum FillType { FILL_64, FILL_PC32, FILL_32, FILL_32S } FillType; // R_X86_64_... of the x86-64 ABI

typedef struct Fill {
  uint32_t at; // in the code; cold code follows hot code
  uint8_t type;
  uint16_t hole;
  int32_t addend;
} Fill;

typedef struct Stencil {
  uint32_t code, hot, cold; // where, and bytes of each part
  uint32_t first_fill, fill_count;
} Stencil;

enum { STENCIL_INTERPRET = OP_COUNT, STENCIL_COUNT };

// Of one kind of loop.
typedef struct StencilSet {
  const unsigned char *code;
  const Fill *fills;
  const Stencil *stencils; // by Op; no hot code: there is none
  char *const *externals;
  int kind;                // LOOP_PLAIN, LOOP_OBSERVED
} StencilSet;

extern const StencilSet stencils_plain, stencils_race;

#endif
