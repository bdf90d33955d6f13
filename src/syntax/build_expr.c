// Grammar actions: names, expressions and types.
#include "syntax/build.h"
#include "syntax/print.h"

NodeList list_concat(Parser *p, NodeList list, NodeList more) {
  for (uint32_t i = 0; i < more.len; i++) node_list_push(p->arena, &list, more.items[i]);
  return list;
}

// --- operands

// An identifier; one of no length was put in by the error handling.
Node *build_ident(Parser *p, Token name) {
  Node *node = node_new(p->arena, NODE_IDENT, name.start, name.start, token_end(name));
  Text text = name.len ? token_text(&p->lexer, name) : TEXT("_");
  NODE_AS(Ident, node)->name = name_intern(p->names, text.ptr, text.len);
  return node;
}

Node *build_operand_name(Parser *p, Token name) {
  return name.len ? build_ident(p, name) : node_new(p->arena, NODE_BAD, name.start, name.start, name.start);
}

// A malformed literal has been reported: BAD keeps the checker quiet.
Node *build_literal(Parser *p, Token literal) {
  if (literal.op & TOKEN_BAD) return node_new(p->arena, NODE_BAD, literal.start, literal.start, token_end(literal));
  Node *node = node_new(p->arena, NODE_LITERAL, literal.start, literal.start, token_end(literal));
  NODE_AS(Literal, node)->lit = (LiteralKind)literal.op;
  NODE_AS(Literal, node)->text = token_text(&p->lexer, literal);
  return node;
}

Node *build_paren(Parser *p, Token lparen, Node *x, Token rparen) {
  Node *node = node_new(p->arena, NODE_PAREN, lparen.start, lparen.start, token_end(rparen));
  NODE_AS(Paren, node)->x = x;
  return node;
}

Node *build_func_lit(Parser *p, Node *type, Node *body) {
  Node *node = node_new(p->arena, NODE_FUNC_LIT, type->start, type->start, body->end);
  NODE_AS(FuncLit, node)->sig = type;
  NODE_AS(FuncLit, node)->body = body;
  return node;
}

// --- operators

Node *build_star(Parser *p, Token star, Node *x) {
  Node *node = node_new(p->arena, NODE_STAR, star.start, star.start, x->end);
  NODE_AS(Star, node)->x = x;
  return node;
}

Node *build_unary(Parser *p, Token op, Node *x) {
  Node *node = node_new(p->arena, NODE_UNARY, op.start, op.start, x->end);
  NODE_AS(Unary, node)->op = (Operator)op.op;
  NODE_AS(Unary, node)->x = x;
  return node;
}

Node *build_binary(Parser *p, Node *x, Token op, Node *y) {
  Node *node = node_new(p->arena, NODE_BINARY, op.start, x->start, y->end);
  NODE_AS(Binary, node)->op = (Operator)op.op;
  NODE_AS(Binary, node)->x = x;
  NODE_AS(Binary, node)->y = y;
  return node;
}

// A tree that may still be nested too deeply for anything that recurses is not printed.
const char *build_quote(Parser *p, const Node *node) {
  enum { LONG = 4000 };
  return node->end - node->start > LONG ? "expression" : node_string(p->arena, node);
}

// `<-x` receives, but before a channel type the arrow belongs to the type:
//   <-(chan E)  is  (<-chan E),   <-(chan<- E)  is  (<-chan (<-E)).
Node *build_receive(Parser *p, Token arrow, Node *x) {
  if (x->kind != NODE_CHAN_TYPE) return build_unary(p, arrow, x);
  ChanDir dir = CHAN_SEND;
  Node *type = x;
  while (dir == CHAN_SEND && type->kind == NODE_CHAN_TYPE) {
    NodeChanType *chan = NODE_AS(ChanType, type);
    dir = chan->dir;
    if (dir == CHAN_RECV) complain(p, p->token, "syntax error: unexpected <-, expected chan");
    chan->dir = CHAN_RECV;
    type = chan->elem;
  }
  if (dir == CHAN_SEND) {
    const char *text = build_quote(p, type);
    complain_at(p, p->token.start, NO_POS, "syntax error: unexpected %s, expected chan", text);
  }
  x->pos = x->start = arrow.start;
  return x;
}

Node *build_union(Parser *p, Node *first, Token op, Node *more) {
  Node *leftmost = more;
  Node **parent = NULL;
  while (leftmost->kind == NODE_BINARY && NODE_AS(Binary, leftmost)->op == OPER_OR) {
    leftmost->start = first->start;
    parent = &NODE_AS(Binary, leftmost)->x;
    leftmost = *parent;
  }
  Node *node = build_binary(p, first, op, leftmost);
  if (!parent) return node;
  *parent = node;
  return more;
}

// --- primary expressions

Node *build_selector(Parser *p, Node *x, Token dot, Token name) {
  Node *node = node_new(p->arena, NODE_SELECTOR, dot.start, x->start, token_end(name));
  NODE_AS(Selector, node)->x = x;
  NODE_AS(Selector, node)->sel = build_ident(p, name);
  return node;
}

Node *build_assert(Parser *p, Node *x, Token dot, Node *type, Token rparen) {
  Node *node = node_new(p->arena, NODE_TYPE_ASSERT, dot.start, x->start, token_end(rparen));
  NODE_AS(TypeAssert, node)->x = x;
  NODE_AS(TypeAssert, node)->to = type;
  return node;
}

Node *build_index(Parser *p, Token lbrack, NodeList indices, Token rbrack) {
  Node *node = node_new(p->arena, NODE_INDEX, lbrack.start, lbrack.start, token_end(rbrack));
  NODE_AS(Index, node)->indices = indices;
  return node;
}

