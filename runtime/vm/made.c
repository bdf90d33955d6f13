// The code of functions made at run time. It is the same for all of them; what differs, the size of their frames and
// where their parameters lie, is in their Functions, and what they work on in their closures.
//
//   call      | link | closure | callee | - | link | closure | block's slots ...
//   function  | link | closure | block  | handle | link | closure | block      over the parameters, which are in the block
//                                                ^ slot WINDOW
#include "vm/made.h"

#include "bytecode/program.h"
#include "vm/runtime.h"

enum { WINDOW = 4, CALLEE = 2, HANDLE = 3, CODE = 7 };

uint32_t block_place(uint32_t *top, const RType *t) {
  if (t->align == 16) *top = (*top + 1) & ~1u;
  uint32_t slot = *top;
  *top += t->slots;
  return slot;
}

BlockExtent block_extent(const RType *sig) {
  BlockExtent e;
  uint32_t top = BLOCK_FIRST;
  for (uint32_t i = 0; i < sig->out_count; i++) block_place(&top, sig->out[i]);
  e.results = top - BLOCK_FIRST;
  e.params = top;
  for (uint32_t i = 0; i < sig->in_count; i++) block_place(&top, sig->in[i]);
  e.end = top;
  return e;
}

static NativeResult call_load(Worker *w, uint64_t *fp) {
  Block *b = made_block(fp);
  fp[CALLEE] = (uint64_t)(uintptr_t)b->callee;
  memcpy(fp + WINDOW + 2, b->slots, (b->end - 2) * 8);
  return NATIVE_DONE;
}

static NativeResult call_store(Worker *w, uint64_t *fp) {
  Block *b = made_block(fp);
  memcpy(b->slots, fp + WINDOW + 2, b->results * 8);
  return NATIVE_DONE;
}

static NativeResult function_save(Worker *w, uint64_t *fp) {
  const Closure *closure = (const Closure *)(uintptr_t)fp[1];
  const Block *shape = made_block(fp);
  Block *b = block_new(w->heap, shape->results, shape->end);
  memcpy(b->slots, fp + 2, (b->end - 2) * 8);
  memset(b->slots, 0, b->results * 8);
  fp[CALLEE] = fp[WINDOW + 2] = (uint64_t)(uintptr_t)b;
  fp[HANDLE] = closure->captures[1];
  return NATIVE_DONE;
}

static NativeResult function_restore(Worker *w, uint64_t *fp) {
  const Block *b = (const Block *)(uintptr_t)fp[CALLEE];
  memcpy(fp + 2, b->slots, b->results * 8);
  return NATIVE_DONE;
}

static NativeFn native_of(const uint64_t *fp, int which) {
  NativeFn fn;
  memcpy(&fn, &((const Closure *)(uintptr_t)fp[1])->captures[1 + which], sizeof fn);
  return fn;
}
static NativeResult wait_first(Worker *w, uint64_t *fp) { return native_of(fp, 0)(w, fp); }
static NativeResult wait_after(Worker *w, uint64_t *fp) { return native_of(fp, 1)(w, fp); }

#define STEP(fn) {.name = "reflect." #fn, .native = fn}
static const Function load = STEP(call_load), store = STEP(call_store), save = STEP(function_save), restore = STEP(function_restore),
                      waiting = STEP(wait_first), waited = STEP(wait_after);
#undef STEP

#define NATIVE(f) {.op = OP_NATIVE}, {.ptr = (void *)(uintptr_t)&(f)}
static const Instr call_code[CODE] = {NATIVE(load), {.op = OP_CALLC, .a = WINDOW, .b = CALLEE}, {.word = 0}, NATIVE(store), {.op = OP_RET}};
static const Instr function_code[CODE] = {NATIVE(save), {.op = OP_CALLC, .a = WINDOW, .b = HANDLE}, {.word = 0}, NATIVE(restore), {.op = OP_RET}};
static const Instr wait_code[CODE] = {NATIVE(waiting), NATIVE(waited), {.op = OP_RET}};
#undef NATIVE

static bool is_in(const Instr *pc, const Instr *code) { return pc >= code && pc < code + CODE; }

bool made_is_code(const Instr *pc) { return is_in(pc, call_code) || is_in(pc, function_code) || is_in(pc, wait_code); }

// --- making

Block *block_new(HeapCache *heap, uint32_t results, uint32_t end) {
  Block *b = heap_alloc(heap, sizeof *b + (end - 2) * 8, false);
  b->results = results;
  b->end = end;
  return b;
}

static Closure *make(Worker *w, const Instr *code, const char *name, uint32_t frame, uint64_t first, uint64_t second, uint64_t third) {
  Function *f = heap_alloc(w->heap, sizeof *f, false);
  f->code = (Instr *)(uintptr_t)code;
  for (int kind = 0; kind < LOOP_KINDS; kind++) atomic_store_explicit(&f->start[kind], code, memory_order_relaxed);
  f->code_len = CODE;
  f->name = name;
  f->frame_slots = (frame + 1) & ~1u;
  f->param_slot = f->recv_slot = 2;
  f->wrapper = true;
  f->program = (Program *)(uintptr_t)worker_runtime(w)->program;
  Closure *c = heap_alloc(w->heap, sizeof *c + 3 * 8, false);
  c->function = f;
  c->captures[0] = first, c->captures[1] = second, c->captures[2] = third;
  return c;
}

Closure *made_call(Worker *w, Block *block) {
  return make(w, call_code, "reflect.Value.Call", WINDOW + block->end, (uint64_t)(uintptr_t)block, 0, 0);
}

Closure *made_function(Worker *w, const Block *shape, uint32_t param_slot, const Closure *handle) {
  uint32_t least = WINDOW + 4;
  Closure *c = make(w, function_code, "reflect.makeFuncStub", shape->end > least ? shape->end : least, (uint64_t)(uintptr_t)shape,
                    (uint64_t)(uintptr_t)handle, 0);
  c->function->result_slots = (uint16_t)shape->results;
  c->function->param_slot = (uint16_t)param_slot;
  c->function->param_slots = (uint16_t)(shape->end - param_slot);
  c->function->recv_slot = (uint16_t)shape->end;
  return c;
}

Closure *made_wait(Worker *w, Block *block, NativeFn wait, NativeFn after) {
  return make(w, wait_code, "reflect.rselect", block->end, (uint64_t)(uintptr_t)block, (uint64_t)(uintptr_t)wait, (uint64_t)(uintptr_t)after);
}
