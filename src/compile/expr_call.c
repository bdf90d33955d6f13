// Calls (specification "Calls", "Passing arguments to ... parameters"). Arguments are evaluated into the frame of the callee,
// which begins at the top of the caller's:
//
//   base: 0,1 header | results | parameters | receiver
#include "compile/call.h"
#include "compile/expr.h"
#include "compile/func.h"
#include "compile/inline.h"
#include "compile/native_call.h"

Slot function_value(Fn *f, FuncInst *inst, Slot dst) {
  dst = word_or_new(f, dst);
  emit(f, OP_LDK, dst, 0, 0);
  emit_ptr(f, inst->link ? (void *)inst->link : inst->out->value);
  if (inst->link) emit(f, OP_LD, dst, dst, 0);
  return dst;
}

FuncInst *static_function(Fn *f, Node *fun) {
  fun = node_unparen(fun);
  if (fun->kind == NODE_INDEX) fun = node_unparen(((NodeIndex *)fun)->x);
  if (fun->kind == NODE_SELECTOR) {
    if (((NodeSelector *)fun)->selection) return NULL;
    fun = ((NodeSelector *)fun)->sel;
  }
  if (fun->kind != NODE_IDENT) return NULL;
  NodeIdent *id = (NodeIdent *)fun;
  if (!id->obj || id->obj->kind != OBJECT_FUNC) return NULL;
  return inst_function(f->c, id->obj, fn_type_list(f, id->targs ? *id->targs : (TypeList){0}));
}

// --- windows

void callee_window(Fn *f, Callee *c) {
  uint32_t recv = call_recv_slot(c->layout, c->recv, &c->end);
  c->base = slots_window(f, c->end);
  c->recv_slot = c->base + recv;
}

void callee_call(Fn *f, Callee *c, Pos pos) {
  at_pos(f, pos);
  switch (c->kind) {
  case CALLEE_STATIC:
    if (c->inst->link && c->inst != f->inst) { // the word where the call will put the closure is free until then
      function_value(f, c->inst, c->base + 1);
      emit(f, OP_CALLC, c->base, c->base + 1, 0);
      emit_word(f, 0);
      break;
    }
    if (c->inst->build == fn_build_native) emit_native_call(f, c->inst->out->name, c->base);
    else emit(f, OP_CALL, c->base, 0, 0);
    emit_ptr(f, c->inst->out);
    break;
  case CALLEE_CLOSURE:
    emit(f, OP_CALLC, c->base, c->closure, 0);
    emit_word(f, c->end);
    break;
  case CALLEE_INTERFACE:
    emit(f, OP_CALLI, c->base, c->interface, 0);
    emit_pair(f, c->id, c->end);
    method_demand(f->c, c->id);
    break;
  }
  f->top = c->base + c->layout->result_end;
}

// --- arguments

// f(g()) where g has several results.
static Node *multi_argument(const NodeCall *n) {
  if (n->args.len != 1) return NULL;
  Node *arg = node_unparen(n->args.items[0]);
  return arg->type && arg->type->kind == TYPE_TUPLE ? arg : NULL;
}

// A slice of the given slots' worth of values: its array is new. Returns the slot of the array's pointer.
static Slot variadic_array(Fn *f, Slot pair, Type *elem, uint32_t n) {
  emit_new(f, pair, type_array(f->c->u, elem, n));
  emit_load_word(f, pair + 1, n | (uint64_t)n << 32);
  return pair;
}

static void spread_results(Fn *f, Callee *c, Node *arg) {
  CallLayout *to = c->layout;
  CallResult r = call_multi(f, (NodeCall *)arg);
  uint32_t fixed = to->sig->variadic ? to->param_count - 1 : to->param_count;
  for (uint32_t i = 0; i < fixed && i < r.layout->result_count; i++)
    value_as(f, r.base + r.layout->result_slots[i], r.layout->results[i]->type, to->params[i]->type, c->base + to->param_slots[i]);
  if (!to->sig->variadic) return;
  Slot pair = c->base + to->param_slots[fixed];
  uint32_t n = r.layout->result_count - fixed;
  if (!n) {
    emit(f, OP_ZERO2, pair, 0, 0);
    return;
  }
  TypeInfo *elem = info_of(f->c, to->params[fixed]->under->elem);
  variadic_array(f, pair, elem->type, n);
  for (uint32_t i = 0; i < n; i++) {
    uint32_t top = f->top;
    Slot v = value_as(f, r.base + r.layout->result_slots[fixed + i], r.layout->results[fixed + i]->type, elem->type, NO_SLOT);
    emit_store(f, pair, i * elem->size, v, elem);
    f->top = top;
  }
}

