// The actions of the grammar: each makes one node of the tree and checks what the grammar let through.
//
// Positions follow gc: Node.pos is what cmd/compile's syntax tree calls Pos (a binary's operator, a call's parenthesis, a
// selector's dot, an assignment's operator), Node.start and end are the exact extent.
#ifndef SYNTAX_BUILD_H
#define SYNTAX_BUILD_H

#include "syntax/parser.h"

#include "base/vec.h"

#define LIST_EMPTY ((NodeList){0})

static inline NodeList list_add(Parser *p, NodeList list, Node *node) {
  node_list_push(p->arena, &list, node);
  return list;
}
static inline NodeList list_one(Parser *p, Node *node) {
  NodeList list = {ARENA_ARRAY(p->arena, Node *, 2), 1, 2};
  list.items[0] = node;
  return list;
}
NodeList list_concat(Parser *p, NodeList list, NodeList more);

// The header of if and switch: `init; cond`. cond is a simple statement or NULL; a BAD one stands for the place after a
// semicolon where nothing came.
typedef struct Header {
  Node *init, *cond;
} Header;

// --- files and declarations

void build_package(Parser *p, Token name);
void build_top(Parser *p, Node *item); // DECL_STMT (flattened), FUNC or a statement
void check_import_order(Parser *p, Token keyword);
Node *build_decl(Parser *p, Token keyword, NodeList specs, Pos end);
Node *build_const_decl(Parser *p, Token keyword, NodeList specs, Pos end);
Node *build_import(Parser *p, Node *alias, Token path);
Node *build_const(Parser *p, NodeList names, Node *type, NodeList values);
Node *build_var(Parser *p, NodeList names, Node *type, NodeList values);
Node *build_type(Parser *p, Token name, NodeList tparams, Node *type);
Node *build_alias(Parser *p, Token name, NodeList tparams, Node *type);
// type name [x] type: an array, or a generic type whose first parameter is hidden in x.
Node *build_array_or_generic(Parser *p, Token name, Token lbrack, Node *x, Token comma, Token rbrack, Token assign,
                             Node *type);
Node *build_split_tparam(Parser *p, Node *x, Token comma);
Node *build_func(Parser *p, Token keyword, Node *receiver, Token name, NodeList tparams, Node *signature);
Node *build_func_body(Parser *p, Node *func, Node *body);
Node *build_unread_head(Parser *p, Token head);
Node *build_unread_body(Parser *p, Node *func, Token body);

// --- signatures and fields

Node *build_params(Parser *p, Token lparen, NodeList entries, Token rparen); // FUNC_TYPE without results
Node *build_results(Parser *p, Node *signature, Node *results);
Node *build_result(Parser *p, Node *signature, Node *type);
Node *build_field(Parser *p, Token name, Node *type); // NO_TOKEN: no name
Node *build_field_union(Parser *p, Node *field, Token op, Node *more);
NodeList build_fields(Parser *p, NodeList names, Node *type, Token tag);
NodeList build_embedded(Parser *p, Node *type, Token tag);
NodeList build_index_field(Parser *p, Node *field, Token tag);
// Gives every entry of a flat parameter list its name and type.
NodeList group_params(Parser *p, NodeList entries);
NodeList group_tparams(Parser *p, NodeList entries, Token rbrack);
// An interface's method with type parameters: they are refused.
Node *build_generic_method(Parser *p, Token name, Token lbrack, NodeList tparams, Node *signature);
// The types of a flat list that turned out to be type arguments.
NodeList params_to_types(Parser *p, Token lbrack, NodeList entries);

// --- types

