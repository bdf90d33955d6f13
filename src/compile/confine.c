// Which variables on the heap nobody can point to any more when their block ends, so that the block gives their memory back
// (RELEASE) instead of leaving it to the collector. A wrong answer is memory in use by two, so:
//
//   Invariant: wherever an expression that may hold a pointer to a variable's memory, or to what is reached through it, is put, an
//   arrow leads there from the variable. What an arrow cannot be drawn to counts as ELSEWHERE: stores through pointers, into slices
//   and maps, globals, channels, interfaces' methods, natives, calls of values, go and defer, what a literal returns.
//
// The places of a function are its variables (those of literals inside of it too), its results, the results of each call, and
// ELSEWHERE. An arrow leads from a variable to the place that its value or its address is put into, or to a parameter of a function
// that is called. No difference is made between a pointer and what is found by following it. A parameter's facts sum up where
// its arrows lead: ELSEWHERE, to the results, neither. They begin as neither, and grow until nothing changes, for all functions
// together that call one another.
//
// A variable is confined if no way that begins with its address leads ELSEWHERE, to the results, or to a variable declared
// outside of its block. What leaves the block by goto or a panic gives nothing back: the collector does.
#include "compile/confine.h"

#include "compile/escape.h"
#include "types/check.h"
#include "types/scope.h"

typedef struct Place Place;
typedef struct Arrow Arrow;
typedef struct Flows Flows;

struct Place {
  enum { VARIABLE, CALL_RESULTS, RESULTS, ELSEWHERE } kind;
  const Object *object; // VARIABLE
  Arrow *arrows;
  uint32_t visit;       // of the last search that came here
};

struct Arrow {
  Arrow *next;
  Place *to;            // or a parameter of a function called, and where its results go:
  Flows *callee;
  Place *results;
  uint32_t param;
  bool address;         // of the variable, not its value
};

enum { ESCAPES = 1, RETURNED = 2 };

// Of a declared function, or a script.
struct Flows {
  Object *function;
  Place **params;       // receiver last
  uint8_t *facts;       // of each parameter
  uint32_t count;
  Place results, elsewhere;
};

typedef struct Confine {
  PtrTable places;      // Object* -> Place*
  PtrTable flows;       // Object *or FuncInst* -> Flows*
  VEC(Flows *) open;    // whose facts may still grow
  uint32_t visits;
} Confine;

// Where a value goes.
typedef struct {
  Place *place;         // or a parameter; neither: it is dropped
  Flows *callee;
  Place *results;
  uint32_t param;
} Target;

typedef struct {
  Compiler *c;
  Confine *all;
  Flows *flows;
  bool in_literal;
} Walk;

static const Target nowhere;

static Target to_place(Place *p) { return (Target){.place = p}; }
static Target elsewhere(Walk *w) { return to_place(&w->flows->elsewhere); }

static Place *place_of(Walk *w, const Object *o) {
  void **slot = ptr_table_slot(&w->all->places, o);
  if (!*slot) {
    Place *p = ARENA_NEW(&w->c->scratch, Place);
    *p = (Place){.kind = VARIABLE, .object = o};
    *slot = p;
  }
  return *slot;
}

// A place of its own for the values of a call, a range or a type switch.
static Place *several(Walk *w) {
  Place *p = ARENA_NEW(&w->c->scratch, Place);
  *p = (Place){.kind = CALL_RESULTS};
  return p;
}

static void arrow(Walk *w, Place *from, Target to, bool address) {
  if (!to.place && !to.callee) return;
  Arrow *a = ARENA_NEW(&w->c->scratch, Arrow);
  *a = (Arrow){from->arrows, to.place, to.callee, to.results, to.param, address};
  from->arrows = a;
}

static bool holds_pointers(Type *t) {
  if (!t || type_is_param(t)) return true;
  t = type_underlying(t);
  switch (t->kind) {
  case TYPE_ARRAY: return holds_pointers(t->elem);
  case TYPE_STRUCT:
    for (uint32_t i = 0; i < t->field_count; i++)
      if (holds_pointers(t->fields[i].type)) return true;
    return false;
  case TYPE_INVALID: case TYPE_UNSAFE_POINTER: return true;
  default: return t->kind >= TYPE_BASIC_COUNT; // the bytes of a string are never a variable's
  }
}

static Type *under(const Node *n) {
  Type *core = n->type ? type_core(n->type) : NULL;
  return core ? core : n->type ? type_underlying(n->type) : NULL;
}

