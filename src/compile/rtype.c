// Run-time types: one RType for each identical type, made when code first needs it. A type that reaches an interface is
// "dynamic": its methods are in a dispatch table, and those whose ids are called somewhere are compiled.
//
// A program with package reflect can make more of what it has, so there *T is dynamic with T, and so are the parameters and
// results of functions. Where it can also reach methods by number or name, every exported method of a dynamic type is compiled.
#include <stdlib.h>
#include <string.h>

#include "compile/call.h"
#include "compile/compiler.h"
#include "types/instantiate.h"
#include "types/layout.h"
#include "types/typeset.h"

// --- method ids

static const char *package_path(const Name *name, const Package *package) {
  return name_is_exported(name) || !package ? NULL : package->path->text;
}

MethodId method_id(Compiler *c, const Name *name, Package *package, Type *sig) {
  struct {
    const Name *name;
    const char *package;
    const TypeInfo *sig;
  } key = {name, name_is_exported(name) || !package ? NULL : package->path->text, info_of(c, sig)};
  void **slot = bytes_table_slot(&c->method_ids, &key, sizeof key);
  if (*slot) return (MethodId)(uintptr_t)*slot;
  BytesEntry *entry = &c->method_ids.entries[c->method_ids.len - 1];
  entry->key = arena_copy(&c->scratch, &key, sizeof key); // keys are not copied by the table
  ptr_table_put(&c->method_id_names, name, (void *)name);
  MethodId id = c->method_names.len;
  *slot = (void *)(uintptr_t)id;
  vec_push(&c->method_names, arena_strdup(c->arena, name->text));
  vec_push(&c->demanded, false);
  c->methods_changed = true;
  return id;
}

void method_demand(Compiler *c, MethodId id) {
  if (c->demanded.data[id]) return;
  c->demanded.data[id] = true;
  c->methods_changed = true;
}

// --- making

static RKind kind_of(const Type *u) {
  switch (u->kind) {
  case TYPE_BOOL: case TYPE_UNTYPED_BOOL: return KIND_BOOL;
  case TYPE_INT: case TYPE_UNTYPED_INT: return KIND_INT;
  case TYPE_INT8: return KIND_INT8;
  case TYPE_INT16: return KIND_INT16;
  case TYPE_INT32: case TYPE_UNTYPED_RUNE: return KIND_INT32;
  case TYPE_INT64: return KIND_INT64;
  case TYPE_UINT: return KIND_UINT;
  case TYPE_UINT8: return KIND_UINT8;
  case TYPE_UINT16: return KIND_UINT16;
  case TYPE_UINT32: return KIND_UINT32;
  case TYPE_UINT64: return KIND_UINT64;
  case TYPE_UINTPTR: return KIND_UINTPTR;
  case TYPE_FLOAT32: return KIND_FLOAT32;
  case TYPE_FLOAT64: case TYPE_UNTYPED_FLOAT: return KIND_FLOAT64;
  case TYPE_COMPLEX64: return KIND_COMPLEX64;
  case TYPE_COMPLEX128: case TYPE_UNTYPED_COMPLEX: return KIND_COMPLEX128;
  case TYPE_STRING: case TYPE_UNTYPED_STRING: return KIND_STRING;
  case TYPE_UNSAFE_POINTER: case TYPE_UNTYPED_NIL: return KIND_UNSAFE_POINTER;
  case TYPE_ARRAY: return KIND_ARRAY;
  case TYPE_SLICE: return KIND_SLICE;
  case TYPE_STRUCT: return KIND_STRUCT;
  case TYPE_POINTER: return KIND_POINTER;
  case TYPE_SIGNATURE: return KIND_FUNC;
  case TYPE_INTERFACE: return KIND_INTERFACE;
  case TYPE_MAP: return KIND_MAP;
  case TYPE_CHAN: return KIND_CHAN;
  default: return KIND_INVALID;
  }
}

