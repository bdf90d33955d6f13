// Machine code for functions in which ticks have found the run: copy and patch (Xu and Kjolstad, "Copy-and-Patch Compilation", OOPSLA 2021).
// An instruction becomes its stencil, a copy of what the C compiler made of its body, with operands and distances filled in.
//
// Nothing changes for everybody else. Frames, their return addresses and w->g->pc are the loop's: machine code is entered at any instruction and
// left behind any, so stack traces, panics, stacks that grow and the collector know nothing of it. It is entered at a tick, and by calls:
// Function.start then leads to a thunk with the instruction MACHINE. A return looks in its call's operand c, which is unused otherwise, for the
// place in `returns` where the caller's machine code goes on; 0: the loop goes on.
//
// A function's memory:   thunk (2 words) | place of each instruction (offset from the code; of the first word of each) | code | cold code | tables
//
// Memory is mapped twice, to write and to run, and the second within the reach of 32-bit distances from gol itself, whose addresses are
// small too (no position-independent executable).
#include "vm/machine.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bytecode/op.h"
#include "sched/worker.h"
#include "vm/stencil.h"

#ifdef GOL_MACHINE_CODE

enum {
  MEMORY_SIZE = 64 << 20,  // of a program; it is taken as it is used
  MAX_RETURNS = 1 << 16,   // operand c has as many values
  RETURNS_SIZE = LOOP_KINDS * MAX_RETURNS * sizeof(void *),
  BATCH_FUNCTIONS = 64,    // made at once: what a function calls comes with it
  BATCH_INSTRS = 1 << 15,
  HOT = 128,               // a function is worth it when it has been ...
  TICK_HEAT = HOT / 2,     // ... found at ticks,
  ENTRY_HEAT = 4,          // ... where a goroutine is taken up, one of some,
  CALL_HEAT = 1,           // or called by machine code
};

typedef struct Machine {
  MachineCode head;
  pthread_mutex_t lock;    // rank: leaf. Guards the rest; code itself is not written again once it is published
  unsigned char *write, *run; // the same memory
  size_t used;
  const void **returns[LOOP_KINDS]; // by operand c of calls: where machine code goes on, NULL: the loop
  uint32_t return_count;   // 0 is nobody's
} Machine;

static void machine_free(MachineCode *head) {
  Machine *m = (Machine *)head;
  if (m->write) {
    munmap(m->write, MEMORY_SIZE);
    munmap(m->run, MEMORY_SIZE);
    munmap(m->returns[0], RETURNS_SIZE);
  }
  pthread_mutex_destroy(&m->lock);
  free(m);
}

