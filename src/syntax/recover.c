// When a token cannot be taken: the message, and how to go on.
//
// gc's parser is a recursive descent that meets a wrong token in some function, names what it wanted there, skips to a
// token that function can use and goes on. This parser's stack says the same as gc's chain of calls, so the place is
// recognised by asking which tokens the machine would take here, and which bracket or header it is inside of (place.c).
// Going on is what gc does, in three moves:
//   skip one token, or up to one of a set;
//   put in what was missing (tokens of no length, which become `_` or BAD nodes);
//   leave the rest to the next round, which may report the next mistake.
// Messages, positions and skipping are gc's, since its own tests judge them; the functions name gc's counterpart.
#include "syntax/place.h"
#include "syntax/tokens.h"

#include "base/assert.h"

#include <string.h>

typedef uint64_t TokenSet;
#define BIT(kind) ((TokenSet)1 << (kind))

// Keywords that begin a statement: inside a function they are not skipped.
static const TokenSet STATEMENT_STARTS = BIT(T_BREAK) | BIT(T_CONST) | BIT(T_CONTINUE) | BIT(T_DEFER) |
                                         BIT(T_FALLTHROUGH) | BIT(T_FOR) | BIT(T_GO) | BIT(T_GOTO) | BIT(T_IF) |
                                         BIT(T_RETURN) | BIT(T_SELECT) | BIT(T_SWITCH) | BIT(T_TYPE) | BIT(T_VAR);
static const TokenSet DECLARATION_STARTS =
    BIT(T_IMPORT) | BIT(T_CONST) | BIT(T_TYPE) | BIT(T_VAR) | BIT(T_FUNC);
static const TokenSet CLOSERS = BIT(T_RPAREN) | BIT(T_RBRACK) | BIT(T_RBRACE);
static const TokenSet OPERATORS = BIT(T_OROR) | BIT(T_ANDAND) | BIT(T_CMP) | BIT(T_ADD) | BIT(T_OR) | BIT(T_MUL) |
                                  BIT(T_AMP) | BIT(T_NOT) | BIT(T_TILDE);

static const char BRACE_HINT[] = "the opening brace belongs at the end of the line before";
static const char ELSE_HINT[] = "else belongs on the line of the closing brace: } else {";

static bool can(const Parser *p, int kind) { return place_takes(p, kind); }
static int symbol(const Parser *p, uint32_t back) { return place_symbol(p, back); }

// --- messages

static const char *token_name(int kind) {
  switch (kind) {
  case T_END: return "EOF";
  case T_IDENT: return "name";
  case T_LITERAL: return "literal";
  case T_ASSIGN: return "=";
  case T_DEFINE: return ":=";
  case T_ARROW: return "<-";
  case T_STAR: return "*";
  case T_LPAREN: return "(";
  case T_LBRACK: return "[";
  case T_LBRACE: return "{";
  case T_RPAREN: return ")";
  case T_RBRACK: return "]";
  case T_RBRACE: return "}";
  case T_COMMA: return "comma";
  case T_SEMI: return "semicolon or newline";
  case T_COLON: return ":";
  case T_DOT: return ".";
  case T_ELLIPSIS: return "...";
  case T_CHAN: return "chan";
  default: UNREACHABLE("a token that nobody asks for");
  }
}

// A complaint about the current token's place. At the end of the text only the first mistake is worth a word.
static void plain(Parser *p, const char *message) {
  if (p->token.kind == T_END && parser_has_errors(p)) return;
  complain_at(p, p->token.start, token_end(p->token), "syntax error: %s", message);
}

// "unexpected TOKEN", and what was wanted.
static void unexpected(Parser *p, const char *wanted) {
  Token token = p->token;
  Text text = token_text(&p->lexer, token);
  const char *shown;
  if (token.kind == T_END && parser_has_errors(p)) return;
  switch (token.kind) {
  case T_IDENT: shown = arena_printf(p->arena, "name %.*s", TEXT_ARGS(text)); break;
  case T_LITERAL: shown = arena_printf(p->arena, "literal %.*s", TEXT_ARGS(text)); break;
  case T_SEMI: shown = token.op == SEMI_SEMICOLON ? "semicolon" : token.op == SEMI_NEWLINE ? "newline" : "EOF"; break;
  case T_COMMA: shown = "comma"; break;
  case T_END: shown = "EOF"; break;
  default: shown = arena_strndup(p->arena, text.ptr, text.len); break;
  }
  complain_at(p, token.start, token_end(token), "syntax error: unexpected %s%s", shown, wanted);
}

