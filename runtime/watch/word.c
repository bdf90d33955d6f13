#include "watch/word.h"

#include "vm/runtime.h"
#include "watch/access.h"

// The site of what the native does that runs, or that `call` stands for.
static __attribute__((noinline)) Site native_site_slow(Lane *lane, const Goroutine *g, const Instr *call) {
  if (!call) return strand_site(lane, g, g->pc - 2);
  const Detector *d = lane->detector;
  const Strand *s = strand_of(g);
  const Function *native = call[1].ptr;
  return context_native(d->contexts, &lane->contexts, strand_context(lane, g), call, native->code, strand_locks(lane, s));
}
// Mostly it has been looked up.
static inline Site native_site(Lane *lane, const Goroutine *g, const Strand *s, const Instr *call) {
  Site site = call ? access_site(lane, g, s, call, CONTEXT_NATIVE) : 0;
  return site ? site : native_site_slow(lane, g, call);
}

// To the scheduler, goroutines that use the same word talk to each other, as with a channel (sched/parallel.c): what is known of the word is half a dozen
// cache lines, where a run that nobody observes has one to carry from one worker to another. A word that one goroutine alone has used for long is not
// counted.
enum { LONG = 1 << 16 };

static inline __attribute__((always_inline)) void count_use(Worker *w, Sync *sync, uint32_t chain) {
  if (sync->user != chain) {
    sync->user = chain;
    sync->alone = 0;
  }
  if (sync->alone == LONG) return;
  sync->alone++;
  w->talks++;
  if (w->alone || sync->worker == w->index) return;
  sync->worker = w->index;
  w->foreign++;
}
// The same where no other worker is awake.
static inline __attribute__((always_inline)) void count_lone_use(Worker *w, Sync *sync, uint32_t chain) {
  if (__builtin_expect(sync->user != chain, 0)) {
    sync->user = chain;
    sync->alone = 0;
  }
  if (sync->alone == LONG) return;
  sync->alone++;
  w->talks++;
}

// The word's record, which is locked until shadow_unlock(held).
static inline Record *open_word(Worker *w, Lane *lane, const Strand *s, const void *word, uint64_t *held) {
  Record *record = shadow_sync(&lane->detector->shadow, &lane->shadow, word, w->alone, held);
  count_use(w, record->sync, s->clock.self);
  return record;
}

void word_wait(Worker *w, Strand *s, void *word) {
  Lane *lane = lane_of(w);
  Shadow *shadow = &lane->detector->shadow;
  if (s->deaf || !shadow_covers(shadow, word)) return;
  uint64_t held;
  strand_acquire_sync(lane, s, open_word(w, lane, s, word, &held)->sync);
  shadow_unlock(shadow, word, held);
}

void word_post(Worker *w, Strand *s, void *word, bool merge) {
  Lane *lane = lane_of(w);
  Shadow *shadow = &lane->detector->shadow;
  if (s->deaf || !shadow_covers(shadow, word)) return;
  uint64_t held;
  strand_release_sync(lane, s, word, open_word(w, lane, s, word, &held)->sync, merge);
  shadow_unlock(shadow, word, held);
}

// An atomic access to bytes that atomic operations alone have touched: it takes the place of what the last one left. False: it is to be entered
// with more care.
static inline bool replace_mark(Record *record, uint64_t stamp, Site site, uint64_t *held) {
  if (!record->count || record->count > RECORD_INLINE || record->readers) return false;
  for (uint32_t i = 0; i < record->count; i++)
    if (!record->marks[i].atomic || record->marks[i].stamp & ~stamp & 0xff) return false;
  record->marks[0] = (Mark){stamp, site, true, true};
  record->count = 1;
  *held = record_renew(record, *held);
  return true;
}

