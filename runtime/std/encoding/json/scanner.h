// JSON by RFC 8259, one byte at a time, with the words of Go's encoding/json for what is wrong.
#ifndef STD_JSON_SCANNER_H
#define STD_JSON_SCANNER_H

#include <stdbool.h>
#include <stdint.h>

// What a byte was.
typedef enum {
  JSON_CONTINUE, JSON_BEGIN_LITERAL, JSON_BEGIN_OBJECT, JSON_OBJECT_KEY, JSON_OBJECT_VALUE, JSON_END_OBJECT, JSON_BEGIN_ARRAY,
  JSON_ARRAY_VALUE, JSON_END_ARRAY,
  JSON_SPACE, // insignificant
  JSON_END,   // the value ended before this byte
  JSON_ERROR,
} JsonOp;

enum { JSON_MAX_DEPTH = 10000 };

typedef struct {
  uint8_t state;        // JsonState
  uint8_t literal;      // which, and how much of it was read
  bool ended;           // the top-level value is complete
  uint32_t depth;
  uint8_t nest[JSON_MAX_DEPTH + 1]; // JsonNest of each open array or object
  char problem[128];
} JsonScanner;

void json_scanner_init(JsonScanner *s);
JsonOp json_step(JsonScanner *s, uint8_t c);
// There is nothing more: JSON_END, or JSON_ERROR.
JsonOp json_finish(JsonScanner *s);

#endif