// --- moves

static void skip_one(Parser *p) {
  if (p->token.kind == T_END) return;
  p->moves++;
  parser_advance(p);
}

static void skip_to(Parser *p, TokenSet stop) {
  stop |= BIT(T_END);
  if (place_in_function(p)) stop |= STATEMENT_STARTS;
  while (!(stop & BIT(p->token.kind))) skip_one(p);
}

// Feeds a token that the text lacks.
static void put(Parser *p, int kind) {
  if (!can(p, kind)) return;
  p->moves++;
  uint8_t op = kind == T_LITERAL ? LIT_STRING | TOKEN_BAD : kind == T_SEMI ? SEMI_NEWLINE : 0;
  parser_feed(p->machine, (Token){.start = p->token.start, .kind = (uint8_t)kind, .op = op});
}

// gc's want: that token, and nothing else.
static void want(Parser *p, int kind) {
  unexpected(p, arena_printf(p->arena, ", expected %s", token_name(kind)));
  skip_one(p);
  put(p, kind);
}

// gc's list: an element must be followed by a separator or the closing bracket.
static void list_error(Parser *p, const char *context, int separator, int close) {
  unexpected(p, arena_printf(p->arena, " in %s; possibly missing %s or %s", context, token_name(separator),
                             token_name(close)));
  skip_to(p, CLOSERS);
  if (p->token.kind != close) put(p, close);
}

// A missing operand, type or name, after skipping to something that may follow it.
static void put_name(Parser *p, const char *wanted, TokenSet follow) {
  unexpected(p, wanted);
  if (follow) skip_to(p, follow);
  put(p, T_IDENT);
}

// From an opening bracket behind the bracket that closes it.
static void skip_group(Parser *p) {
  int open = 0;
  do {
    if (p->token.kind == T_LBRACK) open++;
    if (p->token.kind == T_RBRACK) open--;
    skip_one(p);
  } while (open > 0 && p->token.kind != T_END);
}

// --- one round, from the particular to the general; each returns whether it was its case

// `if var x = ...`, `else x`, `select x`, and other places that the last token alone decides.
static bool after_keyword(Parser *p) {
  int kind = p->token.kind, top = symbol(p, 0);
  switch (top) {
  case T_IF: case T_FOR: case T_SWITCH:
    if (kind != T_VAR) return false;
    skip_one(p);
    plain(p, top == T_IF    ? "var declaration not allowed in if initializer"
             : top == T_FOR ? "var declaration not allowed in for initializer"
                            : "var declaration not allowed in switch initializer");
    return true;
  case T_ELSE:
    plain(p, "else must be followed by if or statement block");
    skip_to(p, BIT(T_IDENT) | BIT(T_RBRACE));
    put(p, T_LBRACE);
    put(p, T_RBRACE);
    return true;
  case T_SELECT:
    plain(p, "missing { after select clause");
    skip_to(p, BIT(T_CASE) | BIT(T_DEFAULT) | BIT(T_RBRACE));
    put(p, T_LBRACE);
    return true;
  case T_STRUCT: case T_INTERFACE: want(p, T_LBRACE); return true;
  case T_MAP: want(p, T_LBRACK); return true;
  case T_PACKAGE:
    unexpected(p, ", expected name");
    p->failed = true;
    return true;
  case T_CHAN: plain(p, "missing channel element type"); put(p, T_IDENT); return true;
  case T_ARROW:
    if (can(p, T_NOT)) return false; // an operator
    if (can(p, T_MAP)) {
      plain(p, "missing channel element type");
      put(p, T_IDENT);
    } else {
      want(p, T_CHAN);
    }
    return true;
  case T_ELLIPSIS:
    if (!can(p, T_MAP)) return false;
    plain(p, "... is missing type");
    put(p, T_IDENT);
    return true;
  case T_COLON:
    if (symbol(p, 1) != T_IDENT || !can(p, T_IF)) return false; // not a label
    if (!(p->token.kind == T_END && parser_has_errors(p))) {
      complain(p, parser_token(p->machine, parser_depth(p->machine)), "syntax error: missing statement after label");
    }
    put(p, T_SEMI);
    return true;
  default: return false;
  }
}

