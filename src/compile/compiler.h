// The state shared by the files of this layer: the compilation, its types, function instances, one function being made.
//
//   Compiler    one compile_program(): what exists once in a Program (types, functions, globals, method ids)
//   FuncInst    one function to be made: a declaration or literal with its type arguments, or a synthesised one
//   Fn          the making of one FuncInst: code, slots, variables in scope, enclosing statements
//
// The tree is annotated once in terms of type parameters; an Fn holds the environment (type parameters -> arguments), and
// every question for a type goes through fn_type, node_type or object_type, which substitute.
#ifndef COMPILE_COMPILER_H
#define COMPILE_COMPILER_H

#include <pthread.h>

#include "base/helper.h"
#include "base/table.h"
#include "base/vec.h"
#include "compile/compile.h"
#include "syntax/tree.h"
#include "types/constant.h"

typedef struct Compiler Compiler;
typedef struct TypeInfo TypeInfo;
typedef struct CallLayout CallLayout;
typedef struct FuncInst FuncInst;
typedef struct Fn Fn;
typedef struct Var Var;

// A frame slot. Checked to fit 16 bits when an instruction is emitted.
typedef uint32_t Slot;
enum { NO_SLOT = UINT32_MAX, UNWANTED = 0xffff /* as an operand: no such value */ };
enum { FRAME_MAX = 65000 /* slots of a function */, BIG_VARIABLE = 256 /* slots: larger variables live on the heap */ };

// --- types (layout.c)

struct TypeInfo {
  Type *type;         // one of the identical types
  Type *under;        // its underlying type
  Shape shape;
  uint32_t size;      // memory form, bytes
  uint32_t align;
  uint32_t slots;
  uint32_t *offsets;  // structs: of each field
  bool pointer_free;
  bool laid;          // false while its layout is being computed
  RType *rtype;       // NULL until asked for (rtype.c)
  TypeInfo *next;     // others with the same hash
};

typedef struct {
  Type *type;
  TypeInfo *info;
} RecentInfo;
TypeInfo *info_find(Compiler *c, Type *t); // info_of, of a type that is not among the recent ones
static inline bool info_is_pair(const TypeInfo *info) { return info->shape == SHAPE_PAIR; }

// Where results, parameters and receiver lie in a callee's frame (program.h).
struct CallLayout {
  Type *sig;
  TypeInfo **results, **params;
  uint16_t *result_slots, *param_slots;
  uint32_t result_count, param_count;
  uint32_t result_end;  // one past the results: where the arguments begin that go and defer copy
  uint32_t end;         // one past the parameters
};
CallLayout *call_layout(Compiler *c, Type *sig);
// The slot of a receiver of type `recv` (NULL: none) and the end of the arguments.
uint32_t call_recv_slot(const CallLayout *layout, const TypeInfo *recv, uint32_t *end);

// --- run-time types (rtype.c)

RType *rtype_of(Compiler *c, Type *t);
// The type reaches an interface: its methods may be called by their ids.
RType *rtype_dynamic(Compiler *c, Type *t);
void rtype_read_methods(Compiler *c, RType *r); // all of them have an id then
MethodId method_id(Compiler *c, const Name *name, Package *package, Type *sig);
void method_demand(Compiler *c, MethodId id);
// Give the dispatch tables their functions; true if new functions were asked for.
bool rtypes_link_methods(Compiler *c);
// The program can call methods by number or name: every exported method of a dynamic type may be called.
void rtypes_keep_methods(Compiler *c);
void rtypes_reflect(Compiler *c); // is package reflect among the packages now?
void rtypes_finish(Compiler *c);
// Types that have got methods since they became dynamic; false after an error at `pos`.
bool rtypes_extend(Compiler *c, Pos pos);

// --- functions

typedef struct {
  TypeList params, args;
} TypeEnv;

typedef void BuildFn(Fn *f, FuncInst *inst); // makes the body

