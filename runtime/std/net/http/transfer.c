#define CURL_DISABLE_TYPECHECK 1
#include "std/net/http/transfer.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/os.h"
#include "std/net/http/curl.h"

enum {
  BODY_AHEAD = 64 * 1024,  // bytes of a body kept before the sender is made to wait
  RECEIVE_BUFFER = 4096,
  LINE_MAX_KEPT = 64 * 1024, // of an answer that is none
  IDLE_OF_ORIGIN = 8, IDLE_MAX = 256, // connections kept for later
  ORIGIN_BUCKETS = 256,
};

typedef struct { char *data; size_t len, cap, start; } Bytes; // malloc'ed; [start, len) is unread

// A server, and how many idle connections libcurl holds to it, at most. It looks for one by walking through all connections to
// that server, which ten thousand requests at once cannot afford: where there is none it is told to make a new one, and
// beyond a number they are not kept.
typedef struct Origin {
  struct Origin *next;
  uint32_t idle;
  bool plain;            // http: the others may share a connection while it is in use
  char name[];           // "http://host:port"
} Origin;

struct Transfer {
  TransferLoop *loop;
  Transfer *next_order;  // guarded by lock: link of loop->orders
  bool ordered;          // guarded by lock: is in loop->orders
  // --- the thread's
  CURL *easy;
  struct curl_slist *header_list, *addresses;
  char *body;
  Origin *origin;        // set by the thread
  char *origin_name;
  bool added, inspect, keeps /* counted in origin->idle */;
  // --- guarded by lock
  Goroutine *waiter;     // parked until there is news
  bool wanted_cancel, wanted_more, closed, paused, head_done, malformed, done;
  Bytes head, data, trailer;
  TransferState state;   // of the end; TRANSFER_PENDING before
  int os_error;
  char peer[64], local[64], message[CURL_ERROR_SIZE];
};

struct TransferLoop {
  Curl curl;
  Sched *sched;
  pthread_t thread;
  pthread_mutex_t lock;
  Transfer *orders, **last_order; // guarded by lock: transfers with something to do for the thread, in order
  bool stop;             // guarded by lock
  // --- the thread's
  CURLM *multi;
  Origin *origins[ORIGIN_BUCKETS];
  uint32_t idle;         // sum over all origins
  int epoll, event;
  int64_t timeout_at;    // monotonic ns; -1: none
};

static void bytes_add(Bytes *b, const void *data, size_t n) {
  if (b->start == b->len) b->start = b->len = 0;
  if (b->len + n > b->cap) {
    if (b->len > b->start) memmove(b->data, b->data + b->start, b->len - b->start);
    b->len -= b->start, b->start = 0;
    while (b->len + n > b->cap) b->cap = b->cap ? 2 * b->cap : 512;
    b->data = heap_plain_grow(b->data, b->cap);
  }
  memcpy(b->data + b->len, data, n);
  b->len += n;
}

// The lock is held. News for the goroutine that waits, if one does.
static void wake(Transfer *t) {
  Goroutine *g = t->waiter;
  t->waiter = NULL;
  if (g) sched_inject(t->loop->sched, g);
}

// The lock is held by the running goroutine's worker: it waits for news of t.
static void park(Worker *w, Transfer *t) {
  t->waiter = w->g;
  w->g->wake_action = WAKE_RETRY;
  sched_expect(t->loop->sched);
  sched_park(w, WAIT_IO);
}

// The lock is held. Something for the thread to do.
static void order(Transfer *t) {
  if (t->ordered) return;
  t->ordered = true;
  t->next_order = NULL;
  *t->loop->last_order = t;
  t->loop->last_order = &t->next_order;
}

static void notify(TransferLoop *loop) {
  uint64_t one = 1;
  while (write(loop->event, &one, sizeof one) < 0 && errno == EINTR) {}
}

// --- idle connections

