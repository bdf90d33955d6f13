// Where an access was made: the instruction, with all the calls around it, and which locks were held.
//
// One tree for the whole run. A node is an instruction and the node it was called from; what is not in it yet is entered, and a
// number of 32 bits stands for the whole way to it. Goroutines begin with a node of their own (without an instruction) below the
// go statement that made them, so the way leads on to their creation.
//
//   root of main - call in main - call in f - store in g          a site of main
//                       \- go in main - root - call in worker - load in h
//
// An access without locks has no node, if it is near to the first one that was made in its context (the anchor of that node): its number is the context's and
// how far it is from there, so that it takes no look-up and no memory.
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
enum { SITE_NEAR = 1 << 30, NEAR_BITS = 8, NEAR = 1 << NEAR_BITS, NEAR_CONTEXTS = 1 << (30 - NEAR_BITS) }; // ... but those of accesses without a node
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
// Where the numbers of accesses in that context begin, which are those at anchor + 0 .. NEAR - 1. NULL: there is no number for them, or none yet.
const Instr *context_anchor(const Contexts *all, Site context);
static inline Site context_near(Site context, const Instr *anchor, const Instr *pc) {
  uintptr_t distance = ((uintptr_t)pc - (uintptr_t)anchor) / sizeof *pc;
  return distance < NEAR ? (Site)SITE_NEAR | context << NEAR_BITS | (uint32_t)distance : 0;
}
// The anchor, made for an access at pc if there is none.
const Instr *context_make_anchor(Contexts *all, Site context, const Instr *pc);
// The node of the call at pc in context `from`, and its anchor (context_anchor). Any thread.
Site context_call(Contexts *all, ContextCache *cache, Site from, const Instr *pc, const Instr **anchor);
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
