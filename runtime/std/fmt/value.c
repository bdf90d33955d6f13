// Printing by type: walks a value as its run-time type describes it. All values are taken in memory form; slot form
// (map entries, interface words) differs from it only in the upper bytes of narrow scalars, which are not read.
#include "std/fmt/printer.h"

#include <stdlib.h>

#include "std/reflect/reflect.h"
#include "std/value/order.h"
#include "std/value/scalar.h"

enum { DEPTH_MAX = 4000 }; // a value that contains itself would never end

static void put_text(Printer *p, const char *text) { buffer_add_text(&p->f.out, text); }
static void put_byte(Printer *p, char c) { buffer_add_byte(&p->f.out, c); }
static String text_string(const char *text) { return (String){text, strlen(text)}; }

// --- methods

static bool has_signature(const RMethod *m, const char *name, const char *signature) {
  return !strcmp(m->name, name) && !m->package && m->signature && !strcmp(m->signature->string, signature);
}

// Which method prints a t under verb, if any.
static CallKind method_for(const Printer *p, const RType *t, int32_t verb, bool *is_error) {
  bool formatter = false, go_stringer = false, error = false, stringer = false;
  for (uint32_t i = 0; i < t->method_count; i++) {
    const RMethod *m = &t->methods[i];
    switch (m->name[0]) {
    case 'E': error |= has_signature(m, "Error", "func() string"); break;
    case 'F': formatter |= has_signature(m, "Format", "func(fmt.State, int32)"); break;
    case 'G': go_stringer |= has_signature(m, "GoString", "func() string"); break;
    case 'S': stringer |= has_signature(m, "String", "func() string"); break;
    }
  }
  *is_error = error;
  if (formatter) return CALL_FORMAT;
  if (p->f.flags.sharp_v) return go_stringer ? CALL_GOSTRING : 0;
  switch (verb) {
  case 'v': case 's': case 'x': case 'X': case 'q': return error ? CALL_ERROR : stringer ? CALL_STRING : 0;
  default: return 0;
  }
}

static void print_string(Printer *p, String s, int32_t verb);
static void bad_verb(Printer *p, const RType *t, const void *mem, int32_t verb);

static void add_pending(Printer *p, const RType *t, const void *mem, CallKind kind, int32_t verb) {
  if (p->pending_count == p->pending_cap) {
    uint32_t cap = p->pending_cap ? p->pending_cap * 2 : 4;
    Call *grown = heap_alloc(p->f.out.heap, cap * sizeof *grown, false);
    if (p->pending_count) memcpy(grown, p->pending, p->pending_count * sizeof *grown);
    p->pending = grown;
    p->pending_cap = cap;
  }
  Iface value = {t, t->direct ? scalar_load(t, mem) : 0};
  if (!t->direct) { // a copy, as any conversion to an interface makes
    void *box = heap_new(p->f.out.heap, t);
    if (t->shape == SHAPE_PAIR) pair_copy(box, mem);
    else if (t->size) memcpy(box, mem, t->size);
    value.word = (uint64_t)(uintptr_t)box;
  }
  p->pending[p->pending_count++] = (Call){.value = value, .kind = kind, .verb = verb, .flags = p->f.flags};
}

// Prints the value by a method of its own, if it has one for this verb.
static bool print_by_method(Printer *p, const RType *t, const void *mem, int32_t verb) {
  if (p->erroring) return false;
  if (!t->method_count && verb != 'w') return false;
  bool is_error;
  CallKind kind = method_for(p, t, verb == 'w' ? 'v' : verb, &is_error);
  if (verb == 'w') {
    if (!is_error || !p->wrap_errors) {
      bad_verb(p, t, mem, verb);
      return true;
    }
    verb = 'v';
  }
  if (!kind) return false;
  if (p->walk != WALK_ANSWERED) {
    p->walk = WALK_COLLECT;
    add_pending(p, t, mem, kind, verb);
  } else if (p->answered < p->pending_count) { // fewer only if a method changed the value meanwhile
    const Call *call = &p->pending[p->answered++];
    if (call->raw) buffer_add(&p->f.out, call->answer.ptr, call->answer.len);
    else if (kind == CALL_GOSTRING) format_string(&p->f, call->answer);
    else print_string(p, call->answer, verb);
  }
  return true;
}

