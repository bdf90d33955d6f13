// Accesses to memory on the slow path: the first one of an epoch to a word. Most are made where the way is known, and to a cell of one
// stamp that stays one: those are done here, in line.
#ifndef WATCH_ACCESS_H
#define WATCH_ACCESS_H

#include "watch/strand.h"

// The site of the running goroutine's access at pc, if it was looked up before; its fp was saved. 0: strand_site finds it.
// kind: 0, or CONTEXT_NATIVE for the one of the native that the call at pc stands for.
static inline Site access_site(const Lane *lane, const Goroutine *g, const Strand *s, const Instr *pc, uint32_t kind) {
  uint32_t at = (uint32_t)(g->fp - g->stack), locks = s->locks ? s->locks->set : LOCKS_NONE;
  Site here = s->here;
  if (s->low != at || !here) return 0;
  if (!(locks | kind)) {
    const Instr *anchor = s->places[s->depth - 1].anchor;
    Site near = anchor ? context_near(here, anchor, pc) : 0;
    if (near) return near;
  }
  const ContextEntry *e = context_entry((ContextCache *)&lane->contexts, here, pc);
  // With LOCKS_CHANGED it is no entry's.
  return e->pc == pc && e->from == here && e->locks == (locks ^ kind) ? e->site : 0;
}

// Is the running goroutine, whose fp was saved, in the context `from`, which is not 0, and does it hold that set of locks?
static inline bool access_is_from(const Goroutine *g, const Strand *s, Site from, uint32_t locks) {
  return s->low == (uint32_t)(g->fp - g->stack) && s->here == from && (s->locks ? s->locks->set : LOCKS_NONE) == locks;
}

// An access that nothing unordered precedes, to all bytes of the word that anybody has touched, leaves a cell of one stamp and place. False: it is another.
static inline __attribute__((always_inline)) bool access_cell(const Shadow *shadow, Strand *s, const void *p, uint64_t stamp, Site site, bool write, bool alone) {
  Cell *c = shadow_cell(shadow->cells, p);
  CellSites *sites = shadow_sites(shadow, p);
  shadow_mark_page(shadow, p, PAGE_USED);
  if (is_handle(cell_look(&c->write))) return false; // or locked
  uint64_t wrote = cell_lock(c, alone), read = cell_look(&c->read), others = 0xff & ~stamp;
  if (__builtin_expect(is_handle(wrote) || sites_of_bytes(sites) || read & others || (write && wrote & others) || (wrote && !strand_is_after(s, wrote)) ||
                       (read && !strand_is_after(s, read)), 0)) {
    if (!alone) cell_unlock(c, wrote);
    return false;
  }
  if (write) {
    sites->write = site;
    if (read) atomic_store_explicit(&c->read, 0, memory_order_relaxed);
    cell_unlock(c, stamp);
  } else {
    sites->read = site;
    atomic_store_explicit(&c->read, stamp, memory_order_relaxed);
    if (!alone) cell_unlock(c, wrote);
  }
  return true;
}

static inline __attribute__((always_inline)) void access_word(Worker *w, Lane *lane, Strand *s, const void *p, uint64_t stamp, Site site, bool write) {
  Shadow *shadow = &lane->detector->shadow;
  if (!write && is_handle(cell_look(&shadow_cell(shadow->cells, p)->write))) { // as of what several read
    if (shadow_reads_again(&lane->shadow, shadow_cell(shadow->cells, p), p, stamp, site, w->alone)) return;
  } else if (__builtin_expect(access_cell(shadow, s, p, stamp, site, write, w->alone), 1)) {
    return;
  }
  detector_touch(w, p, stamp, site, write);
}

// One of up to 8 bytes in one word, or of two whole words. Where `size` and `write` are constants, the half of it.
static inline __attribute__((always_inline)) void access_words(Worker *w, const Instr *pc, const void *p, size_t size, bool write) {
  Lane *lane = lane_of(w);
  const Goroutine *g = w->g;
  Strand *s = strand_of(g);
  const Shadow *shadow = &lane->detector->shadow;
  if (__builtin_expect(s->blind || !shadow_covers(shadow, p), 0)) return;
  const Cell *c = shadow_cell(shadow->cells, p);
  uint64_t bytes = size > 8 ? 0xff : shadow_bytes(p, size);
  if (!write && shadow_read_known(&lane->shadow, c, p, s->stamp, bytes) &&
      (size <= 8 || shadow_read_known(&lane->shadow, c + 1, (const char *)p + 8, s->stamp, 0xff))) return;
  Site site = access_site(lane, g, s, pc, 0);
  if (!site) site = strand_site_slow(lane, g, pc);
  strand_marks(s);
  uint64_t stamp = s->stamp | bytes;
  access_word(w, lane, s, p, stamp, site, write);
  if (size <= 8) return;
  p = (const char *)p + 8;
  access_word(w, lane, s, p, stamp, site, write);
}

#endif
