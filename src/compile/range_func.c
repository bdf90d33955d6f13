// Range over a function (specification "For statements with range clause", function iterators). The body becomes a
// function that the iterator calls; it returns false to stop. A state word on the heap, shared by both, says how it left:
//
//     0 go on    -1 it stopped the loop    -2 the loop is over    -3 it is running, or has panicked
//     k > 0 it leaves for exit number k
//
// An iterator that goes on after it was told to stop, or that swallows the body's panic, panics.
// After the iterator returns, the code around the loop takes the exit: a break, continue or goto of an outer
// statement, or a return, whose results are already in the result variables (these live on the heap then). Where the
// function around is itself such a body, taking the exit leaves it likewise.
//
// Calls deferred by a body belong to the function around the outermost loop. It keeps them in a list on the heap and
// defers, when the loop begins, a function that runs the list.
#include "compile/call.h"
#include "compile/func.h"
#include "compile/stmt.h"

typedef struct {
  ExitKind kind;
  Node *target;
  const Name *label;
} Exit;

typedef struct RangeFunc {
  Fn *outer;         // the function around, being made
  NodeRange *n;
  const Name *label; // of the statement
  Slot state;        // in the body: slot of the pointer to the state
  VEC(Exit) exits;
} RangeFunc;

enum { STATE_READY = 0, STATE_STOPPED = -1, STATE_OVER = -2, STATE_RUNNING = -3, STATE_SWALLOWED = -4 /* for the message only */ };

Fn *range_func_outer(const Fn *f) { return f->range->outer; }

bool range_func_leaves(const Fn *f, const Node *target) {
  if (!f->range || !target) return false;
  const Node *body = f->range->n->body;
  return target->pos < body->start || target->pos >= body->end;
}

// --- in the body

static void set_state(Fn *f, Slot state, int32_t value) {
  uint32_t top = f->top;
  Slot word = slot_word(f);
  emit_imm(f, OP_LDI, word, value);
  emit(f, OP_ST, state, word, 0);
  f->top = top;
}

static void answer(Fn *f, bool more) {
  if (f->dead) return;
  if (more) set_state(f, f->range->state, STATE_READY);
  emit_imm(f, OP_LDI, f->layout->result_slots[0], more);
  emit(f, OP_RET, 0, 0, 0);
  f->dead = true;
}

static uint32_t exit_number(RangeFunc *r, Exit wanted) {
  for (uint32_t i = 0; i < r->exits.len; i++) {
    Exit *e = &r->exits.data[i];
    if (e->kind == wanted.kind && e->label == wanted.label) return i + 1;
  }
  vec_push(&r->exits, wanted);
  return r->exits.len;
}

void range_func_exit(Fn *f, ExitKind kind, Node *target, const Name *label) {
  RangeFunc *r = f->range;
  ASSERT(r, "branch to a statement that is not around it");
  bool own = !label || label == r->label;
  if (kind == EXIT_CONTINUE && own) {
    answer(f, true);
    return;
  }
  int32_t state = kind == EXIT_BREAK && own ? STATE_STOPPED : (int32_t)exit_number(r, (Exit){kind, target, label});
  set_state(f, r->state, state);
  answer(f, false);
}

static void iteration_value(Fn *f, Node *node, uint32_t i) {
  if (!node || is_blank(node)) return;
  TypeInfo *info = f->layout->params[i];
  Slot slot = f->layout->param_slots[i];
  if (f->range->n->define) declare_slot(f, ((NodeIdent *)node)->obj, slot, info->type);
  else assign_slot(f, node, slot, info->type);
}

static void panic_with(Fn *f, const char *message) {
  Slot text = string_constant(f, text_of(message), NO_SLOT), value = slot_pair(f);
  emit(f, OP_MKIFACE, value, text, 0);
  emit_ptr(f, f->c->program->error_types[ERROR_RUNTIME]);
  emit(f, OP_PANIC, value, 0, 0);
}

