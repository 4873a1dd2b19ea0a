// An OpenAI Chat upstream that streams at a steady pace: every connection gets a chunk each
// interval, for as many chunks as asked, and the text of a chunk holds t=<monotonic ns>.
//
//   paced_upstream --chunks N --interval MS      prints its port, serves until its input ends
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { MOST_CONNECTIONS = 16384, HEAD_ROOM = 8192, EVENT_BYTES = 300 };

struct stream {
  int fd;
  bool is_streaming;
  int chunks_sent;
  int64_t next_due;
  size_t used, body_left;
  char head[HEAD_ROOM];
};

static struct stream *streams[MOST_CONNECTIONS];
static int chunks = 200, poller;
static int64_t interval = 50000000;

static const char EVENT_START[] =
    "data: {\"id\":\"chatcmpl-paced\",\"object\":\"chat.completion.chunk\",\"created\":1790000000,"
    "\"model\":\"bench\",\"choices\":[{\"index\":0,\"delta\":{";
static const char EVENT_END[] = "},\"logprobs\":null,\"finish_reason\":null}]}\n\n";
static const char LAST[] =
    "data: {\"id\":\"chatcmpl-paced\",\"object\":\"chat.completion.chunk\",\"created\":1790000000,"
    "\"model\":\"bench\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
    "data: {\"id\":\"chatcmpl-paced\",\"object\":\"chat.completion.chunk\",\"created\":1790000000,"
    "\"model\":\"bench\",\"choices\":[],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":200,"
    "\"total_tokens\":210}}\n\ndata: [DONE]\n\n";

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void drop(struct stream *stream) {
  streams[stream->fd] = NULL;
  close(stream->fd);
  free(stream);
}

static bool write_all(struct stream *stream, const char *bytes, size_t count) {
  // A client that reads too slowly for 20 chunks a second has failed this benchmark anyway.
  return send(stream->fd, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)count;
}

static bool write_chunk(struct stream *stream, const char *text, size_t count) {
  char framed[2048];
  int size = sprintf(framed, "%zx\r\n", count);
  memcpy(framed + size, text, count);
  memcpy(framed + size + count, "\r\n", 2);
  return write_all(stream, framed, (size_t)size + count + 2);
}

static bool send_event(struct stream *stream) {
  char event[1024], delta[256], stamp[64];
  int used = sprintf(stamp, "t=%lld ", (long long)now());
  int fixed = (int)(sizeof EVENT_START + sizeof EVENT_END) - 2 + 14 + used;
  int filling = EVENT_BYTES > fixed ? EVENT_BYTES - fixed : 0;
  sprintf(delta, "\"content\":\"%s%.*s\"", stamp, filling,
          "words words words words words words words words words words words words words words ");
  int size = sprintf(event, "%s%s%s", EVENT_START, delta, EVENT_END);
  return write_chunk(stream, event, (size_t)size);
}

static bool advance(struct stream *stream, int64_t time) {
  while (stream->is_streaming && stream->next_due <= time) {
    if (stream->chunks_sent < chunks) {
      if (!send_event(stream)) return false;
      stream->chunks_sent++;
      stream->next_due += interval;
    } else {
      stream->is_streaming = false;
      return write_chunk(stream, LAST, sizeof LAST - 1) && write_all(stream, "0\r\n\r\n", 5);
    }
  }
  return true;
}

static bool begin(struct stream *stream) {
  static const char HEAD[] = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
                             "transfer-encoding: chunked\r\n\r\n";
  stream->is_streaming = true;
  stream->chunks_sent = 0;
  stream->next_due = now();
  return write_all(stream, HEAD, sizeof HEAD - 1);
}

// Reads to the end of the request's body, then starts to stream.
static bool receive(struct stream *stream) {
  char buffer[HEAD_ROOM];
  ssize_t count = recv(stream->fd, buffer, sizeof buffer, MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return true;
  if (count <= 0) return false;
  if (stream->body_left == 0) {
    if (stream->used + (size_t)count >= HEAD_ROOM) return false;
    memcpy(stream->head + stream->used, buffer, (size_t)count);
    stream->used += (size_t)count;
    stream->head[stream->used] = 0;
    char *end = strstr(stream->head, "\r\n\r\n");
    char *length = strcasestr(stream->head, "\r\ncontent-length:");
    if (!end) return true;
    size_t body = length ? strtoul(length + 17, NULL, 10) : 0;
    size_t there = stream->used - (size_t)(end + 4 - stream->head);
    stream->used = 0;
    stream->body_left = body > there ? body - there : 0;
  } else {
    stream->body_left -= (size_t)count < stream->body_left ? (size_t)count : stream->body_left;
  }
  return stream->body_left > 0 || begin(stream);
}

static void accept_all(int listener) {
  int fd;
  while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
    if (fd >= MOST_CONNECTIONS) {
      close(fd);
      continue;
    }
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    streams[fd] = calloc(1, sizeof *streams[fd]);
    streams[fd]->fd = fd;
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
  }
}

static int listen_somewhere(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 4096) != 0) {
    perror("listen");
    exit(1);
  }
  getsockname(listener, (struct sockaddr *)&address, &size);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  return listener;
}

static void watch(int fd) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
}

int main(int count, char **words) {
  for (int index = 1; index + 1 < count; index += 2) {
    if (!strcmp(words[index], "--chunks")) chunks = atoi(words[index + 1]);
    if (!strcmp(words[index], "--interval")) interval = atoll(words[index + 1]) * 1000000;
  }
  poller = epoll_create1(EPOLL_CLOEXEC);
  int listener = listen_somewhere(), ticks = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  struct itimerspec every = {.it_interval = {.tv_nsec = 1000000}, .it_value = {.tv_nsec = 1000000}};
  timerfd_settime(ticks, 0, &every, NULL);
  watch(listener);
  watch(ticks);
  watch(STDIN_FILENO);
  for (;;) {
    struct epoll_event events[512];
    int ready = epoll_wait(poller, events, 512, -1);
    for (int index = 0; index < ready; index++) {
      int fd = events[index].data.fd;
      uint64_t expirations;
      if (fd == STDIN_FILENO) return 0;
      if (fd == listener) accept_all(listener);
      else if (fd == ticks) (void)!read(ticks, &expirations, sizeof expirations);
      else if (streams[fd] && !receive(streams[fd])) drop(streams[fd]);
    }
    int64_t time = now();
    for (int fd = 0; fd < MOST_CONNECTIONS; fd++) {
      if (streams[fd] && !advance(streams[fd], time)) drop(streams[fd]);
    }
  }
}
