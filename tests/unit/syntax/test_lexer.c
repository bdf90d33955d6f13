// Tokens: kinds, automatic semicolons, literals and what can be wrong with them.
#include "fixture.h"

#include "syntax/tokens.h"

TestSuite(lexer, .init = set_up, .fini = tear_down);

// The tokens' texts, separated by blanks; semicolons as ; (written), \n (newline) and $ (end).
static const char *lex_bytes(const char *text, size_t len) {
  Lexer lexer;
  strbuf_clear(&shown);
  lexer_init(&lexer, &sources, source_add(&sources, "t", (Text){text, (uint32_t)len}), &diags, &arena);
  for (;;) {
    Token token = lexer_next(&lexer);
    if (token.kind == T_END) return strbuf_string(&shown);
    if (shown.len) strbuf_putc(&shown, ' ');
    if (token.kind == T_SEMI) strbuf_puts(&shown, token.op == SEMI_NEWLINE ? "\\n" : token.op == SEMI_EOF ? "$" : ";");
    else strbuf_put_text(&shown, token_text(&lexer, token));
  }
}

static void expect_tokens(const char *text, const char *expected) {
  cr_expect_str_eq(lex_bytes(text, strlen(text)), expected, "%s: %s", text, strbuf_string(&shown));
}

static Token only_token(const char *text) {
  Lexer lexer;
  lexer_init(&lexer, &sources, source_add(&sources, "t", text_of(text)), &diags, &arena);
  Token token = lexer_next(&lexer);
  cr_expect_eq(token.len, strlen(text), "%s: %u", text, token.len);
  return token;
}

Test(lexer, operators_are_greedy) {
  expect_tokens("a<<=b&^=c&^d<-e<--f...g..h", "a <<= b &^= c &^ d <- e <- - f ... g . . h $");
  expect_tokens("a+++b---c===d!==e:==f", "a ++ + b -- - c == = d != = e := = f $");
  expect_tokens("x.0.y", "x .0 . y $");
}

Test(lexer, semicolons) {
  expect_tokens("a\nb", "a \\n b $");
  expect_tokens("a +\nb", "a + b $");
  expect_tokens("\n\n\na\n\n\n", "a \\n");
  expect_tokens("f()\n[]\n{}\n1\n\"\"\n'a'\n`b`\nx++\nreturn\nbreak\ncontinue\nfallthrough\ngoto\nfunc\n",
                "f ( ) \\n [ ] \\n { } \\n 1 \\n \"\" \\n 'a' \\n `b` \\n x ++ \\n return \\n break \\n continue \\n "
                "fallthrough \\n goto func");
  expect_tokens("a // b\nc", "a \\n c $");
  expect_tokens("a /* b */ c", "a c $");
  expect_tokens("a /* b\n */ c", "a \\n c $");
  expect_tokens("a /* b */\nc", "a \\n c $");
  expect_tokens("a;b", "a ; b $");
  expect_tokens("", "");
}

Test(lexer, keywords_and_names) {
  cr_expect_eq(only_token("select").kind, T_SELECT);
  cr_expect_eq(only_token("selector").kind, T_IDENT);
  cr_expect_eq(only_token("_x9").kind, T_IDENT);
  cr_expect_eq(only_token("größe").kind, T_IDENT);
  cr_expect_eq(only_token("世界1").kind, T_IDENT);
  cr_expect_eq(only_token("goé").kind, T_IDENT);
  cr_expect_eq(diags_count(&diags), 0);
}

