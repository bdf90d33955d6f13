#include "std/reflect/types.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/assert.h"
#include "base/table.h"
#include "base/text.h"
#include "vm/service.h"

typedef struct Known {
  const RType *type;
  struct Known *next; // with the same hash
} Known;

typedef struct Registry {
  pthread_mutex_t lock; // rank: leaf. Guards the rest
  Arena arena;
  PtrTable by_hash;     // structural hash -> Known *; every unnamed composite type
  uint32_t next_id;
} Registry;

// --- structure

static bool is_composite(const RType *t) {
  switch ((RKind)t->kind) {
  case KIND_ARRAY: case KIND_CHAN: case KIND_FUNC: case KIND_MAP: case KIND_POINTER: case KIND_SLICE: case KIND_STRUCT: return !t->named;
  default: return false;
  }
}

static uint64_t add(uint64_t hash, uint64_t value) { return (hash ^ value) * 0x9e3779b97f4a7c15ull + (hash >> 29); }
static uint64_t add_type(uint64_t hash, const RType *t) { return add(hash, (uint64_t)(uintptr_t)t); }

static uint64_t hash_of(const RType *t) {
  uint64_t h = add(add(t->kind + 1u, (uint64_t)t->len), (uint64_t)t->dir * 2 + t->variadic);
  h = add_type(add_type(h, t->elem), t->key);
  for (uint32_t i = 0; i < t->in_count; i++) h = add_type(h, t->in[i]);
  h = add(h, t->in_count);
  for (uint32_t i = 0; i < t->out_count; i++) h = add_type(h, t->out[i]);
  for (uint32_t i = 0; i < t->field_count; i++) h = add(add_type(h, t->fields[i].type), hash_bytes(t->fields[i].name, strlen(t->fields[i].name)));
  return h | 1;
}

static bool same_text(const char *a, const char *b) { return !strcmp(a ? a : "", b ? b : ""); }

static bool same_structure(const RType *a, const RType *b) {
  if (a->kind != b->kind || a->elem != b->elem || a->key != b->key || a->len != b->len || a->dir != b->dir || a->variadic != b->variadic ||
      a->in_count != b->in_count || a->out_count != b->out_count || a->field_count != b->field_count)
    return false;
  for (uint32_t i = 0; i < a->in_count; i++)
    if (a->in[i] != b->in[i]) return false;
  for (uint32_t i = 0; i < a->out_count; i++)
    if (a->out[i] != b->out[i]) return false;
  for (uint32_t i = 0; i < a->field_count; i++) {
    const RField *x = &a->fields[i], *y = &b->fields[i];
    if (x->type != y->type || x->embedded != y->embedded || strcmp(x->name, y->name) || !same_text(x->package, y->package) ||
        !same_text(x->tag, y->tag))
      return false;
  }
  return true;
}

// --- the registry

static void enter(Registry *r, const RType *t) {
  void **slot = ptr_table_slot(&r->by_hash, (const void *)(uintptr_t)hash_of(t));
  Known *known = ARENA_NEW(&r->arena, Known);
  *known = (Known){t, *slot};
  *slot = known;
}

static void *start(Runtime *rt, const char **why) {
  Registry *r = calloc(1, sizeof *r);
  ASSERT(r, "memory for the types of a run");
  pthread_mutex_init(&r->lock, NULL);
  ptr_table_init(&r->by_hash, &r->arena);
  const Program *p = rt->program;
  for (uint32_t i = 0; i < p->type_count; i++)
    if (is_composite(p->types[i])) enter(r, p->types[i]);
  r->next_id = p->type_count;
  return r;
}

static void stop(void *state) {
  Registry *r = state;
  pthread_mutex_destroy(&r->lock);
  arena_deinit(&r->arena);
  free(r);
}

static const char registry_key;

static Registry *registry(Worker *w) {
  const char *why;
  return runtime_service(worker_runtime(w), &registry_key, start, stop, &why);
}

// --- layout, as compile/layout.c lays out the same types

static uint64_t round_up(uint64_t n, uint32_t align) { return (n + align - 1) & ~(uint64_t)(align - 1); }

