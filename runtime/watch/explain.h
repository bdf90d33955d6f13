// What a race is about, in a learner's words: what the two touched, on which lines, what they held, what would have ordered
// them, and what to do about it.
#ifndef WATCH_EXPLAIN_H
#define WATCH_EXPLAIN_H

#include "base/text.h"
#include "watch/race.h"

// One access, as its innermost function that is not of the standard library sees it.
typedef struct RaceSide {
  const RaceAccess *access;
  const Function *function;  // NULL: none of the program's is in the stack
  const AccessEntry *entry;  // NULL: no debug information
  const char *file;
  uint32_t line;
  bool direct;               // that function made the access itself, not a function that it called
} RaceSide;

RaceSide race_side(const Program *p, const RaceAccess *a);
void explain_who(StrBuf *out, const RaceAccess *a);                  // "goroutine 7", "main", "a finished goroutine"
bool explain_name(StrBuf *out, const RaceSide *side);                // "counter"; false: not known
void explain_lock(StrBuf *out, const Program *p, const RaceLock *l); // "mu", or its address; "rw (RLock)"
// "nothing orders line 12 after line 9: no channel, lock or WaitGroup between them" and what the locks have to do with it.
void explain_order(StrBuf *out, const Program *p, const RaceSide *now, const RaceSide *before);
// What usually helps.
void explain_hint(StrBuf *out, const RaceSide *now, const RaceSide *before);

#endif
