// Natives of package math/bits.
#include "std/frame.h"
#include "vm/native.h"

static NativeResult len64(Worker *w, uint64_t *fp) {
  fp[2] = fp[3] ? 64 - (uint64_t)__builtin_clzll(fp[3]) : 0;
  return NATIVE_DONE;
}

static NativeResult ones_count64(Worker *w, uint64_t *fp) {
  fp[2] = (uint64_t)__builtin_popcountll(fp[3]);
  return NATIVE_DONE;
}

static NativeResult trailing_zeros64(Worker *w, uint64_t *fp) {
  fp[2] = fp[3] ? (uint64_t)__builtin_ctzll(fp[3]) : 64;
  return NATIVE_DONE;
}

static NativeResult reverse64(Worker *w, uint64_t *fp) {
  uint64_t x = fp[3];
  x = (x >> 1 & 0x5555555555555555) | (x & 0x5555555555555555) << 1;
  x = (x >> 2 & 0x3333333333333333) | (x & 0x3333333333333333) << 2;
  x = (x >> 4 & 0x0f0f0f0f0f0f0f0f) | (x & 0x0f0f0f0f0f0f0f0f) << 4;
  fp[2] = __builtin_bswap64(x);
  return NATIVE_DONE;
}

static NativeResult reverse_bytes64(Worker *w, uint64_t *fp) {
  fp[2] = __builtin_bswap64(fp[3]);
  return NATIVE_DONE;
}

static NativeResult mul64(Worker *w, uint64_t *fp) {
  FRAME(uint64_t high, low, x, y);
  unsigned __int128 all = (unsigned __int128)f->x * f->y;
  f->high = (uint64_t)(all >> 64);
  f->low = (uint64_t)all;
  return NATIVE_DONE;
}

static NativeResult div64(Worker *w, uint64_t *fp) {
  FRAME(uint64_t quotient, rest, high, low, y);
  unsigned __int128 all = (unsigned __int128)f->high << 64 | f->low;
  f->quotient = (uint64_t)(all / f->y);
  f->rest = (uint64_t)(all % f->y);
  return NATIVE_DONE;
}

static NativeResult overflow(Worker *w, uint64_t *fp) {
  return native_panic_error(w, ERROR_RUNTIME, "runtime error: integer overflow");
}

const NativeRow natives_math_bits[] = {
  {"Len64", len64},
  {"OnesCount64", ones_count64},
  {"TrailingZeros64", trailing_zeros64},
  {"Reverse64", reverse64},
  {"ReverseBytes64", reverse_bytes64},
  {"Mul64", mul64},
  {"div64", div64},
  {"overflow", overflow},
  {0},
};
