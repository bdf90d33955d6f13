// The outside of a Runtime: all that reaches files, environment and randomness goes through this table, so that tests, a
// sandbox or a replay are other tables. (Time belongs to the schedule policy.) Functions may be called on any thread.
#ifndef VM_HOST_H
#define VM_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Host {
  void *context; // first argument of each
  // As write(2) and read(2): bytes done, or -errno.
  int64_t (*write)(void *context, int fd, const void *bytes, size_t n);
  int64_t (*read)(void *context, int fd, void *bytes, size_t n);
  bool (*is_terminal)(void *context, int fd);
  const char *(*getenv)(void *context, const char *name);       // NULL: unset
  void (*random)(void *context, void *bytes, size_t n);
  char **(*environment)(void *context);                          // "NAME=value", ends with NULL
} Host;

// The process's own.
extern const Host host_process;

#endif
