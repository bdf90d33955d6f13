// The standard library as source: a program reads and checks only the functions that it uses, so all of it is checked here.
#include <criterion/criterion.h>

#include "driver/compilation.h"
#include "driver/import.h"
#include "std/std.h"
#include "syntax/dump.h"
#include "syntax/parse.h"

static const char *complaints(Compilation *c, StrBuf *out) {
  diags_sort(&c->diags, &c->sources);
  diags_format(&c->diags, &c->sources, out, false);
  return strbuf_string(out);
}

Test(std, every_package_is_correct) {
  Compilation c;
  StrBuf text = {0};
  compilation_init(&c, (CompilationOptions){.whole_std = true});
  for (size_t i = 0; i < std_package_count; i++) {
    const char *why = NULL;
    cr_expect(import_package(&c, std_packages[i].path, NO_POS, &why), "%s: %s", std_packages[i].path, why ? why : "?");
  }
  cr_expect_eq(diags_count(&c.diags), 0, "%s", complaints(&c, &text));
  strbuf_free(&text);
  compilation_deinit(&c);
}

// --- functions that are read later are the same as those read at once

typedef struct {
  Arena arena;
  Names names;
  SourceSet sources;
  Diags diags;
  StrBuf tree;
} Reading;

// `formatted`: laid out as gofmt does, as the library is.
static void read_file(Reading *r, const char *text, size_t len, bool later, bool formatted) {
  *r = (Reading){0};
  names_init(&r->names);
  ParseContext context = {.arena = &r->arena, .names = &r->names, .diags = &r->diags, .sources = &r->sources, .skip = later ? SKIP_FUNCTIONS : SKIP_NOTHING};
  Text all = {text, (uint32_t)len};
  Source *source = formatted ? source_add_kept(&r->sources, "t", all) : source_add(&r->sources, "t", all);
  File *file = parse_file(&context, source);
  for (uint32_t i = 0; i < file->top.len; i++) {
    NodeFunc *f = NODE_AS(Func, file->top.items[i]);
    if (f->h.kind != NODE_FUNC) continue;
    cr_expect_eq(!f->sig, later);
    if (!f->sig) parse_head(&context, source, f);
    if (!f->body) continue;
    cr_expect_eq(f->unread, later);
    if (f->unread) parse_body(&context, source, f);
  }
  dump_tree(&r->tree, &r->sources, file);
}

static void forget(Reading *r) {
  strbuf_free(&r->tree);
  diags_deinit(&r->diags);
  source_set_deinit(&r->sources);
  names_deinit(&r->names);
  arena_deinit(&r->arena);
}

static void expect_same(const char *what, const char *text, size_t len, bool formatted) {
  Reading at_once, later;
  read_file(&at_once, text, len, false, false);
  read_file(&later, text, len, true, formatted);
  cr_expect_eq(diags_count(&at_once.diags), 0, "%s", what);
  cr_expect_eq(diags_count(&later.diags), 0, "%s", what);
  cr_expect_str_eq(strbuf_string(&later.tree), strbuf_string(&at_once.tree), "%s", what);
  forget(&at_once);
  forget(&later);
}

Test(bodies, of_the_standard_library) {
  for (size_t i = 0; i < std_package_count; i++)
    for (size_t k = 0; k < std_packages[i].file_count; k++) {
      const StdFile *file = &std_packages[i].files[k];
      expect_same(file->name, file->text, file->len, true);
    }
}

Test(bodies, with_braces_that_are_none) {
  static const char text[] =
      "package p\n"
      "func f() struct{ x int } { return struct{ x int }{1} }\n"
      "func g[T interface{ ~int }](a T) (b func() interface{}) { b = func() interface{} { return a }; return }\n"
      "func (r *R) h() {\n"
      "  _ = \"}{\\\"}\" + `}\\`\n"
      "  _, _, _ = '}', '\\'', '\"' // }\n"
      "  /* } * / ** } */ if x := a / b; x > 0 { } else { }\n"
      "}\n"
      "func native(x int) (y int)\n"
      "func another() // { not this }\n"
      "func (l *List[T, U]) many(a map[[2]int]struct{ s string `}` }, f func(x interface{\n M() // }\n })) (b mystruct) { return }\n"
      "func\t( R )\tbare()interface{ N() }{ return nil }\n"
      "func mystruct() mystruct { return 0 }\n"
      "func empty() {}\n"
      "type R struct{ f func() }\n"
      "var v = func() { println(\"}\") }\n"
      "func last() { for range 3 { switch { case true: { } } } }";
  expect_same("braces", text, sizeof text - 1, false);
}

