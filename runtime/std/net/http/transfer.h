// HTTP transfers. One thread a Runtime drives all of them through libcurl's multi interface and an epoll of its own, so ten
// thousand requests are ten thousand parked goroutines and one thread.
//
//   goroutine                          thread
//   transfer_start ── orders ──eventfd──> curl_multi_add_handle
//   transfer_head, transfer_read: park <── headers, data, end: sched_inject
//   transfer_cancel, transfer_close ── orders ──> removes the handle
//
// Ownership: a Transfer has two owners, the gol side (until transfer_close) and the thread (until its handle is removed);
// whoever lets go last frees it. The lock of the loop (rank: leaf) guards every field that both use.
#ifndef STD_NET_HTTP_TRANSFER_H
#define STD_NET_HTTP_TRANSFER_H

#include "sched/sched.h"
#include "vm/runtime.h"

typedef struct TransferLoop TransferLoop;
typedef struct Transfer Transfer;

typedef enum {
  TRANSFER_GZIP = 1,         // ask for compression and undo it
  TRANSFER_ANY_CERT = 2,     // any certificate will do
  TRANSFER_CLOSE = 4,        // do not keep the connection
  TRANSFER_NO_PROXY = 8,
  TRANSFER_INSPECT = 16,     // only connect; the head is a description of the server's certificate
} TransferFlag;

typedef struct {
  String method, origin /* "http://host:port" */, target /* what follows it */, body;
  bool has_body;
  Slice headers;             // of String: "Name: value"
  String addresses;          // of the host, "1.2.3.4,::1"; empty: libcurl finds them
  String authorities;        // file with the certificates to trust; empty: the system's
  uint32_t flags;            // of TransferFlag
} TransferRequest;

// What a transfer has come to; kinds of failure that Go words differently.
typedef enum {
  TRANSFER_OK, TRANSFER_PENDING, TRANSFER_CANCELLED, TRANSFER_REFUSED /* a system error: errno */, TRANSFER_NO_HOST, TRANSFER_EOF /* closed without an answer */,
  TRANSFER_CUT /* the body ended early */, TRANSFER_CERTIFICATE, TRANSFER_TLS, TRANSFER_RESET, TRANSFER_MALFORMED, TRANSFER_OTHER /* curl's own words */,
} TransferState;

TransferLoop *transfer_loop_new(Runtime *rt, const char **why);
void transfer_loop_free(TransferLoop *loop);

Transfer *transfer_start(TransferLoop *loop, const TransferRequest *request);
// True: the head is there, or the transfer has failed. False: the running goroutine is parked; ask again when it wakes.
bool transfer_head(Worker *w, Transfer *t);
// Copies what there is of the body. 0 with TRANSFER_PENDING: parked; 0 with TRANSFER_OK: the end.
size_t transfer_read(Worker *w, Transfer *t, void *to, size_t room, TransferState *state);
void transfer_cancel(Transfer *t);
void transfer_close(Transfer *t); // the gol side lets go

// After transfer_head
TransferState transfer_state(const Transfer *t);
int transfer_errno(const Transfer *t);
const char *transfer_error(const Transfer *t);  // curl's words
const char *transfer_peer(const Transfer *t);   // "127.0.0.1:80" or ""
const char *transfer_local(const Transfer *t);
String transfer_headers(const Transfer *t);     // status line and header lines, as received; what came in their place if state is TRANSFER_MALFORMED
String transfer_trailer(const Transfer *t);     // after the end of the body

#endif
