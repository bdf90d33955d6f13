// Natives of package time.
#include <stdio.h>

#include "std/frame.h"
#include "std/time/calendar.h"
#include "std/time/layout.h"
#include "std/time/zone.h"
#include "vm/native.h"

// --- clocks. A time.Time: see time.gol

enum { SECOND = 1000000000 };
#define HAS_MONOTONIC (1ull << 63)
#define WALL_EPOCH 59453308800ll // seconds from year 1 to 1885
#define LATEST_WALL ((1ll << 33) - 1)

static uint64_t wall_word(int64_t unix_ns) {
  int64_t seconds = unix_ns / SECOND + UNIX_TO_INTERNAL - WALL_EPOCH;
  return HAS_MONOTONIC | (uint64_t)(seconds & LATEST_WALL) << 30 | (uint64_t)(unix_ns % SECOND);
}

static NativeResult now(Worker *w, uint64_t *fp) {
  FRAME(uint64_t wall; int64_t ext);
  f->wall = wall_word(sched_wall(w));
  f->ext = sched_now(w) + 1; // never 0
  return NATIVE_DONE;
}

// What a timer's channel delivers: the moment it was due, by both clocks.
static void timer_moment(Worker *w, int64_t when, uint64_t *slots) {
  slots[0] = wall_word(sched_wall(w) - (sched_now(w) - when));
  slots[1] = (uint64_t)when + 1;
  slots[2] = 0;
}

static NativeResult sleep_native(Worker *w, uint64_t *fp) {
  FRAME(int64_t ns);
  return timer_sleep(w, f->ns) ? NATIVE_PARKED : NATIVE_DONE;
}

static NativeResult new_timer(Worker *w, uint64_t *fp) {
  FRAME(Timer * timer; void *chan; IfaceArg like);
  f->timer = timer_new_chan(w, f->like.type, timer_moment);
  f->chan = f->timer->chan;
  return NATIVE_DONE;
}

static NativeResult new_func(Worker *w, uint64_t *fp) {
  FRAME(Timer * timer; Closure * closure);
  f->timer = timer_new_closure(w, f->closure);
  return NATIVE_DONE;
}

static NativeResult reset_timer(Worker *w, uint64_t *fp) {
  FRAME(uint64_t active; int64_t ns, period; Timer * timer);
  f->active = timer_reset(w, f->timer, f->ns, f->period);
  return native_done(w);
}

static NativeResult stop_timer(Worker *w, uint64_t *fp) {
  FRAME(uint64_t active; Timer * timer);
  f->active = timer_stop(w, f->timer);
  return NATIVE_DONE;
}

// --- Duration

// v with its fraction of `digits` digits, without trailing zeros, written before *end.
static char *put_fraction(char *end, uint64_t *v, int digits) {
  bool any = false;
  for (int i = 0; i < digits; i++, *v /= 10) {
    if (*v % 10) any = true;
    if (any) *--end = (char)('0' + *v % 10);
  }
  if (any) *--end = '.';
  return end;
}

static char *put_whole(char *end, uint64_t v) {
  do *--end = (char)('0' + v % 10);
  while (v /= 10);
  return end;
}

static NativeResult duration_string(Worker *w, uint64_t *fp) {
  FRAME(StringArg result; int64_t ns);
  char text[40], *end = text + sizeof text, *p = end;
  uint64_t v = f->ns < 0 ? -(uint64_t)f->ns : (uint64_t)f->ns;
  *--p = 's';
  if (v == 0) {
    *--p = '0';
  } else if (v < SECOND) {
    int digits = v < 1000 ? 0 : v < 1000000 ? 3 : 6;
    if (digits == 0) *--p = 'n';
    else if (digits == 6) *--p = 'm';
    else *--p = (char)0xb5, *--p = (char)0xc2; // U+00B5
    p = put_fraction(p, &v, digits);
    p = put_whole(p, v);
  } else {
    p = put_fraction(p, &v, 9);
    p = put_whole(p, v % 60);
    v /= 60;
    if (v > 0) {
      *--p = 'm';
      p = put_whole(p, v % 60);
      v /= 60;
      if (v > 0) {
        *--p = 'h';
        p = put_whole(p, v);
      }
    }
  }
  if (f->ns < 0) *--p = '-';
  f->result = string_new(native_heap(w), p, (uint64_t)(end - p));
  return NATIVE_DONE;
}

typedef enum { DURATION_OK, DURATION_INVALID, DURATION_NO_UNIT, DURATION_UNIT } DurationResult; // as time.gol has them

static uint64_t unit_of(String s) {
  static const struct {
    const char *name;
    uint64_t ns;
  } units[] = {{"ns", 1}, {"us", 1000}, {"\xc2\xb5s", 1000}, {"\xce\xbcs", 1000}, {"ms", 1000000}, {"s", SECOND},
               {"m", 60ull * SECOND}, {"h", 3600ull * SECOND}};
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (s.len == strlen(units[i].name) && !memcmp(s.ptr, units[i].name, s.len)) return units[i].ns;
  return 0;
}

