// Built-in functions (specification "Built-in functions", "Package unsafe").
#include "types/checker.h"

#include "types/lookup.h"

typedef struct {
  const char *name;
  uint8_t args; // at least; exactly unless variadic
  bool variadic;
  ExprKind kind;
} BuiltinInfo;

static const BuiltinInfo builtins[] = {
    [BUILTIN_APPEND] = {"append",   1, true,  KIND_EXPRESSION},
    [BUILTIN_CAP] = {"cap",      1, false, KIND_EXPRESSION},
    [BUILTIN_CLEAR] = {"clear",    1, false, KIND_STATEMENT },
    [BUILTIN_CLOSE] = {"close",    1, false, KIND_STATEMENT },
    [BUILTIN_COMPLEX] = {"complex",  2, false, KIND_EXPRESSION},
    [BUILTIN_COPY] = {"copy",     2, false, KIND_STATEMENT },
    [BUILTIN_DELETE] = {"delete",   2, false, KIND_STATEMENT },
    [BUILTIN_IMAG] = {"imag",     1, false, KIND_EXPRESSION},
    [BUILTIN_LEN] = {"len",      1, false, KIND_EXPRESSION},
    [BUILTIN_MAKE] = {"make",     1, true,  KIND_EXPRESSION},
    [BUILTIN_MAX] = {"max",      1, true,  KIND_EXPRESSION},
    [BUILTIN_MIN] = {"min",      1, true,  KIND_EXPRESSION},
    [BUILTIN_NEW] = {"new",      1, false, KIND_EXPRESSION},
    [BUILTIN_PANIC] = {"panic",    1, false, KIND_STATEMENT },
    [BUILTIN_PRINT] = {"print",    0, true,  KIND_STATEMENT },
    [BUILTIN_PRINTLN] = {"println",  0, true,  KIND_STATEMENT },
    [BUILTIN_REAL] = {"real",     1, false, KIND_EXPRESSION},
    [BUILTIN_RECOVER] = {"recover",  0, false, KIND_STATEMENT },
    [BUILTIN_SIZEOF] = {"Sizeof",   1, false, KIND_EXPRESSION},
    [BUILTIN_ALIGNOF] = {"Alignof",  1, false, KIND_EXPRESSION},
    [BUILTIN_OFFSETOF] = {"Offsetof", 1, false, KIND_EXPRESSION},
    [BUILTIN_ADD] = {"Add",      2, false, KIND_EXPRESSION},
    [BUILTIN_SLICE] = {"Slice",    2, false, KIND_EXPRESSION},
    [BUILTIN_SLICE_DATA] = {"SliceData", 1, false, KIND_EXPRESSION},
    [BUILTIN_STRING] = {"String",   2, false, KIND_EXPRESSION},
    [BUILTIN_STRING_DATA] = {"StringData", 1, false, KIND_EXPRESSION},
};

ExprKind check_builtin_kind(int id) { return builtins[id].kind; }
const char *check_builtin_name(int id) { return builtins[id].name; }

static bool value_of(Operand *x, Type *t) {
  x->mode = MODE_VALUE;
  x->type = t;
  return true;
}

static bool no_value(Operand *x) {
  x->mode = MODE_NOVALUE;
  return true;
}

static bool constant_of(Checker *c, Operand *x, int64_t value, TypeKind kind) {
  x->mode = MODE_CONSTANT;
  x->constant = const_int(c->arena, value);
  x->type = check_basic(c, kind);
  return true;
}

// --- append and copy

static const char *not_slice_cause(Checker *c, Operand *x) {
  const char *text = operand_text(c, x);
  if (operand_is_nil(x)) return "have untyped nil";
  if (!type_is_param(x->type)) return arena_printf(c->arena, "have %s", text);
  Type *core = type_core(x->type);
  if (core) return arena_printf(c->arena, "%s has core type %s", text, type_text(c, core));
  return arena_printf(c->arena, "%s has no core type", text);
}

static Object *param(Checker *c, Type *t) {
  return object_new(c->u, OBJECT_VAR, name_of(c->u->names, ""), NULL, NO_POS, t);
}

