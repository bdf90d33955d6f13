// What the parser says about mistakes, and how it goes on: in gc's words and places.
#include "fixture.h"

TestSuite(errors, .init = set_up, .fini = tear_down);

#define BODY(text) "package p\nfunc f() {\n" text "\n}\n"

Test(errors, name_what_was_expected) {
  expect_errors(BODY("f(a b)"), "3:5: syntax error: unexpected name b in argument list; possibly missing comma or )\n");
  expect_errors(BODY("f(a\n)"), "3:4: syntax error: unexpected newline in argument list; possibly missing comma or )\n");
  expect_errors(BODY("f(a..., b)"), "3:9: syntax error: unexpected name b, expected )\n");
  expect_errors(BODY("x := [ 1 }"), "3:10: syntax error: unexpected }, expected ]\n");
  expect_errors(BODY("x = T{1\n}"), "3:8: syntax error: unexpected newline in composite literal; possibly missing comma or }\n");
  expect_errors(BODY("x = (1"), "3:7: syntax error: unexpected newline, expected )\n");
  expect_errors(BODY("x = 1 +"), "4:1: syntax error: unexpected }, expected expression\n");
  expect_errors(BODY("x y"), "3:3: syntax error: unexpected name y at end of statement\n");
  expect_errors(BODY("a, b"), "3:5: syntax error: unexpected newline, expected := or = or comma\n");
  expect_errors(BODY("x."), "4:1: syntax error: unexpected }, expected name or (\n");
  expect_errors(BODY("x[]"), "3:3: syntax error: unexpected ], expected operand\n");
  expect_errors(BODY("x[1 2]"), "3:5: syntax error: unexpected literal 2, expected comma, : or ]\n");
  expect_errors(BODY("x[1::2]"), "3:5: middle index required in 3-index slice\n");
  expect_errors(BODY("x[1:2:]"), "3:7: final index required in 3-index slice\n");
  expect_errors(BODY("goto 1"), "3:6: syntax error: unexpected literal 1, expected name\n");
  expect_errors(BODY("else {}"), "3:1: syntax error: unexpected else, expected }\n");
}

Test(errors, in_headers) {
  expect_errors(BODY("if {}"), "3:4: syntax error: missing condition in if statement\n");
  expect_errors(BODY("if x; {}"), "3:5: syntax error: missing condition in if statement\n");
  expect_errors(BODY("if x\n{}"), "3:5: syntax error: unexpected newline, expected { after if clause\n");
  expect_errors(BODY("if x = 1 {}"), "3:6: syntax error: cannot use assignment x = 1 as value\n");
  expect_errors(BODY("if x = a + 1 {}"), "3:6: syntax error: cannot use assignment x = (a + 1) as value\n");
  expect_errors(BODY("if x := 1 {}"), "3:6: syntax error: cannot use x := 1 as value\n");
  expect_errors(BODY("if x++ {}"), "3:5: syntax error: cannot use x++ as value\n");
  expect_errors(BODY("if var x = 1; x {}"), "3:8: syntax error: var declaration not allowed in if initializer\n");
  expect_errors(BODY("if x {} else f()"), "3:14: syntax error: else must be followed by if or statement block\n");
  expect_errors(BODY("for i := 0; i < 10 {}"), "3:20: syntax error: unexpected {, expected semicolon or newline\n");
  expect_errors(BODY("for i := 0; {}"), "3:13: syntax error: unexpected {, expected for loop condition\n");
  expect_errors(BODY("for ;; i := 1 {}"), "3:10: syntax error: cannot declare in post statement of for loop\n");
  expect_errors(BODY("for i := range x y {}"), "3:18: syntax error: unexpected name y, expected { after for clause\n");
  expect_errors(BODY("switch x\n{ y }"), "4:3: syntax error: unexpected name y, expected case or default or }\n");
  expect_errors(BODY("select x {}"), "3:8: syntax error: missing { after select clause\n");
  expect_errors(BODY("switch { case 1: L: case 2: }"), "3:19: syntax error: missing statement after label\n");
}

