// A session: one Compiler for many Programs, one an input, while the code of the earlier ones runs.
//
// What is new goes into the input's own Program; all else is found in the Compiler's tables: functions, run-time types (so a type
// is the same RType in all Programs), method ids. Variables have no place in the Runtime's block, which could not grow under
// running goroutines: each lies in collected memory of its own, and code holds its address.
//
// Functions declared at the prompt are called through a variable too (FuncInst.link), so that one declared again with the
// same type replaces the old one for everybody. What has another type is another function.
#include <stdlib.h>
#include <string.h>

#include "compile/compiler.h"
#include "compile/init.h"

// A method declared again: types that have what the link leads to now get the new one.
typedef struct {
  Closure **link;
  Object *by;
} Replacement;

struct Links {
  PtrTable by_object;      // Object* -> Closure**
  VEC(FuncInst *) fresh;   // compiled since the last compile_publish
  VEC(Replacement) replaced;
  uint32_t library;        // functions made that a later input may find
};

struct CompileSession {
  Compiler compiler;
  CompileOptions options;
  struct Links links;
  Program *first;
  struct {                 // compile_mark
    Compiler compiler;
    struct Links links;
    uint32_t made;         // initialisers
    VEC(bool) demanded;
  } mark;
};

// --- links

bool link_is_late(const Compiler *c, const Object *function) { return c->links && function->package == c->main; }

static bool is_generic(const Object *function) { return function->type->tparams.len || function->type->recv_tparams.len; }

void link_new(Compiler *c, FuncInst *inst) {
  if (!link_is_late(c, inst->object) || is_generic(inst->object)) {
    if (c->links) c->links->library++;
    return;
  }
  Closure **link = ptr_table_get(&c->links->by_object, inst->object);
  if (!link) ptr_table_put(&c->links->by_object, inst->object, link = c->options->variable(sizeof *link));
  inst->link = link;
  vec_push(&c->links->fresh, inst);
}

// Who calls the old one calls the new one as soon as that is published.
static void replace(Compiler *c, Object *by) {
  Object *old = by->replaces;
  Closure **link = ptr_table_get(&c->links->by_object, old);
  if (!link || is_generic(by) || !type_identical(old->type, by->type)) return; // no code mentions it; or it is another function
  ptr_table_put(&c->links->by_object, by, link);
  if (by->is_method) vec_push(&c->links->replaced, (Replacement){link, by});
}

static void replace_in_types(Compiler *c, const Function *old, Function *by) {
  for (uint32_t i = 0; i < c->dynamic.len; i++) {
    RType *r = c->dynamic.data[i];
    for (uint32_t j = 0; j < r->method_count && r->kind != KIND_INTERFACE; j++)
      if (r->methods[j].function == old) __atomic_store_n(&r->methods[j].function, by, __ATOMIC_RELEASE);
  }
}

void compile_publish(CompileSession *s) {
  Compiler *c = &s->compiler;
  for (uint32_t i = 0; i < s->links.replaced.len; i++) {
    const Replacement *r = &s->links.replaced.data[i];
    const FuncInst *by = ptr_table_get(&c->instances, r->by);
    if (by && *r->link) replace_in_types(c, (*r->link)->function, by->out);
  }
  for (uint32_t i = 0; i < s->links.fresh.len; i++) {
    FuncInst *inst = s->links.fresh.data[i];
    __atomic_store_n(inst->link, inst->out->value, __ATOMIC_RELEASE);
  }
  s->links.fresh.len = s->links.replaced.len = 0;
  // The Runtime asks its first Program for types by their names. The list before the number, for those who look now.
  __atomic_store_n(&s->first->types, c->program->types, __ATOMIC_RELEASE);
  __atomic_store_n(&s->first->type_count, c->program->type_count, __ATOMIC_RELEASE);
}

// --- inputs

CompileSession *compile_session_new(const CompileOptions *options, Package *main) {
  CompileSession *s = options->variable(sizeof *s); // the collector looks into it, as into the tables: both point to Programs
  s->options = *options;
  compiler_init(&s->compiler, &s->options, main, options->scratch);
  ptr_table_init(&s->links.by_object, &s->compiler.scratch);
  s->compiler.links = &s->links;
  return s;
}

void compile_session_free(CompileSession *s) {
  vec_free(&s->links.fresh);
  vec_free(&s->links.replaced);
  vec_free(&s->mark.demanded);
  compiler_deinit(&s->compiler);
}

void compile_exact_calls(CompileSession *s, bool on) { s->options.exact_calls = on; }

static bool declares_methods(const Package *p) {
  for (uint32_t i = 0; i < p->func_count; i++)
    if (p->funcs[i]->is_method) return true;
  return false;
}

// All of an input is compiled at once, reached or not: its mistakes are told now, and what it replaces is replaced.
static void reach_input(Compiler *c) {
  const Package *p = c->main;
  for (uint32_t i = 0; i < p->func_count; i++)
    if (p->funcs[i]->replaces) replace(c, p->funcs[i]);
  for (uint32_t i = 0; i < p->func_count; i++)
    if (p->funcs[i]->type && !is_generic(p->funcs[i]) && !name_is_blank(p->funcs[i]->name)) inst_function(c, p->funcs[i], (TypeList){0});
  for (uint32_t i = 0; i < p->init_count; i++)
    for (uint32_t j = 0; j < p->init[i].lhs_count; j++)
      if (!name_is_blank(p->init[i].lhs[j]->name)) rtype_dynamic(c, p->init[i].lhs[j]->type);
}