// Is == equality of all bytes?
static bool is_plain(Compiler *c, const TypeInfo *info) {
  const Type *u = info->under;
  switch (kind_of(u)) {
  case KIND_FLOAT32: case KIND_FLOAT64: case KIND_COMPLEX64: case KIND_COMPLEX128: case KIND_STRING: case KIND_INTERFACE: case KIND_SLICE:
  case KIND_MAP: case KIND_FUNC: return false;
  case KIND_ARRAY: return is_plain(c, info_of(c, u->elem));
  case KIND_STRUCT: {
    uint32_t sum = 0;
    for (uint32_t i = 0; i < u->field_count; i++) {
      TypeInfo *field = info_of(c, u->fields[i].type);
      if (name_is_blank(u->fields[i].name) || (field->slots && !is_plain(c, field))) return false;
      sum += field->size;
    }
    return sum == info->size;
  }
  default: return true;
  }
}

static void name_type(Compiler *c, RType *r, Type *t) {
  r->string = arena_strdup(c->arena, type_runtime_string(c->u, t));
  r->name = r->package = "";
  if (t->kind < TYPE_BASIC_COUNT) {
    r->name = t->kind == TYPE_UNSAFE_POINTER ? "Pointer" : r->string;
    r->package = t->kind == TYPE_UNSAFE_POINTER ? "unsafe" : "";
    r->named = true;
  } else if (t->kind == TYPE_NAMED) {
    r->named = true;
    const char *name = strstr(r->string, t->object->name->text); // with type arguments
    r->name = name ? name : t->object->name->text;
    if (t->object->package) r->package = arena_strdup(c->arena, t->object->package->path->text);
  }
}

static void add_fields(Compiler *c, RType *r, const TypeInfo *info) {
  const Type *u = info->under;
  r->field_count = u->field_count;
  r->fields = ARENA_ARRAY(c->arena, RField, u->field_count);
  for (uint32_t i = 0; i < u->field_count; i++) {
    const FieldInfo *field = &u->fields[i];
    const char *path = package_path(field->name, field->package);
    r->fields[i] = (RField){.name = arena_strdup(c->arena, field->name->text), .package = path ? arena_strdup(c->arena, path) : NULL,
                            .type = rtype_of(c, field->type), .offset = info->offsets[i], .embedded = field->embedded,
                            .tag = arena_strndup(c->arena, field->tag.ptr, field->tag.len)};
  }
}

static RType **types_of(Compiler *c, Object **vars, uint32_t n) {
  RType **types = ARENA_ARRAY(c->arena, RType *, n);
  for (uint32_t i = 0; i < n; i++) types[i] = rtype_of(c, vars[i]->type);
  return types;
}

static int compare_ids(const void *a, const void *b) {
  MethodId x = ((const RMethod *)a)->id, y = ((const RMethod *)b)->id;
  return x < y ? -1 : x > y;
}

// What an interface demands.
static void add_demands(Compiler *c, RType *r, Type *t) {
  const TypeSet *set = type_set(t);
  r->method_count = set->method_count;
  r->methods = ARENA_ARRAY(c->arena, RMethod, set->method_count);
  for (uint32_t i = 0; i < set->method_count; i++) {
    const Method *m = set->methods[i];
    const char *path = package_path(m->name, m->package);
    r->methods[i] = (RMethod){.name = arena_strdup(c->arena, m->name->text), .package = path ? arena_strdup(c->arena, path) : NULL,
                              .id = method_id(c, m->name, m->package, m->type)};
  }
  qsort(r->methods, r->method_count, sizeof *r->methods, compare_ids);
}

