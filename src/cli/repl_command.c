// Commands of the prompt: lines that begin with a colon.
#include "cli/repl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/os.h"
#include "bytecode/disasm.h"
#include "cli/command.h"
#include "cli/repl_show.h"
#include "sched/chan.h"
#include "types/constant.h"
#include "vm/trace.h"

typedef struct {
  const char *name, *argument, *help;
  void (*run)(Repl *r, const char *argument);
} Row;

static const Row rows[];

static void need(Repl *r, const char *usage) { repl_print(r, "%s: say of what\n", usage); }

static void usage_of(Repl *r, const char *name) {
  StrBuf text = {0};
  for (const Row *row = rows; row->name; row++)
    if (!strcmp(row->name, name)) strbuf_printf(&text, "%s %s", row->name, row->argument);
  need(r, strbuf_string(&text));
  strbuf_free(&text);
}

static void put(Repl *r, const StrBuf *text) { line_write(r->line, STDOUT_FILENO, text->data, text->len); }

// --- :help

static void run_help(Repl *r, const char *argument) {
  StrBuf out = {0};
  strbuf_puts(&out, "Type Go: an expression shows its value, `_` is the last one; statements, declarations, imports and whole\n"
                    "programs work as in a script, and the standard packages need no import. What is unfinished goes on in the\n"
                    "next line. Names may be declared again. Goroutines live on while you type.\n\n");
  for (const Row *row = rows; row->name; row++) strbuf_printf(&out, "  %-7s %-8s %s\n", row->name, row->argument, row->help);
  strbuf_puts(&out, "\nTab completes, Ctrl-R searches what was typed, Ctrl-C interrupts, or drops what is unfinished; Ctrl-D leaves.\n");
  put(r, &out);
  strbuf_free(&out);
}

// --- :type

static void put_methods(StrBuf *out, Universe *u, Type *t, Package *main) {
  uint32_t n;
  Type *pointer = type_is_interface(t) ? t : type_pointer(u, t);
  MethodEntry *methods = type_is_interface(t) ? NULL : type_method_set(u, pointer, &n);
  for (uint32_t i = 0; methods && i < n; i++) {
    if (methods[i].package && methods[i].package != main && !name_is_exported(methods[i].name)) continue;
    strbuf_printf(out, "    func (%s%s) ", methods[i].pointer_recv ? "*" : "", type_string(u, t, main));
    type_write_method(out, methods[i].name, methods[i].signature, main);
    strbuf_putc(out, '\n');
  }
}

static bool type_of_type(Repl *r, Text text) {
  Type *t = session_check_type(r->session, text);
  if (!t || diags_count(&r->session->compilation.diags)) return false;
  Compilation *c = &r->session->compilation;
  StrBuf out = {0};
  t = type_unalias(t);
  strbuf_puts(&out, type_string(&c->universe, t, c->main));
  if (t->kind == TYPE_NAMED) {
    strbuf_printf(&out, " = %s\n", type_string(&c->universe, type_underlying(t), c->main));
    put_methods(&out, &c->universe, t, c->main);
  } else strbuf_putc(&out, '\n');
  put(r, &out);
  strbuf_free(&out);
  return true;
}

static void run_type(Repl *r, const char *argument) {
  Text text = text_of(argument);
  if (type_of_type(r, text)) return;
  const Node *node = session_check_expr(r->session, text);
  Compilation *c = &r->session->compilation;
  const Package *package = session_package(r->session, argument);
  if (package) repl_print(r, "package %s (import \"%s\")\n", package->name->text, package->path->text);
  else if (diags_count(&c->diags)) repl_print_errors(r);
  else if (!node) repl_print(r, "that is a statement: it has no type\n");
  else if (!node->type || node->mode == MODE_NOVALUE) repl_print(r, "no value\n");
  else if (node->constant) repl_print(r, "%s = %s\n", type_string(&c->universe, node->type, c->main), const_format(&c->arena, node->constant));
  else repl_print(r, "%s\n", type_string(&c->universe, node->type, c->main));
}

// --- :go, :stack