// An atomic read, where there are only atomic operations: likewise with what this goroutine read last, unless its write of this epoch says it all.
static inline bool replace_read(Record *record, uint64_t stamp, Site site) {
  Mark *mine = NULL;
  if (record->readers) return false;
  for (uint32_t i = 0; i < record->count; i++) {
    Mark *k = &record->marks[i];
    if (!k->atomic) return false;
    if (k->stamp >> 40 != stamp >> 40 || k->stamp & ~stamp & 0xff) continue;
    if (k->write && k->stamp == stamp) return true;
    if (!k->write) mine = k;
  }
  if (!mine && record->count < RECORD_INLINE) mine = &record->marks[record->count++];
  if (!mine) return false;
  *mine = (Mark){stamp, site, false, true};
  return true;
}

// Has this epoch made such an access already? Then it is all there is in the record, and all has been checked.
static inline bool has_mark(const Record *record, uint64_t stamp) {
  const Mark *k = &record->marks[0];
  return record->count == 1 && !record->readers && k->stamp == stamp && k->write && k->atomic;
}

static __attribute__((noinline)) const FoundSync *find_sync(Lane *lane, const void *word, FoundSync *into) {
  const Shadow *shadow = &lane->detector->shadow;
  const Cell *cell = shadow_cell(shadow->cells, word);
  uint64_t handle = shadow_covers(shadow, word) ? cell_look(&cell->write) : 0;
  Record *record = is_handle(handle) ? record_at(&shadow->records, handle) : NULL;
  if (!record || !record->sync) return NULL;
  *into = (FoundSync){word, cell, handle, record, record->sync};
  return into;
}
// What is known to synchronise in the word; NULL: nothing, or it has not been looked up. No other worker is awake.
static inline __attribute__((always_inline)) FoundSync *known_sync(Lane *lane, const void *word) {
  FoundSync *found = &lane->found[(uintptr_t)word / 8 % LANE_FOUND];
  return __builtin_expect(found->word == word && cell_look(&found->cell->write) == found->handle, 1) ? found : NULL;
}
static inline const FoundSync *lone_sync(Lane *lane, const void *word) {
  const FoundSync *found = known_sync(lane, word);
  return found ? found : find_sync(lane, word, &lane->found[(uintptr_t)word / 8 % LANE_FOUND]);
}

// The lock that s gave back last, and nobody has had since: it is taken back (strand_take_back), and what entered it in that epoch stands. False: there is
// more to do.
static inline __attribute__((always_inline)) bool had_last(const Strand *s, const void *word, const Record *record, const Sync *sync) {
  const Clock *c = &s->clock;
  return sync->learnt == s->learnt && sync->clock.self == c->self && sync->clock.epoch + 1 == c->epoch &&
         has_mark(record, s->since | shadow_bytes(word, 4));
}
static inline bool hold_again(Worker *w, Lane *lane, Strand *s, const void *word) {
  if (s->released != word || s->deaf) return false;
  if (w->alone) {
    const FoundSync *found = lone_sync(lane, word);
    if (!found || !had_last(s, word, found->record, found->sync)) return false;
    count_use(w, found->sync, s->clock.self);
    take_back(s);
    return true;
  }
  Shadow *shadow = &lane->detector->shadow;
  uint64_t held = cell_lock(shadow_cell(shadow->cells, word), false);
  Record *record = is_handle(held) ? record_at(&shadow->records, held) : NULL; // NULL: the memory has become another object's
  bool again = record && record->sync && had_last(s, word, record, record->sync);
  if (again) {
    count_use(w, record->sync, s->clock.self);
    take_back(s);
  }
  shadow_unlock(shadow, word, held);
  return again;
}

void word_has(Worker *w, Strand *s, void *word, const Instr *call, bool shared) {
  if (s->blind) return;
  if (!s->locks) s->locks = heap_alloc(w->heap, sizeof *s->locks, true);
  locks_add(s->locks, word, call ? call : (const Instr *)(uintptr_t)w->g->fp[0], shared); // the caller of the native that runs
}

void word_has_not(Strand *s, const void *word) {
  if (s->locks && !s->blind) locks_remove(s->locks, word);
}

