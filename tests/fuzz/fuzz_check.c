// Fuzz target: the whole front end on any bytes. What passes the checker must compile, and what compiles must verify.
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/assert.h"
#include "bytecode/verify.h"
#include "driver/compilation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Compilation c;
  compilation_init(&c, (CompilationOptions){.loopvar_shared = size & 1});
  bool parsed = compilation_add_text(&c, "fuzz.gol", (Text){(const char *)data, (uint32_t)size});
  if (parsed && compilation_check(&c)) {
    Program *program = compilation_compile(&c);
    if (program) {
      ASSERT(verify_program(program, NULL), "the compiler made what the verifier refuses");
      program_free(program);
    }
  }
  compilation_deinit(&c);
  return 0;
}
