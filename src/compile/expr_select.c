// Selectors (specification "Selectors", "Method values", "Method expressions").
#include "compile/call.h"
#include "compile/expr.h"
#include "types/instantiate.h"
#include "types/lookup.h"

MethodRef method_find(Fn *f, Type *type, const Name *name, Package *package) {
  Lookup found = lookup_find(f->c->u, type, true, package, name, false);
  ASSERT(found.status == LOOKUP_METHOD || found.status == LOOKUP_POINTER, "selected method is there");
  MethodRef m = {.path = found.path, .path_len = found.path_len ? found.path_len - 1 : 0};
  if (found.interface) {
    m.interface = true;
    m.sig = found.type;
    m.recv = found.recv;
    m.id = method_id(f->c, found.method->name, found.method->package, m.sig);
    return m;
  }
  m.inst = inst_function(f->c, found.method, type_args_of(found.recv));
  m.sig = m.inst->sig;
  m.recv = m.inst->recv;
  return m;
}

Slot method_receiver(Fn *f, const MethodRef *m, Loc x, Slot dst) {
  x = loc_path(f, x, m->path, m->path_len);
  bool have_pointer = x.info->under->kind == TYPE_POINTER;
  if (m->interface) return loc_load(f, x, dst);
  bool want_pointer = under_of(f->c, m->recv)->kind == TYPE_POINTER;
  if (want_pointer) return have_pointer ? loc_load(f, x, dst) : loc_addr(f, x, dst);
  if (have_pointer && info_of(f->c, m->recv) != x.info) x = loc_deref(f, x);
  return loc_load(f, x, dst);
}

Slot expr_selector(Fn *f, NodeSelector *n, Slot dst) {
  Selection *s = n->selection;
  NodeIdent *sel = (NodeIdent *)n->sel;
  if (!s) { // pkg.Name
    Object *o = sel->obj;
    if (o->kind == OBJECT_VAR) return loc_load(f, loc_var(f, o), dst);
    if (o->kind == OBJECT_CONST) return const_value(f, o->constant, node_type(f, &n->h), dst);
    return function_value(f, static_function(f, &n->h), dst);
  }
  switch (s->kind) {
  case SELECT_FIELD: {
    uint32_t top = f->top;
    Loc l = loc_of(f, &n->h);
    at(f, &n->h);
    if (dst == NO_SLOT && l.kind != LOC_SLOT && l.info->slots == 1) {
      f->top = top;
      dst = slot_word(f);
    }
    return loc_load(f, l, dst);
  }
  case SELECT_METHOD_EXPR: return method_expression(f, n, dst);
  default: return method_value(f, n, dst);
  }
}
