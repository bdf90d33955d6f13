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

// A pair moves with one aligned 16-byte access, so that a racing reader sees the old or the new one, never halves.
static inline void pair_copy(void *to, const void *from) { _mm_store_si128((__m128i *)to, _mm_load_si128((const __m128i *)from)); }

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
  case SHAPE_BLOCK: memcpy(slot, mem, t->size); break;
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
  case SHAPE_BLOCK: memcpy(mem, slot, t->size); break;
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
