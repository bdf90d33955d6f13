#include "std/value/order.h"

#include <math.h>

#include "std/value/scalar.h"

static int order_floats(double a, double b) {
  if (isnan(a) || isnan(b)) return isnan(b) - isnan(a);
  return (a > b) - (a < b);
}

static const void *inside(const Iface *i) {
  return i->type->direct ? (const void *)&i->word : (const void *)(uintptr_t)i->word;
}

int value_order(const RType *t, const void *a, const void *b) {
  switch ((RKind)t->kind) {
  case KIND_STRING: {
    String x = string_load(a), y = string_load(b);
    return string_compare(x, y);
  }
  case KIND_FLOAT32: {
    float x, y;
    memcpy(&x, a, 4);
    memcpy(&y, b, 4);
    return order_floats(x, y);
  }
  case KIND_FLOAT64: {
    double x, y;
    memcpy(&x, a, 8);
    memcpy(&y, b, 8);
    return order_floats(x, y);
  }
  case KIND_COMPLEX64: {
    float x[2], y[2];
    memcpy(x, a, 8);
    memcpy(y, b, 8);
    int order = order_floats(x[0], y[0]);
    return order ? order : order_floats(x[1], y[1]);
  }
  case KIND_COMPLEX128: {
    double x[2], y[2];
    memcpy(x, a, 16);
    memcpy(y, b, 16);
    int order = order_floats(x[0], y[0]);
    return order ? order : order_floats(x[1], y[1]);
  }
  case KIND_STRUCT:
    for (uint32_t i = 0; i < t->field_count; i++) {
      const RField *field = &t->fields[i];
      int order = value_order(field->type, (const char *)a + field->offset, (const char *)b + field->offset);
      if (order) return order;
    }
    return 0;
  case KIND_ARRAY:
    for (int64_t i = 0; i < t->len; i++) {
      uint64_t offset = (uint64_t)i * t->elem->size;
      int order = value_order(t->elem, (const char *)a + offset, (const char *)b + offset);
      if (order) return order;
    }
    return 0;
  case KIND_INTERFACE: {
    Iface x = iface_load(a), y = iface_load(b);
    if (!x.type || !y.type) return (x.type != NULL) - (y.type != NULL);
    if (x.type != y.type) return (x.type->id > y.type->id) - (x.type->id < y.type->id);
    return value_order(x.type, inside(&x), inside(&y));
  }
  default: {
    if (t->shape == SHAPE_NONE) return 0;
    uint64_t x = scalar_load(t, a), y = scalar_load(t, b);
    if (t->kind >= KIND_INT && t->kind <= KIND_INT64) return ((int64_t)x > (int64_t)y) - ((int64_t)x < (int64_t)y);
    return (x > y) - (x < y);
  }
  }
}
