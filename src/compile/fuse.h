// Fewer, larger instructions: see fuse.c.
#ifndef COMPILE_FUSE_H
#define COMPILE_FUSE_H

#include "compile/compiler.h"

void fuse(Fn *f); // when all code is emitted, jumps are threaded, and f->table is there

#endif
