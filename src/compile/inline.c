// Small functions whose calls cannot be noticed are evaluated where they are called: the body is `return e`, perhaps after
// some `if c { return e }`, assignments to fields, parameters and variables of its own, and `if`s with only such; nothing in it can panic
// or call. So no stack trace ever lacks the frame.
//
// Fields behind a pointer parameter count as well: should the pointer be nil, the function is called after all, and panics
// there. (Not with exact_calls: reports of races show where memory is touched.)
//
// A body that is one `if c { ... }`, or that begins with `if c { return }`, may do anything else: of such a function, which is
// GUARDED, the caller looks whether c keeps it from doing something, and calls it only if not. Then c is computed again. Function literals
// among the arguments are made for the call only.
#include "compile/inline.h"

#include "compile/call.h"
#include "compile/escape.h"
#include "compile/expr.h"
#include "compile/func.h"
#include "compile/native_call.h"
#include "compile/nil.h"
#include "compile/stmt.h"
#include "types/check.h"

enum { MOST_NODES = 40, MOST_GUARD = 12, DEEPEST = 3, MOST_PARAMS = 8, MOST_LOCALS = 6 };

typedef struct {
  Compiler *c;
  const Type *sig;
  uint32_t nodes;
  const Object *locals[MOST_LOCALS]; // that the statements so far declare
  uint32_t local_count;
  bool rich; // more than returned values and fields: expanding it makes much code
  bool writes; // memory
  bool guard;  // it is the condition of a guarded function
  uint32_t behind; // it looks behind these pointers: bit i is parameter i, the last one the receiver
} Judge;

static bool is_simple(Judge *j, const Node *n);

static bool all_simple(Judge *j, const NodeList *list) {
  for (uint32_t i = 0; i < list->len; i++)
    if (!is_simple(j, list->items[i])) return false;
  return true;
}

static bool is_number(const Type *t) { return type_is_numeric(type_underlying((Type *)t)); }

// A parameter, or a number among the body's own variables. Numbers may be assigned.
static bool is_parameter(const Judge *j, const Object *o) {
  if (!o || o->kind != OBJECT_VAR || o->indexed) return false;
  if (j->guard) { // what the body does to it comes later
    if (type_underlying(o->type)->kind == TYPE_SIGNATURE) return false; // perhaps a literal, which is made later
  } else if (o->captured || o->address_taken || (o->reassigned && !is_number(o->type))) {
    return false;
  }
  for (uint32_t i = 0; i < j->sig->param_count; i++)
    if (j->sig->params[i] == o) return true;
  for (uint32_t i = 0; i < j->local_count; i++)
    if (j->locals[i] == o) return true;
  return o == j->sig->recv;
}

static bool declare_local(Judge *j, const Object *o) {
  if (!o || o->kind != OBJECT_VAR || o->captured || o->address_taken || j->local_count == MOST_LOCALS || !is_number(o->type)) return false;
  j->locals[j->local_count++] = o;
  return true;
}
static bool is_basic(const Type *t) { return type_is_basic((Type *)t); }

// Specification "Arithmetic operators": what can panic is integer division by zero and a negative shift count.
static bool simple_binary(Judge *j, const NodeBinary *n) {
  const Type *t = type_underlying(n->x->type);
  if (j->guard && is_nil(n->y)) return is_simple(j, n->x);
  if (!is_basic(t) || !is_simple(j, n->x) || !is_simple(j, n->y)) return false;
  switch (n->op) {
  case OPER_QUO: case OPER_REM:
    return !type_is_integer((Type *)t) || (n->y->constant && const_sign(n->y->constant) != 0);
  case OPER_SHL: case OPER_SHR: return n->y->constant || type_is_unsigned(type_underlying(n->y->type));
  default: return true;
  }
}

enum { KNOWN = 1, SIMPLE = 2, IN_LOOPS = 4, WRITES = 8, GUARDED = 16, BEHIND = 8 /* shift of Judge.behind */ }; // of a function, in Compiler.inlinable