static void argument(Fn *f, Node *arg, Type *target, Slot dst) {
  uint32_t top = f->top;
  expr_as(f, arg, target, dst);
  f->top = top;
}

// Which of the arguments to pass: literals of a guarded function's call come after the rest (inline.h).
typedef enum { PASS_ALL, PASS_LITERALS, PASS_OTHERS } Pass;

static bool is_passed(Pass which, Node *arg, const TypeInfo *param) {
  bool literal = node_unparen(arg)->kind == NODE_FUNC_LIT && param->under->kind == TYPE_SIGNATURE;
  return which == PASS_ALL || literal == (which == PASS_LITERALS);
}

static void pass_arguments(Fn *f, Callee *c, NodeCall *n, Pass which) {
  CallLayout *to = c->layout;
  Node *multi = multi_argument(n);
  if (multi) {
    if (which != PASS_LITERALS) spread_results(f, c, multi);
    return;
  }
  bool pack = to->sig->variadic && !n->dots;
  uint32_t fixed = pack ? to->param_count - 1 : to->param_count;
  for (uint32_t i = 0; i < fixed; i++)
    if (is_passed(which, n->args.items[i], to->params[i])) argument(f, n->args.items[i], to->params[i]->type, c->base + to->param_slots[i]);
  if (!pack || which == PASS_LITERALS) return;
  Slot pair = c->base + to->param_slots[fixed];
  uint32_t count = n->args.len - fixed;
  if (!count) {
    emit(f, OP_ZERO2, pair, 0, 0);
    return;
  }
  TypeInfo *elem = info_of(f->c, to->params[fixed]->under->elem);
  variadic_array(f, pair, elem->type, count);
  for (uint32_t i = 0; i < count; i++) {
    uint32_t top = f->top;
    Slot v = expr_as(f, n->args.items[fixed + i], elem->type, NO_SLOT);
    emit_store(f, pair, i * elem->size, v, elem);
    f->top = top;
  }
}

// gc copies an operand that is converted to an interface where it stands, unless it is a variable, string, slice or pointer-free
// value of 2, 4 or 8 bytes: those are loaded after all calls, like any other operand.
static bool boxing_copies(const TypeInfo *info) {
  TypeKind kind = info->under->kind;
  if (kind == TYPE_STRING || kind == TYPE_SLICE || kind == TYPE_INTERFACE) return false;
  return !info->pointer_free || (info->size != 2 && info->size != 4 && info->size != 8);
}

static void order_arguments(Fn *f, CallLayout *to, NodeCall *n, Node *recv) {
  Node **nodes = ARENA_ARRAY(&f->c->scratch, Node *, n->args.len + 1);
  bool *copied = ARENA_ARRAY(&f->c->scratch, bool, n->args.len + 1);
  uint32_t count = 0;
  if (recv) nodes[count++] = recv;
  for (uint32_t i = 0; i < n->args.len; i++) {
    Node *arg = n->args.items[i];
    bool packed = to->sig->variadic && i + 1 >= to->param_count && !n->dots;
    Type *target = packed ? to->params[to->param_count - 1]->under->elem : i < to->param_count ? to->params[i]->type : NULL;
    copied[count] = target && is_interface(f, target) && arg->mode != MODE_VARIABLE && arg->type->kind != TYPE_TUPLE && boxing_copies(node_info(f, arg));
    nodes[count++] = arg;
  }
  order_copied(f, nodes, copied, count);
}

// --- callees

static Callee method_callee(Fn *f, NodeCall *n, NodeSelector *sel, bool later) {
  const Object *method = sel->selection->object;
  MethodRef m = method_find(f, node_type(f, sel->x), method->name, method->package);
  Callee c = {.layout = call_layout(f->c, m.sig)};
  if (n->args.len) order_arguments(f, c.layout, n, sel->x);
  if (m.interface) {
    Slot x = method_receiver(f, &m, loc_of(f, sel->x), NO_SLOT);
    if (!later) {
      c.kind = CALLEE_INTERFACE;
      c.interface = x;
      c.id = m.id;
      callee_window(f, &c);
      return c;
    }
    at(f, &n->h);
    emit(f, OP_NILCHK, x, 0, 0);
    c.inst = wrapper_interface(f->c, &m, method->name);
    c.recv = info_of(f->c, c.inst->recv);
    callee_window(f, &c);
    emit_move(f, c.recv_slot, x, c.recv);
    return c;
  }
  c.inst = m.inst;
  c.recv = info_of(f->c, m.recv);
  callee_window(f, &c);
  uint32_t top = f->top;
  Loc x = loc_of(f, sel->x);
  at(f, &sel->h);
  method_receiver(f, &m, x, c.recv_slot);
  f->top = top;
  return c;
}

