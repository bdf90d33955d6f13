// Types as text, in the two ways Go has: as the compiler writes them in errors, and as reflect and %T print them.
//
//   compiler   struct{X int "tag"}     interface{M()}      func(x int, s ...string) (err error)   Pair[int, string]
//   run time   struct { X int "tag" }  interface { M() }   func(int, ...string) error             main.Pair[int,string]
#include <stdio.h>

#include "base/text.h"
#include "types/lookup.h"
#include "types/scope.h"
#include "types/types.h"

typedef struct Writer {
  StrBuf *out;
  Package *from;  // names of this package are written without it
  bool full;      // packages by path, not by name (from is NULL)
  bool runtime;   // reflect's way
  bool arguments; // run time: inside a type argument list, packages by path and no spaces
  bool no_names;  // leave parameter names out
  uint32_t depth;
} Writer;

enum { MAX_DEPTH = 100 };

static void write_type(Writer *w, Type *t);

static void put(Writer *w, const char *text) { strbuf_puts(w->out, text); }

static void put_package(Writer *w, Package *package) {
  if (!package || package == w->from) return;
  const Name *name = w->runtime ? (w->arguments ? package->path : package->name)
                     : w->full  ? package->path
                                : package->name;
  if (!name) return;
  put(w, name->text);
  put(w, ".");
}

static void write_name(Writer *w, const Object *object) {
  put_package(w, object->package);
  put(w, object->name ? object->name->text : "_");
}

static void write_list(Writer *w, TypeList list, uint32_t implicit) {
  bool outer = w->arguments;
  w->arguments = w->runtime;
  put(w, "[");
  for (uint32_t i = 0; i < list.len; i++) {
    if (i) put(w, !w->runtime ? ", " : implicit && i == implicit ? ";" : ",");
    write_type(w, list.items[i]);
  }
  put(w, "]");
  w->arguments = outer;
}

// [K comparable, V any]
static void write_params_decl(Writer *w, TypeList tparams) {
  put(w, "[");
  Type *bound = NULL;
  for (uint32_t i = 0; i < tparams.len; i++) {
    Type *p = tparams.items[i];
    if (i) {
      if (p->bound != bound && bound) {
        put(w, " ");
        write_type(w, bound);
      }
      put(w, ", ");
    }
    bound = p->bound;
    write_type(w, p);
  }
  if (bound) {
    put(w, " ");
    write_type(w, bound);
  }
  put(w, "]");
}

static void write_params(Writer *w, Object **params, uint32_t n, bool variadic) {
  put(w, "(");
  for (uint32_t i = 0; i < n; i++) {
    if (i) put(w, ", ");
    Object *p = params[i];
    if (!w->runtime && !w->no_names && p->name && p->name->len) {
      put(w, p->name->text);
      put(w, " ");
    }
    Type *t = p->type;
    if (variadic && i == n - 1) {
      if (t && t->kind == TYPE_SLICE) {
        put(w, "...");
        t = t->elem;
      } else { // append([]byte, string...)
        write_type(w, t);
        put(w, "...");
        continue;
      }
    }
    write_type(w, t);
  }
  put(w, ")");
}

static void write_signature(Writer *w, Type *sig) {
  if (sig->tparams.len) write_params_decl(w, sig->tparams);
  write_params(w, sig->params, sig->param_count, sig->variadic);
  if (sig->result_count == 0) return;
  put(w, " ");
  const Name *first = sig->results[0]->name;
  if (sig->result_count == 1 && (w->runtime || w->no_names || !first || !first->len))
    write_type(w, sig->results[0]->type);
  else write_params(w, sig->results, sig->result_count, false);
}