RType *rtype_of(Compiler *c, Type *t) {
  TypeInfo *info = info_of(c, t);
  if (info->rtype) return info->rtype;
  RType *r = info->rtype = ARENA_NEW(c->arena, RType);
  Type *u = info->under;
  r->id = c->with_rtype.len;
  vec_push(&c->with_rtype, info);
  r->kind = (uint8_t)kind_of(u);
  r->shape = (uint8_t)info->shape;
  r->align = (uint8_t)info->align;
  r->pointer_free = info->pointer_free;
  r->comparable = type_is_comparable(info->type);
  r->plain = r->comparable && is_plain(c, info);
  r->direct = info->shape != SHAPE_NONE && info->shape != SHAPE_PAIR && info->shape != SHAPE_BLOCK;
  r->size = info->size;
  int64_t go_size = layout_size(info->type);
  r->go_size = go_size < 0 ? info->size : (uint32_t)go_size;
  r->slots = info->slots;
  name_type(c, r, info->type);
  switch (u->kind) {
  case TYPE_ARRAY: r->len = u->len; r->elem = rtype_of(c, u->elem); break;
  case TYPE_SLICE: case TYPE_POINTER: r->elem = rtype_of(c, u->elem); break;
  case TYPE_CHAN: r->dir = (uint8_t)u->dir; r->elem = rtype_of(c, u->elem); break;
  case TYPE_MAP:
    r->key = rtype_of(c, u->key);
    r->elem = rtype_of(c, u->elem);
    break;
  case TYPE_STRUCT: add_fields(c, r, info); break;
  case TYPE_SIGNATURE:
    r->variadic = u->variadic;
    r->in = types_of(c, u->params, r->in_count = u->param_count);
    r->out = types_of(c, u->results, r->out_count = u->result_count);
    break;
  case TYPE_INTERFACE: add_demands(c, r, u); break;
  default: break;
  }
  return r;
}

// --- dynamic types

enum { METHODS_TO_COME = 32 };

// How an interface's word becomes the receiver of the method.
static void set_receiver(Compiler *c, RMethod *m, const TypeInfo *info, const MethodEntry *e) {
  bool is_pointer = info->under->kind == TYPE_POINTER;
  if (is_pointer && !e->path_len && !e->pointer_recv) {
    const TypeInfo *base = info_of(c, info->under->elem);
    m->recv_mode = RECV_LOAD;
    m->recv_shape = (uint8_t)base->shape;
    m->recv_size = base->size;
  } else if (info->rtype->direct) {
    m->recv_mode = RECV_WORD;
  } else {
    m->recv_mode = RECV_BOX;
    m->recv_shape = (uint8_t)info->shape;
    m->recv_size = info->size;
  }
}

// Readers may be looking: the index is there before the id that leads to it.
static void dispatch(RType *r, uint32_t i) {
  uint32_t at = r->methods[i].id & r->dispatch_mask;
  while (r->dispatch[at].id) at = (at + 1) & r->dispatch_mask;
  r->dispatch[at].index = i;
  __atomic_store_n(&r->dispatch[at].id, r->methods[i].id, __ATOMIC_RELEASE);
}

// At a prompt methods may follow later, one by one: room for them is left, as code that runs looks into these tables.
static bool may_get_methods(const Compiler *c, const TypeInfo *info) {
  if (!c->links) return false;
  const Type *t = info->type->kind == TYPE_POINTER ? type_unalias(info->type->elem) : info->type;
  return t->kind == TYPE_STRUCT || (t->kind == TYPE_NAMED && t->object->package == c->main);
}

static RMethod method_entry(Compiler *c, const TypeInfo *info, const MethodEntry *e) {
  const char *path = package_path(e->name, e->package);
  RMethod m = {.name = arena_strdup(c->arena, e->name->text), .package = path ? arena_strdup(c->arena, path) : NULL};
  set_receiver(c, &m, info, e);
  return m;
}

// Reads the method's declaration: the table of the type leads to it from now on.
static void read_method(Compiler *c, RType *r, uint32_t i, MethodEntry *e) {
  method_entry_complete(e);
  r->methods[i].id = method_id(c, e->name, e->package, e->signature);
  dispatch(r, i);
}

