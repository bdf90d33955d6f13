// Slices and blocks: bounds errors, slicing, append, copy, allocation.
#include <stdio.h>

#include "vm/vm.h"

// --- copies that keep pairs whole. Blocks that hold pairs are 16-byte aligned and a multiple of 16 bytes long.

// What to and from and size allow: pairs, words, or bytes. Small blocks are the rule, so loops of our own beat memcpy.
static inline size_t grain(const void *to, const void *from, size_t size) {
  uintptr_t all = (uintptr_t)to | (uintptr_t)from | size;
  return all & 7 ? 1 : all & 8 ? 8 : 16;
}

enum { LARGE = 512 }; // bytes: then memcpy is faster, if no pair can be torn

void vm_copy_memory(void *to, const void *from, size_t size) {
  switch (grain(to, from, size)) {
  case 16:
    for (size_t i = 0; i < size; i += 16) pair_copy((char *)to + i, (const char *)from + i);
    return;
  case 8:
    if (size > LARGE) break;
    for (size_t i = 0; i < size; i += 8) *(volatile uint64_t *)((char *)to + i) = *(const uint64_t *)((const char *)from + i); // volatile: no memcpy of it
    return;
  }
  memcpy(to, from, size);
}

void vm_move_memory(void *to, const void *from, size_t size) {
  if (grain(to, from, size) < 16) memmove(to, from, size);
  else if ((uintptr_t)to - (uintptr_t)from >= size) vm_copy_memory(to, from, size); // to is not inside from: forwards
  else
    for (size_t i = size; i > 0; i -= 16) pair_copy((char *)to + i - 16, (const char *)from + i - 16);
}

void vm_clear_memory(void *p, size_t size) {
  if (grain(p, p, size) < 16) {
    memset(p, 0, size);
    return;
  }
  for (size_t i = 0; i < size; i += 16) pair_clear((char *)p + i);
}

void help_move_memory(Worker *w, uint64_t *fp, const Instr *pc) { vm_move_memory((void *)fp[pc->a], (const void *)fp[pc->b], pc[1].hi); }

// --- bounds errors

// Is the index operand of the instruction at pc an unsigned 64-bit value?
static bool is_unsigned(Worker *w, const Instr *pc) {
  const Function *f = program_function_at(worker_runtime(w)->program, pc);
  if (!f) return false;
  for (uint32_t i = 0; i < f->unsigned_count; i++)
    if (f->unsigned_indexes[i] == (uint32_t)(pc - f->code)) return true;
  return false;
}

// `text` with %x and %y as in Go's runtime/error.go; `negative` is for a negative x.
static VmResult bounds(Worker *w, const Instr *pc, const char *text, const char *negative, uint64_t x, uint64_t y) {
  bool is_negative = (int64_t)x < 0 && !is_unsigned(w, pc);
  char out[128];
  size_t n = 0;
  for (const char *t = is_negative ? negative : text; *t; t++) {
    if (*t != '%') out[n++] = *t;
    else if (*++t == 'x') n += (size_t)snprintf(out + n, sizeof out - n, is_negative ? "%ld" : "%lu", x);
    else n += (size_t)snprintf(out + n, sizeof out - n, "%lu", y);
  }
  return panic_error(w, pc, ERROR_BOUNDS, "runtime error: %.*s", (int)n, out);
}