static Origin *find_origin(TransferLoop *loop, const char *name) {
  uint32_t hash = 2166136261u;
  for (const char *c = name; *c; c++) hash = (hash ^ (unsigned char)*c) * 16777619u;
  Origin **at = &loop->origins[hash % ORIGIN_BUCKETS];
  while (*at && strcmp((*at)->name, name)) at = &(*at)->next;
  if (!*at) {
    size_t len = strlen(name);
    *at = heap_plain(sizeof **at + len + 1);
    memcpy((*at)->name, name, len);
    (*at)->plain = !strncmp(name, "http:", 5);
  }
  return *at;
}

// Before a transfer begins: take an idle connection, or say that there is none.
static void take_connection(TransferLoop *loop, Transfer *t) {
  t->origin = find_origin(loop, t->origin_name);
  if (t->origin->idle) t->origin->idle--, loop->idle--;
  else if (t->origin->plain) loop->curl.curl_easy_setopt(t->easy, CURLOPT_FRESH_CONNECT, 1L);
}

// When the answer has come: may its connection be kept?
static void keep_connection(TransferLoop *loop, Transfer *t) {
  t->keeps = t->origin->idle < IDLE_OF_ORIGIN && loop->idle < IDLE_MAX;
  if (t->keeps) t->origin->idle++, loop->idle++;
  else if (t->origin->plain) loop->curl.curl_easy_setopt(t->easy, CURLOPT_FORBID_REUSE, 1L);
}

// --- libcurl's callbacks, on the thread

static size_t on_header(char *bytes, size_t size, size_t n, void *context) {
  Transfer *t = context;
  n *= size;
  pthread_mutex_lock(&t->loop->lock);
  if (t->head_done) bytes_add(&t->trailer, bytes, n);
  else {
    bool status_line = n > 5 && !memcmp(bytes, "HTTP/", 5);
    if (status_line) t->head.len = t->head.start = 0; // what came before was a 1xx answer
    bytes_add(&t->head, bytes, n);
    bool blank = bytes[0] == '\n' || (n == 2 && bytes[0] == '\r');
    const char *space = t->head.data ? memchr(t->head.data, ' ', t->head.len) : NULL;
    if (blank && !(space && space[1] == '1')) {
      t->head_done = true;
      keep_connection(t->loop, t);
      wake(t);
    }
  }
  pthread_mutex_unlock(&t->loop->lock);
  return n;
}

static size_t on_data(char *bytes, size_t size, size_t n, void *context) {
  Transfer *t = context;
  n *= size;
  pthread_mutex_lock(&t->loop->lock);
  if (!t->head_done) { // what libcurl takes for HTTP/0.9 is no answer: keep its first line for the error
    t->malformed = true;
    bytes_add(&t->head, bytes, n);
    bool enough = memchr(bytes, '\n', n) || t->head.len > LINE_MAX_KEPT;
    pthread_mutex_unlock(&t->loop->lock);
    return enough ? CURL_WRITEFUNC_ERROR : n;
  }
  bool full = t->data.len - t->data.start >= BODY_AHEAD;
  if (full) t->paused = true;
  else {
    bytes_add(&t->data, bytes, n);
    if (t->head_done) wake(t);
  }
  pthread_mutex_unlock(&t->loop->lock);
  return full ? CURL_WRITEFUNC_PAUSE : n;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *known) {
  TransferLoop *loop = context;
  if (what == CURL_POLL_REMOVE) {
    epoll_ctl(loop->epoll, EPOLL_CTL_DEL, fd, NULL);
    return 0;
  }
  struct epoll_event event = {.data.fd = fd};
  if (what & CURL_POLL_IN) event.events |= EPOLLIN;
  if (what & CURL_POLL_OUT) event.events |= EPOLLOUT;
  if (epoll_ctl(loop->epoll, EPOLL_CTL_MOD, fd, &event) < 0) epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event);
  return 0;
}

static int on_timer(CURLM *multi, long ms, void *context) {
  TransferLoop *loop = context;
  loop->timeout_at = ms < 0 ? -1 : os_monotonic_ns() + (int64_t)ms * 1000000;
  return 0;
}

