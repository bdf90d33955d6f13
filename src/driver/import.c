// A folder is one package, whatever path it was imported by: its identity is the folder without links. Its path for the
// program (in stack traces) is the module's path for it, or "./FOLDER" seen from the main package's folder.
#include "driver/import.h"

#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "driver/folder.h"
#include "std/std.h"
#include "types/scope.h"

// --- paths

static const char *folder_of(Arena *arena, const char *file) {
  const char *slash = strrchr(file, '/');
  return slash ? arena_strndup(arena, file, slash == file ? 1 : (size_t)(slash - file)) : ".";
}

// What follows `folder` in `path`: "" for itself, "/a/b" for what is below, NULL for anything else.
static const char *below(const char *folder, const char *path) {
  size_t len = strlen(folder);
  if (!strcmp(folder, "/")) len = 0;
  if (strncmp(folder, path, len) || (path[len] && path[len] != '/')) return NULL;
  return path + len;
}

// How messages name a folder: seen from where gol was started, if it is there or below.
static const char *shown(Compilation *c, const char *folder) {
  const char *here = os_absolute_path(&c->arena, "."), *rest = here ? below(here, folder) : NULL;
  return !rest ? folder : *rest ? rest + 1 : ".";
}

// --- modules

typedef struct {
  const char *root; // the folder of go.mod; NULL: there is none
  const char *path; // of its module line
} Module;

static const char *module_line(Compilation *c, Text text) {
  const char *end = text.ptr + text.len;
  for (const char *at = text.ptr; at < end;) {
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    if (!stop) stop = end;
    while (at < stop && (*at == ' ' || *at == '\t')) at++;
    if (stop - at > 7 && !memcmp(at, "module", 6) && strchr(" \t\"", at[6])) {
      at += 6 + strspn(at + 6, " \t\"`");
      return arena_strndup(&c->arena, at, strcspn(at, " \t\r\n\"`"));
    }
    at = stop + 1;
  }
  return "";
}

static Module find_module(Compilation *c, const char *folder) {
  for (;;) {
    const char *file = arena_printf(&c->arena, "%s/go.mod", folder), *error;
    Text text;
    if (os_file_exists(file) && !os_is_directory(file) && os_read_file(file, &text, &error)) {
      Module module = {folder, module_line(c, text)};
      free((void *)text.ptr);
      return module;
    }
    if (!strcmp(folder, "/")) return (Module){0};
    folder = folder_of(&c->arena, folder);
  }
}

// --- the packages themselves

static Package *finished(const Compilation *c, const char *path) {
  for (uint32_t i = 0; i < c->packages.len; i++)
    if (!strcmp(c->packages.data[i]->path->text, path)) return c->packages.data[i];
  return NULL;
}

// Stands in for a package with an error that is reported already.
static Package *stand_in(Compilation *c, const char *path) {
  Package *p = ARENA_NEW(&c->arena, Package);
  const char *slash = strrchr(path, '/'), *name = slash && slash[1] ? slash + 1 : path;
  p->path = name_intern(&c->names, path, strlen(path));
  p->name = name_intern(&c->names, name, strlen(name));
  p->scope = scope_new(&c->arena, c->universe.scope, NO_POS, NO_POS);
  p->fake = true;
  return p;
}

__attribute__((format(printf, 4, 5))) static Package *refuse(Compilation *c, const char *path, Pos at, const char *fmt, ...) {
  va_list args;
  va_start(args, fmt);
  diag_verror(&c->diags, at, at + (Pos)strlen(path) + 2, fmt, args);
  va_end(args);
  return stand_in(c, path);
}

// Checks the package's files; `path` is on the way meanwhile.
static Package *check(Compilation *c, Package *package, const char *path) {
  package->path = name_intern(&c->names, path, strlen(path));
  vec_push(&c->loading, package);
  CheckOptions options = compilation_check_options(c);
  check_package(&options, package);
  c->loading.len--;
  vec_push(&c->packages, package);
  return package;
}

static bool is_loading(const Compilation *c, const char *path) {
  for (uint32_t i = 0; i < c->loading.len; i++)
    if (!strcmp(c->loading.data[i]->path->text, path)) return true;
  return false;
}

// The go command's words: who imports whom, down to the package met again.
static Package *refuse_cycle(Compilation *c, const char *path, Pos at) {
  StrBuf text = {0};
  strbuf_printf(&text, "import cycle not allowed\n\tpackage %s", c->main->path->text);
  for (uint32_t i = 0; i < c->loading.len; i++) strbuf_printf(&text, "\n\timports %s", c->loading.data[i]->path->text);
  strbuf_printf(&text, "\n\timports %s", path);
  Package *p = refuse(c, path, at, "%.*s", (int)text.len, text.data);
  strbuf_free(&text);
  return p;
}

