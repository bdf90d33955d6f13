// A session's inputs as a script. What a later input declared again is left out, or becomes an assignment where the type is the
// same; expressions that only showed their value are assigned to the blank identifier.
#include "driver/session.h"

#include <stdlib.h>
#include <string.h>

#include "syntax/tree.h"

typedef enum { SAVED_STATEMENT, SAVED_EXPRESSION, SAVED_IMPORT, SAVED_DECLARATION, SAVED_DEFINE } SavedKind;

typedef struct {
  SavedKind kind;
  uint32_t start, len;  // in texts
  const Name *name;     // what it declares, if it is one name; of a method with `of`
  const Name *of;
  const Type *type;     // DEFINE
} SavedItem;

struct SavedItems {
  VEC(SavedItem) items;
  StrBuf texts;
};

void session_forget_saved(Session *s) {
  if (!s->saved) return;
  vec_free(&s->saved->items);
  strbuf_free(&s->saved->texts);
  free(s->saved);
}

static const Name *receiver(const NodeFunc *f) {
  const Node *n = f->recv ? ((const NodeField *)f->recv)->of : NULL;
  while (n) {
    switch (n->kind) {
    case NODE_PAREN: n = ((const NodeParen *)n)->x; break;
    case NODE_STAR: n = ((const NodeStar *)n)->x; break;
    case NODE_INDEX: n = ((const NodeIndex *)n)->x; break;
    case NODE_IDENT: return ((const NodeIdent *)n)->name;
    default: return NULL;
    }
  }
  return NULL;
}

static bool is_statement_call(const Node *x) {
  x = node_unparen((Node *)x);
  if (x->kind == NODE_UNARY) return ((const NodeUnary *)x)->op == OPER_ARROW;
  if (x->kind != NODE_CALL) return false;
  CallKind kind = ((const NodeCall *)x)->call;
  return kind != CALL_CONVERSION && !(kind == CALL_BUILTIN && x->type && x->mode != MODE_NOVALUE);
}

static const Name *single(NodeList names) { return names.len == 1 && names.items[0]->kind == NODE_IDENT ? ((const NodeIdent *)names.items[0])->name : NULL; }

static void describe(Session *s, SavedItem *item, const Node *n) {
  switch (n->kind) {
  case NODE_IMPORT: item->kind = SAVED_IMPORT; break;
  case NODE_DECL_STMT: item->kind = ((const NodeDeclStmt *)n)->decls.len && ((const NodeDeclStmt *)n)->decls.items[0]->kind == NODE_IMPORT ? SAVED_IMPORT : SAVED_DECLARATION; break;
  case NODE_CONST: item->kind = SAVED_DECLARATION, item->name = single(((const NodeConst *)n)->names); break;
  case NODE_VAR: item->kind = SAVED_DECLARATION, item->name = single(((const NodeVar *)n)->names); break;
  case NODE_TYPE: item->kind = SAVED_DECLARATION, item->name = ((const NodeIdent *)((const NodeTypeDecl *)n)->name)->name; break;
  case NODE_FUNC:
    item->kind = SAVED_DECLARATION;
    item->name = ((const NodeIdent *)((const NodeFunc *)n)->name)->name;
    item->of = receiver((const NodeFunc *)n);
    break;
  case NODE_ASSIGN: {
    const NodeAssign *a = (const NodeAssign *)n;
    if (!a->define || !(item->name = single(a->lhs))) break;
    item->kind = SAVED_DEFINE;
    item->type = compile_variable(s->compile, ((const NodeIdent *)a->lhs.items[0])->obj).type; // which lasts
    break;
  }
  case NODE_EXPR_STMT:
    if (!is_statement_call(((const NodeExprStmt *)n)->x)) item->kind = SAVED_EXPRESSION;
    break;
  default: break;
  }
}

// A declaration's extent begins behind its keyword.
const char *session_keyword(const Node *n, const char *text) {
  static const char *const keywords[] = {[NODE_IMPORT] = "import ", [NODE_TYPE] = "type ", [NODE_CONST] = "const ", [NODE_VAR] = "var "};
  const char *keyword = n->kind < sizeof keywords / sizeof *keywords ? keywords[n->kind] : NULL;
  return keyword && strncmp(text, keyword, strlen(keyword)) ? keyword : "";
}

static void add(Session *s, const File *file, const Node *n) {
  struct SavedItems *saved = s->saved;
  SavedItem item = {.start = saved->texts.len};
  describe(s, &item, n);
  const char *text = file->source->text.ptr + (n->start - file->source->base);
  strbuf_puts(&saved->texts, session_keyword(n, text));
  strbuf_write(&saved->texts, text, n->end - n->start);
  item.len = saved->texts.len - item.start;
  vec_push(&saved->items, item);
}

void session_record(Session *s, const File *file) {
  if (!s->saved && !(s->saved = calloc(1, sizeof *s->saved))) return;
  for (uint32_t i = 0; i < file->top.len; i++)
    if (file->top.items[i]->kind != NODE_EMPTY) add(s, file, file->top.items[i]);
  if (file->script) return;
  vec_push(&s->saved->items, (SavedItem){.start = s->saved->texts.len, .len = 6});
  strbuf_puts(&s->saved->texts, "main()");
}

// A type takes its methods with it.
static bool replaces(const SavedItem *later, const SavedItem *item) {
  if (!item->name || later->kind < SAVED_DECLARATION || !later->name) return false;
  if (item->of) return (later->of == item->of && later->name == item->name) || (!later->of && later->name == item->of);
  return !later->of && later->name == item->name;
}

static bool same_type(const SavedItem *a, const SavedItem *b) { return a->type && b->type && type_identical((Type *)a->type, (Type *)b->type); }

void session_save(Session *s, StrBuf *out) {
  struct SavedItems *saved = s->saved;
  for (int imports = 1; imports >= 0; imports--)
    for (uint32_t i = 0; saved && i < saved->items.len; i++) {
      SavedItem *item = &saved->items.data[i];
      if ((item->kind == SAVED_IMPORT) != imports) continue;
      const char *text = saved->texts.data + item->start;
      bool left_out = false, again = false;
      for (uint32_t k = i + 1; k < saved->items.len && item->kind >= SAVED_DECLARATION; k++) {
        const SavedItem *later = &saved->items.data[k];
        if (!replaces(later, item)) continue;
        left_out = item->kind != SAVED_DEFINE || later->kind != SAVED_DEFINE || !same_type(later, item);
      }
      for (uint32_t k = 0; k < i && item->kind == SAVED_DEFINE; k++) {
        const SavedItem *earlier = &saved->items.data[k];
        again |= earlier->kind == SAVED_DEFINE && earlier->name == item->name && same_type(earlier, item);
      }
      if (left_out) continue;
      const char *define = again ? memmem(text, item->len, ":=", 2) : NULL;
      if (item->kind == SAVED_EXPRESSION) strbuf_puts(out, "_ = ");
      if (define) strbuf_printf(out, "%.*s%.*s", (int)(define - text), text, (int)(item->len - (define - text) - 1), define + 1);
      else strbuf_write(out, text, item->len);
      strbuf_putc(out, '\n');
    }
}
