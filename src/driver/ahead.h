// What will be wanted soon is read by a helper: the function bodies of a long first file while its declarations are checked, and the
// files of standard packages, if they are many. Whoever comes first to a body or a file reads it, so nobody depends on the helper.
//
// What the helper reads it puts into an arena of its own. What has a mistake in it is left as it was: who wants it reads it again
// and reports.
#ifndef DRIVER_AHEAD_H
#define DRIVER_AHEAD_H

#include "base/helper.h"
#include "base/vec.h"
#include "std/std.h"
#include "syntax/parse.h"

typedef struct AheadFile AheadFile;

typedef struct Ahead Ahead;

// A huge page, which the system gives and takes back with a third of the work that its small ones would be: for most of what is made of a
// long first file. It is in Ahead.arena, and partly lent to the owner.
typedef struct {
  HelperJob job;
  Ahead *ahead;
  size_t trees;   // bytes for the helper
  ArenaLoan rest; // for the owner
} AheadPage;

struct Ahead {
  HelperJob job;
  Helper helper;
  Names *names;     // shared from the first job on
  Source *source;   // of the first file; NULL: its bodies are not read ahead
  const File *file; // its bodies are the helper's and the owner's
  VEC(const StdPackage *) packages; // expected, in the order in which they are wanted
  AheadFile *files; // of those
  uint32_t file_count;
  AheadPage page;
  Arena arena;      // helper only, as all that follows: trees
  Diags diags;      // empty between jobs, and bodies
  ParseParts parts;
};

void ahead_init(Ahead *a, Names *names);
void ahead_deinit(Ahead *a); // waits for the helper

// A first file of that many bytes will be read: if it is a long one, the helper begins, and gets the memory for it, in which `arena` goes on as
// soon as it is there. `arena` must be deinitialised before `a`.
void ahead_prepare(Ahead *a, size_t bytes, Arena *arena);
// Is the file long enough that its bodies should be read ahead, and nothing in it that wants one pass from its beginning to its end?
bool ahead_is_worthwhile(Ahead *a, const Source *source);
// These are the bodies that were left out of the file; once.
void ahead_expect_bodies(Ahead *a, Source *source, const File *file);
// Begins to read them.
void ahead_begin_bodies(Ahead *a);
// Waits until nobody else is reading the body; true: it still has to be read, by the caller.
bool ahead_take(NodeFunc *func);

// The package will be imported, and so will all that it imports. NULL: none.
void ahead_expect(Ahead *a, const StdPackage *package);
// Begins to read the expected packages, whose sources it adds, if that is worth it; once. What is wanted first comes before
// ahead_begin_bodies. `race`: see std_file_is_for.
void ahead_begin_packages(Ahead *a, SourceSet *sources, bool race);
// A file of a package, its functions left out (SKIP_FUNCTIONS). NULL: the caller has to read it, from *source (NULL: there is no room for it).
File *ahead_take_file(Ahead *a, SourceSet *sources, const StdFile *file, Source **source);
// No more files will be wanted.
void ahead_end_packages(Ahead *a);
// Nothing is read any more, and nothing will be.
void ahead_stop(Ahead *a);

// The helper, if there is one, frees the arena, when all that was given late before is done; it is empty then.
void ahead_free_late(Ahead *a, Arena *arena);
// The helper, if there is one already: it may do more.
Helper *ahead_helper(Ahead *a);

#endif
