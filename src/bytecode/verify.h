// Structural check of bytecode before it runs: what passes cannot make the interpreter read or write outside its frame,
// jump between instructions, or use a type or function of another program. It does not type the slots: a word used as
// an address is trusted, as the compiler's are.
#ifndef BYTECODE_VERIFY_H
#define BYTECODE_VERIFY_H

#include <stdbool.h>

#include "base/text.h"
#include "bytecode/program.h"

// False: the program is malformed and *why names function, instruction and reason. `why` may be NULL.
bool verify_program(const Program *p, StrBuf *why);

#endif