static DurationResult read_duration(String s, int64_t *result, String *unit) {
  const uint64_t limit = 1ull << 63;
  uint64_t i = 0, total = 0;
  bool negative = false;
  *unit = (String){0};
  *result = 0;
  if (s.len && (s.ptr[0] == '-' || s.ptr[0] == '+')) negative = s.ptr[i++] == '-';
  if (s.len - i == 1 && s.ptr[i] == '0') return DURATION_OK;
  if (i == s.len) return DURATION_INVALID;
  while (i < s.len) {
    uint64_t whole = 0, fraction = 0, start = i;
    double scale = 1;
    bool digits, overflow = false;
    for (; i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9'; i++) {
      if (whole > limit / 10) return DURATION_INVALID;
      whole = whole * 10 + (uint64_t)(s.ptr[i] - '0');
      if (whole > limit) return DURATION_INVALID;
    }
    digits = i > start;
    if (i < s.len && s.ptr[i] == '.') {
      start = ++i;
      for (; i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9'; i++) {
        if (overflow || fraction > (limit - 1) / 10) {
          overflow = true;
          continue;
        }
        uint64_t more = fraction * 10 + (uint64_t)(s.ptr[i] - '0');
        if (more > limit) {
          overflow = true;
          continue;
        }
        fraction = more;
        scale *= 10;
      }
      digits |= i > start;
    }
    if (!digits) return DURATION_INVALID;
    start = i;
    while (i < s.len && s.ptr[i] != '.' && !(s.ptr[i] >= '0' && s.ptr[i] <= '9')) i++;
    if (i == start) return DURATION_NO_UNIT;
    *unit = (String){s.ptr + start, i - start};
    uint64_t ns = unit_of(*unit);
    if (!ns) return DURATION_UNIT;
    if (whole > limit / ns) return DURATION_INVALID;
    whole *= ns;
    if (fraction) {
      whole += (uint64_t)((double)fraction * ((double)ns / scale));
      if (whole > limit) return DURATION_INVALID;
    }
    total += whole;
    if (total > limit) return DURATION_INVALID;
  }
  if (negative) {
    *result = (int64_t)-total;
    return DURATION_OK;
  }
  if (total > limit - 1) return DURATION_INVALID;
  *result = (int64_t)total;
  return DURATION_OK;
}

static NativeResult parse_duration(Worker *w, uint64_t *fp) {
  FRAME(int64_t d; StringArg unit; int64_t what; StringArg s);
  String unit;
  f->what = read_duration(f->s, &f->d, &unit);
  f->unit = unit;
  return NATIVE_DONE;
}

static NativeResult quote(Worker *w, uint64_t *fp) {
  FRAME(StringArg result, s);
  Buffer out;
  buffer_init(&out, native_heap(w));
  layout_quote(&out, f->s);
  f->result = buffer_string(&out);
  return NATIVE_DONE;
}

// --- calendar

static String bad_name(HeapCache *heap, const char *what, int64_t n) {
  char text[48];
  int len = snprintf(text, sizeof text, "%%!%s(%llu)", what, (unsigned long long)n);
  return string_new(heap, text, (uint64_t)len);
}

static NativeResult month_string(Worker *w, uint64_t *fp) {
  FRAME(StringArg result; int64_t month);
  if (f->month < 1 || f->month > 12) f->result = bad_name(native_heap(w), "Month", f->month);
  else f->result = (String){month_names[f->month - 1], strlen(month_names[f->month - 1])};
  return NATIVE_DONE;
}

static NativeResult weekday_string(Worker *w, uint64_t *fp) {
  FRAME(StringArg result; int64_t day);
  if (f->day < 0 || f->day > 6) f->result = bad_name(native_heap(w), "Weekday", f->day);
  else f->result = (String){weekday_names[f->day], strlen(weekday_names[f->day])};
  return NATIVE_DONE;
}

static NativeResult civil(Worker *w, uint64_t *fp) {
  FRAME(int64_t year, month, day, year_day, seconds);
  Civil c = civil_of(f->seconds);
  f->year = c.year;
  f->month = c.month;
  f->day = c.day;
  f->year_day = c.year_day;
  return NATIVE_DONE;
}

static NativeResult weekday(Worker *w, uint64_t *fp) {
  FRAME(int64_t day, seconds);
  f->day = civil_of(f->seconds).weekday;
  return NATIVE_DONE;
}

// The week that has the year's first Thursday is its first.
static NativeResult iso_week(Worker *w, uint64_t *fp) {
  FRAME(int64_t year, week, seconds);
  Civil c = civil_of(f->seconds);
  int to_thursday = 3 - (c.weekday + 6) % 7;
  Civil thursday = civil_of(f->seconds + to_thursday * (int64_t)SECONDS_PER_DAY);
  f->year = thursday.year;
  f->week = (thursday.year_day - 1) / 7 + 1;
  return NATIVE_DONE;
}

