// The parser's driver: tokens from the lexer into lemon's machine, one at a time.
#include "syntax/parse.h"

#include "syntax/build.h"
#include "syntax/parser.h"
#include "syntax/place.h"
#include "syntax/tokens.h"

#include "base/vec.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { TREE_DEPTH_MAX = 10000 }; // later passes recurse over the tree

#define TOO_DEEP "syntax error: nesting too deep"

void complain_at(Parser *p, Pos start, Pos end, const char *fmt, ...) {
  Diags *diags = p->context->diags;
  va_list args;
  va_start(args, fmt);
  const char *message = arena_vprintf(&diags->arena, fmt, args);
  va_end(args);
  if (strncmp(message, "syntax error", 12) == 0) {
    p->context->syntax_errors++;
    uint32_t line = source_raw_position(p->context->sources, start).line;
    p->kept = p->last_line != line;
    if (!p->kept) return;
    p->last_line = line;
  }
  p->kept = true;
  vec_push(&diags->list, (Diag){start, end, message, NULL});
}

void parser_hint(Parser *p, const char *hint) {
  if (p->kept) diag_hint(p->context->diags, "%s", hint);
}

void parser_advance(Parser *p) {
  if (p->lexer.cursor != p->stop) {
    p->token = lexer_next(&p->lexer);
    return;
  }
  p->token = (Token){.start = p->lexer.base + (Pos)(p->stop - p->lexer.text), .kind = p->lexer.nlsemi ? T_SEMI : T_END};
  p->lexer.nlsemi = false;
}

// --- depth

typedef struct DepthWalk {
  VEC(Node *) nodes;
  VEC(uint32_t) depths;
  uint32_t depth; // of the node whose children are being visited
} DepthWalk;

static bool push_child(void *context, Node *child) {
  DepthWalk *walk = context;
  // Each level of the tree is at least one byte of text, so what is short cannot be deep.
  if (child->end - child->start + walk->depth > TREE_DEPTH_MAX) {
    vec_push(&walk->nodes, child);
    vec_push(&walk->depths, walk->depth + 1);
  }
  return true;
}

// Finds a node deeper than the limit. `a + b + c ...` and `a.b.c ...` nest to the left without using the parser's stack.
// `length`: of the text that was read.
static Node *find_too_deep(const File *file, uint32_t length) {
  if (length <= TREE_DEPTH_MAX) return NULL;
  DepthWalk walk = {0};
  Node *found = NULL;
  for (uint32_t i = 0; i < file->top.len; i++) push_child(&walk, file->top.items[i]);
  while (walk.nodes.len && !found) {
    Node *node = vec_pop(&walk.nodes);
    walk.depth = vec_pop(&walk.depths);
    if (walk.depth > TREE_DEPTH_MAX) found = node;
    else node_each_child(node, push_child, &walk);
  }
  vec_free(&walk.nodes);
  vec_free(&walk.depths);
  return found;
}

// --- the loop

// SourceFile = PackageClause ";" ... : without it only a script can be meant, and a .go file is never one.
static bool lacks_package(const Parser *p) {
  if (p->token.kind == T_PACKAGE || parser_depth(p->machine) > 0) return false;
  const char *path = p->file->source->path;
  size_t len = strlen(path);
  return len > 3 && strcmp(path + len - 3, ".go") == 0;
}

// Reads the next token; false if it must be refused. What is not wanted yet of a function becomes one token.
static bool advance_fast(Parser *p) {
  parser_advance(p);
  switch (p->token.kind) {
  case T_FUNC:
    if (p->context->skip != SKIP_FUNCTIONS || !place_takes(p, T_HEAD)) return true;
    p->token = lexer_skip_head(&p->lexer, p->token);
    p->token.kind = T_HEAD;
    return true;
  case T_LBRACE:
    if (!p->context->skip || !place_takes(p, T_BODY)) return !parser_refuses(p);
    p->token = lexer_skip_block(&p->lexer, p->token);
    p->token.kind = T_BODY;
    return true;
  case T_TILDE: return !parser_refuses(p);
  default: return true;
  }
}

// Straight through; false at the first token that cannot be taken.
static bool parse_fast(Parser *p) { return advance_fast(p) && !lacks_package(p) && parser_feed_all(p, advance_fast); }

// Every token is tried before it is fed, and mistakes are reported and mended.
static void parse_carefully(Parser *p) {
  do {
    parser_advance(p);
    if (lacks_package(p)) {
      complain(p, p->token, "syntax error: package statement must be first");
      return;
    }
    if (!parser_takes(p)) parser_recover(p);
    if (p->failed) return;
    if (parser_depth(p->machine) > STACK_MAX) {
      complain(p, p->token, TOO_DEEP);
      return;
    }
    parser_feed(p->machine, p->token);
  } while (p->token.kind != T_END);
}

// A part of a source, and what the machine must have been fed before it takes it.
typedef struct Part {
  Pos start, end;
  enum { PART_DECLARATION = 3, PART_BODY = 7 } before; // so many tokens of these
} Part;
static const uint8_t before_part[] = {T_PACKAGE, T_IDENT, T_SEMI, T_FUNC, T_IDENT, T_LPAREN, T_RPAREN};

static void feed_before(Parser *p, const Part *part) {
  for (int i = 0; i < (int)part->before; i++) parser_feed(p->machine, (Token){.kind = before_part[i]});
}

