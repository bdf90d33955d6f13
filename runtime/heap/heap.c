// Allocation on top of libgc: per-worker arrays of free objects, refilled in batches without a lock in between.
#include "heap/heap.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#ifndef GOL_HEAP_MALLOC
#define GC_THREADS
#include <gc/gc.h>
#include <gc/gc_inline.h>
#include <gc/gc_mark.h>
#endif

#include "base/assert.h"
#include "base/os.h"

// The one heap of the process, as libgc has one. Written by heap_init before threads exist, except `caches`.
static struct {
  void (*out_of_memory)(size_t bytes);
  uint32_t stress;
  HeapFresh fresh; // NULL: nobody wants to know
  void *fresh_context;
  int scanned; // kind of objects that hold pointers, see heap_init
  int code;    // kind of heap_code's blocks
  struct CodeBlock *blocks; // of the malloc back end; guarded by lock
  _Atomic uint32_t collections; // begun; see refill
  _Atomic bool threaded;        // heap_allow_threads; set while there is one thread
  pthread_mutex_t lock; // rank: leaf; guards caches
  HeapCache *caches;
  uint64_t dead_bytes, dead_objects; // of freed caches; guarded by lock
  uint64_t collected_objects; // allocated before the last collection; written while the world is stopped
  void (*finalizers_ready)(void); // NULL: nobody wants to know
} heap = {.lock = PTHREAD_MUTEX_INITIALIZER};

void heap_exhausted(size_t bytes) {
  if (heap.out_of_memory) heap.out_of_memory(bytes);
  fprintf(stderr, "fatal error: out of memory\n");
  _exit(2);
}

void heap_set_stress(uint32_t every) { heap.stress = every; }

void heap_on_finalizers(void (*ready)(void)) { heap.finalizers_ready = ready; }

void heap_set_fresh(HeapFresh fresh, void *context) {
  if (fresh) heap.fresh_context = context;
  __atomic_store_n(&heap.fresh, fresh, __ATOMIC_RELEASE); // the context before it
}

static void tell_fresh(void *watch, void *p, size_t size) {
  HeapFresh fresh = __atomic_load_n(&heap.fresh, __ATOMIC_ACQUIRE);
  if (fresh) fresh(heap.fresh_context, watch, p, size);
}

// What was handed out: what the caches hold is not.
static void count_used(const HeapCache *cache, uint64_t *bytes, uint64_t *objects) {
  *bytes += cache->bytes, *objects += cache->objects;
  for (size_t i = 0; i < HEAP_CLASSES; i++) {
    uint32_t count = cache->classes[i].count; // of another thread's, as it is just now
    *bytes -= (uint64_t)count * heap_class_size(i), *objects -= count;
  }
}

static void count_allocated(HeapStats *s) {
  pthread_mutex_lock(&heap.lock);
  s->total_alloc = heap.dead_bytes, s->mallocs = heap.dead_objects;
  for (const HeapCache *c = heap.caches; c; c = c->next) count_used(c, &s->total_alloc, &s->mallocs);
  pthread_mutex_unlock(&heap.lock);
}

// --- the two back ends: obtain one object, obtain a batch

#ifdef GOL_HEAP_MALLOC

void heap_init(void (*on_out_of_memory)(size_t bytes)) { heap.out_of_memory = on_out_of_memory; }
void heap_allow_threads(void) {}
void heap_thread_register(void) {}
void heap_thread_unregister(void) {}
void heap_collect(void) {}
void heap_add_roots(const void *from, const void *to) {}
void heap_drop_roots(const void *from, const void *to) {}
bool heap_is_object(const void *address) { return true; }
bool heap_set_finalizer(void *object, HeapFinalizer fn, void *data) { return true; }
bool heap_finalizers_wait(void) { return false; }
void heap_run_finalizers(void) {}

static void *obtain(size_t size, bool pointer_free) {
  void *p = aligned_alloc(16, (size + 15) & ~(size_t)15);
  if (!p) heap_exhausted(size);
  return memset(p, 0, (size + 15) & ~(size_t)15);
}

// One object at a time, so that a sanitizer knows the bounds and the birth of each.
static void *refill(HeapClass *class, size_t granules, bool pointer_free) { return obtain(granules * 16, pointer_free); }

// All of them, for there is no collector to ask.
struct CodeBlock {
  struct CodeBlock *next;
  size_t size;
  _Alignas(16) char bytes[];
};

