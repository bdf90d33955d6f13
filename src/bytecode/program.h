// A Program: immutable bytecode and all that belongs to it. Made by the compiler, run by any number of Runtimes.
//
// Frame of a call, in 8-byte slots counted from fp (16-byte aligned, so even slots are aligned for pairs):
//
//   0            address of the CALL instruction to return after: RET does  fp -= call->a;  pc = call + 2
//   1            closure of this call (captured variables), set by CALLC; unspecified for plain functions
//   2 ..         results, in order, each in slot form (pairs and 16-aligned blocks at even slots)
//   ..           parameters, in order
//   ..           receiver (last, so that CALLI can expand it from an interface's word)
//   ..           variables, temporaries, and the windows of calls made from here
//
// All call instructions are two words long (the second one may be unused), which is why RET needs no length.
// Nothing points into a frame while its goroutine can run (stacks move when they grow); a variable whose address is
// taken or that a closure shares lives on the heap and the frame holds its pointer.
#ifndef BYTECODE_PROGRAM_H
#define BYTECODE_PROGRAM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "bytecode/rtype.h"

typedef struct Function Function;
typedef struct Program Program;

// One instruction: 8 bytes. Operands b and c together may hold one 32-bit immediate. Extension words (raw 64-bit data)
// may follow; op.def says how many.
typedef union Instr {
  struct {
    uint16_t op, a;
    union {
      struct { uint16_t b, c; };
      int32_t imm;   // op.def: I32, J32
      uint32_t uimm; // op.def: U32
    };
  };
  uint64_t word;     // extension word: constant
  void *ptr;         // extension word: RType *, Function *, Closure *, string bytes ...
  struct { uint32_t lo, hi; };          // extension word: two 32-bit numbers
  struct { uint16_t s0, s1, s2, s3; };  // extension word: four slots or small numbers
} Instr;
_Static_assert(sizeof(Instr) == 8, "instructions are 8 bytes");

typedef enum {
#define OP(name, a, b, c, ext, meaning) OP_##name,
#include "bytecode/op.def"
  OP_COUNT
} Op;

// A function value: what a func variable points to. Captured values follow, as slots.
typedef struct Closure {
  Function *function;
  uint64_t reserved;    // keeps captures 16-byte aligned
  uint64_t captures[];  // slot form, each capture at the slot the function's code loads it from
} Closure;
enum { CLOSURE_SLOT = 1 }; // of a frame

enum { DEFER_HEAD = 3 }; // slots of the record of a deferred call (vm/call.c) before its arguments

// A native: the C function behind a body-less declaration. Frame as above: results from fp[2], then parameters.
typedef enum { NATIVE_DONE, NATIVE_PANIC /* a panic was raised */, NATIVE_PARKED /* goroutine is queued; results are in place when it wakes */ ,
               NATIVE_RETRY /* parked; call again with the same frame when it wakes */ } NativeResult;
struct Worker;
typedef NativeResult (*NativeFn)(struct Worker *worker, uint64_t *fp);

typedef struct {
  uint32_t pc;     // index into code where this position begins
  uint32_t line;   // 1-based
  uint32_t column;
  uint32_t file;   // index into Program.files
} LineEntry;

// Debug information: a variable lives in `slot` for pc in [from, to).
typedef struct {
  const char *name;
  RType *type;     // NULL where unknown
  uint32_t slot, from, to;
  bool boxed;      // the slot holds a pointer to the variable
} VarEntry;

// Debug information for reports of data races, in programs compiled for them: what the source calls the memory that the
// instructions in [from, to) touch, or the call that they make.
typedef enum { ACCESS_VARIABLE /* local, shared by closures or pointers */, ACCESS_GLOBAL, ACCESS_FIELD, ACCESS_ELEMENT, ACCESS_MAP,
               ACCESS_TARGET /* of a pointer */, ACCESS_CALL, ACCESS_OTHER } AccessKind;
typedef struct {
  uint32_t from, to;
  AccessKind kind;
  const char *name;     // "counter", "s.total", "a[i]", "mu.Lock()"
  uint32_t line, column; // where it stands; 1-based, bytes
  const char *text;     // the whole line
} AccessEntry;

// The loops that run a Program, for each of which there may be machine code: the plain one, and the observer's.
enum { LOOP_PLAIN, LOOP_OBSERVED, LOOP_KINDS };