// The machine has been fed that once, and begins there again. Of a body's function the node is used again as well.
static void begin_again(Parser *p, ParseParts *parts, const Part *part) {
  ParserStart **start = part->before == PART_BODY ? &parts->body : &parts->declaration;
  p->file->script = false; // what the package clause says
  if (*start) {
    p->machine = parts->machine;
    parser_machine_restart(p->machine, p, *start);
    return;
  }
  if (parts->machine) parser_machine_free(parts->machine);
  p->machine = parts->machine = parser_machine_new(p);
  feed_before(p, part);
  *start = parser_machine_save(p->machine);
}

void parse_parts_deinit(ParseParts *parts) {
  if (parts->machine) parser_machine_free(parts->machine);
  free(parts->declaration);
  free(parts->body);
  *parts = (ParseParts){0};
}

static void machine_done(Parser *p) {
  ParseParts *parts = p->context->parts;
  if (!parts || p->machine != parts->machine) parser_machine_free(p->machine);
}

// `part`: NULL: all of the source is to be read. `parts`: NULL: with a machine of its own.
static void parser_init(Parser *p, ParseContext *context, Source *source, const Part *part, ParseParts *parts) {
  *p = (Parser){.context = context, .arena = context->arena, .names = context->names};
  p->before = diags_count(context->diags);
  p->file = ARENA_NEW(p->arena, File);
  p->file->source = source;
  p->file->script = true;
  context->syntax_errors = 0;
  if (!part) {
    p->machine = parser_machine_new(p);
    source->directives.len = 0;
    lexer_init(&p->lexer, context->sources, source, context->diags, p->arena);
    return;
  }
  lexer_init_at(&p->lexer, context->sources, source, context->diags, p->arena, part->start);
  p->stop = source->text.ptr + (part->end - source->base);
  if (parts) {
    begin_again(p, parts, part);
  } else {
    p->machine = parser_machine_new(p);
    feed_before(p, part);
  }
}

static void parse(Parser *p, ParseContext *context, Source *source, const Part *part) {
  parser_init(p, context, source, part, context->parts);
  if (!parse_fast(p)) {
    machine_done(p);
    context->diags->list.len = p->before;
    parser_init(p, context, source, part, NULL);
    parse_carefully(p);
  }
  machine_done(p);
  Node *deep = find_too_deep(p->file, part ? part->end - part->start : source->text.len);
  if (deep) {
    complain_at(p, deep->start, deep->end, TOO_DEEP);
    p->file->top.len = 0; // nobody may walk it
  }
}

// The function that stands in a part of a source, or that the part is the body of; NULL: its mistakes leave nothing.
static NodeFunc *parse_part(ParseContext *context, Source *source, Part part) {
  Parser p;
  ParseContext all = *context;
  all.skip = SKIP_NOTHING;
  parse(&p, &all, source, &part);
  context->syntax_errors = all.syntax_errors;
  return p.file->top.len ? NODE_AS(Func, p.file->top.items[0]) : NULL;
}

void parse_head(ParseContext *context, Source *source, NodeFunc *func) {
  Pos end = func->body ? func->body->start : func->h.end;
  const char *text = source->text.ptr - source->base;
  while (text[end - 1] == ' ' || text[end - 1] == '\t' || text[end - 1] == '\r') end--;
  NodeFunc *read = parse_part(context, source, (Part){func->h.start, end, PART_DECLARATION});
  ASSERT(read && read->h.kind == NODE_FUNC && read->sig, "a head that cannot be read is no head");
  func->h.pos = read->h.pos;
  func->recv = read->recv;
  func->sig = read->sig;
}

static Part body_part(const NodeFunc *func) { return (Part){func->body->start, func->body->end, PART_BODY}; }

void parse_body(ParseContext *context, Source *source, NodeFunc *func) {
  NodeFunc *read = parse_part(context, source, body_part(func));
  if (read && read->body) NODE_AS(Block, func->body)->stmts = NODE_AS(Block, read->body)->stmts;
  __atomic_store_n(&func->unread, BODY_READ, __ATOMIC_RELEASE);
}

void parse_right_body(ParseContext *context, Source *source, NodeFunc *func) {
  Parser p;
  Part part = body_part(func);
  parser_init(&p, context, source, &part, context->parts);
  bool right = parse_fast(&p) && !parser_has_errors(&p) && !find_too_deep(p.file, part.end - part.start);
  machine_done(&p);
  if (right) NODE_AS(Block, func->body)->stmts = NODE_AS(Block, NODE_AS(Func, p.file->top.items[0])->body)->stmts;
  else diags_clear(context->diags);
  __atomic_store_n(&func->unread, right ? BODY_READ : BODY_UNREAD, __ATOMIC_RELEASE);
}

File *parse_file(ParseContext *context, Source *source) {
  Parser p;
  parse(&p, context, source, NULL);
  p.file->comments = p.lexer.comments.data;
  p.file->comment_count = p.lexer.comments.len;
  context->status = parser_has_errors(&p) ? PARSE_ERROR : PARSE_OK;
  bool only_error = diags_count(context->diags) == p.before + 1;
  if (p.incomplete || (p.lexer.unterminated && only_error)) context->status = PARSE_INCOMPLETE;
  return p.file;
}
