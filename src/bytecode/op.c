// The table of opcodes, made from op.def.
#include "bytecode/op.h"

#define WORDS(ext) ((ext) == EXT_NONE ? 1 : (ext) == EXT_TYPE2 || (ext) == EXT_TYPE_SLOTS ? 3 : (ext) == EXT_TABLE || (ext) == EXT_CASES ? 0 : 2)
// Not plain: blocks of slots, frames of calls, second results, and what is said in another place than the operand.
#define IS_PLAIN_OPERAND(kind) ((kind) != OPERAND_RN && (kind) != OPERAND_WN && (kind) != OPERAND_F)
#define ONLY_READS(kind) (IS_PLAIN_OPERAND(kind) && (kind) != OPERAND_W && (kind) != OPERAND_W2)
#define IS_PLAIN(op, a, b, c, ext) \
  ((op) != OP_RET && IS_PLAIN_OPERAND(a) && ONLY_READS(b) && ONLY_READS(c) && ((ext) == EXT_NONE || (ext) == EXT_K || (ext) == EXT_STR))
#define ENDS_BLOCK(op, b, c) \
  ((c) == OPERAND_J || (b) == OPERAND_J32 || (op) == OP_MAPNEXT || (op) == OP_JTAB || (op) == OP_RET || (op) == OP_TRAP || (op) == OP_PANIC)

const OpInfo op_infos[OP_COUNT] = {
#define OP(name, a, b, c, ext, meaning)                                                                                          \
  [OP_##name] = {#name, meaning, OPERAND_##a, OPERAND_##b, OPERAND_##c, EXT_##ext, WORDS(EXT_##ext),                             \
                 IS_PLAIN(OP_##name, OPERAND_##a, OPERAND_##b, OPERAND_##c, EXT_##ext), ENDS_BLOCK(OP_##name, OPERAND_##b, OPERAND_##c)},
#include "bytecode/op.def"
};

const OpPair op_pairs[OP_COUNT] = {
#define OP(name, a, b, c, ext, meaning)
#define PAIR(first, second, a, b, c, ext) [OP_##first##_##second] = {OP_##first, OP_##second},
#include "bytecode/op.def"
};

Op op_pair(Op first, Op second) {
  switch ((uint32_t)first << 16 | (uint32_t)second) {
#define OP(name, a, b, c, ext, meaning)
#define PAIR(first, second, a, b, c, ext) case (uint32_t)OP_##first << 16 | (uint32_t)OP_##second: return OP_##first##_##second;
#include "bytecode/op.def"
  default: return OP_NOP;
  }
}
