// Reads one HTTP/1.1 response after another from bytes as they arrive.
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum response_state { HEAD, SIZE_LINE, CHUNK, CHUNK_END, TRAILER, LENGTH, DONE, BROKEN };

struct response {
  enum response_state state;
  int status;
  size_t left;
  size_t line;
  char head[4096];
  size_t head_used;
  char tail[96];
  size_t tail_used;
  size_t body_bytes;
};

// Called with each stretch of the body, framing removed.
typedef void (*body_seen)(void *owner, const char *bytes, size_t count);

void response_reset(struct response *response);

// Takes bytes up to the end of the response; answers how many. The state is DONE or BROKEN then.
size_t response_feed(struct response *response, const char *bytes, size_t count, body_seen seen,
                     void *owner);

// Whether the last bytes of the body hold `mark`.
bool response_ends_with(const struct response *response, const char *mark);
