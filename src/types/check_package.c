// Checking a package: its declarations are collected first, then resolved in order of use; function bodies come last.
//
//   collect objects -> types, aliases, constants, variables, signatures -> script statements -> function bodies
//   -> initialisation order -> unused imports -> instantiation cycles
//
// A package may grow: a second call checks the files added since the first one, in the same package scope.
#include "types/checker.h"

void check_delay(Checker *c, void (*run)(Checker *c, void *data), void *data) {
  avec_push(c->arena, &c->delayed, (Action){run, data});
}

// Runs the actions from number `from` on, and those they add.
void check_run_delayed(Checker *c, uint32_t from) {
  for (uint32_t i = from; i < c->delayed.len; i++) {
    Action action = c->delayed.data[i];
    action.run(c, action.data);
  }
  c->delayed.len = from;
}

DeclInfo *check_decl_info(Checker *c, const Object *object) { return ptr_table_get(&c->objects, object); }

// --- collecting

static DeclInfo *add_decl(Checker *c, Object *object, Scope *file, Node *node) {
  DeclInfo *info = ARENA_NEW(c->arena, DeclInfo);
  info->object = object;
  info->file = file;
  info->deps = ARENA_NEW(c->arena, PtrTable);
  ptr_table_init(info->deps, c->arena);
  object->decl = node;
  ptr_table_put(&c->objects, object, info);
  return info;
}

// Specification "Package initialization": init can be declared only as a function; the same holds for main.
static void declare_package_object(Checker *c, NodeIdent *name, Object *object) {
  if (name_is(name->name, "init")) {
    check_error(c, &name->h, "cannot declare init - must be func");
    return;
  }
  if (name_is(name->name, "main") && name_is(c->package->name, "main") && !c->package->script) {
    check_error(c, &name->h, "cannot declare main - must be func");
    return;
  }
  check_declare(c, c->package->scope, name, object, NO_POS);
}

// Specification "Constant declarations": an empty list repeats the previous one, with its type.
static void collect_const(Checker *c, NodeConst *s, Scope *file) {
  NodeConst *from = s->like ? s->like : s;
  for (uint32_t i = 0; i < s->names.len; i++) {
    NodeIdent *name = (NodeIdent *)s->names.items[i];
    Object *object = object_new(c->u, OBJECT_CONST, name->name, c->package, name->h.pos, NULL);
    DeclInfo *info = add_decl(c, object, file, &s->h);
    info->of = from->of;
    info->init = i < from->values.len ? from->values.items[i] : NULL;
    info->inherited = s->like != NULL;
    info->iota = s->iota;
    object->init = info->init;
    declare_package_object(c, name, object);
  }
  check_arity(c, s->h.start, s->names, from->values, true, s->like != NULL);
}

// Specification "Variable declarations": either one value each, or one call for all of them.
static void collect_var(Checker *c, NodeVar *s, Scope *file) {
  uint32_t n = s->names.len;
  Object **lhs = ARENA_ARRAY(c->arena, Object *, n);
  bool shared = s->values.len == 1 && n > 1;
  for (uint32_t i = 0; i < n; i++) {
    NodeIdent *name = (NodeIdent *)s->names.items[i];
    Object *object = lhs[i] = check_new_var(c, name, NULL);
    object->is_global = true;
    DeclInfo *info = add_decl(c, object, file, &s->h);
    info->of = s->of;
    info->init = shared ? s->values.items[0] : i < s->values.len ? s->values.items[i] : NULL;
    if (shared) info->deps = check_decl_info(c, lhs[0])->deps;
    info->lhs = shared ? lhs : NULL;
    info->lhs_count = shared ? n : 0;
    object->init = info->init;
    declare_package_object(c, name, object);
  }
  if (!s->of || s->values.len) check_arity(c, s->h.start, s->names, s->values, false, false);
}

static void collect_type(Checker *c, NodeTypeDecl *s, Scope *file) {
  NodeIdent *name = (NodeIdent *)s->name;
  Object *object = object_new(c->u, OBJECT_TYPE, name->name, c->package, name->h.pos, NULL);
  add_decl(c, object, file, &s->h)->type_decl = s;
  declare_package_object(c, name, object);
  vec_push(&c->types, object);
}

