// A zone file lists the moments at which the offset changed, and ends with a rule (as in TZ) for all later years.
#include "std/time/zone.h"

#include <stdlib.h>

#include "base/os.h"
#include "std/time/calendar.h"

typedef struct {
  String name;
  int64_t offset;
  bool is_dst;
} Kind;

typedef struct {
  int64_t when;
  uint8_t kind;
} Change;

struct Zones {
  Kind *kinds;
  Change *changes;
  uint32_t kind_count, change_count;
  String rule; // for times after the last change; may be empty
};

// --- reading

typedef struct {
  const unsigned char *at, *end;
} Reader;

static uint64_t take(Reader *r, int bytes) {
  uint64_t v = 0;
  for (int i = 0; i < bytes; i++) v = v << 8 | (r->at < r->end ? *r->at++ : 0);
  return v;
}

static bool skip(Reader *r, uint64_t bytes) {
  if ((uint64_t)(r->end - r->at) < bytes) return false;
  r->at += bytes;
  return true;
}

typedef struct {
  uint64_t utc_flags, std_flags, leaps, changes, kinds, text;
} Counts;

static bool read_header(Reader *r, int *version, Counts *n) {
  if (r->end - r->at < 44 || memcmp(r->at, "TZif", 4)) return false;
  *version = r->at[4];
  skip(r, 20);
  n->utc_flags = take(r, 4);
  n->std_flags = take(r, 4);
  n->leaps = take(r, 4);
  n->changes = take(r, 4);
  n->kinds = take(r, 4);
  n->text = take(r, 4);
  return true;
}

static uint64_t body_size(const Counts *n, uint64_t time_size) {
  return n->changes * (time_size + 1) + n->kinds * 6 + n->text + n->leaps * (time_size + 4) + n->std_flags + n->utc_flags;
}

static Zones *read_zones(HeapCache *heap, const char *bytes, size_t len) {
  Reader r = {(const unsigned char *)bytes, (const unsigned char *)bytes + len};
  int version;
  Counts n;
  if (!read_header(&r, &version, &n)) return NULL;
  int time_size = 4;
  if (version >= '2') { // the same again with 64-bit times
    if (!skip(&r, body_size(&n, 4)) || !read_header(&r, &version, &n)) return NULL;
    time_size = 8;
  }
  Reader body = r;
  if (!skip(&r, body_size(&n, (uint64_t)time_size)) || n.kinds == 0) return NULL;
  Zones *z = heap_alloc(heap, sizeof *z, false);
  z->change_count = (uint32_t)n.changes;
  z->kind_count = (uint32_t)n.kinds;
  z->changes = heap_alloc(heap, n.changes * sizeof *z->changes, true);
  z->kinds = heap_alloc(heap, n.kinds * sizeof *z->kinds, false);
  for (uint64_t i = 0; i < n.changes; i++) {
    uint64_t when = take(&body, time_size);
    z->changes[i].when = time_size == 8 ? (int64_t)when : (int32_t)(uint32_t)when;
  }
  for (uint64_t i = 0; i < n.changes; i++) {
    z->changes[i].kind = (uint8_t)take(&body, 1);
    if (z->changes[i].kind >= n.kinds) return NULL;
  }
  const char *text = (const char *)body.at + n.kinds * 6;
  for (uint64_t i = 0; i < n.kinds; i++) {
    z->kinds[i].offset = (int32_t)(uint32_t)take(&body, 4);
    z->kinds[i].is_dst = take(&body, 1);
    uint64_t name = take(&body, 1);
    if (name >= n.text) return NULL;
    z->kinds[i].name = string_new(heap, text + name, strnlen(text + name, n.text - name));
  }
  if (version >= '2' && r.end - r.at > 2 && r.at[0] == '\n') {
    const char *rule = (const char *)r.at + 1, *newline = memchr(rule, '\n', (size_t)(r.end - r.at - 1));
    if (newline) z->rule = string_new(heap, rule, (uint64_t)(newline - rule));
  }
  return z;
}

static Zones *load_file(HeapCache *heap, const char *path) {
  Text bytes;
  const char *error;
  if (!os_read_file(path, &bytes, &error)) return NULL;
  Zones *z = read_zones(heap, bytes.ptr, bytes.len);
  free((void *)bytes.ptr);
  return z;
}

