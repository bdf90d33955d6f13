// Natives of reflect.Value.Call, methods, MakeFunc, and waiting on channels. Natives call no gol functions: they put a
// call together as a Block (vm/made.h) and give back a func() that makes it.
#include "base/assert.h"
#include "std/reflect/reflect.h"
#include "std/reflect/types.h"
#include "std/value/scalar.h"
#include "vm/made.h"

typedef ReflectValue V;

static void put(Worker *w, uint64_t *slot, const V *v) {
  const void *memory = value_memory(v);
  if (v->flag & FLAG_ADDRESSABLE) native_reads(w, memory, v->type->size);
  value_load(slot, memory, v->type);
}

static V get(HeapCache *heap, const RType *t, const uint64_t *slot) {
  if (t->direct) return (V){t, *slot, t->kind};
  void *box = heap_new(heap, t);
  value_store(box, slot, t);
  return (V){t, (uint64_t)(uintptr_t)box, t->kind | FLAG_INDIRECT};
}

// --- methods

// Of an interface type's method: no function.
NativeResult reflect_method_at(Worker *w, uint64_t *fp) {
  FRAME(StringArg name, package; const RType *signature; uint64_t ok; const RType *t; int64_t i);
  const RMethod *m = method_at(f->t, f->i, NULL);
  f->ok = m != NULL;
  f->name = m ? (String){m->name, strlen(m->name)} : (String){0};
  f->package = m && m->package ? (String){m->package, strlen(m->package)} : (String){0};
  f->signature = m ? m->signature : NULL;
  return NATIVE_DONE;
}

// The function of a method value, and the concrete value that it is a method of.
static const RMethod *method_of(Worker *w, const V *v, V *receiver) {
  const RMethod *m = method_at(v->type, (int64_t)(v->flag >> FLAG_METHOD_SHIFT), NULL);
  *receiver = *v;
  if (v->type->kind != KIND_INTERFACE) return m;
  *receiver = value_of_iface(value_iface(w, v));
  return rtype_method(receiver->type, m->id);
}

// False: a method of T through a nil *T.
static bool put_receiver(Worker *w, uint64_t *slot, const V *v, const RMethod *m) {
  const void *memory = value_memory(v);
  if (m->recv_mode != RECV_LOAD) {
    put(w, slot, v);
    return true;
  }
  const void *at = (const void *)(uintptr_t)scalar_load(v->type, memory);
  if (!at) return false;
  native_reads(w, at, v->type->elem->size);
  value_load(slot, at, v->type->elem);
  return true;
}

static NativeResult nil_receiver(Worker *w, const RType *t, const RMethod *m) {
  const char *package = strrchr(t->elem->package, '/');
  return native_panic_error(w, ERROR_PLAIN, "value method %s.%s.%s called using nil *%s pointer", package ? package + 1 : t->elem->package,
                            t->elem->name, m->name, t->elem->name);
}

// --- calls

// v: a function, not nil, or a method value, of signature sig; args are of its parameters' types.
NativeResult reflect_new_call(Worker *w, uint64_t *fp) {
  FRAME(Block * block; Closure * run; const RType *sig; SliceArg args; V v);
  HeapCache *heap = native_heap(w);
  const RType *sig = f->sig;
  BlockExtent e = block_extent(sig);
  const RMethod *m = NULL;
  V receiver = {0};
  const RType *place_as = NULL; // what the receiver lies as
  uint32_t end = e.end, recv_slot = 0;
  if (f->v.flag & FLAG_METHOD) {
    m = method_of(w, &f->v, &receiver);
    ASSERT(m && m->function, "a method called by reflection was not compiled");
    place_as = m->recv_mode == RECV_LOAD ? receiver.type->elem : receiver.type;
    recv_slot = block_place(&end, place_as);
  }
  Block *b = block_new(heap, e.results, end);
  if (m) {
    b->callee = m->function->value;
    ASSERT(m->function->recv_slot == recv_slot, "a method's frame is as its signature says");
    if (!put_receiver(w, block_slot(b, recv_slot), &receiver, m)) return nil_receiver(w, receiver.type, m);
  } else {
    b->callee = (const Closure *)(uintptr_t)scalar_load(f->v.type, value_memory(&f->v));
  }
  uint32_t top = e.params;
  for (uint32_t i = 0; i < sig->in_count; i++) put(w, block_slot(b, block_place(&top, sig->in[i])), &((const V *)f->args.ptr)[i]);
  f->block = b;
  f->run = made_call(w, b);
  return NATIVE_DONE;
}

NativeResult reflect_call_results(Worker *w, uint64_t *fp) {
  FRAME(const RType *sig; SliceArg out; Block * b);
  uint32_t top = BLOCK_FIRST;
  for (uint32_t i = 0; i < f->sig->out_count; i++)
    ((V *)f->out.ptr)[i] = get(native_heap(w), f->sig->out[i], block_slot(f->b, block_place(&top, f->sig->out[i])));
  return NATIVE_DONE;
}

// --- functions

NativeResult reflect_make_func(Worker *w, uint64_t *fp) {
  FRAME(V result; const RType *sig; const Closure *handle);
  BlockExtent e = block_extent(f->sig);
  Block *shape = block_new(native_heap(w), e.results, e.end);
  Closure *function = made_function(w, shape, e.params, f->handle);
  f->result = (V){f->sig, (uint64_t)(uintptr_t)function, KIND_FUNC};
  return NATIVE_DONE;
}

