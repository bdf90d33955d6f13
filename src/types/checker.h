// The checker's inside: its state, and the functions its files call in one another. Modelled on the Go compiler's own
// checker (types2) in what it accepts and how it words its complaints, so that both report the same lines.
//
// Flow of one package: collect objects -> check declarations (lazily, in order of use) -> delayed actions (function
// bodies, checks that need complete types) -> initialisation order -> unused imports. Expressions are checked into an
// Operand and annotated on their node; untyped expressions stay pending until their context gives them a type.
#ifndef TYPES_CHECKER_H
#define TYPES_CHECKER_H

#include "base/diag.h"
#include "base/table.h"
#include "base/vec.h"
#include "types/check.h"
#include "types/constant.h"
#include "types/infer.h"
#include "types/instantiate.h"
#include "types/layout.h"
#include "types/lookup.h"
#include "types/predicates.h"
#include "types/scope.h"
#include "types/typeset.h"

// What an expression turned out to be.
typedef struct {
  ExprMode mode; // MODE_INVALID: an error was reported, be silent
  Node *expr;
  Type *type;
  const Const *constant; // MODE_CONSTANT
  int builtin;           // MODE_BUILTIN
} Operand;

typedef struct {
  Operand *items;
  uint32_t len;
} OperandList;

// How an expression may be used as a statement.
typedef enum { KIND_CONVERSION, KIND_EXPRESSION, KIND_STATEMENT } ExprKind;

// A package-level declaration (methods included) before and while it is resolved.
typedef struct DeclInfo {
  Object *object;
  Scope *file;  // file scope: where its names are looked up
  Object **lhs; // `var a, b = f()`: all variables; else NULL
  uint32_t lhs_count;
  Node *of, *init; // type and value as written; of constants possibly those of an earlier spec
  bool inherited;  // the value is repeated from an earlier constant
  uint32_t iota;
  NodeTypeDecl *type_decl;
  NodeFunc *func_decl;
  PtrTable *deps; // package-level objects its initialiser or body mentions (shared as lhs is)
  bool emitted;   // its InitStep is in the package
} DeclInfo;

// What the context of the thing being checked gives.
typedef struct {
  DeclInfo *decl;    // package-level declaration whose dependencies are collected, or NULL
  Scope *scope;      // innermost scope
  const Const *iota; // in a constant declaration
  Pos err_pos;       // repeated constant initialisers: errors are reported at the constant
  bool in_tparam_list;
  bool in_interface;     // within an interface literal
  bool has_call_or_recv; // the expression contains a call or a receive: len(x) is not constant
  bool generic;          // types may mention type parameters: set Node.generic
  Type *signature;       // of the function whose body is checked
  FuncInfo *func;
  struct Body *body;
} Env;

// One function body's variables, for "declared and not used".
typedef struct Body {
  VEC(Object *) vars;
  int64_t temporaries; // bytes of big values that are no variables
  struct Body *outer;
} Body;

typedef struct Checker Checker;

// A check put off until the declarations it looks at are complete.
typedef struct {
  void (*run)(Checker *c, void *data);
  void *data;
} Action;

typedef struct {
  Node *at;
  Type *type;
} Interface;

typedef struct {
  Type *base;
  uint32_t index; // of the method
  bool added;     // else it took the place of `old`
  Method old;
} Attached;

struct Checker {
  const CheckOptions *options;
  Universe *u;
  Arena *arena;
  Diags *diags;
  Package *package;
  Query query; // to ask the predicates without wanting a cause
  Env env;
  PtrTable objects;       // Object* -> DeclInfo *, in source order
  PtrTable methods;       // type's Object* -> MethodList *, not yet attached to the type
  PtrTable untyped_shift; // Node*: untyped constant left operands of non-constant shifts
  PtrTable blank_params;  // NodeIdent* `_` in a receiver -> its type parameter
  PtrTable closures;      // FuncInfo* -> Closures *, the numbers for names of function literals
  PtrTable valid;         // defined types known to be finite
  VEC(Node *) untyped;     // expressions whose type was untyped when they were checked; in the arena, as the next two
  VEC(Action) delayed;
  VEC(Object *) path;        // objects being resolved, for cycles
  VEC(Action) bodies;        // a script's function bodies: they see all its variables, so they wait for the statements
  VEC(Interface) interfaces; // outermost interface literals
  VEC(Action) sizes;         // looked at if there are no errors
  VEC(Object *) imports;
  VEC(struct InitStep) init;
  VEC(Object *) funcs;
  VEC(Object *) types;
  VEC(Package *) import_list;
  VEC(Scope *) file_scopes;
  VEC(Attached) attached; // methods that older types have got from this input
  InstanceGraph *instances;
  SourceSet sources;                    // the package's own files, where the options do not have all
  uint32_t errors;                      // reported so far
  const Node *callee;                   // of the arguments being assigned
  bool unread;                          // there is something that check_declaration or check_function is to check
  bool entered;                         // one of them is at work
  bool muted;                           // the last error was withheld: its continuation lines too
  uint32_t depth;                       // nesting of expressions and types
  uint32_t global_closures, init_funcs; // so far, for their names
};

