// Grammar actions: files, declarations, signatures, parameters and fields.
#include "syntax/build.h"

// --- files

void build_package(Parser *p, Token name) {
  p->file->package = NODE_AS(Ident, build_ident(p, name));
  p->file->script = false;
}

void check_import_order(Parser *p, Token keyword) {
  if (p->late_import && !p->file->script)
    complain(p, keyword, "syntax error: imports must appear before other declarations");
}

// Declarations are put in one by one.
void build_top(Parser *p, Node *item) {
  NodeList *top = &p->file->top;
  p->bodyless = item->kind == NODE_FUNC && !NODE_AS(Func, item)->body;
  p->late_import = true;
  if (item->kind != NODE_DECL_STMT) {
    node_list_push(p->arena, top, item);
    return;
  }
  p->late_import = p->lexer.text[item->start - p->lexer.base] != 'i'; // `import`, perhaps an empty group
  NodeList decls = NODE_AS(DeclStmt, item)->decls;
  for (uint32_t i = 0; i < decls.len; i++) node_list_push(p->arena, top, decls.items[i]);
}

// --- declarations

Node *build_decl(Parser *p, Token keyword, NodeList specs, Pos end) {
  Node *node = node_new(p->arena, NODE_DECL_STMT, keyword.start, keyword.start, end);
  NODE_AS(DeclStmt, node)->decls = specs;
  return node;
}

// A spec without type and values repeats those of the last that had any; iota counts the specs.
Node *build_const_decl(Parser *p, Token keyword, NodeList specs, Pos end) {
  NodeConst *like = NULL;
  for (uint32_t i = 0; i < specs.len; i++) {
    NodeConst *spec = NODE_AS(Const, specs.items[i]);
    spec->iota = i;
    if (spec->of || spec->values.len) like = spec;
    else spec->like = like;
  }
  return build_decl(p, keyword, specs, end);
}

Node *build_import(Parser *p, Node *alias, Token path) {
  Pos start = alias ? alias->start : path.start;
  Node *node = node_new(p->arena, NODE_IMPORT, start, start, token_end(path));
  NODE_AS(Import, node)->alias = alias;
  NODE_AS(Import, node)->path = build_literal(p, path);
  if (!(path.op & TOKEN_BAD) && path.op != LIT_STRING) {
    complain(p, path, "syntax error: import path must be a string");
    NODE_AS(Import, node)->path->kind = NODE_BAD;
  }
  return node;
}

static Pos end_of(NodeList names, const Node *type, NodeList values) {
  if (values.len) return values.items[values.len - 1]->end;
  return type ? type->end : names.items[names.len - 1]->end;
}

Node *build_const(Parser *p, NodeList names, Node *type, NodeList values) {
  Pos start = names.items[0]->start;
  Node *node = node_new(p->arena, NODE_CONST, start, start, end_of(names, type, values));
  NODE_AS(Const, node)->names = names;
  NODE_AS(Const, node)->of = type;
  NODE_AS(Const, node)->values = values;
  return node;
}

Node *build_var(Parser *p, NodeList names, Node *type, NodeList values) {
  Pos start = names.items[0]->start;
  Node *node = node_new(p->arena, NODE_VAR, start, start, end_of(names, type, values));
  NODE_AS(Var, node)->names = names;
  NODE_AS(Var, node)->of = type;
  NODE_AS(Var, node)->values = values;
  return node;
}

Node *build_type(Parser *p, Token name, NodeList tparams, Node *type) {
  Node *node = node_new(p->arena, NODE_TYPE, name.start, name.start, type->end);
  NODE_AS(TypeDecl, node)->name = build_ident(p, name);
  NODE_AS(TypeDecl, node)->tparams = tparams;
  NODE_AS(TypeDecl, node)->of = type;
  return node;
}

Node *build_alias(Parser *p, Token name, NodeList tparams, Node *type) {
  Node *node = build_type(p, name, tparams, type);
  NODE_AS(TypeDecl, node)->alias = true;
  return node;
}

// --- is it an array length or a type parameter?

// Whether x can only be a type (or a union of them): with an operand of a type's form, or ~.
static bool is_type_elem(const Node *x) {
  for (;;) switch (x->kind) {
    case NODE_ARRAY_TYPE: case NODE_SLICE_TYPE: case NODE_STRUCT_TYPE: case NODE_FUNC_TYPE: case NODE_INTERFACE_TYPE:
    case NODE_MAP_TYPE: case NODE_CHAN_TYPE: return true;
    case NODE_BINARY:
      if (is_type_elem(NODE_AS(Binary, x)->y)) return true;
      x = NODE_AS(Binary, x)->x;
      break;
    case NODE_UNARY:
      if (NODE_AS(Unary, x)->op == OPER_TILDE) return true;
      x = NODE_AS(Unary, x)->x;
      break;
    case NODE_STAR: x = NODE_AS(Star, x)->x; break;
    case NODE_PAREN: x = NODE_AS(Paren, x)->x; break;
    default: return false;
    }
}

