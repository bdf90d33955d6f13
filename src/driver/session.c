#include "driver/session.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "driver/import.h"
#include "heap/heap.h"
#include "std/std.h"
#include "syntax/parse.h"
#include "types/scope.h"

// --- what the Runtime tells; any thread

static void wake(Session *s, _Atomic bool *flag) {
  atomic_store_explicit(flag, true, memory_order_release);
  uint64_t one = 1;
  if (write(s->wake, &one, sizeof one) < 0) {} // full: it is awake
}

static void on_ended(void *context) { wake(context, &((Session *)context)->ended); }
static void on_stuck(void *context) { wake(context, &((Session *)context)->stuck); }

static void on_died(void *context, const char *text, size_t n) {
  Session *s = context;
  atomic_store_explicit(&s->died, true, memory_order_release);
  s->options.report(s->options.context, text, n);
}

void session_interrupt(Session *s) { wake(s, &s->interrupted); }

static bool take(_Atomic bool *flag) { return atomic_exchange_explicit(flag, false, memory_order_acquire); }

// --- begin and end

static NativeFn find_native(void *context, const char *name) { return std_native(name); }

static void *new_variable(size_t size) { return heap_code(size < 16 ? 16 : size); }

static void *take_code(void *context, size_t size) { return heap_code(size); }

static const Program *find_program(const Instr *pc) {
  const void *block = heap_code_block(pc);
  return block ? arena_chunk_owner(block) : NULL;
}

static void prepare_package(Session *s) {
  Compilation *c = &s->compilation;
  Package *p = c->main;
  p->path = p->name = name_of(&c->names, "main");
  p->prompt = true;
  s->scope = scope_new(&c->arena, c->universe.scope, NO_POS, NO_POS);
}

Session *session_new(const SessionOptions *options, const char **why) {
  static const ArenaSource code = {.take = take_code, .first_chunk = 4096};
  runtime_start_heap();
  Session *s = calloc(1, sizeof *s);
  if (!s) return *why = "out of memory", NULL;
  s->options = *options;
  s->race = options->race && detector_is_possible();
  s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (s->wake < 0 || !region_init(&s->region, 1 << 16, heap_add_roots)) return *why = "the system gives no memory for a session", free(s), NULL;
  Compilation *c = &s->compilation;
  compilation_init(c, (CompilationOptions){.memory = &s->region.source});
  prepare_package(s);
  s->compile_options = (CompileOptions){.universe = &c->universe, .diags = &c->diags, .sources = &c->sources, .native = find_native, .context = c,
                                        .variable = new_variable, .exact_calls = s->race, .name_accesses = true, .code = &code, .scratch = &s->region.source, .find = find_program};
  s->compile = compile_session_new(&s->compile_options, c->main);
  heap_add_roots(&s->compile, &s->compile + 1);
  session_keep(s);
  s->console = (Console){.context = s, .died = on_died, .ended = on_ended, .stuck = on_stuck};
  return s;
}

// The first Program is there: what a Runtime has to know of the types of errors is in it.
static void start(Session *s, const Program *first) {
  RuntimeOptions options = {.argc = s->options.argc, .argv = s->options.argv, .workers = s->options.workers, .host = s->options.host, .console = &s->console,
                            .observer = session_observer(s, first)};
  s->runtime = runtime_new(first, &options);
}

void session_free(Session *s) {
  if (s->runtime) {
    runtime_end_serving(s->runtime);
    if (s->serving) pthread_join(s->server, NULL);
    runtime_free(s->runtime);
  }
  session_race_free(s);
  compile_session_free(s->compile);
  compilation_deinit(&s->compilation);
  heap_drop_roots(&s->compile, &s->compile + 1);
  heap_drop_roots(s->region.base, s->region.base + s->region.size);
  region_deinit(&s->region);
  vec_free(&s->values);
  vec_free(&s->slots);
  strbuf_free(&s->notes);
  session_forget_saved(s);
  close(s->wake);
  free(s);
}

// --- parsing and checking