static uintptr_t facts(const Compiler *c, const Object *o) { return (uintptr_t)ptr_table_get(&c->inlinable, o); }

// From x, which is a struct or a pointer to one, the path leads through structs only.
static bool is_direct(const Type *x, const Selection *s) {
  const Type *t = type_underlying((Type *)x);
  if (t->kind == TYPE_POINTER) t = type_underlying(t->elem);
  for (uint32_t i = 0; i + 1 < s->path_len; i++) {
    if (t->kind != TYPE_STRUCT) return false;
    t = type_underlying(t->fields[s->path[i]].type);
  }
  return t->kind == TYPE_STRUCT;
}

static bool looks_behind(Judge *j, const Object *pointer) {
  if (!is_parameter(j, pointer)) return false;
  uint32_t i = 0;
  while (i < j->sig->param_count && j->sig->params[i] != pointer) i++;
  j->behind |= 1u << (i < j->sig->param_count ? i : MOST_PARAMS);
  return true;
}

// x.f of a struct parameter, or of a struct that a pointer parameter points to; no pointers on the way.
static bool simple_selector(Judge *j, const NodeSelector *n) {
  const Selection *s = n->selection;
  if (!s || s->kind != SELECT_FIELD) return false;
  if (!s->indirect) return is_simple(j, n->x);
  if (j->c->options->exact_calls) return false;
  const Node *x = node_unparen(n->x);
  return is_direct(x->type, s) && x->kind == NODE_IDENT && looks_behind(j, ((const NodeIdent *)x)->obj);
}

// p.a.b, where p is a pointer: the part p.a.
static const NodeSelector *first_selector(const NodeSelector *n) {
  while (!n->selection->indirect) {
    const Node *x = node_unparen(n->x);
    if (x->kind != NODE_SELECTOR || !((const NodeSelector *)x)->selection) return NULL;
    n = (const NodeSelector *)x;
  }
  return n;
}

// An atomic load of a field behind a pointer parameter, or of what one points to: it has an instruction.
static bool simple_load(Judge *j, const NodeCall *n) {
  const Node *fun = node_unparen(n->fun), *x;
  if (j->c->options->exact_calls) return false;
  if (fun->kind == NODE_SELECTOR && ((const NodeSelector *)fun)->selection) {
    const Selection *s = ((const NodeSelector *)fun)->selection;
    if (s->kind != SELECT_METHOD_VALUE || s->path_len != 1 || !s->object || !native_is_load(s->object)) return false;
    x = node_unparen(((const NodeSelector *)fun)->x);
  } else {
    if (fun->kind == NODE_SELECTOR) fun = ((const NodeSelector *)fun)->sel;
    if (fun->kind != NODE_IDENT || !((const NodeIdent *)fun)->obj || !native_is_load(((const NodeIdent *)fun)->obj) || n->args.len != 1) return false;
    x = node_unparen(n->args.items[0]);
    if (x->kind == NODE_UNARY && ((const NodeUnary *)x)->op == OPER_AND) x = node_unparen(((const NodeUnary *)x)->x);
    else if (type_underlying(x->type)->kind != TYPE_POINTER) return false;
  }
  if (x->kind == NODE_IDENT) return type_underlying(x->type)->kind == TYPE_POINTER && looks_behind(j, ((const NodeIdent *)x)->obj);
  return x->kind == NODE_SELECTOR && type_underlying(x->type)->kind != TYPE_POINTER && simple_selector(j, (const NodeSelector *)x) &&
         first_selector((const NodeSelector *)x);
}

// x.method of a parameter, perhaps of a struct embedded in it; no pointer on the way but the parameter, which is not nil by then.
static bool simple_method(Judge *j, const NodeSelector *n) {
  const Selection *s = n->selection;
  const Node *x = node_unparen(n->x);
  if (s->kind != SELECT_METHOD_VALUE || !s->object || s->path_len > 2 || x->kind != NODE_IDENT || !is_parameter(j, ((const NodeIdent *)x)->obj)) return false;
  if (s->indirect && j->c->options->exact_calls) return false;
  if (s->path_len == 2) {
    const Type *t = type_underlying(x->type);
    if (t->kind == TYPE_POINTER) t = type_underlying(t->elem);
    if (t->kind != TYPE_STRUCT || type_underlying(t->fields[s->path[0]].type)->kind == TYPE_POINTER) return false;
  }
  Object *o = s->object->origin ? s->object->origin : s->object;
  if (!inline_is_simple(j->c, o)) return false;
  j->writes |= (facts(j->c, o) & WRITES) != 0;
  return true;
}

