// Where an access was made: the instruction, with all the calls around it, and which locks were held.
//
// One tree for the whole run. A node is an instruction and the node it was called from; what is not in it yet is entered, and a
// number of 32 bits stands for the whole way to it. Goroutines begin with a node of their own (without an instruction) below the
// go statement that made them, so the way leads on to their creation.
//
//   root of main - call in main - call in f - store in g          a site of main
//                       \- go in main - root - call in worker - load in h
//
// Nodes are never removed, and keep the code that they are about. A recursion could make endlessly many: past CONTEXT_MANY nodes, a call from an instruction that is on the
// way already leads back to there, so that stacks show less of the recursion; and a goroutine started by a go statement that
// is on the way already always does.
#ifndef WATCH_CONTEXT_H
#define WATCH_CONTEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "bytecode/program.h"
#include "watch/code.h"
#include "watch/race.h"

typedef struct Contexts Contexts;
typedef uint32_t Site; // 0: none

enum { SITE_LIMIT = 1 << 30 }; // beyond it numbers have a meaning of their own in shadow memory
enum { CONTEXT_NATIVE = 3 << 16 }; // in ContextEntry.locks
enum { CONTEXT_MAIN = 1, CONTEXT_MANY = 1 << 22, CONTEXT_CACHE = 1 << 12 };

typedef struct ContextEntry {
  const Instr *pc;
  Site from;
  uint32_t locks; // and above 16 bits, what kind of node it is
  Site site;
} ContextEntry;

// What one worker has looked up lately.
typedef struct ContextCache {
  ContextEntry entries[CONTEXT_CACHE];
} ContextCache;

static inline ContextEntry *context_entry(ContextCache *cache, Site from, const Instr *pc) {
  return &cache->entries[((uint32_t)((uintptr_t)pc >> 3) ^ from * 0x9e3779b1u >> 16) % CONTEXT_CACHE];
}

// many: CONTEXT_MANY, smaller for tests. code: where to keep it; NULL: it stays anyway.
Contexts *contexts_new(uint32_t many, CodeSet *code);
uint32_t contexts_count(const Contexts *all); // any thread
void contexts_free(Contexts *all); // NULL: nothing
// The node of the call at pc in context `from`. Any thread.
Site context_call(Contexts *all, ContextCache *cache, Site from, const Instr *pc);
// The node of an access with those locks held by a native at `at` that the call at pc stands for.
Site context_native_slow(Contexts *all, ContextCache *cache, Site from, const Instr *pc, const Instr *at, uint32_t locks);
static inline Site context_native(Contexts *all, ContextCache *cache, Site from, const Instr *pc, const Instr *at, uint32_t locks) {
  const ContextEntry *e = context_entry(cache, from, pc);
  if (__builtin_expect(e->pc == pc && e->from == from && e->locks == (locks | CONTEXT_NATIVE), 1)) return e->site;
  return context_native_slow(all, cache, from, pc, at, locks);
}
// The node where a goroutine begins that the go statement at pc starts; pc NULL: a timer.
Site context_root(Contexts *all, ContextCache *cache, Site from, const Instr *pc);
// The node of an access at pc with the locks of a set (locks.h) held.
Site context_access_slow(Contexts *all, ContextCache *cache, Site from, const Instr *pc, uint32_t locks);
static inline Site context_access(Contexts *all, ContextCache *cache, Site from, const Instr *pc, uint32_t locks) {
  const ContextEntry *e = context_entry(cache, from, pc);
  if (__builtin_expect(e->pc == pc && e->from == from && e->locks == locks, 1)) return e->site;
  return context_access_slow(all, cache, from, pc, locks);
}

const Instr *context_pc(const Contexts *all, Site site); // NULL: a goroutine begins here
Site context_parent(const Contexts *all, Site site);
uint32_t context_locks(const Contexts *all, Site site);
// The way from a site to its goroutine's beginning, into `at` (room for `room`, the rest is left out); *site becomes the go statement's
// node, 0 for main and timers. Returns the length.
uint32_t context_way(const Contexts *all, Site *site, const Instr **at, uint32_t room);

#endif
