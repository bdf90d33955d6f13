// Sequences of instructions become one, where nothing else needs the values between them; and pairs of instructions get one
// dispatch (the pairs of op.def). A pass over finished code, backwards through each block: what is made of two
// instructions may be made larger with the one before.
//
//   LD   r12, r7, #0
//   LD   r13, r10, #0        FSUBMM r11, r7, #0 ; r10, 0
//   FSUB r11, r12, r13
//
// Only instructions of one source line are put together, so that a panic has its line.
#include "compile/fuse.h"

#include <string.h>

#include "bytecode/op.h"
#include "compile/live.h"
#include "compile/nil.h"

typedef struct {
  Fn *f;
  Live live;
  Instr *code;
  uint64_t *set;    // needed behind the instruction looked at
  bool *line;       // by instruction: a source line begins
  bool *is_unsigned; // by instruction: Function.unsigned_indexes
  bool *absorbed;   // by instruction: it is part of one before it, or does nothing
  bool *gone;       // by index into the code: the word belongs to no instruction any more
  uint32_t first;   // of the block
  uint32_t made;    // the instruction that the last replacement made
  bool changed;     // something is gone or absorbed
} Fuser;

static Instr *instr(Fuser *u, uint32_t i) { return u->code + u->live.at[i]; }

// Nothing reads the slot behind j, which reads it itself.
static bool is_dead(const Fuser *u, const Instr *j, Slot slot) {
  return !live_has(u->set, slot) || (op_infos[j->op].a == OPERAND_W && j->a == slot);
}

// Instruction i (and those up to k) becomes `by`, with `ext` behind it if there is one.
static void replace(Fuser *u, uint32_t i, uint32_t k, Instr by, const Instr *ext) {
  uint32_t at = u->live.at[i], end = u->live.at[k] + instr_length(instr(u, k));
  u->code[at++] = by;
  if (ext) u->code[at] = *ext, u->gone[at++] = false; // there may have been a NOP
  for (; at < end; at++) u->gone[at] = true;
  for (uint32_t n = i + 1; n <= k; n++) u->is_unsigned[i] |= u->is_unsigned[n], u->absorbed[n] = true;
  u->made = i;
  u->changed = true;
}

static Instr abc(Op op, uint32_t a, uint32_t b, uint32_t c) {
  return (Instr){.op = (uint16_t)op, .a = (uint16_t)a, .b = (uint16_t)b, .c = (uint16_t)c};
}
static Instr slots(uint32_t s0, uint32_t s1) { return (Instr){.s0 = (uint16_t)s0, .s1 = (uint16_t)s1}; }

// --- arithmetic with operands in memory

typedef struct {
  Op op, m, mm, e, ee; // in registers; the right operand in memory, both; the right one an element, both
  Op to_m, to_e, to_a; // x op= y of memory, of a slice's element, of an array's
  bool commutative;
} Arithmetic;

static const Arithmetic arithmetic[] = {
    {OP_ADD, OP_ADDM, OP_ADDMM, OP_ADDE, OP_NOP, OP_ADDTO, OP_ADDTOE, OP_ADDTOA, true},
    {OP_SUB, OP_SUBM, OP_SUBMM, OP_SUBE, OP_NOP, OP_SUBTO, OP_NOP, OP_NOP, false},
    {OP_MUL, OP_MULM, OP_MULMM, OP_MULE, OP_NOP, OP_NOP, OP_NOP, OP_NOP, true},
    {OP_AND, OP_ANDM, OP_NOP, OP_NOP, OP_NOP, OP_ANDTO, OP_NOP, OP_NOP, true},
    {OP_OR, OP_ORM, OP_NOP, OP_NOP, OP_NOP, OP_ORTO, OP_NOP, OP_NOP, true},
    {OP_XOR, OP_XORM, OP_NOP, OP_XORE, OP_NOP, OP_XORTO, OP_XORTOE, OP_NOP, true},
    {OP_FADD, OP_FADDM, OP_FADDMM, OP_FADDE, OP_NOP, OP_FADDTO, OP_FADDTOE, OP_NOP, true},
    {OP_FSUB, OP_FSUBM, OP_FSUBMM, OP_FSUBE, OP_NOP, OP_FSUBTO, OP_NOP, OP_NOP, false},
    {OP_FMUL, OP_FMULM, OP_FMULMM, OP_FMULE, OP_FMULEE, OP_FMULTO, OP_NOP, OP_NOP, true},
    {OP_FDIV, OP_FDIVM, OP_NOP, OP_NOP, OP_NOP, OP_NOP, OP_NOP, OP_NOP, false},
};
enum { ARITHMETIC = sizeof arithmetic / sizeof *arithmetic };

