// Slots that are needed: backwards over each block, until nothing changes (the usual data flow of live variables).
//
// Where it is not known how many slots an operand covers, all from there on count as read. A block of slots that is
// written does not count as written, but for the window of a call: everything from there on is another function's.
#include "compile/live.h"

#include <string.h>

#include "bytecode/op.h"

enum { LARGEST = 1 << 18 }; // words of all sets together

// Those of a word's 64 slots that lie in [slot, end); there is one.
static inline uint64_t part(uint64_t word, uint64_t slot, uint64_t end) {
  uint64_t from = word == slot / 64 ? ~0ull << slot % 64 : ~0ull;
  return word == (end - 1) / 64 ? from & ~0ull >> (63 - (end - 1) % 64) : from;
}

static void add(const Live *l, uint64_t *set, uint64_t slot, uint64_t n) {
  uint64_t end = slot + n < l->slots ? slot + n : l->slots;
  if (l->words == 1 && slot < end) *set |= part(0, slot, end);
  else for (uint64_t i = slot / 64; slot < end && i * 64 < end; i++) set[i] |= part(i, slot, end);
}

static void take(const Live *l, uint64_t *set, uint64_t slot, uint64_t n) {
  uint64_t end = slot + n < l->slots ? slot + n : l->slots;
  if (l->words == 1 && slot < end) *set &= ~part(0, slot, end);
  else for (uint64_t i = slot / 64; slot < end && i * 64 < end; i++) set[i] &= ~part(i, slot, end);
}

static void add_rest(const Live *l, uint64_t *set, uint32_t slot) { add(l, set, slot, l->slots); }

// How many slots an operand writes and reads, by its kind.
enum { REST = 255 };
static const uint8_t written[] = {[OPERAND_W] = 1, [OPERAND_W2] = 2, [OPERAND_F] = REST, [OPERAND_J32] = 0};
static const uint8_t read[] = {[OPERAND_R] = 1, [OPERAND_RW] = 1, [OPERAND_R2] = 2, [OPERAND_J32] = 0};

static inline void write_operand(const Live *l, OperandKind kind, uint32_t slot, uint64_t *set) {
  if (written[kind] == 1 && slot < l->slots) set[slot / 64] &= ~(1ull << slot % 64);
  else if (written[kind]) take(l, set, slot, written[kind] == REST ? l->slots : written[kind]);
}

static inline void read_operand(const Live *l, OperandKind kind, uint32_t slot, uint64_t *set) {
  if (read[kind] == 1 && slot < l->slots) set[slot / 64] |= 1ull << slot % 64;
  else if (read[kind]) add(l, set, slot, read[kind]);
}

static uint64_t bytes_to_slots(uint64_t bytes) { return (bytes + 7) / 8; }

static uint64_t value_slots(const RType *t) { return t ? t->slots : UINT32_MAX; }

