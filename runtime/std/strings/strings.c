// Natives of package strings. Results share the bytes of the strings they are part of; an empty result points nowhere,
// so that it keeps nothing alive.
#include "base/text.h"
#include "std/buffer.h"
#include "std/frame.h"
#include "std/unicode/case.h"
#include "vm/native.h"

#include <emmintrin.h>

static String part(String s, uint64_t from, uint64_t to) {
  return from < to ? (String){s.ptr + from, to - from} : (String){0};
}

static int64_t find_byte(String s, char c) {
  const char *at = s.len ? memchr(s.ptr, c, s.len) : NULL;
  return at ? at - s.ptr : -1;
}

// Sixteen places at a time are candidates by their first and last byte. Where too many of them are not what is looked for, and near the
// end, memmem goes on, which takes linear time.
static int64_t find(String s, String what) {
  if (what.len < 2) return what.len ? find_byte(s, what.ptr[0]) : 0;
  const __m128i first = _mm_set1_epi8(what.ptr[0]), last = _mm_set1_epi8(what.ptr[what.len - 1]);
  uint64_t i = 0, wrong = 0;
  for (; i + what.len + 15 <= s.len && wrong <= 16 + i / 8; i += 16) {
    const char *at = s.ptr + i;
    __m128i begins = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)at), first);
    __m128i ends = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(at + what.len - 1)), last);
    for (uint32_t found = (uint32_t)_mm_movemask_epi8(_mm_and_si128(begins, ends)); found; found &= found - 1, wrong++) {
      const char *candidate = at + __builtin_ctz(found);
      if (!memcmp(candidate + 1, what.ptr + 1, what.len - 2)) return candidate - s.ptr;
    }
  }
  const char *at = i < s.len ? memmem(s.ptr + i, s.len - i, what.ptr, what.len) : NULL;
  return at ? at - s.ptr : -1;
}

static int64_t find_rune(String s, int64_t rune) {
  if (rune >= 0 && rune < 0x80) return find_byte(s, (char)rune);
  if (rune == RUNE_ERROR) {
    int32_t r;
    for (uint64_t i = 0, width; i < s.len; i += width) {
      width = string_decode(s, i, &r);
      if (r == RUNE_ERROR) return (int64_t)i;
    }
    return -1;
  }
  if (rune < 0 || rune > RUNE_MAX || !utf8_is_rune((int32_t)rune)) return -1;
  char bytes[4];
  uint32_t len = utf8_encode(bytes, (int32_t)rune);
  return find(s, (String){bytes, len});
}

// Which of the 16 bytes at `at`, or of those that are left, are c.
static uint32_t match_byte(String s, uint64_t at, char c) {
  char last[16] = {0};
  const char *from = s.ptr + at;
  uint64_t left = s.len - at;
  if (left < 16) from = memcpy(last, from, left);
  uint32_t found = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)from), _mm_set1_epi8(c)));
  return left < 16 ? found & ((1u << left) - 1) : found;
}

static int64_t count_byte(String s, char c) {
  int64_t n = 0;
  for (uint64_t at = 0; at < s.len; at += 16) n += __builtin_popcount(match_byte(s, at, c));
  return n;
}

static int64_t count(String s, String what) {
  if (what.len == 0) return (int64_t)utf8_count(s.ptr, s.len) + 1;
  if (what.len == 1) return count_byte(s, what.ptr[0]);
  int64_t n = 0, at;
  while ((at = find(s, what)) >= 0) {
    n++;
    s = part(s, (uint64_t)at + what.len, s.len);
  }
  return n;
}

static NativeResult index_string(Worker *w, uint64_t *fp) {
  FRAME(int64_t result; StringArg s, what);
  f->result = find(f->s, f->what);
  return NATIVE_DONE;
}

static NativeResult last_index(Worker *w, uint64_t *fp) {
  FRAME(int64_t result; StringArg s, what);
  String s = f->s, what = f->what;
  f->result = -1;
  for (int64_t i = (int64_t)s.len - (int64_t)what.len; i >= 0; i--)
    if (!what.len || !memcmp(s.ptr + i, what.ptr, what.len)) {
      f->result = i;
      break;
    }
  return NATIVE_DONE;
}

static NativeResult index_byte(Worker *w, uint64_t *fp) {
  FRAME(int64_t result; StringArg s; uint64_t c);
  f->result = find_byte(f->s, (char)f->c);
  return NATIVE_DONE;
}

static NativeResult last_index_byte(Worker *w, uint64_t *fp) {
  FRAME(int64_t result; StringArg s; uint64_t c);
  const char *at = f->s.len ? memrchr(f->s.ptr, (char)f->c, f->s.len) : NULL;
  f->result = at ? at - f->s.ptr : -1;
  return NATIVE_DONE;
}

