// A growing run of bytes: where natives put text together. Starts in memory of its own (on the C stack) and moves to the
// collected heap when that is full.
#ifndef STD_BUFFER_H
#define STD_BUFFER_H

#include "heap/heap.h"

typedef struct {
  HeapCache *heap;
  char *data;
  size_t len, cap;
  char first[256];
} Buffer;

void buffer_init(Buffer *b, HeapCache *heap);
// Room for n more bytes; the address of the first.
char *buffer_reserve(Buffer *b, size_t n);
void buffer_add(Buffer *b, const void *bytes, size_t n);
void buffer_add_text(Buffer *b, const char *text);
static inline void buffer_add_byte(Buffer *b, char c) {
  if (b->len == b->cap) buffer_reserve(b, 1);
  b->data[b->len++] = c;
}
void buffer_fill(Buffer *b, char c, size_t n);
// UTF-8; what is no code point becomes U+FFFD.
void buffer_add_rune(Buffer *b, int64_t rune);
// The contents as a string: copied while they lie in `first`, else without a copy (the buffer must not be used again).
String buffer_string(Buffer *b);
// The contents as a []byte.
Slice buffer_bytes(Buffer *b);
// Copies a buffer, so that *to may outlive *from's own memory.
void buffer_move(Buffer *to, Buffer *from);

#endif