struct FuncInst {
  Function *out;
  BuildFn *build;
  TypeEnv env;
  Type *sig;          // concrete, without receiver
  Type *recv;         // concrete receiver type; NULL: no method
  Object *object;     // declared function
  FuncInfo *info;     // declared function or literal
  Node *node;         // FUNC, FUNC_LIT; RANGE for the body of a range over a function
  void *data;         // synthesised functions: theirs
  FuncInst *outer;    // of a literal: the function around it
  FuncInst *next;     // instances of the same object; work list
  FuncInst *queued;
  TypeList targs;
  Closure **link;     // a session's: calls go through this variable, so that the function can be replaced; NULL: direct
};

// Facts about the variables that a function literal, or the body of a range over a function, uses from outside (escape.c).
typedef struct Captures {
  Object **items;
  uint32_t len, cap;
} Captures;

struct Compiler {
  const CompileOptions *options;
  Universe *u;
  Program *program;
  Arena *arena;       // the program's
  Arena scratch;      // freed after the compilation
  Package **packages; uint32_t package_count;
  Package *main;
  bool failed;

  PtrTable info_by_type;  // Type* -> TypeInfo*
  PtrTable info_by_hash;  // hash -> TypeInfo*
  RecentInfo recent_info[64]; // of info_by_type, by address: the few types of the code at hand
  PtrTable layouts;       // signature Type* -> CallLayout*
  VEC(TypeInfo *) with_rtype;
  VEC(RType *) dynamic;   // types that reach an interface
  PtrTable rtype_info;    // RType* -> TypeInfo*
  BytesTable method_ids;
  PtrTable method_id_names; // Name* -> itself: of those
  VEC(const char *) method_names;
  VEC(bool) demanded;     // by MethodId
  uint32_t unread_methods;  // entries of RType.methods without an id
  bool methods_changed;   // a method id or a dynamic type is new since rtypes_link_methods
  bool reflects;          // package reflect is in the program
  bool keeps_methods;     // and it reaches methods by number or name

  PtrTable instances;     // Object* -> FuncInst *(list of its instances)
  BytesTable synthesised; // key -> FuncInst*
  PtrTable captures;      // Node *(FUNC_LIT, RANGE) -> Captures*
  PtrTable analysed;      // Node* -> itself
  PtrTable inlinable;     // Object* -> what inline.c found out
  struct Confine *confine; // confine.c; NULL: nothing was asked yet
  FuncInst *work;
  VEC(Function *) functions;

  PtrTable globals;       // Object* -> Global*
  VEC(struct GlobalVar) global_vars;
  uint32_t globals_size;
  pthread_mutex_t files_lock; // rank: alone; the helper looks, too
  VEC(const char *) files;    // guarded by files_lock: paths, the sources' until compiler_finish
  struct InitPlan *init;  // init.c
  BytesTable strings;     // text -> its bytes in the program's arena
  void *zero_base;
  struct Links *links; // of a session (session.c), else NULL
  const Program *shared; // a session's last: lists that have not grown are taken from it
  Fn *spare;           // finish.c: for the next functions
  Fn *completed;       // atomic: the same, given back by the helper, which only adds to it
  Arena helpers_arena; // the program's too: what the helper adds
  uint32_t given;      // to the helper, and not among the spare ones again
};

static inline RecentInfo *info_recent(Compiler *c, const Type *t) {
  return &c->recent_info[(uintptr_t)t / 16 % (sizeof c->recent_info / sizeof *c->recent_info)];
}
static inline TypeInfo *info_of(Compiler *c, Type *t) {
  const RecentInfo *recent = info_recent(c, t);
  return recent->type == t ? recent->info : info_find(c, t);
}
static inline Type *under_of(Compiler *c, Type *t) { return info_of(c, t)->under; }

