// Collecting and printing diagnostics.
#include "base/diag.h"

#include <stdlib.h>
#include <string.h>

void diags_init(Diags *diags) { *diags = (Diags){0}; }

void diags_deinit(Diags *diags) {
  vec_free(&diags->list);
  arena_deinit(&diags->arena);
}

void diags_clear(Diags *diags) { diags_deinit(diags); }

void diag_verror(Diags *diags, Pos start, Pos end, const char *fmt, va_list args) {
  const char *message = arena_vprintf(&diags->arena, fmt, args);
  vec_push(&diags->list, (Diag){start, end, message, NULL});
}

void diag_error(Diags *diags, Pos start, Pos end, const char *fmt, ...) {
  va_list args;
  va_start(args, fmt);
  diag_verror(diags, start, end, fmt, args);
  va_end(args);
}

void diag_more(Diags *diags, const char *fmt, ...) {
  ASSERT(diags->list.len, "nothing to add to");
  va_list args;
  va_start(args, fmt);
  const char *more = arena_vprintf(&diags->arena, fmt, args);
  va_end(args);
  Diag *diag = &vec_last(&diags->list);
  diag->message = arena_printf(&diags->arena, "%s%s", diag->message, more);
}

void diag_hint(Diags *diags, const char *fmt, ...) {
  ASSERT(diags->list.len, "nothing to give a hint for");
  va_list args;
  va_start(args, fmt);
  vec_last(&diags->list).hint = arena_vprintf(&diags->arena, fmt, args);
  va_end(args);
}

// A stable merge sort: qsort may reorder equals and has no context argument in C17.
static void merge_sort(Diag *list, Diag *scratch, uint32_t n) {
  if (n < 2) return;
  uint32_t half = n / 2;
  merge_sort(list, scratch, half);
  merge_sort(list + half, scratch, n - half);
  memcpy(scratch, list, n * sizeof *list);
  for (uint32_t i = 0, j = half, k = 0; k < n; k++)
    list[k] = j == n || (i < half && scratch[i].start <= scratch[j].start) ? scratch[i++] : scratch[j++];
}

// gc's rule: a message that the line just had is dropped (base.ErrorfAt), and so is one at the very same place.
static bool repeats(const Diag *last, const Diag *d, const SourceSet *sources) {
  if (!last || strcmp(last->message, d->message)) return false;
  return source_raw_position(sources, last->start).line == source_raw_position(sources, d->start).line;
}

static bool is_syntax_error(const Diag *d) { return strncmp(d->message, "syntax error", 12) == 0; }

void diags_sort(Diags *diags, const SourceSet *sources) {
  Diag *list = diags->list.data;
  uint32_t n = 0;
  const Diag *last = NULL; // of those that are no syntax errors: the parser gives one of them a line
  for (uint32_t i = 0; i < diags->list.len; i++) {
    if (!is_syntax_error(&list[i]) && repeats(last, &list[i], sources)) continue;
    list[n] = list[i];
    if (!is_syntax_error(&list[n])) last = &list[n];
    n++;
  }
  diags->list.len = n;
  if (n < 2) return;
  Diag *scratch = malloc(n * sizeof *scratch);
  ASSERT(scratch, "out of memory");
  merge_sort(list, scratch, n);
  free(scratch);

  uint32_t kept = 1;
  for (uint32_t i = 1; i < n; i++)
    if (list[i].start != list[kept - 1].start || strcmp(list[i].message, list[kept - 1].message)) list[kept++] = list[i];
  diags->list.len = kept;
}

static void put_place(StrBuf *out, Position at) {
  if (!at.path) return;
  strbuf_printf(out, "%s:%u:", at.path, at.line);
  if (at.column) strbuf_printf(out, "%u:", at.column);
  strbuf_putc(out, ' ');
}

// The caret line: tabs are repeated so that the caret stands under its byte whatever the terminal's tab width.
static void put_caret(StrBuf *out, Text line, uint32_t column, uint32_t length) {
  uint32_t width, stop = column - 1 < line.len ? column - 1 : line.len;
  for (uint32_t i = 0; i < stop; i += width) {
    utf8_decode(line.ptr + i, line.len - i, &width);
    strbuf_putc(out, line.ptr[i] == '\t' ? '\t' : ' ');
  }
  strbuf_putc(out, '^');
  uint32_t end = stop + length < line.len ? stop + length : line.len;
  bool first = true;
  for (uint32_t i = stop; i < end; i += width, first = false) {
    utf8_decode(line.ptr + i, line.len - i, &width);
    if (!first) strbuf_putc(out, '~');
  }
}

void diag_format(const Diag *diag, const SourceSet *sources, StrBuf *out, bool colour) {
  const char *bold = colour ? "\033[1m" : "", *red = colour ? "\033[1;31m" : "", *cyan = colour ? "\033[36m" : "",
             *plain = colour ? "\033[0m" : "";
  strbuf_puts(out, bold);
  put_place(out, source_position(sources, diag->start));
  strbuf_printf(out, "%s%s\n", diag->message, plain);

  const Source *source = source_find(sources, diag->start);
  Position raw = source_raw_position(sources, diag->start);
  Text line = source ? source_line(source, raw.line) : (Text){"", 0};
  if (line.len && line.len < 400) {
    strbuf_printf(out, "%s%5u |%s ", cyan, raw.line, plain);
    strbuf_put_text(out, line);
    strbuf_printf(out, "\n%s      |%s %s", cyan, plain, red);
    put_caret(out, line, raw.column, diag->end > diag->start ? diag->end - diag->start : 1);
    strbuf_printf(out, "%s\n", plain);
  }
  if (diag->hint) strbuf_printf(out, "%shint:%s %s\n", bold, plain, diag->hint);
}

void diags_format(const Diags *diags, const SourceSet *sources, StrBuf *out, bool colour) {
  for (uint32_t i = 0; i < diags->list.len; i++) diag_format(&diags->list.data[i], sources, out, colour);
}