// Blocks, and the slots that extension words name.
static void read_special(const Live *l, const Instr *pc, uint64_t *set) {
  const Instr *ext = pc + 1;
  const OpInfo *info = &op_infos[pc->op];
  const RType *t = info->ext == EXT_TYPE || info->ext == EXT_TYPE_SLOTS || info->ext == EXT_TYPE2 ? ext->ptr : NULL;
  uint32_t a = pc->a, b = pc->b, c = pc->c;
  switch ((Op)pc->op) {
  case OP_MOVN: add(l, set, b, c); break;
  case OP_CADD: case OP_CSUB: case OP_CMUL: case OP_CDIV: case OP_CEQ:
    add(l, set, b, 2);
    add(l, set, c, 2);
    break;
  case OP_C64: add(l, set, b, 2); break;
  case OP_EQT:
    add(l, set, b, value_slots(t));
    add(l, set, c, value_slots(t));
    break;
  case OP_MOVB2: case OP_MOVB3: case OP_MOVB4: case OP_STB2: case OP_STB3: case OP_STB4: add(l, set, b, op_block_words(pc->op)); break;
  case OP_STN: add(l, set, b, bytes_to_slots(ext->hi)); break;
  case OP_FLD8S: case OP_FLD8U: case OP_FLD16S: case OP_FLD16U: case OP_FLD32S: case OP_FLD32U: add(l, set, b, c / 8 + 1); break;
  case OP_FCOPY: add(l, set, b, bytes_to_slots((uint64_t)ext->s1 + ext->s2)); break;
  case OP_MKCLOS: add(l, set, b, c); break;
  case OP_SLICE: case OP_SLICESTR: case OP_SLICEX: case OP_SLICEARR: {
    const Instr *slots = info->ext == EXT_TYPE_SLOTS ? ext + 1 : ext;
    add(l, set, slots->s0, 1);
    add(l, set, slots->s1, 1);
    add(l, set, slots->s2, 1);
    break;
  }
  case OP_APPEND: add(l, set, c, value_slots(t)); break;
  case OP_CONCATN: add(l, set, b, 2ull * c); break;
  case OP_MAPGET: case OP_MAPGET2: add(l, set, c, value_slots(t->key)); break;
  case OP_MAPSET:
    add(l, set, b, value_slots(t->key));
    add(l, set, c, value_slots(t->elem));
    break;
  case OP_MAPDEL: add(l, set, b, value_slots(t->key)); break;
  case OP_MKIFACE: add(l, set, b, value_slots(t)); break;
  case OP_CALL: CASES_CALLING_NATIVES: {
    const Function *callee = ext->ptr;
    if (!op_copies_receiver(pc->op)) add(l, set, a + callee->param_slot, callee->param_slots);
    break;
  }
  case OP_CALLC: add(l, set, a, ext->word ? ext->word : l->slots); break;
  case OP_CALLI: add(l, set, a, ext->hi ? ext->hi : l->slots); break;
  case OP_GO: case OP_DEFER: add_rest(l, set, a); break;
  case OP_RET: add(l, set, 2, l->f->out->result_slots); break;
  case OP_SEND: add(l, set, b, c); break;
  case OP_TRYSEND: add(l, set, b, ext->s0); break;
  case OP_SELECT:
    for (uint32_t i = 0; i < b; i++) {
      add(l, set, ext[i].s1, 1);
      if (!ext[i].s0) add(l, set, ext[i].s2, ext[i].s3);
    }
    break;
  case OP_ADDMM: case OP_SUBMM: case OP_MULMM: case OP_FADDMM: case OP_FSUBMM: case OP_FMULMM:
  case OP_ADDE: case OP_SUBE: case OP_MULE: case OP_XORE: case OP_FADDE: case OP_FSUBE: case OP_FMULE: case OP_MULACCE: case OP_FMULACCE:
  case OP_MULADD: case OP_FMULADD: case OP_FMULSUB: add(l, set, ext->s0, 1); break;
  case OP_MULADDIAND: add(l, set, ext->s1, 1); break;
  case OP_FMUL2ADD: case OP_FMUL2SUB: case OP_MULADDAND:
    add(l, set, ext->s0, 1);
    add(l, set, ext->s1, 1);
    break;
  case OP_FMULEE: case OP_MULACCEE: case OP_FMULACCEE:
    add(l, set, ext->s0, 2);
    add(l, set, ext->s1, 1);
    break;
  default: break;
  }
}

// Blocks that are written whole.
static void write_special(const Live *l, const Instr *pc, uint64_t *set) {
  if (pc->op == OP_RECV || pc->op == OP_MOVN) {
    take(l, set, pc->a, pc->c);
  } else if (op_block_words(pc->op)) {
    take(l, set, pc->a, op_block_words(pc->op));
  } else if (pc->op == OP_LDN) {
    take(l, set, pc->a, pc[1].hi / 8);
  } else if (pc->op == OP_ZERON) {
    take(l, set, pc->a, pc->uimm);
  } else if (pc->op == OP_TRYRECV) {
    take(l, set, pc->a, pc[1].s1);
    take(l, set, pc[1].s0, 1);
  }
}

