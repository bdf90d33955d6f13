// The table of opcodes, made from op.def.
#include "bytecode/op.h"

const OpInfo op_infos[OP_COUNT] = {
#define OP(name, a, b, c, ext, meaning) [OP_##name] = {#name, meaning, OPERAND_##a, OPERAND_##b, OPERAND_##c, EXT_##ext},
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
