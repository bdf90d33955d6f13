#include "driver/ahead.h"

#include <sched.h>
#include <string.h>

enum {
  LONG_TEXT = 64 << 10, // bytes: reading less is not worth the beginning of a thread, and what it costs to pass trees between processors
  TREE_OF_BYTE = 20,    // bytes of a tree for one of its text
};

void ahead_init(Ahead *a, Names *names) {
  *a = (Ahead){.names = names};
  helper_init(&a->helper);
  diags_init(&a->diags);
}

void ahead_deinit(Ahead *a) {
  helper_deinit(&a->helper);
  parse_parts_deinit(&a->parts);
  diags_deinit(&a->diags);
  arena_deinit(&a->arena);
}

// In the helper. The set of sources is its own: the first thread may be adding to the other one.
static void read_ahead(HelperJob *job) {
  Ahead *a = (Ahead *)job;
  SourceSet sources = {.sources = {&a->source, 1, 1}};
  ParseContext context = {.arena = &a->arena, .names = a->names, .diags = &a->diags, .sources = &sources, .parts = &a->parts};
  for (uint32_t i = 0; i < a->file->top.len; i++) {
    NodeFunc *func = NODE_AS(Func, a->file->top.items[i]);
    if (func->h.kind == NODE_FUNC && parse_claim(func)) parse_right_body(&context, a->source, func);
  }
}

// `//line` and the compiler's directives have to be met in their order. A NUL byte follows the text.
static bool has_directive(Text text) {
  const char *end = text.ptr + text.len;
  for (const char *at = text.ptr; (at = memchr(at, '/', (size_t)(end - at))); at++)
    if (!strncmp(at, "//line ", 7) || !strncmp(at, "/*line ", 7) || !strncmp(at, "//go:", 5)) return true;
  return false;
}

bool ahead_is_worthwhile(Ahead *a, const Source *source) {
  return source->text.len >= LONG_TEXT && helper_is_possible(&a->helper) && !has_directive(source->text);
}

void ahead_begin(Ahead *a, Source *source, const File *file) {
  a->source = source;
  a->file = file;
  a->job.run = read_ahead;
  a->names->shared = true;
  arena_expect(&a->arena, (size_t)source->text.len * TREE_OF_BYTE);
  helper_give(&a->helper, &a->job);
  helper_hurry(&a->helper);
}

bool ahead_take(NodeFunc *func) {
  while (!parse_claim(func)) {
    if (parse_is_read(func)) return false;
    sched_yield(); // a body is read in less than a millisecond
  }
  return true;
}
