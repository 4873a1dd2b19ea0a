internal import Glibc
internal import Synchronization

/// A gateway's hold on its socket place: nobody else can serve there until it is released.
package final class SocketClaim: Sendable {
  private struct Hold {
    var lock: Int32
    var socket: FileFacts?
  }

  /// The place that is held.
  package let place: SocketPlace
  private let hold: Mutex<Hold?>

  init(place: SocketPlace, lock: Int32) {
    self.place = place
    hold = Mutex(Hold(lock: lock))
  }

  deinit {
    release()
  }

  /// Binds the socket with mode 0600 and listens; the descriptor (non-blocking, closed on exec)
  /// is the caller's.
  package func listen(backlog: Int32 = 64) throws(ControlFailure) -> Int32 {
    let descriptor = socket(
      AF_UNIX,
      Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        | Int32(SOCK_NONBLOCK.rawValue), 0)
    guard descriptor >= 0 else { throw failure("cannot make a socket") }
    // Before bind: Linux gives the file exactly this mode, without a moment of a wider one.
    guard fchmod(descriptor, 0o600) == 0, bind(descriptor), Glibc.listen(descriptor, backlog) == 0
    else {
      let failure = failure("cannot listen on `\(PlainText.cleaned(place.path))`")
      close(descriptor)
      throw failure
    }
    let socket = FileFacts(path: place.path)
    hold.withLock { $0?.socket = socket }
    return descriptor
  }

  /// Removes the socket if it is still the one that was bound here, and gives the place up.
  package func release() {
    guard let held = hold.withLock({ $0.take() }) else { return }
    // Links and modes may differ by now; the inode says whether it is ours.
    if let mine = held.socket, let there = FileFacts(path: place.path),
      there.device == mine.device, there.inode == mine.inode
    {
      _ = unsafe unlink(place.path)
    }
    close(held.lock)
  }

  private func bind(_ descriptor: Int32) -> Bool {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let path = Array(place.path.utf8)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path) }
    return unsafe withUnsafePointer(to: &address) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
  }

  private func failure(_ what: String) -> ControlFailure {
    ControlFailure(
      .failed, "\(what): \(systemWords(errno))", hint: "Choose another place with --socket PATH.")
  }
}
