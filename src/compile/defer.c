// Go and defer statements (specification "Go statements", "Defer statements"): function value and arguments are evaluated
// at once. A built-in function, or a call deferred by the body of a range over a function, becomes a closure over its arguments.
#include "compile/call.h"
#include "compile/stmt.h"

// --- built-in functions

typedef struct {
  NodeCall *call;
  TypeInfo **infos;   // of each argument; NULL: a constant, nil or a type
  uint32_t *captures; // where it lies in the closure
} Suspended;

static void build_suspended(Fn *f, FuncInst *inst) {
  Suspended *s = inst->data;
  at(f, &s->call->h);
  for (uint32_t i = 0; i < s->call->args.len; i++) {
    if (!s->infos[i]) continue;
    Slot slot = slots_take(f, s->infos[i]);
    closure_load(f, slot, s->captures[i], s->infos[i]->slots, s->infos[i]->align == 16);
    vec_push(&f->hoisted, (Hoisted){node_unparen(s->call->args.items[i]), slot});
  }
  expr_builtin(f, s->call, NO_SLOT);
  if (!f->dead) emit(f, OP_RET, 0, 0, 0);
}

static Slot suspend_builtin(Fn *f, NodeCall *n) {
  Arena *scratch = &f->c->scratch;
  Suspended *s = ARENA_NEW(scratch, Suspended);
  *s = (Suspended){n, ARENA_ARRAY(scratch, TypeInfo *, n->args.len), ARENA_ARRAY(scratch, uint32_t, n->args.len)};
  uint32_t count = 0;
  for (uint32_t i = 0; i < n->args.len; i++) {
    Node *arg = n->args.items[i];
    if (arg->mode == MODE_CONSTANT || arg->mode == MODE_TYPE || is_nil(arg)) continue;
    s->infos[i] = node_info(f, arg);
    if (s->infos[i]->align == 16) count = (count + 1) & ~1u;
    s->captures[i] = count;
    count += s->infos[i]->slots;
  }
  Slot base = slots_take_n(f, count, true);
  for (uint32_t i = 0; i < n->args.len; i++)
    if (s->infos[i]) expr(f, n->args.items[i], base + s->captures[i]);
  FuncInst *inst = inst_synthesised(f->c, NULL, 0, f->out->name, build_suspended, type_signature(f->c->u, NULL, 0, NULL, 0, false), NULL, NULL);
  inst->data = s;
  inst->env = f->inst->env;
  inst->out->wrapper = true; // a deferred recover() is not called by a deferred function
  Slot closure = slot_word(f);
  at(f, &n->h);
  emit(f, OP_MKCLOS, closure, count ? base : slot_any(f), count);
  emit_ptr(f, inst->out);
  return closure;
}

// --- a call with its arguments as a closure without parameters: captures are the closure to call, a gap, the arguments

typedef struct {
  CallLayout *layout;
  uint32_t end; // of the callee's arguments
} Packed;

static void build_packed(Fn *f, FuncInst *inst) {
  Packed *p = inst->data;
  uint32_t from = p->layout->result_end & ~1u, n = p->end - from;
  Slot closure = slot_word(f), base = slots_window(f, p->end);
  closure_load(f, closure, 0, 1, false);
  closure_load(f, base + from, 2, n, n == 2);
  emit(f, OP_CALLC, base, closure, 0);
  emit_word(f, p->end);
  emit(f, OP_RET, 0, 0, 0);
}

static Slot pack(Fn *f, const Callee *c, Slot closure) {
  uint32_t from = c->layout->result_end & ~1u;
  if (c->end == c->layout->result_end && c->kind == CALLEE_CLOSURE && !c->layout->result_count) return closure;
  Packed *p = ARENA_NEW(&f->c->scratch, Packed);
  *p = (Packed){c->layout, c->end};
  FuncInst *inst = inst_synthesised(f->c, NULL, 0, f->out->name, build_packed, type_signature(f->c->u, NULL, 0, NULL, 0, false), NULL, NULL);
  inst->data = p;
  inst->out->wrapper = true;
  uint32_t n = c->end - from;
  Slot base = slots_take_n(f, 2 + n, true);
  emit(f, OP_MOV, base, closure, 0);
  emit_imm(f, OP_LDI, base + 1, 0);
  if (n) emit(f, OP_MOVN, base + 2, c->base + from, n);
  Slot packed = slot_word(f);
  emit(f, OP_MKCLOS, packed, base, 2 + n);
  emit_ptr(f, inst->out);
  return packed;
}