// Whether FUNC and a parameter list are followed by nothing but a method's name.
static bool is_receiver(const Parser *p) {
  return can(p, T_IDENT) && !can(p, T_MAP) && !can(p, T_LPAREN) && !can(p, T_SEMI);
}

// funcDeclOrNil, funcType: a name, `(` or type parameters.
static bool after_func(Parser *p) {
  int kind = p->token.kind, top = symbol(p, 0);
  if (kind == T_LBRACK && can(p, T_LPAREN) && ((top == T_FUNC && !can(p, T_IDENT)) || (top == T_IDENT && symbol(p, 2) == T_FUNC))) {
    plain(p, top == T_FUNC ? "function type must have no type parameters" : "method must have no type parameters");
    skip_group(p);
    return true;
  }
  if (top == T_FUNC && can(p, T_IDENT)) {
    unexpected(p, ", expected name or (");
  } else if (symbol(p, 1) == T_FUNC && is_receiver(p)) {
    unexpected(p, ", expected name");
  } else {
    return false;
  }
  skip_to(p, BIT(T_LBRACE) | BIT(T_SEMI));
  put(p, T_IDENT);
  put(p, T_LPAREN);
  put(p, T_RPAREN);
  return true;
}

// caseClause: between clauses only a clause or the end may stand.
static void clause_error(Parser *p) {
  unexpected(p, ", expected case or default or }");
  skip_to(p, BIT(T_COLON) | BIT(T_CASE) | BIT(T_DEFAULT) | BIT(T_RBRACE));
  put(p, T_DEFAULT);
}

// Where a statement or declaration may begin, and the token begins none.
static bool at_statement(Parser *p, Place place) {
  if (place == AT_TOP && place_is_package(p) && can(p, T_IMPORT)) {
    if (p->token.kind == T_LBRACE && p->bodyless) {
      plain(p, "unexpected semicolon or newline before {");
      parser_hint(p, BRACE_HINT);
    } else {
      plain(p, "non-declaration statement outside function body");
      if (p->token.kind != T_RBRACE)
        parser_hint(p, "statements belong in a function, or in a script: a file without a package clause");
    }
    skip_to(p, DECLARATION_STARTS);
    return true;
  }
  if (place == IN_CASES && can(p, T_CASE)) {
    clause_error(p);
    return true;
  }
  if (!can(p, T_IF)) return false;
  bool other = p->token.kind == T_ELSE;
  if (place != AT_TOP) {
    p->closed_early += p->token.kind == T_ELSE ? 2 : 1; // the brace behind else will come, too
    want(p, T_RBRACE);
    if (other) parser_hint(p, ELSE_HINT);
  } else {
    // The brace of a block that was closed for its user already is not worth a second complaint.
    if (p->token.kind == T_RBRACE && p->closed_early) p->closed_early--;
    else unexpected(p, ", expected statement");
    if (other) parser_hint(p, ELSE_HINT);
    skip_one(p);
  }
  return true;
}

static void import_path_missing(Parser *p) {
  plain(p, "missing import path");
  parser_hint(p, "an import path is a string: import \"fmt\"");
  skip_to(p, BIT(T_SEMI) | BIT(T_RPAREN));
  put(p, T_LITERAL);
}