File *session_parse(Session *s, Text text, InputStatus *status) {
  if (s->unsettled) session_undo(s);
  s->unsettled = true;
  diags_clear(&s->compilation.diags);
  Compilation *c = &s->compilation;
  const char *name = arena_printf(&c->arena, "input %u", s->inputs + 1);
  Source *source = source_add(&c->sources, name, text);
  *status = INPUT_REFUSED;
  if (!source) {
    diag_error(&c->diags, NO_POS, NO_POS, "this session has read 4 GB: `:reset` begins a new one");
    return NULL;
  }
  ParseContext context = {.arena = &c->arena, .names = &c->names, .sources = &c->sources, .diags = &c->diags};
  File *file = parse_file(&context, source);
  if (context.status == PARSE_INCOMPLETE) *status = INPUT_INCOMPLETE;
  return context.status == PARSE_OK ? file : NULL;
}

// The input's own scope: what it declares is not declared again, but anew.
bool session_check(Session *s, File *file) {
  Compilation *c = &s->compilation;
  Package *p = c->main;
  if (file->package && !name_is(file->package->name, "main")) {
    diag_error(&c->diags, file->package->h.start, file->package->h.end, "package %s is not a main package: `:load` a program, or import it", file->package->name->text);
    return false;
  }
  p->files = ARENA_ARRAY(&c->arena, File *, 1);
  p->files[0] = file;
  p->file_count = 1;
  p->checked_files = p->init_count = p->func_count = p->type_count = p->import_count = 0;
  p->script = file->script;
  p->scope = scope_new(&c->arena, s->scope, NO_POS, NO_POS);
  CheckOptions options = compilation_check_options(c);
  options.sources = &c->sources;
  check_package(&options, p);
  return diags_count(&c->diags) == 0;
}

// What is declared again, but is something else.
static void note_changes(Session *s) {
  const Package *p = s->compilation.main;
  s->notes.len = 0;
  for (uint32_t i = 0; i < scope_count(p->scope); i++) {
    const Object *now = scope_at(p->scope, i), *old = scope_lookup(s->scope, now->name);
    if (!old || old->kind != now->kind) continue;
    if (now->kind == OBJECT_TYPE) strbuf_printf(&s->notes, "%s is a new type: values and functions made with the old one keep it\n", now->name->text);
    if (now->kind == OBJECT_FUNC && !now->replaces) strbuf_printf(&s->notes, "%s has another type now: functions that call the old one keep it\n", now->name->text);
  }
}

// Functions and variables that are declared again.
static void find_replaced(Session *s) {
  Package *p = s->compilation.main;
  for (uint32_t i = 0; i < p->func_count; i++) {
    Object *f = p->funcs[i], *old = f->is_method ? NULL : scope_lookup(s->scope, f->name);
    if (old && old->kind == OBJECT_FUNC && type_identical(old->type, f->type)) f->replaces = old;
  }
  for (uint32_t i = 0; i < scope_count(p->scope); i++) {
    Object *v = scope_at(p->scope, i), *old = scope_lookup(s->scope, v->name);
    if (v->kind == OBJECT_VAR && old && old->kind == OBJECT_VAR) v->replaces = old;
  }
}

static const Program *compile(Session *s) {
  Compilation *c = &s->compilation;
  const char *why = NULL;
  if (!s->runtime && !import_package(c, "runtime", NO_POS, &why)) return NULL; // errors of every program
  find_replaced(s);
  note_changes(s);
  return compile_input(s->compile, c->packages.data, c->packages.len);
}

// --- names that stay

static void keep_import(Session *s, const NodeImport *node) {
  Object *object = node->obj;
  if (!object || name_is_blank(object->name)) return;
  if (!name_is(object->name, ".")) {
    scope_replace(s->scope, object);
    return;
  }
  const Scope *all = object->imported->scope;
  for (uint32_t i = 0; i < scope_count(all); i++)
    if (name_is_exported(scope_at(all, i)->name)) scope_replace(s->scope, scope_at(all, i));
}

static void keep_imports(Session *s, NodeList list) {
  for (uint32_t i = 0; i < list.len; i++) {
    if (list.items[i]->kind == NODE_IMPORT) keep_import(s, (NodeImport *)list.items[i]);
    if (list.items[i]->kind == NODE_DECL_STMT) keep_imports(s, ((NodeDeclStmt *)list.items[i])->decls);
  }
}

