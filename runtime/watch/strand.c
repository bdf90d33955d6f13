#include "watch/strand.h"

#include <string.h>

#include "vm/vm.h"

// --- contexts

static inline bool is_in(const Instr *pc, const Instr *link) { return (uintptr_t)pc - (uintptr_t)link < VM_LINK * sizeof *pc; }
// Is it a link that no call has made (vm/call.c, vm/panic.c)?
static inline bool is_machinery(const Instr *link) {
  return is_in(link, vm_bottom) | is_in(link, vm_defer_link) | is_in(link, vm_panic_link) | is_in(link, vm_print_link);
}

// The call instruction that made the frame at *fp, which becomes the caller's; frames that the machinery of defer and panic has between
// (vm/call.c, vm/panic.c) are passed over. NULL: the bottom.
static inline const Instr *caller(const uint64_t **fp) {
  const Instr *link = (const Instr *)(uintptr_t)(*fp)[0];
  if (is_in(link, vm_bottom)) return NULL;
  *fp -= link->a;
  for (;;) {
    if (is_in(link, vm_defer_link)) {
      link = (const Instr *)(uintptr_t)(*fp)[0];
      *fp -= link->a;
    } else if (is_in(link, vm_panic_link) || is_in(link, vm_print_link)) {
      link = (const Instr *)(uintptr_t)(*fp)[3];
      *fp -= (*fp)[2];
    } else {
      return link;
    }
  }
}

static void make_room(Lane *lane, Strand *s, uint32_t depth) {
  if (depth <= s->room) return;
  uint32_t room = s->room ? s->room : 4;
  while (room < depth) room *= 2;
  Place *places = heap_alloc(lane->maker.heap, room * sizeof *places, true);
  if (s->old) memcpy(places, s->places, s->old * sizeof *places);
  s->places = places;
  s->room = room;
}

// Enters the frames above places[depth - 1], fp being the uppermost. What is called again from where it was called before has kept its place.
static __attribute__((noinline)) Site enter_frames(Lane *lane, Strand *s, const uint64_t *stack, const uint64_t *fp) {
  uint32_t known = s->depth, fresh = 0, same = UINT32_MAX; // same: so many places are as they were
  const uint64_t *f = fp;
  do fresh++;
  while (caller(&f) && !(known && s->places[known - 1].at == (uint32_t)(f - stack)));
  make_room(lane, s, known + fresh);
  f = fp;
  for (uint32_t i = known + fresh; i-- > known;) {
    Place *p = &s->places[i];
    uint32_t at = (uint32_t)(f - stack);
    const Instr *call = caller(&f);
    if (i >= s->old || p->at != at || p->call != call) same = i;
    p->at = at;
    p->call = call;
  }
  s->depth = known + fresh;
  for (uint32_t i = same; i < s->depth; i++) {
    Place *p = &s->places[i];
    if (p->call) p->site = context_call(lane->detector->contexts, &lane->contexts, p[-1].site, p->call, &p->anchor);
    else p->site = s->root, p->anchor = NULL;
  }
  if (same < s->depth) s->old = s->depth;
  return s->places[s->depth - 1].site;
}

enum { FEW = 16 };

// The frames above places[depth - 1], if they are few and calls made all of them: each lies where its call says. What is called again from where it was called
// before has kept its place. 0: it is not so.
static __attribute__((noinline)) Site enter_few(Lane *lane, Strand *s, const uint64_t *stack, const uint64_t *fp) {
  if (!s->depth) return 0;
  const Instr *calls[FEW];
  uint32_t n = 0;
  Place *p = &s->places[s->depth];
  for (const uint64_t *known = stack + p[-1].at; fp != known;) {
    const Instr *link = (const Instr *)(uintptr_t)fp[0];
    if (fp < known || n == FEW || is_machinery(link)) return 0;
    calls[n++] = link;
    fp -= link->a;
  }
  if (s->depth + n > s->room) return 0;
  const Place *old = &s->places[s->old];
  s->depth += n;
  for (; n && p < old && p->call == calls[n - 1] && p->at == p[-1].at + p->call->a; p++) n--;
  if (n) s->old = s->depth;
  for (; n; p++) {
    const Instr *call = calls[--n];
    p->call = call;
    p->at = p[-1].at + call->a;
    p->site = context_call(lane->detector->contexts, &lane->contexts, p[-1].site, call, &p->anchor);
  }
  return p[-1].site;
}

Site strand_context_slow(Lane *lane, const Goroutine *g) {
  Strand *s = strand_of(g);
  const uint64_t *fp = g->fp;
  uint32_t at = (uint32_t)(fp - g->stack);
  while (s->depth && s->places[s->depth - 1].at > s->low) s->depth--;
  s->low = at;
  if (s->depth) {
    const Place *top = &s->places[s->depth - 1];
    if (top->at == at) return s->here = top->site;
    // One frame more, by the call that made the last one there.
    if (s->depth < s->old && top[1].at == at && top[1].call == (const Instr *)(uintptr_t)fp[0] && top->at + top[1].call->a == at) {
      s->depth++;
      return s->here = top[1].site;
    }
  }
  Site site = enter_few(lane, s, g->stack, fp);
  return s->here = site ? site : enter_frames(lane, s, g->stack, fp);
}

Site strand_site_slow(Lane *lane, const Goroutine *g, const Instr *pc) { return strand_site(lane, g, pc); }

// --- clocks

bool strand_looks_up(Strand *s, uint64_t stamp) {
  uint32_t chain = stamp_chain(stamp), epoch = clock_reaches(&s->clock, chain, stamp_epoch(stamp));
  s->known[chain % SHADOW_KNOWN] = (KnownEpoch){chain, epoch};
  return epoch >= stamp_epoch(stamp);
}

// The chain's epochs are used up.
void strand_change_chain(Lane *lane, Strand *s) {
  Detector *d = lane->detector;
  Clock none = {0};
  uint32_t epoch = 0, chain;
  chain_drop(d->chains, &lane->maker, &s->clock, s->marked, 0, &s->children);
  chain = chain_take(d->chains, &lane->maker, NULL, NULL, &none, s->id, &epoch);
  if (!chain) return; // then the last epoch goes on: accesses are thought to be later than they are
  clock_change_chain(&lane->maker, &s->clock, chain, epoch);
  s->marked = 0;
}

// Clocks say which epoch a map belongs to: one that goes on has had another.
static void leave_back(Strand *s) {
  clock_next_epoch(&s->clock);
  s->back = false;
  strand_restamp(s);
}

// Its map has changed.
void strand_learnt(Strand *s) {
  if (s->back) leave_back(s);
  if (s->clock.count > CLOCK_RECENT / 2) clock_bequeath(&s->clock);
}

void strand_meet(Lane *lane, Strand *a, Strand *b) {
  clock_meet(&lane->maker, &a->clock, &b->clock);
  strand_told(lane, a);
  strand_told(lane, b);
}