static bool simple_call(Judge *j, const NodeCall *n) {
  if (n->call == CALL_CONVERSION) return is_number(n->h.type) && is_number(n->args.items[0]->type) && is_simple(j, n->args.items[0]);
  if (n->call == CALL_BUILTIN) {
    const Type *t = n->builtin == BUILTIN_LEN ? type_underlying(n->args.items[0]->type) : NULL;
    return t && (t->kind == TYPE_STRING || t->kind == TYPE_SLICE) && is_simple(j, n->args.items[0]);
  }
  const Node *fun = node_unparen(n->fun);
  if (simple_load(j, n)) return true;
  if (fun->kind == NODE_SELECTOR && ((const NodeSelector *)fun)->selection)
    return !n->dots && all_simple(j, &n->args) && simple_method(j, (const NodeSelector *)fun);
  if (fun->kind != NODE_IDENT || n->dots) return false;
  const Object *o = ((const NodeIdent *)fun)->obj;
  if (!o || o->kind != OBJECT_FUNC || !all_simple(j, &n->args) || !inline_is_simple(j->c, (Object *)o)) return false;
  j->writes |= (facts(j->c, o) & WRITES) != 0;
  return true;
}

static bool simple_composite(Judge *j, const NodeComposite *n) {
  if (type_underlying(n->h.type)->kind != TYPE_STRUCT) return false;
  for (uint32_t i = 0; i < n->elems.len; i++) {
    const Node *e = n->elems.items[i];
    if (!is_simple(j, e->kind == NODE_KEY_VALUE ? ((const NodeKeyValue *)e)->value : e)) return false;
  }
  return true;
}

static bool is_simple(Judge *j, const Node *n) {
  n = node_unparen((Node *)n);
  if (++j->nodes > MOST_NODES || !n->type || n->generic) return false;
  if (n->mode == MODE_CONSTANT) return true;
  switch (n->kind) {
  case NODE_IDENT: return is_parameter(j, ((const NodeIdent *)n)->obj);
  case NODE_BINARY: return simple_binary(j, (const NodeBinary *)n);
  case NODE_UNARY: {
    const NodeUnary *u = (const NodeUnary *)n;
    return u->op != OPER_AND && u->op != OPER_ARROW && is_simple(j, u->x);
  }
  case NODE_SELECTOR: return simple_selector(j, (const NodeSelector *)n);
  case NODE_CALL: return simple_call(j, (const NodeCall *)n);
  case NODE_COMPOSITE: return simple_composite(j, (const NodeComposite *)n);
  default: return false;
  }
}

static const Node *returned(const Node *n) {
  if (n->kind == NODE_BLOCK && ((const NodeBlock *)n)->stmts.len == 1) n = ((const NodeBlock *)n)->stmts.items[0];
  return n->kind == NODE_RETURN && ((const NodeReturn *)n)->results.len == 1 ? ((const NodeReturn *)n)->results.items[0] : NULL;
}

// The value must have the result's type already: no conversion to an interface, which allocates.
static bool simple_return(Judge *j, const Node *n) {
  const Node *value = returned(n);
  return value && is_simple(j, value) && type_underlying(j->sig->results[0]->type)->kind != TYPE_INTERFACE;
}

