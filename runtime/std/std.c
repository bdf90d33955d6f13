// Look-ups in the tables that embed.py makes.
#include "std/std.h"

#include <string.h>

static const StdPackage *find(const char *path, size_t len) {
  size_t low = 0, high = std_package_count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    const char *at = std_packages[middle].path;
    int order = strncmp(at, path, len);
    if (order == 0 && at[len]) order = 1;
    if (order == 0) return &std_packages[middle];
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return NULL;
}

const StdPackage *std_package(const char *path) { return find(path, strlen(path)); }

bool std_is_internal(const char *path) {
  for (const char *at = path; (at = strstr(at, "internal")); at += 8)
    if ((at == path || at[-1] == '/') && (at[8] == 0 || at[8] == '/')) return true;
  return false;
}

bool std_file_is_for(const StdFile *file, bool race) { return file->when == STD_ALWAYS || (file->when == STD_RACE) == race; }

// The shortest path wins: math/rand, not math/rand/v2.
const char *std_path_of_name(const char *name) {
  const char *best = NULL;
  for (size_t i = 0; i < std_package_count; i++) {
    const StdPackage *package = &std_packages[i];
    if (strcmp(package->name, name) || std_is_internal(package->path)) continue;
    if (!best || strlen(package->path) < strlen(best)) best = package->path;
  }
  return best;
}

const char *std_comment(const char *name, uint32_t line) {
  const char *slash = strrchr(name, '/');
  const StdPackage *package = slash ? find(name, (size_t)(slash - name)) : NULL;
  for (size_t i = 0; package && i < package->file_count; i++) {
    if (strcmp(package->files[i].name, name)) continue;
    for (const StdComment *c = package->files[i].comments; c->text; c++)
      if (c->line == line) return c->text;
  }
  return "";
}

// Equal but for what stands in brackets in `name` (type arguments)?
static bool matches(const char *row, const char *name) {
  for (;; row++, name++) {
    if (*name == '[') {
      int depth = 0;
      do depth += (*name == '[') - (*name == ']');
      while (*name++ && depth);
    }
    if (*row != *name) return false;
    if (!*row) return true;
  }
}

NativeFn std_native(const char *name) {
  const char *slash = name;
  for (const char *p = name; *p && *p != '[' && *p != '('; p++)
    if (*p == '/') slash = p;
  const char *dot = strchr(slash, '.');
  if (!dot) return NULL;
  const StdPackage *package = find(name, (size_t)(dot - name));
  if (!package || !package->natives) return NULL;
  for (const NativeRow *row = package->natives; row->name; row++)
    if (matches(row->name, dot + 1)) return row->fn;
  return NULL;
}
