// Limits of Go's compiler that are not in the specification: types that are too large. Looked at when all else is well.
#include "types/checker.h"

enum { MAX_CHAN_ELEM = 1 << 16 };
static const int64_t max_type = (int64_t)1 << 50;

typedef struct {
  Node* at;
  Type* type;
} SizeTask;

static void check_size(Checker* c, void* data) {
  SizeTask* task = data;
  Type* t = task->type;
  if (type_is_generic(t) || !type_is_valid(t)) return;
  if (t->kind == TYPE_CHAN && !(layout_size(t->elem) >= 0 && layout_size(t->elem) < MAX_CHAN_ELEM))
    check_error(c, task->at, "channel element type too large (>64kB)");
  else if (t->kind == TYPE_ARRAY && !(layout_size(t) >= 0 && layout_size(t) < max_type))
    check_error(c, task->at, "type %s larger than address space", type_text(c, t));
}

void check_size_later(Checker* c, Node* at, Type* t) {
  SizeTask* task = ARENA_NEW(c->arena, SizeTask);
  *task = (SizeTask){at, t};
  vec_push(&c->sizes, (Action){check_size, task});
}

void check_sizes(Checker* c) {
  if (c->errors) return;
  for (uint32_t i = 0; i < c->sizes.len; i++) c->sizes.data[i].run(c, c->sizes.data[i].data);
}