// v := e, v = e, v op= e, v++ of a number; the same of p.f behind a pointer parameter.
static bool simple_assign(Judge *j, const NodeAssign *n) {
  if (n->lhs.len != 1 || n->rhs.len > 1) return false;
  const Node *to = node_unparen(n->lhs.items[0]), *value = n->rhs.len ? n->rhs.items[0] : NULL;
  j->rich |= to->kind == NODE_IDENT;
  if (n->define) return to->kind == NODE_IDENT && is_number(value->type) && is_simple(j, value) && declare_local(j, ((const NodeIdent *)to)->obj);
  if (to->kind == NODE_IDENT) {
    if (!is_parameter(j, ((const NodeIdent *)to)->obj) || !is_number(to->type)) return false;
  } else {
    const NodeSelector *target = (const NodeSelector *)to;
    if (j->c->options->exact_calls || to->kind != NODE_SELECTOR || !simple_selector(j, target) || !first_selector(target)) return false;
    j->writes = true;
  }
  NodeBinary operation = {.h = *to, .op = n->op, .x = n->lhs.items[0], .y = (Node *)value};
  if (n->incdec || (n->op == OPER_NONE && is_simple(j, value))) return true;
  return n->op != OPER_NONE && simple_binary(j, &operation);
}

// A call without result.
static bool simple_statement(Judge *j, const NodeExprStmt *n) {
  const Node *x = node_unparen(n->x);
  j->rich = true;
  return x->kind == NODE_CALL && ((const NodeCall *)x)->call != CALL_BUILTIN && ((const NodeCall *)x)->call != CALL_CONVERSION &&
         simple_call(j, (const NodeCall *)x);
}

static bool simple_branches(Judge *j, const NodeIf *n);

static bool simple_block(Judge *j, const Node *block) {
  if (block->kind != NODE_BLOCK) return false;
  const NodeList *stmts = &((const NodeBlock *)block)->stmts;
  for (uint32_t i = 0; i < stmts->len; i++) {
    const Node *s = stmts->items[i];
    bool simple = s->kind == NODE_ASSIGN      ? simple_assign(j, (const NodeAssign *)s)
                  : s->kind == NODE_EXPR_STMT ? simple_statement(j, (const NodeExprStmt *)s)
                                              : s->kind == NODE_IF && simple_branches(j, (const NodeIf *)s);
    if (!simple) return false;
  }
  return true;
}

// An if without return in it.
static bool simple_branches(Judge *j, const NodeIf *n) {
  j->rich = true;
  if (n->init || !is_simple(j, n->cond) || !simple_block(j, n->then)) return false;
  return !n->other || (n->other->kind == NODE_IF ? simple_branches(j, (const NodeIf *)n->other) : simple_block(j, n->other));
}

static bool is_returning(const Node *s) { return s->kind == NODE_IF && returned(((const NodeIf *)s)->then); }

static bool simple_body(Judge *j, const NodeBlock *body) {
  for (uint32_t i = 0; i < body->stmts.len; i++) {
    const Node *s = body->stmts.items[i];
    const NodeIf *branch = (const NodeIf *)s;
    if (s->kind == NODE_ASSIGN) {
      if (!simple_assign(j, (const NodeAssign *)s)) return false;
    } else if (s->kind == NODE_EXPR_STMT) {
      if (!simple_statement(j, (const NodeExprStmt *)s)) return false;
    } else if (j->sig->result_count && i + 1 == body->stmts.len) {
      return simple_return(j, s);
    } else if (!is_returning(s)) {
      if (s->kind != NODE_IF || !simple_branches(j, branch)) return false;
    } else if (!j->sig->result_count || branch->init || branch->other || !is_simple(j, branch->cond) || !simple_return(j, branch->then)) {
      return false;
    }
  }
  return !j->sig->result_count && body->stmts.len;
}

// The condition of a guarded function's first statement, and whether it is called if that holds.
static Node *guard_of(const NodeBlock *body, bool *calls) {
  const NodeIf *first = body->stmts.len ? (const NodeIf *)body->stmts.items[0] : NULL;
  if (!first || first->h.kind != NODE_IF || first->init || first->other) return NULL;
  *calls = body->stmts.len == 1;
  if (*calls) return first->cond;
  const NodeList *then = &((const NodeBlock *)first->then)->stmts;
  return then->len == 1 && then->items[0]->kind == NODE_RETURN ? first->cond : NULL;
}

