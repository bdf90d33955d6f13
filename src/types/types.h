// The checker's vocabulary: types, objects, scopes, selections. Modelled on the words of the Go specification and on
// go/types, so that whoever knows that package can read this one. Everything lives in the arena of its Universe.
#ifndef TYPES_TYPES_H
#define TYPES_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/source.h"
#include "base/text.h"
#include "syntax/tree.h"

typedef struct Type Type;
typedef struct Object Object;
typedef struct Scope Scope;
typedef struct Package Package;
typedef struct Const Const; // types/constant.h

typedef enum {
  TYPE_INVALID,
  TYPE_BOOL,
  TYPE_INT, TYPE_INT8, TYPE_INT16, TYPE_INT32, TYPE_INT64,
  TYPE_UINT, TYPE_UINT8, TYPE_UINT16, TYPE_UINT32, TYPE_UINT64, TYPE_UINTPTR,
  TYPE_FLOAT32, TYPE_FLOAT64, TYPE_COMPLEX64, TYPE_COMPLEX128,
  TYPE_STRING, TYPE_UNSAFE_POINTER,
  TYPE_UNTYPED_BOOL, TYPE_UNTYPED_INT, TYPE_UNTYPED_RUNE, TYPE_UNTYPED_FLOAT, TYPE_UNTYPED_COMPLEX,
  TYPE_UNTYPED_STRING, TYPE_UNTYPED_NIL,
  TYPE_BASIC_COUNT, // kinds below this one are basic types
  TYPE_ARRAY = TYPE_BASIC_COUNT, TYPE_SLICE, TYPE_STRUCT, TYPE_POINTER, TYPE_SIGNATURE, TYPE_INTERFACE, TYPE_MAP,
  TYPE_CHAN, TYPE_NAMED, TYPE_PARAM /* type parameter */, TYPE_TUPLE, TYPE_UNION, TYPE_ALIAS /* kept for messages; see type_unalias */,
} TypeKind;

typedef struct TypeList {
  Type **items;
  uint32_t len;
} TypeList;

typedef struct {
  const Name *name;
  Package *package; // of an unexported name
  Type *type;
  Text tag;
  bool embedded;
  Pos pos;
} FieldInfo;

// A method: of an interface (explicit), or declared on a named type (then `object` is its OBJECT_FUNC).
typedef struct {
  const Name *name;
  Package *package;
  Type *type;     // signature without receiver
  Object *object; // declared methods: the function; interface methods: NULL or the object of the interface's declaration
  Pos pos;
} Method;

typedef struct {
  Type *type;
  bool tilde;
} UnionTerm;

struct Type {
  TypeKind kind;
  uint32_t id; // a number of its own, in order of creation
  struct Universe *universe; // the one it lives in (its arena is used by lazy expansion and type sets)
  uint8_t mentions_param;    // type_is_generic's memory: 0 unknown, 1 no, 2 yes
  bool open;                 // a struct or signature whose parts the checker is still adding

  union {
    struct { Type *elem, *key; int64_t len; ChanDir dir; }; // array, slice, pointer, map, chan
    struct { FieldInfo *fields; uint32_t field_count; };    // struct
    struct {                                                // signature
      Object **params; uint32_t param_count;                // OBJECT_VARs; last one's type is a slice if variadic
      Object **results; uint32_t result_count;
      bool variadic;
      Object *recv;                                         // NULL for functions
      TypeList tparams, recv_tparams;                       // TYPE_PARAMs
    };
    struct { // interface
      Method *methods; uint32_t method_count; // explicit ones
      Type **embeds; Pos *embed_pos; uint32_t embed_count;
      struct TypeSet *set; // computed on demand by type_set()
      bool implicit;       // made for a constraint literal such as [T ~int]
      bool complete;       // false while the checker still adds methods and embedded types: no type set is kept
    };
    struct { // named (defined) type; instance if `origin` differs from itself
      Object *object;      // OBJECT_TYPE
      Type *origin;        // the generic type this is an instance of, or itself
      Type *underlying_;   // use type_underlying()
      TypeList named_tparams, targs;
      Method *declared; uint32_t declared_count; // methods, in source order; for an instance expanded lazily
      Type *rhs; // what the declaration says on its right side (defined types keep the name), for cycle checks
      int state; // resolution state, private to types
      // A type declared inside a generic function depends on that function's type parameters without naming them:
      // `implicit_tparams` lists them (checker), and substitution makes instances whose first targs stand for them.
      TypeList implicit_tparams;
      Pos instance_pos; // an instance: where it is first written; 0: only made by substitution
      struct FuncInfo *named_owner; // a local type: the function that declares it; NULL: package level
    };
    struct { Object *param_object; uint32_t index; Type *bound; };  // type parameter; bound: constraint
    struct { Type **tuple; uint32_t tuple_len; };                   // tuple of a multi-value call
    struct { UnionTerm *terms; uint32_t term_count; };              // union, only inside constraints
    struct { Object *alias_object; Type *actual; TypeList alias_tparams, alias_targs; }; // alias
  };
};

