// Declarations: each object is resolved when it is first needed (white, grey while on the path, black when it has its
// type). Meeting a grey object again closes a cycle; some cycles are fine (type T struct { next *T }), others are not.
#include "types/checker.h"

enum { MAX_PATH = 3000 }; // the recursion behind it needs stack
enum { WHITE, BLACK, GREY }; // GREY + n: on the path at index n

// --- declaring names

Object *check_new_var(Checker *c, NodeIdent *name, Type *type) {
  Object *var = object_new(c->u, OBJECT_VAR, name->name, c->package, name->h.pos, type);
  name->obj = var;
  return var;
}

// Specification "Declarations and scope": no identifier may be declared twice in the same block. False: it was.
bool check_declare(Checker *c, Scope *scope, NodeIdent *ident, Object *object, Pos visible_from) {
  if (!name_is_blank(object->name)) {
    Object *other = scope_insert(scope, object);
    if (other) {
      check_error_object(c, object, "%s redeclared in this block", object->name->text);
      check_note_other(c, other);
      return false;
    }
    object->visible_from = visible_from;
  }
  if (ident) ident->obj = object;
  return true;
}

// The scope of top-level statements of a script: its variables are the package's.
bool check_scope_is_package(Checker *c) { return c->env.scope->parent == c->package->scope; }

// A variable declared by a statement: it must be used, and belongs to the function around it.
void check_declare_local(Checker *c, NodeIdent *ident, Object *var, Pos visible_from) {
  if (check_scope_is_package(c)) {
    var->is_global = true;
    if (check_declare(c, c->package->scope, ident, var, NO_POS)) check_shadow_implicit(c, var);
    return;
  }
  var->owner = c->env.func;
  bool fresh = check_declare(c, c->env.scope, ident, var, visible_from);
  if (fresh && c->env.body && !name_is_blank(var->name)) vec_push(&c->env.body->vars, var);
}

// Specification "Constant declarations", "Variable declarations": as many values as names.
void check_arity(Checker *c, Pos at, NodeList names, NodeList values, bool constants, bool inherited) {
  uint32_t l = names.len, r = values.len;
  if (l < r) {
    Node *n = values.items[l];
    if (inherited) check_error_pos(c, at, NO_POS, "extra init expr at %s", check_place(c, n->start));
    else check_error(c, n, "extra init expr %s", expr_text(c, n));
  } else if (l > r && (constants || r != 1)) {
    NodeIdent *n = (NodeIdent *)names.items[r];
    check_error(c, &n->h, "missing init expr for %s", n->name->text);
  }
}

// --- cycles

uint32_t check_first_in_source(Object **objects, uint32_t n) {
  uint32_t first = 0;
  for (uint32_t i = 1; i < n; i++)
    if (objects[i]->pos < objects[first]->pos) first = i;
  return first;
}

// With its package where that is another one.
static const char *qualified(Checker *c, const Object *object) {
  if (!object->package || object->package == c->package) return object->name->text;
  return arena_printf(c->arena, "%s.%s", object->package->name->text, object->name->text);
}

void check_cycle_error(Checker *c, Object **cycle, uint32_t n, uint32_t start) {
  Object *object = cycle[start];
  bool is_type = object->kind == OBJECT_TYPE;
  const char *name = qualified(c, object);
  if (n == 1) {
    if (is_type) check_error_object(c, object, "invalid recursive type: %s refers to itself", name);
    else check_error_object(c, object, "invalid cycle in declaration: %s refers to itself", name);
    return;
  }
  if (is_type) check_error_object(c, object, "invalid recursive type %s", name);
  else check_error_object(c, object, "invalid cycle in declaration of %s", name);
  for (uint32_t i = 0; i < n; i++) {
    object = cycle[(start + i) % n];
    check_note(c, object->pos, "%s refers to", qualified(c, object));
  }
  check_note(c, cycle[start]->pos, "%s", qualified(c, cycle[start]));
}

static bool is_alias(Checker *c, Object *type) {
  DeclInfo *info = check_decl_info(c, type);
  if (info && info->type_decl) return info->type_decl->alias;
  return type->decl && type->decl->kind == NODE_TYPE && ((NodeTypeDecl *)type->decl)->alias;
}

