#include "bytecode/rtype.h"

#include <string.h>

// Go names the first missing method in alphabetical order; an interface's methods lie in order of their ids.
bool rtype_implements(const RType *t, const RType *iface, const char **missing) {
  const char *lacking = NULL;
  for (uint32_t i = 0; i < iface->method_count; i++) {
    const RMethod *m = &iface->methods[i];
    if (rtype_method(t, m->id)) continue;
    if (!missing) return false;
    if (!lacking || strcmp(m->name, lacking) < 0) lacking = m->name;
  }
  if (lacking) *missing = lacking;
  return !lacking;
}

void rtype_link(RType *t, uint32_t index, struct Function *function) {
  RMethod *m = &t->methods[index];
  RDispatch *d = &t->dispatch[m->id & t->dispatch_mask];
  while (d->index != index || d->id != m->id)
    if (++d == t->dispatch + t->dispatch_mask + 1) d = t->dispatch;
  __atomic_store_n(&m->function, function, __ATOMIC_RELEASE);
  if (m->recv_mode == RECV_WORD) __atomic_store_n(&d->function, function, __ATOMIC_RELEASE);
}