Test(lexer, numbers) {
  static const struct {
    const char *text;
    LiteralKind kind;
  } good[] = {
      {"0", LIT_INT}, {"42", LIT_INT}, {"4_2", LIT_INT}, {"0600", LIT_INT}, {"0_600", LIT_INT}, {"0o600", LIT_INT},
      {"0O17", LIT_INT}, {"0xBadFace", LIT_INT}, {"0x_67_7a", LIT_INT}, {"0b1011", LIT_INT}, {"0B_1", LIT_INT},
      {"0.", LIT_FLOAT}, {"72.40", LIT_FLOAT}, {"072.40", LIT_FLOAT}, {"089.5", LIT_FLOAT}, {"1.e+0", LIT_FLOAT},
      {"6.67428e-11", LIT_FLOAT}, {"1E6", LIT_FLOAT}, {".25", LIT_FLOAT}, {".12345E+5", LIT_FLOAT}, {"1_5.", LIT_FLOAT},
      {"0.15e+0_2", LIT_FLOAT}, {"0x1p-2", LIT_FLOAT}, {"0x2.p10", LIT_FLOAT}, {"0x1.Fp+0", LIT_FLOAT},
      {"0X_1FFFP-16", LIT_FLOAT}, {"0x.8p-0", LIT_FLOAT}, {"09e1", LIT_FLOAT},
      {"0i", LIT_IMAGINARY}, {"0123i", LIT_IMAGINARY}, {"089i", LIT_IMAGINARY}, {"0o123i", LIT_IMAGINARY},
      {"0xabci", LIT_IMAGINARY}, {"2.71828i", LIT_IMAGINARY}, {"1.e+0i", LIT_IMAGINARY}, {"0x1p-2i", LIT_IMAGINARY},
  };
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    Token token = only_token(good[i].text);
    cr_expect_eq(token.kind, T_LITERAL, "%s", good[i].text);
    cr_expect_eq(token.op, good[i].kind, "%s", good[i].text);
  }
  cr_expect_str_eq(complaints(), "");
  expect_tokens("0x7E+1", "0x7E + 1 $");
  expect_tokens("1..2", "1. .2 $");
  expect_tokens("[1:2]", "[ 1 : 2 ] $");
}

Test(lexer, wrong_numbers) {
  static const struct {
    const char *text, *message;
  } wrong[] = {
      {"089", "1:2: invalid digit '8' in octal literal\n"},
      {"0o8", "1:3: invalid digit '8' in octal literal\n"},
      {"0b12", "1:4: invalid digit '2' in binary literal\n"},
      {"0x", "1:3: hexadecimal literal has no digits\n"},
      {"0b_", "1:4: binary literal has no digits\n"},
      {"1e", "1:3: exponent has no digits\n"},
      {"1e+", "1:4: exponent has no digits\n"},
      {"0x1.8", "1:6: hexadecimal mantissa requires a 'p' exponent\n"},
      {"0x1e", ""},
      {"1p2", "1:2: 'p' exponent requires hexadecimal mantissa\n"},
      {"0b1e2", "1:4: 'e' exponent requires decimal mantissa\n"},
      {"0o1.5", "1:4: invalid radix point in octal literal\n"},
      {"1__0", "1:3: '_' must separate successive digits\n"},
      {"1_", "1:2: '_' must separate successive digits\n"},
      {"1_.5", "1:2: '_' must separate successive digits\n"},
      {"0x1_", "1:4: '_' must separate successive digits\n"},
  };
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    diags_clear(&diags);
    Token token = only_token(wrong[i].text);
    cr_expect_str_eq(complaints(), wrong[i].message, "%s: %s", wrong[i].text, complaints());
    cr_expect_eq((token.op & TOKEN_BAD) != 0, *wrong[i].message != 0);
  }
}

Test(lexer, strings_and_runes) {
  static const char *const good[] = {"\"\"", "\"a\\n\\\"\\\\\"", "\"é\\x00\\377\\u00e9\\U0010FFFF\"", "`raw\\\n\"`",
                                     "'a'", "'\\''", "'世'", "'\\x7f'", "'\\000'", "'\"'"};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) cr_expect_eq(only_token(good[i]).kind, T_LITERAL, "%s", good[i]);
  cr_expect_str_eq(complaints(), "");
}

