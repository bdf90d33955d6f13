// Bytecode as text. A line is
//
//      12  JLTI     r3, #2, ->17
//
// index of the instruction, name, operands: rN a slot, rN:M a pair, rN.. a block; # an immediate; -> a jump's target.
// A comment after ';' names what the operands mean. Lines "file.gol:5" say where the code below them comes from.
#include "bytecode/disasm.h"


#include "bytecode/op.h"

enum { ABSENT = 0xffff, STRING_SHOWN = 60 };

static void put_slot(StrBuf *out, uint32_t slot) {
  if (slot == ABSENT) strbuf_putc(out, '_');
  else strbuf_printf(out, "r%u", slot);
}

static void put_operand(StrBuf *out, OperandKind kind, const Instr *pc, uint32_t value, uint32_t at) {
  switch (kind) {
  case OPERAND__: break;
  case OPERAND_R: case OPERAND_W: case OPERAND_RW: case OPERAND_F: put_slot(out, value); break;
  case OPERAND_R2: case OPERAND_W2: strbuf_printf(out, "r%u:%u", value, value + 1); break;
  case OPERAND_RN: case OPERAND_WN:
    put_slot(out, value);
    if (value != ABSENT) strbuf_puts(out, "..");
    break;
  case OPERAND_I: strbuf_printf(out, "#%d", (int16_t)value); break;
  case OPERAND_U: strbuf_printf(out, "#%u", value); break;
  case OPERAND_J: strbuf_printf(out, "->%d", (int)at + (int16_t)value); break;
  case OPERAND_I32: strbuf_printf(out, "#%d", pc->imm); break;
  case OPERAND_U32: strbuf_printf(out, "#%u", pc->uimm); break;
  case OPERAND_J32: strbuf_printf(out, "->%d", (int)at + pc->imm); break;
  }
}

static void put_type(StrBuf *out, const RType *t) { strbuf_puts(out, t ? t->string : "?"); }

static void put_slots(StrBuf *out, const Instr *ext) {
  strbuf_printf(out, "; %u, %u, %u, %u", ext->s0, ext->s1, ext->s2, ext->s3);
}

static void put_ext(StrBuf *out, const Function *f, const Instr *pc, uint32_t at) {
  const Instr *ext = pc + 1;
  switch ((ExtKind)op_infos[pc->op].ext) {
  case EXT_NONE: case EXT_PAD: break;
  case EXT_K: strbuf_printf(out, "; %lld", (long long)ext->word); break;
  case EXT_STR:
    strbuf_puts(out, "; ");
    strbuf_put_quoted(out, ext->ptr, pc->uimm < STRING_SHOWN ? pc->uimm : STRING_SHOWN);
    if (pc->uimm > STRING_SHOWN) strbuf_puts(out, "...");
    break;
  case EXT_TYPE:
    strbuf_puts(out, "; ");
    put_type(out, ext->ptr);
    break;
  case EXT_TYPE2:
    strbuf_puts(out, "; ");
    put_type(out, ext[0].ptr);
    strbuf_puts(out, ", ");
    put_type(out, ext[1].ptr);
    break;
  case EXT_FUNC: strbuf_printf(out, "; %s", ext->ptr ? ((Function *)ext->ptr)->name : "?"); break;
  case EXT_SIZE: strbuf_printf(out, "; offset %u, %u bytes", ext->lo, ext->hi); break;
  case EXT_SLOTS:
    if (pc->op == OP_MAPNEXT) strbuf_printf(out, "; at the end ->%d", (int)at + (int32_t)ext->lo);
    else put_slots(out, ext);
    break;
  case EXT_TYPE_SLOTS:
    put_slots(out, ext + 1);
    strbuf_puts(out, ", ");
    put_type(out, ext->ptr);
    break;
  case EXT_METHOD: {
    const Program *p = f->program;
    strbuf_printf(out, "; %s", p && ext->lo < p->method_id_count ? p->method_names[ext->lo] : "?");
    break;
  }
  case EXT_TABLE:
    strbuf_putc(out, ';');
    for (uint32_t i = 0; i < pc->b; i++) strbuf_printf(out, " ->%d", (int)at + (int32_t)ext[i].lo);
    break;
  case EXT_CASES:
    for (uint32_t i = 0; i < pc->b; i++) {
      strbuf_puts(out, i ? ", " : "; ");
      strbuf_puts(out, ext[i].s0 ? "receive " : "send ");
      put_slot(out, ext[i].s1);
      strbuf_putc(out, ' ');
      put_slot(out, ext[i].s2);
      if (!ext[i].s0) continue;
      strbuf_putc(out, ' ');
      put_slot(out, ext[i].s3);
    }
    break;
  }
}

