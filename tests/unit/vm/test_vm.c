// The interpreter on bytecode by hand: calls, growth of stacks, panics, goroutines.
#include <criterion/criterion.h>

#include "asm.h"
#include "bytecode/verify.h"
#include "vm/stencil.h"
#include "vm/native.h"
#include "vm/runtime.h"
#include "vm/vm.h"

// --- running

static int64_t catch_output(void *context, int fd, const void *bytes, size_t n) {
  Asm *a = context;
  strbuf_write(fd == 1 ? &a->out : &a->err, bytes, n);
  return (int64_t)n;
}
static bool no_terminal(void *context, int fd) { return false; }
static const char *variable(void *context, const char *name) { return strcmp(name, "GOL_DEBUG") ? NULL : ((Asm *)context)->env; }

// What the observed loop told.
static struct {
  _Atomic uint64_t reads, writes, enters, leaves;
} seen;
static void see_read(Worker *w, const Instr *pc, const void *address, size_t size) { seen.reads += size; }
static void see_write(Worker *w, const Instr *pc, const void *address, size_t size) { seen.writes += size; }
static void see_enter(Worker *w, const Instr *call, const Function *callee) { seen.enters++; }
static void see_leave(Worker *w) { seen.leaves++; }
static const Observer observer = {.loop = loop_observed, .read = see_read, .write = see_write, .enter = see_enter, .leave = see_leave};

static int run_with(Asm *a, Function *entry, uint32_t workers, const char *debug) {
  Program *p = &a->program;
  p->entry = entry;
  p->globals_size = (p->globals_size + 15) & ~15u;
  StrBuf why = {0};
  cr_assert(verify_program(p, &why), "%s", strbuf_string(&why));
  program_seal(p);
  a->env = debug;
  strbuf_clear(&a->out);
  strbuf_clear(&a->err);
  Host host = {.context = a, .write = catch_output, .is_terminal = no_terminal, .getenv = variable};
  bool observed = debug && !strcmp(debug, "observed");
  RuntimeOptions options = {.host = &host, .workers = workers, .observer = observed ? &observer : NULL};
  Runtime *rt = runtime_new(p, &options);
  int status = runtime_run(rt);
  runtime_free(rt);
  return status;
}

static int run(Asm *a, Function *entry) { return run_with(a, entry, 1, NULL); }

// Every way of running must give the same.
static void expect(Asm *a, Function *entry, const char *out) {
  static const char *const ways[] = {NULL, "preempt", "movestack", "gcstress", "preempt,movestack", "observed"};
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
    int status = run_with(a, entry, 1 + (uint32_t)i % 2, ways[i]);
    cr_assert_eq(status, 0, "%s: %s", ways[i], strbuf_string(&a->err));
    cr_assert_str_eq(strbuf_string(&a->out), out);
  }
}

static void expect_death(Asm *a, Function *entry, const char *err) {
  cr_assert_eq(run(a, entry), 2);
  cr_assert(!strncmp(strbuf_string(&a->err), err, strlen(err)), "got: %s\nwanted: %s", strbuf_string(&a->err), err);
}

static NativeResult print_int(Worker *w, uint64_t *fp) {
  char text[32];
  int n = snprintf(text, sizeof text, "%ld\n", (long)fp[2]);
  runtime_write(worker_runtime(w), text, (size_t)n);
  return NATIVE_DONE;
}

// The functions most tests want: print(int), and main.main with `frame` slots.
static Function *begin(Asm *a, Function **print, uint32_t frame) {
  asm_init(a);
  *print = asm_native(a, "main.print", print_int, 0, 1);
  return asm_function(a, "main.main", frame, 0, 0);
}

// fib(n): result slot 2, n slot 3; its calls have their frames at 6.
static Function *make_fib(Asm *a) {
  Function *f = asm_function(a, "main.fib", 10, 1, 1);
  CODE(f, ABC(JGEI, 3, 2, 3), ABC(MOV, 2, 3, 0), ABC(RET, 0, 0, 0),
       ABC(ADDI, 9, 3, -1), ABC(CALL, 6, 0, 0), PTR_WORD(f), ABC(MOV, 4, 8, 0),
       ABC(ADDI, 9, 3, -2), ABC(CALL, 6, 0, 0), PTR_WORD(f), ABC(ADD, 2, 4, 8), ABC(RET, 0, 0, 0));
  return f;
}