// The objects from `object` to the end of the path form a cycle. It is fine if only variables and constants are in it
// (the initialisation order is checked later), or only types of which one is a defined type (their sizes are checked
// later); a generic type must not depend on itself through its type parameters.
static bool is_valid_cycle(Checker *c, Object *object) {
  uint32_t start = (uint32_t)object->state - GREY, n = c->path.len - start;
  Object **cycle = c->path.data + start;
  uint32_t values = 0, defined = 0;
  bool through_tparams = false;
  for (uint32_t i = 0; i < n && !through_tparams; i++) {
    Object *o = cycle[i];
    if (o->kind == OBJECT_CONST || o->kind == OBJECT_VAR) values++;
    if (o->kind != OBJECT_TYPE) continue;
    through_tparams = c->env.in_tparam_list && o->type && type_is_generic_decl(o->type);
    if (!is_alias(c, o)) defined++;
  }
  if (!through_tparams && (values == n || (values == 0 && defined > 0))) return true;
  check_cycle_error(c, cycle, n, check_first_in_source(cycle, n));
  return false;
}

static void meet_again(Checker *c, Object *object) {
  bool valid = is_valid_cycle(c, object);
  if (object->kind == OBJECT_FUNC) return;
  if (!valid || !object->type) object->type = check_invalid(c);
}

// --- dependencies for the initialisation order

// Returns whether the object belongs to the package level.
bool check_depend(Checker *c, Object *object) {
  if (object->kind == OBJECT_VAR && !object->is_global) return false; // most uses
  if (!ptr_table_has(&c->objects, object)) return false;
  if (c->env.decl) ptr_table_put(c->env.decl->deps, object, object);
  return true;
}

// --- constants

// Specification "Constant declarations".
static void check_const(Checker *c, Object *object, Node *of, Node *init, bool inherited, uint32_t iota) {
  const Const *saved_iota = c->env.iota;
  Pos saved_pos = c->env.err_pos;
  c->env.iota = const_int(c->arena, iota);
  c->env.err_pos = NO_POS;
  object->constant = const_unknown();
  Type *t = of ? check_type(c, of) : NULL;
  if (t && !type_is_const(t)) {
    if (type_is_valid(type_underlying(t))) check_error(c, of, "invalid constant type %s", type_text(c, t));
    object->type = check_invalid(c);
  } else {
    object->type = t;
    Operand x = {0};
    x.type = check_invalid(c);
    if (init) {
      if (inherited) c->env.err_pos = object->pos;
      check_expr(c, &x, init);
    }
    check_init_const(c, object, &x);
  }
  c->env.iota = saved_iota;
  c->env.err_pos = saved_pos;
}

// --- variables

// Specification "Variable declarations". `lhs`: all names that one multi-valued initialiser provides for.
static void check_var(Checker *c, Object *object, Object **lhs, uint32_t n, Node *of, Node *init) {
  if (of) object->type = check_var_type(c, of);
  if (!init) {
    if (!of) object->type = check_invalid(c);
    return;
  }
  if (n <= 1) {
    Operand x;
    check_expr_target(c, &x, init, object->type, object->name->text);
    check_init_var(c, object, &x, "variable declaration");
    return;
  }
  if (of)
    for (uint32_t i = 0; i < n; i++) lhs[i]->type = object->type;
  check_init_vars(c, lhs, n, (NodeList){&init, 1, 1}, NULL);
}

// --- types

static void check_type_validity(Checker *c, void *data) {
  Object *object = data;
  Type *t = object->type;
  if (t && t->kind == TYPE_NAMED) check_valid_type(c, t);
}

static void open_tparams(Checker *c, NodeTypeDecl *node, TypeList *into) {
  check_open_scope(c, &node->h);
  check_type_params(c, into, node->tparams);
}

