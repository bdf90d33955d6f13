// gol repl: the prompt. Reads lines until they make an input, has the session run it, shows its values.
#include "cli/repl.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/os.h"
#include "cli/command.h"
#include "cli/repl_show.h"

#define PROMPT "gol> "
#define PROMPT_MORE "...> "

// --- output

void repl_print(Repl *r, const char *fmt, ...) {
  StrBuf out = {0};
  va_list args;
  va_start(args, fmt);
  strbuf_vprintf(&out, fmt, args);
  va_end(args);
  line_write(r->line, STDOUT_FILENO, out.data, out.len);
  strbuf_free(&out);
}

void repl_print_errors(Repl *r) {
  StrBuf out = {0};
  session_errors(r->session, &out, r->colour);
  line_fresh(r->line);
  if (out.len) line_write(r->line, STDOUT_FILENO, out.data, out.len);
  strbuf_free(&out);
}

static int64_t host_write(void *context, int fd, const void *bytes, size_t n) {
  Repl *r = context;
  if (fd != STDOUT_FILENO && fd != STDERR_FILENO) return host_process.write(host_process.context, fd, bytes, n);
  line_write(r->line, fd, bytes, n);
  return (int64_t)n;
}

static int64_t host_read(void *context, int fd, void *bytes, size_t n) {
  Repl *r = context;
  return fd == STDIN_FILENO ? line_input(r->line, bytes, n) : host_process.read(host_process.context, fd, bytes, n);
}

// Any thread: a goroutine has died.
static void report(void *context, const char *text, size_t n) {
  Repl *r = context;
  StrBuf out = {0};
  if (r->colour) strbuf_puts(&out, "\033[31m");
  strbuf_write(&out, text, n);
  if (r->colour) {
    if (out.data[out.len - 1] == '\n') out.len--;
    strbuf_puts(&out, "\033[0m\n");
  }
  line_fresh(r->line);
  line_write(r->line, STDERR_FILENO, out.data, out.len);
  strbuf_free(&out);
}

// --- values

static void show(Repl *r, const SessionValue *value) {
  StrBuf out = {0}, text = {0};
  const char *method, *old = session_outdated(r->session, value);
  if (session_text(r->session, value, &text, &method)) {
    Iface i = {0};
    if (value->type->kind == KIND_INTERFACE) pair_copy(&i, value->memory);
    if (!strcmp(method, "Error")) strbuf_puts(&out, "error: ");
    strbuf_write(&out, text.data, text.len);
    strbuf_puts(&out, " (");
    show_type(&out, i.type ? i.type : value->type);
    if (old) strbuf_printf(&out, ", as declared in %s", old);
    strbuf_putc(&out, ')');
  } else {
    show_value(&out, r->heap, value->type, value->memory, line_width(r->line));
    if (old) strbuf_printf(&out, " (as declared in %s)", old);
  }
  strbuf_putc(&out, '\n');
  line_write(r->line, STDOUT_FILENO, out.data, out.len);
  strbuf_free(&out);
  strbuf_free(&text);
}

static void show_values(Repl *r) {
  VEC(SessionValue) values = {0}; // showing one may run code, which has values of its own
  for (uint32_t i = 0; i < r->session->values.len; i++) vec_push(&values, r->session->values.data[i]);
  line_fresh(r->line);
  for (uint32_t i = 0; i < values.len; i++) show(r, &values.data[i]);
  vec_free(&values);
}

// --- inputs

bool repl_evaluate(Repl *r, Text text) {
  const char *why;
  if (!repl_start(r, &why)) {
    repl_print(r, "gol: %s\n", why);
    return true;
  }
  r->session->notes.len = 0;
  InputStatus status = session_input(r->session, text);
  switch (status) {
  case INPUT_INCOMPLETE: return false;
  case INPUT_REFUSED: repl_print_errors(r); break;
  case INPUT_DONE:
    line_fresh(r->line);
    line_write(r->line, STDOUT_FILENO, r->session->notes.data, r->session->notes.len);
    show_values(r);
    break;
  case INPUT_CUT:
    line_fresh(r->line);
    if (r->session->was_waiting) repl_print(r, "^C interrupted, in %s\n", r->session->was_waiting);
    else if (r->session->was_interrupted) repl_print(r, "^C interrupted\n");
    break;
  }
  return true;
}

