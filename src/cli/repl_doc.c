// :doc: declarations of the standard library with the comments above them.
#include "cli/repl.h"

#include <string.h>
#include <unistd.h>

#include "std/std.h"

static Text source_text(const File *file, Pos start, Pos end) { return (Text){file->source->text.ptr + (start - file->source->base), end - start}; }

// The comments that end right above `at`.
static Pos comments_start(const File *file, Pos at) {
  for (uint32_t i = file->comment_count; i--;) {
    const Comment *c = &file->comments[i];
    if (c->end > at) continue;
    Text between = source_text(file, c->end, at);
    uint32_t lines = 0;
    for (uint32_t k = 0; k < between.len; k++) {
      if (!strchr(" \t\n", between.ptr[k])) return at;
      lines += between.ptr[k] == '\n';
    }
    if (lines > 1) return at;
    at = c->start;
  }
  return at;
}

static const Name *name_of_node(const Node *n) { return n && n->kind == NODE_IDENT ? ((const NodeIdent *)n)->name : NULL; }

static bool declares(const Node *n, const char *name) {
  switch (n->kind) {
  case NODE_FUNC: return !((const NodeFunc *)n)->recv && name_is(name_of_node(((const NodeFunc *)n)->name), name);
  case NODE_TYPE: return name_is(name_of_node(((const NodeTypeDecl *)n)->name), name);
  case NODE_CONST: case NODE_VAR: {
    NodeList names = n->kind == NODE_CONST ? ((const NodeConst *)n)->names : ((const NodeVar *)n)->names;
    for (uint32_t i = 0; i < names.len; i++)
      if (name_is(name_of_node(names.items[i]), name)) return true;
    return false;
  }
  default: return false;
  }
}

static bool is_method_of(const Node *n, const char *type) {
  if (n->kind != NODE_FUNC || !((const NodeFunc *)n)->recv) return false;
  const Node *of = ((const NodeField *)((const NodeFunc *)n)->recv)->of;
  while (of && of->kind != NODE_IDENT) {
    if (of->kind == NODE_STAR) of = ((const NodeStar *)of)->x;
    else if (of->kind == NODE_PAREN) of = ((const NodeParen *)of)->x;
    else if (of->kind == NODE_INDEX) of = ((const NodeIndex *)of)->x;
    else return false;
  }
  return name_is(name_of_node(of), type);
}

// What embed.py has taken out of a file of the standard library.
static void put_std_comment(StrBuf *out, const SourceSet *sources, const File *file, Pos above) {
  static const char root[] = "$GOROOT/src/";
  if (strncmp(file->source->path, root, sizeof root - 1)) return;
  strbuf_puts(out, std_comment(file->source->path + sizeof root - 1, source_raw_position(sources, above).line));
}

static void put_declaration(StrBuf *out, const SourceSet *sources, const File *file, const Node *n, Pos around) {
  Pos end = n->end, start = comments_start(file, around);
  put_std_comment(out, sources, file, around);
  if (n->kind == NODE_FUNC && ((const NodeFunc *)n)->body) end = ((const NodeFunc *)n)->body->start;
  Text comments = source_text(file, start, around), text = source_text(file, n->start, end);
  while (text.len && strchr(" \t\n", text.ptr[text.len - 1])) text.len--;
  while (comments.len && comments.ptr[comments.len - 1] == '\t') comments.len--; // before a member of a group
  strbuf_put_text(out, comments);
  strbuf_puts(out, session_keyword(n, text.ptr));
  strbuf_put_text(out, text);
  strbuf_putc(out, '\n');
}

// Calls `visit` for each declaration, also those in groups.
static const Node *find(const File *file, const char *name, Pos *around) {
  for (uint32_t i = 0; i < file->top.len; i++) {
    const Node *n = file->top.items[i];
    *around = n->start;
    if (n->kind == NODE_DECL_STMT) {
      NodeList group = ((const NodeDeclStmt *)n)->decls;
      for (uint32_t k = 0; k < group.len; k++)
        if (declares(group.items[k], name)) return *around = group.len > 1 ? group.items[k]->start : n->start, group.items[k];
    } else if (declares(n, name)) return n;
  }
  return NULL;
}

static const Node *find_method(const File *file, const char *type, const char *name) {
  for (uint32_t i = 0; i < file->top.len; i++) {
    const Node *n = file->top.items[i];
    if (is_method_of(n, type) && name_is(name_of_node(((const NodeFunc *)n)->name), name)) return n;
  }
  return NULL;
}