Test(lexer, wrong_strings_and_runes) {
  static const struct {
    const char *text, *message;
  } wrong[] = {
      {"\"abc", "1:1: string not terminated\n"},
      {"`abc", "1:1: string not terminated\n"},
      {"\"ab\ncd\"", "1:4: newline in string\n2:3: string not terminated\n"},
      {"\"\\q\"", "1:3: unknown escape\n"},
      {"\"\\'\"", "1:3: unknown escape\n"},
      {"\"\\x4g\"", "1:5: invalid character 'g' in hexadecimal escape\n"},
      {"\"\\08\"", "1:4: invalid character '8' in octal escape\n"},
      {"\"\\400\"", "1:6: octal escape value 256 > 255\n"},
      {"\"\\ud800\"", "1:8: escape is invalid Unicode code point U+D800\n"},
      {"\"\\U00110000\"", "1:12: escape is invalid Unicode code point U+110000\n"},
      {"''", "1:2: empty rune literal or unescaped '\n"},
      {"'ab'", "1:1: more than one character in rune literal\n"},
      {"'a", "1:1: rune literal not terminated\n"},
      {"'a\n'", "1:3: newline in rune literal\n2:1: rune literal not terminated\n"},
      {"/* a", "1:1: comment not terminated\n"},
      {"a @ b", "1:3: invalid character U+0040 '@'\n"},
      {"a ? b", "1:3: invalid character U+003F '?'\n"},
      {"x“y", "1:2: invalid character U+201C '“' in identifier\n"},
      {"٣x", "1:1: identifier cannot begin with digit U+0663 '٣'\n"},
  };
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    diags_clear(&diags);
    lex_bytes(wrong[i].text, strlen(wrong[i].text));
    cr_expect_str_eq(complaints(), wrong[i].message, "%s: %s", wrong[i].text, complaints());
  }
}

Test(lexer, bytes_that_are_no_text) {
  cr_expect_str_eq(lex_bytes("a\0b", 3), "a b $");
  cr_expect_str_eq(complaints(), "1:2: invalid NUL character\n");
  diags_clear(&diags);
  cr_expect_str_eq(lex_bytes("a\xFF", 2), "a\xFF $", "part of the name");
  cr_expect_str_eq(complaints(), "1:2: invalid UTF-8 encoding\n");
  diags_clear(&diags);
  cr_expect_str_eq(lex_bytes("\xEF\xBB\xBF" "a", 4), "a $", "a byte order mark may come first");
  cr_expect_str_eq(complaints(), "");
  lex_bytes("a \xEF\xBB\xBF", 5);
  cr_expect_str_eq(complaints(), "1:3: invalid BOM in the middle of the file\n");
}

Test(lexer, the_first_line_of_a_script) {
  expect_tokens("#!/usr/bin/env gol\nx", "x $");
  cr_expect_eq(diags_count(&diags), 0);
  expect_tokens("x\n#!", "x \\n !");
  cr_expect_str_eq(complaints(), "2:1: invalid character U+0023 '#'\n");
}

Test(lexer, comments_are_kept) {
  Lexer lexer;
  lexer_init(&lexer, &sources, source_add(&sources, "t", TEXT("a // one\n/* two */ b")), &diags, &arena);
  while (lexer_next(&lexer).kind != T_END) {}
  cr_assert_eq(lexer.comments.len, 2);
  cr_expect(lexer.comments.data[0].line);
  cr_expect_eq(lexer.comments.data[0].end - lexer.comments.data[0].start, 6);
  cr_expect_not(lexer.comments.data[1].line);
  cr_expect_eq(lexer.comments.data[1].end - lexer.comments.data[1].start, 9);
}

Test(lexer, line_directives) {
  parse("//line made.go:100\nvar x = =\n/*line other.go:7:3*/ var y = =\n//line broken:x\n");
  StrBuf out = {0};
  diags_sort(&diags, &sources);
  VEC_EACH(Diag, d, &diags.list) {
    Position at = source_position(&sources, d->start);
    strbuf_printf(&out, "%s:%u:%u\n", at.path, at.line, at.column);
  }
  cr_expect_str_eq(out.data, "made.go:100:0\nother.go:7:4\nother.go:8:15\n");
  strbuf_free(&out);
}
