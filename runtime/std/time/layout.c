// See layout.h. A layout is cut into literal text and elements; formatting and parsing each go through them in turn.
#include "std/time/layout.h"

#include <stdio.h>
#include <stdlib.h>

typedef enum {
  END, LONG_MONTH, MONTH, NUM_MONTH, ZERO_MONTH, LONG_WEEKDAY, WEEKDAY, DAY, UNDER_DAY, ZERO_DAY, UNDER_YEARDAY, ZERO_YEARDAY,
  HOUR, HOUR12, ZERO_HOUR12, MINUTE, ZERO_MINUTE, SECOND, ZERO_SECOND, LONG_YEAR, YEAR, PM, pm, ZONE_NAME,
  ISO_ZONE, ISO_SECONDS, ISO_SHORT, ISO_COLON, ISO_COLON_SECONDS, // Z for UTC
  NUM_ZONE, NUM_SECONDS, NUM_SHORT, NUM_COLON, NUM_COLON_SECONDS, // always numbers; in the order of the row above
  FRACTION_ZEROS, FRACTION_NINES,
} Element;

// The first that fits wins. `whole`: no lower-case letter may follow.
static const struct {
  const char *text;
  Element element;
  bool whole;
} elements[] = {
  {"January", LONG_MONTH, false}, {"Jan", MONTH, true}, {"Monday", LONG_WEEKDAY, false}, {"Mon", WEEKDAY, true},
  {"MST", ZONE_NAME, false}, {"01", ZERO_MONTH, false}, {"02", ZERO_DAY, false}, {"03", ZERO_HOUR12, false},
  {"04", ZERO_MINUTE, false}, {"05", ZERO_SECOND, false}, {"06", YEAR, false}, {"002", ZERO_YEARDAY, false}, {"15", HOUR, false},
  {"1", NUM_MONTH, false}, {"2006", LONG_YEAR, false}, {"2", DAY, false}, {"_2", UNDER_DAY, false}, {"__2", UNDER_YEARDAY, false},
  {"3", HOUR12, false}, {"4", MINUTE, false}, {"5", SECOND, false}, {"PM", PM, false}, {"pm", pm, false},
  {"-070000", NUM_SECONDS, false}, {"-07:00:00", NUM_COLON_SECONDS, false}, {"-0700", NUM_ZONE, false},
  {"-07:00", NUM_COLON, false}, {"-07", NUM_SHORT, false}, {"Z070000", ISO_SECONDS, false},
  {"Z07:00:00", ISO_COLON_SECONDS, false}, {"Z0700", ISO_ZONE, false}, {"Z07:00", ISO_COLON, false}, {"Z07", ISO_SHORT, false},
};

static bool begins(String s, const char *text) {
  size_t n = strlen(text);
  return s.len >= n && !memcmp(s.ptr, text, n);
}