Test(vm, fib) {
  Asm a;
  Function *print, *entry = begin(&a, &print, 10), *fib = make_fib(&a);
  CODE(entry, AI(LDI, 7, 20), ABC(CALL, 4, 0, 0), PTR_WORD(fib), ABC(MOV, 8, 6, 0), ABC(CALL, 6, 0, 0), PTR_WORD(print), ABC(RET, 0, 0, 0));
  expect(&a, entry, "6765\n");
  asm_deinit(&a);
}

Test(vm, loop) {
  Asm a;
  Function *print, *entry = begin(&a, &print, 10);
  // sum of 0..999
  CODE(entry, AI(LDI, 2, 0), AI(LDI, 3, 0), ABC(ADD, 2, 2, 3), ABC(ADDI, 3, 3, 1), ABC(JLTIB, 3, 1000, -2), ABC(MOV, 8, 2, 0), ABC(CALL, 6, 0, 0),
       PTR_WORD(print), ABC(RET, 0, 0, 0));
  expect(&a, entry, "499500\n");
  asm_deinit(&a);
}

// down(n) = n == 0 ? 0 : 1 + down(n - 1)
static Function *make_down(Asm *a) {
  Function *f = asm_function(a, "main.down", 8, 1, 1);
  CODE(f, ABC(JNEI, 3, 0, 3), AI(LDI, 2, 0), ABC(RET, 0, 0, 0), ABC(ADDI, 7, 3, -1), ABC(CALL, 4, 0, 0), PTR_WORD(f), ABC(ADDI, 2, 6, 1), ABC(RET, 0, 0, 0));
  return f;
}

Test(vm, stack_grows) {
  Asm a;
  Function *print, *entry = begin(&a, &print, 10), *down = make_down(&a);
  CODE(entry, AI(LDI, 7, 3000), ABC(CALL, 4, 0, 0), PTR_WORD(down), ABC(MOV, 8, 6, 0), ABC(CALL, 6, 0, 0), PTR_WORD(print), ABC(RET, 0, 0, 0));
  expect(&a, entry, "3000\n");
  asm_deinit(&a);
}

Test(vm, stack_overflow) {
  Asm a;
  Function *print, *entry = begin(&a, &print, 10), *down = make_down(&a);
  CODE(entry, AI(LDI, 7, -1), ABC(CALL, 4, 0, 0), PTR_WORD(down), ABC(RET, 0, 0, 0));
  expect_death(&a, entry, "runtime: goroutine stack exceeds 1000000000-byte limit\nfatal error: stack overflow\n\ngoroutine 1 [running]:\nmain.down(...)\n\ttest.gol:3");
  cr_assert(strstr(a.err.data, " frames elided...\n"));
  cr_assert(a.err.len < 20000);
  asm_deinit(&a);
}

Test(vm, observed) {
  Asm a;
  Function *print, *entry = begin(&a, &print, 12);
  RType *type = asm_int(&a);
  a.program.globals_size = 32;
  CODE(entry, ABC(NEW, 2, rtype_heap_class(type), 0), PTR_WORD(type), AI(LDI, 3, 7), ABC(ST, 2, 3, 0), ABC(LD32U, 4, 2, 0), AI(GST, 4, 8), AI(GLD2, 6, 16), ABC(MOV, 10, 4, 0),
       ABC(CALL, 8, 0, 0), PTR_WORD(print), ABC(RET, 0, 0, 0));
  memset(&seen, 0, sizeof seen);
  cr_assert_eq(run_with(&a, entry, 1, "observed"), 0);
  cr_assert_str_eq(strbuf_string(&a.out), "7\n");
  cr_assert_eq(seen.reads, 4 + 16);
  cr_assert_eq(seen.writes, 8 + 8);
  cr_assert_eq(seen.enters, 1);
  cr_assert_eq(seen.leaves, 2);
  asm_deinit(&a);
}

