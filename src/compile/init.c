// Package initialisation (specification "Package initialization", "Program execution"): imported packages first, each once;
// the variables of a package in the order the checker found; then its init functions; then main.main. Each initialiser
// is a small function that the entry calls.
//
// Initialisers of the standard library are left out unless a variable that they set is used. A script is one function:
// its variables and statements in their order.
#include "compile/init.h"

#include <stdlib.h>
#include <string.h>

#include "compile/confine.h"
#include "compile/escape.h"
#include "compile/func.h"
#include "compile/stmt.h"
#include "types/check.h"
#include "types/scope.h"

typedef struct PlannedStep {
  Package *package;
  struct InitStep *step;
  FuncInst *inst; // NULL: not reached
  bool called;    // by an entry made before
} PlannedStep;

typedef struct PlannedCall {
  PlannedStep *step; // or
  FuncInst *inst;
} PlannedCall;

typedef struct InitPlan {
  VEC(PlannedCall) calls; // in order
  PtrTable steps;         // Object* -> PlannedStep*
  PtrTable seen;          // packages
  bool reached;           // a step is new since the last entry
  uint32_t made;          // steps made so far
} InitPlan;

static Type *nullary(Compiler *c) { return type_signature(c->u, NULL, 0, NULL, 0, false); }

// --- one initialiser: lhs... = rhs

static void store_global(Fn *f, Object *o, Slot value, Type *type) {
  if (name_is_blank(o->name)) return;
  uint32_t top = f->top;
  Loc l = loc_var(f, o);
  loc_store(f, l, value_as(f, value, type, l.info->type, NO_SLOT));
  f->top = top;
}

static void initialise_one(Fn *f, Object *o, Node *rhs) {
  uint32_t top = f->top;
  Node *bare = node_unparen(rhs);
  TypeInfo *info = fn_info(f, o->type);
  if (name_is_blank(o->name)) {
    expr_as(f, rhs, info->type, NO_SLOT);
  } else if (bare->kind == NODE_COMPOSITE && node_info(f, bare) == info && info->shape == SHAPE_BLOCK) {
    Slot p = loc_addr(f, loc_var(f, o), NO_SLOT);
    composite_into(f, (NodeComposite *)bare, loc_mem(info, p, 0, true), true);
  } else {
    Slot value = expr_as(f, rhs, info->type, NO_SLOT);
    loc_store(f, loc_var(f, o), value);
  }
  f->top = top;
}

static void initialise(Fn *f, const struct InitStep *step) {
  f->hoisted.len = 0;
  at(f, step->rhs);
  if (step->lhs_count <= 1) {
    if (step->lhs_count) initialise_one(f, step->lhs[0], step->rhs);
    else expr_discard(f, step->rhs);
    return;
  }
  uint32_t top = f->top;
  Node *rhs = node_unparen(step->rhs);
  if (rhs->kind == NODE_CALL) {
    CallResult r = call_multi(f, (NodeCall *)rhs);
    for (uint32_t i = 0; i < step->lhs_count; i++)
      store_global(f, step->lhs[i], r.base + r.layout->result_slots[i], r.layout->results[i]->type);
  } else {
    Slot value = NO_SLOT, ok = NO_SLOT;
    TypeInfo *info = expr_comma_ok(f, rhs, &value, &ok);
    store_global(f, step->lhs[0], value, info->type);
    Type *bool_type = object_type(f, step->lhs[1]);
    store_global(f, step->lhs[1], ok, is_interface(f, bool_type) ? f->c->u->basic[TYPE_BOOL] : bool_type);
  }
  f->top = top;
}

static void build_step(Fn *f, FuncInst *inst) {
  PlannedStep *p = inst->data;
  escape_analyse(f->c, p->step->rhs, NULL);
  f->declared = f->layout->sig;
  at(f, p->step->rhs);
  initialise(f, p->step);
  emit(f, OP_RET, 0, 0, 0);
}

static void reach_step(Compiler *c, PlannedStep *p) {
  if (p->inst || !p->step->rhs) return;
  c->init->reached = true;
  c->init->made++;
  char *name = arena_printf(&c->scratch, "%s.init", p->package->path->text);
  p->inst = inst_synthesised(c, NULL, 0, name, build_step, nullary(c), NULL, NULL);
  p->inst->data = p;
}

void init_reach(Compiler *c, const Object *variable) {
  PlannedStep *p = ptr_table_get(&c->init->steps, variable);
  if (p) reach_step(c, p);
}

// --- scripts

static Object *declared_function(Package *p, const char *name) {
  for (uint32_t i = 0; i < p->func_count; i++)
    if (!p->funcs[i]->is_method && name_is(p->funcs[i]->name, name)) return p->funcs[i];
  return NULL;
}

// --- a script's variables are locals of its one function, unless a declared function uses them: faster, and a variable that
// a goto declares again is a new one

static bool mark_used(void *context, Node *n) {
  if (n->kind == NODE_IDENT) {
    Object *o = ((NodeIdent *)n)->obj;
    if (o && o->kind == OBJECT_VAR && o->is_global) ptr_table_put(context, o, o);
    return true;
  }
  return node_each_child(n, mark_used, context);
}

