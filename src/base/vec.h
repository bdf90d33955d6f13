// Growable arrays: VEC(T) is a struct {T *data; uint32_t len, cap;}, zeroed at first. All macros take a pointer to it.
//
// vec_* keep their memory with malloc (end with vec_free); avec_push takes it from an arena and leaves the old block
// behind. A vector uses one of the two kinds for its whole life. The pushed expression must not itself push to the same
// vector.
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include "base/arena.h"
#include "base/assert.h"

#include <stdint.h>
#include <stdlib.h>

// clang-format off
#define VEC(T) struct { T *data; uint32_t len, cap; }
// clang-format on

// Ensures room for `n` more elements.
#define vec_reserve(v, n)                                                                                              \
  ((v)->len + (uint64_t)(n) > (v)->cap                                                                                 \
       ? (void)((v)->data = vec_grow((v)->data, &(v)->cap, (v)->len + (uint64_t)(n), sizeof *(v)->data))               \
       : (void)0)
#define vec_push(v, ...) (vec_reserve((v), 1), (void)((v)->data[(v)->len++] = (__VA_ARGS__)))
#define vec_pop(v)       ((v)->data[--(v)->len])
#define vec_last(v)      ((v)->data[(v)->len - 1])
#define vec_clear(v)     ((void)((v)->len = 0))
#define vec_free(v)      (free((v)->data), (v)->data = NULL, (void)((v)->len = (v)->cap = 0))

#define avec_reserve(arena, v, n)                                                                                      \
  ((v)->len + (uint64_t)(n) > (v)->cap                                                                                 \
       ? (void)((v)->data = vec_grow_arena((arena), (v)->data, (v)->len, &(v)->cap, (v)->len + (uint64_t)(n),          \
                                           sizeof *(v)->data))                                                         \
       : (void)0)
#define avec_push(arena, v, ...) (avec_reserve((arena), (v), 1), (void)((v)->data[(v)->len++] = (__VA_ARGS__)))

// Loops over element addresses: VEC_EACH(Diag, d, &diags->list) { use(d->message); }
#define VEC_EACH(T, it, v) for (T *it = (v)->data, *it##_end = it + (v)->len; it != it##_end; it++)

// The growth behind the macros: at least `want` elements, doubling; *cap is updated.
void *vec_grow(void *data, uint32_t *cap, uint64_t want, size_t size);
void *vec_grow_arena(Arena *arena, void *data, uint32_t len, uint32_t *cap, uint64_t want, size_t size);

#endif
