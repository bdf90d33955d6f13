// Fields and methods by name (specification "Selectors"): breadth first through embedded fields, the shallowest depth
// wins, two at one depth are ambiguous.
//
//   entries:  [ T ][ its embedded types ... ][ theirs ... ]     each knows its parent, so a path is read backwards
//              ^first                         ^next depth
#include "types/lookup.h"

#include "base/vec.h"
#include "types/predicates.h"
#include "types/typeset.h"
#include "types/types_private.h"

// --- names

// Specification "Uniqueness of identifiers": unexported names of different packages differ.
bool name_same(const Name *a, Package *pa, const Name *b, Package *pb) {
  if (a != b) return false;
  if (!a || name_is_exported(a) || pa == pb) return true;
  return pa && pb && pa->path == pb->path;
}

bool name_visible(const Name *name, Package *declared_in, Package *from) {
  return name_is_exported(name) || declared_in == from || (declared_in && from && declared_in->path == from->path);
}

static int32_t fold(int32_t rune) {
  if (rune >= 'A' && rune <= 'Z') return rune + 32;
  return rune;
}

bool name_fold_equal(const Name *a, const Name *b) {
  if (a == b) return true;
  if (!a || !b || a->len != b->len) return false;
  for (uint32_t i = 0; i < a->len; i++)
    if (fold((unsigned char)a->text[i]) != fold((unsigned char)b->text[i])) return false;
  return true;
}

static bool matches(const Name *have, Package *declared_in, const Name *want, Package *from, bool fold_case) {
  return name_same(have, declared_in, want, from) || (fold_case && name_fold_equal(have, want));
}

// --- declared methods

static bool has_name(Type *t) { return t->kind == TYPE_NAMED; }

uint32_t named_method_count(Type *named) { return named->origin->declared_count; }

// The instance's own function object: the origin's with the receiver's type parameters replaced.
static void expand_method(Type *instance, Object *method, Object *origin) {
  Universe *u = instance->universe;
  Type *sig = object_type(u, origin);
  if (!sig || sig->kind != TYPE_SIGNATURE) return;
  Type *copy = sig;
  TypeList tparams = sig->recv_tparams;
  if (tparams.len == instance->targs.len) copy = substitute(&(Substitution){u, tparams, instance->targs}, sig);
  if (copy == sig) {
    copy = type_new(u, TYPE_SIGNATURE);
    uint32_t id = copy->id;
    *copy = *sig;
    copy->id = id;
    copy->mentions_param = 0;
  }
  copy->recv_tparams = (TypeList){0};
  if (sig->recv) {
    copy->recv = ARENA_NEW(u->arena, Object);
    *copy->recv = *sig->recv;
    copy->recv->type = origin->pointer_recv ? type_pointer(u, instance) : instance;
  }
  method->type = copy;
}

Object *named_method(Type *named, uint32_t index) {
  Type *origin = named->origin;
  Object *declared = origin->declared[index].object;
  if (origin == named) return declared;
  Universe *u = named->universe;
  if (named->declared_count < origin->declared_count) { // methods may still be collected while instances exist
    Method *methods = ARENA_ARRAY(u->arena, Method, origin->declared_count);
    for (uint32_t i = 0; i < named->declared_count; i++) methods[i] = named->declared[i];
    named->declared = methods;
    named->declared_count = origin->declared_count;
  }
  Method *m = &named->declared[index];
  if (!m->object) {
    Object *object = ARENA_NEW(u->arena, Object);
    *object = *declared;
    object->type = NULL;
    object->backend = NULL;
    object->origin = declared;
    *m = (Method){.name = declared->name, .package = declared->package, .object = object, .pos = declared->pos};
  }
  if (!m->object->type) expand_method(named, m->object, declared);
  m->type = m->object->type;
  return m->object;
}

static bool find_declared(Type *named, Package *from, const Name *name, bool fold_case, uint32_t *index) {
  Type *origin = named->origin;
  for (uint32_t i = 0; i < origin->declared_count; i++) {
    Method *m = &origin->declared[i];
    if (!matches(m->name, m->package, name, from, fold_case)) continue;
    *index = i;
    return true;
  }
  return false;
}