static NativeResult index_rune(Worker *w, uint64_t *fp) {
  FRAME(int64_t result; StringArg s; int64_t rune);
  f->result = find_rune(f->s, f->rune);
  return NATIVE_DONE;
}

static NativeResult index_any(Worker *w, uint64_t *fp) {
  FRAME(int64_t result; StringArg s, chars);
  int32_t rune;
  f->result = -1;
  for (uint64_t i = 0, width; i < f->s.len; i += width) {
    width = string_decode(f->s, i, &rune);
    if (find_rune(f->chars, rune) >= 0) {
      f->result = (int64_t)i;
      break;
    }
  }
  return NATIVE_DONE;
}

static NativeResult last_index_any(Worker *w, uint64_t *fp) {
  FRAME(int64_t result; StringArg s, chars);
  f->result = -1;
  for (uint64_t i = f->s.len; i > 0;) {
    uint32_t width;
    int32_t rune = utf8_decode_last(f->s.ptr, i, &width);
    i -= width;
    if (find_rune(f->chars, rune) >= 0) {
      f->result = (int64_t)i;
      break;
    }
  }
  return NATIVE_DONE;
}

static NativeResult count_native(Worker *w, uint64_t *fp) {
  FRAME(int64_t result; StringArg s, what);
  f->result = count(f->s, f->what);
  return NATIVE_DONE;
}

static String *new_strings(HeapCache *heap, uint64_t n) { return heap_alloc(heap, n * sizeof(String), false); }

// The n - 1 parts, of n, that a byte ends, with it if it is to be kept; *rest: the last one.
static int64_t split_at_byte(String s, char c, bool keep, String *parts, int64_t n, String *rest) {
  int64_t i = 0;
  uint64_t start = 0;
  for (uint64_t at = 0; at < s.len && i < n - 1; at += 16)
    for (uint32_t found = match_byte(s, at, c); found && i < n - 1; found &= found - 1) {
      uint64_t end = at + (uint32_t)__builtin_ctz(found);
      parts[i++] = part(s, start, end + keep);
      start = end + 1;
    }
  *rest = part(s, start, s.len);
  return i;
}

static NativeResult split(Worker *w, uint64_t *fp) {
  FRAME(SliceArg result; StringArg s, separator; int64_t keep, n);
  String s = f->s, separator = f->separator;
  int64_t n = f->n;
  if (n == 0) {
    f->result = (Slice){0};
    return NATIVE_DONE;
  }
  int64_t most = count(s, separator) + (separator.len ? 1 : -1); // without a separator: the runes
  if (n < 0 || n > most) n = most;
  String *parts = new_strings(native_heap(w), (uint64_t)n);
  int64_t i = separator.len == 1 ? split_at_byte(s, separator.ptr[0], f->keep, parts, n, &s) : 0;
  while (separator.len != 1 && i < n - 1) {
    uint64_t used, end;
    if (separator.len) {
      int64_t at = find(s, separator);
      if (at < 0) break;
      end = (uint64_t)(at + f->keep);
      used = (uint64_t)at + separator.len;
    } else {
      int32_t rune;
      end = used = string_decode(s, 0, &rune);
    }
    parts[i++] = part(s, 0, end);
    s = part(s, used, s.len);
  }
  if (n > 0) parts[i++] = s;
  f->result = (Slice){parts, (uint32_t)i, (uint32_t)n};
  return NATIVE_DONE;
}

// Calls nothing, only counts, when parts is NULL.
static uint64_t split_fields(String s, String *parts) {
  uint64_t n = 0, start = 0;
  bool inside = false;
  int32_t rune;
  for (uint64_t i = 0, width; i < s.len; i += width) {
    width = string_decode(s, i, &rune);
    bool space = case_is_space(rune);
    if (!space && !inside) start = i;
    if (space && inside) {
      if (parts) parts[n] = part(s, start, i);
      n++;
    }
    inside = !space;
  }
  if (inside) {
    if (parts) parts[n] = part(s, start, s.len);
    n++;
  }
  return n;
}

static NativeResult fields(Worker *w, uint64_t *fp) {
  FRAME(SliceArg result; StringArg s);
  uint64_t n = split_fields(f->s, NULL);
  String *parts = new_strings(native_heap(w), n);
  split_fields(f->s, parts);
  f->result = (Slice){parts, (uint32_t)n, (uint32_t)n};
  return NATIVE_DONE;
}

