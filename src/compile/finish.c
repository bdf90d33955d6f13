// From Fn to Function. What needs the Compiler comes first; the rest (`complete`) reads and writes the Fn, its Function and one arena
// only, the sources, to which nothing is added any more, and file_id, so that a helper can do it while the next functions are made.
//
//   fn_begin -> build -> fn_finish -> complete -> back to the spare ones, with the memory of its vectors
//                                     (helper)
#include "compile/finish.h"

#include <string.h>

#include "compile/access.h"
#include "compile/emit.h"
#include "compile/func.h"
#include "compile/fuse.h"

enum { GIVEN_MAX = 256 }; // Fns: if the helper does not get on, the first thread does the work itself, and nothing piles up

// --- Fns are used again. Functions inside of one another are made at the same time: there may be several.

#define EACH_VECTOR(DO) \
  DO(code) DO(patches) DO(lines) DO(table) DO(vars) DO(accesses) DO(unsigned_indexes) DO(scope) DO(hoisted) DO(records) DO(gotos) DO(lengths) DO(late) \
  DO(bounds) DO(live_numbers) DO(live_sets) DO(fuse_marks)

// Takes back what the helper has done.
static void take_back(Compiler *c) {
  Fn *f = __atomic_exchange_n(&c->completed, NULL, __ATOMIC_ACQUIRE); // with all that the helper wrote into them
  for (Fn *next; f; f = next) {
    next = f->next;
    f->next = c->spare;
    c->spare = f;
    c->given--;
  }
}

static Fn *take_spare(Compiler *c) {
  if (!c->spare && c->given) take_back(c);
  Fn *f = c->spare;
  if (f) c->spare = f->next;
  else f = calloc(1, sizeof *f);
  ASSERT(f, "out of memory");
  return f;
}

// Emptied but for its vectors' memory.
static void reset(Fn *f, Compiler *c, FuncInst *inst, bool far) {
  uint32_t arguments = inst->out->frame_slots;
  Fn empty = {.c = c, .inst = inst, .out = inst->out, .layout = call_layout(c, inst->sig), .far = far, .epilogue = LABEL_NEW,
              .range_defers = NO_SLOT, .top = arguments, .high = arguments};
#define KEEP(vec) empty.vec.data = f->vec.data, empty.vec.cap = f->vec.cap;
  EACH_VECTOR(KEEP)
#undef KEEP
  *f = empty;
  if (inst->object) f->pos = inst->object->pos;
  else if (inst->node) f->pos = inst->node->start;
}

Fn *fn_begin(Compiler *c, FuncInst *inst) {
  Fn *f = take_spare(c);
  reset(f, c, inst, false);
  return f;
}

static void release_tables(Fn *f) {
  ptr_table_deinit(&f->subst);
  ptr_table_deinit(&f->constants);
}

void fn_again(Fn *f) {
  release_tables(f);
  reset(f, f->c, f->inst, true);
}

static void give_back(Fn *f) {
  f->next = f->c->spare;
  f->c->spare = f;
}

void fn_free_spares(Compiler *c) {
  take_back(c);
  for (Fn *f = c->spare, *next; f; f = next) {
    next = f->next;
#define FREE(vec) vec_free(&f->vec);
    EACH_VECTOR(FREE)
#undef FREE
    free(f);
  }
}

// --- what needs the Compiler

// Code must not run on past its end, even where it is never reached.
static void terminate(Fn *f) {
  Op last = f->code.len ? (Op)f->code.data[f->last].op : OP_NOP;
  if (last != OP_RET && last != OP_JMP && last != OP_JMPB && last != OP_PANIC) emit_imm(f, OP_TRAP, 0, 0);
}

static bool fits(Fn *f) {
  if (!f->too_big && f->high <= FRAME_MAX) return true;
  Pos pos = f->inst->object ? f->inst->object->pos : f->inst->node ? f->inst->node->pos : f->pos;
  compile_error(f->c, pos, "function %s is too large: it needs more than %d slots", f->out->name, FRAME_MAX);
  return false;
}

// --- the rest

// One entry where the line changes. Most positions lie in the line of the one before.
static void finish_lines(Fn *f) {
  const SourceSet *sources = f->c->options->sources;
  LineCursor at = {0};
  const char *path = NULL; // of the entry before
  uint32_t file = 0;
  for (uint32_t i = 0; i < f->lines.len; i++) {
    Pos pos = f->lines.data[i].pos;
    if (i && pos >= at.extent.start && pos < at.extent.end) continue;
    Position p = source_next_position(sources, pos, &at);
    if (p.path != path) path = p.path, file = path ? file_id(f->c, path) : 0;
    LineEntry entry = {f->lines.data[i].pc, p.line, p.column, file};
    if (f->table.len && vec_last(&f->table).line == entry.line && vec_last(&f->table).file == entry.file) continue;
    vec_push(&f->table, entry);
  }
}

#define TAKE(arena, vec, T) ((T *)arena_copy((arena), (vec).data, (vec).len * sizeof(T)))

static void complete(Fn *f, Arena *arena) {
  Function *out = f->out;
  finish_lines(f);
  thread_jumps(f);
  if (f->fused) fuse(f);
  out->code = TAKE(arena, f->code, Instr);
  out->code_len = f->code.len;
  out->lines = TAKE(arena, f->table, LineEntry);
  out->line_count = f->table.len;
  for (uint32_t i = 0; i < f->vars.len; i++) {
    VarEntry *var = &f->vars.data[i];
    if (var->to == UINT32_MAX) var->to = f->code.len;
    var->name = arena_strdup(arena, var->name);
  }
  out->vars = TAKE(arena, f->vars, VarEntry);
  out->var_count = f->vars.len;
  out->unsigned_indexes = TAKE(arena, f->unsigned_indexes, uint32_t);
  out->unsigned_count = f->unsigned_indexes.len;
}

// In the helper. Its owner takes all of the list at once, so nobody can take an Fn and put it back between the two steps here.
static void complete_there(HelperJob *job) {
  Fn *f = (Fn *)job;
  Compiler *c = f->c;
  complete(f, &c->helpers_arena);
  f->next = __atomic_load_n(&c->completed, __ATOMIC_RELAXED);
  while (!__atomic_compare_exchange_n(&c->completed, &f->next, f, true, __ATOMIC_RELEASE, __ATOMIC_RELAXED)) {}
}

static bool wants_help(Compiler *c, const Fn *f) {
  if (!c->options->helper || !f->fused) return false;
  if (c->given == GIVEN_MAX) take_back(c);
  return c->given < GIVEN_MAX;
}

void fn_finish(Fn *f) {
  Compiler *c = f->c;
  terminate(f);
  if (!fits(f)) {
    release_tables(f);
    give_back(f);
    return;
  }
  slots_reach(f, f->out->frame_slots);
  f->out->frame_slots = (f->high + 1) & ~1u;
  f->fused = !c->options->name_accesses;
  if (!f->fused) access_finish(f);
  release_tables(f);
  if (wants_help(c, f)) {
    c->given++;
    f->job.run = complete_there;
    helper_give(c->options->helper, &f->job);
  } else {
    complete(f, c->arena);
    give_back(f);
  }
}

void fn_finish_all(Compiler *c) {
  if (!c->options->helper) return;
  helper_wait(c->options->helper);
  arena_join(c->arena, &c->helpers_arena);
}
