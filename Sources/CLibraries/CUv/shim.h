#pragma once
#include <uv.h>

/* What Glibc's module leaves out. */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>

/* Only declared with _GNU_SOURCE, which a module cannot ask for. */
struct anyllm_ucred {
  int pid;
  unsigned int uid;
  unsigned int gid;
};

static inline int anyllm_accept(int listener, struct sockaddr *address, socklen_t *length) {
  extern int accept4(int, struct sockaddr *, socklen_t *, int);
  return accept4(listener, address, length, 02004000 /* SOCK_NONBLOCK | SOCK_CLOEXEC */);
}

/* `more` says that the rest follows at once; no signal when the peer is gone. */
static inline ssize_t anyllm_send(int descriptor, const void *bytes, size_t count, int more) {
  return send(descriptor, bytes, count, MSG_NOSIGNAL | (more ? MSG_MORE : 0));
}

static inline void anyllm_name_thread(const char *name) {
  extern int pthread_setname_np(pthread_t, const char *);
  pthread_setname_np(pthread_self(), name);
}

/* Wakes for the client's leaving only, once; data never wakes it. */
static inline int anyllm_watch_departure(int epoll, int descriptor, void *owner) {
  struct epoll_event event = {.events = EPOLLRDHUP | EPOLLET, .data = {.ptr = owner}};
  return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

/* How many bytes the peer of a TCP connection has acknowledged; -1 when nobody knows. */
static inline long long anyllm_acknowledged(int descriptor) {
  /* linux/tcp.h has tcpi_bytes_acked, but cannot be included beside netinet/tcp.h; its place in
     the structure is fixed since Linux 4.1. */
  unsigned char info[128];
  socklen_t length = sizeof info;
  if (getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, info, &length) != 0 || length < 128) return -1;
  long long acknowledged;
  __builtin_memcpy(&acknowledged, info + 120, sizeof acknowledged);
  return acknowledged;
}
