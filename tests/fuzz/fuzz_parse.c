// Fuzz target: lexer and parser on any bytes. They must come to an end, with a tree, whatever the text.
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/source.h"
#include "syntax/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
    parse_file(&context, source);
    StrBuf out = {0};
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
