// A data race, as the detector hands it to the report: two accesses that touch the same bytes, at least one of them a write
// and not both atomic, with nothing that orders one after the other. All of it is valid during the call only.
#ifndef WATCH_RACE_H
#define WATCH_RACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytecode/program.h"

// The way to a place in the code, innermost first: the instruction that touched the memory (or the go statement), then the
// calls around it. A native's instruction is its NATIVE. What kind of access it is (field, element, map, slice header ...) says
// the instruction. Code that belongs to no function of the program is left out, wrappers are in it.
typedef struct RaceStack {
  const Instr *const *at;
  uint32_t depth;
} RaceStack;

typedef struct RaceLock {
  const void *address; // of the sync.Mutex or sync.RWMutex
  const Instr *at;     // in the function that locked it
  bool shared;         // by RLock
} RaceLock;

typedef struct RaceAccess {
  bool write, atomic;
  const void *address;  // what the two touched in common begins here, or before for an access that is bigger than 8 bytes
  size_t size;          // bytes of this access in the 8-byte word of `address`; a whole map: 8, at the map's own address
  uint64_t goroutine;   // 1: main; 0: a goroutine that has finished, its number is not known any more
  bool finished;
  RaceStack stack;      // never empty
  RaceStack created;    // the go statement that made the goroutine; empty for main and for goroutines of timers
  const RaceLock *locks; // held at the access
  uint32_t lock_count;
  bool locks_unknown;   // more locks than the detector keeps apart: lock_count is 0
} RaceAccess;

typedef struct Race {
  RaceAccess now, before;
} Race;

#endif
