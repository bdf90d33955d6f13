// Debugging aids: GOL_DEBUG=word,word...
//
//   gcstress   collect at every allocation
//   preempt    give way at every back edge and call
//   interpret  no machine code
//   machine    machine code for everything, at once
//   movestack  move the stack at every call, so that addresses kept into the old one show (it is overwritten)
#include "vm/vm.h"

enum { MOVED_MOST = 8192 };

static bool has_word(const char *text, const char *word) {
  size_t len = strlen(word);
  for (const char *at = text; at; at = strchr(at, ',')) {
    if (*at == ',') at++;
    if (!strncmp(at, word, len) && (at[len] == ',' || !at[len])) return true;
  }
  return false;
}

DebugFlags debug_flags(const char *text) {
  return (DebugFlags){.gcstress = has_word(text, "gcstress"), .interpret = has_word(text, "interpret"), .machine = has_word(text, "machine"),
                      .preempt = has_word(text, "preempt"), .movestack = has_word(text, "movestack")};
}

void debug_move_stack(Worker *w) {
  Goroutine *g = w->g;
  size_t slots = (size_t)(g->stack_end - g->stack);
  if (slots > MOVED_MOST) return; // deep recursion would take for ever
  uint64_t *stack = heap_alloc(w->heap, slots * 8, true), *old = g->stack;
  memcpy(stack, old, slots * 8);
  goroutine_move(g, stack, slots);
  memset(old, 0xA5, slots * 8);
}
