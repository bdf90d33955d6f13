// Look-ups, the disassembler's text, and what the verifier refuses.
#include <criterion/criterion.h>

#include "../vm/asm.h"
#include "bytecode/disasm.h"
#include "bytecode/op.h"
#include "bytecode/verify.h"

static Function *begin(Asm *a) {
  asm_init(a);
  a->program.globals_size = 32;
  return a->program.entry = asm_function(a, "main.main", 10, 0, 0);
}

static void accept(Asm *a) {
  StrBuf why = {0};
  cr_assert(verify_program(&a->program, &why), "%s", strbuf_string(&why));
  strbuf_free(&why);
}

static void refuse(Asm *a, const char *reason) {
  StrBuf why = {0};
  cr_assert(!verify_program(&a->program, &why), "accepted, should say %s", reason);
  cr_assert(strstr(strbuf_string(&why), reason), "says %s, should say %s", strbuf_string(&why), reason);
  strbuf_free(&why);
}

#define REFUSES(reason, ...)     \
  do {                           \
    CODE(f, __VA_ARGS__);        \
    refuse(&a, reason);          \
  } while (0)

Test(verify, slots) {
  Asm a;
  Function *f = begin(&a);
  CODE(f, ABC(MOV, 9, 2, 0), ABC(LD, 2, 1, 16), ABC(MOV2, 8, 2, 0), ABC(RET, 0, 0, 0));
  accept(&a);
  REFUSES("outside a frame", ABC(MOV, 10, 2, 0), ABC(RET, 0, 0, 0));
  REFUSES("outside a frame", ABC(MOV, 2, 0xffff, 0), ABC(RET, 0, 0, 0));
  REFUSES("header", ABC(MOV, 0, 2, 0), ABC(RET, 0, 0, 0));
  REFUSES("header", ABC(MOV, 1, 2, 0), ABC(RET, 0, 0, 0));
  REFUSES("odd", ABC(MOV2, 3, 2, 0), ABC(RET, 0, 0, 0));
  REFUSES("outside a frame", ABC(MOVN, 2, 4, 7), ABC(RET, 0, 0, 0));
  REFUSES("outside a frame", ABC(LDN, 8, 2, 0), WORD(24ull << 32), ABC(RET, 0, 0, 0));
  asm_deinit(&a);
}

Test(verify, flow) {
  Asm a;
  Function *f = begin(&a);
  CODE(f, ABC(LDK, 2, 0, 0), WORD(7), AI(JMPB, 0, -2));
  accept(&a);
  REFUSES("no instruction", ABC(LDK, 2, 0, 0), WORD(7), AI(JMPB, 0, -1));
  REFUSES("no instruction", AI(JMP, 0, 1));
  REFUSES("no instruction", AI(JMPB, 0, -1));
  REFUSES("no instruction", ABC(JEQ, 2, 3, 7), ABC(RET, 0, 0, 0));
  REFUSES("no instruction", ABC(JTAB, 2, 2, 0), WORD(3), WORD(4), ABC(RET, 0, 0, 0));
  REFUSES("beyond its end", ABC(NOP, 0, 0, 0));
  REFUSES("beyond the end", ABC(RET, 0, 0, 0), ABC(LDK, 2, 0, 0));
  REFUSES("beyond the end", ABC(SELECT, 2, 0xffff, 0), ABC(RET, 0, 0, 0));
  REFUSES("no opcode", {.op = OP_COUNT}, ABC(RET, 0, 0, 0));
  REFUSES("internal", ABC(EXITG, 0, 0, 0), ABC(RET, 0, 0, 0));
  asm_deinit(&a);
}

Test(verify, immediates) {
  Asm a;
  Function *f = begin(&a);
  REFUSES("divisor", ABC(DIVI, 2, 3, 0), ABC(RET, 0, 0, 0));
  REFUSES("divisor", ABC(REMI, 2, 3, 0xffff), ABC(RET, 0, 0, 0));
  REFUSES("shift", ABC(SHLI, 2, 3, 64), ABC(RET, 0, 0, 0));
  REFUSES("global", AI(GLD, 2, 32), ABC(RET, 0, 0, 0));
  REFUSES("global", AI(GLD, 2, 4), ABC(RET, 0, 0, 0));
  REFUSES("global", AI(GLD2, 2, 8), ABC(RET, 0, 0, 0));
  asm_deinit(&a);
}