struct Function {
  Instr *code;
  _Atomic(const Instr *) start[LOOP_KINDS]; // where calls begin: code, or a thunk to its machine code. Of program_seal, then the VM's
  _Atomic(void *) machine[LOOP_KINDS];      // its machine code; NULL: none. The VM's
  _Atomic uint32_t heat;        // how often ticks have found the run in it. The VM's
  uint32_t frame_slots;    // whole frame, windows of calls excluded but their headers and arguments included
  uint16_t result_slots;   // results are fp[2 .. 2 + result_slots)
  uint16_t param_slot;     // first parameter
  uint16_t param_slots;    // parameters, receiver included
  uint16_t recv_slot;      // first slot of the receiver (methods)
  uint16_t defer_slot;     // slot of the frame's list of deferred calls, 0: has no defer
  uint32_t defer_pc;       // index of the RUNDEFERS instruction that a recovered panic continues at
  uint32_t code_len;
  uint32_t id;
  const char *name;        // "main.main.func1": as Go prints it
  NativeFn native;         // NULL for bytecode; code is then the trampoline NATIVE, RET
  uint16_t native_op;      // of a native: the instruction that its calls are; RUNDEFERS knows UNLOCK
  Closure *value;          // the function as a value, no captures
  RType *type;             // signature, may be NULL
  LineEntry *lines; uint32_t line_count;
  VarEntry *vars; uint32_t var_count;
  AccessEntry *accesses; uint32_t access_count; // an entry may lie within a bigger one
  // Sorted indexes into code: instructions with an index or bound operand that is an unsigned 64-bit value. Only the text
  // of their panics asks ("index out of range [18446744073709551615]" or "[-1]").
  uint32_t *unsigned_indexes; uint32_t unsigned_count;
  uint32_t decl_file, decl_line;
  bool wrapper;            // made by the compiler: left out of stack traces
  Program *program;
};

// The types in package runtime that the VM's own panics have. Each is a struct { msg string } (or a pointer to one, as
// in Go) that implements runtime.Error; Error() returns msg, the whole text as a panic prints it.
typedef enum {
  ERROR_RUNTIME,   // runtime.errorString: "runtime error: integer divide by zero" and all that has no type of its own
  ERROR_BOUNDS,    // runtime.boundsError: "runtime error: index out of range [5] with length 3"
  ERROR_PLAIN,     // runtime.plainError: "close of closed channel" and others without the prefix
  ERROR_ASSERTION, // *runtime.TypeAssertionError: "interface conversion: ..."
  ERROR_NIL_PANIC, // *runtime.PanicNilError: panic(nil)
  ERROR_TYPE_COUNT
} ErrorType;
extern const char *const program_error_names[ERROR_TYPE_COUNT]; // "errorString" ...
static inline bool program_error_is_pointer(ErrorType t) { return t >= ERROR_ASSERTION; }

// What the VM keeps with a Program, freed with it.
typedef struct MachineCode {
  void (*free)(struct MachineCode *self);
} MachineCode;

struct Program {
  Arena arena;             // owns everything below
  Function **functions; uint32_t function_count;   // sorted by address of code after program_seal()
  RType **types; uint32_t type_count;
  const char **files; uint32_t file_count;
  uint32_t globals_size;   // bytes, 16-aligned; a Runtime allocates and zeroes them
  struct GlobalVar { const char *name; RType *type; uint32_t offset; } *globals; uint32_t global_count;
  const char **method_names; uint32_t method_id_count; // by MethodId; 0 unused
  Function *entry;         // runs all initialisers, then main.main
  _Atomic(MachineCode *) machine; // the VM's (vm/machine.c); NULL: none is made yet
  // A session's Programs, one an input, see one another's code and types: `types` lists those of all so far, and this finds the
  // Program that a pc belongs to (NULL: none). NULL: a Program of its own.
  const struct Program *(*find)(const Instr *pc);
  // The types of run-time errors, by ErrorType. The compiler puts all of them, with all their methods, into every program;
  // NULL only in hand-made programs.
  RType *error_types[ERROR_TYPE_COUNT];
};

// The function whose code contains pc, or NULL; of any Program of a session. Binary search; any thread.
Function *program_function_at(const Program *p, const Instr *pc);
// The source position of an instruction.
LineEntry program_line_at(const Function *f, const Instr *pc);
// The name of its file; "?" if that is not known.
const char *program_file(const Function *f, uint32_t file);
// What an instruction touches or calls: the smallest entry around it; NULL: not known.
const AccessEntry *program_access_at(const Function *f, const Instr *pc);
// A type by its string ("[]int", "*errors.errorString"), or NULL.
RType *program_type(const Program *p, const char *string);
void program_free(Program *p); // NULL: nothing
// Sort the function table; called once by the compiler when all code is final.
void program_seal(Program *p);

#endif