static Callee make_callee(Fn *f, NodeCall *n, bool later) {
  Node *fun = node_unparen(n->fun);
  if (fun->kind == NODE_SELECTOR) {
    NodeSelector *sel = (NodeSelector *)fun;
    if (sel->selection && (sel->selection->kind == SELECT_METHOD_VALUE || sel->selection->kind == SELECT_INTERFACE_METHOD))
      return method_callee(f, n, sel, later);
  }
  FuncInst *inst = static_function(f, fun);
  if (!inst && fun->kind == NODE_FUNC_LIT) {
    Captures *captures = ptr_table_get(&f->c->captures, fun);
    if (!captures || !captures->len) inst = inst_literal(f, (NodeFuncLit *)fun);
  }
  if (inst) {
    Callee c = {.inst = inst, .layout = call_layout(f->c, inst->sig)};
    order_arguments(f, c.layout, n, NULL);
    callee_window(f, &c);
    return c;
  }
  Callee c = {.kind = CALLEE_CLOSURE, .layout = call_layout(f->c, node_type(f, fun))};
  order_arguments(f, c.layout, n, fun);
  c.closure = expr_any(f, fun);
  callee_window(f, &c);
  return c;
}

Callee call_prepare(Fn *f, NodeCall *n, bool later) {
  Callee c = make_callee(f, n, later);
  pass_arguments(f, &c, n, PASS_ALL);
  return c;
}

Slot callee_closure(Fn *f, const Callee *c) {
  return c->kind == CALLEE_CLOSURE ? c->closure : function_value(f, c->inst, NO_SLOT);
}

// Functions that are one instruction.
static bool intrinsic(Fn *f, NodeCall *n, Slot *dst) {
  static const struct { const char *name; Op op; } ops[] = {
      {"Sqrt", OP_FSQRT}, {"Abs", OP_FABS}, {"Floor", OP_FFLOOR}, {"Ceil", OP_FCEIL}, {"Trunc", OP_FTRUNC}};
  Node *fun = node_unparen(n->fun);
  if (fun->kind == NODE_SELECTOR && !((NodeSelector *)fun)->selection) fun = ((NodeSelector *)fun)->sel;
  const Object *o = fun->kind == NODE_IDENT ? ((NodeIdent *)fun)->obj : NULL;
  if (!o || o->kind != OBJECT_FUNC || o->is_method || !o->package || !name_is(o->package->path, "math") || n->args.len != 1) return false;
  for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
    if (!name_is(o->name, ops[i].name)) continue;
    uint32_t top = f->top;
    Slot x = expr_as(f, n->args.items[0], f->c->u->basic[TYPE_FLOAT64], NO_SLOT);
    if (*dst == NO_SLOT) {
      f->top = top;
      *dst = slot_word(f);
    }
    at(f, &n->h);
    emit(f, ops[i].op, *dst, x, 0);
    return true;
  }
  return false;
}

CallResult call_multi(Fn *f, NodeCall *n) {
  n = (NodeCall *)node_unparen(&n->h);
  if (n->call == CALL_BUILTIN || n->call == CALL_CONVERSION) {
    expr_call(f, n, NO_SLOT);
    return (CallResult){0};
  }
  Callee c = make_callee(f, n, false);
  bool guarded = inline_is_guarded(f, n);
  Label end = LABEL_NEW;
  pass_arguments(f, &c, n, guarded ? PASS_OTHERS : PASS_ALL);
  if (guarded) {
    inline_guard(f, n, &c, &end);
    pass_arguments(f, &c, n, PASS_LITERALS);
  }
  callee_call(f, &c, n->h.pos);
  label_bind_used(f, &end);
  return (CallResult){c.base, c.layout};
}

Slot expr_call(Fn *f, NodeCall *n, Slot dst) {
  if (n->call == CALL_BUILTIN) return expr_builtin(f, n, dst);
  if (n->call == CALL_CONVERSION) return expr_conversion(f, n, dst);
  if (intrinsic(f, n, &dst) || inline_call(f, n, &dst)) return dst;
  uint32_t top = f->top;
  CallResult r = call_multi(f, n);
  if (!r.layout->result_count) return dst == NO_SLOT ? 0 : dst;
  Slot result = r.base + r.layout->result_slots[0];
  if (dst == NO_SLOT) return result;
  emit_move(f, dst, result, r.layout->results[0]);
  f->top = top;
  return dst;
}