// Not again.
static __attribute__((noinline)) void hold_anew(Worker *w, Strand *s, void *word, const Instr *call, bool shared) {
  Lane *lane = lane_of(w);
  Shadow *shadow = &lane->detector->shadow;
  if (s->blind) return;
  if (shadow_covers(shadow, word)) {
    uint64_t held;
    if (!s->deaf && shared && s->released == word_readers(word)) {
      strand_take_back(s, word_readers(word), open_word(w, lane, s, word_readers(word), &held)->sync);
      shadow_unlock(shadow, word_readers(word), held);
    }
    Record *record = open_word(w, lane, s, word, &held);
    if (!s->deaf && !shared) strand_take_back(s, word, record->sync);
    if (!s->deaf) strand_acquire_sync(lane, s, record->sync);
    uint64_t stamp = s->stamp | shadow_bytes(word, 4);
    if (has_mark(record, stamp)) {
      shadow_unlock(shadow, word, held);
    } else {
      Touch t = {.clock = &s->clock, .known = s->known, .stamp = stamp, .site = native_site(lane, w->g, s, call), .write = true, .atomic = true};
      bool bad = !replace_mark(record, stamp, t.site, &held) && shadow_touch_held(shadow, &lane->shadow, word, record, &t, &held);
      shadow_unlock(shadow, word, held);
      strand_marks(s);
      if (bad) detector_found(w, word, &t);
    }
  }
  word_has(w, s, word, call, shared);
}

void word_hold(Worker *w, Strand *s, void *word, const Instr *call, bool shared) {
  if (s->blind || shared || !hold_again(w, lane_of(w), s, word)) hold_anew(w, s, word, call, shared);
  else word_has(w, s, word, call, shared);
}

void word_let_go(Worker *w, Strand *s, void *word, bool shared) {
  word_post(w, s, shared ? word_readers(word) : word, shared);
  word_has_not(s, word);
}

// --- atomic operations: each is one step with what it does to the clocks, so that who loads a value learns from who stored it

// What it did in the word last is what it does again (not for a load, which tells nothing): nobody has been there in between, nothing bears the epoch
// that has begun since, and all that others may learn there of s is what it did before. (But for what it has learnt of the first chains, which does not
// make an epoch.)
static inline bool is_again(const Strand *s, const void *word, const Record *record, uint64_t bytes) {
  const Clock *c = &s->clock, *told = &record->sync->clock;
  return s->released == word && s->learnt == record->sync->learnt && !c->touched && told->self == c->self && told->epoch + 1 == c->epoch &&
         has_mark(record, shadow_stamp(c->self, told->epoch) | bytes);
}

// The word is its own alone: it released to it last, and the record has of it one atomic write, with or without a later atomic read, and of others nothing. An
// operation in a new epoch takes the place of those. The handle may stay: no plain read is there that a worker could have at hand (ShadowCache.reads).
static inline bool is_own_mark(const Mark *k, uint64_t stamp, bool write) {
  return !((k->stamp ^ stamp) & ~0xffffffff00ull) && k->write == write && k->atomic;
}

// What an operation on such a word leaves there. True: it is to be told.
static inline __attribute__((always_inline)) bool own_mark(Worker *w, Strand *s, Record *record, Sync *sync, uint64_t bytes, Site site, WatchAtomic what) {
  uint64_t stamp = s->stamp | bytes;
  count_lone_use(w, sync, s->clock.self);
  if (what == WATCH_LOAD) {
    if (record->count == 1 && record->marks[0].stamp == stamp) return false; // its write of this epoch says it all
    record->count = 2;
    record->inside[1] = (Mark){stamp, site, false, true};
    strand_marks(s);
    return false;
  }
  record->count = 1;
  record->inside[0] = (Mark){stamp, site, true, true};
  strand_marks(s);
  return true;
}

