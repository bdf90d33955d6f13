// Memory that can be put back to an earlier state, whoever wrote what in it: what a session's inputs leave in the tables of
// checker and compiler goes away with them.
//
// The region is a private mapping of a file in memory. Writing makes a copy of the page; dropping the copy brings back the
// file's; keeping it writes it to the file. Pages are the kernel's business, so nobody who allocates here knows of it.
#ifndef DRIVER_REGION_H
#define DRIVER_REGION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

typedef struct Region {
  ArenaSource source;      // chunks from here; they are not given back
  char *base;
  size_t size, used, kept; // reserved; allocated; allocated at the last region_keep. Bytes
  int file, pagemap;       // pagemap: tells which pages were written; -1: taken to be all
  void (*grown)(const void *from, const void *to); // told of the memory in use; NULL: nobody
} Region;

bool region_init(Region *r, size_t chunk, void (*grown)(const void *from, const void *to));
void region_deinit(Region *r);
void region_keep(Region *r); // the present state is the one to come back to
void region_undo(Region *r); // back to it

#endif
