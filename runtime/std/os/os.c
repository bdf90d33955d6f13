// Natives of packages os and syscall. Each gives an error number, 0 for none. Standard output and error go through the Runtime
// (vm/runtime.h); reads that may take their time go to a helper thread.
#include "std/os/read.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sched/poller.h"
#include "std/frame.h"
#include "std/os/process.h"
#include "vm/native.h"

// A path as the system takes it. False: it has a NUL inside or is too long.
typedef struct {
  char text[4097];
} Path;

static int path_of(Path *p, String s) {
  if (s.len >= sizeof p->text) return ENAMETOOLONG;
  if (s.len && memchr(s.ptr, 0, s.len)) return EINVAL;
  if (s.len) memcpy(p->text, s.ptr, s.len);
  p->text[s.len] = 0;
  return 0;
}

static String string_of(HeapCache *heap, const char *text) { return string_new(heap, text, strlen(text)); }

// --- the process

static NativeResult os_args(Worker *w, uint64_t *fp) {
  FRAME(SliceArg result);
  const Runtime *rt = worker_runtime(w);
  uint32_t n = (uint32_t)rt->argc;
  String *all = heap_alloc(native_heap(w), n * sizeof *all, false);
  for (uint32_t i = 0; i < n; i++) all[i] = string_of(native_heap(w), rt->argv[i]);
  f->result = (Slice){all, n, n};
  return NATIVE_DONE;
}

static NativeResult os_exit(Worker *w, uint64_t *fp) {
  FRAME(int64_t status);
  return native_exit(w, (int)f->status);
}

static NativeResult os_getpid(Worker *w, uint64_t *fp) {
  fp[2] = (uint64_t)getpid();
  return NATIVE_DONE;
}

static NativeResult os_getppid(Worker *w, uint64_t *fp) {
  fp[2] = (uint64_t)getppid();
  return NATIVE_DONE;
}

static NativeResult os_getuid(Worker *w, uint64_t *fp) {
  fp[2] = (uint64_t)getuid();
  return NATIVE_DONE;
}

static NativeResult os_getgid(Worker *w, uint64_t *fp) {
  fp[2] = (uint64_t)getgid();
  return NATIVE_DONE;
}

static NativeResult os_hostname(Worker *w, uint64_t *fp) {
  FRAME(StringArg result);
  char name[256] = "";
  gethostname(name, sizeof name - 1);
  f->result = string_of(native_heap(w), name);
  return NATIVE_DONE;
}

static NativeResult os_getwd(Worker *w, uint64_t *fp) {
  FRAME(StringArg dir; int64_t error);
  char path[4096];
  f->error = 0;
  f->dir = (String){0};
  if (getcwd(path, sizeof path)) f->dir = string_of(native_heap(w), path);
  else f->error = errno;
  return NATIVE_DONE;
}

static NativeResult os_environ(Worker *w, uint64_t *fp) {
  FRAME(SliceArg result);
  const Host *host = &worker_runtime(w)->host;
  char **environment = host->environment(host->context);
  uint32_t n = 0;
  while (environment && environment[n]) n++;
  String *all = heap_alloc(native_heap(w), n * sizeof *all, false);
  for (uint32_t i = 0; i < n; i++) all[i] = string_of(native_heap(w), environment[i]);
  f->result = (Slice){all, n, n};
  return NATIVE_DONE;
}

static NativeResult os_getenv_native(Worker *w, uint64_t *fp) {
  FRAME(StringArg value; uint64_t ok; StringArg key);
  const Host *host = &worker_runtime(w)->host;
  Path key;
  const char *value = path_of(&key, f->key) ? NULL : host->getenv(host->context, key.text);
  f->ok = value != NULL;
  f->value = value ? string_of(native_heap(w), value) : (String){0};
  return NATIVE_DONE;
}

static NativeResult os_random(Worker *w, uint64_t *fp) {
  FRAME(uint64_t result);
  const Host *host = &worker_runtime(w)->host;
  uint32_t n;
  host->random(host->context, &n, sizeof n);
  f->result = n;
  return NATIVE_DONE;
}

// --- reading and writing

// Under virtual time there is one worker and no helper: whoever makes a descriptor ready may be another goroutine.
static NativeResult try_later(Worker *w) {
  w->g->wake_action = WAKE_RETRY;
  sched_ready(w, w->g, READY_YIELDED);
  return NATIVE_RETRY;
}

