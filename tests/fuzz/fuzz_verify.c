// Fuzz target: the verifier on spoilt bytecode. It may accept or refuse, and must not read outside the program.
// The input is a list of changes to a good program: 2 bytes function, 2 bytes instruction, 8 bytes to put there.
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "bytecode/verify.h"
#include "driver/compilation.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CHANGE = 12, MOST = 64 };

// The one thing the targets of a fuzzer cannot be handed: what was made before the first input.
static Program *program;

static const char text[] =
    "type T struct { a int; s string; p *T }\n"
    "type I interface { M(int) string }\n"
    "func (t T) M(n int) string { return t.s }\n"
    "func f(a, b int, rest ...string) (n int, err error) {\n"
    "  defer func() { recover() }()\n"
    "  for i := range rest { n += i * a / (b + 1) }\n"
    "  switch { case n > 3: n--; case n < 0: panic(\"x\") }\n"
    "  return\n"
    "}\n"
    "ch := make(chan T, 2)\n"
    "m := map[string][]float64{\"a\": {1, 2.5}}\n"
    "var i I = T{1, \"s\", nil}\n"
    "go func() { ch <- T{a: len(m)} }()\n"
    "select { case t := <-ch: println(t.a, i.M(2)); default: }\n"
    "s := []int{1, 2, 3}\n"
    "s = append(s[:1], s[2:]...)\n"
    "n, _ := f(s[0], 2, \"p\", \"q\")\n"
    "if x, ok := i.(T); ok && n > 0 { println(x.s + \"!\", m[\"a\"][0]) }\n";

int LLVMFuzzerInitialize(int *argc, char ***argv) {
  Compilation c;
  compilation_init(&c, (CompilationOptions){0});
  bool ok = compilation_add_text(&c, "seed.gol", (Text){text, sizeof text - 1}) && compilation_check(&c);
  program = ok ? compilation_compile(&c) : NULL;
  compilation_report(&c);
  ASSERT(program, "the program to spoil does not compile");
  ASSERT(verify_program(program, NULL), "the program to spoil does not verify");
  compilation_deinit(&c);
  return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Instr *places[MOST], before[MOST];
  size_t n = 0;
  for (; size >= CHANGE && n < MOST; data += CHANGE, size -= CHANGE) {
    uint16_t function, at;
    memcpy(&function, data, 2);
    memcpy(&at, data + 2, 2);
    Function *f = program->functions[function % program->function_count];
    if (!f->code_len) continue;
    places[n] = &f->code[at % f->code_len];
    before[n] = *places[n];
    memcpy(places[n++], data + 4, 8);
  }
  StrBuf why = {0};
  verify_program(program, &why);
  strbuf_free(&why);
  while (n--) *places[n] = before[n];
  return 0;
}
