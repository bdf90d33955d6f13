// Built-in functions (specification "Built-in functions", "Package unsafe").
#include "compile/expr.h"
#include "compile/invariant.h"
#include "types/layout.h"

static Node *arg(NodeCall *n, uint32_t i) { return n->args.items[i]; }

// --- length and capacity

static Slot constant_length(Fn *f, Node *x, Type *array, Slot dst) {
  if (has_call(x)) expr_discard(f, x);
  return word_constant(f, (uint64_t)array->len, dst);
}

static Slot length(Fn *f, NodeCall *n, bool capacity, Slot dst) {
  Node *x = arg(n, 0);
  Type *t = under_of(f->c, node_type(f, x));
  if (t->kind == TYPE_POINTER) t = under_of(f->c, t->elem);
  if (t->kind == TYPE_ARRAY) return constant_length(f, x, t, dst);
  uint32_t top = f->top;
  Slot kept;
  if (!capacity && kept_length(f, x, &kept)) return loc_load(f, loc_slot(info_of(f->c, f->c->u->basic[TYPE_INT]), kept), dst);
  Slot v = expr_any(f, x);
  at(f, &n->h);
  if (t->kind == TYPE_STRING || t->kind == TYPE_UNTYPED_STRING) { // the pair's second word
    if (dst == NO_SLOT) return v + 1;
    emit(f, OP_MOV, dst, v + 1, 0);
    return dst;
  }
  if (dst == NO_SLOT) {
    f->top = top;
    dst = slot_word(f);
  }
  Op op = t->kind == TYPE_SLICE ? (capacity ? OP_CAP : OP_LEN) : t->kind == TYPE_MAP ? OP_MAPLEN : capacity ? OP_CHCAP : OP_CHLEN;
  emit(f, op, dst, v, 0);
  return dst;
}

// --- slices

// The elements of append as a slice of their own: it grows once, as Go's does.
static Slot element_slice(Fn *f, Node **items, uint32_t n, TypeInfo *elem) {
  Slot pair = slot_pair(f);
  emit_new(f, pair, type_array(f->c->u, elem->type, n));
  emit_load_word(f, pair + 1, n | (uint64_t)n << 32);
  for (uint32_t i = 0; i < n; i++) {
    uint32_t top = f->top;
    emit_store(f, pair, i * elem->size, expr_as(f, items[i], elem->type, NO_SLOT), elem);
    f->top = top;
  }
  return pair;
}

// Specification "Appending to and copying slices".
static Slot append(Fn *f, NodeCall *n, Slot dst) {
  Type *type = node_type(f, &n->h);
  TypeInfo *elem = info_of(f->c, under_of(f->c, type)->elem);
  order_list(f, n->args.items, n->args.len);
  Slot s = expr_as(f, arg(n, 0), type, NO_SLOT);
  if (n->args.len == 1) return loc_load(f, loc_slot(info_of(f->c, type), s), dst);
  if (n->dots) {
    Type *t = under_of(f->c, node_type(f, arg(n, 1)));
    bool string = t->kind == TYPE_STRING || t->kind == TYPE_UNTYPED_STRING;
    Slot more = string ? expr_any(f, arg(n, 1)) : expr_as(f, arg(n, 1), type, NO_SLOT);
    dst = pair_or_new(f, dst);
    at(f, &n->h);
    emit(f, string ? OP_APPENDSTR : OP_APPENDS, dst, s, more);
    if (!string) emit_ptr(f, rtype_of(f->c, elem->type));
    return dst;
  }
  if (n->args.len == 2) {
    Slot v = expr_as(f, arg(n, 1), elem->type, NO_SLOT);
    dst = pair_or_new(f, dst);
    at(f, &n->h);
    emit(f, OP_APPEND, dst, s, elem->slots ? v : slot_any(f));
  } else {
    Slot more = element_slice(f, n->args.items + 1, n->args.len - 1, elem);
    dst = pair_or_new(f, dst);
    at(f, &n->h);
    emit(f, OP_APPENDS, dst, s, more);
  }
  emit_ptr(f, rtype_of(f->c, elem->type));
  return dst;
}

