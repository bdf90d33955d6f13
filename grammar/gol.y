// Go's grammar (1.23) and script mode, LALR(1) without conflicts. The lexer is gol.re, the actions are src/syntax/build.c.
//
// How the hard places are solved:
//  * A composite literal `T{...}` may not stand bare in the header of if, for and switch: the non-terminals ending in N
//    ("no composite") are the same expressions without it. Brackets of any kind and function bodies lead back to the
//    full ones.
//  * Types and expressions overlap. Names, *X, (X) and X[Y] in an expression are expressions; a type that begins with
//    `[` or a keyword is an operand wherever an expression may stand. The checker says what each one is.
//  * Where a name and a type may both come (parameters, fields, type parameters) the grammar takes flat entries, and the
//    action groups and checks them.
//  * Type variants by what they may not begin with: typeNL no `[`, typeNA no `<-`, typeNP no `(`, typeNI no name,
//    typeNX only what cannot continue an expression.
//  * The grammar accepts a little more than Go and the action complains in gc's words.
// lemon's own error handling is never used. A text without mistakes is parsed straight through; at the first mistake
// parse.c starts again and asks before each token whether it can be taken (parser_accepts), so that the stack is still
// whole when recover.c makes its message.

%name gol_parser_
%token_prefix T_
%token_type {Token}
%default_type {Node*}
%extra_context {Parser *p}
%stack_size 0
%start_symbol start

%include {
// Made by lemon from gol.y.
#include "syntax/build.h"
#include "syntax/parser.h"
#include "syntax/tokens.h"

#include <stdlib.h>
#include <string.h>

#define YYNOERRORRECOVERY    1
#define YYPARSEFREENEVERNULL 1
#undef NDEBUG
#define NDEBUG 1 // lemon's own tracing and assertions

// Two reductions for each token: the call would cost more than most of them do. So those who call it contain it.
static inline void gol_parser_(void *machine, int kind, Token token);
uint32_t parser_feed(void *machine, Token token) __attribute__((flatten));
bool parser_feed_all(Parser *p, bool next(Parser *p)) __attribute__((flatten));
}
%syntax_error { p->rejected = true; }
%stack_overflow { p->failed = true; }

// The tokens in the order of their codes; recover.c relies on keywords being together.
%token IDENT LITERAL.
%token ASSIGNOP INCDEC ASSIGN DEFINE ARROW STAR OROR ANDAND CMP ADD OR MUL AMP NOT TILDE.
%token LPAREN LBRACK LBRACE RPAREN RBRACK RBRACE COMMA SEMI COLON DOT ELLIPSIS.
%token BREAK CASE CHAN CONST CONTINUE DEFAULT DEFER ELSE FALLTHROUGH FOR FUNC GO GOTO IF IMPORT INTERFACE MAP PACKAGE
  RANGE RETURN SELECT STRUCT SWITCH TYPE VAR.
%token HEAD BODY. // what a function declaration begins with and its body, where their tokens are left out (parse.c)

// LOW marks the reductions that give way to a shift: a result type, a literal's brace, a type's dot and brackets are
// taken greedily, as gc does.
%nonassoc LOW.
%left OROR.
%left ANDAND.
%left CMP.
%left ADD OR.
%left STAR MUL AMP.
%nonassoc UNARY.
%nonassoc LPAREN LBRACK LBRACE DOT ARROW.

// --- files

start ::= package.
start ::= script.

// SourceFile = PackageClause ";" { ImportDecl ";" } { TopLevelDecl ";" } .
package ::= package_clause topdecls.
package_clause ::= PACKAGE IDENT(A) SEMI.                  { build_package(p, A); }
topdecls ::= .
topdecls ::= topdecls topdecl(A) SEMI.                     { build_top(p, A); }
topdecl(A) ::= decl(A).
topdecl(A) ::= funcdecl(A).
topdecl(A) ::= importdecl(A).

// A script is a list of statements, functions and imports.
script ::= items.
items ::= .
items ::= items SEMI.
items ::= items item(A) SEMI.                              { build_top(p, A); }
item(A) ::= stmt(A).
item(A) ::= funcdecl(A).
item(A) ::= importdecl(A).

// --- declarations

%type importspecs {NodeList}
%type import {Token}
import(A) ::= IMPORT(K).                                   { A = K; check_import_order(p, K); }
importdecl(A) ::= import(K) importspec(B).                 { A = build_decl(p, K, list_one(p, B), B->end); }
importdecl(A) ::= import(K) LPAREN RPAREN(R).              { A = build_decl(p, K, LIST_EMPTY, token_end(R)); }
importdecl(A) ::= import(K) LPAREN importspecs(B) osemi RPAREN(R). { A = build_decl(p, K, B, token_end(R)); }
importspecs(A) ::= importspec(B).                          { A = list_one(p, B); }
importspecs(A) ::= importspecs(B) SEMI importspec(C).      { A = list_add(p, B, C); }
importspec(A) ::= LITERAL(C).                              { A = build_import(p, NULL, C); }
importspec(A) ::= IDENT(B) LITERAL(C).                     { A = build_import(p, build_ident(p, B), C); }
importspec(A) ::= DOT(B) LITERAL(C).                       { A = build_import(p, build_ident(p, B), C); }

