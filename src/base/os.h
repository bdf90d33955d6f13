// The little of the operating system that the front end and the command line need. The runtime has its own host table.
#ifndef BASE_OS_H
#define BASE_OS_H

#include "base/arena.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

// Reads a whole file; "-" is standard input. The bytes are malloc'ed, NUL-terminated and the caller's to free.
// On failure returns false and *error says why in Go's words ("no such file or directory").
bool os_read_file(const char *path, Text *bytes, const char **error);
bool os_is_directory(const char *path);
size_t os_file_size(const char *path); // 0: it is no regular file
bool os_file_exists(const char *path);
// The names in a folder, sorted, without those that begin with a dot. On failure returns false and *error says why.
bool os_list_folder(Arena *arena, const char *path, const char ***names, uint32_t *count, const char **error);
// The path without links, "." and ".."; NULL if there is nothing there.
const char *os_absolute_path(Arena *arena, const char *path);
// Zeroed memory of its own pages, which are present from the start where the system can do that; NULL if there is none.
void *os_pages(size_t size);
void os_free_pages(void *pages, size_t size);
// OS_HUGE_PAGE bytes of zeroed memory, aligned to that, which the system makes one page if it can; NULL if there are none.
enum { OS_HUGE_PAGE = 2 << 20 };
void *os_huge_page(void);
bool os_is_terminal(int fd);
int64_t os_monotonic_ns(void);
int64_t os_wall_ns(void);                // since 1970
int os_cpu_count(void);                  // those this process may use, at least 1
const char *os_getenv(const char *name); // NULL when unset

#endif