static bool is_kind(const Node *n, TypeKind kind) {
  Type *t = under(n);
  return t && t->kind == kind;
}

// --- expressions

static void flow(Walk *w, Node *n, Target to);
static void walk(Walk *w, Node *n);

static void flow_list(Walk *w, const NodeList *list, Target to) {
  for (uint32_t i = 0; i < list->len; i++) flow(w, list->items[i], to);
}

// The address of x goes there.
static void flow_address(Walk *w, Node *x, Target to) {
  x = node_unparen(x);
  Object *o = base_variable(x);
  if (o) {
    arrow(w, place_of(w, o), to, true);
    flow(w, x, nowhere);
    return;
  }
  if (x->kind == NODE_SELECTOR && ((NodeSelector *)x)->selection && ((NodeSelector *)x)->selection->kind == SELECT_FIELD) {
    NodeSelector *s = (NodeSelector *)x;
    if (s->selection->indirect || is_kind(s->x, TYPE_POINTER)) flow(w, s->x, to);
    else flow_address(w, s->x, to);
  } else if (x->kind == NODE_INDEX && is_kind(((NodeIndex *)x)->x, TYPE_ARRAY)) {
    flow_address(w, ((NodeIndex *)x)->x, to);
    flow_list(w, &((NodeIndex *)x)->indices, nowhere);
  } else if (x->kind == NODE_INDEX) {
    flow(w, ((NodeIndex *)x)->x, to);
    flow_list(w, &((NodeIndex *)x)->indices, nowhere);
  } else if (x->kind == NODE_STAR) {
    flow(w, ((NodeStar *)x)->x, to);
  } else {
    flow(w, x, to);
  }
}

static void flow_literal(Walk *w, NodeFuncLit *n, Target to) {
  const Captures *captures = ptr_table_get(&w->c->captures, n);
  for (uint32_t i = 0; captures && i < captures->len; i++) arrow(w, place_of(w, captures->items[i]), to, true);
  Type *sig = n->info ? n->info->signature : type_underlying(n->h.type);
  for (uint32_t i = 0; i < sig->result_count; i++) arrow(w, place_of(w, sig->results[i]), elsewhere(w), false);
  bool outside = w->in_literal;
  w->in_literal = true;
  walk(w, n->body);
  w->in_literal = outside;
}

static void flow_composite(Walk *w, NodeComposite *n, Target to) {
  Type *t = under(&n->h);
  if (t && t->kind == TYPE_POINTER) t = type_underlying(t->elem);
  for (uint32_t i = 0; i < n->elems.len; i++) {
    Node *e = n->elems.items[i];
    if (e->kind == NODE_KEY_VALUE) {
      if (!t || t->kind != TYPE_STRUCT) flow(w, ((NodeKeyValue *)e)->key, to);
      e = ((NodeKeyValue *)e)->value;
    }
    flow(w, e, to);
  }
}

static void flow_selector(Walk *w, NodeSelector *n, Target to) {
  const Selection *s = n->selection;
  if (!s) return; // of a package
  switch (s->kind) {
  case SELECT_FIELD: flow(w, n->x, to); return;
  case SELECT_METHOD_VALUE: // a closure that holds the receiver
    if (s->object && s->object->pointer_recv && !s->indirect) flow_address(w, n->x, elsewhere(w));
    else flow(w, n->x, elsewhere(w));
    return;
  default: flow(w, n->x, elsewhere(w)); return;
  }
}

// --- calls

static Flows *flows_new(Compiler *c, Confine *all, const void *key, Object *function) {
  Type *sig = function ? function->type : NULL;
  uint32_t count = sig ? sig->param_count + (sig->recv != NULL) : 0;
  Flows *flows = ARENA_NEW(&c->scratch, Flows);
  *flows = (Flows){.function = function, .count = count, .results = {.kind = RESULTS}, .elsewhere = {.kind = ELSEWHERE}};
  flows->params = ARENA_ARRAY(&c->scratch, Place *, count + 1);
  flows->facts = ARENA_ARRAY(&c->scratch, uint8_t, count + 1);
  Walk w = {.c = c, .all = all, .flows = flows};
  for (uint32_t i = 0; i < count; i++) {
    flows->params[i] = place_of(&w, i < sig->param_count ? sig->params[i] : sig->recv);
    flows->facts[i] = 0;
  }
  ptr_table_put(&all->flows, key, flows);
  vec_push(&all->open, flows);
  return flows;
}

