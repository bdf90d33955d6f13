// See buffer.h. `data` points into the heap or to `first`; a Buffer is therefore moved with buffer_move only.
#include "std/buffer.h"

#include "base/text.h"

void buffer_init(Buffer *b, HeapCache *heap) {
  b->heap = heap;
  b->data = b->first;
  b->len = 0;
  b->cap = sizeof b->first;
}

char *buffer_reserve(Buffer *b, size_t n) {
  if (b->cap - b->len < n) {
    size_t cap = b->cap * 2;
    if (cap < b->len + n) cap = b->len + n;
    char *data = heap_alloc(b->heap, cap, true);
    memcpy(data, b->data, b->len);
    b->data = data;
    b->cap = cap;
  }
  return b->data + b->len;
}

void buffer_add(Buffer *b, const void *bytes, size_t n) {
  if (!n) return;
  memcpy(buffer_reserve(b, n), bytes, n);
  b->len += n;
}

void buffer_add_text(Buffer *b, const char *text) { buffer_add(b, text, strlen(text)); }

void buffer_fill(Buffer *b, char c, size_t n) {
  if (!n) return;
  memset(buffer_reserve(b, n), c, n);
  b->len += n;
}

void buffer_add_rune(Buffer *b, int64_t rune) {
  if (rune >= 0 && rune < 0x80) {
    buffer_add_byte(b, (char)rune);
    return;
  }
  if (rune < 0 || rune > RUNE_MAX) rune = RUNE_ERROR;
  b->len += utf8_encode(buffer_reserve(b, 4), (int32_t)rune);
}

String buffer_string(Buffer *b) {
  if (b->data == b->first) return string_new(b->heap, b->data, b->len);
  return (String){b->data, b->len};
}

Slice buffer_bytes(Buffer *b) {
  char *data = b->data;
  size_t cap = b->cap;
  if (data == b->first) {
    cap = b->len;
    data = heap_alloc(b->heap, cap, true);
    memcpy(data, b->first, b->len);
  }
  return (Slice){data, (uint32_t)b->len, (uint32_t)cap};
}

void buffer_move(Buffer *to, Buffer *from) {
  to->heap = from->heap;
  to->len = from->len;
  to->cap = from->cap;
  if (from->data == from->first) {
    to->data = to->first;
    memcpy(to->first, from->first, from->len);
  } else {
    to->data = from->data;
  }
}
