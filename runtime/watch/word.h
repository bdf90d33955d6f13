// Words in the program's memory that synchronise: those of locks, WaitGroups and conditions, and those of package atomic. What there is to learn of each
// lies in the record of its cell (record.h), and is changed under the cell's lock.
//
// The first part is what natives tell (sched/watcher.h), the second what the instructions do that stand for natives (LOCK and its like in
// bytecode/op.def) when nobody else wants the word: in one step, what the native would have done and told. No frame is made for the native then;
// sites are the same as if there were one.
#ifndef WATCH_WORD_H
#define WATCH_WORD_H

#include "sched/sync.h"
#include "watch/strand.h"

// An RWMutex has a clock of its readers in its second word.
static inline void *word_readers(void *word) { return (char *)word + 8; }

void word_wait(Worker *w, Strand *s, void *word);
// merge: those who did so before keep being known.
void word_post(Worker *w, Strand *s, void *word, bool merge);
// s, which runs, has a lock. That is an atomic access to the word as well: overwriting or copying it meanwhile is a race. call: the instruction that got
// it; NULL: the native that runs.
void word_hold(Worker *w, Strand *s, void *word, const Instr *call, bool shared);
// The part of it that is for reports: what locks s holds.
void word_has(Worker *w, Strand *s, void *word, const Instr *call, bool shared);
void word_has_not(Strand *s, const void *word);
void word_let_go(Worker *w, Strand *s, void *word, bool shared);
void word_atomic_begin(Worker *w, void *word);
void word_atomic_end(Worker *w, void *word, size_t size, WatchAtomic what);

// --- the short ways; w->g->fp is the frame of the instruction `call`. False: nothing was done, and the native is to be called.
bool word_mutex_take(Worker *w, const Instr *call, uint32_t *state);
bool word_mutex_leave(Worker *w, const Instr *call, uint32_t *state);
bool word_rwmutex_take(Worker *w, const Instr *call, uint32_t *state);
bool word_rwmutex_release(Worker *w, const Instr *call, uint32_t *state);
bool word_rwmutex_enter(Worker *w, const Instr *call, uint32_t *state);
bool word_rwmutex_leave(Worker *w, const Instr *call, uint32_t *state);
// Signal and Broadcast order what they do before the Wait that they end. Here they end none.
static inline bool word_cond_nobody_waits(const Worker *w, const Instr *call, uint64_t *state) { return cond_nobody_waits(w, state); }
// Before an atomic operation on those bytes of the word, and after it if it is WORD_OPEN. what: if it is to be WORD_DONE; while other workers are awake, only the end knows.
typedef enum { WORD_UNKNOWN, WORD_DONE, WORD_OPEN } WordWay;
WordWay word_begin(Worker *w, const Instr *call, void *word, uint64_t bytes, WatchAtomic what);
void word_end(Worker *w, const Instr *call, void *word, size_t size, WatchAtomic what);

#endif