// --- the thread

static TransferState state_of(CURLcode code, long os_error, const Transfer *t) {
  if (t->malformed) return TRANSFER_MALFORMED;
  switch (code) {
  case CURLE_OK: return t->head_done || t->inspect ? TRANSFER_OK : TRANSFER_CUT;
  case CURLE_COULDNT_CONNECT: return os_error ? TRANSFER_REFUSED : TRANSFER_OTHER;
  case CURLE_COULDNT_RESOLVE_HOST: return TRANSFER_NO_HOST;
  case CURLE_GOT_NOTHING: return TRANSFER_EOF;
  case CURLE_PARTIAL_FILE: return TRANSFER_CUT;
  case CURLE_PEER_FAILED_VERIFICATION: return TRANSFER_CERTIFICATE;
  case CURLE_SSL_CONNECT_ERROR: return TRANSFER_TLS;
  case CURLE_RECV_ERROR: case CURLE_SEND_ERROR:
    if (strstr(t->message, "chunked-encoding")) return TRANSFER_MALFORMED;
    return os_error == ECONNRESET || os_error == EPIPE || t->head.len == 0 ? TRANSFER_RESET : TRANSFER_CUT;
  case CURLE_WEIRD_SERVER_REPLY: case CURLE_UNSUPPORTED_PROTOCOL: return TRANSFER_MALFORMED;
  default: return TRANSFER_OTHER;
  }
}

static void copy_address(TransferLoop *loop, CURL *easy, CURLINFO ip, CURLINFO port, char *to, size_t room) {
  char *address = NULL;
  long number = 0;
  loop->curl.curl_easy_getinfo(easy, ip, &address);
  loop->curl.curl_easy_getinfo(easy, port, &number);
  if (address && *address && number) snprintf(to, room, strchr(address, ':') ? "[%s]:%ld" : "%s:%ld", address, number);
}

static void free_transfer(Transfer *t) {
  free(t->head.data);
  free(t->data.data);
  free(t->trailer.data);
  free(t);
}

// The description of the server's own certificate, a "Name:value" a line.
static void describe_certificate(TransferLoop *loop, Transfer *t) {
  struct curl_certinfo *chain = NULL;
  loop->curl.curl_easy_getinfo(t->easy, CURLINFO_CERTINFO, &chain);
  if (!chain || chain->num_of_certs < 1) return;
  for (struct curl_slist *line = chain->certinfo[0]; line; line = line->next) {
    bytes_add(&t->head, line->data, strlen(line->data));
    bytes_add(&t->head, "\n", 1);
  }
}

// The thread lets go of a transfer that has ended with `state`.
static void finish(TransferLoop *loop, Transfer *t, TransferState state, long os_error) {
  copy_address(loop, t->easy, CURLINFO_PRIMARY_IP, CURLINFO_PRIMARY_PORT, t->peer, sizeof t->peer);
  copy_address(loop, t->easy, CURLINFO_LOCAL_IP, CURLINFO_LOCAL_PORT, t->local, sizeof t->local);
  if (t->inspect) describe_certificate(loop, t);
  if (t->added) loop->curl.curl_multi_remove_handle(loop->multi, t->easy);
  loop->curl.curl_easy_cleanup(t->easy);
  loop->curl.curl_slist_free_all(t->header_list);
  loop->curl.curl_slist_free_all(t->addresses);
  free(t->body);
  free(t->origin_name);
  if (t->keeps && state != TRANSFER_OK) t->origin->idle--, loop->idle--;
  pthread_mutex_lock(&loop->lock);
  t->state = state, t->os_error = (int)os_error;
  t->done = true;
  bool last = t->closed && !t->ordered;
  wake(t);
  pthread_mutex_unlock(&loop->lock);
  if (last) free_transfer(t);
}

