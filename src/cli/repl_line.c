// While a line is edited the session's thread waits for keys in read_key, and for `wake`: somebody has put output into `pending`. Then
// the line is taken off the screen, the output written, and the line drawn again below it. At other times output is written at once.
#include "cli/repl_line.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/repl_libedit.h"

enum { HISTORY_SIZE = 2000, KEYS = 4096, LIST_AT_MOST = 200 };

struct Line {
  LineOptions options;
  Libedit lib;
  EditLine *el;
  History *history;
  const char *prompt;
  char coloured[64];
  int wake, wake_reader;          // eventfds: of the thread that edits; of who waits in line_input
  _Atomic bool interrupted, resized; // by signal handlers; relaxed: `wake` is read after it was written

  // keys read and not taken yet. The session's thread while editing, else who holds lock
  unsigned char keys[KEYS];
  uint32_t key_first, key_end;

  pthread_mutex_t lock;           // rank: leaf. Guards the rest
  bool editing, reading;          // a line is edited; somebody waits in line_input
  StrBuf pending;                 // output that came while editing
  bool midline;                   // the last output did not end its line
  bool closing;
  pthread_cond_t idle;            // no line is edited
};

// --- output

static void write_all(int fd, const char *bytes, size_t n) {
  while (n > 0) {
    ssize_t done = write(fd, bytes, n);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return;
    bytes += done, n -= (size_t)done;
  }
}

static void wake_up(int fd) {
  uint64_t one = 1;
  if (write(fd, &one, sizeof one) < 0) {} // it is awake
}

void line_write(Line *l, int fd, const void *bytes, size_t n) {
  if (!n) return;
  pthread_mutex_lock(&l->lock);
  if (l->editing) {
    strbuf_write(&l->pending, bytes, n);
    wake_up(l->wake);
  } else {
    write_all(fd, bytes, n);
    l->midline = ((const char *)bytes)[n - 1] != '\n';
  }
  pthread_mutex_unlock(&l->lock);
}

void line_fresh(Line *l) {
  pthread_mutex_lock(&l->lock);
  if (l->midline) write_all(STDOUT_FILENO, "\n", 1);
  l->midline = false;
  pthread_mutex_unlock(&l->lock);
}

uint32_t line_width(Line *l) {
  struct winsize size;
  return !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col > 8 ? size.ws_col : 80;
}

// From the cursor, which is in the line being edited, to the beginning of its first row; all of it is erased.
static void erase_line(Line *l) {
  const LineInfo *info = l->lib.el_line(l->el);
  size_t before = utf8_count(info->buffer, (size_t)(info->cursor - info->buffer)) + strlen(l->prompt);
  size_t rows = before / line_width(l);
  char text[32];
  int n = rows ? snprintf(text, sizeof text, "\r\033[%zuA\033[J", rows) : snprintf(text, sizeof text, "\r\033[J");
  write_all(STDOUT_FILENO, text, (size_t)n);
}

static void show_pending(Line *l) {
  pthread_mutex_lock(&l->lock);
  bool any = l->pending.len > 0;
  if (any) {
    erase_line(l);
    if (l->pending.data[l->pending.len - 1] != '\n') strbuf_putc(&l->pending, '\n');
    write_all(STDOUT_FILENO, l->pending.data, l->pending.len);
    l->pending.len = 0;
  }
  pthread_mutex_unlock(&l->lock);
  if (any) l->lib.el_set(l->el, EL_REFRESH);
}

// libedit draws as if on an empty screen then.
static void resize(Line *l) {
  pthread_mutex_lock(&l->lock);
  erase_line(l);
  pthread_mutex_unlock(&l->lock);
  l->lib.el_resize(l->el);
  l->lib.el_set(l->el, EL_REFRESH);
}

// --- keys

void line_interrupt(Line *l) {
  atomic_store_explicit(&l->interrupted, true, memory_order_relaxed);
  wake_up(l->wake);
  wake_up(l->wake_reader);
}

void line_resize(Line *l) {
  atomic_store_explicit(&l->resized, true, memory_order_relaxed);
  wake_up(l->wake);
}

static bool has_keys(const Line *l) { return l->key_first < l->key_end; }

// Wait until there is a key; false: the line is to be given up, or there are no more.
static bool wait_for_keys(Line *l) {
  while (!has_keys(l)) {
    struct pollfd fds[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = l->wake, .events = POLLIN}};
    if (poll(fds, 2, -1) < 0 && errno != EINTR) return false;
    uint64_t count;
    if (read(l->wake, &count, sizeof count) < 0) {} // nothing
    if (atomic_load_explicit(&l->interrupted, memory_order_relaxed)) return false;
    if (atomic_exchange_explicit(&l->resized, false, memory_order_relaxed)) resize(l);
    show_pending(l);
    if (!(fds[0].revents & (POLLIN | POLLHUP))) continue;
    ssize_t n = read(STDIN_FILENO, l->keys, sizeof l->keys);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (n <= 0) return false;
    l->key_first = 0;
    l->key_end = (uint32_t)n;
  }
  return true;
}

