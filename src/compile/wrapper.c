// Functions the compiler makes around methods: promoted methods for dispatch tables, method values, method expressions,
// interface methods as functions. They pass their parameters on, and are left out of stack traces.
#include <string.h>

#include "compile/call.h"
#include "compile/expr.h"

typedef struct {
  const Name *name;
  Package *package;
  MethodRef m; // bound methods
} Wrapped;

typedef struct {
  uint64_t kind;
  const void *a, *b, *c;
} Key;
enum { KEY_PROMOTED, KEY_INTERFACE, KEY_BOUND, KEY_BOUND_INTERFACE, KEY_EXPRESSION };

static FuncInst *wrapper(Compiler *c, Key key, const char *name, BuildFn *build, Type *sig, Type *recv, Wrapped wrapped) {
  bool is_new;
  FuncInst *inst = inst_synthesised(c, &key, sizeof key, name, build, sig, recv, &is_new);
  if (is_new) {
    inst->out->wrapper = true;
    inst->data = arena_copy(&c->scratch, &wrapped, sizeof wrapped);
  }
  return inst;
}

// Call m on x with the parameters from number `first` on, and return its results.
static void forward(Fn *f, const MethodRef *m, Loc x, uint32_t first) {
  CallLayout *mine = f->layout;
  Callee c = {.layout = call_layout(f->c, m->sig)};
  if (m->interface) {
    c.kind = CALLEE_INTERFACE;
    c.interface = method_receiver(f, m, x, NO_SLOT);
    c.id = m->id;
    callee_window(f, &c);
  } else {
    c.inst = m->inst;
    c.recv = info_of(f->c, m->recv);
    callee_window(f, &c);
    uint32_t top = f->top;
    method_receiver(f, m, x, c.recv_slot);
    f->top = top;
  }
  for (uint32_t i = 0; i < c.layout->param_count; i++)
    emit_move(f, c.base + c.layout->param_slots[i], mine->param_slots[first + i], c.layout->params[i]);
  callee_call(f, &c, NO_POS);
  for (uint32_t i = 0; i < mine->result_count; i++)
    emit_move(f, mine->result_slots[i], c.base + c.layout->result_slots[i], mine->results[i]);
  emit(f, OP_RET, 0, 0, 0);
}

// --- a promoted method (specification "Struct types"): receiver as any method's

static void build_promoted(Fn *f, FuncInst *inst) {
  Wrapped *w = inst->data;
  MethodRef m = method_find(f, inst->recv, w->name, w->package);
  forward(f, &m, loc_slot(info_of(f->c, inst->recv), inst->out->recv_slot), 0);
}

static const char *method_name(Compiler *c, Type *recv, const Name *name) {
  bool pointer;
  Type *base = type_deref(recv, &pointer);
  return arena_printf(&c->scratch, pointer ? "(*%s).%s" : "%s.%s", type_runtime_string(c->u, base), name->text);
}

FuncInst *wrapper_promoted(Compiler *c, Type *recv, const Name *name, Package *package, Type *sig) {
  Key key = {KEY_PROMOTED, info_of(c, recv), name, name_is_exported(name) ? NULL : package};
  return wrapper(c, key, method_name(c, recv, name), build_promoted, sig, recv, (Wrapped){.name = name, .package = package});
}

// --- an interface method, run later by go or defer

static void build_interface(Fn *f, FuncInst *inst) {
  Wrapped *w = inst->data;
  forward(f, &w->m, loc_slot(info_of(f->c, inst->recv), inst->out->recv_slot), 0);
}

FuncInst *wrapper_interface(Compiler *c, const MethodRef *m, const Name *name) {
  MethodRef direct = *m;
  direct.path_len = 0;
  Key key = {.kind = KEY_INTERFACE, .a = (void *)(uintptr_t)m->id};
  return wrapper(c, key, method_name(c, m->recv, name), build_interface, m->sig, m->recv, (Wrapped){.name = name, .m = direct});
}

// --- method values: the receiver is evaluated, and copied, when the value is made

static void build_bound(Fn *f, FuncInst *inst) {
  Wrapped *w = inst->data;
  TypeInfo *info = info_of(f->c, w->m.recv);
  Slot x = slots_take(f, info);
  closure_load(f, x, 0, info->slots, info->align == 16);
  forward(f, &w->m, loc_slot(info, x), 0);
}

Slot method_value(Fn *f, NodeSelector *n, Slot dst) {
  const Object *method = n->selection->object;
  MethodRef m = method_find(f, node_type(f, n->x), method->name, method->package);
  Slot x = method_receiver(f, &m, loc_of(f, n->x), NO_SLOT);
  at(f, &n->h);
  if (m.interface) emit(f, OP_NILCHK, x, 0, 0);
  MethodRef bound = m;
  bound.path_len = 0;
  Key key = {m.interface ? KEY_BOUND_INTERFACE : KEY_BOUND, m.interface ? (void *)(uintptr_t)m.id : (void *)m.inst, NULL, NULL};
  const char *name = m.interface ? method_name(f->c, m.recv, method->name) : m.inst->out->name;
  FuncInst *inst = wrapper(f->c, key, arena_printf(&f->c->scratch, "%s-fm", name), build_bound, m.sig, NULL, (Wrapped){.m = bound});
  dst = word_or_new(f, dst);
  TypeInfo *info = info_of(f->c, m.recv);
  emit(f, OP_MKCLOS, dst, info->slots ? x : slot_any(f), info->slots);
  emit_ptr(f, inst->out);
  return dst;
}

// --- method expressions: the receiver is the first parameter

static void build_expression(Fn *f, FuncInst *inst) {
  Wrapped *w = inst->data;
  TypeInfo *recv = f->layout->params[0];
  MethodRef m = method_find(f, recv->type, w->name, w->package);
  forward(f, &m, loc_slot(recv, f->layout->param_slots[0]), 1);
}

Slot method_expression(Fn *f, NodeSelector *n, Slot dst) {
  Type *recv = node_type(f, n->x);
  const Object *method = n->selection->object;
  Key key = {KEY_EXPRESSION, info_of(f->c, recv), method->name, name_is_exported(method->name) ? NULL : method->package};
  FuncInst *inst = wrapper(f->c, key, method_name(f->c, recv, method->name), build_expression, node_type(f, &n->h), NULL,
                           (Wrapped){.name = method->name, .package = method->package});
  return function_value(f, inst, dst);
}