static bool has_step(const Package *p, const Object *o) {
  for (uint32_t i = 0; i < p->init_count; i++)
    for (uint32_t j = 0; j < p->init[i].lhs_count; j++)
      if (p->init[i].lhs[j] == o) return true;
  return false;
}

static bool is_var_declared(const Object *o) { return o->decl && o->decl->kind == NODE_VAR; }

static void localise(Compiler *c, Package *p) {
  if (c->links) return; // later inputs see them
  PtrTable used;
  ptr_table_init(&used, &c->scratch);
  for (uint32_t i = 0; i < p->func_count; i++)
    if (p->funcs[i]->decl) mark_used(&used, p->funcs[i]->decl);
  for (uint32_t i = 0; i < scope_count(p->scope); i++) {
    Object *o = scope_at(p->scope, i);
    if (o && o->kind == OBJECT_VAR && !ptr_table_has(&used, o)) o->is_global = false;
  }
}

// var x T, without a value, has no step.
static void declare_zeros(Fn *f, Package *p) {
  for (uint32_t i = 0; i < scope_count(p->scope); i++) {
    Object *o = scope_at(p->scope, i);
    if (o && o->kind == OBJECT_VAR && !o->is_global && is_var_declared(o) && !has_step(p, o)) declare_value(f, o, NULL);
  }
}

static void initialise_local(Fn *f, const struct InitStep *step) {
  NodeVar *decl = (NodeVar *)step->lhs[0]->decl;
  if (step->lhs_count > 1) {
    stmt_var(f, decl);
    return;
  }
  f->hoisted.len = 0;
  at(f, step->rhs);
  declare_value(f, step->lhs[0], step->rhs);
}

static bool is_local_step(const struct InitStep *step) {
  for (uint32_t i = 0; i < step->lhs_count; i++)
    if (!name_is_blank(step->lhs[i]->name) && !step->lhs[i]->is_global) return true;
  return false;
}

static void build_script(Fn *f, FuncInst *inst) {
  Package *p = inst->data;
  for (uint32_t i = 0; i < p->init_count; i++) escape_analyse(f->c, p->init[i].stmt ? p->init[i].stmt : p->init[i].rhs, NULL);
  confine_script(f->c, inst, p);
  func_enter_script(f, p->script_main);
  declare_zeros(f, p);
  for (uint32_t i = 0; i < p->init_count; i++) {
    const struct InitStep *step = &p->init[i];
    if (step->stmt) stmt(f, step->stmt);
    else if (is_local_step(step)) initialise_local(f, step);
    else if (step->rhs) initialise(f, step);
  }
  if (p->call_main) {
    Slot base = slots_window(f, 2);
    emit(f, OP_CALL, base, 0, 0);
    emit_ptr(f, inst_function(f->c, declared_function(p, "main"), (TypeList){0})->out);
  }
  func_leave_script(f);
}

static FuncInst *script_function(Compiler *c, Package *p) {
  localise(c, p);
  FuncInst *inst = inst_synthesised(c, NULL, 0, "main.main", build_script, nullary(c), NULL, NULL);
  inst->info = p->script_main;
  inst->data = p;
  if (p->file_count) inst->out->decl_file = file_id(c, p->files[0]->source->path);
  inst->out->decl_line = 1;
  return inst;
}

// --- the plan

static void plan_calls(Compiler *c, Package *p) {
  InitPlan *plan = c->init;
  ptr_table_put(&plan->seen, p, p);
  for (uint32_t i = 0; i < p->init_count && !p->script; i++) {
    PlannedStep *step = ARENA_NEW(&c->scratch, PlannedStep);
    *step = (PlannedStep){.package = p, .step = &p->init[i]};
    avec_push(&c->scratch, &plan->calls, (PlannedCall){.step = step});
    for (uint32_t j = 0; j < p->init[i].lhs_count; j++) ptr_table_put(&plan->steps, p->init[i].lhs[j], step);
    if (!p->standard) reach_step(c, step);
  }
  if (p->script) avec_push(&c->scratch, &plan->calls, (PlannedCall){.inst = script_function(c, p)});
  for (uint32_t i = 0; i < p->func_count; i++)
    if (!p->funcs[i]->is_method && name_is(p->funcs[i]->name, "init"))
      avec_push(&c->scratch, &plan->calls, (PlannedCall){.inst = inst_function(c, p->funcs[i], (TypeList){0})});
}

static void plan_package(Compiler *c, Package *p) {
  if (ptr_table_has(&c->init->seen, p)) return;
  for (uint32_t i = 0; i < p->import_count; i++) plan_package(c, p->imports[i]);
  plan_calls(c, p);
}

static int by_path(const void *a, const void *b) {
  return strcmp((*(Package *const *)a)->path->text, (*(Package *const *)b)->path->text);
}

static bool imports_are_planned(Compiler *c, const Package *p) {
  for (uint32_t i = 0; i < p->import_count; i++)
    if (!ptr_table_has(&c->init->seen, p->imports[i])) return false;
  return true;
}

