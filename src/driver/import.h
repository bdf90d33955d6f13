// Where imported packages come from: the standard library in the binary, then folders: "./shapes" beside the importing
// file, and "mymod/shapes" below the go.mod that the importing file belongs to.
#ifndef DRIVER_IMPORT_H
#define DRIVER_IMPORT_H

#include "driver/compilation.h"

// The Compilation's answer to CheckOptions.import. What is wrong with a user's package is reported here, at `at`, in
// the go command's words; a silent stand-in is returned then.
Package *import_package(void *context, const char *path, Pos at, const char **why);

#endif
