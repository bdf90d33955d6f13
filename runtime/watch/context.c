#include "watch/context.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "watch/memory.h"

enum { CHUNK_BITS = 14, CHUNK = 1 << CHUNK_BITS, CHUNKS = 1 << (32 - CHUNK_BITS), BUCKET_BITS = 16, FAMILY = 16, FIRST_LOOK = 4 };

// The first FAMILY or so nodes below one are in a list, which is found where it is needed: nodes that are entered together lie together, and are
// looked for in the same order the next time. More of them are in a hash table for all.
//
// But for the list below it, a node is constant once it is in a list.
typedef struct Node {
  uint64_t pc : 48, locks : 16;
  Site parent;
  Site next;             // of the list that it is in
  _Atomic Site below;    // first of the list; release: it is complete
  _Atomic uint32_t many; // nodes in the list, about; relaxed
  _Atomic uintptr_t anchor; // of the accesses in this context; 0: none. Set once. Relaxed: who has the number of one got it from who has set it or seen it set
} Node;

struct Contexts {
  _Atomic uint32_t count;            // nodes 1 .. count are taken
  uint32_t many;                     // constant, as code
  CodeSet *code;
  _Atomic(Node *) *chunks;           // release when one is there
  _Atomic Site *buckets;             // release: the node is complete
};

static const size_t chunks_size = CHUNKS * sizeof(void *), buckets_size = sizeof(Site) << BUCKET_BITS;

static Node *at(const Contexts *all, Site site) {
  return atomic_load_explicit(&all->chunks[site >> CHUNK_BITS], memory_order_acquire) + (site & (CHUNK - 1));
}

static Site take(Contexts *all) {
  Site site = atomic_fetch_add_explicit(&all->count, 1, memory_order_relaxed) + 1;
  if (site >= SITE_LIMIT) heap_exhausted(sizeof(Node)); // so many take 25 GB
  _Atomic(Node *) *chunk = &all->chunks[site >> CHUNK_BITS];
  if (!atomic_load_explicit(chunk, memory_order_acquire)) {
    Node *fresh = memory_new(CHUNK, sizeof *fresh), *none = NULL;
    if (!atomic_compare_exchange_strong_explicit(chunk, &none, fresh, memory_order_acq_rel, memory_order_acquire)) free(fresh);
  }
  return site;
}

Contexts *contexts_new(uint32_t many, CodeSet *code) {
  Contexts *all = memory_new(1, sizeof *all);
  all->many = many;
  all->code = code;
  all->chunks = memory_reserve(NULL, chunks_size);
  all->buckets = memory_reserve(NULL, buckets_size);
  take(all); // CONTEXT_MAIN: no instruction, no parent
  return all;
}

uint32_t contexts_count(const Contexts *all) { return atomic_load_explicit(&((Contexts *)all)->count, memory_order_relaxed); }

void contexts_free(Contexts *all) {
  if (!all) return;
  for (uint32_t i = 0; i <= all->count >> CHUNK_BITS; i++) free(all->chunks[i]);
  munmap(all->chunks, chunks_size);
  munmap(all->buckets, buckets_size);
  free(all);
}

static uint64_t mix(uint64_t a, uint64_t b) {
  uint64_t h = (a ^ b * 0x9e3779b97f4a7c15ull) * 0xff51afd7ed558ccdull;
  return h ^ h >> 32;
}

static bool is_near(Site site) { return site & SITE_NEAR; }

static const Instr *anchor_of(const Node *n) { return (const Instr *)atomic_load_explicit(&((Node *)n)->anchor, memory_order_relaxed); }
const Instr *context_anchor(const Contexts *all, Site context) { return anchor_of(at(all, context)); }

const Instr *context_make_anchor(Contexts *all, Site context, const Instr *pc) {
  const Instr *anchor = context_anchor(all, context);
  if (anchor || context >= NEAR_CONTEXTS || all->code) return anchor; // code that comes and goes is to be kept by what tells of it
  uintptr_t none = 0, half_before = (uintptr_t)pc - NEAR / 2 * sizeof *pc;
  atomic_compare_exchange_strong_explicit(&at(all, context)->anchor, &none, half_before, memory_order_relaxed, memory_order_relaxed);
  return context_anchor(all, context);
}

static Site search(const Contexts *all, Site site, Site end, Site parent, uint64_t pc, uint32_t locks) {
  for (; site != end; site = at(all, site)->next) {
    const Node *n = at(all, site);
    if (n->pc == pc && n->parent == parent && n->locks == locks) return site;
  }
  return 0;
}

// A node above with this instruction, in the same goroutine; 0: none.
static Site above(const Contexts *all, Site from, uint64_t pc) {
  for (; at(all, from)->pc; from = at(all, from)->parent)
    if (at(all, from)->pc == pc) return from;
  return 0;
}

typedef enum { ACCESS, CALL, ROOT } Kind; // ACCESS: 0, as context_access takes it to be; CONTEXT_NATIVE is another

