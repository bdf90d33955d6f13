// Trees: precedence, the grammar's hard places, positions.
#include "fixture.h"

TestSuite(parser, .init = set_up, .fini = tear_down);

// The shape of a tree on one line: KIND(child child), plain data behind the kind.
static void put_shape(StrBuf *out, const Node *node);

static bool put_child(void *context, Node *child) {
  StrBuf *out = context;
  if (out->data[out->len - 1] != '(') strbuf_putc(out, ' ');
  put_shape(out, child);
  return true;
}

static void put_shape(StrBuf *out, const Node *node) {
  switch (node->kind) {
  case NODE_IDENT: case NODE_LITERAL: node_print(out, node); return;
  case NODE_BINARY: strbuf_puts(out, operator_text(NODE_AS(Binary, node)->op)); break;
  case NODE_UNARY: strbuf_puts(out, operator_text(NODE_AS(Unary, node)->op)); break;
  case NODE_CHAN_TYPE:
    strbuf_puts(out, (const char*[]){"chan", "chan<-", "<-chan"}[NODE_AS(ChanType, node)->dir]);
    break;
  case NODE_ASSIGN: strbuf_puts(out, NODE_AS(Assign, node)->define ? "DEFINE" : "ASSIGN"); break;
  case NODE_RANGE: strbuf_puts(out, NODE_AS(Range, node)->define ? "RANGE:=" : "RANGE"); break;
  case NODE_TYPE: strbuf_puts(out, NODE_AS(TypeDecl, node)->alias ? "ALIAS" : "TYPE"); break;
  case NODE_FIELD: strbuf_puts(out, NODE_AS(Field, node)->embedded ? "EMBEDDED" : "FIELD"); break;
  default: strbuf_puts(out, node_kind_name((NodeKind)node->kind));
  }
  strbuf_putc(out, '(');
  node_each_child(node, put_child, out);
  strbuf_putc(out, ')');
}

static void expect_shape(const char *text, const char *expected) {
  File *file = parse(text);
  StrBuf out = {0};
  for (uint32_t i = 0; i < file->top.len; i++) {
    if (i) strbuf_puts(&out, "; ");
    put_shape(&out, file->top.items[i]);
  }
  cr_expect_str_eq(strbuf_string(&out), expected, "%s\n  is       %s\n  expected %s\n%s", text, strbuf_string(&out),
                   expected, complaints());
  cr_expect_eq(diags_count(&diags), 0, "%s\n%s", text, complaints());
  strbuf_free(&out);
}

#define EXPR(text, expected) expect_shape(text, "EXPR_STMT(" expected ")")

Test(parser, precedence) {
  EXPR("a + b * c", "+(a *(b c))");
  EXPR("a * b + c", "+(*(a b) c)");
  EXPR("a - b - c", "-(-(a b) c)");
  EXPR("a || b && c == d + e << f", "||(a &&(b ==(c +(d <<(e f)))))");
  EXPR("a | b ^ c &^ d & e", "^(|(a b) &(&^(c d) e))");
  EXPR("a < b == c", "==(<(a b) c)");
  EXPR("-a * !b", "*(-(a) !(b))");
  EXPR("*p * *q", "*(STAR(p) STAR(q))");
  EXPR("&x & &y", "&(&(x) &(y))");
  EXPR("-x.y[0]()", "-(CALL(INDEX(SELECTOR(x y) 0)))");
  EXPR("<-c + 1", "+(<-(c) 1)");
  EXPR("(a + b) * c", "*(PAREN(+(a b)) c)");
}

Test(parser, primary_expressions) {
  EXPR("f(a, b...)", "CALL(f a b)");
  EXPR("x.(T)", "TYPE_ASSERT(x T)");
  EXPR("a[:]", "SLICE(a)");
  EXPR("a[1:2:3]", "SLICE(a 1 2 3)");
  EXPR("f[int, []string](x)", "CALL(INDEX(f int SLICE_TYPE(string)) x)");
  EXPR("T{1, k: 2, {3}}", "COMPOSITE(T 1 KEY_VALUE(k 2) COMPOSITE(3))");
  EXPR("p.T{}.x", "SELECTOR(COMPOSITE(SELECTOR(p T)) x)");
  EXPR("G[int]{}", "COMPOSITE(INDEX(G int))");
  EXPR("func() {}()", "CALL(FUNC_LIT(FUNC_TYPE() BLOCK()))");
  EXPR("[]int{1}[0]", "INDEX(COMPOSITE(SLICE_TYPE(int) 1) 0)");
  EXPR("[...]int{}", "COMPOSITE(ARRAY_TYPE(int))");
  EXPR("map[string]int{\"a\": 1}", "COMPOSITE(MAP_TYPE(string int) KEY_VALUE(\"a\" 1))");
  EXPR("[]func(){f}", "COMPOSITE(SLICE_TYPE(FUNC_TYPE()) f)");
  EXPR("struct{}{}", "COMPOSITE(STRUCT_TYPE())");
  EXPR("interface{}(x)", "CALL(INTERFACE_TYPE() x)");
  EXPR("chan int(x)", "CALL(chan(int) x)");
  EXPR("(func())(x)", "CALL(PAREN(FUNC_TYPE()) x)");
  EXPR("make(map[K]V)", "CALL(make MAP_TYPE(K V))");
}

