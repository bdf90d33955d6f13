// Natives of package slices.
#include "std/frame.h"
#include "std/sort/natural.h"
#include "vm/native.h"

static NativeResult sort_slice(Worker *w, uint64_t *fp) {
  FRAME(IfaceArg x);
  Slice s = slice_load((const void *)(uintptr_t)f->x.word);
  const RType *elem = f->x.type->elem;
  natural_sort(w, s, elem);
  return NATIVE_DONE;
}

const NativeRow natives_slices[] = {
  {"sortNatural", sort_slice},
  {0},
};
