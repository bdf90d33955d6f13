// Switch statements (specification "Expression switches", "Type switches"). Tests and bodies alternate, as in a chain of
// ifs; integer constants are found by jump table or halving first when there are many.
#include "compile/stmt.h"

#include <stdlib.h>

typedef struct {
  Label *bodies;   // one a clause
  Label end;
  uint32_t fallback; // index of the default clause, or the number of clauses
} Clauses;

static Clauses clauses_new(Fn *f, const NodeList *list) {
  Clauses c = {.bodies = ARENA_ARRAY(&f->c->scratch, Label, list->len + 1), .end = LABEL_NEW, .fallback = list->len};
  for (uint32_t i = 0; i < list->len; i++) {
    c.bodies[i] = LABEL_NEW;
    if (((NodeCase *)list->items[i])->is_default) c.fallback = i;
  }
  return c;
}

static void go_default(Fn *f, Clauses *c, uint32_t count) {
  if (c->fallback < count) emit_jump(f, &c->bodies[c->fallback]);
  else if (c->end.at == UNBOUND && !f->dead) emit_jump(f, &c->end);
}

// The default clause is for when all tests have failed: unless it stands last, the tests go on behind it. Then its body is
// reached from below, by a jump that is not there yet.
static void skip_default(Fn *f, uint32_t i, uint32_t count, Label *next) {
  if (i + 1 < count) emit_jump(f, next);
  f->dead = false;
}

static void body(Fn *f, const NodeCase *clause) {
  ScopeMark mark = scope_enter(f);
  stmt_list(f, &clause->body);
  scope_leave(f, mark);
}

// --- integer constants

typedef struct {
  int64_t value;
  uint32_t clause;
} Choice;

static int compare_choices(const void *a, const void *b) {
  int64_t x = ((const Choice *)a)->value, y = ((const Choice *)b)->value;
  return x < y ? -1 : x > y;
}

// All cases as integers, sorted; NULL if they are not all constant, or few.
static Choice *integer_choices(Fn *f, NodeSwitch *n, Type *type, uint32_t *count) {
  if (!type_is_integer(under_of(f->c, type))) return NULL;
  uint32_t total = 0;
  for (uint32_t i = 0; i < n->clauses.len; i++) total += ((NodeCase *)n->clauses.items[i])->exprs.len;
  if (total < 4) return NULL;
  Choice *choices = ARENA_ARRAY(&f->c->scratch, Choice, total);
  *count = 0;
  for (uint32_t i = 0; i < n->clauses.len; i++) {
    NodeList *exprs = &((NodeCase *)n->clauses.items[i])->exprs;
    for (uint32_t j = 0; j < exprs->len; j++) {
      uint64_t word;
      if (!const_bits(f, exprs->items[j], type, &word)) return NULL;
      choices[(*count)++] = (Choice){(int64_t)word, i};
    }
  }
  qsort(choices, *count, sizeof *choices, compare_choices);
  return choices;
}

static void compare_constant(Fn *f, Op immediate, Op word, Slot x, int64_t value, Label *label) {
  if (value == (int16_t)value) {
    emit_branch(f, immediate, x, (uint32_t)value, label);
    return;
  }
  uint32_t top = f->top;
  emit_branch(f, word, x, word_constant(f, (uint64_t)value, NO_SLOT), label);
  f->top = top;
}

static void jump_table(Fn *f, Slot x, const Choice *choices, uint32_t count, Clauses *c, uint32_t clauses) {
  int64_t low = choices[0].value;
  uint32_t size = (uint32_t)(choices[count - 1].value - low + 1), top = f->top;
  Slot index = x;
  if (low) {
    index = slot_word(f);
    if (-low == (int16_t)-low) emit(f, OP_ADDI, index, x, (uint32_t)-low & 0xffff);
    else emit(f, OP_SUB, index, x, word_constant(f, (uint64_t)low, NO_SLOT));
  }
  uint32_t table = emit(f, OP_JTAB, index, size, 0);
  for (uint32_t i = 0, next = 0; i < size; i++) {
    uint32_t entry = f->code.len;
    emit_pair(f, 0, 0);
    bool hit = choices[next].value == low + (int64_t)i;
    Label *to = hit ? &c->bodies[choices[next].clause] : c->fallback < clauses ? &c->bodies[c->fallback] : &c->end;
    label_use(f, to, entry, table, PATCH_LO32);
    if (hit) next++;
  }
  f->top = top;
}

