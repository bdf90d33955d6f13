// Natives of package net/http: handles of transfers (transfer.h) for http.gol.
#include <stdlib.h>
#include <string.h>

#include "std/frame.h"
#include "std/net/http/transfer.h"
#include "vm/native.h"
#include "vm/service.h"

static const char service_key; // its address names the service

static void *start_service(Runtime *rt, const char **why) { return transfer_loop_new(rt, why); }
static void stop_service(void *loop) { transfer_loop_free(loop); }

// func start(method, url string, body []byte, hasBody bool, headers []string, gzip bool) (t uintptr, problem string)
static NativeResult start(Worker *w, uint64_t *fp) {
  FRAME(Transfer * t; StringArg problem; StringArg method, url; SliceArg body; uint64_t has_body; SliceArg headers; uint64_t gzip);
  const char *why = "";
  TransferLoop *loop = runtime_service(worker_runtime(w), &service_key, start_service, stop_service, &why);
  f->problem = string_new(native_heap(w), why, loop ? 0 : strlen(why));
  f->t = NULL;
  if (!loop) return NATIVE_DONE;
  native_reads(w, f->body.ptr, f->body.len);
  TransferRequest request = {.method = f->method, .url = f->url, .body = {f->body.ptr, f->body.len}, .has_body = f->has_body,
                             .headers = f->headers, .gzip = f->gzip};
  f->t = transfer_start(loop, &request);
  return NATIVE_DONE;
}

// func head(t uintptr) (state int, errno int, head, message, peer, local string)
static NativeResult head(Worker *w, uint64_t *fp) {
  FRAME(int64_t state, error; StringArg head, message, peer, local; Transfer * t);
  if (!transfer_head(w, f->t)) return NATIVE_RETRY;
  HeapCache *heap = native_heap(w);
  const char *message = transfer_error(f->t), *peer = transfer_peer(f->t), *local = transfer_local(f->t);
  String lines = transfer_headers(f->t);
  f->state = transfer_state(f->t);
  f->error = transfer_errno(f->t);
  f->message = string_new(heap, message, strlen(message));
  f->peer = string_new(heap, peer, strlen(peer));
  f->local = string_new(heap, local, strlen(local));
  f->head = string_new(heap, lines.ptr, lines.len);
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

// func errnoText(n int) string
static NativeResult errno_text(Worker *w, uint64_t *fp) {
  FRAME(StringArg text; int64_t n);
  char buffer[128];
  const char *text = strerror_r((int)f->n, buffer, sizeof buffer);
  f->text = string_new(native_heap(w), text, strlen(text));
  if (f->text.len) ((char *)f->text.ptr)[0] |= 0x20; // Go's begin in lower case
  return NATIVE_DONE;
}

const NativeRow natives_net_http[] = {
    {"start", start}, {"head", head}, {"read", read_body}, {"cancel", cancel}, {"closeTransfer", close_transfer}, {"errnoText", errno_text}, {0},
};