// The function with a body that is called, if that is known for sure.
static Object *called_function(const Walk *w, Node *fun) {
  Object *o = NULL;
  if (fun->kind == NODE_INDEX) fun = node_unparen(((NodeIndex *)fun)->x);
  if (fun->kind == NODE_SELECTOR) {
    const Selection *s = ((NodeSelector *)fun)->selection;
    if (!s) fun = ((NodeSelector *)fun)->sel;
    else if (s->kind == SELECT_METHOD_VALUE && s->object) o = s->object->origin ? s->object->origin : s->object;
  }
  if (fun->kind == NODE_IDENT) o = ((NodeIdent *)fun)->obj;
  if (!o || o->kind != OBJECT_FUNC || !o->decl || o->decl->kind != NODE_FUNC || !o->type || o->type->kind != TYPE_SIGNATURE) return NULL;
  return ((NodeFunc *)o->decl)->body && !link_is_late(w->c, o) ? o : NULL;
}

static void flow_builtin(Walk *w, NodeCall *n, Target to) {
  for (uint32_t i = 0; i < n->args.len; i++) {
    Node *arg = n->args.items[i];
    switch (n->builtin) {
    case BUILTIN_APPEND: case BUILTIN_COPY: {
      if (i == 0) {
        flow(w, arg, n->builtin == BUILTIN_APPEND ? to : nowhere);
        break;
      }
      Type *t = n->dots || n->builtin == BUILTIN_COPY ? under(arg) : NULL; // the elements of arg are stored, not arg
      flow(w, arg, t && t->kind <= TYPE_SLICE && (t->kind != TYPE_SLICE || !holds_pointers(t->elem)) ? nowhere : elsewhere(w));
      break;
    }
    case BUILTIN_PANIC: case BUILTIN_ADD: case BUILTIN_SLICE: case BUILTIN_SLICE_DATA: case BUILTIN_STRING: case BUILTIN_STRING_DATA:
      flow(w, arg, elsewhere(w)); // even what holds no pointers may be a view of it now
      break;
    default: flow(w, arg, nowhere); break; // nothing is kept
    }
  }
}

// later: by a go or defer statement.
static void flow_call(Walk *w, NodeCall *n, Target to, bool later) {
  if (n->call == CALL_CONVERSION) {
    flow(w, n->args.items[0], to);
    return;
  }
  if (n->call == CALL_BUILTIN) {
    if (later) flow_list(w, &n->args, elsewhere(w));
    else flow_builtin(w, n, to);
    return;
  }
  Node *fun = node_unparen(n->fun);
  Object *function = later ? NULL : called_function(w, fun);
  Target arguments = elsewhere(w);
  uint32_t params = 0;
  if (function) {
    Flows *callee = ptr_table_get(&w->all->flows, function);
    if (!callee) callee = flows_new(w->c, w->all, function, function);
    Place *results = several(w);
    arrow(w, results, to, false);
    arguments = (Target){.callee = callee, .results = results};
    params = function->type->param_count;
  }
  const Selection *s = fun->kind == NODE_SELECTOR ? ((NodeSelector *)fun)->selection : NULL;
  if (function && s) {
    Target recv = arguments;
    recv.param = params;
    if (s->object->pointer_recv && !s->indirect) flow_address(w, ((NodeSelector *)fun)->x, recv);
    else flow(w, ((NodeSelector *)fun)->x, recv);
  } else if (!function) {
    flow(w, fun, later ? elsewhere(w) : nowhere);
  }
  bool spread = n->args.len == 1 && params != 1; // f(g()) with several results
  for (uint32_t i = 0; i < n->args.len; i++) {
    Target arg = arguments;
    if (function) arg.param = i < params ? i : params - 1;
    Node *x = node_unparen(n->args.items[i]);
    flow(w, x, spread && x->type && x->type->kind == TYPE_TUPLE ? elsewhere(w) : arg);
  }
}