// A name that no interface has need not be looked up in any type. Methods by number or name, and a prompt, want all of them.
static bool is_wanted(const Compiler *c, const MethodEntry *e) {
  return e->signature || c->links || c->keeps_methods || ptr_table_has(&c->method_id_names, e->name);
}

static void read_methods(Compiler *c, RType *r, bool all) {
  uint32_t count;
  MethodEntry *entries = type_method_names(c->u, ((TypeInfo *)ptr_table_get(&c->rtype_info, r))->type, &count);
  for (uint32_t i = 0; i < count; i++) {
    if (r->methods[i].id || !(all || is_wanted(c, &entries[i]))) continue;
    read_method(c, r, i, &entries[i]);
    c->unread_methods--;
  }
}

void rtype_read_methods(Compiler *c, RType *r) { read_methods(c, r, true); }

static void add_methods(Compiler *c, RType *r, const TypeInfo *info) {
  MethodEntry *entries = type_method_names(c->u, info->type, &r->method_count);
  uint32_t room = r->method_count + (may_get_methods(c, info) ? METHODS_TO_COME : 0), size = 1;
  if (!room) return;
  while (size < 2 * room) size *= 2;
  r->methods = ARENA_ARRAY(c->arena, RMethod, size / 2);
  r->dispatch = ARENA_ARRAY(c->arena, RDispatch, size);
  r->dispatch_mask = size - 1;
  for (uint32_t i = 0; i < r->method_count; i++) r->methods[i] = method_entry(c, info, &entries[i]);
  c->unread_methods += r->method_count;
  read_methods(c, r, false);
}

bool rtypes_extend(Compiler *c, Pos pos) {
  for (uint32_t i = 0; i < c->dynamic.len; i++) {
    RType *r = c->dynamic.data[i];
    TypeInfo *info = ptr_table_get(&c->rtype_info, r);
    if (r->kind == KIND_INTERFACE || !may_get_methods(c, info)) continue;
    uint32_t count;
    const MethodEntry *entries = type_method_set(c->u, info->type, &count);
    for (uint32_t j = 0; j < count && r->method_count < count; j++) {
      RMethod m = method_entry(c, info, &entries[j]);
      m.id = method_id(c, entries[j].name, entries[j].package, entries[j].signature);
      if (rtype_method(r, m.id)) continue;
      if (2 * (r->method_count + 1) > r->dispatch_mask + 1) {
        compile_error(c, pos, "%s has got as many methods as fit after it was declared: declare the type again, with all its methods in one input", r->string);
        return false;
      }
      r->methods[r->method_count] = m;
      dispatch(r, r->method_count++);
      c->methods_changed = true;
    }
  }
  return true;
}

// What reflection can make of a value of the type: reflect.New makes a *T, a call results.
static void add_reflected(Compiler *c, const TypeInfo *info) {
  const Type *u = info->under;
  if ((info->type->kind == TYPE_NAMED || u->kind == TYPE_STRUCT) && u->kind != TYPE_INTERFACE) rtype_dynamic(c, type_pointer(c->u, info->type));
  if (u->kind != TYPE_SIGNATURE) return;
  for (uint32_t i = 0; i < u->param_count; i++) rtype_dynamic(c, u->params[i]->type);
  for (uint32_t i = 0; i < u->result_count; i++) rtype_dynamic(c, u->results[i]->type);
}

void rtypes_reflect(Compiler *c) {
  bool before = c->reflects;
  for (uint32_t i = 0; i < c->package_count; i++) c->reflects |= name_is(c->packages[i]->path, "reflect");
  for (uint32_t i = 0; i < c->dynamic.len && c->reflects && !before; i++) add_reflected(c, ptr_table_get(&c->rtype_info, c->dynamic.data[i]));
}