static void lay_word(RType *t) {
  t->shape = SHAPE_WORD;
  t->size = t->align = 8;
  t->go_size = 8;
  t->slots = 1;
  t->direct = true;
  t->comparable = t->kind == KIND_POINTER || t->kind == KIND_CHAN;
  t->plain = t->comparable;
}

// size: bytes so far. False: too large.
static bool lay_block(RType *t, uint64_t size, uint32_t align, uint64_t go_size) {
  size = round_up(size, align);
  if (size > UINT32_MAX - 64 || go_size > UINT32_MAX) return false;
  t->go_size = (uint32_t)go_size;
  t->shape = size ? SHAPE_BLOCK : SHAPE_NONE;
  t->align = size ? (uint8_t)align : 1;
  t->size = (uint32_t)size;
  t->slots = (uint32_t)((size + 7) / 8);
  return true;
}

static bool lay_struct(RType *t) {
  uint64_t offset = 0, sum = 0;
  uint32_t align = 1;
  t->pointer_free = t->comparable = t->plain = true;
  for (uint32_t i = 0; i < t->field_count; i++) {
    RField *f = &t->fields[i];
    if (f->type->size) offset = round_up(offset, f->type->align);
    f->offset = (uint32_t)offset;
    offset += f->type->size;
    sum += f->type->size;
    if (f->type->align > align) align = f->type->align;
    t->pointer_free &= f->type->pointer_free;
    t->comparable &= f->type->comparable;
    t->plain &= strcmp(f->name, "_") && (!f->type->slots || f->type->plain);
    if (offset > UINT32_MAX - 64) return false;
  }
  uint64_t go_size = 0;
  if (t->field_count) {
    uint32_t last = t->field_count - 1, size = t->fields[last].type->go_size;
    uint64_t at = types_go_offset(t, last);
    go_size = round_up(at + (size || !at ? size : 1), types_go_align(t));
  }
  if (!lay_block(t, offset, align, go_size)) return false;
  t->plain &= t->comparable && sum == t->size;
  return true;
}

static bool lay(RType *t) {
  switch ((RKind)t->kind) {
  case KIND_SLICE:
    t->shape = SHAPE_PAIR;
    t->size = t->align = 16;
    t->go_size = 24;
    t->slots = 2;
    return true;
  case KIND_ARRAY:
    t->pointer_free = t->elem->pointer_free;
    t->comparable = t->elem->comparable;
    t->plain = t->comparable && t->elem->plain;
    if (t->elem->size && (uint64_t)t->len > UINT32_MAX / t->elem->size) return false;
    if (t->elem->go_size && (uint64_t)t->len > UINT32_MAX / t->elem->go_size) return false;
    return lay_block(t, t->elem->size * (uint64_t)t->len, t->elem->align, t->elem->go_size * (uint64_t)t->len);
  case KIND_STRUCT: return lay_struct(t);
  default: lay_word(t); return true;
  }
}

uint32_t types_go_align(const RType *t) {
  switch ((RKind)t->kind) {
  case KIND_ARRAY: return types_go_align(t->elem);
  case KIND_STRUCT: {
    if (!t->field_count && !strcmp(t->name, "align64") && !strcmp(t->package, "sync/atomic")) return 8;
    uint32_t most = 1;
    for (uint32_t i = 0; i < t->field_count; i++) {
      uint32_t one = types_go_align(t->fields[i].type);
      if (one > most) most = one;
    }
    return most;
  }
  case KIND_COMPLEX64: return 4;
  default: return t->go_size < 8 ? t->go_size : 8;
  }
}

uint32_t types_go_offset(const RType *t, uint32_t field) {
  uint64_t offset = 0;
  for (uint32_t i = 0;; i++) {
    offset = round_up(offset, types_go_align(t->fields[i].type));
    if (i == field) return (uint32_t)offset;
    offset += t->fields[i].type->go_size;
  }
}

// --- how a type is written

static void write_types(StrBuf *out, RType *const *types, uint32_t count, bool variadic) {
  for (uint32_t i = 0; i < count; i++) {
    if (i) strbuf_puts(out, ", ");
    if (variadic && i == count - 1) strbuf_printf(out, "...%s", types[i]->elem->string);
    else strbuf_puts(out, types[i]->string);
  }
}

