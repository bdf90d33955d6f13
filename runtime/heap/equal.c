// Equality and hash of values (specification "Comparison operators"; equal values have equal hashes).
#include "heap/heap.h"

static bool float_equal(uint64_t a, uint64_t b) { return slot_float(a) == slot_float(b); }

static float narrow_float(uint32_t bits) {
  float f;
  memcpy(&f, &bits, 4);
  return f;
}

bool iface_equal(Iface a, Iface b, const RType **bad) {
  if (a.type != b.type) return false;
  if (!a.type) return true;
  if (!a.type->comparable) {
    *bad = a.type;
    return false;
  }
  if (a.type->direct) return slot_equal(a.type, &a.word, &b.word, bad);
  return a.word == b.word || a.type->plain ? a.word == b.word || !memcmp((void *)a.word, (void *)b.word, a.type->size)
                                           : value_equal(a.type, (void *)a.word, (void *)b.word, bad);
}

bool slot_equal(const RType *t, const uint64_t *a, const uint64_t *b, const RType **bad) {
  switch (t->kind) {
  case KIND_FLOAT64: return float_equal(*a, *b);
  case KIND_FLOAT32: return narrow_float((uint32_t)*a) == narrow_float((uint32_t)*b);
  case KIND_STRING: return string_equal(slot_string(a), slot_string(b));
  case KIND_INTERFACE: return iface_equal(slot_iface(a), slot_iface(b), bad);
  case KIND_COMPLEX64: case KIND_COMPLEX128: case KIND_STRUCT: case KIND_ARRAY: return value_equal(t, a, b, bad);
  default: return t->slots == 0 || *a == *b;
  }
}

bool value_equal(const RType *t, const void *a, const void *b, const RType **bad) {
  if (t->plain) return t->size == 0 || !memcmp(a, b, t->size);
  switch (t->kind) {
  case KIND_STRUCT:
    for (uint32_t i = 0; i < t->field_count; i++) {
      const RField *f = &t->fields[i];
      if (!strcmp(f->name, "_")) continue;
      if (!value_equal(f->type, (const char *)a + f->offset, (const char *)b + f->offset, bad)) return false;
    }
    return true;
  case KIND_ARRAY:
    for (int64_t i = 0; i < t->len; i++) {
      size_t at = (size_t)i * t->elem->size;
      if (!value_equal(t->elem, (const char *)a + at, (const char *)b + at, bad)) return false;
    }
    return true;
  case KIND_COMPLEX128: {
    const double *x = a, *y = b;
    return x[0] == y[0] && x[1] == y[1];
  }
  case KIND_COMPLEX64: {
    const float *x = a, *y = b;
    return x[0] == y[0] && x[1] == y[1];
  }
  default: {
    _Alignas(16) uint64_t x[2] = {0}, y[2] = {0};
    value_load(x, a, t);
    value_load(y, b, t);
    return slot_equal(t, x, y, bad);
  }
  }
}

// --- hash: multiply and fold 128 bits, after wyhash's idea (https://github.com/wangyi-fudan/wyhash)

static const uint64_t k0 = 0xa0761d6478bd642full, k1 = 0xe7037ed1a0b428dbull, k2 = 0x8ebc6af09c88c6e3ull;

static uint64_t mix(uint64_t a, uint64_t b) {
  unsigned __int128 p = (unsigned __int128)a * b;
  return (uint64_t)p ^ (uint64_t)(p >> 64);
}

static uint64_t read_upto8(const unsigned char *p, size_t n) {
  uint64_t v = 0;
  memcpy(&v, p, n);
  return v;
}

static uint64_t hash_bytes(const void *bytes, size_t n, uint64_t seed) {
  const unsigned char *p = bytes;
  uint64_t h = seed ^ k0;
  size_t left = n;
  for (; left > 16; left -= 16, p += 16) {
    uint64_t a, b;
    memcpy(&a, p, 8);
    memcpy(&b, p + 8, 8);
    h = mix(a ^ k1, b ^ h);
  }
  uint64_t a, b = 0;
  if (left >= 8) {
    memcpy(&a, p, 8);
    memcpy(&b, p + left - 8, 8);
  } else if (left >= 4) {
    uint32_t x, y;
    memcpy(&x, p, 4);
    memcpy(&y, p + left - 4, 4);
    a = (uint64_t)x << 32 | y;
  } else a = left ? read_upto8(p, left) : 0;
  return mix(k1 ^ n, mix(a ^ k1, b ^ h));
}

// -0 equals 0. NaN differs from itself, so it hashes to something else each time, or many of them in a map would be slow.
static uint64_t hash_float(double d, uint64_t seed) {
  if (d != d) seed ^= __builtin_ia32_rdtsc();
  uint64_t bits = d == 0 ? 0 : float_slot(d);
  return mix(bits ^ k0, seed ^ k2);
}

static uint64_t hash_iface(Iface i, uint64_t seed, const RType **bad);

static uint64_t hash_value(const RType *t, const void *p, uint64_t seed, const RType **bad) {
  if (t->plain) return t->size ? hash_bytes(p, t->size, seed) : seed;
  switch (t->kind) {
  case KIND_STRUCT:
    for (uint32_t i = 0; i < t->field_count; i++)
      if (strcmp(t->fields[i].name, "_")) seed = hash_value(t->fields[i].type, (const char *)p + t->fields[i].offset, seed, bad);
    return seed;
  case KIND_ARRAY:
    for (int64_t i = 0; i < t->len; i++) seed = hash_value(t->elem, (const char *)p + (size_t)i * t->elem->size, seed, bad);
    return seed;
  case KIND_COMPLEX128: return hash_float(((const double *)p)[1], hash_float(((const double *)p)[0], seed));
  case KIND_COMPLEX64: return hash_float(((const float *)p)[1], hash_float(((const float *)p)[0], seed));
  default: {
    _Alignas(16) uint64_t slot[2] = {0};
    value_load(slot, p, t);
    return slot_hash(t, slot, seed, bad);
  }
  }
}

static uint64_t hash_iface(Iface i, uint64_t seed, const RType **bad) {
  if (!i.type) return seed;
  if (!i.type->comparable) {
    *bad = i.type;
    return 0;
  }
  seed ^= (uint64_t)i.type->id * k2;
  return i.type->direct ? slot_hash(i.type, &i.word, seed, bad) : hash_value(i.type, (const void *)i.word, seed, bad);
}

uint64_t slot_hash(const RType *t, const uint64_t *slot, uint64_t seed, const RType **bad) {
  switch (t->kind) {
  case KIND_FLOAT64: return hash_float(slot_float(*slot), seed);
  case KIND_FLOAT32: return hash_float((double)narrow_float((uint32_t)*slot), seed);
  case KIND_STRING: return hash_bytes((const void *)slot[0], slot[1], seed);
  case KIND_INTERFACE: return hash_iface(slot_iface(slot), seed, bad);
  case KIND_STRUCT: case KIND_ARRAY: case KIND_COMPLEX64: case KIND_COMPLEX128: return hash_value(t, slot, seed, bad);
  default: return t->slots ? mix(*slot ^ k0, seed ^ k1) : seed;
  }
}