// func(state int): panics with what the state means.
static void build_misuse(Fn *f, FuncInst *inst) {
  static const struct { int32_t state; const char *message; } messages[] = {
      {STATE_OVER, "runtime error: range function continued iteration after whole loop exit"},
      {STATE_RUNNING, "runtime error: range function continued iteration after loop body panic"},
      {STATE_SWALLOWED, "runtime error: range function recovered a loop body panic and did not resume panicking"}};
  Slot state = f->layout->param_slots[0];
  for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
    Label other = LABEL_NEW;
    emit_branch(f, OP_JNEI, state, (uint32_t)messages[i].state, &other);
    panic_with(f, messages[i].message);
    label_bind(f, &other);
  }
  panic_with(f, "runtime error: range function continued iteration after function for loop body returned false");
}

static void call_misuse(Fn *f, Slot state) {
  static const char key[] = "misuse of a range function";
  Compiler *c = f->c;
  Object *param = object_new(c->u, OBJECT_VAR, name_of(c->u->names, "state"), NULL, NO_POS, c->u->basic[TYPE_INT]);
  Type *sig = type_signature(c->u, arena_copy(&c->scratch, &param, sizeof param), 1, NULL, 0, false);
  FuncInst *inst = inst_synthesised(c, key, sizeof key, "runtime.panicrangestate", build_misuse, sig, NULL, NULL);
  inst->out->wrapper = true;
  uint32_t top = f->top;
  Slot base = slots_window(f, 3);
  emit(f, OP_MOV, base + 2, state, 0);
  emit(f, OP_CALL, base, 0, 0);
  emit_ptr(f, inst->out);
  f->top = top;
}

static void check_state(Fn *f, Slot state) {
  Label fine = LABEL_NEW;
  uint32_t top = f->top;
  Slot word = slot_word(f);
  emit(f, OP_LD, word, state, 0);
  emit_branch(f, OP_JEQI, word, STATE_READY, &fine);
  call_misuse(f, word);
  label_bind(f, &fine);
  f->top = top;
  set_state(f, state, STATE_RUNNING);
}

static void build_body(Fn *f, FuncInst *inst) {
  RangeFunc *r = f->range;
  r->exits.len = 0; // made again in far mode
  r->state = slot_word(f);
  closure_load(f, r->state, 0, 1, false);
  if (r->outer->range_defers != NO_SLOT) {
    f->range_defers = slot_word(f);
    closure_load(f, f->range_defers, 1, 1, false);
  }
  closure_load_captures(f, ptr_table_get(&f->c->captures, r->n), 2);
  check_state(f, r->state);
  iteration_value(f, r->n->key, 0);
  iteration_value(f, r->n->value, 1);
  stmt_list(f, &((NodeBlock *)r->n->body)->stmts);
  at_pos(f, ((NodeBlock *)r->n->body)->rbrace);
  answer(f, true);
}

// --- deferred calls

static Type *list_type(Compiler *c) { return type_slice(c->u, type_signature(c->u, NULL, 0, NULL, 0, false)); }

// for _, call := range list { defer call() }
static void build_run_list(Fn *f, FuncInst *inst) {
  f->has_defer = true;
  f->deferred = slot_word(f);
  f->out->defer_slot = (uint16_t)f->deferred;
  emit_imm(f, OP_LDI, f->deferred, 0);
  Slot list = slot_pair(f), i = slot_word(f), len = slot_word(f), call = slot_word(f);
  closure_load(f, call, 0, 1, false);
  emit(f, OP_LD2, list, call, 0);
  emit(f, OP_LEN, len, list, 0);
  emit_imm(f, OP_LDI, i, 0);
  Label top = LABEL_NEW, end = LABEL_NEW;
  emit_branch(f, OP_JLEI, len, 0, &end);
  label_bind(f, &top);
  emit(f, OP_IDX, call, list, i);
  Slot base = slots_window(f, 2);
  emit(f, OP_DEFER, base, call, 0);
  emit_word(f, 0);
  emit(f, OP_ADDI, i, i, 1);
  emit_branch(f, OP_JLT, i, len, &top);
  label_bind(f, &end);
  f->out->defer_pc = f->code.len;
  emit(f, OP_RUNDEFERS, base, 0, 0);
  emit_word(f, 0);
  emit(f, OP_RET, 0, 0, 0);
}

