#include "std/runtime/finalizer.h"

#include <stdio.h>

#include "std/frame.h"
#include "vm/finalizer.h"

#define FATAL(...) (snprintf(text, sizeof text, "runtime.SetFinalizer: " __VA_ARGS__), native_fatal(w, text))

// As runtime.SetFinalizer of Go decides: the parameter is of the pointer's type, another pointer type of the same element, one of the
// two without a name, or an interface that the pointer implements.
static bool takes(const RType *sig, const RType *t) {
  if (sig->variadic || sig->in_count != 1) return false;
  const RType *param = sig->in[0];
  if (param == t) return true;
  if (param->kind == KIND_POINTER) return param->elem == t->elem && (!param->named || !t->named);
  return param->kind == KIND_INTERFACE && rtype_implements(t, param, NULL);
}

NativeResult runtime_set_finalizer(Worker *w, uint64_t *fp) {
  FRAME(IfaceArg object, finalizer; Closure * runner);
  char text[512];
  const RType *t = f->object.type, *sig = f->finalizer.type;
  if (!t) return FATAL("first argument is nil");
  if (t->kind != KIND_POINTER) return FATAL("first argument is %s, not pointer", t->string);
  void *object = (void *)(uintptr_t)f->object.word;
  if (!object) return FATAL("pointer not in allocated block");
  const Runtime *rt = worker_runtime(w);
  bool global = (char *)object >= rt->globals && (char *)object < rt->globals + rt->program->globals_size;
  if (!global && !heap_is_object(object)) return FATAL("pointer not at beginning of allocated block");
  if (global) return NATIVE_DONE; // never garbage
  if (sig && sig->kind != KIND_FUNC) return FATAL("second argument is %s, not a function", sig->string);
  if (sig && !takes(sig, t)) return FATAL("cannot pass %s to finalizer %s%s", t->string, sig->string, sig->variadic ? " because dotdotdot" : "");
  Finalizers *all = finalizers_of(w, f->runner);
  Closure *fn = sig ? (Closure *)(uintptr_t)f->finalizer.word : NULL;
  if (!finalizers_set(w, all, object, t, fn, sig)) return FATAL("finalizer already set");
  return native_done(w);
}

NativeResult runtime_next_finalizer(Worker *w, uint64_t *fp) {
  FRAME(Closure * call);
  f->call = finalizers_next(w, finalizers_of(w, NULL));
  return NATIVE_DONE;
}