static Slot copy(Fn *f, NodeCall *n, Slot dst) {
  Type *to = under_of(f->c, node_type(f, arg(n, 0))), *from = under_of(f->c, node_type(f, arg(n, 1)));
  order_operands(f, arg(n, 0), arg(n, 1));
  Slot a = expr_any(f, arg(n, 0)), b = expr_any(f, arg(n, 1));
  dst = word_or_new(f, dst);
  at(f, &n->h);
  if (from->kind == TYPE_SLICE) {
    emit(f, OP_COPY, dst, a, b);
    emit_ptr(f, rtype_of(f->c, to->elem));
  } else {
    emit(f, OP_COPYSTR, dst, a, b);
  }
  return dst;
}

// Specification "Making slices, maps and channels".
static Slot make(Fn *f, NodeCall *n, Slot dst) {
  Type *type = node_type(f, arg(n, 0)), *u = under_of(f->c, type);
  if (n->args.len == 3) order_operands(f, arg(n, 1), arg(n, 2));
  Slot len = n->args.len > 1 ? expr_any(f, arg(n, 1)) : word_constant(f, 0, NO_SLOT);
  Slot cap = n->args.len > 2 ? expr_any(f, arg(n, 2)) : len;
  if (u->kind == TYPE_SLICE) {
    dst = pair_or_new(f, dst);
    at(f, &n->h);
    emit(f, OP_MKSLICE, dst, len, cap);
    emit_ptr(f, rtype_of(f->c, u->elem));
    return dst;
  }
  dst = word_or_new(f, dst);
  at(f, &n->h);
  emit(f, u->kind == TYPE_MAP ? OP_MKMAP : OP_MKCHAN, dst, len, 0);
  emit_ptr(f, rtype_of(f->c, type));
  return dst;
}

static Slot clear(Fn *f, NodeCall *n) {
  Type *type = node_type(f, arg(n, 0)), *u = under_of(f->c, type);
  Slot x = expr_any(f, arg(n, 0));
  at(f, &n->h);
  emit(f, u->kind == TYPE_MAP ? OP_MAPCLEAR : OP_CLEARS, x, 0, 0);
  emit_ptr(f, rtype_of(f->c, u->kind == TYPE_MAP ? type : u->elem));
  return 0;
}

// --- numbers

// Specification "Min and max": strings and integers by comparison, floats with the rules for NaN and -0.
static Slot min_max(Fn *f, NodeCall *n, bool max, Slot dst) {
  Type *type = node_type(f, &n->h);
  TypeInfo *info = info_of(f->c, type);
  TypeKind kind = basic_kind(f, type);
  order_list(f, n->args.items, n->args.len);
  Slot best = slots_take(f, info);
  expr_as(f, arg(n, 0), type, best);
  for (uint32_t i = 1; i < n->args.len; i++) {
    uint32_t top = f->top;
    Slot x = expr_as(f, arg(n, i), type, NO_SLOT);
    if (kind == TYPE_FLOAT64 || kind == TYPE_UNTYPED_FLOAT) {
      emit(f, max ? OP_FMAX : OP_FMIN, best, best, x);
    } else if (kind == TYPE_FLOAT32) {
      Slot a = slot_word(f), b = slot_word(f);
      emit(f, OP_G2F, a, best, 0);
      emit(f, OP_G2F, b, x, 0);
      emit(f, max ? OP_FMAX : OP_FMIN, a, a, b);
      emit(f, OP_F2G, best, a, 0);
    } else {
      Label keep = LABEL_NEW;
      Slot less = compare_values(f, max ? OPER_LEQ : OPER_GEQ, best, x, type, NO_SLOT);
      emit_jump_if(f, less, false, &keep);
      emit_move(f, best, x, info);
      label_bind(f, &keep);
    }
    f->top = top;
  }
  return loc_load(f, loc_slot(info, best), dst);
}

// Specification "Manipulating complex numbers".
static Slot complex_make(Fn *f, NodeCall *n, Slot dst) {
  Type *type = node_type(f, &n->h);
  bool single = basic_kind(f, type) == TYPE_COMPLEX64;
  Type *part = f->c->u->basic[single ? TYPE_FLOAT32 : TYPE_FLOAT64];
  order_operands(f, arg(n, 0), arg(n, 1));
  Slot pair = slots_take_n(f, 2, false);
  expr_as(f, arg(n, 0), part, pair);
  expr_as(f, arg(n, 1), part, pair + 1);
  if (!single) return loc_load(f, loc_slot(info_of(f->c, type), pair), dst);
  dst = word_or_new(f, dst);
  emit(f, OP_CMAKE64, dst, pair, pair + 1);
  return dst;
}

