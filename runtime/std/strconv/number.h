// Text to numbers, as Go's strconv does it.
#ifndef STD_STRCONV_NUMBER_H
#define STD_STRCONV_NUMBER_H

#include "heap/heap.h"

typedef enum { NUMBER_OK, NUMBER_SYNTAX, NUMBER_RANGE, NUMBER_BASE, NUMBER_SIZE } NumberResult; // as strconv.gol has them

NumberResult number_parse_uint(String s, int64_t base, int64_t bits, uint64_t *value);
NumberResult number_parse_int(String s, int64_t base, int64_t bits, int64_t *value);
// The number that s begins with; *used is its length (0: none). bits 32: rounded once, to float32.
NumberResult number_parse_float(String s, int bits, double *value, uint64_t *used);

#endif
