// The universe: what every package can name without declaring it (specification "Predeclared identifiers"), and the
// package unsafe as far as gol has it.
#include "types/constant.h"
#include "types/scope.h"
#include "types/types.h"
#include "types/types_private.h"

static Object *declare(Universe *u, Scope *scope, ObjectKind kind, const char *name, Type *type) {
  Object *object = object_new(u, kind, name_of(u->names, name), NULL, NO_POS, type);
  scope_insert(scope, object);
  return object;
}

static void declare_basic_types(Universe *u) {
  // clang-format off
  static const struct { const char *name; TypeKind kind; } rows[] = {
      {"bool", TYPE_BOOL},       {"int", TYPE_INT},         {"int8", TYPE_INT8},
      {"int16", TYPE_INT16},     {"int32", TYPE_INT32},     {"int64", TYPE_INT64},
      {"uint", TYPE_UINT},       {"uint8", TYPE_UINT8},     {"uint16", TYPE_UINT16},
      {"uint32", TYPE_UINT32},   {"uint64", TYPE_UINT64},   {"uintptr", TYPE_UINTPTR},
      {"float32", TYPE_FLOAT32}, {"float64", TYPE_FLOAT64}, {"complex64", TYPE_COMPLEX64},
      {"complex128", TYPE_COMPLEX128}, {"string", TYPE_STRING},
  };
  // clang-format on
  for (int kind = 0; kind < TYPE_BASIC_COUNT; kind++) u->basic[kind] = type_new(u, (TypeKind)kind);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    declare(u, u->scope, OBJECT_TYPE, rows[i].name, u->basic[rows[i].kind]);
  // Types of their own only for messages: type_identical knows the kind.
  u->byte_ = type_new(u, TYPE_UINT8);
  declare(u, u->scope, OBJECT_TYPE, "byte", u->byte_);
  u->rune_ = type_new(u, TYPE_INT32);
  declare(u, u->scope, OBJECT_TYPE, "rune", u->rune_);
}

static Type *declare_named(Universe *u, const char *name, Type *underlying) {
  Type *named = type_named(u, declare(u, u->scope, OBJECT_TYPE, name, NULL));
  type_named_set_underlying(named, underlying);
  return named;
}

static void declare_interfaces(Universe *u) {
  Type *empty = type_interface(u, NULL, 0, NULL, NULL, 0);
  type_interface_complete(empty);
  u->any_ = type_alias(u, declare(u, u->scope, OBJECT_TYPE, "any", NULL), empty);

  Object *result = object_new(u, OBJECT_VAR, name_of(u->names, ""), NULL, NO_POS, u->basic[TYPE_STRING]);
  Object **results = arena_copy(u->arena, &result, sizeof result);
  Method *error = ARENA_NEW(u->arena, Method);
  error->name = name_of(u->names, "Error");
  error->type = type_signature(u, NULL, 0, results, 1, false);
  Type *error_interface = type_interface(u, error, 1, NULL, NULL, 0);
  type_interface_complete(error_interface);
  u->error_ = declare_named(u, "error", error_interface);

  Type *comparable = type_interface(u, NULL, 0, NULL, NULL, 0);
  type_interface_complete(comparable);
  u->comparable_ = declare_named(u, "comparable", comparable); // its type set: type_set()
}

static void declare_values(Universe *u) {
  declare(u, u->scope, OBJECT_CONST, "true", u->basic[TYPE_UNTYPED_BOOL])->constant = const_bool(u->arena, true);
  declare(u, u->scope, OBJECT_CONST, "false", u->basic[TYPE_UNTYPED_BOOL])->constant = const_bool(u->arena, false);
  declare(u, u->scope, OBJECT_CONST, "iota", u->basic[TYPE_UNTYPED_INT])->constant = const_int(u->arena, 0);
  declare(u, u->scope, OBJECT_NIL, "nil", u->basic[TYPE_UNTYPED_NIL]);
}

static void declare_builtins(Universe *u) {
  // clang-format off
  static const struct { const char *name; Builtin builtin; } rows[] = {
      {"append", BUILTIN_APPEND}, {"cap", BUILTIN_CAP},     {"clear", BUILTIN_CLEAR},     {"close", BUILTIN_CLOSE},
      {"complex", BUILTIN_COMPLEX}, {"copy", BUILTIN_COPY}, {"delete", BUILTIN_DELETE},   {"imag", BUILTIN_IMAG},
      {"len", BUILTIN_LEN},       {"make", BUILTIN_MAKE},   {"max", BUILTIN_MAX},         {"min", BUILTIN_MIN},
      {"new", BUILTIN_NEW},       {"panic", BUILTIN_PANIC}, {"print", BUILTIN_PRINT},     {"println", BUILTIN_PRINTLN},
      {"real", BUILTIN_REAL},     {"recover", BUILTIN_RECOVER},
  };
  // clang-format on
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    declare(u, u->scope, OBJECT_BUILTIN, rows[i].name, u->basic[TYPE_INVALID])->builtin = rows[i].builtin;
}

static void declare_unsafe(Universe *u) {
  Package *package = ARENA_NEW(u->arena, Package);
  package->path = package->name = name_of(u->names, "unsafe");
  package->scope = scope_new(u->arena, u->scope, NO_POS, NO_POS);
  package->standard = package->checked = true;
  u->unsafe_ = package;
  static const struct {
    const char *name;
    Builtin builtin;
  } rows[] = {
      {"Sizeof",   BUILTIN_SIZEOF  },
      {"Alignof",  BUILTIN_ALIGNOF },
      {"Offsetof", BUILTIN_OFFSETOF},
      {"Add", BUILTIN_ADD},
      {"Slice", BUILTIN_SLICE},
      {"SliceData", BUILTIN_SLICE_DATA},
      {"String", BUILTIN_STRING},
      {"StringData", BUILTIN_STRING_DATA}
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    Object *object = declare(u, package->scope, OBJECT_BUILTIN, rows[i].name, u->basic[TYPE_INVALID]);
    object->builtin = rows[i].builtin;
    object->package = package;
  }
  declare(u, package->scope, OBJECT_TYPE, "Pointer", u->basic[TYPE_UNSAFE_POINTER])->package = package;
}

void universe_init(Universe *u, Arena *arena, Names *names) {
  *u = (Universe){.arena = arena, .names = names};
  u->scope = scope_new(arena, NULL, NO_POS, NO_POS);
  declare_basic_types(u);
  u->empty_tuple = type_tuple(u, NULL, 0);
  declare_interfaces(u);
  declare_values(u);
  declare_builtins(u);
  declare_unsafe(u);
}
