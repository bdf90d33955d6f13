// Initialisation order of package-level variables (specification "Package initialization"): repeatedly the next
// variable that is earliest in declaration order and ready, that is, does not depend on uninitialised ones. References
// through functions count.
#include "types/checker.h"

typedef struct InitNode {
  DeclInfo *info;
  PtrTable users;   // nodes that depend on this one
  uint32_t pending; // nodes this one still waits for
  uint32_t order;   // in the source
  bool done;
} InitNode;

typedef struct {
  Checker *c;
  InitNode *nodes;
  uint32_t len;
  PtrTable by_object; // variables and constants -> InitNode*
  PtrTable seen;      // functions met in the search for the current node
} Graph;

// --- building the graph

static void add_dependencies(Graph *g, InitNode *node, DeclInfo *info) {
  for (uint32_t i = 0; i < info->deps->len; i++) {
    Object *dep = info->deps->entries[i].value;
    InitNode *other = ptr_table_get(&g->by_object, dep);
    if (other) {
      if (ptr_table_has(&other->users, node)) continue;
      ptr_table_put(&other->users, node, node);
      node->pending++;
    } else if (!ptr_table_has(&g->seen, dep)) {
      ptr_table_put(&g->seen, dep, dep);
      DeclInfo *function = check_decl_info(g->c, dep);
      if (function) add_dependencies(g, node, function);
    }
  }
}

static void build(Graph *g) {
  Checker *c = g->c;
  g->nodes = ARENA_ARRAY(c->arena, InitNode, c->objects.len);
  for (uint32_t i = 0; i < c->objects.len; i++) {
    DeclInfo *info = c->objects.entries[i].value;
    if (info->object->kind != OBJECT_VAR && (info->object->kind != OBJECT_CONST || c->package->standard)) continue;
    InitNode *node = &g->nodes[g->len++];
    node->info = info;
    node->order = i;
    ptr_table_init(&node->users, c->arena);
    ptr_table_put(&g->by_object, info->object, node);
  }
  for (uint32_t i = 0; i < g->len; i++) {
    if (!g->nodes[i].info->deps->len) continue;
    ptr_table_init(&g->seen, c->arena);
    add_dependencies(g, &g->nodes[i], g->nodes[i].info);
  }
}

// --- cycles

typedef struct {
  VEC(Object *) path;
  PtrTable seen;
} PathSearch;

// A path of references from one object to another; the path holds what was met on the way, `to` last.
static bool find_path(Checker *c, PathSearch *search, Object *from, Object *to) {
  if (ptr_table_has(&search->seen, from)) return false;
  ptr_table_put(&search->seen, from, from);
  DeclInfo *info = check_decl_info(c, from);
  if (!info) return false;
  for (uint32_t i = 0; i < info->deps->len; i++) {
    Object *dep = info->deps->entries[i].value;
    vec_push(&search->path, dep);
    if (dep == to || find_path(c, search, dep, to)) return true;
    search->path.len--;
  }
  return false;
}

static void report_cycle(Checker *c, Object *object) {
  PathSearch search = {0};
  if (find_path(c, &search, object, object)) {
    if (search.path.len == 1) {
      check_error_object(c, object, "initialization cycle: %s refers to itself", object->name->text);
    } else {
      check_error_object(c, object, "initialization cycle for %s", object->name->text);
      Object *from = object;
      for (uint32_t i = 0; i < search.path.len; i++) {
        check_note(c, from->pos, "%s refers to", from->name->text);
        from = search.path.data[i];
      }
      check_note(c, from->pos, "%s", from->name->text);
    }
  }
  vec_free(&search.path);
  ptr_table_deinit(&search.seen);
}

// --- emitting

static void emit(Checker *c, DeclInfo *info) {
  Object *object = info->object;
  if (object->kind != OBJECT_VAR || !info->init || info->emitted) return;
  Object **lhs = info->lhs;
  uint32_t n = info->lhs_count;
  if (!lhs) {
    lhs = arena_copy(c->arena, &object, sizeof object);
    n = 1;
  }
  for (uint32_t i = 0; i < n; i++) {
    DeclInfo *other = check_decl_info(c, lhs[i]);
    if (other) other->emitted = true;
  }
  vec_push(&c->init, (struct InitStep){.lhs = lhs, .lhs_count = n, .rhs = info->init});
}

void check_init_list(Checker *c) {
  for (uint32_t i = 0; i < c->objects.len; i++) emit(c, c->objects.entries[i].value);
}

// A heap of ready nodes, the earliest declaration first; constants come before variables.
typedef struct {
  VEC(InitNode *) heap;
} Ready;

static bool before(const InitNode *a, const InitNode *b) {
  bool ca = a->info->object->kind == OBJECT_CONST, cb = b->info->object->kind == OBJECT_CONST;
  return ca != cb ? ca : a->order < b->order;
}

static void ready_push(Ready *r, InitNode *node) {
  vec_push(&r->heap, node);
  uint32_t i = r->heap.len - 1;
  for (; i && before(node, r->heap.data[(i - 1) / 2]); i = (i - 1) / 2) r->heap.data[i] = r->heap.data[(i - 1) / 2];
  r->heap.data[i] = node;
}

static InitNode *ready_pop(Ready *r) {
  InitNode **h = r->heap.data, *top = h[0], *last = vec_pop(&r->heap);
  uint32_t n = r->heap.len, i = 0;
  for (uint32_t child; n && (child = 2 * i + 1) < n; i = child) {
    if (child + 1 < n && before(h[child + 1], h[child])) child++;
    if (!before(h[child], last)) break;
    h[i] = h[child];
  }
  if (n) h[i] = last;
  return top;
}

// Nothing is ready: the node that waits for the fewest others is in a cycle, or behind one.
static InitNode *least_pending(Graph *g) {
  InitNode *least = NULL;
  for (uint32_t i = 0; i < g->len; i++) {
    InitNode *node = &g->nodes[i];
    if (!node->done && (!least || node->pending < least->pending)) least = node;
  }
  return least;
}

void check_init_order(Checker *c) {
  Graph g = {.c = c};
  ptr_table_init(&g.by_object, c->arena);
  build(&g);
  Ready ready = {0};
  for (uint32_t i = 0; i < g.len; i++)
    if (!g.nodes[i].pending) ready_push(&ready, &g.nodes[i]);
  for (uint32_t done = 0; done < g.len; done++) {
    InitNode *node = ready.heap.len ? ready_pop(&ready) : least_pending(&g);
    node->done = true;
    if (node->pending) report_cycle(c, node->info->object);
    for (uint32_t i = 0; i < node->users.len; i++) {
      InitNode *user = node->users.entries[i].value;
      if (user->pending && --user->pending == 0 && !user->done) ready_push(&ready, user);
    }
    emit(c, node->info);
  }
  vec_free(&ready.heap);
}