void *heap_code(size_t size) {
  struct CodeBlock *block = calloc(1, sizeof *block + size);
  if (!block) heap_exhausted(size);
  block->size = size;
  pthread_mutex_lock(&heap.lock);
  block->next = heap.blocks;
  heap.blocks = block;
  pthread_mutex_unlock(&heap.lock);
  tell_fresh(NULL, block->bytes, size);
  return block->bytes;
}

void *heap_code_block(const void *address) {
  const char *p = address;
  pthread_mutex_lock(&heap.lock);
  struct CodeBlock *block = heap.blocks;
  while (block && (p < block->bytes || p >= block->bytes + block->size)) block = block->next;
  pthread_mutex_unlock(&heap.lock);
  return block ? block->bytes : NULL;
}

void *heap_root(size_t size) {
  void *p = calloc(1, size);
  if (!p) heap_exhausted(size);
  return p;
}
void heap_free_root(void *p) { free(p); }

void heap_release_slow(void *p, size_t granules) { free(p); }

HeapStats heap_stats(void) {
  HeapStats s = {0};
  count_allocated(&s);
  s.heap_bytes = s.total_alloc;
  return s;
}

#else

static void *no_memory(size_t bytes) { heap_exhausted(bytes); }
static void quiet(char *message, GC_word argument) {}

// Most of what the machine (or its container) has: beyond that the kernel would kill us without a word.
static size_t memory_limit(void) {
  size_t limit = (size_t)sysconf(_SC_PHYS_PAGES) * (size_t)sysconf(_SC_PAGESIZE);
  FILE *f = fopen("/sys/fs/cgroup/memory.max", "r");
  size_t group;
  if (f) {
    if (fscanf(f, "%zu", &group) == 1 && group < limit) limit = group;
    fclose(f);
  }
  return limit / 10 * 9;
}

// What has been handed out is the program's: the arrays' old entries must not keep it alive. No thread runs; what they may be about to
// do, heap_class_take, heap_class_put and refill are written for.
static void forget_handed_out(HeapCache *cache) {
  for (size_t i = 0; i < HEAP_CLASSES; i++) {
    HeapClass *class = cache->classes + i;
    if (class->objects) memset(class->objects + class->count, 0, (class->capacity - class->count) * sizeof(void *));
  }
}

static void on_collection(GC_EventType event) {
  // Before the world stops; the signals that stop it order this store for every other thread.
  if (event == GC_EVENT_PRE_STOP_WORLD) atomic_fetch_add_explicit(&heap.collections, 1, memory_order_release);
  if (event != GC_EVENT_POST_STOP_WORLD) return;
  uint64_t bytes = 0;
  heap.collected_objects = heap.dead_objects;
  for (HeapCache *cache = heap.caches; cache; cache = cache->next) {
    count_used(cache, &bytes, &heap.collected_objects);
    forget_handed_out(cache);
  }
}

static void finalizers_ready(void) {
  if (heap.finalizers_ready) heap.finalizers_ready();
}

#ifdef __GLIBC__
extern void *__libc_stack_end; // glibc's dynamic linker: the highest address of the first thread's stack
#endif

// GC_INIT() finds out by reading and parsing files of the kernel's what is known already: where the first thread's stack ends, and how
// many processors there are. That took a tenth of the time of a small script. The environment is as before then.
static void start_collector(void) {
#ifdef __GLIBC__
  struct GC_stack_base bottom = {.mem_base = __libc_stack_end};
  GC_set_stackbottom(NULL, &bottom);
#endif
  static const char name[] = "GC_NPROCS";
  char count[16];
  bool told = getenv(name);
  snprintf(count, sizeof count, "%d", os_cpu_count());
  if (!told) setenv(name, count, true);
  GC_INIT();
  if (!told) unsetenv(name);
}

enum { SMALL_HEAP = 256 << 10 }; // bytes allocated between two collections at least