decl(A) ::= CONST(K) constspec(B).                         { A = build_const_decl(p, K, list_one(p, B), B->end); }
decl(A) ::= CONST(K) LPAREN RPAREN(R).                     { A = build_decl(p, K, LIST_EMPTY, token_end(R)); }
decl(A) ::= CONST(K) LPAREN constspecs(B) osemi RPAREN(R). { A = build_const_decl(p, K, B, token_end(R)); }
decl(A) ::= TYPE(K) typespec(B).                           { A = build_decl(p, K, list_one(p, B), B->end); }
decl(A) ::= TYPE(K) LPAREN RPAREN(R).                      { A = build_decl(p, K, LIST_EMPTY, token_end(R)); }
decl(A) ::= TYPE(K) LPAREN typespecs(B) osemi RPAREN(R).   { A = build_decl(p, K, B, token_end(R)); }
decl(A) ::= VAR(K) varspec(B).                             { A = build_decl(p, K, list_one(p, B), B->end); }
decl(A) ::= VAR(K) LPAREN RPAREN(R).                       { A = build_decl(p, K, LIST_EMPTY, token_end(R)); }
decl(A) ::= VAR(K) LPAREN varspecs(B) osemi RPAREN(R).     { A = build_decl(p, K, B, token_end(R)); }

%type constspecs {NodeList}
%type typespecs {NodeList}
%type varspecs {NodeList}
%type idents {NodeList}
constspecs(A) ::= constspec(B).                            { A = list_one(p, B); }
constspecs(A) ::= constspecs(B) SEMI constspec(C).         { A = list_add(p, B, C); }
typespecs(A) ::= typespec(B).                              { A = list_one(p, B); }
typespecs(A) ::= typespecs(B) SEMI typespec(C).            { A = list_add(p, B, C); }
varspecs(A) ::= varspec(B).                                { A = list_one(p, B); }
varspecs(A) ::= varspecs(B) SEMI varspec(C).               { A = list_add(p, B, C); }

idents(A) ::= IDENT(B).                                    { A = list_one(p, build_ident(p, B)); }
idents(A) ::= idents(B) COMMA IDENT(C).                    { A = list_add(p, B, build_ident(p, C)); }

// ConstSpec = IdentifierList [ [ Type ] "=" ExpressionList ] .   (the checker wants the values)
constspec(A) ::= idents(B).                                { A = build_const(p, B, NULL, LIST_EMPTY); }
constspec(A) ::= idents(B) type(C).                        { A = build_const(p, B, C, LIST_EMPTY); }
constspec(A) ::= idents(B) ASSIGN exprs(D).                { A = build_const(p, B, NULL, D); }
constspec(A) ::= idents(B) type(C) ASSIGN exprs(D).        { A = build_const(p, B, C, D); }

// VarSpec = IdentifierList ( Type [ "=" ExpressionList ] | "=" ExpressionList ) .
varspec(A) ::= idents(B) type(C).                          { A = build_var(p, B, C, LIST_EMPTY); }
varspec(A) ::= idents(B) ASSIGN exprs(D).                  { A = build_var(p, B, NULL, D); }
varspec(A) ::= idents(B) type(C) ASSIGN exprs(D).          { A = build_var(p, B, C, D); }

// TypeSpec = identifier [ TypeParameters ] [ "=" ] Type .
// `T [x]E` is an array or a generic type: x is parsed as an expression, and build_type_spec splits `P *C` and `P(C)`.
typespec(A) ::= IDENT(N) typeNL(T).                        { A = build_type(p, N, LIST_EMPTY, T); }
typespec(A) ::= IDENT(N) ASSIGN type(T).                   { A = build_alias(p, N, LIST_EMPTY, T); }
typespec(A) ::= IDENT(N) LBRACK(L) RBRACK type(T).         { A = build_type(p, N, LIST_EMPTY, build_slice_type(p, L, T)); }
typespec(A) ::= IDENT(N) LBRACK(L) ELLIPSIS RBRACK type(T). { A = build_type(p, N, LIST_EMPTY, build_array_type(p, L, NULL, T)); }
typespec(A) ::= IDENT(N) LBRACK(L) expr(X) ocomma(C) RBRACK(R) type(T). { A = build_array_or_generic(p, N, L, X, C, R, NO_TOKEN, T); }
typespec(A) ::= IDENT(N) LBRACK(L) expr(X) ocomma(C) RBRACK(R) ASSIGN(E) type(T). { A = build_array_or_generic(p, N, L, X, C, R, E, T); }
typespec(A) ::= IDENT(N) LBRACK tplist1(P) ocomma RBRACK(R) type(T). { A = build_type(p, N, group_tparams(p, P, R), T); }
typespec(A) ::= IDENT(N) LBRACK tplist1(P) ocomma RBRACK(R) ASSIGN type(T). { A = build_alias(p, N, group_tparams(p, P, R), T); }

// Type parameters of a type, when the first cannot be an array length.
%type tplist1 {NodeList}
tplist1(A) ::= tpfirst(B).                                 { A = list_one(p, B); }
tplist1(A) ::= expr(B) COMMA(D) tparam(C).                 { A = list_add(p, list_one(p, build_split_tparam(p, B, D)), C); }
tplist1(A) ::= tplist1(B) COMMA tparam(C).                 { A = list_add(p, B, C); }
tpfirst(A) ::= IDENT(N) constraintNX(C).                   { A = build_field(p, N, C); }
tpfirst(A) ::= IDENT(N) ELLIPSIS(D) type(T).               { A = build_field(p, N, build_ellipsis(p, D, T)); } // refused later
tpfirst(A) ::= nameindex(A).

