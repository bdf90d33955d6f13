// Natives of reflect.Type: what a type is, and making types of types. In gol a *rtype is the address of the RType.
#include <stdlib.h>

#include "std/reflect/reflect.h"
#include "std/reflect/types.h"

static String text(const char *s) { return (String){s, s ? strlen(s) : 0}; }

#define GET(fn, T, expression)                                  \
  NativeResult fn(Worker *w, uint64_t *fp) {                    \
    FRAME(T result; const RType *t);                            \
    const RType *t = f->t;                                      \
    f->result = (expression);                                   \
    return NATIVE_DONE;                                         \
  }
GET(reflect_type_string, StringArg, text(t->string))
GET(reflect_type_name, StringArg, text(t->name))
GET(reflect_type_package, StringArg, text(t->package))
GET(reflect_type_kind, uint64_t, t->kind)
GET(reflect_type_size, uint64_t, t->go_size)
GET(reflect_type_align, int64_t, types_go_align(t))
GET(reflect_type_elem, const RType *, t->elem)
GET(reflect_type_key, const RType *, t->key)
GET(reflect_type_len, int64_t, t->len)
GET(reflect_type_num_field, int64_t, t->field_count)
GET(reflect_type_num_in, int64_t, t->in_count)
GET(reflect_type_num_out, int64_t, t->out_count)
GET(reflect_type_is_variadic, uint64_t, t->variadic)
GET(reflect_type_is_comparable, uint64_t, t->comparable)
GET(reflect_type_is_named, uint64_t, t->named)
GET(reflect_type_dir, int64_t, t->dir == 0 ? 3 : t->dir == 1 ? 2 : 1) // RecvDir 1, SendDir 2
GET(reflect_type_pointer_to, const RType *, types_pointer_to(w, t))
#undef GET

static NativeResult out_of_range(Worker *w, int64_t i, uint32_t count) {
  if (i < 0) return native_panic_error(w, ERROR_BOUNDS, "runtime error: index out of range [%ld]", (long)i);
  return native_panic_error(w, ERROR_BOUNDS, "runtime error: index out of range [%ld] with length %u", (long)i, count);
}

NativeResult reflect_type_in(Worker *w, uint64_t *fp) {
  FRAME(const RType *result; int64_t i; const RType *t);
  if ((uint64_t)f->i >= f->t->in_count) return out_of_range(w, f->i, f->t->in_count);
  f->result = f->t->in[f->i];
  return NATIVE_DONE;
}

NativeResult reflect_type_out(Worker *w, uint64_t *fp) {
  FRAME(const RType *result; int64_t i; const RType *t);
  if ((uint64_t)f->i >= f->t->out_count) return out_of_range(w, f->i, f->t->out_count);
  f->result = f->t->out[f->i];
  return NATIVE_DONE;
}

NativeResult reflect_type_field(Worker *w, uint64_t *fp) {
  FRAME(StringArg name, package; const RType *type; StringArg tag; uint64_t offset, embedded; int64_t i; const RType *t);
  const RField *field = &f->t->fields[f->i];
  uint32_t offset = types_go_offset(f->t, (uint32_t)f->i);
  f->name = text(field->name);
  f->package = text(field->package);
  f->type = field->type;
  f->tag = text(field->tag);
  f->offset = offset;
  f->embedded = field->embedded;
  return NATIVE_DONE;
}

// --- methods

static int by_name(const void *a, const void *b) {
  const RMethod *x = *(const RMethod *const *)a, *y = *(const RMethod *const *)b;
  int order = strcmp(x->name, y->name);
  return order ? order : strcmp(x->package ? x->package : "", y->package ? y->package : "");
}

// An interface's methods lie in order of their ids.
static const RMethod *demand_at(const RType *t, uint32_t i) {
  const RMethod *few[32], **all = t->method_count <= 32 ? few : malloc(t->method_count * sizeof *all);
  for (uint32_t j = 0; j < t->method_count; j++) all[j] = &t->methods[j];
  qsort(all, t->method_count, sizeof *all, by_name);
  const RMethod *m = all[i];
  if (all != few) free(all);
  return m;
}