// Specification "Appending to and copying slices": append(s S, x ...E) S, and append([]byte, string...).
static bool check_append(Checker *c, Operand *x, NodeCall *call, OperandList args) {
  Type *s = x->type, *core = type_core(s);
  if (operand_is_nil(x) || !core || core->kind != TYPE_SLICE) {
    if (!type_is_valid(s)) return false;
    check_error(c, x->expr, "first argument to append must be a slice; %s", not_slice_cause(c, x));
    return false;
  }
  if (args.len == 2 && call->dots && operand_assignable(c, x, type_slice(c->u, c->u->byte_), NULL)) {
    Operand *y = &args.items[1];
    Type *string = y->mode == MODE_NIL ? NULL : type_core_string(y->type);
    if (string && type_is_string(string)) {
      if (type_is_untyped(y->type)) check_convert_untyped(c, y, check_basic(c, TYPE_STRING));
      return value_of(x, s);
    }
  }
  Object **params = ARENA_ARRAY(c->arena, Object *, 2);
  params[0] = param(c, s);
  params[1] = param(c, type_slice(c->u, core->elem));
  Type *sig = type_signature(c->u, params, 2, NULL, 0, true);
  check_arguments(c, call, sig, args);
  return value_of(x, s);
}

static bool check_copy(Checker *c, Operand *x, Operand *y) {
  Type *dst = type_core(x->type), *src = y->mode == MODE_NIL ? NULL : type_core_string(y->type);
  if (src && type_is_string(src)) src = type_slice(c->u, c->u->byte_);
  if (!dst || dst->kind != TYPE_SLICE || !src || src->kind != TYPE_SLICE) {
    check_error(c, x->expr, "invalid argument: copy expects slice arguments; found %s and %s", operand_text(c, x),
                operand_text(c, y));
    return false;
  }
  if (!type_identical(dst->elem, src->elem)) {
    check_error(c, x->expr, "invalid argument: arguments to copy %s and %s have different element types %s and %s",
                operand_text(c, x), operand_text(c, y), type_text(c, dst->elem), type_text(c, src->elem));
    return false;
  }
  if (type_is_untyped(y->type)) check_convert_untyped(c, y, check_basic(c, TYPE_STRING));
  return value_of(x, check_basic(c, TYPE_INT));
}

// --- len and cap

static Type *array_of(Type *u) {
  if (u->kind != TYPE_POINTER) return u;
  Type *base = type_underlying(u->elem);
  return base->kind == TYPE_ARRAY ? base : u;
}

static bool has_length(void *context, Type *u) {
  bool len = *(bool *)context;
  if (!u) return false;
  switch (array_of(u)->kind) {
  case TYPE_ARRAY:
  case TYPE_SLICE:
  case TYPE_CHAN: return true;
  case TYPE_STRING:
  case TYPE_UNTYPED_STRING:
  case TYPE_MAP: return len;
  default: return false;
  }
}

// Specification "Length and capacity": constant for constant strings, and for arrays if the argument contains no
// channel receives or (non-constant) function calls.
static bool check_len(Checker *c, Operand *x, bool len) {
  Type *u = array_of(type_underlying(x->type));
  if (!check_each_underlying(x->type, has_length, &len)) {
    if (type_is_valid(type_underlying(x->type)))
      check_error(c, x->expr, "invalid argument: %s for built-in %s", operand_text(c, x), len ? "len" : "cap");
    return false;
  }
  if (x->mode == MODE_CONSTANT && type_is_string(u)) {
    if (const_kind(x->constant) == CONST_STRING) return constant_of(c, x, const_text(x->constant).len, TYPE_INT);
    x->type = check_basic(c, TYPE_INT);
    return true;
  }
  if (u->kind == TYPE_ARRAY && !c->env.has_call_or_recv) return constant_of(c, x, u->len, TYPE_INT);
  return value_of(x, check_basic(c, TYPE_INT));
}

// --- channels and maps

typedef struct {
  Checker *c;
  Operand *x;
  Type *key;
} Visit;

// Specification "Clear".
static bool can_clear(void *context, Type *u) {
  Visit *v = context;
  if (u && (u->kind == TYPE_MAP || u->kind == TYPE_SLICE)) return true;
  check_error(v->c, v->x->expr, "invalid argument: cannot clear %s: argument must be (or constrained by) map or slice",
              operand_text(v->c, v->x));
  return false;
}

// Specification "Close": it is an error if the channel is receive-only.
static bool can_close(void *context, Type *u) {
  Visit *v = context;
  if (u && u->kind == TYPE_CHAN && u->dir != CHAN_RECV) return true;
  check_error(v->c, v->x->expr, "invalid operation: cannot close %s %s",
              u && u->kind == TYPE_CHAN ? "receive-only channel" : "non-channel", operand_text(v->c, v->x));
  return false;
}