static NativeResult join(Worker *w, uint64_t *fp) {
  FRAME(StringArg result; SliceArg parts; StringArg separator);
  const String *from = f->parts.ptr;
  uint32_t n = f->parts.len;
  native_reads(w, from, n * sizeof *from);
  f->result = (String){0};
  if (n == 0) return NATIVE_DONE;
  if (n == 1) {
    f->result = string_load(from);
    return NATIVE_DONE;
  }
  Buffer out;
  buffer_init(&out, native_heap(w));
  uint64_t len = f->separator.len * (n - 1);
  for (uint32_t i = 0; i < n; i++) len += from[i].len;
  buffer_reserve(&out, len);
  for (uint32_t i = 0; i < n; i++) {
    String s = string_load(from + i);
    if (i) buffer_add(&out, f->separator.ptr, f->separator.len);
    buffer_add(&out, s.ptr, s.len);
  }
  f->result = buffer_string(&out);
  return NATIVE_DONE;
}

static NativeResult repeat(Worker *w, uint64_t *fp) {
  FRAME(StringArg result, s; int64_t n);
  String s = f->s;
  uint64_t len = s.len * (uint64_t)f->n;
  f->result = (String){0};
  if (len == 0) return NATIVE_DONE;
  char *to = string_alloc(native_heap(w), len);
  if (s.len == 1) memset(to, s.ptr[0], len);
  else
    for (uint64_t done = 0; done < len; done += s.len) memcpy(to + done, s.ptr, s.len);
  f->result = (String){to, len};
  return NATIVE_DONE;
}

static String map_case(HeapCache *heap, String s, int32_t (*map)(int32_t)) {
  uint64_t i = 0;
  int32_t rune;
  for (uint64_t width; i < s.len; i += width) { // most strings are as wanted already
    width = string_decode(s, i, &rune);
    if (map(rune) != rune || (rune == RUNE_ERROR && width == 1)) break;
  }
  if (i == s.len) return s;
  Buffer out;
  buffer_init(&out, heap);
  buffer_reserve(&out, s.len);
  buffer_add(&out, s.ptr, i);
  while (i < s.len) {
    i += string_decode(s, i, &rune);
    buffer_add_rune(&out, map(rune));
  }
  return buffer_string(&out);
}

static NativeResult to_upper(Worker *w, uint64_t *fp) {
  FRAME(StringArg result, s);
  f->result = map_case(native_heap(w), f->s, case_upper);
  return NATIVE_DONE;
}

static NativeResult to_lower(Worker *w, uint64_t *fp) {
  FRAME(StringArg result, s);
  f->result = map_case(native_heap(w), f->s, case_lower);
  return NATIVE_DONE;
}

static NativeResult to_title(Worker *w, uint64_t *fp) {
  FRAME(StringArg result, s);
  f->result = map_case(native_heap(w), f->s, case_title);
  return NATIVE_DONE;
}

// Each run of invalid bytes becomes one replacement.
static NativeResult to_valid(Worker *w, uint64_t *fp) {
  FRAME(StringArg result, s, replacement);
  String s = f->s;
  f->result = s;
  if (utf8_valid(s.ptr, s.len)) return NATIVE_DONE;
  Buffer out;
  buffer_init(&out, native_heap(w));
  bool invalid = false;
  int32_t rune;
  for (uint64_t i = 0, width; i < s.len; i += width) {
    width = string_decode(s, i, &rune);
    bool bad = width == 1 && rune == RUNE_ERROR;
    if (!bad) buffer_add(&out, s.ptr + i, width);
    else if (!invalid) buffer_add(&out, f->replacement.ptr, f->replacement.len);
    invalid = bad;
  }
  f->result = buffer_string(&out);
  return NATIVE_DONE;
}

static NativeResult trim_space(Worker *w, uint64_t *fp) {
  FRAME(StringArg result, s);
  String s = f->s;
  uint64_t from = 0, to = s.len;
  int32_t rune;
  for (uint32_t width; from < to; from += width) {
    width = string_decode(s, from, &rune);
    if (!case_is_space(rune)) break;
  }
  for (uint32_t width; from < to; to -= width)
    if (!case_is_space(utf8_decode_last(s.ptr + from, to - from, &width))) break;
  f->result = part(s, from, to);
  return NATIVE_DONE;
}

static NativeResult trim(Worker *w, uint64_t *fp) {
  FRAME(StringArg result, s, cutset; uint64_t left, right);
  String s = f->s;
  uint64_t from = 0, to = s.len;
  int32_t rune;
  if (f->left)
    for (uint32_t width; from < to; from += width) {
      width = string_decode(s, from, &rune);
      if (find_rune(f->cutset, rune) < 0) break;
    }
  if (f->right)
    for (uint32_t width; from < to; to -= width)
      if (find_rune(f->cutset, utf8_decode_last(s.ptr + from, to - from, &width)) < 0) break;
  f->result = part(s, from, to);
  return NATIVE_DONE;
}

