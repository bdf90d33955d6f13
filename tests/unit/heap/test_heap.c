// Heap layer: maps against a plain model, growth rule, equality and hash, strings.
#include <criterion/criterion.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "heap/heap.h"

static RType int_type = {.kind = KIND_INT, .shape = SHAPE_WORD, .align = 8, .size = 8, .go_size = 8, .slots = 1, .pointer_free = true,
                         .comparable = true, .plain = true, .direct = true, .id = 1};
static RType float_type = {.kind = KIND_FLOAT64, .shape = SHAPE_WORD, .align = 8, .size = 8, .go_size = 8, .slots = 1, .pointer_free = true,
                           .comparable = true, .direct = true, .id = 2};
static RType string_type = {.kind = KIND_STRING, .shape = SHAPE_PAIR, .align = 16, .size = 16, .go_size = 16, .slots = 2, .comparable = true, .id = 3};
static RType byte_type = {.kind = KIND_UINT8, .shape = SHAPE_U8, .align = 1, .size = 1, .go_size = 1, .slots = 1, .pointer_free = true,
                          .comparable = true, .plain = true, .direct = true, .id = 4};

static HeapCache *setup(void) {
  static bool ready;
  if (!ready) heap_init(NULL);
  ready = true;
  return heap_cache_new();
}

Test(map, agrees_with_a_model) {
  HeapCache *c = setup();
  RType type = {.kind = KIND_MAP, .key = &int_type, .elem = &int_type};
  enum { KEYS = 3000 };
  static bool present[KEYS];
  static uint64_t values[KEYS];
  uint64_t count = 0;
  Map *m = map_new(c, &type, 0);
  const RType *bad;
  srand(7);
  for (uint64_t i = 0; i < 400000; i++) {
    uint64_t key = (uint64_t)rand() % KEYS;
    const uint64_t *value;
    switch (rand() % 3) {
    case 0:
      cr_assert_eq(map_set(c, m, &type, &key, &i, &bad), MAP_OK);
      count += !present[key];
      present[key] = true, values[key] = i;
      break;
    case 1:
      cr_assert_eq(map_delete(m, &type, &key, &bad), present[key] ? MAP_OK : MAP_MISSING);
      count -= present[key];
      present[key] = false;
      break;
    default:
      cr_assert_eq(map_get(m, &type, &key, &value, &bad), present[key] ? MAP_OK : MAP_MISSING);
      if (present[key]) cr_assert_eq(*value, values[key]);
    }
    cr_assert_eq(map_len(m), count);
  }
  MapIter *it = map_iter_new(c, m, &type, 12345);
  const uint64_t *key, *value;
  while (map_iter_next(it, &key, &value) == MAP_OK) {
    cr_assert(present[*key] && *value == values[*key]);
    present[*key] = false; // each once
    count--;
  }
  cr_assert_eq(count, 0);
}

Test(map, iterates_over_what_is_left_while_it_grows_and_shrinks) {
  HeapCache *c = setup();
  RType type = {.kind = KIND_MAP, .key = &int_type, .elem = &int_type};
  Map *m = map_new(c, &type, 0);
  const RType *bad;
  for (uint64_t i = 0; i < 100; i++) map_set(c, m, &type, &i, &i, &bad);
  for (uint64_t i = 0; i < 50; i++) map_delete(m, &type, &i, &bad);
  MapIter *it = map_iter_new(c, m, &type, 3);
  const uint64_t *key, *value;
  uint64_t old = 0;
  for (uint64_t n = 1000; map_iter_next(it, &key, &value) == MAP_OK; n++) {
    if (*key < 100) old++;
    cr_assert(*key >= 50);
    map_set(c, m, &type, &n, &n, &bad); // grows the table under the iterator
  }
  cr_assert_eq(old, 50);
}

Test(map, string_keys_and_nan) {
  HeapCache *c = setup();
  RType strings = {.kind = KIND_MAP, .key = &string_type, .elem = &string_type}, floats = {.kind = KIND_MAP, .key = &float_type, .elem = &int_type};
  Map *m = map_new(c, &strings, 0);
  const RType *bad;
  const uint64_t *value;
  for (int i = 0; i < 1000; i++) {
    char text[16];
    int n = snprintf(text, sizeof text, "key%d", i);
    _Alignas(16) uint64_t slot[2];
    slot_put_string(slot, string_new(c, text, (uint64_t)n));
    map_set(c, m, &strings, slot, slot, &bad);
  }
  _Alignas(16) uint64_t probe[2];
  slot_put_string(probe, (String){"key567", 6});
  cr_assert_eq(map_get(m, &strings, probe, &value, &bad), MAP_OK);
  cr_assert(string_equal(slot_string(value), (String){"key567", 6}));
  Map *f = map_new(c, &floats, 0);
  uint64_t nan = float_slot(NAN), minus = float_slot(-0.0), plus = float_slot(0.0), one = 1;
  for (int i = 0; i < 3; i++) map_set(c, f, &floats, &nan, &one, &bad);
  cr_assert_eq(map_len(f), 3);
  cr_assert_eq(map_get(f, &floats, &nan, &value, &bad), MAP_MISSING);
  map_set(c, f, &floats, &minus, &one, &bad);
  cr_assert_eq(map_get(f, &floats, &plus, &value, &bad), MAP_OK);
}

