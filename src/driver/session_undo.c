// What an input leaves behind. Most leave nothing that another would look for: an expression, a statement, a variable or function
// declared again with a type it had. Of those all trees, types and tables are put back to what they were before, and only the
// objects that stand for the names learn where their values are now. So a session does not grow with its inputs.
#include <string.h>

#include "driver/session.h"
#include "types/scope.h"

void session_keep(Session *s) {
  Compilation *c = &s->compilation;
  region_keep(&s->region);
  compile_mark(s->compile);
  s->mark.universe = c->universe;
  s->mark.arena = c->arena;
  s->mark.texts = c->sources.arena;
  s->mark.packages = c->packages.len;
  s->mark.sources = c->sources.sources.len;
  s->unsettled = false;
}

static void put_back(Session *s) {
  Compilation *c = &s->compilation;
  while (c->sources.sources.len > s->mark.sources) {
    Source *source = vec_pop(&c->sources.sources);
    vec_free(&source->lines);
    vec_free(&source->directives);
  }
  region_undo(&s->region);
  compile_undo(s->compile);
  c->universe = s->mark.universe;
  c->arena = s->mark.arena;
  c->sources.arena = s->mark.texts;
  s->unsettled = false;
}

void session_undo(Session *s) {
  if (s->compilation.packages.len == s->mark.packages) put_back(s);
  else session_keep(s); // a package was read
}

// --- which inputs may be forgotten

static bool has_generics(const Package *p) {
  for (uint32_t i = 0; i < p->func_count; i++)
    if (p->funcs[i]->type && (p->funcs[i]->type->tparams.len || p->funcs[i]->type->recv_tparams.len)) return true;
  return false;
}

// Does the object only take the place of one that is there?
static bool takes_place(const Session *s, const Object *o) {
  const Object *old = scope_lookup(s->scope, o->name);
  switch (o->kind) {
  case OBJECT_VAR: return o->replaces && !s->generics;
  case OBJECT_FUNC: return o->replaces && old;
  default: return false;
  }
}

static bool may_forget(const Session *s, const File *file) {
  const Package *p = s->compilation.main;
  if (!file->script || s->compilation.packages.len != s->mark.packages || !compile_left_nothing(s->compile)) return false;
  for (uint32_t i = 0; i < file->top.len; i++)
    if (file->top.items[i]->kind == NODE_IMPORT || file->top.items[i]->kind == NODE_DECL_STMT) return false;
  for (uint32_t i = 0; i < p->func_count; i++)
    if (!p->funcs[i]->replaces) return false;
  for (uint32_t i = 0; i < scope_count(p->scope); i++)
    if (!takes_place(s, scope_at(p->scope, i))) return false;
  return true;
}

// --- what goes on

typedef struct {
  Object *object; // older than the input
  CompiledVariable to;
} Rebinding;

static void bind(Session *s, Object *object, CompiledVariable to) {
  object->type = to.type;
  object->is_global = object->used = true;
  compile_rebind(s->compile, object, to);
}

// The values are variables of their own from now on, whatever becomes of the input.
static void bind_values(Session *s, const CompiledVariable *values) {
  Compilation *c = &s->compilation;
  for (uint32_t i = 0; i < s->values.len; i++) {
    if (i == s->slots.len) vec_push(&s->slots, object_new(&c->universe, OBJECT_VAR, name_of(&c->names, PROMPT_VALUE), c->main, NO_POS, NULL));
    bind(s, s->slots.data[i], values[i]);
    c->main->last = s->values.data[i].object = s->slots.data[i];
  }
}

static void forget(Session *s) {
  const Scope *scope = s->compilation.main->scope;
  VEC(Rebinding) again = {0};
  for (uint32_t i = 0; i < scope_count(scope); i++) {
    const Object *o = scope_at(scope, i);
    if (o->kind == OBJECT_VAR) vec_push(&again, (Rebinding){o->replaces, compile_variable(s->compile, o)});
  }
  put_back(s);
  for (uint32_t i = 0; i < again.len; i++)
    if (again.data[i].to.memory) bind(s, again.data[i].object, again.data[i].to);
  vec_free(&again);
}

void session_settle(Session *s, const File *file) {
  VEC(CompiledVariable) values = {0};
  for (uint32_t i = 0; i < s->values.len; i++) vec_push(&values, compile_variable(s->compile, s->values.data[i].object));
  s->generics |= has_generics(s->compilation.main);
  if (may_forget(s, file)) forget(s);
  bind_values(s, values.data);
  vec_free(&values);
  session_keep(s);
}
