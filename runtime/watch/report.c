// Go's format, internal/race of the Go tree: "WARNING: DATA RACE", both stacks, where the goroutines were created.
#include "watch/report.h"

#include <stdlib.h>

#include "base/assert.h"
#include "vm/runtime.h"

struct Report {
  const Program *program; // constant
  uint64_t races;         // guarded by the detector: one race at a time
};

Report *report_new(const Program *p) {
  Report *r = calloc(1, sizeof *r);
  ASSERT(r, "memory for a report");
  r->program = p;
  return r;
}

void report_free(Report *r) { free(r); }

static void put_stack(StrBuf *out, const Program *p, RaceStack stack) {
  for (uint32_t i = 0; i < stack.depth; i++) {
    const Instr *pc = stack.at[i];
    const Function *f = program_function_at(p, pc);
    if (!f || f->wrapper || f == p->entry) continue;
    LineEntry line = program_line_at(f, pc);
    strbuf_printf(out, "  %s()\n      %s:%u +0x%lx\n", f->name, line.file < p->file_count ? p->files[line.file] : "?", line.line,
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

void report_print(StrBuf *out, const Program *p, const Race *race) {
  static const char *const now[] = {"Read", "Write", "Atomic read", "Atomic write"};
  static const char *const before[] = {"Previous read", "Previous write", "Previous atomic read", "Previous atomic write"};
  strbuf_puts(out, "==================\nWARNING: DATA RACE\n");
  put_access(out, p, &race->now, now[race->now.write + 2 * race->now.atomic]);
  put_access(out, p, &race->before, before[race->before.write + 2 * race->before.atomic]);
  put_creation(out, p, &race->now);
  if (race->now.created.depth && race->before.created.depth) strbuf_putc(out, '\n');
  put_creation(out, p, &race->before);
  strbuf_puts(out, "==================\n");
}

void report_race(Report *r, Worker *w, const Race *race) {
  StrBuf text = {0};
  report_print(&text, r->program, race);
  runtime_write_error(worker_runtime(w), text.data, text.len);
  strbuf_free(&text);
  r->races++;
}

int report_end(Report *r, Runtime *rt, int status) {
  if (!r->races) return status;
  StrBuf text = {0};
  strbuf_printf(&text, "Found %lu data race(s)\n", (unsigned long)r->races);
  rt->host.write(rt->host.context, 2, text.data, text.len); // the run has ended: its own output is closed
  strbuf_free(&text);
  return REPORT_STATUS;
}