// Values inside a dynamic one can be taken out by reflection, so their types are dynamic too.
RType *rtype_dynamic(Compiler *c, Type *t) {
  RType *r = rtype_of(c, t);
  if (ptr_table_has(&c->rtype_info, r)) return r;
  TypeInfo *info = info_of(c, t);
  ptr_table_put(&c->rtype_info, r, info);
  vec_push(&c->dynamic, r);
  c->methods_changed = true;
  const Type *u = info->under;
  if (c->reflects) add_reflected(c, info);
  if (u->kind == TYPE_INTERFACE) return r;
  if (info->type->kind == TYPE_NAMED || u->kind == TYPE_POINTER || u->kind == TYPE_STRUCT) add_methods(c, r, info);
  if (u->kind == TYPE_MAP) rtype_dynamic(c, u->key);
  if (u->kind == TYPE_ARRAY || u->kind == TYPE_SLICE || u->kind == TYPE_POINTER || u->kind == TYPE_MAP || u->kind == TYPE_CHAN)
    rtype_dynamic(c, u->elem);
  for (uint32_t i = 0; u->kind == TYPE_STRUCT && i < u->field_count; i++) rtype_dynamic(c, u->fields[i].type);
  return r;
}

static void link_method(Compiler *c, RType *r, uint32_t i) {
  TypeInfo *info = ptr_table_get(&c->rtype_info, r);
  uint32_t count;
  const MethodEntry *e = c->links ? type_method_set(c->u, info->type, &count) : type_method_names(c->u, info->type, &count) + i;
  while (c->links && method_id(c, e->name, e->package, e->signature) != r->methods[i].id) e++; // those that came later are behind the others
  FuncInst *inst;
  if (e->path_len || e->through_interface) inst = wrapper_promoted(c, info->type, e->name, e->package, e->signature);
  else inst = inst_function(c, e->object, type_args_of(e->recv));
  r->methods[i].signature = c->reflects ? rtype_dynamic(c, e->signature) : rtype_of(c, e->signature);
  rtype_link(r, i, inst->out);
}

// The signatures of an interface's methods, for reflect.Method.
static void add_signatures(Compiler *c, RType *r) {
  TypeInfo *info = ptr_table_get(&c->rtype_info, r);
  const TypeSet *set = type_set(info->under);
  for (uint32_t i = 0; i < set->method_count; i++) {
    const Method *m = set->methods[i];
    MethodId id = method_id(c, m->name, m->package, m->type);
    for (uint32_t j = 0; j < r->method_count; j++)
      if (r->methods[j].id == id) r->methods[j].signature = rtype_dynamic(c, m->type);
  }
}

void rtypes_keep_methods(Compiler *c) {
  c->keeps_methods = c->methods_changed = true;
}

bool rtypes_link_methods(Compiler *c) {
  if (!c->methods_changed) return false;
  c->methods_changed = false;
  for (uint32_t i = 0; i < c->dynamic.len; i++) {
    RType *r = c->dynamic.data[i];
    if (r->kind == KIND_INTERFACE) {
      if (c->keeps_methods && r->method_count && !r->methods[0].signature) add_signatures(c, r);
      continue;
    }
    if (c->unread_methods) read_methods(c, r, false);
    for (uint32_t j = 0; j < r->method_count; j++) {
      const RMethod *m = &r->methods[j];
      if (m->id && !m->function && (c->demanded.data[m->id] || (c->keeps_methods && !m->package))) link_method(c, r, j);
    }
  }
  return true;
}

void rtypes_finish(Compiler *c) {
  Program *p = c->program;
  p->type_count = c->with_rtype.len;
  if (c->shared && c->shared->type_count == p->type_count) {
    p->types = c->shared->types;
    return;
  }
  p->types = ARENA_ARRAY(c->arena, RType *, p->type_count);
  for (uint32_t i = 0; i < p->type_count; i++) {
    RType *r = p->types[i] = c->with_rtype.data[i]->rtype;
    if (r->kind == KIND_POINTER && !r->named) r->elem->pointer_to = r;
    if (r->kind == KIND_SLICE && !r->named) r->elem->slice_of = r;
  }
}