static const Arithmetic *find_arithmetic(uint16_t op) {
  for (int i = 0; i < ARITHMETIC; i++)
    if (arithmetic[i].op == op) return &arithmetic[i];
  return NULL;
}

// The other operand of an operation with t, which must be on the right or the operation commutative; NO_SLOT: none.
static Slot other_operand(const Arithmetic *o, const Instr *j, Slot t) {
  if (j->c == t && j->b != t) return j->b;
  return o->commutative && j->b == t && j->c != t ? j->c : NO_SLOT;
}

// LD t; OP a, x, t    and    IDX t; OP a, x, t
static bool load_operand(Fuser *u, uint32_t k) {
  const Instr *i = instr(u, k - 1), *j = instr(u, k);
  if (i->op != OP_LD && i->op != OP_IDX) return false;
  const Arithmetic *o = find_arithmetic(j->op);
  if (!o) return false;
  Slot t = i->a, x = other_operand(o, j, t);
  Op op = i->op == OP_LD ? o->m : o->e;
  if (op == OP_NOP || x == NO_SLOT || !is_dead(u, j, t)) return false;
  Instr ext = slots(i->c, 0);
  replace(u, k - 1, k, abc(op, j->a, x, i->b), &ext);
  return true;
}

// LD t; OPM a, t, [m]    and    IDX t; OPE a, t, e
static bool load_both(Fuser *u, uint32_t k) {
  const Instr *i = instr(u, k - 1), *j = instr(u, k);
  const Arithmetic *o = arithmetic;
  while (o->m != j->op && o->e != j->op) o++; // is there: see `ends`
  bool element = o->e == j->op;
  Op op = element ? o->ee : o->mm;
  Slot t = i->a;
  if (i->op != (element ? OP_IDX : OP_LD) || op == OP_NOP || j->b != t || j->c == t || !is_dead(u, j, t)) return false;
  if (element && (j->c + 1u == t || j[1].s0 == t)) return false;
  Instr ext = slots(j->c, j[1].s0);
  replace(u, k - 1, k, abc(op, j->a, i->b, i->c), &ext);
  return true;
}

// --- x op= y in memory: load, operate, store

static bool to_memory(Fuser *u, uint32_t k) {
  const Instr *h = instr(u, k - 2), *i = instr(u, k - 1), *j = instr(u, k);
  bool m = h->op == OP_LD && j->op == OP_ST && h->b == j->a && h->c == j->c;
  bool e = h->op == OP_IDX && j->op == OP_SIDX && h->b == j->a && h->c == j->b;
  bool a = h->op == OP_CLD && j->op == OP_AST && h->b == j->a && h->c == j->b;
  if (!m && !e && !a) return false;
  Slot t = h->a, result = i->a, stored = m ? j->b : j->c, pointer = h->b, index = e || a ? h->c : NO_SLOT;
  if (stored != result || pointer == t || index == t || pointer == result || index == result) return false;
  if (e && (pointer + 1 == t || pointer + 1 == result)) return false;
  if (live_has(u->set, t) || live_has(u->set, result)) return false;
  Instr len = h[1];
  if (i->op == OP_ANDI && i->b == t && m) {
    replace(u, k - 2, k, abc(OP_ANDITO, pointer, i->c, h->c), NULL);
    return true;
  }
  if (i->op == OP_ADDI && i->b == t) {
    replace(u, k - 2, k, m ? abc(OP_ADDITO, pointer, i->c, h->c) : abc(e ? OP_ADDITOE : OP_ADDITOA, pointer, index, i->c), a ? &len : NULL);
    return true;
  }
  const Arithmetic *o = find_arithmetic(i->op);
  // The place itself is the left operand; on the right it may be if that makes no difference.
  Slot x = !o ? NO_SLOT : i->b == t && i->c != t ? i->c : other_operand(o, i, t);
  if (!o || x == NO_SLOT || (i->b != t && !o->commutative)) return false;
  Op op = m ? o->to_m : e ? o->to_e : o->to_a;
  if (op == OP_NOP) return false;
  replace(u, k - 2, k, m ? abc(op, pointer, x, h->c) : abc(op, pointer, index, x), a ? &len : NULL);
  return true;
}

// --- multiply and add