uint32_t disasm_instr(StrBuf *out, const Function *f, const Instr *pc) {
  const OpInfo *info = &op_infos[pc->op];
  uint32_t at = (uint32_t)(pc - f->code);
  strbuf_printf(out, "%6u  ", at);
  uint32_t begin = out->len;
  strbuf_puts(out, info->name);
  const uint8_t kinds[] = {info->a, info->b, info->c};
  const uint16_t values[] = {pc->a, pc->b, pc->c};
  bool first = true;
  for (int i = 0; i < 3; i++) {
    if (kinds[i] == OPERAND__) continue;
    if (first) strbuf_printf(out, "%*s", begin + 10 > out->len ? (int)(begin + 10 - out->len) : 1, "");
    else strbuf_puts(out, ", ");
    first = false;
    put_operand(out, kinds[i], pc, values[i], at);
  }
  if (info->ext != EXT_NONE && info->ext != EXT_PAD) {
    strbuf_printf(out, "%*s", begin + 28 > out->len ? (int)(begin + 28 - out->len) : 1, "");
    put_ext(out, f, pc, at);
  }
  return instr_length(pc);
}

void disasm_function(StrBuf *out, const Function *f) {
  const Program *p = f->program;
  const char *file = p && f->decl_file < p->file_count ? p->files[f->decl_file] : "?";
  strbuf_printf(out, "%s  %s:%u\n", f->name, file, f->decl_line);
  strbuf_printf(out, "    frame %u, results %u, parameters %u at r%u", f->frame_slots, f->result_slots, f->param_slots, f->param_slot);
  if (f->defer_slot) strbuf_printf(out, ", deferred calls in r%u, run at %u", f->defer_slot, f->defer_pc);
  if (f->native) strbuf_puts(out, ", native");
  if (f->wrapper) strbuf_puts(out, ", wrapper");
  strbuf_putc(out, '\n');
  for (uint32_t i = 0; i < f->var_count; i++) {
    const VarEntry *v = &f->vars[i];
    strbuf_printf(out, "    r%u [%u, %u) %s%s", v->slot, v->from, v->to, v->boxed ? "*" : "", v->name);
    if (v->type) strbuf_printf(out, " %s", v->type->string);
    strbuf_putc(out, '\n');
  }
  uint32_t line = 0, at_line = 0, at_file = UINT32_MAX;
  for (uint32_t at = 0; at < f->code_len;) {
    for (; line < f->line_count && f->lines[line].pc <= at; line++) {
      const LineEntry *e = &f->lines[line];
      if (e->line == at_line && e->file == at_file) continue;
      at_line = e->line, at_file = e->file;
      strbuf_printf(out, "  %s:%u\n", p && e->file < p->file_count ? p->files[e->file] : "?", e->line);
    }
    at += disasm_instr(out, f, f->code + at);
    strbuf_putc(out, '\n');
  }
}

void disasm_program(StrBuf *out, const Program *p) {
  for (uint32_t i = 0; i < p->function_count; i++) {
    if (i) strbuf_putc(out, '\n');
    disasm_function(out, p->functions[i]);
  }
}
