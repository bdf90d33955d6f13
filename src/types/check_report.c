// The checker's messages: one Diag a mistake, in the words and at the place of Go's compiler.
//
// What speaks of an "invalid operand" or an "invalid type" follows from an earlier mistake and is withheld.
#include "types/checker.h"

#include <string.h>

// Follow-up messages add nothing (the same test as in types2: not at the beginning, and not the first error).
static bool is_follow_up(const Checker *c, const char *message) {
  if (!c->errors) return false;
  const char *operand = strstr(message, "invalid operand"), *type = strstr(message, "invalid type");
  return (operand && operand != message) || (type && type != message);
}

static void report(Checker *c, Pos start, Pos end, const char *fmt, va_list args) {
  if (c->env.err_pos) start = c->env.err_pos, end = NO_POS;
  diag_verror(c->diags, start, end, fmt, args);
  Diag *diag = &vec_last(&c->diags->list);
  c->muted = is_follow_up(c, diag->message);
  if (c->muted) {
    c->diags->list.len--;
    return;
  }
  c->errors++;
}

// Where gc reports about a node: at its leftmost part, except that it does not look into slice expressions, function
// types and some statements.
Pos check_start(const Node *n) {
  for (;;) {
    switch (n->kind) {
    case NODE_COMPOSITE:
      if (!((const NodeComposite *)n)->of) return n->pos;
      n = ((const NodeComposite *)n)->of;
      break;
    case NODE_KEY_VALUE: n = ((const NodeKeyValue *)n)->key; break;
    case NODE_SELECTOR: n = ((const NodeSelector *)n)->x; break;
    case NODE_INDEX: n = ((const NodeIndex *)n)->x; break;
    case NODE_TYPE_ASSERT: n = ((const NodeTypeAssert *)n)->x; break;
    case NODE_CALL: n = ((const NodeCall *)n)->fun; break;
    case NODE_BINARY: n = ((const NodeBinary *)n)->x; break;
    case NODE_EXPR_STMT: return ((const NodeExprStmt *)n)->x->pos;
    case NODE_SLICE:
    case NODE_FUNC_TYPE: return n->pos;
    default: return n->start;
    }
  }
}

void check_error(Checker *c, const Node *at, const char *fmt, ...) {
  va_list args;
  va_start(args, fmt);
  report(c, check_start(at), at->end, fmt, args);
  va_end(args);
}

void check_error_pos(Checker *c, Pos start, Pos end, const char *fmt, ...) {
  va_list args;
  va_start(args, fmt);
  report(c, start, end, fmt, args);
  va_end(args);
}

void check_error_object(Checker *c, const Object *at, const char *fmt, ...) {
  va_list args;
  va_start(args, fmt);
  report(c, at->pos, at->name ? at->pos + at->name->len : NO_POS, fmt, args);
  va_end(args);
}

const char *check_place(Checker *c, Pos pos) {
  Position at = source_position(c->options->sources ? c->options->sources : &c->sources, pos);
  if (!at.path) return "";
  if (!at.column) return arena_printf(c->arena, "%s:%u", at.path, at.line);
  return arena_printf(c->arena, "%s:%u:%u", at.path, at.line, at.column);
}

void check_note(Checker *c, Pos at, const char *fmt, ...) {
  if (c->muted) return;
  va_list args;
  va_start(args, fmt);
  const char *text = arena_vprintf(c->arena, fmt, args);
  va_end(args);
  const char *place = at ? check_place(c, at) : "";
  diag_more(c->diags, "\n\t%s%s%s", place, *place ? ": " : "", text);
}

void check_note_other(Checker *c, const Object *other) {
  if (other->pos) check_note(c, other->pos, "other declaration of %s", other->name->text);
}

void check_hint(Checker *c, const char *fmt, ...) {
  if (c->muted) return;
  va_list args;
  va_start(args, fmt);
  diag_hint(c->diags, "%s", arena_vprintf(c->arena, fmt, args));
  va_end(args);
}