static void put(Worker *w, int64_t fd, const void *bytes, uint64_t len, int64_t *n, int64_t *error) {
  Runtime *rt = worker_runtime(w);
  *n = (int64_t)len;
  *error = 0;
  native_event(w, WATCH_POST, NULL);
  if (fd == 1) {
    runtime_write(rt, bytes, len);
  } else if (fd == 2) {
    runtime_write_error(rt, bytes, len);
  } else {
    int64_t done = rt->host.write(rt->host.context, (int)fd, bytes, len);
    *n = done < 0 ? 0 : done;
    *error = done < 0 ? -done : 0;
  }
}

// A pipe that is ready takes this much (PIPE_BUF); more may block, and then whoever is to read could never run.
enum { PIECE = 4096 };

// Writes some; the caller asks again for the rest.
static NativeResult write_some(Worker *w, uint64_t *fp, int64_t fd, const void *bytes, uint64_t len, int64_t *n, int64_t *error, BlockingFn blocking) {
  struct stat st;
  bool waits = fd > 2 && fstat((int)fd, &st) == 0 && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
  if (waits) {
    struct pollfd ready = {.fd = (int)fd, .events = POLLOUT};
    if (poll(&ready, 1, 0) != 1) {
      *n = (int64_t)(uintptr_t)&worker_runtime(w)->host;
      if (!w->policy->virtual_time) return blocking_call(w, blocking, fp) ? NATIVE_PARKED : NATIVE_DONE;
      poll(&ready, 1, 1);
      return try_later(w);
    }
    if (len > PIECE) len = PIECE;
  }
  put(w, fd, bytes, len, n, error);
  return NATIVE_DONE;
}

// On a helper thread. The first result slot holds the Host until the write is done.
static void put_blocking(const void *bytes, uint64_t len, int64_t fd, int64_t *n, int64_t *error) {
  const Host *host = (const Host *)(uintptr_t)*n;
  int64_t done = host->write(host->context, (int)fd, bytes, len);
  *n = done < 0 ? 0 : done;
  *error = done < 0 ? -done : 0;
}

static void write_blocking(HeapCache *heap, uint64_t *fp) {
  FRAME(int64_t n, error, fd; SliceArg bytes);
  put_blocking(f->bytes.ptr, f->bytes.len, f->fd, &f->n, &f->error);
}

static void write_string_blocking(HeapCache *heap, uint64_t *fp) {
  FRAME(int64_t n, error, fd; StringArg s);
  put_blocking(f->s.ptr, f->s.len, f->fd, &f->n, &f->error);
}

static NativeResult os_write(Worker *w, uint64_t *fp) {
  FRAME(int64_t n, error, fd; SliceArg bytes);
  native_reads(w, f->bytes.ptr, f->bytes.len);
  return write_some(w, fp, f->fd, f->bytes.ptr, f->bytes.len, &f->n, &f->error, write_blocking);
}

static NativeResult os_write_string(Worker *w, uint64_t *fp) {
  FRAME(int64_t n, error, fd; StringArg s);
  return write_some(w, fp, f->fd, f->s.ptr, f->s.len, &f->n, &f->error, write_string_blocking);
}

// On a helper thread. The first result slot holds the Host until the read is done.
static void read_blocking(HeapCache *heap, uint64_t *fp) {
  FRAME(int64_t n, error, fd; SliceArg bytes);
  const Host *host = (const Host *)(uintptr_t)f->n;
  int64_t n = host->read(host->context, (int)f->fd, f->bytes.ptr, f->bytes.len);
  f->n = n < 0 ? 0 : n;
  f->error = n < 0 ? -n : 0;
}

NativeResult os_read(Worker *w, uint64_t *fp) {
  FRAME(int64_t n, error, fd; SliceArg bytes);
  Runtime *rt = worker_runtime(w);
  if (f->fd == 0) runtime_flush(rt);
  f->n = (int64_t)(uintptr_t)&rt->host;
  f->error = 0;
  struct stat st;
  struct pollfd ready = {.fd = (int)f->fd, .events = POLLIN};
  if ((fstat((int)f->fd, &st) == 0 && S_ISREG(st.st_mode)) || poll(&ready, 1, 0) == 1) {
    read_blocking(native_heap(w), fp);
    return NATIVE_DONE;
  }
  if (w->policy->virtual_time) {
    poll(&ready, 1, 1);
    return try_later(w);
  }
  return blocking_call(w, read_blocking, fp) ? NATIVE_PARKED : NATIVE_DONE;
}

// What a read has put into its buffer, for an observer: it could not say so while it was parked.
static NativeResult os_filled(Worker *w, uint64_t *fp) {
  FRAME(SliceArg bytes);
  native_event(w, WATCH_WAIT, NULL);
  native_writes(w, f->bytes.ptr, f->bytes.len);
  return NATIVE_DONE;
}

