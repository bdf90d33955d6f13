// Strings: concatenation and conversions.
#include "vm/vm.h"

void help_concat(Worker *w, uint64_t *fp, const Instr *pc) {
  String parts[2] = {slot_string(&fp[pc->b]), slot_string(&fp[pc->c])};
  String result = !parts[0].len ? parts[1] : !parts[1].len ? parts[0] : string_concat(w->heap, parts, 2);
  put_string(&fp[pc->a], result);
}

void help_concat_many(Worker *w, uint64_t *fp, const Instr *pc) {
  put_string(&fp[pc->a], string_concat(w->heap, (const String *)&fp[pc->b], pc->c));
}

// Capacities are those of Go's allocator: cap() shows them.
void help_string_to_bytes(Worker *w, uint64_t *fp, const Instr *pc) {
  static const RType byte_type = {.kind = KIND_UINT8, .size = 1, .go_size = 1, .pointer_free = true};
  String s = slot_string(&fp[pc->b]);
  uint64_t cap = slice_round_capacity(s.len, &byte_type);
  void *p = heap_alloc(w->heap, cap, true);
  if (s.len) memcpy(p, s.ptr, s.len);
  put_slice(&fp[pc->a], (Slice){p, (uint32_t)s.len, (uint32_t)cap});
}

void help_bytes_to_string(Worker *w, uint64_t *fp, const Instr *pc) {
  Slice s = slot_slice(&fp[pc->b]);
  if (s.len) observe_read(w, pc, s.ptr, s.len);
  put_string(&fp[pc->a], string_new(w->heap, s.ptr, s.len));
}

void help_string_to_runes(Worker *w, uint64_t *fp, const Instr *pc) { put_slice(&fp[pc->a], string_to_runes(w->heap, slot_string(&fp[pc->b]))); }

void help_runes_to_string(Worker *w, uint64_t *fp, const Instr *pc) {
  Slice s = slot_slice(&fp[pc->b]);
  if (s.len) observe_read(w, pc, s.ptr, 4ull * s.len);
  put_string(&fp[pc->a], string_from_runes(w->heap, s));
}

void help_rune_to_string(Worker *w, uint64_t *fp, const Instr *pc) { put_string(&fp[pc->a], string_from_rune(w->heap, (int64_t)fp[pc->b])); }

void help_range_rune(Worker *w, uint64_t *fp, const Instr *pc) {
  uint64_t *a = &fp[pc->a], i = a[1];
  int32_t rune;
  a[0] = i + string_decode(slot_string(&fp[pc->b]), i, &rune);
  a[2] = (uint64_t)(int64_t)rune;
}