static String rest_of(String s, uint64_t from) { return (String){s.ptr + from, s.len - from}; }
static bool digit_at(String s, uint64_t i) { return i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9'; }

// Cuts the next element off *layout: *literal is the text before it, *self its own text.
static Element next_element(String *layout, String *literal, String *self) {
  String s = *layout;
  for (uint64_t i = 0; i < s.len; i++) {
    String rest = rest_of(s, i);
    Element element = END;
    uint64_t len = 0;
    if ((rest.ptr[0] == '.' || rest.ptr[0] == ',') && rest.len > 1 && (rest.ptr[1] == '0' || rest.ptr[1] == '9')) {
      for (len = 1; len < rest.len && rest.ptr[len] == rest.ptr[1];) len++;
      if (!digit_at(rest, len)) element = rest.ptr[1] == '0' ? FRACTION_ZEROS : FRACTION_NINES;
    } else if (strchr("JM0123456789_PpZ-", rest.ptr[0]) && rest.ptr[0]) {
      if (begins(rest, "_2006")) continue; // an underscore, then the year
      for (size_t k = 0; k < sizeof elements / sizeof *elements && element == END; k++) {
        len = strlen(elements[k].text);
        if (!begins(rest, elements[k].text)) continue;
        if (elements[k].whole && len < rest.len && rest.ptr[len] >= 'a' && rest.ptr[len] <= 'z') continue;
        element = elements[k].element;
      }
    }
    if (element != END) {
      *literal = (String){s.ptr, i};
      *self = (String){rest.ptr, element == END ? 0 : len};
      *layout = rest_of(rest, len);
      return element;
    }
  }
  *literal = s;
  *self = (String){0};
  *layout = (String){0};
  return END;
}

// --- formatting

static void put_int(Buffer *out, int64_t n, int width) {
  char text[32];
  uint64_t magnitude = n < 0 ? -(uint64_t)n : (uint64_t)n;
  if (n < 0) buffer_add_byte(out, '-');
  int len = snprintf(text, sizeof text, "%0*llu", width, (unsigned long long)magnitude);
  buffer_add(out, text, (size_t)len);
}

static void put_zone(Buffer *out, Element element, int64_t offset) {
  if (element < NUM_ZONE && offset == 0) {
    buffer_add_byte(out, 'Z');
    return;
  }
  if (element < NUM_ZONE) element += NUM_ZONE - ISO_ZONE;
  int64_t minutes = offset / 60;
  buffer_add_byte(out, minutes < 0 ? '-' : '+');
  if (minutes < 0) minutes = -minutes, offset = -offset;
  bool colon = element == NUM_COLON || element == NUM_COLON_SECONDS;
  put_int(out, minutes / 60, 2);
  if (colon) buffer_add_byte(out, ':');
  if (element != NUM_SHORT) put_int(out, minutes % 60, 2);
  if (element == NUM_SECONDS || element == NUM_COLON_SECONDS) {
    if (colon) buffer_add_byte(out, ':');
    put_int(out, offset % 60, 2);
  }
}

static void put_fraction(Buffer *out, String self, int64_t nanoseconds, bool trim) {
  char text[16];
  uint64_t digits = self.len - 1;
  snprintf(text, sizeof text, "%09lld", (long long)nanoseconds);
  if (digits > 9) digits = 9;
  if (trim) {
    while (digits > 0 && text[digits - 1] == '0') digits--;
    if (digits == 0) return;
  }
  buffer_add_byte(out, self.ptr[0]);
  buffer_add(out, text, digits);
}

void layout_format(Buffer *out, String layout, int64_t seconds, int64_t nanoseconds, String zone, int64_t offset) {
  Civil c = civil_of(seconds);
  int hour12 = c.hour % 12 ? c.hour % 12 : 12;
  while (layout.len) {
    String literal, self;
    Element element = next_element(&layout, &literal, &self);
    buffer_add(out, literal.ptr, literal.len);
    switch (element) {
    case END: return;
    case LONG_MONTH: buffer_add_text(out, month_names[c.month - 1]); break;
    case MONTH: buffer_add(out, month_names[c.month - 1], 3); break;
    case NUM_MONTH: put_int(out, c.month, 0); break;
    case ZERO_MONTH: put_int(out, c.month, 2); break;
    case LONG_WEEKDAY: buffer_add_text(out, weekday_names[c.weekday]); break;
    case WEEKDAY: buffer_add(out, weekday_names[c.weekday], 3); break;
    case DAY: put_int(out, c.day, 0); break;
    case UNDER_DAY:
      if (c.day < 10) buffer_add_byte(out, ' ');
      put_int(out, c.day, 0);
      break;
    case ZERO_DAY: put_int(out, c.day, 2); break;
    case UNDER_YEARDAY:
      if (c.year_day < 100) buffer_add_byte(out, ' ');
      if (c.year_day < 10) buffer_add_byte(out, ' ');
      put_int(out, c.year_day, 0);
      break;
    case ZERO_YEARDAY: put_int(out, c.year_day, 3); break;
    case HOUR: put_int(out, c.hour, 2); break;
    case HOUR12: put_int(out, hour12, 0); break;
    case ZERO_HOUR12: put_int(out, hour12, 2); break;
    case MINUTE: put_int(out, c.minute, 0); break;
    case ZERO_MINUTE: put_int(out, c.minute, 2); break;
    case SECOND: put_int(out, c.second, 0); break;
    case ZERO_SECOND: put_int(out, c.second, 2); break;
    case LONG_YEAR: put_int(out, c.year, 4); break;
    case YEAR: put_int(out, (c.year < 0 ? -c.year : c.year) % 100, 2); break;
    case PM: buffer_add_text(out, c.hour >= 12 ? "PM" : "AM"); break;
    case pm: buffer_add_text(out, c.hour >= 12 ? "pm" : "am"); break;
    case ZONE_NAME:
      if (zone.len) {
        buffer_add(out, zone.ptr, zone.len);
      } else {
        int64_t minutes = offset / 60;
        buffer_add_byte(out, minutes < 0 ? '-' : '+');
        if (minutes < 0) minutes = -minutes;
        put_int(out, minutes / 60, 2);
        put_int(out, minutes % 60, 2);
      }
      break;
    case FRACTION_ZEROS: put_fraction(out, self, nanoseconds, false); break;
    case FRACTION_NINES: put_fraction(out, self, nanoseconds, true); break;
    default: put_zone(out, element, offset);
    }
  }
}

void layout_quote(Buffer *out, String s) {
  buffer_add_byte(out, '"');
  for (uint64_t i = 0; i < s.len; i++) {
    unsigned char c = (unsigned char)s.ptr[i];
    if (c >= 0x80 || c < ' ') {
      char text[8];
      snprintf(text, sizeof text, "\\x%02x", c);
      buffer_add_text(out, text);
    } else {
      if (c == '"' || c == '\\') buffer_add_byte(out, '\\');
      buffer_add_byte(out, (char)c);
    }
  }
  buffer_add_byte(out, '"');
}

// --- parsing

static void skip(String *s, uint64_t n) { s->ptr += n, s->len -= n; }

// One or two digits; two if fixed.
static bool read_two(String *s, int64_t *n, bool fixed) {
  *n = 0;
  if (!digit_at(*s, 0) || (fixed && !digit_at(*s, 1))) return false;
  int digits = digit_at(*s, 1) ? 2 : 1;
  for (int i = 0; i < digits; i++) *n = *n * 10 + (s->ptr[i] - '0');
  skip(s, (uint64_t)digits);
  return true;
}

static bool read_three(String *s, int64_t *n, bool fixed) {
  int digits = 0;
  *n = 0;
  while (digits < 3 && digit_at(*s, (uint64_t)digits)) *n = *n * 10 + (s->ptr[digits++] - '0');
  if (digits == 0 || (fixed && digits != 3)) return false;
  skip(s, (uint64_t)digits);
  return true;
}

// One of the names, or their first three letters, in any case; *index from 0.
static bool read_name(String *s, const char *const *names, int count, bool is_short, int64_t *index) {
  for (int i = 0; i < count; i++) {
    size_t len = is_short ? 3 : strlen(names[i]), at = 0;
    if (s->len < len) continue;
    while (at < len && (s->ptr[at] | 0x20) == (names[i][at] | 0x20)) at++;
    if (at < len) continue;
    skip(s, len);
    *index = i;
    return true;
  }
  *index = -1;
  return false;
}

// The digits after a point or comma at s[0], n characters with it.
static bool read_fraction(String s, uint64_t n, int64_t *nanoseconds) {
  if (s.ptr[0] != '.' && s.ptr[0] != ',') return false;
  if (n > 10) n = 10;
  *nanoseconds = 0;
  if (n < 2) return false;
  for (uint64_t i = 1; i < n; i++) {
    if (!digit_at(s, i)) return false;
    *nanoseconds = *nanoseconds * 10 + (s.ptr[i] - '0');
  }
  for (uint64_t i = n; i < 10; i++) *nanoseconds *= 10;
  return true;
}

// "+3", "-12": the length, 0 if it is none or more than 23 hours.
static uint64_t signed_offset(String s) {
  if (!s.len || (s.ptr[0] != '-' && s.ptr[0] != '+')) return 0;
  uint64_t i = 1;
  int64_t n = 0;
  for (; digit_at(s, i); i++)
    if (n < 1000) n = n * 10 + (s.ptr[i] - '0');
  return i == 1 || n > 23 ? 0 : i;
}

// The length of a zone's abbreviation; 0: none.
static uint64_t zone_name_length(String s) {
  if (s.len < 3) return 0;
  if (begins(s, "ChST") || begins(s, "MeST")) return 4;
  if (begins(s, "GMT")) return 3 + signed_offset(rest_of(s, 3));
  if (s.ptr[0] == '+' || s.ptr[0] == '-') return signed_offset(s);
  uint64_t upper = 0;
  while (upper < 6 && upper < s.len && s.ptr[upper] >= 'A' && s.ptr[upper] <= 'Z') upper++;
  if (upper == 5) return s.ptr[4] == 'T' ? 5 : 0;
  if (upper == 4) return s.ptr[3] == 'T' || begins(s, "WITA") ? 4 : 0;
  return upper == 3 ? 3 : 0;
}

static bool read_zone_offset(Parsed *p, Element element, String *value, const char **range) {
  if (element < NUM_ZONE) {
    if (value->len && value->ptr[0] == 'Z') {
      skip(value, 1);
      p->zone = PARSED_UTC;
      return true;
    }
    element += NUM_ZONE - ISO_ZONE;
  }
  // The pattern: s sign, d digits, : itself.
  const char *pattern = element == NUM_COLON           ? "sdd:dd"
                        : element == NUM_SHORT         ? "sdd"
                        : element == NUM_COLON_SECONDS ? "sdd:dd:dd"
                        : element == NUM_SECONDS       ? "sdddddd"
                                                       : "sdddd";
  uint64_t len = strlen(pattern);
  if (value->len < len) return false;
  String digits = *value, pairs[3] = {{"00", 2}, {"00", 2}, {"00", 2}};
  for (uint64_t i = 1, n = 0; i < len; i++) {
    if (pattern[i] == ':') {
      if (digits.ptr[i] != ':') return false;
    } else {
      pairs[n++] = (String){digits.ptr + i, 2};
      i++;
    }
  }
  skip(value, len);
  int64_t hours, minutes = 0, seconds = 0;
  bool ok = read_two(&pairs[0], &hours, true) && read_two(&pairs[1], &minutes, true) && read_two(&pairs[2], &seconds, true);
  if (hours > 24) *range = "time zone offset hour";
  if (minutes > 60) *range = "time zone offset minute";
  if (seconds > 60) *range = "time zone offset second";
  p->zone = PARSED_OFFSET;
  p->offset = (hours * 60 + minutes) * 60 + seconds;
  if (digits.ptr[0] == '-') p->offset = -p->offset;
  else if (digits.ptr[0] != '+') ok = false;
  if (p->offset == -1) p->zone = PARSED_NO_ZONE; // one second west counts as none, as in Go
  return ok;
}

// Literal text of the layout: a run of spaces fits any run of spaces.
static bool read_literal(String *value, String *literal) {
  while (literal->len) {
    if (literal->ptr[0] == ' ') {
      if (value->len && value->ptr[0] != ' ') return false;
      while (literal->len && literal->ptr[0] == ' ') skip(literal, 1);
      while (value->len && value->ptr[0] == ' ') skip(value, 1);
      continue;
    }
    if (!value->len || value->ptr[0] != literal->ptr[0]) return false;
    skip(value, 1);
    skip(literal, 1);
  }
  return true;
}

static bool complain(Parsed *p, HeapCache *heap, String layout_rest, String value_rest, const char *range) {
  p->layout_rest = layout_rest;
  p->value_rest = value_rest;
  if (range) {
    Buffer text;
    buffer_init(&text, heap);
    buffer_add_text(&text, ": ");
    buffer_add_text(&text, range);
    if (!strstr(range, "match")) buffer_add_text(&text, " out of range");
    p->message = buffer_string(&text);
  }
  return false;
}

typedef struct {
  int64_t year_day;
  bool is_pm, is_am;
} Pending;

static bool read_element(Parsed *p, Pending *pending, Element element, String self, String layout, String *value,
                         const char **range) {
  int64_t unused;
  bool ok;
  switch (element) {
  case YEAR:
    if (value->len < 2 || !digit_at(*value, 0) || !digit_at(*value, 1)) return false;
    read_two(value, &p->year, true);
    p->year += p->year >= 69 ? 1900 : 2000;
    return true;
  case LONG_YEAR:
    if (value->len < 4) return false;
    p->year = 0;
    for (uint64_t i = 0; i < 4; i++) {
      if (!digit_at(*value, i)) return false;
      p->year = p->year * 10 + (value->ptr[i] - '0');
    }
    skip(value, 4);
    return true;
  case MONTH: case LONG_MONTH:
    ok = read_name(value, month_names, 12, element == MONTH, &p->month);
    p->month++;
    return ok;
  case NUM_MONTH: case ZERO_MONTH:
    ok = read_two(value, &p->month, element == ZERO_MONTH);
    if (ok && (p->month <= 0 || p->month > 12)) *range = "month";
    return ok;
  case WEEKDAY: case LONG_WEEKDAY: return read_name(value, weekday_names, 7, element == WEEKDAY, &unused);
  case DAY: case UNDER_DAY: case ZERO_DAY:
    if (element == UNDER_DAY && value->len && value->ptr[0] == ' ') skip(value, 1);
    return read_two(value, &p->day, element == ZERO_DAY);
  case UNDER_YEARDAY: case ZERO_YEARDAY:
    for (int i = 0; i < 2; i++)
      if (element == UNDER_YEARDAY && value->len && value->ptr[0] == ' ') skip(value, 1);
    return read_three(value, &pending->year_day, element == ZERO_YEARDAY);
  case HOUR:
    ok = read_two(value, &p->hour, false);
    if (p->hour >= 24) *range = "hour";
    return ok;
  case HOUR12: case ZERO_HOUR12:
    ok = read_two(value, &p->hour, element == ZERO_HOUR12);
    if (p->hour > 12) *range = "hour";
    return ok;
  case MINUTE: case ZERO_MINUTE:
    ok = read_two(value, &p->minute, element == ZERO_MINUTE);
    if (p->minute >= 60) *range = "minute";
    return ok;
  case SECOND: case ZERO_SECOND: {
    if (!read_two(value, &p->second, element == ZERO_SECOND)) return false;
    if (p->second >= 60) {
      *range = "second";
      return true;
    }
    // A fraction may follow seconds even if the layout has none.
    if (value->len < 2 || (value->ptr[0] != '.' && value->ptr[0] != ',') || !digit_at(*value, 1)) return true;
    String literal, next_self;
    Element next = next_element(&layout, &literal, &next_self);
    if (next == FRACTION_ZEROS || next == FRACTION_NINES) return true;
    uint64_t n = 2;
    while (digit_at(*value, n)) n++;
    ok = read_fraction(*value, n, &p->nanosecond);
    skip(value, n);
    return ok;
  }
  case PM: case pm:
    if (value->len < 2) return false;
    pending->is_pm = !memcmp(value->ptr, element == PM ? "PM" : "pm", 2);
    pending->is_am = !memcmp(value->ptr, element == PM ? "AM" : "am", 2);
    skip(value, 2);
    return pending->is_pm || pending->is_am;
  case ZONE_NAME: {
    if (begins(*value, "UTC")) {
      p->zone = PARSED_UTC;
      skip(value, 3);
      return true;
    }
    uint64_t n = zone_name_length(*value);
    if (!n) return false;
    p->zone_name = (String){value->ptr, n};
    skip(value, n);
    return true;
  }
  case FRACTION_ZEROS:
    if (value->len < self.len) return false;
    ok = read_fraction(*value, self.len, &p->nanosecond);
    skip(value, self.len);
    return ok;
  case FRACTION_NINES: {
    if (value->len < 2 || (value->ptr[0] != '.' && value->ptr[0] != ',') || !digit_at(*value, 1)) return true;
    uint64_t n = 1;
    while (n < 10 && digit_at(*value, n)) n++;
    while (digit_at(*value, n)) n++;
    ok = read_fraction(*value, n, &p->nanosecond);
    skip(value, n);
    return ok;
  }
  default: return read_zone_offset(p, element, value, range);
  }
}

// Month and day from a day of the year, if one was given.
static const char *settle_date(Parsed *p, const Pending *pending) {
  int64_t of_year = pending->year_day;
  if (of_year >= 0) {
    int limit = 365 + civil_is_leap(p->year);
    if (of_year < 1 || of_year > limit) return "day-of-year";
    int month = 1;
    while (of_year > civil_month_days(month, p->year)) of_year -= civil_month_days(month++, p->year);
    if (p->month >= 0 && p->month != month) return "day-of-year does not match month";
    if (p->day >= 0 && p->day != of_year) return "day-of-year does not match day";
    p->month = month;
    p->day = of_year;
  }
  if (p->month < 0) p->month = 1;
  if (p->day < 0) p->day = 1;
  if (p->day < 1 || p->day > civil_month_days((int)p->month, p->year)) return "day";
  return NULL;
}

bool layout_parse(Parsed *p, HeapCache *heap, String layout, String value) {
  *p = (Parsed){.month = -1, .day = -1};
  Pending pending = {.year_day = -1};
  for (;;) {
    String literal, self;
    Element element = next_element(&layout, &literal, &self);
    String whole_literal = literal;
    if (!read_literal(&value, &literal)) return complain(p, heap, whole_literal, value, NULL);
    if (element == END) break;
    String before = value;
    const char *range = NULL;
    ParsedZone zone = p->zone;
    bool ok = read_element(p, &pending, element, self, layout, &value, &range);
    if (zone == PARSED_UTC && p->zone == PARSED_OFFSET) p->zone = PARSED_UTC; // UTC, once said, stands
    if (range) return complain(p, heap, self, value, range);
    if (!ok) return complain(p, heap, self, before, NULL);
  }
  if (value.len) {
    Buffer text;
    buffer_init(&text, heap);
    buffer_add_text(&text, ": extra text: ");
    layout_quote(&text, value);
    p->value_rest = value;
    p->message = buffer_string(&text);
    return false;
  }
  if (pending.is_pm && p->hour < 12) p->hour += 12;
  else if (pending.is_am && p->hour == 12) p->hour = 0;
  const char *wrong = settle_date(p, &pending);
  if (wrong) return complain(p, heap, (String){0}, value, wrong);
  if (p->zone == PARSED_NO_ZONE && p->zone_name.len) {
    p->zone = PARSED_NAME;
    if (p->zone_name.len > 3 && begins(p->zone_name, "GMT")) {
      char text[8] = {0};
      memcpy(text, p->zone_name.ptr + 3, p->zone_name.len - 3 < 7 ? p->zone_name.len - 3 : 7);
      p->offset = atoi(text) * 3600;
    }
  }
  return true;
}