static bool at_name(Parser *p, Place place) {
  int top = symbol(p, 0);
  if (!can(p, T_IDENT) || can(p, T_SEMI) || can(p, T_FUNC)) return false;
  if (can(p, T_LITERAL)) {
    import_path_missing(p);
  } else if (place == IN_STRUCT && can(p, T_STAR) && top != T_LPAREN) {
    unexpected(p, ", expected field name or embedded type");
    skip_to(p, BIT(T_SEMI) | BIT(T_RBRACE));
    put(p, T_IDENT);
  } else if (place == IN_STRUCT && (top == T_STAR || top == T_LPAREN)) {
    put_name(p, ", expected name", BIT(T_DOT) | BIT(T_SEMI) | BIT(T_RBRACE));
  } else if (top == T_DOT && can(p, T_LPAREN)) {
    put_name(p, ", expected name or (", BIT(T_SEMI) | BIT(T_RPAREN));
  } else {
    unexpected(p, ", expected name");
    skip_one(p);
    put(p, T_IDENT);
  }
  return true;
}

static bool at_import_path(Parser *p) {
  if (!can(p, T_LITERAL) || can(p, T_FUNC) || can(p, T_SEMI)) return false;
  import_path_missing(p);
  return true;
}

static bool at_expression(Parser *p, Place place) {
  if (!can(p, T_LITERAL) || !can(p, T_FUNC)) return false;
  if (place == IN_STRUCT) return false; // behind a field's name: a type or a tag
  if (symbol(p, 0) == T_LBRACK && p->token.kind == T_RBRACK && can(p, T_COLON)) put_name(p, ", expected operand", 0);
  else put_name(p, ", expected expression", CLOSERS);
  return true;
}

// Whether what was read so far may end here, so that a type need not come.
static bool is_complete(const Parser *p) {
  return can(p, T_SEMI) || can(p, T_RPAREN) || can(p, T_RBRACK) || can(p, T_RBRACE) || can(p, T_COLON) ||
         can(p, T_LBRACE);
}

// A type, a parameter, a term of a constraint.
static bool at_type(Parser *p, Place place, uint32_t open) {
  int top = symbol(p, 0);
  if (!can(p, T_FUNC) || !can(p, T_MAP)) return false;
  bool first = top == T_COMMA || top == T_LPAREN || top == T_LBRACK || top == T_LBRACE || top == T_SEMI;
  if (first && place == IN_PARAMS && can(p, T_ELLIPSIS)) {
    put_name(p, ", expected )", BIT(T_COMMA) | BIT(T_RPAREN));
  } else if (first && place == IN_TPARAMS && can(p, T_TILDE)) {
    put_name(p, ", expected ]", BIT(T_COMMA) | BIT(T_RBRACK));
  } else if (top == T_IDENT && place == IN_STRUCT) {
    put_name(p, ", expected type", BIT(T_COMMA) | BIT(T_COLON) | BIT(T_SEMI) | CLOSERS);
  } else if (first && place == IN_INTERFACE) {
    put_name(p, ", expected ~ term or type", OPERATORS | BIT(T_SEMI) | CLOSERS);
  } else if (is_complete(p)) {
    return false;
  } else if (can(p, T_TILDE)) {
    put_name(p, ", expected ~ term or type", OPERATORS | BIT(T_SEMI) | CLOSERS);
  } else if (top == T_LBRACK && p->token.kind == T_RBRACK && symbol(p, 1) != T_MAP) {
    put_name(p, ", expected type argument list", 0);
  } else if (place_spec_keyword(p, place, open) == T_TYPE && (top == T_ASSIGN || can(p, T_ASSIGN))) {
    put_name(p, " in type declaration", BIT(T_SEMI) | BIT(T_RPAREN));
  } else {
    put_name(p, ", expected type", BIT(T_COMMA) | BIT(T_COLON) | BIT(T_SEMI) | CLOSERS);
  }
  return true;
}