// MUL t, b, c; ADD t, t, x; AND a, t, y: the step of a linear congruential generator. The last two are looked at first.
static bool multiply_add_mask(Fuser *u, uint32_t k) {
  const Instr *h = k > u->first + 1 && !u->line[k - 1] ? instr(u, k - 2) : NULL, *i = instr(u, k - 1), *j = instr(u, k);
  if (!h || h->op != OP_MUL || (i->op != OP_ADD && i->op != OP_ADDI)) return false;
  Slot product = h->a, sum = i->a, mask = j->b == sum ? j->c : j->b;
  if (mask == sum || mask == product || (j->b != sum && j->c != sum) || !is_dead(u, j, sum) || !is_dead(u, j, product)) return false;
  bool imm = i->op == OP_ADDI;
  Slot x = i->b == product && !imm ? i->c : i->b; // imm: the product itself
  if (imm ? x != product : x == product || (i->b != product && i->c != product)) return false;
  Instr ext = slots(imm ? i->c : x, mask);
  replace(u, k - 2, k, abc(imm ? OP_MULADDIAND : OP_MULADDAND, j->a, h->b, h->c), &ext);
  return true;
}

static bool multiply_add(Fuser *u, uint32_t k) {
  const Instr *i = instr(u, k - 1), *j = instr(u, k);
  if ((j->op == OP_ADD && i->op == OP_MULI) && is_dead(u, j, i->a) && (j->b == i->a) != (j->c == i->a)) {
    Instr ext = slots(i->c, 0);
    replace(u, k - 1, k, abc(OP_MULIADD, j->a, i->b, j->b == i->a ? j->c : j->b), &ext);
    return true;
  }
  if (j->op == OP_AND) return multiply_add_mask(u, k);
  if (i->op == OP_MUL && j->op == OP_ADDI) {
    if (j->b != i->a || !is_dead(u, j, i->a)) return false;
    Instr ext = slots(j->c, 0);
    replace(u, k - 1, k, abc(OP_MULADDI, j->a, i->b, i->c), &ext);
    return true;
  }
  bool ints = i->op == OP_MUL && j->op == OP_ADD, floats = i->op == OP_FMUL && (j->op == OP_FADD || j->op == OP_FSUB);
  if (!ints && !floats) return false;
  Slot t = i->a, x;
  bool minus = j->op == OP_FSUB;
  if (!is_dead(u, j, t)) return false;
  if (j->c == t && j->b != t) x = j->b;
  else if (j->b == t && j->c != t && !minus) x = j->c;
  else return false;
  if (k - 1 > u->first && floats && !u->line[k - 1]) { // b * c +- t: is the other one a product as well?
    const Instr *h = instr(u, k - 2);
    if (h->op == OP_FMUL && h->a == x && x != t && i->b != x && i->c != x && is_dead(u, j, x) && j->b == x) {
      Instr ext = slots(i->b, i->c);
      replace(u, k - 2, k, abc(minus ? OP_FMUL2SUB : OP_FMUL2ADD, j->a, h->b, h->c), &ext);
      return true;
    }
  }
  if (x == j->a) {
    replace(u, k - 1, k, abc(ints ? OP_MULACC : minus ? OP_FMULDEC : OP_FMULACC, x, i->b, i->c), NULL);
    return true;
  }
  Instr ext = slots(x, 0);
  replace(u, k - 1, k, abc(ints ? OP_MULADD : minus ? OP_FMULSUB : OP_FMULADD, j->a, i->b, i->c), &ext);
  return true;
}

// IDX t; MULACC a, x, t    and    IDX t; MULACCE a, t, e
static bool accumulate_element(Fuser *u, uint32_t k) {
  const Instr *i = instr(u, k - 1), *j = instr(u, k);
  Slot t = i->a;
  if (i->op != OP_IDX || t == j->a || live_has(u->set, t)) return false;
  if (j->op == OP_MULACC || j->op == OP_FMULACC) {
    if ((j->b == t) == (j->c == t)) return false;
    Instr ext = slots(i->c, 0);
    replace(u, k - 1, k, abc(j->op == OP_MULACC ? OP_MULACCE : OP_FMULACCE, j->a, j->c == t ? j->b : j->c, i->b), &ext);
    return true;
  }
  if (j->b != t || j->c == t || j->c + 1u == t || j[1].s0 == t) return false;
  Instr ext = slots(j->c, j[1].s0);
  replace(u, k - 1, k, abc(j->op == OP_MULACCE ? OP_MULACCEE : OP_FMULACCEE, j->a, i->b, i->c), &ext);
  return true;
}

// --- indexes