typedef enum {
  OBJECT_BAD, OBJECT_PACKAGE, OBJECT_CONST, OBJECT_TYPE, OBJECT_VAR, OBJECT_FUNC, OBJECT_LABEL, OBJECT_BUILTIN, OBJECT_NIL,
} ObjectKind;

struct Object {
  ObjectKind kind;
  const Name *name;
  Package *package;  // where it is declared; NULL in the universe
  Scope *scope;      // the scope that holds it
  Pos pos;
  Pos visible_from;  // local objects: the scope rule of the specification
  Type *type;
  Node *decl;        // NODE_CONST, VAR, TYPE, FUNC, FIELD, ASSIGN, RANGE ... or NULL
  Node *init;        // constant's or variable's initialiser expression (shared by the names of a multi-value one)
  struct FuncInfo *owner; // local variables: the function (declaration or literal) that declares it; NULL: package level
  const Const *constant; // OBJECT_CONST
  Package *imported; // OBJECT_PACKAGE
  int builtin;       // OBJECT_BUILTIN: Builtin
  int state;         // white/grey/black of the resolution, private to types

  // OBJECT_VAR, filled by the checker for the compiler
  bool is_field, is_param, is_result, is_embedded, is_global, used;
  bool captured;     // referenced from a function literal inside its owner
  bool address_taken;// & or method call through an implicit &, or sliced array
  bool reassigned;   // assigned after its declaration (=, op=, ++, range without :=)
  bool loop_var;     // declared by a for clause or range: one per iteration
  bool varies;       // loop_var: assigned by anything but the post statement, so that closures could see it change (compile/escape.c)
  bool indexed;      // an array, or holds one, that is indexed by a variable (compile/escape.c)
  Pos mentioned_at, address_at; // local variables: before both, nothing mentions it, or wants its address (compile/escape.c); NO_POS: nothing does
  uint8_t confined;  // no pointer to it outlives its block (compile/confine.c); 0: not known yet

  // OBJECT_FUNC
  struct FuncInfo *func; // body's facts
  Object *origin;        // method of an instance: the generic type's method
  bool pointer_recv;     // method declared with a pointer receiver (set when it is collected, before its type is known)
  bool is_method;
  Object *replaces;      // a session's: the older object whose place it takes; a function's or method's has the identical type
  void *backend;         // the compiler's own
};

// Facts about one function body (declaration or literal).
typedef struct FuncInfo {
  Node *node;              // NODE_FUNC or NODE_FUNC_LIT
  Object *object;          // NULL for literals
  Type *signature;
  struct FuncInfo *outer;  // enclosing function of a literal
  Object **captures; uint32_t capture_count, capture_cap; // variables of outer functions used here, directly or by inner literals
  bool has_defer, has_recover, has_labels;
  const Name *name;        // "main.f", "main.(*T).m", "main.f.func1": as Go prints it
  struct BodyTask *unchecked; // its body is to be checked when it is wanted (check_function); NULL: that is done
  void *backend;
} FuncInfo;

typedef enum { SELECT_FIELD, SELECT_METHOD_VALUE, SELECT_METHOD_EXPR, SELECT_INTERFACE_METHOD, SELECT_QUALIFIED } SelectionKind;

// x.f resolved. `path` leads through embedded fields: every index but the last selects a field (through a pointer
// where the field's type is one); the last is the field itself, or the method's index (declared order / sorted interface order).
typedef struct Selection {
  SelectionKind kind;
  Type *recv;      // type of x
  Object *object;  // the method (OBJECT_FUNC) or, for fields, NULL
  FieldInfo *field;
  uint32_t *path; uint32_t path_len;
  bool indirect;   // a pointer was followed on the way
  Type *type;      // of the selector expression
} Selection;

struct Scope {
  Scope *parent;
  struct ScopeTable *table;
  Pos start, end;
  bool is_func;
};

