// An order of all values of one type, in memory form: the one in which fmt prints map keys.
#ifndef STD_VALUE_ORDER_H
#define STD_VALUE_ORDER_H

#include "heap/heap.h"

// <0, 0, >0. NaN is smallest; nil comes first; interfaces are ordered by type, then by value.
int value_order(const RType *t, const void *a, const void *b);

#endif
