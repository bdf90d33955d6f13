// Text: counted bytes, interned names, UTF-8 with Go's rules, a growable string.
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/arena.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Some bytes of someone else's memory; not NUL-terminated. print with "%.*s", TEXT_ARGS(text)
typedef struct Text {
  const char *ptr;
  uint32_t len;
} Text;

#define TEXT(literal)   ((Text){"" literal, (uint32_t)sizeof(literal) - 1})
#define TEXT_ARGS(text) (int)(text).len, (text).ptr

static inline Text text_of(const char *string) { return (Text){string, (uint32_t)strlen(string)}; }

static inline bool text_equal(Text a, Text b) {
  return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

int text_compare(Text a, Text b); // bytewise order: <0, 0, >0

// Names: one Name for each distinct text of one Names table, so names are compared by address.
typedef struct Name {
  uint32_t len, hash;
  char text[]; // NUL-terminated
} Name;

// Two threads may intern at the same time: a look-up takes no lock. What it needs is written before the slot or table that leads to
// it (release; look-ups acquire), and nothing is taken away: tables that became too small stay until the end.
typedef struct NameTable {
  struct NameTable *older;
  uint32_t mask;
  const Name *slots[]; // atomic. Open addressing, at most half full
} NameTable;

typedef struct Names {
  NameTable *table;     // atomic
  uint32_t len;         // guarded by lock, as the arena is
  Arena arena;
  bool shared;          // set before a second thread interns: a new name then takes the lock
  pthread_mutex_t lock; // rank: innermost
} Names;

void names_init(Names *names);
void names_deinit(Names *names);
const Name *name_intern(Names *names, const char *text, size_t len);
const Name *name_find(Names *names, const char *text, size_t len); // NULL: nobody has interned it
const Name *name_of(Names *names, const char *string);
static inline bool name_is(const Name *name, const char *string) { // name may be NULL
  return name && name->text[0] == string[0] && strcmp(name->text, string) == 0;
}
bool name_begins_wide_upper(const Name *name); // of a name that does not begin with an ASCII character
static inline bool name_is_exported(const Name *name) { // begins with an upper-case letter (Unicode class Lu)
  unsigned char first = (unsigned char)name->text[0];
  return first < 0x80 ? first >= 'A' && first <= 'Z' : name_begins_wide_upper(name);
}
static inline bool name_is_blank(const Name *name) { return name->len == 1 && name->text[0] == '_'; }

// UTF-8 as Go's package utf8 does it: anything invalid (also surrogates, overlong forms and a truncated end) is one
// byte wide and decodes as U+FFFD.
enum { RUNE_ERROR = 0xFFFD, RUNE_MAX = 0x10FFFF, UTF8_MAX = 4 };

// Decodes the first rune of len > 0 bytes; *width becomes 1..4. With len == 0: RUNE_ERROR and width 0.
int32_t utf8_decode(const char *bytes, size_t len, uint32_t *width);
int32_t utf8_decode_last(const char *bytes, size_t len, uint32_t *width);
// Writes 1..4 bytes and returns their number; an invalid rune is written as U+FFFD.
uint32_t utf8_encode(char *bytes, int32_t rune);
uint32_t utf8_width(int32_t rune); // bytes utf8_encode would write
bool utf8_valid(const char *bytes, size_t len);
size_t utf8_count(const char *bytes, size_t len); // runes
bool utf8_is_rune(int32_t rune);                  // can be encoded

// Unicode classes as Go's package unicode names them.
bool rune_is_letter(int32_t rune); // L*
bool rune_is_digit(int32_t rune);  // Nd
bool rune_is_upper(int32_t rune);  // Lu
bool rune_is_lower(int32_t rune);  // Ll
bool rune_is_print(int32_t rune);  // L*, M*, N*, P*, S* and the ASCII space (strconv.IsPrint, unicode.IsPrint)

// A growable string on malloc; zeroed at first. `data` is NUL-terminated once anything was added.
typedef struct StrBuf {
  char *data;
  uint32_t len, cap;
} StrBuf;

void strbuf_reserve(StrBuf *buf, size_t more);
void strbuf_write(StrBuf *buf, const void *bytes, size_t len);
void strbuf_puts(StrBuf *buf, const char *string);
void strbuf_putc(StrBuf *buf, char byte);
void strbuf_put_text(StrBuf *buf, Text text);
void strbuf_put_rune(StrBuf *buf, int32_t rune);
void strbuf_printf(StrBuf *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void strbuf_vprintf(StrBuf *buf, const char *fmt, va_list args) __attribute__((format(printf, 2, 0)));
// Appends the bytes as a double-quoted Go string literal, as strconv.Quote does.
void strbuf_put_quoted(StrBuf *buf, const char *bytes, size_t len);
Text strbuf_text(const StrBuf *buf);
const char *strbuf_string(StrBuf *buf); // never NULL
void strbuf_clear(StrBuf *buf);         // keeps the memory
void strbuf_free(StrBuf *buf);

#endif