static void find_choice(Fn *f, Slot x, const Choice *choices, uint32_t count, Clauses *c, uint32_t clauses) {
  uint64_t span = (uint64_t)choices[count - 1].value - (uint64_t)choices[0].value;
  if (count >= 4 && span < 3 * (uint64_t)count + 8 && span < 4096) {
    jump_table(f, x, choices, count, c, clauses);
    go_default(f, c, clauses);
  } else if (count <= 4) {
    for (uint32_t i = 0; i < count; i++) compare_constant(f, OP_JEQI, OP_JEQ, x, choices[i].value, &c->bodies[choices[i].clause]);
    go_default(f, c, clauses);
  } else {
    uint32_t half = count / 2;
    Label low = LABEL_NEW;
    compare_constant(f, OP_JLTI, OP_JLT, x, choices[half].value, &low);
    find_choice(f, x, choices + half, count - half, c, clauses);
    label_bind(f, &low);
    f->dead = false;
    find_choice(f, x, choices, half, c, clauses);
  }
}

// --- expression switches

// Jump if the tag equals the case's expression (tag NULL: if the expression is true).
static void test_case(Fn *f, Node *tag, Type *type, Slot x, Node *value, bool sense, Label *label) {
  uint32_t top = f->top;
  f->hoisted.len = 0;
  at(f, value);
  if (!tag) {
    cond_jump(f, value, sense, label);
  } else if (is_nil(value)) {
    jump_if_nil(f, x, sense, label);
  } else {
    Type *other = type_default(f->c->u, node_type(f, value));
    bool convert_tag = is_interface(f, other) && !is_interface(f, type);
    Type *common = convert_tag ? other : type;
    Slot a = convert_tag ? make_interface(f, x, type, NO_SLOT) : x;
    uint64_t word;
    if (info_of(f->c, common)->shape != SHAPE_PAIR && type_is_integer(info_of(f->c, common)->under) && const_bits(f, value, common, &word) &&
        (int64_t)word == (int16_t)word) {
      emit_branch(f, sense ? OP_JEQI : OP_JNEI, a, (uint32_t)word, label);
    } else {
      Slot b = expr_as(f, value, common, NO_SLOT);
      at(f, value);
      jump_if_equal(f, a, b, common, sense, label);
    }
  }
  f->top = top;
}

static void emit_body(Fn *f, NodeSwitch *n, Clauses *c, Flow *flow, uint32_t i) {
  flow->on_fallthrough = i + 1 < n->clauses.len ? &c->bodies[i + 1] : NULL;
  label_bind(f, &c->bodies[i]);
  body(f, (NodeCase *)n->clauses.items[i]);
  emit_jump(f, &c->end);
}

static void chain(Fn *f, NodeSwitch *n, Type *type, Slot x, Clauses *c, Flow *flow) {
  for (uint32_t i = 0; i < n->clauses.len; i++) {
    NodeCase *clause = (NodeCase *)n->clauses.items[i];
    Label next = LABEL_NEW;
    for (uint32_t j = 0; j + 1 < clause->exprs.len; j++) test_case(f, n->tag, type, x, clause->exprs.items[j], true, &c->bodies[i]);
    if (clause->exprs.len) test_case(f, n->tag, type, x, clause->exprs.items[clause->exprs.len - 1], false, &next);
    else skip_default(f, i, n->clauses.len, &next);
    emit_body(f, n, c, flow, i);
    label_bind_used(f, &next);
  }
  go_default(f, c, n->clauses.len);
}