// The whole of an operation on a word of its own, before the operation itself: no other worker can come between. There is nothing to learn. False: nothing
// was done.
static bool own_step(Worker *w, const Instr *call, void *word, uint64_t bytes, WatchAtomic what) {
  Lane *lane = lane_of(w);
  Strand *s = strand_of(w->g);
  const Shadow *shadow = &lane->detector->shadow;
  uint64_t handle = cell_look(&shadow_cell(shadow->cells, word)->write);
  if (!is_handle(handle) || s->deaf | s->blind) return false;
  Record *record = record_at(&shadow->records, handle);
  Sync *sync = record->sync;
  const Mark *k = record->marks;
  uint64_t stamp = s->stamp | bytes;
  if (!sync || sync->clock.self != s->clock.self || record->readers || record->count - 1 > 1 || k != record->inside) return false;
  if (!is_own_mark(&k[0], stamp, true) || (record->count == 2 && !is_own_mark(&k[1], stamp, false))) return false;
  if (what != WATCH_LOAD && is_again(s, word, record, bytes)) {
    clock_tell_first(&s->clock, &sync->clock); // in the same epoch
    count_use(w, sync, s->clock.self);
    return true;
  }
  Site site = native_site(lane, w->g, s, call);
  lane->steps[(uintptr_t)call / sizeof *call % LANE_STEPS] = (Step){.call = call, .word = word, .cell = shadow_cell(shadow->cells, word), .handle = handle,
    .record = record, .sync = sync, .chain = s->clock.self, .locks = strand_locks(lane, s), .from = s->here, .site = site};
  if (!own_mark(w, s, record, sync, bytes, site, what)) return true;
  if (strand_may_tell_again(lane, s, sync)) strand_tell_again(s, word, sync);
  else strand_release_sync(lane, s, word, sync, false);
  return true;
}

// The same where all is as it was at the last one like it.
static inline __attribute__((always_inline)) bool same_step(Worker *w, Lane *lane, Strand *s, const Instr *call, void *word, uint64_t bytes, WatchAtomic what) {
  const Step *step = &lane->steps[(uintptr_t)call / sizeof *call % LANE_STEPS];
  __asm__("" : "+r"(step)); // the compiler would work it out again for each field
  if (step->call != call || step->word != word || cell_look(&step->cell->write) != step->handle) return false;
  if (step->chain != s->clock.self || s->deaf | s->blind || !access_is_from(w->g, s, step->from, step->locks)) return false;
  Record *record = step->record;
  Sync *sync = step->sync;
  if (!strand_may_tell_again(lane, s, sync) || record->readers) return false;
  if (record->count != 1 && (record->count != 2 || !is_own_mark(&record->inside[1], s->stamp | bytes, false))) return false;
  if (s->released == word && what != WATCH_LOAD) return false; // it may be as if it had not been
  if (own_mark(w, s, record, sync, bytes, step->site, what)) strand_tell_again(s, word, sync);
  return true;
}

// Likewise an atomic read of what several read, if it has made it before, and nobody has written since.
static bool shared_load(Worker *w, const Instr *call, void *word, uint64_t bytes) {
  Lane *lane = lane_of(w);
  Strand *s = strand_of(w->g);
  const Shadow *shadow = &lane->detector->shadow;
  KnownRead *known = shadow_known_load(&lane->shadow, word);
  uint64_t handle = cell_look(&shadow_cell(shadow->cells, word)->write);
  if (known->handle != handle || !is_handle(handle) || !known->mark || s->deaf | s->blind) return false;
  Sync *sync = record_at(&shadow->records, handle)->sync;
  if (!sync) return false;
  strand_acquire_sync(lane, s, sync);
  if (known->stamp != (s->stamp | bytes)) {
    if (!known_read_renew(known, handle, s->stamp | bytes, native_site(lane, w->g, s, call))) return false;
    strand_marks(s);
  }
  count_use(w, sync, s->clock.self);
  return true;
}

static inline void open_atomic(Worker *w, Lane *lane, const Strand *s, const Instr *call, void *word) {
  // While others wait for the word there is as little to do as possible.
  lane->site = s->released == word || s->blind ? 0 : native_site(lane, w->g, s, call);
  lane->record = open_word(w, lane, s, word, &lane->held);
}

