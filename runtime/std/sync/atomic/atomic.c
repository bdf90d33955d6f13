// Natives of package sync/atomic: the compiler's sequentially consistent built-ins, one set for each width and sign.
#include "std/frame.h"
#include "vm/native.h"

#define NIL_CHECK(p) \
  if (!(p)) return native_nil_dereference(w)

// The same function serves addr.Add(delta) and Add(addr, delta): only the places of parameters and receiver differ.
#define OPERATIONS(NAME, T, SLOT)                                                          \
  static NativeResult NAME##_fetch_op(Worker *w, uint64_t *fp, T *p, T v, int op) {        \
    NIL_CHECK(p);                                                                          \
    T result = 0;                                                                          \
    native_atomic_begin(w, p);                                                             \
    switch (op) {                                                                          \
    case 0: result = __atomic_add_fetch(p, v, __ATOMIC_SEQ_CST); break;                    \
    case 1: result = __atomic_fetch_and(p, v, __ATOMIC_SEQ_CST); break;                    \
    case 2: result = __atomic_fetch_or(p, v, __ATOMIC_SEQ_CST); break;                     \
    case 3: result = __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST); break;                   \
    }                                                                                      \
    native_atomic_end(w, p, sizeof(T), WATCH_UPDATE);                                      \
    fp[2] = (uint64_t)(SLOT)result;                                                        \
    return NATIVE_DONE;                                                                    \
  }                                                                                        \
  static NativeResult NAME##_load(Worker *w, uint64_t *fp) {                               \
    T *p = (T *)(uintptr_t)fp[3];                                                          \
    NIL_CHECK(p);                                                                          \
    native_atomic_begin(w, p);                                                             \
    fp[2] = (uint64_t)(SLOT)__atomic_load_n(p, __ATOMIC_SEQ_CST);                          \
    native_atomic_end(w, p, sizeof(T), WATCH_LOAD);                                        \
    return NATIVE_DONE;                                                                    \
  }                                                                                        \
  static NativeResult NAME##_store(Worker *w, uint64_t *fp) { /* addr, val */              \
    T *p = (T *)(uintptr_t)fp[2];                                                          \
    NIL_CHECK(p);                                                                          \
    native_atomic_begin(w, p);                                                             \
    __atomic_store_n(p, (T)fp[3], __ATOMIC_SEQ_CST);                                       \
    native_atomic_end(w, p, sizeof(T), WATCH_STORE);                                       \
    return NATIVE_DONE;                                                                    \
  }                                                                                        \
  static NativeResult NAME##_store_method(Worker *w, uint64_t *fp) { /* val, receiver */   \
    T *p = (T *)(uintptr_t)fp[3];                                                          \
    NIL_CHECK(p);                                                                          \
    native_atomic_begin(w, p);                                                             \
    __atomic_store_n(p, (T)fp[2], __ATOMIC_SEQ_CST);                                       \
    native_atomic_end(w, p, sizeof(T), WATCH_STORE);                                       \
    return NATIVE_DONE;                                                                    \
  }                                                                                        \
  static NativeResult NAME##_cas_at(Worker *w, uint64_t *fp, T *p, T old, T new) {         \
    NIL_CHECK(p);                                                                          \
    native_atomic_begin(w, p);                                                             \
    fp[2] = __atomic_compare_exchange_n(p, &old, new, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); \
    native_atomic_end(w, p, sizeof(T), fp[2] ? WATCH_UPDATE : WATCH_LOAD);                 \
    return NATIVE_DONE;                                                                    \
  }                                                                                        \
  static NativeResult NAME##_cas(Worker *w, uint64_t *fp) {                                \
    return NAME##_cas_at(w, fp, (T *)(uintptr_t)fp[3], (T)fp[4], (T)fp[5]);                \
  }                                                                                        \
  static NativeResult NAME##_cas_method(Worker *w, uint64_t *fp) {                         \
    return NAME##_cas_at(w, fp, (T *)(uintptr_t)fp[5], (T)fp[3], (T)fp[4]);                \
  }                                                                                        \
  static NativeResult NAME##_add(Worker *w, uint64_t *fp) {                                \
    return NAME##_fetch_op(w, fp, (T *)(uintptr_t)fp[3], (T)fp[4], 0);                     \
  }                                                                                        \
  static NativeResult NAME##_add_method(Worker *w, uint64_t *fp) {                         \
    return NAME##_fetch_op(w, fp, (T *)(uintptr_t)fp[4], (T)fp[3], 0);                     \
  }                                                                                        \
  static NativeResult NAME##_and(Worker *w, uint64_t *fp) {                                \
    return NAME##_fetch_op(w, fp, (T *)(uintptr_t)fp[3], (T)fp[4], 1);                     \
  }                                                                                        \
  static NativeResult NAME##_and_method(Worker *w, uint64_t *fp) {                         \
    return NAME##_fetch_op(w, fp, (T *)(uintptr_t)fp[4], (T)fp[3], 1);                     \
  }                                                                                        \
  static NativeResult NAME##_or(Worker *w, uint64_t *fp) {                                 \
    return NAME##_fetch_op(w, fp, (T *)(uintptr_t)fp[3], (T)fp[4], 2);                     \
  }                                                                                        \
  static NativeResult NAME##_or_method(Worker *w, uint64_t *fp) {                          \
    return NAME##_fetch_op(w, fp, (T *)(uintptr_t)fp[4], (T)fp[3], 2);                     \
  }                                                                                        \
  static NativeResult NAME##_swap(Worker *w, uint64_t *fp) {                               \
    return NAME##_fetch_op(w, fp, (T *)(uintptr_t)fp[3], (T)fp[4], 3);                     \
  }                                                                                        \
  static NativeResult NAME##_swap_method(Worker *w, uint64_t *fp) {                        \
    return NAME##_fetch_op(w, fp, (T *)(uintptr_t)fp[4], (T)fp[3], 3);                     \
  }

