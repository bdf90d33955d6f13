#include "std/os/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sched/poller.h"
#include "std/frame.h"

enum { FILES_MAX = 64, ABOVE = 100 /* copies of the child's files lie at descriptors from here on, out of the way */ };

static char *text_of(String s) {
  char *text = malloc(s.len + 1);
  if (!text) return NULL;
  if (s.len) memcpy(text, s.ptr, s.len);
  text[s.len] = 0;
  return text;
}

static void free_texts(char **texts) {
  for (char **at = texts; texts && *at; at++) free(*at);
  free(texts);
}

static char **texts_of(Slice strings) {
  const String *all = strings.ptr;
  char **texts = calloc((size_t)strings.len + 1, sizeof *texts);
  for (uint32_t i = 0; texts && i < strings.len; i++)
    if (!(texts[i] = text_of(string_load(&all[i])))) {
      free_texts(texts);
      return NULL;
    }
  return texts;
}

static bool has_nul(Slice strings) {
  const String *all = strings.ptr;
  for (uint32_t i = 0; i < strings.len; i++) {
    String s = string_load(&all[i]);
    if (s.len && memchr(s.ptr, 0, s.len)) return true;
  }
  return false;
}

// The child's descriptors 0, 1 ...: copied above first, since they may change places. Returns how many copies there are.
static uint32_t place_files(posix_spawn_file_actions_t *actions, Slice files, int *copies) {
  const int64_t *fds = files.ptr;
  for (uint32_t i = 0; i < files.len; i++) {
    copies[i] = fds[i] < 0 ? -1 : fcntl((int)fds[i], F_DUPFD_CLOEXEC, ABOVE);
    if (copies[i] >= 0) posix_spawn_file_actions_adddup2(actions, copies[i], (int)i);
    else posix_spawn_file_actions_addclose(actions, (int)i);
  }
  posix_spawn_file_actions_addclosefrom_np(actions, (int)files.len);
  return files.len;
}

// func spawn(path string, argv, env []string, dir string, files []int) (pid, errno int)
NativeResult os_spawn(Worker *w, uint64_t *fp) {
  FRAME(int64_t pid, error; StringArg path; SliceArg argv, env; StringArg dir; SliceArg files);
  native_reads(w, f->argv.ptr, f->argv.len * sizeof(String));
  native_reads(w, f->env.ptr, f->env.len * sizeof(String));
  native_reads(w, f->files.ptr, f->files.len * 8);
  f->pid = -1;
  f->error = f->files.len > FILES_MAX || has_nul(f->argv) || has_nul(f->env) || (f->path.len && memchr(f->path.ptr, 0, f->path.len)) ? EINVAL : 0;
  if (f->error) return NATIVE_DONE;
  runtime_flush(worker_runtime(w)); // what was printed comes before what the child prints
  char *path = text_of(f->path), *dir = text_of(f->dir), **argv = texts_of(f->argv), **env = texts_of(f->env);
  if (path && dir && argv && env) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none); // the Runtime keeps signals for a thread of its own, the child shall not
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    if (*dir) posix_spawn_file_actions_addchdir_np(&actions, dir);
    int copies[FILES_MAX];
    uint32_t n = place_files(&actions, f->files, copies);
    pid_t pid = -1;
    f->error = posix_spawn(&pid, path, &actions, &attributes, argv, env);
    f->pid = pid;
    for (uint32_t i = 0; i < n; i++)
      if (copies[i] >= 0) close(copies[i]);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
  } else f->error = ENOMEM;
  free(path);
  free(dir);
  free_texts(argv);
  free_texts(env);
  return NATIVE_DONE;
}

static int64_t ns(struct timeval t) { return (int64_t)t.tv_sec * 1000000000 + (int64_t)t.tv_usec * 1000; }

static void wait_blocking(HeapCache *heap, uint64_t *fp) {
  FRAME(int64_t status, user, system, error, pid);
  int status = 0;
  struct rusage used = {0};
  pid_t pid;
  do pid = wait4((pid_t)f->pid, &status, 0, &used);
  while (pid < 0 && errno == EINTR);
  f->error = pid < 0 ? errno : 0;
  f->status = status;
  f->user = ns(used.ru_utime);
  f->system = ns(used.ru_stime);
}

// func wait(pid int) (status int, user, system int64, errno int)
NativeResult os_wait(Worker *w, uint64_t *fp) { return blocking_call(w, wait_blocking, fp) ? NATIVE_PARKED : NATIVE_DONE; }