// TypeParameters = "[" TypeParamDecl { "," TypeParamDecl } [ "," ] "]" .
%type tparams {NodeList}
%type tplist {NodeList}
tparams(A) ::= LBRACK RBRACK(R).                           { A = LIST_EMPTY; complain(p, R, "syntax error: empty type parameter list"); }
tparams(A) ::= LBRACK tplist(B) ocomma RBRACK(R).          { A = group_tparams(p, B, R); }
tplist(A) ::= tparam(B).                                   { A = list_one(p, B); }
tplist(A) ::= tplist(B) COMMA tparam(C).                   { A = list_add(p, B, C); }
tparam(A) ::= IDENT(N).                                    { A = build_field(p, N, NULL); }
tparam(A) ::= IDENT(N) constraintNL(C).                    { A = build_field(p, N, C); }
tparam(A) ::= IDENT(N) OR(O) constraint(C).                { A = build_field(p, NO_TOKEN, build_union(p, build_ident(p, N), O, C)); }
tparam(A) ::= qualified(B).                                { A = build_field(p, NO_TOKEN, B); }
tparam(A) ::= qualified(B) OR(O) constraint(C).            { A = build_field(p, NO_TOKEN, build_union(p, B, O, C)); }
tparam(A) ::= IDENT(N) ELLIPSIS(D) type(T).                { A = build_field(p, N, build_ellipsis(p, D, T)); }
tparam(A) ::= ELLIPSIS(D) type(T).                         { A = build_field(p, NO_TOKEN, build_ellipsis(p, D, T)); }
tparam(A) ::= nameindex(A).
tparam(A) ::= constraintNI(C).                             { A = build_field(p, NO_TOKEN, C); }
// A name and brackets: `P []E`, `P [N]E`, or the type T[A, B] alone; a union may follow.
nameindex(A) ::= nameindex1(A).
nameindex(A) ::= nameindex1(B) OR(O) constraint(C).        { A = build_field_union(p, B, O, C); }
nameindex1(A) ::= IDENT(N) LBRACK(L) RBRACK type(T).       { A = build_field(p, N, build_slice_type(p, L, T)); }
nameindex1(A) ::= IDENT(N) LBRACK(L) expr(X) RBRACK type(T). { A = build_field(p, N, build_array_type(p, L, X, T)); }
nameindex1(A) ::= IDENT(N) typeargsX(B).                   { A = build_field(p, NO_TOKEN, build_on(p, build_ident(p, N), B)); }

// Constraint = TypeElem; a union of types and ~types.
constraint(A) ::= cterm(A).
constraint(A) ::= constraint(B) OR(O) cterm(C).            { A = build_binary(p, B, O, C); }
constraintNL(A) ::= typeNL(A).
constraintNL(A) ::= TILDE(O) type(B).                      { A = build_unary(p, O, B); }
constraintNL(A) ::= constraintNL(B) OR(O) cterm(C).        { A = build_binary(p, B, O, C); }
constraintNI(A) ::= typeNI(A).
constraintNI(A) ::= TILDE(O) type(B).                      { A = build_unary(p, O, B); }
constraintNI(A) ::= constraintNI(B) OR(O) cterm(C).        { A = build_binary(p, B, O, C); }
constraintNX(A) ::= typeNX(A).
constraintNX(A) ::= TILDE(O) type(B).                      { A = build_unary(p, O, B); }
constraintNX(A) ::= constraintNX(B) OR(O) cterm(C).        { A = build_binary(p, B, O, C); }
cterm(A) ::= type(A).
cterm(A) ::= TILDE(O) type(B).                             { A = build_unary(p, O, B); }

// FunctionDecl = "func" FunctionName [ TypeParameters ] Signature [ FunctionBody ] .   MethodDecl has a receiver.
funcdecl(A) ::= funchead(A).
funcdecl(A) ::= funchead(B) block(C).                      { A = build_func_body(p, B, C); }
funcdecl(A) ::= funchead(B) BODY(C).                       { A = build_unread_body(p, B, C); }
funchead(A) ::= HEAD(B).                                   { A = build_unread_head(p, B); }
funchead(A) ::= FUNC(K) IDENT(N) signature(S).             { A = build_func(p, K, NULL, N, LIST_EMPTY, S); }
funchead(A) ::= FUNC(K) IDENT(N) tparams(T) signature(S).  { A = build_func(p, K, NULL, N, T, S); }
funchead(A) ::= FUNC(K) params(R) IDENT(N) signature(S).   { A = build_func(p, K, R, N, LIST_EMPTY, S); }

// Signature = Parameters [ Result ] .   Result = Parameters | Type .
signature(A) ::= params(A). [LOW]
signature(A) ::= params(B) params(C).                      { A = build_results(p, B, C); }
signature(A) ::= params(B) typeNP(C).                      { A = build_result(p, B, C); }

// Parameters = "(" [ ParameterList [ "," ] ] ")" .   Flat entries; group_params sorts out names and types.
%type plist {NodeList}
params(A) ::= LPAREN(L) RPAREN(R).                         { A = build_params(p, L, LIST_EMPTY, R); }
params(A) ::= LPAREN(L) plist(B) ocomma RPAREN(R).         { A = build_params(p, L, B, R); }
plist(A) ::= param(B).                                     { A = list_one(p, B); }
plist(A) ::= plist(B) COMMA param(C).                      { A = list_add(p, B, C); }
param(A) ::= IDENT(N).                                     { A = build_field(p, N, NULL); }
param(A) ::= IDENT(N) typeNL(T).                           { A = build_field(p, N, T); }
param(A) ::= IDENT(N) ELLIPSIS(D) type(T).                 { A = build_field(p, N, build_ellipsis(p, D, T)); }
param(A) ::= ELLIPSIS(D) type(T).                          { A = build_field(p, NO_TOKEN, build_ellipsis(p, D, T)); }
param(A) ::= qualified(T).                                 { A = build_field(p, NO_TOKEN, T); }
param(A) ::= typeNI(T).                                    { A = build_field(p, NO_TOKEN, T); }
param(A) ::= nameindex1(A).

// --- types

