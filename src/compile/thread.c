// Jumps to jumps go to the end of the chain at once: `break` at the end of a loop body, an else before a loop's back edge.
#include "bytecode/op.h"
#include "compile/func.h"

enum { LONGEST_CHAIN = 8 };

static bool is_jump(const Instr *i) { return i->op == OP_JMP || i->op == OP_JMPB; }

static Op backwards(Op op) {
  switch (op) {
  case OP_JMP: return OP_JMPB;
  case OP_JT: return OP_JTB;
  case OP_JF: return OP_JFB;
  default: return OP_NOP;
  }
}

// Jumps with a 32-bit distance; those with 16 stay as they are, but may follow a chain that goes forwards.
static void follow(Fn *f, uint32_t at) {
  Instr *code = f->code.data, *i = &code[at];
  int32_t distance;
  if (!instr_jump(i, &distance) || distance <= 0) return;
  uint32_t target = at + (uint32_t)distance;
  for (int n = 0; n < LONGEST_CHAIN && target < f->code.len && is_jump(&code[target]); n++) target += (uint32_t)code[target].imm;
  int64_t new_distance = (int64_t)target - at;
  if (new_distance == distance) return;
  bool is_short = op_infos[i->op].c == OPERAND_J;
  if (new_distance > 0) {
    if (!is_short) i->imm = (int32_t)new_distance;
    else if (new_distance == (int16_t)new_distance) i->c = (uint16_t)new_distance;
  } else if (!is_short && backwards(i->op) != OP_NOP) {
    i->op = (uint16_t)backwards(i->op);
    i->imm = (int32_t)new_distance;
  }
}

void thread_jumps(Fn *f) {
  for (uint32_t at = 0; at < f->code.len; at += instr_length(&f->code.data[at])) follow(f, at);
}