static void flow(Walk *w, Node *n, Target to) {
  if (!n) return;
  n = node_unparen(n);
  if (n->mode == MODE_TYPE || n->mode == MODE_CONSTANT) return;
  if (!holds_pointers(n->type)) to = nowhere;
  else if (is_kind(n, TYPE_UNSAFE_POINTER)) to = elsewhere(w); // also if it becomes a number now: that may become a pointer again
  switch ((NodeKind)n->kind) {
  case NODE_IDENT: {
    Object *o = base_variable(n);
    if (o) arrow(w, place_of(w, o), to, false);
    return;
  }
  case NODE_LITERAL: return;
  case NODE_COMPOSITE: flow_composite(w, (NodeComposite *)n, to); return;
  case NODE_FUNC_LIT: flow_literal(w, (NodeFuncLit *)n, to); return;
  case NODE_SELECTOR: flow_selector(w, (NodeSelector *)n, to); return;
  case NODE_INDEX:
    flow(w, ((NodeIndex *)n)->x, to);
    flow_list(w, &((NodeIndex *)n)->indices, nowhere);
    return;
  case NODE_SLICE: {
    NodeSlice *s = (NodeSlice *)n;
    if (is_kind(s->x, TYPE_ARRAY)) flow_address(w, s->x, to);
    else flow(w, s->x, to);
    flow(w, s->lo, nowhere);
    flow(w, s->hi, nowhere);
    flow(w, s->max, nowhere);
    return;
  }
  case NODE_TYPE_ASSERT: flow(w, ((NodeTypeAssert *)n)->x, to); return;
  case NODE_CALL: flow_call(w, (NodeCall *)n, to, false); return;
  case NODE_STAR: flow(w, ((NodeStar *)n)->x, to); return;
  case NODE_UNARY:
    if (((NodeUnary *)n)->op == OPER_AND) flow_address(w, ((NodeUnary *)n)->x, to);
    else flow(w, ((NodeUnary *)n)->x, nowhere); // of a channel: what is received was sent ELSEWHERE
    return;
  case NODE_BINARY:
    flow(w, ((NodeBinary *)n)->x, nowhere);
    flow(w, ((NodeBinary *)n)->y, nowhere);
    return;
  default: UNREACHABLE("an expression of unknown kind");
  }
}

// --- statements

// Where an assignment to x puts the value; what x is made of is looked at.
static Target assigned(Walk *w, Node *x) {
  x = node_unparen(x);
  if (x->kind == NODE_IDENT && (!((NodeIdent *)x)->obj || name_is_blank(((NodeIdent *)x)->name))) return nowhere;
  Object *o = base_variable(x);
  Type *type = x->kind == NODE_IDENT ? ((NodeIdent *)x)->obj->type : x->type;
  if (x->kind == NODE_INDEX && is_kind(((NodeIndex *)x)->x, TYPE_MAP)) {
    flow(w, ((NodeIndex *)x)->x, nowhere);
    flow(w, ((NodeIndex *)x)->indices.items[0], elsewhere(w)); // the key is stored
  } else {
    flow(w, x, nowhere);
  }
  if (!holds_pointers(type)) return nowhere;
  return o ? to_place(place_of(w, o)) : elsewhere(w);
}

static void assign(Walk *w, const NodeList *lhs, const NodeList *rhs) {
  if (lhs->len == rhs->len) {
    for (uint32_t i = 0; i < lhs->len; i++) flow(w, rhs->items[i], assigned(w, lhs->items[i]));
    return;
  }
  Place *values = several(w);
  for (uint32_t i = 0; i < lhs->len; i++) arrow(w, values, assigned(w, lhs->items[i]), false);
  if (rhs->len) flow(w, rhs->items[0], to_place(values));
}

static void walk_list(Walk *w, const NodeList *list) {
  for (uint32_t i = 0; i < list->len; i++) walk(w, list->items[i]);
}

static void walk_assign(Walk *w, NodeAssign *n) {
  if (n->op == OPER_NONE && !n->incdec) {
    assign(w, &n->lhs, &n->rhs);
    return;
  }
  for (uint32_t i = 0; i < n->lhs.len; i++) assigned(w, n->lhs.items[i]); // numbers, strings
  flow_list(w, &n->rhs, nowhere);
}

static void walk_range(Walk *w, NodeRange *n) {
  if (is_range_func(n)) {
    const Captures *captures = ptr_table_get(&w->c->captures, n);
    for (uint32_t i = 0; captures && i < captures->len; i++) arrow(w, place_of(w, captures->items[i]), elsewhere(w), true);
    if (n->key) assigned(w, n->key);
    if (n->value) assigned(w, n->value);
    flow(w, n->x, elsewhere(w));
  } else {
    Place *values = several(w);
    if (n->key) arrow(w, values, assigned(w, n->key), false);
    if (n->value) arrow(w, values, assigned(w, n->value), false);
    flow(w, n->x, to_place(values));
  }
  walk(w, n->body);
}

