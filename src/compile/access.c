// What the source calls the memory that an instruction touches, for reports of data races. Only with name_accesses.
#include "compile/access.h"

#include <string.h>

#include "base/source.h"
#include "syntax/print.h"

enum { NAME_MAX_LEN = 60 };

void access_note(Fn *f, uint32_t from, const Node *n) {
  if (f->c->options->name_accesses && n && from < f->code.len) vec_push(&f->accesses, (AccessNote){from, f->code.len, n});
}

static AccessKind kind_of(Fn *f, const Node *n) {
  switch (n->kind) {
  case NODE_IDENT: {
    const Object *o = ((const NodeIdent *)n)->obj;
    return o && o->kind == OBJECT_VAR && var_of(f, (Object *)o) ? ACCESS_VARIABLE : ACCESS_GLOBAL;
  }
  case NODE_SELECTOR: return ((const NodeSelector *)n)->selection ? ACCESS_FIELD : ACCESS_GLOBAL;
  case NODE_INDEX: {
    const Node *x = ((const NodeIndex *)n)->x;
    return x->type && x->mode != MODE_TYPE && under_of(f->c, node_type(f, x))->kind == TYPE_MAP ? ACCESS_MAP : ACCESS_ELEMENT;
  }
  case NODE_STAR: return ACCESS_TARGET;
  case NODE_CALL: return ACCESS_CALL;
  default: return ACCESS_OTHER;
  }
}

static const char *printed(Fn *f, const Node *n) {
  const char *name = node_string(&f->c->scratch, n);
  size_t len = strlen(name);
  return len <= NAME_MAX_LEN ? arena_strdup(f->c->arena, name) : arena_printf(f->c->arena, "%.*s...", NAME_MAX_LEN, name);
}

static AccessEntry entry(Fn *f, const AccessNote *note, const AccessEntry *last) {
  const Node *n = note->node;
  const Source *source = source_find(f->c->options->sources, n->start);
  Position p = source_raw_position(f->c->options->sources, n->start);
  const char *text = last && last->line == p.line ? last->text : NULL;
  if (!text) {
    Text line = source ? source_line(source, p.line) : (Text){0};
    text = arena_printf(f->c->arena, "%.*s", (int)line.len, line.ptr);
  }
  return (AccessEntry){note->from, note->to, kind_of(f, n), printed(f, n), p.line, p.column, text};
}

// The functions of the standard library are not what a user looks for.
static bool is_standard(Fn *f) {
  const Node *n = f->inst->node;
  const Source *source = n ? source_find(f->c->options->sources, n->start) : NULL;
  return source && !strncmp(source->path, "$GOROOT/", 8);
}

void access_finish(Fn *f) {
  if (!f->accesses.len || is_standard(f)) return;
  AccessEntry *entries = ARENA_ARRAY(f->c->arena, AccessEntry, f->accesses.len);
  for (uint32_t i = 0; i < f->accesses.len; i++) entries[i] = entry(f, &f->accesses.data[i], i ? &entries[i - 1] : NULL);
  f->out->accesses = entries;
  f->out->access_count = f->accesses.len;
}
