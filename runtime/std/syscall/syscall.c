// Natives of package syscall.
#include <ctype.h>
#include <stdio.h>

#include "std/frame.h"
#include "vm/native.h"

// Go's texts are the C library's, without a capital (but for abbreviations); a negative number is only a number.
static NativeResult errno_text(Worker *w, uint64_t *fp) {
  FRAME(StringArg result; int64_t number);
  char text[256];
  if (f->number < 0) {
    snprintf(text, sizeof text, "%lld", (long long)-f->number);
  } else {
    const char *known = strerrordesc_np((int)f->number);
    if (known) snprintf(text, sizeof text, "%s", known);
    else snprintf(text, sizeof text, "errno %lld", (long long)f->number);
    if (isupper((unsigned char)text[0]) && !isupper((unsigned char)text[1])) text[0] = (char)tolower((unsigned char)text[0]);
  }
  f->result = string_new(native_heap(w), text, strlen(text));
  return NATIVE_DONE;
}

const NativeRow natives_syscall[] = {
  {"errnoText", errno_text},
  {0},
};
