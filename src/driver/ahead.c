#include "driver/ahead.h"

#include "base/os.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

enum {
  // Bytes: reading less is not worth the beginning of a thread, and what it costs to pass trees between processors.
  LONG_TEXT = 20 << 10,
  LONG_PACKAGES = 48 << 10, // most of it is passed over
  TREE_OF_BYTE = 28,        // bytes of a tree for one of its text
};

// What either side may do. TAKEN by who does it; READY, which releases what was made, if that is the helper.
enum { WAITS, TAKEN, READY };

struct AheadFile {
  HelperJob job;
  Ahead *ahead;
  const StdFile *std;
  Source *source;
  File *file;    // once it is read; NULL: in vain
  uint8_t state; // atomic
};

void ahead_init(Ahead *a, Names *names) {
  *a = (Ahead){.names = names};
  helper_init(&a->helper);
  diags_init(&a->diags);
}

void ahead_deinit(Ahead *a) {
  helper_wait(&a->helper);
  ahead_free_late(a, &a->arena);
  helper_deinit(&a->helper);
  vec_free(&a->packages);
  free(a->files);
  parse_parts_deinit(&a->parts);
  diags_deinit(&a->diags);
  arena_deinit(&a->arena);
}

// In the helper. The set of sources is its own: the first thread may be adding to the other one.
static void read_ahead(HelperJob *job) {
  Ahead *a = (Ahead *)job;
  SourceSet sources = {.sources = {&a->source, 1, 1}};
  ParseContext context = {.arena = &a->arena, .names = a->names, .diags = &a->diags, .sources = &sources, .parts = &a->parts};
  for (uint32_t i = 0; i < a->file->top.len; i++) {
    NodeFunc *func = NODE_AS(Func, a->file->top.items[i]);
    if (func->h.kind == NODE_FUNC && parse_claim(func)) parse_right_body(&context, a->source, func);
  }
}

// `//line` and the compiler's directives have to be met in their order. A NUL byte follows the text.
static bool has_directive(Text text) {
  const char *end = text.ptr + text.len;
  for (const char *at = text.ptr; (at = memchr(at, '/', (size_t)(end - at))); at++)
    if (!strncmp(at, "//line ", 7) || !strncmp(at, "/*line ", 7) || !strncmp(at, "//go:", 5)) return true;
  return false;
}

bool ahead_is_worthwhile(Ahead *a, const Source *source) {
  return source->text.len >= LONG_TEXT && helper_is_possible(&a->helper) && !has_directive(source->text);
}

void ahead_expect_bodies(Ahead *a, Source *source, const File *file) {
  a->source = source;
  a->file = file;
  a->job.run = read_ahead;
}

void ahead_begin_bodies(Ahead *a) {
  if (!a->source) return;
  a->names->shared = true;
  helper_give(&a->helper, &a->job);
  helper_hurry(&a->helper);
}