type(A) ::= typename(A).
type(A) ::= typeNI(A).
typeNI(A) ::= partype(A).
typeNI(A) ::= ptrtype(A).
typeNI(A) ::= arraytype(A).
typeNI(A) ::= recvtype(A).
typeNI(A) ::= keytype(A).
typeNL(A) ::= typename(A).
typeNL(A) ::= partype(A).
typeNL(A) ::= ptrtype(A).
typeNL(A) ::= recvtype(A).
typeNL(A) ::= keytype(A).
typeNA(A) ::= typename(A).
typeNA(A) ::= partype(A).
typeNA(A) ::= ptrtype(A).
typeNA(A) ::= arraytype(A).
typeNA(A) ::= keytype(A).
typeNP(A) ::= typename(A).
typeNP(A) ::= ptrtype(A).
typeNP(A) ::= arraytype(A).
typeNP(A) ::= recvtype(A).
typeNP(A) ::= keytype(A).
typeNX(A) ::= typename(A).
typeNX(A) ::= recvtype(A).
typeNX(A) ::= keytype(A).

typename(A) ::= IDENT(B). [LOW]                            { A = build_operand_name(p, B); }
typename(A) ::= IDENT(B) typeargs(C).                      { A = build_on(p, build_ident(p, B), C); }
typename(A) ::= qualified(A).
qualified(A) ::= IDENT(B) DOT(D) IDENT(C). [LOW]           { A = build_selector(p, build_ident(p, B), D, C); }
qualified(A) ::= IDENT(B) DOT(D) IDENT(C) typeargs(E).     { A = build_on(p, build_selector(p, build_ident(p, B), D, C), E); }
// TypeArgs = "[" TypeList [ "," ] "]" .   typeargsX takes an expression first: T[x] may be an array's beginning.
%type typelist {NodeList}
typeargs(A) ::= LBRACK(L) typelist(B) ocomma RBRACK(R).    { A = build_index(p, L, B, R); }
typelist(A) ::= type(B).                                   { A = list_one(p, B); }
typelist(A) ::= typelist(B) COMMA type(C).                 { A = list_add(p, B, C); }
%type exprtypes {NodeList}
typeargsX(A) ::= LBRACK(L) expr(B) RBRACK(R).              { A = build_index(p, L, list_one(p, B), R); }
typeargsX(A) ::= LBRACK(L) expr(B) COMMA RBRACK(R).        { A = build_index(p, L, list_one(p, B), R); }
typeargsX(A) ::= LBRACK(L) exprtypes(B) ocomma RBRACK(R).  { A = build_index(p, L, B, R); }
exprtypes(A) ::= expr(B) COMMA type(C).                    { A = list_add(p, list_one(p, B), C); }
exprtypes(A) ::= exprtypes(B) COMMA type(C).               { A = list_add(p, B, C); }

partype(A) ::= LPAREN(L) type(B) RPAREN(R).                { A = build_paren(p, L, B, R); }
ptrtype(A) ::= STAR(O) type(B).                            { A = build_star(p, O, B); }
recvtype(A) ::= ARROW(O) CHAN type(B).                     { A = build_chan(p, O, CHAN_RECV, B); }
arraytype(A) ::= LBRACK(L) RBRACK type(B).                 { A = build_slice_type(p, L, B); }
arraytype(A) ::= LBRACK(L) ELLIPSIS RBRACK type(B).        { A = build_array_type(p, L, NULL, B); }
arraytype(A) ::= LBRACK(L) expr(X) RBRACK type(B).         { A = build_array_type(p, L, X, B); }
keytype(A) ::= maptype(A).
keytype(A) ::= structtype(A).
keytype(A) ::= chantype(A).
keytype(A) ::= interfacetype(A).
keytype(A) ::= functype(A). [LOW]
maptype(A) ::= MAP(K) LBRACK type(B) RBRACK type(C).       { A = build_map(p, K, B, C); }
chantype(A) ::= CHAN(K) typeNA(B).                         { A = build_chan(p, K, CHAN_BOTH, B); }
chantype(A) ::= CHAN(K) ARROW type(B).                     { A = build_chan(p, K, CHAN_SEND, B); }
functype(A) ::= FUNC(K) signature(B).                      { A = build_func_type(p, K, B); }

// StructType = "struct" "{" { FieldDecl ";" } "}" .
%type fields {NodeList}
%type field {NodeList}
%type otag {Token}
structtype(A) ::= STRUCT(K) LBRACE RBRACE(R).              { A = build_struct(p, K, LIST_EMPTY, R); }
structtype(A) ::= STRUCT(K) LBRACE fields(B) osemi RBRACE(R). { A = build_struct(p, K, B, R); }
fields(A) ::= field(A).
fields(A) ::= fields(B) SEMI field(C).                     { A = list_concat(p, B, C); }
field(A) ::= IDENT(N) otag(G).                             { A = build_embedded(p, build_ident(p, N), G); }
field(A) ::= qualified(T) otag(G).                         { A = build_embedded(p, T, G); }
field(A) ::= STAR(O) typename(T) otag(G).                  { A = build_embedded(p, build_star(p, O, T), G); }
field(A) ::= STAR(O) badparen typename(T) RPAREN otag(G).  { A = build_embedded(p, build_star(p, O, T), G); }
field(A) ::= badparen typename(T) RPAREN otag(G).          { A = build_embedded(p, T, G); }
field(A) ::= badparen STAR(O) typename(T) RPAREN otag(G).  { A = build_embedded(p, build_star(p, O, T), G); }
field(A) ::= nameindex1(B) otag(G).                        { A = build_index_field(p, B, G); }
field(A) ::= IDENT(N) typeNL(T) otag(G).                   { A = build_fields(p, list_one(p, build_ident(p, N)), T, G); }
field(A) ::= IDENT(N) COMMA idents(B) type(T) otag(G).     { A = build_fields(p, list_concat(p, list_one(p, build_ident(p, N)), B), T, G); }
badparen ::= LPAREN(L).                                    { complain(p, L, "syntax error: cannot parenthesize embedded type"); }
otag(A) ::= .                                              { A = NO_TOKEN; }
otag(A) ::= LITERAL(A).