static uintptr_t judge_guard(Compiler *c, const Type *sig, const NodeBlock *body) {
  bool calls;
  const Node *cond = sig->result_count || sig->param_count > MOST_PARAMS ? NULL : guard_of(body, &calls);
  Judge j = {.c = c, .sig = sig, .guard = true, .nodes = MOST_NODES - MOST_GUARD};
  return cond && is_simple(&j, cond) ? GUARDED | (uintptr_t)j.behind << BEHIND : 0;
}

static uintptr_t judge_body(Compiler *c, const Type *sig, const NodeBlock *body) {
  if (sig->variadic || sig->result_count > 1 || sig->param_count > MOST_PARAMS ||
      (sig->result_count && sig->results[0]->name && sig->results[0]->name->len))
    return 0;
  Judge j = {.c = c, .sig = sig};
  return simple_body(&j, body) ? SIMPLE | (j.rich ? IN_LOOPS : 0) | (j.writes ? WRITES : 0) : 0;
}

static uintptr_t judge(Compiler *c, Object *o) {
  void **known = ptr_table_slot(&c->inlinable, o);
  if (*known) return (uintptr_t)*known;
  *known = (void *)(uintptr_t)KNOWN; // also while it is being found out: recursion
  if (link_is_late(c, o)) return KNOWN;
  const NodeFunc *n = (const NodeFunc *)o->decl;
  Type *sig = o->type;
  if (!n || n->h.kind != NODE_FUNC || !n->body || sig->tparams.len || sig->recv_tparams.len) return KNOWN;
  check_function(o);
  escape_analyse(c, o->decl, sig);
  uintptr_t result = KNOWN | judge_body(c, sig, (const NodeBlock *)n->body);
  if (result == KNOWN) result |= judge_guard(c, sig, (const NodeBlock *)n->body);
  ptr_table_put(&c->inlinable, o, (void *)result);
  return result;
}

bool inline_is_simple(Compiler *c, Object *o) { return judge(c, o) & SIMPLE; }

// --- at a call

// A parameter for the time of the expansion: its Object means the argument's slot.
typedef struct {
  Object *object;
  void *saved;
} Binding;

static void bind(Fn *f, Binding *b, Object *o, TypeInfo *info, Slot slot, const Const *constant) {
  *b = (Binding){o, o->backend};
  Var *v = ARENA_NEW(&f->c->scratch, Var);
  *v = (Var){.inst = f->inst, .object = o, .info = info, .slot = slot, .constant = constant};
  o->backend = v;
}

// The value lies behind the pointer in its slot.
static void in_memory(Object *o, uint32_t offset) {
  Var *v = o->backend;
  v->boxed = true;
  v->offset = offset;
}

static bool early(const NodeBlock *body) {
  for (uint32_t i = 0; i < body->stmts.len; i++) {
    const Node *s = body->stmts.items[i];
    const Node *value = returned(s->kind == NODE_IF ? ((const NodeIf *)s)->then : s);
    if (value && expr_writes_early(value)) return true;
  }
  return false;
}

typedef struct {
  Binding locals[MOST_LOCALS];
  uint32_t count;
} Locals;

static void expand_assign(Fn *f, NodeAssign *n, Locals *locals) {
  if (!n->define) {
    stmt_assign(f, n);
    return;
  }
  Object *o = ((NodeIdent *)node_unparen(n->lhs.items[0]))->obj;
  TypeInfo *info = info_of(f->c, object_type(f, o));
  Slot slot = slots_take(f, info);
  uint32_t top = f->top;
  expr_as(f, n->rhs.items[0], info->type, slot);
  f->top = top;
  bind(f, &locals->locals[locals->count++], o, info, slot, NULL);
}

static void expand_block(Fn *f, const Node *block, Locals *locals);

static void expand_branches(Fn *f, NodeIf *n, Locals *locals) {
  Label other = LABEL_NEW, end = LABEL_NEW;
  cond_jump(f, n->cond, false, &other);
  expand_block(f, n->then, locals);
  if (n->other) emit_jump(f, &end);
  label_bind_used(f, &other);
  if (n->other) expand_block(f, n->other, locals);
  label_bind_used(f, &end);
}

