// Natives of package bufio.
#include "base/text.h"
#include "std/frame.h"
#include "std/unicode/case.h"
#include "vm/native.h"

static NativeResult word(Worker *w, uint64_t *fp) {
  FRAME(int64_t start, end, next; SliceArg data);
  const char *data = f->data.ptr;
  uint32_t len = f->data.len, i = 0, width = 0;
  for (; i < len; i += width)
    if (!case_is_space(utf8_decode(data + i, len - i, &width))) break;
  f->start = i;
  f->end = f->next = -1;
  for (; i < len; i += width)
    if (case_is_space(utf8_decode(data + i, len - i, &width))) {
      f->end = i;
      f->next = i + width;
      i += width;
      break;
    }
  native_reads(w, data, i);
  return NATIVE_DONE;
}

const NativeRow natives_bufio[] = {
  {"word", word},
  {0},
};