// The innermost frame that is not the standard library's.
static bool place_of(const Program *p, const Goroutine *g, Frame *frame, LineEntry *line) {
  if (!trace_first(p, g, frame)) return false;
  do {
    if (frame->kind != FRAME_CALL || frame->function->wrapper) continue;
    *line = program_line_at(frame->function, frame->pc);
    const Program *its = frame->function->program;
    if (line->file < its->file_count && strncmp(its->files[line->file], "$GOROOT", 7)) return true;
  } while (frame_caller(p, g, frame));
  return false;
}

static const char *state_of(const Goroutine *g) {
  switch (goroutine_status(g)) {
  case G_WAITING: return wait_reason_text(g->wait_reason);
  case G_RUNNABLE: return "runnable";
  default: return "running";
  }
}

enum { MOST_LISTED = 100 };

typedef struct {
  Repl *r;
  StrBuf *out;
  uint32_t count;
  uint64_t id;
  const Chan *chan;
  bool found;
} Listing;

static void list_goroutine(Goroutine *g, void *context) {
  Listing *l = context;
  if (l->count++ >= MOST_LISTED) return;
  Frame frame;
  LineEntry line;
  strbuf_printf(l->out, "%5llu  %-24s", (unsigned long long)g->id, state_of(g));
  const Program *p = l->r->session->runtime->program;
  if (goroutine_status(g) != G_RUNNING && place_of(p, g, &frame, &line))
    strbuf_printf(l->out, "  %s  %s:%u", frame.function->name, frame.function->program->files[line.file], line.line);
  const Function *creator = g->created_at ? program_function_at(p, g->created_at) : NULL;
  if (creator) {
    line = program_line_at(creator, g->created_at);
    strbuf_printf(l->out, "  (started at %s:%u)", program_file(creator, line.file), line.line);
  }
  strbuf_putc(l->out, '\n');
}

static void run_go(Repl *r, const char *argument) {
  StrBuf out = {0};
  Listing l = {.r = r, .out = &out};
  if (r->session->runtime) sched_each(r->session->runtime->sched, list_goroutine, &l);
  if (!l.count) strbuf_puts(&out, "no goroutines\n");
  if (l.count > MOST_LISTED) strbuf_printf(&out, "... %u more\n", l.count - MOST_LISTED);
  put(r, &out);
  strbuf_free(&out);
}

static void put_stack(Goroutine *g, void *context) {
  Listing *l = context;
  if (g->id != l->id) return;
  l->found = true;
  trace_goroutine(l->out, l->r->session->runtime->program, g, false);
}

static void run_stack(Repl *r, const char *argument) {
  char *end;
  StrBuf out = {0};
  Listing l = {.r = r, .out = &out, .id = strtoull(argument, &end, 10)};
  if (!*argument || *end) {
    repl_print(r, ":stack wants the number of a goroutine, as `:go` shows it\n");
    return;
  }
  if (r->session->runtime) sched_each(r->session->runtime->sched, put_stack, &l);
  if (!l.found) strbuf_printf(&out, "there is no goroutine %s\n", argument);
  put(r, &out);
  strbuf_free(&out);
}

// --- :chan

static bool waits_on(const Goroutine *g, const Chan *c, bool *sends) {
  if (goroutine_status(g) != G_WAITING) return false;
  if (g->wait_reason == WAIT_CHAN_RECV || g->wait_reason == WAIT_CHAN_SEND) {
    *sends = g->wait_reason == WAIT_CHAN_SEND;
    return g->waiter.object == c;
  }
  const WaitSet *set = g->wait_reason == WAIT_SELECT ? g->set : NULL;
  for (uint32_t i = 0; set && i < set->count; i++)
    if (set->waiters[i].object == c) {
      *sends = set->waiters[i].kind == WAITER_SEND;
      return true;
    }
  return false;
}

static void list_waiting(Goroutine *g, void *context) {
  Listing *l = context;
  bool sends;
  if (!waits_on(g, l->chan, &sends) || l->count++ >= MOST_LISTED) return;
  strbuf_printf(l->out, "  goroutine %llu waits to %s%s\n", (unsigned long long)g->id, sends ? "send" : "receive", g->wait_reason == WAIT_SELECT ? " (select)" : "");
}

