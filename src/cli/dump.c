// gol dump: what each stage makes of a file.
#include <stdio.h>
#include <string.h>

#include "bytecode/disasm.h"
#include "cli/command.h"
#include "driver/compilation.h"
#include "syntax/dump.h"
#include "types/constant.h"

typedef enum { DUMP_NONE, DUMP_TOKENS, DUMP_TREE, DUMP_TYPES, DUMP_CODE } What;

static What what_of(const char *flag) {
  static const struct { const char *flag; What what; } flags[] = {
      {"tokens", DUMP_TOKENS}, {"tree", DUMP_TREE}, {"types", DUMP_TYPES}, {"code", DUMP_CODE}};
  flag += strspn(flag, "-");
  for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
    if (!strcmp(flag, flags[i].flag)) return flags[i].what;
  return DUMP_NONE;
}

// What the checker knows of a node, for dump_tree_noted.
static void note_type(void *context, StrBuf *out, const Node *node) {
  Compilation *c = context;
  if (!node->type) return;
  strbuf_printf(out, " : %s", type_string(&c->universe, node->type, c->main));
  if (node->constant) strbuf_printf(out, " = %s", const_format(&c->arena, node->constant));
}

int command_dump(int argc, char **argv) {
  What what = argc > 1 ? what_of(argv[1]) : DUMP_NONE;
  if (what == DUMP_NONE || argc != 3) return command_misuse("dump", "dump wants one of --tokens --tree --types --code, and a file");
  Compilation c;
  compilation_init(&c, (CompilationOptions){0});
  StrBuf out = {0};
  const char *error = NULL;
  bool ok = compilation_add_path(&c, argv[2], &error);
  if (error) fprintf(stderr, "gol: %s\n", error);
  if (ok) switch (what) {
    case DUMP_TOKENS: dump_tokens(&out, c.files.data[0]->source); break;
    case DUMP_TREE: dump_tree(&out, &c.sources, c.files.data[0]); break;
    case DUMP_TYPES:
      compilation_check(&c);
      dump_tree_noted(&out, &c.sources, c.files.data[0], note_type, &c);
      break;
    default:
      if (compilation_check(&c)) {
        Program *program = compilation_compile(&c);
        if (program) disasm_program(&out, program);
      }
    }
  ok = ok && diags_count(&c.diags) == 0;
  fwrite(out.data, 1, out.len, stdout);
  strbuf_free(&out);
  compilation_report(&c);
  compilation_deinit(&c);
  return ok ? STATUS_OK : STATUS_ERROR;
}