static void write_struct(Writer *w, Type *t) {
  if (w->runtime && t->field_count == 0) {
    put(w, "struct {}");
    return;
  }
  put(w, w->runtime ? "struct { " : "struct{");
  for (uint32_t i = 0; i < t->field_count; i++) {
    FieldInfo *f = &t->fields[i];
    if (i) put(w, "; ");
    if (!f->embedded) {
      if (w->arguments && f->name && !name_is_exported(f->name)) put_package(w, f->package);
      put(w, f->name ? f->name->text : "_");
      put(w, " ");
    }
    write_type(w, f->type);
    if (f->tag.len) {
      put(w, " ");
      strbuf_put_quoted(w->out, f->tag.ptr, f->tag.len);
    }
  }
  put(w, w->runtime ? " }" : "}");
}

static void write_interface(Writer *w, Type *t) {
  if (!w->runtime) {
    if (t == type_underlying(t->universe->any_)) {
      put(w, "any");
      return;
    }
    if (t == type_underlying(t->universe->comparable_)) {
      put(w, "interface{comparable}");
      return;
    }
    if (t->implicit && t->method_count == 0 && t->embed_count == 1) {
      write_type(w, t->embeds[0]);
      return;
    }
  }
  uint32_t n = t->method_count + t->embed_count;
  put(w, !w->runtime ? "interface{" : n ? "interface { " : "interface {");
  if (w->runtime && t->complete) { // all methods, sorted
    MethodEntry *all = type_method_set(t->universe, t, &n);
    for (uint32_t i = 0; i < n; i++) {
      if (i) put(w, "; ");
      if (!name_is_exported(all[i].name)) put_package(w, all[i].package);
      put(w, all[i].name->text);
      write_signature(w, all[i].signature);
    }
  } else {
    for (uint32_t i = 0; i < n; i++) {
      if (i) put(w, "; ");
      if (i < t->method_count) {
        put(w, t->methods[i].name->text);
        if (t->methods[i].type) write_signature(w, t->methods[i].type);
      } else {
        write_type(w, t->embeds[i - t->method_count]);
      }
    }
  }
  put(w, w->runtime && n ? " }" : "}");
}

static void write_chan(Writer *w, Type *t) {
  put(w, t->dir == CHAN_BOTH ? "chan " : t->dir == CHAN_SEND ? "chan<- " : "<-chan ");
  // chan (<-chan T) needs its parentheses
  Type *elem = t->elem;
  bool parens = t->dir == CHAN_BOTH && elem->kind == TYPE_CHAN && elem->dir == CHAN_RECV;
  if (parens) put(w, "(");
  write_type(w, elem);
  if (parens) put(w, ")");
}

static void write_param(Writer *w, Type *t) {
  const Name *name = t->param_object->name;
  put(w, name ? name->text : "_");
  if (!w->runtime && name && scope_lookup(t->universe->scope, name)) put(w, " /* type parameter */");
}

static const char *basic_names[TYPE_BASIC_COUNT] = {
    [TYPE_INVALID] = "invalid type",
    [TYPE_BOOL] = "bool",
    [TYPE_INT] = "int",
    [TYPE_INT8] = "int8",
    [TYPE_INT16] = "int16",
    [TYPE_INT32] = "int32",
    [TYPE_INT64] = "int64",
    [TYPE_UINT] = "uint",
    [TYPE_UINT8] = "uint8",
    [TYPE_UINT16] = "uint16",
    [TYPE_UINT32] = "uint32",
    [TYPE_UINT64] = "uint64",
    [TYPE_UINTPTR] = "uintptr",
    [TYPE_FLOAT32] = "float32",
    [TYPE_FLOAT64] = "float64",
    [TYPE_COMPLEX64] = "complex64",
    [TYPE_COMPLEX128] = "complex128",
    [TYPE_STRING] = "string",
    [TYPE_UNSAFE_POINTER] = "unsafe.Pointer",
    [TYPE_UNTYPED_BOOL] = "untyped bool",
    [TYPE_UNTYPED_INT] = "untyped int",
    [TYPE_UNTYPED_RUNE] = "untyped rune",
    [TYPE_UNTYPED_FLOAT] = "untyped float",
    [TYPE_UNTYPED_COMPLEX] = "untyped complex",
    [TYPE_UNTYPED_STRING] = "untyped string",
    [TYPE_UNTYPED_NIL] = "untyped nil",
};