void stmt_switch(Fn *f, NodeSwitch *n) {
  ScopeMark mark = scope_enter(f);
  const Name *label = f->pending_label;
  f->pending_label = NULL;
  if (n->init) stmt(f, n->init);
  Clauses c = clauses_new(f, &n->clauses);
  Flow flow;
  f->pending_label = label;
  flow_enter(f, &flow, &n->h, &c.end, NULL);
  Type *type = NULL;
  Slot x = NO_SLOT;
  if (n->tag) {
    f->hoisted.len = 0;
    type = type_default(f->c->u, node_type(f, n->tag));
    x = expr_as(f, n->tag, type, NO_SLOT);
  }
  uint32_t count;
  Choice *choices = n->tag ? integer_choices(f, n, type, &count) : NULL;
  if (choices) {
    find_choice(f, x, choices, count, &c, n->clauses.len);
    for (uint32_t i = 0; i < n->clauses.len; i++) emit_body(f, n, &c, &flow, i);
  } else {
    chain(f, n, type, x, &c, &flow);
  }
  flow_leave(f);
  label_bind_used(f, &c.end);
  scope_leave(f, mark);
}

// --- type switches

static void test_type(Fn *f, Slot x, Node *e, bool sense, Label *label) {
  uint32_t top = f->top;
  at(f, e);
  if (is_nil(e)) {
    jump_if_nil(f, x, sense, label);
  } else {
    Type *type = node_type(f, e);
    Slot is = slot_word(f);
    emit(f, is_interface(f, type) ? OP_IMPLS : OP_TYPEIS, is, x, 0);
    emit_ptr(f, rtype_of(f->c, type));
    emit_jump_if(f, is, sense, label);
  }
  f->top = top;
}

// In a clause with one type the variable has that type; else the type of x.
static void bind_clause(Fn *f, NodeCase *clause, Slot x, Type *type) {
  Object *o = clause->bound;
  if (!o || name_is_blank(o->name)) return;
  bool single = clause->exprs.len == 1 && !is_nil(clause->exprs.items[0]);
  Type *to = single ? node_type(f, clause->exprs.items[0]) : type;
  TypeInfo *info = info_of(f->c, to);
  Slot value = slots_take(f, info);
  if (is_interface(f, to)) {
    emit_move(f, value, x, info);
  } else if (info->slots) {
    emit(f, OP_UNBOX, value, x, 0);
    emit_ptr(f, rtype_of(f->c, to));
  }
  declare_slot(f, o, value, to);
}

void stmt_type_switch(Fn *f, NodeTypeSwitch *n) {
  ScopeMark mark = scope_enter(f);
  const Name *label = f->pending_label;
  f->pending_label = NULL;
  if (n->init) stmt(f, n->init);
  Clauses c = clauses_new(f, &n->clauses);
  Flow flow;
  f->pending_label = label;
  flow_enter(f, &flow, &n->h, &c.end, NULL);
  f->hoisted.len = 0;
  Node *operand = node_unparen(n->x); // x.(type)
  if (operand->kind == NODE_TYPE_ASSERT && !((NodeTypeAssert *)operand)->to) operand = ((NodeTypeAssert *)operand)->x;
  Type *type = node_type(f, operand);
  Slot x = expr_any(f, operand);
  for (uint32_t i = 0; i < n->clauses.len; i++) {
    NodeCase *clause = (NodeCase *)n->clauses.items[i];
    Label next = LABEL_NEW;
    for (uint32_t j = 0; j + 1 < clause->exprs.len; j++) test_type(f, x, clause->exprs.items[j], true, &c.bodies[i]);
    if (clause->exprs.len) test_type(f, x, clause->exprs.items[clause->exprs.len - 1], false, &next);
    else skip_default(f, i, n->clauses.len, &next);
    label_bind(f, &c.bodies[i]);
    ScopeMark inner = scope_enter(f);
    bind_clause(f, clause, x, type);
    stmt_list(f, &clause->body);
    scope_leave(f, inner);
    emit_jump(f, &c.end);
    label_bind_used(f, &next);
  }
  go_default(f, &c, n->clauses.len);
  flow_leave(f);
  label_bind_used(f, &c.end);
  scope_leave(f, mark);
}