// --- verbs by kind

static void bad_verb(Printer *p, const RType *t, const void *mem, int32_t verb) {
  p->erroring = true;
  put_text(p, "%!");
  buffer_add_rune(&p->f.out, verb);
  put_byte(p, '(');
  if (t) {
    put_text(p, t->string);
    put_byte(p, '=');
    printer_value(p, t, mem, 'v', 0, false);
  } else {
    put_text(p, "<nil>");
  }
  put_byte(p, ')');
  p->erroring = false;
}

static void print_0x(Printer *p, uint64_t v, bool leading) {
  bool sharp = p->f.flags.sharp;
  p->f.flags.sharp = leading;
  format_integer(&p->f, v, 16, false, 'v', false);
  p->f.flags.sharp = sharp;
}

static bool print_integer(Printer *p, uint64_t v, bool is_signed, int32_t verb) {
  switch (verb) {
  case 'v':
    if (p->f.flags.sharp_v && !is_signed) print_0x(p, v, true);
    else format_integer(&p->f, v, 10, is_signed, verb, false);
    return true;
  case 'd': format_integer(&p->f, v, 10, is_signed, verb, false); return true;
  case 'b': format_integer(&p->f, v, 2, is_signed, verb, false); return true;
  case 'o': case 'O': format_integer(&p->f, v, 8, is_signed, verb, false); return true;
  case 'x': case 'X': format_integer(&p->f, v, 16, is_signed, verb, verb == 'X'); return true;
  case 'c': format_rune(&p->f, v); return true;
  case 'q': format_quoted_rune(&p->f, v); return true;
  case 'U': format_unicode(&p->f, v); return true;
  default: return false;
  }
}

static bool print_float(Printer *p, double v, int bits, int32_t verb) {
  switch (verb) {
  case 'v': format_float(&p->f, v, bits, 'g', -1); return true;
  case 'b': case 'g': case 'G': case 'x': case 'X': format_float(&p->f, v, bits, (char)verb, -1); return true;
  case 'f': case 'e': case 'E': format_float(&p->f, v, bits, (char)verb, 6); return true;
  case 'F': format_float(&p->f, v, bits, 'f', 6); return true;
  default: return false;
  }
}

static bool print_complex(Printer *p, double real, double imag, int bits, int32_t verb) {
  if (!memchr("vbgGxXfFeE", verb, 10) || verb > 127) return false;
  bool plus = p->f.flags.plus;
  put_byte(p, '(');
  print_float(p, real, bits, verb);
  p->f.flags.plus = true;
  print_float(p, imag, bits, verb);
  put_text(p, "i)");
  p->f.flags.plus = plus;
  return true;
}

static bool print_string_verb(Printer *p, String s, int32_t verb) {
  switch (verb) {
  case 'v':
    if (p->f.flags.sharp_v) format_quoted(&p->f, s);
    else format_string(&p->f, s);
    return true;
  case 's': format_string(&p->f, s); return true;
  case 'x': case 'X': format_hex_string(&p->f, s, verb == 'X'); return true;
  case 'q': format_quoted(&p->f, s); return true;
  default: return false;
  }
}

// The text of a String or Error method: method_for chose verbs that strings have.
static void print_string(Printer *p, String s, int32_t verb) { print_string_verb(p, s, verb); }

static bool print_pointer(Printer *p, const RType *t, uint64_t address, int32_t verb) {
  switch (verb) {
  case 'v':
    if (p->f.flags.sharp_v) {
      put_byte(p, '(');
      put_text(p, t->string);
      put_text(p, ")(");
      if (address) print_0x(p, address, true);
      else put_text(p, "nil");
      put_byte(p, ')');
    } else if (address) {
      print_0x(p, address, !p->f.flags.sharp);
    } else {
      format_pad(&p->f, text_string("<nil>"));
    }
    return true;
  case 'p': print_0x(p, address, !p->f.flags.sharp); return true;
  case 'b': case 'o': case 'd': case 'x': case 'X': return print_integer(p, address, false, verb);
  default: return false;
  }
}

