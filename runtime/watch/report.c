// Go's format, internal/race of the Go tree: "WARNING: DATA RACE", both stacks, where the goroutines were created. What Go does
// not say follows: names, source lines, locks, what is missing (explain.c).
#include "watch/report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "heap/heap.h"
#include "vm/runtime.h"
#include "watch/explain.h"

struct Report {
  const Program *program; // constant
  ReportOptions options;  // constant, but for a log_path that cannot be opened
  uint64_t races;         // guarded by the detector: one race at a time
  int log;                // descriptor of log_path.PID; -1: not open
};

Report *report_new(const Program *p, const ReportOptions *options) {
  Report *r = heap_plain(sizeof *r);
  r->program = p;
  r->options = *options;
  r->log = -1;
  return r;
}

void report_free(Report *r) {
  if (r && r->log >= 0) close(r->log);
  free(r);
}

// --- options

static bool take(const char *word, size_t len, const char *name, const char **value) {
  size_t n = strlen(name);
  if (len <= n || strncmp(word, name, n) || word[n] != '=') return false;
  *value = word + n + 1;
  return true;
}

const char *report_read_options(ReportOptions *o, const char *text) {
  for (const char *word = text + strspn(text, " :"); *word; word += strspn(word, " :")) {
    size_t len = strcspn(word, " :");
    const char *value = NULL;
    char *end = NULL;
    bool good = memchr(word, '=', len) && *word != '=';
    if (take(word, len, "halt_on_error", &value)) {
      good = len == strlen("halt_on_error=1") && (*value == '0' || *value == '1');
      o->halt_on_error = *value == '1';
    } else if (take(word, len, "exitcode", &value)) {
      long code = strtol(value, &end, 10);
      good = end == word + len && code >= 0 && code <= 255;
      o->exit_code = (int)code;
    } else if (take(word, len, "log_path", &value)) {
      o->log_path = strndup(value, (size_t)(word + len - value));
    }
    if (!good) return word;
    word += len;
  }
  return NULL;
}

// --- the text

static void put_stack(StrBuf *out, const Program *p, RaceStack stack) {
  for (uint32_t i = 0; i < stack.depth; i++) {
    const Instr *pc = stack.at[i];
    const Function *f = program_function_at(p, pc);
    if (!f || f->wrapper || f == p->entry) continue;
    LineEntry line = program_line_at(f, pc);
    strbuf_printf(out, "  %s()\n      %s:%u +0x%lx\n", f->name, program_file(f, line.file), line.line,
                  (unsigned long)(pc - f->code) * sizeof(Instr));
  }
}

static void put_goroutine(StrBuf *out, uint64_t id) {
  if (id == 1) strbuf_puts(out, "main goroutine");
  else if (id) strbuf_printf(out, "goroutine %lu", (unsigned long)id);
  else strbuf_puts(out, "a finished goroutine");
}

static void put_access(StrBuf *out, const Program *p, const RaceAccess *a, const char *kind) {
  strbuf_printf(out, "%s at 0x%012lx by ", kind, (unsigned long)(uintptr_t)a->address);
  put_goroutine(out, a->goroutine);
  strbuf_puts(out, ":\n");
  put_stack(out, p, a->stack);
  strbuf_putc(out, '\n');
}

static void put_creation(StrBuf *out, const Program *p, const RaceAccess *a) {
  if (!a->created.depth) return;
  if (a->goroutine) strbuf_printf(out, "Goroutine %lu (%s) created at:\n", (unsigned long)a->goroutine, a->finished ? "finished" : "running");
  else strbuf_puts(out, "The finished goroutine was created at:\n");
  put_stack(out, p, a->created);
}

// A line of the source with a mark under what it is about.
static void put_source(StrBuf *out, const RaceSide *s, const RaceSide *other) {
  const AccessEntry *e = s->entry;
  strbuf_puts(out, "  ");
  explain_who(out, s->access);
  strbuf_puts(out, s->access->write ? " writes" : " reads");
  StrBuf name = {0}, others = {0};
  if (explain_name(&name, s) && explain_name(&others, other) && strcmp(strbuf_string(&name), strbuf_string(&others)))
    strbuf_printf(out, " %s", strbuf_string(&name)); // else it is said once, above
  strbuf_free(&name);
  strbuf_free(&others);
  strbuf_printf(out, ", %s:%u:\n", s->file, s->line);
  if (!e) return;
  size_t indent = strspn(e->text, " \t");
  strbuf_printf(out, "      %s\n      ", e->text + indent);
  for (size_t i = indent; i + 1 < e->column && e->text[i]; i++) strbuf_putc(out, e->text[i] == '\t' ? '\t' : ' ');
  strbuf_puts(out, "^\n");
}

