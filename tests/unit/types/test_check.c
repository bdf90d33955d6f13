// The checker as the compiler sees it: what it notes on the tree, in what order packages initialise, and its words.
#include <criterion/criterion.h>

#include "syntax/parse.h"
#include "types/check.h"
#include "types/constant.h"
#include "types/scope.h"

static Arena arena;
static Names names;
static SourceSet sources;
static Diags diags;
static Universe u;
static Package package;

static void set_up(void) {
  arena_init(&arena);
  names_init(&names);
  source_set_init(&sources);
  diags_init(&diags);
  universe_init(&u, &arena, &names);
  package = (Package){0};
}

static void tear_down(void) {
  diags_deinit(&diags);
  source_set_deinit(&sources);
  names_deinit(&names);
  arena_deinit(&arena);
}

TestSuite(check, .init = set_up, .fini = tear_down);

static const char *only_fmt(void *context, const Name *name) { return name_is(name, "fmt") ? "fmt" : NULL; }

static Package *import_fmt(void *context, const char *path, Pos at, const char **why) {
  if (strcmp(path, "fmt")) return NULL;
  Package *p = ARENA_NEW(&arena, Package);
  p->path = p->name = name_of(&names, "fmt");
  p->scope = scope_new(&arena, u.scope, NO_POS, NO_POS);
  Type *sig = type_signature(&u, NULL, 0, NULL, 0, false);
  scope_insert(p->scope, object_new(&u, OBJECT_FUNC, name_of(&names, "Println"), p, NO_POS, sig));
  return p;
}

// Parses and checks a text as one more file of the package.
static bool check(const char *text) {
  ParseContext context = {.arena = &arena, .names = &names, .diags = &diags, .sources = &sources};
  File *file = parse_file(&context, source_add(&sources, "test.gol", text_of(text)));
  File **files = ARENA_ARRAY(&arena, File *, package.file_count + 1);
  for (uint32_t i = 0; i < package.file_count; i++) files[i] = package.files[i];
  files[package.file_count] = file;
  package.files = files;
  package.file_count++;
  CheckOptions options = {.universe = &u, .diags = &diags, .import = import_fmt, .implicit_package = only_fmt};
  return check_package(&options, &package);
}

static const char *first_message(void) { return diags_count(&diags) ? diags.list.data[0].message : "no error"; }

static void good(const char *text) { cr_assert(check(text), "%s", first_message()); }

static void bad(const char *text, const char *message) {
  cr_assert(!check(text), "accepted: %s", text);
  cr_assert_str_eq(first_message(), message);
  diags_clear(&diags);
}

static Object *object(const char *name) { return scope_lookup(package.scope, name_of(&names, name)); }
static NodeFunc *function(const char *name) { return (NodeFunc *)object(name)->decl; }
static Node *statement(NodeFunc *f, uint32_t i) { return ((NodeBlock *)f->body)->stmts.items[i]; }
static Node *value(Node *assign, uint32_t i) { return ((NodeAssign *)assign)->rhs.items[i]; }

// --- types of expressions

Test(check, untyped_values_take_the_type_of_their_use) {
  good("package main\nvar s uint\nfunc f() {\n x := 1 << s\n var y float64 = 2\n b := x < 3 && y == 1\n _ = b\n}\nfunc main() {}");
  NodeFunc *f = function("f");
  Node *shift = value(statement(f, 0), 0);
  cr_assert_eq(shift->type, u.basic[TYPE_INT]);
  cr_assert_eq(((NodeBinary *)shift)->x->type, u.basic[TYPE_INT]);
  NodeVar *y = (NodeVar *)((NodeDeclStmt *)statement(f, 1))->decls.items[0];
  cr_assert_eq(y->values.items[0]->type, u.basic[TYPE_FLOAT64]);
  Node *and = value(statement(f, 2), 0);
  cr_assert_eq(and->type, u.basic[TYPE_BOOL]);
  cr_assert_eq(((NodeBinary *)and)->x->type, u.basic[TYPE_BOOL]);
}

Test(check, constants_are_folded) {
  good("package main\nconst (\n a = iota * 10\n b\n c = len(\"abc\") + b\n)\nfunc main() {}");
  int64_t n;
  cr_assert(const_is_int64(object("b")->constant, &n) && n == 10);
  cr_assert(const_is_int64(object("c")->constant, &n) && n == 13);
}

