// Positions and diagnostics.
#include <criterion/criterion.h>

#include "base/diag.h"
#include "base/source.h"

Test(source, positions_over_several_files) {
  SourceSet set;
  source_set_init(&set);
  Source *a = source_add(&set, "a", TEXT("one\ntwo\n"));
  Source *b = source_add(&set, "b", TEXT(""));
  Source *c = source_add(&set, "c", TEXT("x\r\ny"));
  cr_assert_eq(a->base, 1);
  Position at = source_position(&set, source_pos(a, 5));
  cr_assert_str_eq(at.path, "a");
  cr_assert_eq(at.line, 2);
  cr_assert_eq(at.column, 2);
  at = source_position(&set, source_pos(a, 8));
  cr_assert_eq(at.line, 3, "the end");
  at = source_position(&set, source_pos(b, 0));
  cr_assert_str_eq(at.path, "b");
  cr_assert_eq(at.line, 1);
  cr_assert_eq(source_find(&set, source_pos(c, 3)), c);
  cr_assert_null(source_find(&set, source_pos(c, 5)));
  cr_assert_null(source_position(&set, NO_POS).path);
  cr_assert(text_equal(source_line(a, 2), TEXT("two")));
  cr_assert(text_equal(source_line(c, 1), TEXT("x")), "without the carriage return");
  cr_assert(text_equal(source_line(c, 2), TEXT("y")));
  cr_assert(text_equal(source_line(c, 3), TEXT("")));
  source_set_deinit(&set);
}

Test(source, line_directives) {
  SourceSet set;
  source_set_init(&set);
  Source *s = source_add(&set, "real", TEXT("1\n2\n3\n4\n5\n"));
  source_add_directive(&set, s, (LineDirective){2, "made", 10, 0});
  source_add_directive(&set, s, (LineDirective){6, NULL, 1, 7});
  Position at = source_position(&set, source_pos(s, 0));
  cr_assert_str_eq(at.path, "real");
  at = source_position(&set, source_pos(s, 4));
  cr_assert_str_eq(at.path, "made");
  cr_assert_eq(at.line, 11);
  cr_assert_eq(at.column, 0, "unknown");
  at = source_position(&set, source_pos(s, 7));
  cr_assert_str_eq(at.path, "real");
  cr_assert_eq(at.line, 1);
  cr_assert_eq(at.column, 8);
  at = source_raw_position(&set, source_pos(s, 7));
  cr_assert_eq(at.line, 4);
  source_set_deinit(&set);
}

static SourceSet sources;
static Diags diags;
static Source *source;

static void set_up(void) {
  source_set_init(&sources);
  diags_init(&diags);
  source = source_add(&sources, "f.gol", TEXT("a := b\n\tgo f(é, x)\n"));
}

static void tear_down(void) {
  diags_deinit(&diags);
  source_set_deinit(&sources);
}

TestSuite(diag, .init = set_up, .fini = tear_down);

Test(diag, sorted_without_repetitions) {
  diag_error(&diags, source_pos(source, 9), NO_POS, "second");
  diag_error(&diags, source_pos(source, 5), NO_POS, "first");
  diag_error(&diags, source_pos(source, 0), NO_POS, "first");
  diag_error(&diags, source_pos(source, 8), NO_POS, "first");
  diags_sort(&diags, &sources);
  cr_assert_eq(diags_count(&diags), 3, "the one reported last of the two on line 1 has gone");
  cr_assert_eq(diags.list.data[0].start, source_pos(source, 5));
  cr_assert_str_eq(diags.list.data[1].message, "first");
  cr_assert_str_eq(diags.list.data[2].message, "second");
}

Test(diag, shown_with_a_caret) {
  diag_error(&diags, source_pos(source, 13), source_pos(source, 18), "wrong %s", "thing");
  diag_more(&diags, "\n\tand more");
  diag_hint(&diags, "mend it");
  StrBuf out = {0};
  diags_format(&diags, &sources, &out, false);
  cr_assert_str_eq(out.data, "f.gol:2:7: wrong thing\n\tand more\n"
                             "    2 | \tgo f(é, x)\n"
                             "      | \t     ^~~~\n"
                             "hint: mend it\n");
  strbuf_free(&out);
}

Test(diag, without_a_place) {
  diag_error(&diags, NO_POS, NO_POS, "nowhere");
  StrBuf out = {0};
  diags_format(&diags, &sources, &out, false);
  cr_assert_str_eq(out.data, "nowhere\n");
  strbuf_free(&out);
}
