// The function bodies of a long file are read by a helper while its declarations are checked. Whoever comes first to a body reads it
// (parse_claim), so nobody depends on the helper.
//
// What the helper reads it puts into an arena of its own. A body with a mistake in it is left as it was: who wants it reads it again
// and reports.
#ifndef DRIVER_AHEAD_H
#define DRIVER_AHEAD_H

#include "base/helper.h"
#include "syntax/parse.h"

typedef struct Ahead {
  HelperJob job;
  Helper helper;
  Names *names;     // shared from the job on
  Source *source;   // of the file; NULL: there is none
  const File *file; // its bodies are the helper's and the owner's
  Arena arena;      // helper only, as all that follows: trees
  Diags diags;      // empty between bodies
  ParseParts parts;
} Ahead;

void ahead_init(Ahead *a, Names *names);
void ahead_deinit(Ahead *a); // waits for the helper

// Is the file long enough that its bodies should be read ahead, and nothing in it that wants one pass from its beginning to its end?
bool ahead_is_worthwhile(Ahead *a, const Source *source);
// Begins with the bodies that were left out of a file; once.
void ahead_begin(Ahead *a, Source *source, const File *file);
// Waits until nobody else is reading the body; true: it still has to be read, by the caller.
bool ahead_take(NodeFunc *func);

#endif
