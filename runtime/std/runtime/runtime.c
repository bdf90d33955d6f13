// Natives of package runtime.
#include "base/os.h"
#include "std/frame.h"
#include "std/runtime/finalizer.h"
#include "std/runtime/print.h"
#include "vm/native.h"

static NativeResult gomaxprocs(Worker *w, uint64_t *fp) {
  FRAME(int64_t old, n);
  f->old = sched_set_workers(w->sched, f->n > 0 ? (uint32_t)(f->n < 1024 ? f->n : 1024) : 0);
  return NATIVE_DONE;
}

static NativeResult num_cpu(Worker *w, uint64_t *fp) {
  FRAME(int64_t n);
  f->n = os_cpu_count();
  return NATIVE_DONE;
}

static NativeResult num_goroutine(Worker *w, uint64_t *fp) {
  FRAME(uint64_t n);
  f->n = sched_count(w->sched);
  return NATIVE_DONE;
}

static NativeResult gosched(Worker *w, uint64_t *fp) { return native_gosched(w); }
static NativeResult goexit(Worker *w, uint64_t *fp) { return native_goexit(w); }

static NativeResult gc(Worker *w, uint64_t *fp) {
  // What calls that have returned left on the stack would keep alive what they had: the stack of a goroutine that runs is marked to its end.
  memset(fp + 2, 0, (size_t)(w->g->stack_end - (fp + 2)) * sizeof *fp);
  heap_collect();
  return gosched(w, fp); // it was long: let others run
}

static NativeResult stack(Worker *w, uint64_t *fp) {
  FRAME(int64_t n; SliceArg buffer; uint64_t all);
  size_t len;
  char *text = native_stack(w, f->all, &len);
  if (len > f->buffer.len) len = f->buffer.len;
  native_writes(w, f->buffer.ptr, len);
  memcpy(f->buffer.ptr, text, len);
  free(text);
  f->n = (int64_t)len;
  return NATIVE_DONE;
}

// The conditions of unsafe.Slice and unsafe.String (specification "Package unsafe").
static NativeResult unsafe_view(Worker *w, const char *name, const char *pointer, int64_t len, uint64_t size, uint64_t limit) {
  if (len < 0 || (uint64_t)len > limit || (size && (uint64_t)len > -(uint64_t)(uintptr_t)pointer / size && pointer))
    return native_panic_error(w, ERROR_RUNTIME, "runtime error: unsafe.%s: len out of range", name);
  if (!pointer && len) return native_panic_error(w, ERROR_RUNTIME, "runtime error: unsafe.%s: ptr is nil and len is not zero", name);
  return NATIVE_DONE;
}

static NativeResult unsafe_slice(Worker *w, uint64_t *fp) {
  FRAME(SliceArg result; char *pointer; int64_t len; uint64_t size);
  f->result = (Slice){f->pointer, (uint32_t)f->len, (uint32_t)f->len};
  return unsafe_view(w, "Slice", f->pointer, f->len, f->size, UINT32_MAX);
}

static NativeResult unsafe_string(Worker *w, uint64_t *fp) {
  FRAME(StringArg result; char *pointer; int64_t len);
  f->result = (String){f->pointer, (uint64_t)f->len};
  return unsafe_view(w, "String", f->pointer, f->len, 1, INT64_MAX);
}

static NativeResult version(Worker *w, uint64_t *fp) {
  FRAME(StringArg result);
  f->result = (String){"go1.23", 6};
  return NATIVE_DONE;
}

static String text_of_c(const char *text) { return (String){text, text ? strlen(text) : 0}; }

static NativeResult caller(Worker *w, uint64_t *fp) {
  FRAME(uint64_t pc; StringArg function, file; int64_t line; uint64_t ok; int64_t skip);
  NativeCaller at = {0};
  f->ok = f->skip >= 0 && native_caller(w, (uint32_t)f->skip, &at);
  f->pc = at.pc ? (uint64_t)(uintptr_t)at.pc + 1 : 0; // as a return address: both it and the byte before are in the call
  f->function = text_of_c(at.function);
  f->file = text_of_c(at.file);
  f->line = at.line;
  return NATIVE_DONE;
}

static NativeResult position(Worker *w, uint64_t *fp) {
  FRAME(StringArg function, file; int64_t line; uint64_t entry, pc);
  NativeCaller at = {0};
  uint64_t pc = f->pc - f->pc % sizeof(Instr);
  if (!native_describe(w, (const Instr *)(uintptr_t)pc, &at)) at = (NativeCaller){0};
  f->function = text_of_c(at.function);
  f->file = text_of_c(at.file);
  f->line = at.line;
  f->entry = (uint64_t)(uintptr_t)at.entry;
  return NATIVE_DONE;
}

static NativeResult memory(Worker *w, uint64_t *fp) {
  FRAME(uint64_t heap, total, mallocs, frees, collections, pause);
  HeapStats stats = heap_stats();
  f->heap = stats.heap_bytes;
  f->total = stats.total_alloc;
  f->mallocs = stats.mallocs;
  f->frees = stats.frees;
  f->collections = stats.collections;
  f->pause = stats.pause_total_ns;
  return NATIVE_DONE;
}

static NativeResult race_disable(Worker *w, uint64_t *fp) {
  native_ignore(w, 1, 0);
  return NATIVE_DONE;
}

static NativeResult race_enable(Worker *w, uint64_t *fp) {
  native_ignore(w, -1, 0);
  return NATIVE_DONE;
}

const NativeRow natives_runtime[] = {
  {"RaceDisable", race_disable},
  {"RaceEnable", race_enable},
  {"Gosched", gosched},
  {"Goexit", goexit},
  {"GOMAXPROCS", gomaxprocs},
  {"NumCPU", num_cpu},
  {"NumGoroutine", num_goroutine},
  {"GC", gc},
  {"Stack", stack},
  {"Version", version},
  {"caller", caller},
  {"at", position},
  {"memory", memory},
  {"unsafeSlice", unsafe_slice},
  {"unsafeString", unsafe_string},
  {"setFinalizer", runtime_set_finalizer},
  {"nextFinalizer", runtime_next_finalizer},
  {"print", runtime_print},
  {"println", runtime_println},
  {0},
};
