// What the lexer and the parser made of a file, as text for people: `gol dump --tokens|--tree`.
#ifndef SYNTAX_DUMP_H
#define SYNTAX_DUMP_H

#include "base/source.h"
#include "base/text.h"
#include "syntax/tree.h"

// One token a line: LINE:COLUMN KIND TEXT.
void dump_tokens(StrBuf *out, Source *source);

// One node a line, children indented: KIND, plain data, LINE:COLUMN of its start and end.
void dump_tree(StrBuf *out, const SourceSet *sources, const File *file);

// The same with a note behind each expression, from whoever knows more (the checker's types, say).
typedef void DumpNote(void *context, StrBuf *out, const Node *node);
void dump_tree_noted(StrBuf *out, const SourceSet *sources, const File *file, DumpNote *note, void *context);

#endif
