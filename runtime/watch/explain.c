// See explain.h. All of it is made from a Race and the debug information of the Program (AccessEntry); nothing is kept.
#include "watch/explain.h"

#include <string.h>

#include "bytecode/op.h"

RaceSide race_side(const Program *p, const RaceAccess *a) {
  RaceSide side = {.access = a, .file = "?"};
  for (uint32_t i = 0; i < a->stack.depth; i++) {
    const Instr *pc = a->stack.at[i];
    const Function *f = program_function_at(p, pc);
    if (!f || f->wrapper || f == p->entry) continue;
    const AccessEntry *entry = program_access_at(f, pc);
    if (side.function && !entry) continue; // the first one will do, unless one has more to say
    LineEntry line = program_line_at(f, pc);
    side.function = f;
    side.entry = entry;
    side.file = program_file(f, line.file);
    side.line = line.line;
    side.direct = i == 0;
    if (entry) break;
  }
  return side;
}

void explain_who(StrBuf *out, const RaceAccess *a) {
  if (a->goroutine == 1) strbuf_puts(out, "main");
  else if (a->goroutine) strbuf_printf(out, "goroutine %lu", (unsigned long)a->goroutine);
  else strbuf_puts(out, "a finished goroutine");
}

static bool is_map(const RaceSide *s) {
  if (!s->direct) return false;
  switch (s->access->stack.at[0]->op) {
  case OP_MAPGET: case OP_MAPGET2: case OP_MAPSET: case OP_MAPDEL: case OP_MAPITER: case OP_MAPNEXT: case OP_MAPCLEAR: return true;
  default: return false;
  }
}

static bool is_element(const RaceSide *s) {
  static const char *const begin[] = {"IDX", "SIDX", "ALD", "AST", "CLD", "CST"};
  const char *op = s->direct ? op_infos[s->access->stack.at[0]->op].name : "";
  for (size_t i = 0; i < sizeof begin / sizeof *begin; i++)
    if (!strncmp(op, begin[i], strlen(begin[i]))) return true;
  return false;
}

bool explain_name(StrBuf *out, const RaceSide *side) {
  const AccessEntry *e = side->entry;
  if (!e) return false;
  if (is_map(side) && e->kind != ACCESS_MAP) strbuf_printf(out, "the map %s", e->name);
  else if (e->kind == ACCESS_CALL || e->kind == ACCESS_OTHER) strbuf_printf(out, "memory used by %s", e->name);
  else if (is_element(side) && e->kind != ACCESS_ELEMENT) strbuf_printf(out, "an element of %s", e->name);
  else strbuf_puts(out, e->name);
  return true;
}

// --- locks

void explain_lock(StrBuf *out, const Program *p, const RaceLock *l) {
  const Function *f = program_function_at(p, l->at);
  const AccessEntry *e = f ? program_access_at(f, l->at) : NULL;
  const char *call = e ? strrchr(e->name, '.') : NULL;
  if (call && (!strcmp(call, ".Lock()") || !strcmp(call, ".RLock()") || !strcmp(call, ".TryLock()") || !strcmp(call, ".TryRLock()")))
    strbuf_printf(out, "%.*s", (int)(call - e->name), e->name);
  else strbuf_printf(out, "the mutex at 0x%lx", (unsigned long)(uintptr_t)l->address);
  if (l->shared) strbuf_puts(out, " (RLock)");
}

static void locks_of(StrBuf *out, const Program *p, const RaceAccess *a) {
  if (a->locks_unknown) strbuf_puts(out, "many locks");
  else if (!a->lock_count) strbuf_puts(out, "no lock");
  for (uint32_t i = 0; i < a->lock_count; i++) {
    if (i) strbuf_puts(out, i + 1 < a->lock_count ? ", " : " and ");
    explain_lock(out, p, &a->locks[i]);
  }
}

static bool holds_any(const RaceAccess *a) { return a->lock_count || a->locks_unknown; }

static bool share_lock(const RaceAccess *a, const RaceAccess *b) {
  for (uint32_t i = 0; i < a->lock_count; i++)
    for (uint32_t k = 0; k < b->lock_count; k++)
      if (a->locks[i].address == b->locks[k].address) return true;
  return false;
}

// --- the sentence

static void put_line(StrBuf *out, const RaceSide *s, const RaceSide *other) {
  if (strcmp(s->file, other->file)) strbuf_printf(out, "%s:%u", s->file, s->line);
  else strbuf_printf(out, "line %u", s->line);
  if (s->line == other->line && !strcmp(s->file, other->file)) {
    strbuf_puts(out, " of ");
    explain_who(out, s->access);
  }
}

