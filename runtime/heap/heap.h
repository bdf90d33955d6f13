// The collected heap. One Heap a process (libgc has one), one HeapCache a worker: allocation takes from the worker's
// own free objects and touches no lock in the common case.
//
// Invariants: memory from here is zeroed, 16-byte aligned (objects of 8 bytes: 8), never moves, and lives as long as a
// pointer to or into it is reachable from a goroutine's live stack, a global, an uncollectable block or a C stack.
// Built with -Dheap=malloc nothing is ever collected.
#ifndef HEAP_HEAP_H
#define HEAP_HEAP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heap/value.h"

// Free objects of one size and kind (rtype_heap_class), all zero, taken from libgc in batches. An array and not a list: every entry is
// marked by a collection on its own, whatever the object's kind, so nothing in here is ever reclaimed under us. Class 0, of what is
// too large or has no size, is always empty and has no room.
typedef struct {
  void **objects;
  uint32_t count, capacity;
} HeapClass;

// owner: one worker thread
typedef struct HeapCache {
  HeapClass classes[HEAP_CLASSES];
  uint64_t bytes, objects;    // allocated through this cache, those in classes included, for heap_stats
  void *watch;                // an observer's own; NULL on threads that are no workers
  struct HeapCache *next;     // all caches; guarded by the heap's lock
} HeapCache;

// Once a process, before any thread exists. Sets libgc up; `on_out_of_memory` is called when memory is exhausted: by any
// thread, whatever locks it holds, and it must not return.
void heap_init(void (*on_out_of_memory)(size_t bytes));
// A cache for one worker thread (uncollectable memory, scanned).
HeapCache *heap_cache_new(void);
void heap_cache_free(HeapCache *cache);
// From now on other threads may register. By one that may allocate, before it makes the first of them; again does nothing.
void heap_allow_threads(void);
// The calling thread may allocate from now on / is about to end.
void heap_thread_register(void);
void heap_thread_unregister(void);

// Zeroed memory. pointer_free: the collector does not look inside. size 0 gives a valid address.
void *heap_alloc_slow(HeapCache *cache, size_t size, bool pointer_free);
// A collection, which may stop this thread anywhere, forgets what lies above `count`: so the entry is read before count goes down, and
// written after it has gone up.
static inline void *heap_class_take(HeapClass *class) { // which has one
  void *p = class->objects[class->count - 1];
  atomic_signal_fence(memory_order_seq_cst);
  class->count--;
  return p;
}
static inline void heap_class_put(HeapClass *class, void *p) { // which has room
  uint32_t i = class->count++;
  atomic_signal_fence(memory_order_seq_cst);
  class->objects[i] = p;
}
static inline void *heap_alloc(HeapCache *cache, size_t size, bool pointer_free) {
  HeapClass *class = &cache->classes[heap_class(size, pointer_free)];
  return class->count ? heap_class_take(class) : heap_alloc_slow(cache, size, pointer_free);
}
// Give back an object from heap_alloc that nothing points to any more, of this class and so many granules. With stress it is never
// used again, and filled with HEAP_POISON.
enum { HEAP_POISON = 0xA5 };
void heap_release_slow(void *p, size_t granules);
static inline void heap_release(HeapCache *cache, void *p, size_t class_number, size_t granules) {
  HeapClass *class = &cache->classes[class_number];
  if (class->count < class->capacity) { // with stress, none has room
    for (size_t i = 0; i < granules; i++) _mm_store_si128((__m128i *)p + i, _mm_setzero_si128());
    heap_class_put(class, p);
  } else {
    heap_release_slow(p, granules);
  }
}
// A new zeroed value of type t.
void *heap_new(HeapCache *cache, const RType *t);
// Never collected, scanned; for roots that only C memory points to. Free with heap_free_root.
void *heap_root(size_t size);
void heap_free_root(void *p);
// Memory for code, scanned like any other and collected when nothing points to or into it.
void *heap_code(size_t size);
// The block of heap_code that an address lies in; NULL: none. Any address will do; any thread.
void *heap_code_block(const void *address);
// Look for pointers in [from, to) too; may be called again with a larger `to`.
void heap_add_roots(const void *from, const void *to);
void heap_drop_roots(const void *from, const void *to);
// Plain zeroed memory that the collector does not see, for what is no object of the program; the caller's to free(). Never NULL.
void *heap_plain(size_t size);
void *heap_plain_grow(void *p, size_t size); // realloc; what is added is not zeroed
// There is no memory for so many bytes: ends the process by heap_init's function. Any locks may be held.
_Noreturn void heap_exhausted(size_t bytes);
// Collect now (runtime.GC, tests).
void heap_collect(void);
// Finalizers (runtime.SetFinalizer). Once nothing else refers to an object that has one, fn(object, data) is called by the next
// heap_run_finalizers, which brings it back to life; objects that it refers to have their turn after it, and those that refer to
// each other in a circle never. data must not refer to the object; it lives until then.
typedef void (*HeapFinalizer)(void *object, void *data);
// Is this the address of an object of the heap, and not somewhere within one? With -Dheap=malloc nothing is garbage, and any address will do.
bool heap_is_object(const void *address);
// fn NULL: the object has no finalizer any more. False: it has another one already, and keeps that.
bool heap_set_finalizer(void *object, HeapFinalizer fn, void *data);
// Whom to tell that finalizers wait to be run; once, before threads exist. On the thread that has collected, whatever locks it holds: it
// may only take note.
void heap_on_finalizers(void (*ready)(void));
bool heap_finalizers_wait(void);
void heap_run_finalizers(void); // no locks held
// Debug: collect at every n-th allocation (GOL_DEBUG=gcstress), 0: off. Call before the first cache is made.
void heap_set_stress(uint32_t every);
// Tells an observer of memory that nobody refers to, before it is handed out: NULL nobody. watch: of the cache it is for. One
// observer a process. A thread that is about to allocate may still tell the one before: its context stays valid.
typedef void (*HeapFresh)(void *context, void *watch, void *p, size_t size);
void heap_set_fresh(HeapFresh fresh, void *context);
// frees: objects that the last collection found nothing referring to, and those before it, though libgc's own and the roots count as alive.
typedef struct { uint64_t heap_bytes, total_alloc, mallocs, frees, collections, pause_total_ns; } HeapStats;
HeapStats heap_stats(void);

