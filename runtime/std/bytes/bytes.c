// Natives of package bytes.
#include "std/frame.h"
#include "vm/native.h"

static NativeResult str(Worker *w, uint64_t *fp) {
  FRAME(StringArg result; SliceArg bytes);
  native_reads(w, f->bytes.ptr, f->bytes.len);
  f->result = (String){f->bytes.ptr, f->bytes.len};
  return NATIVE_DONE;
}

static NativeResult view(Worker *w, uint64_t *fp) {
  FRAME(StringArg result; SliceArg bytes);
  f->result = (String){f->bytes.ptr, f->bytes.len};
  return NATIVE_DONE;
}

static NativeResult looked(Worker *w, uint64_t *fp) {
  FRAME(SliceArg at);
  native_reads(w, f->at.ptr, f->at.len);
  return NATIVE_DONE;
}

const NativeRow natives_bytes[] = {
  {"str", str},
  {"view", view},
  {"looked", looked},
  {0},
};
