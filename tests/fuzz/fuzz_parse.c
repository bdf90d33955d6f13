// Fuzz target: lexer and parser on any bytes. They must come to an end, with a tree, whatever the text: each node inside
// of the file, each child inside of its parent when nothing had to be mended, and a complaint unless all is well.
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/assert.h"
#include "base/diag.h"
#include "base/source.h"
#include "syntax/dump.h"
#include "syntax/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct Bounds {
  Pos start, end;
  bool whole; // the text was without a mistake
} Bounds;

static bool check_extent(void *context, Node *node) {
  const Bounds *outer = context;
  ASSERT(node->start <= node->end && node->pos >= node->start && node->pos <= node->end, "a node's positions");
  if (outer->whole) ASSERT(outer->start <= node->start && node->end <= outer->end, "a child outside of its parent");
  Bounds own = {node->start, node->end, outer->whole};
  // A field's type may be another field's too: `a, b int`. A repeated constant has none of its own.
  if (node->kind != NODE_FIELD) return node_each_child(node, check_extent, &own);
  return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Arena arena;
  Names names;
  SourceSet sources;
  Diags diags;
  arena_init(&arena);
  names_init(&names);
  source_set_init(&sources);
  diags_init(&diags);
  Source *source = source_add(&sources, "fuzz.gol", (Text){(const char *)data, (uint32_t)size});
  if (source) {
    ParseContext context = {.arena = &arena, .names = &names, .diags = &diags, .sources = &sources};
    File *file = parse_file(&context, source);
    ASSERT((context.status == PARSE_OK) == (diags_count(&diags) == 0), "a status without a reason");
    Bounds all = {source->base, source->base + source->text.len, context.status == PARSE_OK};
    for (uint32_t i = 0; i < file->top.len; i++) check_extent(&all, file->top.items[i]);
    StrBuf out = {0};
    dump_tokens(&out, source);
    dump_tree(&out, &sources, file);
    diags_sort(&diags, &sources);
    diags_format(&diags, &sources, &out, true);
    strbuf_free(&out);
  }
  diags_deinit(&diags);
  source_set_deinit(&sources);
  names_deinit(&names);
  arena_deinit(&arena);
  return 0;
}