// --- strings (string.c)
String string_new(HeapCache *c, const void *bytes, uint64_t len);        // copies
char *string_alloc(HeapCache *c, uint64_t len);                          // pointer-free bytes to fill in
String string_concat(HeapCache *c, const String *parts, uint32_t n);
int string_compare(String a, String b);                                  // <0, 0, >0, bytewise
static inline bool string_equal(String a, String b) { return a.len == b.len && (a.ptr == b.ptr || !a.len || !memcmp(a.ptr, b.ptr, a.len)); }
String string_from_rune(HeapCache *c, int64_t rune);
Slice string_to_runes(HeapCache *c, String s);
String string_from_runes(HeapCache *c, Slice runes);
// Decode one rune at s[i]; returns its width (1 and U+FFFD for invalid UTF-8), as Go's range does.
uint32_t string_decode(String s, uint64_t i, int32_t *rune);

// --- slices (slice.c)
// Room for `more` further elements: same array if capacity allows, else a grown copy by Go's growth rule. Length is unchanged.
// Returns false if the length would exceed 2^32 - 1.
bool slice_grow(HeapCache *c, Slice *s, uint64_t more, const RType *elem);
// The capacity that Go's allocator would round a new array of `cap` elements up to.
uint64_t slice_round_capacity(uint64_t cap, const RType *elem);

// --- equality and hash (equal.c). A comparison of interfaces holding an uncomparable type reports it through *bad.
bool value_equal(const RType *t, const void *a, const void *b, const RType **bad);  // memory form
bool slot_equal(const RType *t, const uint64_t *a, const uint64_t *b, const RType **bad); // slot form
bool iface_equal(Iface a, Iface b, const RType **bad);
uint64_t slot_hash(const RType *t, const uint64_t *slot, uint64_t seed, const RType **bad);

// --- interfaces (iface.c)
Iface iface_make(HeapCache *c, const RType *t, const uint64_t *slot);    // boxes unless direct
void iface_unbox(uint64_t *slot, Iface i);                               // the value, slot form

// --- maps (map.c). Keys and values in slot form. Any number of threads may race on a map without breaking the process:
// a table is of fixed size once published, probes are bounded, and a write that meets another write reports it.
typedef struct Map Map;
typedef struct MapIter MapIter;
typedef enum { MAP_OK, MAP_MISSING, MAP_RACE_WRITE /* "concurrent map writes" */, MAP_RACE_READ /* "concurrent map read and map write" */,
               MAP_RACE_ITER /* "concurrent map iteration and map write" */, MAP_UNHASHABLE } MapResult;
Map *map_new(HeapCache *c, const RType *t, uint64_t hint);
uint64_t map_len(const Map *m); // nil: 0
// The value's address inside the table (slot form), valid until the next write; NULL if missing.
MapResult map_get(const Map *m, const RType *t, const uint64_t *key, const uint64_t **value, const RType **bad);
MapResult map_set(HeapCache *c, Map *m, const RType *t, const uint64_t *key, const uint64_t *value, const RType **bad);
MapResult map_delete(Map *m, const RType *t, const uint64_t *key, const RType **bad);
MapResult map_clear(Map *m, const RType *t);
// Iteration as Go specifies: each entry once, entries removed meanwhile are not produced, ones added may be. `seed` chooses the start.
MapIter *map_iter_new(HeapCache *c, Map *m, const RType *t, uint64_t seed);
const RType *map_iter_type(const MapIter *it); // the map's
MapResult map_iter_next(MapIter *it, const uint64_t **key, const uint64_t **value); // MAP_MISSING at the end
bool map_iter_holds(const MapIter *it); // the entry was not deleted by a race since map_iter_next: what was read of it was there together

#endif
