// Compiler directives (//go:noinline and the like): gol does without them, but reports misplaced ones as gc does. A
// directive belongs to the declaration after it, and most are for functions only.
#include "types/checker.h"

// The directives for functions that gc knows outside of the standard library.
static bool is_function_directive(Text verb) {
  static const char *const verbs[] = {"go:nointerface",    "go:noescape",         "go:norace",
                                      "go:nosplit",        "go:noinline",         "go:nocheckptr",
                                      "go:uintptrescapes", "go:uintptrkeepalive", "go:registerparams"};
  for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
    if (text_equal(verb, text_of(verbs[i]))) return true;
  return false;
}

// The word behind `//` of a comment that begins a directive; empty for others.
static Text directive_verb(const File *file, const Comment *comment) {
  const char *text = file->source->text.ptr + (comment->start - file->source->base);
  uint32_t len = comment->end - comment->start;
  if (!comment->line || len < 5 || memcmp(text, "//go:", 5)) return (Text){"", 0};
  uint32_t end = 5;
  while (end < len && text[end] != ' ' && text[end] != '\t' && text[end] != '\r') end++;
  return (Text){text + 2, end - 2};
}

// Is the next thing in the file a function declaration, and does the position not lie within another declaration?
static bool is_before_function(const File *file, Pos pos) {
  if (file->package && pos < file->package->h.end) return false;
  for (uint32_t i = 0; i < file->top.len; i++) {
    const Node *item = file->top.items[i];
    if (item->end <= pos) continue;
    return item->start > pos && item->kind == NODE_FUNC;
  }
  return false;
}

void check_directives(Checker *c, const File *file) {
  for (uint32_t i = 0; i < file->comment_count; i++) {
    const Comment *comment = &file->comments[i];
    Text verb = directive_verb(file, comment);
    if (!verb.len || is_before_function(file, comment->start)) continue;
    bool late_build = text_equal(verb, TEXT("go:build")) && file->package && comment->start > file->package->h.start;
    if (is_function_directive(verb) || late_build)
      check_error_pos(c, comment->start + 2, comment->end, "misplaced compiler directive");
  }
}