struct Package {
  const Name *path;   // "main", "fmt", "sync/atomic"
  const Name *name;
  Scope *scope;
  File **files; uint32_t file_count;
  Package **imports; uint32_t import_count;
  // In order of initialisation: every package-level variable group `lhs... = rhs`, and script statements between them.
  struct InitStep { Object **lhs; uint32_t lhs_count; Node *rhs; Node *stmt; /* script statement */ } *init; uint32_t init_count;
  Object **funcs; uint32_t func_count;   // functions with a body or native, init functions and methods included, in source order
  Object **types; uint32_t type_count;   // defined types and aliases of the package block
  FuncInfo *script_main;   // a script's top-level statements as a function: owns the variables of their inner blocks
  uint32_t checked_files;  // files[0..checked_files) are done: check_package goes on behind them (growing packages)
  struct Checker *checker; // goes on when function bodies are wanted (check_function); NULL: all are checked
  bool prompt;             // files are a session's inputs (check_prompt.c): `scope` is the present one's, around it is what they have left
  Object *last;            // a session's: what `_` stands for as a value; NULL: nothing yet
  bool script, standard, checked;
  bool fake;               // stands in for a package that could not be imported: be silent about its names
  bool call_main;          // a script that declares main and has no statements: call it
};

// The name of the variables that hold the values of a session's expressions: none that can be written.
#define PROMPT_VALUE "$"

typedef enum {
  BUILTIN_APPEND, BUILTIN_CAP, BUILTIN_CLEAR, BUILTIN_CLOSE, BUILTIN_COMPLEX, BUILTIN_COPY, BUILTIN_DELETE, BUILTIN_IMAG,
  BUILTIN_LEN, BUILTIN_MAKE, BUILTIN_MAX, BUILTIN_MIN, BUILTIN_NEW, BUILTIN_PANIC, BUILTIN_PRINT, BUILTIN_PRINTLN,
  BUILTIN_REAL, BUILTIN_RECOVER, BUILTIN_SIZEOF, BUILTIN_ALIGNOF, BUILTIN_OFFSETOF,
  BUILTIN_ADD, BUILTIN_SLICE, BUILTIN_SLICE_DATA, BUILTIN_STRING, BUILTIN_STRING_DATA, // of package unsafe too
} Builtin;

// Everything types share in one compilation: the arena, the predeclared types and objects. Passed first, never global.
typedef struct Universe {
  Arena *arena;
  Names *names;
  Scope *scope;
  Type *basic[TYPE_BASIC_COUNT]; // by kind
  Type *byte_, *rune_;           // aliases of uint8 and int32 for messages
  Type *error_, *any_, *comparable_;
  Type *empty_tuple;
  Package *unsafe_;
  uint32_t next_id;
  struct InstanceTable *instances; // shared instances (instantiate.c)
  struct CompositeTable *composites; // shared arrays, slices, pointers, maps, channels (type.c)
  struct PtrTable *method_sets;    // cache of type_method_set
  // The checker's: gives `object` (a method or type whose type is still NULL) its type. NULL once checking is over.
  void (*resolve)(void *context, Object *object);
  void *resolve_context;
} Universe;

void universe_init(Universe *u, Arena *arena, Names *names);

// --- constructors (types/type.c). Arrays, slices, pointers, maps and channels are shared: same components, same Type.
// Do not modify them. The others keep the lists they are given, which must live as long as the Universe.
Type *type_array(Universe *u, Type *elem, int64_t len);
Type *type_slice(Universe *u, Type *elem);
Type *type_pointer(Universe *u, Type *elem);
Type *type_map(Universe *u, Type *key, Type *elem);
Type *type_chan(Universe *u, ChanDir dir, Type *elem);
Type *type_struct(Universe *u, FieldInfo *fields, uint32_t n);
Type *type_tuple(Universe *u, Type **items, uint32_t n);
// Keeps params and results: they live as long as the type.
Type *type_signature(Universe *u, Object **params, uint32_t np, Object **results, uint32_t nr, bool variadic);
// An interface; `complete` is false until the caller has filled methods and embeds and set it (interface_complete).
Type *type_interface(Universe *u, Method *methods, uint32_t n, Type **embeds, Pos *embed_pos, uint32_t embed_count);
void type_interface_complete(Type *interface);
Type *type_union(Universe *u, UnionTerm *terms, uint32_t n);
Type *type_param(Universe *u, Object *object, uint32_t index, Type *bound); // bound may be set later
// A defined type whose underlying type is not known yet; sets object->type unless it has one.
Type *type_named(Universe *u, Object *object);
// `rhs` may itself be a defined type, complete or not: type_underlying follows the chain.
void type_named_set_underlying(Type *named, Type *rhs);
void type_named_add_method(Type *named, Object *method); // origin types only, in source order
Type *type_alias(Universe *u, Object *object, Type *actual); // actual may be NULL (set later: type->actual)

Object *object_new(Universe *u, ObjectKind kind, const Name *name, Package *package, Pos pos, Type *type);
TypeList type_list(Universe *u, Type *const *items, uint32_t n); // a copy in the arena