static bool can_delete(void *context, Type *u) {
  Visit *v = context;
  if (!u || u->kind != TYPE_MAP) {
    check_error(v->c, v->x->expr, "invalid argument: %s is not a map", operand_text(v->c, v->x));
    return false;
  }
  if (v->key && !type_identical(u->key, v->key)) {
    check_error(v->c, v->x->expr, "invalid argument: maps of %s must have identical key types",
                operand_text(v->c, v->x));
    return false;
  }
  v->key = u->key;
  return true;
}

// Specification "Deletion of map elements".
static bool check_delete(Checker *c, Operand *x, Operand *key) {
  Visit v = {c, x, NULL};
  if (!check_each_underlying(x->type, can_delete, &v)) return false;
  check_assignment(c, key, v.key, "argument to delete");
  return key->mode != MODE_INVALID && no_value(x);
}

// --- complex numbers

static Type *complex_of(Checker *c, Type *t) {
  switch (type_underlying(t)->kind) {
  case TYPE_FLOAT32: return check_basic(c, TYPE_COMPLEX64);
  case TYPE_FLOAT64: return check_basic(c, TYPE_COMPLEX128);
  case TYPE_UNTYPED_FLOAT: return check_basic(c, TYPE_UNTYPED_COMPLEX);
  default: return NULL;
  }
}

static Type *float_of(Checker *c, Type *t) {
  switch (type_underlying(t)->kind) {
  case TYPE_COMPLEX64: return check_basic(c, TYPE_FLOAT32);
  case TYPE_COMPLEX128: return check_basic(c, TYPE_FLOAT64);
  case TYPE_UNTYPED_COMPLEX: return check_basic(c, TYPE_UNTYPED_FLOAT);
  default: return NULL;
  }
}

// Specification "Manipulating complex numbers": type parameters are not permitted.
static bool refuse_param(Checker *c, Operand *x, int id) {
  if (!type_is_param(x->type)) return false;
  check_error(c, x->expr, "%s not supported as argument to built-in %s for go1.18 (see go.dev/issue/50937)",
              operand_text(c, x), builtins[id].name);
  return true;
}

// An untyped constant without an imaginary part may stand for a float.
static void drop_imaginary(Checker *c, Operand *x) {
  if (type_is_numeric(x->type) && const_sign(const_imag(c->arena, x->constant)) == 0)
    x->type = check_basic(c, TYPE_UNTYPED_FLOAT);
}

static bool check_complex(Checker *c, Operand *x, Operand *y, NodeCall *call) {
  bool ux = type_is_untyped(x->type), uy = type_is_untyped(y->type);
  if (ux && !uy) check_convert_untyped(c, x, y->type);
  else if (uy && !ux) check_convert_untyped(c, y, x->type);
  else if (ux && uy && x->mode == MODE_CONSTANT && y->mode == MODE_CONSTANT) drop_imaginary(c, x), drop_imaginary(c, y);
  else if (ux && uy) {
    check_convert_untyped(c, x, check_basic(c, TYPE_FLOAT64));
    check_convert_untyped(c, y, check_basic(c, TYPE_FLOAT64));
  }
  if (x->mode == MODE_INVALID || y->mode == MODE_INVALID) return false;
  if (!type_identical(x->type, y->type)) {
    check_error(c, x->expr, "invalid operation: %s (mismatched types %s and %s)", expr_text(c, &call->h),
                type_text(c, x->type), type_text(c, y->type));
    return false;
  }
  if (refuse_param(c, x, BUILTIN_COMPLEX)) return false;
  Type *t = complex_of(c, x->type);
  if (!t) {
    check_error(c, x->expr, "invalid argument: arguments have type %s, expected floating-point", type_text(c, x->type));
    return false;
  }
  if (x->mode != MODE_CONSTANT || y->mode != MODE_CONSTANT) return value_of(x, t);
  const Const *imaginary = const_imaginary(c->arena, const_to_float(c->arena, y->constant));
  x->constant = const_binary(c->arena, OPER_ADD, const_to_float(c->arena, x->constant), imaginary, false);
  x->type = t;
  return true;
}

