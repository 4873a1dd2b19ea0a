internal import Glibc

/// Who is at the other end of a Unix socket, as the kernel says.
package struct SocketPeer: Sendable, Equatable {
  package var processID: Int32
  package var userID: UInt32
  package var groupID: UInt32

  /// Nil when the descriptor is no connected Unix socket.
  package init?(descriptor: Int32) {
    // `struct ucred`: pid, uid and gid, four bytes each; the Glibc module does not show it.
    var credentials: [UInt32] = [0, 0, 0]
    var size = socklen_t(12)
    guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0,
      size == 12
    else { return nil }
    processID = Int32(bitPattern: credentials[0])
    userID = credentials[1]
    groupID = credentials[2]
  }

  /// True for root and for the user who runs the gateway.
  package var isOperator: Bool { userID == 0 || userID == geteuid() }
}
