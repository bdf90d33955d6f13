// What chan.c, select.c and timer.c share: the operations with the lock held, and their second half outside it.
#ifndef SCHED_CHAN_PRIVATE_H
#define SCHED_CHAN_PRIVATE_H

#include "sched/chan.h"
#include "sched/sched.h"

typedef struct { Waiter *waiter; } Fired; // claimed under the lock, to be finished outside; NULL: none

ChanResult chan_send_locked(Worker *w, Chan *c, const uint64_t *value, Fired *fired);
void chan_send_finish(Worker *w, Chan *c, const uint64_t *value, Fired *fired);
ChanResult chan_recv_locked(Worker *w, Chan *c, uint64_t *value, uint64_t *ok, Fired *fired);
void chan_recv_finish(Worker *w, Chan *c, uint64_t *value, Fired *fired);

#endif