static bool check_real_imag(Checker *c, Operand *x, int id) {
  if (type_is_untyped(x->type)) {
    if (x->mode != MODE_CONSTANT) check_convert_untyped(c, x, check_basic(c, TYPE_COMPLEX128));
    else if (type_is_numeric(x->type)) x->type = check_basic(c, TYPE_UNTYPED_COMPLEX);
    if (x->mode == MODE_INVALID) return false;
  }
  if (refuse_param(c, x, id)) return false;
  Type *t = float_of(c, x->type);
  if (!t) {
    check_error(c, x->expr, "invalid argument: argument has type %s, expected complex type", type_text(c, x->type));
    return false;
  }
  if (x->mode != MODE_CONSTANT) return value_of(x, t);
  x->constant = id == BUILTIN_REAL ? const_real(c->arena, x->constant) : const_imag(c->arena, x->constant);
  x->type = t;
  return true;
}

// --- min and max

static bool check_min_max(Checker *c, Operand *x, OperandList args, int id) {
  Operator op = id == BUILTIN_MIN ? OPER_LSS : OPER_GTR;
  for (uint32_t i = 0; i < args.len; i++) {
    Operand *a = &args.items[i];
    if (!type_all_ordered(a->type)) {
      check_error(c, a->expr, "invalid argument: %s cannot be ordered", operand_text(c, a));
      return false;
    }
    if (i == 0) continue;
    check_match_types(c, x, a);
    if (x->mode == MODE_INVALID) return false;
    if (!type_identical(x->type, a->type)) {
      check_error(c, a->expr, "invalid argument: mismatched types %s (previous argument) and %s (type of %s)",
                  type_text(c, x->type), type_text(c, a->type), expr_text(c, a->expr));
      return false;
    }
    if (x->mode != MODE_CONSTANT || a->mode != MODE_CONSTANT) x->mode = MODE_VALUE;
    else if (const_compare(a->constant, op, x->constant)) *x = *a;
  }
  if (x->mode != MODE_CONSTANT) {
    x->mode = MODE_VALUE;
    const char *context = id == BUILTIN_MIN ? "argument to built-in min" : "argument to built-in max";
    check_assignment(c, x, c->u->any_->actual, context);
    if (x->mode == MODE_INVALID) return false;
  }
  for (uint32_t i = 0; i < args.len; i++) check_update_type(c, args.items[i].expr, x->type, true);
  return true;
}

// --- make and new

// Specification "Making slices, maps and channels".
static bool check_make(Checker *c, Operand *x, NodeCall *call) {
  Node *arg = call->args.items[0];
  Type *t = check_var_type(c, arg);
  NodeList sizes = {call->args.items + 1, call->args.len - 1, 0};
  if (!type_is_valid(t)) {
    check_use(c, sizes);
    return false;
  }
  Type *core = type_core(t);
  TypeKind kind = core ? core->kind : TYPE_INVALID;
  if (kind != TYPE_SLICE && kind != TYPE_MAP && kind != TYPE_CHAN) {
    if (!core) check_error(c, arg, "invalid argument: cannot make %s: no core type", expr_text(c, arg));
    else
      check_error(c, arg, "invalid argument: cannot make %s; type must be slice, map, or channel", expr_text(c, arg));
    return false;
  }
  uint32_t min = kind == TYPE_SLICE ? 2 : 1;
  if (call->args.len < min || call->args.len > min + 1) {
    check_error(c, &call->h, "invalid operation: %s expects %u or %u arguments; found %u", expr_text(c, &call->h), min,
                min + 1, call->args.len);
    return false;
  }
  int64_t values[2] = {-1, -1};
  for (uint32_t i = 0; i < sizes.len; i++) check_index_value(c, sizes.items[i], -1, &values[i]);
  if (values[0] >= 0 && values[1] >= 0 && values[0] > values[1])
    check_error(c, sizes.items[0], "invalid argument: length and capacity swapped");
  return value_of(x, t);
}

static bool check_new(Checker *c, Operand *x, NodeCall *call) {
  Type *t = check_var_type(c, call->args.items[0]);
  return type_is_valid(t) && value_of(x, type_pointer(c->u, t));
}

// --- panic, print, recover

static bool check_panic(Checker *c, Operand *x) {
  check_assignment(c, x, c->u->any_->actual, "argument to panic");
  return x->mode != MODE_INVALID && no_value(x);
}

static bool check_print(Checker *c, Operand *x, OperandList args, int id) {
  const char *context = id == BUILTIN_PRINT ? "argument to built-inprint" : "argument to built-inprintln";
  for (uint32_t i = 0; i < args.len; i++) {
    check_assignment(c, &args.items[i], NULL, context);
    if (args.items[i].mode == MODE_INVALID) return false;
  }
  return no_value(x);
}

