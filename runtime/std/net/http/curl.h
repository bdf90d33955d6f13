// libcurl, loaded when the first request is made: a program that makes none does not pay for it at start-up.
#ifndef STD_NET_HTTP_CURL_H
#define STD_NET_HTTP_CURL_H

#include <curl/curl.h>
#include <stdbool.h>

#define CURL_FUNCTIONS(X)                                                                                         \
  X(curl_global_init) X(curl_easy_init) X(curl_easy_cleanup) X(curl_easy_setopt) X(curl_easy_getinfo)             \
  X(curl_easy_pause) X(curl_easy_strerror) X(curl_slist_append) X(curl_slist_free_all) X(curl_multi_init)         \
  X(curl_multi_cleanup) X(curl_multi_setopt) X(curl_multi_add_handle) X(curl_multi_remove_handle)                 \
  X(curl_multi_socket_action) X(curl_multi_info_read) X(curl_multi_assign)

typedef struct Curl {
#define X(name) __typeof__(name) *name;
  CURL_FUNCTIONS(X)
#undef X
} Curl;

// Fills in the table. False: the library is not installed; *why says so.
bool curl_load(Curl *curl, const char **why);

#endif