static void obey(TransferLoop *loop, Transfer *t) {
  pthread_mutex_lock(&loop->lock);
  t->ordered = false;
  bool cancel = t->wanted_cancel || t->closed, more = t->wanted_more, done = t->done, last = done && t->closed;
  t->wanted_more = false;
  if (more) t->paused = false;
  pthread_mutex_unlock(&loop->lock);
  if (done) {
    if (last) free_transfer(t);
    return;
  }
  if (cancel) {
    finish(loop, t, TRANSFER_CANCELLED, 0);
    return;
  }
  if (!t->added) {
    t->added = true;
    take_connection(loop, t);
    loop->curl.curl_multi_add_handle(loop->multi, t->easy);
  } else if (more) loop->curl.curl_easy_pause(t->easy, CURLPAUSE_CONT);
}

static void collect_finished(TransferLoop *loop) {
  int left;
  for (CURLMsg *m; (m = loop->curl.curl_multi_info_read(loop->multi, &left));) {
    if (m->msg != CURLMSG_DONE) continue;
    CURLcode code = m->data.result;
    Transfer *t = NULL;
    long os_error = 0;
    loop->curl.curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &t);
    loop->curl.curl_easy_getinfo(m->easy_handle, CURLINFO_OS_ERRNO, &os_error);
    if (!t->message[0]) strncpy(t->message, loop->curl.curl_easy_strerror(code), sizeof t->message - 1);
    finish(loop, t, state_of(code, os_error, t), os_error);
  }
}