// InterfaceType = "interface" "{" { InterfaceElem ";" } "}" .
%type elems {NodeList}
interfacetype(A) ::= INTERFACE(K) LBRACE RBRACE(R).        { A = build_interface(p, K, LIST_EMPTY, R); }
interfacetype(A) ::= INTERFACE(K) LBRACE elems(B) osemi RBRACE(R). { A = build_interface(p, K, B, R); }
elems(A) ::= elem(B).                                      { A = list_one(p, B); }
elems(A) ::= elems(B) SEMI elem(C).                        { A = list_add(p, B, C); }
elem(A) ::= union(B).                                      { A = build_field(p, NO_TOKEN, B); }
elem(A) ::= IDENT(N) signature(S).                         { A = build_field(p, N, S); }
elem(A) ::= IDENT(N) LBRACK(L) plist(B) ocomma RBRACK signature(S). { A = build_generic_method(p, N, L, B, S); }
elem(A) ::= IDENT(N) LBRACK RBRACK(R) signature(S).        { A = build_field(p, N, S); complain(p, R, "empty type parameter list"); }
elem(A) ::= IDENT(N) LBRACK RBRACK(R).                     { A = build_field(p, NO_TOKEN, build_ident(p, N)); complain(p, R, "empty type argument list"); }
union(A) ::= IDENT(N).                                     { A = build_ident(p, N); }
union(A) ::= qualified(A).
union(A) ::= IDENT(N) LBRACK(L) plist(B) ocomma RBRACK(R). { A = build_on(p, build_ident(p, N), build_index(p, L, params_to_types(p, L, B), R)); }
union(A) ::= typeNI(A).
union(A) ::= TILDE(O) type(B).                             { A = build_unary(p, O, B); }
union(A) ::= union(B) OR(O) cterm(C).                      { A = build_binary(p, B, O, C); }

// --- expressions

expr(A) ::= expr(B) OROR(O) expr(C).                       { A = build_binary(p, B, O, C); }
expr(A) ::= expr(B) ANDAND(O) expr(C).                     { A = build_binary(p, B, O, C); }
expr(A) ::= expr(B) CMP(O) expr(C).                        { A = build_binary(p, B, O, C); }
expr(A) ::= expr(B) ADD(O) expr(C).                        { A = build_binary(p, B, O, C); }
expr(A) ::= expr(B) OR(O) expr(C).                         { A = build_binary(p, B, O, C); }
expr(A) ::= expr(B) STAR(O) expr(C).                       { A = build_binary(p, B, O, C); }
expr(A) ::= expr(B) MUL(O) expr(C).                        { A = build_binary(p, B, O, C); }
expr(A) ::= expr(B) AMP(O) expr(C).                        { A = build_binary(p, B, O, C); }
expr(A) ::= prim(A).
expr(A) ::= ADD(O) expr(B). [UNARY]                        { A = build_unary(p, O, B); }
expr(A) ::= NOT(O) expr(B). [UNARY]                        { A = build_unary(p, O, B); }
expr(A) ::= TILDE(O) expr(B). [UNARY]                      { A = build_unary(p, O, B); }
expr(A) ::= AMP(O) expr(B). [UNARY]                        { A = build_unary(p, O, B); }
expr(A) ::= STAR(O) expr(B). [UNARY]                       { A = build_star(p, O, B); }
expr(A) ::= ARROW(O) expr(B). [UNARY]                      { A = build_receive(p, O, B); }

// PrimaryExpr. What may name the type of a composite literal gives way to its brace.
prim(A) ::= IDENT(B). [LOW]                                { A = build_operand_name(p, B); }
prim(A) ::= prim(B) DOT(D) IDENT(C). [LOW]                 { A = build_selector(p, B, D, C); }
prim(A) ::= prim(B) index(C). [LOW]                        { A = build_on(p, B, C); }
prim(A) ::= IDENT(B) litvalue(C).                          { A = build_on(p, build_operand_name(p, B), C); }
prim(A) ::= prim(B) DOT(D) IDENT(C) litvalue(E).           { A = build_on(p, build_selector(p, B, D, C), E); }
prim(A) ::= prim(B) index(C) litvalue(E).                  { A = build_on(p, build_on(p, B, C), E); }
prim(A) ::= operand(A).
prim(A) ::= prim(B) slice(C).                              { A = build_on(p, B, C); }
prim(A) ::= prim(B) args(C).                               { A = build_on(p, B, C); }
prim(A) ::= prim(B) DOT(D) LPAREN type(C) RPAREN(R).       { A = build_assert(p, B, D, C, R); }
prim(A) ::= prim(B) DOT(D) LPAREN TYPE RPAREN(R).          { A = build_assert(p, B, D, NULL, R); }
prim(A) ::= paren(B) litvalue(C).                          { A = build_paren_composite(p, B, C); }
prim(A) ::= paren(A).

paren(A) ::= LPAREN(L) expr(B) RPAREN(R).                  { A = build_paren(p, L, B, R); }

// Operands that are the same with and without composite literals.
operand(A) ::= LITERAL(B).                                 { A = build_literal(p, B); }
operand(A) ::= littype(A). [LOW]
operand(A) ::= littype(B) litvalue(C).                     { A = build_on(p, B, C); }
operand(A) ::= chantype(A). [LOW]
operand(A) ::= interfacetype(A).
operand(A) ::= functype(A). [LOW]
operand(A) ::= functype(B) block(C).                       { A = build_func_lit(p, B, C); }
littype(A) ::= arraytype(A).
littype(A) ::= maptype(A).
littype(A) ::= structtype(A).

