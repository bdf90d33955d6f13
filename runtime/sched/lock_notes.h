// Which locks the only goroutine holds: what is noted while an observer wants to know it at the end of that time, and not before.
//
// A note is made of each lock that is taken, and none when it is given back: its word tells. What is held are the locks of those notes whose words
// say so; of several notes of one lock the last, of one that is held shared as many as there are holders.
#ifndef SCHED_LOCK_NOTES_H
#define SCHED_LOCK_NOTES_H

#include <stdbool.h>
#include <stdint.h>

enum { LOCK_NOTES = 64 };

typedef struct LockNote {
  uint32_t *word;   // of a Mutex or RWMutex (sync.h); NULL: no note
  const void *call; // that took it
  bool shared;      // by RLock
} LockNote;

// Owner: the worker that runs the goroutine. In memory that the collector scans: words stay what they are.
typedef struct LockNotes {
  uint32_t count;
  bool lost;        // more than LOCK_NOTES were held at once: not all are here
  LockNote at[LOCK_NOTES];
} LockNotes;

// Leave only those that are held, in the order in which they were taken; room for one more is there then.
void lock_notes_sift(LockNotes *notes);
// The same as a call from machine code.
void lock_notes_make_room(void *worker, void *notes, uint32_t unused);

#endif