static NativeResult os_pread(Worker *w, uint64_t *fp) {
  FRAME(int64_t n, error, fd; SliceArg bytes; int64_t offset);
  ssize_t n = pread((int)f->fd, f->bytes.ptr, f->bytes.len, f->offset);
  f->error = n < 0 ? errno : 0;
  f->n = n < 0 ? 0 : n;
  native_event(w, WATCH_WAIT, NULL);
  native_writes(w, f->bytes.ptr, (size_t)f->n);
  return NATIVE_DONE;
}

static NativeResult os_pwrite(Worker *w, uint64_t *fp) {
  FRAME(int64_t n, error, fd; SliceArg bytes; int64_t offset);
  native_reads(w, f->bytes.ptr, f->bytes.len);
  native_event(w, WATCH_POST, NULL);
  ssize_t n = pwrite((int)f->fd, f->bytes.ptr, f->bytes.len, f->offset);
  f->error = n < 0 ? errno : 0;
  f->n = n < 0 ? 0 : n;
  return NATIVE_DONE;
}

static NativeResult os_seek(Worker *w, uint64_t *fp) {
  FRAME(int64_t at, error, fd, offset, whence);
  off_t at = lseek((int)f->fd, f->offset, (int)f->whence);
  f->error = at < 0 ? errno : 0;
  f->at = at < 0 ? 0 : at;
  return NATIVE_DONE;
}

// --- files by name

static NativeResult os_open(Worker *w, uint64_t *fp) {
  FRAME(int64_t fd, error; StringArg name; int64_t flag, perm);
  Path path;
  f->fd = -1;
  f->error = path_of(&path, f->name);
  if (f->error) return NATIVE_DONE;
  int fd = open(path.text, (int)f->flag | O_CLOEXEC, (mode_t)f->perm);
  if (fd < 0) f->error = errno;
  else f->fd = fd;
  return NATIVE_DONE;
}

static NativeResult os_close(Worker *w, uint64_t *fp) {
  FRAME(int64_t error, fd);
  if (f->fd == 1) runtime_flush(worker_runtime(w));
  f->error = close((int)f->fd) ? errno : 0;
  return NATIVE_DONE;
}

static NativeResult os_sync(Worker *w, uint64_t *fp) {
  FRAME(int64_t error, fd);
  f->error = fsync((int)f->fd) ? errno : 0;
  return NATIVE_DONE;
}

static NativeResult os_truncate(Worker *w, uint64_t *fp) {
  FRAME(int64_t error, fd, size);
  f->error = ftruncate((int)f->fd, f->size) ? errno : 0;
  return NATIVE_DONE;
}

static NativeResult os_stat(Worker *w, uint64_t *fp) {
  FRAME(int64_t size, mode, seconds, ns, error, fd; StringArg name; uint64_t follow);
  Path path;
  struct stat st = {0};
  f->error = f->fd < 0 ? path_of(&path, f->name) : 0;
  if (!f->error) {
    int failed = f->fd >= 0 ? fstat((int)f->fd, &st) : f->follow ? stat(path.text, &st) : lstat(path.text, &st);
    if (failed) f->error = errno;
  }
  f->size = st.st_size;
  f->mode = st.st_mode;
  f->seconds = st.st_mtim.tv_sec;
  f->ns = st.st_mtim.tv_nsec;
  return NATIVE_DONE;
}

// Which file it is: device and number.
static NativeResult os_identity(Worker *w, uint64_t *fp) {
  FRAME(int64_t device, number, fd; StringArg name; uint64_t follow);
  Path path;
  struct stat st = {0};
  if (f->fd >= 0) {
    if (fstat((int)f->fd, &st)) st = (struct stat){0};
  } else if (path_of(&path, f->name) || (f->follow ? stat(path.text, &st) : lstat(path.text, &st))) st = (struct stat){0};
  f->device = (int64_t)st.st_dev;
  f->number = (int64_t)st.st_ino;
  return NATIVE_DONE;
}

static NativeResult os_remove(Worker *w, uint64_t *fp) {
  FRAME(int64_t error; StringArg name);
  Path path;
  f->error = path_of(&path, f->name);
  if (f->error || !unlink(path.text)) return NATIVE_DONE;
  int first = errno;
  if (!rmdir(path.text)) return NATIVE_DONE;
  f->error = errno == ENOTDIR ? first : errno;
  return NATIVE_DONE;
}

static NativeResult os_mkdir(Worker *w, uint64_t *fp) {
  FRAME(int64_t error; StringArg name; int64_t perm);
  Path path;
  f->error = path_of(&path, f->name);
  if (!f->error && mkdir(path.text, (mode_t)f->perm)) f->error = errno;
  return NATIVE_DONE;
}

