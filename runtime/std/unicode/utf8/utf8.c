// Natives of package unicode/utf8. A []byte and a string begin alike in a frame: address, then length (of which a slice
// uses 32 bits).
#include "base/text.h"
#include "std/frame.h"
#include "vm/native.h"

static NativeResult put_first(int64_t *rune, int64_t *size, const char *bytes, uint64_t len) {
  uint32_t width;
  *rune = utf8_decode(bytes, len, &width);
  *size = width;
  return NATIVE_DONE;
}

static NativeResult put_last(int64_t *rune, int64_t *size, const char *bytes, uint64_t len) {
  uint32_t width;
  *rune = utf8_decode_last(bytes, len, &width);
  *size = width;
  return NATIVE_DONE;
}

static NativeResult decode(Worker *w, uint64_t *fp) {
  FRAME(int64_t rune, size; SliceArg p);
  put_first(&f->rune, &f->size, f->p.ptr, f->p.len);
  native_reads(w, f->p.ptr, (size_t)f->size);
  return NATIVE_DONE;
}

static NativeResult decode_string(Worker *w, uint64_t *fp) {
  FRAME(int64_t rune, size; StringArg s);
  return put_first(&f->rune, &f->size, f->s.ptr, f->s.len);
}

static NativeResult decode_last(Worker *w, uint64_t *fp) {
  FRAME(int64_t rune, size; SliceArg p);
  put_last(&f->rune, &f->size, f->p.ptr, f->p.len);
  native_reads(w, (const char *)f->p.ptr + f->p.len - f->size, (size_t)f->size);
  return NATIVE_DONE;
}

static NativeResult decode_last_string(Worker *w, uint64_t *fp) {
  FRAME(int64_t rune, size; StringArg s);
  return put_last(&f->rune, &f->size, f->s.ptr, f->s.len);
}

static NativeResult rune_count(Worker *w, uint64_t *fp) {
  FRAME(uint64_t result; SliceArg p);
  native_reads(w, f->p.ptr, f->p.len);
  f->result = utf8_count(f->p.ptr, f->p.len);
  return NATIVE_DONE;
}

static NativeResult rune_count_string(Worker *w, uint64_t *fp) {
  FRAME(uint64_t result; StringArg s);
  f->result = utf8_count(f->s.ptr, f->s.len);
  return NATIVE_DONE;
}

static NativeResult valid(Worker *w, uint64_t *fp) {
  FRAME(uint64_t result; SliceArg p);
  native_reads(w, f->p.ptr, f->p.len);
  f->result = utf8_valid(f->p.ptr, f->p.len);
  return NATIVE_DONE;
}

static NativeResult valid_string(Worker *w, uint64_t *fp) {
  FRAME(uint64_t result; StringArg s);
  f->result = utf8_valid(f->s.ptr, f->s.len);
  return NATIVE_DONE;
}

// Do the bytes begin with a whole rune (or with what will never be one)?
static bool full(const char *bytes, uint64_t len) {
  if (len == 0) return false;
  uint32_t width;
  if (utf8_decode(bytes, len, &width) != RUNE_ERROR || width > 1) return true;
  if (len >= UTF8_MAX) return true;
  // Invalid as it stands: can any continuation make it valid?
  char more[UTF8_MAX];
  memcpy(more, bytes, len);
  for (uint64_t n = len + 1; n <= UTF8_MAX; n++) {
    static const char fill[] = {(char)0x80, (char)0x90, (char)0xa0, (char)0xbf};
    for (size_t i = 0; i < sizeof fill; i++) {
      memset(more + len, fill[i], UTF8_MAX - len);
      utf8_decode(more, n, &width);
      if (width == n) return false;
    }
  }
  return true;
}

static NativeResult full_rune(Worker *w, uint64_t *fp) {
  FRAME(uint64_t result; SliceArg p);
  native_reads(w, f->p.ptr, f->p.len < UTF8_MAX ? f->p.len : UTF8_MAX);
  f->result = full(f->p.ptr, f->p.len);
  return NATIVE_DONE;
}

static NativeResult full_rune_string(Worker *w, uint64_t *fp) {
  FRAME(uint64_t result; StringArg s);
  f->result = full(f->s.ptr, f->s.len);
  return NATIVE_DONE;
}

const NativeRow natives_unicode_utf8[] = {
  {"DecodeRune", decode},
  {"DecodeRuneInString", decode_string},
  {"DecodeLastRune", decode_last},
  {"DecodeLastRuneInString", decode_last_string},
  {"RuneCount", rune_count},
  {"RuneCountInString", rune_count_string},
  {"Valid", valid},
  {"ValidString", valid_string},
  {"FullRune", full_rune},
  {"FullRuneInString", full_rune_string},
  {0},
};