// Specification "Alias declarations".
static void check_alias_decl(Checker *c, Object *object, NodeTypeDecl *node) {
  Type *alias = type_alias(c->u, object, check_invalid(c));
  object->type = alias;
  if (node->tparams.len) {
    check_error(c, node->name, "generic type alias requires GOEXPERIMENT=aliastypeparams");
    open_tparams(c, node, &alias->alias_tparams);
  }
  alias->actual = check_defined_type(c, node->of, NULL);
  if (node->tparams.len) check_close_scope(c);
}

// A type declared in a generic function depends on the function's type parameters, whether it names them or not.
static TypeList enclosing_tparams(const FuncInfo *func) {
  while (func && func->outer) func = func->outer;
  if (!func || !func->signature) return (TypeList){0};
  return func->signature->recv ? func->signature->recv_tparams : func->signature->tparams;
}

// Specification "Type definitions".
static void check_type_definition(Checker *c, Object *object, NodeTypeDecl *node) {
  Type *named = type_named(c->u, object);
  object->type = named;
  named->named_owner = c->env.func;
  named->implicit_tparams = enclosing_tparams(c->env.func);
  if (node->tparams.len) open_tparams(c, node, &named->named_tparams);
  Type *rhs = check_defined_type(c, node->of, object);
  if (node->tparams.len) check_close_scope(c);
  if (type_is_param(rhs)) {
    check_error(c, node->of, "cannot use a type parameter as RHS in type declaration");
    rhs = check_invalid(c);
  }
  type_named_set_underlying(named, rhs);
}

static void check_type_decl(Checker *c, Object *object, NodeTypeDecl *node) {
  ((NodeIdent *)node->name)->obj = object;
  check_delay(c, check_type_validity, object);
  if (node->alias) check_alias_decl(c, object, node);
  else check_type_definition(c, object, node);
}

// --- functions

static void check_func_decl(Checker *c, Object *object, DeclInfo *info) {
  NodeFunc *node = info->func_decl;
  if (!node->sig) c->options->read_head(c->options->context, node);
  NodeFuncType *sig_node = (NodeFuncType *)node->sig;
  Type *sig = type_signature(c->u, NULL, 0, NULL, 0, false);
  object->type = sig; // known before its parts: no cycle through a method's own signature
  int state = object->state;
  object->state = BLACK;
  Scope *scope = NULL;
  bool generic_recv = node->recv && check_receiver_unpack(c, ((NodeField *)node->recv)->of, false).index;
  c->env.generic = sig_node->tparams.len || generic_recv;
  check_func_type(c, sig_node, (NodeField *)node->recv, sig, NULL, &scope);
  object->state = state;
  FuncInfo *func = check_new_func(c, &node->h, object, sig, NULL);
  node->info = object->func = func;
  if (node->body) check_func_body_later(c, func, scope, (NodeBlock *)node->body, info);
}

// --- resolving an object

static void resolve(Checker *c, Object *object, DeclInfo *info) {
  switch (object->kind) {
  case OBJECT_CONST:
    c->env.decl = info;
    check_const(c, object, info->of, info->init, info->inherited, info->iota);
    break;
  case OBJECT_VAR:
    c->env.decl = info;
    check_var(c, object, info->lhs, info->lhs_count, info->of, info->init);
    break;
  case OBJECT_TYPE:
    check_type_decl(c, object, info->type_decl);
    check_attach_methods(c, object);
    break;
  case OBJECT_FUNC: check_func_decl(c, object, info); break;
  default: UNREACHABLE("not a package-level object");
  }
}

// Gives the object its type. Local objects have theirs from the start, or are on the path.
void check_object(Checker *c, Object *object) {
  if (object->state == WHITE && object->type) {
    object->state = BLACK;
    return;
  }
  if (object->state == BLACK) return;
  if (object->package && object->package != c->package && object->package->checker) {
    check_declaration(object);
    return;
  }
  if (object->state >= GREY) {
    meet_again(c, object);
    return;
  }
  DeclInfo *info = check_decl_info(c, object);
  if (!info) { // declared by a statement that is still being checked, or of another package
    if (!object->type) object->type = check_invalid(c);
    return;
  }
  if (c->path.len >= MAX_PATH) {
    check_error_object(c, object, "declaration of %s refers to more than %d others in turn (implementation limitation)",
                       object->name->text, MAX_PATH);
    object->type = check_invalid(c);
    object->constant = const_unknown();
    object->state = BLACK;
    return;
  }
  object->state = GREY + (int)c->path.len;
  avec_push(c->arena, &c->path, object);
  Env saved = c->env;
  c->env = (Env){.scope = info->file};
  resolve(c, object, info);
  c->env = saved;
  c->path.len--;
  object->state = BLACK;
}

