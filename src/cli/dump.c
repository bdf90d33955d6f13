// gol dump: what each stage makes of a file.
#include <stdio.h>
#include <string.h>

#include "bytecode/disasm.h"
#include "cli/command.h"
#include "driver/compilation.h"
#include "syntax/dump.h"

typedef enum { DUMP_NONE, DUMP_TOKENS, DUMP_TREE, DUMP_TYPES, DUMP_CODE } What;

static What what_of(const char *flag) {
  static const struct { const char *flag; What what; } flags[] = {
      {"tokens", DUMP_TOKENS}, {"tree", DUMP_TREE}, {"types", DUMP_TYPES}, {"code", DUMP_CODE}};
  flag += strspn(flag, "-");
  for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
    if (!strcmp(flag, flags[i].flag)) return flags[i].what;
  return DUMP_NONE;
}