static Slot complex_part(Fn *f, NodeCall *n, bool imag, Slot dst) {
  Slot x = expr_any(f, arg(n, 0));
  if (basic_kind(f, node_type(f, arg(n, 0))) == TYPE_COMPLEX64) {
    dst = word_or_new(f, dst);
    emit(f, imag ? OP_CIMAG64 : OP_CREAL64, dst, x, 0);
    return dst;
  }
  if (dst == NO_SLOT) return x + imag;
  emit(f, OP_MOV, dst, x + imag, 0);
  return dst;
}

// --- the others

// print and println are one native each, with a slice of interfaces.
static Slot print(Fn *f, NodeCall *n, bool newline) {
  TypeInfo *any = info_of(f->c, f->c->u->any_);
  Slot base = slots_window(f, 4), pair = base + 2;
  if (n->args.len) {
    emit_new(f, pair, type_array(f->c->u, any->type, n->args.len));
    emit_load_word(f, pair + 1, n->args.len | (uint64_t)n->args.len << 32);
  } else {
    emit(f, OP_ZERO2, pair, 0, 0);
  }
  for (uint32_t i = 0; i < n->args.len; i++) {
    uint32_t top = f->top;
    emit_store(f, pair, i * any->size, expr_as(f, arg(n, i), any->type, NO_SLOT), any);
    f->top = top;
  }
  at(f, &n->h);
  emit(f, OP_CALL, base, 0, 0);
  emit_ptr(f, native_function(f->c, newline ? "runtime.println" : "runtime.print", 2, 2, 0, n->h.pos));
  return 0;
}

static Slot panic(Fn *f, NodeCall *n) {
  Slot v = expr_as(f, arg(n, 0), f->c->u->any_, NO_SLOT);
  at(f, &n->h);
  emit(f, OP_PANIC, v, 0, 0);
  f->dead = true;
  return 0;
}

static Slot delete(Fn *f, NodeCall *n) {
  Type *type = node_type(f, arg(n, 0));
  order_operands(f, arg(n, 0), arg(n, 1));
  Slot m = expr_any(f, arg(n, 0)), key = expr_as(f, arg(n, 1), under_of(f->c, type)->key, NO_SLOT);
  at(f, &n->h);
  emit(f, OP_MAPDEL, m, key, 0);
  emit_ptr(f, rtype_of(f->c, type));
  return 0;
}

// unsafe.Offsetof(x.f) of a type that depends on type parameters.
static int64_t field_offset(Fn *f, Node *n) {
  NodeSelector *s = (NodeSelector *)node_unparen(n);
  Type *t = type_deref(node_type(f, s->x), NULL);
  int64_t offset = 0;
  for (uint32_t i = 0; i < s->selection->path_len; i++) {
    Type *u = type_underlying(type_deref(t, NULL));
    offset += layout_offset(u, s->selection->path[i]);
    t = u->fields[s->selection->path[i]].type;
  }
  return offset;
}

static Slot unsafe_add(Fn *f, NodeCall *n, Slot dst) {
  order_operands(f, arg(n, 0), arg(n, 1));
  Slot p = expr_any(f, arg(n, 0)), by = expr_any(f, arg(n, 1));
  dst = word_or_new(f, dst);
  emit(f, OP_ADD, dst, p, by);
  return dst;
}

// unsafe.Slice and String: a native that checks the length.
static Slot unsafe_pair(Fn *f, NodeCall *n, Slot dst) {
  bool string = n->builtin == BUILTIN_STRING;
  Type *type = node_type(f, &n->h);
  uint64_t size = string ? 1 : info_of(f->c, under_of(f->c, type)->elem)->size;
  order_operands(f, arg(n, 0), arg(n, 1));
  Slot base = slots_window(f, 7), pointer = base + 4;
  expr_as(f, arg(n, 0), string ? type_pointer(f->c->u, f->c->u->byte_) : node_type(f, arg(n, 0)), pointer);
  expr_as(f, arg(n, 1), node_type(f, arg(n, 1)), pointer + 1);
  emit_load_word(f, pointer + 2, size);
  at(f, &n->h);
  emit(f, OP_CALL, base, 0, 0);
  emit_ptr(f, native_function(f->c, string ? "runtime.unsafeString" : "runtime.unsafeSlice", 4, 3, 2, n->h.pos));
  return loc_load(f, loc_slot(info_of(f->c, type), base + 2), dst);
}