static void expand_block(Fn *f, const Node *block, Locals *locals) {
  if (block->kind == NODE_IF) {
    expand_branches(f, (NodeIf *)block, locals);
    return;
  }
  const NodeList *stmts = &((const NodeBlock *)block)->stmts;
  for (uint32_t i = 0; i < stmts->len; i++) {
    Node *s = stmts->items[i];
    if (s->kind == NODE_ASSIGN) expand_assign(f, (NodeAssign *)s, locals);
    else if (s->kind == NODE_EXPR_STMT) expr_discard(f, ((NodeExprStmt *)s)->x);
    else expand_branches(f, (NodeIf *)s, locals);
  }
}

static Slot expand(Fn *f, const NodeBlock *body, Type *result, Slot dst) {
  Label end = LABEL_NEW;
  Locals locals = {.count = 0};
  uint32_t last = body->stmts.len - (result ? 1 : 0);
  if (result && (last || early(body))) dst = slots_take(f, info_of(f->c, result)); // not the caller's: several instructions write it
  for (uint32_t i = 0; i < last; i++) {
    NodeIf *branch = (NodeIf *)body->stmts.items[i];
    if (branch->h.kind == NODE_ASSIGN) {
      expand_assign(f, (NodeAssign *)branch, &locals);
    } else if (branch->h.kind == NODE_EXPR_STMT) {
      expr_discard(f, ((NodeExprStmt *)branch)->x);
    } else if (!is_returning(&branch->h)) {
      expand_branches(f, branch, &locals);
    } else {
      Label next = LABEL_NEW;
      cond_jump(f, branch->cond, false, &next);
      expr_as(f, (Node *)returned(branch->then), result, dst);
      emit_jump(f, &end);
      label_bind_used(f, &next);
    }
  }
  if (result) dst = expr_as(f, (Node *)returned(body->stmts.items[last]), result, dst);
  label_bind_used(f, &end);
  while (locals.count--) locals.locals[locals.count].object->backend = locals.locals[locals.count].saved;
  return dst;
}

// The function itself takes care of a nil pointer.
static void call_if_nil(Fn *f, FuncInst *inst, Slot pointer, Slot recv, const Slot *args, NodeCall *n) {
  if (is_not_nil(f, pointer)) return;
  Label fine = LABEL_NEW;
  uint32_t top = f->top;
  emit_branch(f, OP_JNEI, pointer, 0, &fine);
  Callee c = {.inst = inst, .layout = call_layout(f->c, inst->sig), .recv = inst->recv ? info_of(f->c, inst->recv) : NULL};
  callee_window(f, &c);
  for (uint32_t i = 0; i < c.layout->param_count; i++) {
    Slot to = c.base + c.layout->param_slots[i];
    if (args[i] == NO_SLOT) expr_as(f, n->args.items[i], c.layout->params[i]->type, to);
    else emit_move(f, to, args[i], c.layout->params[i]);
  }
  if (c.recv) emit_move(f, c.recv_slot, recv, c.recv);
  callee_call(f, &c, NO_POS);
  label_bind(f, &fine);
  f->top = top;
}

static bool is_pointer(const TypeInfo *info) { return info->under->kind == TYPE_POINTER; }

// The declared function, or method's origin, that a call means, if such are among its facts.
static Object *target(Compiler *c, const NodeCall *n, uintptr_t wanted) {
  Node *fun = node_unparen(n->fun);
  if (fun->kind == NODE_SELECTOR && ((NodeSelector *)fun)->selection) {
    const Selection *s = ((NodeSelector *)fun)->selection;
    if (s->kind != SELECT_METHOD_VALUE || !s->object) return NULL;
    Object *origin = s->object->origin ? s->object->origin : s->object;
    return origin->decl && origin->decl->kind == NODE_FUNC && (judge(c, origin) & wanted) ? origin : NULL;
  }
  if (fun->kind == NODE_SELECTOR) fun = ((NodeSelector *)fun)->sel;
  if (fun->kind != NODE_IDENT) return NULL;
  Object *o = ((NodeIdent *)fun)->obj;
  return o && o->kind == OBJECT_FUNC && !o->origin && (judge(c, o) & wanted) ? o : NULL;
}

