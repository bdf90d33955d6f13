// Natives of package fmt: printers (printer.h) on the C stack, moved to the heap when gol code must call methods for them.
#include "std/fmt/printer.h"
#include "std/fmt/scan.h"
#include "std/frame.h"
#include "std/os/read.h"
#include "vm/native.h"

static NativeResult format(Worker *w, uint64_t *fp) {
  FRAME(SliceArg text; Printer * kept; int64_t mode; StringArg format; SliceArg args);
  Printer p;
  printer_init(&p, w, (PrintMode)f->mode, f->format, f->args);
  if (printer_run(&p, w)) {
    f->text = buffer_bytes(&p.f.out);
    f->kept = NULL;
  } else {
    f->text = (Slice){0};
    f->kept = printer_keep(&p);
  }
  return NATIVE_DONE;
}

static NativeResult format_to_string(Worker *w, uint64_t *fp) {
  FRAME(StringArg text; Printer * kept; int64_t mode; StringArg format; SliceArg args);
  Printer p;
  printer_init(&p, w, (PrintMode)f->mode, f->format, f->args);
  if (printer_run(&p, w)) {
    f->text = buffer_string(&p.f.out);
    f->kept = NULL;
  } else {
    f->text = (String){0};
    f->kept = printer_keep(&p);
  }
  return NATIVE_DONE;
}

static int64_t write_out(Worker *w, const void *bytes, size_t n) {
  runtime_write(worker_runtime(w), bytes, n);
  return (int64_t)n;
}

static NativeResult print(Worker *w, uint64_t *fp) {
  FRAME(int64_t n; Printer * kept; int64_t mode; StringArg format; SliceArg args);
  Printer p;
  printer_init(&p, w, (PrintMode)f->mode, f->format, f->args);
  if (printer_run(&p, w)) {
    f->n = write_out(w, p.f.out.data, p.f.out.len);
    f->kept = NULL;
  } else {
    f->n = 0;
    f->kept = printer_keep(&p);
  }
  return NATIVE_DONE;
}

static NativeResult print_bytes(Worker *w, uint64_t *fp) {
  FRAME(int64_t n; SliceArg text);
  f->n = write_out(w, f->text.ptr, f->text.len);
  return NATIVE_DONE;
}

// The arguments of %w in order of appearance; by number if the format chose arguments itself.
static Slice wrapped_of(Printer *p) {
  int64_t *all = p->wrapped;
  uint32_t n = p->wrapped_count;
  if (p->reordered)
    for (uint32_t i = 1; i < n; i++)
      for (uint32_t at = i; at > 0 && all[at - 1] > all[at]; at--) {
        int64_t swap = all[at];
        all[at] = all[at - 1];
        all[at - 1] = swap;
      }
  return (Slice){all, n, n};
}

static NativeResult format_error(Worker *w, uint64_t *fp) {
  FRAME(StringArg text; SliceArg wrapped; Printer * kept; StringArg format; SliceArg args);
  Printer p;
  printer_init(&p, w, PRINT_FORMAT, f->format, f->args);
  p.wrap_errors = true;
  if (printer_run(&p, w)) {
    f->text = buffer_string(&p.f.out);
    f->wrapped = wrapped_of(&p);
    f->kept = NULL;
  } else {
    f->text = (String){0};
    f->wrapped = (Slice){0};
    f->kept = printer_keep(&p);
  }
  return NATIVE_DONE;
}

// --- methods of *printer

static NativeResult printer_calls(Worker *w, uint64_t *fp) {
  FRAME(int64_t n; Printer * p);
  f->n = f->p->pending_count;
  return NATIVE_DONE;
}

static String flags_text(HeapCache *heap, const Flags *flags) {
  char text[5];
  uint64_t n = 0;
  if (flags->minus) text[n++] = '-';
  if (flags->plus || flags->plus_v) text[n++] = '+';
  if (flags->sharp || flags->sharp_v) text[n++] = '#';
  if (flags->space) text[n++] = ' ';
  if (flags->zero) text[n++] = '0';
  return string_new(heap, text, n);
}

static NativeResult printer_call(Worker *w, uint64_t *fp) {
  FRAME(IfaceArg v; int64_t kind, verb; StringArg flags; int64_t width, prec, i; Printer * p);
  const Call *call = &f->p->pending[f->i];
  f->v = call->value;
  f->kind = call->kind;
  f->verb = call->verb;
  f->flags = flags_text(native_heap(w), &call->flags);
  f->width = call->flags.has_width ? call->flags.width : -1;
  f->prec = call->flags.has_prec ? call->flags.prec : -1;
  return NATIVE_DONE;
}

static NativeResult printer_answer(Worker *w, uint64_t *fp) {
  FRAME(int64_t i; StringArg text; uint64_t raw; Printer * p);
  Call *call = &f->p->pending[f->i];
  call->answer = f->text;
  call->raw = f->raw;
  return NATIVE_DONE;
}

static NativeResult printer_run_native(Worker *w, uint64_t *fp) {
  FRAME(uint64_t done; Printer * p);
  f->p->f.out.heap = native_heap(w); // the goroutine may have moved
  f->done = printer_run(f->p, w);
  return NATIVE_DONE;
}

static NativeResult printer_bytes(Worker *w, uint64_t *fp) {
  FRAME(SliceArg text; Printer * p);
  f->text = buffer_bytes(&f->p->f.out);
  return NATIVE_DONE;
}

static NativeResult printer_wrapped(Worker *w, uint64_t *fp) {
  FRAME(SliceArg wrapped; Printer * p);
  f->wrapped = wrapped_of(f->p);
  return NATIVE_DONE;
}

static NativeResult as_string(Worker *w, uint64_t *fp) {
  FRAME(StringArg result; SliceArg bytes);
  f->result = (String){f->bytes.ptr, f->bytes.len};
  return NATIVE_DONE;
}

static NativeResult is_nil_pointer(Worker *w, uint64_t *fp) {
  FRAME(uint64_t result; IfaceArg v);
  f->result = f->v.type && f->v.type->kind == KIND_POINTER && !f->v.word;
  return NATIVE_DONE;
}

static NativeResult scan(Worker *w, uint64_t *fp) {
  FRAME(int64_t n, used; StringArg problem; uint64_t more; int64_t mode; StringArg format; SliceArg args; StringArg input; uint64_t complete);
  native_reads(w, f->args.ptr, f->args.len * sizeof(Iface));
  ScanResult r = scan_run(native_heap(w), (PrintMode)f->mode, f->format, f->args, f->input, f->complete);
  for (int64_t i = 0; i < r.n; i++) { // what the pointers among the arguments point to
    Iface to = iface_load((const Iface *)f->args.ptr + i);
    native_writes(w, (const void *)(uintptr_t)to.word, to.type->elem->size);
  }
  f->n = r.n;
  f->used = r.used;
  f->problem = r.problem;
  f->more = r.more;
  return NATIVE_DONE;
}

const NativeRow natives_fmt[] = {
  {"format", format},
  {"formatString", format_to_string},
  {"formatError", format_error},
  {"print", print},
  {"stdout", print_bytes},
  {"(*printer).calls", printer_calls},
  {"(*printer).call", printer_call},
  {"(*printer).answer", printer_answer},
  {"(*printer).run", printer_run_native},
  {"(*printer).bytes", printer_bytes},
  {"(*printer).wrapped", printer_wrapped},
  {"scan", scan},
  {"readFile", os_read},
  {"asString", as_string},
  {"isNilPointer", is_nil_pointer},
  {0},
};