// ADDI t, i, n; IDX a, s, t
static bool index_plus(Fuser *u, uint32_t k) {
  const Instr *i = instr(u, k - 1), *j = instr(u, k);
  if (i->op != OP_ADDI || j->c != i->a || !is_dead(u, j, i->a)) return false;
  uint32_t len = 0;
  Op op;
  switch (j->op) {
  case OP_IDX: op = OP_IDXK; break;
  case OP_IDX8U: op = OP_IDX8UK; break;
  case OP_STRIDX: op = OP_STRIDXK; break;
  case OP_CLD: case OP_CLD32U:
    op = j->op == OP_CLD ? OP_CLDK : OP_CLD32UK;
    if (j[1].word > UINT16_MAX) return false;
    len = (uint32_t)j[1].word;
    break;
  default: return false;
  }
  if (j->b == i->a || j->b + 1u == i->a) return false;
  Instr ext = slots(i->c, len);
  replace(u, k - 1, k, abc(op, j->a, j->b, i->b), &ext);
  return true;
}

// A slice in memory: LD2 t; IDX a, t, i    and its length or capacity.
static bool slice_in_memory(Fuser *u, uint32_t k) {
  const Instr *i = instr(u, k - 1), *j = instr(u, k);
  if (i->op != OP_LD2 || j->b != i->a) return false;
  Slot t = i->a;
  bool first = !live_has(u->set, t) || (j->a == t && op_infos[j->op].a == OPERAND_W);
  bool second = !live_has(u->set, t + 1) || (j->a == t + 1 && op_infos[j->op].a == OPERAND_W);
  if (!first || !second) return false;
  uint32_t offset = i->c;
  switch (j->op) {
  case OP_LEN: case OP_CAP:
    offset += j->op == OP_LEN ? 8 : 12;
    if (offset > UINT16_MAX) return false;
    replace(u, k - 1, k, abc(OP_LD32U, j->a, i->b, offset), NULL);
    return true;
  case OP_IDX: case OP_IDX8U: {
    if (j->c == t || j->c == t + 1) return false;
    Instr ext = slots(offset, t);
    replace(u, k - 1, k, abc(j->op == OP_IDX ? OP_IDXM : OP_IDX8UM, j->a, i->b, j->c), &ext);
    return true;
  }
  default: return false;
  }
}

// --- tests

static bool is_zero_test(const Instr *j) { return (j->op == OP_JEQI || j->op == OP_JNEI) && j->b == 0; }

// The jump at k, made from the instruction before it: its distance grows by what lies between.
static bool grow_jump(Fuser *u, uint32_t k, Op op, uint32_t a, uint32_t b, const Instr *ext) {
  const Instr *j = instr(u, k);
  int32_t distance;
  if (!instr_jump(j, &distance)) return false;
  distance += (int32_t)(u->live.at[k] - u->live.at[k - 1]);
  if (distance != (int16_t)distance) return false;
  replace(u, k - 1, k, abc(op, a, b, (uint16_t)(int16_t)distance), ext);
  return true;
}

static bool test(Fuser *u, uint32_t k) {
  const Instr *i = instr(u, k - 1), *j = instr(u, k);
  if (j->a != i->a || live_has(u->set, i->a)) return false;
  if (i->op == OP_ANDI && is_zero_test(j)) return grow_jump(u, k, j->op == OP_JNEI ? OP_JANY : OP_JNONE, i->b, i->c, NULL);
  if (i->op == OP_REMP2 && i->c < 16 && is_zero_test(j)) return grow_jump(u, k, j->op == OP_JNEI ? OP_JANY : OP_JNONE, i->b, (1u << i->c) - 1, NULL);
  if (i->op == OP_REMI && is_zero_test(j)) return grow_jump(u, k, j->op == OP_JNEI ? OP_JREM : OP_JNREM, i->b, i->c, NULL);
  if (i->op == OP_IDX8U && (j->op == OP_JT || j->op == OP_JF)) return grow_jump(u, k, j->op == OP_JT ? OP_JTE : OP_JFE, i->b, i->c, NULL);
  if (i->op == OP_LD && (j->op == OP_JEQI || j->op == OP_JNEI)) {
    Instr ext = slots(i->c, 0);
    return grow_jump(u, k, j->op == OP_JEQI ? OP_JEQIM : OP_JNEIM, i->b, j->b, &ext);
  }
  return false;
}

// --- the rest

// SHLI t, x, n; SHRUI v, x, width - n; OR a, t, v
static bool rotate(Fuser *u, uint32_t k) {
  const Instr *h = instr(u, k - 2), *i = instr(u, k - 1), *j = instr(u, k);
  if ((j->op != OP_OR && j->op != OP_XOR && j->op != OP_ADD) || i->op != OP_SHRUI || (h->op != OP_SHLI && h->op != OP_SHLI32U)) return false;
  uint32_t width = h->op == OP_SHLI ? 64 : 32;
  if (h->b != i->b || h->a == i->b || h->a == i->a || !h->c || h->c + i->c != width) return false;
  if (!((j->b == h->a && j->c == i->a) || (j->c == h->a && j->b == i->a)) || !is_dead(u, j, h->a) || !is_dead(u, j, i->a)) return false;
  replace(u, k - 2, k, abc(width == 64 ? OP_ROT64 : OP_ROT32, j->a, h->b, h->c), NULL);
  return true;
}