static Site enter(Contexts *all, Site parent, uint64_t pc, uint32_t locks, Kind kind) {
  Node *above_it = at(all, parent);
  _Atomic Site *list = &above_it->below;
  Site first = atomic_load_explicit(list, memory_order_acquire), found = search(all, first, 0, parent, pc, locks);
  if (found) return found;
  bool fits = atomic_load_explicit(&above_it->many, memory_order_relaxed) < FAMILY;
  if (!fits) {
    list = &all->buckets[mix(parent | (uint64_t)locks << 32, pc) & ((1u << BUCKET_BITS) - 1)];
    first = atomic_load_explicit(list, memory_order_acquire);
    if ((found = search(all, first, 0, parent, pc, locks))) return found;
  }
  if (kind == CALL && atomic_load_explicit(&all->count, memory_order_relaxed) > all->many && (found = above(all, parent, pc))) return found;
  if (all->code && pc) code_keep(all->code, (const Instr *)(uintptr_t)pc);
  if (fits) atomic_fetch_add_explicit(&above_it->many, 1, memory_order_relaxed);
  Site fresh = take(all);
  Node *n = at(all, fresh);
  n->pc = pc & 0xffffffffffff;
  n->locks = locks & 0xffff;
  n->parent = parent;
  for (Site seen = first;;) {
    n->next = first;
    if (atomic_compare_exchange_weak_explicit(list, &first, fresh, memory_order_acq_rel, memory_order_acquire)) return fresh;
    if ((found = search(all, first, seen, parent, pc, locks))) return found; // somebody else was faster; ours is not used
    seen = first;
  }
}

static Site look_up(Contexts *all, ContextCache *cache, Site from, const Instr *pc, uint32_t locks, Kind kind) {
  ContextEntry *e = context_entry(cache, from, pc);
  uint32_t mark = locks | (uint32_t)kind << 16;
  if (__builtin_expect(e->pc == pc && e->from == from && e->locks == mark, 1)) return e->site;
  *e = (ContextEntry){pc, from, mark, enter(all, from, (uintptr_t)pc, locks, kind)};
  return e->site;
}

static Site call_node(Contexts *all, ContextCache *cache, Site from, const Instr *pc) { return look_up(all, cache, from, pc, 0, CALL); }

Site context_call(Contexts *all, ContextCache *cache, Site from, const Instr *pc, const Instr **anchor) {
  const Node *n = NULL;
  // acquire: the nodes are complete
  Site site = atomic_load_explicit(&at(all, from)->below, memory_order_acquire);
  for (uint32_t i = 0; i < FIRST_LOOK; i++, site = n->next) {
    if (i + 1 == FIRST_LOOK || !site) {
      site = call_node(all, cache, from, pc);
      n = at(all, site);
      break;
    }
    n = at(all, site);
    if (n->pc == (uintptr_t)pc && !n->locks) break; // all in the list are of that parent
  }
  *anchor = anchor_of(n);
  return site;
}

Site context_access_slow(Contexts *all, ContextCache *cache, Site from, const Instr *pc, uint32_t locks) {
  return look_up(all, cache, from, pc, locks, ACCESS);
}

Site context_native_slow(Contexts *all, ContextCache *cache, Site from, const Instr *pc, const Instr *at, uint32_t locks) {
  Site site = context_access(all, cache, call_node(all, cache, from, pc), at, locks);
  *context_entry(cache, from, pc) = (ContextEntry){pc, from, locks | CONTEXT_NATIVE, site};
  return site;
}

Site context_root(Contexts *all, ContextCache *cache, Site from, const Instr *pc) {
  if (!pc) return look_up(all, cache, CONTEXT_MAIN, NULL, 1, ROOT); // not CONTEXT_MAIN itself
  uint64_t address = (uint64_t)(uintptr_t)pc;
  // A root below the same go statement: then this one is taken for it.
  for (Site root = from, go; root; root = go) {
    while (at(all, root)->pc) root = at(all, root)->parent;
    go = at(all, root)->parent;
    if (go && at(all, go)->pc == address) return root; // go: an instruction, or CONTEXT_MAIN
  }
  return look_up(all, cache, call_node(all, cache, from, pc), NULL, 0, ROOT);
}

const Instr *context_pc(const Contexts *all, Site site) {
  if (is_near(site)) return context_anchor(all, context_parent(all, site)) + (site & (NEAR - 1));
  return (const Instr *)(uintptr_t)at(all, site)->pc;
}
Site context_parent(const Contexts *all, Site site) { return is_near(site) ? (site & ~(Site)SITE_NEAR) >> NEAR_BITS : at(all, site)->parent; }
uint32_t context_locks(const Contexts *all, Site site) { return is_near(site) ? 0 : at(all, site)->locks; }

uint32_t context_way(const Contexts *all, Site *site, const Instr **way, uint32_t room) {
  uint32_t n = 0;
  for (; context_pc(all, *site); *site = context_parent(all, *site))
    if (n < room) way[n++] = context_pc(all, *site);
  Site go = at(all, *site)->parent;
  *site = go && at(all, go)->pc ? go : 0;
  return n;
}
