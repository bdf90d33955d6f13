// Which files of a folder form its package, as the go command decides: .go and .gol files, without tests, files for
// other systems, and what a //go:build line leaves out. Scripts in the folder are programs of their own.
#ifndef DRIVER_FOLDER_H
#define DRIVER_FOLDER_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/text.h"
#include "base/vec.h"

typedef struct {
  VEC(const char *) names; // in the arena, sorted, without the folder
  VEC(Text) texts;         // malloc'ed
} Folder;

// False if it cannot be read or holds no file of a package; *error says why in Go's words. race: the tag of that name is true.
bool folder_read(Folder *folder, Arena *arena, const char *path, bool race, const char **error);
void folder_free(Folder *folder);

// Does a file's name, and the //go:build line before its package clause, admit it on linux/amd64?
bool folder_name_matches(const char *name);
bool folder_build_matches(Text text, bool race);

#endif
