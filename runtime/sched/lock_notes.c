#include "sched/lock_notes.h"

#include "sched/sync.h"

// Of how many notes of this kind the word says that they hold it.
static uint32_t holders(const LockNote *note) {
  uint32_t state = __atomic_load_n(note->word, __ATOMIC_RELAXED);
  if (note->shared) return state / RWMUTEX_READER;
  _Static_assert(MUTEX_LOCKED == RWMUTEX_WRITER, "one question for both");
  return state & MUTEX_LOCKED;
}

void lock_notes_sift(LockNotes *notes) {
  LockNote *const end = notes->at + notes->count, *kept = end;
  for (LockNote *note = end; note-- > notes->at;) {
    uint32_t later = 0;
    for (const LockNote *k = kept; k < end; k++) later += k->word == note->word && k->shared == note->shared;
    if (later < holders(note)) *--kept = *note;
  }
  uint32_t count = (uint32_t)(end - kept);
  for (uint32_t i = 0; i < count; i++) notes->at[i] = kept[i];
  notes->count = count;
  if (count < LOCK_NOTES) return;
  notes->count--;
  notes->lost = true;
}

void lock_notes_make_room(void *worker, void *notes, uint32_t unused) { lock_notes_sift(notes); }