Node *build_slice(Parser *p, Token lbrack, Node *lo, Node *hi, Token rbrack) {
  Node *node = node_new(p->arena, NODE_SLICE, lbrack.start, lbrack.start, token_end(rbrack));
  NODE_AS(Slice, node)->lo = lo;
  NODE_AS(Slice, node)->hi = hi;
  return node;
}

Node *build_slice3(Parser *p, Token lbrack, Node *lo, Node *hi, Token colon, Node *max, Token rbrack) {
  if (!hi) {
    complain(p, colon, "middle index required in 3-index slice");
    hi = node_new(p->arena, NODE_BAD, colon.start, colon.start, colon.start);
  }
  if (!max) {
    complain(p, rbrack, "final index required in 3-index slice");
    max = node_new(p->arena, NODE_BAD, rbrack.start, rbrack.start, rbrack.start);
  }
  Node *node = build_slice(p, lbrack, lo, hi, rbrack);
  NODE_AS(Slice, node)->max = max;
  NODE_AS(Slice, node)->three = true;
  return node;
}

Node *build_call(Parser *p, Token lparen, NodeList args, Token dots, Token rparen) {
  Node *node = node_new(p->arena, NODE_CALL, lparen.start, lparen.start, token_end(rparen));
  NODE_AS(Call, node)->args = args;
  NODE_AS(Call, node)->dots = dots.start;
  NODE_AS(Call, node)->rparen = rparen.start;
  return node;
}

Node *build_composite(Parser *p, Token lbrace, NodeList elements, Token rbrace) {
  Node *node = node_new(p->arena, NODE_COMPOSITE, lbrace.start, lbrace.start, token_end(rbrace));
  NODE_AS(Composite, node)->elems = elements;
  NODE_AS(Composite, node)->rbrace = rbrace.start;
  return node;
}

Node *build_on(Parser *p, Node *x, Node *suffix) {
  (void)p;
  switch (suffix->kind) {
  case NODE_INDEX: NODE_AS(Index, suffix)->x = x; break;
  case NODE_SLICE: NODE_AS(Slice, suffix)->x = x; break;
  case NODE_CALL: NODE_AS(Call, suffix)->fun = x; break;
  case NODE_COMPOSITE: NODE_AS(Composite, suffix)->of = x; break;
  default: UNREACHABLE("not a suffix");
  }
  suffix->start = x->start;
  return suffix;
}

Node *build_paren_composite(Parser *p, Node *paren, Node *composite) {
  switch (node_unparen(paren)->kind) {
  case NODE_IDENT: case NODE_SELECTOR: case NODE_INDEX: case NODE_ARRAY_TYPE: case NODE_SLICE_TYPE:
  case NODE_STRUCT_TYPE: case NODE_MAP_TYPE:
    complain_at(p, composite->pos, NO_POS, "syntax error: cannot parenthesize type in composite literal");
    break;
  default: complain_at(p, composite->pos, NO_POS, "syntax error: unexpected { at end of statement");
  }
  return build_on(p, paren, composite);
}

Node *build_key_value(Parser *p, Node *key, Token colon, Node *value) {
  Node *node = node_new(p->arena, NODE_KEY_VALUE, colon.start, key->start, value->end);
  NODE_AS(KeyValue, node)->key = key;
  NODE_AS(KeyValue, node)->value = value;
  return node;
}

// --- types

Node *build_slice_type(Parser *p, Token lbrack, Node *elem) {
  Node *node = node_new(p->arena, NODE_SLICE_TYPE, lbrack.start, lbrack.start, elem->end);
  NODE_AS(SliceType, node)->elem = elem;
  return node;
}

Node *build_array_type(Parser *p, Token lbrack, Node *len, Node *elem) {
  Node *node = node_new(p->arena, NODE_ARRAY_TYPE, lbrack.start, lbrack.start, elem->end);
  NODE_AS(ArrayType, node)->len = len;
  NODE_AS(ArrayType, node)->elem = elem;
  return node;
}

Node *build_map(Parser *p, Token keyword, Node *key, Node *elem) {
  Node *node = node_new(p->arena, NODE_MAP_TYPE, keyword.start, keyword.start, elem->end);
  NODE_AS(MapType, node)->key = key;
  NODE_AS(MapType, node)->elem = elem;
  return node;
}

Node *build_chan(Parser *p, Token first, ChanDir dir, Node *elem) {
  Node *node = node_new(p->arena, NODE_CHAN_TYPE, first.start, first.start, elem->end);
  NODE_AS(ChanType, node)->dir = dir;
  NODE_AS(ChanType, node)->elem = elem;
  return node;
}

Node *build_func_type(Parser *p, Token keyword, Node *signature) {
  (void)p;
  signature->start = keyword.start;
  return signature;
}

Node *build_struct(Parser *p, Token keyword, NodeList fields, Token rbrace) {
  Node *node = node_new(p->arena, NODE_STRUCT_TYPE, keyword.start, keyword.start, token_end(rbrace));
  NODE_AS(StructType, node)->fields = fields;
  return node;
}

Node *build_interface(Parser *p, Token keyword, NodeList elems, Token rbrace) {
  Node *node = node_new(p->arena, NODE_INTERFACE_TYPE, keyword.start, keyword.start, token_end(rbrace));
  NODE_AS(InterfaceType, node)->elems = elems;
  return node;
}

Node *build_ellipsis(Parser *p, Token dots, Node *elem) {
  Node *node = node_new(p->arena, NODE_ELLIPSIS, dots.start, dots.start, elem->end);
  NODE_AS(Ellipsis, node)->elem = elem;
  return node;
}