static void put_buffered(Repl *r, StrBuf *out, const Chan *c) {
  uint32_t n = atomic_load_explicit(&((Chan *)c)->count, memory_order_acquire);
  if (!n || c->timer || n > c->capacity) return;
  strbuf_puts(out, "  buffered: ");
  for (uint32_t i = 0; i < n && i < MOST_LISTED; i++) {
    if (i) strbuf_puts(out, ", ");
    show_value(out, r->heap, c->elem, c->buffer + (size_t)((c->head + i) % c->capacity) * c->elem_slots, line_width(r->line));
  }
  strbuf_puts(out, n > MOST_LISTED ? ", ...\n" : "\n");
}

static bool evaluate(Repl *r, const char *text) {
  switch (session_evaluate(r->session, text_of(text))) {
  case INPUT_DONE: return true;
  case INPUT_INCOMPLETE: case INPUT_REFUSED: repl_print_errors(r); return false;
  default: return false;
  }
}

static void run_chan(Repl *r, const char *argument) {
  if (!evaluate(r, argument)) return;
  const SessionValue *v = r->session->values.len == 1 ? r->session->values.data : NULL;
  if (!v || v->type->kind != KIND_CHAN) {
    repl_print(r, "that is no channel\n");
    return;
  }
  StrBuf out = {0};
  Listing l = {.r = r, .out = &out, .chan = *(Chan *const *)v->memory};
  show_value(&out, r->heap, v->type, v->memory, line_width(r->line));
  strbuf_putc(&out, '\n');
  if (l.chan) {
    put_buffered(r, &out, l.chan);
    sched_each(r->session->runtime->sched, list_waiting, &l);
  }
  put(r, &out);
  strbuf_free(&out);
}

// --- :time, :code

static void run_time(Repl *r, const char *argument) {
  if (!repl_evaluate(r, text_of(argument))) repl_print_errors(r);
  else if (!diags_count(&r->session->compilation.diags)) {
    double ns = (double)r->session->run_ns;
    if (ns < 1e6) repl_print(r, "%.1f µs\n", ns / 1e3);
    else if (ns < 1e9) repl_print(r, "%.2f ms\n", ns / 1e6);
    else repl_print(r, "%.3f s\n", ns / 1e9);
  }
}

// A function's own code; of anything else the code of a function literal around it.
static void run_code(Repl *r, const char *argument) {
  const Node *node = session_check_expr(r->session, text_of(argument));
  bool function = node && node->type && node->kind != NODE_CALL && type_underlying(node->type)->kind == TYPE_SIGNATURE;
  char *text = NULL;
  const char *around = node && node->mode != MODE_NOVALUE && node->type && node->type->kind != TYPE_TUPLE ? "func() { _ = %s\n}" : "func() { %s\n}";
  if (!function && asprintf(&text, around, argument) < 0) return;
  bool ok = evaluate(r, function ? argument : text);
  free(text);
  if (!ok || r->session->values.len != 1) return;
  const Closure *closure = *(Closure *const *)r->session->values.data[0].memory;
  StrBuf out = {0};
  if (!closure) strbuf_puts(&out, "nil has no code\n");
  else if (closure->function->native) strbuf_printf(&out, "%s is written in C\n", closure->function->name);
  else disasm_function(&out, closure->function);
  put(r, &out);
  strbuf_free(&out);
}

// --- :load, :save, :reset, :quit, :race

static void run_load(Repl *r, const char *argument) {
  Text text;
  const char *error;
  if (!os_read_file(argument, &text, &error)) {
    repl_print(r, "%s: %s\n", argument, error);
    return;
  }
  if (!repl_evaluate(r, text)) repl_print_errors(r);
  free((void *)text.ptr);
}

static void check_saved(Repl *r, const char *path) {
  Compilation c;
  compilation_init(&c, (CompilationOptions){0});
  const char *error;
  if (compilation_add_path(&c, path, &error)) compilation_check(&c);
  if (diags_count(&c.diags)) {
    StrBuf out = {0};
    diags_sort(&c.diags, &c.sources);
    diag_format(&c.diags.list.data[0], &c.sources, &out, r->colour);
    repl_print(r, "it needs a hand before it runs:\n%s", strbuf_string(&out));
    strbuf_free(&out);
  }
  compilation_deinit(&c);
}