typedef struct Global {
  Object *object;
  uint32_t offset;
  TypeInfo *info;
  struct PlannedStep *step; // the initialiser that sets it, or NULL
  void *memory;             // a session's: where it lies
} Global;

// --- one function being made

// Where a jump goes. Bound when `at` is known.
typedef struct Label {
  uint32_t at;    // index into code, or UNBOUND
  uint32_t first; // chain of jumps to patch: index + 1 into Fn.patches
} Label;
enum { UNBOUND = UINT32_MAX };
#define LABEL_NEW ((Label){UNBOUND, 0})

typedef struct {
  uint32_t at;     // the instruction or extension word that holds the distance
  uint32_t from;   // the instruction it is relative to
  uint32_t next;   // index + 1
  uint8_t kind;    // PatchKind
} Patch;

// A local variable.
struct Var {
  FuncInst *inst;  // for which function `Object.backend` means this
  Object *object;  // NULL: synthesised
  TypeInfo *info;
  Slot slot;       // of the value, or of the pointer to it
  bool boxed;
  uint32_t offset; // boxed: bytes from the pointer; only parameters of expanded calls are parts of something
  bool owned;      // the box is given back when the scope is left: nothing points to it then
  uint32_t entry;  // index + 1 into Fn.vars
  const Const *constant; // a parameter of an expanded call that stands for this; no slot
};

// An enclosing statement that break, continue or a return through a range function may leave.
typedef struct Flow Flow;
struct Flow {
  Flow *outer;
  const Name *label; // or NULL
  Node *stmt;
  uint32_t scope;    // variables around it
  Label *on_break, *on_continue; // NULL: not a target
  Label *on_fallthrough;         // switch: the next clause's body
};

// A label that goto statements name.
typedef struct GotoLabel {
  const Name *name;
  Label label;
} GotoLabel;

// A call evaluated ahead of the expression that contains it (order.c).
typedef struct {
  Node *node;
  Slot slot;
} Hoisted;

// A variable of a list of statements whose box is made later (late.c).
enum { LATE_OPERANDS = 4 };
typedef struct {
  Var *var;             // in slots until then; NULL: nowhere
  Object *object;
  TypeInfo *info;
  NodeComposite *literal; // its value, without var; NULL: zero
  Hoisted operands[LATE_OPERANDS];
  uint32_t operand_count;
  Pos at;               // the statement around it wants the box
} Late;

// The length of a slice that no statement of the loop assigns.
typedef struct {
  const Object *object;
  Slot slot;
} KeptLength;

// Where the record of a deferred call lies in the frame.
typedef struct {
  const Node *node;
  Slot slot;
  uint32_t room;    // for arguments
} DeferRecord;

// The instructions in [from, to) evaluate or touch what the node says.
typedef struct {
  uint32_t from, to;
  const Node *node;
} AccessNote;

