// What the natives of package reflect share: how a reflect.Value lies in a frame, and what its flag says.
//
// A Value is a type, a word and a flag. Without FLAG_INDIRECT the word is the value itself, in slot form (a direct type, as
// in an interface); with it, the word is the address of the value in memory form. Memory of a Value that is not addressable
// is never written: it may be shared with an interface's box.
#ifndef STD_REFLECT_REFLECT_H
#define STD_REFLECT_REFLECT_H

#include "std/frame.h"
#include "vm/native.h"
#include "vm/vm.h"

// As in reflect.gol.
enum {
  FLAG_KIND = 31,
  FLAG_STICKY_RO = 1 << 5,  // obtained by an unexported field
  FLAG_EMBED_RO = 1 << 6,   // obtained by an unexported embedded field
  FLAG_RO = FLAG_STICKY_RO | FLAG_EMBED_RO,
  FLAG_INDIRECT = 1 << 7,
  FLAG_ADDRESSABLE = 1 << 8,
  FLAG_METHOD = 1 << 9,     // a method value: the receiver; the method's number stands above
  FLAG_METHOD_SHIFT = 10,
};

typedef struct ReflectValue {
  const RType *type;
  uint64_t word;
  uint64_t flag;
} ReflectValue;

static inline const void *value_memory(const ReflectValue *v) {
  return v->flag & FLAG_INDIRECT ? (const void *)(uintptr_t)v->word : (const void *)&v->word;
}

// value.c
ReflectValue value_of_memory(HeapCache *heap, const RType *t, const void *memory, uint64_t flag); // a copy
ReflectValue value_of_iface(Iface i);
// v itself as an interface holds it; of an interface value, what it holds.
Iface value_iface(Worker *w, const ReflectValue *v);
// The value of type t that v may be assigned to. False: it may not.
bool value_assign(Worker *w, const ReflectValue *v, const RType *t, ReflectValue *out);

// The i-th exported method of a type by name (of an interface: the i-th of all), NULL beyond. *count, if wanted: how many.
const RMethod *method_at(const RType *t, int64_t i, uint32_t *count);

// The natives, by the file that they are in (reflect.c has the table).
typedef NativeResult ReflectNative(Worker *w, uint64_t *fp);
// type.c
ReflectNative reflect_type_string, reflect_type_kind, reflect_type_name, reflect_type_package, reflect_type_size, reflect_type_align,
  reflect_type_elem, reflect_type_key, reflect_type_len, reflect_type_num_field, reflect_type_num_in, reflect_type_num_out, reflect_type_in,
  reflect_type_out, reflect_type_is_variadic, reflect_type_is_comparable, reflect_type_is_named, reflect_type_dir, reflect_type_field,
  reflect_type_num_method, reflect_type_implements, reflect_type_assignable, reflect_type_convertible, reflect_type_pointer_to,
  reflect_type_slice_of, reflect_type_array_of, reflect_type_chan_of, reflect_type_map_of, reflect_type_func_of, reflect_type_struct_of;
// value.c
ReflectNative reflect_value_of, reflect_value_pack, reflect_value_bits, reflect_value_float, reflect_value_complex, reflect_value_text,
  reflect_value_bytes, reflect_value_len, reflect_value_cap, reflect_value_pointer, reflect_value_is_zero, reflect_value_equal,
  reflect_value_elem, reflect_value_field, reflect_value_index, reflect_value_assign, reflect_value_set, reflect_value_set_bits,
  reflect_value_set_float, reflect_value_set_complex, reflect_value_set_text, reflect_value_zero, reflect_value_new;
// container.c
ReflectNative reflect_slice_part, reflect_slice_set, reflect_slice_grow, reflect_slice_make, reflect_slice_copy, reflect_slice_clear,
  reflect_map_make, reflect_map_index, reflect_map_set, reflect_map_iterate, reflect_map_next, reflect_map_clear, reflect_chan_make,
  reflect_chan_close;
// call.c
ReflectNative reflect_method_at, reflect_new_call, reflect_call_args, reflect_call_results, reflect_call_set_results, reflect_make_func,
  reflect_new_select, reflect_selected;
// deep.c
ReflectNative reflect_deep_equal;

#endif
