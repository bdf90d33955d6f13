// Look-ups in a Program. All are read-only after program_seal, so any thread may use them.
#include "bytecode/program.h"

#include <stdlib.h>
#include <string.h>

#include "bytecode/op.h"

const char *const program_error_names[ERROR_TYPE_COUNT] = {
    [ERROR_RUNTIME] = "errorString",
    [ERROR_BOUNDS] = "boundsError",
    [ERROR_PLAIN] = "plainError",
    [ERROR_ASSERTION] = "TypeAssertionError",
    [ERROR_NIL_PANIC] = "PanicNilError",
};

static int compare_code(const void *a, const void *b) {
  uintptr_t x = (uintptr_t)(*(Function *const *)a)->code, y = (uintptr_t)(*(Function *const *)b)->code;
  return (x > y) - (x < y);
}

// DEFER and RUNDEFERS need their frame's list without looking for the function.
static void place_defers(Function *f) {
  for (uint32_t at = 0; at < f->code_len; at += instr_length(f->code + at)) {
    Instr *pc = f->code + at;
    if (pc->op == OP_DEFER || pc->op == OP_RUNDEFERS) pc[1].s0 = f->defer_slot;
  }
}

void program_seal(Program *p) {
  for (uint32_t i = 0; i < p->function_count; i++)
    if (p->functions[i]->defer_slot) place_defers(p->functions[i]);
  qsort(p->functions, p->function_count, sizeof *p->functions, compare_code);
  for (uint32_t i = 0; i < p->function_count; i++) {
    p->functions[i]->id = i;
    for (int kind = 0; kind < LOOP_KINDS; kind++) atomic_store_explicit(&p->functions[i]->start[kind], p->functions[i]->code, memory_order_relaxed);
  }
}

void program_free(Program *p) {
  if (!p) return;
  MachineCode *machine = atomic_load_explicit(&p->machine, memory_order_acquire);
  if (machine) machine->free(machine);
  Arena arena = p->arena; // p may lie in its own arena
  arena_deinit(&arena);
}

Function *program_function_at(const Program *p, const Instr *pc) {
  if (p->find && !(p = p->find(pc))) return NULL;
  uint32_t low = 0, high = p->function_count; // the function is below `high`
  while (low < high) {
    uint32_t middle = (low + high) / 2;
    if (p->functions[middle]->code <= pc) low = middle + 1;
    else high = middle;
  }
  if (!low) return NULL;
  Function *f = p->functions[low - 1];
  return pc < f->code + f->code_len ? f : NULL;
}

const char *program_file(const Function *f, uint32_t file) {
  const Program *p = f->program;
  return p && file < p->file_count ? p->files[file] : "?";
}

LineEntry program_line_at(const Function *f, const Instr *pc) {
  uint32_t at = (uint32_t)(pc - f->code), low = 0, high = f->line_count;
  while (low < high) {
    uint32_t middle = (low + high) / 2;
    if (f->lines[middle].pc <= at) low = middle + 1;
    else high = middle;
  }
  if (low) return f->lines[low - 1];
  return (LineEntry){.line = f->decl_line, .file = f->decl_file};
}

const AccessEntry *program_access_at(const Function *f, const Instr *pc) {
  uint32_t at = (uint32_t)(pc - f->code);
  const AccessEntry *best = NULL;
  for (uint32_t i = 0; i < f->access_count; i++) {
    const AccessEntry *e = &f->accesses[i];
    if (e->from <= at && at < e->to && (!best || e->to - e->from < best->to - best->from)) best = e;
  }
  return best;
}

RType *program_type(const Program *p, const char *string) {
  uint32_t count = __atomic_load_n(&p->type_count, __ATOMIC_ACQUIRE); // a session's list grows meanwhile
  for (uint32_t i = 0; i < count; i++)
    if (!strcmp(p->types[i]->string, string)) return p->types[i];
  return NULL;
}
