// Trees as text for messages, in the form of gc's syntax.String: one line, bodies shortened.
#include "syntax/print.h"

#include "base/assert.h"

static void print_list(StrBuf *out, const NodeList *list) {
  for (uint32_t i = 0; i < list->len; i++) {
    if (i) strbuf_puts(out, ", ");
    node_print(out, list->items[i]);
  }
}

static void print_name(StrBuf *out, const NodeField *field) {
  strbuf_puts(out, NODE_AS(Ident, field->name)->name->text);
}

// Parameters share a type's node when they share its text: `a, b int`.
static void print_params(StrBuf *out, const NodeList *list, char open, char close) {
  strbuf_putc(out, open);
  for (uint32_t i = 0; i < list->len; i++) {
    const NodeField *field = NODE_AS(Field, list->items[i]);
    if (i) strbuf_puts(out, ", ");
    if (field->name) {
      print_name(out, field);
      const NodeField *next = i + 1 < list->len ? NODE_AS(Field, list->items[i + 1]) : NULL;
      if (next && next->name && next->of == field->of) continue;
      strbuf_putc(out, ' ');
    }
    node_print(out, node_unparen(field->of));
  }
  strbuf_putc(out, close);
}

static void print_signature(StrBuf *out, const NodeFuncType *type) {
  print_params(out, &type->params, '(', ')');
  if (!type->results.len) return;
  strbuf_putc(out, ' ');
  const NodeField *first = NODE_AS(Field, type->results.items[0]);
  if (type->results.len == 1 && !first->name) node_print(out, first->of);
  else print_params(out, &type->results, '(', ')');
}

static void print_struct(StrBuf *out, const NodeStructType *type) {
  strbuf_puts(out, "struct{");
  for (uint32_t i = 0; i < type->fields.len; i++) {
    const NodeField *field = NODE_AS(Field, type->fields.items[i]);
    const NodeField *next = i + 1 < type->fields.len ? NODE_AS(Field, type->fields.items[i + 1]) : NULL;
    bool named = field->name && !field->embedded;
    if (named) print_name(out, field);
    if (named && next && next->name && !next->embedded && next->of == field->of) {
      strbuf_puts(out, ", ");
      continue;
    }
    if (named) strbuf_putc(out, ' ');
    node_print(out, field->of);
    if (field->tag) {
      strbuf_putc(out, ' ');
      node_print(out, field->tag);
    }
    if (next) strbuf_puts(out, "; ");
  }
  strbuf_putc(out, '}');
}

static void print_interface(StrBuf *out, const NodeInterfaceType *type) {
  strbuf_puts(out, "interface{");
  for (uint32_t i = 0; i < type->elems.len; i++) {
    const NodeField *elem = NODE_AS(Field, type->elems.items[i]);
    if (i) strbuf_puts(out, "; ");
    if (elem->name) {
      print_name(out, elem);
      print_signature(out, NODE_AS(FuncType, elem->of));
    } else {
      node_print(out, elem->of);
    }
  }
  strbuf_putc(out, '}');
}

static void print_chan(StrBuf *out, const NodeChanType *type) {
  strbuf_puts(out, type->dir == CHAN_RECV ? "<-chan " : type->dir == CHAN_SEND ? "chan<- " : "chan ");
  // chan (<-chan T) without its parentheses would read as chan<- (chan T).
  const Node *elem = node_unparen(type->elem);
  bool parens = type->dir == CHAN_BOTH && elem->kind == NODE_CHAN_TYPE && NODE_AS(ChanType, elem)->dir == CHAN_RECV;
  if (parens) strbuf_putc(out, '(');
  node_print(out, elem);
  if (parens) strbuf_putc(out, ')');
}

static void print_assign(StrBuf *out, const NodeAssign *stmt) {
  print_list(out, &stmt->lhs);
  if (stmt->incdec) {
    strbuf_printf(out, "%s%s", operator_text(stmt->op), operator_text(stmt->op));
    return;
  }
  strbuf_printf(out, " %s%s ", stmt->define ? ":" : operator_text(stmt->op), "=");
  print_list(out, &stmt->rhs);
}

