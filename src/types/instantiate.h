// Instances of generic types and functions, and substitution of type parameters.
//
// Instances of defined types are shared (same origin, identical arguments: same Type) and lazy: their underlying type
// and methods are substituted on first use, so recursive generic types are finite.
#ifndef TYPES_INSTANTIATE_H
#define TYPES_INSTANTIATE_H

#include "types/types.h"

// A generic function's signature with its parameters replaced and no longer generic.
Type *type_instantiate_signature(Universe *u, Type *signature, TypeList targs);
// The signature of a method of an instance: origin's receiver parameters replaced by the instance's arguments.
TypeList type_args_of(Type *t);      // of an instance; empty otherwise
TypeList type_params_of(Type *t);    // of a generic type, alias or signature
Type *type_origin(Type *t);          // the generic type of an instance; t itself otherwise

// Instantiation cycles through ever growing type arguments (func f[T any]() { f[*T]() }): the checker records each
// instantiation it sees, and asks at the end.
typedef struct InstanceGraph InstanceGraph;
InstanceGraph *instance_graph_new(Universe *u);
// `tparams` of the generic type or function at `pos` receive `targs` (targs in terms of enclosing type parameters).
void instance_graph_record(InstanceGraph *graph, Pos pos, TypeList tparams, TypeList targs);
// A method's own receiver parameter stands for the type's: func (l *List[E]) ... E is T of type List[T any].
void instance_graph_same(InstanceGraph *graph, Type *method_param, Type *type_param);
// NULL, or the message "instantiation cycle:" with its lines; *pos is where to report it. `place` formats a position.
const char *instance_graph_cycle(InstanceGraph *graph, Package *relative_to, Pos *pos,
                                 const char *(*place)(void *context, Pos pos), void *context);

#endif
