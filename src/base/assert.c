// Where ASSERT and UNREACHABLE end.
#include "base/assert.h"

#include <stdio.h>
#include <stdlib.h>

void assert_fail(const char *file, int line, const char *cond, const char *why) {
  fprintf(stderr, "%s:%d: internal error: %s (%s)\n", file, line, why, cond);
  abort();
}