// --- declarations in functions

// Specification "Declarations and scope": a constant or variable of a function is visible after its spec.
static void check_const_spec(Checker *c, NodeConst *s) {
  uint32_t top = c->delayed.len;
  NodeConst *from = s->like ? s->like : s;
  Object **objects = ARENA_ARRAY(c->arena, Object *, s->names.len);
  for (uint32_t i = 0; i < s->names.len; i++) {
    NodeIdent *name = (NodeIdent *)s->names.items[i];
    Object *object = objects[i] = object_new(c->u, OBJECT_CONST, name->name, c->package, name->h.pos, NULL);
    object->decl = &s->h;
    object->init = i < from->values.len ? from->values.items[i] : NULL;
    object->owner = c->env.func;
    check_const(c, object, from->of, object->init, s->like != NULL, s->iota);
    object->state = BLACK;
  }
  check_arity(c, s->h.start, s->names, from->values, true, s->like != NULL);
  check_run_delayed(c, top);
  for (uint32_t i = 0; i < s->names.len; i++)
    check_declare(c, c->env.scope, (NodeIdent *)s->names.items[i], objects[i], s->h.end);
}

void check_var_spec(Checker *c, NodeVar *s) {
  uint32_t top = c->delayed.len, n = s->names.len, values = s->values.len;
  Object **objects = ARENA_ARRAY(c->arena, Object *, n);
  for (uint32_t i = 0; i < n; i++) {
    objects[i] = check_new_var(c, (NodeIdent *)s->names.items[i], NULL);
    objects[i]->decl = &s->h;
  }
  for (uint32_t i = 0; i < n; i++) {
    bool shared = values == 1 && n > 1;
    Node *init = shared ? s->values.items[0] : i < values ? s->values.items[i] : NULL;
    objects[i]->init = init;
    check_var(c, objects[i], shared ? objects : NULL, shared ? n : 0, s->of, init);
    objects[i]->state = BLACK;
    if (values == 1) break; // the one value gave all of them their types
  }
  for (uint32_t i = 0; i < n; i++) objects[i]->init = values == 1 ? s->values.items[0] : objects[i]->init;
  if (!s->of || values) check_arity(c, s->h.start, s->names, s->values, false, false);
  check_run_delayed(c, top);
  for (uint32_t i = 0; i < n; i++) check_declare_local(c, (NodeIdent *)s->names.items[i], objects[i], s->h.end);
}

// Specification "Declarations and scope": a type of a function is visible from its own name on.
static void check_type_spec(Checker *c, NodeTypeDecl *s) {
  NodeIdent *name = (NodeIdent *)s->name;
  Object *object = object_new(c->u, OBJECT_TYPE, name->name, c->package, name->h.pos, NULL);
  object->decl = &s->h;
  object->owner = c->env.func;
  check_declare(c, c->env.scope, name, object, name->h.pos);
  object->state = GREY + (int)c->path.len;
  avec_push(c->arena, &c->path, object);
  check_type_decl(c, object, s);
  c->path.len--;
  object->state = BLACK;
}

void check_decl_stmt(Checker *c, NodeDeclStmt *s) {
  for (uint32_t i = 0; i < s->decls.len; i++) {
    Node *decl = s->decls.items[i];
    if (decl->kind == NODE_CONST) check_const_spec(c, (NodeConst *)decl);
    else if (decl->kind == NODE_VAR) check_var_spec(c, (NodeVar *)decl);
    else if (decl->kind == NODE_TYPE) check_type_spec(c, (NodeTypeDecl *)decl);
  }
}
