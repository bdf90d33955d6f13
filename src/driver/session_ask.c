// What one may ask about a session without changing it.
#include "driver/import.h"
#include "driver/session.h"
#include "std/std.h"
#include "types/scope.h"

static File *check_only(Session *s, Text text) {
  InputStatus status;
  File *file = session_parse(s, text, &status);
  return file && session_check(s, file) ? file : NULL;
}

const Node *session_check_expr(Session *s, Text text) {
  const File *file = check_only(s, text);
  if (!file || file->top.len != 1 || file->top.items[0]->kind != NODE_EXPR_STMT) return NULL;
  return ((const NodeExprStmt *)file->top.items[0])->x;
}

Type *session_check_type(Session *s, Text text) {
  StrBuf variable = {0}; // not in the arena, which parsing may put back
  strbuf_printf(&variable, "var _ %.*s", TEXT_ARGS(text));
  const File *file = check_only(s, strbuf_text(&variable));
  strbuf_free(&variable);
  if (!file || file->top.len != 1 || file->top.items[0]->kind != NODE_VAR) return NULL;
  const NodeVar *var = (const NodeVar *)file->top.items[0];
  return var->values.len || !var->of ? NULL : var->of->type;
}

Package *session_package(Session *s, const char *name) {
  Compilation *c = &s->compilation;
  const Object *object = scope_lookup(s->scope, name_of(&c->names, name));
  if (object) return object->kind == OBJECT_PACKAGE ? object->imported : NULL;
  const char *path = std_path_of_name(name), *why;
  if (!path && std_package(name)) path = name;
  return path ? import_package(c, path, NO_POS, &why) : NULL;
}

// --- values as text

// Of an interface: that of what is in it; NULL: nothing.
static const RType *dynamic_type(const SessionValue *value) {
  if (value->type->kind != KIND_INTERFACE) return value->type;
  Iface i;
  pair_copy(&i, value->memory);
  return i.type;
}

const char *session_outdated(Session *s, const SessionValue *value) {
  const RType *r = dynamic_type(value);
  while (r && r->kind == KIND_POINTER && !r->named) r = r->elem;
  const Type *t = r ? compile_type_of(s->compile, r) : NULL;
  if (!t || t->kind != TYPE_NAMED || t->object->package != s->compilation.main) return NULL;
  const Object *object = t->origin->object;
  if (object->owner || scope_lookup(s->scope, object->name) == object) return NULL;
  return source_position(&s->compilation.sources, object->pos).path;
}

static bool has_method(Session *s, const SessionValue *value, const char *name) {
  const RType *t = dynamic_type(value);
  if (!t) return false;
  for (uint32_t k = 0; k < t->method_count; k++)
    if (!strcmp(t->methods[k].name, name) && t->methods[k].signature && !strcmp(t->methods[k].signature->string, "func() string")) return true;
  return false;
}

bool session_text(Session *s, const SessionValue *value, StrBuf *out, const char **method) {
  Package *p = s->compilation.main;
  static const char *const names[] = {"Error", "String"};
  for (int i = 0; i < 2; i++) {
    if (!has_method(s, value, names[i])) continue;
    // Through an interface: the value's own type may not show the method.
    StrBuf code = {0};
    strbuf_printf(&code, "any(_).(interface { %s() string }).%s()", names[i], names[i]);
    Object *last = p->last;
    p->last = value->object;
    InputStatus status = session_evaluate(s, strbuf_text(&code));
    p->last = last;
    strbuf_free(&code);
    if (status != INPUT_DONE || s->values.len != 1) return false;
    String text;
    pair_copy(&text, s->values.data[0].memory);
    strbuf_write(out, text.ptr, text.len);
    *method = names[i];
    return true;
  }
  return false;
}
