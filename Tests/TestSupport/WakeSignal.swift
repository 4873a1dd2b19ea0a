import Glibc

/// Rings a thread that waits in `LoopbackSocket.wait`.
final class WakeSignal: Sendable {
  let descriptor: Int32
  private let ringing: Int32

  init() {
    var ends: [Int32] = [-1, -1]
    let status = unsafe ends.withUnsafeMutableBufferPointer {
      unsafe pipe($0.baseAddress)
    }
    precondition(status == 0, "no descriptors for a test")
    for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    descriptor = ends[0]
    ringing = ends[1]
  }

  deinit {
    close(descriptor)
    close(ringing)
  }

  func ring() {
    var byte: UInt8 = 1
    // A full pipe rings already.
    _ = unsafe write(ringing, &byte, 1)
  }

  func clear() {
    var bytes = [UInt8](repeating: 0, count: 64)
    while unsafe bytes.withUnsafeMutableBytes({ unsafe read(descriptor, $0.baseAddress, 64) }) > 0 {
    }
  }
}