OPERATIONS(i32, int32_t, int64_t)
OPERATIONS(u32, uint32_t, uint64_t)
OPERATIONS(u64, uint64_t, uint64_t)

// --- Value: a pair, exchanged with cmpxchg16b; an observer sees its first word

static NativeResult value_load_native(Worker *w, uint64_t *fp) {
  FRAME(IfaceArg result; Iface * value);
  NIL_CHECK(f->value);
  native_atomic_begin(w, f->value);
  Iface value = iface_load(f->value);
  native_atomic_end(w, f->value, 8, WATCH_LOAD);
  f->result = value;
  return NATIVE_DONE;
}

__attribute__((target("cx16"))) static NativeResult value_exchange(Worker *w, uint64_t *fp) {
  FRAME(uint64_t result; IfaceArg old, new; __int128 * value);
  NIL_CHECK(f->value);
  __int128 old, new;
  memcpy(&old, &f->old, 16);
  memcpy(&new, &f->new, 16);
  native_atomic_begin(w, f->value);
  f->result = __sync_bool_compare_and_swap(f->value, old, new);
  native_atomic_end(w, f->value, 8, f->result ? WATCH_UPDATE : WATCH_LOAD);
  return NATIVE_DONE;
}

static NativeResult same_type(Worker *w, uint64_t *fp) {
  FRAME(uint64_t result; IfaceArg a, b);
  f->result = f->a.type == f->b.type;
  return NATIVE_DONE;
}

#define FUNCTIONS(TYPE, NAME)                                                                                  \
  {"Add" TYPE, NAME##_add}, {"And" TYPE, NAME##_and}, {"Or" TYPE, NAME##_or}, {"Load" TYPE, NAME##_load},      \
    {"Store" TYPE, NAME##_store}, {"Swap" TYPE, NAME##_swap}, {"CompareAndSwap" TYPE, NAME##_cas}
#define METHODS(TYPE, NAME)                                                                                    \
  {"(*" TYPE ").Load", NAME##_load}, {"(*" TYPE ").Store", NAME##_store_method},                               \
    {"(*" TYPE ").Swap", NAME##_swap_method}, {"(*" TYPE ").CompareAndSwap", NAME##_cas_method},               \
    {"(*" TYPE ").Add", NAME##_add_method}, {"(*" TYPE ").And", NAME##_and_method}, {"(*" TYPE ").Or", NAME##_or_method}

const NativeRow natives_sync_atomic[] = {
  METHODS("Int64", u64),
  METHODS("Int32", i32),
  FUNCTIONS("Int64", u64),
  FUNCTIONS("Int32", i32),
  METHODS("Uint64", u64),
  METHODS("Uint32", u32),
  METHODS("Bool", u32),
  METHODS("Pointer", u64),
  FUNCTIONS("Uint64", u64),
  FUNCTIONS("Uint32", u32),
  METHODS("Uintptr", u64),
  FUNCTIONS("Uintptr", u64),
  {"LoadPointer", u64_load}, {"StorePointer", u64_store}, {"SwapPointer", u64_swap}, {"CompareAndSwapPointer", u64_cas},
  {"(*Value).Load", value_load_native},
  {"(*Value).exchange", value_exchange},
  {"sameType", same_type},
  {0},
};
