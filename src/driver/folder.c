// Build constraints are those of go/build, for one system: linux on amd64, Go 1.23, no cgo. The tag "gol" is true, and "race" when data races are watched for.
#include "driver/folder.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"

static const char *const systems[] = {"aix",     "android", "darwin", "dragonfly", "freebsd", "illumos", "ios", "js",
                                      "linux",   "netbsd",  "openbsd", "plan9",    "solaris", "wasip1",  "windows"};
static const char *const machines[] = {"386",    "amd64",    "arm",   "arm64",   "loong64", "mips",  "mips64",
                                       "mips64le", "mipsle", "ppc64", "ppc64le", "riscv64", "s390x", "wasm"};

static bool is_one_of(const char *const *list, size_t count, const char *word, size_t len) {
  for (size_t i = 0; i < count; i++)
    if (strlen(list[i]) == len && !memcmp(list[i], word, len)) return true;
  return false;
}

#define IS_ONE_OF(list, word, len) is_one_of(list, sizeof(list) / sizeof *(list), word, len)

// --- names: x_test.go, x_windows.go, x_linux_arm64.go

static bool ends_with(const char *name, const char *end) {
  size_t n = strlen(name), m = strlen(end);
  return n >= m && !strcmp(name + n - m, end);
}

static bool is_word(const char *word, size_t len, const char *is) { return strlen(is) == len && !memcmp(word, is, len); }

bool folder_name_matches(const char *name) {
  if (name[0] == '_' || name[0] == '.' || (!ends_with(name, ".go") && !ends_with(name, ".gol"))) return false;
  const char *first = strchr(name, '_'); // what stands before it is never a system
  if (!first) return true;
  const char *end = strrchr(name, '.'), *last = strrchr(name, '_') + 1;
  size_t len = (size_t)(end - last);
  if (is_word(last, len, "test")) return false;
  if (IS_ONE_OF(systems, last, len)) return is_word(last, len, "linux");
  if (!IS_ONE_OF(machines, last, len)) return true;
  if (!is_word(last, len, "amd64")) return false;
  const char *before = last - 1;
  while (before > first + 1 && before[-1] != '_') before--;
  size_t before_len = before > first ? (size_t)(last - 1 - before) : 0;
  return !IS_ONE_OF(systems, before, before_len) || is_word(before, before_len, "linux");
}

// --- //go:build EXPRESSION: tags with ! && || and parentheses

typedef struct {
  const char *at, *end;
  bool race;
} Cursor;

static bool eval_or(Cursor *c);

static bool accept(Cursor *c, const char *token) {
  while (c->at < c->end && isspace((unsigned char)*c->at)) c->at++;
  size_t len = strlen(token);
  if ((size_t)(c->end - c->at) < len || memcmp(c->at, token, len)) return false;
  c->at += len;
  return true;
}

static bool tag_holds(const char *tag, size_t len, bool race) {
  static const char *const on[] = {"linux", "amd64", "unix", "gc", "gol"};
  if (IS_ONE_OF(on, tag, len)) return true;
  if (is_word(tag, len, "race")) return race;
  if (len < 5 || memcmp(tag, "go1.", 4)) return false;
  int minor = 0;
  for (size_t i = 4; i < len; i++) {
    if (!isdigit((unsigned char)tag[i]) || minor > 99) return false;
    minor = minor * 10 + (tag[i] - '0');
  }
  return minor <= 23;
}

static bool eval_tag(Cursor *c) {
  if (accept(c, "!")) return !eval_tag(c);
  if (accept(c, "(")) {
    bool value = eval_or(c);
    accept(c, ")");
    return value;
  }
  const char *start = c->at;
  while (c->at < c->end && (isalnum((unsigned char)*c->at) || *c->at == '_' || *c->at == '.')) c->at++;
  return tag_holds(start, (size_t)(c->at - start), c->race);
}

static bool eval_and(Cursor *c) {
  bool value = eval_tag(c);
  while (accept(c, "&&")) value &= eval_tag(c);
  return value;
}

static bool eval_or(Cursor *c) {
  bool value = eval_and(c);
  while (accept(c, "||")) value |= eval_and(c);
  return value;
}

// Past blanks and comments; false where something else begins. *line is set when a // comment was passed.
static bool next_comment(const char **at, const char *end, const char **line) {
  *line = NULL;
  while (*at < end && isspace((unsigned char)**at)) (*at)++;
  if (end - *at < 2 || **at != '/' || ((*at)[1] != '/' && (*at)[1] != '*')) return false;
  const char *start = *at, *stop;
  if (start[1] == '/') {
    *line = start;
    stop = memchr(start, '\n', (size_t)(end - start));
    *at = stop ? stop : end;
    return true;
  }
  stop = memmem(start + 2, (size_t)(end - start - 2), "*/", 2);
  *at = stop ? stop + 2 : end;
  return true;
}

bool folder_build_matches(Text text, bool race) {
  static const char word[] = "//go:build";
  const char *at = text.ptr, *end = text.ptr + text.len, *line;
  while (next_comment(&at, end, &line)) {
    size_t len = sizeof word - 1;
    if (!line || (size_t)(at - line) <= len || memcmp(line, word, len) || !isspace((unsigned char)line[len])) continue;
    Cursor c = {line + len, at, race};
    return eval_or(&c);
  }
  return true;
}

// The first word after comments is what tells a file of a package from a script.
static bool is_script(Text text) {
  const char *at = text.ptr, *end = text.ptr + text.len, *line;
  if (text.len > 1 && at[0] == '#' && at[1] == '!') {
    const char *stop = memchr(at, '\n', text.len);
    at = stop ? stop : end;
  }
  while (next_comment(&at, end, &line)) {}
  return end - at < 8 || memcmp(at, "package", 7) || isalnum((unsigned char)at[7]) || at[7] == '_';
}

// --- folders

bool folder_read(Folder *folder, Arena *arena, const char *path, bool race, const char **error) {
  *folder = (Folder){0};
  const char **names;
  uint32_t count, excluded = 0, scripts = 0;
  if (!os_list_folder(arena, path, &names, &count, error)) {
    *error = arena_printf(arena, "%s: %s", path, *error);
    return false;
  }
  for (uint32_t i = 0; i < count; i++) {
    if (!ends_with(names[i], ".go") && !ends_with(names[i], ".gol")) continue;
    const char *file = arena_printf(arena, "%s/%s", path, names[i]), *why;
    if (os_is_directory(file)) continue;
    Text text;
    if (!folder_name_matches(names[i])) {
      excluded++;
      continue;
    }
    if (!os_read_file(file, &text, &why)) {
      *error = arena_printf(arena, "%s: %s", file, why);
      folder_free(folder);
      return false;
    }
    bool script = is_script(text);
    if (script || !folder_build_matches(text, race)) {
      *(script ? &scripts : &excluded) += 1;
      free((void *)text.ptr);
      continue;
    }
    vec_push(&folder->names, names[i]);
    vec_push(&folder->texts, text);
  }
  if (folder->names.len) return true;
  *error = scripts    ? arena_printf(arena, "no Go files in %s: scripts are run by their own names", path)
           : excluded ? arena_printf(arena, "build constraints exclude all Go files in %s", path)
                      : arena_printf(arena, "no Go files in %s", path);
  return false;
}

void folder_free(Folder *folder) {
  for (uint32_t i = 0; i < folder->texts.len; i++) free((void *)folder->texts.data[i].ptr);
  vec_free(&folder->texts);
  vec_free(&folder->names);
}