// COM t, x; EXT t, t; AND a, t, y
static bool and_not(Fuser *u, uint32_t k) {
  const Instr *h = instr(u, k - 2), *i = instr(u, k - 1), *j = instr(u, k);
  if (h->op != OP_COM || (i->op != OP_EXT32U && i->op != OP_EXT16U && i->op != OP_EXT8U) || i->b != h->a || i->a != h->a || j->op != OP_AND) return false;
  if ((j->b == i->a) == (j->c == i->a) || !is_dead(u, j, i->a)) return false;
  replace(u, k - 2, k, abc(OP_ANDN, j->a, j->b == i->a ? j->c : j->b, h->b), NULL);
  return true;
}

// SHLI t, x, n; XOR a, y, t
static bool xor_shifted(Fuser *u, uint32_t k) {
  const Instr *i = instr(u, k - 1), *j = instr(u, k);
  Op op = i->op == OP_SHLI ? OP_XORSHL : i->op == OP_SHLI32U ? OP_XORSHL32 : i->op == OP_SHRUI ? OP_XORSHR : OP_NOP;
  if (op == OP_NOP || (j->b == i->a) == (j->c == i->a) || !is_dead(u, j, i->a)) return false;
  Instr ext = slots(i->c, 0);
  replace(u, k - 1, k, abc(op, j->a, j->b == i->a ? j->c : j->b, i->b), &ext);
  return true;
}

// XOR x, x, t, where SHLI or SHRUI t, x, n stands before it.
static bool is_shifted(Fuser *u, uint32_t k, Op shift, Slot x) {
  const Instr *i = instr(u, k - 1), *j = instr(u, k);
  if (u->absorbed[k] || u->absorbed[k - 1] || i->op != shift || i->b != x || i->a == x || j->op != OP_XOR || j->a != x) return false;
  return ((j->b == x && j->c == i->a) || (j->c == x && j->b == i->a)) && is_dead(u, instr(u, k + 1), i->a);
}

// x ^= x << n; x ^= x >> m; x ^= x << k, Marsaglia's generators, mostly on three lines: nothing in it panics. The last two are an XORSHL already.
static bool xorshift(Fuser *u, uint32_t k) {
  const Instr *j = instr(u, k);
  if (k < u->first + 4 || j->a != j->b || j->a != j->c) return false;
  bool narrow = j->op == OP_XORSHL32;
  if (!is_shifted(u, k - 1, OP_SHRUI, j->a) || !is_shifted(u, k - 3, narrow ? OP_SHLI32U : OP_SHLI, j->a)) return false;
  Slot t = instr(u, k - 4)->a;
  if (t != instr(u, k - 2)->a && live_has(u->set, t)) return false;
  Instr ext = {.s0 = instr(u, k - 4)->c, .s1 = instr(u, k - 2)->c, .s2 = j[1].s0};
  replace(u, k - 4, k, abc(narrow ? OP_XORSHIFT32 : OP_XORSHIFT, j->a, j->a, 0), &ext);
  return true;
}

static bool pair(Fuser *u, uint32_t k) {
  const Instr *i = instr(u, k - 1), *j = instr(u, k);
  if (i->op == OP_LD && j->op == OP_LD && j->b == i->a && is_dead(u, j, i->a)) {
    Instr ext = slots(j->c, 0);
    replace(u, k - 1, k, abc(OP_LDLD, j->a, i->b, i->c), &ext);
    return true;
  }
  if (i->op == OP_LDI && j->op == OP_ST && j->b == i->a && j->a != i->a && i->imm == (int16_t)i->imm && is_dead(u, j, i->a)) {
    replace(u, k - 1, k, abc(OP_STI, j->a, (uint16_t)i->imm, j->c), NULL);
    return true;
  }
  if (i->op == OP_COM && j->op == OP_AND && (j->b == i->a) != (j->c == i->a) && is_dead(u, j, i->a)) {
    replace(u, k - 1, k, abc(OP_ANDN, j->a, j->b == i->a ? j->c : j->b, i->b), NULL);
    return true;
  }
  if (i->op == OP_ADDI && (j->op == OP_EXT32U || j->op == OP_EXT32S) && j->b == i->a && is_dead(u, j, i->a)) {
    replace(u, k - 1, k, abc(j->op == OP_EXT32U ? OP_ADDI32U : OP_ADDI32S, j->a, i->b, i->c), NULL);
    return true;
  }
  return false;
}