static void begin_list(Fn *f) {
  f->range_defers = slot_word(f);
  emit_new(f, f->range_defers, list_type(f->c));
  static const char key[] = "run list of deferred calls";
  FuncInst *run = inst_synthesised(f->c, key, sizeof key, "deferred", build_run_list, type_signature(f->c->u, NULL, 0, NULL, 0, false), NULL, NULL);
  run->out->wrapper = true;
  Slot closure = slot_word(f);
  emit(f, OP_MKCLOS, closure, f->range_defers, 1);
  emit_ptr(f, run->out);
  emit(f, OP_DEFER, slots_window(f, 2), closure, 0);
  emit_word(f, 0);
}

void range_func_defer(Fn *f, Slot closure) {
  ASSERT(f->range_defers != NO_SLOT, "list of deferred calls");
  Slot list = slot_pair(f);
  emit(f, OP_LD2, list, f->range_defers, 0);
  emit(f, OP_APPEND, list, list, closure);
  emit_ptr(f, rtype_of(f->c, list_type(f->c)->elem));
  emit(f, OP_ST2, f->range_defers, list, 0);
}

// --- around the loop

static void take_exits(Fn *f, RangeFunc *r, Slot state) {
  uint32_t top = f->top;
  Slot word = slot_word(f);
  Label fine = LABEL_NEW;
  emit(f, OP_LD, word, state, 0);
  emit_branch(f, OP_JNEI, word, (uint32_t)STATE_RUNNING, &fine);
  emit_imm(f, OP_LDI, word, STATE_SWALLOWED);
  call_misuse(f, word);
  label_bind(f, &fine);
  set_state(f, state, STATE_OVER);
  for (uint32_t i = 0; i < r->exits.len; i++) {
    Exit *e = &r->exits.data[i];
    Label other = LABEL_NEW;
    emit_branch(f, OP_JNEI, word, i + 1, &other);
    switch (e->kind) {
    case EXIT_RETURN:
      if (f->range) range_func_exit(f, EXIT_RETURN, NULL, NULL);
      else emit_return(f);
      break;
    case EXIT_BREAK: branch_to(f, BRANCH_BREAK, e->label, e->target); break;
    case EXIT_CONTINUE: branch_to(f, BRANCH_CONTINUE, e->label, e->target); break;
    case EXIT_GOTO: branch_to(f, BRANCH_GOTO, e->label, e->target); break;
    }
    label_bind(f, &other);
  }
  f->top = top;
}

// The body is made at once, inside the function around it, because it decides which exits there are. Both use the
// captured variables: each Object remembers one function's Var at a time.
static void make_body(Fn *f, FuncInst *inst, RangeFunc *r, const Captures *captures) {
  void **saved = ARENA_ARRAY(&f->c->scratch, void *, captures->len);
  for (uint32_t i = 0; i < captures->len; i++) saved[i] = captures->items[i]->backend;
  inst_compile_body(f->c, inst, r);
  for (uint32_t i = 0; i < captures->len; i++) captures->items[i]->backend = saved[i];
}

void stmt_range_func(Fn *f, NodeRange *n) {
  ScopeMark mark = scope_enter(f);
  RangeFunc r = {.outer = f, .n = n, .label = f->pending_label};
  f->pending_label = NULL;
  Slot iterator = expr_any(f, n->x);
  Slot state = slot_word(f);
  emit_new(f, state, f->c->u->basic[TYPE_INT]);
  Slot outer_list = f->range_defers;
  if (n->info && n->info->has_defer && f->range_defers == NO_SLOT) begin_list(f);
  const Captures *captures = ptr_table_get(&f->c->captures, n);
  FuncInst *inst = inst_range_body(f, n, build_body);
  Slot extra[2] = {state, f->range_defers == NO_SLOT ? state : f->range_defers};
  Slot body = closure_make(f, inst, captures, extra, 2, NO_SLOT);
  make_body(f, inst, &r, captures);
  Slot base = slots_window(f, 3);
  emit(f, OP_MOV, base + 2, body, 0);
  at(f, &n->h);
  emit(f, OP_CALLC, base, iterator, 0);
  emit_word(f, 3);
  take_exits(f, &r, state);
  f->range_defers = outer_list;
  vec_free(&r.exits);
  scope_leave(f, mark);
}
