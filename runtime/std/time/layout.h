// Time layouts: Go's way to say a format by writing the reference time, "Mon Jan 2 15:04:05 MST 2006".
#ifndef STD_TIME_LAYOUT_H
#define STD_TIME_LAYOUT_H

#include "std/buffer.h"
#include "std/time/calendar.h"

// seconds: since year 1, in the zone given.
void layout_format(Buffer *out, String layout, int64_t seconds, int64_t nanoseconds, String zone, int64_t offset);

typedef enum { PARSED_NO_ZONE, PARSED_UTC, PARSED_OFFSET, PARSED_NAME } ParsedZone; // as time.gol has them

typedef struct {
  int64_t year, month, day, hour, minute, second, nanosecond, offset;
  ParsedZone zone;
  String zone_name;
  // when it fails: what of layout and value did not fit, or a message
  String layout_rest, value_rest, message;
} Parsed;

bool layout_parse(Parsed *p, HeapCache *heap, String layout, String value);
// s as time's error messages quote it.
void layout_quote(Buffer *out, String s);

#endif
