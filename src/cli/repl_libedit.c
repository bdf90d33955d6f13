#include "cli/repl_libedit.h"

#include <dlfcn.h>

bool libedit_load(Libedit *e, const char **why) {
  void *library = dlopen("libedit.so.2", RTLD_NOW | RTLD_GLOBAL);
  if (!library) {
    *why = "the prompt needs the library libedit.so.2 (Debian: libedit2), which is not installed";
    return false;
  }
#define X(name)                                          \
  *(void **)(void *)&e->name = dlsym(library, #name);    \
  if (!e->name) {                                        \
    *why = "this libedit lacks " #name;                  \
    return false;                                        \
  }
  LIBEDIT_FUNCTIONS(X)
#undef X
  return true;
}

void *libedit_client(EditLine *el) {
  int (*get)(EditLine *, int, ...);
  *(void **)(void *)&get = dlsym(RTLD_DEFAULT, "el_get");
  void *client = NULL;
  if (get) get(el, EL_CLIENTDATA, &client);
  return client;
}
