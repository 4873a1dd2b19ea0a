// Drives a server and reports latencies as one line of JSON.
//
//   load rate    --rate R --seconds S --connections C   open loop: request n is due at n/R, and its
//                                                        latency counts from then, sent late or not
//   load streams --streams N --ramp MS                   N streams at once; the text of each chunk
//                                                        holds t=<monotonic ns> of its making
// both: --port P --path PATH --body FILE --header 'name: value'… --end MARK
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "response.h"

struct samples {
  int64_t *values;
  size_t count, room;
};

struct connection {
  int fd;
  bool busy;
  int64_t due;
  bool first_seen;
  char stamp[20];
  int stamp_used;
  struct response response;
};

static struct {
  int port, rate, seconds, connections, streams, ramp;
  const char *path, *end;
  char headers[4096];
} options = {.connections = 64, .ramp = 1000, .path = "/"};

static char *request;
static size_t request_size;
static int poller;
static size_t answered, failed, chunks;
static struct samples latency, first_byte, delay;

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void add(struct samples *samples, int64_t value) {
  if (samples->count == samples->room) {
    samples->room = samples->room ? samples->room * 2 : 4096;
    samples->values = realloc(samples->values, samples->room * sizeof *samples->values);
  }
  samples->values[samples->count++] = value;
}

static int ascending(const void *left, const void *right) {
  int64_t difference = *(const int64_t *)left - *(const int64_t *)right;
  return (difference > 0) - (difference < 0);
}

static double percentile(struct samples *samples, double share) {
  if (samples->count == 0) return 0;
  qsort(samples->values, samples->count, sizeof *samples->values, ascending);
  size_t index = (size_t)(share * (double)(samples->count - 1));
  return (double)samples->values[index] / 1000.0;
}

static bool connect_to_server(struct connection *connection) {
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)options.port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int on = 1;
  setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(connection->fd, (struct sockaddr *)&address, sizeof address) != 0) {
    close(connection->fd);
    connection->fd = -1;
    return false;
  }
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
  return epoll_ctl(poller, EPOLL_CTL_ADD, connection->fd, &event) == 0;
}

static void hang_up(struct connection *connection) {
  if (connection->fd >= 0) close(connection->fd);
  connection->fd = -1;
  connection->busy = false;
}

static void send_request(struct connection *connection, int64_t due) {
  connection->due = due;
  connection->busy = true;
  connection->first_seen = false;
  connection->stamp_used = 0;
  response_reset(&connection->response);
  if (connection->fd < 0 && !connect_to_server(connection)) {
    failed++;
    connection->busy = false;
    return;
  }
  if (send(connection->fd, request, request_size, MSG_NOSIGNAL) != (ssize_t)request_size) {
    failed++;
    hang_up(connection);
  }
}

// Finds t=<19 digits or fewer>; in the middle of text, wherever the bytes were cut.
static void look_for_stamps(void *owner, const char *bytes, size_t count) {
  struct connection *connection = owner;
  for (size_t index = 0; index < count; index++) {
    char byte = bytes[index];
    int used = connection->stamp_used;
    if (used == 0) {
      connection->stamp_used = byte == 't';
    } else if (used == 1) {
      connection->stamp_used = byte == '=' ? 2 : byte == 't';
    } else if (byte >= '0' && byte <= '9' && used < 21) {
      connection->stamp[used - 2] = byte;
      connection->stamp_used++;
    } else {
      if (used > 12) {
        connection->stamp[used - 2] = 0;
        add(&delay, now() - strtoll(connection->stamp, NULL, 10));
        chunks++;
      }
      connection->stamp_used = byte == 't';
    }
  }
}

static void finish(struct connection *connection) {
  struct response *response = &connection->response;
  bool is_good = response->state == DONE && response->status == 200 &&
                 (!options.end || response_ends_with(response, options.end));
  if (is_good) answered++;
  else failed++;
  add(&latency, now() - connection->due);
  connection->busy = false;
  if (!is_good) hang_up(connection);
}

static void receive(struct connection *connection, body_seen seen) {
  static char buffer[1 << 16];
  ssize_t count = recv(connection->fd, buffer, sizeof buffer, MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) {
    if (connection->busy) failed++;
    hang_up(connection);
    return;
  }
  if (!connection->busy) return;
  if (!connection->first_seen) {
    connection->first_seen = true;
    add(&first_byte, now() - connection->due);
  }
  response_feed(&connection->response, buffer, (size_t)count, seen, connection);
  enum response_state state = connection->response.state;
  if (state == DONE || state == BROKEN) finish(connection);
}

