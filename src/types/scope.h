// Scopes: names to objects (specification "Declarations and scope"). Objects of a function become visible at their
// visible_from, so a lookup from an earlier position finds what an enclosing scope declares.
#ifndef TYPES_SCOPE_H
#define TYPES_SCOPE_H

#include <stdbool.h>

#include "types/types.h"

Scope *scope_new(Arena *arena, Scope *parent, Pos start, Pos end);

// Inserts under the object's own name and sets object->scope unless it is set. Returns NULL, or the object that was
// there before (and stays). Blank names are the caller's business: do not insert them.
Object *scope_insert(Scope *scope, Object *object);
// Replaces whatever the name meant in this scope (the REPL's redeclaration, script mode).
void scope_replace(Scope *scope, Object *object);

void scope_reserve(Scope *scope, uint32_t names); // so many more are coming

Object *scope_lookup(const Scope *scope, const Name *name); // this scope alone, whatever the position
// From this scope outward; an object counts only if it is visible at `at` (NO_POS: everywhere). *holder, if not NULL,
// becomes the scope it was found in (which may differ from object->scope for dot imports).
Object *scope_find(const Scope *scope, const Name *name, Pos at, const Scope **holder);

// Objects in order of insertion.
uint32_t scope_count(const Scope *scope);
Object *scope_at(const Scope *scope, uint32_t index);

// A declared name that resembles `name` (for a hint), or NULL: differs only in case, or by one letter.
Object *scope_similar(const Scope *scope, const Name *name, Pos at);

#endif
