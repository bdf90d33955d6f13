// Diagnostics: a user's mistakes, collected in a list while the phase goes on.
//
// A message may have continuation lines, each beginning with a tab, as Go's do. Printed:
//     FILE:LINE:COL: MESSAGE
//       12 | the source line
//          |     ^~~~~~
//     hint: what to do about it
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include "base/source.h"

#include <stdbool.h>

typedef struct Diag {
  Pos start, end; // end may be NO_POS: one caret
  const char *message;
  const char *hint; // or NULL
} Diag;

typedef struct Diags {
  VEC(Diag) list;
  Arena arena; // the texts
} Diags;

void diags_init(Diags *diags);
void diags_deinit(Diags *diags);
void diags_clear(Diags *diags);
static inline uint32_t diags_count(const Diags *diags) { return diags->list.len; }

void diag_error(Diags *diags, Pos start, Pos end, const char *fmt, ...) __attribute__((cold, format(printf, 4, 5)));
void diag_verror(Diags *diags, Pos start, Pos end, const char *fmt, va_list args) __attribute__((cold, format(printf, 4, 0)));
// Appends to the last message (a continuation line, say).
void diag_more(Diags *diags, const char *fmt, ...) __attribute__((cold, format(printf, 2, 3)));
// Attaches a hint to the last diagnostic.
void diag_hint(Diags *diags, const char *fmt, ...) __attribute__((cold, format(printf, 2, 3)));
// Sorts by position (stable) and drops what repeats the message reported before it on the same line.
void diags_sort(Diags *diags, const SourceSet *sources);
// Appends all diagnostics as text.
void diags_format(const Diags *diags, const SourceSet *sources, StrBuf *out, bool colour);
void diag_format(const Diag *diag, const SourceSet *sources, StrBuf *out, bool colour);

#endif