void node_print(StrBuf *out, const Node *node) {
  if (!node) return;
  switch ((NodeKind)node->kind) {
  case NODE_BAD: strbuf_puts(out, "<bad expr>"); break;
  case NODE_IDENT: strbuf_puts(out, NODE_AS(Ident, node)->name->text); break;
  case NODE_LITERAL: strbuf_put_text(out, NODE_AS(Literal, node)->text); break;
  case NODE_COMPOSITE:
    node_print(out, NODE_AS(Composite, node)->of);
    strbuf_puts(out, NODE_AS(Composite, node)->elems.len ? "{…}" : "{}");
    break;
  case NODE_KEY_VALUE:
    node_print(out, NODE_AS(KeyValue, node)->key);
    strbuf_puts(out, ": ");
    node_print(out, NODE_AS(KeyValue, node)->value);
    break;
  case NODE_FUNC_LIT:
    node_print(out, NODE_AS(FuncLit, node)->sig);
    strbuf_puts(out, NODE_AS(Block, NODE_AS(FuncLit, node)->body)->stmts.len ? " {…}" : " {}");
    break;
  case NODE_PAREN:
    strbuf_putc(out, '(');
    node_print(out, NODE_AS(Paren, node)->x);
    strbuf_putc(out, ')');
    break;
  case NODE_SELECTOR:
    node_print(out, NODE_AS(Selector, node)->x);
    strbuf_putc(out, '.');
    node_print(out, NODE_AS(Selector, node)->sel);
    break;
  case NODE_INDEX:
    node_print(out, NODE_AS(Index, node)->x);
    strbuf_putc(out, '[');
    print_list(out, &NODE_AS(Index, node)->indices);
    strbuf_putc(out, ']');
    break;
  case NODE_SLICE:
    node_print(out, NODE_AS(Slice, node)->x);
    strbuf_putc(out, '[');
    node_print(out, NODE_AS(Slice, node)->lo);
    strbuf_putc(out, ':');
    node_print(out, NODE_AS(Slice, node)->hi);
    if (NODE_AS(Slice, node)->max) strbuf_putc(out, ':');
    node_print(out, NODE_AS(Slice, node)->max);
    strbuf_putc(out, ']');
    break;
  case NODE_TYPE_ASSERT:
    node_print(out, NODE_AS(TypeAssert, node)->x);
    strbuf_puts(out, ".(");
    if (NODE_AS(TypeAssert, node)->to) node_print(out, NODE_AS(TypeAssert, node)->to);
    else strbuf_puts(out, "type");
    strbuf_putc(out, ')');
    break;
  case NODE_CALL:
    node_print(out, NODE_AS(Call, node)->fun);
    strbuf_putc(out, '(');
    print_list(out, &NODE_AS(Call, node)->args);
    if (NODE_AS(Call, node)->dots) strbuf_puts(out, "...");
    strbuf_putc(out, ')');
    break;
  case NODE_STAR:
    strbuf_putc(out, '*');
    node_print(out, NODE_AS(Star, node)->x);
    break;
  case NODE_UNARY:
    strbuf_puts(out, operator_text(NODE_AS(Unary, node)->op));
    node_print(out, NODE_AS(Unary, node)->x);
    break;
  case NODE_BINARY:
    node_print(out, NODE_AS(Binary, node)->x);
    strbuf_printf(out, " %s ", operator_text(NODE_AS(Binary, node)->op));
    node_print(out, NODE_AS(Binary, node)->y);
    break;
  case NODE_ARRAY_TYPE:
    strbuf_putc(out, '[');
    if (NODE_AS(ArrayType, node)->len) node_print(out, NODE_AS(ArrayType, node)->len);
    else strbuf_puts(out, "...");
    strbuf_putc(out, ']');
    node_print(out, NODE_AS(ArrayType, node)->elem);
    break;
  case NODE_SLICE_TYPE:
    strbuf_puts(out, "[]");
    node_print(out, NODE_AS(SliceType, node)->elem);
    break;
  case NODE_STRUCT_TYPE: print_struct(out, NODE_AS(StructType, node)); break;
  case NODE_FUNC_TYPE:
    strbuf_puts(out, "func");
    print_signature(out, NODE_AS(FuncType, node));
    break;
  case NODE_INTERFACE_TYPE: print_interface(out, NODE_AS(InterfaceType, node)); break;
  case NODE_MAP_TYPE:
    strbuf_puts(out, "map[");
    node_print(out, NODE_AS(MapType, node)->key);
    strbuf_putc(out, ']');
    node_print(out, NODE_AS(MapType, node)->elem);
    break;
  case NODE_CHAN_TYPE: print_chan(out, NODE_AS(ChanType, node)); break;
  case NODE_ELLIPSIS:
    strbuf_puts(out, "...");
    node_print(out, NODE_AS(Ellipsis, node)->elem);
    break;
  case NODE_EXPR_STMT: node_print(out, NODE_AS(ExprStmt, node)->x); break;
  case NODE_SEND:
    node_print(out, NODE_AS(Send, node)->chan);
    strbuf_puts(out, " <- ");
    node_print(out, NODE_AS(Send, node)->value);
    break;
  case NODE_ASSIGN: print_assign(out, NODE_AS(Assign, node)); break;
  default: strbuf_printf(out, "<%s>", node_kind_name((NodeKind)node->kind)); // larger statements are never quoted
  }
}

const char *node_string(Arena *arena, const Node *node) {
  StrBuf buf = {0};
  node_print(&buf, node);
  const char *text = arena_strndup(arena, strbuf_string(&buf), buf.len);
  strbuf_free(&buf);
  return text;
}