static void keep_names(Session *s, const File *file) {
  const Scope *scope = s->compilation.main->scope;
  for (uint32_t i = 0; i < scope_count(scope); i++) scope_replace(s->scope, scope_at(scope, i));
  keep_imports(s, file->top);
}

static void keep_values(Session *s) {
  Package *p = s->compilation.main;
  s->values.len = 0;
  for (uint32_t i = 0; i < p->init_count; i++)
    for (uint32_t j = 0; j < p->init[i].lhs_count; j++) {
      Object *object = p->init[i].lhs[j];
      if (!name_is(object->name, PROMPT_VALUE)) continue;
      CompiledVariable v = compile_variable(s->compile, object);
      if (v.memory) vec_push(&s->values, (SessionValue){.object = object, .type = v.rtype, .memory = v.memory});
    }
}

// --- running

enum { ASK_AGAIN_MS = 50 }; // a goroutine that was about to wait may have missed that it is to end

static void report_stuck(Session *s, Goroutine *g) {
  size_t len;
  char *text = runtime_stuck_text(s->runtime, g, &len);
  s->options.report(s->options.context, text, len);
  free(text);
}

static int64_t now(void) {
  struct timespec ts;
  clock_gettime(CLOCK_MONOTONIC, &ts);
  return ts.tv_sec * 1000000000 + ts.tv_nsec;
}

// Wait for the input's goroutine.
static InputStatus await(Session *s, Goroutine *g, uint64_t id) {
  bool cut = false;
  s->was_interrupted = false, s->was_waiting = NULL;
  for (;;) {
    struct pollfd fd = {.fd = s->wake, .events = POLLIN};
    poll(&fd, 1, cut ? ASK_AGAIN_MS : -1);
    uint64_t count;
    if (read(s->wake, &count, sizeof count) < 0) {} // nothing yet
    if (take(&s->ended)) return cut || take(&s->died) ? INPUT_CUT : INPUT_DONE;
    if (take(&s->stuck)) {
      report_stuck(s, g);
      sched_cancel(s->runtime->sched, g, id, true);
      cut = true;
    }
    bool again = cut && goroutine_status(g) == G_WAITING;
    bool interrupted = take(&s->interrupted);
    s->was_interrupted |= interrupted;
    if (interrupted) s->was_waiting = goroutine_status(g) == G_WAITING ? wait_reason_text(g->wait_reason) : NULL;
    if (interrupted || again) {
      sched_cancel(s->runtime->sched, g, id, false);
      cut = true;
    }
  }
}

static InputStatus run(Session *s, const Program *program) {
  compile_publish(s->compile);
  if (!s->runtime) start(s, program);
  if (!session_serve(s)) {
    diag_error(&s->compilation.diags, NO_POS, NO_POS, "no thread is to be had");
    return INPUT_REFUSED;
  }
  take(&s->interrupted), take(&s->died);
  int64_t begin = now();
  uint64_t id;
  Goroutine *g = runtime_post(s->runtime, program, &id);
  InputStatus status = await(s, g, id);
  s->run_ns = now() - begin;
  return status;
}

static InputStatus input(Session *s, Text text, bool keep) {
  InputStatus status;
  File *file = session_parse(s, text, &status);
  if (!file) return status;
  const Program *program = session_check(s, file) ? compile(s) : NULL;
  if (!program) return INPUT_REFUSED;
  if (keep) {
    s->inputs++;
    keep_names(s, file);
  }
  keep_values(s);
  status = run(s, program);
  if (keep && status == INPUT_DONE) session_record(s, file);
  session_settle(s, file);
  session_race_rest(s);
  return status;
}

InputStatus session_input(Session *s, Text text) { return input(s, text, true); }
InputStatus session_evaluate(Session *s, Text text) { return input(s, text, false); }

void session_errors(Session *s, StrBuf *out, bool colour) {
  Compilation *c = &s->compilation;
  diags_sort(&c->diags, &c->sources);
  diags_format(&c->diags, &c->sources, out, colour);
}
