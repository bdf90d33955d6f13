// Natives of package context.
#include "std/frame.h"
#include "vm/native.h"

static NativeResult type_string(Worker *w, uint64_t *fp) {
  FRAME(StringArg result; IfaceArg v);
  const char *text = f->v.type ? f->v.type->string : "<nil>";
  f->result = (String){text, strlen(text)};
  return NATIVE_DONE;
}

static NativeResult is_comparable(Worker *w, uint64_t *fp) {
  FRAME(uint64_t result; IfaceArg v);
  f->result = f->v.type && f->v.type->comparable;
  return NATIVE_DONE;
}

const NativeRow natives_context[] = {
  {"typeString", type_string},
  {"isComparable", is_comparable},
  {0},
};
