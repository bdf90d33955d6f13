// How a native sees its frame: a C struct that spells out results, then parameters, then the receiver, with the rules of
// bytecode/program.h for their places (a word each; strings, slices and interfaces in aligned pairs).
//
//   static NativeResult index_string(Worker *w, uint64_t *fp) {
//     FRAME(int64_t result; StringArg s, sub);
//     f->result = ...;
//     return NATIVE_DONE;
//   }
//
// A bool, and every integer narrower than a word, is a whole word here too: declare it uint64_t or int64_t.
#ifndef STD_FRAME_H
#define STD_FRAME_H

#include "heap/heap.h"
#include "heap/value.h"

typedef String StringArg __attribute__((aligned(16)));
typedef Slice SliceArg __attribute__((aligned(16)));
typedef Iface IfaceArg __attribute__((aligned(16)));

#define FRAME(...)                \
  struct {                        \
    uint64_t link[2];             \
    __VA_ARGS__;                  \
  } *f = (void *)fp

// One row of a package's table of natives: the name as a stack trace prints it, without the package: "Index",
// "(*Mutex).Lock".
typedef struct {
  const char *name;
  NativeFn fn;
} NativeRow;

#endif
