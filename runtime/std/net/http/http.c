// Natives of package net/http: handles of transfers (transfer.h) for http.gol.
#include <arpa/inet.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "sched/poller.h"
#include "std/frame.h"
#include "std/net/http/transfer.h"
#include "vm/native.h"
#include "vm/service.h"

static const char service_key; // its address names the service

static void *start_service(Runtime *rt, const char **why) { return transfer_loop_new(rt, why); }
static void stop_service(void *loop) { transfer_loop_free(loop); }

// func start(method, origin, target string, body []byte, hasBody bool, headers []string, addresses, authorities string, flags int) (t uintptr, problem string)
static NativeResult start(Worker *w, uint64_t *fp) {
  FRAME(Transfer * t; StringArg problem; StringArg method, origin, target; SliceArg body; uint64_t has_body; SliceArg headers;
        StringArg addresses, authorities; uint64_t flags);
  const char *why = "";
  TransferLoop *loop = runtime_service(worker_runtime(w), &service_key, start_service, stop_service, &why);
  f->problem = string_new(native_heap(w), why, loop ? 0 : strlen(why));
  f->t = NULL;
  if (!loop) return NATIVE_DONE;
  native_reads(w, f->body.ptr, f->body.len);
  native_reads(w, f->headers.ptr, f->headers.len * sizeof(String));
  TransferRequest request = {.method = f->method, .origin = f->origin, .target = f->target, .body = {f->body.ptr, f->body.len}, .has_body = f->has_body,
                             .headers = f->headers, .addresses = f->addresses, .authorities = f->authorities, .flags = (uint32_t)f->flags};
  f->t = transfer_start(loop, &request);
  return NATIVE_DONE;
}

// func head(t uintptr) (state int, head string)
static NativeResult head(Worker *w, uint64_t *fp) {
  FRAME(int64_t state; StringArg head; Transfer * t);
  if (!transfer_head(w, f->t)) return NATIVE_RETRY;
  String lines = transfer_headers(f->t);
  f->state = transfer_state(f->t);
  f->head = string_new(native_heap(w), lines.ptr, lines.len);
  return NATIVE_DONE;
}

// func outcome(t uintptr) (errno int, message, peer, local, trailer string)
static NativeResult outcome(Worker *w, uint64_t *fp) {
  FRAME(int64_t error; StringArg message, peer, local, trailer; Transfer * t);
  HeapCache *heap = native_heap(w);
  const char *message = transfer_error(f->t), *peer = transfer_peer(f->t), *local = transfer_local(f->t);
  String trailer = transfer_trailer(f->t);
  f->error = transfer_errno(f->t);
  f->message = string_new(heap, message, strlen(message));
  f->peer = string_new(heap, peer, strlen(peer));
  f->local = string_new(heap, local, strlen(local));
  f->trailer = string_new(heap, trailer.ptr, trailer.len);
  return NATIVE_DONE;
}

// func read(p []byte, t uintptr) (n int, state int)
static NativeResult read_body(Worker *w, uint64_t *fp) {
  FRAME(int64_t n, state; SliceArg p; Transfer * t);
  TransferState state;
  size_t n = transfer_read(w, f->t, f->p.ptr, f->p.len, &state);
  if (state == TRANSFER_PENDING) return NATIVE_RETRY;
  native_writes(w, f->p.ptr, n);
  f->n = (int64_t)n, f->state = state;
  return NATIVE_DONE;
}

// func cancel(t uintptr)
static NativeResult cancel(Worker *w, uint64_t *fp) {
  transfer_cancel((Transfer *)(uintptr_t)fp[2]);
  return NATIVE_DONE;
}

// func closeTransfer(t uintptr)
static NativeResult close_transfer(Worker *w, uint64_t *fp) {
  transfer_close((Transfer *)(uintptr_t)fp[2]);
  return NATIVE_DONE;
}

// --- names

static void resolve_blocking(HeapCache *heap, uint64_t *fp) {
  FRAME(StringArg addresses, problem; StringArg host);
  char *host = strndup(f->host.ptr, f->host.len), text[1024] = "";
  struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM}, *list = NULL;
  int error = host ? getaddrinfo(host, NULL, &hints, &list) : EAI_MEMORY;
  size_t len = 0;
  for (struct addrinfo *a = list; a && len + INET6_ADDRSTRLEN + 1 < sizeof text; a = a->ai_next) {
    if (len) text[len++] = ',';
    if (getnameinfo(a->ai_addr, a->ai_addrlen, text + len, INET6_ADDRSTRLEN, NULL, 0, NI_NUMERICHOST)) break;
    len += strlen(text + len);
  }
  const char *problem = !error ? "" : error == EAI_NONAME || error == EAI_NODATA ? "no such host" : gai_strerror(error);
  f->addresses = string_new(heap, text, error ? 0 : len);
  f->problem = string_new(heap, problem, strlen(problem));
  if (list) freeaddrinfo(list);
  free(host);
}

// func resolve(host string) (addresses, problem string)
static NativeResult resolve(Worker *w, uint64_t *fp) { return blocking_call(w, resolve_blocking, fp) ? NATIVE_PARKED : NATIVE_DONE; }

const NativeRow natives_net_http[] = {
    {"start", start}, {"head", head}, {"outcome", outcome}, {"read", read_body}, {"cancel", cancel}, {"closeTransfer", close_transfer}, {"resolve", resolve}, {0},
};
