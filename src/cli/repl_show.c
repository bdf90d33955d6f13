// Each composite is first put on one line; if that is too long, it is opened: one element a line, each tried again the same way.
#include "cli/repl_show.h"

#include <math.h>
#include <stdlib.h>

#include "sched/chan.h"
#include "std/strconv/decimal.h"
#include "std/value/order.h"
#include "std/value/scalar.h"

enum { MOST_ELEMENTS = 100, MOST_BYTES = 2000, DEEPEST = 12, MOST_WAITERS = 100000 };

typedef struct {
  HeapCache *heap;
  uint32_t width;
} Show;

// What is known of the value from around it.
typedef struct {
  bool typed;      // its type can be seen: it need not be said
  uint32_t indent; // of the line it is on, in steps
  uint32_t depth;
} Place;

static void show(Show *s, StrBuf *out, const RType *t, const void *memory, Place at);

// --- types

static bool is_word(char c) { return c == '_' || c == '.' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 128; }

void show_type(StrBuf *out, const RType *t) {
  for (const char *at = t->string; *at; at++) {
    if (!strncmp(at, "main.", 5) && (at == t->string || !is_word(at[-1]))) at += 5;
    if (!strncmp(at, "interface {}", 12)) {
      strbuf_puts(out, "any");
      at += 11;
      continue;
    }
    strbuf_putc(out, *at);
  }
}

// --- scalars

static void put_float(Show *s, StrBuf *out, double d, int bits) {
  Buffer text;
  buffer_init(&text, s->heap);
  decimal_format(&text, d, 'g', -1, bits);
  strbuf_write(out, text.data, text.len);
  bool plain = isfinite(d);
  for (size_t i = 0; i < text.len; i++) plain &= !strchr(".einf", text.data[i]);
  if (plain) strbuf_puts(out, ".0");
}

static void put_complex(Show *s, StrBuf *out, double re, double im, int bits) {
  strbuf_putc(out, '(');
  put_float(s, out, re, bits);
  if (!signbit(im) || isnan(im)) strbuf_putc(out, '+');
  put_float(s, out, im, bits);
  strbuf_puts(out, "i)");
}

static float float_of(uint64_t word) {
  uint32_t bits = (uint32_t)word;
  float f;
  memcpy(&f, &bits, 4);
  return f;
}

static void put_number(Show *s, StrBuf *out, const RType *t, const void *memory) {
  uint64_t word = scalar_load(t, memory);
  switch ((RKind)t->kind) {
  case KIND_BOOL: strbuf_puts(out, word ? "true" : "false"); break;
  case KIND_FLOAT32: put_float(s, out, (double)float_of(word), 32); break;
  case KIND_FLOAT64: put_float(s, out, slot_float(word), 64); break;
  case KIND_COMPLEX64: put_complex(s, out, (double)float_of(word), (double)float_of(word >> 32), 32); break;
  case KIND_COMPLEX128: put_complex(s, out, ((const double *)memory)[0], ((const double *)memory)[1], 64); break;
  case KIND_UINT: case KIND_UINT8: case KIND_UINT16: case KIND_UINT32: case KIND_UINT64: case KIND_UINTPTR:
    strbuf_printf(out, "%llu", (unsigned long long)word);
    break;
  default: strbuf_printf(out, "%lld", (long long)word); break;
  }
}

// The types that a literal has by itself.
static bool is_default(const RType *t) {
  return !strcmp(t->string, "int") || !strcmp(t->string, "float64") || !strcmp(t->string, "bool") || !strcmp(t->string, "string") || !strcmp(t->string, "complex128");
}

static void show_number(Show *s, StrBuf *out, const RType *t, const void *memory, Place at) {
  if (at.typed || is_default(t)) {
    put_number(s, out, t, memory);
    return;
  }
  show_type(out, t);
  strbuf_putc(out, '(');
  put_number(s, out, t, memory);
  strbuf_putc(out, ')');
  int64_t rune = (int64_t)scalar_load(t, memory);
  if (strcmp(t->string, "int32") || rune < ' ' || !rune_is_print((int32_t)rune)) return;
  strbuf_puts(out, " ('");
  strbuf_put_rune(out, (int32_t)rune);
  strbuf_puts(out, "')");
}

static void show_string(StrBuf *out, const RType *t, const void *memory, Place at) {
  String text;
  pair_copy(&text, memory);
  bool named = !at.typed && !is_default(t);
  if (named) {
    show_type(out, t);
    strbuf_putc(out, '(');
  }
  strbuf_put_quoted(out, text.ptr, text.len < MOST_BYTES ? text.len : MOST_BYTES);
  if (named) strbuf_putc(out, ')');
  if (text.len > MOST_BYTES) strbuf_printf(out, " (the first %d of %llu bytes)", MOST_BYTES, (unsigned long long)text.len);
}

// --- composites: their parts are put by a function, on one line or one each

typedef struct {
  const RType *t;
  const void *memory;      // struct, array; first element of a slice
  const void **keys;       // map: alternately keys and values, in slot form
  uint64_t count, of;      // shown, and there
} Parts;

