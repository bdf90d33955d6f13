// Trees as Go text on one line, as gc shows them in messages: function bodies, and long literals, shortened to {…}.
#ifndef SYNTAX_PRINT_H
#define SYNTAX_PRINT_H

#include "base/text.h"
#include "syntax/tree.h"

// Any expression, type or simple statement; NULL prints nothing.
void node_print(StrBuf *out, const Node *node);
// The same in an arena, for messages.
const char *node_string(Arena *arena, const Node *node);

#endif
