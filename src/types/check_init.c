// Initialisation order of package-level variables (specification "Package initialization").
//
// Each variable and constant is a node; it depends on those its initialiser mentions, directly or through functions.
// The next to initialise is the earliest in the source among those that wait for nothing. Constants come first: they
// only take part so that their cycles are found.
#include "types/checker.h"

typedef struct InitNode {
  DeclInfo *info;
  uint32_t order;           // in the source
  uint32_t waits_for;       // nodes not yet initialised
  uint32_t at;              // place in the queue
  VEC(struct InitNode *) dependents;
} InitNode;

typedef struct {
  Checker *c;
  PtrTable nodes;           // Object -> InitNode
  VEC(InitNode *) queue;    // a heap
  PtrTable seen;            // objects visited while collecting for `from`
} InitOrder;

static bool is_node(const Object *object) { return object->kind == OBJECT_CONST || object->kind == OBJECT_VAR; }

// --- the graph

static void collect(InitOrder *o, InitNode *from, DeclInfo *info);

static void collect_one(InitOrder *o, InitNode *from, Object *dep)
{
  if (ptr_table_has(&o->seen, dep)) return;
  ptr_table_put(&o->seen, dep, dep);
  DeclInfo *info = check_decl_info(o->c, dep);
  if (!info) return; // of an earlier input of a growing package
  InitNode *node = is_node(dep) ? ptr_table_get(&o->nodes, dep) : NULL;
  if (node) {
    from->waits_for++;
    vec_push(&node->dependents, from);
  } else if (dep->kind == OBJECT_FUNC) {
    collect(o, from, info); // through functions
  }
}

static void collect(InitOrder *o, InitNode *from, DeclInfo *info)
{
  for (uint32_t i = 0; i < info->deps.len; i++) collect_one(o, from, (Object *)info->deps.entries[i].key);
  // var a, b = f(): the dependencies were recorded with whichever was checked first
  for (uint32_t j = 0; j < info->lhs_count; j++) {
    DeclInfo *other = check_decl_info(o->c, info->lhs[j]);
    if (!other || other == info) continue;
    for (uint32_t i = 0; i < other->deps.len; i++) collect_one(o, from, (Object *)other->deps.entries[i].key);
  }
}

// --- the queue

static bool before(const InitNode *a, const InitNode *b)
{
  bool ca = a->info->object->kind == OBJECT_CONST, cb = b->info->object->kind == OBJECT_CONST;
  if (ca != cb) return ca;
  return a->waits_for != b->waits_for ? a->waits_for < b->waits_for : a->order < b->order;
}

static void place(InitOrder *o, uint32_t at, InitNode *node)
{
  o->queue.data[at] = node;
  node->at = at;
}

static void sift_up(InitOrder *o, uint32_t at)
{
  InitNode *node = o->queue.data[at];
  for (; at > 0 && before(node, o->queue.data[(at - 1) / 2]); at = (at - 1) / 2) place(o, at, o->queue.data[(at - 1) / 2]);
  place(o, at, node);
}

static void sift_down(InitOrder *o, uint32_t at)
{
  InitNode *node = o->queue.data[at];
  for (;;) {
    uint32_t child = at * 2 + 1;
    if (child >= o->queue.len) break;
    if (child + 1 < o->queue.len && before(o->queue.data[child + 1], o->queue.data[child])) child++;
    if (!before(o->queue.data[child], node)) break;
    place(o, at, o->queue.data[child]);
    at = child;
  }
  place(o, at, node);
}

static InitNode *take_first(InitOrder *o)
{
  InitNode *first = o->queue.data[0], *last = vec_pop(&o->queue);
  first->at = UINT32_MAX;
  if (o->queue.len) {
    place(o, 0, last);
    sift_down(o, 0);
  }
  return first;
}

// --- cycles

typedef VEC(Object *) Path;

// The objects from `to` back to the one after `from`; false if there is no way.
static bool find_path(InitOrder *o, Object *from, const Object *to, Path *path)
{
  if (ptr_table_has(&o->seen, from)) return false;
  ptr_table_put(&o->seen, from, from);
  DeclInfo *info = check_decl_info(o->c, from);
  for (uint32_t i = 0; info && i < info->deps.len; i++) {
    Object *dep = (Object *)info->deps.entries[i].key;
    if (dep != to && !find_path(o, dep, to, path)) continue;
    vec_push(path, dep);
    return true;
  }
  return false;
}

static void report_cycle(InitOrder *o, Object *start)
{
  Path cycle = {0};
  ptr_table_deinit(&o->seen);
  if (find_path(o, start, start, &cycle)) {
    Object *object = cycle.data[0];
    if (cycle.len == 1) {
      check_error_object(o->c, object, "initialization cycle: %s refers to itself", object->name->text);
    } else {
      check_error_object(o->c, object, "initialization cycle for %s", object->name->text);
      for (uint32_t i = cycle.len; i-- > 0;) {
        check_note(o->c, object->pos, "%s refers to", object->name->text);
        object = cycle.data[i];
      }
      check_note(o->c, object->pos, "%s", object->name->text);
    }
  }
  vec_free(&cycle);
}

// --- the order

static void emit(InitOrder *o, DeclInfo *info)
{
  if (info->object->kind != OBJECT_VAR || !info->init) return;
  DeclInfo *first = info->lhs ? check_decl_info(o->c, info->lhs[0]) : info; // one step for all of a, b = f()
  if (first->emitted) return;
  first->emitted = true;
  Object **lhs = info->lhs ? info->lhs : arena_copy(o->c->arena, &info->object, sizeof info->object);
  vec_push(&o->c->init, (struct InitStep){.lhs = lhs, .lhs_count = info->lhs ? info->lhs_count : 1, .rhs = info->init});
}

static void build(InitOrder *o)
{
  Checker *c = o->c;
  for (uint32_t i = 0; i < c->objects.len; i++) {
    DeclInfo *info = c->objects.entries[i].value;
    if (!is_node(info->object)) continue;
    InitNode *node = ARENA_NEW(c->arena, InitNode);
    node->info = info;
    node->order = i;
    ptr_table_put(&o->nodes, info->object, node);
    vec_push(&o->queue, node);
  }
  for (uint32_t i = 0; i < o->queue.len; i++) {
    ptr_table_deinit(&o->seen);
    collect(o, o->queue.data[i], o->queue.data[i]->info);
  }
  for (uint32_t i = 0; i < o->queue.len; i++) {
    o->queue.data[i]->at = i;
    sift_up(o, i);
  }
}

void check_init_order(Checker *c)
{
  InitOrder o = {.c = c};
  build(&o);
  while (o.queue.len) {
    InitNode *node = take_first(&o);
    if (node->waits_for) report_cycle(&o, node->info->object);
    for (uint32_t i = 0; i < node->dependents.len; i++) {
      InitNode *dependent = node->dependents.data[i];
      dependent->waits_for--;
      if (dependent->at != UINT32_MAX) sift_up(&o, dependent->at);
    }
    vec_free(&node->dependents);
    emit(&o, node->info);
  }
  ptr_table_deinit(&o.nodes);
  ptr_table_deinit(&o.seen);
  vec_free(&o.queue);
}
