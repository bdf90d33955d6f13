// Sorting slices of basic types by their natural order.
#ifndef STD_SORT_NATURAL_H
#define STD_SORT_NATURAL_H

#include "vm/native.h"

// elem: any integer, float or string type. NaN comes first. An observer is told.
void natural_sort(Worker *w, Slice s, const RType *elem);

#endif