// unsafe.SliceData and StringData: the first word of the pair.
static Slot unsafe_data(Fn *f, NodeCall *n, Slot dst) {
  Slot pair = expr_any(f, arg(n, 0));
  if (dst == NO_SLOT) return pair;
  emit(f, OP_MOV, dst, pair, 0);
  return dst;
}

// complex(f()), append(f()), print(f()): the results stand for the arguments.
static NodeCall *spread(Fn *f, NodeCall *n) {
  Node *only = n->args.len == 1 ? node_unparen(arg(n, 0)) : NULL;
  if (!only || !only->type || only->type->kind != TYPE_TUPLE) return n;
  CallResult r = call_multi(f, (NodeCall *)only);
  Arena *scratch = &f->c->scratch;
  NodeCall *copy = arena_copy(scratch, n, sizeof *n);
  copy->args = (NodeList){ARENA_ARRAY(scratch, Node *, r.layout->result_count), r.layout->result_count, r.layout->result_count};
  for (uint32_t i = 0; i < r.layout->result_count; i++) {
    NodeBad *result = ARENA_NEW(scratch, NodeBad);
    result->h = (Node){.kind = NODE_BAD, .mode = MODE_VALUE, .pos = only->pos, .start = only->start, .type = r.layout->results[i]->type};
    vec_push(&f->hoisted, (Hoisted){&result->h, r.base + r.layout->result_slots[i]});
    copy->args.items[i] = &result->h;
  }
  return copy;
}

Slot expr_builtin(Fn *f, NodeCall *n, Slot dst) {
  n = spread(f, n);
  at(f, &n->h);
  switch ((Builtin)n->builtin) {
  case BUILTIN_APPEND: return append(f, n, dst);
  case BUILTIN_CAP: return length(f, n, true, dst);
  case BUILTIN_LEN: return length(f, n, false, dst);
  case BUILTIN_CLEAR: return clear(f, n);
  case BUILTIN_CLOSE: {
    Slot ch = expr_any(f, arg(n, 0));
    at(f, &n->h);
    emit(f, OP_CLOSE, ch, 0, 0);
    return 0;
  }
  case BUILTIN_COMPLEX: return complex_make(f, n, dst);
  case BUILTIN_COPY: return copy(f, n, dst);
  case BUILTIN_DELETE: return delete(f, n);
  case BUILTIN_IMAG: return complex_part(f, n, true, dst);
  case BUILTIN_REAL: return complex_part(f, n, false, dst);
  case BUILTIN_MAKE: return make(f, n, dst);
  case BUILTIN_MAX: return min_max(f, n, true, dst);
  case BUILTIN_MIN: return min_max(f, n, false, dst);
  case BUILTIN_NEW:
    dst = word_or_new(f, dst);
    emit_new(f, dst, node_type(f, arg(n, 0)));
    return dst;
  case BUILTIN_PANIC: return panic(f, n);
  case BUILTIN_PRINT: return print(f, n, false);
  case BUILTIN_PRINTLN: return print(f, n, true);
  case BUILTIN_RECOVER:
    dst = pair_or_new(f, dst);
    emit(f, OP_RECOVER, dst, 0, 0);
    return dst;
  case BUILTIN_SIZEOF: return word_constant(f, (uint64_t)layout_size(node_type(f, arg(n, 0))), dst);
  case BUILTIN_ALIGNOF: return word_constant(f, (uint64_t)layout_align(node_type(f, arg(n, 0))), dst);
  case BUILTIN_OFFSETOF: return word_constant(f, (uint64_t)field_offset(f, arg(n, 0)), dst);
  case BUILTIN_ADD: return unsafe_add(f, n, dst);
  case BUILTIN_SLICE:
  case BUILTIN_STRING: return unsafe_pair(f, n, dst);
  case BUILTIN_SLICE_DATA:
  case BUILTIN_STRING_DATA: return unsafe_data(f, n, dst);
  }
  compile_error(f->c, n->h.pos, "internal error: built-in function %d is not supported", n->builtin);
  return word_or_new(f, dst);
}
