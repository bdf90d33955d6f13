// Case and classes of single code points, as package unicode has them.
#ifndef STD_UNICODE_CASE_H
#define STD_UNICODE_CASE_H

#include <stdbool.h>
#include <stdint.h>

int32_t case_upper(int32_t rune);
int32_t case_lower(int32_t rune);
int32_t case_title(int32_t rune);
// The next larger code point that differs from rune only in case, or the smallest such.
int32_t case_fold_next(int32_t rune);
bool case_fold_equal(int32_t a, int32_t b);
bool case_is_space(int32_t rune);

#endif
