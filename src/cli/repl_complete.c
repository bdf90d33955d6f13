// Completion: names in scope, keywords and packages; behind a dot what the package or the expression's type has; commands.
#include "cli/repl.h"

#include <string.h>

#include "std/std.h"
#include "types/lookup.h"

static bool is_name_byte(char c) { return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 128; }

static void offer(Repl *r, const char *text, Text typed, bool open) {
  if (strncmp(text, typed.ptr, typed.len)) return;
  for (uint32_t i = 0; i < r->candidates.len; i++)
    if (!strcmp(r->candidates.data[i].text, text)) return;
  vec_push(&r->candidates, (Candidate){arena_strdup(&r->words, text), open});
}

// --- names

static void offer_object(Repl *r, const Object *o, Text typed) {
  if (!is_name_byte(o->name->text[0])) return; // the values of expressions
  const char *end = o->kind == OBJECT_FUNC || o->kind == OBJECT_BUILTIN ? "(" : o->kind == OBJECT_PACKAGE ? "." : "";
  offer(r, *end ? arena_printf(&r->words, "%s%s", o->name->text, end) : o->name->text, typed, true);
}

static void offer_scope(Repl *r, const Scope *scope, Text typed, bool exported) {
  for (uint32_t i = 0; i < scope_count(scope); i++) {
    const Object *o = scope_at(scope, i);
    if (o && (!exported || name_is_exported(o->name))) offer_object(r, o, typed);
  }
}

static void offer_names(Repl *r, Text typed) {
  static const char *const keywords[] = {"break", "case", "chan", "const", "continue", "default", "defer", "else", "fallthrough", "for", "func", "go", "goto",
                                         "if", "import", "interface", "map", "package", "range", "return", "select", "struct", "switch", "type", "var"};
  for (const Scope *scope = r->session->scope; scope; scope = scope->parent) offer_scope(r, scope, typed, false);
  for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++) offer(r, keywords[i], typed, false);
  for (size_t i = 0; i < std_package_count; i++) {
    const StdPackage *p = &std_packages[i];
    const char *path = std_path_of_name(p->name);
    if (path && !strcmp(path, p->path) && !std_is_internal(p->path)) offer(r, arena_printf(&r->words, "%s.", p->name), typed, true);
  }
}

// --- what is behind a dot

static void offer_methods(Repl *r, Type *t, Text typed) {
  Universe *u = &r->session->compilation.universe;
  const Package *main = r->session->compilation.main;
  uint32_t n;
  MethodEntry *methods = type_method_set(u, type_is_interface(t) || type_underlying(t)->kind == TYPE_POINTER ? t : type_pointer(u, t), &n);
  for (uint32_t i = 0; i < n; i++)
    if (name_is_exported(methods[i].name) || methods[i].package == main) offer(r, arena_printf(&r->words, "%s(", methods[i].name->text), typed, true);
}

static void offer_fields(Repl *r, Type *t, Text typed, uint32_t depth) {
  bool pointer;
  Type *u = type_underlying(type_deref(type_underlying(t)->kind == TYPE_POINTER ? type_underlying(t) : t, &pointer));
  if (u->kind != TYPE_STRUCT || depth > 5) return;
  for (uint32_t i = 0; i < u->field_count; i++) {
    const FieldInfo *f = &u->fields[i];
    if (name_is_exported(f->name) || f->package == r->session->compilation.main) offer(r, f->name->text, typed, true);
    if (f->embedded) offer_fields(r, f->type, typed, depth + 1);
  }
}

// Where the operand that ends at `end` begins: a name, with calls, indexes and selectors.
static uint32_t operand_start(Text text, uint32_t end) {
  uint32_t at = end;
  while (at) {
    char c = text.ptr[at - 1];
    if (is_name_byte(c) || c == '.') at--;
    else if (c == ')' || c == ']' || c == '}') {
      uint32_t depth = 0;
      do {
        c = text.ptr[--at];
        if (c == ')' || c == ']' || c == '}') depth++;
        if (c == '(' || c == '[' || c == '{') depth--;
      } while (at && depth);
      if (depth) return end;
    } else break;
  }
  return at;
}

static void offer_members(Repl *r, Text operand, Text typed) {
  const char *name = arena_strndup(&r->words, operand.ptr, operand.len);
  Package *p = strchr(name, '.') ? NULL : session_package(r->session, name);
  if (p) {
    offer_scope(r, p->scope, typed, true);
    return;
  }
  const Node *node = session_check_expr(r->session, operand);
  Type *t = node && !diags_count(&r->session->compilation.diags) ? node->type : session_check_type(r->session, operand);
  if (!t || !type_is_valid(t) || t->kind == TYPE_TUPLE || diags_count(&r->session->compilation.diags)) return;
  offer_fields(r, t, typed, 0);
  offer_methods(r, t, typed);
}

uint32_t repl_complete(void *repl, Text text, uint32_t *start, const Candidate **candidates) {
  Repl *r = repl;
  arena_deinit(&r->words);
  r->candidates.len = 0;
  uint32_t at = text.len;
  while (at && is_name_byte(text.ptr[at - 1])) at--;
  Text typed = {text.ptr + at, text.len - at};
  if (at == 1 && text.ptr[0] == ':') {
    at = 0;
    const char *name;
    for (uint32_t i = 0; (name = repl_command_name(i)); i++) offer(r, name, text, false);
  } else if (at && text.ptr[at - 1] == '.') {
    uint32_t from = operand_start(text, at - 1);
    if (from < at - 1) offer_members(r, (Text){text.ptr + from, at - 1 - from}, typed);
  } else if (typed.len) {
    offer_names(r, typed);
  }
  *start = at;
  *candidates = r->candidates.data;
  return r->candidates.len;
}
