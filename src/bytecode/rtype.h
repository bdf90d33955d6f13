// Run-time types: what a running program knows of its types. Immutable and unique within a Program, so that two types
// are identical exactly if their RType pointers are equal.
//
// A value has two forms.
//   Memory form: as it lies in heap objects, arrays, struct fields and globals: natural size and alignment
//     (string, slice, interface: a 16-byte aligned pair).
//   Slot form: as it lies in frames, channel buffers, map entries and interface words: a scalar of any width is
//     extended to one 8-byte word (signed: sign, unsigned, bool and float32 bits: zero); a pair takes two slots, the first one even;
//     structs, arrays and complex128 lie there in memory form, padded to whole slots.
// Only scalars of less than 8 bytes differ between the two.
#ifndef BYTECODE_RTYPE_H
#define BYTECODE_RTYPE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct RType RType;
struct Function;

// Numbered as Go's reflect.Kind.
typedef enum {
  KIND_INVALID, KIND_BOOL, KIND_INT, KIND_INT8, KIND_INT16, KIND_INT32, KIND_INT64, KIND_UINT, KIND_UINT8, KIND_UINT16,
  KIND_UINT32, KIND_UINT64, KIND_UINTPTR, KIND_FLOAT32, KIND_FLOAT64, KIND_COMPLEX64, KIND_COMPLEX128, KIND_ARRAY,
  KIND_CHAN, KIND_FUNC, KIND_INTERFACE, KIND_MAP, KIND_POINTER, KIND_SLICE, KIND_STRING, KIND_STRUCT, KIND_UNSAFE_POINTER,
} RKind;

// How a value lies in memory: which load and store it needs.
typedef enum {
  SHAPE_NONE,                    // size 0
  SHAPE_I8, SHAPE_U8, SHAPE_I16, SHAPE_U16, SHAPE_I32, SHAPE_U32, // scalars narrower than a word (float32: U32, bool: U8)
  SHAPE_WORD,                    // 8 bytes: int, uint64, float64, pointers, maps, channels, functions, complex64
  SHAPE_PAIR,                    // string, slice, interface
  SHAPE_BLOCK,                   // struct, array, complex128: copied as bytes
} Shape;

// Interned per Program from (name, package if unexported, signature): a type has a method of an interface exactly if the ids are equal.
typedef uint32_t MethodId;

typedef struct {
  const char *name;
  const char *package; // path, of unexported names; else NULL
  RType *type;
  uint32_t offset;     // memory form
  bool embedded;
  const char *tag;
} RField;

// How the word of an interface becomes the receiver slot(s) of the method it is called on.
typedef enum {
  RECV_WORD, // the word is the receiver
  RECV_BOX,  // the word points to a box; the receiver is copied out of it (recv_size bytes, memory form = slot form)
  RECV_LOAD, // method of T called on a *T: the word is a pointer to a T in memory form, loaded with `shape`; nil panics
} RecvMode;

typedef struct {
  const char *name;
  const char *package;  // path, of unexported names; else NULL
  MethodId id;
  struct Function *function; // NULL if nothing in the program can call it through an interface
  RType *signature;     // without receiver
  uint8_t recv_mode;    // RecvMode
  uint8_t recv_shape;   // Shape, for RECV_LOAD
  uint32_t recv_size;   // bytes, for RECV_BOX and RECV_LOAD of blocks
} RMethod;

typedef struct {
  MethodId id;          // 0: empty
  uint32_t index;       // into methods
  struct Function *function; // that of the method, if its receiver is the word itself (RECV_WORD); else NULL
} RDispatch;

struct RType {
  uint8_t kind;         // RKind
  uint8_t shape;        // Shape
  uint8_t align;        // memory form, 1..16
  bool pointer_free;    // holds no pointer: its heap memory is not scanned
  bool comparable;      // == cannot panic for lack of an operator (interfaces inside may still panic)
  bool plain;           // == is equality of bytes (no padding, floats, strings or interfaces inside)
  bool direct;          // fits an interface's word without a box: every scalar of up to 8 bytes, pointers, maps, channels, functions
  bool named;
  bool variadic;        // functions
  uint8_t dir;          // channels: 0 both, 1 send, 2 receive (ChanDir)
  uint32_t size;        // bytes, memory form
  uint32_t go_size;     // bytes by Go's own amd64 layout (unsafe.Sizeof): append grows by Go's size classes, so that cap() agrees
  uint32_t slots;       // 8-byte slots, slot form (0 for size 0)
  uint32_t id;          // number within the Program
  const char *string;   // "main.T", "[]int": as %T and panics print it
  const char *name;     // "T", or "" if unnamed
  const char *package;  // path ("main"), or ""
  RType *elem, *key;    // array, slice, pointer, chan, map
  int64_t len;          // arrays
  RField *fields; uint32_t field_count;
  RType **in; uint32_t in_count;   // functions
  RType **out; uint32_t out_count;
  RMethod *methods; uint32_t method_count; // concrete: the method set, sorted by name; interface: what it demands, sorted by id
  RDispatch *dispatch; uint32_t dispatch_mask; // concrete: open addressing, slot id & mask, linear probing; NULL if no methods
  RType *pointer_to;    // *T if the program uses it, else NULL
  RType *slice_of;      // []T likewise
};

// The method of concrete type t for id, or NULL.
static inline RMethod *rtype_method(const RType *t, MethodId id) {
  if (!t->dispatch) return 0;
  for (uint32_t i = id & t->dispatch_mask;; i = (i + 1) & t->dispatch_mask) {
    if (t->dispatch[i].id == id) return &t->methods[t->dispatch[i].index];
    if (t->dispatch[i].id == 0) return 0;
  }
}

// Classes of heap objects, which NEW and RELEASE name: objects of n granules of 16 bytes that are scanned (class n), or pointer-free
// (HEAP_GRANULES + n). Class 0: what is larger, or has no size.
enum { HEAP_GRANULES = 32, HEAP_CLASSES = 2 * HEAP_GRANULES + 1, HEAP_CLASS_LIMIT = 16 * HEAP_GRANULES };
static inline uint32_t heap_class(uint64_t size, bool pointer_free) {
  return !size || size > HEAP_CLASS_LIMIT ? 0 : (uint32_t)(size + 15) / 16 + (pointer_free ? HEAP_GRANULES : 0);
}
static inline uint32_t heap_class_size(uint32_t number) { return 16 * (number > HEAP_GRANULES ? number - HEAP_GRANULES : number); }
static inline uint32_t rtype_heap_class(const RType *t) { return heap_class(t->size, t->pointer_free); }

// Gives the method at `index` its function; NULL: takes it back. Code that runs may look. It is in the dispatch table.
void rtype_link(RType *t, uint32_t index, struct Function *function);

// Does concrete type t have all methods of interface type `iface`? If not and missing is given, *missing names the first one lacking.
bool rtype_implements(const RType *t, const RType *iface, const char **missing);

#endif
