// Interface values: a type and one word, which is the value itself or the address of an immutable box.
#include "heap/heap.h"

Iface iface_make(HeapCache *c, const RType *t, const uint64_t *slot) {
  if (t->direct) return (Iface){t, *slot};
  void *box = heap_new(c, t);
  value_store(box, slot, t);
  return (Iface){t, (uint64_t)(uintptr_t)box};
}

void iface_unbox(uint64_t *slot, Iface i) {
  if (i.type->direct) *slot = i.word;
  else value_load(slot, (const void *)i.word, i.type);
}