// --- check_report.c: messages
void check_error(Checker *c, const Node *at, const char *fmt, ...) __attribute__((cold, format(printf, 3, 4)));
void check_error_pos(Checker *c, Pos start, Pos end, const char *fmt, ...) __attribute__((cold, format(printf, 4, 5)));
void check_error_object(Checker *c, const Object *at, const char *fmt, ...) __attribute__((cold, format(printf, 3, 4)));
Pos check_start(const Node *node); // where gc reports about it
// A further line of the last message, with the place it speaks of (NO_POS: none).
void check_note(Checker *c, Pos at, const char *fmt, ...) __attribute__((cold, format(printf, 3, 4)));
void check_note_other(Checker *c, const Object *other); // "other declaration of x"
void check_hint(Checker *c, const char *fmt, ...) __attribute__((cold, format(printf, 2, 3)));
const char *check_place(Checker *c, Pos pos); // FILE:LINE:COL

// --- check_text.c: Go source and operands in messages
const char *expr_text(Checker *c, const Node *node);
const char *expr_list_text(Checker *c, NodeList list); // "[a, b]"
const char *operand_text(Checker *c, const Operand *x);
const char *type_text(Checker *c, Type *t);
const char *object_text(Checker *c, const Object *object);
const char *types_summary(Checker *c, Type **types, uint32_t n, bool variadic); // "(int, number, ...string)"
const char *check_keep(Checker *c, StrBuf *text);                               // moves the text to the arena

// --- check_package.c
void check_delay(Checker *c, void (*run)(Checker *c, void *data), void *data);
void check_run_delayed(Checker *c, uint32_t from);
DeclInfo *check_decl_info(Checker *c, const Object *object);

// --- check_import.c
void check_import(Checker *c, NodeImport *node, Scope *file);
void check_unused_imports(Checker *c);
void check_shadow_implicit(Checker *c, Object *var); // a script's own name wins from here on
Object *check_implicit_package(Checker *c, const Name *name); // script mode; NULL
Object *check_import_of(Checker *c, const Name *exported);    // an imported package that declares the name; NULL
void check_use_dot_import(Checker *c, const Object *object, const Scope *holder);

// --- check_decl.c
void check_object(Checker *c, Object *object);
bool check_declare(Checker *c, Scope *scope, NodeIdent *ident, Object *object, Pos visible_from);
void check_declare_local(Checker *c, NodeIdent *ident, Object *var, Pos visible_from);
void check_arity(Checker *c, Pos at, NodeList names, NodeList values, bool constants, bool inherited);
void check_decl_stmt(Checker *c, NodeDeclStmt *s);
void check_var_spec(Checker *c, NodeVar *s);
void check_cycle_error(Checker *c, Object **cycle, uint32_t n, uint32_t start);
uint32_t check_first_in_source(Object **objects, uint32_t n);
bool check_depend(Checker *c, Object *object);
Object *check_new_var(Checker *c, NodeIdent *name, Type *type);
bool check_scope_is_package(Checker *c);

// --- check_method.c
typedef struct MethodList {
  VEC(Object *) list;
} MethodList;
typedef struct {
  bool pointer;
  NodeIdent *name;  // of the base type, or NULL
  NodeList tparams; // as written; what is no identifier is replaced by `_`
  Node *index;      // the NODE_INDEX, or NULL
} Receiver;
Receiver check_receiver_unpack(Checker *c, Node *type, bool report);
void check_collect_method(Checker *c, Object *method, NodeFunc *node);
void check_attach_methods(Checker *c, Object *type);

// --- check_tparam.c: type parameter lists
void check_type_params(Checker *c, TypeList *into, NodeList fields);
Type *check_declare_type_param(Checker *c, NodeIdent *name, uint32_t index, Pos visible_from);

// --- check_type.c: type expressions
Type *check_type(Checker *c, Node *e);
Type *check_var_type(Checker *c, Node *e);                  // may be a variable's type
Type *check_defined_type(Checker *c, Node *e, Object *def); // `def`: the type being declared, or NULL
Type *check_generic_type(Checker *c, Node *e, const char **cause);
void check_valid_var_type(Checker *c, Node *e, Type *t);
bool check_type_list(Checker *c, NodeList list, TypeList *into); // false: an invalid one
void check_set_def(Checker *c, Object *def, Type *t);