VmResult slow_index(Worker *w, uint64_t *fp, const Instr *pc) {
  uint64_t index, len;
  switch (op_first(pc->op)) {
  case OP_CHKIDX: index = fp[pc->a], len = pc->uimm; break;
  case OP_STRIDX: index = fp[pc->c], len = fp[pc->b + 1]; break;
  case OP_SIDX8: case OP_SIDX16: case OP_SIDX32: case OP_SIDX: case OP_SIDX2: index = fp[pc->b], len = (uint32_t)fp[pc->a + 1]; break;
  case OP_CLD8S: case OP_CLD8U: case OP_CLD16S: case OP_CLD16U: case OP_CLD32S: case OP_CLD32U: case OP_CLD: case OP_CLD2:
    index = fp[pc->c], len = pc[1].word;
    break;
  case OP_ADDTOE: case OP_XORTOE: case OP_FADDTOE: case OP_ADDITOE: case OP_JTE: case OP_JFE:
    index = fp[pc->b], len = (uint32_t)fp[pc->a + 1];
    break;
  case OP_ADDE: case OP_SUBE: case OP_MULE: case OP_XORE: case OP_FADDE: case OP_FSUBE: case OP_FMULE: case OP_MULACCE: case OP_FMULACCE:
    index = fp[pc[1].s0], len = (uint32_t)fp[pc->c + 1];
    break;
  case OP_FMULEE: case OP_MULACCEE: case OP_FMULACCEE:
    index = fp[pc->c], len = (uint32_t)fp[pc->b + 1];
    if (index < len) index = fp[pc[1].s1], len = (uint32_t)fp[pc[1].s0 + 1];
    break;
  case OP_IDXM: case OP_IDX8UM: index = fp[pc->c], len = (uint32_t)fp[pc[1].s1 + 1]; break;
  case OP_IDXK: case OP_IDX8UK: index = fp[pc->c] + (uint64_t)(int64_t)(int16_t)pc[1].s0, len = (uint32_t)fp[pc->b + 1]; break;
  case OP_STRIDXK: index = fp[pc->c] + (uint64_t)(int64_t)(int16_t)pc[1].s0, len = fp[pc->b + 1]; break;
  case OP_CLDK: case OP_CLD32UK: index = fp[pc->c] + (uint64_t)(int64_t)(int16_t)pc[1].s0, len = pc[1].s1; break;
  case OP_ADDTOA: case OP_ADDITOA: index = fp[pc->b], len = pc[1].word; break;
  case OP_CST8: case OP_CST16: case OP_CST32: case OP_CST: case OP_CST2: index = fp[pc->b], len = pc[1].word; break;
  default: index = fp[pc->c], len = (uint32_t)fp[pc->b + 1]; break;
  }
  return bounds(w, pc, "index out of range [%x] with length %y", "index out of range [%x]", index, len);
}

// --- slicing

typedef struct {
  uint64_t low, high, max;
} Bounds;

// The bounds of a slice expression with operands s0:s1:s2 (in `slots`) against length and capacity; Go's checks in Go's order.
// fixed: of an array or string, whose error speaks of its length.
static bool take_bounds(Worker *w, uint64_t *fp, const Instr *pc, const Instr *slots, uint64_t len, uint64_t cap, bool fixed, Bounds *out, VmResult *panic) {
  uint64_t low = slots->s0 == ABSENT ? 0 : fp[slots->s0];
  uint64_t high = slots->s1 == ABSENT ? len : fp[slots->s1];
  uint64_t max = cap;
  if (slots->s2 != ABSENT) {
    max = fp[slots->s2];
    if (max > cap) {
      *panic = fixed ? bounds(w, pc, "slice bounds out of range [::%x] with length %y", "slice bounds out of range [::%x]", max, cap)
                     : bounds(w, pc, "slice bounds out of range [::%x] with capacity %y", "slice bounds out of range [::%x]", max, cap);
      return false;
    }
    if (high > max) {
      *panic = bounds(w, pc, "slice bounds out of range [:%x:%y]", "slice bounds out of range [:%x:]", high, max);
      return false;
    }
    if (low > high) {
      *panic = bounds(w, pc, "slice bounds out of range [%x:%y:]", "slice bounds out of range [%x::]", low, high);
      return false;
    }
  } else {
    if (high > cap) {
      *panic = fixed ? bounds(w, pc, "slice bounds out of range [:%x] with length %y", "slice bounds out of range [:%x]", high, cap)
                     : bounds(w, pc, "slice bounds out of range [:%x] with capacity %y", "slice bounds out of range [:%x]", high, cap);
      return false;
    }
    if (low > high) {
      *panic = bounds(w, pc, "slice bounds out of range [%x:%y]", "slice bounds out of range [%x:]", low, high);
      return false;
    }
  }
  *out = (Bounds){low, high, max};
  return true;
}