Node *build_slice_type(Parser *p, Token lbrack, Node *elem);
Node *build_array_type(Parser *p, Token lbrack, Node *len, Node *elem);
Node *build_map(Parser *p, Token keyword, Node *key, Node *elem);
Node *build_chan(Parser *p, Token first, ChanDir dir, Node *elem);
Node *build_func_type(Parser *p, Token keyword, Node *signature);
Node *build_struct(Parser *p, Token keyword, NodeList fields, Token rbrace);
Node *build_interface(Parser *p, Token keyword, NodeList elems, Token rbrace);
Node *build_ellipsis(Parser *p, Token dots, Node *elem);
// a | b, where b is itself a union that was built from the left: (a | b1) | b2.
Node *build_union(Parser *p, Node *first, Token op, Node *more);

// --- expressions

// The text of an expression for a message.
const char *build_quote(Parser *p, const Node *node);
Node *build_ident(Parser *p, Token name);
Node *build_operand_name(Parser *p, Token name); // an IDENT, or BAD for what the error handling put in
Node *build_literal(Parser *p, Token literal);
Node *build_paren(Parser *p, Token lparen, Node *x, Token rparen);
Node *build_star(Parser *p, Token star, Node *x);
Node *build_unary(Parser *p, Token op, Node *x);
Node *build_receive(Parser *p, Token arrow, Node *x);
Node *build_binary(Parser *p, Node *x, Token op, Node *y);
Node *build_selector(Parser *p, Node *x, Token dot, Token name);
Node *build_assert(Parser *p, Node *x, Token dot, Node *type, Token rparen);
// INDEX, SLICE, CALL and COMPOSITE are built without what stands before them, then put on it.
Node *build_index(Parser *p, Token lbrack, NodeList indices, Token rbrack);
Node *build_slice(Parser *p, Token lbrack, Node *lo, Node *hi, Token rbrack);
Node *build_slice3(Parser *p, Token lbrack, Node *lo, Node *hi, Token colon, Node *max, Token rbrack);
Node *build_call(Parser *p, Token lparen, NodeList args, Token dots, Token rparen);
Node *build_composite(Parser *p, Token lbrace, NodeList elements, Token rbrace);
Node *build_on(Parser *p, Node *x, Node *suffix);
Node *build_paren_composite(Parser *p, Node *paren, Node *composite);
Node *build_key_value(Parser *p, Node *key, Token colon, Node *value);
Node *build_func_lit(Parser *p, Node *type, Node *body);

// --- statements

Node *build_block(Parser *p, Token lbrace, NodeList stmts, Token rbrace);
Node *build_expr_stmt(Parser *p, Node *x);
Node *build_incdec(Parser *p, Node *x, Token op);
Node *build_op_assign(Parser *p, Node *x, Token op, Node *y);
Node *build_assign(Parser *p, NodeList lhs, Token op, NodeList rhs);
Node *build_define(Parser *p, NodeList lhs, Token op, NodeList rhs);
Node *build_send(Parser *p, Node *chan, Token arrow, Node *value);
Node *build_labeled(Parser *p, Token name, Token colon, Node *stmt);
Node *build_go(Parser *p, Token keyword, Node *call);
Node *build_defer(Parser *p, Token keyword, Node *call);
Node *build_return(Parser *p, Token keyword, NodeList results);
Node *build_branch(Parser *p, BranchKind kind, Token keyword, Token label);
Header build_header(Parser *p, Node *init, Token semi, Node *cond);
Header build_if_header(Parser *p, Header header); // the next token is the block's brace
Node *build_if(Parser *p, Token keyword, Header header, Node *then, Node *other);
Node *build_for(Parser *p, Token keyword, Node *init, Node *cond, Node *post, Node *body);
Node *build_range(Parser *p, Token keyword, NodeList lhs, Token op, Token range, Node *x, Node *body);
Node *build_switch(Parser *p, Token keyword, Header header, NodeList clauses, Token rbrace);
Node *build_select(Parser *p, Token keyword, NodeList clauses, Token rbrace);
Node *build_case(Parser *p, Token keyword, NodeList exprs, Token colon);
Node *build_comm(Parser *p, Token keyword, Node *comm, Token colon);
// Adds a statement to the last clause of a list.
NodeList clause_add(Parser *p, NodeList clauses, Node *stmt);

#endif
