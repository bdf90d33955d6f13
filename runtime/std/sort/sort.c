// Natives of package sort.
#include "std/frame.h"
#include "std/sort/natural.h"
#include "std/sort/swap.h"
#include "vm/native.h"

static NativeResult slice_len(Worker *w, uint64_t *fp) {
  FRAME(int64_t n; IfaceArg x);
  if (!f->x.type || f->x.type->kind != KIND_SLICE) f->n = -1;
  else f->n = ((const Slice *)(uintptr_t)f->x.word)->len;
  return NATIVE_DONE;
}

NativeResult sort_swap_elements(Worker *w, uint64_t *fp) {
  FRAME(IfaceArg x; int64_t i, j);
  Slice s = slice_load((const void *)(uintptr_t)f->x.word);
  const RType *elem = f->x.type->elem;
  if ((uint64_t)f->i >= s.len || (uint64_t)f->j >= s.len) return native_panic_text(w, "reflect: slice index out of range");
  char *a = (char *)s.ptr + (uint64_t)f->i * elem->size, *b = (char *)s.ptr + (uint64_t)f->j * elem->size;
  native_writes(w, a, elem->size);
  native_writes(w, b, elem->size);
  if (elem->shape == SHAPE_PAIR) {
    __m128i x = pair_get(a), y = pair_get(b);
    pair_put(a, y);
    pair_put(b, x);
    return NATIVE_DONE;
  }
  if (elem->size == 8) {
    uint64_t x = *(uint64_t *)a;
    *(uint64_t *)a = *(uint64_t *)b;
    *(uint64_t *)b = x;
    return NATIVE_DONE;
  }
  char small[256];
  for (uint32_t done = 0; done < elem->size;) {
    uint32_t n = elem->size - done < sizeof small ? elem->size - done : sizeof small;
    memcpy(small, a + done, n);
    memcpy(a + done, b + done, n);
    memcpy(b + done, small, n);
    done += n;
  }
  return NATIVE_DONE;
}

static NativeResult sort_all(Worker *w, uint64_t *fp, RKind kind, uint32_t size) {
  FRAME(SliceArg x);
  RType elem = {.kind = (uint8_t)kind, .size = size};
  natural_sort(w, f->x, &elem);
  return NATIVE_DONE;
}

static NativeResult ints(Worker *w, uint64_t *fp) { return sort_all(w, fp, KIND_INT, 8); }
static NativeResult floats(Worker *w, uint64_t *fp) { return sort_all(w, fp, KIND_FLOAT64, 8); }
static NativeResult strings(Worker *w, uint64_t *fp) { return sort_all(w, fp, KIND_STRING, 16); }

const NativeRow natives_sort[] = {
  {"Ints", ints},
  {"Float64s", floats},
  {"Strings", strings},
  {"sliceLen", slice_len},
  {"swapElements", sort_swap_elements},
  {0},
};
