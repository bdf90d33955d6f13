// Natives of package encoding/json: everything that looks at each byte.
#include "std/buffer.h"
#include "std/encoding/json/scanner.h"
#include "std/frame.h"
#include "vm/native.h"

static String problem_of(HeapCache *heap, const JsonScanner *s) { return string_new(heap, s->problem, strlen(s->problem)); }

static uint8_t byte_at(Slice s, uint64_t i) { return ((const uint8_t *)s.ptr)[i]; }

// --- reading

enum { WHOLE, PART, LAST_PART };

// The end of the value that data begins with. WHOLE: nothing but space may follow. Else more may, and -1 without a problem says
// that the value is not complete. With a problem: offset bytes were read.
static NativeResult scan(Worker *w, uint64_t *fp) {
  FRAME(int64_t end; StringArg problem; int64_t offset; SliceArg data; int64_t mode);
  Slice data = f->data;
  int64_t mode = f->mode, end = -1, offset = data.len;
  JsonScanner s;
  json_scanner_init(&s);
  native_reads(w, data.ptr, data.len);
  uint32_t i = 0;
  for (; i < data.len; i++) {
    JsonOp op = json_step(&s, byte_at(data, i));
    if (op == JSON_ERROR || (mode == WHOLE && s.problem[0])) {
      offset = i + 1;
      break;
    }
    if (mode == WHOLE) continue;
    if (op == JSON_END) end = i;
    else if (s.ended) end = i + 1; // an array's or object's last byte
    if (end < 0) continue;
    s.problem[0] = 0; // what follows is not ours
    break;
  }
  if (mode == WHOLE && !s.problem[0] && json_finish(&s) == JSON_END) end = data.len;
  if (mode == LAST_PART && end < 0 && i == data.len && json_step(&s, ' ') == JSON_END) end = data.len;
  if (mode == LAST_PART && end < 0 && i == data.len) s.problem[0] = 0;
  f->end = end;
  f->problem = problem_of(native_heap(w), &s);
  f->offset = offset;
  return NATIVE_DONE;
}