Node *inline_body(Compiler *c, const NodeCall *n) {
  Object *o = n->call == CALL_BUILTIN || n->call == CALL_CONVERSION ? NULL : target(c, n, SIMPLE);
  return o ? ((NodeFunc *)o->decl)->body : NULL;
}

static FuncInst *callee(Fn *f, NodeCall *n, MethodRef *m) {
  Object *o = target(f->c, n, SIMPLE);
  if (!o) return NULL;
  Node *fun = node_unparen(n->fun);
  if (fun->kind != NODE_SELECTOR || !((NodeSelector *)fun)->selection) return inst_function(f->c, o, (TypeList){0});
  const Object *method = ((NodeSelector *)fun)->selection->object;
  *m = method_find(f, node_type(f, ((NodeSelector *)fun)->x), method->name, method->package);
  return m->interface ? NULL : m->inst;
}

// Structs that the body only reads may be read where they lie: it changes no memory, nor do the other arguments.
static bool may_read_in_place(const Fn *f, const FuncInst *inst, const CallLayout *l, const NodeCall *n) {
  if ((facts(f->c, inst->object) & WRITES) || f->c->options->exact_calls || has_call(n->fun)) return false;
  if (inst->recv && is_pointer(info_of(f->c, inst->recv))) return false;
  for (uint32_t i = 0; i < n->args.len; i++)
    if (is_pointer(l->params[i]) || has_call(n->args.items[i])) return false;
  return true;
}

// A struct in memory, as the parameter of this type.
static bool lies_in_memory(Fn *f, Loc *x, const TypeInfo *info) {
  if (x->info != info || info->shape != SHAPE_BLOCK) return false;
  if (x->kind == LOC_ELEM || x->kind == LOC_AELEM || x->kind == LOC_GLOBAL) *x = loc_in_memory(f, *x);
  if (x->kind != LOC_MEM) return false;
  if (!x->not_nil) emit(f, OP_NILCHK, x->slot, 0, 0);
  return true;
}

