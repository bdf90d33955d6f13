// A race as one line of JSON, for tools (-race=json).
#include "watch/explain.h"
#include "watch/report.h"

static void put_string(StrBuf *out, const char *s) {
  strbuf_putc(out, '"');
  for (; *s; s++) {
    unsigned char c = (unsigned char)*s;
    if (c == '"' || c == '\\') strbuf_printf(out, "\\%c", c);
    else if (c < 0x20) strbuf_printf(out, "\\u%04x", c);
    else strbuf_putc(out, (char)c);
  }
  strbuf_putc(out, '"');
}

static void put_key(StrBuf *out, const char *key) { strbuf_printf(out, ",\"%s\":", key); }

// A member whose text was written by somebody else; left out if there is none.
static void put_member(StrBuf *out, const char *key, StrBuf *text) {
  put_key(out, key);
  put_string(out, strbuf_string(text));
  strbuf_free(text);
  *text = (StrBuf){0};
}

static void put_stack(StrBuf *out, const Program *p, RaceStack stack) {
  strbuf_putc(out, '[');
  bool first = true;
  for (uint32_t i = 0; i < stack.depth; i++) {
    const Function *f = program_function_at(p, stack.at[i]);
    if (!f || f->wrapper || f == p->entry) continue;
    LineEntry line = program_line_at(f, stack.at[i]);
    strbuf_puts(out, first ? "{\"function\":" : ",{\"function\":");
    put_string(out, f->name);
    put_key(out, "file");
    put_string(out, program_file(f, line.file));
    strbuf_printf(out, ",\"line\":%u}", line.line);
    first = false;
  }
  strbuf_putc(out, ']');
}

static void put_side(StrBuf *out, const Program *p, const RaceSide *s) {
  const RaceAccess *a = s->access;
  StrBuf text = {0};
  strbuf_printf(out, "{\"access\":\"%s\",\"atomic\":%s,\"address\":\"0x%lx\",\"size\":%zu", a->write ? "write" : "read", a->atomic ? "true" : "false",
                (unsigned long)(uintptr_t)a->address, a->size);
  if (a->goroutine) strbuf_printf(out, ",\"goroutine\":%lu", (unsigned long)a->goroutine);
  strbuf_printf(out, ",\"finished\":%s", a->finished ? "true" : "false");
  if (explain_name(&text, s)) put_member(out, "name", &text);
  put_key(out, "file");
  put_string(out, s->file);
  strbuf_printf(out, ",\"line\":%u", s->line);
  if (s->entry) {
    strbuf_printf(out, ",\"column\":%u", s->entry->column);
    put_key(out, "text");
    put_string(out, s->entry->text);
  }
  put_key(out, "stack");
  put_stack(out, p, a->stack);
  put_key(out, "created");
  put_stack(out, p, a->created);
  if (a->locks_unknown) strbuf_puts(out, ",\"locks\":null");
  else {
    strbuf_puts(out, ",\"locks\":[");
    for (uint32_t i = 0; i < a->lock_count; i++) {
      if (i) strbuf_putc(out, ',');
      explain_lock(&text, p, &a->locks[i]);
      put_string(out, strbuf_string(&text));
      strbuf_clear(&text);
    }
    strbuf_putc(out, ']');
    strbuf_free(&text);
  }
  strbuf_putc(out, '}');
}

void report_print_json(StrBuf *out, const Program *p, const Race *race) {
  RaceSide now = race_side(p, &race->now), before = race_side(p, &race->before);
  StrBuf text = {0};
  strbuf_puts(out, "{\"kind\":\"data race\",\"now\":");
  put_side(out, p, &now);
  put_key(out, "before");
  put_side(out, p, &before);
  explain_order(&text, p, &now, &before);
  put_member(out, "order", &text);
  explain_hint(&text, &now, &before);
  put_member(out, "hint", &text);
  strbuf_puts(out, "}\n");
}