// Not inlined: it would cost the others its registers.
static __attribute__((noinline)) void step_any(const Live *l, const Instr *pc, uint64_t *set) {
  const OpInfo *info = &op_infos[pc->op];
  if (info->a == OPERAND_WN) write_special(l, pc, set);
  write_operand(l, info->a, pc->a, set);
  write_operand(l, info->b, pc->b, set);
  write_operand(l, info->c, pc->c, set);
  read_operand(l, info->a, pc->a, set);
  read_operand(l, info->b, pc->b, set);
  read_operand(l, info->c, pc->c, set);
  read_special(l, pc, set);
  for (uint32_t i = 0; i < l->words; i++) set[i] |= l->always[i];
}

// Most instructions, in a frame whose slots are the bits of one word. Each of their operands is there (the verifier sees to that).
static inline uint64_t step_plain(const OpInfo *info, const Instr *pc, uint64_t set) {
  static const uint64_t writes[] = {[OPERAND_W] = 1, [OPERAND_W2] = 3, [OPERAND_J32] = 0};
  static const uint64_t reads[] = {[OPERAND_R] = 1, [OPERAND_RW] = 1, [OPERAND_R2] = 3, [OPERAND_J32] = 0};
  set &= ~(writes[info->a] << pc->a % 64);
  return set | reads[info->a] << pc->a % 64 | reads[info->b] << pc->b % 64 | reads[info->c] << pc->c % 64;
}

void live_step(const Live *l, const Instr *pc, uint64_t *set) {
  const OpInfo *info = &op_infos[pc->op];
  if (info->plain && l->words == 1) *set = step_plain(info, pc, *set) | *l->always;
  else step_any(l, pc, set);
}

// --- blocks

static bool goes_on(Op op) {
  switch (op) {
  case OP_RET: case OP_JMP: case OP_JMPB: case OP_TRAP: case OP_PANIC: return false;
  default: return true;
  }
}

// Calls visit with each place the instruction may jump to.
static inline void each_target(const Live *l, uint32_t i, void visit(void *context, uint32_t number), void *context) {
  const Instr *pc = l->f->code.data + l->at[i];
  int32_t distance;
  if (instr_jump(pc, &distance)) visit(context, l->number[(int64_t)l->at[i] + distance]);
  else if (pc->op == OP_MAPNEXT) visit(context, l->number[(int64_t)l->at[i] + (int32_t)pc[1].lo]);
  else if (pc->op == OP_JTAB)
    for (uint32_t e = 0; e < pc->b; e++) visit(context, l->number[(int64_t)l->at[i] + (int32_t)pc[1 + e].lo]);
}

static void mark(void *context, uint32_t number) { ((Live *)context)->target[number] = true; }

// One block of memory holds all that is counted by instructions or blocks, of which there are no more than words of code.
static void find_instructions(Live *l) {
  Fn *f = l->f;
  size_t n = f->code.len + 1;
  vec_reserve(&f->live_numbers, n * (sizeof *l->blocks + 3 * sizeof *l->at + 2 * sizeof *l->target) / sizeof *f->live_numbers.data + 1);
  l->blocks = (LiveBlock *)f->live_numbers.data;
  l->block_of = (uint32_t *)(l->blocks + n);
  l->at = l->block_of + n;
  l->number = l->at + n;
  l->target = (bool *)(l->number + n);
  l->loops = l->target + n;
  memset(l->target, 0, 2 * n * sizeof *l->target);
  for (uint32_t at = 0; at < f->code.len; at += instr_length(&f->code.data[at])) {
    l->number[at] = l->count;
    l->at[l->count++] = at;
  }
  for (uint32_t i = 0; i < l->count; i++)
    if (op_infos[f->code.data[l->at[i]].op].ends_block) each_target(l, i, mark, l);
  if (f->has_defer) l->target[l->number[f->out->defer_pc]] = true;
}

