// Floating point to text, exactly as Go's strconv.AppendFloat.
#ifndef STD_STRCONV_DECIMAL_H
#define STD_STRCONV_DECIMAL_H

#include "std/buffer.h"

// Writes n in base 10, ending before `end`: at most 20 bytes. Returns the first of them.
static inline char *decimal_before(char *end, uint64_t n) {
  do *--end = (char)('0' + n % 10);
  while (n /= 10);
  return end;
}

// format: 'e' 'E' 'f' 'g' 'G' 'b' 'x' 'X'; prec -1: the fewest digits that give the same value back; bits: 32 or 64.
// An unknown format adds '%' and the letter.
void decimal_format(Buffer *out, double value, char format, int64_t prec, int bits);

#endif
