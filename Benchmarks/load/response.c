#define _GNU_SOURCE
#include "response.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

void response_reset(struct response *response) {
  response->state = HEAD;
  response->status = 0;
  response->left = response->line = 0;
  response->head_used = response->tail_used = response->body_bytes = 0;
}

static void keep_tail(struct response *response, const char *bytes, size_t count) {
  size_t room = sizeof response->tail;
  if (count >= room) {
    memcpy(response->tail, bytes + count - room, room);
    response->tail_used = room;
    return;
  }
  size_t over = response->tail_used + count > room ? response->tail_used + count - room : 0;
  memmove(response->tail, response->tail + over, response->tail_used - over);
  response->tail_used -= over;
  memcpy(response->tail + response->tail_used, bytes, count);
  response->tail_used += count;
}

static void understand_head(struct response *response) {
  char *head = response->head;
  head[response->head_used] = 0;
  char *space = strchr(head, ' ');
  response->status = space ? atoi(space + 1) : 0;
  char *length = strcasestr(head, "\r\ncontent-length:");
  if (strcasestr(head, "\r\ntransfer-encoding: chunked")) {
    response->state = SIZE_LINE;
  } else if (length) {
    response->left = strtoul(length + 17, NULL, 10);
    response->state = response->left ? LENGTH : DONE;
  } else {
    response->state = BROKEN;
  }
}

static size_t feed_head(struct response *response, const char *bytes, size_t count) {
  for (size_t index = 0; index < count; index++) {
    if (response->head_used + 1 >= sizeof response->head) {
      response->state = BROKEN;
      return count;
    }
    response->head[response->head_used++] = bytes[index];
    if (bytes[index] == '\n' && response->head_used >= 4 &&
        memcmp(response->head + response->head_used - 4, "\r\n\r\n", 4) == 0) {
      understand_head(response);
      return index + 1;
    }
  }
  return count;
}

static int digit(char byte) {
  if (byte >= '0' && byte <= '9') return byte - '0';
  if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
  if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10;
  return -1;
}

static void feed_line_byte(struct response *response, char byte) {
  if (byte != '\n') {
    if (response->state == SIZE_LINE && digit(byte) >= 0) {
      response->left = response->left * 16 + (size_t)digit(byte);
    }
    if (byte != '\r') response->line++;
    return;
  }
  switch (response->state) {
  case SIZE_LINE:
    if (response->line == 0) response->state = BROKEN;
    else response->state = response->left ? CHUNK : TRAILER;
    break;
  case CHUNK_END:
    response->state = response->line == 0 ? SIZE_LINE : BROKEN;
    break;
  default:
    if (response->line == 0) response->state = DONE;
    break;
  }
  response->line = 0;
}

size_t response_feed(struct response *response, const char *bytes, size_t count, body_seen seen,
                     void *owner) {
  size_t used = 0;
  while (used < count && response->state != DONE && response->state != BROKEN) {
    if (response->state == HEAD) {
      used += feed_head(response, bytes + used, count - used);
    } else if (response->state == LENGTH || response->state == CHUNK) {
      size_t take = count - used < response->left ? count - used : response->left;
      if (seen) seen(owner, bytes + used, take);
      keep_tail(response, bytes + used, take);
      response->body_bytes += take;
      response->left -= take;
      used += take;
      if (response->left == 0) response->state = response->state == LENGTH ? DONE : CHUNK_END;
    } else {
      feed_line_byte(response, bytes[used++]);
    }
  }
  return used;
}

bool response_ends_with(const struct response *response, const char *mark) {
  return memmem(response->tail, response->tail_used, mark, strlen(mark)) != NULL;
}
