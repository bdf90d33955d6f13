// Structs and arrays too big for a frame: they live in memory, and go from place to place without passing through slots.
#include "compile/expr.h"

// An operand that lies in memory where it is: a variable, a field, an element, what a pointer points to.
static bool is_place(Fn *f, const Node *n) {
  switch (n->kind) {
  case NODE_IDENT: {
    const Object *o = ((const NodeIdent *)n)->obj;
    return o && o->kind == OBJECT_VAR;
  }
  case NODE_SELECTOR: {
    const NodeSelector *s = (const NodeSelector *)n;
    if (!s->selection) return ((NodeIdent *)s->sel)->obj->kind == OBJECT_VAR;
    return s->selection->kind == SELECT_FIELD && (s->selection->indirect || is_place(f, node_unparen(s->x)));
  }
  case NODE_INDEX: {
    const NodeIndex *i = (const NodeIndex *)n;
    switch (under_of(f->c, node_type(f, i->x))->kind) {
    case TYPE_ARRAY: return is_place(f, node_unparen(i->x));
    case TYPE_SLICE: case TYPE_POINTER: return true;
    default: return false;
    }
  }
  case NODE_STAR: return true;
  default: return false;
  }
}

// A literal may use what it is assigned to, so it is made elsewhere first, unless it is nothing but zeros.
static void literal_into(Fn *f, Loc to, NodeComposite *n, bool zeroed) {
  if (zeroed) {
    composite_into(f, n, loc_in_memory(f, to), true);
  } else if (!n->elems.len) {
    loc_zero(f, to);
  } else {
    Slot box = slot_word(f);
    emit_new(f, box, to.info->type);
    composite_into(f, n, loc_mem(to.info, box, 0, true), true);
    emit(f, OP_COPYM, loc_addr(f, to, NO_SLOT), box, 0);
    emit_pair(f, 0, to.info->size);
  }
}

bool is_big(Fn *f, Node *value, const TypeInfo *target) {
  value = node_unparen(value);
  Slot made;
  if (target->shape != SHAPE_BLOCK || target->slots <= BIG_VARIABLE || node_info(f, value) != target) return false;
  return !hoisted_slot(f, value, &made) && (value->kind == NODE_COMPOSITE || is_place(f, value));
}

bool big_into(Fn *f, Loc to, Node *value, bool zeroed) {
  bool in_memory = to.kind == LOC_MEM || to.kind == LOC_GLOBAL || to.kind == LOC_ELEM || to.kind == LOC_AELEM;
  if (!in_memory || !is_big(f, value, to.info)) return false;
  value = node_unparen(value);
  uint32_t top = f->top;
  if (value->kind == NODE_COMPOSITE) {
    literal_into(f, to, (NodeComposite *)value, zeroed);
  } else {
    Loc place = loc_of(f, value);
    if (place.kind == LOC_SLOT) { // the argument of an expanded call, say
      loc_store(f, to, place.slot);
    } else {
      Slot from = loc_addr(f, place, NO_SLOT);
      emit(f, OP_COPYM, loc_addr(f, to, NO_SLOT), from, 0);
      emit_pair(f, 0, to.info->size);
    }
  }
  f->top = top;
  return true;
}