// An empty slice keeps its base: an address past the end could be another object's.
static void put_part(uint64_t *slot, void *base, Bounds b, uint64_t size) {
  char *ptr = b.max > b.low ? (char *)base + b.low * size : base;
  put_slice(slot, (Slice){ptr, (uint32_t)(b.high - b.low), (uint32_t)(b.max - b.low)});
}

static VmResult slice_slice(Worker *w, uint64_t *fp, const Instr *pc, const Instr *slots, uint64_t size) {
  Slice s = slot_slice(&fp[pc->b]);
  Bounds b;
  VmResult panic;
  if (!take_bounds(w, fp, pc, slots, s.len, s.cap, false, &b, &panic)) return panic;
  put_part(&fp[pc->a], s.ptr, b, size);
  return VM_NEXT;
}

VmResult slow_slice(Worker *w, uint64_t *fp, const Instr *pc) { return slice_slice(w, fp, pc, pc + 1, pc[1].s3); }
VmResult slow_slice_any(Worker *w, uint64_t *fp, const Instr *pc) { return slice_slice(w, fp, pc, pc + 2, ((const RType *)pc[1].ptr)->size); }

VmResult slow_slice_array(Worker *w, uint64_t *fp, const Instr *pc) {
  const RType *t = pc[1].ptr;
  void *array = (void *)fp[pc->b];
  if (!array) return panic_signal(w, pc);
  Bounds b;
  VmResult panic;
  if (!take_bounds(w, fp, pc, pc + 2, (uint64_t)t->len, (uint64_t)t->len, true, &b, &panic)) return panic;
  put_part(&fp[pc->a], array, b, t->elem->size);
  return VM_NEXT;
}

VmResult slow_slice_string(Worker *w, uint64_t *fp, const Instr *pc) {
  String s = slot_string(&fp[pc->b]);
  Instr slots = pc[1];
  slots.s2 = ABSENT;
  Bounds b;
  VmResult panic;
  if (!take_bounds(w, fp, pc, &slots, s.len, s.len, true, &b, &panic)) return panic;
  put_string(&fp[pc->a], (String){b.high > b.low ? s.ptr + b.low : s.ptr, b.high - b.low});
  return VM_NEXT;
}

VmResult slow_slice_pointer(Worker *w, uint64_t *fp, const Instr *pc) {
  Slice s = slot_slice(&fp[pc->b]);
  if (s.len < pc[1].word)
    return panic_error(w, pc, ERROR_BOUNDS, "runtime error: cannot convert slice with length %u to array or pointer to array with length %lu",
                       s.len, pc[1].word);
  fp[pc->a] = (uint64_t)(uintptr_t)s.ptr;
  return VM_NEXT;
}

// --- making and growing

static const RType byte_type = {.kind = KIND_UINT8, .shape = SHAPE_U8, .align = 1, .pointer_free = true, .size = 1, .go_size = 1, .slots = 1};

VmResult slow_make_slice(Worker *w, uint64_t *fp, const Instr *pc) {
  enum { MAX_BYTES_LOG = 47 }; // beyond any machine's memory
  const RType *t = pc[1].ptr;
  int64_t len = (int64_t)fp[pc->b], cap = (int64_t)fp[pc->c];
  uint64_t limit = t->size ? (1ull << MAX_BYTES_LOG) / t->size : UINT32_MAX;
  if (limit > UINT32_MAX) limit = UINT32_MAX;
  if (len < 0 || (uint64_t)len > limit) return panic_error(w, pc, ERROR_RUNTIME, "runtime error: makeslice: len out of range");
  if (cap < len || (uint64_t)cap > limit) return panic_error(w, pc, ERROR_RUNTIME, "runtime error: makeslice: cap out of range");
  void *p = heap_alloc(w->heap, (uint64_t)cap * t->size, t->pointer_free);
  put_slice(&fp[pc->a], (Slice){p, (uint32_t)len, (uint32_t)cap});
  return VM_NEXT;
}

static VmResult too_long(Worker *w, const Instr *pc) { return panic_error(w, pc, ERROR_RUNTIME, "runtime error: growslice: len out of range"); }