const RMethod *method_at(const RType *t, int64_t i, uint32_t *count) {
  const RMethod *found = NULL;
  uint32_t n = 0;
  if (t->kind == KIND_INTERFACE) {
    n = t->method_count;
    if (i >= 0 && i < n) found = demand_at(t, (uint32_t)i);
  } else {
    for (uint32_t j = 0; j < t->method_count; j++) {
      if (t->methods[j].package) continue;
      if (n++ == i) found = &t->methods[j];
    }
  }
  if (count) *count = n;
  return found;
}

NativeResult reflect_type_num_method(Worker *w, uint64_t *fp) {
  FRAME(int64_t result; const RType *t);
  uint32_t count;
  method_at(f->t, -1, &count);
  f->result = count;
  return NATIVE_DONE;
}

// --- relations

#define RELATION(fn, expression)                          \
  NativeResult fn(Worker *w, uint64_t *fp) {              \
    FRAME(uint64_t result; const RType *u, *t);           \
    const RType *u = f->u, *t = f->t;                     \
    f->result = (expression);                             \
    return NATIVE_DONE;                                   \
  }
RELATION(reflect_type_implements, types_implement(t, u))
RELATION(reflect_type_assignable, types_assignable(u, t))
RELATION(reflect_type_convertible, types_convertible(u, t))
#undef RELATION

// --- making

static RType *of(const RType *t) { return (RType *)(uintptr_t)t; }

NativeResult reflect_type_slice_of(Worker *w, uint64_t *fp) {
  FRAME(const RType *result, *t);
  f->result = f->t->slice_of ? f->t->slice_of : types_like(w, &(RType){.kind = KIND_SLICE, .elem = of(f->t)});
  return NATIVE_DONE;
}

// nil: too large
NativeResult reflect_type_array_of(Worker *w, uint64_t *fp) {
  FRAME(const RType *result; int64_t len; const RType *t);
  f->result = types_like(w, &(RType){.kind = KIND_ARRAY, .elem = of(f->t), .len = f->len});
  return NATIVE_DONE;
}

NativeResult reflect_type_chan_of(Worker *w, uint64_t *fp) {
  FRAME(const RType *result; int64_t dir; const RType *t);
  f->result = types_like(w, &(RType){.kind = KIND_CHAN, .elem = of(f->t), .dir = f->dir == 3 ? 0 : f->dir == 2 ? 1 : 2});
  return NATIVE_DONE;
}

NativeResult reflect_type_map_of(Worker *w, uint64_t *fp) {
  FRAME(const RType *result, *elem, *t);
  f->result = types_like(w, &(RType){.kind = KIND_MAP, .key = of(f->t), .elem = of(f->elem)});
  return NATIVE_DONE;
}

// in, out []*rtype
NativeResult reflect_type_func_of(Worker *w, uint64_t *fp) {
  FRAME(const RType *result; SliceArg in, out; uint64_t variadic);
  f->result = types_like(w, &(RType){.kind = KIND_FUNC, .in = f->in.ptr, .in_count = f->in.len, .out = f->out.ptr, .out_count = f->out.len,
                                    .variadic = f->variadic});
  return NATIVE_DONE;
}

static const char *c_text(HeapCache *heap, String s) {
  char *copy = heap_alloc(heap, s.len + 1, true);
  if (s.len) memcpy(copy, s.ptr, s.len);
  return copy;
}

// nil: too large. The slices have one element a field.
NativeResult reflect_type_struct_of(Worker *w, uint64_t *fp) {
  FRAME(const RType *result; SliceArg names, packages, types, tags, embedded);
  HeapCache *heap = native_heap(w);
  uint32_t count = f->names.len;
  RField *fields = heap_alloc(heap, count * sizeof *fields, false);
  for (uint32_t i = 0; i < count; i++) {
    String package = ((String *)f->packages.ptr)[i];
    fields[i] = (RField){.name = c_text(heap, ((String *)f->names.ptr)[i]), .package = package.len ? c_text(heap, package) : NULL,
                         .type = ((RType **)f->types.ptr)[i], .tag = c_text(heap, ((String *)f->tags.ptr)[i]),
                         .embedded = ((bool *)f->embedded.ptr)[i]};
  }
  f->result = types_like(w, &(RType){.kind = KIND_STRUCT, .fields = fields, .field_count = count});
  return NATIVE_DONE;
}
