// Natives of package syscall.
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "std/frame.h"
#include "vm/native.h"

// Go's texts are the C library's, without a capital (but for abbreviations).
static NativeResult errno_text(Worker *w, uint64_t *fp) {
  FRAME(StringArg result; int64_t number);
  char text[256];
  const char *known = strerrordesc_np((int)f->number);
  if (known) snprintf(text, sizeof text, "%s", known);
  else snprintf(text, sizeof text, "errno %lld", (long long)f->number);
  if (isupper((unsigned char)text[0]) && !isupper((unsigned char)text[1])) text[0] = (char)tolower((unsigned char)text[0]);
  f->result = string_new(native_heap(w), text, strlen(text));
  return NATIVE_DONE;
}

// func kill(pid, signal int) (errno int)
static NativeResult send_signal(Worker *w, uint64_t *fp) {
  FRAME(int64_t error, pid, signal);
  f->error = kill((pid_t)f->pid, (int)f->signal) ? errno : 0;
  return NATIVE_DONE;
}

// func getpid() int
static NativeResult get_pid(Worker *w, uint64_t *fp) {
  FRAME(int64_t pid);
  f->pid = getpid();
  return NATIVE_DONE;
}

const NativeRow natives_syscall[] = {
  {"kill", send_signal}, {"getpid", get_pid},
  {"errnoText", errno_text},
  {0},
};