static void put_key(Show *s, StrBuf *out, const Parts *p, uint64_t i, Place at) {
  if (p->t->kind == KIND_STRUCT) strbuf_puts(out, p->t->fields[i].name);
  else show(s, out, p->t->key, p->keys[2 * i], at);
  strbuf_puts(out, ": ");
}

// A field's nil needs no type.
static bool is_nil(const RType *t, const void *memory) {
  bool may = t->kind == KIND_POINTER || t->kind == KIND_MAP || t->kind == KIND_CHAN || t->kind == KIND_FUNC || t->kind == KIND_SLICE;
  return may && !*(void *const *)memory;
}

static void put_part(Show *s, StrBuf *out, const Parts *p, uint64_t i, Place at) {
  switch ((RKind)p->t->kind) {
  case KIND_STRUCT:
    put_key(s, out, p, i, at);
    if (is_nil(p->t->fields[i].type, (const char *)p->memory + p->t->fields[i].offset)) {
      strbuf_puts(out, "nil");
      break;
    }
    at.typed = p->t->fields[i].type->kind != KIND_INTERFACE && !p->t->fields[i].type->elem && p->t->fields[i].type->kind != KIND_STRUCT;
    show(s, out, p->t->fields[i].type, (const char *)p->memory + p->t->fields[i].offset, at);
    break;
  case KIND_MAP:
    put_key(s, out, p, i, at);
    show(s, out, p->t->elem, p->keys[2 * i + 1], at);
    break;
  default: show(s, out, p->t->elem, (const char *)p->memory + i * p->t->elem->size, at); break;
  }
}

static void new_line(StrBuf *out, uint32_t indent) {
  strbuf_putc(out, '\n');
  for (uint32_t i = 0; i < indent; i++) strbuf_puts(out, "    ");
}

static uint32_t column(const StrBuf *out) {
  uint32_t at = out->len;
  while (at && out->data[at - 1] != '\n') at--;
  return (uint32_t)utf8_count(out->data + at, out->len - at);
}

static void put_rest(StrBuf *out, const Parts *p) {
  if (p->of > p->count) strbuf_printf(out, "... %llu more", (unsigned long long)(p->of - p->count));
}

static void put_braces(Show *s, StrBuf *out, const Parts *p, Place at) {
  at.typed = true;
  at.depth++;
  uint32_t start = out->len, left = column(out);
  strbuf_putc(out, '{');
  for (uint64_t i = 0; i < p->count; i++) {
    if (i) strbuf_puts(out, ", ");
    put_part(s, out, p, i, at);
  }
  if (p->count && p->of > p->count) strbuf_puts(out, ", ");
  put_rest(out, p);
  strbuf_putc(out, '}');
  bool fits = !memchr(out->data + start, '\n', out->len - start) && left + utf8_count(out->data + start, out->len - start) <= s->width;
  if (fits || !p->count) return;
  if (p->t->kind != KIND_STRUCT && p->t->kind != KIND_MAP && !p->t->elem->elem && p->t->elem->kind != KIND_STRUCT && p->t->elem->kind != KIND_STRING) return; // numbers flow
  out->len = start;
  strbuf_putc(out, '{');
  at.indent++;
  for (uint64_t i = 0; i < p->count; i++) {
    new_line(out, at.indent);
    put_part(s, out, p, i, at);
    strbuf_putc(out, ',');
  }
  if (p->of > p->count) new_line(out, at.indent);
  put_rest(out, p);
  new_line(out, at.indent - 1);
  strbuf_putc(out, '}');
}

static uint64_t shown(uint64_t n) { return n <= MOST_ELEMENTS ? n : MOST_ELEMENTS; }

static void put_type_unless(StrBuf *out, const RType *t, Place at) {
  if (!at.typed) show_type(out, t);
}

static void show_nil(StrBuf *out, const RType *t, Place at) {
  if (at.typed) {
    strbuf_puts(out, "nil");
    return;
  }
  bool bare = t->named || t->kind == KIND_SLICE || t->kind == KIND_MAP;
  if (!bare) strbuf_putc(out, '(');
  show_type(out, t);
  strbuf_puts(out, bare ? "(nil)" : ")(nil)");
}

static void show_slice(Show *s, StrBuf *out, const RType *t, const void *memory, Place at) {
  Slice slice;
  pair_copy(&slice, memory);
  if (!slice.ptr) {
    show_nil(out, t, at);
    return;
  }
  if (!strcmp(t->string, "[]uint8") && slice.len && slice.len <= MOST_BYTES && utf8_valid(slice.ptr, slice.len) && !memchr(slice.ptr, 0, slice.len)) {
    strbuf_puts(out, "[]byte(");
    strbuf_put_quoted(out, slice.ptr, slice.len);
    strbuf_putc(out, ')');
    return;
  }
  put_type_unless(out, t, at);
  put_braces(s, out, &(Parts){.t = t, .memory = slice.ptr, .count = shown(slice.len), .of = slice.len}, at);
}

