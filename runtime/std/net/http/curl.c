// curl_load: see curl.h. The library's own initialisation is done once here; it is safe to repeat.
#undef CURL_DISABLE_TYPECHECK
#define CURL_DISABLE_TYPECHECK 1
#include "std/net/http/curl.h"

#include <dlfcn.h>

bool curl_load(Curl *curl, const char **why) {
  static const char *const libraries[] = {"libcurl.so.4", "libcurl-gnutls.so.4"};
  void *library = NULL;
  for (unsigned i = 0; i < 2 && !library; i++) library = dlopen(libraries[i], RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    *why = "net/http needs the library libcurl.so.4 (Debian: libcurl4), which is not installed";
    return false;
  }
#define X(name)                                     \
  *(void **)(void *)&curl->name = dlsym(library, #name); \
  if (!curl->name) {                                \
    *why = "this libcurl lacks " #name;             \
    return false;                                   \
  }
  CURL_FUNCTIONS(X)
#undef X
  curl->curl_global_init(CURL_GLOBAL_DEFAULT);
  return true;
}