static void walk_type_switch(Walk *w, NodeTypeSwitch *n) {
  walk(w, n->init);
  Node *x = node_unparen(n->x); // x.(type)
  if (x->kind == NODE_TYPE_ASSERT && !((NodeTypeAssert *)x)->to) x = ((NodeTypeAssert *)x)->x;
  Place *value = several(w);
  for (uint32_t i = 0; i < n->clauses.len; i++) {
    NodeCase *clause = (NodeCase *)n->clauses.items[i];
    if (clause->bound && holds_pointers(clause->bound->type)) arrow(w, value, to_place(place_of(w, clause->bound)), false);
    walk_list(w, &clause->body);
  }
  flow(w, x, to_place(value));
}

static void walk_switch(Walk *w, NodeSwitch *n) {
  walk(w, n->init);
  flow(w, n->tag, nowhere);
  for (uint32_t i = 0; i < n->clauses.len; i++) {
    NodeCase *clause = (NodeCase *)n->clauses.items[i];
    flow_list(w, &clause->exprs, nowhere);
    walk_list(w, &clause->body);
  }
}

static void walk_declarations(Walk *w, NodeDeclStmt *n) {
  for (uint32_t i = 0; i < n->decls.len; i++) walk(w, n->decls.items[i]);
}

static void walk(Walk *w, Node *n) {
  if (!n) return;
  switch ((NodeKind)n->kind) {
  case NODE_BLOCK: walk_list(w, &((NodeBlock *)n)->stmts); return;
  case NODE_EXPR_STMT: flow(w, ((NodeExprStmt *)n)->x, nowhere); return;
  case NODE_SEND:
    flow(w, ((NodeSend *)n)->chan, nowhere);
    flow(w, ((NodeSend *)n)->value, elsewhere(w));
    return;
  case NODE_ASSIGN: walk_assign(w, (NodeAssign *)n); return;
  case NODE_GO: flow_call(w, (NodeCall *)node_unparen(((NodeGo *)n)->call), nowhere, true); return;
  case NODE_DEFER: flow_call(w, (NodeCall *)node_unparen(((NodeDefer *)n)->call), nowhere, true); return;
  case NODE_RETURN: flow_list(w, &((NodeReturn *)n)->results, w->in_literal ? elsewhere(w) : to_place(&w->flows->results)); return;
  case NODE_IF:
    walk(w, ((NodeIf *)n)->init);
    flow(w, ((NodeIf *)n)->cond, nowhere);
    walk(w, ((NodeIf *)n)->then);
    walk(w, ((NodeIf *)n)->other);
    return;
  case NODE_SWITCH: walk_switch(w, (NodeSwitch *)n); return;
  case NODE_TYPE_SWITCH: walk_type_switch(w, (NodeTypeSwitch *)n); return;
  case NODE_SELECT:
    for (uint32_t i = 0; i < ((NodeSelect *)n)->clauses.len; i++) {
      NodeComm *clause = (NodeComm *)((NodeSelect *)n)->clauses.items[i];
      walk(w, clause->comm);
      walk_list(w, &clause->body);
    }
    return;
  case NODE_FOR:
    walk(w, ((NodeFor *)n)->init);
    flow(w, ((NodeFor *)n)->cond, nowhere);
    walk(w, ((NodeFor *)n)->post);
    walk(w, ((NodeFor *)n)->body);
    return;
  case NODE_RANGE: walk_range(w, (NodeRange *)n); return;
  case NODE_LABELED: walk(w, ((NodeLabeled *)n)->stmt); return;
  case NODE_DECL_STMT: walk_declarations(w, (NodeDeclStmt *)n); return;
  case NODE_VAR:
    if (((NodeVar *)n)->values.len) assign(w, &((NodeVar *)n)->names, &((NodeVar *)n)->values);
    return;
  case NODE_EMPTY: case NODE_BRANCH: case NODE_CONST: case NODE_TYPE: case NODE_FUNC: case NODE_IMPORT: return;
  default: UNREACHABLE("a statement of unknown kind");
  }
}

// --- facts

typedef struct {
  uint32_t visit;
  Pos from, to; // a variable declared outside of it is ESCAPES; to 0: none is
  uint8_t facts;
} Search;

static void follow(Search *s, Place *p);

