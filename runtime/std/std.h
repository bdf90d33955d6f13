// The standard library as the driver and the compiler see it: the sources of its packages, and the C functions behind
// the functions that they declare without a body. All of it is constant data made at build time (embed.py).
#ifndef STD_STD_H
#define STD_STD_H

#include <stdbool.h>
#include <stddef.h>

#include "std/frame.h"

typedef struct {
  uint32_t line;             // of what it is above
  const char *text;          // whole lines
} StdComment;

typedef struct {
  const char *name;          // "math/rand/rand.gol"
  const char *text;          // NUL-terminated; without the comments, of which empty lines are left
  size_t len;
  const StdComment *comments; // ends with NULL
  enum { STD_ALWAYS, STD_RACE /* race.gol: when data races are watched for */, STD_NO_RACE /* norace.gol: when not */ } when;
} StdFile;

typedef struct {
  const char *path;          // "math/rand"
  const char *name;          // "rand": of the package clause
  const StdFile *files;
  size_t file_count;
  const char *const *imports; // paths, each once, in the files' order; ends with NULL
  const NativeRow *natives;  // ends with a row of NULLs; NULL if there are none
} StdPackage;

// Sorted by path. A path with an "internal" element is not for users to import.
extern const StdPackage std_packages[];
extern const size_t std_package_count;

// NULL if there is no such package (unsafe, which has no source, is none).
const StdPackage *std_package(const char *path);
// For scripts, which need no imports: the path of the package that `name` stands for ("rand": "math/rand"), or NULL.
const char *std_path_of_name(const char *name);
bool std_is_internal(const char *path);
// Whether a file is part of its package, in a program that is watched for data races or not.
bool std_file_is_for(const StdFile *file, bool race);

// The comment above a line of a file, by its name; "" if there is none.
const char *std_comment(const char *name, uint32_t line);

// The native of a function as stack traces name it: "time.Sleep", "sync.(*Mutex).Lock", "sync/atomic.AddInt64". Type
// arguments in brackets do not matter ("sync/atomic.(*Pointer[int]).Load"). NULL if there is none.
NativeFn std_native(const char *name);

#endif