static void *drive(void *context) {
  TransferLoop *loop = context;
  struct epoll_event events[256];
  for (;;) {
    pthread_mutex_lock(&loop->lock);
    Transfer *orders = loop->orders;
    loop->orders = NULL;
    loop->last_order = &loop->orders;
    bool stop = loop->stop;
    pthread_mutex_unlock(&loop->lock);
    if (stop) return NULL;
    while (orders) {
      Transfer *t = orders;
      orders = t->next_order;
      obey(loop, t);
    }
    int running;
    int64_t now = os_monotonic_ns();
    if (loop->timeout_at >= 0 && loop->timeout_at <= now) {
      loop->timeout_at = -1;
      loop->curl.curl_multi_socket_action(loop->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    collect_finished(loop);
    int wait = loop->timeout_at < 0 ? -1 : loop->timeout_at <= now ? 0 : (int)((loop->timeout_at - now + 999999) / 1000000);
    int n = epoll_wait(loop->epoll, events, sizeof events / sizeof *events, wait);
    for (int i = 0; i < n; i++) {
      if (events[i].data.fd == loop->event) {
        uint64_t count;
        while (read(loop->event, &count, sizeof count) < 0 && errno == EINTR) {}
        continue;
      }
      // An error is for libcurl to read, as its own poll has it: told of one without a reason, it would not try a kept connection's request again.
      int mask = (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR) ? CURL_CSELECT_IN : 0) | (events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0);
      loop->curl.curl_multi_socket_action(loop->multi, events[i].data.fd, mask, &running);
    }
    collect_finished(loop);
  }
}

// --- the gol side

TransferLoop *transfer_loop_new(Runtime *rt, const char **why) {
  TransferLoop *loop = calloc(1, sizeof *loop);
  if (!loop || !curl_load(&loop->curl, why)) {
    free(loop);
    return NULL;
  }
  // Each request is a descriptor: as many as we may have, as Go does at start-up.
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  loop->sched = rt->sched;
  loop->timeout_at = -1;
  loop->last_order = &loop->orders;
  pthread_mutex_init(&loop->lock, NULL);
  loop->epoll = epoll_create1(EPOLL_CLOEXEC);
  loop->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = loop->event};
  epoll_ctl(loop->epoll, EPOLL_CTL_ADD, loop->event, &event);
  loop->multi = loop->curl.curl_multi_init();
  loop->curl.curl_multi_setopt(loop->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
  loop->curl.curl_multi_setopt(loop->multi, CURLMOPT_SOCKETDATA, loop);
  loop->curl.curl_multi_setopt(loop->multi, CURLMOPT_TIMERFUNCTION, on_timer);
  loop->curl.curl_multi_setopt(loop->multi, CURLMOPT_TIMERDATA, loop);
  loop->curl.curl_multi_setopt(loop->multi, CURLMOPT_MAXCONNECTS, 1L << 20); // how many are kept is our affair
  if (pthread_create(&loop->thread, NULL, drive, loop)) {
    *why = "cannot start a thread for net/http";
    free(loop);
    return NULL;
  }
  return loop;
}

void transfer_loop_free(TransferLoop *loop) {
  pthread_mutex_lock(&loop->lock);
  loop->stop = true;
  pthread_mutex_unlock(&loop->lock);
  notify(loop);
  pthread_join(loop->thread, NULL);
  loop->curl.curl_multi_cleanup(loop->multi);
  close(loop->epoll);
  close(loop->event);
  for (uint32_t i = 0; i < ORIGIN_BUCKETS; i++)
    for (Origin *o = loop->origins[i], *next; o; o = next) {
      next = o->next;
      free(o);
    }
  free(loop);
}

static char *copy_text(String a, String b) {
  char *text = heap_plain((size_t)a.len + b.len + 1);
  if (a.len) memcpy(text, a.ptr, a.len);
  if (b.len) memcpy(text + a.len, b.ptr, b.len);
  text[a.len + b.len] = 0;
  return text;
}

// libcurl copies all strings but POSTFIELDS.
static void set_text(const Curl *curl, CURL *easy, CURLoption option, String a, String b) {
  char *text = copy_text(a, b);
  curl->curl_easy_setopt(easy, option, text);
  free(text);
}

// "+host:port:addresses", where `origin` is "scheme://host:port": known to libcurl for a while, as if it had asked.
static struct curl_slist *resolved(const Curl *curl, String origin, String addresses) {
  const char *slashes = memmem(origin.ptr, origin.len, "://", 3);
  const char *host = slashes ? slashes + 3 : origin.ptr;
  char *text = NULL;
  if (asprintf(&text, "+%.*s:%.*s", (int)((const char *)origin.ptr + origin.len - host), host, (int)addresses.len, (const char *)addresses.ptr) < 0) heap_exhausted(0);
  struct curl_slist *list = curl->curl_slist_append(NULL, text);
  free(text);
  return list;
}

Transfer *transfer_start(TransferLoop *loop, const TransferRequest *request) {
  const Curl *curl = &loop->curl;
  const String none = {0};
  Transfer *t = heap_plain(sizeof *t);
  t->loop = loop;
  t->state = TRANSFER_PENDING;
  CURL *easy = t->easy = curl->curl_easy_init();
  t->origin_name = copy_text(request->origin, none);
  set_text(curl, easy, CURLOPT_URL, request->origin, request->target);
  set_text(curl, easy, CURLOPT_CUSTOMREQUEST, request->method, none);
  curl->curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl->curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  curl->curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 1L); // on_data makes an error of it
  if (request->method.len == 4 && !memcmp(request->method.ptr, "HEAD", 4)) curl->curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  if (request->addresses.len) {
    t->addresses = resolved(curl, request->origin, request->addresses);
    curl->curl_easy_setopt(easy, CURLOPT_RESOLVE, t->addresses);
  }
  if (request->authorities.len) set_text(curl, easy, CURLOPT_CAINFO, request->authorities, none);
  if (request->flags & TRANSFER_GZIP) curl->curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
  if (request->flags & TRANSFER_CLOSE) curl->curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
  if (request->flags & TRANSFER_NO_PROXY) curl->curl_easy_setopt(easy, CURLOPT_PROXY, "");
  if (request->flags & TRANSFER_ANY_CERT) {
    curl->curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
    curl->curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
  }
  if (request->flags & TRANSFER_INSPECT) {
    t->inspect = true;
    curl->curl_easy_setopt(easy, CURLOPT_CERTINFO, 1L);
    curl->curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
    curl->curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
  }
  if (request->has_body) {
    t->body = copy_text(request->body, none);
    curl->curl_easy_setopt(easy, CURLOPT_POSTFIELDS, t->body);
    curl->curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
  }
  // What libcurl would add of its own and Go does not send.
  static const char *const suppressed[] = {"Accept:", "Expect:", "Content-Type:"};
  for (size_t i = 0; i < sizeof suppressed / sizeof *suppressed; i++) t->header_list = curl->curl_slist_append(t->header_list, suppressed[i]);
  const String *lines = request->headers.ptr;
  if (request->flags & TRANSFER_CLOSE) t->header_list = curl->curl_slist_append(t->header_list, "Connection: close");
  for (uint32_t i = 0; i < request->headers.len; i++) {
    char *line = copy_text(lines[i], none);
    t->header_list = curl->curl_slist_append(t->header_list, line);
    free(line);
  }
  curl->curl_easy_setopt(easy, CURLOPT_HTTPHEADER, t->header_list);
  curl->curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
  curl->curl_easy_setopt(easy, CURLOPT_PRIVATE, t);
  curl->curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
  curl->curl_easy_setopt(easy, CURLOPT_HEADERDATA, t);
  curl->curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_data);
  curl->curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
  curl->curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->message);
  curl->curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)RECEIVE_BUFFER);
  curl->curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl->curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, 30L); // DefaultTransport's dialer
  pthread_mutex_lock(&loop->lock);
  order(t);
  pthread_mutex_unlock(&loop->lock);
  notify(loop);
  return t;
}

