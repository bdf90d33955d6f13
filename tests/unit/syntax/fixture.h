// A source, its tokens, its tree and its complaints, for one test each.
#ifndef TESTS_UNIT_SYNTAX_FIXTURE_H
#define TESTS_UNIT_SYNTAX_FIXTURE_H

#include <criterion/criterion.h>

#include "syntax/dump.h"
#include "syntax/lexer.h"
#include "syntax/parse.h"
#include "syntax/print.h"

static Arena arena;
static Names names;
static SourceSet sources;
static Diags diags;
static ParseContext parsed;
static StrBuf shown;

static inline void set_up(void) {
  arena_init(&arena);
  names_init(&names);
  source_set_init(&sources);
  diags_init(&diags);
  shown = (StrBuf){0};
}

static inline void tear_down(void) {
  strbuf_free(&shown);
  diags_deinit(&diags);
  source_set_deinit(&sources);
  names_deinit(&names);
  arena_deinit(&arena);
}

static inline File *parse_bytes(const char *text, size_t len) {
  parsed = (ParseContext){.arena = &arena, .names = &names, .diags = &diags, .sources = &sources};
  return parse_file(&parsed, source_add(&sources, "t", (Text){text, (uint32_t)len}));
}

static inline File *parse(const char *text) { return parse_bytes(text, strlen(text)); }

// "LINE:COLUMN: MESSAGE\n" of each complaint so far, sorted.
static inline const char *complaints(void) {
  strbuf_clear(&shown);
  diags_sort(&diags, &sources);
  VEC_EACH(Diag, d, &diags.list) {
    Position at = source_position(&sources, d->start);
    strbuf_printf(&shown, "%u:%u: %s\n", at.line, at.column, d->message);
  }
  return strbuf_string(&shown);
}

static inline void expect_errors(const char *text, const char *expected) {
  diags_clear(&diags);
  parse(text);
  cr_expect_str_eq(complaints(), expected, "%s\n%s", text, complaints());
}

#endif
