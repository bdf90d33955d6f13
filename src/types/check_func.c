// Function bodies: what they need to know for the compiler (captured variables, names for traces), and their variables
// that nobody uses. Bodies are checked after the declarations around them, literals at the end of their statement.
#include "types/checker.h"

// --- names, as Go prints them in traces

typedef struct {
  uint32_t literals, ranges; // names given so far inside a function
} Closures;

static Closures *closures_of(Checker *c, FuncInfo *info) {
  Closures *n = ptr_table_get(&c->closures, info);
  if (!n) {
    n = ARENA_NEW(c->arena, Closures);
    ptr_table_put(&c->closures, info, n);
  }
  return n;
}

// The parts one behind the other; the last is followed by NULL. Every declared function has such a name, so not by printf.
static const Name *joined(Checker *c, const char *const *parts) {
  size_t len = 0;
  for (uint32_t i = 0; parts[i]; i++) len += strlen(parts[i]);
  char *text = arena_alloc(c->arena, len + 1), *to = text;
  for (uint32_t i = 0; parts[i]; i++) to = stpcpy(to, parts[i]);
  return name_intern(c->u->names, text, len);
}

#define JOINED(c, ...) joined(c, (const char*[]){__VA_ARGS__, NULL})

// main.f, main.f[...], main.T.m, main.(*T).m, main.(*T[...]).m
static const Name *declared_name(Checker *c, Object *object, Type *sig) {
  const char *package = c->package->path->text, *name = object->name->text;
  const char *dots = sig->tparams.len ? "[...]" : "";
  if (!object->is_method && name_is(object->name, "init")) // there may be several
    return name_of(c->u->names, arena_printf(c->arena, "%s.init.%u", package, c->init_funcs++));
  if (!object->is_method || !sig->recv) return JOINED(c, package, ".", name, dots);
  bool pointer;
  Type *base = type_unalias(type_deref(sig->recv->type, &pointer));
  const char *type = base->kind == TYPE_NAMED ? base->object->name->text : "?";
  dots = sig->recv_tparams.len ? "[...]" : "";
  return pointer ? JOINED(c, package, ".(*", type, dots, ").", name) : JOINED(c, package, ".", type, dots, ".", name);
}

// main.f.func1, main.f.func1.2 inside of that, main.f-range1 for the body of a range over a function.
static const Name *inner_name(Checker *c, FuncInfo *outer, bool range) {
  while (outer && outer->node && outer->node->kind == NODE_RANGE) outer = outer->outer;
  if (!outer)
    return name_of(c->u->names, arena_printf(c->arena, "%s.init.func%u", c->package->path->text, ++c->global_closures));
  Closures *n = closures_of(c, outer);
  bool literal = outer->node && outer->node->kind == NODE_FUNC_LIT;
  const char *suffix = range ? "-range" : literal ? "." : ".func";
  uint32_t number = range ? ++n->ranges : ++n->literals;
  return name_of(c->u->names, arena_printf(c->arena, "%s%s%u", outer->name->text, suffix, number));
}

FuncInfo *check_new_func(Checker *c, Node *node, Object *object, Type *sig, FuncInfo *outer) {
  FuncInfo *info = ARENA_NEW(c->arena, FuncInfo);
  info->node = node;
  info->object = object;
  info->signature = sig;
  info->outer = outer;
  info->name = object ? declared_name(c, object, sig) : inner_name(c, outer, node->kind == NODE_RANGE);
  if (sig->recv) sig->recv->owner = info;
  for (uint32_t i = 0; i < sig->param_count; i++) sig->params[i]->owner = info;
  for (uint32_t i = 0; i < sig->result_count; i++) sig->results[i]->owner = info;
  return info;
}

// --- captured variables

static void add_capture(Checker *c, FuncInfo *info, Object *var) {
  for (uint32_t i = 0; i < info->capture_count; i++)
    if (info->captures[i] == var) return;
  if (info->capture_count == info->capture_cap) {
    uint32_t cap = info->capture_cap ? info->capture_cap * 2 : 4;
    Object **bigger = ARENA_ARRAY(c->arena, Object *, cap);
    if (info->capture_count) memcpy(bigger, info->captures, info->capture_count * sizeof *bigger);
    info->captures = bigger;
    info->capture_cap = cap;
  }
  info->captures[info->capture_count++] = var;
}