// Capacities as Go 1.23 prints them for appends one by one.
Test(slice, grows_as_go_does) {
  HeapCache *c = setup();
  static const uint32_t ints[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 848, 1280, 1792, 2560};
  static const uint32_t bytes[] = {8, 16, 32, 64, 128, 256, 512, 896, 1408, 2048, 3072};
  Slice s = {0};
  uint32_t seen = 0;
  for (uint32_t last = 0; seen < sizeof ints / sizeof *ints; s.len++) {
    cr_assert(slice_grow(c, &s, 1, &int_type));
    if (s.cap != last) cr_assert_eq(last = s.cap, ints[seen++]);
  }
  s = (Slice){0}, seen = 0;
  for (uint32_t last = 0; seen < sizeof bytes / sizeof *bytes; s.len++) {
    cr_assert(slice_grow(c, &s, 1, &byte_type));
    if (s.cap != last) cr_assert_eq(last = s.cap, bytes[seen++]);
  }
}

Test(equal, interfaces_compare_type_and_value) {
  HeapCache *c = setup();
  const RType *bad = NULL;
  RType slice = {.kind = KIND_SLICE, .shape = SHAPE_PAIR, .align = 16, .size = 16, .slots = 2};
  uint64_t five = 5;
  Iface a = iface_make(c, &int_type, &five), b = iface_make(c, &int_type, &five), x = iface_make(c, &byte_type, &five);
  cr_assert(iface_equal(a, b, &bad));
  cr_assert_not(iface_equal(a, x, &bad));
  _Alignas(16) uint64_t pair[2] = {0};
  Iface s = iface_make(c, &slice, pair);
  cr_assert_null(bad);
  iface_equal(s, s, &bad);
  cr_assert_eq(bad, &slice);
}

typedef struct {
  _Alignas(16) uint64_t pair[2];
  bool done; // atomic
} Changing;

static void *change(void *context) {
  Changing *c = context;
  for (uint64_t i = 0; i < 20000000; i++) {
    _Alignas(16) String made = {(const char *)(uintptr_t)i, ~i};
    pair_copy(c->pair, &made);
    __asm__ volatile("" ::: "memory");
  }
  __atomic_store_n(&c->done, true, __ATOMIC_RELAXED);
  return NULL;
}

// What is made of halves is stored in one piece, and what only the halves are used of is loaded so: compilers like to do it in two.
Test(value, pairs_are_not_torn) {
  Changing c = {.pair = {0, ~0ull}};
  pthread_t thread;
  cr_assert_eq(pthread_create(&thread, NULL, change, &c), 0);
  uint64_t torn = 0;
  while (!__atomic_load_n(&c.done, __ATOMIC_RELAXED)) {
    String s = string_load(c.pair);
    torn += (uint64_t)(uintptr_t)s.ptr != ~s.len;
  }
  pthread_join(thread, NULL);
  cr_assert_eq(torn, 0u);
}

Test(string, runes_and_invalid_utf8) {
  HeapCache *c = setup();
  Slice runes = string_to_runes(c, (String){"a\xff\xe2\x82\xac", 5});
  cr_assert_eq(runes.len, 3);
  cr_assert_eq(((int32_t *)runes.ptr)[1], 0xFFFD);
  cr_assert_eq(((int32_t *)runes.ptr)[2], 0x20AC);
  cr_assert_eq(string_from_runes(c, runes).len, 7);
  cr_assert_eq(string_from_rune(c, -1).len, 3);
  String parts[] = {{"", 0}, {"ab", 2}, {"", 0}};
  cr_assert_eq(string_concat(c, parts, 3).ptr, parts[1].ptr); // one non-empty part is the result itself
  cr_assert_lt(string_compare((String){"a", 1}, (String){"ab", 2}), 0);
}

// Objects stay apart and zeroed, whatever collections happen in between.
Test(heap, objects_survive_collections) {
  HeapCache *c = setup();
  enum { N = 2000 };
  uint64_t **keep = heap_root(N * sizeof *keep);
  for (uint64_t i = 0; i < N; i++) {
    size_t size = 8 + (i * 37) % 700;
    keep[i] = heap_alloc(c, size, i % 2);
    for (size_t k = 0; k < size / 8; k++) cr_assert_eq(keep[i][k], 0);
    for (size_t k = 0; k < size / 8; k++) keep[i][k] = i;
    if (i % 100 == 0) heap_collect();
  }
  for (uint64_t i = 0; i < N; i++)
    for (size_t k = 0; k < (8 + (i * 37) % 700) / 8; k++) cr_assert_eq(keep[i][k], i);
  heap_free_root(keep);
}

// What was given back is the next of its class, zeroed, and does not count as allocated.
Test(heap, released_objects_are_used_again) {
  HeapCache *c = setup();
  for (size_t size = 1; size <= 600; size += 7) {
    for (int pointer_free = 0; pointer_free < 2; pointer_free++) {
      uint64_t *first = heap_alloc(c, size, pointer_free);
      HeapStats before = heap_stats();
      for (int i = 0; i < 3; i++) {
        uint32_t class = heap_class(size, pointer_free);
        uint64_t *p = heap_alloc(c, size, pointer_free);
        for (size_t k = 0; k < size / 8; k++) cr_assert_eq(p[k], 0);
        memset(p, 0x5a, size);
        heap_release(c, p, class, heap_class_size(class) / 16);
#ifndef GOL_HEAP_MALLOC
        if (class) cr_assert_eq(heap_alloc(c, size, pointer_free), p);
        if (class) heap_release(c, p, class, heap_class_size(class) / 16);
        if (class) cr_assert_eq(heap_stats().mallocs, before.mallocs);
#endif
      }
      for (size_t k = 0; k < size / 8; k++) cr_assert_eq(first[k], 0);
    }
  }
}