// The one that is named after the package, if there is one.
static const File *main_file(const Package *p) {
  const char *slash = strrchr(p->path->text, '/'), *name = slash ? slash + 1 : p->path->text;
  size_t len = strlen(name);
  for (uint32_t i = 0; i < p->file_count; i++) {
    const char *path = p->files[i]->source->path, *last = strrchr(path, '/');
    if (last && !strncmp(last + 1, name, len) && last[1 + len] == '.') return p->files[i];
  }
  return p->files[0];
}

static void put_package(StrBuf *out, const SourceSet *sources, const Package *p) {
  const File *file = main_file(p);
  Pos clause = file->package->h.start;
  put_std_comment(out, sources, file, clause);
  for (uint32_t i = 0; i < file->comment_count && file->comments[i].end < clause; i++) {
    strbuf_put_text(out, source_text(file, file->comments[i].start, file->comments[i].end));
    strbuf_putc(out, '\n');
  }
  strbuf_printf(out, "package %s (import \"%s\")\n\n", p->name->text, p->path->text);
  uint32_t column = 0;
  for (uint32_t i = 0; i < scope_count(p->scope); i++) {
    const Object *o = scope_at(p->scope, i);
    if (!name_is_exported(o->name)) continue;
    if (column + o->name->len > 90) strbuf_putc(out, '\n'), column = 0;
    strbuf_printf(out, "%s%s", column ? "  " : "", o->name->text);
    column += o->name->len + 2;
  }
  strbuf_putc(out, '\n');
}

// What a name for another package's type stands for.
static void put_alias(StrBuf *out, Session *s, Package *p, const Node *n, const char *name) {
  if (n->kind != NODE_TYPE || !((const NodeTypeDecl *)n)->alias) return;
  StrBuf text = {0}; // the declaration is checked when it is referred to
  strbuf_printf(&text, "%s.%s", p->name->text, name);
  Type *t = session_check_type(s, strbuf_text(&text));
  strbuf_free(&text);
  t = t ? type_unalias(t) : NULL;
  if (t && t->kind == TYPE_NAMED) strbuf_printf(out, "    which is %s\n", type_string(&s->compilation.universe, type_underlying(t), p));
}

static void put_member(StrBuf *out, Session *s, Package *p, const char *name, const char *member) {
  for (uint32_t i = 0; i < p->file_count; i++) {
    const File *file = p->files[i];
    Pos around;
    const Node *n = member ? find_method(file, name, member) : find(file, name, &around);
    if (!n) continue;
    put_declaration(out, &s->compilation.sources, file, n, member ? n->start : around);
    if (!member) put_alias(out, s, p, n, name);
    for (uint32_t k = 0; k < file->top.len && !member; k++) {
      const Node *m = file->top.items[k];
      if (is_method_of(m, name) && name_is_exported(name_of_node(((const NodeFunc *)m)->name))) {
        strbuf_puts(out, "    ");
        const NodeFunc *f = (const NodeFunc *)m;
        Text text = source_text(file, m->start, f->body ? f->body->start : m->end);
        while (text.len && strchr(" \t\n", text.ptr[text.len - 1])) text.len--;
        strbuf_put_text(out, text);
        strbuf_putc(out, '\n');
      }
    }
    return;
  }
}

// What was declared here, by its own text.
static bool put_own(Repl *r, StrBuf *out, const char *name) {
  Compilation *c = &r->session->compilation;
  const Object *o = scope_lookup(r->session->scope, name_of(&c->names, name));
  const Source *source = o && o->decl ? source_find(&c->sources, o->decl->start) : NULL;
  if (!source || o->kind == OBJECT_PACKAGE) return false;
  const char *text = source->text.ptr + (o->decl->start - source->base);
  strbuf_puts(out, session_keyword(o->decl, text));
  strbuf_write(out, text, o->decl->end - o->decl->start);
  strbuf_putc(out, '\n');
  return true;
}

void repl_doc(Repl *r, const char *argument) {
  char *name = arena_strdup(&r->session->compilation.arena, argument), *rest = strrchr(name, '/');
  char *member = strchr(rest ? rest : name, '.'), *method = member ? strchr(member + 1, '.') : NULL;
  if (member) *member++ = 0;
  if (method) *method++ = 0;
  StrBuf out = {0};
  Package *p = NULL;
  if (member || !put_own(r, &out, name)) p = session_package(r->session, name);
  if (p && !member) put_package(&out, &r->session->compilation.sources, p);
  else if (p) put_member(&out, r->session, p, member, method);
  if (!out.len && !p) strbuf_printf(&out, "there is no %s in the standard library\n", argument);
  else if (!out.len) strbuf_printf(&out, "package %s has no %s\n", p->path->text, argument + (member - name));
  line_write(r->line, STDOUT_FILENO, out.data, out.len);
  strbuf_free(&out);
}
