// The table of opcodes, made from op.def.
#include "bytecode/op.h"

const OpInfo op_infos[OP_COUNT] = {
#define OP(name, a, b, c, ext, meaning) [OP_##name] = {#name, meaning, OPERAND_##a, OPERAND_##b, OPERAND_##c, EXT_##ext},
#include "bytecode/op.def"
};
