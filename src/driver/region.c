#include "driver/region.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096, BATCH = 512 };
static const size_t RESERVED = (size_t)1 << 34;

static void *take(void *context, size_t size) {
  Region *r = context;
  size = (size + 15) & ~(size_t)15;
  if (size > r->size - r->used) {
    fputs("gol: out of memory\n", stderr);
    exit(1);
  }
  char *chunk = r->base + r->used;
  r->used += size;
  if (r->grown) r->grown(r->base, r->base + r->used);
  return chunk; // never written before, or put back: zeroes
}

bool region_init(Region *r, size_t chunk, void (*grown)(const void *from, const void *to)) {
  *r = (Region){.size = RESERVED, .grown = grown, .pagemap = -1};
  r->source = (ArenaSource){.take = take, .context = r, .first_chunk = chunk};
  r->file = memfd_create("gol session", MFD_CLOEXEC);
  if (r->file < 0 || ftruncate(r->file, (off_t)r->size)) return false;
  void *base = mmap(NULL, r->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, r->file, 0);
  if (base == MAP_FAILED) return false;
  r->base = base;
  r->pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  return true;
}

void region_deinit(Region *r) {
  munmap(r->base, r->size);
  close(r->file);
  if (r->pagemap >= 0) close(r->pagemap);
}

// Write pages [from, to), by number, to the file, and drop our copies of them.
static void write_pages(Region *r, size_t from, size_t to) {
  char *start = r->base + from * PAGE;
  size_t len = (to - from) * PAGE;
  for (size_t done = 0; done < len;) {
    ssize_t n = pwrite(r->file, start + done, len - done, (off_t)(from * PAGE + done));
    if (n <= 0) return; // the copies are still there: nothing is lost but the way back
    done += (size_t)n;
  }
  madvise(start, len, MADV_DONTNEED);
}

// Documentation/admin-guide/mm/pagemap.rst: bit 63 present, 62 swapped, 61 a page of the file.
static bool is_copy(uint64_t entry) { return (entry >> 62) && !(entry >> 61 & 1); }

void region_keep(Region *r) {
  size_t pages = (r->used + PAGE - 1) / PAGE;
  for (size_t first = 0; first < pages; first += BATCH) {
    uint64_t entries[BATCH];
    size_t n = pages - first < BATCH ? pages - first : BATCH;
    bool known = r->pagemap >= 0 && pread(r->pagemap, entries, n * 8, (off_t)(((uintptr_t)r->base / PAGE + first) * 8)) == (ssize_t)(n * 8);
    for (size_t i = 0; i < n; i++) {
      size_t from = i;
      while (i < n && (!known || is_copy(entries[i]))) i++;
      if (i > from) write_pages(r, first + from, first + i);
    }
  }
  r->kept = r->used;
}

void region_undo(Region *r) {
  madvise(r->base, (r->used + PAGE - 1) / PAGE * PAGE, MADV_DONTNEED);
  r->used = r->kept;
}