static void write_struct(StrBuf *out, const RType *t) {
  strbuf_puts(out, "struct {");
  for (uint32_t i = 0; i < t->field_count; i++) {
    const RField *f = &t->fields[i];
    strbuf_puts(out, i ? "; " : " ");
    if (f->embedded) strbuf_puts(out, f->type->string);
    else strbuf_printf(out, "%s %s", f->name, f->type->string);
    if (!f->tag || !*f->tag) continue;
    strbuf_putc(out, ' ');
    strbuf_put_quoted(out, f->tag, strlen(f->tag));
  }
  strbuf_puts(out, t->field_count ? " }" : "}");
}

static void write_type(StrBuf *out, const RType *t) {
  switch ((RKind)t->kind) {
  case KIND_POINTER: strbuf_printf(out, "*%s", t->elem->string); break;
  case KIND_SLICE: strbuf_printf(out, "[]%s", t->elem->string); break;
  case KIND_ARRAY: strbuf_printf(out, "[%ld]%s", (long)t->len, t->elem->string); break;
  case KIND_MAP: strbuf_printf(out, "map[%s]%s", t->key->string, t->elem->string); break;
  case KIND_CHAN:
    if (t->dir == 1) strbuf_printf(out, "chan<- %s", t->elem->string);
    else if (t->dir == 2) strbuf_printf(out, "<-chan %s", t->elem->string);
    else strbuf_printf(out, !strncmp(t->elem->string, "<-", 2) ? "chan (%s)" : "chan %s", t->elem->string);
    break;
  case KIND_FUNC:
    strbuf_puts(out, "func(");
    write_types(out, t->in, t->in_count, t->variadic);
    strbuf_putc(out, ')');
    if (t->out_count) strbuf_puts(out, t->out_count > 1 ? " (" : " ");
    write_types(out, t->out, t->out_count, false);
    if (t->out_count > 1) strbuf_putc(out, ')');
    break;
  default: write_struct(out, t);
  }
}

// --- making

static const RType *make(Registry *r, const RType *like) {
  RType *t = arena_copy(&r->arena, like, sizeof *like);
  t->in = arena_copy(&r->arena, like->in, like->in_count * sizeof *like->in);
  t->out = arena_copy(&r->arena, like->out, like->out_count * sizeof *like->out);
  t->fields = arena_copy(&r->arena, like->fields, like->field_count * sizeof *like->fields);
  for (uint32_t i = 0; i < t->field_count; i++) {
    RField *f = &t->fields[i];
    f->name = arena_strdup(&r->arena, f->name);
    f->package = f->package ? arena_strdup(&r->arena, f->package) : NULL;
    f->tag = arena_strdup(&r->arena, f->tag ? f->tag : "");
  }
  if (!lay(t)) return NULL;
  StrBuf text = {0};
  write_type(&text, t);
  t->string = arena_strndup(&r->arena, text.data, text.len);
  strbuf_free(&text);
  t->name = t->package = "";
  t->id = r->next_id++;
  enter(r, t);
  return t;
}

const RType *types_like(Worker *w, const RType *like) {
  Registry *r = registry(w);
  pthread_mutex_lock(&r->lock);
  const Known *known = ptr_table_get(&r->by_hash, (const void *)(uintptr_t)hash_of(like));
  while (known && !same_structure(known->type, like)) known = known->next;
  const RType *t = known ? known->type : make(r, like);
  pthread_mutex_unlock(&r->lock);
  return t;
}

const RType *types_pointer_to(Worker *w, const RType *elem) {
  if (elem->pointer_to) return elem->pointer_to;
  return types_like(w, &(RType){.kind = KIND_POINTER, .elem = (RType *)(uintptr_t)elem});
}

// --- relations

static bool same_or_alike(const RType *a, const RType *b, bool tags) {
  if (tags || a == b) return a == b;
  if (strcmp(a->name, b->name) || a->kind != b->kind || strcmp(a->package, b->package) || a->named || b->named) return false;
  return types_same_underlying(a, b, false);
}