// --- package unsafe

static bool check_size(Checker *c, Operand *x, int id) {
  check_assignment(c, x, NULL, id == BUILTIN_SIZEOF ? "argument to unsafe.Sizeof" : "argument to unsafe.Alignof");
  if (x->mode == MODE_INVALID) return false;
  if (!layout_is_constant(x->type)) return value_of(x, check_basic(c, TYPE_UINTPTR));
  int64_t value = id == BUILTIN_SIZEOF ? layout_size(x->type) : layout_align(x->type);
  if (value < 0) {
    check_error(c, x->expr, "%s is too large", operand_text(c, x));
    return false;
  }
  return constant_of(c, x, value, TYPE_UINTPTR);
}

// The offset of the field at the end of the path within t.
static int64_t path_offset(Type *t, const Lookup *found) {
  int64_t offset = 0;
  for (uint32_t i = 0; i < found->path_len; i++) {
    Type *u = type_underlying(t);
    int64_t step = layout_offset(u, found->path[i]);
    if (step < 0) return -1;
    offset += step;
    t = u->fields[found->path[i]].type;
  }
  return offset;
}

static bool check_offsetof(Checker *c, Operand *x, NodeCall *call) {
  Node *arg = call->args.items[0];
  NodeSelector *e = (NodeSelector *)node_unparen(arg);
  if (e->h.kind != NODE_SELECTOR) {
    check_error(c, arg, "invalid argument: %s is not a selector expression", expr_text(c, arg));
    check_use1(c, arg);
    return false;
  }
  check_expr(c, x, e->x);
  if (x->mode == MODE_INVALID) return false;
  Type *u = type_underlying(x->type), *base = x->type;
  if (u->kind == TYPE_POINTER && type_underlying(u->elem)->kind == TYPE_STRUCT) base = u->elem;
  const Name *sel = ((NodeIdent *)e->sel)->name;
  Lookup found = lookup_find(c->u, base, false, c->package, sel, false);
  if (found.status == LOOKUP_METHOD || found.status == LOOKUP_POINTER) {
    check_error(c, arg, "invalid argument: %s is a method value", expr_text(c, arg));
    return false;
  }
  if (found.status != LOOKUP_FIELD) {
    check_error(c, x->expr, "invalid argument: %s has no single field %s", type_text(c, base), sel->text);
    return false;
  }
  if (found.indirect) {
    check_error(c, x->expr, "invalid argument: field %s is embedded via a pointer in %s", sel->text,
                type_text(c, base));
    return false;
  }
  check_record_type(c, &e->h, MODE_VARIABLE, found.type, NULL);
  check_new_selection(c, e, SELECT_FIELD, base, &found)->type = found.type;
  if (!layout_is_constant(base)) return value_of(x, check_basic(c, TYPE_UINTPTR));
  int64_t offset = path_offset(base, &found);
  if (offset < 0) {
    check_error(c, x->expr, "%s is too large", operand_text(c, x));
    return false;
  }
  return constant_of(c, x, offset, TYPE_UINTPTR);
}

// An argument of exactly that type.
static bool check_pointer(Checker *c, Operand *x, Type *t, const char *context) {
  check_assignment(c, x, t, context);
  return x->mode != MODE_INVALID;
}

static bool check_unsafe_add(Checker *c, Operand *x, Operand *length) {
  Type *pointer = check_basic(c, TYPE_UNSAFE_POINTER);
  return check_pointer(c, x, pointer, "argument to unsafe.Add") && check_valid_index(c, length, "length", true) && value_of(x, pointer);
}

static bool check_unsafe_slice(Checker *c, Operand *x, Operand *length) {
  Type *pointer = type_core(x->type);
  if (!pointer || pointer->kind != TYPE_POINTER) {
    check_error(c, x->expr, "invalid argument: %s is not a pointer", operand_text(c, x));
    return false;
  }
  return check_valid_index(c, length, "length", false) && value_of(x, type_slice(c->u, pointer->elem));
}

static bool check_slice_data(Checker *c, Operand *x) {
  Type *slice = type_core(x->type);
  if (!slice || slice->kind != TYPE_SLICE) {
    check_error(c, x->expr, "invalid argument: %s is not a slice", operand_text(c, x));
    return false;
  }
  return value_of(x, type_pointer(c->u, slice->elem));
}

