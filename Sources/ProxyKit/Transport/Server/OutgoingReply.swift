internal import CUv
internal import Glibc

/// Bytes on their way to a client: what was said, in order, and how much of it is written.
struct OutgoingReply {
  enum Result {
    case some, nothing, broken
  }

  /// Smaller pieces are copied together, larger ones are written from where they lie.
  static let mostCopied = 32_768

  private var pieces: [[UInt8]] = []
  private var written = 0
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  /// Whether nothing but a head waits, so that what follows may go with it.
  var isFlushable: Bool { written == 0 && pieces.count <= 1 }

  mutating func append(_ bytes: [UInt8]) {
    count += bytes.count
    if let last = pieces.last, last.count + bytes.count <= OutgoingReply.mostCopied {
      pieces[pieces.count - 1].append(contentsOf: bytes)
    } else {
      pieces.append(bytes)
    }
  }

  /// Writes as much as the socket takes.
  @discardableResult
  mutating func write(to descriptor: Int32, _ tls: TLSSession?) -> Result {
    var result = Result.nothing
    while count > 0 {
      let sent = pieces.count > 1 && tls == nil ? sendSeveral(descriptor) : sendOne(descriptor, tls)
      if sent < 0 {
        if errno == EINTR { continue }
        return errno == EAGAIN ? result : .broken
      }
      result = .some
      advance(sent)
    }
    return result
  }

  private func sendOne(_ descriptor: Int32, _ tls: TLSSession?) -> Int {
    unsafe pieces[0].withUnsafeBytes { bytes in
      let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[written...])
      return unsafe tls?.write(rest) ?? anyllm_send(descriptor, rest.baseAddress, rest.count, 0)
    }
  }

  private func sendSeveral(_ descriptor: Int32) -> Int {
    let third = pieces.count > 2 ? pieces[2] : []
    return unsafe pieces[0].withUnsafeBytes { first in
      unsafe pieces[1].withUnsafeBytes { second in
        unsafe third.withUnsafeBytes { third in
          unsafe anyllm_send_pieces(
            descriptor, first.baseAddress.map { unsafe $0 + written }, first.count - written,
            second.baseAddress, second.count, third.baseAddress, third.count,
            pieces.count > 3 ? 1 : 0)
        }
      }
    }
  }

  private mutating func advance(_ sent: Int) {
    count -= sent
    written += sent
    if count == 0 {
      pieces.removeAll(keepingCapacity: true)
      written = 0
      return
    }
    while let first = pieces.first, written >= first.count {
      written -= first.count
      pieces.removeFirst()
    }
  }
}
