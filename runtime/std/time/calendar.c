// Days are counted in eras of 400 years that begin on the first of March, so that a leap day is the last of its year.
#include "std/time/calendar.h"

const char *const month_names[12] = {"January", "February", "March", "April", "May", "June", "July", "August", "September",
                                     "October", "November", "December"};
const char *const weekday_names[7] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

enum { DAYS_PER_ERA = 146097, MARCH_OFFSET = 306 }; // from 0000-03-01 to 0001-01-01

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

int64_t civil_days(int64_t year, int month, int64_t day) {
  if (month <= 2) year--;
  int64_t era = floor_div(year, 400);
  int64_t of_era = year - era * 400;
  int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5;
  return era * DAYS_PER_ERA + of_era * 365 + of_era / 4 - of_era / 100 + of_year + day - 1 - MARCH_OFFSET;
}

Civil civil_of(int64_t seconds) {
  int64_t days = floor_div(seconds, SECONDS_PER_DAY), rest = seconds - days * SECONDS_PER_DAY;
  Civil c;
  c.hour = (int)(rest / 3600);
  c.minute = (int)(rest / 60 % 60);
  c.second = (int)(rest % 60);
  c.weekday = (int)((days % 7 + 8) % 7); // 0001-01-01 was a Monday
  int64_t from_march = days + MARCH_OFFSET, era = floor_div(from_march, DAYS_PER_ERA);
  int64_t of_era = from_march - era * DAYS_PER_ERA;
  int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  int64_t of_year = of_era - (year * 365 + year / 4 - year / 100);
  int64_t month = (5 * of_year + 2) / 153;
  c.day = (int)(of_year - (153 * month + 2) / 5 + 1);
  c.month = (int)(month < 10 ? month + 3 : month - 9);
  c.year = year + era * 400 + (c.month <= 2);
  c.year_day = (int)(days - civil_days(c.year, 1, 1)) + 1;
  return c;
}

bool civil_is_leap(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int civil_month_days(int month, int64_t year) {
  static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && civil_is_leap(year) ? 29 : days[month - 1];
}
