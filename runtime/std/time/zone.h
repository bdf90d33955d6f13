// Time zones, from the system's zone files (TZif, RFC 8536).
#ifndef STD_TIME_ZONE_H
#define STD_TIME_ZONE_H

#include "heap/heap.h"

typedef struct Zones Zones;

// One stretch of time with one offset: [start, end) in Unix seconds, INT64_MIN and INT64_MAX where it is open.
typedef struct {
  String name;
  int64_t offset; // seconds east of UTC
  int64_t start, end;
  bool is_dst;
} ZoneSpan;

// The empty name is the local zone, as tz (the environment's TZ, NULL if unset) or else the system says. NULL: no such zone.
Zones *zones_load(HeapCache *heap, String name, const char *tz);
ZoneSpan zones_lookup(const Zones *z, int64_t unix_seconds);
// The offset of the zone abbreviated `name`, preferring the one in force at the local time given.
bool zones_lookup_name(const Zones *z, String name, int64_t seconds, int64_t *offset);

#endif
