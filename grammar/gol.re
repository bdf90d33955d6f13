// Go's tokens. Made by re2c from gol.re. Rules match what is plain and valid; anything else goes to the helpers in
// src/syntax/literal.c and comment.c, which follow gc's scanner byte by byte and know its messages.
#include "syntax/lexer.h"
#include "syntax/tokens.h"

// A token of the given kind that may end a statement: a newline after it is a semicolon.
#define ENDS(kind, op)  return token_of(lexer, start, cursor, kind, op, true)
#define TOKEN(kind, op) return token_of(lexer, start, cursor, kind, op, false)
// A helper begins at lexer->cursor and moves it.
#define HELPED(call) lexer->cursor = cursor, call, cursor = lexer->cursor

static inline Token token_of(Lexer *lexer, const char *start, const char *end, uint8_t kind, uint8_t op, bool nlsemi) {
  lexer->cursor = end;
  lexer->nlsemi = nlsemi;
  return (Token){lexer->base + (Pos)(start - lexer->text), (uint32_t)(end - start), kind, op};
}

Token lexer_next(Lexer *lexer) {
  const char *cursor = lexer->cursor, *start, *marker; // what is in *lexer is of the token before until this one is complete
  uint8_t op;
again:
  start = cursor;
  /*!re2c
    re2c:define:YYCTYPE = "unsigned char";
    re2c:define:YYCURSOR = cursor;
    re2c:define:YYMARKER = marker;
    re2c:yyfill:enable = 0;

    digit   = [0-9];
    digits  = digit ("_"? digit)*;
    decimal = "0" | [1-9] ("_"? digits)?;
    octal   = "0" "_"? [0-7] ("_"? [0-7])*;
    hexs    = [0-9a-fA-F] ("_"? [0-9a-fA-F])*;
    hex     = "0" [xX] "_"? hexs;
    prefixed = "0" [oO] "_"? [0-7] ("_"? [0-7])* | "0" [bB] "_"? [01] ("_"? [01])*;
    exp     = [eE] [+-]? digits;
    float   = digits "." digits? exp? | digits exp | "." digits exp?;
    letter  = [a-zA-Z_];
    ident   = letter (letter | digit)*;
    wide    = [\x80-\xff];
    plain   = [^"\\\n\x00\x80-\xff];
    escape  = "\\" [abfnrtv\\];

    [ \t\r]+            { goto again; }
    "\n" [ \t\r\n]*     { if (!lexer->nlsemi) goto again;
                          cursor = start + 1; // the rest of the white space is for the next token
                          TOKEN(T_SEMI, SEMI_NEWLINE); }
    "\x00"              { if (start < lexer->limit) goto again; // reported by lexer_init
                          cursor = start;
                          if (lexer->nlsemi) TOKEN(T_SEMI, SEMI_EOF);
                          TOKEN(T_END, 0); }
    "//"                { HELPED(lex_line_comment(lexer, start)); goto again; }
    "/*"                { HELPED(op = lex_block_comment(lexer, start));
                          if (op && lexer->nlsemi) TOKEN(T_SEMI, SEMI_NEWLINE);
                          goto again; }

    "break"             { ENDS(T_BREAK, 0); }
    "case"              { TOKEN(T_CASE, 0); }
    "chan"              { TOKEN(T_CHAN, 0); }
    "const"             { TOKEN(T_CONST, 0); }
    "continue"          { ENDS(T_CONTINUE, 0); }
    "default"           { TOKEN(T_DEFAULT, 0); }
    "defer"             { TOKEN(T_DEFER, 0); }
    "else"              { TOKEN(T_ELSE, 0); }
    "fallthrough"       { ENDS(T_FALLTHROUGH, 0); }
    "for"               { TOKEN(T_FOR, 0); }
    "func"              { TOKEN(T_FUNC, 0); }
    "go"                { TOKEN(T_GO, 0); }
    "goto"              { TOKEN(T_GOTO, 0); }
    "if"                { TOKEN(T_IF, 0); }
    "import"            { TOKEN(T_IMPORT, 0); }
    "interface"         { TOKEN(T_INTERFACE, 0); }
    "map"               { TOKEN(T_MAP, 0); }
    "package"           { TOKEN(T_PACKAGE, 0); }
    "range"             { TOKEN(T_RANGE, 0); }
    "return"            { ENDS(T_RETURN, 0); }
    "select"            { TOKEN(T_SELECT, 0); }
    "struct"            { TOKEN(T_STRUCT, 0); }
    "switch"            { TOKEN(T_SWITCH, 0); }
    "type"              { TOKEN(T_TYPE, 0); }
    "var"               { TOKEN(T_VAR, 0); }
    ident               { ENDS(T_IDENT, 0); }
    ident wide | wide   { HELPED(op = lex_wide_identifier(lexer, start));
                          if (!op) goto again;
                          ENDS(T_IDENT, 0); }

    decimal | octal | hex | prefixed        { ENDS(T_LITERAL, LIT_INT); }
    float               { ENDS(T_LITERAL, LIT_FLOAT); }
    // More of a number than the rules above know: hexadecimal floats, imaginary ones, and the wrong ones.
    (decimal | octal | hex | prefixed | float | digits) [0-9a-zA-Z_.]  { HELPED(op = lex_number(lexer, start)); ENDS(T_LITERAL, op); }
    digits              { HELPED(op = lex_number(lexer, start)); ENDS(T_LITERAL, op); }

    ["] (plain | escape | "\\\"")* ["]      { ENDS(T_LITERAL, LIT_STRING); }
    ["]                 { HELPED(op = lex_string(lexer, start)); ENDS(T_LITERAL, op); }
    "`"                 { HELPED(op = lex_raw_string(lexer, start)); ENDS(T_LITERAL, op); }
    "'" ([^'\\\n\x00\x80-\xff] | escape | "\\'") "'"  { ENDS(T_LITERAL, LIT_RUNE); }
    "'"                 { HELPED(op = lex_rune(lexer, start)); ENDS(T_LITERAL, op); }

    "("                 { TOKEN(T_LPAREN, 0); }
    "["                 { TOKEN(T_LBRACK, 0); }
    "{"                 { TOKEN(T_LBRACE, 0); }
    ")"                 { ENDS(T_RPAREN, 0); }
    "]"                 { ENDS(T_RBRACK, 0); }
    "}"                 { ENDS(T_RBRACE, 0); }
    ","                 { TOKEN(T_COMMA, 0); }
    ";"                 { TOKEN(T_SEMI, SEMI_SEMICOLON); }
    ":"                 { TOKEN(T_COLON, 0); }
    "."                 { TOKEN(T_DOT, 0); }
    "..."               { TOKEN(T_ELLIPSIS, 0); }

    "="                 { TOKEN(T_ASSIGN, OPER_NONE); }
    ":="                { TOKEN(T_DEFINE, OPER_NONE); }
    "<-"                { TOKEN(T_ARROW, OPER_ARROW); }
    "*"                 { TOKEN(T_STAR, OPER_MUL); }
    "!"                 { TOKEN(T_NOT, OPER_NOT); }
    "~"                 { TOKEN(T_TILDE, OPER_TILDE); }
    "||"                { TOKEN(T_OROR, OPER_OR_OR); }
    "&&"                { TOKEN(T_ANDAND, OPER_AND_AND); }
    "=="                { TOKEN(T_CMP, OPER_EQL); }
    "!="                { TOKEN(T_CMP, OPER_NEQ); }
    "<"                 { TOKEN(T_CMP, OPER_LSS); }
    "<="                { TOKEN(T_CMP, OPER_LEQ); }
    ">"                 { TOKEN(T_CMP, OPER_GTR); }
    ">="                { TOKEN(T_CMP, OPER_GEQ); }
    "+"                 { TOKEN(T_ADD, OPER_ADD); }
    "-"                 { TOKEN(T_ADD, OPER_SUB); }
    "^"                 { TOKEN(T_ADD, OPER_XOR); }
    "|"                 { TOKEN(T_OR, OPER_OR); }
    "/"                 { TOKEN(T_MUL, OPER_QUO); }
    "%"                 { TOKEN(T_MUL, OPER_REM); }
    "<<"                { TOKEN(T_MUL, OPER_SHL); }
    ">>"                { TOKEN(T_MUL, OPER_SHR); }
    "&^"                { TOKEN(T_MUL, OPER_AND_NOT); }
    "&"                 { TOKEN(T_AMP, OPER_AND); }
    "++"                { ENDS(T_INCDEC, OPER_ADD); }
    "--"                { ENDS(T_INCDEC, OPER_SUB); }
    "+="                { TOKEN(T_ASSIGNOP, OPER_ADD); }
    "-="                { TOKEN(T_ASSIGNOP, OPER_SUB); }
    "*="                { TOKEN(T_ASSIGNOP, OPER_MUL); }
    "/="                { TOKEN(T_ASSIGNOP, OPER_QUO); }
    "%="                { TOKEN(T_ASSIGNOP, OPER_REM); }
    "&="                { TOKEN(T_ASSIGNOP, OPER_AND); }
    "|="                { TOKEN(T_ASSIGNOP, OPER_OR); }
    "^="                { TOKEN(T_ASSIGNOP, OPER_XOR); }
    "<<="               { TOKEN(T_ASSIGNOP, OPER_SHL); }
    ">>="               { TOKEN(T_ASSIGNOP, OPER_SHR); }
    "&^="               { TOKEN(T_ASSIGNOP, OPER_AND_NOT); }

    *                   { HELPED(lex_stray(lexer, start)); goto again; }
  */
}
