// Reading from a descriptor, for packages os and fmt.
#ifndef STD_OS_READ_H
#define STD_OS_READ_H

#include "vm/native.h"

// A native: func (fd int, b []byte) (n, errno int). Waits on a helper thread if nothing is there yet.
NativeResult os_read(Worker *w, uint64_t *fp);

#endif