static bool check_unsafe_string(Checker *c, Operand *x, Operand *length) {
  return check_pointer(c, x, type_pointer(c->u, c->u->byte_), "argument to unsafe.String") && check_valid_index(c, length, "length", false) &&
         value_of(x, check_basic(c, TYPE_STRING));
}

static bool check_string_data(Checker *c, Operand *x) {
  return check_pointer(c, x, check_basic(c, TYPE_STRING), "argument to unsafe.StringData") && value_of(x, type_pointer(c->u, c->u->byte_));
}

// --- the call

static bool check_count(Checker *c, NodeCall *call, const BuiltinInfo *info, uint32_t n) {
  const char *problem = n < info->args ? "not enough" : !info->variadic && n > info->args ? "too many" : NULL;
  if (problem)
    check_error(c, &call->h, "invalid operation: %s arguments for %s (expected %u, found %u)", problem,
                expr_text(c, &call->h), info->args, n);
  return !problem;
}

static bool apply(Checker *c, Operand *x, NodeCall *call, int id, OperandList args) {
  switch (id) {
  case BUILTIN_APPEND: return check_append(c, x, call, args);
  case BUILTIN_CAP:
  case BUILTIN_LEN: return check_len(c, x, id == BUILTIN_LEN);
  case BUILTIN_CLEAR: return check_each_underlying(x->type, can_clear, &(Visit){c, x, NULL}) && no_value(x);
  case BUILTIN_CLOSE: return check_each_underlying(x->type, can_close, &(Visit){c, x, NULL}) && no_value(x);
  case BUILTIN_COMPLEX: return check_complex(c, x, &args.items[1], call);
  case BUILTIN_COPY: return check_copy(c, x, &args.items[1]);
  case BUILTIN_DELETE: return check_delete(c, x, &args.items[1]);
  case BUILTIN_IMAG:
  case BUILTIN_REAL: return check_real_imag(c, x, id);
  case BUILTIN_MAKE: return check_make(c, x, call);
  case BUILTIN_MAX:
  case BUILTIN_MIN: return check_min_max(c, x, args, id);
  case BUILTIN_NEW: return check_new(c, x, call);
  case BUILTIN_PANIC: return check_panic(c, x);
  case BUILTIN_PRINT:
  case BUILTIN_PRINTLN: return check_print(c, x, args, id);
  case BUILTIN_RECOVER:
    if (c->env.func) c->env.func->has_recover = true;
    return value_of(x, c->u->any_->actual);
  case BUILTIN_SIZEOF:
  case BUILTIN_ALIGNOF: return check_size(c, x, id);
  case BUILTIN_OFFSETOF: return check_offsetof(c, x, call);
  case BUILTIN_ADD: return check_unsafe_add(c, x, &args.items[1]);
  case BUILTIN_SLICE: return check_unsafe_slice(c, x, &args.items[1]);
  case BUILTIN_SLICE_DATA: return check_slice_data(c, x);
  case BUILTIN_STRING: return check_unsafe_string(c, x, &args.items[1]);
  case BUILTIN_STRING_DATA: return check_string_data(c, x);
  default: return false;
  }
}

static bool check_args(Checker *c, Operand *x, NodeCall *call, int id) {
  bool lazy = id == BUILTIN_MAKE || id == BUILTIN_NEW || id == BUILTIN_OFFSETOF;
  OperandList args = {NULL, call->args.len};
  if (!lazy && call->args.len) {
    args = check_expr_list(c, call->args);
    for (uint32_t i = 0; i < args.len; i++)
      if (args.items[i].mode == MODE_INVALID) return false;
    *x = args.items[0];
  }
  return check_count(c, call, &builtins[id], args.len) && apply(c, x, call, id, args);
}

bool check_builtin(Checker *c, Operand *x, NodeCall *call, int id) {
  if (call->dots && id != BUILTIN_APPEND) {
    check_error(c, &call->h, "invalid operation: invalid use of ... with built-in %s", builtins[id].name);
    check_use(c, call->args);
    return false;
  }
  bool saved = c->env.has_call_or_recv;
  bool length = id == BUILTIN_LEN || id == BUILTIN_CAP;
  if (length) c->env.has_call_or_recv = false;
  bool ok = check_args(c, x, call, id);
  if (length) c->env.has_call_or_recv = saved;
  return ok;
}