static int by_key(const void *a, const void *b, void *type) { return value_order(type, *(const void *const *)a, *(const void *const *)b); }

static void show_map(Show *s, StrBuf *out, const RType *t, Map *m, Place at) {
  if (!m) {
    show_nil(out, t, at);
    return;
  }
  put_type_unless(out, t, at);
  uint64_t n = map_len(m), count = 0;
  const void **keys = heap_alloc(s->heap, 2 * n * sizeof *keys + 16, false);
  MapIter *it = map_iter_new(s->heap, m, t, 0);
  const uint64_t *key, *value;
  while (count < n && map_iter_next(it, &key, &value) == MAP_OK) {
    keys[2 * count] = key;
    keys[2 * count + 1] = value;
    count++;
  }
  qsort_r(keys, count, 2 * sizeof *keys, by_key, t->key);
  put_braces(s, out, &(Parts){.t = t, .keys = keys, .count = shown(count), .of = count}, at);
}

// --- what has an identity

static uint32_t waiters(WaitQueue *queue) {
  uint32_t n = 0;
  for (Waiter *w = atomic_load_explicit(&queue->first, memory_order_acquire); w && n < MOST_WAITERS; w = w->next) n++;
  return n;
}

static void put_waiting(StrBuf *out, uint32_t n, const char *who) {
  if (n) strbuf_printf(out, ", %u %s%s waiting", n, who, n == 1 ? "" : "s");
}

static void show_chan(StrBuf *out, const RType *t, Chan *c, Place at) {
  if (!c) {
    show_nil(out, t, at);
    return;
  }
  show_type(out, t);
  bool closed = atomic_load_explicit(&c->closed, memory_order_acquire);
  strbuf_printf(out, " (len %u, cap %u", atomic_load_explicit(&c->count, memory_order_acquire), c->timer ? 0 : c->capacity);
  put_waiting(out, waiters(&c->sendq), "sender");
  put_waiting(out, waiters(&c->recvq), "receiver");
  strbuf_puts(out, closed ? ", closed)" : ")");
}

static void show_func(StrBuf *out, const RType *t, const Closure *f, Place at) {
  if (!f) {
    show_nil(out, t, at);
    return;
  }
  show_type(out, t);
  const char *name = f->function->name;
  strbuf_printf(out, " (%s)", !strncmp(name, "main.", 5) ? name + 5 : name);
}

static void show_pointer(Show *s, StrBuf *out, const RType *t, const void *to, Place at) {
  if (!to) {
    show_nil(out, t, at);
    return;
  }
  RKind kind = (RKind)t->elem->kind;
  bool composite = kind == KIND_STRUCT || kind == KIND_ARRAY || kind == KIND_SLICE || kind == KIND_MAP;
  if (composite && at.depth < 3) {
    strbuf_putc(out, '&');
    show(s, out, t->elem, to, at);
    return;
  }
  if (!t->named) strbuf_putc(out, '(');
  show_type(out, t);
  strbuf_printf(out, t->named ? "(%p)" : ")(%p)", to);
}

static void show_iface(Show *s, StrBuf *out, const RType *t, const void *memory, Place at) {
  Iface i;
  pair_copy(&i, memory);
  at.typed = false;
  if (i.type) show(s, out, i.type, i.type->direct ? (const void *)&i.word : (const void *)(uintptr_t)i.word, at);
  else if (at.depth) strbuf_puts(out, "nil");
  else {
    strbuf_puts(out, "nil (");
    show_type(out, t);
    strbuf_putc(out, ')');
  }
}

static void show(Show *s, StrBuf *out, const RType *t, const void *memory, Place at) {
  if (at.depth > DEEPEST) {
    strbuf_puts(out, "...");
    return;
  }
  void *pointer = t->shape == SHAPE_WORD ? *(void *const *)memory : NULL;
  switch ((RKind)t->kind) {
  case KIND_STRING: show_string(out, t, memory, at); break;
  case KIND_ARRAY:
    put_type_unless(out, t, at);
    put_braces(s, out, &(Parts){.t = t, .memory = memory, .count = shown((uint64_t)t->len), .of = (uint64_t)t->len}, at);
    break;
  case KIND_STRUCT:
    put_type_unless(out, t, at);
    put_braces(s, out, &(Parts){.t = t, .memory = memory, .count = t->field_count, .of = t->field_count}, at);
    break;
  case KIND_SLICE: show_slice(s, out, t, memory, at); break;
  case KIND_MAP: show_map(s, out, t, pointer, at); break;
  case KIND_CHAN: show_chan(out, t, pointer, at); break;
  case KIND_FUNC: show_func(out, t, pointer, at); break;
  case KIND_POINTER: show_pointer(s, out, t, pointer, at); break;
  case KIND_INTERFACE: show_iface(s, out, t, memory, at); break;
  default: show_number(s, out, t, memory, at); break;
  }
}

void show_value(StrBuf *out, HeapCache *heap, const RType *t, const void *memory, uint32_t width) {
  Show s = {heap, width};
  show(&s, out, t, memory, (Place){0});
}