static void follow_arrow(Search *s, const Arrow *a) {
  if (!a->callee) {
    follow(s, a->to);
    return;
  }
  uint8_t facts = a->callee->facts[a->param];
  s->facts |= facts & ESCAPES;
  if (facts & RETURNED) follow(s, a->results);
}

static void follow(Search *s, Place *p) {
  if (p->visit == s->visit || (s->facts & ESCAPES)) return;
  p->visit = s->visit;
  switch (p->kind) {
  case ELSEWHERE: s->facts |= ESCAPES; return;
  case RESULTS: s->facts |= RETURNED; return;
  case VARIABLE:
    if (s->to && (p->object->pos < s->from || p->object->pos >= s->to)) s->facts |= ESCAPES;
    break;
  case CALL_RESULTS: break;
  }
  for (const Arrow *a = p->arrows; a; a = a->next) follow_arrow(s, a);
}

static bool grow(Confine *all, Flows *flows) {
  bool grown = false;
  for (uint32_t i = 0; i < flows->count; i++) {
    if (flows->facts[i] & ESCAPES) continue;
    Search s = {.visit = ++all->visits};
    follow(&s, flows->params[i]);
    grown |= s.facts != flows->facts[i];
    flows->facts[i] = s.facts;
  }
  return grown;
}

static void build(Walk *w, Object *function) {
  check_function(function);
  escape_analyse(w->c, function->decl, function->type);
  for (uint32_t i = 0; i < function->type->result_count; i++) arrow(w, place_of(w, function->type->results[i]), to_place(&w->flows->results), false);
  walk(w, ((NodeFunc *)function->decl)->body);
}

// The functions whose facts are asked for, and all that they hand pointers to.
static void settle(Compiler *c, Confine *all) {
  for (uint32_t i = 0; i < all->open.len; i++) {
    Flows *flows = all->open.data[i];
    Walk w = {.c = c, .all = all, .flows = flows};
    if (flows->function) build(&w, flows->function);
  }
  for (bool again = true; again;) {
    again = false;
    for (uint32_t i = all->open.len; i-- > 0;) again |= grow(all, all->open.data[i]);
  }
  all->open.len = 0;
}

static Confine *confine_of(Compiler *c) {
  if (!c->confine) {
    c->confine = ARENA_NEW(&c->scratch, Confine);
    *c->confine = (Confine){0};
    ptr_table_init(&c->confine->places, &c->scratch);
    ptr_table_init(&c->confine->flows, &c->scratch);
  }
  return c->confine;
}

void confine_script(Compiler *c, const FuncInst *inst, const Package *script) {
  if (c->options->exact_calls) return;
  Confine *all = confine_of(c);
  Walk w = {.c = c, .all = all, .flows = flows_new(c, all, inst, NULL)};
  for (uint32_t i = 0; i < script->init_count; i++) {
    const struct InitStep *step = &script->init[i];
    if (step->stmt) walk(&w, step->stmt);
    else flow(&w, step->rhs, elsewhere(&w));
  }
}

static Flows *flows_around(Compiler *c, Confine *all, const FuncInst *inst) {
  while (inst->outer) inst = inst->outer;
  Object *function = inst->object ? inst->object->origin ? inst->object->origin : inst->object : NULL;
  const void *key = function ? (void *)function : (void *)inst;
  Flows *flows = ptr_table_get(&all->flows, key);
  if (!flows && function && function->decl && function->decl->kind == NODE_FUNC) flows = flows_new(c, all, key, function);
  return flows;
}

bool is_confined(Fn *f, Object *o) {
  enum { UNKNOWN, NO, YES };
  Compiler *c = f->c;
  // Nothing is given back that a detector of races watches. What a script declares at its top lives as long as the script.
  if (c->options->exact_calls || o->is_result || !o->scope || !o->owner || !o->owner->node) return false;
  if (o->confined != UNKNOWN) return o->confined == YES;
  Confine *all = confine_of(c);
  if (!flows_around(c, all, f->inst)) return false;
  settle(c, all);
  Place *p = ptr_table_get(&all->places, o);
  bool in_signature = o->scope->is_func; // of the whole function
  Search s = {.visit = ++all->visits, .from = in_signature ? o->owner->node->start : o->scope->start, .to = in_signature ? o->owner->node->end : o->scope->end};
  for (const Arrow *a = p ? p->arrows : NULL; a; a = a->next)
    if (a->address) follow_arrow(&s, a);
  o->confined = s.facts ? NO : YES;
  return !s.facts;
}
