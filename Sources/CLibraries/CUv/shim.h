#pragma once
#include <uv.h>

/* What Glibc's module leaves out. */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

/* Only declared with _GNU_SOURCE, which a module cannot ask for. */
struct anyllm_ucred {
  int pid;
  unsigned int uid;
  unsigned int gid;
};

/* Several modules declare the kinds of sockets, and Swift finds them in some orders of compiling. */
static const int anyllm_socket_kind = SOCK_STREAM;
static const int anyllm_socket_flags = 02004000 /* SOCK_NONBLOCK | SOCK_CLOEXEC */;

static inline int anyllm_stream_socket(int family) {
  return socket(family, anyllm_socket_kind | anyllm_socket_flags, 0);
}

static inline int anyllm_accept(int listener, struct sockaddr *address, socklen_t *length) {
  extern int accept4(int, struct sockaddr *, socklen_t *, int);
  return accept4(listener, address, length, anyllm_socket_flags);
}

/* Up to three pieces in one call. */
static inline ssize_t anyllm_send_pieces(int descriptor, const void *first, size_t first_count,
                                         const void *second, size_t second_count,
                                         const void *third, size_t third_count, int more) {
  struct iovec pieces[3] = {
      {(void *)first, first_count}, {(void *)second, second_count}, {(void *)third, third_count}};
  struct msghdr message = {.msg_iov = pieces, .msg_iovlen = 3};
  return sendmsg(descriptor, &message, MSG_NOSIGNAL | (more ? MSG_MORE : 0));
}

static inline void anyllm_ignore_broken_pipes(void) {
  signal(SIGPIPE, SIG_IGN);
}

/* `more` says that the rest follows at once; no signal when the peer is gone. */
static inline ssize_t anyllm_send(int descriptor, const void *bytes, size_t count, int more) {
  return send(descriptor, bytes, count, MSG_NOSIGNAL | (more ? MSG_MORE : 0));
}

static inline void anyllm_name_thread(const char *name) {
  extern int pthread_setname_np(pthread_t, const char *);
  pthread_setname_np(pthread_self(), name);
}