Zones *zones_load(HeapCache *heap, String name, const char *tz) {
  static const char *const folders[] = {"/usr/share/zoneinfo/", "/usr/share/lib/zoneinfo/", "/usr/lib/locale/TZ/", "/etc/zoneinfo/"};
  char path[300];
  if (name.len == 0) {
    if (!tz) return load_file(heap, "/etc/localtime");
    if (*tz == ':') tz++;
    if (*tz == '/') return load_file(heap, tz);
    name = (String){tz, strlen(tz)};
    if (name.len == 0) return NULL;
  }
  if (name.len > 200 || name.ptr[0] == '/' || memmem(name.ptr, name.len, "..", 2) || memchr(name.ptr, '\\', name.len)) return NULL;
  for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
    size_t len = strlen(folders[i]);
    memcpy(path, folders[i], len);
    memcpy(path + len, name.ptr, name.len);
    path[len + name.len] = 0;
    Zones *z = load_file(heap, path);
    if (z) return z;
  }
  return NULL;
}

// --- the rule for later years: "CET-1CEST,M3.5.0,M10.5.0/3"

static bool rule_name(String *s, String *name) {
  uint64_t i = 0;
  if (s->len && s->ptr[0] == '<') {
    while (i < s->len && s->ptr[i] != '>') i++;
    if (i == s->len) return false;
    *name = (String){s->ptr + 1, i - 1};
    i++;
  } else {
    while (i < s->len && ((s->ptr[i] | 0x20) >= 'a' && (s->ptr[i] | 0x20) <= 'z')) i++;
    if (i < 3) return false;
    *name = (String){s->ptr, i};
  }
  s->ptr += i, s->len -= i;
  return true;
}

static bool rule_number(String *s, int64_t *n) {
  uint64_t i = 0;
  *n = 0;
  for (; i < s->len && s->ptr[i] >= '0' && s->ptr[i] <= '9' && i < 6; i++) *n = *n * 10 + (s->ptr[i] - '0');
  s->ptr += i, s->len -= i;
  return i > 0;
}

static bool rule_char(String *s, char c) {
  if (!s->len || s->ptr[0] != c) return false;
  s->ptr++, s->len--;
  return true;
}

// [+-]hh[:mm[:ss]] in seconds.
static bool rule_offset(String *s, int64_t *seconds) {
  bool negative = rule_char(s, '-');
  if (!negative) rule_char(s, '+');
  int64_t hours, minutes = 0, rest = 0;
  if (!rule_number(s, &hours)) return false;
  if (rule_char(s, ':') && rule_number(s, &minutes) && rule_char(s, ':')) rule_number(s, &rest);
  *seconds = hours * 3600 + minutes * 60 + rest;
  if (negative) *seconds = -*seconds;
  return true;
}

// Reads one date of the rule; *seconds: since the beginning of `year`, in local time.
static bool rule_date(String *s, int64_t year, int64_t *seconds) {
  int64_t month, week, day, time = 7200, day_of_year;
  if (rule_char(s, 'M')) {
    if (!rule_number(s, &month) || !rule_char(s, '.') || !rule_number(s, &week) || !rule_char(s, '.') || !rule_number(s, &day))
      return false;
    if (month < 1 || month > 12) return false;
    int64_t first = civil_days(year, (int)month, 1);
    int64_t weekday = (first % 7 + 8) % 7, date = (day - weekday + 7) % 7 + (week - 1) * 7;
    while (date >= civil_month_days((int)month, year)) date -= 7;
    day_of_year = first + date - civil_days(year, 1, 1);
  } else if (rule_char(s, 'J')) {
    if (!rule_number(s, &day)) return false;
    day_of_year = day - 1 + (civil_is_leap(year) && day >= 60);
  } else {
    if (!rule_number(s, &day)) return false;
    day_of_year = day;
  }
  if (rule_char(s, '/') && !rule_offset(s, &time)) return false;
  *seconds = day_of_year * SECONDS_PER_DAY + time;
  return true;
}