// Specification "Program execution", "Package initialization": main and init have no parameters and results.
static void check_entry_signature(Checker *c, const NodeFunc *s, const char *name) {
  const NodeFuncType *sig = (const NodeFuncType *)s->sig;
  if (sig->tparams.len)
    check_error(c, ((NodeField *)sig->tparams.items[0])->name, "func %s must have no type parameters", name);
  if (sig->params.len || sig->results.len)
    check_error(c, s->name, "func %s must have no arguments and no return values", name);
}

// Specification "Package initialization", "Program execution": init and main are defined, not only declared.
static bool is_entry(const Checker *c, const Name *name) {
  return name_is(name, "init") || (name_is(name, "main") && name_is(c->package->name, "main"));
}

static void collect_func(Checker *c, NodeFunc *s, Scope *file) {
  NodeIdent *name = (NodeIdent *)s->name;
  Object *object = object_new(c->u, OBJECT_FUNC, name->name, c->package, name->h.pos, NULL);
  name->obj = object;
  add_decl(c, object, file, &s->h)->func_decl = s;
  vec_push(&c->funcs, object);
  if (s->recv) {
    object->is_method = true;
    return;
  }
  if (s->sig && is_entry(c, name->name)) check_entry_signature(c, s, name->name->text);
  if (name_is(name->name, "init")) object->scope = c->package->scope;
  else check_declare(c, c->package->scope, name, object, NO_POS);
}

static void collect_decl(Checker *c, Node *node, Scope *file) {
  switch (node->kind) {
  case NODE_IMPORT: check_import(c, (NodeImport *)node, file); break;
  case NODE_CONST: collect_const(c, (NodeConst *)node, file); break;
  case NODE_TYPE: collect_type(c, (NodeTypeDecl *)node, file); break;
  case NODE_FUNC: collect_func(c, (NodeFunc *)node, file); break;
  case NODE_VAR:
    if (!c->package->script) collect_var(c, (NodeVar *)node, file);
    break;
  case NODE_DECL_STMT: {
    NodeDeclStmt *group = (NodeDeclStmt *)node;
    for (uint32_t i = 0; i < group->decls.len; i++) collect_decl(c, group->decls.items[i], file);
    break;
  }
  default: break; // a script's statement
  }
}

// Specification "Import declarations": a file's imports and the package's own names must differ.
static void check_import_clashes(Checker *c, Scope *file) {
  for (uint32_t i = 0; i < scope_count(file); i++) {
    Object *object = scope_at(file, i);
    Object *own = scope_lookup(c->package->scope, object->name);
    if (!own) continue;
    if (object->kind == OBJECT_PACKAGE) {
      check_error_object(c, own, "%s already declared through import of package %s (\"%s\")", own->name->text,
                         object->imported->name->text, object->imported->path->text);
      check_note_other(c, object);
    } else {
      check_error_object(c, own, "%s already declared through dot-import of package %s (\"%s\")", own->name->text,
                         object->package->name->text, object->package->path->text);
      check_note_other(c, object);
    }
  }
}

static bool is_method(const Node *node) { return node->kind == NODE_FUNC && ((const NodeFunc *)node)->recv; }

static void collect_file(Checker *c, File *file) {
  Pos start = source_pos(file->source, 0);
  uint32_t methods = 0;
  for (uint32_t i = 0; i < file->top.len; i++) methods += is_method(file->top.items[i]);
  ptr_table_reserve(&c->objects, file->top.len);
  scope_reserve(c->package->scope, file->top.len - methods);
  Scope *scope = scope_new(c->arena, c->package->scope, start, start + file->source->text.len);
  vec_push(&c->file_scopes, scope);
  for (uint32_t i = 0; i < file->top.len; i++) collect_decl(c, file->top.items[i], scope);
}

static void collect_methods(Checker *c, uint32_t from) {
  for (uint32_t i = from; i < c->funcs.len; i++) {
    Object *object = c->funcs.data[i];
    if (object->is_method) check_collect_method(c, object, (NodeFunc *)object->decl);
  }
}

// --- resolving

