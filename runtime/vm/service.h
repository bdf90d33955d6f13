// Services: state that a package's natives keep in a Runtime, made when it is first asked for (the HTTP client's thread, say).
#ifndef VM_SERVICE_H
#define VM_SERVICE_H

#include "vm/runtime.h"

// The service of `key` (any address of the caller's own), started by the first call. NULL: it could not start, *why says
// why; the next call tries again. Stopped, latest first, by runtime_free. Any worker's thread; `start` runs under the lock.
void *runtime_service(Runtime *rt, const void *key, void *(*start)(Runtime *rt, const char **why), void (*stop)(void *state), const char **why);
void runtime_stop_services(Runtime *rt);

#endif