// Room for n more elements; what it copied is told to an observer.
static bool grow(Worker *w, const Instr *pc, Slice *s, uint64_t n, const RType *elem) {
  void *before = s->ptr;
  if (!slice_grow(w->heap, s, n, elem)) return false;
  if (s->ptr != before && s->len) observe_read(w, pc, before, (size_t)s->len * elem->size);
  return true;
}

VmResult slow_append(Worker *w, uint64_t *fp, const Instr *pc) {
  const RType *t = pc[1].ptr;
  Slice s = slot_slice(&fp[pc->b]);
  if (UNLIKELY(s.len == s.cap) && !grow(w, pc, &s, 1, t)) return too_long(w, pc);
  char *p = (char *)s.ptr + (size_t)s.len * t->size;
  observe_write(w, pc, p, t->size);
  value_store(p, &fp[pc->c], t);
  s.len++;
  put_slice(&fp[pc->a], s);
  return VM_NEXT;
}

static VmResult append_memory(Worker *w, uint64_t *fp, const Instr *pc, const RType *t, const void *from, uint64_t n) {
  Slice s = slot_slice(&fp[pc->b]);
  if (n) {
    if (s.cap - s.len < n && !grow(w, pc, &s, n, t)) return too_long(w, pc);
    char *to = (char *)s.ptr + (size_t)s.len * t->size;
    observe_write(w, pc, to, n * t->size);
    vm_move_memory(to, from, n * t->size);
    s.len += (uint32_t)n;
  }
  put_slice(&fp[pc->a], s);
  return VM_NEXT;
}

VmResult slow_append_slice(Worker *w, uint64_t *fp, const Instr *pc) {
  const RType *t = pc[1].ptr;
  Slice from = slot_slice(&fp[pc->c]);
  if (from.len) observe_read(w, pc, from.ptr, (size_t)from.len * t->size);
  return append_memory(w, fp, pc, t, from.ptr, from.len);
}

VmResult slow_append_string(Worker *w, uint64_t *fp, const Instr *pc) {
  String from = slot_string(&fp[pc->c]);
  if (from.len > UINT32_MAX) return too_long(w, pc);
  return append_memory(w, fp, pc, &byte_type, from.ptr, from.len);
}

// --- copy, clear

static void copy_memory(Worker *w, uint64_t *fp, const Instr *pc, Slice to, const void *from, uint64_t n, uint64_t size) {
  if (n > to.len) n = to.len;
  if (n) {
    observe_write(w, pc, to.ptr, n * size);
    vm_move_memory(to.ptr, from, n * size);
  }
  fp[pc->a] = n;
}

void help_copy(Worker *w, uint64_t *fp, const Instr *pc) {
  uint64_t size = ((const RType *)pc[1].ptr)->size;
  Slice to = slot_slice(&fp[pc->b]), from = slot_slice(&fp[pc->c]);
  uint64_t n = from.len < to.len ? from.len : to.len;
  if (n) observe_read(w, pc, from.ptr, n * size);
  copy_memory(w, fp, pc, to, from.ptr, n, size);
}

void help_copy_string(Worker *w, uint64_t *fp, const Instr *pc) {
  String from = slot_string(&fp[pc->c]);
  copy_memory(w, fp, pc, slot_slice(&fp[pc->b]), from.ptr, from.len, 1);
}

void help_clear(Worker *w, uint64_t *fp, const Instr *pc) {
  Slice s = slot_slice(&fp[pc->a]);
  size_t size = (size_t)s.len * ((const RType *)pc[1].ptr)->size;
  if (!size) return;
  observe_write(w, pc, s.ptr, size);
  vm_clear_memory(s.ptr, size);
}

// --- objects

void help_new(Worker *w, uint64_t *fp, const Instr *pc) {
  const RType *t = pc[1].ptr;
  void *p = heap_alloc(w->heap, t->size, t->pointer_free);
  fp[pc->a] = (uint64_t)(uintptr_t)p;
}

void help_closure(Worker *w, uint64_t *fp, const Instr *pc) {
  Closure *closure = heap_alloc(w->heap, sizeof(Closure) + pc->c * 8u, false);
  closure->function = pc[1].ptr;
  memcpy(closure->captures, &fp[pc->b], pc->c * 8u);
  fp[pc->a] = (uint64_t)(uintptr_t)closure;
}
