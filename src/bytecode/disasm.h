// Bytecode as text, for `gol dump --code`, error messages and tests.
#ifndef BYTECODE_DISASM_H
#define BYTECODE_DISASM_H

#include "base/text.h"
#include "bytecode/program.h"

// Every function of a sealed or unsealed program, in order of its table.
void disasm_program(StrBuf *out, const Program *p);
void disasm_function(StrBuf *out, const Function *f);
// One instruction without a newline; returns its length in words. The code must be well-formed (verify.h).
uint32_t disasm_instr(StrBuf *out, const Function *f, const Instr *pc);

#endif
