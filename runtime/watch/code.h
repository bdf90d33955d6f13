// Code that somebody remembers by its address: its memory stays as long. In a session (Program.find) Programs come and go; what the
// detector has noted of them must not come to mean another Program at the same place.
#ifndef WATCH_CODE_H
#define WATCH_CODE_H

#include <stdint.h>

#include "bytecode/program.h"

typedef struct CodeSet CodeSet;

CodeSet *code_set_new(void);
void code_set_free(CodeSet *set); // NULL: nothing; what was in it may go
// The code at pc, which runs or is kept otherwise while it is put in. Any thread.
void code_keep(CodeSet *set, const Instr *pc);
uint32_t code_kept(const CodeSet *set); // blocks of memory; any thread

#endif