// header and blockStmt: what a header's parts are followed by.
static void header_error(Parser *p, Head head) {
  if (head.semis == 0 && !head.range) {
    unexpected(p, ", expected {");
    skip_one(p);
    if (p->token.kind != T_LBRACE) skip_to(p, BIT(T_LBRACE) | BIT(T_RBRACE));
    put(p, T_SEMI); // what came so far is no condition
  } else if (head.keyword == T_FOR && head.semis == 1 && !head.range) {
    want(p, T_SEMI);
  } else if (head.keyword == T_SWITCH) {
    plain(p, "missing { after switch clause");
    skip_to(p, BIT(T_CASE) | BIT(T_DEFAULT) | BIT(T_RBRACE));
    put(p, T_LBRACE);
  } else {
    put(p, T_LBRACE); // first, so that what is wrong with the header is said first
    unexpected(p, head.keyword == T_IF ? ", expected { after if clause" : ", expected { after for clause");
    if (p->token.kind == T_SEMI) parser_hint(p, BRACE_HINT);
    skip_to(p, BIT(T_IDENT) | BIT(T_RBRACE));
  }
}

// Words of other languages in front of the token: `while x`, `let x`.
static void hint_foreign_word(Parser *p) {
  static const struct {
    const char *word, *hint;
  } foreign[] = {
      {"while", "Go's while is for: for condition {"},
      {"foreach", "a loop over elements is: for i, x := range list {"},
      {"let", "a variable is declared with var or :="},
      {"def", "a function is declared with func"},
      {"function", "a function is declared with func"},
      {"elif", "the word is else if"},
      {"try", "errors are values: if err != nil {"},
      {"throw", "errors are values: return err; or panic(...)"},
      {"class", "a type is declared with: type T struct {"},
  };
  Token word = parser_token(p->machine, parser_depth(p->machine));
  if (word.kind != T_IDENT || !word.len) return;
  for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
    if (text_equal(token_text(&p->lexer, word), text_of(foreign[i].word))) parser_hint(p, foreign[i].hint);
}

// Something is complete, and the token cannot follow it.
static void after_element(Parser *p, Place place) {
  Head head = place_head(p);
  if (can(p, T_DEFINE) && !can(p, T_INCDEC)) { // two or more expressions
    unexpected(p, ", expected := or = or comma");
    skip_to(p, BIT(T_SEMI) | BIT(T_RBRACE));
    put(p, T_ASSIGN);
    put(p, T_IDENT);
    return;
  }
  if ((head.keyword == T_CASE || head.keyword == T_DEFAULT) && can(p, T_COLON)) {
    want(p, T_COLON);
    return;
  }
  if ((head.keyword == T_IF || head.keyword == T_FOR || head.keyword == T_SWITCH) &&
      (can(p, T_LBRACE) || can(p, T_SEMI)) && !can(p, T_RBRACE) && !can(p, T_ELSE)) {
    header_error(p, head);
    return;
  }
  switch (place) {
  case IN_ARGUMENTS:
    if (!can(p, T_RPAREN)) break;
    if (!can(p, T_COMMA)) want(p, T_RPAREN); // f(x..., y)
    else list_error(p, "argument list", T_COMMA, T_RPAREN);
    return;
  case IN_PARAMS:
    if (!can(p, T_RPAREN)) break;
    list_error(p, "parameter list", T_COMMA, T_RPAREN);
    return;
  case IN_GROUP:
    if (!can(p, T_RPAREN)) break;
    list_error(p, "grouped declaration", T_SEMI, T_RPAREN);
    return;
  case IN_LITERAL:
    if (!can(p, T_RBRACE)) break;
    list_error(p, "composite literal", T_COMMA, T_RBRACE);
    return;
  case IN_STRUCT:
    if (can(p, T_RPAREN)) { // of an embedded type: enough has been said about the other one
      put(p, T_RPAREN);
      return;
    }
    if (!can(p, T_RBRACE)) break;
    list_error(p, "struct type", T_SEMI, T_RBRACE);
    return;
  case IN_INTERFACE:
    if (!can(p, T_RBRACE)) break;
    list_error(p, "interface type", T_SEMI, T_RBRACE);
    return;
  case IN_TPARAMS:
    if (!can(p, T_RBRACK) || !can(p, T_COMMA)) break;
    list_error(p, "parameter list", T_COMMA, T_RBRACK);
    return;
  case IN_INDEX:
    if (!can(p, T_COLON) || !can(p, T_COMMA)) break;
    unexpected(p, ", expected comma, : or ]");
    skip_to(p, BIT(T_COMMA) | BIT(T_COLON) | BIT(T_RBRACK));
    put(p, T_COLON);
    return;
  case IN_BRACKETS:
    if (p->token.kind != T_COMMA || !can(p, T_RBRACK)) break;
    plain(p, "unexpected comma; expected ]");
    skip_one(p);
    return;
  case IN_BLOCK: case IN_CASES:
    if (!can(p, T_SEMI)) break;
    unexpected(p, " at end of statement");
    hint_foreign_word(p);
    skip_to(p, BIT(T_SEMI) | BIT(T_RBRACE) | BIT(T_CASE) | BIT(T_DEFAULT));
    if (p->token.kind != T_SEMI) put(p, T_SEMI);
    return;
  case AT_TOP:
    if (!can(p, T_SEMI)) break;
    if (symbol(p, 1) == T_PACKAGE) {
      want(p, T_SEMI);
      p->failed = true;
      return;
    }
    if (place_is_package(p)) {
      unexpected(p, " after top level declaration");
      skip_to(p, DECLARATION_STARTS);
    } else {
      unexpected(p, " at end of statement");
      hint_foreign_word(p);
      skip_to(p, BIT(T_SEMI) | BIT(T_RBRACE));
    }
    if (p->token.kind != T_SEMI) put(p, T_SEMI);
    return;
  case IN_PARENS: break;
  }
  // One certain token: the bracket's own, or what the construct goes on with.
  static const int wanted[] = {T_RPAREN, T_RBRACK, T_RBRACE, T_LPAREN, T_LBRACK, T_LBRACE, T_COLON, T_SEMI, T_ASSIGN};
  int close = place == IN_PARENS || place == IN_ARGUMENTS || place == IN_PARAMS ? T_RPAREN
              : place == IN_INDEX || place == IN_BRACKETS || place == IN_TPARAMS ? T_RBRACK
                                                                                  : T_RBRACE;
  if (can(p, close)) {
    want(p, close);
    return;
  }
  for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
    if (!can(p, wanted[i])) continue;
    want(p, wanted[i]);
    return;
  }
  unexpected(p, "");
  skip_one(p);
}

