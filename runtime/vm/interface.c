// Interfaces: boxing, comparison, type assertions.
#include "vm/vm.h"

void help_make_iface(Worker *w, uint64_t *fp, const Instr *pc) { put_iface(&fp[pc->a], iface_make(w->heap, pc[1].ptr, &fp[pc->b])); }
void help_unbox(Worker *w, uint64_t *fp, const Instr *pc) { iface_unbox(&fp[pc->a], slot_iface(&fp[pc->b])); }

static VmResult uncomparable(Worker *w, const Instr *pc, const RType *bad) {
  return panic_error(w, pc, ERROR_RUNTIME, "runtime error: comparing uncomparable type %s", bad->string);
}

VmResult slow_iface_equal(Worker *w, uint64_t *fp, const Instr *pc) {
  const RType *bad = NULL;
  bool equal = iface_equal(slot_iface(&fp[pc->b]), slot_iface(&fp[pc->c]), &bad);
  if (bad) return uncomparable(w, pc, bad);
  fp[pc->a] = equal;
  return VM_NEXT;
}

VmResult slow_block_equal(Worker *w, uint64_t *fp, const Instr *pc) {
  const RType *bad = NULL;
  bool equal = slot_equal(pc[1].ptr, &fp[pc->b], &fp[pc->c], &bad);
  if (bad) return uncomparable(w, pc, bad);
  fp[pc->a] = equal;
  return VM_NEXT;
}

// Of a named type, or of the unexported names inside (pkgpath in runtime/error.go).
static const char *package_of(const RType *t) {
  if (*t->package) return t->package;
  for (uint32_t i = 0; t->kind == KIND_STRUCT && i < t->field_count; i++)
    if (t->fields[i].package) return t->fields[i].package;
  for (uint32_t i = 0; t->kind == KIND_INTERFACE && i < t->method_count; i++)
    if (t->methods[i].package) return t->methods[i].package;
  return "";
}

// runtime/error.go, TypeAssertionError.Error. from: the static type of the operand, NULL where Go's has none.
static VmResult assertion_fails(Worker *w, const Instr *pc, const RType *from, const RType *is, const RType *wanted, const char *missing) {
  const char *inter = from ? from->string : "interface";
  if (!is) return panic_error(w, pc, ERROR_ASSERTION, "interface conversion: %s is nil, not %s", inter, wanted->string);
  if (missing)
    return panic_error(w, pc, ERROR_ASSERTION, "interface conversion: %s is not %s: missing method %s", is->string, wanted->string, missing);
  const char *but = "";
  if (!strcmp(is->string, wanted->string))
    but = strcmp(package_of(is), package_of(wanted)) ? " (types from different packages)" : " (types from different scopes)";
  return panic_error(w, pc, ERROR_ASSERTION, "interface conversion: %s is %s, not %s%s", inter, is->string, wanted->string, but);
}

VmResult slow_assert(Worker *w, uint64_t *fp, const Instr *pc) {
  const RType *wanted = pc[1].ptr;
  Iface i = slot_iface(&fp[pc->b]);
  if (i.type != wanted) return assertion_fails(w, pc, pc[2].ptr, i.type, wanted, NULL);
  iface_unbox(&fp[pc->a], i);
  return VM_NEXT;
}

VmResult slow_assert2(Worker *w, uint64_t *fp, const Instr *pc) {
  const RType *wanted = pc[1].ptr;
  Iface i = slot_iface(&fp[pc->b]);
  bool ok = i.type == wanted;
  if (pc->a != ABSENT) {
    uint64_t *a = &fp[pc->a];
    if (ok) iface_unbox(a, i);
    else
      for (uint32_t k = 0; k < wanted->slots; k++) a[k] = 0;
  }
  if (pc->c != ABSENT) fp[pc->c] = ok;
  return VM_NEXT;
}

VmResult slow_assert_iface(Worker *w, uint64_t *fp, const Instr *pc) {
  const RType *wanted = pc[1].ptr;
  Iface i = slot_iface(&fp[pc->b]);
  const char *missing = NULL;
  if (!i.type || !rtype_implements(i.type, wanted, &missing)) return assertion_fails(w, pc, NULL, i.type, wanted, missing);
  put_iface(&fp[pc->a], i);
  return VM_NEXT;
}

VmResult slow_assert_iface2(Worker *w, uint64_t *fp, const Instr *pc) {
  Iface i = slot_iface(&fp[pc->b]);
  bool ok = i.type && rtype_implements(i.type, pc[1].ptr, NULL);
  if (pc->a != ABSENT) put_iface(&fp[pc->a], ok ? i : (Iface){0});
  if (pc->c != ABSENT) fp[pc->c] = ok;
  return VM_NEXT;
}
