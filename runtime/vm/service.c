#include "vm/service.h"

#include <stdlib.h>

struct Service {
  Service *next;
  const void *key;
  void *state;
  void (*stop)(void *state);
};

void *runtime_service(Runtime *rt, const void *key, void *(*start)(Runtime *rt, const char **why), void (*stop)(void *state), const char **why) {
  pthread_mutex_lock(&rt->services_lock);
  Service *s = rt->services;
  while (s && s->key != key) s = s->next;
  if (!s) {
    void *state = start(rt, why);
    if (state) {
      s = heap_plain(sizeof *s);
      *s = (Service){.next = rt->services, .key = key, .state = state, .stop = stop};
      rt->services = s;
    }
  }
  pthread_mutex_unlock(&rt->services_lock);
  return s ? s->state : NULL;
}

void runtime_stop_services(Runtime *rt) {
  while (rt->services) {
    Service *s = rt->services;
    rt->services = s->next;
    s->stop(s->state);
    free(s);
  }
}