static void run_save(Repl *r, const char *argument) {
  StrBuf out = {0};
  session_save(r->session, &out);
  FILE *f = fopen(argument, "w");
  bool ok = f && fwrite(out.data ? out.data : "", 1, out.len, f) == out.len;
  if (f && fclose(f)) ok = false;
  if (!ok) repl_print(r, "%s cannot be written\n", argument);
  else {
    repl_print(r, "saved: gol %s runs it\n", argument);
    check_saved(r, argument);
  }
  strbuf_free(&out);
}

static void run_reset(Repl *r, const char *argument) {
  session_free(r->session);
  r->session = NULL;
  const char *why;
  if (repl_start(r, &why)) repl_print(r, "all is gone: variables, functions, types and goroutines\n");
  else repl_print(r, "gol: %s\n", why);
}

static void run_quit(Repl *r, const char *argument) { r->leave = true; }

static void run_race(Repl *r, const char *argument) {
  Session *s = r->session;
  bool on = !strcmp(argument, "on");
  if (!*argument) {
    repl_print(r, s->race ? "data races are watched for\n" : "data races are not watched for\n");
  } else if (!on && strcmp(argument, "off")) {
    repl_print(r, ":race on or :race off; :race alone tells which it is\n");
  } else if (s->race == on) {
    repl_print(r, on ? "data races are watched for already\n" : "data races are not watched for anyway\n");
  } else if (!session_race(s, on)) {
    repl_print(r, REPL_NO_RACE);
  } else {
    r->options.race = on; // after :reset too
    repl_print(r, on ? "data races are watched for from here on, also in goroutines that run already; what was done before counts as done in order\n"
                     : "data races are not watched for any more, in no goroutine\n");
  }
}

static const Row rows[] = {
    {":help", "", "this", run_help},
    {":type", "EXPR", "the type of an expression, unevaluated; or what a type is", run_type},
    {":doc", "NAME", "what the standard library says: :doc strings, :doc strings.Split", repl_doc},
    {":go", "", "the goroutines: number, what they wait for, where", run_go},
    {":stack", "N", "the stack of goroutine N", run_stack},
    {":chan", "EXPR", "a channel: what is in it, who waits", run_chan},
    {":race", "[on|off]", "watch for data races (on unless told)", run_race},
    {":time", "EXPR", "run it and say how long that took", run_time},
    {":code", "EXPR", "its bytecode", run_code},
    {":load", "FILE", "run a script or program here", run_load},
    {":save", "FILE", "write what was typed as a script", run_save},
    {":reset", "", "begin anew", run_reset},
    {":quit", "", "leave (so does Ctrl-D)", run_quit},
    {0},
};

const char *repl_command_name(uint32_t i) { return i < sizeof rows / sizeof *rows ? rows[i].name : NULL; }

// The last command that begins so, else the one that is spelt most like it: :q is :quit, :helo is :help.
static void unknown(Repl *r, const char *name) {
  const char *nearest = NULL;
  unsigned least = 3;
  for (const Row *row = rows; row->name && name[1]; row++) {
    unsigned d = strncmp(row->name, name, strlen(name)) ? command_distance(name, row->name) : 0;
    if (d < least || !d) least = d, nearest = row->name;
  }
  if (nearest) repl_print(r, "unknown command %s. Did you mean %s?\n", name, nearest);
  else repl_print(r, "unknown command %s. `:help` lists them\n", name);
}

void repl_command(Repl *r, const char *line) {
  char name[32];
  size_t len = strcspn(line, " \t");
  snprintf(name, sizeof name, "%.*s", (int)(len < sizeof name ? len : sizeof name - 1), line);
  const char *argument = line + len + strspn(line + len, " \t");
  for (const Row *row = rows; row->name; row++) {
    if (strcmp(name, row->name)) continue;
    if (*row->argument && *row->argument != '[' && !*argument) usage_of(r, name);
    else row->run(r, argument);
    return;
  }
  unknown(r, name);
}
