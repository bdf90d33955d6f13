// Scopes: one hash table of names a scope, most of them tiny, in order of insertion.
#include "types/scope.h"

#include "base/table.h"

struct ScopeTable {
  PtrTable names;  // Name -> Object
  uint64_t hashes; // a bit for each of them, by its hash: most scopes tell at once that they lack a name
};

static uint64_t hash_bit(const Name *name) { return 1ull << name->hash % 64; }

Scope *scope_new(Arena *arena, Scope *parent, Pos start, Pos end) {
  Scope *scope = ARENA_NEW(arena, Scope);
  scope->parent = parent;
  scope->start = start;
  scope->end = end;
  scope->table = ARENA_NEW(arena, struct ScopeTable);
  ptr_table_init(&scope->table->names, arena);
  return scope;
}

Object *scope_insert(Scope *scope, Object *object) {
  void **slot = ptr_table_slot(&scope->table->names, object->name);
  scope->table->hashes |= hash_bit(object->name);
  if (*slot) return *slot;
  *slot = object;
  if (!object->scope) object->scope = scope;
  return NULL;
}

void scope_reserve(Scope *scope, uint32_t names) { ptr_table_reserve(&scope->table->names, names); }

void scope_replace(Scope *scope, Object *object) {
  ptr_table_put(&scope->table->names, object->name, object);
  scope->table->hashes |= hash_bit(object->name);
  if (!object->scope) object->scope = scope;
}

Object *scope_lookup(const Scope *scope, const Name *name) { return ptr_table_get(&scope->table->names, name); }

// Specification "Declarations and scope": a local name begins after its declaration.
Object *scope_find(const Scope *scope, const Name *name, Pos at, const Scope **holder) {
  uint64_t bit = hash_bit(name);
  for (; scope; scope = scope->parent) {
    if (!(scope->table->hashes & bit)) continue;
    Object *object = ptr_table_get(&scope->table->names, name);
    if (!object || (at != NO_POS && object->visible_from > at)) continue;
    if (holder) *holder = scope;
    return object;
  }
  return NULL;
}

uint32_t scope_count(const Scope *scope) { return scope->table->names.len; }
Object *scope_at(const Scope *scope, uint32_t index) { return scope->table->names.entries[index].value; }

// --- hints

static unsigned char lower(char c) { return c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : (unsigned char)c; }

// 0: not alike; 1: one letter inserted, left out, changed or two swapped; 2: only case differs.
static int likeness(const Name *a, const Name *b) {
  if (a->len > b->len) return likeness(b, a);
  if (b->len - a->len > 1 || a->len == 0) return 0;
  uint32_t head = 0, tail = 0;
  while (head < a->len && lower(a->text[head]) == lower(b->text[head])) head++;
  if (head == a->len && a->len == b->len) return 2;
  if (a->len < 3) return 0;
  while (tail < a->len - head && lower(a->text[a->len - 1 - tail]) == lower(b->text[b->len - 1 - tail])) tail++;
  uint32_t middle_a = a->len - head - tail, middle_b = b->len - head - tail;
  if (middle_a <= 1 && middle_b <= 1) return 1;
  return middle_a == 2 && middle_b == 2 && lower(a->text[head]) == lower(b->text[head + 1]) &&
         lower(a->text[head + 1]) == lower(b->text[head]);
}

Object *scope_similar(const Scope *scope, const Name *name, Pos at) {
  Object *best = NULL;
  int best_likeness = 0;
  for (; scope; scope = scope->parent)
    for (uint32_t i = 0; i < scope_count(scope); i++) {
      Object *object = scope_at(scope, i);
      if (!object || (at != NO_POS && object->visible_from > at) || object->name == name) continue;
      int alike = likeness(name, object->name);
      if (alike <= best_likeness) continue;
      best = object;
      best_likeness = alike;
    }
  return best;
}