static __attribute__((noinline)) WordWay begin_slow(Worker *w, const Instr *call, void *word, uint64_t bytes, WatchAtomic what) {
  Lane *lane = lane_of(w);
  if (!shadow_covers(&lane->detector->shadow, word)) return WORD_UNKNOWN;
  if (w->alone && ((what == WATCH_LOAD && shared_load(w, call, word, bytes)) || own_step(w, call, word, bytes, what))) return WORD_DONE;
  open_atomic(w, lane, strand_of(w->g), call, word);
  return WORD_OPEN;
}

WordWay word_begin(Worker *w, const Instr *call, void *word, uint64_t bytes, WatchAtomic what) {
  Lane *lane = lane_of(w);
  Strand *s = strand_of(w->g);
  if (w->alone && same_step(w, lane, s, call, word, bytes, what)) return WORD_DONE;
  return begin_slow(w, call, word, bytes, what);
}

static __attribute__((noinline)) void end_slow(Worker *w, const Instr *call, void *word, uint64_t bytes, WatchAtomic what) {
  Lane *lane = lane_of(w);
  Strand *s = strand_of(w->g);
  Shadow *shadow = &lane->detector->shadow;
  Record *record = lane->record;
  Sync *sync = record->sync;
  if (s->blind) {
    shadow_unlock(shadow, word, lane->held);
    return;
  }
  // The access belongs to the epoch that is released with it, and follows what the operation learns.
  if (what != WATCH_LOAD && !s->deaf && !s->clock.touched) strand_take_back(s, word, sync);
  if (what != WATCH_STORE && !s->deaf) strand_acquire_sync(lane, s, sync);
  Touch t = {.clock = &s->clock, .known = s->known, .stamp = s->stamp | bytes, .site = lane->site ? lane->site : native_site(lane, w->g, s, call),
             .write = what != WATCH_LOAD, .atomic = true};
  bool done = t.write ? replace_mark(record, t.stamp, t.site, &lane->held)
                      : known_read_renew(shadow_known_load(&lane->shadow, word), lane->held, t.stamp, t.site) || replace_read(record, t.stamp, t.site);
  bool bad = !done && shadow_touch_held(shadow, &lane->shadow, word, record, &t, &lane->held);
  strand_marks(s);
  if (what != WATCH_LOAD && !s->deaf) strand_release_sync(lane, s, word, sync, false);
  shadow_unlock(shadow, word, lane->held);
  if (bad) detector_found(w, word, &t);
}

void word_end(Worker *w, const Instr *call, void *word, size_t size, WatchAtomic what) {
  Lane *lane = lane_of(w);
  Strand *s = strand_of(w->g);
  Shadow *shadow = &lane->detector->shadow;
  Record *record = lane->record;
  Sync *sync = record->sync;
  uint64_t bytes = shadow_bytes(word, size < 8 ? size : 8);
  if (sync->clock.self == s->clock.self && !s->blind && !s->deaf) { // it was itself that released to the word last: there is nothing to learn
    if (what != WATCH_LOAD && is_again(s, word, record, bytes)) {
      clock_tell_first(&s->clock, &sync->clock); // in the same epoch
      shadow_unlock(shadow, word, lane->held);
      return;
    }
    if (lane->site && (what == WATCH_LOAD ? replace_read(record, s->stamp | bytes, lane->site) : replace_mark(record, s->stamp | bytes, lane->site, &lane->held))) {
      strand_marks(s);
      if (what != WATCH_LOAD) strand_release_sync(lane, s, word, sync, false);
      shadow_unlock(shadow, word, lane->held);
      return;
    }
  }
  end_slow(w, call, word, bytes, what);
}

void word_atomic_begin(Worker *w, void *word) {
  Lane *lane = lane_of(w);
  if (!detector_is_alone(lane->detector) && shadow_covers(&lane->detector->shadow, word)) open_atomic(w, lane, strand_of(w->g), NULL, word);
}
void word_atomic_end(Worker *w, void *word, size_t size, WatchAtomic what) {
  if (!detector_is_alone(lane_of(w)->detector) && shadow_covers(&lane_of(w)->detector->shadow, word)) word_end(w, NULL, word, size, what);
}