static void put_explanation(StrBuf *out, const Program *p, const Race *race) {
  RaceSide now = race_side(p, &race->now), before = race_side(p, &race->before);
  if (!now.entry && !before.entry) return; // compiled without: the stacks say all there is
  strbuf_puts(out, "\nThis is about ");
  if (!explain_name(out, &now)) explain_name(out, &before);
  strbuf_puts(out, ":\n");
  put_source(out, &now, &before);
  put_source(out, &before, &now);
  strbuf_puts(out, "  ");
  explain_order(out, p, &now, &before);
  strbuf_puts(out, "\n  hint: ");
  explain_hint(out, &now, &before);
  strbuf_putc(out, '\n');
}

void report_print(StrBuf *out, const Program *p, const Race *race) {
  static const char *const now[] = {"Read", "Write", "Atomic read", "Atomic write"};
  static const char *const before[] = {"Previous read", "Previous write", "Previous atomic read", "Previous atomic write"};
  strbuf_puts(out, "==================\nWARNING: DATA RACE\n");
  put_access(out, p, &race->now, now[race->now.write + 2 * race->now.atomic]);
  put_access(out, p, &race->before, before[race->before.write + 2 * race->before.atomic]);
  put_creation(out, p, &race->now);
  if (race->now.created.depth && race->before.created.depth) strbuf_putc(out, '\n');
  put_creation(out, p, &race->before);
  put_explanation(out, p, race);
  strbuf_puts(out, "==================\n");
}

// --- where it goes

static void write_all(int fd, const char *bytes, size_t n) {
  while (n) {
    ssize_t done = write(fd, bytes, n);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return; // nobody is left who could be told
    bytes += done, n -= (size_t)done;
  }
}

static bool open_log(Report *r, Runtime *rt) {
  if (r->log >= 0) return true;
  char path[4096];
  snprintf(path, sizeof path, "%s.%d", r->options.log_path, (int)getpid());
  r->log = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (r->log >= 0) return true;
  StrBuf text = {0};
  strbuf_printf(&text, "gol: the log of data races cannot be written: %s: %s\n", path, strerror(errno));
  runtime_write_error(rt, text.data, text.len);
  strbuf_free(&text);
  r->options.log_path = NULL; // from now on standard error
  return false;
}

// ended: the run has, and its own output is closed.
static void deliver(Report *r, Runtime *rt, const StrBuf *text, bool ended) {
  const char *path = r->options.log_path;
  if (path && strcmp(path, "stderr") && strcmp(path, "stdout") && open_log(r, rt)) write_all(r->log, text->data, text->len);
  else if (path && !strcmp(path, "stdout") && !ended) runtime_write(rt, text->data, text->len);
  else if (ended) rt->host.write(rt->host.context, path && !strcmp(path, "stdout") ? 1 : 2, text->data, text->len);
  else runtime_write_error(rt, text->data, text->len);
}

static void deliver_sum(Report *r, Runtime *rt, bool ended) {
  if (r->options.json) return;
  StrBuf text = {0};
  strbuf_printf(&text, "Found %lu data race(s)\n", (unsigned long)r->races);
  deliver(r, rt, &text, ended);
  strbuf_free(&text);
}

void report_race(Report *r, Worker *w, const Race *race) {
  Runtime *rt = worker_runtime(w);
  StrBuf text = {0};
  (r->options.json ? report_print_json : report_print)(&text, r->program, race);
  r->races++;
  deliver(r, rt, &text, false);
  strbuf_free(&text);
  if (!r->options.halt_on_error) return;
  deliver_sum(r, rt, false);
  runtime_exit(rt, r->options.exit_code);
}

// As Go: a run that ends with a status of its own keeps it.
int report_end(Report *r, Runtime *rt, int status) {
  if (!r->races || (r->options.halt_on_error && status == r->options.exit_code)) return status;
  deliver_sum(r, rt, true);
  return status ? status : r->options.exit_code;
}
