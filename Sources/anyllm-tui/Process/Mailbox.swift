internal import ControlPlane
internal import Glibc
internal import Synchronization

/// Something that another thread has to tell the main thread.
enum Post: Sendable {
  case started(any GatewayProcess)
  case startFailed([String])
  case answered(ControlCommand, Result<ControlAnswer, ControlFailure>)
  case message(String, isFailure: Bool)
  case resized, stopRequested, continued
  case drainBegan(graceMs: Int64)
  case finished(Int32)
}

/// Where other threads leave word for the main thread; its descriptor becomes readable then.
final class Mailbox: Sendable {
  let readEnd: Int32
  private let writeEnd: Int32
  private let posts = Mutex<[Post]>([])

  init?() {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { return nil }
    readEnd = ends[0]
    writeEnd = ends[1]
    for end in ends {
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }
  }

  func post(_ post: Post) {
    posts.withLock { $0.append(post) }
    var byte: UInt8 = 1
    // A full pipe already wakes the reader.
    _ = unsafe write(writeEnd, &byte, 1)
  }

  func take() -> [Post] {
    var bytes: [UInt8] = Array(repeating: 0, count: 64)
    while unsafe read(readEnd, &bytes, bytes.count) > 0 {}
    return posts.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
  }
}
