// Imports (specification "Import declarations"): a name in the file scope for each imported package, dot imports,
// unused imports, and a script's packages that need no import.
#include "types/checker.h"

// The path between the quotes of the literal; an error for what cannot be one.
static const char *import_path(Checker *c, const NodeLiteral *literal) {
  const Const *value = const_literal(c->arena, LIT_STRING, literal->text);
  if (const_kind(value) != CONST_STRING) return NULL; // the parser reported it
  Text path = const_text(value);
  if (!path.len) {
    check_error(c, &literal->h, "invalid import path (empty string)");
    return NULL;
  }
  uint32_t width;
  for (uint32_t i = 0; i < path.len; i += width) {
    int32_t rune = utf8_decode(path.ptr + i, path.len - i, &width);
    bool illegal = rune == RUNE_ERROR || rune == ' ' || !rune_is_print(rune) ||
                   (rune < 128 && strchr("!\"#$%&'()*,:;<=>?[\\]^{|}`", rune));
    if (!illegal) continue;
    if (rune >= ' ' && rune < 127)
      check_error(c, &literal->h, "invalid import path (invalid character U+%04X '%c')", (unsigned)rune, (char)rune);
    else check_error(c, &literal->h, "invalid import path (invalid character U+%04X)", (unsigned)rune);
    return NULL;
  }
  return arena_strndup(c->arena, path.ptr, path.len);
}

// Stands in for a package that could not be imported: nothing in it is reported.
static Package *fake_package(Checker *c, const char *path) {
  Package *p = ARENA_NEW(c->arena, Package);
  const char *slash = strrchr(path, '/');
  p->path = name_of(c->u->names, path);
  p->name = name_of(c->u->names, slash && slash[1] ? slash + 1 : path);
  p->scope = scope_new(c->arena, c->u->scope, NO_POS, NO_POS);
  p->fake = true;
  return p;
}

// What is wrong with the path itself, as gc and the go command see it; NULL: nothing.
static const char *path_problem(Checker *c, const char *path) {
  if (!strcmp(path, "main")) return "cannot import \"main\"";
  if (path[0] == '/') return "import path cannot be absolute path";
  char *clean = arena_strdup(c->arena, path), *to = clean;
  for (const char *from = path; *from; from++)
    if (*from != '/' || (from[1] && from[1] != '/')) *to++ = *from;
  *to = 0;
  if (!strcmp(clean, path)) return NULL;
  return arena_printf(c->arena, "non-canonical import path \"%s\" (should be \"%s\")", path, clean);
}

static Package *find_package(Checker *c, const char *path, const Node *at) {
  if (!strcmp(path, "unsafe")) return c->u->unsafe_;
  const char *why = path_problem(c, path);
  Package *p = NULL;
  if (!why && c->options->import) p = c->options->import(c->options->context, path, at->start, &why);
  if (p) return p;
  check_error(c, at, "could not import %s (%s)", path, why ? why : "unknown");
  return fake_package(c, path);
}

static void list_import(Checker *c, Package *p) {
  for (uint32_t i = 0; i < c->import_list.len; i++)
    if (c->import_list.data[i] == p) return;
  if (!p->fake) vec_push(&c->import_list, p);
}

// Specification "Import declarations": with a period, all exported names of the package are declared in the file block.
static void import_dot(Checker *c, NodeImport *node, Package *p, Scope *file) {
  for (uint32_t i = 0; i < scope_count(p->scope); i++) {
    Object *object = scope_at(p->scope, i);
    if (!name_is_exported(object->name)) continue;
    Object *other = scope_insert(file, object);
    if (!other) continue;
    check_error(c, node->alias, "%s redeclared in this block", object->name->text);
    check_note_other(c, other);
  }
}

void check_import(Checker *c, NodeImport *node, Scope *file) {
  if (!node->path || node->path->kind != NODE_LITERAL) return;
  const char *path = import_path(c, (NodeLiteral *)node->path);
  if (!path) return;
  Package *p = find_package(c, path, node->path);
  NodeIdent *alias = (NodeIdent *)node->alias;
  const Name *name = alias ? alias->name : p->name;
  if (name_is(name, "init")) {
    check_error(c, &node->h, "cannot import package as init - init must be a func");
    return;
  }
  list_import(c, p);
  Pos pos = alias ? alias->h.start : node->path->start;
  Object *object = object_new(c->u, OBJECT_PACKAGE, name, c->package, pos, check_invalid(c));
  object->imported = p;
  object->decl = &node->h;
  object->used = p->fake || c->package->prompt; // later inputs may use it
  object->scope = file;
  node->obj = object;
  if (alias) alias->obj = object;
  vec_push(&c->imports, object);
  if (name_is(name, ".")) import_dot(c, node, p, file);
  else check_declare(c, file, NULL, object, NO_POS);
}

// Specification: it is illegal to import a package without referring to any of its exported identifiers.
void check_unused_imports(Checker *c) {
  for (uint32_t i = 0; i < c->imports.len; i++) {
    Object *object = c->imports.data[i];
    if (object->used || name_is_blank(object->name)) continue;
    const char *path = object->imported->path->text, *slash = strrchr(path, '/');
    Pos end = object->decl->end;
    if (name_is(object->name, ".") || name_is(object->name, slash ? slash + 1 : path))
      check_error_pos(c, object->pos, end, "\"%s\" imported and not used", path);
    else check_error_pos(c, object->pos, end, "\"%s\" imported as %s and not used", path, object->name->text);
  }
}

// A name that came through a dot import counts as a use of the import.
void check_use_dot_import(Checker *c, const Object *object, const Scope *holder) {
  if (!object->package || object->package == c->package || object->kind == OBJECT_PACKAGE) return;
  for (uint32_t i = 0; i < c->imports.len; i++) {
    Object *import = c->imports.data[i];
    if (import->scope == holder && import->imported == object->package && name_is(import->name, "."))
      import->used = true;
  }
}

Object *check_import_of(Checker *c, const Name *exported) {
  for (uint32_t i = 0; i < c->imports.len; i++) {
    Object *import = c->imports.data[i];
    bool named = !name_is_blank(import->name) && !name_is(import->name, ".");
    if (named && scope_lookup(import->imported->scope, exported)) return import;
  }
  return NULL;
}

// Script mode: a standard package is imported by its first use. The user's own names come first: this is asked only
// when nothing else is declared under the name.
Object *check_implicit_package(Checker *c, const Name *name) {
  if (!c->package->script || !c->options->implicit_package) return NULL;
  const char *path = c->options->implicit_package(c->options->context, name);
  if (!path) return NULL;
  const char *why = NULL;
  Package *p = c->options->import ? c->options->import(c->options->context, path, NO_POS, &why) : NULL;
  if (!p) return NULL;
  list_import(c, p);
  Object *object = object_new(c->u, OBJECT_PACKAGE, name, c->package, NO_POS, check_invalid(c));
  object->imported = p;
  object->used = true;
  for (uint32_t i = 0; i < c->file_scopes.len; i++) scope_insert(c->file_scopes.data[i], object);
  return object;
}

void check_shadow_implicit(Checker *c, Object *var) {
  for (uint32_t i = 0; i < c->file_scopes.len; i++) {
    Object *object = name_is_blank(var->name) ? NULL : scope_lookup(c->file_scopes.data[i], var->name);
    if (object && object->kind == OBJECT_PACKAGE && !object->decl) scope_replace(c->file_scopes.data[i], var);
  }
}
