// The syntax tree: one struct a node kind, all declared in ast.def. Nodes live in the arena of their parse.
// The parser fills C, L and A fields; the checker fills X fields and the annotations in the header. A tree of a
// generic function is annotated once, in terms of its type parameters; the compiler substitutes.
#ifndef SYNTAX_TREE_H
#define SYNTAX_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/source.h"
#include "base/text.h"

struct Type;
struct Const;
struct Object;
struct Selection;
struct FuncInfo;
struct TypeList;
struct NodeConst;

typedef enum { LIT_INT, LIT_FLOAT, LIT_IMAGINARY, LIT_RUNE, LIT_STRING } LiteralKind;
typedef enum { CHAN_BOTH, CHAN_SEND, CHAN_RECV } ChanDir;
typedef enum { BRANCH_BREAK, BRANCH_CONTINUE, BRANCH_GOTO, BRANCH_FALLTHROUGH } BranchKind;

// What a call turned out to be (checker).
typedef enum { CALL_UNKNOWN, CALL_FUNC, CALL_METHOD, CALL_INTERFACE, CALL_BUILTIN, CALL_CONVERSION } CallKind;

typedef enum {
  OPER_NONE,
  OPER_OR_OR, OPER_AND_AND,
  OPER_EQL, OPER_NEQ, OPER_LSS, OPER_LEQ, OPER_GTR, OPER_GEQ,
  OPER_ADD, OPER_SUB, OPER_OR, OPER_XOR,
  OPER_MUL, OPER_QUO, OPER_REM, OPER_AND, OPER_AND_NOT, OPER_SHL, OPER_SHR,
  OPER_NOT, OPER_TILDE, OPER_ARROW, // unary only; + - ^ & share the binary names above
} Operator;

// The mode of a checked expression, after the specification and go/types.
typedef enum {
  MODE_INVALID, MODE_NOVALUE, MODE_BUILTIN, MODE_TYPE, MODE_CONSTANT, MODE_VARIABLE /* addressable */,
  MODE_MAP_INDEX, MODE_VALUE, MODE_NIL, MODE_COMMA_OK /* value, also valid as v, ok */, MODE_PACKAGE,
} ExprMode;

typedef enum {
#define NODE(KIND, Struct, class, fields) NODE_##KIND,
#define C(name)
#define L(name)
#define A(type, name)
#define X(type, name)
#include "syntax/ast.def"
  NODE_KIND_COUNT
} NodeKind;

// Where a function's statements are. A body that two threads may want is read by the one that makes it BODY_CLAIMED: parse_claim.
typedef enum { BODY_READ, BODY_UNREAD, BODY_CLAIMED } BodyState;

typedef struct Node Node;
struct Node {
  uint8_t kind;           // NodeKind
  uint8_t mode;           // ExprMode, set by the checker on every expression
  bool comma_ok;          // checker: used in a two-value context (v, ok = x)
  bool generic;           // checker: mentions a type parameter, so the compiler must substitute
  Pos pos;                // gc's Pos(): operator of a binary or assignment, '(' of a call, '[' of an index, '.' of a selector,
                          // '{' of a composite literal, ':' of a key and a label; most errors are reported at `start`
  Pos start, end;         // exact extent [start, end)
  struct Type *type;      // checker: final type (never untyped in a correct program, except untyped nil and bool contexts already converted)
  const struct Const *constant; // checker: value if mode is MODE_CONSTANT
};

typedef struct {
  Node **items;
  uint32_t len, cap;
} NodeList;

#define NODE(KIND, Struct, class, fields) \
  typedef struct Node##Struct {           \
    Node h;                               \
    fields                                \
  } Node##Struct;
#define C(name) Node *name;
#define L(name) NodeList name;
#define A(type, name) type name;
#define X(type, name) type name;
#include "syntax/ast.def"

typedef struct {
  Pos start, end;
  bool line; // a // comment
} Comment;

// One parsed file.
typedef struct File {
  Source *source;
  bool script;             // no package clause: top-level statements allowed, in order
  NodeIdent *package;      // NULL in a script
  NodeList top;            // declarations; in a script also statements, in source order
  Comment *comments;
  uint32_t comment_count;
} File;

// --- tree.c

const char *node_kind_name(NodeKind kind); // "BINARY"
typedef enum { NODE_CLASS_EXPR, NODE_CLASS_TYPE, NODE_CLASS_PART, NODE_CLASS_DECL, NODE_CLASS_STMT } NodeClass;
NodeClass node_class(NodeKind kind);
const char *operator_text(Operator op); // "+", "&&", "<-"
// How large a node of a kind is.
static inline size_t node_size(NodeKind kind) {
  static const uint16_t sizes[] = {
#define NODE(KIND, Struct, class, fields) sizeof(Node##Struct),
#define C(name)
#define L(name)
#define A(type, name)
#define X(type, name)
#include "syntax/ast.def"
  };
  return sizes[kind];
}
// A zeroed node with its kind and positions.
static inline Node *node_new(Arena *arena, NodeKind kind, Pos pos, Pos start, Pos end) {
  Node *node = arena_alloc(arena, node_size(kind));
  node->kind = (uint8_t)kind;
  node->pos = pos;
  node->start = start;
  node->end = end;
  return node;
}
// Calls `visit` with each child in source order of the declaration in ast.def; stops and returns false when it does.
typedef bool NodeVisit(void *context, Node *child);
bool node_each_child(const Node *node, NodeVisit *visit, void *context);

// Appends to a list in an arena.
void node_list_push(Arena *arena, NodeList *list, Node *node);

// A node seen as its own struct, checked in one place: NODE_AS(Call, n)->args.
#define NODE_AS(Struct, node) ((Node##Struct *)(node))

// Strip parentheses.
static inline Node *node_unparen(Node *n) {
  while (n && n->kind == NODE_PAREN) n = ((NodeParen *)n)->x;
  return n;
}

#endif