// --- records in the frame: of statements outside of loops, which run once at most

enum { MOST_ARGUMENTS = 8, MOST_RECORDS = 8 };

// Slots of the arguments, at most.
static uint32_t argument_room(Fn *f, const NodeCall *n) {
  Node *fun = node_unparen(n->fun);
  Type *t = n->call == CALL_BUILTIN || !fun->type ? NULL : under_of(f->c, node_type(f, fun));
  if (!t || t->kind != TYPE_SIGNATURE) return 0;
  CallLayout *l = call_layout(f->c, t);
  uint32_t room = l->end - l->result_end;
  const NodeSelector *s = (const NodeSelector *)fun;
  if (fun->kind != NODE_SELECTOR || !s->selection || s->selection->kind == SELECT_FIELD) return room;
  return room + 1 + (s->selection->kind == SELECT_INTERFACE_METHOD ? 2 : node_info(f, s->x)->slots);
}

static bool find_records(void *context, Node *n) {
  Fn *f = context;
  switch ((NodeKind)n->kind) {
  case NODE_FOR: case NODE_RANGE: case NODE_FUNC_LIT: return true;
  case NODE_DEFER: {
    uint32_t room = argument_room(f, (NodeCall *)node_unparen(((NodeDefer *)n)->call));
    if (room <= MOST_ARGUMENTS && f->records.len < MOST_RECORDS)
      vec_push(&f->records, (DeferRecord){n, slots_take_n(f, DEFER_HEAD + room, false), room});
    return true;
  }
  default: return node_each_child(n, find_records, f);
  }
}

void defer_records(Fn *f, Node *body) { find_records(f, body); }

static Slot record_of(const Fn *f, const NodeDefer *n, uint32_t slots) {
  for (uint32_t i = 0; i < f->records.len; i++)
    if (f->records.data[i].node == &n->h && slots <= f->records.data[i].room) return f->records.data[i].slot;
  return 0;
}

// --- the statements

static bool is_builtin(const NodeCall *n) { return n->call == CALL_BUILTIN; }

static void start(Fn *f, Op op, Slot base, Slot closure, uint32_t count, Slot record) {
  emit(f, op, base, closure, count);
  emit_slots(f, 0, record, 0, 0);
}

void stmt_go(Fn *f, NodeGo *n) {
  uint32_t top = f->top;
  NodeCall *call = (NodeCall *)node_unparen(n->call);
  if (is_builtin(call)) {
    Slot closure = suspend_builtin(f, call);
    start(f, OP_GO, slots_window(f, 2), closure, 0, 0);
  } else {
    Callee c = call_prepare(f, call, true);
    Slot closure = callee_closure(f, &c);
    at(f, &n->h);
    start(f, OP_GO, c.base, closure, c.end - c.layout->result_end, 0);
  }
  f->top = top;
}

void stmt_defer(Fn *f, NodeDefer *n) {
  uint32_t top = f->top;
  NodeCall *call = (NodeCall *)node_unparen(n->call);
  if (is_builtin(call)) {
    Slot closure = suspend_builtin(f, call);
    at(f, &n->h);
    if (f->range) range_func_defer(f, closure);
    else start(f, OP_DEFER, slots_window(f, 2), closure, 0, record_of(f, n, 0));
  } else {
    Callee c = call_prepare(f, call, true);
    Slot closure = callee_closure(f, &c);
    at(f, &n->h);
    if (f->range) range_func_defer(f, pack(f, &c, closure));
    else start(f, OP_DEFER, c.base, closure, c.end - c.layout->result_end, record_of(f, n, c.end - c.layout->result_end));
  }
  f->top = top;
}