static bool take(uint8_t *state) {
  uint8_t waits = WAITS;
  return __atomic_compare_exchange_n(state, &waits, TAKEN, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

static void wait_until_ready(const uint8_t *state) {
  while (__atomic_load_n(state, __ATOMIC_ACQUIRE) != READY) sched_yield(); // less than a millisecond
}

// --- the first file

// In the helper. The owner has the greater part of the page if trees take less than half of it, else all.
static void take_page(HelperJob *job) {
  AheadPage *p = (AheadPage *)job;
  void *page = os_huge_page();
  if (page) {
    Arena *arena = &p->ahead->arena;
    arena_add_huge_page(arena, page);
    size_t room = arena_room(arena);
    arena_lend(arena, room - (p->trees <= room / 2 ? p->trees : 0), &p->rest.room);
  }
  __atomic_store_n(&p->rest.made, true, __ATOMIC_RELEASE);
}

void ahead_prepare(Ahead *a, size_t bytes, Arena *arena) {
  if (bytes < LONG_TEXT || !helper_is_possible(&a->helper)) return;
  size_t trees = bytes * TREE_OF_BYTE;
  arena_expect(&a->arena, trees);
  a->page = (AheadPage){.job.run = take_page, .ahead = a, .trees = trees};
  arena_await(arena, &a->page.rest);
  helper_give(&a->helper, &a->page.job);
  helper_hurry(&a->helper);
}

bool ahead_take(NodeFunc *func) {
  while (!parse_claim(func)) {
    if (parse_is_read(func)) return false;
    sched_yield(); // a body is read in less than a millisecond
  }
  return true;
}

// --- packages

Helper *ahead_helper(Ahead *a) { return a->helper.state == HELPER_WORKS ? &a->helper : NULL; }

void ahead_expect(Ahead *a, const StdPackage *package) {
  if (!package) return;
  for (uint32_t i = 0; i < a->packages.len; i++)
    if (a->packages.data[i] == package) return;
  vec_push(&a->packages, package);
  for (const char *const *path = package->imports; *path; path++) ahead_expect(a, std_package(*path));
}

// In the helper.
static void read_file(HelperJob *job) {
  AheadFile *f = (AheadFile *)job;
  if (!take(&f->state)) return;
  Ahead *a = f->ahead;
  SourceSet sources = {.sources = {&f->source, 1, 1}};
  ParseContext context = {.arena = &a->arena, .names = a->names, .diags = &a->diags, .sources = &sources, .skip = SKIP_FUNCTIONS};
  File *file = parse_file(&context, f->source);
  if (!diags_count(&a->diags)) f->file = file;
  diags_clear(&a->diags);
  __atomic_store_n(&f->state, READY, __ATOMIC_RELEASE);
}

static Source *add_source(SourceSet *sources, const StdFile *std) {
  return source_add_kept(sources, arena_printf(&sources->arena, "$GOROOT/src/%s", std->name), (Text){std->text, (uint32_t)std->len});
}

static void list_files(Ahead *a, SourceSet *sources, bool race) {
  for (uint32_t i = 0; i < a->packages.len; i++) {
    const StdPackage *package = a->packages.data[i];
    for (size_t k = 0; k < package->file_count; k++) {
      const StdFile *std = &package->files[k];
      Source *source = std_file_is_for(std, race) ? add_source(sources, std) : NULL;
      if (source) a->files[a->file_count++] = (AheadFile){.job.run = read_file, .ahead = a, .std = std, .source = source};
    }
  }
}

// The helper begins with what is wanted last: what is wanted first its owner has read before the thread runs. They meet in the middle.
void ahead_begin_packages(Ahead *a, SourceSet *sources, bool race) {
  size_t bytes = 0, count = 0;
  for (uint32_t i = 0; i < a->packages.len; i++)
    for (size_t k = 0; k < a->packages.data[i]->file_count; k++, count++) bytes += a->packages.data[i]->files[k].len;
  if (bytes < LONG_PACKAGES || !helper_is_possible(&a->helper)) return;
  a->files = malloc(count * sizeof *a->files);
  if (!a->files) return;
  list_files(a, sources, race);
  a->names->shared = true;
  for (uint32_t i = a->file_count; i-- > 0;) helper_give(&a->helper, &a->files[i].job);
  helper_hurry(&a->helper);
}

File *ahead_take_file(Ahead *a, SourceSet *sources, const StdFile *std, Source **source) {
  for (uint32_t i = 0; i < a->file_count; i++) {
    AheadFile *f = &a->files[i];
    if (f->std != std) continue;
    *source = f->source;
    if (take(&f->state)) return NULL;
    wait_until_ready(&f->state);
    return f->file;
  }
  *source = add_source(sources, std);
  return NULL;
}

void ahead_end_packages(Ahead *a) {
  for (uint32_t i = 0; i < a->file_count; i++) take(&a->files[i].state);
}

typedef struct {
  HelperJob job;
  Arena arena;
} FreeArena;

static void free_arena(HelperJob *job) {
  arena_deinit(&((FreeArena *)job)->arena);
  free(job);
}

void ahead_free_late(Ahead *a, Arena *arena) {
  FreeArena *f = a->helper.state == HELPER_WORKS ? malloc(sizeof *f) : NULL;
  if (!f) return;
  *f = (FreeArena){{.run = free_arena}, *arena};
  arena_init(arena);
  helper_give_late(&a->helper, &f->job);
}

void ahead_stop(Ahead *a) {
  ahead_end_packages(a);
  helper_wait(&a->helper);
}