// Arguments = "(" [ ( ExpressionList | Type [ "," ExpressionList ] ) [ "..." ] [ "," ] ] ")" .
args(A) ::= LPAREN(L) RPAREN(R).                           { A = build_call(p, L, LIST_EMPTY, NO_TOKEN, R); }
args(A) ::= LPAREN(L) exprs(B) ocomma RPAREN(R).           { A = build_call(p, L, B, NO_TOKEN, R); }
args(A) ::= LPAREN(L) exprs(B) ELLIPSIS(D) ocomma RPAREN(R). { A = build_call(p, L, B, D, R); }

index(A) ::= typeargsX(A).
slice(A) ::= LBRACK(L) oexpr(B) COLON oexpr(C) RBRACK(R).  { A = build_slice(p, L, B, C, R); }
slice(A) ::= LBRACK(L) oexpr(B) COLON oexpr(C) COLON(D) oexpr(E) RBRACK(R). { A = build_slice3(p, L, B, C, D, E, R); }
oexpr(A) ::= .                                             { A = NULL; }
oexpr(A) ::= expr(A).

// LiteralValue = "{" [ ElementList [ "," ] ] "}" .
%type elements {NodeList}
litvalue(A) ::= LBRACE(L) RBRACE(R).                       { A = build_composite(p, L, LIST_EMPTY, R); }
litvalue(A) ::= LBRACE(L) elements(B) ocomma RBRACE(R).    { A = build_composite(p, L, B, R); }
elements(A) ::= element(B).                                { A = list_one(p, B); }
elements(A) ::= elements(B) COMMA element(C).              { A = list_add(p, B, C); }
element(A) ::= evalue(A).
element(A) ::= evalue(B) COLON(D) evalue(C).               { A = build_key_value(p, B, D, C); }
evalue(A) ::= expr(A).
evalue(A) ::= litvalue(A).

%type exprs {NodeList}
exprs(A) ::= expr(B).                                      { A = list_one(p, B); }
exprs(A) ::= exprs(B) COMMA expr(C).                       { A = list_add(p, B, C); }

// The same without bare composite literals.
exprN(A) ::= exprN(B) OROR(O) exprN(C).                    { A = build_binary(p, B, O, C); }
exprN(A) ::= exprN(B) ANDAND(O) exprN(C).                  { A = build_binary(p, B, O, C); }
exprN(A) ::= exprN(B) CMP(O) exprN(C).                     { A = build_binary(p, B, O, C); }
exprN(A) ::= exprN(B) ADD(O) exprN(C).                     { A = build_binary(p, B, O, C); }
exprN(A) ::= exprN(B) OR(O) exprN(C).                      { A = build_binary(p, B, O, C); }
exprN(A) ::= exprN(B) STAR(O) exprN(C).                    { A = build_binary(p, B, O, C); }
exprN(A) ::= exprN(B) MUL(O) exprN(C).                     { A = build_binary(p, B, O, C); }
exprN(A) ::= exprN(B) AMP(O) exprN(C).                     { A = build_binary(p, B, O, C); }
exprN(A) ::= primN(A).
exprN(A) ::= ADD(O) exprN(B). [UNARY]                      { A = build_unary(p, O, B); }
exprN(A) ::= NOT(O) exprN(B). [UNARY]                      { A = build_unary(p, O, B); }
exprN(A) ::= TILDE(O) exprN(B). [UNARY]                    { A = build_unary(p, O, B); }
exprN(A) ::= AMP(O) exprN(B). [UNARY]                      { A = build_unary(p, O, B); }
exprN(A) ::= STAR(O) exprN(B). [UNARY]                     { A = build_star(p, O, B); }
exprN(A) ::= ARROW(O) exprN(B). [UNARY]                    { A = build_receive(p, O, B); }
primN(A) ::= IDENT(B).                                     { A = build_operand_name(p, B); }
primN(A) ::= operand(A).
primN(A) ::= paren(A).
primN(A) ::= primN(B) DOT(D) IDENT(C).                     { A = build_selector(p, B, D, C); }
primN(A) ::= primN(B) index(C).                            { A = build_on(p, B, C); }
primN(A) ::= primN(B) slice(C).                            { A = build_on(p, B, C); }
primN(A) ::= primN(B) args(C).                             { A = build_on(p, B, C); }
primN(A) ::= primN(B) DOT(D) LPAREN type(C) RPAREN(R).     { A = build_assert(p, B, D, C, R); }
primN(A) ::= primN(B) DOT(D) LPAREN TYPE RPAREN(R).        { A = build_assert(p, B, D, NULL, R); }
%type exprsN {NodeList}
exprsN(A) ::= exprN(B).                                    { A = list_one(p, B); }
exprsN(A) ::= exprsN(B) COMMA exprN(C).                    { A = list_add(p, B, C); }

// --- statements

// StatementList = { Statement ";" } .   The semicolon is optional before "}".
%type stmts {NodeList}
block(A) ::= LBRACE(L) stmts(B) RBRACE(R).                 { A = build_block(p, L, B, R); }
block(A) ::= LBRACE(L) stmts(B) stmt(C) RBRACE(R).         { A = build_block(p, L, list_add(p, B, C), R); }
stmts(A) ::= .                                             { A = LIST_EMPTY; }
stmts(A) ::= stmts(B) SEMI.                                { A = B; }
stmts(A) ::= stmts(B) stmt(C) SEMI.                        { A = list_add(p, B, C); }