bool inline_call(Fn *f, NodeCall *n, Slot *dst) {
  if (n->dots || f->inline_depth >= DEEPEST) return false;
  MethodRef m = {0};
  FuncInst *inst = callee(f, n, &m);
  if (inst && !f->loop_depth && (facts(f->c, inst->object) & IN_LOOPS)) return false; // what runs once can be called
  if (!inst || n->args.len != inst->sig->param_count) return false; // f(g()) has other arguments than parameters
  if (n->args.len == 1 && n->args.items[0]->type->kind == TYPE_TUPLE) return false;
  CallLayout *l = call_layout(f->c, inst->sig);
  const Type *declared = inst->object->type;
  Slot args[MOST_PARAMS], recv = NO_SLOT;
  Binding bindings[MOST_PARAMS + 1];
  uint32_t bound = 0;
  order_list(f, n->args.items, n->args.len);
  bool in_place = may_read_in_place(f, inst, l, n), recv_in_place = false, args_in_place[MOST_PARAMS] = {false};
  uint32_t recv_offset = 0, offsets[MOST_PARAMS];
  if (inst->recv) {
    Node *operand = ((NodeSelector *)node_unparen(n->fun))->x;
    bool own = declared->recv->reassigned;
    Loc x = loc_of(f, operand);
    if (in_place && !own && operand->mode == MODE_VARIABLE && under_of(f->c, m.recv)->kind == TYPE_STRUCT) {
      x = loc_path(f, x, m.path, m.path_len);
      if (x.info->under->kind == TYPE_POINTER) x = loc_deref(f, x);
      recv_in_place = lies_in_memory(f, &x, info_of(f->c, inst->recv));
      recv = recv_in_place ? x.slot : loc_load(f, x, NO_SLOT);
      recv_offset = x.offset;
    } else {
      recv = method_receiver(f, &m, x, own ? slots_take(f, info_of(f->c, inst->recv)) : NO_SLOT);
    }
  }
  const Const *constants[MOST_PARAMS];
  for (uint32_t i = 0; i < n->args.len; i++) {
    bool assigned = declared->params[i]->reassigned; // then it is a variable of its own
    constants[i] = assigned || basic_kind(f, l->params[i]->type) == TYPE_INVALID ? NULL : constant_of(f, n->args.items[i]);
    Node *arg = n->args.items[i];
    if (in_place && !assigned && arg->mode == MODE_VARIABLE && l->params[i]->shape == SHAPE_BLOCK && node_info(f, arg) == l->params[i]) {
      Loc x = loc_of(f, arg);
      args_in_place[i] = lies_in_memory(f, &x, l->params[i]);
      args[i] = args_in_place[i] ? x.slot : loc_load(f, x, NO_SLOT);
      offsets[i] = x.offset;
    } else {
      args[i] = constants[i] ? NO_SLOT : expr_as(f, arg, l->params[i]->type, assigned ? slots_take(f, l->params[i]) : NO_SLOT);
    }
  }
  at(f, &n->h);
  for (uint32_t i = 0; i < n->args.len; i++)
    if (is_pointer(l->params[i])) call_if_nil(f, inst, args[i], recv, args, n);
  if (inst->recv && is_pointer(info_of(f->c, inst->recv))) call_if_nil(f, inst, recv, recv, args, n);
  for (uint32_t i = 0; i < n->args.len; i++) {
    bind(f, &bindings[bound++], declared->params[i], l->params[i], args[i], constants[i]);
    if (args_in_place[i]) in_memory(declared->params[i], offsets[i]);
  }
  if (inst->recv) bind(f, &bindings[bound++], declared->recv, info_of(f->c, inst->recv), recv, NULL);
  if (recv_in_place) in_memory(declared->recv, recv_offset);
  uint32_t hoisted = f->hoisted.len; // nodes of the body may be met again in the same statement
  f->inline_depth++;
  Slot result = expand(f, (NodeBlock *)((NodeFunc *)inst->node)->body, l->result_count ? l->results[0]->type : NULL, *dst);
  f->inline_depth--;
  f->hoisted.len = hoisted;
  while (bound--) bindings[bound].object->backend = bindings[bound].saved;
  if (l->result_count) *dst = loc_load(f, loc_slot(l->results[0], result), *dst);
  else if (*dst == NO_SLOT) *dst = slot_any(f);
  return true;
}

// --- guarded functions

bool inline_is_guarded(Fn *f, const NodeCall *n) { return target(f->c, n, GUARDED); }

void inline_guard(Fn *f, const NodeCall *n, const Callee *c, Label *end) {
  Object *o = target(f->c, n, GUARDED);
  const Type *declared = o->type;
  uintptr_t behind = facts(f->c, o) >> BEHIND;
  Label call = LABEL_NEW;
  Binding bindings[MOST_PARAMS + 1];
  uint32_t bound = 0, top = f->top;
  at(f, &n->h);
  for (uint32_t i = 0; i <= declared->param_count; i++) {
    bool receiver = i == declared->param_count;
    if (receiver && !c->recv) break;
    Slot slot = receiver ? c->recv_slot : c->base + c->layout->param_slots[i];
    if (behind >> (receiver ? MOST_PARAMS : i) & 1 && !is_not_nil(f, slot)) emit_branch(f, OP_JEQI, slot, 0, &call);
    bind(f, &bindings[bound++], receiver ? declared->recv : declared->params[i], receiver ? c->recv : c->layout->params[i], slot, NULL);
  }
  bool calls;
  Node *cond = guard_of((const NodeBlock *)((const NodeFunc *)o->decl)->body, &calls);
  cond_jump(f, cond, !calls, end);
  while (bound--) bindings[bound].object->backend = bindings[bound].saved;
  label_bind_used(f, &call);
  f->top = top;
}
