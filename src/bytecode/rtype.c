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
