// Instructions, labels and positions. A fused compare-and-branch reaches 32,767 instructions; a function with a longer
// one is made again in far mode (Fn.far), where each of them jumps around a JMP.
#include "compile/emit.h"

#include <string.h>

uint32_t emit(Fn *f, Op op, uint32_t a, uint32_t b, uint32_t c) {
  if ((a | b | c) > 0xffff) f->too_big = true;
  uint32_t at = f->last = f->code.len;
  if (!f->lines.len || vec_last(&f->lines).pos != f->pos) {
    if (f->lines.len && vec_last(&f->lines).pc == at) vec_last(&f->lines).pos = f->pos;
    else {
      vec_reserve(&f->lines, 1);
      f->lines.data[f->lines.len].pc = at;
      f->lines.data[f->lines.len++].pos = f->pos;
    }
  }
  vec_push(&f->code, (Instr){.op = (uint16_t)op, .a = (uint16_t)a, .b = (uint16_t)b, .c = (uint16_t)c});
  return at;
}

uint32_t emit_imm(Fn *f, Op op, uint32_t a, int32_t imm) {
  uint32_t at = emit(f, op, a, 0, 0);
  f->code.data[at].imm = imm;
  return at;
}

void emit_word(Fn *f, uint64_t word) { vec_push(&f->code, (Instr){.word = word}); }
void emit_ptr(Fn *f, const void *ptr) { vec_push(&f->code, (Instr){.word = (uint64_t)(uintptr_t)ptr}); }
void emit_pair(Fn *f, uint32_t lo, uint32_t hi) { vec_push(&f->code, (Instr){.lo = lo, .hi = hi}); }

void emit_slots(Fn *f, uint32_t s0, uint32_t s1, uint32_t s2, uint32_t s3) {
  if ((s0 | s1 | s2 | s3) > 0xffff) f->too_big = true;
  vec_push(&f->code, (Instr){.s0 = (uint16_t)s0, .s1 = (uint16_t)s1, .s2 = (uint16_t)s2, .s3 = (uint16_t)s3});
}

void at_pos(Fn *f, Pos pos) {
  if (pos != NO_POS && !f->inline_depth) f->pos = pos; // an expanded call is at one place
}
void at(Fn *f, const Node *n) { at_pos(f, n->pos); }

// --- values

void emit_load_word(Fn *f, Slot dst, uint64_t word) {
  if ((int64_t)word == (int32_t)word) {
    emit_imm(f, OP_LDI, dst, (int32_t)word);
    return;
  }
  emit(f, OP_LDK, dst, 0, 0);
  emit_word(f, word);
}

void emit_move(Fn *f, Slot dst, Slot src, const TypeInfo *info) {
  if (dst == src || !info->slots) return;
  if (info->slots == 1) emit(f, OP_MOV, dst, src, 0);
  else if (info->slots == 2 && info->align == 16) emit(f, OP_MOV2, dst, src, 0);
  else if (info->slots >= 2 && info->slots <= 4) emit(f, OP_MOVB2 + info->slots - 2, dst, src, 0);
  else emit(f, OP_MOVN, dst, src, info->slots);
}

void emit_zero(Fn *f, Slot dst, const TypeInfo *info) {
  if (!info->slots) return;
  if (info->slots == 1) emit_imm(f, OP_LDI, dst, 0);
  else if (info->slots == 2 && info->align == 16) emit(f, OP_ZERO2, dst, 0, 0);
  else emit_imm(f, OP_ZERON, dst, (int32_t)info->slots);
}

// Values of no size all have one address, as Go's do.
void emit_new(Fn *f, Slot dst, Type *type) {
  if (!info_of(f->c, type)->size) {
    emit(f, OP_LDK, dst, 0, 0);
    emit_ptr(f, zero_base(f->c));
    return;
  }
  const RType *t = rtype_of(f->c, type);
  emit(f, OP_NEW, dst, rtype_heap_class(t), 0);
  emit_ptr(f, t);
}

// --- memory