// Splits x into a name and a type where it reads as both: `P *C`, `P (C)`, `P *C|D`. With `force` whenever it can be read
// so, otherwise only if the rest must be a type. Returns the name, or NULL; *type is NULL when x is just a name.
static Node *split_name(Parser *p, Node *x, bool force, Node **type) {
  enum { LONG = 4000 }; // of a union longer than this, the depth is not known yet
  *type = NULL;
  if (x->end - x->start > LONG) return NULL;
  switch (x->kind) {
  case NODE_IDENT: return x;
  case NODE_BINARY: {
    NodeBinary *binary = NODE_AS(Binary, x);
    if (binary->op == OPER_MUL) {
      if (binary->x->kind != NODE_IDENT || !(force || is_type_elem(binary->y))) return NULL;
      *type = build_star(p, (Token){.start = x->pos, .len = 1}, binary->y);
      return binary->x;
    }
    if (binary->op != OPER_OR) return NULL;
    Node *left, *name = split_name(p, binary->x, force || is_type_elem(binary->y), &left);
    if (!name || !left) return NULL;
    *type = build_binary(p, left, (Token){.start = x->pos, .len = 1, .op = OPER_OR}, binary->y);
    return name;
  }
  case NODE_CALL: {
    NodeCall *call = NODE_AS(Call, x);
    if (call->fun->kind != NODE_IDENT || call->args.len != 1 || call->dots) return NULL;
    if (!force && !is_type_elem(call->args.items[0])) return NULL;
    *type = call->args.items[0];
    return call->fun;
  }
  default: return NULL;
  }
}

static Node *field_new(Parser *p, Node *name, Node *type) {
  Pos start = name ? name->start : type->start;
  Node *node = node_new(p->arena, NODE_FIELD, start, start, type ? type->end : name->end);
  NODE_AS(Field, node)->name = name;
  NODE_AS(Field, node)->of = type;
  return node;
}

Node *build_split_tparam(Parser *p, Node *x, Token comma) {
  Node *type, *name = split_name(p, x, true, &type);
  if (name) return field_new(p, name, type);
  complain(p, comma, "syntax error: unexpected comma; expected ]");
  return field_new(p, NULL, x);
}

Node *build_array_or_generic(Parser *p, Token name, Token lbrack, Node *x, Token comma, Token rbrack, Token assign,
                             Node *type) {
  Node *bound, *param = split_name(p, x, comma.len > 0, &bound);
  if (param && (bound || comma.len)) {
    NodeList tparams = group_tparams(p, list_one(p, field_new(p, param, bound)), rbrack);
    return assign.len ? build_alias(p, name, tparams, type) : build_type(p, name, tparams, type);
  }
  if (comma.len) complain(p, comma, "syntax error: unexpected comma; expected ]");
  if (assign.len) complain(p, assign, "syntax error: unexpected =, expected type");
  return build_type(p, name, LIST_EMPTY, build_array_type(p, lbrack, x, type));
}

// --- functions

Node *build_func(Parser *p, Token keyword, Node *receiver, Token name, NodeList tparams, Node *signature) {
  Pos pos = receiver ? receiver->pos : name.start;
  Node *node = node_new(p->arena, NODE_FUNC, pos, keyword.start, signature->end);
  NodeFunc *func = NODE_AS(Func, node);
  func->name = build_ident(p, name);
  func->sig = signature;
  NODE_AS(FuncType, signature)->tparams = tparams;
  if (tparams.len) signature->pos = signature->start = tparams.items[0]->start;
  if (receiver) {
    NodeList fields = NODE_AS(FuncType, receiver)->params;
    if (fields.len != 1) {
      // Reported at the next token, as gc does.
      const char *text = p->lexer.text - p->lexer.base;
      Pos next = receiver->end;
      while (text[next] == ' ' || text[next] == '\t' || text[next] == '\r') next++;
      complain_at(p, next, NO_POS, fields.len ? "method has multiple receivers" : "method has no receiver");
    }
    // Without a receiver it would be a function of that name: no such thing is declared.
    func->recv = fields.len ? fields.items[0] : field_new(p, NULL, node_new(p->arena, NODE_BAD, pos, pos, pos));
  }
  return node;
}

Node *build_func_body(Parser *p, Node *func, Node *body) {
  (void)p;
  NODE_AS(Func, func)->body = body;
  func->end = body->end;
  return func;
}

// What says whose function it is: name, base type. parse_head adds the rest.
Node *build_unread_head(Parser *p, Token head) {
  HeadNames names = lexer_head_names(&p->lexer, head);
  Node *node = node_new(p->arena, NODE_FUNC, names.name.start, head.start, token_end(head));
  NODE_AS(Func, node)->name = build_ident(p, names.name);
  if (names.receiver.len) {
    Node *type = build_ident(p, names.receiver);
    NODE_AS(Func, node)->recv = field_new(p, NULL, names.pointer ? build_star(p, names.receiver, type) : type);
  }
  return node;
}

// The block with its extent, without statements: parse_body adds them.
Node *build_unread_body(Parser *p, Node *func, Token body) {
  Token rbrace = {.start = token_end(body) - 1, .len = 1};
  NODE_AS(Func, func)->unread = BODY_UNREAD;
  return build_func_body(p, func, build_block(p, body, LIST_EMPTY, rbrace));
}

