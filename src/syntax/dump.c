// Dumps of tokens and trees. The tree's comes from ast.def: the kind of a field says how it is shown.
#include "syntax/dump.h"

#include "base/diag.h"
#include "syntax/lexer.h"
#include "syntax/tokens.h"

// --- tokens

static const char *kind_name(Token token) {
  switch (token.kind) {
  case T_END: return "end";
  case T_IDENT: return "name";
  case T_SEMI: return token.op == SEMI_SEMICOLON ? "semicolon" : token.op == SEMI_NEWLINE ? "newline" : "end of file";
  case T_LITERAL:
    switch (token.op) {
    case LIT_INT: return "integer";
    case LIT_FLOAT: return "float";
    case LIT_IMAGINARY: return "imaginary";
    case LIT_RUNE: return "rune";
    case LIT_STRING: return "string";
    default: return "malformed";
    }
  default: return token.kind >= T_BREAK ? "keyword" : token.kind >= T_LPAREN ? "delimiter" : "operator";
  }
}

void dump_tokens(StrBuf *out, Source *source) {
  SourceSet sources = {0}; // only for the //line directives, which are not wanted here
  Diags diags = {0};
  Arena arena = {0};
  vec_push(&sources.sources, source);
  Source copy = *source;
  copy.directives.data = NULL;
  copy.directives.len = copy.directives.cap = 0;
  Lexer lexer;
  lexer_init(&lexer, &sources, &copy, &diags, &arena);
  for (;;) {
    Token token = lexer_next(&lexer);
    Position at = source_raw_position(&sources, token.start);
    strbuf_printf(out, "%u:%u\t%s", at.line, at.column, kind_name(token));
    if (token.kind == T_END) break;
    if (token.kind != T_SEMI) strbuf_printf(out, "\t%.*s", TEXT_ARGS(token_text(&lexer, token)));
    strbuf_putc(out, '\n');
  }
  strbuf_putc(out, '\n');
  vec_free(&copy.directives);
  vec_free(&sources.sources);
  arena_deinit(&sources.arena);
  arena_deinit(&arena);
  diags_deinit(&diags);
}

// --- trees

typedef struct Dump {
  StrBuf *out;
  const SourceSet *sources;
  DumpNote *note;
  void *context;
  int indent;
} Dump;

static void dump_name(Dump *d, const char *field, const Name *name) {
  (void)field;
  strbuf_printf(d->out, " %s", name->text);
}

static void dump_text(Dump *d, const char *field, Text text) {
  (void)field;
  strbuf_printf(d->out, " %.*s", TEXT_ARGS(text));
}

static void dump_flag(Dump *d, const char *field, bool set) {
  if (set) strbuf_printf(d->out, " %s", field);
}

// Positions, numbers and links between nodes are left out; enumerations look like numbers and are shown by dump_enum.
static void dump_nothing(Dump *d, const char *field, ...) {
  (void)d;
  (void)field;
}

#define DUMP_FIELD(value) \
  _Generic((value), \
      const Name*: dump_name, \
      Text: dump_text, \
      bool: dump_flag, \
      default: dump_nothing)

static void dump_enum(Dump *d, const Node *node) {
  static const char *const dirs[] = {"", " send", " receive"};
  static const char *const branches[] = {" break", " continue", " goto", " fallthrough"};
  Operator op = OPER_NONE;
  switch (node->kind) {
  case NODE_UNARY: op = NODE_AS(Unary, node)->op; break;
  case NODE_BINARY: op = NODE_AS(Binary, node)->op; break;
  case NODE_ASSIGN: op = NODE_AS(Assign, node)->op; break;
  case NODE_CHAN_TYPE: strbuf_puts(d->out, dirs[NODE_AS(ChanType, node)->dir]); break;
  case NODE_BRANCH: strbuf_puts(d->out, branches[NODE_AS(Branch, node)->branch]); break;
  default: break;
  }
  if (op) strbuf_printf(d->out, " %s", operator_text(op));
}

static void dump_node(Dump *d, const char *field, const Node *node);

static void dump_child(Dump *d, const char *field, const Node *node) {
  if (node) dump_node(d, field, node);
}

static void dump_list(Dump *d, const char *field, const NodeList *list) {
  for (uint32_t i = 0; i < list->len; i++) dump_child(d, field, list->items[i]);
}

static void dump_fields(Dump *d, const Node *node) {
  switch ((NodeKind)node->kind) {
#define NODE(KIND, Struct, class, fields) \
  case NODE_##KIND: { \
    const Node##Struct *n = (const Node##Struct *)node; \
    (void)n; \
    fields break; \
  }
#define C(name)
#define L(name)
#define A(type, name) DUMP_FIELD(n->name)(d, #name, n->name);
#define X(type, name)
#include "syntax/ast.def"
  case NODE_KIND_COUNT: break;
  }
}

static void dump_children(Dump *d, const Node *node) {
  switch ((NodeKind)node->kind) {
#define NODE(KIND, Struct, class, fields) \
  case NODE_##KIND: { \
    const Node##Struct *n = (const Node##Struct *)node; \
    (void)n; \
    fields break; \
  }
#define C(name) dump_child(d, #name, n->name);
#define L(name) dump_list(d, #name, &n->name);
#define A(type, name)
#define X(type, name)
#include "syntax/ast.def"
  case NODE_KIND_COUNT: break;
  }
}

static void dump_node(Dump *d, const char *field, const Node *node) {
  Position start = source_raw_position(d->sources, node->start), end = source_raw_position(d->sources, node->end);
  strbuf_printf(d->out, "%*s", d->indent * 2, "");
  if (field) strbuf_printf(d->out, "%s: ", field);
  strbuf_puts(d->out, node_kind_name((NodeKind)node->kind));
  dump_enum(d, node);
  dump_fields(d, node);
  strbuf_printf(d->out, "  %u:%u-", start.line, start.column);
  if (end.line != start.line) strbuf_printf(d->out, "%u:", end.line);
  strbuf_printf(d->out, "%u", end.column);
  NodeClass class = node_class((NodeKind)node->kind);
  if (d->note && (class == NODE_CLASS_EXPR || class == NODE_CLASS_TYPE)) d->note(d->context, d->out, node);
  strbuf_putc(d->out, '\n');
  d->indent++;
  dump_children(d, node);
  d->indent--;
}

void dump_tree_noted(StrBuf *out, const SourceSet *sources, const File *file, DumpNote *note, void *context) {
  Dump d = {.out = out, .sources = sources, .note = note, .context = context};
  if (file->script) strbuf_puts(out, "script\n");
  else strbuf_printf(out, "package %s\n", file->package->name->text);
  for (uint32_t i = 0; i < file->top.len; i++) dump_node(&d, NULL, file->top.items[i]);
}

void dump_tree(StrBuf *out, const SourceSet *sources, const File *file) {
  dump_tree_noted(out, sources, file, NULL, NULL);
}
