#include "driver/compilation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "compile/compile.h"
#include "driver/folder.h"
#include "driver/import.h"
#include "std/std.h"
#include "syntax/parse.h"
#include "types/scope.h"

void compilation_init(Compilation *c, CompilationOptions options) {
  *c = (Compilation){.options = options};
  arena_init_from(&c->arena, options.memory);
  names_init(&c->names);
  source_set_init(&c->sources);
  arena_init_from(&c->sources.arena, options.memory);
  diags_init(&c->diags);
  ahead_init(&c->ahead, &c->names);
  universe_init(&c->universe, &c->arena, &c->names);
  c->main = ARENA_NEW(&c->arena, Package);
}

// The helper may still be looking at the Program, but at nothing of this.
void compilation_deinit(Compilation *c) {
  if (!c->compiled) ahead_stop(&c->ahead);
  ahead_free_late(&c->ahead, &c->arena);
  vec_free(&c->files);
  vec_free(&c->packages);
  vec_free(&c->loading);
  parse_parts_deinit(&c->parts);
  diags_deinit(&c->diags);
  source_set_deinit(&c->sources);
  names_deinit(&c->names);
  arena_deinit(&c->arena);
  ahead_deinit(&c->ahead);
}

static ParseContext parse_context(Compilation *c) {
  return (ParseContext){.arena = &c->arena, .names = &c->names, .sources = &c->sources, .diags = &c->diags,
                        .parts = c->options.memory ? NULL : &c->parts};
}

static void check_branches_alone(Compilation *c, File *file) {
  CheckOptions options = compilation_check_options(c);
  check_file_branches(&options, file);
}

static File *parse(Compilation *c, Source *source, int skip) {
  if (!source) return NULL;
  ParseContext context = parse_context(c);
  context.skip = skip;
  File *file = parse_file(&context, source);
  if (!context.syntax_errors) return file;
  check_branches_alone(c, file);
  return NULL;
}

File *compilation_parse(Compilation *c, const char *name, Text text) { return parse(c, source_add(&c->sources, name, text), SKIP_NOTHING); }
File *compilation_parse_std(Compilation *c, const StdFile *std) {
  Source *source;
  File *file = ahead_take_file(&c->ahead, &c->sources, std, &source);
  return file ? file : parse(c, source, c->options.whole_std ? SKIP_NOTHING : SKIP_FUNCTIONS);
}

static void read_head(void *context, NodeFunc *function) {
  Compilation *c = context;
  ParseContext parse = parse_context(c);
  parse_head(&parse, source_find(&c->sources, function->h.start), function);
}

static void read_body(void *context, NodeFunc *function) {
  Compilation *c = context;
  if (parse_is_read(function) || !ahead_take(function)) return;
  ParseContext parse = parse_context(c);
  parse_body(&parse, source_find(&c->sources, function->h.start), function);
  if (!parse.syntax_errors) return;
  c->late_mistake = true;
  NODE_AS(Block, function->body)->stmts.len = 0; // nobody may check what is left of it
}

static bool is_program(const File *file) { return file->script || !strcmp(file->package->name->text, "main"); }

// The functions of the first file may be read ahead. What is no program is refused before anybody wants them.
static File *parse_first(Compilation *c, const char *name, Text text) {
  Source *source = source_add(&c->sources, name, text);
  if (!source || !ahead_is_worthwhile(&c->ahead, source)) return parse(c, source, SKIP_NOTHING);
  File *file = parse(c, source, SKIP_BODIES);
  if (file && is_program(file)) {
    ahead_expect_bodies(&c->ahead, source, file);
    return file;
  }
  diags_clear(&c->diags);
  return parse(c, source, SKIP_NOTHING);
}

// Reads what is still missing of the first file; false: with a syntax error. Those are all that is reported then, in their order: the
// file is read once more, from beginning to end.
static bool finish_first(Compilation *c) {
  if (!c->ahead.source) return true;
  const File *file = c->ahead.file;
  for (uint32_t i = 0; i < file->top.len; i++)
    if (file->top.items[i]->kind == NODE_FUNC) read_body(c, NODE_AS(Func, file->top.items[i]));
  if (!c->late_mistake) return true;
  helper_wait(&c->ahead.helper);
  diags_clear(&c->diags);
  parse(c, c->ahead.source, SKIP_NOTHING);
  return false;
}

