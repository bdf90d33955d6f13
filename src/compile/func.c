// One function: its frame, entry, body and exit; then its code, lines and variables for the Program.
#include "compile/access.h"
#include "compile/escape.h"
#include "compile/call.h"
#include "compile/stmt.h"
#include "compile/func.h"
#include "compile/fuse.h"
#include "compile/late.h"
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
  if (!strcmp(inst->out->name, "reflect.methodAt")) rtypes_keep_methods(f->c); // the way to every method's function
  emit(f, OP_NATIVE, 0, 0, 0);
  emit_ptr(f, inst->out);
  emit(f, OP_RET, 0, 0, 0);
}

// --- from Fn to Function

// One entry where the line changes. Most positions lie in the line of the one before: `line` is its extent.
static void finish_lines(Fn *f) {
  const SourceSet *sources = f->c->options->sources;
  Extent line = {0};
  for (uint32_t i = 0; i < f->lines.len; i++) {
    Pos pos = f->lines.data[i].pos;
    if (i && pos >= line.start && pos < line.end) continue;
    Position p = source_position_in_line(sources, pos, &line);
    LineEntry entry = {f->lines.data[i].pc, p.line, p.column, p.path ? file_id(f->c, p.path) : 0};
    if (f->table.len && vec_last(&f->table).line == entry.line && vec_last(&f->table).file == entry.file) continue;
    vec_push(&f->table, entry);
  }
  f->out->lines = arena_copy(f->c->arena, f->table.data, f->table.len * sizeof(LineEntry));
  f->out->line_count = f->table.len;
}

// Code must not run on past its end, even where it is never reached.
static void terminate(Fn *f) {
  Op last = f->code.len ? (Op)f->code.data[f->last].op : OP_NOP;
  if (last != OP_RET && last != OP_JMP && last != OP_JMPB && last != OP_PANIC) emit_imm(f, OP_TRAP, 0, 0);
}

static void finish(Fn *f) {
  Function *out = f->out;
  terminate(f);
  thread_jumps(f);
  if (f->too_big || f->high > FRAME_MAX) {
    Pos pos = f->inst->object ? f->inst->object->pos : f->inst->node ? f->inst->node->pos : f->pos;
    compile_error(f->c, pos, "function %s is too large: it needs more than %d slots", out->name, FRAME_MAX);
    return;
  }
  slots_reach(f, f->out->frame_slots);
  out->frame_slots = (f->high + 1) & ~1u;
  finish_lines(f);
  if (f->c->options->name_accesses) access_finish(f);
  else fuse(f);
  out->code = arena_copy(f->c->arena, f->code.data, f->code.len * sizeof(Instr));
  out->code_len = f->code.len;
  for (uint32_t i = 0; i < f->vars.len; i++)
    if (f->vars.data[i].to == UINT32_MAX) f->vars.data[i].to = f->code.len;
  out->vars = arena_copy(f->c->arena, f->vars.data, f->vars.len * sizeof(VarEntry));
  out->var_count = f->vars.len;
  out->unsigned_indexes = arena_copy(f->c->arena, f->unsigned_indexes.data, f->unsigned_indexes.len * sizeof(uint32_t));
  out->unsigned_count = f->unsigned_indexes.len;
  for (uint32_t i = 0; i < out->var_count; i++) out->vars[i].name = arena_strdup(f->c->arena, out->vars[i].name);
}

#define EACH_VECTOR(DO) \
  DO(code) DO(patches) DO(lines) DO(table) DO(vars) DO(accesses) DO(unsigned_indexes) DO(scope) DO(hoisted) DO(records) DO(gotos) DO(lengths) DO(late) \
  DO(bounds)

// The making of one function leaves the memory of its vectors to the next one. Functions inside of one another are made at the
// same time: then there is none to take, or there is some already when it is given back.
static void hand_over(Fn *from, Fn *to) {
#define HAND_OVER(vec) \
  if (to->vec.data) vec_free(&from->vec); \
  else to->vec.data = from->vec.data, to->vec.cap = from->vec.cap, from->vec.data = NULL, from->vec.cap = 0;
  EACH_VECTOR(HAND_OVER)
#undef HAND_OVER
}

static void release(Fn *f) {
  hand_over(f, f->c->spare);
  ptr_table_deinit(&f->subst);
  ptr_table_deinit(&f->constants);
}

Fn *fn_new_spare(void) {
  Fn *f = calloc(1, sizeof *f);
  ASSERT(f, "out of memory");
  return f;
}

void fn_free_spare(Fn *f) {
#define FREE(vec) vec_free(&f->vec);
  EACH_VECTOR(FREE)
#undef FREE
  free(f);
}

void inst_compile_body(Compiler *c, FuncInst *inst, struct RangeFunc *range) {
  Function *out = inst->out;
  uint32_t arguments = out->frame_slots;
  for (bool far = false;; far = true) {
    Fn f = {.c = c, .inst = inst, .out = out, .layout = call_layout(c, inst->sig), .far = far, .epilogue = LABEL_NEW,
            .range_defers = NO_SLOT, .range = range, .top = arguments, .high = arguments};
    hand_over(c->spare, &f);
    out->frame_slots = arguments;
    if (inst->object) f.pos = inst->object->pos;
    else if (inst->node) f.pos = inst->node->start;
    inst->build(&f, inst);
    if (f.too_far && !far) {
      release(&f);
      continue;
    }
    finish(&f);
    release(&f);
    return;
  }
}

void inst_compile(Compiler *c, FuncInst *inst) { inst_compile_body(c, inst, NULL); }
