// Natives of packages math/rand and math/rand/v2.
#include "rand_tables.h"
#include "sched/worker.h"
#include "std/frame.h"
#include "vm/native.h"

enum { LENGTH = 607, TAP = 273, SEED_MAX = 0x7fffffff };

typedef struct {
  int64_t tap, feed;
  uint64_t vec[LENGTH];
} Generator;

// One step of the multiplicative generator that fills the state.
static int32_t next_seed(int32_t x) {
  x = 48271 * (x % 44488) - 3399 * (x / 44488);
  return x < 0 ? x + SEED_MAX : x;
}

static NativeResult seed_generator(Worker *w, uint64_t *fp) {
  FRAME(int64_t seed; Generator * g);
  Generator *g = f->g;
  native_writes(w, g, sizeof *g);
  int64_t seed = f->seed % SEED_MAX;
  if (seed < 0) seed += SEED_MAX;
  if (seed == 0) seed = 89482311;
  int32_t x = (int32_t)seed;
  g->tap = 0;
  g->feed = LENGTH - TAP;
  for (int i = 0; i < 20; i++) x = next_seed(x);
  for (int i = 0; i < LENGTH; i++) {
    x = next_seed(x);
    uint64_t u = (uint64_t)x << 40;
    x = next_seed(x);
    u ^= (uint64_t)x << 20;
    x = next_seed(x);
    g->vec[i] = u ^ (uint64_t)x ^ cooked[i];
  }
  return NATIVE_DONE;
}

static NativeResult step_generator(Worker *w, uint64_t *fp) {
  FRAME(uint64_t result; Generator * g);
  Generator *g = f->g;
  if (!g) return native_nil_dereference(w);
  // Another goroutine may race on the same generator: indexes are checked, not trusted.
  uint64_t tap = (uint64_t)(g->tap - 1), feed = (uint64_t)(g->feed - 1);
  if (tap >= LENGTH) tap = LENGTH - 1;
  if (feed >= LENGTH) feed = LENGTH - 1;
  native_writes(w, g, offsetof(Generator, vec)); // no step is without that
  g->tap = (int64_t)tap;
  g->feed = (int64_t)feed;
  f->result = g->vec[feed] += g->vec[tap];
  return NATIVE_DONE;
}

static NativeResult runtime_random(Worker *w, uint64_t *fp) {
  FRAME(uint64_t result);
  f->result = worker_random(w);
  return NATIVE_DONE;
}

static uint64_t float_bits(float x) {
  uint32_t bits;
  memcpy(&bits, &x, 4);
  return bits;
}

static NativeResult normal(Worker *w, uint64_t *fp) {
  FRAME(uint64_t inside, scale, low, high; int64_t i);
  int64_t i = f->i & 127;
  f->inside = normal_k[i];
  f->scale = float_bits(normal_w[i]);
  f->low = float_bits(normal_f[i]);
  f->high = float_bits(normal_f[i ? i - 1 : 0]);
  return NATIVE_DONE;
}

static NativeResult exponential(Worker *w, uint64_t *fp) {
  FRAME(uint64_t inside, scale, low, high; int64_t i);
  int64_t i = f->i & 255;
  f->inside = exponential_k[i];
  f->scale = float_bits(exponential_w[i]);
  f->low = float_bits(exponential_f[i]);
  f->high = float_bits(exponential_f[i ? i - 1 : 0]);
  return NATIVE_DONE;
}

const NativeRow natives_math_rand[] = {
  {"(*rngSource).Seed", seed_generator},
  {"(*rngSource).Uint64", step_generator},
  {"runtimeRandom", runtime_random},
  {"normal", normal},
  {"exponential", exponential},
  {0},
};

const NativeRow natives_math_rand_v2[] = {
  {"runtimeRandom", runtime_random},
  {"normal", normal},
  {"exponential", exponential},
  {0},
};