// --- queries
Type *type_of_alias(Type *t);                // the next two where they have something to do
Type *type_behind(Type *t);
// Never returns TYPE_ALIAS.
static inline Type *type_unalias(Type *t) { return t->kind == TYPE_ALIAS ? type_of_alias(t) : t; }
// Resolves named types and aliases; of a type parameter: its constraint interface.
static inline Type *type_underlying(Type *t) { return t->kind >= TYPE_NAMED ? type_behind(t) : t; }
Type *type_core(Type *t);                    // core type (specification "Core types"), NULL if none
Type *type_default(Universe *u, Type *t);    // default type of an untyped one
bool type_identical(Type *a, Type *b);
uint64_t type_hash(Type *t);                 // equal for identical types
static inline bool type_is_untyped(const Type *t) { return t->kind >= TYPE_UNTYPED_BOOL && t->kind <= TYPE_UNTYPED_NIL; }
bool type_is_integer(Type *t), type_is_unsigned(Type *t), type_is_float(Type *t), type_is_complex(Type *t);
bool type_is_numeric(Type *t), type_is_string(Type *t), type_is_boolean(Type *t), type_is_interface(Type *t);
bool type_is_param(Type *t);                 // a type parameter
bool type_is_named(Type *t);                 // has a name: basic, defined, type parameter
bool type_is_basic(Type *t);                 // its underlying type is a basic type
bool type_is_const(Type *t);                 // basic and not nil/unsafe.Pointer: constants may have it
bool type_is_ordered(Type *t);               // < is defined
bool type_is_bytes_or_runes(Type *t);        // []byte or []rune by core type
static inline bool type_is_valid(Type *t) { return type_unalias(t)->kind != TYPE_INVALID; } // aliases resolved
bool type_is_instance(Type *t);              // Pair[int, string]
bool type_is_generic_decl(Type *t);          // a generic type or function not yet instantiated
bool type_is_type_constraint(Type *t);       // an interface with type restrictions or comparable: no ordinary type
// The *_all queries: true for a type parameter when they hold for every type of its type set (go/types allX); the plain
// ones above answer false for type parameters.
bool type_all_integer(Type *t), type_all_unsigned(Type *t), type_all_float(Type *t), type_all_complex(Type *t);
bool type_all_numeric(Type *t), type_all_string(Type *t), type_all_boolean(Type *t), type_all_ordered(Type *t);
bool type_all_numeric_or_string(Type *t), type_all_basic(Type *t);
Type *type_core_string(Type *t);             // type_core, but []byte|string gives string (specification "coreString")
Type *type_deref(Type *t, bool *was_pointer);// *T -> T for an unnamed or named pointer's base; else t
bool type_is_generic(Type *t);               // mentions a type parameter: needs type_subst before compiling
bool type_has_nil(Type *t);
bool type_is_comparable(Type *t);            // may be a map key / ==; interfaces are (dynamically)
const char *type_string(Universe *u, Type *t, Package *relative_to); // as gc prints it; relative_to may be NULL (full: main.T)
const char *type_runtime_string(Universe *u, Type *t);              // as reflect and %T print it: "struct { X int }"
void type_write(StrBuf *out, Type *t, Package *relative_to);        // type_string into a buffer
void type_write_signature(StrBuf *out, Type *signature, Package *relative_to); // without "func": "(x int) string"
void type_write_method(StrBuf *out, const Name *name, Type *signature, Package *relative_to); // "M(int) string"

// Methods callable on a value of type t held in an interface (its method set), sorted by name, promoted ones included.
typedef struct {
  const Name *name;
  Package *package;      // of unexported names
  Type *signature;       // without receiver, instantiated
  Object *object;        // declared method (generic origin for instances) or interface method
  uint32_t *path; uint32_t path_len; // embedded fields to go through before the method
  bool pointer_recv;     // declared with a pointer receiver
  bool through_interface;// promoted from an embedded interface
  Type *recv;            // the named type (instantiated) that declares it
  uint32_t index;        // among its methods
} MethodEntry;
MethodEntry *type_method_set(Universe *u, Type *t, uint32_t *count);
// The same without the signatures, for which a standard package's declarations would have to be read. The entries are those of
// type_method_set; method_entry_complete adds what is missing to one.
MethodEntry *type_method_names(Universe *u, Type *t, uint32_t *count);
void method_entry_complete(MethodEntry *entry);

// Substitute type arguments for type parameters everywhere in t; instances are shared: same origin and identical
// arguments give the same Type.
Type *type_subst(Universe *u, Type *t, TypeList tparams, TypeList targs);
Type *type_instantiate(Universe *u, Type *generic, TypeList targs);

// Look up a field or method of t by name (specification "Selectors"). Returns a Selection, or NULL.
// The compiler uses it again inside instantiated bodies where x was a type parameter.
Selection *type_lookup(Universe *u, Type *t, bool addressable, Package *from, const Name *name);

#endif