void heap_init(void (*on_out_of_memory)(size_t bytes)) {
  heap.out_of_memory = on_out_of_memory;
  GC_set_no_dls(1); // no shared library holds pointers of ours
  GC_set_all_interior_pointers(1);
  GC_set_warn_proc(quiet);
  GC_set_free_space_divisor(2);
  GC_set_min_bytes_allocd(SMALL_HEAP); // else a small heap is collected thousands of times a second, and wakes the threads that help to mark each time
  GC_set_max_heap_size(memory_limit());
  GC_set_oom_fn(no_memory);
  GC_set_on_collection_event(on_collection);
  GC_set_finalize_on_demand(1);
  GC_set_finalizer_notifier(finalizers_ready);
  GC_set_dont_precollect(1); // there is nothing to collect, and the roots are yet to be named
  start_collector();
  // libgc's own kind of scanned objects leaves out the last word of each: there it expects the byte that it adds.
  heap.scanned = (int)GC_new_kind(GC_new_free_list(), GC_DS_LENGTH, 1, 1);
  heap.code = (int)GC_new_kind(GC_new_free_list(), GC_DS_LENGTH, 1, 1);
  GC_clear_roots(); // no static variable of ours does either: roots are stacks of threads and heap_root blocks
}

// It also makes libgc's own threads, which help to mark. To begin and to end them takes a seventh of the time of a small script.
void heap_allow_threads(void) {
  if (atomic_exchange_explicit(&heap.threaded, true, memory_order_relaxed)) return;
  GC_allow_register_threads();
}

void heap_thread_register(void) {
  struct GC_stack_base base;
  GC_get_stack_base(&base);
  GC_register_my_thread(&base);
}
void heap_thread_unregister(void) { GC_unregister_my_thread(); }
void heap_collect(void) { GC_gcollect(); }
void heap_add_roots(const void *from, const void *to) { GC_add_roots((void *)(uintptr_t)from, (void *)(uintptr_t)to); }
void heap_drop_roots(const void *from, const void *to) { GC_remove_roots((void *)(uintptr_t)from, (void *)(uintptr_t)to); }

bool heap_is_object(const void *address) { return GC_base((void *)(uintptr_t)address) == address; }

bool heap_set_finalizer(void *object, HeapFinalizer fn, void *data) {
  GC_finalization_proc before;
  void *data_before;
  GC_register_finalizer(object, fn, data, &before, &data_before);
  if (!fn || !before) return true;
  GC_register_finalizer(object, before, data_before, NULL, NULL);
  return false;
}

bool heap_finalizers_wait(void) { return GC_should_invoke_finalizers(); }
void heap_run_finalizers(void) { GC_invoke_finalizers(); }

static bool collected_since(uint32_t before) { return before != atomic_load_explicit(&heap.collections, memory_order_acquire); }

// A program that has used up its first heap is worth helping, though it is one thread.
static void get_help(void) {
  if (!atomic_load_explicit(&heap.threaded, memory_order_relaxed) && collected_since(0)) heap_allow_threads();
}

// libgc adds a byte so that one-past-the-end pointers keep an object; we make none, and ask for one byte less.
static void *obtain(size_t size, bool pointer_free) {
  get_help();
  void *p = pointer_free ? GC_malloc_atomic(size ? size - 1 : 0) : GC_generic_malloc(size ? size - 1 : 0, heap.scanned);
  if (!p) heap_exhausted(size);
  return pointer_free ? memset(p, 0, size) : p;
}

// Scanned objects are zero but for the link of the chain.
static inline void clear_fresh(void *p, size_t granules, bool pointer_free) {
  if (!pointer_free) *(void **)p = NULL;
  else if (granules > 8) memset(p, 0, granules * 16);
  else
    for (size_t i = 0; i < granules; i++) _mm_store_si128((__m128i *)p + i, _mm_setzero_si128());
}

// Take a batch from libgc into the class's array; one of them is the result. Objects beyond the array's room are
// unreachable again at once, so the collector takes them back.
//
// The batch comes as a chain through the objects' first words. The collector follows it for scanned objects, whose head
// is on our C stack, but not for pointer-free ones: if a collection began since we asked, their tail may be in use again; and it
// clears what lies above `count`. So the chain is first copied, read only, into the array, which the collector scans up to `count`; only
// if no collection began by then are the objects ours. Otherwise we ask again. A link is followed only after the same check: it may be
// somebody's integer.
static void *refill(HeapClass *class, size_t granules, bool pointer_free) {
  get_help();
  size_t size = granules * 16;
  if (!class->objects) {
    class->capacity = (uint32_t)(4096 / size);
    class->objects = heap_root(class->capacity * sizeof(void *));
  }
  void *list;
  uint32_t before;
  do {
    class->count = 0;
    before = atomic_load_explicit(&heap.collections, memory_order_acquire);
    list = NULL;
    GC_generic_malloc_many(size, pointer_free ? GC_I_PTRFREE : heap.scanned, &list);
    if (!list) heap_exhausted(size);
    uint32_t n = 0;
    for (void *next = *(void **)list; next && n < class->capacity; next = *(void **)next) {
      if (collected_since(before)) break;
      class->objects[n++] = next;
    }
    atomic_signal_fence(memory_order_seq_cst); // a collection after this finds them
    class->count = n;
    atomic_signal_fence(memory_order_seq_cst);
  } while (collected_since(before));
  for (uint32_t i = 0; i < class->count; i++) clear_fresh(class->objects[i], granules, pointer_free);
  clear_fresh(list, granules, pointer_free);
  return list;
}