// --- the search

typedef struct {
  Type *type;     // with the pointer taken off
  int32_t parent; // entry that embeds it, -1: none
  uint32_t field; // as which field
  bool indirect;  // a pointer on the way
  bool multiples; // several fields of this depth lead to this type
} Entry;

// Most types embed nothing: a few entries have room without malloc.
typedef struct {
  Entry *data;
  uint32_t len, cap;
  Entry *few; // room for FEW
} Entries;
enum { FEW = 4 };

static void entries_push(Entries *e, Entry entry) {
  if (e->len == e->cap) {
    bool few = e->data == e->few;
    e->data = vec_grow(few ? NULL : e->data, &e->cap, (uint64_t)e->len + 1, sizeof *e->data);
    if (few) memcpy(e->data, e->few, FEW * sizeof *e->few);
  }
  e->data[e->len++] = entry;
}

static void entries_free(Entries *e) {
  if (e->data != e->few) free(e->data);
}

typedef struct {
  Universe *universe;
  Package *from;
  const Name *name;
  bool fold_case;
  Entries entries;
  Lookup found;
  int32_t holder; // entry of the match
  uint32_t index; // in it
  bool collision;
} Search;

// Has an entry before `end` the same defined type? Then it shadows this one.
static bool seen_before(const Search *s, Type *type, uint32_t end) {
  for (uint32_t i = 0; i < end; i++)
    if (s->entries.data[i].type == type || (has_name(type) && type_identical(s->entries.data[i].type, type)))
      return true;
  return false;
}

static bool claim(Search *s, LookupStatus status, uint32_t entry, uint32_t index) {
  if (s->found.status != LOOKUP_NONE || s->entries.data[entry].multiples) {
    s->collision = true;
    return false;
  }
  s->found.status = status;
  s->found.recv = s->entries.data[entry].type;
  s->found.indirect = s->entries.data[entry].indirect;
  s->holder = (int32_t)entry;
  s->index = index;
  return true;
}

static void search_struct(Search *s, Type *t, uint32_t entry) {
  for (uint32_t i = 0; i < t->field_count && !s->collision; i++) {
    FieldInfo *f = &t->fields[i];
    if (f->name && matches(f->name, f->package, s->name, s->from, s->fold_case)) {
      if (claim(s, LOOKUP_FIELD, entry, i)) {
        s->found.field = f;
        s->found.type = f->type;
      }
      continue;
    }
    if (s->found.status != LOOKUP_NONE || !f->embedded) continue;
    bool pointer;
    Type *embedded = type_unalias(type_deref(f->type, &pointer));
    Entry e = s->entries.data[entry];
    entries_push(&s->entries, (Entry){embedded, (int32_t)entry, i, e.indirect || pointer, e.multiples});
  }
}

static void search_entry(Search *s, uint32_t entry, uint32_t depth_start) {
  Type *t = s->entries.data[entry].type;
  uint32_t index;
  if (has_name(t)) {
    if (seen_before(s, t, depth_start)) return;
    if (find_declared(t, s->from, s->name, s->fold_case, &index)) {
      if (!claim(s, LOOKUP_METHOD, entry, index)) return;
      s->found.pointer_recv = t->origin->declared[index].object->pointer_recv;
      return; // the type has no field of that name
    }
  }
  Type *under = type_underlying(t);
  if (under->kind == TYPE_STRUCT) {
    search_struct(s, under, entry);
  } else if (under->kind == TYPE_INTERFACE) {
    Method *m = type_set_method(type_set(under), s->from, s->name, s->fold_case, &index);
    if (!m || !claim(s, LOOKUP_METHOD, entry, index)) return;
    s->found.interface = true;
    s->found.method = m->object;
    s->found.type = m->type;
  }
}

