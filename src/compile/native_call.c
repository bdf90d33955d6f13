// Natives that have an instruction of their own: locks, and package atomic. Operands are where the callee's frame has them.
#include "compile/native_call.h"

#include <string.h>

typedef struct {
  const char *name;
  Op op;
  uint8_t b, c; // slots of the callee's frame
} Short;

#define MUTEX(method, op) {"sync.(*Mutex)." method, op, 2, 0}
#define RWMUTEX(method, op) {"sync.(*RWMutex)." method, op, 2, 0}
#define COND(method, op) {"sync.(*Cond)." method, op, 2, 0}
// A type has methods, whose receiver comes last, and functions, whose first parameter is the address. A result comes first.
#define ATOMIC(type, bits, signedness)                                            \
  {"sync/atomic.(*" type ").Add", OP_AADD##bits##signedness, 4, 3},               \
  {"sync/atomic.Add" type, OP_AADD##bits##signedness, 3, 4},                      \
  {"sync/atomic.(*" type ").Load", OP_ALOAD##bits##signedness, 3, 0},             \
  {"sync/atomic.Load" type, OP_ALOAD##bits##signedness, 3, 0},                    \
  {"sync/atomic.(*" type ").Store", OP_ASTORE##bits, 3, 2},                       \
  {"sync/atomic.Store" type, OP_ASTORE##bits, 2, 3},                              \
  {"sync/atomic.(*" type ").CompareAndSwap", OP_ACAS##bits, 5, 3},                \
  {"sync/atomic.CompareAndSwap" type, OP_ACAS##bits, 3, 4}

static const Short shorts[] = {
    MUTEX("Lock", OP_LOCK), MUTEX("Unlock", OP_UNLOCK),
    RWMUTEX("RLock", OP_RLOCK), RWMUTEX("RUnlock", OP_RUNLOCK), RWMUTEX("Lock", OP_WLOCK), RWMUTEX("Unlock", OP_WUNLOCK),
    COND("Signal", OP_SIGNAL), COND("Broadcast", OP_SIGNAL),
    {"sync.load", OP_ALOAD32U, 3, 0}, {"sync.store", OP_ASTORE32, 2, 3},
    ATOMIC("Int64", 64, ), ATOMIC("Uint64", 64, ), ATOMIC("Uintptr", 64, ), ATOMIC("Int32", 32, S), ATOMIC("Uint32", 32, U),
    {"sync/atomic.(*Bool).Load", OP_ALOAD32U, 3, 0}, {"sync/atomic.(*Bool).Store", OP_ASTORE32, 3, 2},
    {"sync/atomic.(*Bool).CompareAndSwap", OP_ACAS32, 5, 3},
    {"sync/atomic.(*Pointer[...]).Load", OP_ALOAD64, 3, 0}, {"sync/atomic.(*Pointer[...]).Store", OP_ASTORE64, 3, 2},
    {"sync/atomic.(*Pointer[...]).CompareAndSwap", OP_ACAS64, 5, 3}, {"sync/atomic.LoadPointer", OP_ALOAD64, 3, 0}, {"sync/atomic.StorePointer", OP_ASTORE64, 2, 3}};

static const Short *find(const char *name) {
  if (strncmp(name, "sync", 4)) return NULL;
  for (size_t i = 0; i < sizeof shorts / sizeof *shorts; i++)
    if (!strcmp(name, shorts[i].name)) return &shorts[i];
  return NULL;
}

void emit_native_call(Fn *f, const char *name, Slot base) {
  const Short *s = find(name);
  if (s) emit(f, s->op, base, base + s->b, s->c ? base + s->c : 0);
  else emit(f, OP_CALLN, base, 0, 0);
}

Op native_op(const char *name) {
  const Short *s = find(name);
  return s ? s->op : OP_CALLN;
}

bool native_is_load(const Object *o) {
  const Object *declared = o->origin ? o->origin : o;
  if (declared->kind != OBJECT_FUNC || !declared->package || !declared->decl || ((const NodeFunc *)declared->decl)->body) return false;
  if (name_is(declared->package->path, "sync")) return name_is(declared->name, "load");
  return name_is(declared->package->path, "sync/atomic") && declared->name->len >= 4 && !memcmp(declared->name->text, "Load", 4);
}
