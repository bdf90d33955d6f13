// The driver of the layer: a work list of functions, filled by what is reached from the initialisers and main.main, until
// nothing new is asked for; then the Program is put together.
#include "compile/compile.h"

#include <stdlib.h>
#include <string.h>

#include "bytecode/verify.h"
#include "compile/compiler.h"
#include "compile/finish.h"
#include "compile/init.h"
#include "compile/stmt.h"
#include "types/check.h"

void compile_error(Compiler *c, Pos pos, const char *fmt, ...) {
  va_list args;
  va_start(args, fmt);
  diag_verror(c->options->diags, pos, NO_POS, fmt, args);
  va_end(args);
  c->failed = true;
}

void inst_queue(Compiler *c, FuncInst *inst) {
  inst->queued = c->work;
  c->work = inst;
}

void compiler_drain(Compiler *c) {
  do {
    while (c->work) {
      FuncInst *inst = c->work;
      c->work = inst->queued;
      inst_compile(c, inst);
    }
  } while (rtypes_link_methods(c));
}

// --- what exists once in a Program

static uint32_t find_file(const Compiler *c, const char *path) {
  for (uint32_t i = 0; i < c->files.len; i++)
    if (c->files.data[i] == path) return i;
  uint32_t i = 0;
  while (i < c->files.len && strcmp(c->files.data[i], path)) i++; // //line directives may repeat a path
  return i;
}

uint32_t file_id(Compiler *c, const char *path) {
  pthread_mutex_lock(&c->files_lock);
  uint32_t id = find_file(c, path);
  if (id == c->files.len) vec_push(&c->files, path);
  pthread_mutex_unlock(&c->files_lock);
  return id;
}

const char *program_string_bytes(Compiler *c, Text text) {
  void *known = bytes_table_get(&c->strings, text.ptr, text.len);
  if (known) return known;
  char *bytes = arena_copy(c->arena, text.ptr, text.len);
  bytes_table_put(&c->strings, bytes, text.len, bytes);
  return bytes;
}

const void *zero_base(Compiler *c) {
  if (!c->zero_base) c->zero_base = arena_alloc(c->arena, 16);
  return c->zero_base;
}

Global *global_of(Compiler *c, Object *object) {
  Global *g = ptr_table_get(&c->globals, object);
  if (g) {
    if (c->links) init_reach(c, object); // its initialiser may be in a Program that could not be made
    return g;
  }
  ASSERT(object->is_global, "variable is in scope");
  g = ARENA_NEW(&c->scratch, Global);
  TypeInfo *info = info_of(c, object->type);
  uint32_t align = info->align < 8 ? 8 : info->align;
  c->globals_size = (c->globals_size + align - 1) & ~(align - 1);
  *g = (Global){.object = object, .offset = c->globals_size, .info = info};
  if (c->links) g->memory = c->options->variable(info->size ? info->size : 1);
  else c->globals_size += info->size;
  ptr_table_put(&c->globals, object, g);
  const char *name = arena_printf(c->arena, "%s.%s", object->package->path->text, object->name->text);
  vec_push(&c->global_vars, (struct GlobalVar){name, rtype_of(c, object->type), g->offset});
  init_reach(c, object);
  return g;
}

// A native that is declared nowhere: print and println.
Function *native_function(Compiler *c, const char *name, uint32_t param_slot, uint32_t param_slots, uint32_t result_slots, Pos pos) {
  FuncInst *known = bytes_table_get(&c->synthesised, name, strlen(name));
  if (known) return known->out;
  FuncInst *inst = ARENA_NEW(&c->scratch, FuncInst);
  Function *out = inst->out = ARENA_NEW(c->arena, Function);
  out->name = arena_strdup(c->arena, name);
  out->native = c->options->native ? c->options->native(c->options->context, name) : NULL;
  if (!out->native) compile_error(c, pos, "internal error: there is no native %s", name);
  out->param_slot = (uint16_t)param_slot;
  out->param_slots = (uint16_t)param_slots;
  out->result_slots = (uint16_t)result_slots;
  out->frame_slots = (param_slot + param_slots + 1) & ~1u;
  out->recv_slot = (uint16_t)(param_slot + param_slots);
  out->program = c->program;
  out->code = ARENA_ARRAY(c->arena, Instr, 3);
  out->code[0].op = OP_NATIVE;
  out->code[1].word = (uint64_t)(uintptr_t)out;
  out->code[2].op = OP_RET;
  out->code_len = 3;
  out->value = arena_alloc(c->arena, sizeof(Closure));
  out->value->function = out;
  vec_push(&c->functions, out);
  bytes_table_put(&c->synthesised, out->name, strlen(out->name), inst);
  return out;
}

// --- types and methods that every program has

static Type *declared_type(Package *p, const char *name) {
  for (uint32_t i = 0; i < p->type_count; i++)
    if (name_is(p->types[i]->name, name)) {
      check_declaration(p->types[i]);
      return p->types[i]->type;
    }
  return NULL;
}

static void add_error_types(Compiler *c) {
  for (uint32_t i = 0; i < c->package_count; i++) {
    if (!name_is(c->packages[i]->path, "runtime")) continue;
    for (ErrorType e = 0; e < ERROR_TYPE_COUNT; e++) {
      Type *t = declared_type(c->packages[i], program_error_names[e]);
      if (!t) continue;
      RType *r = c->program->error_types[e] = rtype_dynamic(c, program_error_is_pointer(e) ? type_pointer(c->u, t) : t);
      rtype_read_methods(c, r);
      for (uint32_t m = 0; m < r->method_count; m++) method_demand(c, r->methods[m].id);
    }
  }
}

