// Sorting slices of basic types by their natural order.
#ifndef STD_SORT_NATURAL_H
#define STD_SORT_NATURAL_H

#include "heap/heap.h"

// elem: any integer, float or string type. NaN comes first.
void natural_sort(Slice s, const RType *elem);

#endif
