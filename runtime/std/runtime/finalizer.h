// Natives of runtime.SetFinalizer.
#ifndef STD_RUNTIME_FINALIZER_H
#define STD_RUNTIME_FINALIZER_H

#include "vm/native.h"

NativeResult runtime_set_finalizer(Worker *w, uint64_t *fp);
NativeResult runtime_next_finalizer(Worker *w, uint64_t *fp);

#endif