// <- belongs to a channel type or receives; chan<- chan is the leftmost chan's.
Test(parser, arrows) {
  EXPR("<-chan int(x)", "<-(CALL(chan(int) x))");
  EXPR("(<-chan int)(x)", "CALL(PAREN(<-chan(int)) x)");
  EXPR("make(<-chan int)", "CALL(make <-chan(int))");
  EXPR("make(chan<- chan int)", "CALL(make chan<-(chan(int)))");
  EXPR("make(<-chan chan int)", "CALL(make <-chan(chan(int)))");
  EXPR("make(<-chan<- chan int)", "CALL(make <-chan(<-chan(int)))");
  EXPR("make(chan (<-chan int))", "CALL(make chan(PAREN(<-chan(int))))");
  EXPR("<-<-c", "<-(<-(c))");
  expect_shape("c <- <-d", "SEND(c <-(d))");
  expect_shape("var f func() <-chan int", "VAR(f FUNC_TYPE(FIELD(<-chan(int))))");
}

// A bare composite literal of a named type cannot begin in a header; everything in brackets is as usual.
Test(parser, headers) {
  expect_shape("if x == y {}", "IF(==(x y) BLOCK())");
  expect_shape("if a := (T{}); f(T{}) {} else if b {} else {}",
               "IF(DEFINE(a PAREN(COMPOSITE(T))) CALL(f COMPOSITE(T)) BLOCK() IF(b BLOCK() BLOCK()))");
  expect_shape("for range []int{1} {}", "RANGE(COMPOSITE(SLICE_TYPE(int) 1) BLOCK())");
  expect_shape("if f := func() T { return T{} }; f().x {}",
               "IF(DEFINE(f FUNC_LIT(FUNC_TYPE(FIELD(T)) BLOCK(RETURN(COMPOSITE(T))))) SELECTOR(CALL(f) x) BLOCK())");
  expect_shape("for {}", "FOR(BLOCK())");
  expect_shape("for x {}", "FOR(x BLOCK())");
  expect_shape("for i := 0; i < n; i++ {}", "FOR(DEFINE(i 0) <(i n) ASSIGN(i) BLOCK())");
  expect_shape("for ;; {}", "FOR(BLOCK())");
  expect_shape("for i, x := range f[T](a) {}", "RANGE:=(i x CALL(INDEX(f T) a) BLOCK())");
  expect_shape("for a[0] = range 10 {}", "RANGE(INDEX(a 0) 10 BLOCK())");
  expect_shape("switch {}", "SWITCH()");
  expect_shape("switch x; {}", "SWITCH(EXPR_STMT(x))");
  expect_shape("switch x := y.(type) { case int, *T: f(); case nil: default: g() }",
               "TYPE_SWITCH(x y CASE(int STAR(T) EXPR_STMT(CALL(f))) CASE(nil) CASE(EXPR_STMT(CALL(g))))");
  expect_shape("switch x.(type) {}", "TYPE_SWITCH(x)");
  expect_shape("switch a := 1; a {}", "SWITCH(DEFINE(a 1) a)");
}

Test(parser, statements) {
  expect_shape("a, b = b, a", "ASSIGN(a b b a)");
  expect_shape("x <<= 2", "ASSIGN(x 2)");
  expect_shape("L: for { break L; continue L; goto L }",
               "LABELED(L FOR(BLOCK(BRANCH(L) BRANCH(L) BRANCH(L))))");
  expect_shape("{ L: }", "BLOCK(LABELED(L EMPTY()))");
  expect_shape("go f(); defer g.h()", "GO(CALL(f)); DEFER(CALL(SELECTOR(g h)))");
  expect_shape("select { case c <- x: case y, ok := <-c: f() \n default: }",
               "SELECT(COMM(SEND(c x)) COMM(DEFINE(y ok <-(c)) EXPR_STMT(CALL(f))) COMM())");
  expect_shape("switch x { case 1: fallthrough; case 2: return }",
               "SWITCH(x CASE(1 BRANCH()) CASE(2 RETURN()))");
  expect_shape("{ const a, b = iota, 1; type T int; var x T = 1 }",
               "BLOCK(DECL_STMT(CONST(a b iota 1)) DECL_STMT(TYPE(T int)) DECL_STMT(VAR(x T 1)))");
  expect_shape(";;;", "");
}

