#pragma once
// The variadic calls of libcurl's easy interface, typed, for the blocking client of the control
// plane.
#include <curl/curl.h>

typedef size_t (*blocking_curl_receive)(char *, size_t, size_t, void *);

static inline CURLcode blocking_curl_set_number(CURL *curl, CURLoption option, long value) {
  return curl_easy_setopt(curl, option, value);
}

static inline CURLcode blocking_curl_set_text(CURL *curl, CURLoption option, const char *value) {
  return curl_easy_setopt(curl, option, value);
}

static inline CURLcode blocking_curl_set_body(CURL *curl, const void *bytes, long count) {
  CURLcode code = curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, count);
  return code == CURLE_OK ? curl_easy_setopt(curl, CURLOPT_COPYPOSTFIELDS, count ? bytes : "") : code;
}

static inline CURLcode blocking_curl_set_fields(CURL *curl, struct curl_slist *fields) {
  return curl_easy_setopt(curl, CURLOPT_HTTPHEADER, fields);
}

static inline CURLcode blocking_curl_set_receivers(CURL *curl, blocking_curl_receive head,
                                                   blocking_curl_receive body, void *receiver) {
  CURLcode code = curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, head);
  if (code == CURLE_OK) code = curl_easy_setopt(curl, CURLOPT_HEADERDATA, receiver);
  if (code == CURLE_OK) code = curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, body);
  if (code == CURLE_OK) code = curl_easy_setopt(curl, CURLOPT_WRITEDATA, receiver);
  return code;
}

typedef int (*blocking_curl_watch)(void *, curl_off_t, curl_off_t, curl_off_t, curl_off_t);

// libcurl calls the watch about once a second; it stops the transfer by answering 1.
static inline CURLcode blocking_curl_set_watch(CURL *curl, blocking_curl_watch watch, void *of) {
  CURLcode code = curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, watch);
  if (code == CURLE_OK) code = curl_easy_setopt(curl, CURLOPT_XFERINFODATA, of);
  if (code == CURLE_OK) code = curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  return code;
}

static inline long blocking_curl_number(CURL *curl, CURLINFO info) {
  long value = 0;
  return curl_easy_getinfo(curl, info, &value) == CURLE_OK ? value : 0;
}

static inline double blocking_curl_seconds(CURL *curl, CURLINFO info) {
  double value = 0;
  return curl_easy_getinfo(curl, info, &value) == CURLE_OK ? value : 0;
}