// --- locks that nobody else wants

static inline bool is_hidden(const Strand *s) { return s->deaf && s->blind; }

// The same as hold_again for an RWMutex that s had for reading last, as others may have had since, but nobody for writing: who does learns of the readers first.
// So there is nothing to learn either.
static inline __attribute__((always_inline)) bool was_reader(const Strand *s, const void *word, const FoundSync *found, const FoundSync *readers) {
  const Clock *c = &s->clock;
  return found && readers && readers->sync->learnt == s->learnt && clock_knows(&readers->sync->clock, c->self) + 1 == c->epoch &&
         has_mark(found->record, s->since | shadow_bytes(word, 4));
}
static bool enter_again(Worker *w, Lane *lane, Strand *s, const void *word) {
  if (!w->alone || s->released != word_readers((void *)word) || s->deaf) return false;
  const FoundSync *found = lone_sync(lane, word);
  if (!was_reader(s, word, found, lone_sync(lane, s->released))) return false;
  count_lone_use(w, found->sync, s->clock.self);
  take_back(s);
  return true;
}

// s has got the lock, mostly again.
static inline __attribute__((always_inline)) void short_hold(Worker *w, Strand *s, void *word, const Instr *call, bool shared) {
  bool can = s->locks && !s->blind;
  if (__builtin_expect(can && (shared ? enter_again(w, lane_of(w), s, word) : hold_again(w, lane_of(w), s, word)), 1)) locks_add(s->locks, word, call, shared);
  else hold_anew(w, s, word, call, shared);
}

// s gives it back, and will mostly have it again.
static __attribute__((noinline)) void short_let_go(Worker *w, Strand *s, void *word) {
  Lane *lane = lane_of(w);
  const FoundSync *found = w->alone && s->locks && !(s->deaf | s->blind) ? lone_sync(lane, word) : NULL;
  if (found && strand_may_tell_again(lane, s, found->sync)) {
    strand_tell_again(s, word, found->sync);
    count_lone_use(w, found->sync, s->clock.self);
    locks_remove(s->locks, word);
  } else {
    word_let_go(w, s, word, false);
  }
}

// The goroutine that had it last has it again, from the same place, nobody else is awake, and all that is to be known is at hand.
static inline __attribute__((always_inline)) bool again(Worker *w, Strand *s, const Instr *call, void *word, bool shared) {
  if (!w->alone || s->released != (shared ? word_readers(word) : word) || s->deaf | s->blind || !s->locks) return false;
  Lane *lane = lane_of(w);
  const FoundSync *found = known_sync(lane, word);
  if (!found || !locks_is_again(s->locks, word, call, shared)) return false;
  if (shared ? !was_reader(s, word, found, known_sync(lane, word_readers(word))) : !had_last(s, word, found->record, found->sync)) return false;
  count_lone_use(w, found->sync, s->clock.self);
  take_back(s);
  locks_add_again(s->locks);
  return true;
}
// It gives back what it took last; likewise.
static inline __attribute__((always_inline)) bool gives_back(Worker *w, Strand *s, void *word) {
  if (!w->alone || s->deaf | s->blind || !s->locks) return false;
  Lane *lane = lane_of(w);
  const FoundSync *found = known_sync(lane, word);
  if (!found || !strand_may_tell_again(lane, s, found->sync) || !locks_is_last(s->locks, word)) return false;
  strand_tell_again(s, word, found->sync);
  count_lone_use(w, found->sync, s->clock.self);
  locks_remove_last(s->locks);
  return true;
}
static inline __attribute__((always_inline)) bool gives_back_shared(Worker *w, Strand *s, void *word) {
  if (!w->alone || s->deaf | s->blind || !s->locks || !locks_is_last(s->locks, word)) return false;
  Lane *lane = lane_of(w);
  void *readers = word_readers(word);
  const FoundSync *found = known_sync(lane, readers);
  if (!found || chain_worn(lane->last_epoch, s->clock.epoch + 1) || !strand_release_few_into(s, readers, found->sync)) return false;
  count_lone_use(w, found->sync, s->clock.self);
  locks_remove_last(s->locks);
  return true;
}

