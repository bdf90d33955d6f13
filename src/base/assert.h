// Our own bugs stop the process here, with the place and the reason. A user's mistake is never an ASSERT: it is a Diag.
#ifndef BASE_ASSERT_H
#define BASE_ASSERT_H

#define ASSERT(cond, why) ((cond) ? (void)0 : assert_fail(__FILE__, __LINE__, #cond, (why)))
#define UNREACHABLE(why)  assert_fail(__FILE__, __LINE__, "unreachable", (why))

// Prints "FILE:LINE: internal error: WHY (COND)" on stderr and aborts.
_Noreturn void assert_fail(const char *file, int line, const char *cond, const char *why) __attribute__((cold));

#endif