// --- composite values

static void put_separator(Printer *p) {
  if (p->f.flags.sharp_v) put_text(p, ", ");
  else put_byte(p, ' ');
}

static bool is_byte_slice(const RType *t) { return t->kind == KIND_SLICE && t->elem->kind == KIND_UINT8; }

static void print_elements(Printer *p, const RType *t, const char *mem, uint64_t count, bool is_nil, int32_t verb, int depth,
                           bool readonly) {
  bool sharp = p->f.flags.sharp_v;
  if (sharp) {
    put_text(p, t->string);
    if (is_nil) {
      put_text(p, "(nil)");
      return;
    }
  }
  put_byte(p, sharp ? '{' : '[');
  for (uint64_t i = 0; i < count; i++) {
    if (i > 0) put_separator(p);
    printer_value(p, t->elem, mem + i * t->elem->size, verb, depth + 1, readonly);
  }
  put_byte(p, sharp ? '}' : ']');
}

static void print_struct(Printer *p, const RType *t, const char *mem, int32_t verb, int depth, bool readonly) {
  if (p->f.flags.sharp_v) put_text(p, t->string);
  put_byte(p, '{');
  for (uint32_t i = 0; i < t->field_count; i++) {
    const RField *field = &t->fields[i];
    if (i > 0) put_separator(p);
    if (p->f.flags.plus_v || p->f.flags.sharp_v) {
      put_text(p, field->name);
      put_byte(p, ':');
    }
    const RType *type = field->type;
    const void *value = mem + field->offset;
    // Unexported fields, and all below them, are only looked at; but an embedded one lends its exported fields.
    bool hidden = readonly || (field->package && !field->embedded), hidden_itself = readonly || field->package;
    Iface inner;
    if (type->kind == KIND_INTERFACE) {
      inner = iface_load(value);
      if (inner.type) {
        type = inner.type;
        value = type->direct ? (const void *)&inner.word : (const void *)(uintptr_t)inner.word;
      }
    }
    if (!hidden_itself || hidden) printer_value(p, type, value, verb, depth + 1, hidden);
    else if (type->kind == KIND_STRUCT) print_struct(p, type, value, verb, depth + 1, false);
    else printer_value(p, type, value, verb, depth + 1, true);
  }
  put_byte(p, '}');
}

static int compare_entries(const void *a, const void *b, void *key_type) {
  const uint64_t *const *x = a, *const *y = b;
  int order = value_order(key_type, x[0], y[0]);
  return order ? order : (x[2] > y[2]) - (x[2] < y[2]); // stable: the third word numbers them
}

static void print_map(Printer *p, const RType *t, Map *map, int32_t verb, int depth, bool readonly) {
  bool sharp = p->f.flags.sharp_v;
  if (map) native_reads(p->w, map, 8);
  if (sharp) {
    put_text(p, t->string);
    if (!map) {
      put_text(p, "(nil)");
      return;
    }
    put_byte(p, '{');
  } else {
    put_text(p, "map[");
  }
  // Keys and values are copied: the table may change under a racing writer.
  HeapCache *heap = p->f.out.heap;
  uint64_t count = 0, cap = map_len(map);
  uint32_t key_slots = t->key->slots + (t->key->slots & 1), slots = key_slots + t->elem->slots;
  const uint64_t *(*entries)[3] = heap_alloc(heap, (cap ? cap : 1) * sizeof *entries, false);
  if (map && cap) {
    MapIter *it = map_iter_new(heap, map, t, 0);
    const uint64_t *key, *value;
    while (count < cap && map_iter_next(it, &key, &value) == MAP_OK) {
      uint64_t *copy = heap_alloc(heap, slots * 8, false);
      slots_copy(copy, key, t->key->slots, t->key->align == 16);
      slots_copy(copy + key_slots, value, t->elem->slots, t->elem->align == 16);
      if (!map_iter_holds(it)) continue;
      entries[count][0] = copy;
      entries[count][1] = copy + key_slots;
      entries[count][2] = (const uint64_t *)(uintptr_t)count;
      count++;
    }
  }
  qsort_r(entries, count, sizeof *entries, compare_entries, t->key);
  for (uint64_t i = 0; i < count; i++) {
    if (i > 0) put_separator(p);
    printer_value(p, t->key, entries[i][0], verb, depth + 1, readonly);
    put_byte(p, ':');
    printer_value(p, t->elem, entries[i][1], verb, depth + 1, readonly);
  }
  put_byte(p, sharp ? '}' : ']');
}

