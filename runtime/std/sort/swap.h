// Swapping two elements of any slice: func(x any, i, j int), for sort.Slice and reflect.Swapper.
#ifndef STD_SORT_SWAP_H
#define STD_SORT_SWAP_H

#include "vm/native.h"

NativeResult sort_swap_elements(Worker *w, uint64_t *fp);

#endif