// A Program that could not be made: what it was to contain is made when it is asked for again.
static void forget(Compiler *c) {
  for (uint32_t i = 0; i < c->instances.len; i++)
    for (FuncInst **link = (FuncInst **)&c->instances.entries[i].value; *link;)
      if ((*link)->out->program == c->program) *link = (*link)->next;
      else link = &(*link)->next;
  for (uint32_t i = 0; i < c->synthesised.len; i++) {
    FuncInst *inst = c->synthesised.entries[i].value;
    if (inst && inst->out->program == c->program) c->synthesised.entries[i].value = NULL;
  }
  for (uint32_t i = 0; i < c->dynamic.len; i++) {
    RType *r = c->dynamic.data[i];
    for (uint32_t j = 0; j < r->method_count && r->kind != KIND_INTERFACE; j++)
      if (r->methods[j].function && r->methods[j].function->program == c->program) rtype_link(r, j, NULL);
  }
  c->links->fresh.len = c->links->replaced.len = 0;
  c->methods_changed = true;
  init_forget(c);
}

Program *compile_input(CompileSession *s, Package **packages, uint32_t count) {
  Compiler *c = &s->compiler;
  compiler_begin(c, s->options.code);
  c->program->find = s->options.find;
  c->packages = packages, c->package_count = count;
  rtypes_reflect(c);
  init_plan(c);
  if (!s->first) {
    compiler_add_basics(c);
    s->first = c->program;
  }
  for (ErrorType e = 0; e < ERROR_TYPE_COUNT; e++) c->program->error_types[e] = s->first->error_types[e];
  if (declares_methods(c->main)) rtypes_extend(c, c->main->files[0]->source->base);
  reach_input(c);
  compiler_drain(c);
  c->program->entry = init_entry(c);
  compiler_drain(c);
  if (c->failed) {
    forget(c);
    return NULL;
  }
  compiler_finish(c);
  init_called(c);
  return c->program;
}

// --- variables

CompiledVariable compile_variable(CompileSession *s, const Object *variable) {
  const Global *g = ptr_table_get(&s->compiler.globals, variable);
  return g ? (CompiledVariable){g->memory, g->info->rtype, g->info->type} : (CompiledVariable){0};
}

Type *compile_type_of(CompileSession *s, const RType *t) {
  const TypeInfo *info = ptr_table_get(&s->compiler.rtype_info, t);
  return info ? info->type : NULL;
}

void compile_rebind(CompileSession *s, Object *variable, CompiledVariable to) {
  Compiler *c = &s->compiler;
  Global *g = ptr_table_get(&c->globals, variable);
  if (!g) ptr_table_put(&c->globals, variable, g = ARENA_NEW(&c->scratch, Global));
  *g = (Global){.object = variable, .info = info_of(c, to.type), .memory = to.memory};
}

// --- forgetting an input

void compile_mark(CompileSession *s) {
  s->mark.compiler = s->compiler;
  s->mark.links = s->links;
  s->mark.made = init_made(&s->compiler);
  s->mark.demanded.len = 0;
  for (uint32_t i = 0; i < s->compiler.demanded.len; i++) vec_push(&s->mark.demanded, s->compiler.demanded.data[i]);
}

bool compile_left_nothing(const CompileSession *s) {
  const Compiler *now = &s->compiler, *then = &s->mark.compiler;
  return now->with_rtype.len == then->with_rtype.len && now->dynamic.len == then->dynamic.len && now->method_names.len == then->method_names.len &&
         now->synthesised.len == then->synthesised.len && s->links.library == s->mark.links.library && init_made(now) == s->mark.made &&
         now->reflects == then->reflects && now->keeps_methods == then->keeps_methods &&
         !memcmp(now->demanded.data, s->mark.demanded.data, now->demanded.len * sizeof(bool));
}

// Vectors have their memory from malloc: they keep it, and become as long as they were.
#define UNDO(now, then, vec) ((then)->vec.data = (now)->vec.data, (then)->vec.cap = (now)->vec.cap)

void compile_undo(CompileSession *s) {
  Compiler *now = &s->compiler, *then = &s->mark.compiler;
  UNDO(now, then, with_rtype);
  UNDO(now, then, dynamic);
  UNDO(now, then, method_names);
  UNDO(now, then, demanded);
  UNDO(now, then, functions);
  UNDO(now, then, global_vars);
  UNDO(now, then, files);
  UNDO(&s->links, &s->mark.links, fresh);
  UNDO(&s->links, &s->mark.links, replaced);
  const Program *shared = now->shared;
  s->compiler = *then;
  s->links = s->mark.links;
  if (shared && shared->type_count == then->with_rtype.len) s->compiler.shared = shared; // lists as long as before
  for (uint32_t i = 0; i < s->mark.demanded.len; i++) s->compiler.demanded.data[i] = s->mark.demanded.data[i];
}
