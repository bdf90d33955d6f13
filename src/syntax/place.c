// Reading the parser's stack from its top: brackets, heads, and what may come next.
#include "syntax/place.h"

#include "syntax/tokens.h"

bool place_takes(const Parser *p, int kind) { return parser_accepts(p->machine, kind); }

bool place_is_package(const Parser *p) {
  return !p->file->script || (parser_depth(p->machine) && parser_symbol(p->machine, 1) == T_PACKAGE);
}

int place_symbol(const Parser *p, uint32_t back) {
  uint32_t depth = parser_depth(p->machine);
  return back < depth ? parser_symbol(p->machine, depth - back) : -1;
}

static Place classify(const Parser *p, uint32_t depth) {
  const void *m = p->machine;
  int below = depth > 1 ? parser_symbol(m, depth - 1) : -1;
  switch (parser_symbol(m, depth)) {
  case T_LBRACE:
    if (below == T_STRUCT) return IN_STRUCT;
    if (below == T_INTERFACE) return IN_INTERFACE;
    if (parser_accepts_at(m, depth, T_IF)) return IN_BLOCK;
    return parser_accepts_at(m, depth, T_CASE) ? IN_CASES : IN_LITERAL;
  case T_LPAREN:
    if (below == T_CONST || below == T_TYPE || below == T_VAR || parser_accepts_at(m, depth, T_DOT)) return IN_GROUP;
    if (parser_accepts_at(m, depth, T_ELLIPSIS)) return IN_PARAMS;
    return parser_accepts_at(m, depth, T_NOT) && parser_accepts_at(m, depth, T_RPAREN) ? IN_ARGUMENTS : IN_PARENS;
  default:
    if (parser_accepts_at(m, depth, T_COLON)) return IN_INDEX;
    if (parser_accepts_at(m, depth, T_TILDE)) {
      if (!parser_accepts_at(m, depth, T_NOT)) return IN_TPARAMS; // of a function
      // `type T [...`: what came so far is an expression, hence an array's length, or it is type parameters.
      if (below == T_IDENT && parser_accepts_at(m, depth, T_ELLIPSIS) && !place_takes(p, T_OROR)) return IN_TPARAMS;
    }
    return IN_BRACKETS;
  }
}

Place place_bracket(const Parser *p, uint32_t *depth) {
  int closed = 0;
  for (*depth = parser_depth(p->machine); *depth > 0; --*depth) {
    switch (parser_symbol(p->machine, *depth)) {
    case T_RPAREN: case T_RBRACK: case T_RBRACE: closed++; break;
    case T_LPAREN: case T_LBRACK: case T_LBRACE:
      if (closed == 0) return classify(p, *depth);
      closed--;
    }
  }
  return AT_TOP;
}

bool place_in_function(const Parser *p) {
  if (!place_is_package(p)) return true;
  int closed = 0;
  for (uint32_t depth = parser_depth(p->machine); depth > 0; depth--) {
    int at = parser_symbol(p->machine, depth);
    if (at == T_RBRACE) closed++;
    if (at != T_LBRACE || (closed && closed--)) continue;
    Place place = classify(p, depth);
    if (place == IN_BLOCK || place == IN_CASES) return true;
  }
  return false;
}

Head place_head(const Parser *p) {
  Head head = {0};
  int closed = 0;
  for (uint32_t depth = parser_depth(p->machine); depth > 0; depth--) {
    int at = parser_symbol(p->machine, depth);
    switch (at) {
    case T_RPAREN: case T_RBRACK: case T_RBRACE: closed++; continue;
    case T_LPAREN: case T_LBRACK: case T_LBRACE:
      if (closed-- == 0) return head;
      continue;
    }
    if (closed) continue;
    switch (at) {
    case T_SEMI: head.semis++; break;
    case T_RANGE: head.range = true; break;
    case T_COLON: return head; // behind a case or a label a statement begins
    case T_IF: case T_FOR: case T_SWITCH: case T_CASE: case T_DEFAULT: case T_TYPE: case T_VAR: case T_CONST:
      head.keyword = at;
      head.depth = depth;
      return head;
    }
  }
  return head;
}

int place_spec_keyword(const Parser *p, Place place, uint32_t open) {
  return place == IN_GROUP ? parser_symbol(p->machine, open - 1) : place_head(p).keyword;
}

// --- composite literal or not

// Whether x is syntactically no type (gc's isValue).
static bool is_value(const Node *x) {
  for (;;) switch (x->kind) {
    case NODE_LITERAL: case NODE_COMPOSITE: case NODE_FUNC_LIT: case NODE_SLICE: case NODE_TYPE_ASSERT: case NODE_CALL:
    case NODE_UNARY: case NODE_BINARY: return true;
    case NODE_PAREN: x = NODE_AS(Paren, x)->x; break;
    case NODE_INDEX:
      if (NODE_AS(Index, x)->indices.len == 1 && is_value(NODE_AS(Index, x)->indices.items[0])) return true;
      x = NODE_AS(Index, x)->x;
      break;
    default: return false;
    }
}

// Whether what stands before a brace is no type, so that no composite literal begins: x[i] with a value as i, (x) with
// anything but a type, a missing operand. The grammar does not see that.
static bool is_value_before_brace(const Parser *p) {
  const void *m = p->machine;
  uint32_t top = parser_depth(m), open = top;
  int last = place_symbol(p, 0), closed = 0;
  if (last == T_IDENT) {
    if (parser_token(m, top).len) return false;
  } else {
    for (; open > 0; open--) {
      int at = parser_symbol(m, open);
      closed += at == T_RBRACK || at == T_RPAREN ? 1 : at == T_LBRACK || at == T_LPAREN ? -1 : 0;
      if (closed == 0) break;
    }
    if (open < 2 || open + 2 != top || parser_token(m, open + 1).kind) return false; // more than one expression
    const Node *inside = parser_node(m, open + 1);
    if (last == T_RBRACK) {
      if (parser_token(m, open - 1).kind || (!is_value(inside) && !is_value(parser_node(m, open - 1)))) return false;
    } else {
      inside = node_unparen((Node *)inside);
      if (inside->kind != NODE_BAD && !is_value(inside)) return false;
    }
  }
  Head head = place_head(p);
  return head.keyword != T_IF && head.keyword != T_FOR && head.keyword != T_SWITCH;
}

bool parser_refuses(const Parser *p) {
  switch (p->token.kind) {
  case T_TILDE: return place_takes(p, T_IF); // it begins no statement, though it may begin an expression
  case T_LBRACE:
    switch (place_symbol(p, 0)) {
    case T_RBRACK: case T_RPAREN: case T_IDENT: return is_value_before_brace(p);
    default: return false;
    }
  default: return false;
  }
}

bool parser_takes(const Parser *p) { return place_takes(p, p->token.kind) && !parser_refuses(p); }