static const Op load_ops[] = {[SHAPE_I8] = OP_LD8S, [SHAPE_U8] = OP_LD8U, [SHAPE_I16] = OP_LD16S, [SHAPE_U16] = OP_LD16U,
                              [SHAPE_I32] = OP_LD32S, [SHAPE_U32] = OP_LD32U, [SHAPE_WORD] = OP_LD, [SHAPE_PAIR] = OP_LD2};
static const Op store_ops[] = {[SHAPE_I8] = OP_ST8, [SHAPE_U8] = OP_ST8, [SHAPE_I16] = OP_ST16, [SHAPE_U16] = OP_ST16,
                               [SHAPE_I32] = OP_ST32, [SHAPE_U32] = OP_ST32, [SHAPE_WORD] = OP_ST, [SHAPE_PAIR] = OP_ST2};

// Small blocks move as words do.
Shape access_shape(const TypeInfo *info) {
  if (info->shape != SHAPE_BLOCK) return info->shape;
  switch (info->size) {
  case 1: return SHAPE_U8;
  case 2: return SHAPE_U16;
  case 4: return SHAPE_U32;
  case 8: return SHAPE_WORD;
  default: return SHAPE_BLOCK;
  }
}

// A block of two to four words without pairs.
static bool is_words(const TypeInfo *info) {
  return info->shape == SHAPE_BLOCK && info->align == 8 && info->size == info->slots * 8 && info->slots >= 2 && info->slots <= 4;
}

// The instruction's immediate holds 16 bits; beyond that the pointer is advanced first.
static Slot near_pointer(Fn *f, Slot ptr, uint32_t *offset, const TypeInfo *info) {
  if (*offset <= 0xffff || access_shape(info) == SHAPE_BLOCK) return ptr;
  Slot near = slot_word(f);
  emit(f, OP_PTRADD, near, ptr, 0);
  emit_word(f, *offset);
  *offset = 0;
  return near;
}

void emit_load(Fn *f, Slot dst, Slot ptr, uint32_t offset, const TypeInfo *info) {
  uint32_t top = f->top;
  ptr = near_pointer(f, ptr, &offset, info);
  if (info->shape == SHAPE_NONE) emit(f, OP_NILCHK, ptr, 0, 0);
  else if (is_words(info) && offset <= 0xffff) emit(f, OP_LDB2 + info->slots - 2, dst, ptr, offset);
  else if (access_shape(info) == SHAPE_BLOCK) {
    emit(f, OP_LDN, dst, ptr, 0);
    emit_pair(f, offset, info->size);
  } else emit(f, load_ops[access_shape(info)], dst, ptr, offset);
  f->top = top;
}

void emit_store(Fn *f, Slot ptr, uint32_t offset, Slot src, const TypeInfo *info) {
  uint32_t top = f->top;
  ptr = near_pointer(f, ptr, &offset, info);
  if (info->shape == SHAPE_NONE) emit(f, OP_NILCHK, ptr, 0, 0);
  else if (is_words(info) && offset <= 0xffff) emit(f, OP_STB2 + info->slots - 2, ptr, src, offset);
  else if (access_shape(info) == SHAPE_BLOCK) {
    emit(f, OP_STN, ptr, src, 0);
    emit_pair(f, offset, info->size);
  } else emit(f, store_ops[access_shape(info)], ptr, src, offset);
  f->top = top;
}

// --- labels

static void patch(Fn *f, const Patch *p, uint32_t target) {
  int64_t distance = (int64_t)target - p->from;
  Instr *i = &f->code.data[p->at];
  switch ((PatchKind)p->kind) {
  case PATCH_C16:
    if (distance != (int16_t)distance) f->too_far = true;
    i->c = (uint16_t)(int16_t)distance;
    break;
  case PATCH_IMM32: i->imm = (int32_t)distance; break;
  case PATCH_LO32: i->lo = (uint32_t)(int32_t)distance; break;
  }
}

void label_use(Fn *f, Label *label, uint32_t at, uint32_t from, PatchKind kind) {
  Patch p = {.at = at, .from = from, .next = label->first, .kind = kind};
  if (label->at != UNBOUND) {
    patch(f, &p, label->at);
    return;
  }
  vec_push(&f->patches, p);
  label->first = f->patches.len;
}