// Types first, then aliases, then the rest, each in source order: fewer cycles are met half-way.
static void resolve_objects(Checker *c, uint32_t from) {
  for (int pass = 0; pass < 3; pass++)
    for (uint32_t i = from; i < c->objects.len; i++) {
      DeclInfo *info = c->objects.entries[i].value;
      int of = !info->type_decl ? 2 : info->type_decl->alias ? 1 : 0;
      if (of == pass) check_object(c, info->object);
    }
}

// --- scripts

// A script's variables come into being in the order of its statements.
static void check_script_var(Checker *c, NodeVar *s) {
  check_var_spec(c, s);
  uint32_t n = s->names.len;
  Object **lhs = ARENA_ARRAY(c->arena, Object *, n);
  for (uint32_t i = 0; i < n; i++) lhs[i] = ((NodeIdent *)s->names.items[i])->obj;
  if (s->values.len == 1 && n > 1) {
    vec_push(&c->init, (struct InitStep){.lhs = lhs, .lhs_count = n, .rhs = s->values.items[0]});
    return;
  }
  for (uint32_t i = 0; i < n && i < s->values.len; i++)
    vec_push(&c->init, (struct InitStep){.lhs = lhs + i, .lhs_count = 1, .rhs = s->values.items[i]});
}

static void check_script_item(Checker *c, Node *node) {
  uint32_t top = c->delayed.len;
  switch (node->kind) {
  case NODE_IMPORT:
  case NODE_CONST:
  case NODE_TYPE:
  case NODE_FUNC: return;
  case NODE_VAR: check_script_var(c, (NodeVar *)node); break;
  case NODE_DECL_STMT: {
    NodeDeclStmt *group = (NodeDeclStmt *)node;
    for (uint32_t i = 0; i < group->decls.len; i++) check_script_item(c, group->decls.items[i]);
    return;
  }
  case NODE_EXPR_STMT:
    if (c->package->prompt) {
      check_prompt_expr(c, (NodeExprStmt *)node);
      break;
    }
    __attribute__((fallthrough));
  default:
    check_stmt(c, node);
    vec_push(&c->init, (struct InitStep){.stmt = node});
    break;
  }
  check_run_delayed(c, top);
}

// The top-level statements of a script behave as the body of a function whose outermost variables are global.
static void check_script(Checker *c, File *file, Scope *scope) {
  Env saved = c->env;
  Body body = {0};
  c->env = (Env){.scope = scope};
  check_open_script(c, &body);
  for (uint32_t i = 0; i < file->top.len; i++) check_script_item(c, file->top.items[i]);
  check_close_script(c, &body, file->top);
  c->env = saved;
}

// A script may declare main: it is called if there are no statements to run.
static bool wants_main(Checker *c) {
  Object *object = c->package->script && !c->package->prompt ? scope_lookup(c->package->scope, name_of(c->u->names, "main")) : NULL;
  if (!object || object->kind != OBJECT_FUNC) return false;
  for (uint32_t i = 0; i < c->init.len; i++)
    if (c->init.data[i].stmt && c->init.data[i].stmt->kind != NODE_EMPTY) return false;
  return true;
}

// A function without a body is native; only the standard library has those. As gc, says so only if all else is well.
static void check_bodies(Checker *c, uint32_t from) {
  bool silent = diags_count(c->diags) || c->package->standard;
  for (uint32_t i = from; i < c->funcs.len; i++) {
    NodeFunc *s = (NodeFunc *)c->funcs.data[i]->decl;
    if (s->body) continue;
    bool entry = !s->recv && is_entry(c, ((NodeIdent *)s->name)->name);
    if (((NodeFuncType *)s->sig)->tparams.len)
      check_error_pos(c, s->h.pos, s->name->end, "generic function is missing function body");
    else if (entry || !silent) check_error_pos(c, s->h.pos, s->name->end, "missing function body");
  }
}

// --- the package

static void resolve_on_demand(void *context, Object *object) { check_object(context, object); }

static const char *place(void *context, Pos pos) { return check_place(context, pos); }

static void check_instance_cycles(Checker *c) {
  Pos pos = NO_POS;
  const char *message = c->errors ? NULL : instance_graph_cycle(c->instances, c->package, &pos, place, c);
  if (message) check_error_pos(c, pos, NO_POS, "%s", message);
}

static void add_source(Checker *c, File *file) {
  uint32_t i = c->sources.sources.len;
  vec_push(&c->sources.sources, file->source);
  Source **list = c->sources.sources.data;
  for (; i && list[i - 1]->base > file->source->base; i--) list[i] = list[i - 1];
  list[i] = file->source;
}