static void turn(int64_t until, body_seen seen) {
  struct epoll_event events[256];
  int64_t rest = until - now();
  struct timespec timeout = {.tv_sec = rest > 0 ? rest / 1000000000 : 0,
                             .tv_nsec = rest > 0 ? rest % 1000000000 : 0};
  int count = epoll_pwait2(poller, events, 256, &timeout, NULL);
  for (int index = 0; index < count; index++) receive(events[index].data.ptr, seen);
}

static struct connection *idle(struct connection *all, int count) {
  static int next;
  for (int tried = 0; tried < count; tried++) {
    struct connection *connection = &all[next];
    next = (next + 1) % count;
    if (!connection->busy) return connection;
  }
  return NULL;
}

static struct connection *make_connections(int count) {
  struct connection *all = calloc((size_t)count, sizeof *all);
  for (int index = 0; index < count; index++) all[index].fd = -1;
  return all;
}

static void run_rate(void) {
  struct connection *all = make_connections(options.connections);
  int64_t interval = 1000000000 / options.rate, start = now() + 1000000;
  int64_t total = (int64_t)options.rate * options.seconds, sent = 0;
  int64_t deadline = start + (int64_t)(options.seconds + 10) * 1000000000;
  while ((sent < total || answered + failed < (size_t)total) && now() < deadline) {
    int64_t due = start + sent * interval;
    struct connection *free = NULL;
    while (sent < total && due <= now() && (free = idle(all, options.connections))) {
      send_request(free, due);
      due = start + ++sent * interval;
    }
    bool is_held_up = sent < total && due <= now();
    turn(sent < total && !is_held_up ? due : now() + 1000000, NULL);
  }
  failed += (size_t)total - answered - failed;
}

static void run_streams(void) {
  struct connection *all = make_connections(options.streams);
  int64_t start = now(), interval = (int64_t)options.ramp * 1000000 / options.streams;
  int64_t deadline = start + (int64_t)options.seconds * 1000000000;
  int opened = 0;
  while (answered + failed < (size_t)options.streams && now() < deadline) {
    int64_t due = start + opened * interval;
    while (opened < options.streams && due <= now()) {
      send_request(&all[opened], due);
      due = start + ++opened * interval;
    }
    turn(opened < options.streams ? due : now() + 10000000, look_for_stamps);
  }
  failed += (size_t)options.streams - answered - failed;
}

static void read_body_and_build_request(const char *file) {
  static char body[1 << 20];
  size_t size = 0;
  FILE *input = file ? fopen(file, "rb") : NULL;
  if (input) size = fread(body, 1, sizeof body, input);
  request = malloc(size + sizeof options.headers + 1024);
  int head = sprintf(request,
                     "POST %s HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
                     "%scontent-length: %zu\r\n\r\n",
                     options.path, options.headers, size);
  memcpy(request + head, body, size);
  request_size = (size_t)head + size;
}

static const char *read_options(int count, char **words) {
  const char *body = NULL;
  for (int index = 2; index + 1 < count; index += 2) {
    const char *name = words[index], *value = words[index + 1];
    if (!strcmp(name, "--port")) options.port = atoi(value);
    else if (!strcmp(name, "--rate")) options.rate = atoi(value);
    else if (!strcmp(name, "--seconds")) options.seconds = atoi(value);
    else if (!strcmp(name, "--connections")) options.connections = atoi(value);
    else if (!strcmp(name, "--streams")) options.streams = atoi(value);
    else if (!strcmp(name, "--ramp")) options.ramp = atoi(value);
    else if (!strcmp(name, "--path")) options.path = value;
    else if (!strcmp(name, "--end")) options.end = value;
    else if (!strcmp(name, "--body")) body = value;
    else if (!strcmp(name, "--header"))
      strcat(strcat(options.headers, value), "\r\n");
    else fprintf(stderr, "unknown option %s\n", name), exit(2);
  }
  return body;
}

int main(int count, char **words) {
  if (count < 2) return 2;
  read_body_and_build_request(read_options(count, words));
  poller = epoll_create1(EPOLL_CLOEXEC);
  int64_t start = now();
  if (!strcmp(words[1], "rate")) run_rate();
  else run_streams();
  printf("{\"answered\":%zu,\"failed\":%zu,\"seconds\":%.3f,"
         "\"p50_us\":%.1f,\"p99_us\":%.1f,\"first_p50_us\":%.1f,\"first_p99_us\":%.1f,"
         "\"chunks\":%zu,\"delay_p50_us\":%.1f,\"delay_p99_us\":%.1f}\n",
         answered, failed, (double)(now() - start) / 1e9, percentile(&latency, 0.5),
         percentile(&latency, 0.99), percentile(&first_byte, 0.5), percentile(&first_byte, 0.99),
         chunks, percentile(&delay, 0.5), percentile(&delay, 0.99));
  return 0;
}