// The instruction computes a word and does nothing else, reading its operands first.
static bool computes_word(const Instr *i) {
  const OpInfo *info = &op_infos[i->op];
  if (info->a != OPERAND_W) return false;
  if (info->ext != EXT_NONE && info->ext != EXT_K && !(info->ext == EXT_SLOTS && i->op >= OP_ADDM)) return false;
  return info->b != OPERAND_WN && info->c != OPERAND_W && info->c != OPERAND_WN && i->op != OP_CHCAP && i->op != OP_CHLEN;
}

// X t; MOV a, t: X a
static bool into_place(Fuser *u, uint32_t k) {
  const Instr *j = instr(u, k);
  Instr *i = instr(u, k - 1);
  if (j->op != OP_MOV || j->b != i->a || j->a == i->a || !computes_word(i) || live_has(u->set, i->a)) return false;
  Instr by = *i, ext = i[1];
  by.a = j->a;
  bool two = instr_length(i) == 2;
  replace(u, k - 1, k, by, two ? &ext : NULL);
  return true;
}

// MOV t, x; LOCK t: LOCK x. The slow way writes t, which is behind the result if there is one.
static bool receiver(Fuser *u, uint32_t k) {
  const Instr *i = instr(u, k - 1), *j = instr(u, k);
  bool loads = j->op == OP_ALOAD64 || j->op == OP_ALOAD32S || j->op == OP_ALOAD32U;
  if (i->op != OP_MOV || i->a != j->b || i->a != j->a + (loads ? 3u : 2u)) return false;
  Instr ext = j[1];
  replace(u, k - 1, k, abc(j->op, j->a, i->b, 0), &ext);
  return true;
}

// What may end in an instruction: a filter that keeps most of them from being looked at.
enum { ENDS_ARITHMETIC = 1, ENDS_BOTH = 2, ENDS_STORE = 4, ENDS_INDEX = 8, ENDS_TEST = 16, ENDS_PAIR = 32, ENDS_MOVE = 64, ENDS_ROTATE = 128, ENDS_RECEIVER = 256,
       ENDS_SUM = 512, ENDS_XORSHIFT = 1024 };
static const uint16_t ends[OP_COUNT] = {
    [OP_ADD] = ENDS_ARITHMETIC | ENDS_ROTATE, [OP_ADDI] = ENDS_ARITHMETIC, [OP_SUB] = ENDS_ARITHMETIC, [OP_MUL] = ENDS_ARITHMETIC,
    [OP_AND] = ENDS_ARITHMETIC | ENDS_PAIR, [OP_OR] = ENDS_ARITHMETIC | ENDS_ROTATE, [OP_XOR] = ENDS_ARITHMETIC | ENDS_ROTATE,
    [OP_FADD] = ENDS_ARITHMETIC, [OP_FSUB] = ENDS_ARITHMETIC, [OP_FMUL] = ENDS_ARITHMETIC, [OP_FDIV] = ENDS_ARITHMETIC,
    [OP_ADDM] = ENDS_BOTH, [OP_SUBM] = ENDS_BOTH, [OP_MULM] = ENDS_BOTH, [OP_FADDM] = ENDS_BOTH, [OP_FSUBM] = ENDS_BOTH,
    [OP_FMULM] = ENDS_BOTH, [OP_FMULE] = ENDS_BOTH,
    [OP_MULACC] = ENDS_SUM, [OP_FMULACC] = ENDS_SUM, [OP_MULACCE] = ENDS_SUM, [OP_FMULACCE] = ENDS_SUM,
    [OP_ST] = ENDS_STORE | ENDS_PAIR, [OP_SIDX] = ENDS_STORE, [OP_AST] = ENDS_STORE,
    [OP_IDX] = ENDS_INDEX, [OP_IDX8U] = ENDS_INDEX, [OP_STRIDX] = ENDS_INDEX, [OP_CLD] = ENDS_INDEX, [OP_CLD32U] = ENDS_INDEX,
    [OP_LEN] = ENDS_INDEX, [OP_CAP] = ENDS_INDEX,
    [OP_JEQI] = ENDS_TEST, [OP_JNEI] = ENDS_TEST, [OP_JT] = ENDS_TEST, [OP_JF] = ENDS_TEST,
    [OP_LOCK] = ENDS_RECEIVER, [OP_UNLOCK] = ENDS_RECEIVER, [OP_RLOCK] = ENDS_RECEIVER, [OP_RUNLOCK] = ENDS_RECEIVER,
    [OP_ALOAD64] = ENDS_RECEIVER, [OP_ALOAD32S] = ENDS_RECEIVER, [OP_ALOAD32U] = ENDS_RECEIVER, [OP_WLOCK] = ENDS_RECEIVER, [OP_WUNLOCK] = ENDS_RECEIVER, [OP_SIGNAL] = ENDS_RECEIVER,
    [OP_LD] = ENDS_PAIR, [OP_EXT32U] = ENDS_PAIR, [OP_EXT32S] = ENDS_PAIR, [OP_MOV] = ENDS_MOVE,
    [OP_XORSHL] = ENDS_XORSHIFT, [OP_XORSHL32] = ENDS_XORSHIFT,
};

