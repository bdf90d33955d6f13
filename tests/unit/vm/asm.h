// Programs by hand, for tests of the bytecode layer and the interpreter.
//
//   Asm a;
//   asm_init(&a);
//   Function *f = asm_function(&a, "main.f", 10, 1, 1);   // frame, results, parameters (words)
//   asm_code(f, (Instr[]){ABC(ADDI, 2, 3, 1), ABC(RET, 0, 0, 0)}, 2);
//   ... asm_run(&a, entry)  then a.out, a.err, the status
#ifndef TEST_VM_ASM_H
#define TEST_VM_ASM_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "bytecode/program.h"

#define ABC(name, x, y, z)  {.op = OP_##name, .a = (x), {{.b = (uint16_t)(y), .c = (uint16_t)(z)}}}
#define AI(name, x, i)      {.op = OP_##name, .a = (x), {.imm = (i)}}
#define WORD(w)             {.word = (uint64_t)(w)}
#define PTR_WORD(p)         {.ptr = (void *)(p)}
#define CODE(f, ...)        asm_code((f), (Instr[]){__VA_ARGS__}, sizeof((Instr[]){__VA_ARGS__}) / sizeof(Instr))

typedef struct Asm {
  Program program;
  Function *functions[64];
  RType *types[64];
  const char *files[1];
  StrBuf out, err; // what the run printed
  const char *env; // GOL_DEBUG
} Asm;

static inline void asm_init(Asm *a) {
  memset(a, 0, sizeof *a);
  a->program.functions = a->functions;
  a->program.types = a->types;
  a->files[0] = "test.gol";
  a->program.files = a->files;
  a->program.file_count = 1;
}

static inline void asm_deinit(Asm *a) {
  strbuf_free(&a->out);
  strbuf_free(&a->err);
  arena_deinit(&a->program.arena);
}

// A function whose results and parameters are words, without code yet.
static inline Function *asm_function(Asm *a, const char *name, uint32_t frame, uint16_t results, uint16_t params) {
  Program *p = &a->program;
  Function *f = ARENA_NEW(&p->arena, Function);
  f->name = name;
  f->frame_slots = frame;
  f->result_slots = results;
  f->param_slot = (uint16_t)(2 + results);
  f->param_slots = params;
  f->decl_line = p->function_count + 1;
  f->program = p;
  f->value = ARENA_NEW(&p->arena, Closure);
  f->value->function = f;
  p->functions[p->function_count++] = f;
  return f;
}

static inline void asm_code(Function *f, const Instr *code, size_t n) {
  f->code = arena_copy(&f->program->arena, code, n * sizeof *code);
  f->code_len = (uint32_t)n;
}

static inline Function *asm_native(Asm *a, const char *name, NativeFn fn, uint16_t results, uint16_t params) {
  Function *f = asm_function(a, name, (2u + results + params + 1) & ~1u, results, params);
  f->native = fn;
  CODE(f, ABC(NATIVE, 0, 0, 0), PTR_WORD(f), ABC(RET, 0, 0, 0));
  return f;
}

static inline RType *asm_type(Asm *a, RType t) {
  RType *copy = arena_copy(&a->program.arena, &t, sizeof t);
  copy->id = a->program.type_count;
  return a->program.types[a->program.type_count++] = copy;
}

static inline RType *asm_int(Asm *a) {
  return asm_type(a, (RType){.kind = KIND_INT, .shape = SHAPE_WORD, .align = 8, .size = 8, .go_size = 8, .slots = 1, .direct = true, .comparable = true,
                             .plain = true, .pointer_free = true, .string = "int", .name = "int", .package = ""});
}

static inline RType *asm_string(Asm *a) {
  return asm_type(a, (RType){.kind = KIND_STRING, .shape = SHAPE_PAIR, .align = 16, .size = 16, .go_size = 16, .slots = 2, .comparable = true,
                             .string = "string", .name = "string", .package = ""});
}

#endif