Test(verify, references) {
  Asm a;
  Function *f = begin(&a), *g = asm_function(&a, "main.g", 8, 1, 2);
  RType *type = asm_int(&a), stranger = *type;
  CODE(g, ABC(RET, 0, 0, 0));
  CODE(f, ABC(CALL, 4, 0, 0), PTR_WORD(g), ABC(NEW, 2, rtype_heap_class(type), 0), PTR_WORD(type), ABC(RET, 0, 0, 0));
  accept(&a);
  REFUSES("outside a frame", ABC(CALL, 6, 0, 0), PTR_WORD(g), ABC(RET, 0, 0, 0));
  REFUSES("odd", ABC(CALL, 3, 0, 0), PTR_WORD(g), ABC(RET, 0, 0, 0));
  REFUSES("no function", ABC(CALL, 4, 0, 0), PTR_WORD(f->code), ABC(RET, 0, 0, 0));
  REFUSES("no type", ABC(NEW, 2, 0, 0), PTR_WORD(&stranger), ABC(RET, 0, 0, 0));
  REFUSES("class 1 of int", ABC(NEW, 2, 1, 0), PTR_WORD(type), ABC(RET, 0, 0, 0));
  REFUSES("class 33 with 2 granules", ABC(RELEASE, 2, 33, 2), ABC(RET, 0, 0, 0));
  REFUSES("class 65 with 33 granules", ABC(RELEASE, 2, 65, 33), ABC(RET, 0, 0, 0));
  REFUSES("header", ABC(RELEASE, 0, 33, 1), ABC(RET, 0, 0, 0));
  REFUSES("wrong kind", ABC(MKMAP, 2, 3, 0), PTR_WORD(type), ABC(RET, 0, 0, 0));
  REFUSES("not native", ABC(NATIVE, 0, 0, 0), PTR_WORD(g), ABC(RET, 0, 0, 0));
  REFUSES("method", ABC(CALLI, 4, 2, 0), WORD(3), ABC(RET, 0, 0, 0));
  REFUSES("without deferred calls", ABC(RUNDEFERS, 4, 0, 0), WORD(0), ABC(RET, 0, 0, 0));
  asm_deinit(&a);
}

Test(bytecode, look_ups) {
  Asm a;
  Function *f = begin(&a), *g = asm_function(&a, "main.g", 8, 0, 0);
  LineEntry lines[] = {{0, 3, 1, 0}, {2, 4, 5, 0}};
  CODE(g, ABC(NOP, 0, 0, 0), ABC(RET, 0, 0, 0));
  CODE(f, ABC(NOP, 0, 0, 0), ABC(NOP, 0, 0, 0), ABC(NOP, 0, 0, 0), ABC(RET, 0, 0, 0));
  f->lines = lines, f->line_count = 2;
  program_seal(&a.program);
  for (uint32_t i = 0; i < 4; i++) {
    cr_assert_eq(program_function_at(&a.program, f->code + i), f);
    cr_assert_eq(program_line_at(f, f->code + i).line, i < 2 ? 3 : 4);
  }
  cr_assert_eq(program_function_at(&a.program, g->code + 1), g);
  cr_assert_eq(program_line_at(g, g->code).line, 2); // no table: its declaration
  cr_assert_null(program_function_at(&a.program, (const Instr *)&a));
  RType *type = asm_int(&a);
  cr_assert_eq(program_type(&a.program, "int"), type);
  cr_assert_null(program_type(&a.program, "string"));
  asm_deinit(&a);
}

Test(bytecode, lengths) {
  Instr code[] = {ABC(JTAB, 2, 5, 0), ABC(CALL, 2, 0, 0), ABC(ASSERT, 2, 4, 0), ABC(ADD, 2, 3, 4), ABC(SELECT, 2, 3, 0)};
  uint32_t lengths[] = {6, 2, 3, 1, 4};
  for (int i = 0; i < 5; i++) cr_assert_eq(instr_length(&code[i]), lengths[i]);
}

Test(bytecode, disassembly) {
  Asm a;
  Function *f = begin(&a);
  RType *type = asm_int(&a);
  CODE(f, ABC(JLTI, 3, 2, 3), ABC(NEW, 4, rtype_heap_class(type), 0), PTR_WORD(type), AI(LDSTR, 6, 3), PTR_WORD("a\nb"), ABC(SIDX2, 2, 5, 6), ABC(SLICE, 2, 4, 0), WORD(0x1ffffffff0003),
       ABC(RET, 0, 0, 0));
  StrBuf out = {0};
  disasm_function(&out, f);
  cr_assert_str_eq(out.data,
                   "main.main  test.gol:1\n"
                   "    frame 10, results 0, parameters 0 at r2\n"
                   "     0  JLTI      r3, #2, ->3\n"
                   "     1  NEW       r4, #33           ; int\n"
                   "     3  LDSTR     r6:7, #3          ; \"a\\nb\"\n"
                   "     5  SIDX2     r2:3, r5, r6:7\n"
                   "     6  SLICE     r2:3, r4:5        ; 3, 65535, 65535, 1\n"
                   "     8  RET\n");
  strbuf_free(&out);
  asm_deinit(&a);
}