static int read_key(EditLine *el, wchar_t *key) {
  Line *l = libedit_client(el);
  if (!wait_for_keys(l)) return -1;
  char bytes[UTF8_MAX];
  uint32_t n = 0, want = 1;
  unsigned char first = l->keys[l->key_first];
  if (first >= 0xf0) want = 4;
  else if (first >= 0xe0) want = 3;
  else if (first >= 0xc0) want = 2;
  while (n < want && wait_for_keys(l)) bytes[n++] = (char)l->keys[l->key_first++];
  uint32_t width;
  *key = (wchar_t)utf8_decode(bytes, n, &width);
  return 1;
}

bool line_pending(Line *l) {
  struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};
  return has_keys(l) || (poll(&fd, 1, 0) > 0 && fd.revents & POLLIN);
}

// --- standard input of programs

// Who reads must be able to edit, so the terminal is as it was while one waits here.
int64_t line_input(Line *l, void *bytes, size_t n) {
  int64_t result = -EINTR;
  pthread_mutex_lock(&l->lock);
  while (result == -EINTR) {
    while (l->editing && !l->closing) pthread_cond_wait(&l->idle, &l->lock);
    if (has_keys(l) && n) {
      uint32_t have = l->key_end - l->key_first;
      if (n > have) n = have;
      memcpy(bytes, l->keys + l->key_first, n);
      l->key_first += (uint32_t)n;
      result = (int64_t)n;
      break;
    }
    l->lib.el_set(l->el, EL_PREP_TERM, 0);
    l->reading = true;
    pthread_mutex_unlock(&l->lock);
    struct pollfd fds[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = l->wake_reader, .events = POLLIN}};
    while (poll(fds, 2, -1) < 0 && errno == EINTR) {}
    pthread_mutex_lock(&l->lock);
    l->reading = false;
    uint64_t count;
    if (read(l->wake_reader, &count, sizeof count) < 0) {} // nobody
    pthread_cond_broadcast(&l->idle);
    if (l->editing) continue; // the line has the terminal now
    if (!fds[1].revents) {
      ssize_t done = read(STDIN_FILENO, bytes, n);
      result = done < 0 ? -errno : done;
    } else if (atomic_load_explicit(&l->interrupted, memory_order_relaxed)) result = 0;
    l->lib.el_set(l->el, EL_PREP_TERM, 1);
  }
  pthread_mutex_unlock(&l->lock);
  return result;
}

// --- completion

static int compare_candidates(const void *a, const void *b) { return strcmp(((const Candidate *)a)->text, ((const Candidate *)b)->text); }

// In columns, below the line.
static void list(Line *l, const Candidate *candidates, uint32_t n) {
  StrBuf out = {0};
  uint32_t widest = 0, width = line_width(l), shown = n < LIST_AT_MOST ? n : LIST_AT_MOST;
  for (uint32_t i = 0; i < shown; i++) {
    uint32_t len = (uint32_t)utf8_count(candidates[i].text, strlen(candidates[i].text));
    if (len > widest) widest = len;
  }
  uint32_t columns = width / (widest + 2) ? width / (widest + 2) : 1, rows = (shown + columns - 1) / columns;
  strbuf_putc(&out, '\n');
  for (uint32_t row = 0; row < rows; row++) {
    for (uint32_t i = row; i < shown; i += rows) {
      const char *text = candidates[i].text;
      strbuf_puts(&out, text);
      if (i + rows >= shown) break;
      for (size_t k = utf8_count(text, strlen(text)); k < widest + 2; k++) strbuf_putc(&out, ' ');
    }
    strbuf_putc(&out, '\n');
  }
  if (shown < n) strbuf_printf(&out, "... %u more\n", n - shown);
  write_all(STDOUT_FILENO, out.data, out.len);
  strbuf_free(&out);
}

static unsigned char complete(EditLine *el, int key) {
  Line *l = libedit_client(el);
  const LineInfo *info = l->lib.el_line(el);
  Text text = {info->buffer, (uint32_t)(info->cursor - info->buffer)};
  const Candidate *found;
  uint32_t start = text.len, n = l->options.complete ? l->options.complete(l->options.context, text, &start, &found) : 0;
  if (!n) return CC_ERROR;
  Candidate *candidates = malloc(n * sizeof *candidates);
  if (!candidates) return CC_ERROR;
  memcpy(candidates, found, n * sizeof *candidates);
  qsort(candidates, n, sizeof *candidates, compare_candidates);
  size_t typed = text.len - start, common = strlen(candidates[0].text);
  for (uint32_t i = 1; i < n; i++) {
    size_t k = 0;
    while (k < common && candidates[0].text[k] == candidates[i].text[k]) k++;
    common = k;
  }
  unsigned char result = CC_REFRESH;
  StrBuf more = {0};
  if (common > typed) strbuf_write(&more, candidates[0].text + typed, common - typed);
  if (n == 1 && !candidates[0].open) strbuf_putc(&more, ' ');
  if (more.len) l->lib.el_insertstr(el, strbuf_string(&more));
  else if (n > 1) {
    list(l, candidates, n);
    result = CC_REDISPLAY;
  }
  strbuf_free(&more);
  free(candidates);
  return result;
}