static NativeResult os_chdir(Worker *w, uint64_t *fp) {
  FRAME(int64_t error; StringArg name);
  Path path;
  f->error = path_of(&path, f->name);
  if (!f->error && chdir(path.text)) f->error = errno;
  return NATIVE_DONE;
}

static NativeResult os_chmod(Worker *w, uint64_t *fp) {
  FRAME(int64_t error; StringArg name; int64_t mode);
  Path path;
  f->error = path_of(&path, f->name);
  if (!f->error && chmod(path.text, (mode_t)f->mode)) f->error = errno;
  return NATIVE_DONE;
}

static NativeResult os_rename(Worker *w, uint64_t *fp) {
  FRAME(int64_t error; StringArg from, to);
  Path from, to;
  f->error = path_of(&from, f->from);
  if (!f->error) f->error = path_of(&to, f->to);
  if (!f->error && rename(from.text, to.text)) f->error = errno;
  return NATIVE_DONE;
}

static NativeResult os_link(Worker *w, uint64_t *fp) {
  FRAME(int64_t error; StringArg from, to; uint64_t symbolic);
  Path from, to;
  f->error = path_of(&from, f->from);
  if (!f->error) f->error = path_of(&to, f->to);
  if (!f->error && (f->symbolic ? symlink(from.text, to.text) : link(from.text, to.text))) f->error = errno;
  return NATIVE_DONE;
}

static NativeResult os_readlink(Worker *w, uint64_t *fp) {
  FRAME(StringArg target; int64_t error; StringArg name);
  Path path;
  char target[4096];
  f->target = (String){0};
  f->error = path_of(&path, f->name);
  if (f->error) return NATIVE_DONE;
  ssize_t n = readlink(path.text, target, sizeof target);
  if (n < 0) f->error = errno;
  else f->target = string_new(native_heap(w), target, (uint64_t)n);
  return NATIVE_DONE;
}

static int compare_names(const void *a, const void *b) { return string_compare(*(const String *)a, *(const String *)b); }

static NativeResult os_list(Worker *w, uint64_t *fp) {
  FRAME(SliceArg names; int64_t error; StringArg name);
  Path path;
  f->names = (Slice){0};
  f->error = path_of(&path, f->name);
  if (f->error) return NATIVE_DONE;
  DIR *dir = opendir(path.text);
  if (!dir) {
    f->error = errno;
    return NATIVE_DONE;
  }
  String *names = NULL;
  uint32_t n = 0, cap = 0;
  for (struct dirent *entry; (entry = readdir(dir));) {
    if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
    if (n == cap) {
      cap = cap ? cap * 2 : 16;
      String *grown = heap_alloc(native_heap(w), cap * sizeof *grown, false);
      if (n) memcpy(grown, names, n * sizeof *grown);
      names = grown;
    }
    names[n++] = string_of(native_heap(w), entry->d_name);
  }
  closedir(dir);
  if (n) qsort(names, n, sizeof *names, compare_names);
  f->names = (Slice){names, n, cap};
  return NATIVE_DONE;
}

static NativeResult os_pipe(Worker *w, uint64_t *fp) {
  FRAME(int64_t r, w, error);
  int fds[2] = {-1, -1};
  f->error = pipe2(fds, O_CLOEXEC) ? errno : 0;
  f->r = fds[0];
  f->w = fds[1];
  return NATIVE_DONE;
}

const NativeRow natives_os[] = {
  {"args", os_args},
  {"Exit", os_exit},
  {"Getpid", os_getpid},
  {"Getppid", os_getppid},
  {"Getuid", os_getuid},
  {"Getgid", os_getgid},
  {"hostname", os_hostname},
  {"getwd", os_getwd},
  {"chdir", os_chdir},
  {"readlink", os_readlink},
  {"environ", os_environ},
  {"getenv", os_getenv_native},
  {"open", os_open},
  {"closeFile", os_close},
  {"read", os_read},
  {"write", os_write},
  {"writeString", os_write_string},
  {"filled", os_filled},
  {"pread", os_pread},
  {"pwrite", os_pwrite},
  {"seek", os_seek},
  {"truncate", os_truncate},
  {"stat", os_stat},
  {"remove", os_remove},
  {"mkdir", os_mkdir},
  {"rename", os_rename},
  {"chmod", os_chmod},
  {"link", os_link},
  {"list", os_list},
  {"pipe", os_pipe},
  {"sync", os_sync},
  {"identity", os_identity},
  {"spawn", os_spawn},
  {"wait", os_wait},
  {"random", os_random},
  {0},
};
