// One function: its frame, entry, body and exit.
#include "compile/escape.h"
#include "compile/call.h"
#include "compile/stmt.h"
#include "compile/finish.h"
#include "compile/func.h"
#include "compile/late.h"
#include "compile/native_call.h"
#include "types/check.h"

#include <string.h>

// --- entry

// A parameter lies where the caller put it; one that closures share moves to the heap.
static void bind_param(Fn *f, Object *o, TypeInfo *info, Slot slot) {
  if (!o || !o->name || !o->name->len || name_is_blank(o->name)) return;
  if (!var_needs_box(f, o, info)) {
    var_at(f, o, info, false, slot);
    return;
  }
  if (late_is_value(f, o, info, true)) {
    late_begin(f, var_at(f, o, info, false, slot));
    return;
  }
  Var *v = var_new(f, o, info, true);
  emit_new(f, v->slot, info->type);
  if (info->slots) emit_store(f, v->slot, 0, slot, info);
  var_own(f, v);
}

// Results are zero at first if they have names, or if a recovered panic may return them unset.
static void bind_results(Fn *f, Type *declared) {
  CallLayout *l = f->layout;
  f->results = ARENA_ARRAY(&f->c->scratch, Var *, l->result_count);
  for (uint32_t i = 0; i < l->result_count; i++) {
    Object *o = declared->results[i];
    bool named = o->name && o->name->len;
    TypeInfo *info = l->results[i];
    if (named || f->has_defer) emit_zero(f, l->result_slots[i], info);
    if (o->captured || o->address_taken || (named && var_needs_box(f, o, info))) {
      f->results[i] = var_new(f, o, info, true);
      emit_new(f, f->results[i]->slot, info->type);
      f->boxed_results = true;
    } else if (named) {
      f->results[i] = var_at(f, o, info, false, l->result_slots[i]);
    }
  }
}

static void bind_signature(Fn *f, Type *declared) {
  bind_results(f, declared);
  for (uint32_t i = 0; i < f->layout->param_count; i++) bind_param(f, declared->params[i], f->layout->params[i], f->layout->param_slots[i]);
}

static void prepare_defers(Fn *f, Node *body) {
  if (!f->has_defer) return;
  if (body && !f->inst->info->has_labels) defer_records(f, body);
  f->deferred = slot_word(f);
  f->out->defer_slot = (uint16_t)f->deferred;
  emit_imm(f, OP_LDI, f->deferred, 0);
}

// --- exit

void emit_return(Fn *f) {
  if (f->dead) return;
  emit_release(f, 0);
  if (f->has_defer || f->boxed_results) {
    emit_jump(f, &f->epilogue);
    return;
  }
  emit(f, OP_RET, 0, 0, 0);
  f->dead = true;
}

// Deferred calls run first: they may still change the results that live on the heap.
static void epilogue(Fn *f) {
  if (!f->has_defer && !f->boxed_results) return;
  label_bind(f, &f->epilogue);
  if (f->has_defer) {
    f->out->defer_pc = f->code.len;
    Slot base = slots_window(f, 2);
    emit(f, OP_RUNDEFERS, base, 0, 0);
    emit_word(f, 0);
  }
  for (uint32_t i = 0; i < f->layout->result_count; i++)
    if (f->results[i] && f->results[i]->boxed) emit_load(f, f->layout->result_slots[i], f->results[i]->slot, 0, f->layout->results[i]);
  emit(f, OP_RET, 0, 0, 0);
  f->dead = true;
}

void func_body(Fn *f, Type *declared, Object *recv, Node *body) {
  f->declared = declared;
  f->has_defer = f->inst->info && f->inst->info->has_defer;
  closure_load_captures(f, ptr_table_get(&f->c->captures, f->inst->node), 0);
  prepare_defers(f, body);
  bind_signature(f, declared);
  if (recv) bind_param(f, recv, info_of(f->c, f->inst->recv), f->out->recv_slot);
  stmt_list_from(f, &((NodeBlock *)body)->stmts, 0); // parameters may be late
  at_pos(f, ((NodeBlock *)body)->rbrace);
  emit_return(f);
  epilogue(f);
}

// A script's top-level statements: no parameters, and the statements come from the caller.
void func_enter_script(Fn *f, const FuncInfo *info) {
  f->declared = f->layout->sig;
  f->has_defer = info && info->has_defer;
  prepare_defers(f, NULL);
}

void func_leave_script(Fn *f) {
  emit_return(f);
  epilogue(f);
}

void fn_build_declared(Fn *f, FuncInst *inst) {
  NodeFunc *n = (NodeFunc *)inst->node;
  Type *declared = inst->object->type;
  check_function(inst->object);
  escape_analyse(f->c, &n->h, declared);
  func_body(f, declared, declared->recv, n->body);
}

void fn_build_literal(Fn *f, FuncInst *inst) {
  NodeFuncLit *n = (NodeFuncLit *)inst->node;
  Type *declared = n->info ? n->info->signature : n->h.type;
  func_body(f, type_underlying(declared), NULL, n->body);
}

void fn_build_native(Fn *f, FuncInst *inst) {
  const CompileOptions *options = f->c->options;
  inst->out->native = options->native ? options->native(options->context, inst->out->name) : NULL;
  if (!inst->out->native) compile_error(f->c, inst->object->pos, "missing function body: there is no native %s", inst->out->name);
  inst->out->native_op = native_op(inst->out->name);
  if (!strcmp(inst->out->name, "reflect.methodAt")) rtypes_keep_methods(f->c); // the way to every method's function
  emit(f, OP_NATIVE, 0, 0, 0);
  emit_ptr(f, inst->out);
  emit(f, OP_RET, 0, 0, 0);
}

// --- the making

void inst_compile_body(Compiler *c, FuncInst *inst, struct RangeFunc *range) {
  uint32_t arguments = inst->out->frame_slots;
  Fn *f = fn_begin(c, inst);
  f->range = range;
  inst->build(f, inst);
  if (f->too_far) {
    inst->out->frame_slots = arguments;
    fn_again(f);
    f->range = range;
    inst->build(f, inst);
  }
  fn_finish(f);
}

void inst_compile(Compiler *c, FuncInst *inst) { inst_compile_body(c, inst, NULL); }
