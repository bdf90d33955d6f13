// Natives of package bytes.
#include "std/frame.h"
#include "vm/native.h"

static NativeResult str(Worker *w, uint64_t *fp) {
  FRAME(StringArg result; SliceArg bytes);
  f->result = (String){f->bytes.ptr, f->bytes.len};
  return NATIVE_DONE;
}

const NativeRow natives_bytes[] = {
  {"str", str},
  {0},
};
