// How values lie in memory and in frames (rtype.h: memory form, slot form), and where the arguments of a call go.
//
// Sizes and alignments are natural; pairs are aligned to 16. In a frame a struct or array begins on a slot and fills whole
// slots; what lies inside need not (loc.c, LOC_PART).
#include "compile/compiler.h"
#include "types/instantiate.h"

static uint32_t round_up(uint64_t n, uint32_t align) { return (uint32_t)((n + align - 1) & ~(uint64_t)(align - 1)); }

static void scalar(TypeInfo *info, Shape shape, uint32_t size, bool pointer_free) {
  info->shape = shape;
  info->size = info->align = size;
  info->slots = 1;
  info->pointer_free = pointer_free;
}

static void pair(TypeInfo *info) {
  info->shape = SHAPE_PAIR;
  info->size = info->align = 16;
  info->slots = 2;
}

static void lay_basic(TypeInfo *info, TypeKind kind) {
  switch (kind) {
  case TYPE_BOOL: case TYPE_UNTYPED_BOOL: case TYPE_UINT8: scalar(info, SHAPE_U8, 1, true); break;
  case TYPE_INT8: scalar(info, SHAPE_I8, 1, true); break;
  case TYPE_INT16: scalar(info, SHAPE_I16, 2, true); break;
  case TYPE_UINT16: scalar(info, SHAPE_U16, 2, true); break;
  case TYPE_INT32: case TYPE_UNTYPED_RUNE: scalar(info, SHAPE_I32, 4, true); break;
  case TYPE_UINT32: case TYPE_FLOAT32: scalar(info, SHAPE_U32, 4, true); break;
  case TYPE_STRING: case TYPE_UNTYPED_STRING: pair(info); break;
  case TYPE_COMPLEX128: case TYPE_UNTYPED_COMPLEX:
    info->shape = SHAPE_BLOCK;
    info->size = 16;
    info->align = 8;
    info->slots = 2;
    info->pointer_free = true;
    break;
  case TYPE_UNSAFE_POINTER: case TYPE_UNTYPED_NIL: scalar(info, SHAPE_WORD, 8, false); break;
  default: scalar(info, SHAPE_WORD, 8, true); break; // int, int64, uint, uint64, uintptr, float64, complex64, untyped numbers
  }
}

// A struct or array of `size` bytes so far.
static void block(TypeInfo *info, uint64_t size, uint32_t align) {
  if (size == 0) {
    info->shape = SHAPE_NONE;
    info->align = 1;
    return;
  }
  info->shape = SHAPE_BLOCK;
  info->align = align;
  if (size > UINT32_MAX - 64) size = UINT32_MAX - 64; // the checker refuses types of 2^32 bytes; keep the arithmetic sane
  info->size = round_up(size, align);
  info->slots = (info->size + 7) / 8;
}

static void lay_struct(Compiler *c, TypeInfo *info, Type *u) {
  info->offsets = ARENA_ARRAY(&c->scratch, uint32_t, u->field_count);
  info->pointer_free = true;
  uint64_t offset = 0;
  uint32_t align = 1;
  for (uint32_t i = 0; i < u->field_count; i++) {
    TypeInfo *field = info_of(c, u->fields[i].type);
    if (field->size) offset = round_up(offset, field->align);
    info->offsets[i] = (uint32_t)offset;
    offset += field->size;
    if (field->align > align) align = field->align;
    if (!field->pointer_free) info->pointer_free = false;
  }
  block(info, offset, align);
}

static void lay(Compiler *c, TypeInfo *info) {
  Type *u = info->under;
  if (u->kind < TYPE_BASIC_COUNT) {
    lay_basic(info, u->kind);
    return;
  }
  switch (u->kind) {
  case TYPE_ARRAY: {
    TypeInfo *elem = info_of(c, u->elem);
    info->pointer_free = elem->pointer_free;
    block(info, (uint64_t)elem->size * (uint64_t)u->len, elem->align);
    break;
  }
  case TYPE_STRUCT: lay_struct(c, info, u); break;
  case TYPE_SLICE: case TYPE_INTERFACE: pair(info); break;
  default: scalar(info, SHAPE_WORD, 8, false); break; // pointer, signature, map, chan
  }
}

static TypeInfo *find_info(Compiler *c, Type *t) {
  TypeInfo **by_type = (TypeInfo **)ptr_table_slot(&c->info_by_type, t);
  if (*by_type) return *by_type;
  void **by_hash = ptr_table_slot(&c->info_by_hash, (const void *)(uintptr_t)type_hash(t));
  for (TypeInfo *i = *by_hash; i; i = i->next)
    if (type_identical(i->type, t)) return *by_type = i;
  TypeInfo *info = ARENA_NEW(&c->scratch, TypeInfo);
  info->type = type_unalias(t);
  info->under = type_underlying(t);
  info->next = *by_hash;
  *by_hash = *by_type = info;
  lay(c, info); // may move the tables: by_type and by_hash are dead now
  info->laid = true;
  return info;
}

TypeInfo *info_find(Compiler *c, Type *t) {
  TypeInfo *info = find_info(c, t);
  *info_recent(c, t) = (RecentInfo){t, info};
  return info;
}

// --- calls

static uint32_t place(uint32_t *top, const TypeInfo *info) {
  if (info->align == 16) *top = (*top + 1) & ~1u;
  uint32_t slot = *top;
  *top += info->slots;
  return slot;
}

CallLayout *call_layout(Compiler *c, Type *sig) {
  sig = under_of(c, sig);
  CallLayout *known = ptr_table_get(&c->layouts, sig);
  if (known) return known;
  CallLayout *l = ARENA_NEW(&c->scratch, CallLayout);
  l->sig = sig;
  l->result_count = sig->result_count;
  l->param_count = sig->param_count;
  l->results = ARENA_ARRAY(&c->scratch, TypeInfo *, sig->result_count);
  l->result_slots = ARENA_ARRAY(&c->scratch, uint16_t, sig->result_count);
  l->params = ARENA_ARRAY(&c->scratch, TypeInfo *, sig->param_count);
  l->param_slots = ARENA_ARRAY(&c->scratch, uint16_t, sig->param_count);
  uint32_t top = 2;
  for (uint32_t i = 0; i < l->result_count; i++) {
    l->results[i] = info_of(c, sig->results[i]->type);
    l->result_slots[i] = (uint16_t)place(&top, l->results[i]);
  }
  l->result_end = top;
  for (uint32_t i = 0; i < l->param_count; i++) {
    l->params[i] = info_of(c, sig->params[i]->type);
    l->param_slots[i] = (uint16_t)place(&top, l->params[i]);
  }
  l->end = top;
  ptr_table_put(&c->layouts, sig, l);
  return l;
}

uint32_t call_recv_slot(const CallLayout *layout, const TypeInfo *recv, uint32_t *end) {
  uint32_t top = layout->end;
  uint32_t slot = recv ? place(&top, recv) : top;
  *end = top;
  return slot;
}
