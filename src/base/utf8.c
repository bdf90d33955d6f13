// UTF-8 exactly as Go's unicode/utf8: the second byte's range depends on the first (Unicode standard, table 3-7), and
// whatever does not fit is one byte wide.
#include "base/text.h"

static bool is_continuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

int32_t utf8_decode(const char *bytes, size_t len, uint32_t *width) {
  const unsigned char *p = (const unsigned char *)bytes;
  if (len == 0) {
    *width = 0;
    return RUNE_ERROR;
  }
  *width = 1;
  unsigned char first = p[0];
  if (first < 0x80) return first;
  if (first < 0xC2 || first > 0xF4 || len < 2) return RUNE_ERROR;
  // The ranges that exclude overlong forms (E0, F0), surrogates (ED) and values above U+10FFFF (F4).
  unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (p[1] < low || p[1] > high) return RUNE_ERROR;
  if (first < 0xE0) {
    *width = 2;
    return (first & 0x1F) << 6 | (p[1] & 0x3F);
  }
  if (len < 3 || !is_continuation(p[2])) return RUNE_ERROR;
  if (first < 0xF0) {
    *width = 3;
    return (first & 0x0F) << 12 | (p[1] & 0x3F) << 6 | (p[2] & 0x3F);
  }
  if (len < 4 || !is_continuation(p[3])) return RUNE_ERROR;
  *width = 4;
  return (first & 0x07) << 18 | (p[1] & 0x3F) << 12 | (p[2] & 0x3F) << 6 | (p[3] & 0x3F);
}

int32_t utf8_decode_last(const char *bytes, size_t len, uint32_t *width) {
  // Try the longest rune that could end here; it counts only if it ends exactly at the end.
  for (size_t back = len < UTF8_MAX ? len : UTF8_MAX; back > 1; back--) {
    int32_t rune = utf8_decode(bytes + len - back, back, width);
    if (*width == back) return rune;
  }
  return utf8_decode(bytes + len - (len ? 1 : 0), len ? 1 : 0, width);
}

bool utf8_is_rune(int32_t rune) { return (rune >= 0 && rune < 0xD800) || (rune > 0xDFFF && rune <= RUNE_MAX); }

uint32_t utf8_width(int32_t rune) {
  if (!utf8_is_rune(rune)) rune = RUNE_ERROR;
  return rune < 0x80 ? 1 : rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4;
}

uint32_t utf8_encode(char *bytes, int32_t rune) {
  unsigned char *p = (unsigned char *)bytes;
  if (!utf8_is_rune(rune)) rune = RUNE_ERROR;
  uint32_t width = utf8_width(rune);
  switch (width) {
  case 1: p[0] = (unsigned char)rune; break;
  case 2:
    p[0] = (unsigned char)(0xC0 | rune >> 6);
    p[1] = (unsigned char)(0x80 | (rune & 0x3F));
    break;
  case 3:
    p[0] = (unsigned char)(0xE0 | rune >> 12);
    p[1] = (unsigned char)(0x80 | (rune >> 6 & 0x3F));
    p[2] = (unsigned char)(0x80 | (rune & 0x3F));
    break;
  default:
    p[0] = (unsigned char)(0xF0 | rune >> 18);
    p[1] = (unsigned char)(0x80 | (rune >> 12 & 0x3F));
    p[2] = (unsigned char)(0x80 | (rune >> 6 & 0x3F));
    p[3] = (unsigned char)(0x80 | (rune & 0x3F));
  }
  return width;
}

bool utf8_valid(const char *bytes, size_t len) {
  uint32_t width;
  for (size_t i = 0; i < len; i += width) {
    if ((unsigned char)bytes[i] < 0x80) {
      width = 1;
      continue;
    }
    if (utf8_decode(bytes + i, len - i, &width) == RUNE_ERROR && width == 1) return false;
  }
  return true;
}

size_t utf8_count(const char *bytes, size_t len) {
  size_t count = 0;
  uint32_t width;
  for (size_t i = 0; i < len; i += width, count++) {
    if ((unsigned char)bytes[i] < 0x80) width = 1;
    else utf8_decode(bytes + i, len - i, &width);
  }
  return count;
}