// A package with nothing to do, whose imports have nothing to do: no one waits for it (gc gives it no init task).
static void plan_idle(Compiler *c, Package *p) {
  if (ptr_table_has(&c->init->seen, p)) return;
  for (uint32_t i = 0; i < p->import_count; i++) plan_idle(c, p->imports[i]);
  bool idle = !p->init_count && imports_are_planned(c, p);
  for (uint32_t i = 0; i < p->func_count && idle; i++) idle = p->funcs[i]->is_method || !name_is(p->funcs[i]->name, "init");
  if (idle) plan_calls(c, p);
}

// Specification "Program initialization": of the packages sorted by import path, the first one whose imports are
// initialised is the next. The standard library's are not seen doing it: they only keep those waiting that import them.
static void plan_imports(Compiler *c) {
  Package **sorted = arena_copy(&c->scratch, c->packages, c->package_count * sizeof *c->packages);
  uint32_t n = c->package_count, next;
  qsort(sorted, n, sizeof *sorted, by_path);
  for (uint32_t i = 0; i < n; i++)
    if (sorted[i] != c->main) plan_idle(c, sorted[i]);
  do {
    for (next = 0; next < n; next++)
      if (sorted[next] != c->main && !ptr_table_has(&c->init->seen, sorted[next]) && imports_are_planned(c, sorted[next])) break;
    if (next < n) plan_calls(c, sorted[next]);
  } while (next < n);
}

static bool has_own_imports(const Compiler *c) {
  for (uint32_t i = 0; i < c->package_count; i++)
    if (!c->packages[i]->standard && c->packages[i] != c->main) return true;
  return false;
}

static void plan_main(Compiler *c) {
  Object *main = c->main->script ? NULL : declared_function(c->main, "main");
  if (main) avec_push(&c->scratch, &c->init->calls, (PlannedCall){.inst = inst_function(c, main, (TypeList){0})});
}

void init_plan(Compiler *c) {
  if (!c->init) {
    c->init = ARENA_NEW(&c->scratch, InitPlan);
    ptr_table_init(&c->init->steps, &c->scratch);
    ptr_table_init(&c->init->seen, &c->scratch);
  }
  for (uint32_t i = 0; i < c->package_count; i++)
    if (name_is(c->packages[i]->path, "runtime")) plan_package(c, c->packages[i]);
  if (has_own_imports(c)) plan_imports(c);
  for (uint32_t i = 0; i < c->main->import_count; i++) plan_package(c, c->main->imports[i]);
  plan_calls(c, c->main); // again, if it has grown
  for (uint32_t i = 0; i < c->package_count; i++) plan_package(c, c->packages[i]); // needed but not imported
  plan_main(c);
}

void init_called(Compiler *c) {
  InitPlan *plan = c->init;
  uint32_t kept = 0;
  for (uint32_t i = 0; i < plan->calls.len; i++) {
    PlannedStep *step = plan->calls.data[i].step;
    if (!step) continue; // a function: called once
    step->called |= step->inst != NULL;
    plan->calls.data[kept++] = plan->calls.data[i];
  }
  plan->calls.len = kept;
  plan->reached = false;
}

uint32_t init_made(const Compiler *c) { return c->init ? c->init->made : 0; }

void init_forget(Compiler *c) {
  InitPlan *plan = c->init;
  uint32_t kept = 0;
  for (uint32_t i = 0; i < plan->calls.len; i++) {
    PlannedStep *step = plan->calls.data[i].step;
    if (!step) continue;
    if (step->inst && step->inst->out->program == c->program) step->inst = NULL;
    plan->calls.data[kept++] = plan->calls.data[i];
  }
  plan->calls.len = kept;
}

static void build_entry(Fn *f, FuncInst *inst) {
  Slot base = slots_window(f, 2);
  for (uint32_t i = 0; i < f->c->init->calls.len; i++) {
    PlannedCall *call = &f->c->init->calls.data[i];
    FuncInst *target = call->step ? call->step->inst : call->inst;
    if (!target || (call->step && call->step->called)) continue;
    emit(f, OP_CALL, base, 0, 0);
    emit_ptr(f, target->out);
  }
  emit(f, OP_RET, 0, 0, 0);
}

// All function bodies that matter are checked now, so the checker knows what each initialiser needs.
static void order_again(InitPlan *plan) {
  for (uint32_t i = 0; i < plan->calls.len;) {
    const PlannedStep *first = plan->calls.data[i].step;
    if (!first || !first->package->checker) {
      i++;
      continue;
    }
    Package *p = first->package;
    check_init_again(p);
    for (uint32_t j = 0; j < p->init_count; j++) plan->calls.data[i++].step = ptr_table_get(&plan->steps, p->init[j].lhs[0]);
  }
}

Function *init_entry(Compiler *c) {
  if (c->init->reached) order_again(c->init);
  FuncInst *inst = inst_synthesised(c, NULL, 0, "runtime.main", build_entry, nullary(c), NULL, NULL);
  inst->out->wrapper = true;
  return inst->out;
}