static double float_of(const RType *t, const void *mem) {
  if (t->kind == KIND_FLOAT64) {
    double v;
    memcpy(&v, mem, 8);
    return v;
  }
  float v;
  memcpy(&v, mem, 4);
  return v;
}

// []byte as an argument by itself: its type prints as []byte, and %d is its bytes.
static void print_bytes(Printer *p, const RType *t, Slice bytes, int32_t verb) {
  native_reads(p->w, bytes.ptr, bytes.len);
  if (verb == 'd' || verb == 'v') {
    bool sharp = p->f.flags.sharp_v;
    if (sharp) put_text(p, bytes.ptr ? "[]byte{" : "[]byte(nil)");
    else put_byte(p, '[');
    if (sharp && !bytes.ptr) return;
    for (uint32_t i = 0; i < bytes.len; i++) {
      uint8_t c = ((const uint8_t *)bytes.ptr)[i];
      if (i > 0) put_separator(p);
      if (sharp) print_0x(p, c, true);
      else format_integer(&p->f, c, 10, false, verb, false);
    }
    put_byte(p, sharp ? '}' : ']');
  } else if (!print_string_verb(p, (String){bytes.ptr, bytes.len}, verb)) {
    printer_value(p, t, &bytes, verb, 0, false);
  }
}

void printer_value(Printer *p, const RType *t, const void *mem, int32_t verb, int depth, bool readonly) {
  if (depth > DEPTH_MAX) {
    put_text(p, "...");
    return;
  }
  if (depth > 0 && !readonly && t->kind != KIND_INTERFACE && print_by_method(p, t, mem, verb)) return;
  bool ok = true;
  switch ((RKind)t->kind) {
  case KIND_BOOL:
    ok = verb == 't' || verb == 'v';
    if (ok) format_bool(&p->f, *(const uint8_t *)mem);
    break;
  case KIND_INT: case KIND_INT8: case KIND_INT16: case KIND_INT32: case KIND_INT64:
    ok = print_integer(p, scalar_load(t, mem), true, verb);
    break;
  case KIND_UINT: case KIND_UINT8: case KIND_UINT16: case KIND_UINT32: case KIND_UINT64: case KIND_UINTPTR:
    ok = print_integer(p, scalar_load(t, mem), false, verb);
    break;
  case KIND_FLOAT32: case KIND_FLOAT64:
    ok = print_float(p, float_of(t, mem), t->kind == KIND_FLOAT32 ? 32 : 64, verb);
    break;
  case KIND_COMPLEX64: {
    float parts[2];
    memcpy(parts, mem, 8);
    ok = print_complex(p, parts[0], parts[1], 32, verb);
    break;
  }
  case KIND_COMPLEX128: {
    double parts[2];
    memcpy(parts, mem, 16);
    ok = print_complex(p, parts[0], parts[1], 64, verb);
    break;
  }
  case KIND_STRING: {
    String s = string_load(mem);
    ok = print_string_verb(p, s, verb);
    break;
  }
  case KIND_MAP: print_map(p, t, (Map *)(uintptr_t)scalar_load(t, mem), verb, depth, readonly); break;
  case KIND_STRUCT: print_struct(p, t, mem, verb, depth, readonly); break;
  case KIND_INTERFACE: {
    Iface inner = iface_load(mem);
    if (inner.type) {
      const void *value = inner.type->direct ? (const void *)&inner.word : (const void *)(uintptr_t)inner.word;
      printer_value(p, inner.type, value, verb, depth + 1, readonly);
    } else if (p->f.flags.sharp_v) {
      put_text(p, t->string);
      put_text(p, "(nil)");
    } else {
      put_text(p, "<nil>");
    }
    break;
  }
  case KIND_ARRAY:
    if (t->elem->kind == KIND_UINT8 && memchr("sqxX", verb, 4) && verb < 128)
      print_string_verb(p, (String){mem, (uint64_t)t->len}, verb);
    else
      print_elements(p, t, mem, (uint64_t)t->len, false, verb, depth, readonly);
    break;
  case KIND_SLICE: {
    Slice s = slice_load(mem);
    native_reads(p->w, s.ptr, (size_t)s.len * t->elem->size);
    if (is_byte_slice(t) && verb < 128 && memchr("sqxX", verb, 4)) print_string_verb(p, (String){s.ptr, s.len}, verb);
    else print_elements(p, t, s.ptr, s.len, !s.ptr, verb, depth, readonly);
    break;
  }
  case KIND_POINTER: {
    uint64_t address = scalar_load(t, mem);
    int kind = t->elem->kind;
    if (depth == 0 && address && (kind == KIND_ARRAY || kind == KIND_SLICE || kind == KIND_STRUCT || kind == KIND_MAP)) {
      put_byte(p, '&');
      native_reads(p->w, (const void *)(uintptr_t)address, t->elem->size);
      printer_value(p, t->elem, (const void *)(uintptr_t)address, verb, depth + 1, readonly);
      break;
    }
    ok = print_pointer(p, t, address, verb);
    break;
  }
  case KIND_CHAN: case KIND_FUNC: case KIND_UNSAFE_POINTER: ok = print_pointer(p, t, scalar_load(t, mem), verb); break;
  default:
    put_byte(p, '?');
    put_text(p, t->string);
    put_byte(p, '?');
  }
  if (!ok) bad_verb(p, t, mem, verb);
}