// `[` behind a name: an array's length, type arguments or type parameters.
Test(parser, brackets_in_declarations) {
  expect_shape("type T [N]int", "TYPE(T ARRAY_TYPE(N int))");
  expect_shape("type T [N * 2]int", "TYPE(T ARRAY_TYPE(*(N 2) int))");
  expect_shape("type T [P * C]int", "TYPE(T ARRAY_TYPE(*(P C) int))");
  expect_shape("type T []int", "TYPE(T SLICE_TYPE(int))");
  expect_shape("type T [P any] int", "TYPE(T FIELD(P any) int)");
  expect_shape("type T [P *C,] int", "TYPE(T FIELD(P STAR(C)) int)");
  expect_shape("type T [P *struct{}] int", "TYPE(T FIELD(P STAR(STRUCT_TYPE())) int)");
  expect_shape("type T [P *C|~D] int", "TYPE(T FIELD(P |(STAR(C) ~(D))) int)");
  expect_shape("type T [P (C),] int", "TYPE(T FIELD(P C) int)");
  expect_shape("type T [P []E, E interface{ ~int | ~string }] map[E]P",
               "TYPE(T FIELD(P SLICE_TYPE(E)) FIELD(E INTERFACE_TYPE(FIELD(|(~(int) ~(string))))) MAP_TYPE(E P))");
  expect_shape("type T [P, Q C] int", "TYPE(T FIELD(P C) FIELD(Q C) int)");
  expect_shape("type A = []int", "ALIAS(A SLICE_TYPE(int))");
  expect_shape("type A [P any] = []P", "ALIAS(A FIELD(P any) SLICE_TYPE(P))");
  expect_shape("type S struct { a [N]int; b[int]; c.d[e]; *f; g, h []int `t`; i }",
               "TYPE(S STRUCT_TYPE(FIELD(a ARRAY_TYPE(N int)) EMBEDDED(INDEX(b int)) "
               "EMBEDDED(INDEX(SELECTOR(c d) e)) EMBEDDED(STAR(f)) FIELD(g SLICE_TYPE(int) `t`) "
               "FIELD(h SLICE_TYPE(int) `t`) EMBEDDED(i)))");
  expect_shape("type I interface { m(); n(int) (a, b int); J; K[int]; p.L; ~int|~string; *T }",
               "TYPE(I INTERFACE_TYPE(FIELD(m FUNC_TYPE()) "
               "FIELD(n FUNC_TYPE(FIELD(int) FIELD(a int) FIELD(b int))) FIELD(J) FIELD(INDEX(K int)) "
               "FIELD(SELECTOR(p L)) FIELD(|(~(int) ~(string))) FIELD(STAR(T))))");
}

Test(parser, parameters) {
  expect_shape("var f func(int, string)", "VAR(f FUNC_TYPE(FIELD(int) FIELD(string)))");
  expect_shape("var f func(a, b int, c ...string)",
               "VAR(f FUNC_TYPE(FIELD(a int) FIELD(b int) FIELD(c ELLIPSIS(string))))");
  expect_shape("var f func(a [N]T, b []T, c *T, d p.T)",
               "VAR(f FUNC_TYPE(FIELD(a ARRAY_TYPE(N T)) FIELD(b SLICE_TYPE(T)) FIELD(c STAR(T)) "
               "FIELD(d SELECTOR(p T))))");
  expect_shape("var f func(a[N], b[A, B], p.T[C], func(x int) int) (r T)",
               "VAR(f FUNC_TYPE(FIELD(INDEX(a N)) FIELD(INDEX(b A B)) FIELD(INDEX(SELECTOR(p T) C)) "
               "FIELD(FUNC_TYPE(FIELD(x int) FIELD(int))) FIELD(r T)))");
  expect_shape("func f[T any, S ~[]T](s S) T { return s[0] }",
               "FUNC(f FUNC_TYPE(FIELD(T any) FIELD(S ~(SLICE_TYPE(T))) FIELD(s S) FIELD(T)) "
               "BLOCK(RETURN(INDEX(s 0))))");
  expect_shape("func (t *T[K]) m() {}", "FUNC(FIELD(t STAR(INDEX(T K))) m FUNC_TYPE() BLOCK())");
  expect_shape("func native(x int) (int, error)",
               "FUNC(native FUNC_TYPE(FIELD(x int) FIELD(int) FIELD(error)))");
}

