// Source files and positions. A Pos is one number for a byte of any file of a SourceSet, as Go's token.Pos: each file
// occupies base .. base+len (its end included), files follow one another, 0 is "no position".
#ifndef BASE_SOURCE_H
#define BASE_SOURCE_H

#include "base/text.h"
#include "base/vec.h"

#include <stdint.h>

typedef uint32_t Pos;
enum { NO_POS = 0 };

// What `//line path:line:col` declares for the text after it.
typedef struct LineDirective {
  uint32_t offset;  // of the first byte it applies to
  const char *path; // NULL: unchanged
  uint32_t line;    // of the first line it applies to
  uint32_t column;  // 0: none given, columns are then unknown (0)
} LineDirective;

typedef struct Source {
  const char *path;              // as the user gave it
  Text text;                     // followed by a NUL byte that is not counted
  Pos base;                      // position of the first byte
  bool formatted;                // right UTF-8, and laid out as gofmt does
  VEC(uint32_t) lines;           // offset of each line's first byte; lines.data[0] == 0
  VEC(LineDirective) directives; // in ascending order of offset
} Source;

typedef struct SourceSet {
  VEC(Source *) sources; // ascending base
  bool sealed;           // nothing is added any more: other threads may look
  Arena arena;
} SourceSet;

typedef struct Position {
  const char *path; // NULL for NO_POS
  uint32_t line;    // 1-based
  uint32_t column;  // in bytes, 1-based as Go's
} Position;

typedef struct Extent {
  Pos start, end; // [start, end)
} Extent;

// The line that was found last: the next position often lies in it or in the one behind. Zeroed at first.
typedef struct LineCursor {
  Extent extent; // with its newline, if all of it has one line number; else empty: for NO_POS, and where `//line` may divide a line
  const Source *source;
  uint32_t index; // of the line
} LineCursor;

void source_set_init(SourceSet *set);
void source_set_deinit(SourceSet *set);

// Adds a file; path and text are copied. NULL when the set would exceed 2^32-2 bytes.
Source *source_add(SourceSet *set, const char *path, Text text);
// The same, but the text is not copied: it outlives the set, a NUL byte stands behind it, and it is `formatted`.
Source *source_add_kept(SourceSet *set, const char *path, Text text);
// The source a position belongs to, or NULL.
Source *source_find(const SourceSet *set, Pos pos);
// Line and column, `//line` directives honoured.
Position source_position(const SourceSet *set, Pos pos);
// The same, from the cursor on, which moves there.
Position source_next_position(const SourceSet *set, Pos pos, LineCursor *cursor);
// Line and column in the file itself, `//line` ignored (for showing the source line).
Position source_raw_position(const SourceSet *set, Pos pos);
// The line's text without its newline; line is a raw line number.
Text source_line(const Source *source, uint32_t line);
// Records a `//line` directive; called in ascending order of offset. `path` is copied.
void source_add_directive(SourceSet *set, Source *source, LineDirective directive);

static inline Pos source_pos(const Source *source, uint32_t offset) { return source->base + offset; }

#endif