void live_leave_out_nops(Live *l) {
  uint32_t kept = 0;
  bool target = false; // of a NOP: then of what is behind it
  for (uint32_t i = 0; i < l->count; i++) {
    uint32_t at = l->at[i];
    target |= l->target[i];
    l->number[at] = kept;
    if (l->f->code.data[at].op == OP_NOP) continue;
    l->at[kept] = at;
    l->target[kept++] = target;
    target = false;
  }
  l->count = kept;
}

// A jump backwards to a block: its set must be known before those of blocks behind it.
static void mark_loop(void *context, uint32_t number) {
  Live *l = context;
  if (number <= l->current) l->has_loops = l->loops[l->block_of[number]] = true;
}

static void find_blocks(Live *l) {
  bool ended = true;
  for (uint32_t i = 0; i < l->count; i++) {
    if (ended || l->target[i]) {
      if (i) l->blocks[l->block_count - 1].end = i;
      l->blocks[l->block_count++].first = i;
    }
    l->block_of[i] = l->block_count - 1;
    ended = op_infos[l->f->code.data[l->at[i]].op].ends_block;
  }
  if (l->count) l->blocks[l->block_count - 1].end = l->count;
  for (uint32_t b = 0; b < l->block_count; b++) { // only the last instruction of a block jumps
    l->current = l->blocks[b].end - 1;
    each_target(l, l->current, mark_loop, l);
  }
}

// --- the flow

typedef struct {
  const Live *l;
  uint64_t *set;
} Union;

static void unite(void *context, uint32_t number) {
  Union *u = context;
  const uint64_t *in = u->l->in + (size_t)u->l->block_of[number] * u->l->words;
  for (uint32_t i = 0; i < u->l->words; i++) u->set[i] |= in[i];
}

void live_behind(const Live *l, uint32_t block, uint64_t *set) {
  uint32_t last = l->blocks[block].end - 1;
  memcpy(set, l->always, l->words * sizeof *set);
  Union u = {l, set};
  each_target(l, last, unite, &u);
  if (goes_on(l->f->code.data[l->at[last]].op) && last + 1 < l->count) unite(&u, last + 1);
}

void live_keep(const Live *l, uint32_t block, const uint64_t *set) {
  memcpy(l->in + (size_t)block * l->words, set, l->words * sizeof *set);
}

static void flow(Live *l) {
  uint64_t *set = l->spare;
  bool changed = true;
  while (changed) {
    changed = false;
    for (uint32_t b = l->block_count; b-- > 0;) {
      live_behind(l, b, set);
      for (uint32_t i = l->blocks[b].end; i-- > l->blocks[b].first;) live_step(l, l->f->code.data + l->at[i], set);
      uint64_t *in = l->in + (size_t)b * l->words;
      if (l->loops[b] && memcmp(in, set, l->words * sizeof *set)) changed = true;
      live_keep(l, b, set);
    }
  }
}

// What is read from the deferred calls on.
static void find_always(Live *l) {
  if (!l->f->has_defer) return;
  uint64_t *set = l->spare;
  for (uint32_t i = l->number[l->f->out->defer_pc]; i < l->count; i++) {
    live_step(l, l->f->code.data + l->at[i], set);
    for (uint32_t w = 0; w < l->words; w++) l->always[w] |= set[w];
  }
  add(l, l->always, l->f->deferred, 1);
}

void live_find(Live *l, Fn *f) {
  *l = (Live){.f = f, .slots = f->high + 1};
  l->words = (l->slots + 63) / 64;
  find_instructions(l);
}

bool live_flow(Live *l) {
  if ((uint64_t)l->words * l->count > LARGEST) return false;
  find_blocks(l);
  size_t size = (size_t)l->words * (l->block_count + 2);
  vec_reserve(&l->f->live_sets, size);
  l->always = l->f->live_sets.data;
  l->spare = l->always + l->words;
  l->in = l->spare + l->words;
  memset(l->always, 0, size * sizeof *l->always);
  find_always(l);
  if (l->has_loops) flow(l);
  return true;
}
