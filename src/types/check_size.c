// Limits of Go's compiler that are not in the specification: types that are too large. Looked at when all else is well.
#include "types/checker.h"

enum { MAX_CHAN_ELEM = 1 << 16 };
static const int64_t max_type = (int64_t)1 << 50;

typedef struct {
  Node *at;
  Type *type;
} SizeTask;

static void check_size(Checker *c, void *data) {
  SizeTask *task = data;
  Type *t = task->type;
  if (type_is_generic(t) || !type_is_valid(t)) return;
  if (t->kind == TYPE_CHAN && !(layout_size(t->elem) >= 0 && layout_size(t->elem) < MAX_CHAN_ELEM))
    check_error(c, task->at, "channel element type too large (>64kB)");
  else if (t->kind == TYPE_ARRAY && !(layout_size(t) >= 0 && layout_size(t) < max_type))
    check_error(c, task->at, "type %s larger than address space", type_text(c, t));
}

// --- stack frames

enum { MAX_STACK_VAR = 10 << 20 }; // gc moves bigger variables to the heap
static const int64_t max_frame = (int64_t)1 << 30;

// 0 for what is small or not known here.
static int64_t big_size(Type *t) {
  if (!t || !type_is_valid(t) || type_is_generic(t)) return 0;
  TypeKind kind = type_underlying(t)->kind;
  if (kind != TYPE_ARRAY && kind != TYPE_STRUCT) return 0;
  int64_t size = layout_size(t);
  return size < 0 ? max_frame : size;
}

static int64_t add(int64_t total, int64_t size) {
  return __builtin_add_overflow(total, size, &total) ? INT64_MAX : total;
}

void check_frame_value(Checker *c, Type *t) {
  if (c->env.body) c->env.body->temporaries = add(c->env.body->temporaries, big_size(t));
}

typedef struct {
  Pos at;
  int64_t locals, args;
} Frame;

static void check_frame(Checker *c, void *data) {
  Frame *frame = data;
  check_error_pos(c, frame->at, NO_POS, "stack frame too large (>1GB): %lld MB locals + %lld MB args",
                  (long long)frame->locals >> 20, (long long)frame->args >> 20);
}

void check_frame_later(Checker *c, FuncInfo *info, const Body *body) {
  Frame frame = {.at = info->node->pos, .locals = body->temporaries};
  Type *sig = info->signature;
  for (uint32_t i = 0; i < body->vars.len; i++) {
    int64_t size = big_size(body->vars.data[i]->type);
    if (size <= MAX_STACK_VAR) frame.locals = add(frame.locals, size);
  }
  if (sig->recv) frame.args = big_size(sig->recv->type);
  for (uint32_t i = 0; i < sig->param_count; i++) frame.args = add(frame.args, big_size(sig->params[i]->type));
  for (uint32_t i = 0; i < sig->result_count; i++) frame.args = add(frame.args, big_size(sig->results[i]->type));
  if (add(frame.locals, frame.args) < max_frame) return;
  vec_push(&c->sizes, (Action){check_frame, arena_copy(c->arena, &frame, sizeof frame)});
}

// --- all of them

void check_size_later(Checker *c, Node *at, Type *t) {
  SizeTask *task = ARENA_NEW(c->arena, SizeTask);
  *task = (SizeTask){at, t};
  vec_push(&c->sizes, (Action){check_size, task});
}

void check_sizes(Checker *c) {
  if (c->errors) return;
  for (uint32_t i = 0; i < c->sizes.len; i++) c->sizes.data[i].run(c, c->sizes.data[i].data);
}
