// The table of opcodes, made from op.def.
#include "bytecode/op.h"

const OpInfo op_infos[OP_COUNT] = {
#define OP(name, a, b, c, ext, meaning) [OP_##name] = {#name, meaning, OPERAND_##a, OPERAND_##b, OPERAND_##c, EXT_##ext},
#include "bytecode/op.def"
};

uint32_t instr_length(const Instr *pc) {
  switch ((ExtKind)op_infos[pc->op].ext) {
  case EXT_NONE: return 1;
  case EXT_TYPE2: case EXT_TYPE_SLOTS: return 3;
  case EXT_TABLE: case EXT_CASES: return 1 + (uint32_t)pc->b;
  default: return 2;
  }
}

bool instr_jump(const Instr *pc, int32_t *distance) {
  const OpInfo *info = &op_infos[pc->op];
  if (info->c == OPERAND_J) return *distance = (int16_t)pc->c, true;
  if (info->b == OPERAND_J32) return *distance = pc->imm, true;
  return false;
}