static NativeResult equal_fold(Worker *w, uint64_t *fp) {
  FRAME(uint64_t result; StringArg s, t);
  uint64_t i = 0, j = 0;
  int32_t a, b;
  f->result = false;
  while (i < f->s.len && j < f->t.len) {
    i += string_decode(f->s, i, &a);
    j += string_decode(f->t, j, &b);
    if (!case_fold_equal(a, b)) return NATIVE_DONE;
  }
  f->result = i == f->s.len && j == f->t.len;
  return NATIVE_DONE;
}

static NativeResult replace(Worker *w, uint64_t *fp) {
  FRAME(StringArg result, s, old, new; int64_t n);
  String s = f->s, old = f->old;
  f->result = s;
  if (f->n == 0 || string_equal(old, f->new)) return NATIVE_DONE;
  int64_t n = count(s, old);
  if (n == 0) return NATIVE_DONE;
  if (f->n > 0 && f->n < n) n = f->n;
  Buffer out;
  buffer_init(&out, native_heap(w));
  buffer_reserve(&out, s.len + (uint64_t)n * f->new.len);
  for (int64_t i = 0; i < n; i++) {
    uint64_t at;
    int32_t rune;
    if (old.len) at = (uint64_t)find(s, old);
    else at = i > 0 ? string_decode(s, 0, &rune) : 0; // before each rune, and at the end
    buffer_add(&out, s.ptr, at);
    buffer_add(&out, f->new.ptr, f->new.len);
    s = part(s, at + old.len, s.len);
  }
  buffer_add(&out, s.ptr, s.len);
  f->result = buffer_string(&out);
  return NATIVE_DONE;
}

// At each place the first pair that fits wins; an empty `old` fits everywhere, but not twice at one place.
static NativeResult replace_all(Worker *w, uint64_t *fp) {
  FRAME(StringArg result, s; SliceArg pairs);
  String s = f->s;
  const String *pairs = f->pairs.ptr;
  bool starts[256] = {0}, has_empty = false, was_empty = false;
  for (uint32_t i = 0; i < f->pairs.len; i += 2) {
    if (pairs[i].len) starts[(uint8_t)pairs[i].ptr[0]] = true;
    else has_empty = true;
  }
  Buffer out;
  buffer_init(&out, native_heap(w));
  uint64_t copied = 0;
  for (uint64_t i = 0; i <= s.len;) {
    const String *found = NULL;
    if (has_empty || (i < s.len && starts[(uint8_t)s.ptr[i]]))
      for (uint32_t k = 0; k < f->pairs.len && !found; k += 2) {
        const String *old = pairs + k;
        if (old->len ? s.len - i >= old->len && !memcmp(s.ptr + i, old->ptr, old->len) : !was_empty) found = old;
      }
    was_empty = found && !found->len;
    if (!found) {
      i++;
      continue;
    }
    buffer_add(&out, s.ptr + copied, i - copied);
    buffer_add(&out, found[1].ptr, found[1].len);
    i += found->len;
    copied = i;
  }
  if (out.len == 0 && copied == 0) {
    f->result = s;
    return NATIVE_DONE;
  }
  buffer_add(&out, s.ptr + copied, s.len - copied);
  f->result = buffer_string(&out);
  return NATIVE_DONE;
}

static NativeResult compare(Worker *w, uint64_t *fp) {
  FRAME(int64_t result; StringArg a, b);
  int order = string_compare(f->a, f->b);
  f->result = (order > 0) - (order < 0);
  return NATIVE_DONE;
}

static NativeResult clone_string(Worker *w, uint64_t *fp) {
  FRAME(StringArg result, s);
  f->result = string_new(native_heap(w), f->s.ptr, f->s.len);
  return NATIVE_DONE;
}

static NativeResult as_string(Worker *w, uint64_t *fp) {
  FRAME(StringArg result; SliceArg bytes);
  f->result = (String){f->bytes.len ? f->bytes.ptr : NULL, f->bytes.len};
  return NATIVE_DONE;
}

const NativeRow natives_strings[] = {
  {"Index", index_string},
  {"LastIndex", last_index},
  {"IndexByte", index_byte},
  {"LastIndexByte", last_index_byte},
  {"IndexRune", index_rune},
  {"IndexAny", index_any},
  {"LastIndexAny", last_index_any},
  {"Count", count_native},
  {"split", split},
  {"Fields", fields},
  {"Join", join},
  {"repeat", repeat},
  {"ToUpper", to_upper},
  {"ToLower", to_lower},
  {"ToTitle", to_title},
  {"ToValidUTF8", to_valid},
  {"TrimSpace", trim_space},
  {"trim", trim},
  {"EqualFold", equal_fold},
  {"Replace", replace},
  {"replaceAll", replace_all},
  {"Compare", compare},
  {"Clone", clone_string},
  {"asString", as_string},
  {0},
};