static bool is_reflect_value(const RType *t) { return t->kind == KIND_STRUCT && !strcmp(t->name, "Value") && !strcmp(t->package, "reflect"); }

// A reflect.Value as an argument by itself is what it holds.
static void print_reflected(Printer *p, const ReflectValue *v, int32_t verb) {
  if (!v->type) {
    put_text(p, "<invalid reflect.Value>");
    return;
  }
  const RType *t = v->type;
  const void *mem = value_memory(v);
  bool readonly = v->flag & FLAG_RO;
  if (v->flag & FLAG_METHOD) {
    if (!print_pointer(p, t, v->word, verb)) bad_verb(p, t, mem, verb);
    return;
  }
  Iface inner = {t, 0};
  const void *value = mem;
  if (t->kind == KIND_INTERFACE) {
    inner = iface_load(mem);
    if (inner.type) value = inner.type->direct ? (const void *)&inner.word : (const void *)(uintptr_t)inner.word;
  }
  if (!readonly && inner.type && print_by_method(p, inner.type, value, verb)) return;
  printer_value(p, t, mem, verb, 0, readonly);
}

void printer_arg(Printer *p, Iface arg, int32_t verb) {
  const RType *t = arg.type;
  if (!t) {
    if (verb == 'T' || verb == 'v') format_pad(&p->f, text_string("<nil>"));
    else bad_verb(p, NULL, NULL, verb);
    return;
  }
  const void *mem = t->direct ? (const void *)&arg.word : (const void *)(uintptr_t)arg.word;
  if (verb == 'T') {
    format_string(&p->f, text_string(t->string));
    return;
  }
  if (verb == 'p') {
    uint64_t address = 0;
    if (t->kind == KIND_SLICE) address = *(const uint64_t *)mem;
    else if (t->kind == KIND_CHAN || t->kind == KIND_FUNC || t->kind == KIND_MAP || t->kind == KIND_POINTER ||
             t->kind == KIND_UNSAFE_POINTER)
      address = arg.word;
    else {
      bad_verb(p, t, mem, verb);
      return;
    }
    print_pointer(p, t, address, verb);
    return;
  }
  if (is_reflect_value(t)) {
    print_reflected(p, mem, verb);
    return;
  }
  if (!t->named && is_byte_slice(t) && !t->elem->package[0]) { // []byte, []uint8
    Slice bytes = slice_load(mem);
    print_bytes(p, t, bytes, verb);
    return;
  }
  if (!print_by_method(p, t, mem, verb)) printer_value(p, t, mem, verb, 0, false);
}