static NativeResult from_civil(Worker *w, uint64_t *fp) {
  FRAME(int64_t days, year, month, day);
  f->days = civil_days(f->year, (int)f->month, f->day);
  return NATIVE_DONE;
}

static NativeResult divide_by(Worker *w, uint64_t *fp) {
  FRAME(uint64_t odd; int64_t rest, seconds, ns, d);
  __int128 total = (__int128)f->seconds * SECOND + f->ns, quotient = total / f->d, rest = total % f->d;
  if (rest < 0) rest += f->d, quotient--;
  f->odd = (uint64_t)(quotient & 1);
  f->rest = (int64_t)rest;
  return NATIVE_DONE;
}

// --- layouts

static NativeResult format_time(Worker *w, uint64_t *fp) {
  FRAME(StringArg result, layout; int64_t seconds, ns; StringArg zone; int64_t offset);
  Buffer out;
  buffer_init(&out, native_heap(w));
  layout_format(&out, f->layout, f->seconds, f->ns, f->zone, f->offset);
  f->result = buffer_string(&out);
  return NATIVE_DONE;
}

static NativeResult monotonic_text(Worker *w, uint64_t *fp) {
  FRAME(StringArg result; int64_t ext);
  char text[48];
  uint64_t v = f->ext < 0 ? -(uint64_t)f->ext : (uint64_t)f->ext;
  int len = snprintf(text, sizeof text, " m=%c%llu.%09llu", f->ext < 0 ? '-' : '+', (unsigned long long)(v / SECOND),
                     (unsigned long long)(v % SECOND));
  f->result = string_new(native_heap(w), text, (uint64_t)len);
  return NATIVE_DONE;
}

static NativeResult go_string(Worker *w, uint64_t *fp) {
  FRAME(StringArg result; int64_t seconds, ns);
  Civil c = civil_of(f->seconds);
  char text[120];
  int len = snprintf(text, sizeof text, "time.Date(%lld, time.%s, %d, %d, %d, %d, %lld, ", (long long)c.year,
                     month_names[c.month - 1], c.day, c.hour, c.minute, c.second, (long long)f->ns);
  f->result = string_new(native_heap(w), text, (uint64_t)len);
  return NATIVE_DONE;
}

static NativeResult parse_time(Worker *w, uint64_t *fp) {
  FRAME(int64_t year, month, day, hour, minute, second, ns, zone, offset; StringArg zone_name, layout_rest, value_rest, message;
        uint64_t ok; StringArg layout, value);
  Parsed p;
  f->ok = layout_parse(&p, native_heap(w), f->layout, f->value);
  f->year = p.year;
  f->month = p.month;
  f->day = p.day;
  f->hour = p.hour;
  f->minute = p.minute;
  f->second = p.second;
  f->ns = p.nanosecond;
  f->zone = p.zone;
  f->offset = p.offset;
  f->zone_name = p.zone_name;
  f->layout_rest = p.layout_rest;
  f->value_rest = p.value_rest;
  f->message = p.message;
  return NATIVE_DONE;
}

// --- zones

static NativeResult load_zones(Worker *w, uint64_t *fp) {
  FRAME(Zones * zones; StringArg name);
  const Host *host = &worker_runtime(w)->host;
  f->zones = zones_load(native_heap(w), f->name, host->getenv(host->context, "TZ"));
  return NATIVE_DONE;
}

static NativeResult zones_lookup_native(Worker *w, uint64_t *fp) {
  FRAME(StringArg name; int64_t offset, start, end; uint64_t is_dst; int64_t seconds; Zones * zones);
  ZoneSpan span = zones_lookup(f->zones, f->seconds);
  f->name = span.name;
  f->offset = span.offset;
  f->start = span.start;
  f->end = span.end;
  f->is_dst = span.is_dst;
  return NATIVE_DONE;
}

static NativeResult zones_lookup_name_native(Worker *w, uint64_t *fp) {
  FRAME(int64_t offset; uint64_t ok; StringArg name; int64_t seconds; Zones * zones);
  int64_t offset = 0;
  f->ok = zones_lookup_name(f->zones, f->name, f->seconds, &offset);
  f->offset = offset;
  return NATIVE_DONE;
}

const NativeRow natives_time[] = {
  {"now", now},
  {"Sleep", sleep_native},
  {"newTimer", new_timer},
  {"newFunc", new_func},
  {"(*timer).reset", reset_timer},
  {"(*timer).stop", stop_timer},
  {"Duration.String", duration_string},
  {"parseDuration", parse_duration},
  {"quote", quote},
  {"Month.String", month_string},
  {"Weekday.String", weekday_string},
  {"civil", civil},
  {"weekday", weekday},
  {"isoWeek", iso_week},
  {"fromCivil", from_civil},
  {"divideBy", divide_by},
  {"formatTime", format_time},
  {"monotonicText", monotonic_text},
  {"goString", go_string},
  {"parseTime", parse_time},
  {"loadZones", load_zones},
  {"(*zones).lookup", zones_lookup_native},
  {"(*zones).lookupName", zones_lookup_name_native},
  {0},
};