Node *build_params(Parser *p, Token lparen, NodeList entries, Token rparen) {
  Node *node = node_new(p->arena, NODE_FUNC_TYPE, lparen.start, lparen.start, token_end(rparen));
  NODE_AS(FuncType, node)->params = group_params(p, entries);
  return node;
}

Node *build_results(Parser *p, Node *signature, Node *results) {
  (void)p;
  NODE_AS(FuncType, signature)->results = NODE_AS(FuncType, results)->params;
  signature->end = results->end;
  return signature;
}

Node *build_result(Parser *p, Node *signature, Node *type) {
  NODE_AS(FuncType, signature)->results = list_one(p, field_new(p, NULL, type));
  signature->end = type->end;
  return signature;
}

// --- parameters

Node *build_field(Parser *p, Token name, Node *type) {
  return field_new(p, name.start ? build_ident(p, name) : NULL, type);
}

Node *build_field_union(Parser *p, Node *field, Token op, Node *more) {
  NODE_AS(Field, field)->of = build_union(p, NODE_AS(Field, field)->of, op, more);
  field->end = more->end;
  return field;
}

// Whether the error handling put something in: then nothing more is said about the list.
static bool is_mended(NodeList entries) {
  for (uint32_t i = 0; i < entries.len; i++) {
    const Node *name = NODE_AS(Field, entries.items[i])->name;
    if (name && name->start == name->end) return true;
  }
  return false;
}

// ParameterDecl = [ IdentifierList ] [ "..." ] Type . Each entry has a name, a type or both. If none has both, names are
// types; else each name without a type takes the next type to its right. Type parameters always have names.
static NodeList group(Parser *p, NodeList entries, const Token *rbrack) {
  uint32_t named = 0, typed = 0;
  for (uint32_t i = 0; i < entries.len; i++) {
    const NodeField *field = NODE_AS(Field, entries.items[i]);
    named += field->name && field->of;
    typed += field->of != NULL;
  }
  if (named == 0 && !rbrack) {
    for (uint32_t i = 0; i < entries.len; i++) {
      NodeField *field = NODE_AS(Field, entries.items[i]);
      if (field->of) continue;
      field->of = field->name;
      field->name = NULL;
    }
    return entries;
  }
  bool mended = is_mended(entries);
  Node *type = NULL, *wrong = NULL; // wrong: the leftmost entry that is not as it should be
  for (uint32_t i = entries.len; i-- > 0;) {
    NodeField *field = NODE_AS(Field, entries.items[i]);
    if (field->of) {
      type = field->of;
      if (field->name) continue;
      wrong = type;
      field->name = build_ident(p, (Token){.start = type->start}); // "_"
    } else if (type) {
      field->of = type;
    } else {
      wrong = field->name;
      field->of = node_new(p->arena, NODE_BAD, wrong->start, wrong->start, wrong->start);
    }
  }
  if (!wrong || mended) return entries;
  if (!rbrack) complain_at(p, wrong->start, wrong->end, "syntax error: mixed named and unnamed parameters");
  else if (named == typed) complain(p, *rbrack, "syntax error: missing type constraint");
  else
    complain_at(p, wrong->start, wrong->end, "syntax error: missing type parameter name%s",
                entries.len == 1 ? " or invalid array length" : "");
  return entries;
}

NodeList group_params(Parser *p, NodeList entries) { return group(p, entries, NULL); }

NodeList group_tparams(Parser *p, NodeList entries, Token rbrack) { return group(p, entries, &rbrack); }

Node *build_generic_method(Parser *p, Token name, Token lbrack, NodeList tparams, Node *signature) {
  complain(p, lbrack, "interface method must have no type parameters");
  group_params(p, tparams);
  return build_field(p, name, signature);
}

NodeList params_to_types(Parser *p, Token lbrack, NodeList entries) {
  group_params(p, entries);
  if (NODE_AS(Field, entries.items[0])->name) complain(p, lbrack, "interface method must have no type parameters");
  NodeList types = LIST_EMPTY;
  for (uint32_t i = 0; i < entries.len; i++) node_list_push(p->arena, &types, NODE_AS(Field, entries.items[i])->of);
  return types;
}

// --- struct fields

static Node *field_tagged(Parser *p, Node *field, Token tag) {
  if (!tag.start) return field;
  NODE_AS(Field, field)->tag = build_literal(p, tag);
  field->end = token_end(tag);
  return field;
}

NodeList build_fields(Parser *p, NodeList names, Node *type, Token tag) {
  for (uint32_t i = 0; i < names.len; i++)
    names.items[i] = field_tagged(p, field_new(p, names.items[i], type), tag);
  return names;
}

NodeList build_embedded(Parser *p, Node *type, Token tag) {
  Node *field = field_new(p, NULL, type);
  NODE_AS(Field, field)->embedded = true;
  return list_one(p, field_tagged(p, field, tag));
}

NodeList build_index_field(Parser *p, Node *field, Token tag) {
  NODE_AS(Field, field)->embedded = NODE_AS(Field, field)->name == NULL;
  return list_one(p, field_tagged(p, field, tag));
}
