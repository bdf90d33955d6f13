// Method sets (specification "Method sets"): all methods that can be called on a value held in an interface, promoted
// ones included. What the run-time types of the compiler are made from.
//
// Breadth first as in lookup.c, but for all names at once: a name found at one depth hides it below, a name found
// twice at one depth is no method at all but hides it below nevertheless.
#include <string.h>

#include "base/table.h"
#include "base/vec.h"
#include "types/lookup.h"
#include "types/typeset.h"
#include "types/types_private.h"

typedef struct {
  Type *type;
  uint32_t *path;
  uint32_t path_len;
  bool indirect, multiples;
} Level;

typedef struct {
  const Name *name;
  Package *package; // of unexported names
  uint32_t depth;
  bool method; // entry is valid (not a field, not ambiguous)
  MethodEntry entry;
} Candidate;

typedef struct {
  Universe *universe;
  VEC(Level) levels;
  VEC(Candidate) found;
  PtrTable seen; // defined types already visited
  uint32_t depth;
} Collector;

// Registers a name at this depth; returns where to write the method, or NULL if it is hidden or in conflict.
static Candidate *claim(Collector *c, const Name *name, Package *package, bool multiples) {
  for (uint32_t i = 0; i < c->found.len; i++) {
    Candidate *other = &c->found.data[i];
    if (!name_same(other->name, other->package, name, package)) continue;
    if (other->depth == c->depth) other->method = false;
    return NULL;
  }
  vec_push(&c->found, (Candidate){.name = name, .package = package, .depth = c->depth, .method = !multiples});
  return &vec_last(&c->found);
}

static uint32_t *longer_path(Collector *c, const Level *level, uint32_t index) {
  uint32_t *path = ARENA_ARRAY(c->universe->arena, uint32_t, level->path_len + 1);
  if (level->path_len) memcpy(path, level->path, level->path_len * sizeof *path);
  path[level->path_len] = index;
  return path;
}

static void collect_declared(Collector *c, Level level) {
  Type *named = level.type;
  for (uint32_t i = 0; i < named_method_count(named); i++) {
    Object *origin = named->origin->declared[i].object;
    Candidate *candidate = claim(c, origin->name, origin->package, level.multiples);
    if (!candidate) continue;
    // A method with a pointer receiver needs a pointer somewhere on the way; without, the name still hides others.
    if (origin->pointer_recv && !level.indirect) candidate->method = false;
    if (!candidate->method) continue;
    candidate->entry = (MethodEntry){.name = origin->name,
                                     .package = origin->package,
                                     .object = origin,
                                     .path = level.path,
                                     .path_len = level.path_len,
                                     .pointer_recv = origin->pointer_recv,
                                     .recv = named,
                                     .index = i};
  }
}

static void collect_interface(Collector *c, Level level, Type *interface) {
  const TypeSet *set = type_set(interface);
  for (uint32_t i = 0; i < set->method_count; i++) {
    Method *m = set->methods[i];
    Candidate *candidate = claim(c, m->name, m->package, level.multiples);
    if (!candidate || !candidate->method) continue;
    candidate->entry = (MethodEntry){.name = m->name,
                                     .package = m->package,
                                     .signature = m->type,
                                     .object = m->object,
                                     .path = level.path,
                                     .path_len = level.path_len,
                                     .through_interface = true,
                                     .recv = level.type};
  }
}

static void collect_struct(Collector *c, Level level, Type *t) {
  for (uint32_t i = 0; i < t->field_count; i++) {
    FieldInfo *f = &t->fields[i];
    if (f->name && !name_is_blank(f->name)) {
      Candidate *candidate = claim(c, f->name, f->package, level.multiples);
      if (candidate) candidate->method = false;
    }
    if (!f->embedded) continue;
    bool pointer;
    Type *embedded = type_unalias(type_deref(f->type, &pointer));
    vec_push(&c->levels, (Level){embedded, longer_path(c, &level, i), level.path_len + 1, level.indirect || pointer,
                                 level.multiples});
  }
}

static void collect_level(Collector *c, Level level) {
  Type *t = level.type;
  if (t->kind == TYPE_NAMED) {
    if (ptr_table_has(&c->seen, t)) return;
    ptr_table_put(&c->seen, t, t);
    collect_declared(c, level);
  }
  Type *under = type_underlying(t);
  if (under->kind == TYPE_STRUCT) collect_struct(c, level, under);
  else if (under->kind == TYPE_INTERFACE) collect_interface(c, level, under);
}

static void merge_multiples(Collector *c, uint32_t start) {
  uint32_t kept = start;
  for (uint32_t i = start; i < c->levels.len; i++) {
    uint32_t j = start;
    while (j < kept && !type_identical(c->levels.data[j].type, c->levels.data[i].type)) j++;
    if (j < kept) c->levels.data[j].multiples = true;
    else c->levels.data[kept++] = c->levels.data[i];
  }
  c->levels.len = kept;
}

// Exported names first, then by name, then by package path: Go's order of methods in run-time types.
static int compare(const void *x, const void *y) {
  const MethodEntry *a = x, *b = y;
  bool ea = name_is_exported(a->name), eb = name_is_exported(b->name);
  if (ea != eb) return ea ? -1 : 1;
  int order = strcmp(a->name->text, b->name->text);
  if (order || ea || !a->package || !b->package) return order;
  return strcmp(a->package->path->text, b->package->path->text);
}

typedef struct {
  MethodEntry *items;
  uint32_t count;
} Cached;

static Cached collect(Universe *u, Type *t) {
  bool pointer;
  Type *base = type_unalias(type_deref(t, &pointer));
  if (pointer && type_is_interface(base)) return (Cached){0};
  Collector c = {.universe = u};
  vec_push(&c.levels, (Level){base, NULL, 0, pointer, false});
  for (uint32_t start = 0; start < c.levels.len; c.depth++) {
    uint32_t end = c.levels.len;
    for (uint32_t i = start; i < end; i++) collect_level(&c, c.levels.data[i]);
    start = end;
    merge_multiples(&c, start);
  }
  Cached result = {ARENA_ARRAY(u->arena, MethodEntry, c.found.len + 1), 0};
  for (uint32_t i = 0; i < c.found.len; i++)
    if (c.found.data[i].method) result.items[result.count++] = c.found.data[i].entry;
  qsort(result.items, result.count, sizeof *result.items, compare);
  vec_free(&c.levels);
  vec_free(&c.found);
  ptr_table_deinit(&c.seen);
  return result;
}

void method_entry_complete(MethodEntry *entry) {
  if (entry->signature) return;
  check_declaration(entry->object);
  entry->signature = named_method(entry->recv, entry->index)->type;
}

MethodEntry *type_method_set(Universe *u, Type *t, uint32_t *count) {
  MethodEntry *entries = type_method_names(u, t, count);
  for (uint32_t i = 0; i < *count; i++) method_entry_complete(&entries[i]);
  return entries;
}

MethodEntry *type_method_names(Universe *u, Type *t, uint32_t *count) {
  t = type_unalias(t);
  if (u->resolve) { // still checking: methods may yet be declared
    Cached now = collect(u, t);
    *count = now.count;
    return now.items;
  }
  if (!u->method_sets) {
    u->method_sets = ARENA_NEW(u->arena, PtrTable);
    ptr_table_init(u->method_sets, u->arena);
  }
  Cached *cached = ptr_table_get(u->method_sets, t);
  if (!cached) {
    cached = ARENA_NEW(u->arena, Cached);
    *cached = collect(u, t);
    ptr_table_put(u->method_sets, t, cached);
  }
  *count = cached->count;
  return cached->items;
}
