// Positions: binary search over files, then over line starts.
#include "base/source.h"

#include "base/assert.h"

#include <string.h>

void source_set_init(SourceSet *set) { *set = (SourceSet){0}; }

void source_set_deinit(SourceSet *set) {
  for (uint32_t i = 0; i < set->sources.len; i++) {
    vec_free(&set->sources.data[i]->lines);
    vec_free(&set->sources.data[i]->directives);
  }
  vec_free(&set->sources);
  arena_deinit(&set->arena);
}

static Source *add(SourceSet *set, const char *path, Text text, bool copied) {
  ASSERT(!set->sealed, "a source is added while others look");
  uint64_t base = 1;
  if (set->sources.len) {
    const Source *last = vec_last(&set->sources);
    base = (uint64_t)last->base + last->text.len + 1;
  }
  if (base + text.len >= UINT32_MAX) return NULL;
  Source *source = ARENA_NEW(&set->arena, Source);
  source->path = arena_strdup(&set->arena, path);
  source->text = (Text){copied ? arena_strndup(&set->arena, text.ptr, text.len) : text.ptr, text.len};
  source->base = (Pos)base;
  source->formatted = !copied;
  vec_reserve(&source->lines, text.len / 32 + 1);
  vec_push(&source->lines, 0);
  const char *start = source->text.ptr, *end = start + text.len;
  for (const char *at = start; (at = memchr(at, '\n', (size_t)(end - at)));) {
    at++;
    vec_push(&source->lines, (uint32_t)(at - start));
  }
  vec_push(&set->sources, source);
  return source;
}

Source *source_add(SourceSet *set, const char *path, Text text) { return add(set, path, text, true); }
Source *source_add_kept(SourceSet *set, const char *path, Text text) { return add(set, path, text, false); }

Source *source_find(const SourceSet *set, Pos pos) {
  uint32_t low = 0, high = set->sources.len; // the answer is the last source with base <= pos
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (set->sources.data[middle]->base <= pos) low = middle + 1;
    else high = middle;
  }
  if (low == 0) return NULL;
  Source *source = set->sources.data[low - 1];
  return pos - source->base <= source->text.len ? source : NULL;
}

// The index of the line an offset lies in, which is often `near` or one of the next.
static uint32_t find_line(const Source *source, uint32_t offset, uint32_t near) {
  const uint32_t *lines = source->lines.data;
  uint32_t low = 0, high = source->lines.len;
  for (uint32_t i = 0; i < 4 && near < high && lines[near] <= offset; i++) {
    low = ++near;
    if (near == high || lines[near] > offset) return near - 1;
  }
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (lines[middle] <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

static Position position_in(const Source *source, uint32_t offset, uint32_t line) {
  return (Position){source->path, line + 1, offset - source->lines.data[line] + 1};
}

Position source_raw_position(const SourceSet *set, Pos pos) {
  const Source *source = source_find(set, pos);
  if (!source) return (Position){0};
  uint32_t offset = pos - source->base;
  return position_in(source, offset, find_line(source, offset, 0));
}

Position source_position(const SourceSet *set, Pos pos) {
  LineCursor cursor = {0};
  return source_next_position(set, pos, &cursor);
}

Position source_next_position(const SourceSet *set, Pos pos, LineCursor *cursor) {
  const Source *source = cursor->source;
  if (!source || pos < source->base || pos - source->base > source->text.len) {
    source = source_find(set, pos);
    *cursor = (LineCursor){.source = source};
  }
  cursor->extent = (Extent){pos, pos};
  if (!source) return (Position){0};
  uint32_t offset = pos - source->base;
  cursor->index = find_line(source, offset, cursor->index);
  Position position = position_in(source, offset, cursor->index);
  if (!source->directives.len) {
    uint32_t end = position.line < source->lines.len ? source->lines.data[position.line] : source->text.len + 1;
    cursor->extent = (Extent){source->base + source->lines.data[cursor->index], source->base + end};
    return position;
  }
  uint32_t n = source->directives.len;
  while (n > 0 && source->directives.data[n - 1].offset > offset) n--;
  if (n == 0) return position;
  const LineDirective *directive = &source->directives.data[n - 1];
  if (directive->path) position.path = directive->path;
  uint32_t first = find_line(source, directive->offset, 0);
  uint32_t delta = position.line - 1 - first;
  position.line = directive->line + delta;
  if (directive->column == 0) position.column = 0;
  else if (delta == 0) position.column = directive->column + (offset - directive->offset);
  return position;
}

Text source_line(const Source *source, uint32_t line) {
  if (line == 0 || line > source->lines.len) return (Text){"", 0};
  uint32_t start = source->lines.data[line - 1];
  uint32_t end = line < source->lines.len ? source->lines.data[line] - 1 : source->text.len;
  if (end > start && source->text.ptr[end - 1] == '\r') end--;
  return (Text){source->text.ptr + start, end - start};
}

void source_add_directive(SourceSet *set, Source *source, LineDirective directive) {
  if (directive.path) directive.path = arena_strdup(&set->arena, directive.path);
  vec_push(&source->directives, directive);
}