// --- lines

static char *prompt_of(EditLine *el) {
  Line *l = libedit_client(el);
  return l->options.colour ? l->coloured : (char *)l->prompt;
}

LineResult line_read(Line *l, const char *prompt, Text *text) {
  l->prompt = prompt;
  snprintf(l->coloured, sizeof l->coloured, "\1\033[1;32m\1%s\1\033[0m\1", prompt);
  atomic_store_explicit(&l->interrupted, false, memory_order_relaxed);
  line_fresh(l);
  pthread_mutex_lock(&l->lock);
  l->editing = true;
  if (l->reading) wake_up(l->wake_reader);
  while (l->reading) pthread_cond_wait(&l->idle, &l->lock);
  pthread_mutex_unlock(&l->lock);
  int n;
  l->lib.el_set(l->el, EL_PREP_TERM, 1); // before the prompt is there, or what is typed at once is shown twice
  const char *line = l->lib.el_gets(l->el, &n);
  l->lib.el_set(l->el, EL_PREP_TERM, 1); // what is typed or pasted while the input runs is shown when its turn comes
  pthread_mutex_lock(&l->lock);
  l->editing = false;
  if (l->pending.len) { // came between the last key and now
    write_all(STDOUT_FILENO, l->pending.data, l->pending.len);
    l->midline = l->pending.data[l->pending.len - 1] != '\n';
    l->pending.len = 0;
  }
  pthread_cond_broadcast(&l->idle);
  pthread_mutex_unlock(&l->lock);
  if (atomic_exchange_explicit(&l->interrupted, false, memory_order_relaxed)) {
    write_all(STDOUT_FILENO, "^C\n", 3);
    l->key_first = l->key_end = 0;
    return LINE_INTERRUPTED;
  }
  if (!line || n <= 0) {
    write_all(STDOUT_FILENO, "\n", 1);
    return LINE_END;
  }
  while (n && (line[n - 1] == '\n' || line[n - 1] == '\r')) n--;
  *text = (Text){line, (uint32_t)n};
  return LINE_TEXT;
}

void line_remember(Line *l, const char *text) {
  HistEvent event;
  l->lib.history(l->history, &event, H_ENTER, text);
}

// --- begin and end

static bool use_utf8(void) {
  if (setlocale(LC_CTYPE, "") && !strcmp(nl_langinfo(CODESET), "UTF-8")) return true;
  return setlocale(LC_CTYPE, "C.UTF-8") != NULL;
}

Line *line_new(const LineOptions *options, const char **why) {
  Line *l = calloc(1, sizeof *l);
  if (!l) return *why = "out of memory", NULL;
  l->options = *options;
  if (!libedit_load(&l->lib, why)) return free(l), NULL;
  use_utf8();
  l->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  l->wake_reader = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  l->el = l->lib.el_init("gol", stdin, stdout, stderr);
  l->history = l->lib.history_init();
  if (l->wake < 0 || l->wake_reader < 0 || !l->el || !l->history) return *why = "the terminal cannot be used", free(l), NULL;
  pthread_mutex_init(&l->lock, NULL);
  pthread_cond_init(&l->idle, NULL);
  HistEvent event;
  l->lib.history(l->history, &event, H_SETSIZE, HISTORY_SIZE);
  l->lib.history(l->history, &event, H_SETUNIQUE, 1);
  if (options->history) l->lib.history(l->history, &event, H_LOAD, options->history);
  l->lib.el_set(l->el, EL_CLIENTDATA, l);
  l->lib.el_set(l->el, EL_HIST, l->lib.history, l->history);
  l->lib.el_set(l->el, EL_EDITOR, "emacs");
  l->lib.el_set(l->el, EL_PROMPT_ESC, prompt_of, '\1');
  l->lib.el_set(l->el, EL_GETCFN, read_key);
  l->lib.el_set(l->el, EL_ADDFN, "gol-complete", "complete the word", complete);
  l->lib.el_set(l->el, EL_BIND, "\t", "gol-complete", NULL);
  l->lib.el_set(l->el, EL_BIND, "^R", "em-inc-search-prev", NULL);
  l->lib.el_set(l->el, EL_BIND, "^W", "ed-delete-prev-word", NULL);
  l->lib.el_set(l->el, EL_BIND, "\033[1;5C", "em-next-word", NULL);
  l->lib.el_set(l->el, EL_BIND, "\033[1;5D", "ed-prev-word", NULL);
  l->lib.el_set(l->el, EL_BIND, "\033[3~", "ed-delete-next-char", NULL);
  return l;
}

void line_free(Line *l) {
  HistEvent event;
  if (l->options.history) l->lib.history(l->history, &event, H_SAVE, l->options.history);
  pthread_mutex_lock(&l->lock);
  l->closing = true;
  pthread_cond_broadcast(&l->idle);
  pthread_mutex_unlock(&l->lock);
  l->lib.history_end(l->history);
  l->lib.el_end(l->el);
  strbuf_free(&l->pending);
  close(l->wake);
  close(l->wake_reader);
  free(l);
}
