// Strings: immutable bytes with a length; UTF-8 by convention only.
#include "base/text.h"
#include "heap/heap.h"

char *string_alloc(HeapCache *c, uint64_t len) { return heap_alloc(c, len, true); }

String string_new(HeapCache *c, const void *bytes, uint64_t len) {
  if (len == 0) return (String){0};
  char *p = string_alloc(c, len);
  memcpy(p, bytes, len);
  return (String){p, len};
}

// A single non-empty part is the result itself, as in Go.
String string_concat(HeapCache *c, const String *parts, uint32_t n) {
  uint64_t len = 0;
  uint32_t filled = 0, last = 0;
  for (uint32_t i = 0; i < n; i++) {
    if (parts[i].len) filled++, last = i;
    len += parts[i].len;
  }
  if (filled == 0) return (String){0};
  if (filled == 1) return parts[last];
  char *p = string_alloc(c, len), *to = p;
  for (uint32_t i = 0; i < n; i++) {
    if (parts[i].len) memcpy(to, parts[i].ptr, parts[i].len);
    to += parts[i].len;
  }
  return (String){p, len};
}

int string_compare(String a, String b) {
  uint64_t n = a.len < b.len ? a.len : b.len;
  int order = n ? memcmp(a.ptr, b.ptr, n) : 0;
  return order ? order : (a.len > b.len) - (a.len < b.len);
}

// Spec "Conversions to and from a string type": values outside the range of valid code points give "\uFFFD".
String string_from_rune(HeapCache *c, int64_t rune) {
  char buffer[4];
  if (rune < 0 || rune > 0x10FFFF) rune = 0xFFFD;
  return string_new(c, buffer, utf8_encode(buffer, (int32_t)rune));
}

uint32_t string_decode(String s, uint64_t i, int32_t *rune) {
  unsigned char first = (unsigned char)s.ptr[i];
  if (first < 0x80) {
    *rune = first;
    return 1;
  }
  uint32_t width;
  *rune = utf8_decode(s.ptr + i, s.len - i, &width);
  return width;
}

Slice string_to_runes(HeapCache *c, String s) {
  uint64_t n = 0;
  int32_t rune;
  for (uint64_t i = 0; i < s.len; i += string_decode(s, i, &rune)) n++;
  int32_t *runes = heap_alloc(c, n * sizeof *runes, true);
  n = 0;
  for (uint64_t i = 0; i < s.len;) i += string_decode(s, i, &runes[n++]);
  return (Slice){runes, (uint32_t)n, (uint32_t)n};
}

String string_from_runes(HeapCache *c, Slice runes) {
  const int32_t *from = runes.ptr;
  char buffer[4];
  uint64_t len = 0;
  for (uint32_t i = 0; i < runes.len; i++) len += utf8_encode(buffer, from[i]);
  char *p = string_alloc(c, len), *to = p;
  for (uint32_t i = 0; i < runes.len; i++) {
    uint32_t n = (uint32_t)utf8_encode(buffer, from[i]);
    memcpy(to, buffer, n);
    to += n;
  }
  return (String){len ? p : NULL, len};
}