stmt(A) ::= simple(A).
stmt(A) ::= decl(A).
stmt(A) ::= block(A).
stmt(A) ::= ifstmt(A).
stmt(A) ::= IDENT(N) COLON(D).                             { A = build_labeled(p, N, D, NULL); }
stmt(A) ::= IDENT(N) COLON(D) stmt(B).                     { A = build_labeled(p, N, D, B); }
stmt(A) ::= GO(K) prim(B).                                 { A = build_go(p, K, B); }
stmt(A) ::= DEFER(K) prim(B).                              { A = build_defer(p, K, B); }
stmt(A) ::= RETURN(K).                                     { A = build_return(p, K, LIST_EMPTY); }
stmt(A) ::= RETURN(K) exprs(B).                            { A = build_return(p, K, B); }
stmt(A) ::= BREAK(K).                                      { A = build_branch(p, BRANCH_BREAK, K, NO_TOKEN); }
stmt(A) ::= BREAK(K) IDENT(N).                             { A = build_branch(p, BRANCH_BREAK, K, N); }
stmt(A) ::= CONTINUE(K).                                   { A = build_branch(p, BRANCH_CONTINUE, K, NO_TOKEN); }
stmt(A) ::= CONTINUE(K) IDENT(N).                          { A = build_branch(p, BRANCH_CONTINUE, K, N); }
stmt(A) ::= GOTO(K) IDENT(N).                              { A = build_branch(p, BRANCH_GOTO, K, N); }
stmt(A) ::= FALLTHROUGH(K).                                { A = build_branch(p, BRANCH_FALLTHROUGH, K, NO_TOKEN); }

// SimpleStmt = ExpressionStmt | SendStmt | IncDecStmt | Assignment | ShortVarDecl .
simple(A) ::= expr(B).                                     { A = build_expr_stmt(p, B); }
simple(A) ::= expr(B) INCDEC(O).                           { A = build_incdec(p, B, O); }
simple(A) ::= expr(B) ASSIGNOP(O) expr(C).                 { A = build_op_assign(p, B, O, C); }
simple(A) ::= expr(B) ARROW(O) expr(C).                    { A = build_send(p, B, O, C); }
simple(A) ::= exprs(B) ASSIGN(O) exprs(C).                 { A = build_assign(p, B, O, C); }
simple(A) ::= exprs(B) DEFINE(O) exprs(C).                 { A = build_define(p, B, O, C); }
simpleN(A) ::= exprN(B).                                   { A = build_expr_stmt(p, B); }
simpleN(A) ::= exprN(B) INCDEC(O).                         { A = build_incdec(p, B, O); }
simpleN(A) ::= exprN(B) ASSIGNOP(O) exprN(C).              { A = build_op_assign(p, B, O, C); }
simpleN(A) ::= exprN(B) ARROW(O) exprN(C).                 { A = build_send(p, B, O, C); }
simpleN(A) ::= exprsN(B) ASSIGN(O) exprsN(C).              { A = build_assign(p, B, O, C); }
simpleN(A) ::= exprsN(B) DEFINE(O) exprsN(C).              { A = build_define(p, B, O, C); }
osimpleN(A) ::= .                                          { A = NULL; }
osimpleN(A) ::= simpleN(A).

// IfStmt = "if" [ SimpleStmt ";" ] Expression Block [ "else" ( IfStmt | Block ) ] .
%type header {Header}
%type ifheader {Header}
ifstmt(A) ::= IF(K) ifheader(H) block(B).                  { A = build_if(p, K, H, B, NULL); }
ifstmt(A) ::= IF(K) ifheader(H) block(B) ELSE ifstmt(C).   { A = build_if(p, K, H, B, C); }
ifstmt(A) ::= IF(K) ifheader(H) block(B) ELSE block(C).    { A = build_if(p, K, H, B, C); }
ifheader(A) ::= header(B).                                 { A = build_if_header(p, B); }
header(A) ::= .                                            { A = (Header){0}; }
header(A) ::= simpleN(B).                                  { A = (Header){.cond = B}; }
header(A) ::= osimpleN(B) SEMI(S) osimpleN(C).             { A = build_header(p, B, S, C); }

// ForStmt = "for" [ Condition | ForClause | RangeClause ] Block .
stmt(A) ::= FOR(K) block(B).                               { A = build_for(p, K, NULL, NULL, NULL, B); }
stmt(A) ::= FOR(K) simpleN(C) block(B).                    { A = build_for(p, K, NULL, C, NULL, B); }
stmt(A) ::= FOR(K) osimpleN(C) SEMI osimpleN(D) SEMI osimpleN(E) block(B). { A = build_for(p, K, C, D, E, B); }
stmt(A) ::= FOR(K) osimpleN(C) SEMI nocond block(B).       { A = build_for(p, K, C, NULL, NULL, B); }
nocond ::= .                                               { complain(p, p->token, "syntax error: unexpected {, expected for loop condition"); }
stmt(A) ::= FOR(K) RANGE(R) exprN(C) block(B).             { A = build_range(p, K, LIST_EMPTY, NO_TOKEN, R, C, B); }
stmt(A) ::= FOR(K) exprsN(L) ASSIGN(O) RANGE(R) exprN(C) block(B). { A = build_range(p, K, L, O, R, C, B); }
stmt(A) ::= FOR(K) exprsN(L) DEFINE(O) RANGE(R) exprN(C) block(B). { A = build_range(p, K, L, O, R, C, B); }

