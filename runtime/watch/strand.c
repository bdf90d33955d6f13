#include "watch/strand.h"

#include <string.h>

#include "vm/vm.h"

// --- contexts

static bool is_in(const Instr *pc, const Instr *link) { return pc >= link && pc < link + VM_LINK; }

// The call instruction that made the frame at *fp, which becomes the caller's; frames that the machinery of defer and panic has between
// (vm/call.c, vm/panic.c) are passed over. NULL: the bottom.
static const Instr *caller(const uint64_t **fp) {
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
  if (s->depth) memcpy(places, s->places, s->depth * sizeof *places);
  s->places = places;
  s->room = room;
}

Site strand_context(Lane *lane, const Goroutine *g) {
  Strand *s = strand_of(g);
  const uint64_t *fp = g->fp;
  uint32_t at = (uint32_t)(fp - g->stack);
  while (s->depth && s->places[s->depth - 1].at > s->low) s->depth--;
  s->low = at;
  if (s->depth && s->places[s->depth - 1].at == at) return s->places[s->depth - 1].site;

  // Down to a frame that is known, then up again: the new ones get their places.
  uint32_t known = s->depth, fresh = 0;
  const uint64_t *f = fp;
  do fresh++;
  while (caller(&f) && !(known && s->places[known - 1].at == (uint32_t)(f - g->stack)));
  make_room(lane, s, known + fresh);
  Place *places = s->places;
  f = fp;
  for (uint32_t i = fresh; i-- > 0; caller(&f)) places[known + i].at = (uint32_t)(f - g->stack);
  Contexts *contexts = lane->detector->contexts;
  for (uint32_t i = known; i < known + fresh; i++) {
    f = g->stack + places[i].at;
    const Instr *call = caller(&f);
    places[i].site = call ? context_call(contexts, &lane->contexts, places[i - 1].site, call) : s->root;
  }
  s->depth = known + fresh;
  return places[s->depth - 1].site;
}

Site strand_site(Lane *lane, const Goroutine *g, const Instr *pc) {
  Strand *s = strand_of(g);
  Detector *d = lane->detector;
  Site context = strand_context(lane, g);
  return context_access(d->contexts, &lane->contexts, context, pc, s->locks ? locks_set(d->locks, s->locks) : LOCKS_NONE);
}

// --- clocks

static void restamp(Strand *s) { s->stamp = shadow_stamp(s->clock.self, s->clock.epoch); }

// The chain's epochs are used up.
static __attribute__((noinline)) void change_chain(Lane *lane, Strand *s) {
  Detector *d = lane->detector;
  Clock none = {0};
  uint32_t epoch = 0, chain;
  chain_drop(d->chains, &lane->maker, &s->clock, s->marked, 0, &s->children);
  chain = chain_take(d->chains, &lane->maker, NULL, NULL, &none, s->id, &epoch);
  if (!chain) return; // then the last epoch goes on: accesses are thought to be later than they are
  clock_change_chain(&lane->maker, &s->clock, chain, epoch);
  s->marked = 0;
}

void strand_release(Lane *lane, Strand *s, Clock *out) {
  clock_release(&s->clock, out);
  if (__builtin_expect(chain_worn(lane->detector->chains, s->clock.epoch), 0)) change_chain(lane, s);
  restamp(s);
}

void strand_acquire(Lane *lane, Strand *s, Clock *from) { clock_acquire(&lane->maker, &s->clock, from); }