Test(check, comma_ok_is_marked) {
  good("package main\nfunc f(m map[string]int, c chan int, i any) {\n v, ok := m[\"x\"]\n w, more := <-c\n x := m[\"y\"]\n"
       " _, _, _, _, _ = v, ok, w, more, x\n}\nfunc main() {}");
  NodeFunc *f = function("f");
  cr_assert(value(statement(f, 0), 0)->comma_ok);
  cr_assert(value(statement(f, 1), 0)->comma_ok);
  cr_assert(!value(statement(f, 2), 0)->comma_ok);
}

Test(check, calls_know_what_they_are) {
  good("package main\ntype T struct{}\nfunc (T) m() int { return 1 }\ntype I interface{ m() int }\n"
       "func f(t T, i I) {\n a := t.m()\n b := i.m()\n c := len(\"abc\"[:2])\n d := float64(a)\n _, _, _ = b, c, d\n}\nfunc main() {}");
  NodeFunc *f = function("f");
  CallKind want[] = {CALL_METHOD, CALL_INTERFACE, CALL_BUILTIN, CALL_CONVERSION};
  for (uint32_t i = 0; i < 4; i++) cr_assert_eq(((NodeCall *)value(statement(f, i), 0))->call, want[i]);
}

Test(check, inferred_type_arguments_are_noted) {
  good("package main\nfunc pair[K comparable, V any](k K, v V) map[K]V { return map[K]V{k: v} }\n"
       "func f() {\n m := pair(\"a\", 1.5)\n _ = m\n}\nfunc main() {}");
  NodeCall *call = (NodeCall *)value(statement(function("f"), 0), 0);
  TypeList *targs = ((NodeIdent *)call->fun)->targs;
  cr_assert(targs && targs->len == 2);
  cr_assert(targs->items[0] == u.basic[TYPE_STRING] && targs->items[1] == u.basic[TYPE_FLOAT64]);
  cr_assert_str_eq(type_string(&u, call->h.type, &package), "map[string]float64");
  cr_assert(((NodeReturn *)statement(function("pair"), 0))->results.items[0]->generic);
  cr_assert(!call->h.generic);
}

// --- functions

Test(check, captures_go_through_every_function_between) {
  good("package main\nfunc f() {\n a, b, c := 1, 2, 3\n g := func() {\n  c++\n  h := func() int { return a }\n  _ = h\n }\n _, _ = g, b\n}\n"
       "func main() {}");
  NodeFuncLit *g = (NodeFuncLit *)value(statement(function("f"), 1), 0);
  cr_assert_eq(g->info->outer, function("f")->info);
  cr_assert_eq(g->info->capture_count, 2);
  cr_assert(name_is(g->info->captures[0]->name, "c") && g->info->captures[0]->reassigned);
  cr_assert(name_is(g->info->captures[1]->name, "a") && !g->info->captures[1]->reassigned);
  NodeFuncLit *h = (NodeFuncLit *)value(((NodeBlock *)g->body)->stmts.items[1], 0);
  cr_assert_eq(h->info->capture_count, 1);
  cr_assert(name_is(g->info->name, "main.f.func1"));
  cr_assert(name_is(h->info->name, "main.f.func1.1"));
}

Test(check, functions_are_named_as_in_traces) {
  good("package main\ntype T struct{}\nfunc (T) v() {}\nfunc (*T) p() {}\ntype G[P any] struct{}\nfunc (*G[P]) m() {}\n"
       "func gen[P any]() {}\nfunc init() {}\nfunc init() {}\nfunc main() {}");
  static const char *const want[] = {"main.T.v",      "main.(*T).p", "main.(*G[...]).m", "main.gen[...]",
                                     "main.init.0",   "main.init.1", "main.main"};
  cr_assert_eq(package.func_count, 7);
  for (uint32_t i = 0; i < 7; i++) cr_assert_str_eq(package.funcs[i]->func->name->text, want[i]);
}

Test(check, addresses_are_seen_through_fields_but_not_pointers) {
  good("package main\ntype T struct{ a [2]int; p *T }\nfunc (t *T) m() {}\n"
       "func f() {\n var x, y, z T\n _ = &x.a[1]\n _ = &y.p.a\n z.m()\n}\nfunc main() {}");
  NodeVar *vars = (NodeVar *)((NodeDeclStmt *)statement(function("f"), 0))->decls.items[0];
  bool want[] = {true, false, true};
  for (uint32_t i = 0; i < 3; i++) cr_assert_eq(((NodeIdent *)vars->names.items[i])->obj->address_taken, want[i]);
}