void *heap_code(size_t size) {
  void *p = GC_generic_malloc(size - 1, heap.code);
  if (!p) heap_exhausted(size);
  tell_fresh(NULL, p, size);
  return p;
}

void *heap_code_block(const void *address) {
  void *block = GC_base((void *)(uintptr_t)address);
  return block && GC_get_kind_and_size(block, NULL) == heap.code ? block : NULL;
}

void *heap_root(size_t size) {
  void *p = GC_malloc_uncollectable(size);
  if (!p) heap_exhausted(size);
  return p;
}
void heap_free_root(void *p) { GC_free(p); }

// Where a class has no room, the collector finds the object.
void heap_release_slow(void *p, size_t granules) {
  if (heap.stress) memset(p, HEAP_POISON, granules ? granules * 16 : GC_size(p));
  else if (!granules) GC_free(p);
}

static void count_object(void *object, size_t bytes, void *count) { ++*(uint64_t *)count; }

// Of the last collection: how many objects were alive, and how many there had been.
typedef struct { uint64_t reachable, objects; } Survivors;
static void *count_survivors(void *survivors) {
  Survivors *s = survivors;
  GC_enumerate_reachable_objects_inner(count_object, &s->reachable);
  s->objects = heap.collected_objects;
  return NULL;
}

HeapStats heap_stats(void) {
  Survivors survivors = {0};
  GC_call_with_alloc_lock(count_survivors, &survivors);
  HeapStats s = {.heap_bytes = GC_get_heap_size() - GC_get_free_bytes(), .collections = GC_get_gc_no()};
  count_allocated(&s);
  if (survivors.objects > survivors.reachable) s.frees = survivors.objects - survivors.reachable;
  return s;
}

#endif

// --- shared by both

void *heap_plain(size_t size) {
  void *p = calloc(1, size);
  if (!p) heap_exhausted(size);
  return p;
}

void *heap_plain_grow(void *p, size_t size) {
  p = realloc(p, size);
  if (!p) heap_exhausted(size);
  return p;
}

HeapCache *heap_cache_new(void) {
  HeapCache *cache = heap_root(sizeof *cache);
  pthread_mutex_lock(&heap.lock);
  cache->next = heap.caches;
  heap.caches = cache;
  pthread_mutex_unlock(&heap.lock);
  return cache;
}

void heap_cache_free(HeapCache *cache) {
  pthread_mutex_lock(&heap.lock);
  HeapCache **link = &heap.caches;
  while (*link != cache) link = &(*link)->next;
  *link = cache->next;
  count_used(cache, &heap.dead_bytes, &heap.dead_objects);
  pthread_mutex_unlock(&heap.lock);
  for (size_t i = 0; i < HEAP_CLASSES; i++)
    if (cache->classes[i].objects) heap_free_root(cache->classes[i].objects);
  heap_free_root(cache);
}

void *heap_alloc_slow(HeapCache *cache, size_t size, bool pointer_free) {
  if (heap.stress && cache->objects % heap.stress == 0) heap_collect();
  size_t granules = size ? (size + 15) / 16 : 1;
  uint32_t taken = 0;
  void *p;
  if (heap.stress || size > HEAP_CLASS_LIMIT) {
    p = obtain(size > HEAP_CLASS_LIMIT ? size : granules * 16, pointer_free);
  } else {
    HeapClass *class = &cache->classes[heap_class(granules * 16, pointer_free)];
    p = refill(class, granules, pointer_free);
    taken = class->count;
    for (uint32_t i = 0; i < taken; i++) tell_fresh(cache->watch, class->objects[i], granules * 16);
  }
  cache->bytes += (1ull + taken) * granules * 16, cache->objects += 1 + taken;
  tell_fresh(cache->watch, p, granules * 16);
  return p;
}

void *heap_new(HeapCache *cache, const RType *t) { return heap_alloc(cache, t->size, t->pointer_free); }
