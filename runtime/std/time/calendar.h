// The proleptic Gregorian calendar, on seconds since the beginning of year 1 (UTC or any fixed offset).
#ifndef STD_TIME_CALENDAR_H
#define STD_TIME_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  int64_t year;
  int month, day, year_day; // each from 1
  int weekday;              // 0: Sunday
  int hour, minute, second;
} Civil;

enum { SECONDS_PER_DAY = 86400 };
#define UNIX_TO_INTERNAL 62135596800ll // seconds from year 1 to 1970

Civil civil_of(int64_t seconds);
// Days from the first of January of year 1; month 1..12, day may be out of its month.
int64_t civil_days(int64_t year, int month, int64_t day);
int civil_month_days(int month, int64_t year);
bool civil_is_leap(int64_t year);

extern const char *const month_names[12], *const weekday_names[7];

#endif