static bool lists_alike(RType *const *a, RType *const *b, uint32_t count, bool tags) {
  for (uint32_t i = 0; i < count; i++)
    if (!same_or_alike(a[i], b[i], tags)) return false;
  return true;
}

bool types_same_underlying(const RType *a, const RType *b, bool tags) {
  if (a == b) return true;
  if (a->kind != b->kind) return false;
  switch ((RKind)a->kind) {
  case KIND_ARRAY: return a->len == b->len && same_or_alike(a->elem, b->elem, tags);
  case KIND_CHAN: return a->dir == b->dir && same_or_alike(a->elem, b->elem, tags);
  case KIND_POINTER: case KIND_SLICE: return same_or_alike(a->elem, b->elem, tags);
  case KIND_MAP: return same_or_alike(a->key, b->key, tags) && same_or_alike(a->elem, b->elem, tags);
  case KIND_FUNC:
    return a->variadic == b->variadic && a->in_count == b->in_count && a->out_count == b->out_count &&
           lists_alike(a->in, b->in, a->in_count, tags) && lists_alike(a->out, b->out, a->out_count, tags);
  case KIND_INTERFACE: return types_implement(a, b) && types_implement(b, a);
  case KIND_STRUCT:
    if (a->field_count != b->field_count) return false;
    for (uint32_t i = 0; i < a->field_count; i++) {
      const RField *x = &a->fields[i], *y = &b->fields[i];
      if (strcmp(x->name, y->name) || !same_text(x->package, y->package) || x->embedded != y->embedded ||
          (tags && !same_text(x->tag, y->tag)) || !same_or_alike(x->type, y->type, tags))
        return false;
    }
    return true;
  default: return true; // basic kinds
  }
}

bool types_implement(const RType *t, const RType *iface) {
  if (iface->kind != KIND_INTERFACE) return false;
  if (t->kind != KIND_INTERFACE) return rtype_implements(t, iface, NULL);
  uint32_t at = 0; // both are sorted by id
  for (uint32_t i = 0; i < iface->method_count; i++) {
    while (at < t->method_count && t->methods[at].id < iface->methods[i].id) at++;
    if (at == t->method_count || t->methods[at].id != iface->methods[i].id) return false;
  }
  return true;
}

static bool directly_assignable(const RType *to, const RType *from) {
  if (to == from) return true;
  if ((to->named && from->named) || to->kind != from->kind) return false;
  if (to->kind == KIND_CHAN && from->dir == 0 && to->elem == from->elem) return true;
  return types_same_underlying(to, from, true);
}

bool types_assignable(const RType *to, const RType *from) { return directly_assignable(to, from) || types_implement(from, to); }

static bool is_number(RKind k) { return k >= KIND_INT && k <= KIND_FLOAT64; }
static bool is_integer(RKind k) { return k >= KIND_INT && k <= KIND_UINTPTR; }
static bool is_complex(RKind k) { return k == KIND_COMPLEX64 || k == KIND_COMPLEX128; }
static bool is_text(const RType *slice) {
  return slice->kind == KIND_SLICE && !*slice->elem->package && (slice->elem->kind == KIND_UINT8 || slice->elem->kind == KIND_INT32);
}

bool types_convertible(const RType *to, const RType *from) {
  RKind a = from->kind, b = to->kind;
  if ((is_number(a) && is_number(b)) || (is_complex(a) && is_complex(b))) return true;
  if (b == KIND_STRING && (is_integer(a) || is_text(from))) return true;
  if (a == KIND_STRING && is_text(to)) return true;
  if (a == KIND_SLICE && b == KIND_POINTER && to->elem->kind == KIND_ARRAY && to->elem->elem == from->elem) return true;
  if (a == KIND_SLICE && b == KIND_ARRAY && to->elem == from->elem) return true;
  // Channels: the specification allows it only where one of the types is not named.
  if (a == KIND_CHAN && b == KIND_CHAN && from->dir == 0 && to->elem == from->elem && (!to->named || !from->named)) return true;
  if (types_same_underlying(to, from, false)) return true;
  if (a == KIND_POINTER && b == KIND_POINTER && !to->named && !from->named && types_same_underlying(to->elem, from->elem, false)) return true;
  return types_implement(from, to);
}