static bool fuse_at(Fuser *u, uint32_t k) {
  const Instr *j = instr(u, k);
  uint16_t kinds = ends[j->op];
  if (!kinds || k <= u->first) return false;
  // A value and the variable it goes to may stand on two lines; otherwise all is on one.
  if (kinds & ENDS_MOVE) return into_place(u, k);
  if (kinds & ENDS_XORSHIFT) return xorshift(u, k);
  if (u->line[k]) return false;
  if (k > u->first + 1 && !u->line[k - 1]) {
    if (kinds & ENDS_STORE && to_memory(u, k)) return true;
    if (kinds & ENDS_ROTATE && rotate(u, k)) return true;
    if (j->op == OP_AND && and_not(u, k)) return true;
  }
  return (kinds & ENDS_ARITHMETIC && (load_operand(u, k) || multiply_add(u, k))) || (kinds & ENDS_BOTH && load_both(u, k)) ||
         (kinds & ENDS_INDEX && (index_plus(u, k) || slice_in_memory(u, k))) || (kinds & ENDS_TEST && test(u, k)) ||
         (kinds & ENDS_PAIR && pair(u, k)) || (j->op == OP_XOR && xor_shifted(u, k)) ||
         (kinds & ENDS_SUM && accumulate_element(u, k)) || (kinds & ENDS_RECEIVER && receiver(u, k));
}

static void fuse_block(Fuser *u, uint32_t block) {
  uint32_t first = u->live.blocks[block].first;
  u->first = first;
  live_behind(&u->live, block, u->set);
  for (uint32_t k = u->live.blocks[block].end; k-- > first;) {
    if (u->absorbed[k]) continue;
    while (fuse_at(u, k)) k = u->made;
    live_step(&u->live, instr(u, k), u->set);
  }
  live_keep(&u->live, block, u->set);
}

// --- before: what stands between instructions that belong together

// Which of the following is worth while: most code has little of it.
enum { HAS_NIL_CHECKS = 1, HAS_MINIMA = 2, HAS_NOPS = 4 };

static unsigned what_it_has(Fuser *u) {
  unsigned has = 0;
  for (uint32_t i = 0; i < u->live.count; i++) switch (instr(u, i)->op) {
    case OP_NILCHK: has |= HAS_NIL_CHECKS | HAS_NOPS; break;
    case OP_JLE: case OP_JLT: has |= HAS_MINIMA | HAS_NOPS; break;
    case OP_NOP: has |= HAS_NOPS;
    }
  return has;
}

static void drop_nil_checks(Fuser *u) {
  uint64_t *known = u->set;
  for (uint32_t i = 0; i < u->live.count; i++) {
    if (!i || u->live.target[i]) memset(known, 0, u->live.words * sizeof *known);
    Instr *pc = instr(u, i);
    if (pc->op == OP_NILCHK && live_has(known, pc->a)) {
      pc->op = OP_NOP;
      continue;
    }
    not_nil_step(known, u->live.slots, pc);
  }
}

// if y < x { x = y }: JLE x, y, over the MOV; MOV x, y
static void find_minima(Fuser *u) {
  for (uint32_t k = 1; k < u->live.count; k++) {
    Instr *i = instr(u, k - 1), *j = instr(u, k);
    if (j->op != OP_MOV || (i->op != OP_JLE && i->op != OP_JLT) || (int16_t)i->c != 2 || u->live.target[k]) continue;
    Op op;
    if (i->a == j->a && i->b == j->b) op = OP_MIN;
    else if (i->b == j->a && i->a == j->b) op = OP_MAX;
    else continue;
    *i = abc(op, j->a, j->a, j->b);
    j->op = OP_NOP;
  }
}

// --- two instructions behind one dispatch