void explain_order(StrBuf *out, const Program *p, const RaceSide *now, const RaceSide *before) {
  strbuf_puts(out, "nothing orders ");
  put_line(out, now, before);
  strbuf_puts(out, " after ");
  put_line(out, before, now);
  if (!holds_any(now->access) && !holds_any(before->access)) {
    strbuf_puts(out, ": no channel, lock or WaitGroup between them");
    return;
  }
  strbuf_puts(out, ": ");
  explain_who(out, now->access);
  strbuf_puts(out, " held ");
  locks_of(out, p, now->access);
  strbuf_puts(out, ", ");
  explain_who(out, before->access);
  strbuf_puts(out, " had held ");
  locks_of(out, p, before->access);
}

// --- the hint

static bool calls(const RaceSide *s, const Program *p, const char *name) {
  const Function *f = program_function_at(p, s->access->stack.at[0]);
  return f && !strcmp(f->name, name);
}

static bool is_name(const RaceSide *s, const char *name) {
  if (!s->entry) return false;
  const char *dot = strrchr(s->entry->name, '.');
  return !strcmp(dot ? dot + 1 : s->entry->name, name);
}

static const char *line_text(const RaceSide *s) {
  const char *text = s->entry ? s->entry->text : "";
  return text + strspn(text, " \t");
}

// Does the line say NAME and then one of these?
static bool line_has(const RaceSide *s, const char *after) {
  size_t len = s->entry ? strlen(s->entry->name) : 0;
  for (const char *at = s->entry ? s->entry->text : ""; len && (at = strstr(at, s->entry->name)); at += len)
    if (!strncmp(at + len, after, strlen(after))) return true;
  return false;
}

static bool counts(const RaceSide *s) {
  return line_has(s, "++") || line_has(s, "--") || line_has(s, " += ") || line_has(s, " -= ") || line_has(s, " |= ");
}

// Is it declared by the for statement of its line?
static bool is_loop_variable(const RaceSide *s) {
  if (!s->entry || s->entry->kind != ACCESS_VARIABLE || strncmp(line_text(s), "for ", 4)) return false;
  const char *at = line_text(s) + 4, *end = strstr(at, ":=");
  size_t len = strlen(s->entry->name);
  for (; end && at < end; at += strcspn(at, ", "), at += strspn(at, ", "))
    if (!strncmp(at, s->entry->name, len) && strchr(", :", at[len])) return true;
  return false;
}

void explain_hint(StrBuf *out, const RaceSide *now, const RaceSide *before) {
  const RaceAccess *a = now->access, *b = before->access;
  const Program *p = now->function ? now->function->program : NULL;
  const char *name = now->entry ? now->entry->name : before->entry ? before->entry->name : "it";
  bool variable = now->entry && (now->entry->kind == ACCESS_VARIABLE || now->entry->kind == ACCESS_GLOBAL || now->entry->kind == ACCESS_FIELD);
  if (p && (calls(now, p, "sync.(*WaitGroup).Add") || calls(before, p, "sync.(*WaitGroup).Add"))) {
    strbuf_puts(out, "call Add before the go statement, not in the goroutine: Wait may come first");
  } else if (is_map(now) || is_map(before)) {
    strbuf_puts(out, "a map must not be used while another goroutine writes it: guard it with a sync.Mutex, or use a sync.Map");
  } else if (a->atomic != b->atomic) {
    strbuf_puts(out, "sync/atomic only helps if every access goes through it: use it on both sides");
  } else if (share_lock(a, b)) {
    strbuf_puts(out, "RLock is for readers: whoever writes needs Lock");
  } else if (holds_any(a) != holds_any(b)) {
    const RaceSide *without = holds_any(a) ? before : now;
    strbuf_printf(out, "take the same lock on line %u too", without->line);
  } else if (holds_any(a)) {
    strbuf_puts(out, "two different locks order nothing: use the same one on both sides");
  } else if (is_name(now, "err") || is_name(before, "err")) {
    strbuf_puts(out, "the goroutines share one err: let each declare its own with :=");
  } else if (is_loop_variable(now) || is_loop_variable(before)) {
    strbuf_printf(out, "all iterations share one loop variable: pass %s to the goroutine as an argument", name);
  } else if (line_has(now, " = append(") || line_has(before, " = append(")) {
    strbuf_printf(out, "append changes %s itself, its pointer and length: guard it with a sync.Mutex, or collect the results from a channel", name);
  } else if (variable && (counts(now) || counts(before))) {
    strbuf_printf(out, "%s is read, changed and written back, so updates get lost: use sync/atomic, a sync.Mutex, or one goroutine that counts", name);
  } else if (a->goroutine == 1 || b->goroutine == 1) {
    strbuf_puts(out, "let main wait for the goroutine first: with a sync.WaitGroup, or by a receive from a channel");
  } else {
    strbuf_printf(out, "guard %s with one sync.Mutex on both sides, or let one goroutine own it and send over a channel", variable ? name : "it");
  }
}
