// What package errors asks about types.
#include "std/frame.h"
#include "vm/native.h"

static NativeResult errors_comparable(Worker *w, uint64_t *fp) {
  FRAME(uint64_t result; IfaceArg v);
  f->result = !f->v.type || f->v.type->comparable;
  return NATIVE_DONE;
}

static bool has_error_method(const RType *t) {
  for (uint32_t i = 0; i < t->method_count; i++)
    if (!strcmp(t->methods[i].name, "Error") && t->methods[i].signature &&
        !strcmp(t->methods[i].signature->string, "func() string"))
      return true;
  return false;
}

static NativeResult errors_target_kind(Worker *w, uint64_t *fp) {
  FRAME(int64_t result; IfaceArg target);
  const RType *t = f->target.type;
  if (!t) f->result = 1;
  else if (t->kind != KIND_POINTER || !f->target.word) f->result = 2;
  else f->result = t->elem->kind == KIND_INTERFACE || has_error_method(t->elem) ? 0 : 3;
  return NATIVE_DONE;
}

static NativeResult errors_assign(Worker *w, uint64_t *fp) {
  FRAME(uint64_t result; IfaceArg err, target);
  const RType *wanted = f->target.type->elem, *t = f->err.type;
  void *to = (void *)(uintptr_t)f->target.word;
  f->result = false;
  if (wanted->kind == KIND_INTERFACE) {
    if (!rtype_implements(t, wanted, NULL)) return NATIVE_DONE;
    pair_copy(to, &f->err);
  } else {
    if (t != wanted) return NATIVE_DONE;
    if (t->direct) value_store(to, &f->err.word, t);
    else if (t->shape == SHAPE_PAIR) pair_copy(to, (void *)(uintptr_t)f->err.word);
    else if (t->size) memcpy(to, (void *)(uintptr_t)f->err.word, t->size);
  }
  native_writes(w, to, wanted->size);
  f->result = true;
  return NATIVE_DONE;
}

const NativeRow natives_errors[] = {
  {"comparable", errors_comparable},
  {"targetKind", errors_target_kind},
  {"assign", errors_assign},
  {0},
};