bool transfer_head(Worker *w, Transfer *t) {
  pthread_mutex_lock(&t->loop->lock);
  bool ready = t->head_done || t->done;
  if (!ready) park(w, t);
  pthread_mutex_unlock(&t->loop->lock);
  return ready;
}

size_t transfer_read(Worker *w, Transfer *t, void *to, size_t room, TransferState *state) {
  bool tell = false;
  pthread_mutex_lock(&t->loop->lock);
  size_t n = t->data.len - t->data.start;
  if (n > room) n = room;
  if (n) {
    memcpy(to, t->data.data + t->data.start, n);
    t->data.start += n;
    *state = TRANSFER_OK;
    if (t->paused && t->data.start == t->data.len) {
      t->wanted_more = tell = true;
      order(t);
    }
  } else if (t->done) *state = t->state;
  else {
    *state = TRANSFER_PENDING;
    park(w, t);
  }
  TransferLoop *loop = t->loop;
  pthread_mutex_unlock(&loop->lock);
  if (tell) notify(loop);
  return n;
}

void transfer_cancel(Transfer *t) {
  TransferLoop *loop = t->loop;
  pthread_mutex_lock(&loop->lock);
  t->wanted_cancel = true;
  order(t);
  pthread_mutex_unlock(&loop->lock);
  notify(loop);
}

void transfer_close(Transfer *t) {
  TransferLoop *loop = t->loop;
  pthread_mutex_lock(&loop->lock);
  t->closed = true;
  bool last = t->done && !t->ordered;
  if (!t->done) order(t);
  pthread_mutex_unlock(&loop->lock);
  if (last) free_transfer(t);
  else notify(loop);
}

TransferState transfer_state(const Transfer *t) {
  pthread_mutex_lock(&t->loop->lock);
  TransferState state = t->head_done ? TRANSFER_OK : t->state;
  pthread_mutex_unlock(&t->loop->lock);
  return state;
}

int transfer_errno(const Transfer *t) { return t->os_error; }
const char *transfer_error(const Transfer *t) { return t->message; }
const char *transfer_peer(const Transfer *t) { return t->peer; }
const char *transfer_local(const Transfer *t) { return t->local; }
String transfer_headers(const Transfer *t) { return (String){t->head.data, t->head.len}; }
String transfer_trailer(const Transfer *t) { return t->done ? (String){t->trailer.data, t->trailer.len} : (String){0}; }