static void open(Checker *c, const CheckOptions *options, Package *package) {
  Universe *u = options->universe;
  options = arena_copy(u->arena, options, sizeof *options);
  *c = (Checker){.options = options, .u = u, .arena = u->arena, .diags = options->diags, .package = package};
  c->query = (Query){.universe = u, .from = package};
  PtrTable *tables[] = {&c->objects, &c->methods, &c->untyped_shift, &c->blank_params, &c->closures, &c->valid};
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) ptr_table_init(tables[i], c->arena);
  c->instances = instance_graph_new(u);
  for (uint32_t i = 0; i < package->file_count; i++) add_source(c, package->files[i]);
  if (!package->scope) package->scope = scope_new(c->arena, u->scope, NO_POS, NO_POS);
  for (uint32_t i = 0; i < package->import_count; i++) vec_push(&c->import_list, package->imports[i]);
  for (uint32_t i = 0; i < package->init_count; i++) vec_push(&c->init, package->init[i]);
  for (uint32_t i = 0; i < package->func_count; i++) vec_push(&c->funcs, package->funcs[i]);
  for (uint32_t i = 0; i < package->type_count; i++) vec_push(&c->types, package->types[i]);
}

#define KEEP(c, vec) ((vec)->len ? arena_copy((c)->arena, (vec)->data, (vec)->len * sizeof *(vec)->data) : NULL)

// Between uses a Checker holds no memory but the arena's.
static void release(Checker *c) {
  vec_clear(&c->untyped);
  vec_clear(&c->delayed);
  vec_clear(&c->path);
  vec_free(&c->import_list);
  vec_free(&c->init);
  vec_free(&c->funcs);
  vec_free(&c->types);
  vec_free(&c->bodies);
  vec_free(&c->sizes);
  vec_free(&c->sources.sources);
  vec_free(&c->interfaces);
  vec_free(&c->imports);
  vec_free(&c->file_scopes);
  vec_free(&c->attached);
}

static void close(Checker *c) {
  Package *p = c->package;
  p->imports = KEEP(c, &c->import_list), p->import_count = c->import_list.len;
  p->init = KEEP(c, &c->init), p->init_count = c->init.len;
  p->funcs = KEEP(c, &c->funcs), p->func_count = c->funcs.len;
  p->types = KEEP(c, &c->types), p->type_count = c->types.len;
  release(c);
}

// Specification "Package clause": a set of files sharing the same PackageName form the implementation of a package.
static void check_package_clause(Checker *c, File *file) {
  Package *p = c->package;
  const Name *name = file->package ? file->package->name : name_of(c->u->names, "main");
  if (!p->name) p->name = name;
  if (!p->path) p->path = name;
  p->script |= file->script;
  if (name_is_blank(name)) check_error(c, &file->package->h, "invalid package name _");
  else if (name != p->name)
    check_error(c, &file->package->h, "package %s; expected package %s", name->text, p->name->text);
}

static void collect(Checker *c, uint32_t first) {
  Package *p = c->package;
  uint32_t first_func = c->funcs.len;
  for (uint32_t i = first; i < p->file_count; i++) check_package_clause(c, p->files[i]);
  for (uint32_t i = first; i < p->file_count; i++) collect_file(c, p->files[i]);
  for (uint32_t i = 0; i < c->file_scopes.len; i++) check_import_clashes(c, c->file_scopes.data[i]);
  collect_methods(c, first_func);
}

static void check_files(Checker *c, uint32_t first) {
  Package *p = c->package;
  uint32_t first_func = c->funcs.len;
  collect(c, first);
  check_prompt_attach(c);
  resolve_objects(c, 0);
  check_run_delayed(c, 0);
  for (uint32_t i = first; i < p->file_count; i++)
    if (p->files[i]->script) check_script(c, p->files[i], c->file_scopes.data[i - first]);
  for (uint32_t i = 0; i < c->bodies.len; i++) avec_push(c->arena, &c->delayed, c->bodies.data[i]);
  check_run_delayed(c, 0);
  check_init_order(c); // of a script: cycles of constants
  if (!c->unread) check_unused_imports(c);
  check_finish_untyped(c);
  check_interfaces(c);
  check_sizes(c);
  check_bodies(c, first_func);
  for (uint32_t i = first; i < p->file_count && !p->standard; i++) check_directives(c, p->files[i]);
  check_instance_cycles(c);
  check_prompt_close(c);
}