Test(parser, packages_and_scripts) {
  File *file = parse("package p\nimport (\n\t\"fmt\"\n\t. \"a\"\n\tb \"c\"\n)\nvar x int\nfunc f()\n");
  cr_assert_eq(parsed.status, PARSE_OK, "%s", complaints());
  cr_expect_not(file->script);
  cr_expect_str_eq(file->package->name->text, "p");
  cr_expect_eq(file->top.len, 5);
  file = parse("x := 1\nfunc f() { x++ }\nimport \"fmt\"\nf()\n");
  cr_assert_eq(parsed.status, PARSE_OK, "%s", complaints());
  cr_expect(file->script);
  cr_expect_null(file->package);
  cr_expect_eq(file->top.len, 4);
  cr_expect_eq(parse("")->top.len, 0);
  cr_expect_eq(parsed.status, PARSE_OK);
}

Test(parser, constants_repeat_and_count) {
  File *file = parse("const ( a = iota; b; c, d = 1, 2; e, f )");
  NodeConst *spec[4];
  for (int i = 0; i < 4; i++) spec[i] = NODE_AS(Const, file->top.items[i]);
  cr_expect_eq(spec[1]->iota, 1);
  cr_expect_eq(spec[1]->like, spec[0]);
  cr_expect_null(spec[2]->like);
  cr_expect_eq(spec[3]->like, spec[2]);
  cr_expect_eq(spec[3]->iota, 3);
}

// gc's positions: operators, dots, brackets.
Test(parser, positions) {
  File *file = parse("x.y[0] + f(1)");
  Node *sum = NODE_AS(ExprStmt, file->top.items[0])->x;
  Pos base = file->source->base;
  cr_expect_eq(sum->pos - base, 7);
  cr_expect_eq(sum->start - base, 0);
  cr_expect_eq(sum->end - base, 13);
  Node *index = NODE_AS(Binary, sum)->x;
  cr_expect_eq(index->pos - base, 3);
  cr_expect_eq(index->start - base, 0);
  cr_expect_eq(index->end - base, 6);
  cr_expect_eq(NODE_AS(Index, index)->x->pos - base, 1);
  Node *call = NODE_AS(Binary, sum)->y;
  cr_expect_eq(call->pos - base, 10);
  cr_expect_eq(call->start - base, 9);
  cr_expect_eq(NODE_AS(Call, call)->rparen - base, 12);
}

Test(parser, text_for_messages) {
  static const char *const texts[] = {
      "func(a, b int, c ...string) (int, error)", "map[string][]*T", "struct{a, b int; T; c string \"tag\"}",
      "interface{m(x int) string; ~int | ~string}", "chan (<-chan int)", "f(x, y...)[1:2:3].z.(T)", "-x + (y << 2)",
      "T{}", "[...]int{…}", "func() {…}", "&x", "*p", "<-c", "[3]int", "x[a, b]",
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    StrBuf text = {0};
    for (const char *c = texts[i]; *c; c++) { // the dots stand for something
      if (strncmp(c, "…", 3)) strbuf_putc(&text, *c);
      else {
        strbuf_puts(&text, "1");
        c += 2;
      }
    }
    File *file = parse(arena_printf(&arena, "_ = %s", strbuf_string(&text)));
    cr_assert_eq(parsed.status, PARSE_OK, "%s\n%s", texts[i], complaints());
    Node *x = NODE_AS(Assign, file->top.items[0])->rhs.items[0];
    cr_expect_str_eq(node_string(&arena, x), texts[i]);
    strbuf_free(&text);
  }
}

static void expect_nesting(const char *open, const char *middle, const char *close, int depth, ParseStatus status) {
  StrBuf text = {0};
  strbuf_puts(&text, "x = ");
  for (int i = 0; i < depth; i++) strbuf_puts(&text, open);
  strbuf_puts(&text, middle);
  for (int i = 0; i < depth; i++) strbuf_puts(&text, close);
  diags_clear(&diags);
  parse_bytes(text.data, text.len);
  cr_expect_eq(parsed.status, status, "%s %s %s %d", open, middle, close, depth);
  if (status == PARSE_ERROR) cr_expect(strstr(complaints(), "nesting too deep"), "%s: %s", open, complaints());
  strbuf_free(&text);
}

// Deep nesting is refused before anything that recurses sees it, whichever way it grows.
Test(parser, nesting) {
  static const char *const forms[][3] = {{"(", "1", ")"}, {"!", "1", ""}, {"[]", "int{}", ""}, {"f(", "", ")"},
                                         {"", "a", ".b"}, {"", "1", "+1"}, {"", "f", "()"}, {"func() { x = ", "1", "}"},
                                         {"T{", "", "}"}, {"chan ", "int", ""}};
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
    expect_nesting(forms[i][0], forms[i][1], forms[i][2], 1000, PARSE_OK);
    expect_nesting(forms[i][0], forms[i][1], forms[i][2], 100000, PARSE_ERROR);
  }
}
