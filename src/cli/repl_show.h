// Values as Go syntax, for the prompt: `[]int{1, 2}`, `chan int (len 2, cap 3, 1 sender waiting)`.
#ifndef CLI_REPL_SHOW_H
#define CLI_REPL_SHOW_H

#include "base/text.h"
#include "heap/heap.h"

// Appends the value of type t at `memory` (memory form); lines longer than `width` are broken, and indented. Goroutines may change
// the value meanwhile: what is shown may then be a mixture, nothing worse.
void show_value(StrBuf *out, HeapCache *heap, const RType *t, const void *memory, uint32_t width);
// A type's name as it is written at the prompt: without "main.".
void show_type(StrBuf *out, const RType *t);

#endif