bool compilation_add_text(Compilation *c, const char *name, Text text) {
  // The mistakes of all files are reported together: those of the first must be known before there are others.
  bool first = !c->sources.sources.len, ok = c->files.len != 1 || finish_first(c);
  if (!ok) c->files.len = 0;
  File *file = first && c->options.parallel ? parse_first(c, name, text) : compilation_parse(c, name, text);
  if (file) vec_push(&c->files, file);
  return ok && file;
}

// The files of one folder are one package: found packages main (a.go) and shapes (b.go) in FOLDER.
static const char *mismatch(Compilation *c, const FileList *files, const char *folder) {
  const File *first = NULL;
  for (uint32_t i = 0; i < files->len; i++) {
    const File *file = files->data[i];
    if (!file->package) continue;
    if (!first) first = file;
    if (file->package->name == first->package->name) continue;
    const char *a = strrchr(first->source->path, '/'), *b = strrchr(file->source->path, '/');
    return arena_printf(&c->arena, "found packages %s (%s) and %s (%s) in %s", first->package->name->text,
                        a ? a + 1 : first->source->path, file->package->name->text, b ? b + 1 : file->source->path, folder);
  }
  return NULL;
}

bool compilation_parse_folder(Compilation *c, const char *path, FileList *files, const char **error) {
  Folder folder;
  *error = NULL;
  if (!folder_read(&folder, &c->arena, path, c->options.exact_calls, error)) return false;
  bool ok = true;
  for (uint32_t i = 0; i < folder.names.len; i++) {
    const char *name = folder.names.data[i];
    File *file = compilation_parse(c, strcmp(path, ".") ? arena_printf(&c->arena, "%s/%s", path, name) : name, folder.texts.data[i]);
    if (file) vec_push(files, file);
    else ok = false;
  }
  if (!ok)
    for (uint32_t i = 0; i < files->len; i++) check_branches_alone(c, files->data[i]);
  folder_free(&folder);
  *error = mismatch(c, files, path);
  return ok && !*error;
}

static bool add_folder(Compilation *c, const char *path, const char **error) {
  size_t len = strlen(path);
  while (len > 1 && path[len - 1] == '/') len--;
  c->folder = arena_strndup(&c->arena, path, len);
  return compilation_parse_folder(c, strncmp(c->folder, "./", 2) ? c->folder : c->folder + 2, &c->files, error);
}

bool compilation_add_path(Compilation *c, const char *path, const char **error) {
  *error = NULL;
  if (os_is_directory(path)) return add_folder(c, path, error);
  Text text;
  if (c->options.parallel && !c->sources.sources.len) ahead_prepare(&c->ahead, os_file_size(path), &c->arena);
  if (!os_read_file(path, &text, error)) {
    *error = arena_printf(&c->arena, "%s: %s", path, *error);
    return false;
  }
  const char *slash = strrchr(path, '/');
  const char *folder = slash ? arena_strndup(&c->arena, path, (size_t)(slash - path) + 1) : ".";
  if (c->folder && strcmp(c->folder, folder)) *error = arena_printf(&c->arena, "named files must all be in one directory; have %s and %s", c->folder, folder);
  c->folder = folder;
  bool ok = !*error && compilation_add_text(c, strcmp(path, "-") ? path : "stdin", text);
  free((void *)text.ptr);
  if (ok) *error = mismatch(c, &c->files, folder);
  return ok && !*error;
}

bool compilation_is_script(const Compilation *c) { return c->files.len && c->files.data[0]->script; }

bool compilation_is_program(const Compilation *c) {
  return c->files.len && is_program(c->files.data[0]);
}

// --- checking and compiling

static const char *implicit_package(void *context, const Name *name) { return std_path_of_name(name->text); }