// --- panics

Test(vm, run_time_errors) {
  Asm a;
  Function *print, *entry = begin(&a, &print, 10);
  CODE(entry, AI(LDI, 2, 1), AI(LDI, 3, 0), ABC(DIV, 4, 2, 3), ABC(RET, 0, 0, 0));
  expect_death(&a, entry, "panic: runtime error: integer divide by zero\n\ngoroutine 1 [running]:\n");
  CODE(entry, AI(LDI, 2, 0), ABC(LD, 4, 2, 8), ABC(RET, 0, 0, 0));
  expect_death(&a, entry, "panic: runtime error: invalid memory address or nil pointer dereference\n[signal SIGSEGV: segmentation violation");
  CODE(entry, AI(LDI, 2, 5), AI(CHKIDX, 2, 3), ABC(RET, 0, 0, 0));
  expect_death(&a, entry, "panic: runtime error: index out of range [5] with length 3\n\ngoroutine 1");
  CODE(entry, AI(LDI, 2, -1), AI(CHKIDX, 2, 3), ABC(RET, 0, 0, 0));
  expect_death(&a, entry, "panic: runtime error: index out of range [-1]\n\ngoroutine 1");
  asm_deinit(&a);
}

// fail(n): defers the closure `deferred`, panics with n.
static Function *make_fail(Asm *a, Function *deferred, const RType *type) {
  Function *f = asm_function(a, "main.fail", 14, 1, 1);
  f->defer_slot = 4;
  CODE(f, AI(LDI, 4, 0), AI(LDI, 2, 7), AI(LDK, 5, 0), PTR_WORD(deferred->value), ABC(DEFER, 10, 5, 0), WORD(0), ABC(MKIFACE, 6, 3, 0), PTR_WORD(type),
       ABC(PANIC, 6, 0, 0), ABC(RUNDEFERS, 10, 0, 0), WORD(0), ABC(RET, 0, 0, 0));
  f->defer_pc = 9;
  return f;
}

// What a test that recovers looks like: deferred function, fail(5), print its result.
static void call_fail(Function *entry, Function *fail, Function *print) {
  CODE(entry, AI(LDI, 7, 5), ABC(CALL, 4, 0, 0), PTR_WORD(fail), ABC(MOV, 8, 6, 0), ABC(CALL, 6, 0, 0), PTR_WORD(print), ABC(RET, 0, 0, 0));
}

Test(vm, recover) {
  Asm a;
  Function *print, *entry = begin(&a, &print, 10);
  RType *type = asm_int(&a);
  Function *deferred = asm_function(&a, "main.fail.func1", 10, 0, 0);
  CODE(deferred, ABC(RECOVER, 2, 0, 0), ABC(MOV, 8, 3, 0), ABC(CALL, 6, 0, 0), PTR_WORD(print), ABC(RECOVER, 2, 0, 0), ABC(MOV, 8, 2, 0),
       ABC(CALL, 6, 0, 0), PTR_WORD(print), ABC(RET, 0, 0, 0));
  call_fail(entry, make_fail(&a, deferred, type), print);
  expect(&a, entry, "5\n0\n7\n"); // the value, nil the second time, the result as it was set
  asm_deinit(&a);
}

Test(vm, recover_not_directly) {
  Asm a;
  Function *print, *entry = begin(&a, &print, 10);
  RType *type = asm_int(&a);
  Function *inner = asm_function(&a, "main.inner", 4, 0, 0), *deferred = asm_function(&a, "main.fail.func1", 6, 0, 0);
  CODE(inner, ABC(RECOVER, 2, 0, 0), ABC(RET, 0, 0, 0));
  CODE(deferred, ABC(CALL, 4, 0, 0), PTR_WORD(inner), ABC(RET, 0, 0, 0));
  call_fail(entry, make_fail(&a, deferred, type), print);
  expect_death(&a, entry, "panic: 5\n\ngoroutine 1 [running]:\nmain.fail(...)\n\ttest.gol:5 +0x40\n");
  asm_deinit(&a);
}

