// Structural check of bytecode (verify.h). One pass marks where instructions begin, a second checks operands.
#include "bytecode/verify.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/table.h"
#include "bytecode/op.h"

enum { ABSENT = 0xffff, FIRST_SLOT = 2 };

typedef struct {
  const Program *p;
  const Function *f;
  const Instr *pc;
  PtrTable types, functions; // of the program, as sets
  bool *starts;              // by index of f's code: an instruction begins here
  uint32_t room;             // of starts
  uint32_t places[3];        // of f's frame: at how many slots from FIRST_SLOT on 0, 1 or 2 slots may begin
  StrBuf *why;
} Verifier;

static bool refuse(Verifier *v, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static bool refuse(Verifier *v, const char *fmt, ...) {
  if (!v->why) return false;
  strbuf_printf(v->why, "%s", v->f->name ? v->f->name : "?");
  if (v->pc) strbuf_printf(v->why, "+%u %s", (uint32_t)(v->pc - v->f->code), op_infos[v->pc->op].name);
  strbuf_puts(v->why, ": ");
  va_list args;
  va_start(args, fmt);
  strbuf_vprintf(v->why, fmt, args);
  va_end(args);
  return false;
}

// --- slots. Slots 0 and 1 are the frame's header; only the closure may be read.

static bool check_block(Verifier *v, uint32_t slot, uint64_t slots, bool even) {
  if (!slots) return true; // a value of no size: the operand is not looked at
  if (slot < FIRST_SLOT) return refuse(v, "slot %u is in the frame's header", slot);
  if (slot + slots > v->f->frame_slots) return refuse(v, "slots %u+%llu are outside a frame of %u", slot, (unsigned long long)slots, v->f->frame_slots);
  if (even && slot % 2) return refuse(v, "slot %u is odd", slot);
  return true;
}

static bool check_word(Verifier *v, uint32_t slot) { return check_block(v, slot, 1, false); }
static bool check_word_or_absent(Verifier *v, uint32_t slot) { return slot == ABSENT || check_word(v, slot); }

// A value of type t in slot form.
static bool check_value(Verifier *v, uint32_t slot, const RType *t) { return check_block(v, slot, t->slots, t->align == 16 && t->slots > 1); }
static bool check_value_or_absent(Verifier *v, uint32_t slot, const RType *t) { return slot == ABSENT || check_value(v, slot, t); }

// Bytes [offset, offset + size) of a block in the frame.
static bool check_part(Verifier *v, uint32_t slot, uint32_t offset, uint32_t size) {
  return check_block(v, slot, ((uint64_t)offset + size + 7) / 8, false);
}

static bool check_jump(Verifier *v, int64_t distance) {
  int64_t to = (v->pc - v->f->code) + distance;
  if (to < 0 || to >= v->f->code_len || !v->starts[to]) return refuse(v, "jump to %lld, which is no instruction", (long long)to);
  return true;
}

// Blocks and immediates are left: by the opcode.
static const uint8_t operand_slots[] = {[OPERAND_R] = 1, [OPERAND_W] = 1, [OPERAND_RW] = 1, [OPERAND_R2] = 2, [OPERAND_W2] = 2, [OPERAND_F] = 2, [OPERAND_J32] = 0};

static inline bool check_operand(Verifier *v, OperandKind kind, uint32_t value) {
  uint32_t n = operand_slots[kind];
  if (!n || (kind == OPERAND_R && value == CLOSURE_SLOT)) return true;
  if (n == 1 && value >= FIRST_SLOT && value < v->f->frame_slots) return true;
  return check_block(v, value, n, n == 2);
}

// Almost all operands are slots of the frame, even ones where a pair begins, or no slots. What is not so may be right for another reason.
static inline bool is_in_frame(const uint32_t *places, OperandKind kind, uint32_t value) {
  uint32_t n = operand_slots[kind];
  return value - FIRST_SLOT < places[n] && !(value & n >> 1);
}

static inline bool check_operands(Verifier *v, const OpInfo *info, const Instr *pc) {
  if (is_in_frame(v->places, info->a, pc->a) && is_in_frame(v->places, info->b, pc->b) && is_in_frame(v->places, info->c, pc->c)) return true;
  // ASSERT2's and RECV2's third operands may be absent: check_special.
  bool loose = pc->op == OP_ASSERT2 || pc->op == OP_RECV2;
  return check_operand(v, info->a, pc->a) && check_operand(v, info->b, pc->b) && (loose || check_operand(v, info->c, pc->c));
}

// --- extensions

// A session's earlier Programs: their types are listed by number, their functions are where their code is.
static bool is_earlier_type(const Verifier *v, const RType *t) { return v->p->find && t->id < v->p->type_count && v->p->types[t->id] == t; }
static bool is_earlier_function(const Verifier *v, const Function *f) { return v->p->find && v->p->find((const Instr *)f) && f->program->find == v->p->find; }

static const RType *ext_type(Verifier *v, const Instr *ext) {
  if (ptr_table_has(&v->types, ext->ptr) || is_earlier_type(v, ext->ptr)) return ext->ptr;
  refuse(v, "no type of this program");
  return NULL;
}

static bool check_kind(Verifier *v, const RType *t, RKind kind) { return t->kind == kind || refuse(v, "wrong kind of type %s", t->string); }

static bool is_internal(Op op) {
  switch (op) {
  case OP_EXITG: case OP_MACHINE: case OP_NEXTDEFER: case OP_NEXTPANIC: case OP_NEXTPRINT: return true;
  default: return false;
  }
}

// Execution never goes on behind these. (Nor behind a select without cases; but the pc saved while it waits must be in the function.)
static bool may_end(Op op) {
  switch (op) {
  case OP_RET: case OP_JMP: case OP_JMPB: case OP_TRAP: case OP_PANIC: return true;
  default: return false;
  }
}

// A pair of instructions behind one dispatch: the second one stands behind the first.
static bool check_next(Verifier *v, Op op) {
  const Instr *next = v->pc + instr_length(v->pc);
  return (next < v->f->code + v->f->code_len && next->op == op) || refuse(v, "without the %s that follows", op_infos[op].name);
}

// What op.def's operand kinds do not say: sizes of blocks, ranges of immediates, types of the right kind.
static bool check_special(Verifier *v) {
  const Instr *pc = v->pc, *ext = pc + 1;
  const Function *f = v->f;
  const RType *t = NULL, *t2 = NULL;
  uint32_t a = pc->a, b = pc->b, c = pc->c;
  ExtKind kind = op_infos[pc->op].ext;
  if (kind == EXT_TYPE || kind == EXT_TYPE2 || kind == EXT_TYPE_SLOTS) {
    if (!(t = ext_type(v, ext))) return false;
    if (kind == EXT_TYPE2 && !(t2 = ext_type(v, ext + 1))) return false;
  }
  if (kind == EXT_FUNC && !ptr_table_has(&v->functions, ext->ptr) && !is_earlier_function(v, ext->ptr)) return refuse(v, "no function of this program");
  if (op_pairs[pc->op].second && !check_next(v, op_pairs[pc->op].second)) return false;
  switch (op_first(pc->op)) {
  case OP_MOVN: return check_block(v, a, c, false) && check_block(v, b, c, false);
  case OP_MOVB2: case OP_MOVB3: case OP_MOVB4:
    return check_block(v, a, op_block_words(pc->op), false) && check_block(v, b, op_block_words(pc->op), false);
  case OP_ZERON: return check_block(v, a, pc->uimm, false);
  case OP_LDSTR: return (pc->uimm == 0 || ext->ptr) || refuse(v, "string without bytes");
  case OP_DIVI: case OP_REMI: return ((int16_t)c != 0 && (int16_t)c != -1) || refuse(v, "divisor %d", (int16_t)c);
  case OP_SHLI: case OP_SHRI: case OP_SHRUI: case OP_SHLI32U: return c < 64 || refuse(v, "shift by %u", c);
  case OP_DIVP2: case OP_REMP2: return (c > 0 && c < 64) || refuse(v, "power %u", c);
  case OP_CADD: case OP_CSUB: case OP_CMUL: case OP_CDIV: {
    uint32_t n = ext->s0 ? 1 : 2;
    return check_block(v, a, n, false) && check_block(v, b, n, false) && check_block(v, c, n, false);
  }
  case OP_CEQ: {
    uint32_t n = ext->s0 ? 1 : 2;
    return check_block(v, b, n, false) && check_block(v, c, n, false);
  }
  case OP_C64: return check_block(v, b, 2, false);
  case OP_C128: return check_block(v, a, 2, false);
  case OP_EQT: return check_value(v, b, t) && check_value(v, c, t);
  case OP_LDN: return check_part(v, a, 0, ext->hi);
  case OP_STN: return check_part(v, b, 0, ext->hi);
  case OP_LDB2: case OP_LDB3: case OP_LDB4: return check_block(v, a, op_block_words(pc->op), false);
  case OP_STB2: case OP_STB3: case OP_STB4: return check_block(v, b, op_block_words(pc->op), false);
  case OP_FLD8S: case OP_FLD8U: return check_part(v, b, c, 1);
  case OP_FLD16S: case OP_FLD16U: return check_part(v, b, c, 2);
  case OP_FLD32S: case OP_FLD32U: return check_part(v, b, c, 4);
  case OP_FST8: return check_part(v, a, c, 1);
  case OP_FST16: return check_part(v, a, c, 2);
  case OP_FST32: return check_part(v, a, c, 4);
  case OP_FCOPY: return check_part(v, a, ext->s0, ext->s2) && check_part(v, b, ext->s1, ext->s2);
  case OP_GLD: case OP_GST:
    return (pc->uimm % 8 == 0 && (uint64_t)pc->uimm + 8 <= v->p->globals_size) || refuse(v, "global at %u", pc->uimm);
  case OP_GLD2: case OP_GST2:
    return (pc->uimm % 16 == 0 && (uint64_t)pc->uimm + 16 <= v->p->globals_size) || refuse(v, "global pair at %u", pc->uimm);
  case OP_GADDR: return pc->uimm <= v->p->globals_size || refuse(v, "global at %u", pc->uimm);
  case OP_NEW: return b == rtype_heap_class(t) || refuse(v, "class %u of %s", b, t->string);
  case OP_RELEASE: return (b < HEAP_CLASSES && c == heap_class_size(b) / 16) || refuse(v, "class %u with %u granules", b, c);
  case OP_MKCLOS: return c == 0 || check_block(v, b, c, false);
  case OP_SLICE: case OP_SLICESTR: case OP_SLICEX: case OP_SLICEARR: {
    const Instr *slots = kind == EXT_TYPE_SLOTS ? ext + 1 : ext;
    if (pc->op == OP_SLICEARR && !check_kind(v, t, KIND_ARRAY)) return false;
    return check_word_or_absent(v, slots->s0) && check_word_or_absent(v, slots->s1) &&
           (pc->op == OP_SLICESTR || check_word_or_absent(v, slots->s2));
  }
  case OP_APPEND: return check_value(v, c, t);
  case OP_CONCATN: return check_block(v, b, 2ull * c, true);
  case OP_RANGESTR: return check_block(v, a, 3, false);
  case OP_MKMAP: case OP_MAPITER: case OP_MAPCLEAR: return check_kind(v, t, KIND_MAP);
  case OP_MAPGET: return check_kind(v, t, KIND_MAP) && check_value(v, a, t->elem) && check_value(v, c, t->key);
  case OP_MAPGET2:
    return check_kind(v, t, KIND_MAP) && check_value_or_absent(v, a, t->elem) && check_value(v, c, t->key) &&
           check_word_or_absent(v, ext[1].s0);
  case OP_MAPSET: return check_kind(v, t, KIND_MAP) && check_value(v, b, t->key) && check_value(v, c, t->elem);
  case OP_MAPDEL: return check_kind(v, t, KIND_MAP) && check_value(v, b, t->key);
  case OP_MAPNEXT: return check_word_or_absent(v, b) && check_word_or_absent(v, c) && check_jump(v, (int32_t)ext->lo);
  case OP_MKIFACE: return t->kind == KIND_INTERFACE ? refuse(v, "of interface type") : check_value(v, b, t);
  case OP_IMPLS: return check_kind(v, t, KIND_INTERFACE);
  case OP_UNBOX: case OP_ASSERT: return check_value(v, a, t);
  case OP_ASSERT2: return check_value_or_absent(v, a, t) && check_word_or_absent(v, c);
  case OP_ASSERTI: case OP_ASSERTI2: return check_kind(v, t, KIND_INTERFACE);
  case OP_CALL: CASES_CALLING_NATIVES: {
    const Function *callee = ext->ptr;
    if (pc->op != OP_CALL && !callee->native) return refuse(v, "%s is not native", callee->name);
    if ((pc->op == OP_ACAS64 || pc->op == OP_ACAS32) && !check_block(v, c, 2, false)) return false;
    return check_block(v, a, (uint64_t)callee->param_slot + callee->param_slots, true) && check_block(v, a, 2ull + callee->result_slots, true);
  }
  case OP_CALLI: return ext->lo < v->p->method_id_count || refuse(v, "method %u", ext->lo);
  case OP_NATIVE: return ((const Function *)ext->ptr)->native || refuse(v, "%s is not native", ((const Function *)ext->ptr)->name);
  case OP_GO: case OP_DEFER:
    if (pc->op == OP_DEFER && !f->defer_slot) return refuse(v, "in a function without deferred calls");
    if (pc->op == OP_DEFER && ext->s1 && !check_block(v, ext->s1, (uint64_t)DEFER_HEAD + c, false)) return false;
    return check_block(v, a, 2ull + c, true);
  case OP_RUNDEFERS: return f->defer_slot || refuse(v, "in a function without deferred calls");
  case OP_MKCHAN: return check_kind(v, t, KIND_CHAN);
  case OP_SEND: return c ? check_block(v, b, c, false) : b < f->frame_slots || b == ABSENT || refuse(v, "slot %u", b); // elements may have no size
  case OP_TRYSEND: return check_block(v, b, ext->s0, false);
  case OP_TRYRECV: return check_word_or_absent(v, a) && (a == ABSENT || check_block(v, a, ext->s1, false)) && check_word_or_absent(v, ext->s0);
  case OP_RECV: return check_word_or_absent(v, a) && (a == ABSENT || check_block(v, a, c, false));
  case OP_RECV2: return check_word_or_absent(v, a) && check_word_or_absent(v, c);
  case OP_SELECT:
    for (uint32_t i = 0; i < b; i++)
      if (ext[i].s0 > 1 || !check_word(v, ext[i].s1) || !check_word_or_absent(v, ext[i].s2) ||
          (ext[i].s0 ? !check_word_or_absent(v, ext[i].s3) : ext[i].s3 != ABSENT && !check_block(v, ext[i].s2, ext[i].s3, false)))
        return refuse(v, " in case %u", i);
    return true;
  case OP_ADDMM: case OP_SUBMM: case OP_MULMM: case OP_FADDMM: case OP_FSUBMM: case OP_FMULMM:
    return check_operand(v, OPERAND_R, ext->s0); // two captured variables: the closure
  case OP_ADDE: case OP_SUBE: case OP_MULE: case OP_XORE: case OP_FADDE: case OP_FSUBE: case OP_FMULE: case OP_MULACCE: case OP_FMULACCE:
  case OP_MULADD: case OP_FMULADD: case OP_FMULSUB: return check_word(v, ext->s0);
  case OP_MULADDIAND: return check_word(v, ext->s1);
  case OP_XORSHL: case OP_XORSHL32: case OP_XORSHR: return ext->s0 < 64 || refuse(v, "shift by %u", ext->s0);
  case OP_XORSHIFT: case OP_XORSHIFT32:
    return (ext->s0 < 64 && ext->s1 < 64 && ext->s2 < 64) || refuse(v, "shifts by %u, %u and %u", ext->s0, ext->s1, ext->s2);
  case OP_FMUL2ADD: case OP_FMUL2SUB: case OP_MULADDAND: return check_word(v, ext->s0) && check_word(v, ext->s1);
  case OP_FMULEE: case OP_MULACCEE: case OP_FMULACCEE: return check_block(v, ext->s0, 2, true) && check_word(v, ext->s1);
  case OP_IDXM: case OP_IDX8UM: return check_block(v, ext->s1, 2, true);
  case OP_JREM: case OP_JNREM: return ((int16_t)b != 0 && (int16_t)b != -1) || refuse(v, "divisor %d", (int16_t)b);
  case OP_JTAB:
    for (uint32_t i = 0; i < b; i++)
      if (!check_jump(v, (int32_t)ext[i].lo)) return false;
    return true;
  default: return true;
  }
}

static bool check_instr(Verifier *v) {
  const Instr *pc = v->pc;
  const OpInfo *info = &op_infos[pc->op];
  if (is_internal(pc->op)) return refuse(v, "internal to the interpreter");
  if (!check_operands(v, info, pc)) return false;
  int32_t distance;
  if (instr_jump(pc, &distance) && !check_jump(v, distance)) return false;
  return check_special(v);
}

static bool check_function(Verifier *v, const Function *f) {
  v->f = f, v->pc = NULL;
  if (!f->code || !f->code_len) return refuse(v, "no code");
  if (f->frame_slots % 2) return refuse(v, "frame of %u slots is odd", f->frame_slots);
  if (f->frame_slots > 1u << 20) return refuse(v, "frame of %u slots", f->frame_slots);
  if (f->frame_slots < 2u + f->result_slots || f->frame_slots < (uint32_t)f->param_slot + f->param_slots) return refuse(v, "frame smaller than results and parameters");
  if (f->param_slots && f->param_slot < 2u + f->result_slots) return refuse(v, "parameters overlap results");
  if (f->defer_slot && (f->defer_slot < FIRST_SLOT || f->defer_slot >= f->frame_slots)) return refuse(v, "slot of deferred calls outside the frame");
  for (uint32_t i = 0; i < f->line_count; i++)
    if ((i && f->lines[i].pc < f->lines[i - 1].pc) || f->lines[i].file >= v->p->file_count) return refuse(v, "line table");

  v->places[0] = UINT32_MAX;
  v->places[1] = f->frame_slots - FIRST_SLOT;
  v->places[2] = v->places[1] ? v->places[1] - 1 : 0;
  if (f->code_len > v->room) {
    free(v->starts);
    v->room = f->code_len;
    v->starts = malloc(v->room * sizeof *v->starts);
    ASSERT(v->starts, "out of memory");
  }
  memset(v->starts, 0, f->code_len * sizeof *v->starts);
  uint32_t last = 0;
  for (uint32_t at = 0; at < f->code_len;) {
    const Instr *pc = f->code + at;
    if (pc->op >= OP_COUNT) return refuse(v, "no opcode %u at %u", pc->op, at);
    v->starts[last = at] = true;
    at += instr_length(pc);
    v->pc = pc;
    if (at > f->code_len) return refuse(v, "extension beyond the end");
  }
  for (uint32_t at = 0; at < f->code_len; at += instr_length(f->code + at)) {
    v->pc = f->code + at;
    if (!check_instr(v)) return false;
  }
  v->pc = NULL;
  if (!may_end(f->code[last].op)) return refuse(v, "runs beyond its end");
  if (f->defer_slot && (f->defer_pc >= f->code_len || !v->starts[f->defer_pc] || f->code[f->defer_pc].op != OP_RUNDEFERS)) return refuse(v, "no RUNDEFERS to recover at");
  return true;
}

static bool check_all(Verifier *v) {
  const Program *p = v->p;
  for (uint32_t i = 0; i < p->function_count; i++)
    if (!check_function(v, p->functions[i])) return false;
  if (p->globals_size % 16) return strbuf_puts(v->why, "size of globals"), false;
  if (!ptr_table_has(&v->functions, p->entry) || p->entry->param_slots) {
    if (v->why) strbuf_puts(v->why, "no entry");
    return false;
  }
  return true;
}

bool verify_program(const Program *p, StrBuf *why) {
  Verifier v = {.p = p, .why = why};
  for (uint32_t i = 0; i < p->type_count && !p->find; i++) ptr_table_put(&v.types, p->types[i], p->types[i]);
  for (uint32_t i = 0; i < p->function_count; i++) ptr_table_put(&v.functions, p->functions[i], p->functions[i]);
  bool ok = check_all(&v);
  free(v.starts);
  ptr_table_deinit(&v.types);
  ptr_table_deinit(&v.functions);
  return ok;
}