static bool rule_lookup(String rule, int64_t last_change, int64_t at, ZoneSpan *span) {
  String std_name, dst_name;
  int64_t std_offset, dst_offset;
  if (!rule_name(&rule, &std_name) || !rule_offset(&rule, &std_offset)) return false;
  std_offset = -std_offset;
  *span = (ZoneSpan){std_name, std_offset, last_change, INT64_MAX, false};
  if (!rule.len) return true;
  if (!rule_name(&rule, &dst_name)) return false;
  dst_offset = std_offset + 3600;
  if (rule.len && rule.ptr[0] != ',') {
    if (!rule_offset(&rule, &dst_offset)) return false;
    dst_offset = -dst_offset;
  }
  if (!rule.len) rule = (String){",M3.2.0,M11.1.0", 15};
  Civil c = civil_of(at + UNIX_TO_INTERNAL);
  int64_t year_start = civil_days(c.year, 1, 1) * SECONDS_PER_DAY - UNIX_TO_INTERNAL;
  int64_t begin, end;
  if (!rule_char(&rule, ',') || !rule_date(&rule, c.year, &begin) || !rule_char(&rule, ',') || !rule_date(&rule, c.year, &end))
    return false;
  begin += year_start - std_offset;
  end += year_start - dst_offset;
  int64_t year_end = civil_days(c.year + 1, 1, 1) * SECONDS_PER_DAY - UNIX_TO_INTERNAL;
  ZoneSpan first = {std_name, std_offset, year_start, 0, false}, second = {dst_name, dst_offset, 0, 0, true};
  if (end < begin) { // the southern half: summer time over the new year
    int64_t swap = begin;
    begin = end;
    end = swap;
    ZoneSpan other = first;
    first = second;
    second = other;
  }
  if (at < begin) *span = (ZoneSpan){first.name, first.offset, year_start, begin, first.is_dst};
  else if (at >= end) *span = (ZoneSpan){first.name, first.offset, end, year_end, first.is_dst};
  else *span = (ZoneSpan){second.name, second.offset, begin, end, second.is_dst};
  return true;
}

// --- looking up

// Before the first change: standard time, if the file has any.
static const Kind *first_kind(const Zones *z) {
  bool used = false;
  for (uint32_t i = 0; i < z->change_count; i++) used |= z->changes[i].kind == 0;
  if (!used) return &z->kinds[0];
  if (z->change_count && z->kinds[z->changes[0].kind].is_dst)
    for (int i = z->changes[0].kind - 1; i >= 0; i--)
      if (!z->kinds[i].is_dst) return &z->kinds[i];
  for (uint32_t i = 0; i < z->kind_count; i++)
    if (!z->kinds[i].is_dst) return &z->kinds[i];
  return &z->kinds[0];
}

ZoneSpan zones_lookup(const Zones *z, int64_t at) {
  ZoneSpan span;
  if (!z->change_count || at < z->changes[0].when) {
    const Kind *kind = first_kind(z);
    if (!z->change_count && z->rule.len && rule_lookup(z->rule, INT64_MIN, at, &span)) return span;
    return (ZoneSpan){kind->name, kind->offset, INT64_MIN, z->change_count ? z->changes[0].when : INT64_MAX, kind->is_dst};
  }
  uint32_t low = 0, high = z->change_count;
  while (high - low > 1) {
    uint32_t middle = low + (high - low) / 2;
    if (at < z->changes[middle].when) high = middle;
    else low = middle;
  }
  bool last = low == z->change_count - 1;
  if (last && z->rule.len && rule_lookup(z->rule, z->changes[low].when, at, &span)) return span;
  const Kind *kind = &z->kinds[z->changes[low].kind];
  return (ZoneSpan){kind->name, kind->offset, z->changes[low].when, last ? INT64_MAX : z->changes[low + 1].when, kind->is_dst};
}

bool zones_lookup_name(const Zones *z, String name, int64_t seconds, int64_t *offset) {
  for (int certain = 1; certain >= 0; certain--)
    for (uint32_t i = 0; i < z->kind_count; i++) {
      const Kind *kind = &z->kinds[i];
      if (!string_equal(kind->name, name)) continue;
      if (certain && !string_equal(zones_lookup(z, seconds - kind->offset).name, name)) continue;
      *offset = kind->offset;
      return true;
    }
  return false;
}