NativeResult reflect_call_args(Worker *w, uint64_t *fp) {
  FRAME(const RType *sig; SliceArg in; Block * b);
  uint32_t top = block_extent(f->sig).params;
  for (uint32_t i = 0; i < f->sig->in_count; i++)
    ((V *)f->in.ptr)[i] = get(native_heap(w), f->sig->in[i], block_slot(f->b, block_place(&top, f->sig->in[i])));
  return NATIVE_DONE;
}

NativeResult reflect_call_set_results(Worker *w, uint64_t *fp) {
  FRAME(const RType *sig; SliceArg out; Block * b);
  uint32_t top = BLOCK_FIRST;
  for (uint32_t i = 0; i < f->sig->out_count; i++)
    put(w, block_slot(f->b, block_place(&top, f->sig->out[i])), &((const V *)f->out.ptr)[i]);
  return NATIVE_DONE;
}

// --- waiting on channels: a block with a SELECT instruction of its own
//
//   slot 2 chosen | 3 the instruction | for each case: channel, ok, value from an even slot on ...

enum { CHOSEN = 2, SELECT = 3, CASES = 4, SEND_CASE = 0, RECV_CASE = 1, NO_SLOT = 0xffff };

static NativeResult finish_wait(Worker *w, ChanResult result) {
  switch (result) {
  case CHAN_DONE: return NATIVE_DONE;
  case CHAN_CLOSED: return native_panic_error(w, ERROR_PLAIN, "send on closed channel");
  default: return NATIVE_PARKED;
  }
}

static NativeResult wait_for_cases(Worker *w, uint64_t *fp) {
  const Block *b = made_block(fp);
  memcpy(fp + BLOCK_FIRST, b->slots, (b->end - BLOCK_FIRST) * 8);
  const Instr *select = (const Instr *)(uintptr_t)fp[SELECT];
  if (select->b != 1 || select->c) return finish_wait(w, select_run(w, fp, select));
  const Instr *only = select + 1; // waits as a send or a receive does
  Chan *c = (Chan *)(uintptr_t)fp[only->s1];
  fp[CHOSEN] = 0;
  return finish_wait(w, only->s0 == SEND_CASE ? chan_send(w, c, fp + only->s2) : chan_recv(w, c, fp + only->s2, fp + only->s3));
}

static NativeResult take_results(Worker *w, uint64_t *fp) {
  Block *b = made_block(fp);
  memcpy(b->slots, fp + BLOCK_FIRST, (b->end - BLOCK_FIRST) * 8);
  return NATIVE_DONE;
}

// A case a channel; it sends the value beside it, or receives if there is none. block nil: more than fit.
NativeResult reflect_new_select(Worker *w, uint64_t *fp) {
  FRAME(Block * block; Closure * run; SliceArg chans, values; uint64_t has_default);
  HeapCache *heap = native_heap(w);
  const V *chans = f->chans.ptr, *values = f->values.ptr;
  uint32_t n = f->chans.len, end = CASES;
  for (uint32_t i = 0; i < n && end < NO_SLOT; i++) end = ((end + 3) & ~1u) + chans[i].type->elem->slots;
  f->block = NULL;
  f->run = NULL;
  if (end >= NO_SLOT) return NATIVE_DONE;
  Block *b = block_new(heap, 0, end);
  Instr *select = heap_alloc(heap, (n + 1) * sizeof *select, true);
  *select = (Instr){.op = OP_SELECT, .a = CHOSEN, .b = (uint16_t)n, .c = (uint16_t)f->has_default};
  *block_slot(b, SELECT) = (uint64_t)(uintptr_t)select;
  uint32_t top = CASES;
  for (uint32_t i = 0; i < n; i++) {
    uint32_t chan = top, ok = top + 1, value = (top + 3) & ~1u;
    top = value + chans[i].type->elem->slots;
    bool sends = values[i].type != NULL;
    *block_slot(b, chan) = scalar_load(chans[i].type, value_memory(&chans[i]));
    if (sends) put(w, block_slot(b, value), &values[i]);
    select[1 + i] = (Instr){.s0 = sends ? SEND_CASE : RECV_CASE, .s1 = (uint16_t)chan, .s2 = (uint16_t)value, .s3 = sends ? NO_SLOT : (uint16_t)ok};
  }
  f->block = b;
  f->run = made_wait(w, b, wait_for_cases, take_results);
  return NATIVE_DONE;
}

NativeResult reflect_selected(Worker *w, uint64_t *fp) {
  FRAME(int64_t chosen; V received; uint64_t ok; SliceArg chans; Block * b);
  Block *b = f->b;
  const V *chans = f->chans.ptr;
  f->chosen = (int64_t)*block_slot(b, CHOSEN);
  f->received = (V){0};
  f->ok = false;
  if (f->chosen < 0) return NATIVE_DONE;
  const Instr *chosen = (const Instr *)(uintptr_t)*block_slot(b, SELECT) + 1 + f->chosen;
  if (chosen->s0 == SEND_CASE) return NATIVE_DONE;
  f->received = get(native_heap(w), chans[f->chosen].type->elem, block_slot(b, chosen->s2));
  f->ok = *block_slot(b, chosen->s3);
  return NATIVE_DONE;
}