// --- check_struct.c, check_interface.c, check_signature.c
Type *check_struct_type(Checker *c, NodeStructType *e, Object *def);
Type *check_interface_type(Checker *c, NodeInterfaceType *e, Object *def);
// `sig`: the signature to fill, or NULL. *scope (may be NULL) becomes the function's scope.
Type *check_func_type(Checker *c, NodeFuncType *e, NodeField *recv, Type *sig, Object *def, Scope **scope);

// --- check_valid.c
void check_valid_type(Checker *c, Type *named);
void check_interfaces(Checker *c);

// --- check_directive.c
void check_directives(Checker *c, const File *file);

// --- check_size.c
void check_size_later(Checker *c, Node *at, Type *t);
void check_sizes(Checker *c);
// A value of this type lies in the frame of the function whose body is checked.
void check_frame_value(Checker *c, Type *t);
void check_frame_later(Checker *c, FuncInfo *info, const Body *body);

// --- check_expr.c
ExprKind check_raw_expr(Checker *c, Type *target, const char *target_text, Operand *x, Node *e, Type *hint,
                        bool allow_generic);
void check_expr(Checker *c, Operand *x, Node *e);
// `target`: the function type it is assigned to (a generic function then takes its type arguments from there).
void check_expr_target(Checker *c, Operand *x, Node *e, Type *target, const char *target_text);
void check_expr_hint(Checker *c, Operand *x, Node *e, Type *hint);
void check_expr_or_type(Checker *c, Operand *x, Node *e, bool allow_generic);
void check_generic_expr(Checker *c, Operand *x, Node *e);
OperandList check_multi_expr(Checker *c, Node *e, bool allow_comma_ok, bool *comma_ok);
OperandList check_expr_list(Checker *c, NodeList list);
void check_ident(Checker *c, Operand *x, NodeIdent *e, Object *def, bool want_type);
void check_single_value(Checker *c, Operand *x);
enum { EXCLUDE_NOVALUE = 1, EXCLUDE_BUILTIN = 2, EXCLUDE_TYPE = 4, EXCLUDE_ALL = 7 };
void check_exclude(Checker *c, Operand *x, unsigned modes);
void check_non_generic(Checker *c, Type *target, const char *target_text, Operand *x);
bool check_is_generic_func(Type *t); // not yet instantiated
void check_type_assertion(Checker *c, Node *e, Operand *x, Type *to, bool type_switch);
bool check_use(Checker *c, NodeList list); // evaluate for its uses only; false if something is invalid
bool check_use1(Checker *c, Node *e);
bool check_use_lhs(Checker *c, NodeList list); // does not count as use of variables
void check_comma_ok(Node *e);

// --- check_untyped.c, check_const.c: untyped expressions
void check_record(Checker *c, Operand *x);
void check_record_type(Checker *c, Node *e, ExprMode mode, Type *t, const Const *value);
void check_update_type(Checker *c, Node *e, Type *t, bool final);
void check_update_value(Node *e, const Const *value);
void check_convert_untyped(Checker *c, Operand *x, Type *target);
void check_finish_untyped(Checker *c);
void check_overflow(Checker *c, Operand *x, Pos op_pos);
bool check_representable(Checker *c, Operand *x, Type *basic);
void check_invalid_conversion(Checker *c, Operand *x, Type *target, ConstFit fit);
Value operand_value(const Operand *x);
bool operand_is_nil(const Operand *x);
bool operand_assignable(Checker *c, const Operand *x, Type *to, const char **cause);

// --- check_binary.c, check_unary.c
void check_unary(Checker *c, Operand *x, NodeUnary *e);
void check_binary(Checker *c, Operand *x, Node *e, Node *lhs, Node *rhs, Operator op);
void check_comparison(Checker *c, Operand *x, Operand *y, Operator op, bool switch_case);
void check_match_types(Checker *c, Operand *x, Operand *y);
// Does `holds` hold for the underlying type, or every underlying type of a type parameter's set (NULL: no specific
// types)?
bool check_each_underlying(Type *t, bool (*holds)(void *context, Type *underlying), void *context);

