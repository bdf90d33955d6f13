// Instantiation cycles. Programs are stencilled, so type arguments that grow on every round would never end:
//
//   func f[T any]() { f[*T]() }        T --(weight 1: wrapped)--> T
//
// Vertices are type parameters and the local types that depend on them; an edge says that the source flows into the
// destination, with weight 1 if it is wrapped in another type on the way. A cycle of positive weight is infinite.
#include "base/table.h"
#include "base/vec.h"
#include "types/instantiate.h"

typedef struct {
  Type *type;      // TYPE_PARAM or a local TYPE_NAMED
  int64_t weight;  // of the heaviest path found so far
  uint32_t length; // of that path, in edges
  int32_t before;  // the path's last edge, -1: none
} Vertex;

typedef struct {
  uint32_t to, from;
  int64_t weight;
  Pos pos;
  Type *type; // the type argument
} Edge;

struct InstanceGraph {
  Universe *universe;
  struct {
    Vertex *data;
    uint32_t len, cap;
  } vertices;
  struct {
    Edge *data;
    uint32_t len, cap;
  } edges;
  PtrTable index; // Type -> vertex number + 1
  PtrTable same;  // a method's receiver parameter -> the type's
};

InstanceGraph *instance_graph_new(Universe *u) {
  InstanceGraph *graph = ARENA_NEW(u->arena, InstanceGraph);
  graph->universe = u;
  ptr_table_init(&graph->index, u->arena);
  ptr_table_init(&graph->same, u->arena);
  return graph;
}

void instance_graph_same(InstanceGraph *graph, Type *method_param, Type *type_param) {
  ptr_table_put(&graph->same, method_param, type_param);
}

static void add_edge(InstanceGraph *graph, uint32_t to, uint32_t from, int64_t weight, Pos pos, Type *type) {
  avec_push(graph->universe->arena, &graph->edges, (Edge){to, from, weight, pos, type});
}

static uint32_t vertex(InstanceGraph *graph, Type *t, bool *fresh) {
  Type *canonical = ptr_table_get(&graph->same, t);
  if (canonical) t = canonical;
  void **slot = ptr_table_slot(&graph->index, t);
  *fresh = *slot == NULL;
  if (*fresh) {
    avec_push(graph->universe->arena, &graph->vertices, (Vertex){.type = t, .before = -1});
    *slot = (void *)(uintptr_t)graph->vertices.len;
  }
  return (uint32_t)(uintptr_t)*slot - 1;
}

typedef struct {
  InstanceGraph *graph;
  uint32_t to;
  Type *targ;
  Pos pos;
} Flow;

static void flow(const Flow *f, Type *t);

static void flow_vars(const Flow *f, Object **vars, uint32_t n) {
  for (uint32_t i = 0; i < n; i++)
    if (vars[i]->type) flow(f, vars[i]->type);
}

static void flow_vertex(const Flow *f, uint32_t from, Type *t) {
  add_edge(f->graph, f->to, from, t == type_unalias(f->targ) ? 0 : 1, f->pos, f->targ);
}

static void flow_named(const Flow *f, Type *t) {
  TypeList implicit = t->origin->implicit_tparams;
  if (implicit.len) {
    bool fresh;
    uint32_t local = vertex(f->graph, t->origin, &fresh);
    for (uint32_t i = 0; fresh && i < implicit.len; i++) {
      bool ignored;
      add_edge(f->graph, local, vertex(f->graph, implicit.items[i], &ignored), 1, t->object->pos, implicit.items[i]);
    }
    flow_vertex(f, local, t);
  }
  for (uint32_t i = 0; i < t->targs.len; i++) flow(f, t->targs.items[i]);
}