Test(check, the_body_of_a_range_over_a_function_is_a_function) {
  good("package main\nfunc f(seq func(func(int) bool)) (n int) {\n for i := range seq {\n  n += i\n  defer func() {}()\n }\n return\n}\n"
       "func main() {}");
  NodeFunc *f = function("f");
  NodeRange *loop = (NodeRange *)statement(f, 0);
  cr_assert(loop->info && loop->info->outer == f->info && name_is(loop->info->name, "main.f-range1"));
  cr_assert(loop->info->capture_count == 1 && f->info->has_defer);
  cr_assert_eq(((NodeIdent *)loop->key)->obj->owner, loop->info);
}

Test(check, branches_find_their_targets) {
  good("package main\nfunc f() {\nouter:\n for {\n  switch {\n  default:\n   break\n  case true:\n   continue outer\n  }\n }\n}\nfunc main() {}");
  NodeLabeled *label = (NodeLabeled *)statement(function("f"), 0);
  NodeFor *loop = (NodeFor *)label->stmt;
  NodeSwitch *s = (NodeSwitch *)((NodeBlock *)loop->body)->stmts.items[0];
  NodeBranch *plain = (NodeBranch *)((NodeCase *)s->clauses.items[0])->body.items[0];
  NodeBranch *labeled = (NodeBranch *)((NodeCase *)s->clauses.items[1])->body.items[0];
  cr_assert(plain->target == &s->h && labeled->target == &loop->h && label->used);
}

// --- initialisation

Test(check, variables_initialise_after_what_they_need) {
  good("package main\nvar a = c + b()\nvar c = 1\nvar d = 4\nfunc b() int { return d }\nvar x, y = two()\nfunc two() (int, int) { return a, 2 }\n"
       "func main() {}");
  static const char *const want[] = {"c", "d", "a", "x"};
  cr_assert_eq(package.init_count, 4);
  for (uint32_t i = 0; i < 4; i++) cr_assert(name_is(package.init[i].lhs[0]->name, want[i]));
  cr_assert_eq(package.init[3].lhs_count, 2);
}

// --- scripts

Test(check, a_script_runs_in_order) {
  good("x := 1\nfunc f() int { return x + later }\nvar later = 10\nfmt.Println()\nfor i := range 3 { g := func() int { return i }; _ = g }\n");
  cr_assert(package.script && !package.call_main);
  cr_assert_eq(package.init_count, 4);
  cr_assert(package.init[0].stmt && package.init[1].lhs_count == 1 && package.init[2].stmt && package.init[3].stmt);
  cr_assert(object("x")->is_global && object("later")->is_global);
  NodeRange *loop = (NodeRange *)package.init[3].stmt;
  cr_assert(((NodeIdent *)loop->key)->obj->captured);
  cr_assert_eq(((NodeIdent *)loop->key)->obj->owner, package.script_main);
}

Test(check, a_script_that_only_declares_main_calls_it) {
  good("var n = 1\nfunc main() { println(n) }\n");
  cr_assert(package.call_main);
}

Test(check, a_package_grows) {
  good("x := 1\nfunc f() int { return x }\n");
  good("y := f() + x\n");
  cr_assert_eq(package.init_count, 2);
  cr_assert(object("y")->is_global);
}

// --- mistakes

Test(check, says_it_in_gos_words) {
  bad("package main\nfunc main() { x := 1 }", "declared and not used: x");
  package = (Package){0};
  bad("package main\nimport \"fmt\"\nfunc main() {}", "\"fmt\" imported and not used");
  package = (Package){0};
  bad("package main\nfunc f() int { for { break } }\nfunc main() {}", "missing return");
  package = (Package){0};
  bad("package main\ntype T struct{ t T }\nfunc main() {}", "invalid recursive type: T refers to itself");
  package = (Package){0};
  bad("package main\nvar c <-chan int\nfunc main() { c <- 1 }",
      "invalid operation: cannot send to receive-only channel c (variable of type <-chan int)");
  package = (Package){0};
  bad("package main\nfunc main() { var s []int; s.x() }", "s.x undefined (type []int has no field or method x)");
}

Test(check, hints_at_what_was_meant) {
  cr_assert(!check("package main\nfunc main() { counter := 1; _ = counter; conter++ }"));
  cr_assert_str_eq(first_message(), "undefined: conter");
  cr_assert_str_eq(diags.list.data[0].hint, "did you mean counter?");
  diags_clear(&diags);
  package = (Package){0};
  cr_assert(!check("package main\nfunc main() { fmt.Println() }"));
  cr_assert_str_eq(diags.list.data[0].hint, "import it with: import \"fmt\"");
}

Test(check, reports_all_mistakes_without_follow_ups) {
  cr_assert(!check("package main\nfunc main() {\n a := undefined1\n b := a + 1\n _ = b.x\n undefined2()\n}"));
  cr_assert_eq(diags_count(&diags), 2);
}
