// A scalar value (anything that fits a word) between memory form and a word.
#ifndef STD_VALUE_SCALAR_H
#define STD_VALUE_SCALAR_H

#include "heap/value.h"

// 0 for types of no size. Not for pairs and blocks.
static inline uint64_t scalar_load(const RType *t, const void *mem) {
  switch (t->shape) {
  case SHAPE_I8: return (uint64_t)(int64_t)*(const int8_t *)mem;
  case SHAPE_U8: return *(const uint8_t *)mem;
  case SHAPE_I16: return (uint64_t)(int64_t)*(const int16_t *)mem;
  case SHAPE_U16: return *(const uint16_t *)mem;
  case SHAPE_I32: return (uint64_t)(int64_t)*(const int32_t *)mem;
  case SHAPE_U32: return *(const uint32_t *)mem;
  case SHAPE_WORD: return *(const uint64_t *)mem;
  default: return 0;
  }
}

// And back: the low bytes of the word.
static inline void scalar_store(void *mem, const RType *t, uint64_t word) { memcpy(mem, &word, t->size < 8 ? t->size : 8); }

#endif