static void write_basic(Writer *w, Type *t) {
  const Universe *u = t->universe;
  if (!w->runtime && t == u->byte_) put(w, "byte");
  else if (!w->runtime && t == u->rune_) put(w, "rune");
  else put(w, basic_names[t->kind]);
}

static void write_named(Writer *w, Type *t) {
  write_name(w, t->object);
  if (t->origin != t) write_list(w, t->targs, w->runtime ? t->origin->implicit_tparams.len : 0);
  else if (!w->runtime && t->named_tparams.len) write_params_decl(w, t->named_tparams);
}

static void write_any(Writer *w, Type *t) {
  switch (t->kind) {
  case TYPE_ARRAY:
    strbuf_printf(w->out, "[%lld]", (long long)t->len);
    write_type(w, t->elem);
    break;
  case TYPE_SLICE:
    put(w, "[]");
    write_type(w, t->elem);
    break;
  case TYPE_POINTER:
    put(w, "*");
    write_type(w, t->elem);
    break;
  case TYPE_MAP:
    put(w, "map[");
    write_type(w, t->key);
    put(w, "]");
    write_type(w, t->elem);
    break;
  case TYPE_STRUCT: write_struct(w, t); break;
  case TYPE_SIGNATURE:
    put(w, "func");
    write_signature(w, t);
    break;
  case TYPE_INTERFACE: write_interface(w, t); break;
  case TYPE_CHAN: write_chan(w, t); break;
  case TYPE_NAMED: write_named(w, t); break;
  case TYPE_PARAM: write_param(w, t); break;
  case TYPE_TUPLE:
    put(w, "(");
    for (uint32_t i = 0; i < t->tuple_len; i++) {
      if (i) put(w, ", ");
      write_type(w, t->tuple[i]);
    }
    put(w, ")");
    break;
  case TYPE_UNION:
    for (uint32_t i = 0; i < t->term_count; i++) {
      if (i) put(w, " | ");
      if (t->terms[i].tilde) put(w, "~");
      write_type(w, t->terms[i].type);
    }
    break;
  case TYPE_ALIAS:
    if (w->runtime) {
      write_type(w, type_unalias(t));
    } else {
      write_name(w, t->alias_object);
      if (t->alias_targs.len) write_list(w, t->alias_targs, 0);
    }
    break;
  default: write_basic(w, t);
  }
}

static void write_type(Writer *w, Type *t) {
  if (!t) {
    put(w, "<nil>");
    return;
  }
  if (w->depth >= MAX_DEPTH) { // an interface whose methods mention it
    put(w, "...");
    return;
  }
  w->depth++;
  write_any(w, t);
  w->depth--;
}

void type_write(StrBuf *out, Type *t, Package *relative_to) {
  Writer w = {.out = out, .from = relative_to, .full = !relative_to};
  write_type(&w, t);
}

void type_write_signature(StrBuf *out, Type *signature, Package *relative_to) {
  Writer w = {.out = out, .from = relative_to, .full = !relative_to};
  write_signature(&w, signature);
}

void type_write_method(StrBuf *out, const Name *name, Type *signature, Package *relative_to) {
  Writer w = {.out = out, .from = relative_to, .full = !relative_to, .no_names = true};
  put(&w, name->text);
  write_signature(&w, signature);
}

static const char *finish(Universe *u, StrBuf *out) {
  const char *text = arena_strndup(u->arena, strbuf_string(out), out->len);
  strbuf_free(out);
  return text;
}

const char *type_string(Universe *u, Type *t, Package *relative_to) {
  StrBuf out = {0};
  type_write(&out, t, relative_to);
  return finish(u, &out);
}

const char *type_runtime_string(Universe *u, Type *t) {
  StrBuf out = {0};
  Writer w = {.out = &out, .runtime = true};
  write_type(&w, t);
  return finish(u, &out);
}
