// Names, Unicode classes and the string builder. UTF-8 itself is in utf8.c.
#include "base/text.h"

#include "base/assert.h"
#include "base/table.h"
#include "base/vec.h"

#include <stdio.h>
#include <stdlib.h>
#include <utf8proc.h>

int text_compare(Text a, Text b) {
  uint32_t common = a.len < b.len ? a.len : b.len;
  int order = common ? memcmp(a.ptr, b.ptr, common) : 0;
  return order ? order : (a.len > b.len) - (a.len < b.len);
}

// --- names

enum { FIRST_SLOTS = 512 };

static NameTable *table_new(uint32_t mask, NameTable *older) {
  NameTable *table = calloc(1, sizeof *table + ((size_t)mask + 1) * sizeof *table->slots);
  ASSERT(table, "out of memory");
  table->mask = mask;
  table->older = older;
  return table;
}

void names_init(Names *names) {
  *names = (Names){.table = table_new(FIRST_SLOTS - 1, NULL)};
  pthread_mutex_init(&names->lock, NULL);
}

void names_deinit(Names *names) {
  for (NameTable *table = names->table, *older; table; table = older) {
    older = table->older;
    free(table);
  }
  pthread_mutex_destroy(&names->lock);
  arena_deinit(&names->arena);
  *names = (Names){0};
}

// The name, or NULL; then *free is where it is to stand, unless the other thread puts another one there meanwhile.
static inline const Name *look_up(NameTable *table, const char *text, size_t len, uint32_t hash, const Name ***free) {
  for (uint32_t i = hash;; i++) {
    *free = &table->slots[i & table->mask];
    const Name *name = __atomic_load_n(*free, __ATOMIC_ACQUIRE);
    if (!name || (name->hash == hash && name->len == len && (len == 0 || memcmp(name->text, text, len) == 0))) return name;
  }
}

static void names_grow(Names *names) {
  NameTable *old = names->table, *table = table_new(old->mask * 2 + 1, old);
  for (uint32_t i = 0; i <= old->mask; i++) {
    const Name *name = old->slots[i];
    if (!name) continue;
    uint32_t j = name->hash;
    while (table->slots[j & table->mask]) j++;
    table->slots[j & table->mask] = name;
  }
  __atomic_store_n(&names->table, table, __ATOMIC_RELEASE);
}

static const Name *add_name(Names *names, const Name **slot, const char *text, size_t len, uint32_t hash) {
  Name *name = arena_alloc(&names->arena, sizeof(Name) + len + 1);
  name->len = (uint32_t)len;
  name->hash = hash;
  if (len) memcpy(name->text, text, len);
  __atomic_store_n(slot, name, __ATOMIC_RELEASE);
  if (++names->len > names->table->mask / 2) names_grow(names);
  return name;
}

const Name *name_intern(Names *names, const char *text, size_t len) {
  ASSERT(len < UINT32_MAX, "name too long");
  uint32_t hash = hash_bytes(text, len);
  const Name **slot, *name = look_up(__atomic_load_n(&names->table, __ATOMIC_ACQUIRE), text, len, hash, &slot);
  if (name) return name;
  if (!names->shared) return add_name(names, slot, text, len, hash);
  pthread_mutex_lock(&names->lock);
  name = look_up(names->table, text, len, hash, &slot); // the other thread may have been first
  if (!name) name = add_name(names, slot, text, len, hash);
  pthread_mutex_unlock(&names->lock);
  return name;
}

const Name *name_find(Names *names, const char *text, size_t len) {
  const Name **slot;
  return look_up(__atomic_load_n(&names->table, __ATOMIC_ACQUIRE), text, len, hash_bytes(text, len), &slot);
}

const Name *name_of(Names *names, const char *string) { return name_intern(names, string, strlen(string)); }

bool name_begins_wide_upper(const Name *name) {
  uint32_t width;
  return rune_is_upper(utf8_decode(name->text, name->len, &width));
}

// --- Unicode classes

bool rune_is_letter(int32_t rune) {
  utf8proc_category_t class = utf8proc_category(rune);
  return class >= UTF8PROC_CATEGORY_LU && class <= UTF8PROC_CATEGORY_LO;
}

