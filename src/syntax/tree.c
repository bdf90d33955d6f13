// What every kind of node is called, how large it is and what its children are: ast.def read three more times.
#include "syntax/tree.h"

#include "base/assert.h"
#include "base/vec.h"

const char *node_kind_name(NodeKind kind) {
  static const char *const names[] = {
#define NODE(KIND, Struct, class, fields) #KIND,
#define C(name)
#define L(name)
#define A(type, name)
#define X(type, name)
#include "syntax/ast.def"
  };
  return kind < NODE_KIND_COUNT ? names[kind] : "?";
}

NodeClass node_class(NodeKind kind) {
  static const uint8_t classes[] = {
#define NODE(KIND, Struct, class, fields) NODE_CLASS_##class,
#define C(name)
#define L(name)
#define A(type, name)
#define X(type, name)
#include "syntax/ast.def"
  };
  return classes[kind];
}

const char *operator_text(Operator op) {
  static const char *const texts[] = {
      [OPER_NONE] = "",     [OPER_OR_OR] = "||", [OPER_AND_AND] = "&&", [OPER_EQL] = "==",  [OPER_NEQ] = "!=",
      [OPER_LSS] = "<",     [OPER_LEQ] = "<=",   [OPER_GTR] = ">",      [OPER_GEQ] = ">=",  [OPER_ADD] = "+",
      [OPER_SUB] = "-",     [OPER_OR] = "|",     [OPER_XOR] = "^",      [OPER_MUL] = "*",   [OPER_QUO] = "/",
      [OPER_REM] = "%",     [OPER_AND] = "&",    [OPER_AND_NOT] = "&^", [OPER_SHL] = "<<",  [OPER_SHR] = ">>",
      [OPER_NOT] = "!",     [OPER_TILDE] = "~",  [OPER_ARROW] = "<-",
  };
  return texts[op];
}

void node_list_push(Arena *arena, NodeList *list, Node *node) {
  if (list->len == list->cap)
    list->items = vec_grow_arena(arena, list->items, list->len, &list->cap, (uint64_t)list->len + 1, sizeof(Node *));
  list->items[list->len++] = node;
}

static bool visit_list(const NodeList *list, NodeVisit *visit, void *context) {
  for (uint32_t i = 0; i < list->len; i++)
    if (list->items[i] && !visit(context, list->items[i])) return false;
  return true;
}

bool node_each_child(const Node *node, NodeVisit *visit, void *context) {
  switch ((NodeKind)node->kind) {
#define NODE(KIND, Struct, class, fields) \
  case NODE_##KIND: { \
    const Node##Struct *n = (const Node##Struct *)node; \
    (void)n; \
    fields return true; \
  }
#define C(name) \
  if (n->name && !visit(context, n->name)) return false;
#define L(name) \
  if (!visit_list(&n->name, visit, context)) return false;
#define A(type, name)
#define X(type, name)
#include "syntax/ast.def"
  case NODE_KIND_COUNT: break;
  }
  UNREACHABLE("a node of no kind");
}
