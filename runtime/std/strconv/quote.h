// Quoted text: Go's string and rune literals.
#ifndef STD_STRCONV_QUOTE_H
#define STD_STRCONV_QUOTE_H

#include "std/buffer.h"

typedef enum { QUOTE_PRINT, QUOTE_ASCII, QUOTE_GRAPHIC } QuoteMode;

void quote_string(Buffer *out, String s, char quote, QuoteMode mode);
void quote_rune(Buffer *out, int64_t rune, QuoteMode mode);
// Can s stand unchanged between back quotes (on one line, no control characters but tab)?
bool quote_can_backquote(String s);
// The code point of a literal's next character at *s (advanced past it); *multibyte: it is to be written as UTF-8.
// `quote` is the quote around it. False: a syntax error.
bool quote_unescape(String *s, char quote, int32_t *rune, bool *multibyte);
// The text that a quoted, back-quoted or (one rune) single-quoted literal stands for.
bool quote_unquote(Buffer *out, String s);
// The length of the quoted literal that s begins with, 0 if it begins with none.
uint64_t quote_prefix(String s);
// strconv.IsGraphic's spaces beyond IsPrint.
bool quote_is_graphic(int32_t rune);

#endif