CheckOptions compilation_check_options(Compilation *c) {
  return (CheckOptions){.universe = &c->universe, .diags = &c->diags, .import = import_package, .implicit_package = implicit_package,
                        .read_head = read_head, .read_body = read_body, .context = c, .on_demand = !c->options.whole_std,
                        .loopvar_shared = c->options.loopvar_shared};
}

static void expect_imports(Compilation *c, const File *file) {
  for (uint32_t i = 0; i < file->top.len; i++) {
    const NodeImport *import = NODE_AS(Import, file->top.items[i]);
    if (import->h.kind != NODE_IMPORT) continue;
    const Node *path = import->path;
    const char *text = file->source->text.ptr + (path->start - file->source->base); // with its quotes
    if (path->end - path->start > 2) ahead_expect(&c->ahead, std_package(arena_strndup(&c->arena, text + 1, path->end - path->start - 2)));
  }
}

// A script need not import a package whose name it uses.
static void expect_named(Compilation *c) {
  for (size_t i = 0; i < std_package_count; i++) {
    const char *name = std_packages[i].name;
    if (name_find(&c->names, name, strlen(name)) && !std_is_internal(std_packages[i].path)) ahead_expect(&c->ahead, std_package(std_path_of_name(name)));
  }
}

static void read_packages_ahead(Compilation *c) {
  for (uint32_t i = 0; i < c->files.len; i++) expect_imports(c, c->files.data[i]);
  if (c->main->script) expect_named(c);
  ahead_expect(&c->ahead, std_package("runtime")); // see compilation_compile
  ahead_begin_packages(&c->ahead, &c->sources, c->options.exact_calls);
}

bool compilation_check(Compilation *c) {
  Package *package = c->main;
  package->files = c->files.data;
  package->file_count = c->files.len;
  package->script = c->files.len == 1 && c->files.data[0]->script;
  NodeIdent *clause = c->files.data[0]->package;
  const char *path = clause ? clause->name->text : "main";
  package->path = package->name = name_intern(&c->names, path, strlen(path));
  if (c->options.parallel && !c->options.whole_std) read_packages_ahead(c);
  ahead_begin_bodies(&c->ahead);
  CheckOptions options = compilation_check_options(c);
  check_package(&options, package);
  vec_push(&c->packages, package);
  return finish_first(c) && diags_count(&c->diags) == 0;
}

// What the run-time errors of every program need, whether it imports it or not.
static bool need(Compilation *c, const char *path) {
  const char *why = NULL;
  return import_package(c, path, NO_POS, &why) != NULL;
}

static NativeFn find_native(void *context, const char *name) { return std_native(name); }

// Specification "Program execution": the main package must declare a function main. As gc's linker, asks only when it is to be run.
static bool declares_main(Compilation *c) {
  Package *p = c->main;
  if (p->script || scope_lookup(p->scope, p->name)) return true;
  Node *clause = &p->files[0]->package->h;
  diag_error(&c->diags, clause->start, clause->end, "function main is undeclared in the main package");
  return false;
}

Program *compilation_compile(Compilation *c) {
  if (!declares_main(c)) return NULL;
  if (!need(c, "runtime")) return NULL;
  ahead_end_packages(&c->ahead);
  if (diags_count(&c->diags)) return NULL;
  CompileOptions options = {.universe = &c->universe, .diags = &c->diags, .sources = &c->sources, .native = find_native,
                            .context = c, .loopvar_shared = c->options.loopvar_shared, .exact_calls = c->options.exact_calls,
                            .name_accesses = c->options.exact_calls,
                            .helper = ahead_helper(&c->ahead)};
  Program *program = NULL;
  c->sources.sealed = true;
  c->compiled = compile_program(&options, c->packages.data, c->packages.len, c->main, &program);
  return c->compiled ? program : NULL;
}

void compilation_report(Compilation *c) {
  StrBuf out = {0};
  diags_sort(&c->diags, &c->sources);
  diags_format(&c->diags, &c->sources, &out, os_is_terminal(2) && !os_getenv("NO_COLOR"));
  if (out.len) fwrite(out.data, 1, out.len, stderr);
  strbuf_free(&out);
}