// SwitchStmt, SelectStmt. A clause's last statement may lack its semicolon only before the closing brace.
%type clauses {NodeList}
%type comms {NodeList}
stmt(A) ::= SWITCH(K) header(H) LBRACE RBRACE(R).          { A = build_switch(p, K, H, LIST_EMPTY, R); }
stmt(A) ::= SWITCH(K) header(H) LBRACE clauses(B) RBRACE(R). { A = build_switch(p, K, H, B, R); }
stmt(A) ::= SWITCH(K) header(H) LBRACE clauses(B) stmt(C) RBRACE(R). { A = build_switch(p, K, H, clause_add(p, B, C), R); }
clauses(A) ::= clause(B).                                  { A = list_one(p, B); }
clauses(A) ::= clauses(B) clause(C).                       { A = list_add(p, B, C); }
clauses(A) ::= clauses(B) SEMI.                            { A = B; }
clauses(A) ::= clauses(B) stmt(C) SEMI.                    { A = clause_add(p, B, C); }
clause(A) ::= CASE(K) exprs(B) COLON(D).                   { A = build_case(p, K, B, D); }
clause(A) ::= DEFAULT(K) COLON(D).                         { A = build_case(p, K, LIST_EMPTY, D); }
stmt(A) ::= SELECT(K) LBRACE RBRACE(R).                    { A = build_select(p, K, LIST_EMPTY, R); }
stmt(A) ::= SELECT(K) LBRACE comms(B) RBRACE(R).           { A = build_select(p, K, B, R); }
stmt(A) ::= SELECT(K) LBRACE comms(B) stmt(C) RBRACE(R).   { A = build_select(p, K, clause_add(p, B, C), R); }
comms(A) ::= comm(B).                                      { A = list_one(p, B); }
comms(A) ::= comms(B) comm(C).                             { A = list_add(p, B, C); }
comms(A) ::= comms(B) SEMI.                                { A = B; }
comms(A) ::= comms(B) stmt(C) SEMI.                        { A = clause_add(p, B, C); }
comm(A) ::= CASE(K) simple(B) COLON(D).                    { A = build_comm(p, K, B, D); }
comm(A) ::= DEFAULT(K) COLON(D).                           { A = build_comm(p, K, NULL, D); }

// --- optional separators

%type ocomma {Token}
ocomma(A) ::= .                                            { A = NO_TOKEN; }
ocomma(A) ::= COMMA(A).
osemi ::= .
osemi ::= SEMI.

%code {
// --- the machine as recover.c and parse.c see it (syntax/parser.h)

void *parser_machine_new(Parser *p) { return gol_parser_Alloc(malloc, p); }

void parser_machine_free(void *machine) { gol_parser_Free(machine, free); }

struct ParserStart {
  uint32_t depth;
  yyStackEntry stack[];
};

ParserStart *parser_machine_save(const void *machine) {
  const yyParser *parser = machine;
  uint32_t depth = parser_depth(machine);
  ParserStart *start = malloc(sizeof *start + (depth + 1) * sizeof *start->stack);
  ASSERT(start, "out of memory");
  start->depth = depth;
  memcpy(start->stack, parser->yystack, (depth + 1) * sizeof *start->stack);
  return start;
}

void parser_machine_restart(void *machine, Parser *p, const ParserStart *start) {
  yyParser *parser = machine; // `start` is what a few tokens leave, for which a new stack has room
  memcpy(parser->yystack, start->stack, (start->depth + 1) * sizeof *start->stack);
  parser->yytos = parser->yystack + start->depth;
  parser->p = p;
}

uint32_t parser_feed(void *machine, Token token) {
  gol_parser_(machine, token.kind, token);
  return parser_depth(machine);
}

bool parser_feed_all(Parser *p, bool next(Parser *p)) {
  yyParser *machine = p->machine;
  for (;;) {
    gol_parser_(machine, p->token.kind, p->token);
    if (p->rejected || machine->yytos - machine->yystack > STACK_MAX) return false;
    if (p->token.kind == T_END) return true;
    if (!next(p)) return false;
  }
}

uint32_t parser_depth(const void *machine) {
  const yyParser *parser = machine;
  return (uint32_t)(parser->yytos - parser->yystack);
}

int parser_symbol(const void *machine, uint32_t depth) { return ((const yyParser *)machine)->yystack[depth].major; }

Token parser_token(const void *machine, uint32_t depth) {
  const yyStackEntry *entry = &((const yyParser *)machine)->yystack[depth];
  return entry->major < YYNTOKEN ? entry->minor.yy0 : NO_TOKEN;
}

// Plays the reductions that the token would cause on a copy of the state numbers: only those pushed are kept here, the
// rest is the real stack below `depth`. It pushes at most one state more than it pops between two shifts.
bool parser_accepts_at(const void *machine, uint32_t depth, int kind) {
  const yyParser *parser = machine;
  YYACTIONTYPE pushed[64];
  int count = 0;
  YYACTIONTYPE state = parser->yystack[depth].stateno;
  for (;;) {
    YYACTIONTYPE action = yy_find_shift_action((YYCODETYPE)kind, state);
    if (action <= YY_MAX_SHIFTREDUCE || action == YY_ACCEPT_ACTION) return true;
    if (action < YY_MIN_REDUCE) return false;
    unsigned rule = action - YY_MIN_REDUCE;
    int pop = -yyRuleInfoNRhs[rule];
    int own = pop < count ? pop : count;
    count -= own;
    depth -= (uint32_t)(pop - own);
    state = count ? pushed[count - 1] : parser->yystack[depth].stateno;
    state = yy_find_reduce_action(state, yyRuleInfoLhs[rule]);
    ASSERT(count < 64, "an endless chain of empty rules");
    pushed[count++] = state;
  }
}

void parser_settle(void *machine) {
  yyParser *parser = machine;
  while (parser->yytos->stateno > YY_MAX_SHIFT)
    yy_reduce(parser, (unsigned)(parser->yytos->stateno - YY_MIN_REDUCE), YYNOCODE, NO_TOKEN, parser->p);
}

Node *parser_node(const void *machine, uint32_t depth) {
  Node *node; // %default_type: every member of the union begins at its first byte
  memcpy(&node, &((const yyParser *)machine)->yystack[depth].minor, sizeof node);
  return node;
}

bool parser_accepts(const void *machine, int kind) {
  return parser_accepts_at(machine, parser_depth(machine), kind);
}
}