static Package *import_std(Compilation *c, const StdPackage *std, const char **why) {
  if (is_loading(c, std->path)) {
    *why = "import cycle not allowed";
    return NULL;
  }
  Package *package = ARENA_NEW(&c->arena, Package);
  package->standard = true;
  package->files = ARENA_ARRAY(&c->arena, File *, std->file_count);
  for (size_t i = 0; i < std->file_count; i++) {
    const StdFile *file = &std->files[i];
    if (!std_file_is_for(file, c->options.exact_calls)) continue;
    File *parsed = compilation_parse_std(c, file);
    if (!parsed) return NULL;
    package->files[package->file_count++] = parsed;
  }
  return check(c, package, std->path);
}

static Package *import_folder(Compilation *c, const char *given, const char *path, const char *folder, Pos at) {
  if (is_loading(c, path)) return refuse_cycle(c, path, at);
  Package *package = finished(c, path);
  if (package) return package;
  package = ARENA_NEW(&c->arena, Package);
  const char *error;
  FileList files = {0};
  bool ok = compilation_parse_folder(c, shown(c, folder), &files, &error);
  package->files = arena_copy(&c->arena, files.data, files.len * sizeof *files.data);
  package->file_count = files.len;
  vec_free(&files);
  if (error) return refuse(c, given, at, "%s", error);
  if (!ok) return stand_in(c, given);
  if (!strcmp(package->files[0]->package->name->text, "main"))
    return refuse(c, given, at, "import \"%s\" is a program, not an importable package", given);
  return check(c, package, path);
}

// --- rules

// Go's rule: .../a/internal/... is for the code in the tree below a.
static bool may_import_internal(const char *folder, const char *importer) {
  for (const char *at = folder; (at = strstr(at, "/internal")); at += 9) {
    if (at[9] && at[9] != '/') continue;
    size_t len = (size_t)(at - folder);
    if (strncmp(folder, importer, len) || (importer[len] && importer[len] != '/')) return false;
  }
  return true;
}

static bool is_relative(const char *path) {
  return !strncmp(path, "./", 2) || !strncmp(path, "../", 3) || !strcmp(path, ".") || !strcmp(path, "..");
}

// A path that nobody has: the first element of a path that is to be fetched has a dot.
static Package *refuse_unknown(Compilation *c, const char *path, Pos at, Module module, const char **why) {
  if (!memchr(path, '.', strcspn(path, "/"))) {
    *why = arena_printf(&c->arena, "package %s is not in std", path);
    return NULL;
  }
  if (!module.root)
    return refuse(c, path, at, "no required module provides package %s: go.mod file not found in current directory or any parent directory", path);
  return refuse(c, path, at, "no required module provides package %s: gol has the packages of the script's own module only", path);
}

Package *import_package(void *context, const char *path, Pos at, const char **why) {
  Compilation *c = context;
  bool by_std = c->loading.len && vec_last(&c->loading)->standard;
  const StdPackage *std = std_package(path);
  if (std && std_is_internal(path) && !by_std && at) return refuse(c, path, at, "use of internal package %s not allowed", path);
  if (std) {
    Package *package = finished(c, path);
    return package ? package : import_std(c, std, why);
  }
  const Source *from = at ? source_find(&c->sources, at) : NULL;
  const char *here = from && !by_std ? os_absolute_path(&c->arena, folder_of(&c->arena, from->path)) : NULL;
  if (!here) here = os_absolute_path(&c->arena, ".");
  if (!here || by_std) return refuse_unknown(c, path, at, (Module){0}, why);

  Module module = find_module(c, here);
  const char *folder, *rest;
  if (is_relative(path)) folder = arena_printf(&c->arena, "%s/%s", here, path);
  else if (module.root && *module.path && (rest = below(module.path, path))) folder = arena_printf(&c->arena, "%s%s", module.root, rest);
  else return refuse_unknown(c, path, at, module, why);

  const char *absolute = os_absolute_path(&c->arena, folder);
  if (!absolute || !os_is_directory(absolute)) {
    if (is_relative(path)) return refuse(c, path, at, "cannot find package \"%s\" in:\n\t%s", path, folder);
    return refuse_unknown(c, path, at, module, why);
  }
  if (!may_import_internal(absolute, here)) return refuse(c, path, at, "use of internal package %s not allowed", path);
  const char *name = absolute, *base = os_absolute_path(&c->arena, c->folder ? c->folder : ".");
  if (module.root && *module.path && (rest = below(module.root, absolute))) name = arena_printf(&c->arena, "%s%s", module.path, rest);
  else if (base && (rest = below(base, absolute))) name = arena_printf(&c->arena, ".%s", rest);
  return import_folder(c, path, name, absolute, at);
}
