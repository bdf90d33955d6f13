// Starting other programs and waiting for them: natives of package os.
#ifndef STD_OS_PROCESS_H
#define STD_OS_PROCESS_H

#include "vm/native.h"

NativeResult os_spawn(Worker *w, uint64_t *fp);
NativeResult os_wait(Worker *w, uint64_t *fp);

#endif