// Panics print errors and Stringers by calling them.
static void demand_text_methods(Compiler *c) {
  Object *result = object_new(c->u, OBJECT_VAR, name_of(c->u->names, ""), NULL, NO_POS, c->u->basic[TYPE_STRING]);
  Type *sig = type_signature(c->u, NULL, 0, arena_copy(&c->scratch, &result, sizeof result), 1, false);
  method_demand(c, method_id(c, name_of(c->u->names, "Error"), NULL, sig));
  method_demand(c, method_id(c, name_of(c->u->names, "String"), NULL, sig));
}

// --- the Program

void compiler_init(Compiler *c, const CompileOptions *options, Package *main, const ArenaSource *scratch) {
  *c = (Compiler){.options = options, .u = options->universe, .main = main};
  arena_init_from(&c->scratch, scratch);
  PtrTable *tables[] = {&c->info_by_type, &c->info_by_hash, &c->layouts, &c->rtype_info, &c->method_id_names, &c->instances, &c->captures, &c->analysed, &c->inlinable,
                        &c->globals};
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) ptr_table_init(tables[i], &c->scratch);
  bytes_table_init(&c->method_ids, &c->scratch);
  bytes_table_init(&c->synthesised, &c->scratch);
  bytes_table_init(&c->strings, &c->scratch);
  vec_push(&c->method_names, ""); // id 0 is none
  vec_push(&c->demanded, false);
  pthread_mutex_init(&c->files_lock, NULL);
}

void compiler_begin(Compiler *c, const ArenaSource *code) {
  Arena arena;
  arena_init_from(&arena, code);
  c->program = ARENA_NEW(&arena, Program);
  arena_own(&arena, c->program);
  c->program->arena = arena;
  c->arena = &c->program->arena;
  c->functions.len = c->global_vars.len = c->files.len = 0;
  c->failed = false;
}

void compiler_deinit(Compiler *c) {
  arena_deinit(&c->helpers_arena);
  pthread_mutex_destroy(&c->files_lock);
  vec_free(&c->with_rtype);
  vec_free(&c->dynamic);
  vec_free(&c->method_names);
  vec_free(&c->demanded);
  vec_free(&c->functions);
  vec_free(&c->global_vars);
  vec_free(&c->files);
  fn_free_spares(c);
  arena_deinit(&c->scratch);
}

void compiler_add_basics(Compiler *c) {
  add_error_types(c);
  demand_text_methods(c);
}

#define TAKE(c, vec, T) ((T *)arena_copy((c)->arena, (c)->vec.data, (c)->vec.len * sizeof(T)))

#ifndef NDEBUG
typedef struct {
  HelperJob job;
  const Program *program;
} Verification;

static void verify(HelperJob *job) {
  const Program *p = ((Verification *)job)->program;
  StrBuf why = {0};
  if (!verify_program(p, &why)) assert_fail(__FILE__, __LINE__, strbuf_string(&why), "the compiler made a malformed program");
  strbuf_free(&why);
  free(job);
}

// The program does not change any more, and nobody runs it before the helper is waited for.
static void begin_to_verify(Compiler *c) {
  Verification *v = malloc(sizeof *v);
  ASSERT(v, "out of memory");
  *v = (Verification){{.run = verify}, c->program};
  if (!c->options->helper) {
    verify(&v->job);
  } else {
    helper_give(c->options->helper, &v->job);
    helper_hurry(c->options->helper);
  }
}
#endif

void compiler_finish(Compiler *c) {
  Program *p = c->program;
  rtypes_finish(c);
  p->functions = TAKE(c, functions, Function *);
  p->function_count = c->functions.len;
  for (uint32_t i = 0; i < c->files.len; i++) c->files.data[i] = arena_strdup(c->arena, c->files.data[i]);
  p->files = TAKE(c, files, const char *);
  p->file_count = c->files.len;
  p->globals = TAKE(c, global_vars, struct GlobalVar);
  p->global_count = c->global_vars.len;
  p->globals_size = (c->globals_size + 15) & ~15u;
  if (!c->shared || c->shared->method_id_count != c->method_names.len) p->method_names = TAKE(c, method_names, const char *);
  else p->method_names = c->shared->method_names;
  p->method_id_count = c->method_names.len;
  program_seal(p);
  if (c->links) c->shared = p;
#ifndef NDEBUG
  begin_to_verify(c);
#endif
}

typedef struct {
  HelperJob job;
  Compiler c;
} Batch;

static void end_batch(HelperJob *job) {
  compiler_deinit(&((Batch *)job)->c);
  free(job);
}

enum { LONG_PROGRAM = 256 << 10 }; // bytes of what is made of one, and of what that takes

bool compile_program(const CompileOptions *options, Package **packages, uint32_t count, Package *main, Program **out) {
  Batch *batch = malloc(sizeof *batch);
  ASSERT(batch, "out of memory");
  batch->job.run = end_batch;
  Compiler *c = &batch->c;
  compiler_init(c, options, main, NULL);
  c->packages = packages, c->package_count = count;
  rtypes_reflect(c);
  compiler_begin(c, NULL);
  if (options->helper) { // then it is a long program
    arena_expect(&c->scratch, LONG_PROGRAM);
    arena_expect(c->arena, LONG_PROGRAM);
  }
  init_plan(c);
  compiler_add_basics(c);
  compiler_drain(c);
  c->program->entry = init_entry(c);
  compiler_drain(c);
  bool ok = !c->failed && !diags_count(options->diags);
  fn_finish_all(c);
  if (ok) {
    compiler_finish(c);
    *out = c->program;
  } else {
    program_free(c->program);
  }
  if (options->helper) helper_give_late(options->helper, &batch->job);
  else end_batch(&batch->job);
  return ok;
}
