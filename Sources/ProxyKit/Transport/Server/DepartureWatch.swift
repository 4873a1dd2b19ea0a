internal import CUv
internal import Glibc
internal import Synchronization

/// Notices clients that leave while nobody reads from them.
///
/// A suspended connection is in nobody's poll set. Each connection is registered once, for its
/// whole life, edge-triggered and for the hang-up only, in an epoll set of its own that the loop
/// polls: no system call per request.
final class DepartureWatch: Sendable {
  private let set: Int32
  private let watch: Mutex<SocketWatch?>

  init(loop: EventLoop, _ left: @escaping @Sendable (ServerConnection) -> Void) {
    let set = epoll_create1(Int32(EPOLL_CLOEXEC))
    self.set = set
    let watch = SocketWatch(loop: loop, descriptor: set) { _ in
      unsafe withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: 64) { events in
        let count = unsafe epoll_wait(set, events.baseAddress, 64, 0)
        guard count > 0 else { return }
        for index in 0..<Int(count) {
          guard let owner = unsafe events[index].data.ptr else { continue }
          unsafe left(Unmanaged<ServerConnection>.fromOpaque(owner).takeUnretainedValue())
        }
      }
    }
    self.watch = Mutex(watch)
    watch?.wait(for: .readable)
  }

  /// Watches `connection`, which must be forgotten before it goes.
  func add(_ connection: ServerConnection) {
    let owner = unsafe Unmanaged.passUnretained(connection).toOpaque()
    _ = unsafe anyllm_watch_departure(set, connection.descriptor, owner)
  }

  func forget(_ connection: ServerConnection) {
    epoll_ctl(set, EPOLL_CTL_DEL, connection.descriptor, nil)
  }

  func close() {
    guard let watch = watch.withLock({ $0.take() }) else { return }
    watch.close()
    Glibc.close(set)
  }
}
