#pragma once
#include <curl/curl.h>
#include <netdb.h>
#include <sys/socket.h>

/* curl_easy_setopt and its kin are variadic. */
static inline CURLcode anyllm_curl_set_long(CURL *easy, CURLoption option, long value) {
  return curl_easy_setopt(easy, option, value);
}
static inline CURLcode anyllm_curl_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(easy, option, value);
}
static inline CURLcode anyllm_curl_set_pointer(CURL *easy, CURLoption option, const void *value) {
  return curl_easy_setopt(easy, option, value);
}
static inline CURLcode anyllm_curl_set_text(CURL *easy, CURLoption option, const char *value) {
  return curl_easy_setopt(easy, option, value);
}
static inline CURLcode anyllm_curl_set_writer(CURL *easy, CURLoption option,
                                              size_t (*writer)(char *, size_t, size_t, void *)) {
  return curl_easy_setopt(easy, option, writer);
}
static inline CURLcode anyllm_curl_set_closer(CURL *easy, int (*closer)(void *, curl_socket_t)) {
  return curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, closer);
}
static inline CURLcode anyllm_curl_set_opener(
    CURL *easy, curl_socket_t (*opener)(void *, curlsocktype, struct curl_sockaddr *)) {
  return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, opener);
}

/* The numeric address that is about to be connected to; its end is a flexible array in disguise. */
static inline int anyllm_curl_address(const struct curl_sockaddr *place, char *text,
                                      unsigned size) {
  return getnameinfo(&place->addr, place->addrlen, text, size, 0, 0, NI_NUMERICHOST);
}
static inline curl_socket_t anyllm_curl_open(const struct curl_sockaddr *place) {
  return socket(place->family, place->socktype | SOCK_CLOEXEC, place->protocol);
}
static inline CURLcode anyllm_curl_get_long(CURL *easy, CURLINFO what, long *value) {
  return curl_easy_getinfo(easy, what, value);
}
static inline CURLcode anyllm_curl_get_pointer(CURL *easy, CURLINFO what, void **value) {
  return curl_easy_getinfo(easy, what, value);
}
static inline CURLMcode anyllm_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}
static inline CURLMcode anyllm_curl_multi_set_pointer(CURLM *multi, CURLMoption option,
                                                      const void *value) {
  return curl_multi_setopt(multi, option, value);
}
static inline CURLMcode anyllm_curl_multi_set_socket_callback(
    CURLM *multi, int (*callback)(CURL *, curl_socket_t, int, void *, void *)) {
  return curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, callback);
}
static inline CURLMcode anyllm_curl_multi_set_timer_callback(
    CURLM *multi, int (*callback)(CURLM *, long, void *)) {
  return curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, callback);
}

/* The one finished transfer curl has to tell of, or 0. */
static inline CURL *anyllm_curl_finished(CURLM *multi, CURLcode *result) {
  int left;
  CURLMsg *message;
  while ((message = curl_multi_info_read(multi, &left))) {
    if (message->msg == CURLMSG_DONE) {
      *result = message->data.result;
      return message->easy_handle;
    }
  }
  return 0;
}

/* The file of authorities curl was built to use. */
static inline const char *anyllm_curl_authorities(void) {
  return curl_version_info(CURLVERSION_NOW)->cainfo;
}
