// A race is found: who and where, once for each pair of places.
#include <stdlib.h>

#include "vm/vm.h"
#include "watch/memory.h"
#include "watch/strand.h"

// The place of an instruction for this purpose: what stands at one place in the source. Natives go by their caller's.
static uint64_t place_of(const Detector *d, Site site) {
  const Instr *way[2];
  Site at = site;
  uint32_t n = context_way(d->contexts, &at, way, 2);
  const Function *f = program_function_at(d->program, way[0]);
  if (f && f->native && n > 1) way[0] = way[1], f = program_function_at(d->program, way[0]);
  if (!f) return (uintptr_t)way[0];
  LineEntry line = program_line_at(f, way[0]);
  uint64_t hash = (uint64_t)line.line << 16 | (line.column & 0xffff);
  // By its name: a session's Programs have lists of their own.
  for (const char *c = program_file(f, line.file); *c; c++) hash = (hash ^ (unsigned char)*c) * 0x9e3779b97f4a7c15ull;
  return hash * 0x9e3779b97f4a7c15ull;
}

// Did an input of a session do it itself? Each input is a place of its own, so that reading a variable again would be one more race:
// there the memory stands for the place.
static bool is_typed(const Detector *d, Site site) {
  if (!d->program->find) return false;
  uint32_t depth = 0;
  for (Site at = site; (site = at, context_pc(d->contexts, at)); at = context_parent(d->contexts, at)) {
    const Function *f = program_function_at(d->program, context_pc(d->contexts, at));
    depth += f && !f->native && !f->wrapper;
  }
  return site == CONTEXT_MAIN && depth == 1;
}

static uint64_t side_of(const Detector *d, Site site, const void *address) {
  return is_typed(d, site) ? ((uintptr_t)address >> 3) * 0xff51afd7ed558ccdull : place_of(d, site);
}

// Enters the pair; false: it is there. Lock held.
static bool enter(Detector *d, uint64_t pair) {
  if (2 * (d->told_count + 1) > d->told_room) {
    uint64_t *old = d->told;
    uint32_t room = d->told_room;
    d->told_room = room ? 2 * room : 64;
    d->told = memory_new(d->told_room, sizeof *d->told);
    d->told_count = 0;
    for (uint32_t i = 0; i < room; i++)
      if (old[i]) enter(d, old[i]);
    free(old);
  }
  uint32_t i = (uint32_t)(pair >> 32) & (d->told_room - 1);
  for (; d->told[i]; i = (i + 1) & (d->told_room - 1))
    if (d->told[i] == pair) return false;
  d->told[i] = pair;
  d->told_count++;
  return true;
}

static RaceStack stack_of(const Detector *d, Site *site) {
  Site from = *site;
  if (!from) return (RaceStack){0};
  uint32_t depth = 0;
  for (Site at = from; context_pc(d->contexts, at); at = context_parent(d->contexts, at)) depth++;
  const Instr **way = memory_new(depth + 1, sizeof *way);
  context_way(d->contexts, site, way, depth);
  return (RaceStack){way, depth};
}

static RaceAccess access_of(const Detector *d, const void *word, uint64_t stamp, Site site, bool write, bool atomic) {
  uint32_t bytes = stamp & 0xff;
  RaceAccess a = {.write = write, .atomic = atomic};
  a.address = (const char *)((uintptr_t)word & ~(uintptr_t)7) + (bytes ? __builtin_ctz(bytes) : 0);
  a.size = (size_t)__builtin_popcount(bytes);
  a.goroutine = chain_goroutine(d->chains, stamp_chain(stamp), stamp_epoch(stamp), &a.finished);
  uint32_t set = context_locks(d->contexts, site);
  a.locks = lockset_get(d->locks, set, &a.lock_count);
  a.locks_unknown = set == LOCKS_UNKNOWN;
  a.stack = stack_of(d, &site);
  a.created = stack_of(d, &site);
  return a;
}

static void free_access(RaceAccess *a) {
  free((void *)a->stack.at);
  free((void *)a->created.at);
}

void detector_found(Worker *w, const void *address, const Touch *t) {
  Detector *d = lane_of(w)->detector;
  uint64_t a = side_of(d, t->site, address), b = side_of(d, t->met.site, address);
  uint64_t pair = (a < b ? a * 31 + b : b * 31 + a) | 1;
  pthread_mutex_lock(&d->lock);
  if (enter(d, pair)) {
    Race race = {.now = access_of(d, address, t->stamp, t->site, t->write, t->atomic),
                 .before = access_of(d, address, t->met.stamp, t->met.site, t->met.write, t->met.atomic)};
    report_race(d->report, w, &race);
    free_access(&race.now);
    free_access(&race.before);
  }
  pthread_mutex_unlock(&d->lock);
}