bool rune_is_digit(int32_t rune) { return utf8proc_category(rune) == UTF8PROC_CATEGORY_ND; }

bool rune_is_upper(int32_t rune) { return utf8proc_category(rune) == UTF8PROC_CATEGORY_LU; }

bool rune_is_lower(int32_t rune) { return utf8proc_category(rune) == UTF8PROC_CATEGORY_LL; }

bool rune_is_print(int32_t rune) {
  if (rune >= 0 && rune < 0x80) return rune >= ' ' && rune != 0x7F; // without the tables, which no small program touches
  utf8proc_category_t class = utf8proc_category(rune);
  return class >= UTF8PROC_CATEGORY_LU && class <= UTF8PROC_CATEGORY_SO;
}

// --- string builder

void strbuf_reserve(StrBuf *buf, size_t more) {
  uint64_t want = (uint64_t)buf->len + more + 1; // and the final NUL
  if (want > buf->cap) buf->data = vec_grow(buf->data, &buf->cap, want < 64 ? 64 : want, 1);
}

void strbuf_write(StrBuf *buf, const void *bytes, size_t len) {
  strbuf_reserve(buf, len);
  if (len) memcpy(buf->data + buf->len, bytes, len);
  buf->len += (uint32_t)len;
  buf->data[buf->len] = 0;
}

void strbuf_puts(StrBuf *buf, const char *string) { strbuf_write(buf, string, strlen(string)); }

void strbuf_putc(StrBuf *buf, char byte) { strbuf_write(buf, &byte, 1); }

void strbuf_put_text(StrBuf *buf, Text text) { strbuf_write(buf, text.ptr, text.len); }

void strbuf_put_rune(StrBuf *buf, int32_t rune) {
  char bytes[UTF8_MAX];
  strbuf_write(buf, bytes, utf8_encode(bytes, rune));
}

void strbuf_vprintf(StrBuf *buf, const char *fmt, va_list args) {
  ASSERT(fmt, "no format");
  va_list again;
  va_copy(again, args);
  int len = vsnprintf(NULL, 0, fmt, args);
  ASSERT(len >= 0, "bad format string");
  strbuf_reserve(buf, (size_t)len);
  vsnprintf(buf->data + buf->len, (size_t)len + 1, fmt, again);
  va_end(again);
  buf->len += (uint32_t)len;
}

void strbuf_printf(StrBuf *buf, const char *fmt, ...) {
  va_list args;
  va_start(args, fmt);
  strbuf_vprintf(buf, fmt, args);
  va_end(args);
}

static void put_escaped(StrBuf *buf, int32_t rune) {
  static const char letters[] = "abtnvfr"; // \a is 7, \r is 13
  if (rune == '"' || rune == '\\') strbuf_printf(buf, "\\%c", (char)rune);
  else if (rune >= 7 && rune <= 13) strbuf_printf(buf, "\\%c", letters[rune - 7]);
  else if (rune_is_print(rune)) strbuf_put_rune(buf, rune);
  else if (rune < ' ' || rune == 0x7F) strbuf_printf(buf, "\\x%02x", (unsigned)rune);
  else if (rune < 0x10000) strbuf_printf(buf, "\\u%04x", (unsigned)rune);
  else strbuf_printf(buf, "\\U%08x", (unsigned)rune);
}

void strbuf_put_quoted(StrBuf *buf, const char *bytes, size_t len) {
  strbuf_putc(buf, '"');
  uint32_t width;
  for (size_t i = 0; i < len; i += width) {
    int32_t rune = utf8_decode(bytes + i, len - i, &width);
    if (rune == RUNE_ERROR && width == 1) strbuf_printf(buf, "\\x%02x", (unsigned char)bytes[i]);
    else put_escaped(buf, rune);
  }
  strbuf_putc(buf, '"');
}

Text strbuf_text(const StrBuf *buf) { return (Text){buf->data ? buf->data : "", buf->len}; }

const char *strbuf_string(StrBuf *buf) { return buf->data ? buf->data : ""; }

void strbuf_clear(StrBuf *buf) {
  buf->len = 0;
  if (buf->data) buf->data[0] = 0;
}

void strbuf_free(StrBuf *buf) {
  free(buf->data);
  *buf = (StrBuf){0};
}