Test(errors, in_declarations) {
  expect_errors("package p\nx := 1\n", "2:1: syntax error: non-declaration statement outside function body\n");
  expect_errors("package p\nfunc f()\n{\n}\n", "3:1: syntax error: unexpected semicolon or newline before {\n");
  expect_errors("package p\nfunc 1() {}\n", "2:6: syntax error: unexpected literal 1, expected name or (\n");
  expect_errors("package p\nfunc (t T) {}\n", "2:12: syntax error: unexpected {, expected name\n");
  expect_errors("package p\nfunc () f() {}\n", "2:9: method has no receiver\n");
  expect_errors("package p\nfunc (a, b T) f() {}\n", "2:15: method has multiple receivers\n");
  expect_errors("package p\nfunc (t T) f[P any]() {}\n", "2:13: syntax error: method must have no type parameters\n");
  expect_errors("package p\nfunc f[]() {}\n", "2:8: syntax error: empty type parameter list\n");
  expect_errors("package p\nfunc f(a int, string) {}\n", "2:15: syntax error: mixed named and unnamed parameters\n");
  expect_errors("package p\nfunc f(a b c) {}\n", "2:12: syntax error: unexpected name c in parameter list; possibly missing comma or )\n");
  expect_errors("package p\nfunc f(a ...) {}\n", "2:13: syntax error: ... is missing type\n");
  expect_errors("package p\nvar x = = 1\n", "2:9: syntax error: unexpected =, expected expression\n");
  expect_errors("package p\nvar x := 1\n", "2:7: syntax error: unexpected :=, expected =\n");
  expect_errors("package p\nvar x\n", "2:6: syntax error: unexpected newline, expected type\n");
  expect_errors("package p\nvar x int y\n", "2:11: syntax error: unexpected name y after top level declaration\n");
  expect_errors("package p\ntype T\n", "2:7: syntax error: unexpected newline in type declaration\n");
  expect_errors("package p\ntype T[P] int\n", "");
  expect_errors("package p\ntype T[P,] int\n", "2:10: syntax error: missing type constraint\n");
  expect_errors("package p\ntype T[P *C, int] int\n", "2:17: syntax error: missing type constraint\n");
  expect_errors("package p\ntype T[P *C, []int] int\n", "2:14: syntax error: missing type parameter name\n");
  expect_errors("package p\ntype T struct { a int b int }\n",
                "2:23: syntax error: unexpected name b in struct type; possibly missing semicolon or newline or }\n");
  expect_errors("package p\ntype T struct { (a) }\n", "2:17: syntax error: cannot parenthesize embedded type\n");
  expect_errors("package p\ntype T interface { m[P any]() }\n", "2:21: interface method must have no type parameters\n");
  expect_errors("package p\nvar c chan\n", "3:1: syntax error: missing channel element type\n");
  expect_errors("package p\nimport fmt\n", "2:11: syntax error: missing import path\n");
  expect_errors("package p\nimport 1\n", "2:8: syntax error: import path must be a string\n");
  expect_errors("package p\nvar x int\nimport \"fmt\"\n", "3:1: syntax error: imports must appear before other declarations\n");
  expect_errors("package p q\nvar = 1\n", "1:11: syntax error: unexpected name q, expected semicolon or newline\n");
}

Test(errors, all_of_a_file) {
  expect_errors("package p\nfunc f() {\n\tf(a b)\n\tx = (1\n\tif x { y z }\n}\nvar x = )\nfunc g() { 1 2 }\n",
                "3:6: syntax error: unexpected name b in argument list; possibly missing comma or )\n"
                "4:8: syntax error: unexpected newline, expected )\n"
                "5:2: syntax error: unexpected if at end of statement\n"
                "7:9: syntax error: unexpected ), expected expression\n"
                "8:14: syntax error: unexpected literal 2 at end of statement\n");
}

Test(errors, one_of_a_line) {
  expect_errors(BODY("f(a b); g(c d)"), "3:5: syntax error: unexpected name b in argument list; possibly missing comma or )\n");
}

Test(errors, in_scripts) {
  expect_errors("x := 1\n}\ny := 2\n", "2:1: syntax error: unexpected }, expected statement\n");
  expect_errors("f(a b)\ng(c d)\n", "1:5: syntax error: unexpected name b in argument list; possibly missing comma or )\n"
                                     "2:5: syntax error: unexpected name d in argument list; possibly missing comma or )\n");
  expect_errors("if x {\n}\nelse {\n}\ny z\n", "3:1: syntax error: unexpected else, expected statement\n"
                                              "5:3: syntax error: unexpected name z at end of statement\n");
  expect_errors("for {\n\tif x {\n\t}\n\telse {\n\t}\n}\nf()\n", "4:2: syntax error: unexpected else, expected }\n");
}

static void expect_status(const char *text, ParseStatus status) {
  diags_clear(&diags);
  parse(text);
  cr_expect_eq(parsed.status, status, "%s: %d\n%s", text, parsed.status, complaints());
}

// A REPL asks for another line when the text so far could go on.
Test(errors, incomplete) {
  expect_status("x := 1\n", PARSE_OK);
  expect_status("f(\n", PARSE_INCOMPLETE);
  expect_status("f(1,\n", PARSE_INCOMPLETE);
  expect_status("if x {\n", PARSE_INCOMPLETE);
  expect_status("func f() {\n\tx = 1\n", PARSE_INCOMPLETE);
  expect_status("x +\n", PARSE_INCOMPLETE);
  expect_status("x := `raw\n", PARSE_INCOMPLETE);
  expect_status("/* not yet", PARSE_INCOMPLETE);
  expect_status("switch x {\ncase 1:\n", PARSE_INCOMPLETE);
  expect_status("x := []int{\n1,\n", PARSE_INCOMPLETE);
  expect_status("f(1\n", PARSE_ERROR);
  expect_status("x = )\nif x {\n", PARSE_ERROR);
  expect_status("\"abc", PARSE_ERROR);
}

Test(errors, status_of_complaints_that_are_no_syntax_errors) {
  expect_status("x[1::2]", PARSE_ERROR);
  cr_expect_eq(parsed.syntax_errors, 0);
  expect_status("x y", PARSE_ERROR);
  cr_expect_eq(parsed.syntax_errors, 1);
}

// Only a .go file must have a package clause.
Test(errors, package_clause) {
  parsed = (ParseContext){.arena = &arena, .names = &names, .diags = &diags, .sources = &sources};
  parse_file(&parsed, source_add(&sources, "t.go", TEXT("// a comment\nx := 1\n")));
  cr_expect_str_eq(complaints(), "2:1: syntax error: package statement must be first\n");
  diags_clear(&diags);
  parse_file(&parsed, source_add(&sources, "t.gol", TEXT("x := 1\n")));
  cr_expect_str_eq(complaints(), "");
}
