// Package atomic in a few instructions: sequentially consistent operations on words of the program's memory. What a worker does while it
// is alone (lock.h) no other thread can see in the middle, and the thread of the second worker starts after it: plain accesses suffice.
#ifndef VM_ATOMIC_H
#define VM_ATOMIC_H

#include <stdbool.h>
#include <stdint.h>

#include "sched/worker.h"

#define ATOMIC_OPERATIONS(bits, T)                                                                  \
  static inline T atomic_add_##bits(bool alone, T *p, T v) {                                        \
    return alone ? (*p += v) : __atomic_add_fetch(p, v, __ATOMIC_SEQ_CST);                          \
  }                                                                                                 \
  static inline void atomic_store_##bits(bool alone, T *p, T v) {                                   \
    if (alone) *p = v;                                                                              \
    else __atomic_store_n(p, v, __ATOMIC_SEQ_CST);                                                  \
  }                                                                                                 \
  static inline bool atomic_cas_##bits(bool alone, T *p, T old, T new) {                            \
    if (!alone) return __atomic_compare_exchange_n(p, &old, new, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); \
    if (*p != old) return false;                                                                    \
    *p = new;                                                                                       \
    return true;                                                                                    \
  }
ATOMIC_OPERATIONS(32, uint32_t)
ATOMIC_OPERATIONS(64, uint64_t)
#undef ATOMIC_OPERATIONS

#endif
