#pragma once
#include <microhttpd.h>

/* MHD_start_daemon and MHD_get_*_info are variadic. */
static inline struct MHD_Daemon *anyllm_mhd_start(
    unsigned int flags, unsigned int connections, size_t memory, const char *certificate,
    const char *key, MHD_AccessHandlerCallback access, MHD_NotifyConnectionCallback connection,
    MHD_RequestCompletedCallback completed,
    void *(*uri)(void *owner, const char *uri, struct MHD_Connection *connection),
    size_t (*unescape)(void *owner, struct MHD_Connection *connection, char *text),
    void *owner) {
  struct MHD_OptionItem tls[] = {
      {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)certificate},
      {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)key},
      {MHD_OPTION_END, 0, 0},
  };
  struct MHD_OptionItem plain[] = {{MHD_OPTION_END, 0, 0}};
  return MHD_start_daemon(
      flags, 0, 0, 0, access, owner, MHD_OPTION_CONNECTION_LIMIT, connections,
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, memory, MHD_OPTION_NOTIFY_CONNECTION, connection, owner,
      MHD_OPTION_NOTIFY_COMPLETED, completed, owner, MHD_OPTION_URI_LOG_CALLBACK, uri, owner,
      MHD_OPTION_UNESCAPE_CALLBACK, unescape, owner, MHD_OPTION_ARRAY, certificate ? tls : plain,
      MHD_OPTION_END);
}

static inline int anyllm_mhd_epoll(struct MHD_Daemon *daemon) {
  const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
  return info ? info->epoll_fd : -1;
}

static inline int anyllm_mhd_descriptor(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  return info ? info->connect_fd : -1;
}

static inline void *anyllm_mhd_socket_owner(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  return info ? info->socket_context : 0;
}

static inline size_t anyllm_mhd_header_size(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
  return info ? info->header_size : 0;
}