Test(vm, recover_through_wrapper) {
  Asm a;
  Function *print, *entry = begin(&a, &print, 10);
  RType *type = asm_int(&a);
  Function *inner = asm_function(&a, "main.inner", 4, 0, 0), *deferred = asm_function(&a, "main.wrapper", 6, 0, 0);
  CODE(inner, ABC(RECOVER, 2, 0, 0), ABC(RET, 0, 0, 0));
  CODE(deferred, ABC(CALL, 4, 0, 0), PTR_WORD(inner), ABC(RET, 0, 0, 0));
  deferred->wrapper = true;
  call_fail(entry, make_fail(&a, deferred, type), print);
  expect(&a, entry, "7\n");
  asm_deinit(&a);
}

Test(vm, panic_in_deferred) {
  Asm a;
  Function *print, *entry = begin(&a, &print, 10);
  RType *type = asm_int(&a);
  Function *deferred = asm_function(&a, "main.fail.func1", 6, 0, 0);
  CODE(deferred, ABC(RECOVER, 2, 0, 0), AI(LDI, 4, 6), ABC(MKIFACE, 2, 4, 0), PTR_WORD(type), ABC(PANIC, 2, 0, 0));
  call_fail(entry, make_fail(&a, deferred, type), print);
  expect_death(&a, entry, "panic: 5 [recovered]\n\tpanic: 6\n\ngoroutine 1 [running]:\nmain.fail.func1()\n\ttest.gol:3 +0x20\npanic(...)\nmain.fail(...)\n\ttest.gol:4 +0x40\n");
  asm_deinit(&a);
}

// Calls are run newest first, each once, the panic's and the ordinary ones alike.
Test(vm, many_deferred) {
  for (int panics = 0; panics < 2; panics++) {
    Asm a;
    Function *print, *entry = begin(&a, &print, 10);
    RType *type = asm_int(&a);
    Function *recovers = asm_function(&a, "main.recovers", 4, 0, 0), *f = asm_function(&a, "main.f", 14, 0, 0);
    CODE(recovers, ABC(RECOVER, 2, 0, 0), ABC(RET, 0, 0, 0));
    f->defer_slot = 2;
    CODE(f, AI(LDI, 2, 0), AI(LDI, 4, 1),
         AI(LDK, 3, 0), PTR_WORD(print->value), ABC(MOV, 10, 4, 0), ABC(DEFER, 8, 3, 1), WORD(0),
         AI(LDK, 3, 0), PTR_WORD(recovers->value), ABC(DEFER, 8, 3, 0), WORD(0),
         ABC(ADDI, 4, 4, 1), ABC(JLEIB, 4, 3, -10), ABC(JEQI, 4, panics ? 0 : 4, 4), ABC(MKIFACE, 6, 4, 0), PTR_WORD(type), ABC(PANIC, 6, 0, 0),
         ABC(RUNDEFERS, 8, 0, 0), WORD(0), ABC(RET, 0, 0, 0));
    f->defer_pc = 17;
    CODE(entry, ABC(CALL, 4, 0, 0), PTR_WORD(f), ABC(RET, 0, 0, 0));
    expect(&a, entry, "3\n2\n1\n");
    asm_deinit(&a);
  }
}

static NativeResult exit_goroutine(Worker *w, uint64_t *fp) { return native_goexit(w); }
static NativeResult exit_three(Worker *w, uint64_t *fp) { return native_exit(w, 3); }
static NativeResult fail_natively(Worker *w, uint64_t *fp) { return native_panic_text(w, "native"); }

Test(vm, natives) {
  Asm a;
  Function *print, *entry = begin(&a, &print, 10);
  Function *fail = asm_native(&a, "main.native", fail_natively, 0, 0), *leave = asm_native(&a, "os.Exit", exit_three, 0, 0);
  CODE(entry, ABC(CALL, 4, 0, 0), PTR_WORD(fail), ABC(RET, 0, 0, 0));
  expect_death(&a, entry, "panic: native\n\ngoroutine 1 [running]:\nmain.native()\n");
  CODE(entry, AI(LDI, 8, 1), ABC(CALL, 6, 0, 0), PTR_WORD(print), ABC(CALL, 4, 0, 0), PTR_WORD(leave), AI(LDI, 8, 2), ABC(CALL, 6, 0, 0), PTR_WORD(print),
       ABC(RET, 0, 0, 0));
  cr_assert_eq(run(&a, entry), 3);
  cr_assert_str_eq(strbuf_string(&a.out), "1\n");
  asm_deinit(&a);
}

