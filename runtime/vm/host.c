// The process as a Host.
#include "vm/host.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

extern char **environ;

// A signal may interrupt a call (the collector's do): try again.
static int64_t write_fd(void *context, int fd, const void *bytes, size_t n) {
  ssize_t done;
  do done = write(fd, bytes, n);
  while (done < 0 && errno == EINTR);
  return done < 0 ? -errno : done;
}

static int64_t read_fd(void *context, int fd, void *bytes, size_t n) {
  ssize_t done;
  do done = read(fd, bytes, n);
  while (done < 0 && errno == EINTR);
  return done < 0 ? -errno : done;
}

static bool is_terminal(void *context, int fd) { return isatty(fd); }
static const char *get_variable(void *context, const char *name) { return getenv(name); }
static char **environment(void *context) { return environ; }

static void fill_random(void *context, void *bytes, size_t n) {
  for (char *at = bytes; n > 0;) {
    ssize_t done = getrandom(at, n < 256 ? n : 256, 0);
    if (done > 0) at += done, n -= (size_t)done;
  }
}

const Host host_process = {
    .write = write_fd, .read = read_fd, .is_terminal = is_terminal, .getenv = get_variable, .environment = environment, .random = fill_random};