// Entries of one depth with the same type become one that stands for several.
static void merge_multiples(Search *s, uint32_t start) {
  Entries *e = &s->entries;
  uint32_t kept = start;
  for (uint32_t i = start; i < e->len; i++) {
    uint32_t j = start;
    while (j < kept && !type_identical(e->data[j].type, e->data[i].type)) j++;
    if (j < kept) e->data[j].multiples = true;
    else e->data[kept++] = e->data[i];
  }
  e->len = kept;
}

static void read_path(Search *s) {
  uint32_t len = 1;
  for (int32_t e = s->holder; s->entries.data[e].parent >= 0; e = s->entries.data[e].parent) len++;
  uint32_t *path = ARENA_ARRAY(s->universe->arena, uint32_t, len);
  s->found.path = path;
  s->found.path_len = len;
  path[--len] = s->index;
  for (int32_t e = s->holder; s->entries.data[e].parent >= 0; e = s->entries.data[e].parent)
    path[--len] = s->entries.data[e].field;
}

static void finish(Search *s, bool addressable) {
  Lookup *found = &s->found;
  if (s->collision) {
    *found = (Lookup){.status = LOOKUP_AMBIGUOUS};
    return;
  }
  if (found->status == LOOKUP_NONE) return;
  if (found->status == LOOKUP_METHOD && !found->interface) {
    found->method = named_method(found->recv, s->index);
    // Specification "Calls": x.m() is shorthand for (&x).m() if x is addressable.
    if (found->pointer_recv && !found->indirect && !addressable) found->status = LOOKUP_POINTER;
    object_type(s->universe, found->method->origin ? found->method->origin : found->method);
    found->type = named_method(found->recv, s->index)->type;
  }
  read_path(s);
}

static Lookup search(Universe *u, Type *t, bool addressable, Package *from, const Name *name, bool fold_case) {
  if (name_is_blank(name)) return (Lookup){0};
  bool pointer;
  Type *base = type_unalias(type_deref(t, &pointer));
  if (pointer && type_underlying(base)->kind == TYPE_INTERFACE)
    return (Lookup){0}; // pointers to interfaces have no methods
  Entry few[FEW];
  Search s = {.universe = u, .from = from, .name = name, .fold_case = fold_case, .entries = {.data = few, .cap = FEW, .few = few}};
  entries_push(&s.entries, (Entry){base, -1, 0, pointer, false});
  for (uint32_t start = 0; start < s.entries.len && s.found.status == LOOKUP_NONE && !s.collision;) {
    uint32_t end = s.entries.len;
    for (uint32_t i = start; i < end && !s.collision; i++) search_entry(&s, i, start);
    start = end;
    merge_multiples(&s, start);
  }
  finish(&s, addressable);
  entries_free(&s.entries);
  return s.found;
}

Lookup lookup_find(Universe *u, Type *t, bool addressable, Package *from, const Name *name, bool fold_case) {
  // A defined pointer type has the fields of what it points to, but no methods.
  Type *named = type_unalias(t);
  if (named->kind == TYPE_NAMED) {
    Type *under = type_underlying(named);
    if (under->kind == TYPE_POINTER) {
      Lookup found = search(u, under, false, from, name, fold_case);
      return found.status == LOOKUP_METHOD || found.status == LOOKUP_POINTER ? (Lookup){0} : found;
    }
  }
  return search(u, t, addressable, from, name, fold_case);
}

Selection *type_lookup(Universe *u, Type *t, bool addressable, Package *from, const Name *name) {
  Lookup found = lookup_find(u, t, addressable, from, name, false);
  if (found.status != LOOKUP_FIELD && found.status != LOOKUP_METHOD) return NULL;
  Selection *selection = ARENA_NEW(u->arena, Selection);
  *selection = (Selection){
      .kind = found.status == LOOKUP_FIELD ? SELECT_FIELD
              : found.interface            ? SELECT_INTERFACE_METHOD
                                           : SELECT_METHOD_VALUE,
      .recv = t,
      .object = found.method,
      .field = found.field,
      .path = found.path,
      .path_len = found.path_len,
      .indirect = found.indirect,
      .type = found.type,
  };
  return selection;
}
