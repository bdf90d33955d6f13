#include "driver/compilation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "compile/compile.h"
#include "std/std.h"
#include "syntax/parse.h"

void compilation_init(Compilation *c, CompilationOptions options) {
  *c = (Compilation){.options = options};
  arena_init(&c->arena);
  names_init(&c->names);
  source_set_init(&c->sources);
  diags_init(&c->diags);
  universe_init(&c->universe, &c->arena, &c->names);
  c->main = ARENA_NEW(&c->arena, Package);
}

void compilation_deinit(Compilation *c) {
  vec_free(&c->files);
  vec_free(&c->packages);
  vec_free(&c->loading);
  diags_deinit(&c->diags);
  source_set_deinit(&c->sources);
  names_deinit(&c->names);
  arena_deinit(&c->arena);
}

// NULL if there is a syntax error. Other complaints of the parser do not stop the checker from adding its own, as in gc.
static File *parse(Compilation *c, const char *name, Text text) {
  Source *source = source_add(&c->sources, name, text);
  if (!source) return NULL;
  ParseContext context = {.arena = &c->arena, .names = &c->names, .sources = &c->sources, .diags = &c->diags};
  File *file = parse_file(&context, source);
  return context.syntax_errors ? NULL : file;
}

bool compilation_add_text(Compilation *c, const char *name, Text text) {
  File *file = parse(c, name, text);
  if (file) vec_push(&c->files, file);
  return file != NULL;
}

bool compilation_add_path(Compilation *c, const char *path, const char **error) {
  *error = NULL;
  if (os_is_directory(path)) {
    *error = "is a directory";
    return false;
  }
  Text text;
  if (!os_read_file(path, &text, error)) return false;
  bool ok = compilation_add_text(c, strcmp(path, "-") ? path : "stdin", text);
  free((void *)text.ptr);
  return ok;
}

// --- imports: the standard library, whose sources are part of the binary

static Package *finished(const Compilation *c, const char *path) {
  for (uint32_t i = 0; i < c->packages.len; i++)
    if (!strcmp(c->packages.data[i]->path->text, path)) return c->packages.data[i];
  return NULL;
}

static CheckOptions check_options(Compilation *c);

static Package *import_package(void *context, const char *path, Pos at, const char **why) {
  Compilation *c = context;
  Package *package = finished(c, path);
  if (package) return package;
  for (uint32_t i = 0; i < c->loading.len; i++) {
    if (strcmp(c->loading.data[i], path)) continue;
    *why = "import cycle not allowed";
    return NULL;
  }
  size_t len;
  const char *source = std_source(path, &len);
  if (!source) {
    *why = arena_printf(&c->arena, "package %s is not in std", path);
    return NULL;
  }
  File *file = parse(c, arena_printf(&c->arena, "$GOROOT/src/%s.gol", path), (Text){source, (uint32_t)len});
  if (!file) return NULL;
  package = ARENA_NEW(&c->arena, Package);
  package->path = name_intern(&c->names, path, strlen(path));
  package->standard = true;
  package->files = ARENA_ARRAY(&c->arena, File *, 1);
  package->files[0] = file;
  package->file_count = 1;
  vec_push(&c->loading, path);
  CheckOptions options = check_options(c);
  check_package(&options, package);
  c->loading.len--;
  vec_push(&c->packages, package);
  return package;
}

static const char *implicit_package(void *context, const Name *name) { return std_path_of_name(name->text); }

static CheckOptions check_options(Compilation *c) {
  return (CheckOptions){.universe = &c->universe, .diags = &c->diags, .import = import_package, .implicit_package = implicit_package,
                        .context = c, .loopvar_shared = c->options.loopvar_shared};
}

bool compilation_check(Compilation *c) {
  Package *package = c->main;
  package->files = c->files.data;
  package->file_count = c->files.len;
  package->script = c->files.len == 1 && c->files.data[0]->script;
  NodeIdent *clause = c->files.data[0]->package;
  const char *path = clause ? clause->name->text : "main";
  package->path = package->name = name_intern(&c->names, path, strlen(path));
  CheckOptions options = check_options(c);
  check_package(&options, package);
  vec_push(&c->packages, package);
  return diags_count(&c->diags) == 0;
}

// What the run-time errors of every program need, whether it imports it or not.
static bool need(Compilation *c, const char *path) {
  const char *why = NULL;
  return import_package(c, path, NO_POS, &why) != NULL;
}

static NativeFn find_native(void *context, const char *name) { return std_native(name); }

Program *compilation_compile(Compilation *c) {
  if (!need(c, "runtime")) return NULL;
  if (diags_count(&c->diags)) return NULL;
  CompileOptions options = {.universe = &c->universe, .diags = &c->diags, .sources = &c->sources, .native = find_native,
                            .context = c, .loopvar_shared = c->options.loopvar_shared};
  Program *program = NULL;
  if (!compile_program(&options, c->packages.data, c->packages.len, c->main, &program)) return NULL;
  return program;
}

void compilation_report(Compilation *c) {
  StrBuf out = {0};
  diags_sort(&c->diags, &c->sources);
  diags_format(&c->diags, &c->sources, &out, os_is_terminal(2) && !os_getenv("NO_COLOR"));
  fwrite(out.data, 1, out.len, stderr);
  strbuf_free(&out);
}
