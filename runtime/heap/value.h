// Values as the running program holds them. See bytecode/rtype.h for slot form and memory form.
#ifndef HEAP_VALUE_H
#define HEAP_VALUE_H

#include <emmintrin.h>
#include <stdint.h>
#include <string.h>

#include "bytecode/program.h"
#include "bytecode/rtype.h"

typedef struct { const char *ptr; uint64_t len; } String;             // bytes, immutable, not terminated
typedef struct { void *ptr; uint32_t len, cap; } Slice;
typedef struct { const RType *type; uint64_t word; } Iface;           // nil: type NULL

// A pair moves with one aligned 16-byte access, so that a racing reader sees the old or the new one, never halves. The instruction is written out, as
// compilers make two accesses where only the halves of a vector are used, or where it is made of halves, even if it is volatile.
#ifdef GOL_TSAN // has to see what is accessed
static inline __m128i pair_get(const void *from) { return *(const volatile __m128i *)from; }
static inline void pair_put(void *to, __m128i pair) { *(volatile __m128i *)to = pair; }
#else
#ifdef GOL_ASAN // likewise, though not how
#define PAIR_SEEN(p) ((void)*(const volatile char *)(p), (void)((const volatile char *)(p))[15])
#else
#define PAIR_SEEN(p) ((void)0)
#endif
static inline __attribute__((always_inline)) __m128i pair_get(const void *from) {
  __m128i pair;
  PAIR_SEEN(from);
  __asm__("movdqa %1, %0" : "=x"(pair) : "m"(*(const __m128i *)from));
  return pair;
}
static inline __attribute__((always_inline)) void pair_put(void *to, __m128i pair) {
  PAIR_SEEN(to);
  __asm__("movdqa %1, %0" : "=m"(*(__m128i *)to) : "x"(pair));
}
#endif
static inline __m128i pair_of(uint64_t low, uint64_t high) { return _mm_set_epi64x((long long)high, (long long)low); }
static inline void pair_copy(void *to, const void *from) { pair_put(to, pair_get(from)); }
static inline void pair_clear(void *pair) { pair_put(pair, _mm_setzero_si128()); }

// What is there, in one piece.
#define DEFINE_LOAD(name, T)          \
  static inline T name(const void *from) { \
    T value;                          \
    __m128i pair = pair_get(from);    \
    memcpy(&value, &pair, 16);        \
    return value;                     \
  }
DEFINE_LOAD(string_load, String)
DEFINE_LOAD(slice_load, Slice)
DEFINE_LOAD(iface_load, Iface)
#undef DEFINE_LOAD

// Blocks: pairs inside them move whole, so a copy of a struct cannot tear a string either. Both ends have the block's
// alignment; blocks aligned below 16 hold no pair and are copied by bytes (words are not torn by memcpy on this machine).
static inline void block_copy(void *to, const void *from, size_t size, uint8_t align) {
  if (align < 16) {
    memcpy(to, from, size);
    return;
  }
  for (size_t i = 0; i < size; i += 16) pair_copy((char *)to + i, (const char *)from + i);
}

// Copy n slots that hold one value in slot form; `pairs`: it may hold pairs (then both ends are 16-byte aligned).
static inline void slots_copy(uint64_t *to, const uint64_t *from, uint32_t n, bool pairs) {
  if (n == 1) {
    *to = *from;
    return;
  }
  if (!pairs) {
    for (uint32_t i = 0; i < n; i++) to[i] = from[i];
    return;
  }
  for (uint32_t i = 0; i + 1 < n; i += 2) pair_copy(to + i, from + i);
  if (n & 1) to[n - 1] = from[n - 1];
}

// Slot form <-> memory form (the only difference: scalars narrower than a word).
static inline void value_load(uint64_t *slot, const void *mem, const RType *t) {
  switch (t->shape) {
  case SHAPE_NONE: break;
  case SHAPE_I8: *slot = (uint64_t)(int64_t)*(const int8_t *)mem; break;
  case SHAPE_U8: *slot = *(const uint8_t *)mem; break;
  case SHAPE_I16: *slot = (uint64_t)(int64_t)*(const int16_t *)mem; break;
  case SHAPE_U16: *slot = *(const uint16_t *)mem; break;
  case SHAPE_I32: *slot = (uint64_t)(int64_t)*(const int32_t *)mem; break;
  case SHAPE_U32: *slot = *(const uint32_t *)mem; break;
  case SHAPE_WORD: *slot = *(const uint64_t *)mem; break;
  case SHAPE_PAIR: pair_copy(slot, mem); break;
  case SHAPE_BLOCK: block_copy(slot, mem, t->size, t->align); break;
  }
}

static inline void value_store(void *mem, const uint64_t *slot, const RType *t) {
  switch (t->shape) {
  case SHAPE_NONE: break;
  case SHAPE_I8: case SHAPE_U8: *(uint8_t *)mem = (uint8_t)*slot; break;
  case SHAPE_I16: case SHAPE_U16: *(uint16_t *)mem = (uint16_t)*slot; break;
  case SHAPE_I32: case SHAPE_U32: *(uint32_t *)mem = (uint32_t)*slot; break;
  case SHAPE_WORD: *(uint64_t *)mem = *slot; break;
  case SHAPE_PAIR: pair_copy(mem, slot); break;
  case SHAPE_BLOCK: block_copy(mem, slot, t->size, t->align); break;
  }
}

// Slot views used by natives and op bodies.
static inline String slot_string(const uint64_t *s) { return (String){(const char *)s[0], s[1]}; }
static inline void slot_put_string(uint64_t *s, String v) { s[0] = (uint64_t)(uintptr_t)v.ptr; s[1] = v.len; }
static inline Slice slot_slice(const uint64_t *s) { return (Slice){(void *)s[0], (uint32_t)s[1], (uint32_t)(s[1] >> 32)}; }
static inline void slot_put_slice(uint64_t *s, Slice v) { s[0] = (uint64_t)(uintptr_t)v.ptr; s[1] = (uint64_t)v.len | (uint64_t)v.cap << 32; }
static inline Iface slot_iface(const uint64_t *s) { return (Iface){(const RType *)s[0], s[1]}; }
static inline void slot_put_iface(uint64_t *s, Iface v) { s[0] = (uint64_t)(uintptr_t)v.type; s[1] = v.word; }
static inline double slot_float(uint64_t s) { double d; memcpy(&d, &s, 8); return d; }
static inline uint64_t float_slot(double d) { uint64_t s; memcpy(&s, &d, 8); return s; }

#endif