// Finds the type parameters and local types within a type argument.
static void flow(const Flow *f, Type *t) {
  t = type_unalias(t);
  if (!type_is_generic(t)) return;
  bool fresh;
  switch (t->kind) {
  case TYPE_PARAM: flow_vertex(f, vertex(f->graph, t, &fresh), t); break;
  case TYPE_NAMED: flow_named(f, t); break;
  case TYPE_ARRAY:
  case TYPE_SLICE:
  case TYPE_POINTER:
  case TYPE_CHAN: flow(f, t->elem); break;
  case TYPE_MAP:
    flow(f, t->key);
    flow(f, t->elem);
    break;
  case TYPE_SIGNATURE:
    flow_vars(f, t->params, t->param_count);
    flow_vars(f, t->results, t->result_count);
    break;
  case TYPE_STRUCT:
    for (uint32_t i = 0; i < t->field_count; i++) flow(f, t->fields[i].type);
    break;
  case TYPE_INTERFACE:
    for (uint32_t i = 0; i < t->method_count; i++)
      if (t->methods[i].type) flow(f, t->methods[i].type);
    break;
  default: break;
  }
}

void instance_graph_record(InstanceGraph *graph, Pos pos, TypeList tparams, TypeList targs) {
  for (uint32_t i = 0; i < tparams.len && i < targs.len; i++) {
    if (!type_is_generic(targs.items[i])) continue;
    bool fresh;
    Flow f = {graph, vertex(graph, tparams.items[i], &fresh), targs.items[i], pos};
    flow(&f, targs.items[i]);
  }
}

// --- the search: longest paths, until nothing grows (no cycle) or a path has more edges than there are vertices

static bool grow_paths(InstanceGraph *graph, uint32_t *end) {
  for (bool again = true; again;) {
    again = false;
    for (uint32_t i = 0; i < graph->edges.len; i++) {
      const Edge *edge = &graph->edges.data[i];
      const Vertex *from = &graph->vertices.data[edge->from];
      Vertex *to = &graph->vertices.data[edge->to];
      int64_t weight = from->weight + edge->weight;
      if (weight <= to->weight) continue;
      to->before = (int32_t)i;
      to->length = from->length + 1;
      if (to->length == graph->vertices.len) {
        *end = edge->to;
        return true;
      }
      to->weight = weight;
      again = true;
    }
  }
  return false;
}

static const Object *object_of(const Type *t) { return t->kind == TYPE_PARAM ? t->param_object : t->object; }

const char *instance_graph_cycle(InstanceGraph *graph, Package *relative_to, Pos *pos,
                                 const char *(*place)(void *context, Pos pos), void *context) {
  uint32_t at;
  if (!grow_paths(graph, &at)) return NULL;
  // The path ends at a vertex that may only be reachable from the cycle: walk back until one is met twice.
  uint32_t n = graph->vertices.len;
  bool *seen = ARENA_ARRAY(graph->universe->arena, bool, n);
  uint32_t *stack = ARENA_ARRAY(graph->universe->arena, uint32_t, n + 1);
  uint32_t len = 0, first = 0;
  while (!seen[at]) {
    stack[len++] = at;
    seen[at] = true;
    if (graph->vertices.data[at].before < 0) break;
    at = graph->edges.data[graph->vertices.data[at].before].from;
  }
  while (stack[first] != at) first++;
  *pos = object_of(graph->vertices.data[at].type)->pos;
  StrBuf out = {0};
  strbuf_puts(&out, "instantiation cycle:");
  for (uint32_t i = first; i < len; i++) {
    const Edge *edge = &graph->edges.data[graph->vertices.data[stack[i]].before];
    const Type *t = graph->vertices.data[edge->to].type;
    strbuf_printf(&out, "\n\t%s: %s %s ", place(context, edge->pos), object_of(t)->name->text,
                  t->kind == TYPE_PARAM ? "instantiated as" : "implicitly parameterized by");
    type_write(&out, edge->type, relative_to);
  }
  const char *text = arena_strdup(graph->universe->arena, strbuf_string(&out));
  strbuf_free(&out);
  return text;
}