// What the universe asks about methods is for the checker that works just now: packages may be checked one inside another.
typedef struct {
  void (*resolve)(void *, Object *);
  void *context;
} Asked;

static Asked enter(Checker *c) {
  Asked outer = {c->u->resolve, c->u->resolve_context};
  c->u->resolve = resolve_on_demand;
  c->u->resolve_context = c;
  return outer;
}

static void leave(Checker *c, Asked outer) {
  c->u->resolve = outer.resolve;
  c->u->resolve_context = outer.context;
}

bool check_package(const CheckOptions *options, Package *package) {
  Checker *c = ARENA_NEW(options->universe->arena, Checker);
  open(c, options, package);
  Asked outer = enter(c);
  if (package->standard && options->on_demand) {
    collect(c, 0);
    check_init_list(c);
    c->unread = true;
  } else {
    check_files(c, package->checked_files);
  }
  leave(c, outer);
  package->call_main = wants_main(c);
  package->checked_files = package->file_count;
  package->checked = true;
  close(c);
  if (c->unread) package->checker = c;
  return c->errors == 0;
}

// --- what was left for later

typedef struct {
  Asked outer;
  bool outermost; // packages ask one another
} Entry;

static Entry go_on(Checker *c) {
  Entry entry = {enter(c), !c->entered};
  c->entered = true;
  return entry;
}

static void stop(Checker *c, Entry entry) {
  if (entry.outermost) {
    check_run_delayed(c, 0);
    check_finish_untyped(c);
    release(c);
    c->entered = false;
  }
  leave(c, entry.outer);
}

void check_declaration(Object *object) {
  Checker *c = object->package ? object->package->checker : NULL;
  if (!c || object->type) return;
  Entry entry = go_on(c);
  check_object(c, object);
  stop(c, entry);
}

void check_function(Object *function) {
  if (!function->func || !function->func->unchecked) return;
  Checker *c = function->package->checker;
  Entry entry = go_on(c);
  check_unread_body(c, function->func);
  stop(c, entry);
}

void check_init_again(Package *package) {
  Checker *c = package->checker;
  for (uint32_t i = 0; i < c->objects.len; i++) ((DeclInfo *)c->objects.entries[i].value)->emitted = false;
  check_init_order(c);
  package->init = KEEP(c, &c->init), package->init_count = c->init.len;
  release(c);
}

// --- labels and branches alone

typedef struct {
  Checker *c;
  uint32_t mistakes; // of the parser: the first ones in the list
} BranchWalk;

// As in gc, a function with a syntax error inside is left out: its tree is not what was meant.
static bool has_mistake(const BranchWalk *w, Pos start, Pos end) {
  for (uint32_t i = 0; i < w->mistakes; i++) {
    Pos at = w->c->diags->list.data[i].start;
    if (start <= at && at <= end) return true;
  }
  return false;
}

static bool visit_body(void *context, Node *node) {
  BranchWalk *w = context;
  Node *body = node->kind == NODE_FUNC       ? ((NodeFunc *)node)->body
               : node->kind == NODE_FUNC_LIT ? ((NodeFuncLit *)node)->body
                                             : NULL;
  if (body && body->kind == NODE_BLOCK && !has_mistake(w, body->start, body->end))
    check_branches(w->c, ((NodeBlock *)body)->stmts, body->start);
  return node_each_child(node, visit_body, w);
}

void check_file_branches(const CheckOptions *options, File *file) {
  Checker c = {.options = options, .u = options->universe, .arena = options->universe->arena, .diags = options->diags};
  add_source(&c, file);
  BranchWalk w = {&c, diags_count(c.diags)};
  Pos start = source_pos(file->source, 0), end = source_pos(file->source, file->source->text.len);
  if (file->script && !has_mistake(&w, start, end)) check_branches(&c, file->top, start);
  for (uint32_t i = 0; i < file->top.len; i++) visit_body(&w, file->top.items[i]);
  vec_free(&c.sources.sources);
}