// A variable of an outer function is captured by every function between its owner and here.
void check_capture(Checker *c, Object *var) {
  if (!var->owner || var->owner == c->env.func) return;
  for (FuncInfo *info = c->env.func; info && info != var->owner; info = info->outer) add_capture(c, info, var);
  var->captured = true;
}

// --- unused variables

// Specification "Variable declarations", implementation restriction: a variable inside a function must be used.
static void report_unused(Checker *c, const Body *body) {
  for (uint32_t i = 0; i < body->vars.len; i++) {
    Object *var = body->vars.data[i];
    if (!var->used) check_error_object(c, var, "declared and not used: %s", var->name->text);
  }
}

// --- bodies

typedef struct BodyTask {
  FuncInfo *info;
  Scope *scope;
  NodeBlock *block;
  DeclInfo *decl;
  const Const *iota;
  bool generic;
} BodyTask;

// Another thread may be reading it, so its state is not asked here.
static void read_body(Checker *c, NodeFunc *func) {
  if (c->options->read_body) c->options->read_body(c->options->context, func);
}

static void check_body(Checker *c, void *data) {
  BodyTask *task = data;
  Env saved = c->env;
  Body body = {0};
  c->env = (Env){.decl = task->decl,
                 .scope = task->scope,
                 .iota = task->iota,
                 .signature = task->info->signature,
                 .func = task->info,
                 .body = &body,
                 .generic = task->generic};
  if (task->info->object) read_body(c, (NodeFunc *)task->info->node);
  check_stmt_list(c, task->block->stmts);
  check_branches(c, task->block->stmts, task->block->h.start);
  // Specification "Terminating statements": a function with results must end in one.
  if (task->info->signature->result_count && !check_terminating_list(task->block->stmts))
    check_error_pos(c, task->block->rbrace, NO_POS, "missing return");
  report_unused(c, &body);
  check_frame_later(c, task->info, &body);
  vec_free(&body.vars);
  c->env = saved;
}

void check_func_body_later(Checker *c, FuncInfo *info, Scope *scope, NodeBlock *block, DeclInfo *decl) {
  BodyTask *task = ARENA_NEW(c->arena, BodyTask);
  bool declared = info->object != NULL;
  *task = (BodyTask){.info = info,
                     .scope = scope,
                     .block = block,
                     .decl = decl,
                     .iota = declared ? NULL : c->env.iota,
                     .generic = c->env.generic};
  if (declared && c->package->standard && c->options->on_demand) c->unread = true, info->unchecked = task;
  else if (declared && c->package->script) vec_push(&c->bodies, (Action){check_body, task});
  else check_delay(c, check_body, task);
}

void check_unread_body(Checker *c, FuncInfo *info) {
  BodyTask *task = info->unchecked;
  info->unchecked = NULL;
  check_body(c, task);
}

// Specification "Function literals".
void check_func_literal(Checker *c, Operand *x, NodeFuncLit *e) {
  Scope *scope = NULL;
  Type *sig = check_func_type(c, (NodeFuncType *)e->sig, NULL, NULL, NULL, &scope);
  FuncInfo *info = check_new_func(c, &e->h, NULL, sig, c->env.func);
  e->info = info;
  if (e->body) check_func_body_later(c, info, scope, (NodeBlock *)e->body, c->env.decl);
  x->mode = MODE_VALUE;
  x->type = sig;
}

// --- scripts

void check_open_script(Checker *c, Body *body) {
  FuncInfo *info = ARENA_NEW(c->arena, FuncInfo);
  info->signature = type_signature(c->u, NULL, 0, NULL, 0, false);
  info->name = name_of(c->u->names, "main.main");
  c->package->script_main = info;
  c->env.signature = info->signature;
  c->env.func = info;
  c->env.body = body;
}

void check_close_script(Checker *c, Body *body, NodeList stmts) {
  check_branches(c, stmts, stmts.len ? stmts.items[0]->start : NO_POS);
  report_unused(c, body);
  vec_free(&body->vars);
}