// list: at the end of the text no further element is tried, the bracket is missed at once.
static bool at_end(Parser *p, Place place) {
  int top = symbol(p, 0), close;
  if (p->token.kind != T_END) return false;
  switch (place) {
  case IN_ARGUMENTS: case IN_PARAMS: case IN_GROUP: close = T_RPAREN; break;
  case IN_LITERAL: case IN_STRUCT: case IN_INTERFACE: case IN_CASES: close = T_RBRACE; break;
  case IN_TPARAMS: close = T_RBRACK; break;
  default: return false;
  }
  bool between = top == T_COMMA || top == T_SEMI || top == T_LPAREN || top == T_LBRACK || top == T_LBRACE;
  if (!between && place != IN_CASES) return false;
  want(p, close);
  return true;
}

static void recover_once(Parser *p) {
  uint32_t depth;
  Place place = place_bracket(p, &depth);
  // gotAssign: := where a declaration wants =.
  if (p->token.kind == T_DEFINE && can(p, T_ASSIGN) && !can(p, T_DEFINE)) {
    unexpected(p, ", expected =");
    p->token.kind = T_ASSIGN;
    return;
  }
  if (after_keyword(p) || at_end(p, place) || after_func(p) || at_statement(p, place) || at_name(p, place) || at_import_path(p) ||
      at_expression(p, place) || at_type(p, place, depth))
    return;
  after_element(p, place);
}

void parser_recover(Parser *p) {
  if (!parser_has_errors(p) && p->token.kind == T_END) p->incomplete = true;
  parser_settle(p->machine);
  do {
    uint32_t moves = p->moves, kind = p->token.kind;
    recover_once(p);
    if (p->failed) return;
    // Nothing skipped and nothing put in would go on for ever. At the end the rounds close what is open, silently.
    if (p->moves == moves && p->token.kind == kind) {
      p->failed = kind == T_END;
      skip_one(p);
    }
    if (p->failed) return;
    parser_settle(p->machine);
  } while (!parser_takes(p));
}
