#include "cli/repl.h"

#include <string.h>

void repl_command(Repl *r, const char *line) {
  if (!strcmp(line, ":quit")) r->leave = true;
}
uint32_t repl_complete(void *repl, Text text, uint32_t *start, const Candidate **candidates) { return 0; }
