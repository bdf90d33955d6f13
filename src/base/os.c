// POSIX calls behind os.h.
#include "base/os.h"

#include "base/vec.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

// errno in Go's words; the C library's differ in the first letter's case only, for the errors met here.
static const char *describe(int code) {
  switch (code) {
  case ENOENT: return "no such file or directory";
  case EACCES: return "permission denied";
  case EISDIR: return "is a directory";
  case ENOTDIR: return "not a directory";
  case EMFILE: return "too many open files";
  case EFBIG: return "file too large";
  default: return strerror(code);
  }
}

static bool read_all(int fd, StrBuf *buf) {
  struct stat info;
  size_t hint = 0;
  if (fstat(fd, &info) == 0) {
    if (S_ISDIR(info.st_mode)) {
      errno = EISDIR;
      return false;
    }
    if (S_ISREG(info.st_mode) && info.st_size > 0) hint = (size_t)info.st_size;
  }
  for (;;) {
    if (hint > UINT32_MAX / 2 || buf->len > UINT32_MAX / 2) {
      errno = EFBIG;
      return false;
    }
    strbuf_reserve(buf, hint > 4096 ? hint + 1 : 4096); // one more, so that the end is seen without growing
    ssize_t got = read(fd, buf->data + buf->len, buf->cap - buf->len - 1);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return false;
    buf->len += (uint32_t)got;
    buf->data[buf->len] = 0;
    if (got == 0) return true;
    hint = 0;
  }
}

bool os_read_file(const char *path, Text *bytes, const char **error) {
  bool standard_input = strcmp(path, "-") == 0;
  int fd = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
  StrBuf buf = {0};
  bool ok = fd >= 0 && read_all(fd, &buf);
  if (!ok) *error = describe(errno);
  if (fd >= 0 && !standard_input) close(fd);
  if (ok) *bytes = strbuf_text(&buf);
  else strbuf_free(&buf);
  return ok;
}

bool os_is_directory(const char *path) {
  struct stat info;
  return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

size_t os_file_size(const char *path) {
  struct stat info;
  return stat(path, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0 ? (size_t)info.st_size : 0;
}

bool os_file_exists(const char *path) { return access(path, F_OK) == 0; }

static int by_name(const void *a, const void *b) { return strcmp(*(const char *const*)a, *(const char *const*)b); }

bool os_list_folder(Arena *arena, const char *path, const char ***names, uint32_t *count, const char **error) {
  DIR *folder = opendir(path);
  if (!folder) {
    *error = describe(errno);
    return false;
  }
  VEC(const char *) list = {0};
  for (struct dirent *entry; (entry = readdir(folder));)
    if (entry->d_name[0] != '.') vec_push(&list, arena_strdup(arena, entry->d_name));
  closedir(folder);
  if (list.len) qsort(list.data, list.len, sizeof *list.data, by_name);
  *names = arena_copy(arena, list.data, list.len * sizeof *list.data);
  *count = list.len;
  vec_free(&list);
  return true;
}

const char *os_absolute_path(Arena *arena, const char *path) {
  char *found = realpath(path, NULL);
  if (!found) return NULL;
  const char *copy = arena_strdup(arena, found);
  free(found);
  return copy;
}

void *os_pages(size_t size) {
  int flags = MAP_PRIVATE | MAP_ANONYMOUS;
#ifdef MAP_POPULATE
  flags |= MAP_POPULATE;
#endif
  void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, -1, 0);
  return pages == MAP_FAILED ? NULL : pages;
}

void *os_huge_page(void) {
  char *room = mmap(NULL, 2 * OS_HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (room == MAP_FAILED) return NULL;
  char *page = (char *)(((uintptr_t)room + OS_HUGE_PAGE - 1) & ~(uintptr_t)(OS_HUGE_PAGE - 1));
  if (page > room) munmap(room, (size_t)(page - room));
  munmap(page + OS_HUGE_PAGE, (size_t)(room + OS_HUGE_PAGE - page));
#ifdef MADV_HUGEPAGE
  madvise(page, OS_HUGE_PAGE, MADV_HUGEPAGE); // a wish: without it the memory comes in small pages, when they are touched
#endif
  // By touching it: MADV_POPULATE_WRITE keeps other threads from getting memory as long as the page is being cleared.
  *(volatile char *)page = 0;
  return page;
}

void os_free_pages(void *pages, size_t size) { munmap(pages, size); }

bool os_is_terminal(int fd) { return isatty(fd) == 1; }

static int64_t clock_ns(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t os_monotonic_ns(void) { return clock_ns(CLOCK_MONOTONIC); }

int64_t os_wall_ns(void) { return clock_ns(CLOCK_REALTIME); }

int os_cpu_count(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) return CPU_COUNT(&set);
  long n = sysconf(_SC_NPROCESSORS_ONLN);
  return n > 0 ? (int)n : 1;
}

const char *os_getenv(const char *name) { return getenv(name); }
