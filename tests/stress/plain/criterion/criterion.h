// Stands in for Criterion, which cannot start under ThreadSanitizer: the same test sources become a plain program that runs
// all tests, one after another in one process, as often as its first argument says, and stops at the first failure.
#ifndef STRESS_PLAIN_CRITERION_H
#define STRESS_PLAIN_CRITERION_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct PlainTest {
  const char *suite, *name;
  void (*run)(void);
} PlainTest;

static PlainTest plain_tests[256];
static unsigned plain_count;

#define Test(suite_name, test_name)                                                          \
  static void suite_name##_##test_name(void);                                                \
  __attribute__((constructor)) static void suite_name##_##test_name##_register(void) {       \
    plain_tests[plain_count++] = (PlainTest){#suite_name, #test_name, suite_name##_##test_name}; \
  }                                                                                          \
  static void suite_name##_##test_name(void)

#define cr_assert(cond, ...) ((cond) ? (void)0 : (fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #cond), abort()))
#define cr_assert_eq(a, b, ...) cr_assert((a) == (b))
#define cr_assert_neq(a, b, ...) cr_assert((a) != (b))
#define cr_assert_lt(a, b, ...) cr_assert((a) < (b))
#define cr_assert_gt(a, b, ...) cr_assert((a) > (b))
#define cr_assert_geq(a, b, ...) cr_assert((a) >= (b))
#define cr_assert_null(a, ...) cr_assert(!(a))
#define cr_assert_not_null(a, ...) cr_assert(a)
#define cr_assert_str_eq(a, b, ...) cr_assert(!strcmp(a, b))

int main(int argc, char **argv) {
  int times = argc > 1 ? atoi(argv[1]) : 1;
  const char *only = argc > 2 ? argv[2] : "";
  for (int i = 0; i < times; i++) {
    for (unsigned k = 0; k < plain_count; k++) {
      if (!strstr(plain_tests[k].name, only)) continue;
      if (getenv("VERBOSE")) fprintf(stderr, "%s::%s\n", plain_tests[k].suite, plain_tests[k].name);
      plain_tests[k].run();
    }
  }
  return 0;
}

#endif
