// Case mapping over utf8proc, which has the simple mappings of Unicode; the folding orbits (K, k, KELVIN SIGN) are put
// together from these and from the few code points that are nobody's upper or lower case.
#include "std/unicode/case.h"

#include <stddef.h>
#include <utf8proc.h>

static bool is_rune(int32_t rune) { return rune >= 0 && rune <= 0x10ffff; }

int32_t case_upper(int32_t rune) {
  if (rune >= 0 && rune < 0x80) return rune >= 'a' && rune <= 'z' ? rune - 32 : rune;
  return is_rune(rune) && rune != 0xdf ? utf8proc_toupper(rune) : rune; // the sharp s has no capital in Go
}

int32_t case_lower(int32_t rune) {
  if (rune >= 0 && rune < 0x80) return rune >= 'A' && rune <= 'Z' ? rune + 32 : rune;
  return is_rune(rune) ? utf8proc_tolower(rune) : rune;
}

int32_t case_title(int32_t rune) {
  if (rune >= 0 && rune < 0x80) return rune >= 'a' && rune <= 'z' ? rune - 32 : rune;
  return is_rune(rune) && rune != 0xdf ? utf8proc_totitle(rune) : rune;
}

// Members of an orbit that are not upper, lower or title case of its lower-case member.
static const int32_t extra[][2] = {
  {'k', 0x212a}, {'s', 0x17f}, {0xe5, 0x212b}, {0xdf, 0x1e9e}, {0x3b2, 0x3d0}, {0x3b5, 0x3f5}, {0x3b8, 0x3d1}, {0x3b8, 0x3f4},
  {0x3b9, 0x345}, {0x3b9, 0x1fbe}, {0x3ba, 0x3f0}, {0x3bc, 0xb5}, {0x3c0, 0x3d6}, {0x3c1, 0x3f1}, {0x3c3, 0x3c2},
  {0x3c6, 0x3d5}, {0x3c9, 0x2126}, {0x1e61, 0x1e9b}, {0x432, 0x1c80}, {0x434, 0x1c81}, {0x43e, 0x1c82}, {0x441, 0x1c83},
  {0x442, 0x1c84}, {0x442, 0x1c85}, {0x44a, 0x1c86}, {0x463, 0x1c87}, {0xa64b, 0x1c88},
};

// One member that stands for the whole orbit.
static int32_t fold(int32_t rune) {
  if (rune == 0x130 || rune == 0x131) return rune; // dotted and dotless i have only themselves
  if (rune == 0x1e9e) return 0xdf;
  return case_lower(case_upper(rune));
}

int32_t case_fold_next(int32_t rune) {
  if (!is_rune(rune) || rune == 0x130 || rune == 0x131) return rune;
  int32_t base = fold(rune), members[8] = {base, case_upper(base), case_title(base)};
  size_t count = 3;
  for (size_t i = 0; i < sizeof extra / sizeof *extra; i++)
    if (extra[i][0] == base) members[count++] = extra[i][1];
  int32_t next = -1, least = rune;
  for (size_t i = 0; i < count; i++) {
    if (members[i] > rune && (next < 0 || members[i] < next)) next = members[i];
    if (members[i] < least) least = members[i];
  }
  return next >= 0 ? next : least;
}

bool case_fold_equal(int32_t a, int32_t b) { return a == b || fold(a) == fold(b); }

bool case_is_space(int32_t rune) {
  switch (rune) {
  case '\t': case '\n': case '\v': case '\f': case '\r': case ' ': case 0x85: case 0xa0: case 0x1680: case 0x2028: case 0x2029:
  case 0x202f: case 0x205f: case 0x3000: return true;
  default: return rune >= 0x2000 && rune <= 0x200a;
  }
}