// Words that people type to get away, or help.
static const char *plain_command(Repl *r, const char *text) {
  static const char *const words[][2] = {{"exit", ":quit"}, {"quit", ":quit"}, {"help", ":help"}, {"exit()", ":quit"}, {"quit()", ":quit"}, {"help()", ":help"}, {"?", ":help"}};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (strcmp(text, words[i][0])) continue;
    size_t len = strcspn(text, "(");
    bool declared = r->session && scope_find(r->session->scope, name_intern(&r->session->compilation.names, text, len), NO_POS, NULL);
    if (!declared) return words[i][1];
  }
  return NULL;
}

// A program is complete when its main is there, and what was pasted with it.
static bool is_program(Text text) {
  static const char clause[] = "package main";
  const char *at = text.ptr, *end = text.ptr + text.len;
  while (at < end && strchr(" \t\n\r", *at)) at++;
  return (size_t)(end - at) >= sizeof clause && !strncmp(at, clause, sizeof clause - 1) && strchr(" \t\r\n;/", at[sizeof clause - 1]);
}

// The lines of an input as one, to be edited again as one; false: comments or raw strings forbid it.
static bool join_lines(StrBuf *out, const char *text) {
  if (strstr(text, "//") || strchr(text, '`')) return false;
  for (const char *at = text; *at;) {
    size_t len = strcspn(at, "\n"), from = strspn(at, " \t");
    if (from > len) from = len;
    size_t to = len;
    while (to > from && strchr(" \t\r", at[to - 1])) to--;
    if (to > from) {
      char last = out->len ? out->data[out->len - 1] : 0, first = at[from];
      bool ends = last && (strchr("_\"')]}", last) || (unsigned char)last >= 128 || (last >= '0' && last <= '9') || (last >= 'a' && last <= 'z') || (last >= 'A' && last <= 'Z') ||
                           (out->len > 1 && (last == '+' || last == '-') && out->data[out->len - 2] == last));
      if (last) strbuf_puts(out, ends && first != '}' && first != ')' ? "; " : " ");
      strbuf_write(out, at + from, to - from);
    }
    at += len + (at[len] == '\n');
  }
  return true;
}

static void remember(Repl *r, StrBuf *input) {
  StrBuf joined = {0};
  if (join_lines(&joined, strbuf_string(input))) {
    if (joined.len) line_remember(r->line, strbuf_string(&joined));
  } else {
    char *rest = input->data;
    for (char *line; (line = strsep(&rest, "\n"));)
      if (*line) line_remember(r->line, line);
  }
  strbuf_free(&joined);
}

static void trim(StrBuf *b) {
  while (b->len && strchr(" \t\r\n", b->data[b->len - 1])) b->data[--b->len] = 0;
}

// One input or command, of as many lines as it needs. False: leave.
static bool read_input(Repl *r) {
  StrBuf input = {0};
  bool done = false, more = true;
  while (!done && more) {
    Text line;
    LineResult result = line_read(r->line, input.len ? PROMPT_MORE : PROMPT, &line);
    if (result != LINE_TEXT) {
      more = result == LINE_INTERRUPTED;
      break;
    }
    strbuf_put_text(&input, line);
    strbuf_putc(&input, '\n');
    const char *text = strbuf_string(&input);
    size_t blank = strspn(text, " \t\n");
    if (!text[blank]) {
      input.len = 0;
      continue;
    }
    StrBuf first = {0};
    strbuf_puts(&first, text + blank);
    trim(&first);
    const char *command = first.data[0] == ':' ? first.data : plain_command(r, first.data);
    if (command) {
      line_remember(r->line, first.data);
      repl_command(r, command);
      done = true;
    } else if (is_program(strbuf_text(&input)) && (line_pending(r->line) || !strstr(text, "func main("))) {
      // not yet
    } else {
      done = repl_evaluate(r, strbuf_text(&input));
    }
    if (done && !command) remember(r, &input);
    strbuf_free(&first);
  }
  strbuf_free(&input);
  return more && !r->leave;
}