struct Fn {
  HelperJob job;         // finish.c; must be first
  Fn *next;              // of the spare ones
  Compiler *c;
  FuncInst *inst;
  Function *out;
  CallLayout *layout;
  Type *declared;        // signature whose results are the Objects that the body names (not substituted)
  VEC(Instr) code;
  VEC(Patch) patches;
  VEC(struct { uint32_t pc; Pos pos; }) lines;
  VEC(LineEntry) table;  // made of them
  VEC(VarEntry) vars;
  VEC(AccessNote) accesses; // access.c
  VEC(uint32_t) unsigned_indexes; // Function.unsigned_indexes
  VEC(Var *) scope;      // variables in scope, innermost last
  VEC(Hoisted) hoisted;
  Pos pos;               // where the next instruction belongs
  uint32_t top, high;    // first free slot; most ever used
  uint32_t last;         // index of the last instruction
  uint32_t bound;        // where a label was bound last
  bool dead;             // the next instruction cannot be reached
  bool far;              // jumps beyond 16 bits: made again with long ones
  bool too_far;          // found out on the way
  bool too_big;
  bool fused;            // its code goes through fuse
  Flow *flow;
  VEC(struct GotoLabel *) gotos;
  Var **results;         // result variables (named or not), NULL where there is none to name
  bool has_defer;
  bool boxed_results;    // some result lives on the heap while the function runs
  Label epilogue;        // copies boxed results back, runs deferred calls
  Slot deferred;         // slot of the list of deferred calls
  VEC(DeferRecord) records;
  const Name *pending_label; // of the statement that follows
  struct RangeFunc *range;   // this function is the body of a range over a function
  Slot range_defers;     // slot of the pointer to the list of calls that bodies of ranges over functions deferred, or NO_SLOT
  PtrTable subst;        // Type* -> substituted Type*
  PtrTable constants;    // word -> slot + 1: constants that a loop keeps in slots
  VEC(KeptLength) lengths;
  VEC(Late) late;        // of the lists of statements around
  const Node *listed;    // the statement that a list has come to
  bool declares;         // the statement being made is that one, and declares variables
  VEC(Hoisted) bounds;   // of loops around: values that their conditions compare with
  VEC(uint64_t) live_numbers, live_sets, fuse_marks; // memory only: live.c and fuse.c take it again for each function
  uint32_t loop_depth, inline_depth;
};

// --- generic.c: types in the function's environment, instances
Type *fn_subst(Fn *f, Type *t); // fn_type of a type that may mention type parameters
static inline Type *fn_type(Fn *f, Type *t) { return f->inst->env.params.len ? fn_subst(f, t) : t; } // substituted
static inline Type *node_type(Fn *f, const Node *n) { return fn_type(f, n->type); }
static inline TypeInfo *fn_info(Fn *f, Type *t) { return info_of(f->c, fn_type(f, t)); } // of a type that may mention type parameters
static inline TypeInfo *node_info(Fn *f, const Node *n) { return fn_info(f, n->type); }
static inline Type *object_type(Fn *f, const Object *o) { return fn_type(f, o->type); }
TypeList fn_type_list(Fn *f, TypeList list);
FuncInst *inst_function(Compiler *c, Object *object, TypeList targs); // a declared function or method (origin), made when reached
FuncInst *inst_literal(Fn *f, NodeFuncLit *lit);
FuncInst *inst_range_body(Fn *f, NodeRange *n, BuildFn *build); // not queued
// A function made by the compiler, shared under `key` (len bytes) or, with key NULL, of its own.
FuncInst *inst_synthesised(Compiler *c, const void *key, size_t len, const char *name, BuildFn *build, Type *sig, Type *recv, bool *is_new);
void inst_init_function(Compiler *c, FuncInst *inst);

// --- compile.c
void compile_error(Compiler *c, Pos pos, const char *fmt, ...) __attribute__((cold, format(printf, 3, 4)));
void inst_queue(Compiler *c, FuncInst *inst);
void compiler_init(Compiler *c, const CompileOptions *options, Package *main, const ArenaSource *scratch);
void compiler_deinit(Compiler *c);
void compiler_begin(Compiler *c, const ArenaSource *code); // a new Program
void compiler_drain(Compiler *c);            // compile what is queued and what that reaches
void compiler_finish(Compiler *c);           // put the Program together
void compiler_add_basics(Compiler *c);       // types and methods that every Program has
uint32_t file_id(Compiler *c, const char *path);
Global *global_of(Compiler *c, Object *object);
const void *zero_base(Compiler *c); // the address of every variable of no size
const char *program_string_bytes(Compiler *c, Text text);
Function *native_function(Compiler *c, const char *name, uint32_t param_slot, uint32_t param_slots, uint32_t result_slots, Pos pos);

// --- session.c
void link_new(Compiler *c, FuncInst *inst); // sets inst->link, if it is a function of the prompt's
bool link_is_late(const Compiler *c, const Object *function); // declared at the prompt: may be replaced

#endif
