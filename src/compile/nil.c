// An instruction that panics if a slot is nil tells those behind it that it is not, until the slot is written or control flow joins.
#include "compile/nil.h"

#include "bytecode/op.h"

static void forget(uint64_t *known, uint32_t slot, uint32_t end) {
  for (; slot < end; slot++) known[slot / 64] &= ~(1ull << slot % 64);
}

static void forget_written(uint64_t *known, uint32_t slots, const Instr *pc) {
  const OpInfo *info = &op_infos[pc->op];
  const uint8_t kinds[] = {info->a, info->b, info->c};
  const uint16_t operands[] = {pc->a, pc->b, pc->c};
  for (int i = 0; i < 3; i++) {
    if (kinds[i] == OPERAND_W) forget(known, operands[i], operands[i] < slots ? operands[i] + 1u : 0);
    else if (kinds[i] == OPERAND_W2) forget(known, operands[i], operands[i] < slots ? operands[i] + 2u : 0);
    else if (kinds[i] == OPERAND_RW || kinds[i] == OPERAND_WN || kinds[i] == OPERAND_F) forget(known, operands[i], slots);
  }
  if (pc->op == OP_SELECT || pc->op == OP_TRYRECV || pc->op == OP_MAPGET2) forget(known, 0, slots);
}

static void know(uint64_t *known, uint32_t slots, uint32_t slot) {
  if (slot < slots) known[slot / 64] |= 1ull << slot % 64;
}

void not_nil_step(uint64_t *known, uint32_t slots, const Instr *pc) {
  bool copies = pc->op == OP_MOV && pc->b < slots && known[pc->b / 64] >> pc->b % 64 & 1;
  forget_written(known, slots, pc);
  switch ((Op)pc->op) {
  case OP_MOV:
    if (copies) know(known, slots, pc->a);
    break;
  case OP_LD8S: case OP_LD8U: case OP_LD16S: case OP_LD16U: case OP_LD32S: case OP_LD32U: case OP_LD:
    if (pc->a != pc->b) know(known, slots, pc->b);
    break;
  case OP_LDN: case OP_LDB2: case OP_LDB3: case OP_LDB4:
    if (pc->b < pc->a) know(known, slots, pc->b);
    break;
  case OP_PTRADD:
    know(known, slots, pc->a);
    know(known, slots, pc->b);
    break;
  case OP_ST8: case OP_ST16: case OP_ST32: case OP_ST: case OP_ST2: case OP_STN: case OP_STB2: case OP_STB3: case OP_STB4: case OP_ZEROM: case OP_NILCHK: case OP_NEW:
  case OP_GADDR: case OP_MKCLOS: case OP_AADDR: case OP_IDXADDR: know(known, slots, pc->a); break;
  default: break;
  }
}

bool is_not_nil(const Fn *f, Slot slot) {
  enum { FURTHEST = 256, SLOTS = 512 };
  if (slot >= SLOTS || f->code.len - f->bound > FURTHEST) return false;
  uint64_t known[SLOTS / 64] = {0};
  for (uint32_t at = f->bound; at < f->code.len; at += instr_length(f->code.data + at)) not_nil_step(known, SLOTS, f->code.data + at);
  return known[slot / 64] >> slot % 64 & 1;
}