// --- signals: the handler must find the prompt without a global

typedef struct {
  Repl *repl;
  pthread_t thread;
  sigset_t set;
} Signals;

// Interrupts and new window sizes come to a thread of their own.
static void *watch_signals(void *argument) {
  Signals *s = argument;
  for (int signal; !sigwait(&s->set, &signal);) {
    if (signal == SIGWINCH) line_resize(s->repl->line);
    else if (signal != SIGINT) {
      line_free(s->repl->line); // the terminal as it was
      _exit(128 + signal);
    } else {
      line_interrupt(s->repl->line);
      if (s->repl->session) session_interrupt(s->repl->session);
    }
  }
  return NULL;
}

// Before any other thread is made: they all leave these signals to that one.
static bool start_signals(Signals *s, Repl *r) {
  s->repl = r;
  sigemptyset(&s->set);
  sigaddset(&s->set, SIGINT);
  sigaddset(&s->set, SIGWINCH);
  sigaddset(&s->set, SIGTERM);
  sigaddset(&s->set, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &s->set, NULL);
  return !pthread_create(&s->thread, NULL, watch_signals, s);
}

// --- begin and end

// $XDG_STATE_HOME/gol/history, its folders made; NULL: there is no such place.
static const char *history_path(Arena *arena) {
  const char *state = os_getenv("XDG_STATE_HOME"), *home = os_getenv("HOME");
  if (!state || *state != '/') state = home && *home ? arena_printf(arena, "%s/.local/state", home) : NULL;
  if (!state) return NULL;
  char *path = arena_printf(arena, "%s/gol/history", state);
  for (char *slash = path; (slash = strchr(slash + 1, '/'));) {
    *slash = 0;
    bool made = !mkdir(path, 0700) || errno == EEXIST;
    *slash = '/';
    if (!made) return NULL;
  }
  return path;
}

bool repl_start(Repl *r, const char **why) {
  if (!r->session) r->session = session_new(&r->options, why);
  return r->session != NULL;
}

int command_repl(int argc, char **argv) {
  if (argc > 1) return command_misuse("repl", "repl takes no arguments: `gol run FILE` runs a file");
  if (!os_is_terminal(STDIN_FILENO)) return command_run(2, (char *[]){"run", "-", NULL});
  Repl r = {.host = host_process};
  Signals signals;
  const char *why;
  Arena arena;
  arena_init(&arena);
  r.colour = os_is_terminal(STDOUT_FILENO) && !os_getenv("NO_COLOR");
  LineOptions options = {.colour = r.colour, .history = history_path(&arena), .context = &r, .complete = repl_complete};
  r.line = line_new(&options, &why);
  if (!r.line) return command_misuse(NULL, "%s", why);
  r.host.context = &r, r.host.write = host_write, r.host.read = host_read;
  r.options = (SessionOptions){.host = &r.host, .argc = 1, .argv = (char *[]){"gol"}, .race = true, .context = &r, .report = report};
  runtime_start_heap();
  r.heap = heap_cache_new();
  if (!start_signals(&signals, &r)) return command_misuse(NULL, "no thread is to be had");
  if (!repl_start(&r, &why)) return command_misuse(NULL, "%s", why);
  repl_print(&r, "gol %s, Go 1.23. `:help` for help, Ctrl-D to leave.\n", GOL_VERSION);
  if (!r.session->race) repl_print(&r, REPL_NO_RACE);
  while (read_input(&r)) {}
  line_free(r.line);
  _exit(STATUS_OK); // goroutines may still run
}