// A jump to the instruction behind it is not needed, if no other label is bound there.
static void drop_jump(Fn *f, Label *label) {
  const Patch *p = label->first ? &f->patches.data[label->first - 1] : NULL;
  if (!p || p->kind != PATCH_IMM32 || p->at != f->code.len - 1 || f->code.data[p->at].op != OP_JMP || f->bound == f->code.len) return;
  label->first = p->next;
  f->code.len--;
  f->dead = false;
}

void label_bind_used(Fn *f, Label *label) {
  if (label->first) label_bind(f, label);
}

void label_bind(Fn *f, Label *label) {
  ASSERT(label->at == UNBOUND, "label bound twice");
  drop_jump(f, label);
  label->at = f->bound = f->code.len;
  if (label->first) f->dead = false;
  for (uint32_t i = label->first; i; i = f->patches.data[i - 1].next) patch(f, &f->patches.data[i - 1], label->at);
  label->first = 0;
}

static Op backwards(Op op) {
  switch (op) {
  case OP_JMP: return OP_JMPB;
  case OP_JT: return OP_JTB;
  case OP_JF: return OP_JFB;
  case OP_JEQ: return OP_JEQB;
  case OP_JNE: return OP_JNEB;
  case OP_JLT: return OP_JLTB;
  case OP_JLE: return OP_JLEB;
  case OP_JLTU: return OP_JLTUB;
  case OP_JLEU: return OP_JLEUB;
  case OP_JEQI: return OP_JEQIB;
  case OP_JNEI: return OP_JNEIB;
  case OP_JLTI: return OP_JLTIB;
  case OP_JLEI: return OP_JLEIB;
  case OP_JGTI: return OP_JGTIB;
  case OP_JGEI: return OP_JGEIB;
  case OP_JFLT: return OP_JFLTB;
  case OP_JFLE: return OP_JFLEB;
  default: return OP_NOP;
  }
}

void emit_jump(Fn *f, Label *label) {
  if (f->dead) return;
  uint32_t at = emit_imm(f, label->at == UNBOUND ? OP_JMP : OP_JMPB, 0, 0);
  label_use(f, label, at, at, PATCH_IMM32);
  f->dead = true;
}

void emit_jump_if(Fn *f, Slot a, bool sense, Label *label) {
  Op op = sense ? OP_JT : OP_JF;
  uint32_t at = emit_imm(f, label->at == UNBOUND ? op : backwards(op), a, 0);
  label_use(f, label, at, at, PATCH_IMM32);
}

// i++; if i < n jump back: one instruction.
static Op merge_increment(Fn *f, Op op, Slot a) {
  Op merged = op == OP_JLTB ? OP_INCJLT : op == OP_JLTIB ? OP_INCJLTI : op == OP_JLEB ? OP_INCJLE : op == OP_JLEIB ? OP_INCJLEI : OP_NOP;
  const Instr *i = &f->code.data[f->last];
  if (merged == OP_NOP || f->last != f->code.len - 1 || f->bound == f->code.len) return op;
  if (i->op != OP_ADDI || i->a != a || i->b != a || i->c != 1) return op;
  f->code.len--;
  return merged;
}

void emit_branch(Fn *f, Op op, Slot a, uint32_t b, Label *label) {
  bool back = label->at != UNBOUND;
  Op there = back ? backwards(op) : op;
  bool near = there != OP_NOP && !f->far && (!back || f->code.len - label->at < 0x7fff);
  if (near) {
    if (back && b != a) there = merge_increment(f, there, a);
    uint32_t at = emit(f, there, a, b & 0xffff, 0);
    label_use(f, label, at, at, PATCH_C16);
    return;
  }
  //   Jcc +2; JMP +2; JMP label
  emit(f, op, a, b & 0xffff, 2);
  emit_imm(f, OP_JMP, 0, 2);
  emit_jump(f, label);
  f->dead = false;
  f->bound = f->code.len; // all three stay
}