Test(bodies, errors_are_reported_when_the_body_is_read) {
  static const char text[] = "package p\nfunc f() {\n\tx := := 1\n}\nfunc g() { y( }\n";
  Reading r = {0};
  names_init(&r.names);
  ParseContext context = {.arena = &r.arena, .names = &r.names, .diags = &r.diags, .sources = &r.sources, .skip = SKIP_FUNCTIONS};
  Source *source = source_add(&r.sources, "t", (Text){text, sizeof text - 1});
  File *file = parse_file(&context, source);
  cr_assert_eq(diags_count(&r.diags), 0);
  for (uint32_t i = 0; i < file->top.len; i++) {
    parse_head(&context, source, NODE_AS(Func, file->top.items[i]));
    parse_body(&context, source, NODE_AS(Func, file->top.items[i]));
    cr_expect_eq(diags_count(&r.diags), i + 1);
    cr_expect_eq(source_position(&r.sources, r.diags.list.data[i].start).line, i ? 5 : 3);
  }
  forget(&r);
}

// --- what :doc has to say

static const Name *ident(const Node *n) { return n && n->kind == NODE_IDENT ? ((const NodeIdent *)n)->name : NULL; }

static const Name *receiver(const NodeFunc *f) {
  const Node *n = ((const NodeField *)f->recv)->of;
  while (n->kind != NODE_IDENT) n = n->kind == NODE_STAR ? ((const NodeStar *)n)->x : ((const NodeIndex *)n)->x;
  return ident(n);
}

// An exported function, type, or method of such a type; else NULL.
static const Name *documented(const Node *n) {
  const Name *name = NULL;
  if (n->kind == NODE_TYPE) name = ident(((const NodeTypeDecl *)n)->name);
  if (n->kind == NODE_FUNC) {
    const NodeFunc *f = (const NodeFunc *)n;
    if (!f->recv || name_is_exported(receiver(f))) name = ident(f->name);
  }
  return name && name_is_exported(name) ? name : NULL;
}

static void expect_comment(const StdFile *std, const File *file, const SourceSet *sources, const Node *n, Pos at) {
  const Name *name = documented(n);
  if (!name) return;
  uint32_t line = source_raw_position(sources, at).line;
  Text before = source_line(file->source, line - 1); // a comment that does not begin its line has stayed
  const char *text = before.ptr + strspn(before.ptr, "\t");
  cr_expect(*std_comment(std->name, line) || !strncmp(text, "//", 2), "%s:%u: %s has no comment", std->name, line, name->text);
}

static void expect_comments(const StdFile *std) {
  Reading r = {0};
  names_init(&r.names);
  ParseContext context = {.arena = &r.arena, .names = &r.names, .diags = &r.diags, .sources = &r.sources, .skip = SKIP_FUNCTIONS};
  File *file = parse_file(&context, source_add(&r.sources, std->name, (Text){std->text, (uint32_t)std->len}));
  for (uint32_t i = 0; i < file->top.len; i++) {
    const Node *n = file->top.items[i];
    if (n->kind != NODE_DECL_STMT) {
      expect_comment(std, file, &r.sources, n, n->start);
      continue;
    }
    NodeList group = ((const NodeDeclStmt *)n)->decls;
    for (uint32_t k = 0; k < group.len; k++) expect_comment(std, file, &r.sources, group.items[k], group.len > 1 ? group.items[k]->start : n->start);
  }
  forget(&r);
}

Test(std, exported_names_have_comments) {
  static const char *const paths[] = {"bufio", "bytes", "context", "errors", "fmt", "io", "maps", "math", "net/http", "os", "runtime",
                                      "slices", "sort", "strconv", "strings", "sync", "time"};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    const StdPackage *package = std_package(paths[i]);
    cr_assert(package, "%s", paths[i]);
    for (size_t k = 0; k < package->file_count; k++) expect_comments(&package->files[k]);
  }
}