static bool is_space(uint8_t c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// The first byte from i on that is no space.
static NativeResult next(Worker *w, uint64_t *fp) {
  FRAME(int64_t result; SliceArg data; int64_t i);
  uint64_t i = (uint64_t)f->i;
  while (i < f->data.len && is_space(byte_at(f->data, i))) i++;
  f->result = (int64_t)i;
  return NATIVE_DONE;
}

static uint64_t string_end(Slice data, uint64_t i) {
  for (i++; i < data.len && byte_at(data, i) != '"'; i++)
    if (byte_at(data, i) == '\\') i++;
  return i + 1;
}

// The end of the value that begins at i, in correct JSON.
static NativeResult skip(Worker *w, uint64_t *fp) {
  FRAME(int64_t result; SliceArg data; int64_t i);
  Slice data = f->data;
  uint64_t i = (uint64_t)f->i;
  int64_t depth = 0;
  do {
    switch (byte_at(data, i)) {
    case '"': i = string_end(data, i); break;
    case '[': case '{': depth++, i++; break;
    case ']': case '}': depth--, i++; break;
    case ' ': case '\t': case '\r': case '\n': case ',': case ':': i++; break;
    default:
      while (i < data.len && !memchr(" \t\r\n,:]}", byte_at(data, i), 8)) i++;
    }
  } while (depth > 0 && i < data.len);
  f->result = (int64_t)(i < data.len ? i : data.len);
  return NATIVE_DONE;
}

// --- strings

static int32_t hex4(const char *s) {
  int32_t r = 0;
  for (int i = 0; i < 4; i++) {
    char c = s[i];
    int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    if (digit < 0) return -1;
    r = r << 4 | digit;
  }
  return r;
}

// What \uXXXX at s[i] stands for, with the other half of a surrogate pair; i is moved on.
static int32_t unicode_escape(String s, uint64_t *i) {
  int32_t r = hex4(s.ptr + *i + 2);
  *i += 6;
  if (r < 0xd800 || r >= 0xe000) return r;
  if (r < 0xdc00 && *i + 6 <= s.len && s.ptr[*i] == '\\' && s.ptr[*i + 1] == 'u') {
    int32_t low = hex4(s.ptr + *i + 2);
    if (low >= 0xdc00 && low < 0xe000) {
      *i += 6;
      return 0x10000 + ((r - 0xd800) << 10 | (low - 0xdc00));
    }
  }
  return 0xfffd;
}

// What a quoted string stands for. False: it is none (an argument of a Go program's own making).
static bool unquote_into(Buffer *out, String s) {
  if (s.len < 2 || s.ptr[0] != '"' || s.ptr[s.len - 1] != '"') return false;
  s = (String){s.ptr + 1, s.len - 2};
  for (uint64_t i = 0; i < s.len;) {
    uint8_t c = (uint8_t)s.ptr[i];
    if (c == '\\') {
      if (i + 1 >= s.len) return false;
      char e = s.ptr[i + 1];
      if (e == 'u') {
        if (i + 6 > s.len || hex4(s.ptr + i + 2) < 0) return false;
        buffer_add_rune(out, unicode_escape(s, &i));
        continue;
      }
      const char *at = e ? strchr("\"\\/'b\bf\fn\nr\rt\t", e) : NULL;
      if (!at) return false;
      buffer_add_byte(out, strchr("bfnrt", e) ? at[1] : e);
      i += 2;
    } else if (c == '"' || c < ' ') {
      return false;
    } else if (c < 0x80) {
      buffer_add_byte(out, (char)c);
      i++;
    } else {
      int32_t r;
      i += string_decode(s, i, &r);
      buffer_add_rune(out, r);
    }
  }
  return true;
}

static NativeResult unquote(Worker *w, uint64_t *fp) {
  FRAME(StringArg result; uint64_t ok; SliceArg literal);
  String s = {f->literal.ptr, f->literal.len};
  native_reads(w, s.ptr, s.len);
  Buffer out;
  buffer_init(&out, native_heap(w));
  f->ok = unquote_into(&out, s);
  f->result = buffer_string(&out);
  return NATIVE_DONE;
}

static const char hex_digits[] = "0123456789abcdef";

static NativeResult quote(Worker *w, uint64_t *fp) {
  FRAME(StringArg result, s; uint64_t escape_html);
  String s = f->s;
  Buffer out;
  buffer_init(&out, native_heap(w));
  buffer_reserve(&out, s.len + 2);
  buffer_add_byte(&out, '"');
  for (uint64_t i = 0; i < s.len;) {
    uint8_t c = (uint8_t)s.ptr[i];
    if (c < 0x80) {
      i++;
      const char *at = c ? strchr("\"\"\\\\\bb\ff\nn\rr\tt", c) : NULL;
      bool html = f->escape_html && (c == '<' || c == '>' || c == '&');
      if (c >= ' ' && c != '"' && c != '\\' && !html) {
        buffer_add_byte(&out, (char)c);
      } else if (at && (c < ' ' || c == '"' || c == '\\')) {
        buffer_add_byte(&out, '\\');
        buffer_add_byte(&out, at[1]);
      } else {
        buffer_add_text(&out, "\\u00");
        buffer_add_byte(&out, hex_digits[c >> 4]);
        buffer_add_byte(&out, hex_digits[c & 15]);
      }
      continue;
    }
    int32_t r;
    uint32_t width = string_decode(s, i, &r);
    if (r == 0xfffd && width == 1) buffer_add_text(&out, "\\ufffd");
    else if (r == 0x2028) buffer_add_text(&out, "\\u2028");
    else if (r == 0x2029) buffer_add_text(&out, "\\u2029");
    else buffer_add(&out, s.ptr + i, width);
    i += width;
  }
  buffer_add_byte(&out, '"');
  f->result = buffer_string(&out);
  return NATIVE_DONE;
}

// Escapes what HTML gives a meaning, wherever it stands.
static bool add_html(Buffer *out, Slice src, uint32_t *i) {
  uint8_t c = byte_at(src, *i);
  if (c == '<' || c == '>' || c == '&') {
    buffer_add_text(out, "\\u00");
    buffer_add_byte(out, hex_digits[c >> 4]);
    buffer_add_byte(out, hex_digits[c & 15]);
    return true;
  }
  if (c == 0xe2 && *i + 2 < src.len && byte_at(src, *i + 1) == 0x80 && (byte_at(src, *i + 2) & ~1) == 0xa8) {
    buffer_add_text(out, byte_at(src, *i + 2) == 0xa8 ? "\\u2028" : "\\u2029");
    *i += 2;
    return true;
  }
  return false;
}

static NativeResult html_escape(Worker *w, uint64_t *fp) {
  FRAME(SliceArg out, src);
  Slice src = f->src;
  Buffer out;
  buffer_init(&out, native_heap(w));
  native_reads(w, src.ptr, src.len);
  for (uint32_t i = 0; i < src.len; i++)
    if (!add_html(&out, src, &i)) buffer_add_byte(&out, (char)byte_at(src, i));
  f->out = buffer_bytes(&out);
  return NATIVE_DONE;
}

// --- spacing

static NativeResult compact(Worker *w, uint64_t *fp) {
  FRAME(SliceArg out; StringArg problem; SliceArg src; uint64_t escape);
  Slice src = f->src;
  Buffer out;
  JsonScanner s;
  buffer_init(&out, native_heap(w));
  json_scanner_init(&s);
  native_reads(w, src.ptr, src.len);
  for (uint32_t i = 0; i < src.len; i++) {
    uint32_t at = i;
    JsonOp op = json_step(&s, byte_at(src, i));
    if (op == JSON_ERROR) break;
    if (op >= JSON_SPACE) continue;
    if (!f->escape || !add_html(&out, src, &i)) buffer_add_byte(&out, (char)byte_at(src, i));
    while (at < i) json_step(&s, byte_at(src, ++at));
  }
  json_finish(&s);
  f->out = buffer_bytes(&out);
  f->problem = problem_of(native_heap(w), &s);
  return NATIVE_DONE;
}

static void add_newline(Buffer *out, String prefix, String indent, uint32_t depth) {
  buffer_add_byte(out, '\n');
  buffer_add(out, prefix.ptr, prefix.len);
  for (uint32_t i = 0; i < depth; i++) buffer_add(out, indent.ptr, indent.len);
}

static NativeResult indent(Worker *w, uint64_t *fp) {
  FRAME(SliceArg out; StringArg problem; int64_t offset; SliceArg src; StringArg prefix, indent);
  Slice src = f->src;
  String prefix = f->prefix, step = f->indent;
  Buffer out;
  JsonScanner s;
  uint32_t depth = 0, i = 0;
  bool open = false; // an array or object whose first element is still to come
  buffer_init(&out, native_heap(w));
  json_scanner_init(&s);
  native_reads(w, src.ptr, src.len);
  for (; i < src.len; i++) {
    uint8_t c = byte_at(src, i);
    JsonOp op = json_step(&s, c);
    if (op == JSON_SPACE) continue;
    if (op == JSON_ERROR) {
      i++;
      break;
    }
    bool closes = op == JSON_END_OBJECT || op == JSON_END_ARRAY;
    if (open && !closes) add_newline(&out, prefix, step, ++depth);
    if (closes && !open) add_newline(&out, prefix, step, --depth);
    open = op == JSON_BEGIN_ARRAY || op == JSON_BEGIN_OBJECT;
    buffer_add_byte(&out, (char)c);
    if (op == JSON_ARRAY_VALUE || op == JSON_OBJECT_VALUE) add_newline(&out, prefix, step, depth);
    if (op == JSON_OBJECT_KEY) buffer_add_byte(&out, ' ');
  }
  json_finish(&s);
  f->out = buffer_bytes(&out);
  f->problem = problem_of(native_heap(w), &s);
  f->offset = i;
  return NATIVE_DONE;
}

const NativeRow natives_encoding_json[] = {
  {"scan", scan},
  {"next", next},
  {"skip", skip},
  {"unquote", unquote},
  {"quote", quote},
  {"htmlEscape", html_escape},
  {"compact", compact},
  {"indent", indent},
  {0},
};