static void pair_dispatches(Fn *f) {
  for (uint32_t at = 0; at < f->code.len;) {
    Instr *i = &f->code.data[at];
    at += instr_length(i);
    if (at == f->code.len) break;
    Op both = op_pair(i->op, f->code.data[at].op);
    if (both == OP_NOP) continue;
    i->op = (uint16_t)both;
    at += instr_length(&f->code.data[at]);
  }
}

// --- what is gone is left out

static void move_jumps(const Fuser *u, uint32_t i, const uint32_t *to) {
  uint32_t at = u->live.at[i];
  Instr *pc = &u->code[at];
  int32_t distance;
#define MOVED(d) ((int32_t)(to[(int64_t)at + (d)] - to[at]))
  if (instr_jump(pc, &distance)) {
    if (op_infos[pc->op].c == OPERAND_J) pc->c = (uint16_t)(int16_t)MOVED(distance);
    else pc->imm = MOVED(distance);
  }
  if (pc->op == OP_MAPNEXT) pc[1].lo = (uint32_t)MOVED((int32_t)pc[1].lo);
  for (uint32_t e = 0; pc->op == OP_JTAB && e < pc->b; e++) pc[1 + e].lo = (uint32_t)MOVED((int32_t)pc[1 + e].lo);
#undef MOVED
}

static void compact(Fuser *u) {
  Fn *f = u->f;
  uint32_t *to = malloc((f->code.len + 1) * sizeof *to), len = 0;
  for (uint32_t at = 0; at < f->code.len; at++) {
    to[at] = len;
    if (!u->gone[at]) len++;
  }
  to[f->code.len] = len;
  f->unsigned_indexes.len = 0;
  for (uint32_t i = 0; i < u->live.count; i++) {
    if (u->absorbed[i]) continue;
    move_jumps(u, i, to);
    if (u->is_unsigned[i]) vec_push(&f->unsigned_indexes, to[u->live.at[i]]);
  }
  for (uint32_t at = 0; at < f->code.len; at++)
    if (!u->gone[at]) u->code[to[at]] = u->code[at];
  f->out->defer_pc = to[f->out->defer_pc];
  for (uint32_t i = 0; i < f->vars.len; i++) {
    f->vars.data[i].from = to[f->vars.data[i].from];
    if (f->vars.data[i].to != UINT32_MAX) f->vars.data[i].to = to[f->vars.data[i].to];
  }
  LineEntry *lines = f->table.data;
  uint32_t lines_len = 0;
  for (uint32_t i = 0; i < f->table.len; i++) {
    LineEntry entry = lines[i];
    entry.pc = to[entry.pc];
    if (lines_len && lines[lines_len - 1].pc == entry.pc) lines_len--;
    lines[lines_len++] = entry;
  }
  f->table.len = lines_len;
  f->code.len = len;
  free(to);
}

static void begin(Fuser *u, Fn *f) {
  *u = (Fuser){.f = f, .code = f->code.data};
  live_find(&u->live, f);
  size_t n = u->live.count + 1;
  size_t size = u->live.words + (3 * n + f->code.len + 1) / sizeof *u->set + 1;
  vec_reserve(&f->fuse_marks, size);
  u->set = memset(f->fuse_marks.data, 0, size * sizeof *u->set);
  u->line = (bool *)(u->set + u->live.words);
  u->is_unsigned = u->line + n;
  u->absorbed = u->is_unsigned + n;
  u->gone = u->absorbed + n;
}

static void leave_out_nops(Fuser *u) {
  for (uint32_t i = 0; i < u->live.count; i++)
    if (instr(u, i)->op == OP_NOP) u->changed = u->gone[u->live.at[i]] = true;
  if (u->changed) live_leave_out_nops(&u->live);
}

static void find_lines(Fuser *u) {
  const Fn *f = u->f;
  for (uint32_t i = 0; i < f->table.len; i++)
    if (f->table.data[i].pc < f->code.len) u->line[u->live.number[f->table.data[i].pc]] = true;
  for (uint32_t i = 0; i < f->unsigned_indexes.len; i++) u->is_unsigned[u->live.number[f->unsigned_indexes.data[i]]] = true;
}

void fuse(Fn *f) {
  Fuser u;
  begin(&u, f);
  unsigned has = what_it_has(&u);
  if (has & HAS_NIL_CHECKS) drop_nil_checks(&u);
  if (has & HAS_MINIMA) find_minima(&u);
  if (has & HAS_NOPS) leave_out_nops(&u); // some of them made by the other two
  find_lines(&u);
  if (live_flow(&u.live))
    for (uint32_t b = u.live.block_count; b-- > 0;) fuse_block(&u, b);
  if (u.changed) compact(&u);
  pair_dispatches(f);
}
