#include "syntax/parser.h"
#include "syntax/tokens.h"
void parser_recover(Parser* p) {
  complain(p, p->token, "syntax error: unexpected token");
  p->failed = true;
}