// --- check_conversion.c, check_literal.c, check_index.c, check_selector.c
void check_conversion(Checker *c, Operand *x, Type *to);
bool check_composite(Checker *c, Operand *x, NodeComposite *e, Type *hint);
bool check_index_expr(Checker *c, Operand *x, NodeIndex *e); // true: x is a generic function to instantiate
void check_slice_expr(Checker *c, Operand *x, NodeSlice *e);
Type *check_index_value(Checker *c, Node *index, int64_t max, int64_t *value);
bool check_valid_index(Checker *c, Operand *x, const char *what, bool allow_negative);
Selection *check_new_selection(Checker *c, NodeSelector *e, SelectionKind kind, Type *recv, const Lookup *found);
void check_selector(Checker *c, Operand *x, NodeSelector *e, Object *def, bool want_type);

// --- check_call.c, check_instance.c, check_builtin.c
ExprKind check_call(Checker *c, Operand *x, NodeCall *call);
// Assigns arguments to parameters, inferring type arguments. Returns the (instantiated) signature.
Type *check_arguments(Checker *c, NodeCall *call, Type *sig, OperandList args);
const char *check_infer_message(Checker *c, const InferResult *result);
// A generic function gets its type arguments: those of `inst`, and by inference from the target. With !infer a partial
// list is left in *partial for check_arguments.
void check_func_instance(Checker *c, Type *target, const char *target_text, Pos pos, Operand *x, NodeIndex *inst,
                         bool infer, TypeList *partial);
Type *check_instantiate_signature(Checker *c, Pos pos, Node *expr, Type *sig, TypeList targs, NodeList targ_nodes);
Type *check_instantiated_type(Checker *c, NodeIndex *e);
bool check_builtin(Checker *c, Operand *x, NodeCall *call, int id);
ExprKind check_builtin_kind(int id);
const char *check_builtin_name(int id);

// --- check_assign.c
// `context` says what for, in messages: "send", "return statement" ...; check_argument: an argument of c->callee.
extern const char check_argument[];
void check_assignment(Checker *c, Operand *x, Type *to, const char *context);
void check_init_const(Checker *c, Object *lhs, Operand *x);
void check_init_var(Checker *c, Object *lhs, Operand *x, const char *context);
void check_init_vars(Checker *c, Object **lhs, uint32_t n, NodeList rhs, NodeReturn *ret);
void check_assign_var(Checker *c, Node *lhs, Node *rhs, Operand *x, const char *context);
void check_assign_vars(Checker *c, NodeList lhs, NodeList rhs);
void check_short_var_decl(Checker *c, NodeAssign *s);
// The variable whose memory an assignment to e would change (through fields and array elements), or NULL.
Object *check_root_variable(Node *e);
void check_take_address(Node *e);

// --- check_func.c
FuncInfo *check_new_func(Checker *c, Node *node, Object *object, Type *signature, FuncInfo *outer);
void check_func_body_later(Checker *c, FuncInfo *info, Scope *scope, NodeBlock *body, DeclInfo *decl);
void check_unread_body(Checker *c, FuncInfo *info); // of a declared function: reads and checks it, if that is still to be done
void check_func_literal(Checker *c, Operand *x, NodeFuncLit *e);
void check_capture(Checker *c, Object *var);
void check_open_script(Checker *c, Body *body);
void check_close_script(Checker *c, Body *body, NodeList stmts);

// --- check_stmt.c and its parts
void check_stmt(Checker *c, Node *s);
void check_stmt_list(Checker *c, NodeList list);
void check_open_scope(Checker *c, const Node *node);
void check_close_scope(Checker *c);
void check_switch(Checker *c, NodeSwitch *s);
void check_type_switch(Checker *c, NodeTypeSwitch *s);
void check_select(Checker *c, NodeSelect *s);
void check_range(Checker *c, NodeRange *s);
void check_loop_vars(Checker *c, Node *init);

// --- check_label.c, check_return.c, check_init.c (written: these three are done)
void check_branches(Checker *c, NodeList body, Pos start);
bool check_terminating_list(NodeList list);
void check_init_order(Checker *c);
void check_init_list(Checker *c); // the steps as they stand in the source, for check_init_again to order

// --- check_prompt.c: an input of a session
void check_prompt_expr(Checker *c, NodeExprStmt *s);            // an expression as a statement: its value is shown
bool check_prompt_blank(Checker *c, Operand *x, NodeIdent *e);  // `_` as a value
void check_prompt_attach(Checker *c);                           // methods of types of earlier inputs
void check_prompt_close(Checker *c);

static inline Type *check_invalid(Checker *c) { return c->u->basic[TYPE_INVALID]; }
static inline Type *check_basic(Checker *c, TypeKind kind) { return c->u->basic[kind]; }
static inline bool node_is_blank(const Node *n) {
  return n && n->kind == NODE_IDENT && name_is_blank(((const NodeIdent *)n)->name);
}

#endif