static __attribute__((noinline)) bool mutex_take_slow(Worker *w, const Instr *call, uint32_t *state) {
  Strand *s = strand_of(w->g);
  if (!mutex_take(w, state)) return false;
  if (!is_hidden(s)) short_hold(w, s, state, call, false);
  return true;
}

bool word_mutex_take(Worker *w, const Instr *call, uint32_t *state) {
  if (__atomic_load_n(state, __ATOMIC_RELAXED) || !again(w, strand_of(w->g), call, state, false)) return mutex_take_slow(w, call, state);
  return mutex_take(w, state);
}

static __attribute__((noinline)) bool mutex_leave_slow(Worker *w, uint32_t *state) {
  Strand *s = strand_of(w->g);
  if (!is_hidden(s)) short_let_go(w, s, state);
  return mutex_leave(w, state) || mutex_unlock(w, state) == SYNC_DONE;
}

// What it did is told before others can see the lock free. Should one come to wait in between, it is woken as the native does; if the word has
// been overwritten meanwhile, the native says so.
bool word_mutex_leave(Worker *w, const Instr *call, uint32_t *state) {
  if (__atomic_load_n(state, __ATOMIC_RELAXED) != MUTEX_LOCKED) return false;
  return gives_back(w, strand_of(w->g), state) ? mutex_leave(w, state) : mutex_leave_slow(w, state);
}

bool word_rwmutex_take(Worker *w, const Instr *call, uint32_t *state) {
  Strand *s = strand_of(w->g);
  if (!rwmutex_take(w, state)) return false;
  if (is_hidden(s)) return true;
  word_wait(w, s, word_readers(state));
  short_hold(w, s, state, call, false);
  return true;
}

bool word_rwmutex_release(Worker *w, const Instr *call, uint32_t *state) {
  Strand *s = strand_of(w->g);
  if (__atomic_load_n(state, __ATOMIC_RELAXED) != RWMUTEX_WRITER) return false;
  if (!is_hidden(s)) short_let_go(w, s, state);
  return rwmutex_release(w, state) || rwmutex_unlock(w, state) == SYNC_DONE;
}

static __attribute__((noinline)) bool rwmutex_enter_slow(Worker *w, const Instr *call, uint32_t *state) {
  Strand *s = strand_of(w->g);
  if (!rwmutex_enter(w, state)) return false;
  if (!is_hidden(s)) short_hold(w, s, state, call, true);
  return true;
}

bool word_rwmutex_enter(Worker *w, const Instr *call, uint32_t *state) {
  uint32_t now = __atomic_load_n(state, __ATOMIC_RELAXED);
  if (now & (RWMUTEX_WRITER | RWMUTEX_QUEUED)) return false;
  if (!again(w, strand_of(w->g), call, state, true)) return rwmutex_enter_slow(w, call, state);
  return rwmutex_enter(w, state);
}

static __attribute__((noinline)) bool rwmutex_leave_slow(Worker *w, uint32_t *state) {
  Strand *s = strand_of(w->g);
  if (!is_hidden(s)) word_let_go(w, s, state, true);
  return rwmutex_leave(w, state) || rwmutex_runlock(w, state) == SYNC_DONE;
}

bool word_rwmutex_leave(Worker *w, const Instr *call, uint32_t *state) {
  uint32_t now = __atomic_load_n(state, __ATOMIC_RELAXED);
  if (now < RWMUTEX_READER || now & (RWMUTEX_WRITER | RWMUTEX_QUEUED)) return false;
  return gives_back_shared(w, strand_of(w->g), state) ? rwmutex_leave(w, state) : rwmutex_leave_slow(w, state);
}
