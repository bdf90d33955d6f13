// What op.def says of each opcode, as data: for the emitter, the verifier and the disassembler.
#ifndef BYTECODE_OP_H
#define BYTECODE_OP_H

#include <stdbool.h>
#include <stdint.h>

#include "bytecode/program.h"

// Operand kinds of op.def, with the same names.
typedef enum {
  OPERAND__,
  OPERAND_R, OPERAND_W, OPERAND_RW,
  OPERAND_R2, OPERAND_W2,
  OPERAND_RN, OPERAND_WN,
  OPERAND_I, OPERAND_U, OPERAND_J, OPERAND_F,
  OPERAND_I32, OPERAND_U32, OPERAND_J32, // b and c together
} OperandKind;

typedef enum {
  EXT_NONE, EXT_K, EXT_STR, EXT_TYPE, EXT_TYPE2, EXT_FUNC, EXT_PAD, EXT_SIZE, EXT_SLOTS, EXT_TYPE_SLOTS, EXT_METHOD, EXT_TABLE,
  EXT_CASES,
} ExtKind;

typedef struct {
  const char *name, *meaning;
  uint8_t a, b, c;  // OperandKind
  uint8_t ext;      // ExtKind
  uint8_t words;    // with the extension; 0: 1 + operand b
  bool plain;       // writes one or two slots that a names, reads such that a, b and c name, and no others
  bool ends_block;  // does not always go on with the next instruction
} OpInfo;

// By opcode.
extern const OpInfo op_infos[OP_COUNT];

// Of a pair the two; of others NOP twice.
typedef struct {
  uint16_t first, second; // Op
} OpPair;
extern const OpPair op_pairs[OP_COUNT];
// NOP: there is none.
Op op_pair(Op first, Op second);
// What is done first by an instruction with this opcode.
static inline Op op_first(uint16_t op) { return op_pairs[op].second ? (Op)op_pairs[op].first : (Op)op; }

// Blocks of 2 to 4 words: how many; others 0.
static inline uint32_t op_block_words(uint16_t op) {
  return op >= OP_MOVB2 && op <= OP_MOVB4 ? 2 + op - OP_MOVB2 : op >= OP_LDB2 && op <= OP_LDB4 ? 2 + op - OP_LDB2 :
         op >= OP_STB2 && op <= OP_STB4 ? 2 + op - OP_STB2 : 0;
}

// CALLN and its short forms.
static inline bool op_calls_native(uint16_t op) { return op >= OP_CALLN && op <= OP_ACAS32; }
#define CASES_CALLING_NATIVES                                                                                                          \
  case OP_CALLN: case OP_LOCK: case OP_UNLOCK: case OP_RLOCK: case OP_RUNLOCK: case OP_WLOCK: case OP_WUNLOCK: case OP_SIGNAL:          \
  case OP_AADD64: case OP_AADD32S: case OP_AADD32U: case OP_ALOAD64: case OP_ALOAD32S: case OP_ALOAD32U: case OP_ASTORE64:              \
  case OP_ASTORE32: case OP_ACAS64: case OP_ACAS32
// Those that take the receiver from wherever it is.
static inline bool op_copies_receiver(uint16_t op) { return op >= OP_LOCK && op <= OP_SIGNAL; }

// Words of the instruction at pc, extension included. The opcode must be valid.
static inline uint32_t instr_length(const Instr *pc) {
  uint32_t words = op_infos[pc->op].words;
  return words ? words : 1 + (uint32_t)pc->b;
}

// Does the instruction jump by its operand (not JTAB, MAPNEXT)? If so, *distance is in words relative to it.
static inline bool instr_jump(const Instr *pc, int32_t *distance) {
  const OpInfo *info = &op_infos[pc->op];
  if (info->c == OPERAND_J) return *distance = (int16_t)pc->c, true;
  if (info->b == OPERAND_J32) return *distance = pc->imm, true;
  return false;
}

#endif
