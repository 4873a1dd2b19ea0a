internal import Glibc
internal import Synchronization

/// Reads and discards what a client still sends after it was refused, for a while.
///
/// A socket closed with unread bytes sends a reset, which may overtake the reply; the client
/// would see "connection reset" in place of its 401 (RFC 9112, section 9.6).
final class LingeringClose: Sendable, LoopResident {
  private let loop: EventLoop
  private let descriptor: Int32
  private let watch = Mutex<SocketWatch?>(nil)
  private let timer = Mutex<LoopTimer?>(nil)
  private let left = Mutex(256 << 20)

  /// Keeps the connection of `descriptor` open although that is about to be closed.
  static func begin(_ descriptor: Int32, on loop: EventLoop) {
    let copy = dup(descriptor)
    guard copy >= 0 else { return }
    let closing = LingeringClose(loop: loop, descriptor: copy)
    closing.start()
  }

  private init(loop: EventLoop, descriptor: Int32) {
    self.loop = loop
    self.descriptor = descriptor
  }

  private func start() {
    shutdown(descriptor, Int32(SHUT_WR))
    loop.adopt(self)
    let watch = SocketWatch(loop: loop, descriptor: descriptor) { _ in self.discard() }
    self.watch.withLock { $0 = watch }
    watch?.wait(for: .readable)
    let timer = LoopTimer(loop: loop, after: .seconds(5), every: nil) { self.end() }
    self.timer.withLock { $0 = timer }
  }

  private func discard() {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    for _ in 0..<16 {
      let count = unsafe recv(descriptor, &bytes, bytes.count, 0)
      if count < 0, errno == EAGAIN || errno == EINTR { return }
      let isSpent = left.withLock { left in
        left -= max(count, 0)
        return left <= 0
      }
      if count <= 0 || isSpent {
        end()
        return
      }
    }
  }

  func loopEnds() {
    end()
  }

  private func end() {
    guard let watch = watch.withLock({ $0.take() }) else { return }
    loop.dismiss(self)
    timer.withLock { $0.take() }?.cancel()
    watch.close()
    Glibc.close(descriptor)
  }
}