// --- goroutines

// sender(c): c <- 1 ... c <- 100
static Function *make_sender(Asm *a) {
  Function *f = asm_function(a, "main.sender", 4, 0, 1);
  CODE(f, AI(LDI, 3, 1), ABC(SEND, 2, 3, 0), ABC(ADDI, 3, 3, 1), ABC(JLEIB, 3, 100, -2), ABC(CLOSE, 2, 0, 0), ABC(RET, 0, 0, 0));
  return f;
}

Test(vm, channel) {
  for (int capacity = 0; capacity < 3; capacity++) {
    Asm a;
    Function *print, *entry = begin(&a, &print, 16), *sender = make_sender(&a);
    RType *elem = asm_int(&a);
    RType *type = asm_type(&a, (RType){.kind = KIND_CHAN, .shape = SHAPE_WORD, .align = 8, .size = 8, .slots = 1, .direct = true, .string = "chan int", .elem = elem});
    CODE(entry, AI(LDI, 3, capacity), ABC(MKCHAN, 2, 3, 0), PTR_WORD(type), AI(LDK, 3, 0), PTR_WORD(sender->value), ABC(MOV, 12, 2, 0), ABC(GO, 10, 3, 1), WORD(0),
         AI(LDI, 5, 0), ABC(RECV2, 4, 2, 6), ABC(ADD, 5, 5, 4), ABC(JNEIB, 6, 0, -2), ABC(MOV, 12, 5, 0), ABC(CALL, 10, 0, 0), PTR_WORD(print), ABC(RET, 0, 0, 0));
    expect(&a, entry, "5050\n");
    asm_deinit(&a);
  }
}

Test(vm, deadlock) {
  Asm a;
  Function *print, *entry = begin(&a, &print, 10);
  CODE(entry, AI(LDI, 2, 0), ABC(RECV, 3, 2, 0), ABC(RET, 0, 0, 0));
  expect_death(&a, entry, "fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [chan receive (nil chan)]:\n");
  asm_deinit(&a);
}

Test(vm, goexit) {
  Asm a;
  Function *print, *entry = begin(&a, &print, 10);
  Function *leave = asm_native(&a, "runtime.Goexit", exit_goroutine, 0, 0), *f = asm_function(&a, "main.f", 12, 0, 0);
  f->defer_slot = 2;
  CODE(f, AI(LDI, 2, 0), AI(LDI, 10, 9), AI(LDK, 3, 0), PTR_WORD(print->value), ABC(DEFER, 8, 3, 1), WORD(0), ABC(CALL, 8, 0, 0), PTR_WORD(leave),
       ABC(RUNDEFERS, 8, 0, 0), WORD(0), ABC(RET, 0, 0, 0));
  f->defer_pc = 8;
  CODE(entry, ABC(CALL, 4, 0, 0), PTR_WORD(f), ABC(RET, 0, 0, 0));
  expect_death(&a, entry, "fatal error: no goroutines (main called runtime.Goexit) - deadlock!\n");
  cr_assert_str_eq(strbuf_string(&a.out), "9\n");
  asm_deinit(&a);
}

// --- machine code

#ifdef GOL_MACHINE_CODE
Test(machine, has_code_for_every_instruction) {
  for (int op = 0; op < OP_COUNT; op++) {
    const Stencil *s = &stencils_plain.stencils[op];
    bool made = s->hot || s->fill_count; // a NOP has no code, and goes on in what follows
    if (op_pairs[op].second || op == OP_MACHINE || op == OP_NOP) cr_expect(!made, "%s", op_infos[op].name);
    else cr_expect(made, "%s", op_infos[op].name);
  }
}
#endif