// Where that is forbidden, one without memory, in which nothing is ever made.
static void map(Machine *m) {
  *m = (Machine){.head.free = machine_free, .used = MEMORY_SIZE, .return_count = 1};
  pthread_mutex_init(&m->lock, NULL);
  int fd = memfd_create("gol", MFD_CLOEXEC);
  if (fd < 0) return;
  void *write = MAP_FAILED, *run = MAP_FAILED, *returns = MAP_FAILED;
  if (!ftruncate(fd, MEMORY_SIZE)) {
    write = mmap(NULL, MEMORY_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    run = mmap(NULL, MEMORY_SIZE, PROT_READ | PROT_EXEC, MAP_SHARED | MAP_32BIT, fd, 0);
    returns = mmap(NULL, RETURNS_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  }
  close(fd);
  if (write == MAP_FAILED || run == MAP_FAILED || returns == MAP_FAILED) {
    if (write != MAP_FAILED) munmap(write, MEMORY_SIZE);
    if (run != MAP_FAILED) munmap(run, MEMORY_SIZE);
    if (returns != MAP_FAILED) munmap(returns, RETURNS_SIZE);
    return;
  }
  m->write = write, m->run = run, m->used = 0;
  for (int kind = 0; kind < LOOP_KINDS; kind++) m->returns[kind] = (const void **)returns + kind * MAX_RETURNS;
}

// The program's, made by the first who wants it. NULL: no memory.
static Machine *machine_of(Program *p) {
  MachineCode *known = atomic_load_explicit(&p->machine, memory_order_acquire);
  if (known) return (Machine *)known;
  Machine *m = malloc(sizeof *m);
  if (!m) return NULL;
  map(m);
  if (atomic_compare_exchange_strong_explicit(&p->machine, &known, &m->head, memory_order_acq_rel, memory_order_acquire)) return m;
  machine_free(&m->head);
  return (Machine *)known;
}

// --- making a function's

static const Stencil *stencil_of(const StencilSet *set, const Instr *pc) {
  const Stencil *s = &set->stencils[op_first(pc->op)];
  return s->hot || s->fill_count ? s : &set->stencils[STENCIL_INTERPRET];
}

// Machine code returns behind this instruction.
static bool is_call(uint16_t op) { return op == OP_CALL || op == OP_CALLC || op == OP_CALLI || op == OP_RUNDEFERS; }

// What is being made: places are addresses in `run`.
typedef struct Making {
  Machine *m;
  const StencilSet *set;
  const Function *f;
  uint32_t *places;       // offset of each instruction from code
  uint64_t code;          // address
  uint64_t tables;        // where the next one goes
} Making;

static uint64_t place_of(const Making *k, const Instr *pc) { return k->code + k->places[pc - k->f->code]; }

static unsigned char *written(const Making *k, uint64_t address) { return k->m->write + (address - (uint64_t)(uintptr_t)k->m->run); }

static uint64_t make_table(Making *k, const Instr *pc) {
  uint64_t table = k->tables;
  for (uint32_t i = 0; i < pc->b; i++) {
    uint64_t place = place_of(k, pc + (int32_t)pc[1 + i].lo);
    memcpy(written(k, table + 8 * i), &place, 8);
  }
  k->tables += 8ull * pc->b;
  return table;
}

static uint64_t value_of(Making *k, const Instr *pc, Hole hole, uint64_t hot, uint64_t cold) {
  int32_t distance = 0;
  switch (hole) {
  case HOLE_NEXT: return place_of(k, pc + instr_length(pc));
  case HOLE_JUMP:
    if (!instr_jump(pc, &distance)) distance = (int32_t)pc[1].lo; // MAPNEXT
    return place_of(k, pc + distance);
  case HOLE_PC: return (uint64_t)(uintptr_t)pc;
  case HOLE_A: return 8ull * pc->a;
  case HOLE_B: return 8ull * pc->b;
  case HOLE_C: return 8ull * pc->c;
  case HOLE_S0: return 8ull * pc[1].s0;
  case HOLE_S1: return 8ull * pc[1].s1;
  case HOLE_NUM_A: return pc->a;
  case HOLE_NUM_B: return pc->b;
  case HOLE_NUM_C: return pc->c;
  case HOLE_IMM_B: return (uint64_t)(int64_t)(int16_t)pc->b;
  case HOLE_IMM_C: return (uint64_t)(int64_t)(int16_t)pc->c;
  case HOLE_IMM_S0: return (uint64_t)(int64_t)(int16_t)pc[1].s0;
  case HOLE_IMM: return (uint64_t)(int64_t)pc->imm;
  case HOLE_UIMM: return pc->uimm;
  case HOLE_EXT_WORD: return pc[1].word;
  case HOLE_EXT_LO: return pc[1].lo;
  case HOLE_EXT_HI: return pc[1].hi;
  case HOLE_EXT_S0: return pc[1].s0;
  case HOLE_EXT_S1: return pc[1].s1;
  case HOLE_EXT_S2: return pc[1].s2;
  case HOLE_EXT_S3: return pc[1].s3;
  case HOLE_RETURNS: return (uint64_t)(uintptr_t)k->m->returns[k->set->kind];
  case HOLE_TABLE: return make_table(k, pc);
  case HOLE_HOT: return hot;
  case HOLE_COLD: return cold;
  case HOLE_EXTERNAL: break;
  }
  return (uint64_t)(uintptr_t)k->set->externals[hole - HOLE_EXTERNAL];
}

static void copy_stencil(Making *k, const Instr *pc, const Stencil *s, uint64_t hot, uint64_t cold) {
  memcpy(written(k, hot), k->set->code + s->code, s->hot);
  memcpy(written(k, cold), k->set->code + s->code + s->hot, s->cold);
  for (uint32_t i = 0; i < s->fill_count; i++) {
    const Fill *fill = &k->set->fills[s->first_fill + i];
    uint64_t at = fill->at < s->hot ? hot + fill->at : cold + fill->at - s->hot;
    uint64_t value = value_of(k, pc, (Hole)fill->hole, hot, cold) + (uint64_t)(int64_t)fill->addend;
    if (fill->type == FILL_PC32) value -= at;
    memcpy(written(k, at), &value, fill->type == FILL_64 ? 8 : 4);
  }
}

// False: no memory left for it.
static bool make(Machine *m, const StencilSet *set, Function *f) {
  size_t hot = 0, cold = 0, tables = 0, calls = 0;
  for (const Instr *pc = f->code; pc < f->code + f->code_len; pc += instr_length(pc)) {
    const Stencil *s = stencil_of(set, pc);
    hot += s->hot, cold += s->cold;
    if (pc->op == OP_JTAB) tables += 8ull * pc->b;
    if (is_call(pc->op)) calls++;
  }
  enum { ALIGN = 16 };
  size_t head = 2 * sizeof(Instr) + f->code_len * sizeof(uint32_t), size = head + hot + cold + tables + 2 * ALIGN;
  if (m->used + size > MEMORY_SIZE || m->return_count + calls > MAX_RETURNS) return false;
  uint64_t thunk = (uint64_t)(uintptr_t)m->run + m->used;
  Making k = {.m = m, .set = set, .f = f, .code = (thunk + head + ALIGN - 1) & ~(uint64_t)(ALIGN - 1)};
  k.tables = (k.code + hot + cold + 7) & ~7ull;
  k.places = (uint32_t *)(void *)written(&k, k.code) - f->code_len;
  m->used += (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
  uint32_t place = 0;
  for (const Instr *pc = f->code; pc < f->code + f->code_len; pc += instr_length(pc)) {
    k.places[pc - f->code] = place;
    place += stencil_of(set, pc)->hot;
  }
  uint64_t cold_place = k.code + hot;
  for (Instr *pc = f->code; pc < f->code + f->code_len; pc += instr_length(pc)) {
    const Stencil *s = stencil_of(set, pc);
    copy_stencil(&k, pc, s, place_of(&k, pc), cold_place);
    cold_place += s->cold;
  }
  // Only now that all of it is written: another worker may return to one of these calls at once.
  for (Instr *pc = f->code; pc < f->code + f->code_len; pc += instr_length(pc)) {
    if (!is_call(pc->op)) continue;
    uint32_t number = pc->c ? pc->c : m->return_count++; // perhaps the other loop's code has one already
    __atomic_store_n(&m->returns[set->kind][number], (const void *)(uintptr_t)place_of(&k, pc + instr_length(pc)), __ATOMIC_RELEASE);
    __atomic_store_n(&pc->c, (uint16_t)number, __ATOMIC_RELEASE);
  }
  Instr *enter = (Instr *)(void *)written(&k, thunk);
  enter[0] = (Instr){.op = OP_MACHINE};
  enter[1] = (Instr){.ptr = (void *)(uintptr_t)k.code};
  atomic_store_explicit(&f->machine[set->kind], (void *)(uintptr_t)k.code, memory_order_release);
  atomic_store_explicit(&f->start[set->kind], (const Instr *)(uintptr_t)thunk, memory_order_release);
  return true;
}

// The function and what it calls.
static void make_batch(Machine *m, const StencilSet *set, Function *f) {
  Function *batch[BATCH_FUNCTIONS] = {f};
  uint32_t instrs = 0;
  for (uint32_t i = 0, n = 1; i < n; i++) {
    Function *g = batch[i];
    if (g->native || function_machine(g, set->kind)) continue;
    instrs += g->code_len;
    if (instrs > BATCH_INSTRS || !make(m, set, g)) return;
    for (const Instr *pc = g->code; pc < g->code + g->code_len && n < BATCH_FUNCTIONS; pc += instr_length(pc))
      if (pc->op == OP_CALL || pc->op == OP_MKCLOS) batch[n++] = pc[1].ptr;
  }
}

// --- when

static const StencilSet *set_of(const Runtime *rt) { return rt->observer ? rt->observer->stencils : &stencils_plain; }

// Something took the run to this function.
static void warm(Worker *w, Function *f, uint32_t by) {
  Runtime *rt = worker_runtime(w);
  Program *p = (Program *)rt->program; // its code stays as it is, with machine code beside it
  uint32_t heat = atomic_fetch_add_explicit(&f->heat, by, memory_order_relaxed) + by;
  if (heat < HOT && !rt->debug.machine) return;
  if (f->native || program_function_at(p, f->code) != f) return; // what reflect makes has code that is everybody's
  Machine *m = machine_of(p);
  if (!m || pthread_mutex_trylock(&m->lock)) return; // another worker is at it
  make_batch(m, set_of(rt), f);
  pthread_mutex_unlock(&m->lock);
  if (!function_machine(f, set_of(rt)->kind)) atomic_store_explicit(&f->heat, 0, memory_order_relaxed); // too big, or no memory: not at every call
}

// Warmed by `by`.
static const void *find(Worker *w, uint32_t by) {
  Runtime *rt = worker_runtime(w);
  const Instr *pc = w->g->pc;
  if (rt->debug.interpret || rt->program->find) return NULL; // a session's programs come and go one by one
  Function *f = program_function_at(rt->program, pc);
  if (!f) return NULL;
  int kind = set_of(rt)->kind;
  if (!function_machine(f, kind)) warm(w, f, by);
  const void *code = function_machine(f, kind);
  if (!code) return NULL;
  const uint32_t *places = (const uint32_t *)code - f->code_len;
  return (const char *)code + places[pc - f->code];
}

const void *machine_at(Worker *w) { return find(w, TICK_HEAT); }

const void *machine_entry_slow(Worker *w) {
  const Instr *pc = w->g->pc;
  const void *code = find(w, ENTRY_HEAT);
  if (code) w->entries[(uintptr_t)pc / sizeof *pc % MACHINE_ENTRIES] = (struct MachineEntry){pc, code};
  return code;
}

VmResult machine_absent(Worker *w, uint64_t *fp, uint64_t *below, uint64_t *limit, int32_t budget, const Function *f) {
  warm(w, (Function *)f, CALL_HEAT);
  return machine_leave(w, fp, below, limit, budget, f->code);
}

// See KEPT of stencils.inc: rax the function, rbx, r10 and r11 its second, third and fourth argument. The second has not got its own register
// there: that is where machine code keeps fp.
__asm__(".text\n"
        ".globl machine_kept\n"
        ".type machine_kept, @function\n"
        "machine_kept:\n"
        "  pushq %rbp\n  movq %rsp, %rbp\n"
        "  pushq %rdi\n  pushq %rsi\n  pushq %rdx\n  pushq %rcx\n  pushq %r8\n  pushq %r9\n"
        "  andq $-16, %rsp\n"
        "  movq %rbx, %rsi\n  movq %r10, %rdx\n  movq %r11, %rcx\n"
        "  call *%rax\n"
        "  leaq -48(%rbp), %rsp\n"
        "  popq %r9\n  popq %r8\n  popq %rcx\n  popq %rdx\n  popq %rsi\n  popq %rdi\n  popq %rbp\n"
        "  ret\n"
        ".size machine_kept, .-machine_kept\n"
        ".globl machine_run\n"
        ".type machine_run, @function\n"
        "machine_run:\n" // machine code needs not keep what C functions keep
        "  movq 8(%rsp), %rax\n"
        "  pushq %rbx\n  pushq %rbp\n  pushq %r12\n  pushq %r13\n  pushq %r14\n  pushq %r15\n  subq $8, %rsp\n"
        "  call *%rax\n"
        "  addq $8, %rsp\n  popq %r15\n  popq %r14\n  popq %r13\n  popq %r12\n  popq %rbp\n  popq %rbx\n"
        "  ret\n"
        ".size machine_run, .-machine_run\n");

// --- how it returns

VmResult machine_tick(Worker *w, uint64_t *fp, uint64_t *below, uint64_t *limit, int32_t budget, const Instr *pc) {
  w->g->fp = fp, w->g->pc = pc;
  w->budget = budget;
  return VM_TICK;
}

VmResult machine_leave(Worker *w, uint64_t *fp, uint64_t *below, uint64_t *limit, int32_t budget, const Instr *pc) {
  w->g->fp = fp, w->g->pc = pc;
  w->budget = budget;
  return VM_RELOAD;
}

VmResult machine_fail(Worker *w, uint64_t *fp, SlowFn *fn, uint64_t *limit, int32_t budget, const Instr *pc) {
  bool call = fn == slow_call; // all calls are two words long
  w->g->fp = fp, w->g->pc = call ? pc + 2 : pc;
  w->budget = budget;
  return fn(w, fp, pc);
}

#else // the loop does everything

const void *machine_at(Worker *w) { return NULL; }
const void *machine_entry_slow(Worker *w) { return NULL; }
VmResult machine_run(Worker *w, uint64_t *fp, uint64_t *below, uint64_t *limit, int32_t budget, void *own, const void *code) { return VM_RELOAD; }

#endif
