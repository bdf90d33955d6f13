// The built-in functions print and println: see print.c.
#ifndef STD_RUNTIME_PRINT_H
#define STD_RUNTIME_PRINT_H

#include "std/frame.h"

NativeResult runtime_print(struct Worker *w, uint64_t *fp);
NativeResult runtime_println(struct Worker *w, uint64_t *fp);

#endif
