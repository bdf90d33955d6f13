// Types in the environment of the function being made, and instances of functions: one a type argument list
// (stencilled), shared where the lists are identical.
#include <string.h>

#include "compile/emit.h"
#include "compile/func.h"
#include "types/check.h"
#include "types/instantiate.h"

Type *fn_subst(Fn *f, Type *t) {
  const TypeEnv *env = &f->inst->env;
  if (!t || t->mentions_param == 1 || !type_is_generic(t)) return t;
  void **slot = ptr_table_slot(&f->subst, t);
  if (*slot) return *slot;
  Type *result = type_subst(f->c->u, t, env->params, env->args);
  ptr_table_put(&f->subst, t, result);
  return result;
}

TypeList fn_type_list(Fn *f, TypeList list) {
  if (!f->inst->env.params.len || !list.len) return list;
  TypeList result = type_list(f->c->u, list.items, list.len);
  for (uint32_t i = 0; i < list.len; i++) result.items[i] = fn_type(f, list.items[i]);
  return result;
}

// --- instances

static bool lists_identical(TypeList a, TypeList b) {
  if (a.len != b.len) return false;
  for (uint32_t i = 0; i < a.len; i++)
    if (!type_identical(a.items[i], b.items[i])) return false;
  return true;
}

// Frame of the function: program.h's picture, from its signature.
void inst_init_function(Compiler *c, FuncInst *inst) {
  Function *out = inst->out;
  CallLayout *l = call_layout(c, inst->sig);
  uint32_t end;
  uint32_t recv = call_recv_slot(l, inst->recv ? info_of(c, inst->recv) : NULL, &end);
  out->result_slots = (uint16_t)(l->result_end - 2);
  out->param_slot = (uint16_t)l->result_end;
  out->param_slots = (uint16_t)(end - l->result_end);
  out->recv_slot = (uint16_t)recv;
  out->frame_slots = end;
  out->program = c->program;
  out->id = c->functions.len;
  vec_push(&c->functions, out);
  Closure *value = arena_alloc(c->arena, sizeof(Closure));
  value->function = out;
  out->value = value;
}

static FuncInst *inst_new(Compiler *c) {
  FuncInst *inst = ARENA_NEW(&c->scratch, FuncInst);
  inst->out = ARENA_NEW(c->arena, Function);
  return inst;
}

FuncInst *inst_function(Compiler *c, Object *object, TypeList targs) {
  if (object->origin) object = object->origin;
  void **slot = ptr_table_slot(&c->instances, object);
  for (FuncInst *i = *slot; i; i = i->next)
    if (lists_identical(i->targs, targs)) return i;
  FuncInst *inst = inst_new(c);
  inst->next = *slot;
  *slot = inst;
  check_declaration(object);
  Type *sig = object->type;
  TypeList params = sig->recv ? sig->recv_tparams : sig->tparams;
  ASSERT(params.len == targs.len, "type arguments do not match the function");
  inst->object = object;
  inst->info = object->func;
  inst->node = object->decl;
  inst->targs = targs;
  inst->env = (TypeEnv){params, targs};
  inst->sig = targs.len ? type_subst(c->u, sig, params, targs) : sig;
  if (sig->recv) inst->recv = targs.len ? type_subst(c->u, sig->recv->type, params, targs) : sig->recv->type;
  inst->out->name = arena_strdup(c->arena, object->func && object->func->name ? object->func->name->text : object->name->text);
  inst_init_function(c, inst);
  link_new(c, inst);
  const NodeFunc *node = (const NodeFunc *)object->decl;
  inst->build = node && node->body ? fn_build_declared : fn_build_native;
  Position p = source_position(c->options->sources, object->pos);
  if (p.path) {
    inst->out->decl_file = file_id(c, p.path);
    inst->out->decl_line = p.line;
  }
  inst_queue(c, inst);
  return inst;
}

FuncInst *inst_literal(Fn *f, NodeFuncLit *lit) {
  Compiler *c = f->c;
  FuncInst *inst = inst_new(c);
  inst->info = lit->info;
  inst->node = &lit->h;
  inst->env = f->inst->env;
  inst->targs = f->inst->targs;
  inst->sig = node_type(f, &lit->h);
  inst->outer = f->inst;
  inst->build = fn_build_literal;
  inst->out->name = arena_strdup(c->arena, lit->info && lit->info->name ? lit->info->name->text : "func");
  inst_init_function(c, inst);
  Position p = source_position(c->options->sources, lit->h.start);
  if (p.path) {
    inst->out->decl_file = file_id(c, p.path);
    inst->out->decl_line = p.line;
  }
  inst_queue(c, inst);
  return inst;
}

FuncInst *inst_range_body(Fn *f, NodeRange *n, BuildFn *build) {
  Compiler *c = f->c;
  FuncInst *inst = inst_new(c);
  inst->info = n->info;
  inst->node = &n->h;
  inst->env = f->inst->env;
  inst->targs = f->inst->targs;
  inst->sig = under_of(c, fn_type(f, under_of(c, node_type(f, n->x))->params[0]->type));
  inst->outer = f->inst;
  inst->build = build;
  inst->out->name = arena_strdup(c->arena, n->info && n->info->name ? n->info->name->text : "range");
  inst_init_function(c, inst);
  return inst;
}

FuncInst *inst_synthesised(Compiler *c, const void *key, size_t len, const char *name, BuildFn *build, Type *sig, Type *recv,
                           bool *is_new) {
  if (key) {
    FuncInst *known = bytes_table_get(&c->synthesised, key, len);
    if (is_new) *is_new = !known;
    if (known) return known;
  }
  FuncInst *inst = inst_new(c);
  inst->sig = sig;
  inst->recv = recv;
  inst->build = build;
  inst->out->name = arena_strdup(c->arena, name);
  inst_init_function(c, inst);
  if (key) bytes_table_put(&c->synthesised, arena_copy(&c->scratch, key, len), len, inst);
  inst_queue(c, inst);
  return inst;
}
